/* SPDX-License-Identifier: Apache-2.0 */
/* What rtnetlink says of an interface, from messages made by hand as the kernel makes them. */
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "harness.h"
#include "link.h"

struct message {
	uint64_t buf[128];
	struct nlmsghdr *head;
	struct ifinfomsg *ifi;
};

static void begin(struct message *m, uint16_t what, int index, uint16_t arphrd, const char *name)
{
	memset(m, 0, sizeof(*m));
	m->head = mnl_nlmsg_put_header(m->buf);
	m->head->nlmsg_type = what;
	m->ifi = mnl_nlmsg_put_extra_header(m->head, sizeof(*m->ifi));
	m->ifi->ifi_index = index;
	m->ifi->ifi_type = arphrd;
	if (name) {
		mnl_attr_put_strz(m->head, IFLA_IFNAME, name);
	}
	mnl_attr_put_u32(m->head, IFLA_MTU, 1500);
}

static void put_kind(struct message *m, const char *kind, size_t len)
{
	struct nlattr *info = mnl_attr_nest_start(m->head, IFLA_LINKINFO);

	mnl_attr_put(m->head, IFLA_INFO_KIND, len, kind);
	mnl_attr_put_u32(m->head, IFLA_INFO_DATA, 7);
	mnl_attr_nest_end(m->head, info);
}

static void assert_link(const struct message *m, uint32_t index, const char *kind, const char *name)
{
	struct nw_link link;

	assert_true(nw_link_parse(m->head, &link));
	assert_int_equal(link.index, index);
	assert_string_equal(link.kind, kind);
	assert_string_equal(link.name, name);
	assert_int_equal(link.is_gone, m->head->nlmsg_type == RTM_DELLINK);
}

static void a_kind_is_the_kernels_word(void **state)
{
	static const char *const kinds[] = { "veth", "wireguard", "tun", "bridge", "ip6gretap" };
	struct message m;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(kinds); i++) {
		begin(&m, RTM_NEWLINK, 5, ARPHRD_NONE, "wg0");
		put_kind(&m, kinds[i], strlen(kinds[i]) + 1);
		assert_link(&m, 5, kinds[i], "wg0");
		begin(&m, RTM_DELLINK, 6, ARPHRD_ETHER, "v1");
		put_kind(&m, kinds[i], strlen(kinds[i])); /* without NUL */
		assert_link(&m, 6, kinds[i], "v1");
	}
}

static void a_device_without_a_kind_is_told_by_its_type(void **state)
{
	static const struct {
		uint16_t arphrd;
		unsigned flags;
		const char *kind;
	} c[] = {
		{ ARPHRD_ETHER, IFF_UP, "physical" },
		{ ARPHRD_LOOPBACK, IFF_LOOPBACK, "loopback" },
		{ ARPHRD_INFINIBAND, 0, "physical" },
		{ ARPHRD_PPP, IFF_UP, "ppp" },
		{ ARPHRD_TUNNEL, IFF_NOARP, "ipip" },
		{ ARPHRD_TUNNEL6, 0, "ip6tnl" },
		{ ARPHRD_SIT, 0, "sit" },
		{ ARPHRD_IPGRE, 0, "gre" },
		{ ARPHRD_IP6GRE, 0, "ip6gre" },
		{ ARPHRD_NONE, 0, "unknown" },
	};
	struct message m;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(c); i++) {
		begin(&m, RTM_NEWLINK, 2, c[i].arphrd, "eth0");
		m.ifi->ifi_flags = c[i].flags;
		assert_link(&m, 2, c[i].kind, "eth0");
	}
}

static void odd_words_are_unknown(void **state)
{
	static const char *const kinds[] = { "", "a b", "sixteen-bytes-xx", "\x1b[2J" };
	struct message m;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(kinds); i++) {
		begin(&m, RTM_NEWLINK, 2, ARPHRD_ETHER, "eth0");
		put_kind(&m, kinds[i], strlen(kinds[i]) + 1);
		assert_link(&m, 2, "unknown", "eth0");
	}
}

