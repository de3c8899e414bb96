/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See capture_flows.h. Owns a table of flows and a small pool for segments that came too early; both
 * are bounded, and what has to go is told or counted. Rules for heads are those of
 * bpf/nw_stream.bpf.h and bpf/nw_dgram_packet.bpf.h. Every byte of a stream counts once, when it is
 * first seen; of what is missing in between, HOLES gaps are remembered for what comes late.
 */
#include "capture_flows.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "capture_stream.h"
#include "dns_wire.h"
#include "sadp_wire.h"
#include "util/lru.h"

#define IDLE_NS	     (60 * NW_NSEC_PER_SEC)
#define NO_ANSWER_NS (130 * NW_NSEC_PER_SEC) /* a SYN is sent again for so long */
#define SWEEP_A_LOOK 256

enum {
	TX,
	RX,
	TCP_ESTABLISHED = 1,
	TCP_SYN_SENT = 2,
	TCP_TIME_WAIT = 6,
};

struct flow {
	uint8_t laddr[16]; /* of who began */
	uint8_t raddr[16];
	uint16_t lport;
	uint16_t rport;
	uint16_t proto;
	uint8_t family;
	uint8_t state;
	bool is_used;
	bool is_closed; /* told; stays for what comes late */
	bool has_syn;
	bool is_dirty;
	uint64_t cookie;
	uint64_t birth_ns;
	uint64_t last_ns;
	uint64_t t0_ns;
	uint64_t t0_bytes[2];
	uint64_t bytes[2];
	uint64_t packets[2];
	uint8_t datagrams[2]; /* heads taken */
	uint32_t next_dirty;
	struct nw_stream_way way[2];
};

struct nw_capture_flows {
	struct nw_lru lru;
	struct flow *flow;
	struct nw_stream_pool *pool;
	uint32_t dirty; /* first of those that changed since the last look */
	uint32_t sweep;
	uint64_t cookies;
	bool has_heads;
	nw_capture_feed_fn feed;
	void *ctx;
	struct nw_capture_counts *counts;
	union {
		struct nw_ev_head head;
		uint8_t bytes[NW_EVENT_MAX];
	} out;
};

int nw_capture_flows_new(uint32_t capacity, bool has_heads, nw_capture_feed_fn feed, void *ctx,
			 struct nw_capture_counts *counts, struct nw_capture_flows **ret)
{
	struct nw_capture_flows *t = calloc(1, sizeof(*t));

	if (!t) {
		return -ENOMEM;
	}
	t->dirty = NW_LRU_NONE;
	t->has_heads = has_heads;
	t->feed = feed;
	t->ctx = ctx;
	t->counts = counts;
	t->flow = calloc(capacity, sizeof(*t->flow));
	if (nw_lru_init(&t->lru, capacity) < 0 || !t->flow || nw_stream_pool_new(&t->pool) < 0) {
		nw_capture_flows_free(t);
		return -ENOMEM;
	}
	*ret = t;
	return 0;
}

void nw_capture_flows_free(struct nw_capture_flows *t)
{
	if (!t) {
		return;
	}
	nw_lru_free(&t->lru);
	nw_stream_pool_free(t->pool);
	free(t->flow);
	free(t);
}

/* ---- telling --------------------------------------------------------------------------------- */

static uint32_t index_of(const struct nw_capture_flows *t, const struct flow *f)
{
	return (uint32_t)(f - t->flow);
}

static void tell_sock(struct nw_capture_flows *t, struct flow *f, enum nw_sock_what what,
		      uint64_t now_ns)
{
	struct nw_ev_sock e = {
		.ev = { .size = sizeof(e),
			.hook = NW_HOOK_HOST,
			.shape = NW_SHAPE_SOCK,
			.what = (uint8_t)what,
			.ts_ns = now_ns },
		.cookie = f->cookie,
		.birth_ns = f->birth_ns,
		.t0_ns = f->t0_ns,
		.t0_tx_bytes = f->t0_bytes[TX],
		.t0_rx_bytes = f->t0_bytes[RX],
		.tx_bytes = f->bytes[TX],
		.rx_bytes = f->bytes[RX],
		.tx_packets = f->packets[TX],
		.rx_packets = f->packets[RX],
		.flags = NW_SOCK_FORWARDED | NW_SOCK_NO_OWNER,
		.lport_be = htons(f->lport),
		.rport_be = htons(f->rport),
		.proto = f->proto,
		.family = f->family,
		.state = f->state,
	};

	if (f->proto != IPPROTO_TCP) {
		e.flags |= NW_SOCK_TX_FIRST;
	} else if (f->has_syn) {
		e.flags |= NW_SOCK_CONNECTED;
	}
	memcpy(e.laddr, f->laddr, sizeof(e.laddr));
	memcpy(e.raddr, f->raddr, sizeof(e.raddr));
	f->t0_ns = now_ns;
	f->t0_bytes[TX] = f->bytes[TX];
	f->t0_bytes[RX] = f->bytes[RX];
	t->feed(t->ctx, &e, sizeof(e));
}

