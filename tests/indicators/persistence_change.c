/* SPDX-License-Identifier: Apache-2.0 */
/*
 * persistence-change: who writes where things start, against those whose business that is: package
 * managers, agents that manage the host, who sits at a terminal or comes in by ssh.
 */
#include "feed.h"

#define SECOND NW_FEED_SEC
#define YAML                                           \
	"recorders: [{name: nvr, exe: [/opt/nvr/]}]\n" \
	"allowed: [{to: 203.0.113.99, why: ours}]\n"

#define IN(kind) ((uint32_t)(kind) << NW_PROC_STDIO_SHIFT)

enum {
	INIT = 1,
	FIRST = 100,
	DASH = 10,
	PERL = 11,
	COOKIE = 500,
	SSHD_PORT = 22
};

/* One process of a line, from the one that init started on; with what it has. */
struct link {
	const char *exe;
	uint64_t ino;
	const char *args; /* "a|b" */
	uint32_t flags;
	bool has_pty;
	const char *to;	  /* a connection to there, before the next is started */
	const char *from; /* one from there, accepted on SSHD_PORT, or on 4444 */
	uint16_t port;	  /* 0 = 443 or 4444 */
	bool is_late;	  /* of the connection: when the next ones run already */
	bool ends;	  /* before the change */
};

struct scene {
	const char *what;
	const char *unit;
	struct link link[5]; /* the last one changes */
	uint32_t change;     /* 0 = MADE | WRITTEN | CLOSED */
	uint8_t score;	     /* 0 = nothing is told */
	const char *known_by;
};

static void begin(struct nw_feed *f)
{
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_LISTEN, 900, 50);

	nw_feed_pick(f, "persistence-change");
	nw_feed_fact(f, "program.0.10", "shell /usr/bin/dash");
	nw_feed_fact(f, "program.0.11", "interpreter /usr/bin/python3");
	nw_feed_fact(f, "vendor.0", "203.0.113.50/32 example cloud");
	nw_feed_tick(f, SECOND);
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_FOUND,
					       .pid = INIT,
					       .is_root = true,
					       .exe = "/usr/lib/systemd/systemd" });
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_FOUND,
					       .pid = 50,
					       .parent = INIT,
					       .is_root = true,
					       .exe = "/usr/sbin/sshd" });
	e.flags = NW_SOCK_LISTENER | NW_SOCK_FOUND;
	e.lport_be = htons(SSHD_PORT);
	e.rport_be = 0;
	memset(e.raddr, 0, sizeof(e.raddr));
	nw_feed_event(f, &e.ev);
}

static void connect_to(struct nw_feed *f, const struct link *l, uint32_t pid)
{
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, COOKIE + pid, pid);
	bool is_in = l->from;
	uint16_t port = l->port ? l->port : is_in ? 4444 : 443;

	nw_feed_addr(e.raddr, is_in ? l->from : l->to);
	e.flags = is_in ? NW_SOCK_ACCEPTED : NW_SOCK_CONNECTED;
	e.lport_be = htons(is_in ? port : 40000);
	e.rport_be = htons(is_in ? 40000 : port);
	e.birth_ns = f->now_ns - 1000;
	nw_feed_bytes(&e, 300, 900);
	nw_feed_event(f, &e.ev);
}

static void run(struct nw_feed *f, const struct scene *s, unsigned i)
{
	const struct link *l = &s->link[i];
	uint32_t pid = FIRST + i;
	char args[128];
	struct nw_feed_exec x = {
		.what = NW_PROC_FORK, .pid = pid, .parent = i ? pid - 1 : INIT, .is_root = true
	};

	nw_feed_proc(f, x);
	x.what = NW_PROC_EXEC;
	x.exe = l->exe;
	x.exe_ino = l->ino ? l->ino : 1000 + i;
	x.flags = l->flags | (l->has_pty ? IN(NW_STDIO_PTY) : 0);
	x.stdio_ino[0] = (l->flags & IN(7)) == IN(NW_STDIO_INET) ? COOKIE + pid : l->has_pty;
	x.cgroup = s->unit;
	if (l->args) {
		x.args_len = strlen(l->args);
		memcpy(args, l->args, x.args_len);
		for (char *p = args; p < args + x.args_len; p++) {
			*p = (char)(*p == '|' ? '\0' : *p);
		}
		x.args = args;
	}
	nw_feed_proc(f, x);
	if ((l->to || l->from) && !l->is_late) {
		connect_to(f, l, pid);
	}
}

