/* SPDX-License-Identifier: Apache-2.0 */
/* What a finding rests on: each id is that of a record before it, of its process or its flow. */
#include "rests.h"
#include "user/shown.h"

#include <json-c/json.h>

extern const struct nw_command nw_command_replay;

static json_object *get(json_object *o, const char *path)
{
	char part[64];

	while (o && *path) {
		size_t n = strcspn(path, ".");

		snprintf(part, sizeof(part), "%.*s", (int)n, path);
		o = json_object_object_get(o, part);
		path += n + (path[n] == '.');
	}
	return o;
}

static bool is_same(json_object *a, json_object *b, const char *path)
{
	const char *x = json_object_get_string(get(a, path));
	const char *y = json_object_get_string(get(b, path));

	return x && y && strcmp(x, y) == 0;
}

static json_object *lines[64];
static unsigned lines_len;

static void take_lines(const struct shown *s)
{
	lines_len = 0;
	for (const char *line = s->text; *line; line += strcspn(line, "\n") + 1) {
		assert_true(lines_len < NW_ARRAY_SIZE(lines));
		lines[lines_len++] = json_tokener_parse(line);
	}
}

static void free_lines(void)
{
	for (unsigned i = 0; i < lines_len; i++) {
		json_object_put(lines[i]);
	}
}

/* Of the finding in that line: how many records of its process, how many of its flow. */
static void count(unsigned at, unsigned ret[2])
{
	json_object *ids = get(lines[at], "nvrwatch.finding.records");

	ret[0] = ret[1] = 0;
	for (size_t i = 0; ids && i < json_object_array_length(ids); i++) {
		const char *id = json_object_get_string(json_object_array_get_idx(ids, i));
		unsigned n = 0;

		while (n < at && strcmp(json_object_get_string(get(lines[n], "event.id")), id)) {
			n++;
		}
		assert_true(n < at);
		assert_true(is_same(lines[n], lines[at], "process.pid"));
		if (strcmp(json_object_get_string(get(lines[n], "event.dataset")),
			   "nvrwatch.flow") == 0) {
			assert_true(is_same(lines[n], lines[at], "nvrwatch.flow.id"));
			ret[1]++;
		} else {
			ret[0]++;
		}
	}
}

static void ids_are_of_its_process_and_flow(void **state)
{
	static struct shown s;
	struct nw_options options = { .format = NW_FORMAT_JSON };
	unsigned n[2], findings = 0, of_flow = 0, of_two = 0;
	struct nw_ev_sock e;

	(void)state;
	shown_start(&s, "");
	nw_feed_fact(s.f, "session.id", "0123456789abcdef");
	nw_feed_fact(s.f, "vendor.1", "203.0.113.0/24 hikvision cloud");
	nw_feed_tick(s.f, NW_FEED_SEC);
	for (uint32_t pid = 100; pid < 102; pid++) {
		nw_feed_proc(s.f, (struct nw_feed_exec){ .pid = pid,
							 .exe = pid == 100 ? "memfd:a" : "memfd:b",
							 .flags = NW_PROC_MEMFD });
	}
	e = nw_feed_sock(s.f, NW_SOCK_BIN, 5000, 100);
	nw_feed_event(s.f, &e.ev);
	nw_feed_tick(s.f, 70 * NW_FEED_SEC);
	e.ev.what = NW_SOCK_CLOSE;
	e.ev.ts_ns = s.f->now_ns;
	nw_feed_event(s.f, &e.ev);
	/* another flow takes the place of the one that ended */
	e = nw_feed_sock(s.f, NW_SOCK_BIN, 6000, 101);
	nw_feed_event(s.f, &e.ev);
	nw_feed_proc(s.f, (struct nw_feed_exec){ .what = NW_PROC_EXIT, .pid = 101 });
	nw_feed_proc(s.f,
		     (struct nw_feed_exec){ .pid = 100, .exe = "memfd:c", .flags = NW_PROC_MEMFD });
	options.operand = s.path;
	assert_int_equal(shown_run(&s, &nw_command_replay, options), NW_EXIT_OK);
	take_lines(&s);
	for (unsigned i = 0; i < lines_len; i++) {
		if (get(lines[i], "nvrwatch.finding") && get(lines[i], "process.pid")) {
			count(i, n);
			assert_in_range(n[0], 1, 2);
			findings++;
			of_flow += n[1] > 0;
			of_two += n[0] == 2;
		}
	}
	assert_true(findings >= 3 && of_flow > 0 && of_two > 0);
	free_lines();
}

NW_TESTS(user_rests, cmocka_unit_test(ids_are_of_its_process_and_flow));