static void close_flow(struct nw_capture_flows *t, struct flow *f, uint64_t now_ns)
{
	if (f->is_closed) {
		return;
	}
	for (unsigned way = TX; way <= RX; way++) {
		t->counts->missing += nw_stream_missing(&f->way[way]);
		nw_stream_end(t->pool, &f->way[way]);
	}
	tell_sock(t, f, NW_SOCK_CLOSE, now_ns);
	f->is_closed = true;
}

static void mark(struct nw_capture_flows *t, struct flow *f)
{
	if (!f->is_dirty) {
		f->is_dirty = true;
		f->next_dirty = t->dirty;
		t->dirty = index_of(t, f);
	}
}

struct head_where {
	struct nw_capture_flows *t;
	struct flow *f;
	unsigned way;
	uint64_t now_ns;
};

static void tell_head(void *ctx, const struct nw_stream_piece *piece)
{
	const struct head_where *w = ctx;
	struct nw_ev_head *e = &w->t->out.head;
	const struct flow *f = w->f;

	*e = (struct nw_ev_head){
		.ev = { .size = (uint32_t)sizeof(*e) + piece->len,
			.hook = NW_HOOK_HOST,
			.shape = NW_SHAPE_HEAD,
			.what = w->way == TX ? NW_HEAD_TX : NW_HEAD_RX,
			.ts_ns = w->now_ns },
		.cookie = f->cookie,
		.offset = piece->offset,
		.wire_len = piece->wire_len,
		.flags = piece->flags,
		.lport_be = htons(f->lport),
		.rport_be = htons(f->rport),
		.proto = f->proto,
		.len = (uint16_t)piece->len,
	};
	memcpy(e->laddr, f->laddr, sizeof(e->laddr));
	memcpy(e->raddr, f->raddr, sizeof(e->raddr));
	memcpy(e->data, piece->data, piece->len);
	w->t->feed(w->t->ctx, e, e->ev.size);
}

/* ---- the table ------------------------------------------------------------------------------- */

static uint64_t hash_end(uint64_t seed, const uint8_t addr[16], uint16_t port)
{
	uint64_t word[2];

	memcpy(word, addr, sizeof(word));
	return nw_hash_mix(nw_hash_mix(nw_hash_mix(seed, word[0]), word[1]), port);
}

/* The same for both directions. */
static uint32_t hash_of(const struct nw_capture_flows *t, const struct nw_packet *pkt)
{
	uint64_t a = hash_end(t->lru.seed, pkt->saddr, pkt->sport);
	uint64_t b = hash_end(t->lru.seed, pkt->daddr, pkt->dport);

	return (uint32_t)nw_hash_mix(a ^ b, pkt->proto);
}

static bool is_way(const struct flow *f, const struct nw_packet *pkt, unsigned way)
{
	const uint8_t *from = way == TX ? f->laddr : f->raddr;
	const uint8_t *to = way == TX ? f->raddr : f->laddr;

	return pkt->proto == f->proto && pkt->sport == (way == TX ? f->lport : f->rport) &&
	       pkt->dport == (way == TX ? f->rport : f->lport) &&
	       memcmp(pkt->saddr, from, 16) == 0 && memcmp(pkt->daddr, to, 16) == 0;
}

static struct flow *find(const struct nw_capture_flows *t, const struct nw_packet *pkt)
{
	uint32_t i = nw_lru_first(&t->lru, hash_of(t, pkt));

	while (i != NW_LRU_NONE && !is_way(&t->flow[i], pkt, TX) && !is_way(&t->flow[i], pkt, RX)) {
		i = nw_lru_next(&t->lru, i);
	}
	return i == NW_LRU_NONE ? NULL : &t->flow[i];
}

