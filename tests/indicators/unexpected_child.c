/* SPDX-License-Identifier: Apache-2.0 */
/* unexpected-child: what a recorder starts, when it is new and later, and who is none. */
#include "feed.h"

#define SECOND NW_FEED_SEC
#define YAML \
	"recorders: [{name: nvr, exe: [/opt/nvr/]}]\ncameras: [{name: door, address: 10.0.0.9}]\n"

enum {
	NVR = 100,
	OTHER = 101,
	SHELL = 200,
	TOOL = 201,
	DASH = 10,
	PERL = 11,
	COOKIE = 500,
};

static struct nw_feed *start_with(const char *yaml)
{
	struct nw_feed *f = nw_feed_new(yaml, 60 * SECOND);

	nw_feed_fact(f, "program.0.10", "shell /usr/bin/dash");
	nw_feed_fact(f, "program.0.11", "interpreter /usr/bin/perl");
	nw_feed_tick(f, SECOND);
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_FOUND,
					       .pid = NVR,
					       .exe = "/opt/nvr/bin/server",
					       .exe_ino = 1 });
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_FOUND,
					       .pid = OTHER,
					       .exe = "/usr/bin/player",
					       .exe_ino = 2 });
	nw_feed_forget(f);
	return f;
}

static struct nw_feed *start(void)
{
	return start_with(YAML);
}

static void run(struct nw_feed *f, uint32_t pid, uint32_t parent, const char *exe, uint64_t ino)
{
	nw_feed_proc(f, (struct nw_feed_exec){
				.pid = pid, .parent = parent, .exe = exe, .exe_ino = ino });
}

static void fetch(struct nw_feed *f, uint32_t pid, const char *from, uint64_t tx, uint64_t rx)
{
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, COOKIE, pid);

	nw_feed_addr(e.raddr, from);
	e.flags = NW_SOCK_CONNECTED;
	nw_feed_bytes(&e, tx, rx);
	nw_feed_event(f, &e.ev);
}

static void later(struct nw_feed *f)
{
	for (unsigned i = 0; i < 700; i++) {
		nw_feed_tick(f, SECOND);
	}
	nw_feed_forget(f);
}

/* The scores of all findings that were opened, "55 85", and forget them. */
static const char *scores(struct nw_feed *f)
{
	static char text[256];
	size_t at = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < nw_feed_count(f, NW_DATASET_FINDING); i++) {
		const struct nw_finding *found = &nw_feed_told(f, NW_DATASET_FINDING, i)->finding;

		if (found->action == NW_FINDING_OPENED) {
			assert_string_equal(found->rule_id, "unexpected-child");
			at += (size_t)sprintf(text + at, at ? " %u" : "%u", found->score);
		}
	}
	nw_feed_forget(f);
	return text;
}

/* Once the recorder is known for long: what it starts for the first time. */
static void something_new(void **state)
{
	static const struct {
		const char *exe;
		uint64_t ino;
		const char *scores;
	} rows[] = {
		{ "/usr/bin/dash", DASH, "55" },   { "/tmp/kthreadd", DASH, "55" },
		{ "/usr/bin/perl", PERL, "50" },   { "/rootfs/bin/dash", 99, "55" },
		{ "/usr/bin/ffmpeg", 98, "" },	   { "/opt/nvr/bin/server", 1, "" },
		{ "/opt/nvr/bin/worker", 97, "" },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nw_feed *f = start();

		later(f);
		run(f, SHELL, NVR, rows[i].exe, rows[i].ino);
		assert_string_equal(scores(f), rows[i].scores);
		run(f, SHELL + 10, NVR, rows[i].exe, rows[i].ino); /* again: the same case */
		assert_string_equal(scores(f), "");
		nw_feed_free(f);
	}
}

/* sh -c "wget http://…": the tool is a child's child, and it is known by what it does. */
static void what_it_started_fetches(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	later(f);
	run(f, SHELL, NVR, "/usr/bin/dash", DASH);
	run(f, TOOL, SHELL, "/tmp/.busy", 77);
	assert_string_equal(scores(f), "55");
	fetch(f, TOOL, "203.0.113.7", 200, 90000);
	assert_string_equal(nw_feed_only(f, NW_DATASET_FINDING)->finding.technique[0], "T1105");
	assert_string_equal(scores(f), "85");
	nw_feed_free(f);
}

/* A stream that goes out, a name that is asked for, a server of the site's. */
static void what_is_no_fetching(void **state)
{
	static const struct {
		const char *from;
		uint64_t tx, rx;
	} rows[] = {
		{ "203.0.113.7", 9000000, 20000 },
		{ "203.0.113.7", 60, 300 },
		{ "10.0.0.8", 200, 90000 },
		{ "127.0.0.1", 200, 90000 },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nw_feed *f = start();

		later(f);
		run(f, TOOL, NVR, "/usr/bin/ffmpeg", 98);
		fetch(f, TOOL, rows[i].from, rows[i].tx, rows[i].rx);
		assert_string_equal(scores(f), "");
		nw_feed_free(f);
	}
}

/* In its first ten minutes: told, but no alert; the same later is the same. */
static void while_it_is_new(void **state)
{
	struct nw_feed *f = start();
	const struct nw_finding *found;

	(void)state;
	run(f, SHELL, NVR, "/usr/bin/dash", DASH);
	found = &nw_feed_only(f, NW_DATASET_FINDING)->finding;
	assert_int_equal(found->outcome, NW_OUTCOME_CANNOT_TELL);
	assert_string_equal(scores(f), "30");
	run(f, TOOL, SHELL, "/usr/bin/wget", 77);
	fetch(f, TOOL, "203.0.113.7", 200, 90000);
	assert_string_equal(scores(f), "45");
	later(f);
	run(f, SHELL + 1, NVR, "/usr/bin/dash", DASH);
	assert_string_equal(scores(f), "30");
	run(f, SHELL + 2, NVR, "/usr/bin/perl", PERL); /* that is new */
	assert_string_equal(scores(f), "50");
	nw_feed_free(f);
}

