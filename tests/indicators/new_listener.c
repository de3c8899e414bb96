/* SPDX-License-Identifier: Apache-2.0 */
/* new-listener: ports that were not there, and what comes and goes without meaning anything. */
#include "indicators/door.h"

#define ID     "new-listener"
#define POLICY "listeners: [{port: 22}]"

struct row {
	const char *what;
	const char *yaml;
	const char *exe;
	uint32_t pid;	  /* 0 = OTHER */
	uint16_t port;	  /* 0 = 4444 */
	uint16_t proto;	  /* 0 = TCP */
	const char *addr; /* NULL = any */
	uint32_t flags;	  /* beside NW_SOCK_LISTENER */
	unsigned lasts;	  /* seconds; 0 = on and on */
	unsigned looked;  /* so long; 0 = 70 */
	bool is_reached, from_inside;
	bool has_other; /* the program has a port that was there at the start */
	bool by_datagram; /* who comes sends one, to the same number; from another program: not to it */
	uint32_t came_to;
	unsigned score;
};

static const struct row rows[] = {
	{ "a port on all addresses", .score = 45 },
	{ "and nobody comes", .looked = 610, .score = 55 },
	{ "on one address, and nobody comes", .addr = "10.0.0.5", .looked = 610, .score = 55 },
	{ "of the recorder, and nobody comes", .pid = RECORDER, .looked = 610, .score = 45 },
	{ "reached from outside", .is_reached = true, .score = 80 },
	{ "reached within seconds, and gone", .is_reached = true, .lasts = 5, .score = 80 },
	{ "reached on a port that the kernel chose", .is_reached = true, .port = 40123, .lasts = 5,
	  .score = 80 },
	{ "of the recorder", .pid = RECORDER, .score = 45 },
	{ "of the recorder, reached", .pid = RECORDER, .is_reached = true, .score = 70 },
	{ "UDP, reached", .proto = IPPROTO_UDP, .is_reached = true, .score = 80 },
	{ "UDP", .proto = IPPROTO_UDP, .score = 40 },
	{ "TCP on a port that the kernel gives, reached over UDP", .port = 40123,
	  .is_reached = true, .by_datagram = true, .score = 80 },
	{ "the same number of another program", .port = 40123, .is_reached = true,
	  .by_datagram = true, .came_to = RECORDER, .score = 45 },
	{ "on loopback: information", .addr = "127.0.0.1", .score = 20 },
	{ "systemd keeps it for somebody", .pid = 1, .score = 40 },
	{ "it was there at the start: listed", .flags = NW_SOCK_FOUND, .score = 10 },
	{ "it was there, and is reached", .flags = NW_SOCK_FOUND, .is_reached = true, .score = 30 },
	{ "reached from inside only", .is_reached = true, .from_inside = true, .looked = 900,
	  .score = 45 },

	{ "declared", .yaml = "listeners: [{port: 4444}]", .is_reached = true, .score = 0 },
	{ "declared, there at the start", .yaml = "listeners: [{port: 4444}]",
	  .flags = NW_SOCK_FOUND, .score = 0 },
	{ "another one is declared: this was there, and need not be", .yaml = POLICY,
	  .flags = NW_SOCK_FOUND, .score = 45 },
	{ "the same, reached", .yaml = POLICY, .flags = NW_SOCK_FOUND, .is_reached = true,
	  .score = 80 },
	{ "the same, and nobody comes", .yaml = POLICY, .flags = NW_SOCK_FOUND, .looked = 610,
	  .score = 55 },
	{ "a test that listens for half a minute", .lasts = 30, .score = 0 },
	{ "RTP of the recorder", .pid = RECORDER, .proto = IPPROTO_UDP, .port = 15002, .score = 0 },
	{ "a datagram client", .proto = IPPROTO_UDP, .port = 40123, .score = 0 },
	{ "FTP's data, for a moment", .exe = "/usr/sbin/vsftpd", .has_other = true, .port = 40123,
	  .is_reached = true, .lasts = 10, .score = 30 },
	{ "FTP's data, for long", .exe = "/usr/sbin/vsftpd", .has_other = true, .port = 40123,
	  .score = 0 },
};

static struct nw_ev_sock listener(const struct nw_feed *f, uint64_t cookie, const struct row *r)
{
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_LISTEN, cookie, r->pid ? r->pid : OTHER);

	e.flags = NW_SOCK_LISTENER | r->flags;
	e.proto = r->proto ? r->proto : IPPROTO_TCP;
	e.lport_be = htons(r->port ? r->port : 4444);
	e.rport_be = 0;
	nw_feed_addr(e.laddr, r->addr ? r->addr : "0.0.0.0");
	memset(e.raddr, 0, sizeof(e.raddr));
	return e;
}

static void close_it(struct nw_feed *f, struct nw_ev_sock e)
{
	e.ev.what = NW_SOCK_CLOSE;
	e.ev.ts_ns = f->now_ns;
	nw_feed_event(f, &e.ev);
}

static struct nw_feed *start(const struct row *r)
{
	struct sight s = { .yaml = r->yaml, .exe = r->exe };
	struct nw_feed *f = look_at(&s);

	program(f, 1, 0, "/usr/lib/systemd/systemd", "init.scope");
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXEC,
					       .pid = 1,
					       .comm = "systemd",
					       .exe = "/usr/lib/systemd/systemd" });
	return f;
}

