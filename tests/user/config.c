/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration: what is read, what is refused and in which words, what is inside. */
#include "harness.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"

static struct nw_config *read_good(const char *text)
{
	struct nw_config_error err;
	struct nw_config *c = NULL;
	int r = nw_config_read(text, strlen(text), &err, &c);

	if (r < 0) {
		fail_msg("refused in line %u: %s\n%s", err.line, err.text, text);
	}
	return c;
}

static void expect_bad(const char *text, unsigned line, const char *words)
{
	struct nw_config *untouched = (struct nw_config *)(void *)&line;
	struct nw_config *c = untouched;
	struct nw_config_error err;
	int r = nw_config_read(text, strlen(text), &err, &c);

	if (r != -EINVAL || err.line != line || !strstr(err.text, words)) {
		fail_msg("%s\n-> %d, line %u: %s\nexpected line %u: %s", text, r, err.line,
			 r ? err.text : "", line, words);
	}
	assert_ptr_equal(c, untouched);
}

static const char full[] = "# every key\n"
			   "site:\n"
			   "  name: Zürich north\n"
			   "  organisation: 'Example: AG'\n"
			   "  labels: [room=12, 'note=a, b']\n"
			   "trusted_networks:\n"
			   "  - 10.0.0.0/8\n"
			   "  - 2001:db8:1::/48\n"
			   "trusted_tunnels: [wg0, tun-site]\n"
			   "recorders:\n"
			   "  - name: vms\n"
			   "    exe: [/opt/vms/bin/, /usr/bin/ffmpeg]\n"
			   "    unit: vms.service\n"
			   "    cgroup: vms\n"
			   "    user: vms\n"
			   "recording_roots: [/srv/rec]\n"
			   "host_root: /srv/host\n"
			   "spots:\n"
			   "  - {path: '~/.x/**', kind: own-kind, technique: T1546}\n"
			   "cameras:\n"
			   "  - {name: door, address: 192.168.1.20, maker: Axis}\n"
			   "  - network: 192.168.2.0/24\n"
			   "allowed:\n"
			   "  - to: '*.example.org'\n"
			   "    port: 443\n"
			   "    program: /usr/bin/curl\n"
			   "    why: |\n"
			   "      two\n"
			   "      lines\n"
			   "  - to: 192.0.2.0/24\n"
			   "listeners:\n"
			   "  - {port: 554, proto: udp, from: 10.0.0.0/8}\n"
			   "  - port: 8080\n"
			   "resolvers: [192.168.1.1, 'fd00::53']\n"
			   "ntp: [pool.ntp.org, 192.168.1.1]\n"
			   "geo: {country: /srv/country.mmdb, asn: /srv/as n.mmdb}\n"
			   "flow_interval: 5m\n"
			   "limits:\n"
			   "  ring_bytes: 1048576\n"
			   "  processes: 4096\n"
			   "heads: false\n";

