/* SPDX-License-Identifier: Apache-2.0 */
/* Chains: from who sends back to whose data it can be, and what is no edge or none any more. */
#include "state/chain_feed.h"

static void nobody_is_behind_it(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	assert_string_equal(chain(f), "-");
	feed_pipe(f, OWNER, OTHER, 1); /* away from it */
	feed_pipe(f, 102, OTHER, 2);
	feed_pipe(f, OWNER, OWNER, 3);
	assert_string_equal(chain(f), "-");
	nw_feed_free(f);
}

static void pipes_lead_back(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	feed_pipe(f, OTHER, OWNER, 1);
	feed_pipe(f, 102, OTHER, 2);
	feed_pipe(f, OWNER, 102, 3); /* a circle ends where it began */
	assert_string_equal(chain(f), "102 pipe 101 pipe 100");
	nw_feed_free(f);
}

/* The same number on another file system is another pipe, and a memory is no pipe. */
static void objects_are_told_apart(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_fd e = file(f, NW_FD_PIPE, OTHER, 1, NW_FD_WRITE);

	(void)state;
	e.dev = 7;
	nw_feed_event(f, &e.ev);
	feed_file(f, NW_FD_MEMORY, 102, 1, NW_FD_READ | NW_FD_WRITE);
	feed_file(f, NW_FD_PIPE, OWNER, 1, NW_FD_READ);
	assert_string_equal(chain(f), "-");
	nw_feed_free(f);
}

/* What is written to a socket is read at its other end; a half that was shut carries nothing. */
static void unix_sockets_lead_back(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	feed_unix(f, OWNER, 11, 12, NW_FD_READ | NW_FD_WRITE);
	feed_unix(f, OTHER, 12, 11, NW_FD_READ);
	assert_string_equal(chain(f), "-");
	feed_unix(f, OTHER, 12, 11, NW_FD_READ | NW_FD_WRITE);
	assert_string_equal(chain(f), "101 unix 100");
	nw_feed_free(f);
}

/* What is written to a file comes to who serves it, and not the other way round. */
static void a_mount_leads_back(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	feed_file(f, NW_FD_MOUNT, OTHER, 11, NW_FD_READ | NW_FD_WRITE | NW_FD_MASTER);
	feed_file(f, NW_FD_MOUNT, OWNER, 12, NW_FD_WRITE);
	assert_string_equal(chain(f), "-");
	feed_file(f, NW_FD_MOUNT, OWNER, 11, NW_FD_READ | NW_FD_WRITE | NW_FD_MASTER);
	feed_file(f, NW_FD_MOUNT, OTHER, 12, NW_FD_WRITE);
	assert_string_equal(chain(f), "101 mount 100");
	nw_feed_free(f);
}

/* Many clients write to one datagram socket, which knows none of them. */
static void a_datagram_server_has_its_clients_behind_it(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	feed_unix(f, OWNER, 11, 0, NW_FD_READ | NW_FD_WRITE);
	feed_unix(f, OTHER, 12, 11, NW_FD_READ | NW_FD_WRITE);
	assert_string_equal(chain(f), "101 unix 100");
	nw_feed_free(f);
}

/* OWNER and others have a connection each with what serves them all. */
static void feed_hub(struct nw_feed *f, uint32_t hub, unsigned clients)
{
	for (uint64_t i = 0; i < clients; i++) {
		feed_unix(f, hub, 1000 + 2 * i, 1001 + 2 * i, NW_FD_READ | NW_FD_WRITE);
		feed_unix(f, i ? 200 + (uint32_t)i : OWNER, 1001 + 2 * i, 1000 + 2 * i,
			  NW_FD_READ | NW_FD_WRITE);
	}
}

static unsigned others(const struct nw_feed *f)
{
	return nw_flow_find(f->state, COOKIE, NW_SLOT_NONE)->chain->others;
}