/* Its row says what it starts: from the first moment on that is ordinary, and nothing else is. */
static void a_policy(void **state)
{
	struct nw_feed *f = start_with(
		"recorders: [{exe: [/opt/nvr/], starts: [/usr/bin/dash, /usr/bin/wget, /opt/s/]}]\n"
		"allowed: [{to: 203.0.113.7, port: 443}]\n");
	const struct nw_finding *found;

	(void)state;
	run(f, SHELL, NVR, "/usr/bin/dash", DASH);
	run(f, TOOL, SHELL, "/usr/bin/wget", 77);
	fetch(f, TOOL, "203.0.113.7", 200, 90000);
	run(f, SHELL + 1, NVR, "/opt/s/motion", PERL);
	assert_string_equal(scores(f), "");
	run(f, SHELL + 2, NVR, "/usr/bin/perl", PERL);
	found = &nw_feed_only(f, NW_DATASET_FINDING)->finding;
	assert_int_equal(found->outcome, NW_OUTCOME_MATCH);
	assert_string_equal(found->evidence[3].text, "policy");
	assert_string_equal(scores(f), "50");
	run(f, SHELL + 3, NVR, "/tmp/usr/bin/dash", DASH); /* the path, not its end */
	assert_string_equal(scores(f), "55");
	run(f, TOOL + 10, SHELL, "/tmp/.busy", 78);
	fetch(f, TOOL + 10, "203.0.113.7", 200, 90000); /* the place alone is not enough */
	assert_string_equal(scores(f), "85");
	nw_feed_free(f);
}

/* Nor is the program alone, at a place that nobody declared; and nothing is a word, not no row. */
static void a_policy_of_places_and_of_nothing(void **state)
{
	struct nw_feed *f = start_with(
		"recorders: [{exe: [/opt/nvr/], starts: [/usr/bin/dash, /usr/bin/wget]}]\n");

	(void)state;
	run(f, SHELL, NVR, "/usr/bin/dash", DASH);
	run(f, TOOL, SHELL, "/usr/bin/wget", 77);
	fetch(f, TOOL, "203.0.113.7", 200, 90000);
	assert_string_equal(scores(f), "85");
	nw_feed_free(f);
	f = start_with("recorders: [{exe: [/opt/nvr/], starts: [nothing]}]\n");
	run(f, SHELL, NVR, "/usr/bin/dash", DASH);
	assert_string_equal(scores(f), "55");
	nw_feed_free(f);
	f = start_with("recorders: [{exe: [/opt/nvr/]}, {exe: [/opt/x/], starts: [nothing]}]\n");
	run(f, SHELL, NVR, "/usr/bin/dash", DASH); /* another's row is not its own */
	assert_string_equal(scores(f), "30");
	nw_feed_free(f);
}

/* A shell of somebody's own, and what a player starts that reads no camera. */
static void who_is_no_recorder(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	later(f);
	run(f, SHELL, OTHER, "/usr/bin/dash", DASH);
	run(f, TOOL, SHELL, "/usr/bin/wget", 77);
	fetch(f, TOOL, "203.0.113.7", 200, 90000);
	fetch(f, OTHER, "10.0.0.8", 200, 90000000); /* no camera's */
	run(f, SHELL + 1, OTHER, "/usr/bin/dash", DASH);
	assert_string_equal(scores(f), "");
	nw_feed_free(f);
}

/* Nobody declared it: it reads a camera's media. */
static void a_recorder_by_what_it_does(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	for (unsigned i = 1; i <= 150; i++) {
		struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, COOKIE + 1, OTHER);

		f->now_ns += SECOND / 5;
		e.ev.ts_ns = f->now_ns;
		e.rport_be = htons(554);
		e.flags = NW_SOCK_CONNECTED;
		nw_feed_addr(e.raddr, "10.0.0.9");
		nw_feed_bytes(&e, 1000, i * 100000ULL);
		nw_feed_event(f, &e.ev);
	}
	later(f);
	run(f, SHELL, OTHER, "/usr/bin/dash", DASH);
	assert_string_equal(nw_feed_only(f, NW_DATASET_FINDING)->finding.evidence[1].text, "media");
	assert_string_equal(scores(f), "55");
	nw_feed_free(f);
}

/* More recorders, children and kinds of them than there is room for. */
static void a_flood(void **state)
{
	struct nw_feed *f = start();
	char exe[64];

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		sprintf(exe, "/opt/nvr/%u", i);
		nw_feed_proc(f, (struct nw_feed_exec){
					.pid = 2000 + 2 * i, .exe = exe, .exe_ino = 5000 + i });
		run(f, 2001 + 2 * i, 2000 + 2 * i, "/usr/bin/dash", DASH);
		run(f, 2001 + 2 * i, NVR, "/tmp/x", 9000 + i);
		nw_feed_forget(f);
	}
	later(f);
	run(f, SHELL, NVR, "/usr/bin/perl", PERL);
	assert_string_equal(scores(f), "50");
	nw_feed_free(f);
}

NW_TESTS(indicators_unexpected_child, cmocka_unit_test(something_new),
	 cmocka_unit_test(what_it_started_fetches), cmocka_unit_test(what_is_no_fetching),
	 cmocka_unit_test(while_it_is_new), cmocka_unit_test(a_policy),
	 cmocka_unit_test(a_policy_of_places_and_of_nothing), cmocka_unit_test(who_is_no_recorder),
	 cmocka_unit_test(a_recorder_by_what_it_does), cmocka_unit_test(a_flood));
