/* SPDX-License-Identifier: Apache-2.0 */
/* Roles: what was seen, what is assumed for the rest, and when there is nothing to say. */
#include "state/flow_feed.h"

/* Who is told to have done what in the nth record, "-" for nothing: "100 created connected, ..." */
static const char *roles_of(const struct nw_flow *flow)
{
	static const char *const names[] = { "created", "connected", "accepted",
					     "sent",	"received",  "holds" };
	static char text[512];
	struct nw_role role[NW_FLOW_ROLES_MAX];
	unsigned n = nw_flow_roles(flow, role);
	char *at = text;

	strcpy(text, "-");
	for (unsigned i = 0; i < n; i++) {
		at += sprintf(at, "%s%u%s", i ? ", " : "", role[i].proc->id.tgid,
			      role[i].is_assumed ? "?" : "");
		for (unsigned b = 0; b < NW_ARRAY_SIZE(names); b++) {
			if (role[i].bits & 1U << b) {
				at += sprintf(at, " %s", names[b]);
			}
		}
	}
	return text;
}

static const struct nw_flow *the_flow(const struct nw_feed *f)
{
	const struct nw_flow *flow = nw_flow_find(f->state, COOKIE, NW_SLOT_NONE);

	assert_non_null(flow);
	return flow;
}

static void feed_role(struct nw_feed *f, uint32_t pid, unsigned role)
{
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_ROLE, COOKIE, OWNER);

	memset(e.raddr, 0, sizeof(e.raddr));
	e.sender = nw_feed_pid(pid);
	e.state = (uint8_t)role;
	e.flags = NW_SOCK_CONNECTED;
	feed(f, &e);
}

static void feed_holds(struct nw_feed *f, uint32_t pid, uint64_t cookie)
{
	struct nw_ev_fd e = { .ev = nw_feed_head(f, sizeof(e), NW_SHAPE_FD, NW_FD_SOCKET),
			      .self = nw_feed_pid(pid),
			      .cookie = cookie };

	nw_feed_event(f, &e.ev);
}

static void feed_bin(struct nw_feed *f, uint32_t sender, uint32_t flags, uint64_t bytes)
{
	struct nw_ev_sock e = tcp(f, NW_SOCK_BIN, bytes, bytes);

	e.flags = flags;
	if (sender) {
		e.sender = nw_feed_pid(sender);
	}
	feed(f, &e);
}

static void an_owner_who_does_it_all_is_not_told(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	feed_bin(f, OWNER, NW_SOCK_CONNECTED | NW_SOCK_OWNER_READ, 10);
	feed_holds(f, OWNER, COOKIE);
	assert_string_equal(roles_of(the_flow(f)), "-");
	nw_feed_free(f);
}

static void each_sender_is_told(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	feed_bin(f, OWNER, NW_SOCK_CONNECTED, 10);
	feed_bin(f, OTHER, NW_SOCK_CONNECTED, 20);
	feed_bin(f, 102, NW_SOCK_CONNECTED, 30);
	assert_string_equal(roles_of(the_flow(f)),
			    "100 created connected sent, 101 sent, 102 sent, 100? received");
	nw_feed_free(f);
}

/* The owner only made the socket: another connected it, sent and received. */
static void what_another_did_is_not_the_owners(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	feed_role(f, OTHER, NW_ROLE_CONNECTED);
	assert_int_equal(flows_told(f), 0);
	feed_bin(f, OTHER, NW_SOCK_CONNECTED, 10);
	feed_role(f, OTHER, NW_ROLE_RECEIVED);
	assert_string_equal(roles_of(the_flow(f)), "100 created, 101 connected sent received");
	assert_sum(f, 10, 10);
	nw_feed_free(f);
}

static void accepting_is_assumed_of_who_had_it_first(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	feed_bin(f, 0, NW_SOCK_ACCEPTED, 10);
	assert_string_equal(roles_of(the_flow(f)), "-");
	feed_holds(f, OTHER, COOKIE);
	feed_holds(f, 102, COOKIE);
	feed_holds(f, 103, COOKIE + 1);
	assert_string_equal(roles_of(the_flow(f)),
			    "101 holds, 102 holds, 101? accepted, 100? sent received");
	feed_bin(f, OWNER, NW_SOCK_ACCEPTED | NW_SOCK_OWNER_READ, 20);
	assert_string_equal(roles_of(the_flow(f)),
			    "100 sent received, 101 holds, 102 holds, 100? accepted");
	nw_feed_free(f);
}

