/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check: what this host lets us see, hook by hook, and the configuration that is in force. Loads
 * every program as a trial and attaches none.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "cli.h"
#include "commands/command.h"
#include "config.h"
#include "enrich/enrich.h"
#include "event.h"
#include "files.h"
#include "host.h"
#include "live.h"
#include "load.h"
#include "log.h"

static const char *const state_words[] = { "live", "fallback", "off" };

static void print_text(const struct nw_loader *l, const struct nw_files *files, const char *changes)
{
	struct utsname u;

	if (uname(&u) == 0) {
		printf("kernel    %s %s\n", u.release, u.machine);
	}
	printf("scope     %s (%s)\n", nw_load_has_root_cgroup(l) ? "whole host" : "one cgroup",
	       nw_load_cgroup(l));
	for (unsigned i = 1; i < _NW_HOOK_MAX; i++) {
		const struct nw_hook_status *s = nw_load_status(l, i);

		printf("hook      %-16s %s%s%s\n", nw_hook_name(i), state_words[s->state],
		       s->why[0] ? ": " : "", s->why);
	}
	for (unsigned i = 0; i < nw_files_roots(files); i++) {
		char tier[NW_HOST_TIER];

		nw_host_files_tier(l, nw_files_root(files, i), tier);
		printf("files     %s: %s\n", nw_files_root(files, i)->path, tier);
	}
	if (!nw_files_roots(files)) {
		printf("files     no recording_roots, and none of the catalogue's is here\n");
	}
	printf("changes   %s\n", changes);
}

static void print_json(const struct nw_loader *l, const struct nw_files *files, const char *changes)
{
	json_object *roots = json_object_new_object();
	json_object *o = json_object_new_object();
	json_object *hooks = json_object_new_object();

	for (unsigned i = 1; i < _NW_HOOK_MAX; i++) {
		const struct nw_hook_status *s = nw_load_status(l, i);
		json_object *h = json_object_new_object();

		json_object_object_add(h, "state", json_object_new_string(state_words[s->state]));
		if (s->why[0]) {
			json_object_object_add(h, "reason", json_object_new_string(s->why));
		}
		json_object_object_add(hooks, nw_hook_name(i), h);
	}
	for (unsigned i = 0; i < nw_files_roots(files); i++) {
		char tier[NW_HOST_TIER];

		nw_host_files_tier(l, nw_files_root(files, i), tier);
		json_object_object_add(roots, nw_files_root(files, i)->path,
				       json_object_new_string(tier));
	}
	json_object_object_add(o, "hooks", hooks);
	json_object_object_add(o, "files", roots);
	json_object_object_add(o, "changes", json_object_new_string(changes));
	json_object_object_add(o, "cgroup", json_object_new_string(nw_load_cgroup(l)));
	printf("%s\n", json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY));
	json_object_put(o);
}

static int exit_of(const struct nw_loader *l)
{
	for (unsigned i = 1; i < _NW_HOOK_MAX; i++) {
		if (nw_load_status(l, i)->state == NW_HOOK_STATE_OFF) {
			return NW_EXIT_DENIED;
		}
	}
	return NW_EXIT_OK;
}

static int check_run(const struct nw_options *opt)
{
	struct nw_load_options load = { .cgroup = opt->cgroup, .btf = opt->btf, .dry_run = true };
	struct nw_config *config = NULL;
	struct nw_loader *l = NULL;
	struct nw_enrich *enrich = NULL;
	struct nw_files *files = NULL;
	char changes[NW_HOST_CHANGES];
	int code;

	if (nw_config_load(opt->config, &config) < 0) {
		return NW_EXIT_INPUT;
	}
	if (nw_enrich_open(&config->geo, &enrich) < 0) { /* the files that it names */
		nw_config_free(config);
		return NW_EXIT_INPUT;
	}
	if (opt->config) { /* only the configuration was asked about: no privilege needed */
		nw_enrich_free(enrich);
		code = nw_config_print(config, stdout) < 0 ? NW_EXIT_FAILURE : NW_EXIT_OK;
		nw_config_free(config);
		return code;
	}
	load.ring_bytes = config->limits.ring_bytes;
	load.heads = config->heads;
	code = nw_load(&load, &l);
	if (code == 0 && nw_files_new(&files) < 0) {
		nw_load_free(l);
		code = -ENOMEM;
	}
	if (code == 0) {
		nw_host_find_roots(files, config, enrich);
		nw_host_changes_tier(config, enrich, changes);
	}
	nw_config_free(config);
	nw_enrich_free(enrich);
	if (code < 0) {
		return nw_live_exit_of_load(code);
	}
	if (opt->format == NW_FORMAT_JSON) {
		print_json(l, files, changes);
	} else {
		print_text(l, files, changes);
	}
	code = exit_of(l);
	nw_files_free(files);
	nw_load_free(l);
	return code;
}

const struct nw_command nw_command_check = {
	.name = "check",
	.args = "",
	.doc = "say what this host lets us see; with --config print the configuration in force",
	.flags = "gocb",
	.run = check_run,
};
