/* SPDX-License-Identifier: Apache-2.0 */
/* The book of what is sent on: groups of a process when the table is full; who belongs to whom. */
#include "relay.h"

#include <string.h>

#include "feed.h"

#define FIRST 100 /* pid of who is forgotten in part */

/* A connection so short that it was over when it was measured. */
static void send_short(struct nw_relay *r, struct nw_feed *f, uint32_t pid, const char *to)
{
	static uint64_t cookie;
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_CLOSE, ++cookie, pid);

	nw_feed_addr(e.raddr, to);
	nw_feed_bytes(&e, 1000, 0);
	nw_relay_on_sock(r, f->state, &e);
}

static uint64_t bytes_of(const struct nw_relay *r, uint32_t pid, bool is_any, unsigned *count)
{
	uint64_t bytes = 0;

	for (uint32_t i = r->group_lru.newest; i != NW_LRU_NONE; i = r->group_lru.link[i].older) {
		if (r->group[i].proc.tgid == pid && r->group[i].is_any == is_any) {
			bytes += r->group[i].out.bytes;
			++*count;
		}
	}
	return bytes;
}

/* "Anywhere" is older than the network that was sent to, and so the first to go. When both are
 * looked for again, the one must not take the other's place: what was sent would count twice. */
static void two_groups_of_a_process_never_share_a_place(void **state)
{
	struct nw_feed *f = nw_feed_new("", 60 * NW_FEED_SEC);
	struct nw_relay r = { .pass_ns = 0 };
	unsigned any = 0, net = 0;

	(void)state;
	assert_int_equal(nw_relay_init(&r, 64), 0);
	for (uint32_t i = 0; i < NW_RELAY_GROUPS / 2; i++) {
		send_short(&r, f, FIRST + i, "203.0.113.7");
	}
	assert_int_equal(r.group_lru.used, NW_RELAY_GROUPS);
	send_short(&r, f, FIRST + 1, "198.51.100.7"); /* FIRST's "anywhere" goes */
	(void)bytes_of(&r, FIRST, true, &any);
	assert_int_equal(any, 0);
	send_short(&r, f, FIRST, "203.0.113.7");
	assert_int_equal(bytes_of(&r, FIRST, true, &any), 1000);
	assert_int_equal(bytes_of(&r, FIRST, false, &net), 2000);
	assert_true(any == 1 && net == 1);
	nw_relay_free(&r);
	nw_feed_free(f);
}

/* Who started the two is gone, and process 1 is everybody's parent: the cgroup and the session they are in are not. */
static void orphans_belong_by_their_cgroup_and_session(void **state)
{
	static struct nw_proc reader = { .id.tgid = 7, .parent_id.tgid = 1 };
	static struct nw_proc sender = { .id.tgid = 8, .parent_id.tgid = 1 };
	static const struct nw_flow in = { .owner = &reader };
	static const struct nw_flow out = { .owner = &sender };

	(void)state;
	assert_int_equal(nw_relay_tie(&sender, &out, &in), NW_RELAY_TIE_NONE);
	strcpy(reader.unit, "relay.service");
	strcpy(sender.unit, "other.service");
	assert_int_equal(nw_relay_tie(&sender, &out, &in), NW_RELAY_TIE_NONE);
	strcpy(sender.unit, "relay.service");
	assert_int_equal(nw_relay_tie(&sender, &out, &in), NW_RELAY_TIE_UNIT);
	reader.unit[0] = sender.unit[0] = '\0';
	strcpy(reader.container, "0123456789ab");
	assert_int_equal(nw_relay_tie(&sender, &out, &in), NW_RELAY_TIE_NONE);
	strcpy(sender.container, "0123456789ab");
	assert_int_equal(nw_relay_tie(&sender, &out, &in), NW_RELAY_TIE_UNIT);
	reader.container[0] = sender.container[0] = '\0';
	reader.session = 1;
	sender.session = 1; /* the host's own is everybody's */
	assert_int_equal(nw_relay_tie(&sender, &out, &in), NW_RELAY_TIE_NONE);
	reader.session = 6;
	assert_int_equal(nw_relay_tie(&sender, &out, &in), NW_RELAY_TIE_NONE);
	sender.session = 6;
	assert_int_equal(nw_relay_tie(&sender, &out, &in), NW_RELAY_TIE_UNIT);
}

NW_TESTS(user_relay, cmocka_unit_test(two_groups_of_a_process_never_share_a_place),
	 cmocka_unit_test(orphans_belong_by_their_cgroup_and_session));