static void every_key_is_read(void **state)
{
	struct nw_config *c = read_good(full);

	(void)state;
	assert_string_equal(c->site.name, "Zürich north");
	assert_string_equal(c->site.organisation, "Example: AG");
	assert_int_equal(c->site.labels_count, 2);
	assert_string_equal(c->site.labels[1], "note=a, b");
	assert_int_equal(c->trusted_count, 2);
	assert_int_equal(c->trusted[0].bits, 96 + 8);
	assert_int_equal(c->trusted[1].bits, 48);
	assert_int_equal(c->trusted_tunnels_count, 2);
	assert_true(nw_config_trusts_tunnel(c, "tun-site"));
	assert_false(nw_config_trusts_tunnel(c, "tun-"));
	assert_int_equal(c->recorders_count, 1);
	assert_int_equal(c->recorders[0].exe_count, 2);
	assert_string_equal(c->recorders[0].exe[1], "/usr/bin/ffmpeg");
	assert_string_equal(c->recorders[0].unit, "vms.service");
	assert_string_equal(c->recorders[0].cgroup, "vms");
	assert_string_equal(c->recorders[0].user, "vms");
	assert_string_equal(c->recording_roots[0], "/srv/rec");
	assert_string_equal(c->host_root, "/srv/host");
	assert_int_equal(c->spots_count, 1);
	assert_string_equal(c->spots[0].path, "~/.x/**");
	assert_string_equal(c->spots[0].kind, "own-kind");
	assert_string_equal(c->spots[0].technique, "T1546");
	assert_int_equal(c->cameras_count, 2);
	assert_string_equal(c->cameras[0].maker, "Axis");
	assert_null(c->cameras[0].network);
	assert_string_equal(c->cameras[1].network, "192.168.2.0/24");
	assert_int_equal(c->allowed_count, 2);
	assert_int_equal(c->allowed[0].port, 443);
	assert_string_equal(c->allowed[0].why, "two\nlines\n");
	assert_int_equal(c->allowed[1].port, 0);
	assert_int_equal(c->listeners_count, 2);
	assert_string_equal(c->listeners[0].proto, "udp");
	assert_string_equal(c->listeners[1].proto, "tcp");
	assert_int_equal(c->resolvers_count, 2);
	assert_string_equal(c->ntp[0], "pool.ntp.org");
	assert_string_equal(c->geo.country, "/srv/country.mmdb");
	assert_string_equal(c->geo.asn, "/srv/as n.mmdb");
	assert_int_equal(c->flow_interval_s, 300);
	assert_int_equal(c->limits.ring_bytes, 1048576);
	assert_int_equal(c->limits.processes, 4096);
	assert_true(c->limits.flows > 0);
	assert_false(c->heads);
	nw_config_free(c);
}

static void nothing_means_defaults(void **state)
{
	static const char *const texts[] = {
		"", "\n\n", "# only words\n", "---\n", "--- ~\n", "{}"
	};
	uint64_t hash = 0;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(texts); i++) {
		struct nw_config *c = read_good(texts[i]);

		assert_true(c->heads);
		assert_int_equal(c->limits.ring_bytes, 4 << 20);
		assert_true(c->trusted_count > 10);
		assert_int_equal(c->flow_interval_s, 0);
		assert_int_equal(c->recorders_count, 0);
		assert_false(nw_config_trusts_tunnel(c, "wg0"));
		assert_true(i == 0 || c->hash == hash);
		hash = c->hash;
		nw_config_free(c);
	}
}

static void an_empty_list_is_not_the_default(void **state)
{
	struct nw_config *c = read_good("trusted_networks: []\nheads: false\n");

	(void)state;
	assert_int_equal(c->trusted_count, 0);
	assert_false(c->heads);
	nw_config_free(c);
}

static void keys_are_checked(void **state)
{
	(void)state;
	expect_bad("trusted_network: [10.0.0.0/8]\n", 1, "did you mean 'trusted_networks'?");
	expect_bad("heads: true\nsite:\n  nmae: x\n", 3,
		   "unknown key 'nmae' in site; did you mean 'name'?");
	expect_bad("cameras:\n  - address: 10.0.0.1\n    Maker: x\n", 3, "did you mean 'maker'?");
	expect_bad("limits:\n  flow-s: 100\n", 2, "did you mean 'flows'?");
	expect_bad("something_else_entirely: 1\n", 1,
		   "unknown key 'something_else_entirely' in the configuration");
	expect_bad("heads: true\nsinks: []\nheads: false\n", 3,
		   "key 'heads' is already given in line 1");
	expect_bad("site:\n  name: a\n  name: b\n", 3, "already given in line 2");
	expect_bad("? [a, b]\n: c\n", 1, "not plain text");
	expect_bad("\"heads\\0x\": true\n", 1, "not plain text");
	expect_bad("<<: {heads: true}\n", 1, "unknown key '<<'");
}

static void types_are_checked(void **state)
{
	(void)state;
	expect_bad("- heads\n", 1, "'the configuration' must be keys with values");
	expect_bad("hello\n", 1, "must be keys with values");
	expect_bad("cameras:\n", 1, "'cameras' is empty, expected a list");
	expect_bad("site: ~\n", 1, "'site' is empty");
	expect_bad("cameras: 10.0.0.1\n", 1, "'cameras' must be a list");
	expect_bad("cameras:\n  - 10.0.0.1\n", 2, "'cameras[]' must be keys with values");
	expect_bad("heads: yes\n", 1, "'heads' is 'yes', expected true or false");
	expect_bad("heads: [true]\n", 1, "'heads' must be true or false");
	expect_bad("site:\n  name: {a: b}\n", 2, "'site.name' must be text");
	expect_bad("limits:\n  flows: many\n", 2, "'limits.flows' is 'many', expected a whole");
	expect_bad("limits:\n  flows: -1\n", 2, "a whole number");
	expect_bad("limits:\n  flows: 010000\n", 2, "a whole number");
	expect_bad("limits:\n  flows: 0x1000\n", 2, "a whole number");
	expect_bad("limits:\n  flows: 99999999999999999999\n", 2, "a whole number");
	expect_bad("site: {name: \"a\\0b\"}\n", 1, "without NUL");
	expect_bad("site: {name: ''}\n", 1, "text of 1 to 4096 bytes");
}

