/* SPDX-License-Identifier: Apache-2.0 */
/* What rtnetlink says of a neighbour, from messages made by hand as the kernel makes them. */
#include "neigh.h"

#include <libmnl/libmnl.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "harness.h"

struct message {
	uint64_t buf[64];
	struct nlmsghdr *head;
	struct ndmsg *nd;
};

static const uint8_t v4[4] = { 192, 168, 1, 20 };
static const uint8_t v6[16] = { 0xfe, 0x80, [15] = 0x20 };
static const uint8_t mac[6] = { 0xc0, 0x56, 0xe3, 1, 2, 3 };

static void begin(struct message *m, uint16_t what, uint16_t state)
{
	memset(m, 0, sizeof(*m));
	m->head = mnl_nlmsg_put_header(m->buf);
	m->head->nlmsg_type = what;
	m->nd = mnl_nlmsg_put_extra_header(m->head, sizeof(*m->nd));
	m->nd->ndm_family = AF_INET;
	m->nd->ndm_ifindex = 2;
	m->nd->ndm_state = state;
	m->nd->ndm_type = RTN_UNICAST;
}

static void put(struct message *m, uint16_t attr, const void *data, size_t len)
{
	mnl_attr_put(m->head, attr, len, data);
}

static void make(struct message *m, uint16_t what, uint16_t state)
{
	begin(m, what, state);
	put(m, NDA_DST, v4, sizeof(v4));
	put(m, NDA_LLADDR, mac, sizeof(mac));
	mnl_attr_put_u32(m->head, NDA_PROBES, 1);
}

static void who_answered_is_told(void **state)
{
	static const uint16_t known[] = { NUD_REACHABLE, NUD_STALE, NUD_DELAY, NUD_PROBE,
					  NUD_PERMANENT };
	static const uint8_t mapped[16] = { [10] = 0xff, 0xff, 192, 168, 1, 20 };
	struct nw_neigh n;
	struct message m;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(known); i++) {
		make(&m, RTM_NEWNEIGH, known[i]);
		assert_true(nw_neigh_parse(m.head, &n));
		assert_int_equal(n.index, 2);
		assert_memory_equal(n.addr, mapped, 16);
		assert_memory_equal(n.mac, mac, 6);
		assert_false(n.is_gone);
	}
	begin(&m, RTM_NEWNEIGH, NUD_REACHABLE);
	m.nd->ndm_family = AF_INET6;
	put(&m, NDA_DST, v6, sizeof(v6));
	put(&m, NDA_LLADDR, mac, sizeof(mac));
	assert_true(nw_neigh_parse(m.head, &n));
	assert_memory_equal(n.addr, v6, 16);
	make(&m, RTM_DELNEIGH, NUD_FAILED);
	assert_true(nw_neigh_parse(m.head, &n));
	assert_true(n.is_gone);
	assert_memory_equal(n.addr, mapped, 16);
}

static void what_nobody_answered_is_not(void **state)
{
	static const uint16_t unknown[] = { NUD_NONE, NUD_INCOMPLETE, NUD_FAILED, NUD_NOARP };
	static const uint8_t none[8];
	struct nw_neigh n;
	struct message m;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(unknown); i++) {
		make(&m, RTM_NEWNEIGH, unknown[i]);
		assert_false(nw_neigh_parse(m.head, &n));
	}
	make(&m, RTM_NEWNEIGH, NUD_REACHABLE);
	m.nd->ndm_flags = NTF_PROXY;
	assert_false(nw_neigh_parse(m.head, &n));
	make(&m, RTM_NEWNEIGH, NUD_REACHABLE);
	m.nd->ndm_type = RTN_MULTICAST;
	assert_false(nw_neigh_parse(m.head, &n));
	make(&m, RTM_NEWNEIGH, NUD_REACHABLE);
	m.nd->ndm_family = AF_BRIDGE; /* where a switch sends frames to */
	assert_false(nw_neigh_parse(m.head, &n));
	make(&m, RTM_NEWNEIGH, NUD_REACHABLE);
	m.nd->ndm_ifindex = 0;
	assert_false(nw_neigh_parse(m.head, &n));
	make(&m, RTM_NEWLINK, NUD_REACHABLE);
	assert_false(nw_neigh_parse(m.head, &n));
	begin(&m, RTM_NEWNEIGH, NUD_REACHABLE);
	put(&m, NDA_DST, v4, sizeof(v4));
	assert_false(nw_neigh_parse(m.head, &n));
	put(&m, NDA_LLADDR, none, 6);
	assert_false(nw_neigh_parse(m.head, &n));
	begin(&m, RTM_NEWNEIGH, NUD_REACHABLE);
	put(&m, NDA_DST, v4, sizeof(v4));
	put(&m, NDA_LLADDR, mac, 4); /* a tunnel's address */
	assert_false(nw_neigh_parse(m.head, &n));
	begin(&m, RTM_NEWNEIGH, NUD_REACHABLE);
	put(&m, NDA_LLADDR, mac, 6);
	assert_false(nw_neigh_parse(m.head, &n));
}

static void parse_any(const struct nlmsghdr *msg)
{
	struct nw_neigh n;

	if (nw_neigh_parse(msg, &n)) {
		assert_int_equal(n.index, 2);
	}
}

/* Cut anywhere, and with lengths that lie: nothing behind its end is read (see with sanitizers). */
static void a_message_has_an_end(void **state)
{
	struct message m;

	(void)state;
	make(&m, RTM_NEWNEIGH, NUD_REACHABLE);
	for (uint32_t len = m.head->nlmsg_len; len >= MNL_NLMSG_HDRLEN; len--) {
		struct nlmsghdr *copy = malloc(len);

		memcpy(copy, m.head, len);
		copy->nlmsg_len = len;
		parse_any(copy);
		for (uint32_t at = MNL_NLMSG_HDRLEN + sizeof(*m.nd); at + 2 <= len; at += 4) {
			memcpy((char *)copy + at, "\xff\x7f", 2);
			parse_any(copy);
			memcpy((char *)copy + at, (char *)m.head + at, 2);
		}
		free(copy);
	}
}

NW_TESTS(user_neigh, cmocka_unit_test(who_answered_is_told),
	 cmocka_unit_test(what_nobody_answered_is_not), cmocka_unit_test(a_message_has_an_end));
