/* SPDX-License-Identifier: Apache-2.0 */
/* Listeners: which ports are told, when they end, whose they are, and that a full table is counted. */
#include "feed.h"
#include "state/internal.h"

#define SECOND NW_FEED_SEC

enum {
	OWNER = 100,
};

static struct nw_feed *start(const char *yaml)
{
	struct nw_feed *f = nw_feed_new(yaml, 10 * SECOND);

	nw_feed_proc(f, (struct nw_feed_exec){ .pid = OWNER, .exe = "/bin/owner" });
	nw_feed_forget(f);
	return f;
}

static struct nw_ev_sock listening(const struct nw_feed *f, uint64_t cookie, uint16_t proto,
				   uint16_t port)
{
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_LISTEN, cookie, OWNER);

	e.proto = proto;
	e.lport_be = htons(port);
	e.rport_be = 0;
	memset(e.raddr, 0, sizeof(e.raddr));
	e.flags = NW_SOCK_LISTENER;
	return e;
}

static const struct nw_told *only_listener(const struct nw_feed *f)
{
	return nw_feed_only(f, NW_DATASET_LISTENER);
}

static uint32_t refs(const struct nw_feed *f)
{
	struct nw_proc_id id = nw_feed_pid(OWNER);

	return nw_proc_find(f->state, &id)->refs;
}

static void a_port_is_told_when_it_opens_and_when_it_ends(void **state)
{
	struct nw_feed *f = start("");
	struct nw_ev_sock e = listening(f, 9, IPPROTO_TCP, 8554);
	const struct nw_listener *l;

	(void)state;
	nw_feed_event(f, &e.ev);
	l = &only_listener(f)->listener;
	assert_int_equal(only_listener(f)->action, NW_ACTION_START);
	assert_int_equal(only_listener(f)->owner, OWNER);
	assert_int_equal(l->port, 8554);
	assert_int_equal(l->proto, IPPROTO_TCP);
	assert_memory_equal(l->addr, e.laddr, 16);
	assert_int_equal(l->first_ns, f->now_ns);
	assert_true(nw_listener_has(f->state, NW_FEED_NETNS, IPPROTO_TCP, 8554));
	assert_false(nw_listener_has(f->state, NW_FEED_NETNS, IPPROTO_UDP, 8554));
	assert_false(nw_listener_has(f->state, NW_FEED_NETNS, IPPROTO_TCP, 8555));
	assert_false(nw_listener_has(f->state, NW_FEED_NETNS + 1, IPPROTO_TCP, 8554));
	assert_int_equal(refs(f), 1);
	nw_feed_forget(f);
	nw_feed_tick(f, SECOND);
	e.ev = nw_feed_head(f, sizeof(e), NW_SHAPE_SOCK, NW_SOCK_CLOSE);
	nw_feed_event(f, &e.ev);
	nw_feed_event(f, &e.ev);
	assert_int_equal(only_listener(f)->action, NW_ACTION_END);
	assert_int_equal(only_listener(f)->listener.end_ns, f->now_ns);
	assert_int_equal(nw_feed_count(f, NW_DATASET_FLOW), 0);
	assert_false(nw_listener_has(f->state, NW_FEED_NETNS, IPPROTO_TCP, 8554));
	assert_int_equal(refs(f), 0);
	nw_feed_free(f);
}

static void what_listened_before_the_start_is_found(void **state)
{
	struct nw_feed *f = start("");
	struct nw_ev_sock e = listening(f, 9, IPPROTO_TCP, 22);

	(void)state;
	e.flags |= NW_SOCK_FOUND;
	nw_feed_event(f, &e.ev);
	assert_int_equal(only_listener(f)->action, NW_ACTION_FOUND);
	assert_true(only_listener(f)->listener.is_found);
	nw_feed_free(f);
}

/* Every DNS client binds one of the ports that the kernel gives to clients. */
static void a_datagram_clients_port_is_known_and_not_told(void **state)
{
	static const struct {
		uint16_t proto, port;
		bool is_told;
	} cases[] = {
		{ IPPROTO_UDP, 39999, true },  { IPPROTO_UDP, 40000, false },
		{ IPPROTO_UDP, 50000, false }, { IPPROTO_UDP, 50001, true },
		{ IPPROTO_TCP, 45000, true },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(cases); i++) {
		struct nw_feed *f = start("");
		struct nw_ev_sock e = listening(f, 9, cases[i].proto, cases[i].port);

		nw_feed_fact(f, "net.port_range", "40000\t50000");
		nw_feed_event(f, &e.ev);
		assert_true(nw_listener_has(f->state, NW_FEED_NETNS, e.proto, cases[i].port));
		e.ev.what = NW_SOCK_CLOSE;
		nw_feed_event(f, &e.ev);
		assert_int_equal(nw_feed_count(f, NW_DATASET_LISTENER), cases[i].is_told ? 2 : 0);
		assert_false(nw_listener_has(f->state, NW_FEED_NETNS, e.proto, cases[i].port));
		nw_feed_free(f);
	}
}

