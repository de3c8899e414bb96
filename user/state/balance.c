/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The balance: what the ledger explains, in octets of IP, beside what the kernel itself counted in
 * the host's network namespace ("net.counters", user/netstat.h). Both are differences since the
 * first look. Owns sums alone.
 *
 * The kernel counts a packet as it passes IP: many segments that came in or go out as one (GRO, GSO)
 * are one packet with one header there, and tcp_sock counts each of them. So payload is ours, and
 * TCP's headers are as many as the kernel's packets, less the packets of other protocols, and no
 * more than we know of: our segments, and OUTSIDE packets for each connection that began or ended,
 * which no socket counts (SYN, SYN-ACK, what TIME_WAIT hears and says). What was sent again is no
 * payload of ours; it is estimated, and never to more than what is missing.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "util/text.h"

#define WINDOW_NS (55 * NW_NSEC_PER_SEC) /* readings come every 10 s */
#define OUTSIDE	  3
#define TOO_MUCH  (1LL << 48) /* in one step: not a measure */
#define FINE	  16	      /* parts of a byte, for mean sizes */

static const char key[] = "net.counters";

static const char *const names[NW_COUNTERS] = {
	[NW_COUNTER_IN4] = "in4",
	[NW_COUNTER_IN6] = "in6",
	[NW_COUNTER_OUT4] = "out4",
	[NW_COUNTER_OUT6] = "out6",
	[NW_COUNTER_IN4_PACKETS] = "in4_packets",
	[NW_COUNTER_IN6_PACKETS] = "in6_packets",
	[NW_COUNTER_OUT4_PACKETS] = "out4_packets",
	[NW_COUNTER_OUT6_PACKETS] = "out6_packets",
	[NW_COUNTER_FORWARDED4] = "forwarded4",
	[NW_COUNTER_FORWARDED6] = "forwarded6",
	[NW_COUNTER_PIECES4] = "pieces4",
	[NW_COUNTER_PIECES6] = "pieces6",
	[NW_COUNTER_WHOLES4] = "wholes4",
	[NW_COUNTER_WHOLES6] = "wholes6",
	[NW_COUNTER_AGAIN] = "again",
	[NW_COUNTER_FIRST] = "first",
	[NW_COUNTER_OLD] = "old",
	[NW_COUNTER_OLD_GAP] = "old_gap",
	[NW_COUNTER_DROP_BACKLOG] = "drop_backlog",
	[NW_COUNTER_DROP_QUEUE] = "drop_queue",
	[NW_COUNTER_DROP_WINDOW] = "drop_window",
	[NW_COUNTER_DROP_GAP] = "drop_gap",
};

/* ---- what flows moved ----------------------------------------------------------------------- */

static bool is_v6(const struct nw_flow *f)
{
	return f->family == 6 && !nw_addr_is_v4(f->raddr);
}

static uint64_t ip_header(bool v6)
{
	return v6 ? 40 : 20;
}

static void add(struct nw_sums *s, const struct nw_flow *f, bool v6, uint64_t bytes,
		uint64_t packets)
{
	uint64_t header = ip_header(v6);

	if (f->proto == IPPROTO_TCP && !(f->flags & NW_SOCK_FORWARDED)) {
		s->payload += bytes;
		s->segments += packets;
		s->headers += packets * (header + 20 + (f->flags & NW_SOCK_TIMESTAMPS ? 12 : 0));
		return;
	}
	header += f->proto == IPPROTO_TCP ? 20 : 0;
	header += f->proto == IPPROTO_UDP || f->proto == IPPROTO_UDPLITE ? 8 : 0;
	s->other += bytes + packets * header;
	s->others += packets;
}

