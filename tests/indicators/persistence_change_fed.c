/* SPDX-License-Identifier: Apache-2.0 */
/*
 * persistence-change: who writes has no connection, but is told by one that has: a child's stdout, a
 * pipeline; against pipes that lead elsewhere, and what apt starts beside its fetchers.
 */
#include "feed.h"

#define SECOND NW_FEED_SEC
#define OUT    "203.0.113.7"

#define IN(kind) ((uint32_t)(kind) << NW_PROC_STDIO_SHIFT | 1U << NW_PROC_STDIO_MODE_SHIFT)
#define OUTW(kind)                                                        \
	((uint32_t)(kind) << (NW_PROC_STDIO_SHIFT + NW_PROC_STDIO_BITS) | \
	 2U << (NW_PROC_STDIO_MODE_SHIFT + 2))

enum {
	INIT = 1,
	FIRST = 100,
};

/* All are there at once; the last one changes. */
struct member {
	const char *exe;
	unsigned parent;  /* its place in the list, from 1; 0 = init */
	uint64_t in, out; /* number of the pipe, or of a socket pair if it is odd */
	const char *to;
	bool ends;
	bool is_late; /* started when the connections are there */
};

struct scene {
	const char *what;
	struct member member[5];
	unsigned writer; /* from 1 */
	uint8_t score;
	const char *known_by;
};

#define BY_CHILD "fed by its child, who had contact"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
static const struct scene scenes[] = {
	{ "scp: its ssh speaks to outside",
	  { { "/opt/x/scp" }, { "/usr/bin/ssh", 1, 2, 4, OUT } },
	  1,
	  70,
	  BY_CHILD },
	{ "... by a socket pair",
	  { { "/opt/x/scp" }, { "/usr/bin/ssh", 1, 3, 3, OUT } },
	  1,
	  70,
	  BY_CHILD },
	{ "a shell writes what curl said, which is gone",
	  { { "/opt/x/sh" }, { "/usr/bin/curl", 1, 0, 2, OUT, true } },
	  1,
	  70,
	  BY_CHILD },
	{ "the end of a pipeline",
	  { { "/opt/x/sh" },
	    { "/usr/bin/curl", 1, 0, 2, OUT },
	    { "/usr/bin/base64", 1, 2, 4 },
	    { "/usr/bin/tee", 1, 4, 0 } },
	  4,
	  70,
	  "fed by who had contact" },
	/* nothing */
	{ "its child's stdout is its own",
	  { { "/opt/x/sh", 0, 0, 2 }, { "/usr/bin/curl", 1, 0, 2, OUT } },
	  1 },
	{ "its child writes a file", { { "/opt/x/sh" }, { "/usr/bin/curl", 1, 0, 0, OUT } }, 1 },
	{ "somebody else reads the pipe",
	  { { "/opt/x/sh" }, { "/usr/bin/curl", 1, 0, 2, OUT }, { "/usr/bin/logger", 1, 2, 0 } },
	  1 },
	{ "dpkg of apt, whose fetcher tells apt",
	  { { "/usr/bin/apt-get" },
	    { "/usr/lib/apt/methods/http", 1, 2, 4, OUT },
	    { "/usr/bin/dpkg", 1 } },
	  3 },
	{ "... which is started when that has come",
	  { { "/usr/bin/apt-get" },
	    { "/usr/lib/apt/methods/http", 1, 2, 4, OUT },
	    { "/usr/bin/dpkg", 1, .is_late = true } },
	  3 },
	{ "from the office", { { "/opt/x/scp" }, { "/usr/bin/ssh", 1, 2, 4, "10.0.0.7" } }, 1 },
};
#pragma GCC diagnostic pop

static uint32_t kind_of(uint64_t tube)
{
	return tube % 2 ? NW_STDIO_SOCKET : NW_STDIO_PIPE;
}

static void run(struct nw_feed *f, const struct member *m, unsigned i)
{
	struct nw_feed_exec x = { .what = NW_PROC_FORK,
				  .pid = FIRST + i,
				  .parent = m->parent ? FIRST + m->parent - 1 : INIT,
				  .is_root = true };

	nw_feed_proc(f, x);
	x.what = NW_PROC_EXEC;
	x.exe = m->exe;
	x.exe_ino = 1000 + i;
	x.cgroup = "x.service";
	x.flags = (m->in ? IN(kind_of(m->in)) : 0) | (m->out ? OUTW(kind_of(m->out)) : 0);
	x.stdio_ino[0] = m->in;
	x.stdio_ino[1] = m->out;
	nw_feed_proc(f, x);
}

static void speak(struct nw_feed *f, const struct member *m, unsigned i)
{
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, 500 + i, FIRST + i);

	nw_feed_addr(e.raddr, m->to);
	e.flags = NW_SOCK_CONNECTED;
	nw_feed_bytes(&e, 300, 900);
	nw_feed_event(f, &e.ev);
	if (m->ends) {
		e.ev.what = NW_SOCK_CLOSE;
		nw_feed_event(f, &e.ev);
		nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXIT, .pid = FIRST + i });
	}
}

static uint8_t play(struct nw_feed *f, const struct scene *s, const char **ret_by)
{
	unsigned n = 0;

	nw_feed_pick(f, "persistence-change");
	nw_feed_tick(f, SECOND);
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_FOUND, .pid = INIT });
	while (n < NW_ARRAY_SIZE(s->member) && s->member[n].exe) {
		n++;
	}
	for (unsigned late = 0; late < 2; late++) {
		for (unsigned i = 0; i < n; i++) {
			if (s->member[i].is_late == (late == 1)) {
				run(f, &s->member[i], i);
			}
		}
		for (unsigned i = 0; i < n && !late; i++) {
			if (s->member[i].to) {
				speak(f, &s->member[i], i);
			}
		}
	}
	nw_feed_change(f, FIRST + s->writer - 1, NW_CHANGE_MADE | NW_CHANGE_WRITTEN, NULL, NULL);
	*ret_by = "";
	if (!nw_feed_count(f, NW_DATASET_FINDING)) {
		return 0;
	}
	*ret_by = nw_feed_only(f, NW_DATASET_FINDING)->finding.evidence[3].text;
	return nw_feed_only(f, NW_DATASET_FINDING)->finding.score;
}

static void who_is_told_by_whom(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(scenes); i++) {
		const struct scene *s = &scenes[i];
		struct nw_feed *f = nw_feed_new("", 3600 * SECOND);
		const char *by;
		uint8_t score = play(f, s, &by);

		if (score != s->score || (s->known_by && strcmp(by, s->known_by) != 0)) {
			print_message("%s: %u, %s\n", s->what, score, by);
			wrong++;
		}
		nw_feed_free(f);
	}
	assert_int_equal(wrong, 0);
}

NW_TESTS(indicators_persistence_change_fed, cmocka_unit_test(who_is_told_by_whom));