/* Who serves everybody over Unix sockets is behind everybody: it is named where there is nobody else, and
 * who is behind it is counted. */
static void a_hub_comes_last(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	feed_hub(f, OTHER, 9);
	assert_string_equal(chain(f), "101 unix 100");
	assert_int_equal(others(f), 8);
	feed_file(f, NW_FD_MEMORY, 103, 1, NW_FD_READ | NW_FD_WRITE);
	feed_file(f, NW_FD_MEMORY, OWNER, 1, NW_FD_READ | NW_FD_WRITE);
	assert_string_equal(chain(f), "103 shm 100");
	assert_int_equal(others(f), 1);
	nw_feed_free(f);
}

/* What comes to it by a pipe is of one; and who serves eight is no hub. */
static void what_is_surer_goes_on_behind_a_hub(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	feed_hub(f, OTHER, 9);
	feed_pipe(f, 104, OTHER, 2);
	assert_string_equal(chain(f), "104 pipe 101 unix 100");
	nw_feed_free(f);
	f = start();
	feed_hub(f, OTHER, 8);
	feed_unix(f, OTHER, 900, 901, NW_FD_READ | NW_FD_WRITE); /* the ninth is itself */
	feed_unix(f, OTHER, 901, 900, NW_FD_READ | NW_FD_WRITE);
	(void)chain(f);
	assert_int_equal(nw_flow_find(f->state, COOKIE, NW_SLOT_NONE)->chain->len, 3);
	assert_int_equal(others(f), 6);
	nw_feed_free(f);
}

/* Ten connections of a process with itself, and ten with one other, make it no hub. */
static void nobody_makes_himself_a_hub(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	for (uint64_t i = 0; i < 10; i++) {
		const unsigned both = NW_FD_READ | NW_FD_WRITE;

		feed_unix(f, OTHER, 100 + 2 * i, 101 + 2 * i, both);
		feed_unix(f, OTHER, 101 + 2 * i, 100 + 2 * i, both);
		feed_unix(f, OTHER, 200 + 2 * i, 201 + 2 * i, both);
		feed_unix(f, 300, 201 + 2 * i, 200 + 2 * i, NW_FD_READ);
	}
	feed_unix(f, OWNER, 11, 12, NW_FD_READ | NW_FD_WRITE);
	feed_unix(f, OTHER, 12, 11, NW_FD_READ | NW_FD_WRITE);
	feed_unix(f, OTHER, 14, 13, NW_FD_READ);
	feed_unix(f, 102, 13, 14, NW_FD_WRITE);
	assert_string_equal(chain(f), "102 unix 101 unix 100");
	nw_feed_free(f);
}

/* By pipes to itself, opened later than the one that it reads. */
static void nobody_hides_behind_many_pipes(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	feed_pipe(f, OTHER, OWNER, 1);
	for (uint64_t i = 0; i < 2000; i++) {
		feed_pipe(f, OWNER, OWNER, 2 + i);
	}
	assert_string_equal(chain(f), "101 pipe 100");
	nw_feed_free(f);
}

static void the_surest_edge_is_followed(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	feed_file(f, NW_FD_MEMORY, 103, 1, NW_FD_READ | NW_FD_WRITE);
	feed_file(f, NW_FD_MEMORY, OWNER, 1, NW_FD_READ | NW_FD_WRITE);
	assert_string_equal(chain(f), "103 shm 100");
	feed_file(f, NW_FD_PIPE, 104, 2, NW_FD_READ | NW_FD_WRITE); /* may use it for itself */
	feed_file(f, NW_FD_PIPE, OWNER, 2, NW_FD_READ);
	assert_string_equal(chain(f), "104 pipe 100");
	feed_unix(f, OWNER, 11, 12, NW_FD_READ);
	feed_unix(f, 105, 12, 11, NW_FD_WRITE);
	assert_string_equal(chain(f), "105 unix 100");
	feed_pipe(f, OTHER, OWNER, 3);
	assert_string_equal(chain(f), "101 pipe 100");
	assert_int_equal(nw_flow_find(f->state, COOKIE, 0)->chain->others, 3);
	nw_feed_free(f);
}