/* Open before the start: nobody saw it made. */
static void what_was_before_the_start_is_assumed(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	feed_bin(f, OTHER, NW_SOCK_PRESTART, 10);
	assert_string_equal(roles_of(the_flow(f)), "101 sent, 100? created received");
	nw_feed_free(f);
}

/* A role of a flow that is forgotten must not begin one: it would tell a life's bytes again. */
static void a_role_begins_no_old_flow(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_ROLE, COOKIE, OWNER);

	(void)state;
	e.sender = nw_feed_pid(OTHER);
	e.state = NW_ROLE_RECEIVED;
	e.flags = NW_SOCK_PRESTART;
	feed(f, &e);
	assert_null(nw_flow_find(f->state, COOKIE, NW_SLOT_NONE));
	e.flags = 0;
	e.t0_ns = NW_FEED_START;
	feed(f, &e);
	assert_null(nw_flow_find(f->state, COOKIE, NW_SLOT_NONE));
	nw_feed_free(f);
}

/* All flows of a datagram socket, and none that is made for it. */
static void a_datagram_sockets_role_is_of_each_peer(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock role = nw_feed_sock(f, NW_SOCK_ROLE, COOKIE, OWNER);

	(void)state;
	role.proto = IPPROTO_UDP;
	role.slot = NW_SLOT_ALL;
	role.sender = nw_feed_pid(OTHER);
	role.state = NW_ROLE_SENT;
	feed(f, &role);
	assert_int_equal(flows_told(f), 0);
	for (uint32_t slot = 1; slot <= 2; slot++) {
		struct nw_ev_sock e = udp(f, slot, 5, 5);

		feed(f, &e);
	}
	feed(f, &role);
	for (uint32_t slot = 1; slot <= 2; slot++) {
		assert_string_equal(roles_of(nw_flow_find(f->state, COOKIE, slot)),
				    "101 sent, 100? created received");
	}
	nw_feed_free(f);
}

static void what_finds_no_place_is_counted(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	feed_bin(f, OWNER, NW_SOCK_CONNECTED, 10);
	for (uint32_t pid = 200; pid < 200 + NW_ROLES_MAX + 2; pid++) {
		feed_holds(f, pid, COOKIE);
		feed_holds(f, pid, COOKIE);
	}
	assert_int_equal(the_flow(f)->roles, NW_ROLES_MAX);
	assert_int_equal(the_flow(f)->roles_missed,
			 6); /* asked twice: three, and the owner's own */
	nw_feed_free(f);
}

static void processes_with_a_role_are_kept(void **state)
{
	struct nw_feed *f = start();
	struct nw_proc_id id = nw_feed_pid(OTHER);
	struct nw_ev_sock e;

	(void)state;
	feed_bin(f, 0, NW_SOCK_CONNECTED, 10);
	feed_holds(f, OTHER, COOKIE);
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXIT, .pid = OTHER });
	nw_feed_tick(f, 11 * SECOND);
	assert_non_null(nw_proc_find(f->state, &id));
	e = tcp(f, NW_SOCK_CLOSE, 10, 10);
	feed(f, &e);
	assert_null(nw_proc_find(f->state, &id));
	nw_feed_free(f);
}

NW_TESTS(state_role, cmocka_unit_test(an_owner_who_does_it_all_is_not_told),
	 cmocka_unit_test(each_sender_is_told),
	 cmocka_unit_test(what_another_did_is_not_the_owners),
	 cmocka_unit_test(accepting_is_assumed_of_who_had_it_first),
	 cmocka_unit_test(what_was_before_the_start_is_assumed),
	 cmocka_unit_test(a_role_begins_no_old_flow),
	 cmocka_unit_test(a_datagram_sockets_role_is_of_each_peer),
	 cmocka_unit_test(what_finds_no_place_is_counted),
	 cmocka_unit_test(processes_with_a_role_are_kept));