void nw_balance_on_flow(struct nw_state *st, const struct nw_flow *f,
			const struct nw_flow_counts *was)
{
	struct nw_sums_all *all = &st->balance.now;
	bool v6 = is_v6(f);

	if (!st->host_netns || f->netns != st->host_netns || f->family >= NW_FAMILY_OTHER) {
		return;
	}
	if (f->flags & NW_SOCK_FORWARDED) { /* each packet comes in and goes out */
		for (int way = 0; way < 2; way++) {
			add(&all->forwarded[v6], f, v6,
			    way ? f->tx_bytes - was->tx_bytes : f->rx_bytes - was->rx_bytes,
			    way ? f->tx_packets - was->tx_packets
				: f->rx_packets - was->rx_packets);
		}
		return;
	}
	add(&all->sums[NW_WAY_OUT][v6], f, v6, f->tx_bytes - was->tx_bytes,
	    f->tx_packets - was->tx_packets);
	add(&all->sums[NW_WAY_IN][v6], f, v6, f->rx_bytes - was->rx_bytes,
	    f->rx_packets - was->rx_packets);
}

void nw_balance_on_turn(struct nw_state *st, const struct nw_flow *f)
{
	if (f->proto == IPPROTO_TCP && f->netns == st->host_netns) {
		st->balance.now.turns[is_v6(f)]++;
	}
}

/* ---- one step: from one reading to the next --------------------------------------------------- */

static int64_t bounded(int64_t n)
{
	return NW_MAX(NW_MIN(n, TOO_MUCH), -TOO_MUCH);
}

static int64_t between(uint64_t was, uint64_t is)
{
	return bounded((int64_t)(is - was));
}

struct step {
	int64_t kernel[NW_COUNTERS];
	int64_t payload[2]; /* TCP's, by way */
	int64_t packets[2]; /* TCP's, as the kernel counts them */
	int64_t explained[2];
	int64_t counted[2]; /* by the kernel */
	bool forwards;
};

/* Octets of one way and one family, and what is needed of it for the estimates. */
static void explain(const struct nw_balance_book *b, struct step *d, enum nw_way way, bool v6)
{
	const struct nw_sums *was = &b->before.sums[way][v6];
	const struct nw_sums *is = &b->now.sums[way][v6];
	int64_t segments = NW_MAX(between(was->segments, is->segments), 0);
	int64_t headers = between(was->headers, is->headers);
	int64_t payload = between(was->payload, is->payload);
	int64_t turns = between(b->before.turns[v6], b->now.turns[v6]);
	int64_t packets =
		d->kernel[(way == NW_WAY_IN ? NW_COUNTER_IN4_PACKETS : NW_COUNTER_OUT4_PACKETS) +
			  (int)v6];
	int64_t mean = (int64_t)(ip_header(v6) + 32) * FINE;
	int64_t pieces = 0;

	if (way == NW_WAY_IN) { /* the fragments of a datagram, beyond the one that is counted */
		pieces = NW_MAX(d->kernel[NW_COUNTER_PIECES4 + (int)v6] -
					d->kernel[NW_COUNTER_WHOLES4 + (int)v6],
				0);
	}
	if (segments > 0 && headers > 0) {
		mean = NW_MIN(headers * FINE / segments, 128LL * FINE);
	}
	packets -= pieces + between(was->others, is->others);
	if (d->kernel[NW_COUNTER_FORWARDED4 + (int)v6] > 0) {
		d->forwards = true;
		packets -= between(b->before.forwarded[v6].others, b->now.forwarded[v6].others);
		d->explained[way] +=
			between(b->before.forwarded[v6].other, b->now.forwarded[v6].other);
	}
	packets = NW_MAX(NW_MIN(packets, segments + OUTSIDE * turns), 0);
	d->explained[way] += between(was->other, is->other) + payload +
			     pieces * (int64_t)ip_header(v6) + packets * mean / FINE;
	d->counted[way] +=
		d->kernel[(way == NW_WAY_IN ? NW_COUNTER_IN4 : NW_COUNTER_OUT4) + (int)v6];
	d->payload[way] += payload;
	d->packets[way] += packets;
}