/* A log-in's helper wrote to a pipe and ended; what comes now is of who lives. */
static void who_ended_is_behind_who_lives(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	feed_pipe(f, OTHER, OWNER, 3);
	feed_unix(f, OWNER, 11, 12, NW_FD_READ);
	feed_unix(f, 105, 12, 11, NW_FD_WRITE);
	assert_string_equal(chain(f), "101 pipe 100");
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXIT, .pid = OTHER });
	nw_feed_tick(f, 3 * SECOND);
	assert_string_equal(chain(f), "105 unix 100");
	nw_feed_free(f);
}

/* A flow of this host's own to OWNER: its other end is another flow, of OTHER. */
static void loopback_leads_back(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock here = nw_feed_sock(f, NW_SOCK_BIN, 5, OTHER);
	struct nw_ev_sock there = nw_feed_sock(f, NW_SOCK_BIN, 6, OWNER);

	(void)state;
	nw_feed_addr(here.raddr, "10.0.0.5");
	nw_feed_addr(there.raddr, "10.0.0.5");
	there.lport_be = here.rport_be;
	there.rport_be = here.lport_be;
	nw_feed_bytes(&there, 10, 0); /* only to OTHER */
	nw_feed_bytes(&here, 0, 10);
	feed(f, &here);
	feed(f, &there);
	assert_string_equal(chain(f), "-");
	nw_feed_bytes(&there, 10, 10);
	nw_feed_bytes(&here, 10, 10);
	feed(f, &here);
	feed(f, &there);
	assert_string_equal(chain(f), "101 loopback 100");
	nw_feed_free(f);
}

/* Another accepted it, and OWNER serves it: a proxy that forks. */
static void who_serves_a_connection_hears_it(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock here = nw_feed_sock(f, NW_SOCK_BIN, 5, OTHER);
	struct nw_ev_sock there = nw_feed_sock(f, NW_SOCK_BIN, 6, 102);

	(void)state;
	nw_feed_addr(here.raddr, "10.0.0.5");
	nw_feed_addr(there.raddr, "10.0.0.5");
	there.lport_be = here.rport_be;
	there.rport_be = here.lport_be;
	there.flags = NW_SOCK_ACCEPTED;
	nw_feed_bytes(&here, 10, 0);
	nw_feed_bytes(&there, 0, 10);
	feed(f, &here);
	feed(f, &there);
	assert_string_equal(chain(f), "-");
	there.sender = nw_feed_pid(OWNER);
	feed(f, &here);
	feed(f, &there);
	assert_string_equal(chain(f), "101 loopback 100");
	nw_feed_free(f);
}

/* One connection after the other between the same two: they take no room from others, and an edge stays. */
static void many_connections_are_one_edge(void **state)
{
	struct nw_feed *f = nw_feed_new("limits: {processes: 256}\n", INTERVAL);

	(void)state;
	nw_feed_tick(f, SECOND);
	for (unsigned i = 0; i < 600; i++) {
		struct nw_ev_sock end[2];

		for (unsigned n = 0; n < 4; n++) { /* each end has a measure, and then is over */
			struct nw_ev_sock *e = &end[n % 2];

			*e = nw_feed_sock(f, n < 2 ? NW_SOCK_BIN : NW_SOCK_CLOSE,
					  10 + 2 * i + n % 2, n % 2 ? OWNER : OTHER);
			nw_feed_addr(e->raddr, "10.0.0.5");
			if (n % 2) {
				e->lport_be = end[0].rport_be;
				e->rport_be = end[0].lport_be;
			}
			nw_feed_bytes(e, 10, 10);
			feed(f, e);
		}
		nw_feed_forget(f);
	}
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_HOLD_EVICTED), 0);
	assert_string_equal(chain(f), "101 loopback 100");
	nw_feed_free(f);
}