static void values_are_checked(void **state)
{
	(void)state;
	expect_bad("trusted_networks:\n  - 10.0.0.0/8\n  - 10.0.0.0/33\n", 3,
		   "'trusted_networks[]' is '10.0.0.0/33', expected a network such as");
	expect_bad("trusted_tunnels: [wg/0]\n", 1, "the name of a network interface");
	expect_bad("trusted_tunnels: [wg0-and-too-long]\n", 1, "the name of a network interface");
	expect_bad("site: {labels: [x]}\n", 1, "expected key=value");
	expect_bad("recorders:\n  - exe: [ffmpeg]\n", 2, "an absolute path");
	expect_bad("recorders:\n  - name: x\n", 2, "a recorder needs");
	expect_bad("recorders:\n  - exe: [/x]\n    starts: [sh]\n", 3,
		   "an absolute path, or nothing");
	expect_bad("recorders:\n  - {name: x, starts: [/bin/sh]}\n", 2, "a recorder needs");
	expect_bad("recording_roots: [srv]\n", 1, "an absolute path");
	expect_bad("host_root: /srv/*\n", 1, "an absolute path without *");
	expect_bad("spots:\n  - path: /x\n", 2, "a spot needs 'path' and 'kind'");
	expect_bad("spots:\n  - {path: x, kind: y}\n", 2, "begins with / or ~/");
	expect_bad("spots:\n  - {path: /x/**/y, kind: y}\n", 2, "** as the last");
	expect_bad("spots:\n  - {path: /x, kind: Y}\n", 2, "a word of a-z");
	expect_bad("spots:\n  - {path: /x, kind: y, technique: x}\n", 2, "T1543.002");
	expect_bad("cameras:\n  - address: 10.0.0.0/8\n", 2, "an address such as");
	expect_bad("cameras:\n  - name: x\n", 2, "either 'address' or 'network'");
	expect_bad("cameras:\n  - {address: 10.0.0.1, network: 10.0.0.0/8}\n", 2, "either");
	expect_bad("allowed:\n  - port: 443\n", 2, "needs 'to'");
	expect_bad("allowed:\n  - to: 10.0.0.256\n", 2, "an address, a network, or a name");
	expect_bad("allowed:\n  - to: a..b\n", 2, "or a name");
	expect_bad("allowed:\n  - {to: a.b, port: 65536}\n", 2, "a port from 1 to 65535");
	expect_bad("listeners:\n  - proto: tcp\n", 2, "a listener needs 'port'");
	expect_bad("listeners:\n  - {port: 0}\n", 2, "a port from 1 to 65535");
	expect_bad("listeners:\n  - {port: 1, proto: sctp}\n", 2, "tcp or udp");
	expect_bad("listeners:\n  - {port: 1, from: x}\n", 2, "a network such as");
	expect_bad("resolvers: [dns.example]\n", 1, "an address such as");
	expect_bad("ntp: ['a b']\n", 1, "an address or a host name");
	expect_bad("geo: {asn: as.mmdb}\n", 1, "an absolute path");
	expect_bad("geo:\n  county: /x\n", 2, "did you mean 'country'?");
	expect_bad("flow_interval: 2h\n", 1, "whole seconds up to one hour");
	expect_bad("flow_interval: 500ms\n", 1, "whole seconds up to one hour");
	expect_bad("limits: {ring_bytes: 1000000}\n", 1, "a power of two");
	expect_bad("limits: {ring_bytes: 32768}\n", 1, "a power of two");
	expect_bad("limits: {processes: 0}\n", 1, "from 64 to 4194304");
	expect_bad("sinks: [jsnol]\n", 1, "the name of a sink");
}