/* The best score that was told, and by what it was known. */
static uint8_t play(struct nw_feed *f, const struct scene *s, const char **ret_by)
{
	unsigned n = 0;
	uint8_t best = 0;

	while (n < 5 && s->link[n].exe) {
		run(f, s, n++);
	}
	for (unsigned i = 0; i < n; i++) {
		if (s->link[i].is_late) {
			connect_to(f, &s->link[i], FIRST + i);
		}
		if (s->link[i].ends) { /* and its connection, which would keep it in mind */
			struct nw_ev_sock e =
				nw_feed_sock(f, NW_SOCK_CLOSE, COOKIE + FIRST + i, FIRST + i);

			nw_feed_addr(e.raddr, s->link[i].to);
			e.flags = NW_SOCK_CONNECTED;
			nw_feed_bytes(&e, 300, 900);
			nw_feed_event(f, &e.ev);
			nw_feed_proc(
				f, (struct nw_feed_exec){ .what = NW_PROC_EXIT, .pid = FIRST + i });
		}
	}
	for (unsigned i = 0; s->link[0].ends && i < 60; i++) {
		nw_feed_tick(f, SECOND); /* it is forgotten */
	}
	nw_feed_change(f, FIRST + n - 1,
		       s->change ? s->change
				 : NW_CHANGE_MADE | NW_CHANGE_WRITTEN | NW_CHANGE_CLOSED,
		       NULL, NULL);
	*ret_by = "";
	for (unsigned i = 0; i < nw_feed_count(f, NW_DATASET_FINDING); i++) {
		const struct nw_finding *found = &nw_feed_told(f, NW_DATASET_FINDING, i)->finding;

		best = NW_MAX(best, found->score);
		*ret_by = found->evidence[3].text;
		assert_int_equal(found->proc->id.tgid, FIRST + n - 1);
		assert_string_equal(found->technique[0], "T1053.003");
	}
	return best;
}

#define OUT   "203.0.113.7"
#define MAKER "203.0.113.50"
#define SH                                   \
	{                                    \
		"/usr/bin/dash", .ino = DASH \
	}
#define CP                    \
	{                     \
		"/usr/bin/cp" \
	}