/* stdin of a program that ran too shortly for any scan. */
static void exec_tells_pipes(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	feed_pipe(f, 105, OWNER, 9); /* open until exec */
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = OWNER,
					       .flags = NW_STDIO_PIPE << NW_PROC_STDIO_SHIFT |
							NW_FD_READ << NW_PROC_STDIO_MODE_SHIFT,
					       .stdio_ino = { 4 } });
	nw_feed_proc(f,
		     (struct nw_feed_exec){ .pid = OTHER,
					    .flags = NW_STDIO_PIPE << (NW_PROC_STDIO_SHIFT + 3) |
						     NW_FD_WRITE << (NW_PROC_STDIO_MODE_SHIFT + 2),
					    .stdio_ino = { 0, 4 } });
	assert_string_equal(chain(f), "101 pipe 100");
	nw_feed_free(f);
}

/* A whole scan that does not meet it: gone, and no edge for those that look a minute later. */
static void what_was_closed_is_forgotten(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, COOKIE + 1, OWNER);

	(void)state;
	feed_pipe(f, OTHER, OWNER, 1);
	feed_end(f, SCAN, 0);
	feed_end(f, SCAN + SECOND, 1); /* not whole: it says nothing */
	nw_feed_tick(f, 61 * SECOND);
	assert_string_equal(chain(f), "101 pipe 100");
	feed_end(f, SCAN + 2 * SECOND, 0);
	nw_feed_tick(f, 59 * SECOND);
	feed(f, &e);
	e.cookie++;
	nw_feed_tick(f, 2 * SECOND);
	feed(f, &e);
	nw_feed_bytes(&e, 1, 1);
	feed(f, &e);
	assert_null(nw_flow_find(f->state, e.cookie, NW_SLOT_NONE)->chain);
	assert_string_equal(chain(f), "101 pipe 100"); /* found once, and kept */
	nw_feed_free(f);
}

static void processes_of_a_chain_are_kept(void **state)
{
	struct nw_feed *f = start();
	struct nw_proc_id id = nw_feed_pid(OTHER);
	struct nw_ev_sock e;

	(void)state;
	feed_pipe(f, OTHER, OWNER, 1);
	assert_string_equal(chain(f), "101 pipe 100");
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXIT, .pid = OTHER });
	nw_feed_tick(f, 11 * SECOND);
	assert_string_equal(chain(f), "101 pipe 100");
	e = tcp(f, NW_SOCK_CLOSE, 1000, 0);
	feed(f, &e);
	assert_null(nw_proc_find(f->state, &id));
	nw_feed_free(f);
}

static void a_chain_has_an_end(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	for (uint32_t i = 0; i < 2 * NW_CHAIN_MAX; i++) {
		feed_pipe(f, OWNER + i + 1, OWNER + i, 1 + i);
	}
	(void)chain(f);
	assert_int_equal(nw_flow_find(f->state, COOKIE, 0)->chain->len, NW_CHAIN_MAX);
	nw_feed_free(f);
}

/* Open files are looked at when a flow begins that may carry another's data. */
static void a_new_flow_asks_for_a_scan(void **state)
{
	static const char *const peer[] = { "203.0.113.7", "127.0.0.2", "10.0.0.5", "10.9.9.9",
					    "10.0.0.5" };
	struct nw_feed *f = start();

	(void)state;
	assert_false(nw_pipeline_wants_scan(f->pipeline));
	for (unsigned i = 0; i < NW_ARRAY_SIZE(peer); i++) {
		struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, 50 + i, OWNER);

		nw_feed_addr(e.raddr, peer[i]);
		e.rport_be = htons(i > 0 && i < 4 ? 443 : 53); /* here only a resolver's */
		nw_feed_bytes(&e, 1, 1);
		feed(f, &e);
		assert_int_equal(nw_pipeline_wants_scan(f->pipeline), i < 3);
		assert_false(nw_pipeline_wants_scan(f->pipeline));
		nw_feed_bytes(&e, 2, 2);
		feed(f, &e);
		nw_feed_tick(f, INTERVAL);
		assert_false(nw_pipeline_wants_scan(f->pipeline));
	}
	nw_feed_free(f);
}