static void yaml_itself_is_checked(void **state)
{
	(void)state;
	expect_bad("site:\n\tname: x\n", 2, "a tab at the start of the line");
	expect_bad("heads: true\n  x: y\n", 2, "not YAML");
	expect_bad("site: {name: x\n", 2, "not YAML");
	expect_bad("heads: true\nsite: {name: \"\xff\"}\n", 2, "not YAML");
	expect_bad("heads: true\n---\nheads: false\n", 2, "second document");
	expect_bad("resolvers: &a [10.0.0.1]\nntp: *a\n", 2, "alias");
	expect_bad("site: &a\n  labels: *a\n", 2, "alias");
	expect_bad("&a site: {}\n*a : {}\n", 2, "alias");
	expect_bad("site: *nobody\n", 1, "alias");
}

/* A document that would have billions of nodes if aliases were followed; and one of one bracket. */
static void hostile_text_ends_soon(void **state)
{
	static const char laughs[] =
		"site: {labels: [&a [x,x],&b [*a,*a],&c [*b,*b],&d [*c,*c]]}\n";
	char *deep = malloc(NW_CONFIG_BYTES_MAX + 2);
	struct nw_config_error err;
	struct nw_config *c = NULL;

	(void)state;
	assert_non_null(deep);
	expect_bad(laughs, 1, "alias");
	memset(deep, '[', NW_CONFIG_BYTES_MAX + 1);
	assert_int_equal(nw_config_read(deep, NW_CONFIG_BYTES_MAX, &err, &c), -EINVAL);
	assert_int_equal(nw_config_read(deep, NW_CONFIG_BYTES_MAX + 1, &err, &c), -E2BIG);
	memset(deep, '#', NW_CONFIG_BYTES_MAX);
	assert_int_equal(nw_config_read(deep, NW_CONFIG_BYTES_MAX, &err, &c), 0);
	assert_non_null(c);
	nw_config_free(c);
	free(deep);
}

static char *printed(const struct nw_config *c, size_t *ret_len)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, ret_len);

	assert_non_null(f);
	assert_int_equal(nw_config_print(c, f), 0);
	assert_int_equal(fclose(f), 0);
	return text;
}

static void print_reads_back(void **state)
{
	static const char *const texts[] = {
		full,
		"",
		"trusted_networks: []\n",
		"site: {name: \"\\e[31mred\\t\\u202e \\\" ' # : - \", organisation: 'null'}\n",
		"site: {name: \"true\", organisation: \"  spaces  \", labels: ['~=', '-=\"']}\n",
		"allowed: [{to: 10.0.0.1, why: \"line\\n\\n  two \\n\"}]\n",
		"flow_interval: 60\n",
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(texts); i++) {
		struct nw_config *c = read_good(texts[i]);
		size_t len = 0, again_len = 0;
		char *text = printed(c, &len);
		struct nw_config *again = read_good(text);
		char *text_again = printed(again, &again_len);

		assert_true(c->hash == again->hash);
		assert_string_equal(text, text_again);
		assert_true((c->site.name == NULL) == (again->site.name == NULL));
		if (c->site.name) {
			assert_string_equal(c->site.name, again->site.name);
		}
		assert_int_equal(c->trusted_count, again->trusted_count);
		nw_config_free(c);
		nw_config_free(again);
		free(text);
		free(text_again);
	}
}

static void every_difference_changes_the_hash(void **state)
{
	static const char *const texts[] = {
		"",
		"heads: false\n",
		"trusted_networks: []\n",
		"limits: {flows: 1000}\n",
		"flow_interval: 60s\n",
		"site: {name: a}\n",
		"site: {organisation: a}\n",
		"listeners: [{port: 1}]\n",
		"listeners: [{port: 1, proto: udp}]\n",
	};
	uint64_t hashes[NW_ARRAY_SIZE(texts)];

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(texts); i++) {
		struct nw_config *c = read_good(texts[i]);

		hashes[i] = c->hash;
		for (size_t j = 0; j < i; j++) {
			assert_true(hashes[i] != hashes[j]);
		}
		nw_config_free(c);
	}
}