/* Of mean size, no more than is missing. What a socket had no room for comes again. */
static int64_t sent_again(const struct step *d, enum nw_way way)
{
	int64_t missing = d->counted[way] - d->explained[way];
	int64_t of = way == NW_WAY_OUT ? d->kernel[NW_COUNTER_FIRST] : d->packets[way];
	int64_t n = d->kernel[NW_COUNTER_AGAIN];
	int64_t mean = of > 0 && d->payload[way] > 0 ? NW_MIN(d->payload[way] / of, 65536) : 0;

	if (way == NW_WAY_IN) {
		n = 0;
		for (int i = NW_COUNTER_OLD; i <= NW_COUNTER_DROP_GAP; i++) {
			n += d->kernel[i];
		}
	}
	return missing > 0 ? NW_MIN(NW_MIN(n, 1LL << 40) * mean, missing) : 0;
}

static void enter(struct nw_balance_span *span, const struct step *d, uint64_t now)
{
	for (int way = 0; way < 2; way++) {
		int64_t again = sent_again(d, (enum nw_way)way);

		span->side[way].kernel += (uint64_t)d->counted[way];
		span->side[way].explained += (uint64_t)(d->explained[way] + again);
		span->side[way].again += (uint64_t)again;
	}
	span->forwards = span->forwards || d->forwards;
	span->to_ns = now;
}

static void close_window(struct nw_balance_book *b)
{
	b->balance.window = b->open;
	b->balance.windows++;
	b->open = (struct nw_balance_span){ .from_ns = b->open.to_ns, .to_ns = b->open.to_ns };
}

static void step(struct nw_state *st, const uint64_t kernel[NW_COUNTERS])
{
	struct nw_balance_book *b = &st->balance;
	struct step d = { 0 };

	for (int i = 0; i < NW_COUNTERS; i++) {
		if (kernel[i] < b->kernel[i]) { /* not the counters that they were */
			return;
		}
		d.kernel[i] = between(b->kernel[i], kernel[i]);
	}
	for (int way = 0; way < 2; way++) {
		explain(b, &d, (enum nw_way)way, false);
		explain(b, &d, (enum nw_way)way, true);
	}
	enter(&b->balance.all, &d, st->now_ns);
	enter(&b->open, &d, st->now_ns);
	if (b->open.to_ns >= b->open.from_ns + WINDOW_NS) {
		close_window(b);
	}
}

/* ---- readings ------------------------------------------------------------------------------- */

/* "name=total name=total": false unless it is that; names that are not known are passed over. */
static bool take(const char *text, size_t len, uint64_t ret[NW_COUNTERS])
{
	char copy[1024];
	char *at = copy;
	char *word;

	if (len == 0 || len >= sizeof(copy)) {
		return false;
	}
	memcpy(copy, text, len);
	copy[len] = '\0';
	while ((word = strsep(&at, " "))) {
		char *value = strchr(word, '=');

		if (!value || value[1] < '0' || value[1] > '9') {
			return false;
		}
		*value++ = '\0';
		for (int i = 0; i < NW_COUNTERS; i++) {
			if (strcmp(word, names[i]) == 0) {
				ret[i] = strtoull(value, NULL, 10);
			}
		}
	}
	return true;
}

bool nw_balance_on_fact(struct nw_state *st, const struct nw_ev_fact *e)
{
	struct nw_balance_book *b = &st->balance;
	uint64_t kernel[NW_COUNTERS] = { 0 };

	if (e->key_len != sizeof(key) - 1 || memcmp(e->tail, key, sizeof(key) - 1) != 0) {
		return false;
	}
	if (!take(e->tail + e->key_len, e->value_len, kernel)) {
		return true;
	}
	if (!b->has_reading) {
		b->balance.all.from_ns = b->open.from_ns = st->now_ns;
	} else {
		step(st, kernel);
	}
	b->has_reading = true;
	memcpy(b->kernel, kernel, sizeof(b->kernel));
	b->before = b->now;
	return true;
}

void nw_balance_on_end(struct nw_state *st)
{
	if (st->balance.open.to_ns > st->balance.open.from_ns) {
		close_window(&st->balance);
	}
}

const struct nw_balance *nw_balance_of(const struct nw_state *st)
{
	return st->balance.balance.all.to_ns ? &st->balance.balance : NULL;
}

const char *nw_balance_why_not(const struct nw_state *st, const struct nw_balance_span *span)
{
	return st->is_narrow ? "cgroup" : span->forwards ? "forwards" : NULL;
}
