/* SPDX-License-Identifier: Apache-2.0 */
/* How fast a flow goes, what it moved just now, and steps over the open ones. Owns nothing. */
#include "internal.h"

#include <netinet/in.h>

#define RATE_NS 2000000000ULL

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

/*
 * A socket has one entry in the kernel's ledger, from its first packet to its end. Another one, which was
 * born later, says that somebody took out the first (BPF_MAP_DELETE_ELEM needs no more than rights): what
 * that had counted stays counted. TCP's counts are the socket's own and go on.
 */
bool nw_moved_entry(struct nw_flow *f, const struct nw_ev_sock *e)
{
	bool is_reborn = f->last_ns && e->birth_ns != f->entry_ns;

	f->entry_ns = e->birth_ns;
	if (is_reborn && f->proto != IPPROTO_TCP) {
		f->gone_tx_bytes = f->tx_bytes;
		f->gone_rx_bytes = f->rx_bytes;
		f->gone_tx_packets = f->tx_packets;
		f->gone_rx_packets = f->rx_packets;
	}
	return is_reborn;
}

/* Before last_ns becomes this event's. */
void nw_moved_set(struct nw_state *st, const struct nw_flow *f, const struct nw_flow_counts *was,
		  const struct nw_ev_sock *e)
{
	st->moved = (struct nw_moved){
		.flow = f,
		.tx_bytes = f->tx_bytes - was->tx_bytes,
		.rx_bytes = f->rx_bytes - was->rx_bytes,
		.tx_packets = f->tx_packets - was->tx_packets,
		.rx_packets = f->rx_packets - was->rx_packets,
		.since_ns = f->last_ns,
		.is_resumed = !f->last_ns && (e->t0_ns || (e->flags & NW_SOCK_PRESTART)),
	};
}

const struct nw_moved *nw_state_moved(const struct nw_state *st)
{
	return &st->moved;
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

const struct nw_flow *nw_flow_measured(const struct nw_state *st, const struct nw_ev_sock *e)
{
	uint32_t h = (uint32_t)nw_hash_mix(st->flow_lru.seed, e->cookie);
	const struct nw_flow *ended = NULL;
	const struct nw_flow *moved = st->moved.flow;

	if (moved && moved->cookie == e->cookie && moved->slot == e->slot) {
		return moved; /* each indicator asks for it */
	}
	for (uint32_t i = nw_lru_first(&st->flow_lru, h); i != NW_LRU_NONE;
	     i = nw_lru_next(&st->flow_lru, i)) {
		const struct nw_flow *f = &st->flows[i];

		if (f->cookie != e->cookie || f->slot != e->slot) {
			continue;
		}
		if (!f->end_ns) {
			return f;
		}
		ended = f;
	}
	return ended;
}

uint32_t nw_flow_place(const struct nw_state *st, const struct nw_flow *f)
{
	return (uint32_t)(f - st->flows);
}
