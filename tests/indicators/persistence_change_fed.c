/* SPDX-License-Identifier: Apache-2.0 */
/*
 * persistence-change: who writes has no connection, but is told by one that has: a child's stdout, a
 * pipeline, a script that fetched before, a server that was asked; against pipes that lead elsewhere,
 * and what apt starts beside its fetchers.
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
	SHELL = 10,
	DPKG = 12,
	PORT = 8088,
};

/* All are there at once; the last one changes. */
struct member {
	const char *exe;
	unsigned parent;  /* its place in the list, from 1; 0 = init */
	uint64_t in, out; /* number of the pipe, or of a socket pair if it is odd */
	const char *to;
	bool ends;
	bool is_late;	  /* started when the connections are there */
	uint64_t ino;	  /* SHELL, DPKG */
	const char *from; /* asked from there, at a port that was there before */
	bool is_silent;	  /* and did not answer: it accepts for others */
};

struct scene {
	const char *what;
	struct member member[5];
	unsigned writer; /* from 1 */
	uint8_t score;
	const char *known_by;
};

#define BY_CHILD  "fed by its child, who had contact"
#define BY_SCRIPT "its script fetched something from outside"
#define FETCHED                                            \
	{ "/bin/sh", .ino = SHELL },                       \
	{                                                  \
		"/usr/bin/git", 1, .to = OUT, .ends = true \
	}

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
	{ "a script writes when it has fetched", { FETCHED }, 1, 60, BY_SCRIPT },
	{ "... by what it starts then",
	  { FETCHED, { "/usr/bin/git", 1, .is_late = true } },
	  3,
	  60,
	  BY_SCRIPT },
	{ "... by another script",
	  { FETCHED,
	    { "/bin/sh", 1, .is_late = true, .ino = SHELL },
	    { "/usr/bin/tee", 3, .is_late = true } },
	  4,
	  60,
	  BY_SCRIPT },
	{ "... which a script of its fetched for it",
	  { { "/bin/sh", .ino = SHELL },
	    { "/bin/sh", 1, .ino = SHELL },
	    { "/usr/bin/git", 2, .to = OUT, .ends = true } },
	  1,
	  60,
	  BY_SCRIPT },
	{ "... as a package",
	  { FETCHED, { "/usr/bin/dpkg", 1, .is_late = true, .ino = DPKG } },
	  3,
	  45,
	  BY_SCRIPT },
	{ "... by a program that is called so",
	  { FETCHED, { "/tmp/dpkg", 1, .is_late = true } },
	  3,
	  60,
	  BY_SCRIPT },
	{ "a server that was asked",
	  { { "/usr/bin/php", .from = OUT } },
	  1,
	  70,
	  "asked from outside" },
	{ "... and what it started",
	  { { "/usr/sbin/sshd", .from = OUT }, { "/usr/bin/tee", 1, .is_late = true } },
	  2,
	  50,
	  "started by who was asked from outside" },
	{ "... before it has answered",
	  { { "/usr/bin/php", .from = OUT, .is_silent = true } },
	  1,
	  70,
	  "asked from outside" },
	/* nothing */
	{ "who accepts for others, and what it started for one of them",
	  { { "/usr/sbin/sshd", .from = OUT, .is_silent = true },
	    { "/usr/sbin/sshd", 1, .is_late = true },
	    { "/usr/bin/tee", 2, .is_late = true } },
	  3 },
	{ "what a script's child starts",
	  { FETCHED,
	    { "/usr/bin/apt-get", 1, .is_late = true },
	    { "/usr/bin/dpkg", 3, .is_late = true } },
	  4 },
	{ "who was there before the script fetched", { FETCHED, { "/usr/bin/tee", 1 } }, 3 },
	{ "a script fetched from the office",
	  { { "/bin/sh", .ino = SHELL }, { "/usr/bin/git", 1, .to = "10.0.0.7", .ends = true } },
	  1 },
	{ "no script", { { "/opt/x/agent" }, { "/usr/bin/git", 1, .to = OUT, .ends = true } }, 1 },
	{ "asked from the office", { { "/usr/bin/php", .from = "10.0.0.7" } }, 1 },
	{ "its child's stdout is its own",
	  { { "/opt/x/agent", 0, 0, 2 }, { "/usr/bin/curl", 1, 0, 2, OUT } },
	  1 },
	{ "its child writes a file", { { "/opt/x/agent" }, { "/usr/bin/curl", 1, 0, 0, OUT } }, 1 },
	{ "somebody else reads the pipe",
	  { { "/opt/x/agent" }, { "/usr/bin/curl", 1, 0, 2, OUT }, { "/usr/bin/logger", 1, 2, 0 } },
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
	x.exe_ino = m->ino ? m->ino : 1000 + i;
	x.cgroup = "x.service";
	x.flags = (m->in ? IN(kind_of(m->in)) : 0) | (m->out ? OUTW(kind_of(m->out)) : 0);
	x.stdio_ino[0] = m->in;
	x.stdio_ino[1] = m->out;
	nw_feed_proc(f, x);
}

static void listen_before(struct nw_feed *f)
{
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_LISTEN, 900, FIRST);

	e.lport_be = htons(PORT);
	e.rport_be = 0;
	e.flags = NW_SOCK_LISTENER | NW_SOCK_FOUND;
	nw_feed_event(f, &e.ev);
}

static void speak(struct nw_feed *f, const struct member *m, unsigned i)
{
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, 500 + i, FIRST + i);

	nw_feed_addr(e.raddr, m->to ? m->to : m->from);
	e.flags = m->to ? NW_SOCK_CONNECTED : NW_SOCK_ACCEPTED;
	if (m->from) {
		e.lport_be = htons(PORT);
		e.rport_be = htons(50000);
	}
	nw_feed_bytes(&e, m->is_silent ? 0 : 300, 900);
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
	nw_feed_fact(f, "program.0.10", "shell /bin/sh");
	nw_feed_fact(f, "program.0.12", "packages /usr/bin/dpkg");
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
			if (s->member[i].from) {
				listen_before(f);
			}
			if (s->member[i].to || s->member[i].from) {
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
