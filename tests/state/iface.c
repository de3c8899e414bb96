/* SPDX-License-Identifier: Apache-2.0 */
/* Interfaces as facts tell them, and what a tunnel makes of a trusted address. */
#include "state/flow_feed.h"
#include "state/internal.h"

#define HOST "4026531840" /* NW_FEED_NETNS */

static struct nw_feed *start_with(const char *config)
{
	struct nw_feed *f = nw_feed_new(config, INTERVAL);

	nw_feed_proc(f, (struct nw_feed_exec){ .pid = OWNER, .exe = "/bin/owner" });
	nw_feed_fact(f, "host.netns", HOST);
	nw_feed_forget(f);
	return f;
}

static void assert_iface(const struct nw_feed *f, uint32_t netns, uint32_t index, const char *kind,
			 const char *name)
{
	const struct nw_iface *i = nw_iface_find(f->state, netns, index);

	assert_non_null(i);
	assert_string_equal(i->kind, kind);
	assert_string_equal(i->name, name);
}

static void an_interface_is_what_was_last_said(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	nw_feed_fact(f, "iface." HOST ".2", "physical eth0");
	nw_feed_fact(f, "iface." HOST ".3", "wireguard a b"); /* a name may hold what it likes */
	nw_feed_fact(f, "iface.7.2", "veth eth0");
	assert_iface(f, NW_FEED_NETNS, 2, "physical", "eth0");
	assert_iface(f, NW_FEED_NETNS, 3, "wireguard", "a b");
	assert_iface(f, 7, 2, "veth", "eth0");
	assert_null(nw_iface_find(f->state, 7, 3));
	assert_null(nw_iface_find(f->state, 0, 2));
	assert_null(nw_iface_find(f->state, 7, 0));
	nw_feed_fact(f, "iface.7.2", "veth uplink");
	assert_iface(f, 7, 2, "veth", "uplink");
	nw_feed_fact(f, "iface.7.2", "");
	assert_null(nw_iface_find(f->state, 7, 2));
	assert_iface(f, NW_FEED_NETNS, 2, "physical", "eth0");
	assert_null(nw_fact_find(f->state, "iface." HOST ".2")); /* not kept twice */
	nw_feed_free(f);
}

/* A recording is untrusted: what is no interface is none. */
static void what_is_not_well_formed_says_nothing(void **state)
{
	static const char *const bad[][2] = {
		{ "iface.7", "veth eth0" },
		{ "iface.7.", "veth eth0" },
		{ "iface..2", "veth eth0" },
		{ "iface.7.2.", "veth eth0" },
		{ "iface.7.2x", "veth eth0" },
		{ "iface.-7.2", "veth eth0" },
		{ "iface.4294967303.2", "veth eth0" },
		{ "iface.7.4294967298", "veth eth0" },
		{ "iface.7.0", "veth eth0" },
		{ "iface.7.2", "veth" },
		{ "iface.7.2", "veth " },
		{ "iface.7.2", " eth0" },
		{ "iface.7.2", "veth 1234567890123456" },
		{ "iface.7.2", "1234567890123456 eth0" },
	};
	struct nw_feed *f = start();

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(bad); i++) {
		nw_feed_fact(f, bad[i][0], bad[i][1]);
		assert_null(nw_iface_find(f->state, 7, 2));
	}
	nw_feed_fact(f, "iface.7.2", "123456789012345 123456789012345");
	assert_iface(f, 7, 2, "123456789012345", "123456789012345");
	nw_feed_free(f);
}

static void a_full_table_forgets_the_oldest(void **state)
{
	struct nw_feed *f = start();
	char key[64];

	(void)state;
	for (unsigned i = 1; i <= 4096 + 3; i++) {
		assert_int_equal(nw_state_loss(f->state, NW_LOSS_HOST), i > 4097 ? i - 4097 : 0);
		snprintf(key, sizeof(key), "iface.7.%u", i);
		nw_feed_fact(f, key, "veth eth0");
	}
	assert_null(nw_iface_find(f->state, 7, 3));
	assert_iface(f, 7, 4, "veth", "eth0");
	assert_iface(f, 7, 4099, "veth", "eth0");
	nw_feed_free(f);
}

/* ---- which side of the fence ------------------------------------------------------------------ */

static bool is_inside(struct nw_feed *f, uint32_t netns, uint32_t ifindex)
{
	static uint64_t cookie = 5000;
	struct nw_ev_sock e = tcp(f, NW_SOCK_BIN, 1, 1);

	e.cookie = ++cookie;
	e.netns = netns;
	e.ifindex = ifindex;
	nw_feed_addr(e.raddr, "10.9.9.9");
	nw_feed_forget(f);
	feed(f, &e);
	return only_flow(f)->flow.is_inside;
}

static void a_tunnel_makes_inside_outside(void **state)
{
	static const char *const kinds[] = { "tun",	  "wireguard", "ovpn", "ppp",	 "ipip",
					     "ip6tnl",	  "sit",       "gre",  "gretap", "ip6gre",
					     "ip6gretap", "erspan",    "vti",  "vti6",	 "xfrm",
					     "vxlan",	  "geneve" };
	static const char *const others[] = { "physical", "loopback", "bridge", "veth",	  "vlan",
					      "bond",	  "macvlan",  "dummy",	"unknown" };
	struct nw_feed *f = start_with("trusted_networks: [10.0.0.0/8]\n");
	char text[32];

	(void)state;
	assert_true(is_inside(f, NW_FEED_NETNS, 0));
	assert_true(is_inside(f, NW_FEED_NETNS, 3)); /* nobody said what it is */
	for (size_t i = 0; i < NW_ARRAY_SIZE(kinds); i++) {
		snprintf(text, sizeof(text), "%s t0", kinds[i]);
		nw_feed_fact(f, "iface." HOST ".3", text);
		assert_false(is_inside(f, NW_FEED_NETNS, 3));
		assert_true(is_inside(f, NW_FEED_NETNS, 4));
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(others); i++) {
		snprintf(text, sizeof(text), "%s t0", others[i]);
		nw_feed_fact(f, "iface." HOST ".3", text);
		assert_true(is_inside(f, NW_FEED_NETNS, 3));
	}
	nw_feed_free(f);
}

