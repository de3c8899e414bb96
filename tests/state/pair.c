/* SPDX-License-Identifier: Apache-2.0 */
/* Both ends on this host: each flow's record names the other's owner, and nobody else's. */
#include "state/flow_feed.h"

enum {
	THIRD = 102,
	SERVER = 900, /* cookie of the other end */
};

/* The other end of nw_feed_sock()'s connection. */
static struct nw_ev_sock mirror(const struct nw_feed *f, enum nw_sock_what what, uint64_t cookie,
				uint32_t pid, uint64_t tx, uint64_t rx)
{
	struct nw_ev_sock e = nw_feed_sock(f, what, cookie, pid);

	nw_feed_addr(e.laddr, "203.0.113.7");
	nw_feed_addr(e.raddr, "10.0.0.5");
	e.lport_be = htons(443);
	e.rport_be = htons(40000);
	e.flags = NW_SOCK_ACCEPTED;
	nw_feed_bytes(&e, tx, rx);
	return e;
}

static const struct nw_flow *flow(const struct nw_feed *f, uint64_t cookie)
{
	const struct nw_flow *flow = nw_flow_find(f->state, cookie, NW_SLOT_NONE);

	assert_non_null(flow);
	return flow;
}

static uint32_t peer_of(const struct nw_feed *f, uint64_t cookie)
{
	const struct nw_proc *p = flow(f, cookie)->peer;

	return p ? p->id.tgid : 0;
}

static void each_end_knows_the_other(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock a = tcp(f, NW_SOCK_BIN, 10, 20);
	struct nw_ev_sock b = mirror(f, NW_SOCK_BIN, SERVER, OTHER, 20, 10);

	(void)state;
	feed(f, &a);
	assert_int_equal(only_flow(f)->peer, 0); /* nobody else is there yet */
	nw_feed_forget(f);
	feed(f, &b);
	assert_int_equal(only_flow(f)->peer, OWNER);
	assert_ptr_equal(nw_flow_peer(f->state, flow(f, COOKIE)), flow(f, SERVER));
	assert_ptr_equal(nw_flow_peer(f->state, flow(f, SERVER)), flow(f, COOKIE));
	nw_feed_forget(f);
	a = tcp(f, NW_SOCK_CLOSE, 11, 20);
	feed(f, &a);
	assert_int_equal(only_flow(f)->peer, OTHER);
	nw_feed_forget(f);
	assert_null(nw_flow_peer(f->state, flow(f, SERVER)));
	b = mirror(f, NW_SOCK_CLOSE, SERVER, OTHER, 20, 11);
	feed(f, &b); /* still known after the other end has gone */
	assert_int_equal(only_flow(f)->peer, OWNER);
	nw_feed_free(f);
}

/* Nothing is told of a connection shorter than a bin but its ends. */
static void a_short_connection_knows_the_end_that_went_first(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock a = tcp(f, NW_SOCK_CLOSE, 10, 20);
	struct nw_ev_sock b = mirror(f, NW_SOCK_CLOSE, SERVER, OTHER, 20, 10);

	(void)state;
	feed(f, &a);
	feed(f, &b);
	assert_int_equal(flow_told(f, 0)->peer, 0);
	assert_int_equal(flow_told(f, 1)->peer, OWNER);
	nw_feed_forget(f);
	nw_feed_tick(f, SECOND); /* the same ports again, later, and nobody here at the other end */
	b = mirror(f, NW_SOCK_CLOSE, SERVER + 1, OTHER, 20, 10);
	b.birth_ns = f->now_ns;
	feed(f, &b);
	assert_int_equal(only_flow(f)->peer, 0);
	nw_feed_free(f);
}

/* Many ends that nobody joins: the oldest is forgotten, the last is not. */
static void what_ended_alone_is_bounded(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	for (unsigned i = 0; i < 1500; i++) {
		struct nw_ev_sock a = tcp(f, NW_SOCK_CLOSE, 1, 1);

		a.cookie = 10000 + i;
		a.lport_be = htons((uint16_t)(2000 + i));
		feed(f, &a);
		nw_feed_forget(f);
	}
	for (unsigned i = 0; i < 1500; i += 1499) {
		struct nw_ev_sock b = mirror(f, NW_SOCK_CLOSE, 20000 + i, OTHER, 1, 1);

		b.rport_be = htons((uint16_t)(2000 + i));
		feed(f, &b);
		assert_int_equal(only_flow(f)->peer, i ? OWNER : 0);
		nw_feed_forget(f);
	}
	nw_feed_free(f);
}

static void an_owner_that_comes_later_is_passed_on(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock a = tcp(f, NW_SOCK_BIN, 10, 20);
	struct nw_ev_sock b = mirror(f, NW_SOCK_BIN, SERVER, 0, 20, 10);

	(void)state;
	feed(f, &a);
	feed(f, &b);
	assert_int_equal(peer_of(f, COOKIE), 0);
	assert_int_equal(peer_of(f, SERVER), OWNER);
	b = mirror(f, NW_SOCK_BIN, SERVER, OTHER, 21, 10);
	feed(f, &b);
	assert_int_equal(peer_of(f, COOKIE), OTHER);
	nw_feed_free(f);
}

static void set_ends(struct nw_ev_sock *e, const char *local, const char *remote)
{
	nw_feed_addr(e->laddr, local);
	nw_feed_addr(e->raddr, remote);
}

struct apart {
	const char *local, *remote; /* of the first; the second has them mirrored */
	uint32_t netns;		    /* of the second, beside the first's */
	uint16_t proto, port, proto2;
	bool are_joined;
};

