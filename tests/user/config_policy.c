/* SPDX-License-Identifier: Apache-2.0 */
/* The policy: its rows stand behind those of the configuration, and it has nothing else. */
#include "harness.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"

static const char configuration[] = "allowed: [{to: 192.0.2.1}]\n"
				    "listeners: [{port: 443}]\n"
				    "flow_interval: 5s\n";
static const char policy[] =
	"allowed: [{to: a.example.org, port: 443, why: seen}, {to: 192.0.2.3}]\n"
	"cameras: [{name: door, address: 10.0.0.9}]\n"
	"recording_roots: [/srv/video]\n"
	"recorders: [{name: vms, exe: [/opt/vms/], starts: [/usr/bin/dash, /opt/x/]}, "
	"{unit: nvr.service, starts: [nothing]}]\n"
	"ntp: [192.0.2.9]\n";

static void rows_stand_behind(void **state)
{
	struct nw_config *c = NULL;
	uint64_t hash;
	char *text;
	size_t len;

	(void)state;
	assert_int_equal(nw_config_parse("test", configuration, strlen(configuration), &c), 0);
	hash = c->hash;
	assert_int_equal(nw_config_add_policy(c, "policy", policy, strlen(policy)), 0);
	assert_int_equal(c->allowed_count, 3);
	assert_string_equal(c->allowed[0].to, "192.0.2.1");
	assert_string_equal(c->allowed[1].to, "a.example.org");
	assert_string_equal(c->allowed[2].to, "192.0.2.3");
	assert_int_equal(c->listeners_count, 1);
	assert_string_equal(c->cameras[0].name, "door");
	assert_string_equal(c->recording_roots[0], "/srv/video");
	assert_string_equal(c->recorders[0].exe[0], "/opt/vms/");
	assert_int_equal(c->recorders[0].starts_count, 2);
	assert_string_equal(c->recorders[0].starts[1], "/opt/x/");
	assert_string_equal(c->recorders[1].starts[0], NW_STARTS_NOTHING);
	assert_int_equal(c->ntp_count, 1);
	assert_int_equal(c->flow_interval_s, 5);
	assert_int_not_equal(c->hash, hash);
	hash = c->hash;
	assert_int_equal(nw_config_text(c, &text, &len), 0); /* as a recording keeps it */
	nw_config_free(c);
	assert_int_equal(nw_config_parse("text", text, len, &c), 0);
	assert_int_equal(c->hash, hash);
	assert_int_equal(c->allowed_count, 3);
	assert_int_equal(c->recorders[1].starts_count, 1);
	nw_config_free(c);
	free(text);
}

static void nothing_else_is_in_it(void **state)
{
	static const char *const wrong[] = {
		"site: {name: x}",     "trusted_networks: []", "limits: {flows: 100}",
		"heads: false",	       "flow_interval: 1m",    "trusted_tunnels: [wg0]",
		"sinks: [jsonl]",      "geo: {asn: /x.mmdb}",  "allowed: [{port: 1}]",
		"no_such_key: [1, 2]", "host_root: /x",	       "spots: [{path: /x, kind: y}]",
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(wrong); i++) {
		struct nw_config *c = NULL;

		assert_int_equal(nw_config_parse("test", "", 0, &c), 0);
		if (nw_config_add_policy(c, "policy", wrong[i], strlen(wrong[i])) != -EINVAL) {
			fail_msg("taken: %s", wrong[i]);
		}
		nw_config_free(c);
	}
}

static void put(const char *folder, const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	nw_test_write(path, text);
}

static void it_stands_beside_the_configuration(void **state)
{
	char folder[] = "/tmp/nvrwatch-policy-XXXXXX";
	char path[128];
	struct nw_config *c = NULL;

	(void)state;
	assert_non_null(mkdtemp(folder));
	put(folder, "site.yaml", configuration);
	snprintf(path, sizeof(path), "%s/site.yaml", folder);
	assert_int_equal(nw_config_load(path, &c), 0);
	assert_int_equal(c->allowed_count, 1);
	nw_config_free(c);
	put(folder, "policy.yaml", policy);
	assert_int_equal(nw_config_load(path, &c), 0);
	assert_int_equal(c->allowed_count, 3);
	nw_config_free(c);
	c = NULL;
	put(folder, "policy.yaml", "heads: false\n"); /* what is wrong is not left out in silence */
	assert_int_equal(nw_config_load(path, &c), -EINVAL);
	assert_null(c);
	assert_int_equal(unlink(path), 0);
	snprintf(path, sizeof(path), "%s/policy.yaml", folder);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
}

/* What would be waited for, or leads nowhere, is said: without a word there would be no policy. */
static void what_is_no_file_is_refused(void **state)
{
	char folder[] = "/tmp/nvrwatch-policy-XXXXXX";
	char site[128];
	char path[128];
	struct nw_config *c = NULL;

	(void)state;
	assert_non_null(mkdtemp(folder));
	put(folder, "site.yaml", configuration);
	snprintf(site, sizeof(site), "%s/site.yaml", folder);
	snprintf(path, sizeof(path), "%s/policy.yaml", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	alarm(10);
	assert_int_equal(nw_config_load(site, &c), -EINVAL);
	alarm(0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("nowhere", path), 0);
	assert_int_equal(nw_config_load(site, &c), -ENOENT);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/dev/null", path), 0); /* that is an empty one */
	assert_int_equal(nw_config_load(site, &c), 0);
	nw_config_free(c);
	assert_int_equal(unlink(path) | unlink(site) | rmdir(folder), 0);
}

NW_TESTS(user_config_policy, cmocka_unit_test(rows_stand_behind),
	 cmocka_unit_test(nothing_else_is_in_it),
	 cmocka_unit_test(it_stands_beside_the_configuration),
	 cmocka_unit_test(what_is_no_file_is_refused));
