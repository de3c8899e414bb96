/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of flows share: a host with two processes, and measures of one socket. */
#pragma once

#include "feed.h"

#define SECOND	 NW_FEED_SEC
#define INTERVAL (10 * SECOND)

enum {
	OWNER = 100,
	OTHER = 101,
	COOKIE = 77,
};

static inline struct nw_feed *start(void)
{
	struct nw_feed *f = nw_feed_new("trusted_networks: [10.0.0.0/8]\n", INTERVAL);

	nw_feed_proc(f, (struct nw_feed_exec){ .pid = OWNER, .exe = "/bin/owner" });
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = OTHER, .exe = "/bin/other" });
	nw_feed_forget(f);
	return f;
}

static inline struct nw_ev_sock tcp(const struct nw_feed *f, enum nw_sock_what what, uint64_t tx,
				    uint64_t rx)
{
	struct nw_ev_sock e = nw_feed_sock(f, what, COOKIE, OWNER);

	e.flags = NW_SOCK_CONNECTED;
	nw_feed_bytes(&e, tx, rx);
	return e;
}

static inline struct nw_ev_sock udp(const struct nw_feed *f, uint32_t slot, uint64_t tx,
				    uint64_t rx)
{
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, COOKIE, OWNER);

	e.proto = IPPROTO_UDP;
	e.slot = slot;
	nw_feed_bytes(&e, tx, rx);
	return e;
}

static inline void feed(struct nw_feed *f, const struct nw_ev_sock *e)
{
	nw_feed_event(f, &e->ev);
}

static inline const struct nw_told *flow_told(const struct nw_feed *f, unsigned nth)
{
	return nw_feed_told(f, NW_DATASET_FLOW, nth);
}

static inline const struct nw_told *only_flow(const struct nw_feed *f)
{
	return nw_feed_only(f, NW_DATASET_FLOW);
}

static inline unsigned flows_told(const struct nw_feed *f)
{
	return nw_feed_count(f, NW_DATASET_FLOW);
}

static inline struct nw_told sum(const struct nw_feed *f)
{
	struct nw_told all = { 0 };

	for (unsigned i = 0; i < flows_told(f); i++) {
		all.tx += flow_told(f, i)->tx;
		all.rx += flow_told(f, i)->rx;
		all.tx_packets += flow_told(f, i)->tx_packets;
		all.rx_packets += flow_told(f, i)->rx_packets;
	}
	return all;
}

static inline void assert_sum(const struct nw_feed *f, uint64_t tx, uint64_t rx)
{
	assert_int_equal(sum(f).tx, tx);
	assert_int_equal(sum(f).rx, rx);
}
