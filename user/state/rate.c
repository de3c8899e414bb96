/* SPDX-License-Identifier: Apache-2.0 */
/* How fast a flow goes, and steps over the open ones. Owns nothing. */
#include "internal.h"

#define RATE_NS (2 * NW_NSEC_PER_SEC)

/* Moves towards what the last span shows, by the span's share of RATE_NS. */
static uint32_t rate_after(uint32_t rate, uint64_t bytes, uint64_t span_ns)
{
	uint64_t weight = NW_MIN(span_ns, RATE_NS);
	unsigned __int128 now = (unsigned __int128)bytes * NW_NSEC_PER_SEC / span_ns;
	unsigned __int128 sum = (unsigned __int128)rate * (RATE_NS - weight) +
				NW_MIN(now, (unsigned __int128)UINT32_MAX) * weight;

	return (uint32_t)(sum / RATE_NS);
}

void nw_rates_update(struct nw_flow *f, const struct nw_flow_counts *was, uint64_t ts_ns)
{
	uint64_t since = f->last_ns ? f->last_ns : f->first_ns;
	uint64_t span = ts_ns > since ? ts_ns - since : 0;

	if (span > 0) {
		f->tx_rate = rate_after(f->tx_rate, f->tx_bytes - was->tx_bytes, span);
		f->rx_rate = rate_after(f->rx_rate, f->rx_bytes - was->rx_bytes, span);
	}
}

uint32_t nw_flow_rate(const struct nw_flow *f, uint32_t rate, uint64_t now_ns)
{
	uint64_t silent = now_ns > f->last_ns ? now_ns - f->last_ns : 0;

	return silent <= RATE_NS ? rate : (uint32_t)(rate * RATE_NS / silent);
}

const struct nw_flow *nw_flow_next(const struct nw_state *st, const struct nw_flow *after)
{
	uint32_t i = after ? nw_flow_place(st, after) + 1 : 0;

	while (i < st->flow_lru.fresh && (!st->flows[i].is_used || st->flows[i].end_ns)) {
		i++;
	}
	return i < st->flow_lru.fresh ? &st->flows[i] : NULL;
}

uint32_t nw_flow_place(const struct nw_state *st, const struct nw_flow *f)
{
	return (uint32_t)(f - st->flows);
}