static void what_says_nothing_is_left_out(void **state)
{
	struct nw_link link;
	struct message m;

	(void)state;
	begin(&m, RTM_NEWADDR, 2, ARPHRD_ETHER, "eth0");
	assert_false(nw_link_parse(m.head, &link));
	begin(&m, RTM_NEWLINK, 0, ARPHRD_ETHER, "eth0");
	assert_false(nw_link_parse(m.head, &link));
	begin(&m, RTM_NEWLINK, 2, ARPHRD_ETHER, NULL);
	assert_false(nw_link_parse(m.head, &link));
	begin(&m, RTM_NEWLINK, 2, ARPHRD_ETHER, "sixteen-bytes-xx");
	assert_false(nw_link_parse(m.head, &link));
	begin(&m, RTM_DELLINK, 2, ARPHRD_ETHER,
	      "eth0"); /* it left its bridge, and is still there */
	m.ifi->ifi_family = AF_BRIDGE;
	assert_false(nw_link_parse(m.head, &link));
	begin(&m, RTM_NEWLINK, 2, ARPHRD_ETHER, "eth0");
	m.head->nlmsg_len = MNL_NLMSG_HDRLEN + sizeof(*m.ifi) - 1;
	assert_false(nw_link_parse(m.head, &link));
}

static void parse_any(const struct nlmsghdr *msg)
{
	struct nw_link link;

	if (nw_link_parse(msg, &link)) {
		assert_int_equal(link.index, 2);
		assert_true(strnlen(link.name, sizeof(link.name)) < sizeof(link.name));
		assert_true(strnlen(link.kind, sizeof(link.kind)) < sizeof(link.kind));
	}
}

/* Cut anywhere, and with lengths that lie: nothing behind its end is read (see with sanitizers). */
static void a_message_has_an_end(void **state)
{
	struct message m;

	(void)state;
	begin(&m, RTM_NEWLINK, 2, ARPHRD_ETHER, "eth0");
	put_kind(&m, "veth", 5);
	for (uint32_t len = m.head->nlmsg_len; len >= MNL_NLMSG_HDRLEN; len--) {
		struct nlmsghdr *copy = malloc(len);

		memcpy(copy, m.head, len);
		copy->nlmsg_len = len;
		parse_any(copy);
		for (uint32_t at = MNL_NLMSG_HDRLEN + sizeof(*m.ifi); at + 2 <= len; at += 4) {
			memcpy((char *)copy + at, "\xff\x7f", 2);
			parse_any(copy);
			memcpy((char *)copy + at, (char *)m.head + at, 2);
		}
		free(copy);
	}
}

static void count(void *ctx, uint32_t netns, const struct nw_link *link)
{
	unsigned *n = ctx;

	(void)netns;
	(void)link;
	(*n)++;
}

static void count_neigh(void *ctx, uint32_t netns, const struct nw_neigh *neigh)
{
	unsigned *n = ctx;

	(void)netns;
	(void)neigh;
	(*n)++;
}

static void nothing_is_asked_of_nobody(void **state)
{
	struct nw_links *t;
	unsigned n = 0;

	(void)state;
	assert_int_equal(nw_links_new(count, count_neigh, &n, &t), 0);
	assert_false(nw_links_has(t, 7));
	assert_int_equal(nw_links_add(t, -1, 7), 0); /* no such namespace */
	assert_int_equal(nw_links_lost(t), 1);
	assert_false(nw_links_has(t, 7));
	nw_links_read(t);
	assert_int_equal(n, 0);
	nw_links_free(t);
	nw_links_free(NULL);
}

/* Frames come with each conversation: who they are from is told once, and again when that changed. */
static void what_was_seen_is_told_once(void **state)
{
	struct nw_neigh neigh = {
		.addr = { [15] = 1 }, .index = 2, .mac = { 2, 3 }, .is_frame = true
	};
	struct nw_links *t;
	unsigned n = 0;

	(void)state;
	assert_int_equal(nw_links_new(count, count_neigh, &n, &t), 0);
	nw_links_saw(t, 7, &neigh);
	nw_links_saw(t, 7, &neigh);
	assert_int_equal(n, 1);
	neigh.mac[5] = 9;
	nw_links_saw(t, 7, &neigh);
	assert_int_equal(n, 2);
	nw_links_saw(t, 8, &neigh);
	assert_int_equal(n, 3);
	nw_links_free(t);
}

NW_TESTS(user_link, cmocka_unit_test(a_kind_is_the_kernels_word),
	 cmocka_unit_test(a_device_without_a_kind_is_told_by_its_type),
	 cmocka_unit_test(odd_words_are_unknown), cmocka_unit_test(what_says_nothing_is_left_out),
	 cmocka_unit_test(a_message_has_an_end), cmocka_unit_test(nothing_is_asked_of_nobody),
	 cmocka_unit_test(what_was_seen_is_told_once));