/* Told once and not due again for long: who is behind it is known when the scan that it asked for is
 * over. */
static void a_scan_is_enough(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock e = tcp(f, NW_SOCK_BIN, 1, 0);

	(void)state;
	feed(f, &e);
	feed_pipe(f, OTHER, OWNER, 1);
	assert_null(nw_flow_find(f->state, COOKIE, NW_SLOT_NONE)->chain);
	feed_end(f, SCAN, 0);
	assert_non_null(nw_flow_find(f->state, COOKIE, NW_SLOT_NONE)->chain);
	assert_int_equal(nw_flow_find(f->state, COOKIE, NW_SLOT_NONE)->chain->len, 2);
	nw_feed_free(f);
}

/* Somebody joined after it was told, and no record is due for long: its next measure knows him, and a
 * chain that is longer. */
static void a_measure_is_enough(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock e = tcp(f, NW_SOCK_BIN, 1, 0);
	const struct nw_flow *flow;

	(void)state;
	feed(f, &e);
	flow = nw_flow_find(f->state, COOKIE, NW_SLOT_NONE);
	for (uint32_t i = 0; i < 2; i++) {
		feed_pipe(f, OTHER + i, OWNER + i, 1 + i);
		nw_feed_tick(f, SECOND);
		e = tcp(f, NW_SOCK_BIN, 2 + i, 0);
		feed(f, &e);
		assert_non_null(flow->chain);
		assert_int_equal(flow->chain->len, 2 + i);
	}
	assert_int_equal(flow->told_count, 1);
	nw_feed_free(f);
}

/* More than the table has room for: the oldest goes, and that is counted. */
static void a_full_table_is_counted(void **state)
{
	struct nw_feed *f = nw_feed_new("limits: {processes: 256}\n", INTERVAL);

	(void)state;
	for (uint64_t i = 0; i < 4 * 256 + 5; i++) {
		feed_file(f, NW_FD_PIPE, OTHER, 1 + i, NW_FD_READ);
	}
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_HOLD_EVICTED), 5);
	nw_feed_free(f);
}

NW_TESTS(state_chain, cmocka_unit_test(nobody_is_behind_it), cmocka_unit_test(pipes_lead_back),
	 cmocka_unit_test(a_measure_is_enough), cmocka_unit_test(objects_are_told_apart),
	 cmocka_unit_test(unix_sockets_lead_back), cmocka_unit_test(a_mount_leads_back),
	 cmocka_unit_test(a_datagram_server_has_its_clients_behind_it),
	 cmocka_unit_test(a_hub_comes_last), cmocka_unit_test(what_is_surer_goes_on_behind_a_hub),
	 cmocka_unit_test(nobody_makes_himself_a_hub),
	 cmocka_unit_test(nobody_hides_behind_many_pipes),
	 cmocka_unit_test(the_surest_edge_is_followed),
	 cmocka_unit_test(who_ended_is_behind_who_lives), cmocka_unit_test(loopback_leads_back),
	 cmocka_unit_test(who_serves_a_connection_hears_it),
	 cmocka_unit_test(many_connections_are_one_edge), cmocka_unit_test(exec_tells_pipes),
	 cmocka_unit_test(what_was_closed_is_forgotten),
	 cmocka_unit_test(processes_of_a_chain_are_kept), cmocka_unit_test(a_chain_has_an_end),
	 cmocka_unit_test(a_new_flow_asks_for_a_scan), cmocka_unit_test(a_scan_is_enough),
	 cmocka_unit_test(a_full_table_is_counted));