static void begin(struct nw_capture_flows *t, struct flow *f, const struct nw_packet *pkt,
		  uint64_t now_ns)
{
	bool is_answer = pkt->proto == IPPROTO_TCP && (pkt->tcp_flags & NW_TCP_SYN) &&
			 (pkt->tcp_flags & NW_TCP_ACK);
	bool was_dirty = f->is_dirty;
	uint32_t next_dirty = f->next_dirty;

	*f = (struct flow){
		.lport = is_answer ? pkt->dport : pkt->sport,
		.rport = is_answer ? pkt->sport : pkt->dport,
		.family = pkt->family,
		.proto = pkt->proto,
		.state = TCP_ESTABLISHED,
		.is_used = true,
		.is_dirty = was_dirty,
		.next_dirty = next_dirty,
		.cookie = ++t->cookies,
		.birth_ns = now_ns,
		.last_ns = now_ns,
	};
	memcpy(f->laddr, is_answer ? pkt->daddr : pkt->saddr, sizeof(f->laddr));
	memcpy(f->raddr, is_answer ? pkt->saddr : pkt->daddr, sizeof(f->raddr));
	for (unsigned way = TX; way <= RX; way++) {
		nw_stream_begin(&f->way[way], t->has_heads);
	}
	if (pkt->proto == IPPROTO_TCP && !(pkt->tcp_flags & NW_TCP_SYN)) {
		t->counts->no_start++;
	}
}

static struct flow *add(struct nw_capture_flows *t, const struct nw_packet *pkt, uint64_t now_ns)
{
	uint32_t hash = hash_of(t, pkt);
	uint32_t i = nw_lru_add(&t->lru, hash);

	if (i == NW_LRU_NONE) {
		nw_capture_flows_look(t, now_ns); /* takes all from the list of what changed */
		i = t->lru.oldest;
		t->counts->evicted += !t->flow[i].is_closed;
		close_flow(t, &t->flow[i], now_ns);
		nw_lru_remove(&t->lru, i);
		i = nw_lru_add(&t->lru, hash);
	}
	begin(t, &t->flow[i], pkt, now_ns);
	return &t->flow[i];
}

/* ---- packets --------------------------------------------------------------------------------- */

/* A handshake that is not the one that the flow began with. */
static bool is_anew(const struct flow *f, const struct nw_packet *pkt)
{
	const struct nw_stream_way *way = &f->way[is_way(f, pkt, TX) ? TX : RX];

	if (!(pkt->tcp_flags & NW_TCP_SYN) || (pkt->tcp_flags & NW_TCP_RST)) {
		return false;
	}
	if (pkt->tcp_flags & NW_TCP_ACK) {
		return f->is_closed && !nw_stream_is_base(way, pkt->seq + 1);
	}
	if (f->state == TCP_SYN_SENT && !is_way(f, pkt, TX)) {
		return false; /* both begin at once */
	}
	return !nw_stream_is_base(way, pkt->seq + 1);
}

static bool is_dns_port(const struct flow *f, uint16_t port)
{
	return f->lport == port || f->rport == port;
}

static void handshake(struct flow *f, const struct nw_packet *pkt, unsigned way)
{
	if (pkt->tcp_flags & NW_TCP_SYN) {
		nw_stream_set_base(&f->way[way], pkt->seq + 1);
		if (pkt->tcp_flags & NW_TCP_ACK) {
			nw_stream_set_base(&f->way[!way], pkt->ack);
		}
		f->state = pkt->tcp_flags & NW_TCP_ACK || f->has_syn ? f->state : TCP_SYN_SENT;
		f->has_syn = true;
	}
	if (f->state == TCP_SYN_SENT && (way == RX || (pkt->tcp_flags & NW_TCP_ACK)) &&
	    !(pkt->tcp_flags & NW_TCP_RST)) {
		f->state = TCP_ESTABLISHED;
	}
}

static void tcp_payload(struct nw_capture_flows *t, struct flow *f, const struct nw_packet *pkt,
			unsigned way, uint64_t now_ns)
{
	struct nw_stream_way *w = &f->way[way];
	struct head_where where = { .t = t, .f = f, .way = way, .now_ns = now_ns };
	bool is_syn = pkt->tcp_flags & NW_TCP_SYN;
	int64_t offset = nw_stream_place(w, pkt->seq + is_syn);
	uint64_t fresh;

	if (!nw_stream_account(w, offset, pkt->wire_len, &fresh)) {
		t->counts->strays++;
		return;
	}
	f->bytes[way] += fresh;
	t->counts->heads += nw_stream_head(t->pool, w, offset, pkt->data, pkt->wire_len,
					   is_dns_port(f, NW_PORT_DNS), tell_head, &where);
}

static void tcp(struct nw_capture_flows *t, struct flow *f, const struct nw_packet *pkt,
		unsigned way, uint64_t now_ns)
{
	uint32_t behind = pkt->seq + pkt->wire_len;

	handshake(f, pkt, way);
	if (pkt->tcp_flags & NW_TCP_RST) {
		close_flow(t, f, now_ns); /* its payload is a diagnosis at most: RFC 9293, 3.5.3 */
		return;
	}
	if (pkt->wire_len) {
		tcp_payload(t, f, pkt, way, now_ns);
	}
	if (pkt->tcp_flags & NW_TCP_FIN) {
		f->way[way].fin = behind + 1;
		f->way[way].has_fin = true;
	}
	if (pkt->tcp_flags & NW_TCP_ACK && f->way[!way].has_fin && pkt->ack == f->way[!way].fin) {
		f->way[!way].is_fin_acked = true;
	}
	if (f->way[TX].is_fin_acked && f->way[RX].is_fin_acked) {
		f->state = TCP_TIME_WAIT;
		close_flow(t, f, now_ns);
	}
}

