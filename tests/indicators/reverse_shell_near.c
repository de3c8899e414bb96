/* SPDX-License-Identifier: Apache-2.0 */
/* reverse-shell: log-ins, and what else looks like it and is not. */
#include "indicators/shell_feed.h"

/* ---- who comes in ---------------------------------------------------------------------------- */

static void listen_as(struct nw_feed *f, uint32_t pid, uint16_t port, bool is_found)
{
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_LISTEN, LISTENER, pid);

	e.lport_be = htons(port);
	e.rport_be = 0;
	e.flags = NW_SOCK_LISTENER | (is_found ? NW_SOCK_FOUND : 0);
	nw_feed_event(f, &e.ev);
}

static void run_root(struct nw_feed *f)
{
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = RELAY,
					       .parent = INIT,
					       .is_root = true,
					       .exe = "/usr/sbin/sshd" });
}

/* Who listens, where, and what a shell behind it then scores. */
static void a_shell_behind_a_listener(void **state)
{
	static const struct {
		const char *yaml, *addr;
		uint32_t owner;
		uint16_t port;
		bool is_root, is_found, is_terminal;
		unsigned score;
	} rows[] = {
		/* nc -l -e sh; socat TCP-LISTEN:4444 EXEC:sh,pty */
		{ "", "203.0.113.7", RELAY, 4444, false, false, false, 85 },
		{ "", "10.0.0.9", RELAY, 4444, false, false, false, 65 },
		{ "", "203.0.113.7", RELAY, 4444, false, false, true, 70 },
		{ "", "203.0.113.7", RELAY, 443, true, false, false, 85 },
		/* declared, there before, sshd and telnetd, inetd and socket activation */
		{ "listeners: [{port: 4444}]", "203.0.113.7", RELAY, 4444, false, false, true, 0 },
		{ "listeners: [{port: 4444, from: 10.0.0.0/8}]", "203.0.113.7", RELAY, 4444, false,
		  false, true, 70 },
		{ "", "203.0.113.7", RELAY, 2222, true, true, true, 0 },
		{ "", "203.0.113.7", RELAY, 22, true, false, true, 0 },
		{ "", "203.0.113.7", INIT, 9999, false, false, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nw_feed *f = start(rows[i].yaml);
		const uint32_t kind = rows[i].is_terminal ? NW_STDIO_PTY : NW_STDIO_INET;
		const uint64_t id = rows[i].is_terminal ? 50 : COOKIE;

		if (rows[i].is_root) {
			run_root(f);
		}
		listen_as(f, rows[i].owner, rows[i].port, rows[i].is_found);
		move(f, (struct line){ COOKIE, RELAY, rows[i].addr, rows[i].port, true, 0 });
		run_shell(f, RELAY, ALL(kind), id, id);
		hold_terminal(f, RELAY);
		pass(f, 4);
		told(f, rows[i].score, rows[i].is_terminal ? "terminal" : "socket");
		nw_feed_free(f);
	}
}

/* ---- what looks like it ---------------------------------------------------------------------- */

/* ssh -L: who logged in lets the server connect to outside, too. */
static void a_log_in_with_a_forwarded_port(void **state)
{
	struct nw_feed *f = start("");

	(void)state;
	run_root(f);
	listen_as(f, RELAY, 22, true);
	move(f, (struct line){ SESSION, RELAY, "198.51.100.9", 22, true, 0 });
	run_shell(f, RELAY, ALL(NW_STDIO_PTY), 50, 50);
	hold_terminal(f, RELAY);
	nw_feed_tick(f, SECOND);
	move(f, out);
	move(f, (struct line){ SESSION, RELAY, "198.51.100.9", 22, true, 50 });
	pass(f, 4);
	none(f);
	nw_feed_free(f);
}

/* What flows through the shell is not the connection's: a log is sent, a page is fetched. */
static void one_way_only(void **state)
{
	static const bool is_sent[] = { true, false };

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(is_sent); i++) {
		struct nw_feed *f = start("");

		run_shell(f, INIT, ALL(NW_STDIO_PIPE), 60, 61);
		move(f, out);
		hold(f, NW_FD_PIPE, SHELL, 60, NW_FD_READ);
		hold(f, NW_FD_PIPE, SHELL, 61, NW_FD_WRITE);
		hold(f, NW_FD_PIPE, RELAY, is_sent[i] ? 61 : 60,
		     is_sent[i] ? NW_FD_READ : NW_FD_WRITE);
		hold(f, NW_FD_PIPE, FEEDER, is_sent[i] ? 60 : 61,
		     is_sent[i] ? NW_FD_WRITE : NW_FD_READ);
		end_scan(f);
		pass(f, 4);
		none(f);
		nw_feed_free(f);
	}
}

/* docker exec, cron, a script in a terminal: nobody there has a connection; a unit's journal. */
static void nobody_has_a_connection(void **state)
{
	static const uint32_t kinds[] = { NW_STDIO_PIPE, NW_STDIO_SOCKET, NW_STDIO_PTY,
					  NW_STDIO_FILE, NW_STDIO_OTHER };

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(kinds); i++) {
		struct nw_feed *f = start("");

		move(f, (struct line){ COOKIE, INIT, "203.0.113.7", 443, false, 0 });
		run_shell(f, RELAY, ALL(kinds[i]), 60, 61);
		feed_pipes(f);
		hold_terminal(f, RELAY);
		pass(f, 4);
		none(f);
		nw_feed_free(f);
	}
}

/* A shell of a script that fetches something by itself: what it runs reads, and says nothing there. */
static void a_script_that_reads_a_socket(void **state)
{
	struct nw_feed *f = start("");

	(void)state;
	run_shell(f, INIT, 0, 0, 0);
	move(f, (struct line){ COOKIE, SHELL, "203.0.113.7", 80, false, 0 });
	run_child(f, IN(NW_STDIO_INET), COOKIE, 0); /* cat <&5 */
	pass(f, 4);
	none(f);
	nw_feed_free(f);
}

/* An administrator's tool, declared with its program. */
static void what_is_allowed(void **state)
{
	struct nw_feed *f = start("allowed: [{to: 203.0.113.7, port: 4444, program: relay}]");

	(void)state;
	move(f, out);
	run_shell(f, RELAY, ALL(NW_STDIO_PTY), 50, 50);
	hold_terminal(f, RELAY);
	pass(f, 4);
	none(f);
	nw_feed_free(f);
}

/* A terminal's shell has no socket, and a connection that nobody asked for its cookie has none: the
 * one is not the other's. */
static void a_socket_without_a_cookie(void **state)
{
	struct nw_feed *f = start("");
	struct nw_ev_sock e;

	(void)state;
	run_shell(f, RELAY, ALL(NW_STDIO_PTY), 50, 50);
	e = nw_feed_sock(f, NW_SOCK_CLOSE, 0, 0);
	e.flags = NW_SOCK_ACCEPTED;
	nw_feed_bytes(&e, 100, 100);
	nw_feed_event(f, &e.ev);
	pass(f, 5);
	none(f);
	nw_feed_free(f);
}

NW_TESTS(indicators_reverse_shell_near, cmocka_unit_test(a_shell_behind_a_listener),
	 cmocka_unit_test(a_log_in_with_a_forwarded_port), cmocka_unit_test(one_way_only),
	 cmocka_unit_test(nobody_has_a_connection), cmocka_unit_test(a_script_that_reads_a_socket),
	 cmocka_unit_test(what_is_allowed), cmocka_unit_test(a_socket_without_a_cookie));
