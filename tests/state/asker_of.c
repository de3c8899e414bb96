/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For whom a resolver asks where its questions do not tell: Unix connections, encrypted upstreams,
 * and connections to what was answered. All of it is assumed, and one too many says nothing.
 */
#include <sys/socket.h>

#include "indicators/net_feed.h"
#include "state/flow_names.h"
#include "state/internal.h"

#define SEC	 NW_FEED_SEC
#define RESOLVER 100
#define ASKER	 101

static const struct nw_flow *flow_of(struct nf *n, struct nf_contact c)
{
	c.cookie = c.cookie ? c.cookie : ++n->cookie;
	c.slot = c.proto == IPPROTO_UDP;
	nf_bin(n, c);
	return nw_flow_find(n->feed->state, c.cookie, c.slot);
}

static bool asker_is(struct nf *n, const struct nw_flow *f, uint32_t pid, enum nw_asker_how how)
{
	struct nw_asker a;

	return nw_asker_of(n->feed->state, f, &a) && a.id.tgid == pid && a.how == how;
}

static void ask_over_loopback(struct nf *n, const char *name)
{
	nf_ask(n, name,
	       (struct nf_dns){ .pid = ASKER,
				.server = "127.0.0.53",
				.server_pid = RESOLVER,
				.is_unanswered = true });
}

static void its_questions_tell(void **state)
{
	const struct nf_contact up = { .pid = RESOLVER,
				       .to = "203.0.113.53",
				       .port = 53,
				       .proto = IPPROTO_UDP,
				       .cookie = 900000 + RESOLVER,
				       .tx = 40 };
	struct nf *n = nf_new("none", "");
	struct nw_asker a;

	(void)state;
	assert_false(nw_asker_of(n->feed->state, flow_of(n, up), &a));
	ask_over_loopback(n, "www.example");
	nf_ask(n, "www.example", (struct nf_dns){ .pid = RESOLVER, .server = "203.0.113.53" });
	assert_true(asker_is(n, flow_of(n, up), ASKER, NW_ASKER_QUESTION));
	nf_free(n);
}

static void encrypted_ones_are_for_who_asked_last(void **state)
{
	const struct nf_contact up = { .pid = RESOLVER, .port = 853, .tx = 400, .rx = 400 };
	struct nf *n = nf_new("none", "");
	struct nw_asker a;

	(void)state;
	assert_false(nw_asker_of(n->feed->state, flow_of(n, up), &a));
	ask_over_loopback(n, "www.example");
	assert_true(asker_is(n, flow_of(n, up), ASKER, NW_ASKER_TIME));
	/* what else it does is its own */
	assert_false(nw_asker_of(n->feed->state,
				 flow_of(n, (struct nf_contact){ .pid = RESOLVER, .tx = 1 }), &a));
	assert_false(nw_asker_of(
		n->feed->state,
		flow_of(n, (struct nf_contact){ .pid = ASKER, .port = 853, .tx = 1 }), &a));
	nf_tick(n, 601 * SEC);
	assert_false(nw_asker_of(n->feed->state, flow_of(n, up), &a));
	nf_free(n);
}

static void one_unix_connection_is_assumed(void **state)
{
	const struct nf_contact up = {
		.pid = RESOLVER, .port = 53, .proto = IPPROTO_UDP, .tx = 400, .rx = 400
	};
	struct nf *n = nf_new("none", "");
	const struct nw_flow *f = flow_of(n, up);
	struct nw_asker a;

	(void)state;
	nf_unix(n, RESOLVER, ASKER); /* the wrong way: it is the one that asks somebody */
	assert_false(nw_asker_of(n->feed->state, f, &a));
	nf_unix(n, ASKER, RESOLVER);
	assert_true(asker_is(n, f, ASKER, NW_ASKER_CONNECTED));
	assert_true(nw_asker_is_assumed(&(struct nw_asker){ .how = NW_ASKER_CONNECTED }));
	nf_unix(n, 102, RESOLVER);
	assert_false(nw_asker_of(n->feed->state, f, &a));
	nf_free(n);
}

