/* SPDX-License-Identifier: Apache-2.0 */
/* check: every hook works on this kernel, first choice or fallback; the configuration is printed. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "nw_hooks.h"
#include "root/support.h"

#define NAME(stem, NUMBER) #stem,
static const char *const hooks[] = { NW_HOOKS(NAME) };

/* Kernels before 6.3 have no tracepoint for it: off, and nothing else is; the status says so. */
static bool may_be_off(const char *hook, const char *is)
{
	return strcmp(hook, "sock_recv") == 0 && strcmp(is, "off") == 0;
}

static void test_every_hook(void **state)
{
	struct nw_tool *t =
		nw_tool_start(NULL, "check -o json --cgroup %s", nw_place_dir(NW_PLACE_SEEN));
	struct json_object *all;
	int status = nw_tool_end(t);
	unsigned off = 0;

	(void)state;
	all = json_tokener_parse(t->out.text);
	assert_non_null(all);
	for (size_t i = 0; i < NW_ARRAY_SIZE(hooks); i++) {
		struct json_object *hook = nw_rec_get(nw_rec_get(all, "hooks"), hooks[i]);
		const char *is = hook ? nw_rec_str(hook, "state") : NULL;

		if (is && may_be_off(hooks[i], is)) {
			assert_non_null(nw_rec_str(hook, "reason"));
			off++;
		} else if (!is || (strcmp(is, "live") != 0 && strcmp(is, "fallback") != 0)) {
			nw_tool_fail(t, "hook %s is %s", hooks[i], is ? is : "not there");
		}
	}
	assert_int_equal(WEXITSTATUS(status), off ? 3 : 0);
	json_object_put(all);
}

/* The configuration that is in force, which needs no privilege. */
static void test_configuration(void **state)
{
	static const struct nw_tool_options opt = { .uid = 65534 };
	struct nw_tool *t;
	char path[NW_TOOL_CONFIG];

	(void)state;
	nw_tool_config("trusted_networks: [203.0.113.0/24]\n", path);
	t = nw_tool_start(&opt, "check --config %s", path);
	assert_int_equal(nw_tool_end(t), 0);
	if (!nw_lines_has(&t->out, "203.0.113.0/24") || !nw_lines_has(&t->out, "limits")) {
		nw_tool_fail(t, "not the configuration in force");
	}
}

NW_TESTS(e2e_check, NW_ROOT_TEST(test_every_hook), NW_ROOT_TEST(test_configuration));