static void a_full_disk_is_noticed(void **state)
{
	struct nw_config *c = read_good("");
	FILE *full_disk = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(full_disk);
	setbuf(full_disk, NULL);
	assert_int_equal(nw_config_print(c, full_disk), -ENOSPC);
	(void)fclose(full_disk);
	nw_config_free(c);
}

static void assert_inside(const struct nw_config *c, const char *addr, bool expected)
{
	uint8_t bytes[16];

	assert_int_equal(nw_parse_address(addr, bytes), 0);
	if (nw_config_is_inside(c, bytes) != expected) {
		fail_msg("%s should be %s", addr, expected ? "inside" : "outside");
	}
}

static void inside_by_default(void **state)
{
	static const char *const inside[] = {
		"10.0.0.1",
		"172.16.0.1",
		"172.31.255.255",
		"192.168.255.1",
		"169.254.1.1",
		"127.0.0.1",
		"127.255.255.255",
		"224.0.0.251",
		"239.255.255.250",
		"::1",
		"fe80::1",
		"fd00::1",
		"fc00::1",
		"ff02::fb",
		"::ffff:10.1.2.3",
		"64:ff9b::10.1.2.3",
		"255.255.255.255",
		"0.0.0.0",
		"::",
		"64:ff9b::c0a8:1",
	};
	static const char *const outside[] = {
		"100.64.0.1",	     "9.255.255.255",
		"11.0.0.0",	     "172.15.255.255",
		"172.32.0.0",	     "192.167.255.1",
		"169.253.0.1",	     "8.8.8.8",
		"192.0.2.1",	     "198.51.100.1",
		"203.0.113.1",	     "2001:db8::1",
		"2a00::1",	     "::ffff:8.8.8.8",
		"64:ff9b::8.8.8.8",  "64:ff9b:1::10.1.2.3",
		"fec0::1",	     "::2",
		"64:ff9a::10.1.2.3",
	};
	struct nw_config *c = read_good("");

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(inside); i++) {
		assert_inside(c, inside[i], true);
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(outside); i++) {
		assert_inside(c, outside[i], false);
	}
	nw_config_free(c);
}

static void inside_as_configured(void **state)
{
	struct nw_config *c = read_good("trusted_networks: ['::/0', 203.0.113.77/24]\n");

	(void)state;
	assert_inside(c, "2001:db8::1", true);
	assert_inside(c, "203.0.113.1", true);
	assert_inside(c, "::ffff:203.0.113.1", true);
	assert_inside(c, "10.0.0.1", false);
	assert_inside(c, "64:ff9b::8.8.8.8", false);
	nw_config_free(c);
}

static void files_are_read(void **state)
{
	char name[] = "/tmp/nvrwatch-config-XXXXXX";
	int fd = mkstemp(name);
	struct nw_config *c = NULL;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "heads: false\n", 13), 13);
	assert_int_equal(nw_config_load(name, &c), 0);
	assert_false(c->heads);
	nw_config_free(c);
	c = NULL;
	assert_int_equal(ftruncate(fd, NW_CONFIG_BYTES_MAX + 1), 0);
	assert_int_equal(nw_config_load(name, &c), -E2BIG);
	assert_int_equal(nw_config_load("/dev/zero", &c), -E2BIG);
	assert_int_equal(close(fd), 0);
	assert_int_equal(unlink(name), 0);
	assert_int_equal(nw_config_load(name, &c), -ENOENT);
	assert_int_equal(nw_config_load("/tmp", &c), -EISDIR);
	assert_null(c);
}

NW_TESTS(user_config, cmocka_unit_test(every_key_is_read), cmocka_unit_test(nothing_means_defaults),
	 cmocka_unit_test(an_empty_list_is_not_the_default), cmocka_unit_test(keys_are_checked),
	 cmocka_unit_test(types_are_checked), cmocka_unit_test(values_are_checked),
	 cmocka_unit_test(yaml_itself_is_checked), cmocka_unit_test(hostile_text_ends_soon),
	 cmocka_unit_test(print_reads_back), cmocka_unit_test(every_difference_changes_the_hash),
	 cmocka_unit_test(a_full_disk_is_noticed), cmocka_unit_test(inside_by_default),
	 cmocka_unit_test(inside_as_configured), cmocka_unit_test(files_are_read));