static void listens(struct nf *n, uint32_t pid, uint64_t name)
{
	struct nw_ev_fd e = { .ev = nw_feed_head(n->feed, sizeof(e), NW_SHAPE_FD, NW_FD_SOCKET),
			      .scan_ns = n->feed->now_ns,
			      .self = nw_feed_pid(pid),
			      .inode = 5000 + name,
			      .peer_inode = name,
			      .fd = 4,
			      .family = AF_UNIX,
			      .flags = NW_FD_LISTENING | NW_FD_NAMED | NW_FD_READ | NW_FD_WRITE };

	nw_feed_event(n->feed, &e.ev);
}

static void connects(struct nf *n, uint32_t pid, uint64_t name)
{
	struct nw_ev_fd e = { .ev = nw_feed_head(n->feed, sizeof(e), NW_SHAPE_FD, NW_FD_CONNECT),
			      .scan_ns = n->feed->now_ns,
			      .self = nw_feed_pid(pid),
			      .peer_inode = name,
			      .fd = UINT32_MAX,
			      .family = AF_UNIX };

	nw_feed_event(n->feed, &e.ev);
}

/* The resolver's question now: for whom? 0 = not told. */
static uint32_t asks_for(struct nf *n, uint32_t pid)
{
	const struct nw_flow *f = flow_of(
		n, (struct nf_contact){ .pid = pid, .port = 53, .proto = IPPROTO_UDP, .tx = 40 });
	struct nw_asker a;

	return nw_asker_of(n->feed->state, f, &a) && a.how == NW_ASKER_CONNECTED ? a.id.tgid : 0;
}

/* A connection for one question is over before anybody looks at open files: that it was made is told. */
static void who_connected_just_before(void **state)
{
	struct nf *n = nf_new("none", "");

	(void)state;
	listens(n, RESOLVER, 77);
	connects(n, 102, 78); /* another's name */
	assert_int_equal(asks_for(n, RESOLVER), 0);
	connects(n, ASKER, 77);
	assert_int_equal(asks_for(n, RESOLVER), ASKER);
	assert_int_equal(asks_for(n, 103), 0);
	connects(n, ASKER, 77); /* again: it is one */
	nf_tick(n, SEC);
	assert_int_equal(asks_for(n, RESOLVER), ASKER);
	nf_tick(n, 2 * SEC);
	assert_int_equal(asks_for(n, RESOLVER), 0);
	nf_free(n);
}

/* Of two at about the same time either can have asked; of two that are further apart it is the later one. */
static void of_two_who_connected(void **state)
{
	struct nf *n = nf_new("none", "");

	(void)state;
	listens(n, RESOLVER, 77);
	connects(n, ASKER, 77);
	nf_tick(n, SEC / 5);
	connects(n, 102, 77);
	assert_int_equal(asks_for(n, RESOLVER), 0);
	/* nor does what a look at open files saw say more */
	nf_unix(n, ASKER, RESOLVER);
	assert_int_equal(asks_for(n, RESOLVER), 0);
	nf_tick(n, SEC);
	connects(n, 103, 77);
	assert_int_equal(asks_for(n, RESOLVER), 103);
	nf_free(n);
}

/* What has to go while it could be of use is counted. */
static void more_connect_than_there_is_room_for(void **state)
{
	struct nf *n = nf_new("none", "");

	(void)state;
	listens(n, RESOLVER, 77);
	connects(n, ASKER, 77);
	for (uint32_t i = 0; i < 1023; i++) {
		listens(n, 103, 100 + i % 8);
		connects(n, 1000 + i, 100 + i % 8);
		connects(n, 1000 + i, 99); /* where nobody listens */
	}
	assert_int_equal(asks_for(n, RESOLVER), ASKER);
	assert_int_equal(n->feed->state->loss[NW_LOSS_HOLD_EVICTED], 0);
	connects(n, 999, 100);
	assert_int_equal(n->feed->state->loss[NW_LOSS_HOLD_EVICTED], 1);
	assert_int_equal(asks_for(n, RESOLVER), 0);
	nf_tick(n, 3 * SEC);
	connects(n, ASKER, 77);
	assert_int_equal(n->feed->state->loss[NW_LOSS_HOLD_EVICTED], 1);
	assert_int_equal(asks_for(n, RESOLVER), ASKER);
	nf_free(n);
}