/* Members that are not named are nothing. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
static const struct scene scenes[] = {
	/* what must raise it */
	{ "the recorder", "nvr.service", { { "/opt/nvr/server" } }, 0, 75, "recorder" },
	{ "what it started, through a shell",
	  "nvr.service",
	  { { "/opt/nvr/server" }, SH, CP },
	  0,
	  75,
	  "started by the recorder" },
	{ "who talks to outside",
	  "p2p.service",
	  { { "/opt/p2p/daemon", .to = OUT } },
	  0,
	  70,
	  "contact" },
	{ "what that one started",
	  "p2p.service",
	  { { "/opt/p2p/daemon", .to = OUT }, SH, CP },
	  0,
	  70,
	  "started by who had contact" },
	{ "by ssh from outside, without a terminal",
	  "session-2.scope",
	  { { "/usr/sbin/sshd", .from = OUT, .port = SSHD_PORT }, SH, { "/usr/bin/scp" } },
	  0,
	  50,
	  "started by who was asked from outside" },
	{ "... and with one",
	  "session-2.scope",
	  { { "/usr/sbin/sshd", .from = OUT, .port = SSHD_PORT },
	    { "/usr/bin/dash", .ino = DASH, .has_pty = true },
	    { "/usr/bin/scp" } },
	  0,
	  40,
	  "started by who was asked from outside" },
	{ "... which had no contact by then",
	  "p2p.service",
	  { { "/opt/p2p/daemon", .to = OUT, .is_late = true }, SH, CP },
	  0,
	  70,
	  "started by who had contact" },
	{ "... which is gone and forgotten",
	  "p2p.service",
	  { { "/opt/p2p/daemon", .to = OUT, .ends = true }, SH, CP },
	  0,
	  70,
	  NULL },
	{ "to a maker's cloud, whatever folder it is in",
	  "p2p.service",
	  { { "/usr/bin/p2pd", .to = MAKER } },
	  0,
	  75,
	  "contact" },
	{ "somebody outside came in by a door that was not there",
	  "p2p.service",
	  { { "/opt/p2p/daemon", .from = OUT } },
	  0,
	  70,
	  "contact" },
	{ "a shell on a connection",
	  "p2p.service",
	  { { "/usr/bin/dash", .ino = DASH, .flags = IN(NW_STDIO_INET), .to = "10.0.0.77" }, CP },
	  0,
	  90,
	  "spoken to over a connection" },
	{ "a program in memory",
	  "x.service",
	  { { "memfd:x", .flags = NW_PROC_MEMFD }, CP },
	  0,
	  90,
	  "memory" },
	{ "a program that was deleted",
	  "x.service",
	  { { "/tmp/x", .flags = NW_PROC_DELETED } },
	  0,
	  90,
	  "deleted program" },
	{ "curl of a script",
	  "cron.service",
	  { { "/usr/sbin/cron" }, SH, { "/usr/bin/curl", .to = OUT } },
	  0,
	  70,
	  "contact" },
	{ "a script of an interpreter that is nobody's",
	  "x.service",
	  { { "/usr/bin/python3", .ino = PERL, .args = "python3|/opt/x/a.py", .to = OUT } },
	  0,
	  70,
	  "contact" },
	{ "it is moved there",
	  "nvr.service",
	  { { "/opt/nvr/server" } },
	  NW_CHANGE_MOVED_HERE,
	  75,
	  "recorder" },
	{ "a folder that can't be seen",
	  "nvr.service",
	  { { "/opt/nvr/server" } },
	  NW_CHANGE_MADE | NW_CHANGE_UNSEEN,
	  75,
	  "recorder" },
	/* information */
	{ "an agent of the system, managed from outside",
	  "snapd.service",
	  { { "/usr/lib/snapd/snapd", .to = OUT } },
	  0,
	  45,
	  "contact" },
	{ "... and its worker",
	  "agent.service",
	  { { "/usr/bin/agent", .to = OUT }, { "/usr/bin/agent-worker" } },
	  0,
	  45,
	  NULL },
	{ "dnf-automatic",
	  "dnf-automatic.service",
	  { { "/usr/bin/python3", .ino = PERL, .args = "python3|/usr/bin/dnf-automatic",
	      .to = OUT } },
	  0,
	  45,
	  "contact" },
	{ "dnf by an administrator",
	  "session-1.scope",
	  { { "/usr/sbin/sshd" },
	    { "/usr/bin/dash", .ino = DASH, .has_pty = true },
	    { "/usr/bin/dnf", .to = OUT } },
	  0,
	  40,
	  "contact" },
	{ "the recorder removes something",
	  "nvr.service",
	  { { "/opt/nvr/server" } },
	  NW_CHANGE_DELETED,
	  40,
	  "recorder" },
	{ "... or its owner",
	  "nvr.service",
	  { { "/opt/nvr/server" } },
	  NW_CHANGE_ATTRIBUTES,
	  40,
	  "recorder" },
	/* nothing: whose business it is */
	{ "dpkg of apt, whose fetchers are its children",
	  "apt-daily-upgrade.service",
	  { { "/usr/bin/dash", .ino = DASH }, { "/usr/bin/apt-get" }, { "/usr/bin/dpkg" } } },
	{ "adduser at a terminal",
	  "session-1.scope",
	  { { "/usr/bin/dash", .ino = DASH, .has_pty = true }, { "/usr/sbin/useradd" } } },
	{ "by ssh without a terminal, from the office",
	  "session-2.scope",
	  { { "/usr/sbin/sshd", .from = "10.0.0.7", .port = SSHD_PORT }, SH, { "/usr/bin/scp" } } },
	{ "an agent that is managed inside",
	  "puppet.service",
	  { { "/opt/puppetlabs/puppet/bin/ruby", .to = "10.0.0.8" }, SH, CP } },
	{ "a destination that is allowed",
	  "agent.service",
	  { { "/opt/agent/agent", .to = "203.0.113.99" }, SH, CP } },
	{ "over loopback", "agent.service", { { "/opt/agent/agent", .to = "127.0.0.1" } } },
	{ "a service of the system", "cron.service", { { "/usr/sbin/cron" }, SH, CP } },
	{ "init itself, for somebody", "", { { NULL } } },
};
#pragma GCC diagnostic pop

static void who_it_is(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(scenes); i++) {
		const struct scene *s = &scenes[i];
		struct nw_feed *f = nw_feed_new(YAML, 3600 * SECOND);
		const char *by;
		uint8_t score = 0;

		begin(f);
		if (s->link[0].exe) {
			score = play(f, s, &by);
		} else {
			nw_feed_change(f, INIT, NW_CHANGE_MADE, NULL, NULL);
			score = (uint8_t)nw_feed_count(f, NW_DATASET_FINDING);
		}
		if (score != s->score || (s->known_by && strcmp(by, s->known_by) != 0)) {
			print_message("%s: %u, %s\n", s->what, score, by);
			wrong++;
		}
		nw_feed_free(f);
	}
	assert_int_equal(wrong, 0);
}

