/* SPDX-License-Identifier: Apache-2.0 */
/* What is this tool's own: by its process, by the sockets of its probe; and facts that are none. */
#include "feed.h"

static const struct nw_flow *flow_of(struct nw_feed *f, uint64_t cookie, uint32_t pid)
{
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, cookie, pid);

	nw_feed_bytes(&e, 100, 100);
	nw_feed_event(f, &e.ev);
	return nw_flow_find(f->state, cookie, e.slot);
}

static void own_flows(void **state)
{
	struct nw_feed *f = nw_feed_new("", NW_FEED_SEC);

	(void)state;
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = 77, .comm = "nvrwatch" });
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = 78, .comm = "other" });
	assert_false(nw_flow_is_self(f->state, flow_of(f, 1, 77))); /* nobody said who */
	nw_feed_fact(f, "tool.pid", "77");
	nw_feed_fact(f, "tool.probe.3", "eth0");
	assert_true(nw_flow_is_self(f->state, flow_of(f, 1, 77)));
	assert_false(nw_flow_is_self(f->state, flow_of(f, 2, 78)));
	assert_true(nw_flow_is_self(f->state, flow_of(f, 3, 0))); /* whose owner was lost */
	assert_false(nw_flow_is_self(f->state, flow_of(f, 4, 0)));
	assert_true(nw_self_has_probe(f->state, 3));
	assert_false(nw_self_has_probe(f->state, 1)); /* its own, and not its probe's */
	nw_feed_free(f);
}

static void what_is_no_cookie(void **state)
{
	static const char *const keys[] = { "tool.probe.", "tool.probe.x", "tool.probe.1x",
					    "tool.probe.-1" };
	struct nw_feed *f = nw_feed_new("", NW_FEED_SEC);
	char key[32];

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(keys); i++) {
		nw_feed_fact(f, keys[i], "eth0");
		assert_int_equal(nw_state_loss(f->state, NW_LOSS_HOST), i + 1);
	}
	assert_false(nw_self_has_probe(f->state, 0) || nw_self_has_probe(f->state, 1) ||
		     nw_self_has_probe(f->state, UINT64_MAX));
	for (unsigned i = 0; i < 100; i++) { /* more than there is room for */
		snprintf(key, sizeof(key), "tool.probe.%u", 1000 + i);
		nw_feed_fact(f, key, "eth0");
	}
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_HOST), NW_ARRAY_SIZE(keys) + 36);
	assert_true(nw_self_has_probe(f->state, 1063));
	assert_false(nw_self_has_probe(f->state, 1064));
	nw_feed_free(f);
}

NW_TESTS(state_self, cmocka_unit_test(own_flows), cmocka_unit_test(what_is_no_cookie));