static unsigned play(const struct row *r)
{
	struct nw_feed *f = start(r);
	struct nw_ev_sock l = listener(f, 900, r);
	struct row other = { .port = 21, .flags = NW_SOCK_FOUND };
	unsigned score;

	if (r->has_other) {
		struct nw_ev_sock o = listener(f, 901, &other);

		nw_feed_event(f, &o.ev);
		nw_feed_forget(f);
	}
	nw_feed_event(f, &l.ev);
	if (r->is_reached) {
		uint16_t proto = r->by_datagram ? IPPROTO_UDP : l.proto;
		struct leg come = { .cookie = 902,
				    .pid = r->came_to ? r->came_to
					   : r->pid   ? r->pid
						      : OTHER,
				    .port = ntohs(l.lport_be),
				    .to = r->from_inside ? "10.0.0.50" : OUTSIDE,
				    .to_port = 50123,
				    .proto = proto,
				    .tx = 10,
				    .rx = 10,
				    .flags = proto == IPPROTO_TCP ? NW_SOCK_ACCEPTED
								  : NW_SOCK_TX_CHANGED };

		run_legs(f, &come, 1, 2);
	}
	run_legs(f, NULL, 0, r->lasts ? r->lasts : r->looked ? r->looked : 70);
	if (r->lasts) {
		close_it(f, l);
		run_legs(f, NULL, 0, 70);
	}
	score = top_score(f, ID);
	nw_feed_free(f);
	return score;
}

static void what_is_told_and_what_not(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		unsigned score = play(&rows[i]);

		if (score != rows[i].score) {
			print_error("%s: score %u\n", rows[i].what, score);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

/* A service that was there, closed and came back is nothing new; one that was told is told again. */
static void restarts(void **state)
{
	struct row was_there = { .flags = NW_SOCK_FOUND };
	struct row again = { .port = 0 };
	struct nw_feed *f = start(&again);
	struct nw_ev_sock l = listener(f, 900, &was_there);

	(void)state;
	nw_feed_event(f, &l.ev);
	close_it(f, l);
	nw_feed_forget(f);
	l = listener(f, 910, &again);
	nw_feed_event(f, &l.ev);
	run_legs(f, NULL, 0, 100);
	assert_int_equal(found(f, ID), 0);
	again.port = 5555;
	l = listener(f, 911, &again);
	nw_feed_event(f, &l.ev);
	run_legs(f, NULL, 0, 70);
	assert_int_equal(last_found(f, ID)->action, NW_FINDING_OPENED);
	close_it(f, l);
	assert_int_equal(last_found(f, ID)->action, NW_FINDING_CLOSED);
	l = listener(f, 912, &again);
	nw_feed_event(f, &l.ev);
	run_legs(f, NULL, 0, 70);
	assert_int_equal(last_found(f, ID)->action, NW_FINDING_OPENED);
	assert_int_equal(evidence(last_found(f, ID), "port"), 5555);
	nw_feed_free(f);
}

/* A door on loopback comes first, and the path is so long that nothing behind it is in the key. */
static void behind_a_long_path(void **state)
{
	static char exe[200];
	const struct row inner = { .addr = "127.0.0.1", .port = 5000, .exe = exe };
	const struct row outer = { .exe = exe };
	struct nw_ev_sock l;
	struct nw_feed *f;

	(void)state;
	memset(exe, 'x', sizeof(exe) - 1);
	memcpy(exe, "/tmp/", 5);
	f = start(&inner);
	l = listener(f, 900, &inner);
	nw_feed_event(f, &l.ev);
	nw_feed_tick(f, NW_FEED_SEC);
	l = listener(f, 901, &outer);
	nw_feed_event(f, &l.ev);
	run_legs(f, NULL, 0, 120);
	assert_int_equal(top_score(f, ID), 45);
	nw_feed_free(f);
}

/* nc -l without -k: the door is shut behind the one who comes, before that one has said anything. */
static void one_visitor(void **state)
{
	static const struct {
		uint64_t late_ns; /* born so long after the door was shut */
		unsigned score;
	} visits[] = { { 0, 80 }, { NW_FEED_SEC / 2, 80 }, { 3 * NW_FEED_SEC, 0 } };

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(visits); i++) {
		struct row r = { .port = 0 };
		struct nw_feed *f = start(&r);
		struct nw_ev_sock l = listener(f, 900, &r);
		struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, 902, OTHER);

		nw_feed_event(f, &l.ev);
		run_legs(f, NULL, 0, 5);
		close_it(f, l);
		e.lport_be = l.lport_be;
		e.rport_be = htons(50123);
		e.flags = NW_SOCK_ACCEPTED;
		e.birth_ns = f->now_ns + visits[i].late_ns;
		nw_feed_addr(e.raddr, OUTSIDE);
		nw_feed_tick(f, 4 * NW_FEED_SEC);
		e.ev.ts_ns = f->now_ns;
		nw_feed_bytes(&e, 10, 10);
		nw_feed_event(f, &e.ev);
		assert_int_equal(top_score(f, ID), visits[i].score);
		run_legs(f, NULL, 0, 70);
		if (visits[i].score) { /* it is over at some time */
			assert_int_equal(last_found(f, ID)->action, NW_FINDING_CLOSED);
		}
		nw_feed_free(f);
	}
}

NW_TESTS(indicators_new_listener, cmocka_unit_test(one_visitor),
	 cmocka_unit_test(what_is_told_and_what_not), cmocka_unit_test(restarts),
	 cmocka_unit_test(behind_a_long_path));