static void only_mirrored_ends_are_a_pair(void **state)
{
	static const struct apart cases[] = {
		{ "127.0.0.1", "127.0.0.1", 0, IPPROTO_TCP, 443, IPPROTO_TCP, true },
		{ "127.0.0.1", "127.0.0.1", 1, IPPROTO_TCP, 443, IPPROTO_TCP, false },
		{ "172.17.0.2", "172.17.0.3", 1, IPPROTO_TCP, 443, IPPROTO_TCP, true },
		{ "172.17.0.2", "172.17.0.3", 1, IPPROTO_UDP, 443, IPPROTO_UDP, true },
		{ "172.17.0.2", "172.17.0.3", 0, IPPROTO_TCP, 443, IPPROTO_UDP, false },
		{ "172.17.0.2", "172.17.0.3", 0, IPPROTO_TCP, 444, IPPROTO_TCP, false },
		{ "127.0.0.1", "127.0.0.1", 0, IPPROTO_ICMP, 443, IPPROTO_ICMP, false },
		{ "127.0.0.1", "127.0.0.1", -NW_FEED_NETNS, IPPROTO_TCP, 443, IPPROTO_TCP, true },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(cases); i++) {
		const struct apart *c = &cases[i];
		struct nw_feed *f = start();
		struct nw_ev_sock a = tcp(f, NW_SOCK_BIN, 1, 1);
		struct nw_ev_sock b = mirror(f, NW_SOCK_BIN, SERVER, OTHER, 1, 1);

		set_ends(&a, c->local, c->remote);
		set_ends(&b, c->remote, c->local);
		a.proto = c->proto;
		b.proto = c->proto2;
		b.lport_be = htons(c->port);
		b.netns += c->netns;
		feed(f, &a);
		feed(f, &b);
		assert_int_equal(peer_of(f, COOKIE), c->are_joined ? OTHER : 0);
		assert_int_equal(peer_of(f, SERVER), c->are_joined ? OWNER : 0);
		nw_feed_free(f);
	}
}

/* Two containers with the same address: nobody can tell, unless one is in the same namespace. */
static void two_candidates_are_none(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock a = tcp(f, NW_SOCK_BIN, 1, 1);
	struct nw_ev_sock b = mirror(f, NW_SOCK_BIN, SERVER, OTHER, 1, 1);

	(void)state;
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = THIRD, .exe = "/bin/third" });
	b.netns++;
	feed(f, &b);
	b = mirror(f, NW_SOCK_BIN, SERVER + 1, THIRD, 1, 1);
	b.netns += 2;
	feed(f, &b);
	feed(f, &a);
	assert_int_equal(peer_of(f, COOKIE), 0);
	assert_null(nw_flow_peer(f->state, flow(f, COOKIE)));
	b = mirror(f, NW_SOCK_BIN, SERVER + 2, THIRD, 1, 1);
	feed(f, &b);
	assert_int_equal(peer_of(f, COOKIE), THIRD);
	assert_ptr_equal(nw_flow_peer(f->state, flow(f, COOKIE)), flow(f, SERVER + 2));
	nw_feed_free(f);
}

/* A container may give itself any address; what leaves by a physical interface is not for it. */
static void what_leaves_the_host_is_no_pair(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock a = tcp(f, NW_SOCK_BIN, 1, 1);
	struct nw_ev_sock b = mirror(f, NW_SOCK_BIN, SERVER, OTHER, 1, 1);

	(void)state;
	nw_feed_fact(f, "iface.4026531840.2", "physical eth0");
	a.ifindex = 2;
	b.netns++;
	feed(f, &a);
	feed(f, &b);
	assert_int_equal(peer_of(f, COOKIE), 0);
	assert_int_equal(peer_of(f, SERVER), 0);
	nw_feed_free(f);
}

static void a_socket_may_talk_to_itself(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock a = tcp(f, NW_SOCK_BIN, 1, 1);

	(void)state;
	set_ends(&a, "127.0.0.1", "127.0.0.1");
	a.lport_be = a.rport_be;
	feed(f, &a);
	assert_int_equal(peer_of(f, COOKIE), OWNER);
	a.ev.what = NW_SOCK_CLOSE;
	feed(f, &a);
	assert_null(nw_flow_find(f->state, COOKIE, NW_SLOT_NONE));
	nw_feed_free(f);
}

/* A flow refers to its peer's process as to its owner; what ends lets go. */
static void a_peer_is_kept_while_it_is_named(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock a = tcp(f, NW_SOCK_BIN, 1, 1);
	struct nw_ev_sock b = mirror(f, NW_SOCK_CLOSE, SERVER, OTHER, 1, 1);
	struct nw_proc_id id = nw_feed_pid(OTHER);

	(void)state;
	feed(f, &a);
	feed(f, &b);
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXIT, .pid = OTHER });
	nw_feed_tick(f, 11 * SECOND);
	assert_non_null(nw_proc_find(f->state, &id));
	assert_int_equal(peer_of(f, COOKIE), OTHER);
	a = tcp(f, NW_SOCK_CLOSE, 2, 1);
	feed(f, &a);
	assert_null(nw_proc_find(f->state, &id));
	nw_feed_free(f);
}

NW_TESTS(state_pair, cmocka_unit_test(each_end_knows_the_other),
	 cmocka_unit_test(a_short_connection_knows_the_end_that_went_first),
	 cmocka_unit_test(what_ended_alone_is_bounded),
	 cmocka_unit_test(an_owner_that_comes_later_is_passed_on),
	 cmocka_unit_test(only_mirrored_ends_are_a_pair), cmocka_unit_test(two_candidates_are_none),
	 cmocka_unit_test(what_leaves_the_host_is_no_pair),
	 cmocka_unit_test(a_socket_may_talk_to_itself),
	 cmocka_unit_test(a_peer_is_kept_while_it_is_named));