/* The message bus and its like are connected to everybody. */
static void a_hub_asks_nobody(void **state)
{
	struct nf *n = nf_new("none", "");
	const struct nw_flow *f = flow_of(
		n,
		(struct nf_contact){ .pid = RESOLVER, .port = 53, .proto = IPPROTO_UDP, .tx = 1 });
	struct nw_asker a;

	(void)state;
	for (uint32_t to = 200; to < 209; to++) {
		nf_unix(n, ASKER, to);
	}
	nf_unix(n, ASKER, RESOLVER);
	assert_false(nw_asker_of(n->feed->state, f, &a));
	nf_free(n);
}

static enum nw_asked_by asked_by(struct nf *n, uint32_t pid, const char *to)
{
	struct nf_contact c = { .pid = pid, .to = to, .cookie = ++n->cookie, .tx = 5 };
	const struct nw_flow *f;

	nf_bin(n, c);
	nf_tick(n, 1); /* the name comes with the first record */
	f = nw_flow_find(n->feed->state, c.cookie, 0);
	return nw_flow_asked_by(n->feed->state, f);
}

static void by_whom_a_name_was_asked_for(void **state)
{
	struct nf *n = nf_new("none", "");

	(void)state;
	assert_int_equal(asked_by(n, ASKER, "203.0.113.7"), NW_ASKED_UNKNOWN);
	nf_ask(n, "a.example", (struct nf_dns){ .pid = ASKER, .address = "203.0.113.8" });
	assert_int_equal(asked_by(n, ASKER, "203.0.113.8"), NW_ASKED_BY_OWNER);
	assert_int_equal(asked_by(n, 102, "203.0.113.8"), NW_ASKED_BY_ANOTHER);
	/* a resolver asked for who had asked it */
	ask_over_loopback(n, "b.example");
	nf_ask(n, "b.example", (struct nf_dns){ .pid = RESOLVER, .address = "203.0.113.9" });
	assert_int_equal(asked_by(n, ASKER, "203.0.113.9"), NW_ASKED_BY_OWNER);
	/* and asks for nobody that is known, when somebody goes there at once: or much later */
	nf_ask(n, "c.example", (struct nf_dns){ .pid = RESOLVER, .address = "203.0.113.10" });
	assert_int_equal(asked_by(n, 102, "203.0.113.10"), NW_ASKED_ASSUMED);
	nf_tick(n, 11 * SEC);
	assert_int_equal(asked_by(n, 103, "203.0.113.10"), NW_ASKED_BY_ANOTHER);
	nf_free(n);
}

/* A server's worker of the same program asks for the server's clients; another program for itself, and so
 * does one whose program is as unknown as the server's. */
static void a_worker_asks_as_its_server(void **state)
{
	static const char *const exes[] = { "/usr/sbin/unscd", "/usr/bin/curl", NULL };
	static const enum nw_asked_by by[] = { NW_ASKED_ASSUMED, NW_ASKED_BY_ANOTHER,
					       NW_ASKED_BY_ANOTHER };

	(void)state;
	for (uint32_t i = 0; i < NW_ARRAY_SIZE(exes); i++) {
		struct nf *n = nf_new("none", "");

		nw_feed_proc(n->feed, (struct nw_feed_exec){ .pid = RESOLVER,
							     .exe = exes[i] ? exes[0] : NULL });
		nf_unix(n, ASKER, RESOLVER);
		nw_feed_proc(n->feed, (struct nw_feed_exec){
					      .pid = 150, .parent = RESOLVER, .exe = exes[i] });
		nf_ask(n, "a.example", (struct nf_dns){ .pid = 150, .address = "203.0.113.8" });
		assert_int_equal(asked_by(n, 102, "203.0.113.8"), by[i]);
		listens(n, RESOLVER, 77);
		connects(n, 103, 77);
		assert_int_equal(asks_for(n, 150), i ? 0 : 103);
		nf_free(n);
	}
}

NW_TESTS(state_asker_of, cmocka_unit_test(its_questions_tell),
	 cmocka_unit_test(encrypted_ones_are_for_who_asked_last),
	 cmocka_unit_test(one_unix_connection_is_assumed), cmocka_unit_test(a_hub_asks_nobody),
	 cmocka_unit_test(who_connected_just_before), cmocka_unit_test(of_two_who_connected),
	 cmocka_unit_test(more_connect_than_there_is_room_for),
	 cmocka_unit_test(by_whom_a_name_was_asked_for),
	 cmocka_unit_test(a_worker_asks_as_its_server));