/* A port range that is none changes nothing. */
static void a_bad_port_range_is_ignored(void **state)
{
	static const char *const bad[] = { "", "x", "0 10", "50000 40000", "1 70000", "1" };
	struct nw_feed *f = start("");
	struct nw_ev_sock e = listening(f, 9, IPPROTO_UDP, 32768);

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(bad); i++) {
		nw_feed_fact(f, "net.port_range", bad[i]);
	}
	nw_feed_event(f, &e.ev);
	assert_int_equal(nw_feed_count(f, NW_DATASET_LISTENER), 0);
	e.lport_be = htons(32767);
	nw_feed_event(f, &e.ev);
	assert_int_equal(nw_feed_count(f, NW_DATASET_LISTENER), 1);
	nw_feed_free(f);
}

/* On kernels whose LISTEN has no owner, the socket's opening had told it; it is no flow any more. */
static void a_listener_takes_over_from_its_opening(void **state)
{
	struct nw_feed *f = start("");
	struct nw_ev_sock open = nw_feed_sock(f, NW_SOCK_OPEN, 9, OWNER);
	struct nw_ev_sock e = listening(f, 9, IPPROTO_TCP, 8554);

	(void)state;
	e.owner = (struct nw_proc_id){};
	nw_feed_fact(f, "scope", "cgroup");
	nw_feed_event(f, &open.ev);
	assert_non_null(nw_flow_find(f->state, 9, NW_SLOT_NONE));
	nw_feed_event(f, &e.ev);
	assert_null(nw_flow_find(f->state, 9, NW_SLOT_NONE));
	assert_int_equal(only_listener(f)->owner, OWNER);
	assert_int_equal(refs(f), 1);
	e.cookie = 10; /* nobody introduced this one */
	nw_feed_event(f, &e.ev);
	assert_int_equal(nw_feed_count(f, NW_DATASET_LISTENER), 1);
	nw_feed_free(f);
}

static void listening_again_is_the_same_listener(void **state)
{
	struct nw_feed *f = start("");
	struct nw_ev_sock e = listening(f, 9, IPPROTO_TCP, 8554);

	(void)state;
	nw_feed_event(f, &e.ev);
	e.lport_be = htons(8555);
	nw_feed_event(f, &e.ev);
	assert_int_equal(refs(f), 1);
	assert_false(nw_listener_has(f->state, NW_FEED_NETNS, IPPROTO_TCP, 8554));
	assert_true(nw_listener_has(f->state, NW_FEED_NETNS, IPPROTO_TCP, 8555));
	nw_feed_free(f);
}

static void a_full_table_forgets_the_oldest_and_counts_it(void **state)
{
	struct nw_feed *f = start("limits: { listeners: 64 }\n");

	(void)state;
	for (uint16_t i = 1; i <= 64; i++) {
		struct nw_ev_sock e = listening(f, i, IPPROTO_TCP, i);

		nw_feed_event(f, &e.ev);
	}
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_LISTENER_EVICTED), 0);
	for (uint16_t i = 65; i <= 67; i++) {
		struct nw_ev_sock e = listening(f, i, IPPROTO_TCP, i);

		nw_feed_event(f, &e.ev);
	}
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_LISTENER_EVICTED), 3);
	assert_int_equal(refs(f), 64);
	assert_false(nw_listener_has(f->state, NW_FEED_NETNS, IPPROTO_TCP, 3));
	assert_true(nw_listener_has(f->state, NW_FEED_NETNS, IPPROTO_TCP, 4));
	assert_true(nw_listener_has(f->state, NW_FEED_NETNS, IPPROTO_TCP, 67));
	nw_feed_free(f);
}

/* Who made the socket has ended long ago; its child listens again, and another process comes. */
static void an_ended_owner_stays_the_owner(void **state)
{
	struct nw_feed *f = start("");
	struct nw_ev_sock e = listening(f, 9, IPPROTO_TCP, 8554);

	(void)state;
	nw_feed_event(f, &e.ev);
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXIT, .pid = OWNER });
	nw_feed_tick(f, 11 * SECOND);
	e.ev = nw_feed_head(f, sizeof(e), NW_SHAPE_SOCK, NW_SOCK_LISTEN);
	nw_feed_event(f, &e.ev);
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = OWNER + 1, .exe = "/bin/another" });
	nw_feed_forget(f);
	e.ev.what = NW_SOCK_CLOSE;
	nw_feed_event(f, &e.ev);
	assert_int_equal(only_listener(f)->owner, OWNER);
	nw_feed_free(f);
}

NW_TESTS(state_listener, cmocka_unit_test(a_port_is_told_when_it_opens_and_when_it_ends),
	 cmocka_unit_test(what_listened_before_the_start_is_found),
	 cmocka_unit_test(a_datagram_clients_port_is_known_and_not_told),
	 cmocka_unit_test(a_bad_port_range_is_ignored),
	 cmocka_unit_test(a_listener_takes_over_from_its_opening),
	 cmocka_unit_test(listening_again_is_the_same_listener),
	 cmocka_unit_test(a_full_table_forgets_the_oldest_and_counts_it),
	 cmocka_unit_test(an_ended_owner_stays_the_owner));