/* Declared by its name, and only in the host's own namespace: a container names what it likes. */
static void a_declared_tunnel_may_lead_inside(void **state)
{
	struct nw_feed *f = start_with("trusted_networks: [10.0.0.0/8]\ntrusted_tunnels: [wg0]\n");

	(void)state;
	nw_feed_fact(f, "iface." HOST ".3", "wireguard wg0");
	nw_feed_fact(f, "iface." HOST ".4", "wireguard wg1");
	nw_feed_fact(f, "iface.7.3", "wireguard wg0");
	assert_true(is_inside(f, NW_FEED_NETNS, 3));
	assert_false(is_inside(f, NW_FEED_NETNS, 4));
	assert_false(is_inside(f, 7, 3));
	nw_feed_free(f);
}

/* Before the first packet was sent nobody knows the way; a fact may come after its first use. */
static void the_way_may_be_known_later(void **state)
{
	struct nw_feed *f = start_with("trusted_networks: [10.0.0.0/8]\n");
	struct nw_ev_sock e = tcp(f, NW_SOCK_BIN, 1, 1);

	(void)state;
	nw_feed_addr(e.raddr, "10.9.9.9");
	feed(f, &e);
	assert_true(only_flow(f)->flow.is_inside);
	assert_null(only_flow(f)->flow.iface);
	nw_feed_fact(f, "iface." HOST ".3", "bridge t0");
	e.ifindex = 3;
	feed(f, &e);
	assert_string_equal(nw_flow_find(f->state, COOKIE, 0)->iface->kind, "bridge");
	nw_feed_fact(f, "iface." HOST ".3", "tun t0");
	nw_feed_forget(f);
	e = tcp(f, NW_SOCK_CLOSE, 2, 1);
	feed(f, &e);
	assert_string_equal(only_flow(f)->flow.iface->kind, "tun");
	assert_false(only_flow(f)->flow.is_inside);
	nw_feed_free(f);
}

/* A tunnel that is torn down first does not bring the peer inside; another way does. */
static void a_tunnel_that_is_gone_was_one(void **state)
{
	struct nw_feed *f = start_with("trusted_networks: [10.0.0.0/8]\n");
	struct nw_ev_sock e = tcp(f, NW_SOCK_BIN, 1, 1);

	(void)state;
	nw_feed_fact(f, "iface." HOST ".3", "tun t0");
	nw_feed_addr(e.raddr, "10.9.9.9");
	e.ifindex = 3;
	feed(f, &e);
	assert_false(only_flow(f)->flow.is_inside);
	nw_feed_fact(f, "iface." HOST ".3", "");
	nw_feed_fact(f, "iface." HOST ".5", "bridge b0"); /* what is looked at again, is so twice */
	nw_feed_forget(f);
	e = tcp(f, NW_SOCK_CLOSE, 2, 1);
	feed(f, &e);
	assert_null(only_flow(f)->flow.iface);
	assert_false(only_flow(f)->flow.is_inside);
	nw_feed_forget(f);
	e = tcp(f, NW_SOCK_BIN, 1, 1);
	nw_feed_addr(e.raddr, "10.9.9.9");
	e.cookie++;
	e.ifindex = 3; /* the same number, and nobody said what it is */
	feed(f, &e);
	assert_true(only_flow(f)->flow.is_inside);
	nw_feed_free(f);
}

/* IPv4 in its other forms is seen through before anything is compared. */
static void addresses_are_unwrapped_first(void **state)
{
	static const uint8_t nat64[16] = { 0, 0x64, 0xff, 0x9b, [12] = 10, 9, 9, 9 };
	struct nw_feed *f = start_with("trusted_networks: [10.0.0.0/8]\n");
	struct nw_ev_sock e = tcp(f, NW_SOCK_BIN, 1, 1);

	(void)state;
	memcpy(e.raddr, nat64, sizeof(nat64));
	e.family = 6;
	feed(f, &e);
	assert_true(only_flow(f)->flow.is_inside);
	e.cookie++;
	e.raddr[12] = 11;
	nw_feed_forget(f);
	feed(f, &e);
	assert_false(only_flow(f)->flow.is_inside);
	nw_feed_free(f);
}

NW_TESTS(state_iface, cmocka_unit_test(an_interface_is_what_was_last_said),
	 cmocka_unit_test(what_is_not_well_formed_says_nothing),
	 cmocka_unit_test(a_full_table_forgets_the_oldest),
	 cmocka_unit_test(a_tunnel_makes_inside_outside),
	 cmocka_unit_test(a_declared_tunnel_may_lead_inside),
	 cmocka_unit_test(the_way_may_be_known_later),
	 cmocka_unit_test(a_tunnel_that_is_gone_was_one),
	 cmocka_unit_test(addresses_are_unwrapped_first));
