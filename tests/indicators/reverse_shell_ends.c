/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reverse-shell: a shell whose input and output are two programs', each with a connection; a circle
 * that waits for who comes; TLS behind a listener; against pipelines and programs that read an answer.
 */
#include "indicators/say_hello.h"
#include "indicators/shell_feed.h"

#define TELLER (RELAY + 1) /* gets what the shell says */

static const struct line inbound = { COOKIE, RELAY, "203.0.113.7", 4444, true, 0 };

/* RELAY | sh ARGS | TELLER */
static struct nw_feed *pipeline(const char *args, size_t len)
{
	struct nw_feed *f = start("");

	nw_feed_proc(f, (struct nw_feed_exec){ .pid = TELLER, .parent = INIT, .exe = "/opt/tell" });
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = SHELL,
					       .parent = INIT,
					       .exe = SH,
					       .exe_ino = SH_INO,
					       .args = args,
					       .args_len = len,
					       .flags = ALL(NW_STDIO_PIPE),
					       .stdio_ino = { 60, 61, 61 } });
	hold(f, NW_FD_PIPE, RELAY, 60, NW_FD_WRITE);
	hold(f, NW_FD_PIPE, SHELL, 60, NW_FD_READ);
	hold(f, NW_FD_PIPE, TELLER, 61, NW_FD_READ);
	hold(f, NW_FD_PIPE, SHELL, 61, NW_FD_WRITE);
	end_scan(f);
	nw_feed_forget(f);
	return f;
}

/* What it hears is what it does, but where it has a script or text of its own. */
static void two_connections(void **state)
{
	static const struct {
		const char *args;
		size_t len;
		bool is_found;
	} rows[] = {
		{ "sh", 2, true },
		{ "bash\0-i\0--norc", 14, true },
		{ "sh\0filter.sh", 12, false },
		{ "sh\0-c\0sort", 10, false },
		{ "bash\0-ec\0sort", 13, false },
	};
	static const struct line second = { SESSION, TELLER, "203.0.113.7", 4445, false, 0 };

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nw_feed *f = pipeline(rows[i].args, rows[i].len);

		move(f, out);
		move(f, second);
		pass(f, 4);
		if (rows[i].is_found) {
			assert_string_equal(only(f, 75, "pipes")->evidence[6].text, "/opt/relay");
		} else {
			none(f);
		}
		nw_feed_free(f);
	}
}

/* curl … | sh | tee; cat script | sh | logger -n host */
static void one_end_alone(void **state)
{
	static const uint32_t who[] = { RELAY, TELLER };

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(who); i++) {
		struct nw_feed *f = pipeline("sh", 2);
		struct line l = out;

		l.pid = who[i];
		move(f, l);
		pass(f, 4);
		none(f);
		nw_feed_free(f);
	}
}

/* A shell, a fifo and a server make a circle before somebody comes. */
static void a_circle_waits(void **state)
{
	struct nw_feed *f = start("");
	struct nw_ev_sock e;

	(void)state;
	run_shell(f, INIT, ALL(NW_STDIO_PIPE), 60, 61);
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = RELAY,
					       .parent = INIT,
					       .exe = "/usr/bin/nc",
					       .flags = ALL(NW_STDIO_PIPE),
					       .stdio_ino = { 61, 60 } });
	feed_pipes(f);
	pass(f, 3);
	e = sock(f, NW_SOCK_BIN, inbound);
	e.birth_ns = f->now_ns;
	nw_feed_event(f, &e.ev);
	pass(f, 4);
	only(f, 70, "filter");
	nw_feed_free(f);
}

/* What is spoken is hidden; the door is not declared. */
static void tls_behind_a_listener(void **state)
{
	static const struct {
		const char *yaml, *addr;
		unsigned score;
	} rows[] = {
		{ "", "203.0.113.7", 50 },
		{ "", "10.0.0.9", 30 },
		{ "listeners: [{port: 4444}]", "203.0.113.7", 0 },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nw_feed *f = start(rows[i].yaml);
		struct nf n = { .feed = f };
		struct line l = inbound;
		struct nw_ev_sock e;

		l.addr = rows[i].addr;
		move(f, l);
		e = sock(f, NW_SOCK_BIN, l);
		say_hello(&n, &e, "10.30.0.2", NULL);
		run_shell(f, RELAY, ALL(NW_STDIO_PIPE), 60, 61);
		feed_pipes(f);
		pass(f, 4);
		told(f, rows[i].score, "pipes");
		nw_feed_free(f);
	}
}

/* timeout 3 head -1 <&3: the answer to what a shell's own /dev/tcp asked. */
static void who_reads_an_answer(void **state)
{
	struct nw_feed *f = start("");

	(void)state;
	move(f, out);
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = SHELL,
					       .parent = RELAY,
					       .exe = "/usr/bin/timeout",
					       .exe_ino = 1,
					       .flags = IN(NW_STDIO_INET) | IN(NW_STDIO_PIPE) << 3,
					       .stdio_ino = { COOKIE, 70 } });
	run_child(f, IN(NW_STDIO_INET) | IN(NW_STDIO_PIPE) << 3, COOKIE, 70);
	pass(f, 4);
	none(f);
	nw_feed_free(f);
}

NW_TESTS(indicators_reverse_shell_ends, cmocka_unit_test(two_connections),
	 cmocka_unit_test(one_end_alone), cmocka_unit_test(a_circle_waits),
	 cmocka_unit_test(tls_behind_a_listener), cmocka_unit_test(who_reads_an_answer));