/*
 * A name is asked for and the time is, by everybody, and nobody need answer. Where the far end took what
 * was sent, an order may have come, and be obeyed, before the ledger looks again.
 */
static void names_and_time_are_no_contact(void **state)
{
	struct nw_feed *f = nw_feed_new(YAML, 3600 * SECOND);
	struct scene s = { .unit = "x.service", .link = { { "/opt/x/x" } } };
	struct nw_ev_sock e;
	const char *by;

	(void)state;
	begin(f);
	run(f, &s, 0);
	e = nw_feed_sock(f, NW_SOCK_BIN, 77, FIRST);
	nw_feed_bytes(&e, 40, 0); /* nobody answers */
	e.unacked = 40;
	nw_feed_event(f, &e.ev);
	for (unsigned i = 0; i < 2; i++) {
		e = nw_feed_sock(f, NW_SOCK_BIN, 78 + i, FIRST);
		e.proto = IPPROTO_UDP;
		e.slot = 1;
		e.rport_be = htons(i ? 123 : 53);
		nw_feed_bytes(&e, 40, 80);
		nw_feed_event(f, &e.ev);
	}
	assert_int_equal(play(f, &s, &by), 0);
	e = nw_feed_sock(f, NW_SOCK_BIN, 77, FIRST);
	nw_feed_bytes(&e, 40, 0);
	e.unacked = 0;
	nw_feed_event(f, &e.ev);
	assert_int_equal(play(f, &s, &by), 70);
	nw_feed_free(f);
}

/* One case for each kind and program: a hundred files are one finding, and it closes. */
static void many_are_one(void **state)
{
	struct nw_feed *f = nw_feed_new(YAML, 3600 * SECOND);
	struct scene s = { .unit = "nvr.service", .link = { { "/opt/nvr/server" } } };
	char path[64];

	(void)state;
	begin(f);
	run(f, &s, 0);
	for (unsigned i = 0; i < 100; i++) {
		snprintf(path, sizeof(path), "/etc/cron.d/%u", i);
		nw_feed_change(f, FIRST, NW_CHANGE_MADE, path, NULL);
	}
	nw_feed_change(f, FIRST, NW_CHANGE_WRITTEN, "/etc/ld.so.preload", "preload");
	assert_int_equal(nw_feed_count(f, NW_DATASET_FINDING), 2);
	assert_int_equal(nw_feed_told(f, NW_DATASET_FINDING, 1)->finding.score, 75);
	nw_feed_forget(f);
	for (unsigned i = 0; i < 700; i++) {
		nw_feed_tick(f, SECOND);
	}
	assert_int_equal(nw_feed_count(f, NW_DATASET_FINDING), 2);
	assert_int_equal(nw_feed_told(f, NW_DATASET_FINDING, 0)->finding.action, NW_FINDING_CLOSED);
	nw_feed_free(f);
}

/* More processes than it remembers, paths of any bytes, nobody's changes. */
static void hostile(void **state)
{
	struct nw_feed *f = nw_feed_new(YAML, 3600 * SECOND);
	char path[NW_CHANGE_PATH_MAX + 1];

	(void)state;
	begin(f);
	memset(path, 0xff, sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	for (uint32_t i = 0; i < 3000; i++) {
		struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, COOKIE + i, FIRST + i);

		nw_feed_proc(f, (struct nw_feed_exec){ .pid = FIRST + i, .exe = "/opt/x" });
		nw_feed_bytes(&e, 10, 10);
		e.flags = NW_SOCK_CONNECTED;
		nw_feed_event(f, &e.ev);
		nw_feed_forget(f);
	}
	nw_feed_change(f, FIRST + 2999, UINT32_MAX, path, "");
	assert_int_equal(nw_feed_count(f, NW_DATASET_FINDING), 1);
	nw_feed_forget(f);
	nw_feed_change(f, 0, NW_CHANGE_MADE, "", "");
	nw_feed_change(f, UINT32_MAX, NW_CHANGE_MADE, path, "");
	assert_int_equal(nw_feed_count(f, NW_DATASET_FINDING), 0);
	nw_feed_free(f);
}

NW_TESTS(indicators_persistence_change, cmocka_unit_test(who_it_is),
	 cmocka_unit_test(names_and_time_are_no_contact), cmocka_unit_test(many_are_one),
	 cmocka_unit_test(hostile));