static void datagram(struct nw_capture_flows *t, struct flow *f, const struct nw_packet *pkt,
		     unsigned way, uint64_t now_ns)
{
	struct head_where where = { .t = t, .f = f, .way = way, .now_ns = now_ns };
	struct nw_stream_piece piece = { .data = pkt->data.p, .wire_len = pkt->wire_len };
	size_t len = NW_MIN(nw_span_left(&pkt->data), (size_t)NW_HEAD_DGRAM_MAX);
	bool is_dns = is_dns_port(f, NW_PORT_DNS) || is_dns_port(f, NW_PORT_MDNS);

	f->bytes[way] += pkt->wire_len;
	if ((pkt->proto != IPPROTO_UDP && pkt->proto != NW_ETHERTYPE_SADP) || !pkt->wire_len ||
	    !t->has_heads || (f->datagrams[way] >= NW_HEAD_DGRAMS && !is_dns)) {
		return;
	}
	f->datagrams[way] += f->datagrams[way] < NW_HEAD_DGRAMS;
	piece.len = (uint32_t)len;
	piece.flags = NW_HEAD_END | (len < pkt->wire_len ? NW_HEAD_CUT : 0);
	t->counts->heads += len < NW_HEAD_DGRAM_MAX && len < pkt->wire_len;
	if (len) {
		tell_head(&where, &piece);
	}
}

void nw_capture_flows_packet(struct nw_capture_flows *t, const struct nw_packet *pkt,
			     uint64_t now_ns)
{
	struct flow *f = find(t, pkt);
	unsigned way;

	if (f && (pkt->proto == IPPROTO_TCP ? is_anew(f, pkt) : f->is_closed)) {
		close_flow(t, f, now_ns);
		begin(t, f, pkt, now_ns);
	} else if (!f) {
		f = add(t, pkt, now_ns);
	}
	nw_lru_touch(&t->lru, index_of(t, f));
	if (f->is_closed) {
		t->counts->strays += pkt->wire_len > 0;
		return;
	}
	way = is_way(f, pkt, TX) ? TX : RX;
	f->last_ns = now_ns;
	f->packets[way]++;
	mark(t, f);
	if (pkt->proto == IPPROTO_TCP) {
		tcp(t, f, pkt, way, now_ns);
	} else {
		datagram(t, f, pkt, way, now_ns);
	}
}

/* ---- time ------------------------------------------------------------------------------------ */

/* A handshake alone is no news, until the end. */
static bool is_news(const struct flow *f)
{
	return !f->is_closed && (f->proto != IPPROTO_TCP || f->bytes[TX] != f->t0_bytes[TX] ||
				 f->bytes[RX] != f->t0_bytes[RX]);
}

static bool is_over(const struct flow *f, uint64_t now_ns)
{
	uint64_t idle = now_ns - f->last_ns;

	if (f->proto != IPPROTO_TCP) {
		return idle > IDLE_NS;
	}
	return f->state == TCP_SYN_SENT && idle > NO_ANSWER_NS;
}

void nw_capture_flows_look(struct nw_capture_flows *t, uint64_t now_ns)
{
	while (t->dirty != NW_LRU_NONE) {
		struct flow *f = &t->flow[t->dirty];

		t->dirty = f->next_dirty;
		f->is_dirty = false;
		if (is_news(f)) {
			tell_sock(t, f, NW_SOCK_BIN, now_ns);
		}
	}
	for (unsigned n = 0; n < NW_MIN(SWEEP_A_LOOK, t->lru.fresh); n++) {
		struct flow *f = &t->flow[t->sweep++ % t->lru.fresh];

		if (f->is_used && !f->is_closed && is_over(f, now_ns)) {
			close_flow(t, f, now_ns);
		}
	}
}

void nw_capture_flows_end(struct nw_capture_flows *t, uint64_t now_ns)
{
	nw_capture_flows_look(t, now_ns);
	for (uint32_t i = 0; i < t->lru.fresh; i++) {
		struct flow *f = &t->flow[i];

		if (f->is_used && !f->is_closed) {
			tell_sock(t, f, NW_SOCK_BIN, now_ns);
			t->counts->missing +=
				nw_stream_missing(&f->way[TX]) + nw_stream_missing(&f->way[RX]);
		}
	}
}
