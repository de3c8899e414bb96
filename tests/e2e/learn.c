/* SPDX-License-Identifier: Apache-2.0 */
/* learn: what it prints is a policy, and with it in force nothing is left to learn. */
#include <netinet/in.h>
#include <string.h>

#include "config.h"
#include "recording.h"

#include "root/support.h"

/* A recording of so many connections to as many addresses outside, under this configuration. */
static void make_recording(const char *path, const char *yaml, unsigned n)
{
	struct nw_ev_sock e = {
		.ev = { .size = sizeof(e),
			.hook = NW_HOOK_TCP_STATE,
			.shape = NW_SHAPE_SOCK,
			.what = NW_SOCK_CLOSE },
		.owner = { .tgid = 7, .start_ns = 1 },
		.laddr = { [10] = 0xff, [11] = 0xff, [12] = 10, [15] = 1 },
		.raddr = { [10] = 0xff, [11] = 0xff, [12] = 203 },
		.rport_be = htons(443),
		.flags = NW_SOCK_CONNECTED,
		.proto = IPPROTO_TCP,
		.family = 4,
		.tx_bytes = 54321,
		.tx_packets = 40,
	};
	struct nw_recorder_file *r = NULL;
	struct nw_config *c = NULL;

	assert_int_equal(nw_config_parse("test", yaml, strlen(yaml), &c), 0);
	assert_int_equal(nw_recording_start(nw_recording_create(path), c, NW_NSEC_PER_SEC, &r), 0);
	for (unsigned i = 0; i < n; i++) {
		e.ev.ts_ns = e.birth_ns = NW_NSEC_PER_SEC + i;
		e.cookie = i + 1;
		e.raddr[14] = (uint8_t)(113 + i / 200);
		e.raddr[15] = (uint8_t)(7 + i % 200);
		nw_recording_add(r, &e.ev);
		nw_recording_flush(r, e.ev.ts_ns, false);
	}
	assert_int_equal(nw_recording_end(r), 0);
	nw_config_free(c);
}

/* What learn made of it, in force. */
static struct nw_config *learnt(const char *name, const char *yaml)
{
	struct nw_config *c = NULL;
	struct nw_tool *t;
	char path[128];

	snprintf(path, sizeof(path), "%s/learn-%s.nwr", nw_place_files(), name);
	make_recording(path, yaml, 1);
	t = nw_tool_start(NULL, "learn --file %s", path);
	assert_int_equal(nw_tool_end(t), 0);
	assert_int_equal(nw_config_parse("test", "", 0, &c), 0);
	assert_int_equal(nw_config_add_policy(c, "what was learnt", t->out.text, t->out.len), 0);
	return c;
}

static void test_of_recording(void **state)
{
	struct nw_config *c = learnt("new", "");

	(void)state;
	assert_int_equal(c->allowed_count, 1);
	assert_string_equal(c->allowed[0].to, "203.0.113.7");
	assert_int_equal(c->allowed[0].port, 443);
	assert_non_null(strstr(c->allowed[0].why, "54.3 kB"));
	nw_config_free(c);
	c = learnt("known", "allowed: [{to: 203.0.113.0/24}]");
	assert_int_equal(c->allowed_count, 0);
	nw_config_free(c);
}

static void test_watching(void **state)
{
	struct nw_tool *t = nw_tool_start(NULL, "learn --duration 500ms --cgroup %s",
					  nw_place_dir(NW_PLACE_SEEN));

	(void)state;
	assert_int_equal(nw_tool_end(t), 0);
	assert_true(nw_lines_has(&t->out, "Nothing of it is in force"));
	assert_true(nw_lines_has(&t->out, "allowed:"));
}

#define ROOM 2048 /* ROWS_MAX */
#define MORE 7

/* What finds no room in what is to be allowed is said below it. */
static void test_no_room(void **state)
{
	struct nw_tool *t;
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/learn-many.nwr", nw_place_files());
	make_recording(path, "", ROOM + MORE);
	t = nw_tool_start(NULL, "learn --file %s", path);
	assert_int_equal(nw_tool_end(t), 0);
	assert_true(nw_lines_has(&t->out, "# 7 more found no room here"));
}

NW_TESTS_OF_ANY_KERNEL(e2e_learn, NW_ROOT_TEST(test_of_recording), NW_ROOT_TEST(test_watching),
		       NW_ROOT_TEST(test_no_room));
