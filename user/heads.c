/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See heads.h. Owns the bytes of every direction that may still grow, from its first one on: they
 * are the context in which what comes later is scrubbed. Nothing fails; what cannot be kept is
 * counted.
 */
#include "heads.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "dns_wire.h"
#include "quic_join.h"
#include "scrub.h"
#include "util/lru.h"
#include "util/span.h"

enum {
	TLS_HANDSHAKE = 0x16,
	TLS_MAJOR = 3,
	TLS_RECORD = 5, /* its header */
	CLIENT_HELLO = 1,
	SERVER_HELLO_DONE = 14,
	DNS_LENGTH_BYTES = 2,
	MDNS_RESPONSE = 0x8400,
};

/* One direction of one stream. */
struct part {
	uint32_t len;	/* bytes from the stream's first one on */
	uint32_t told;	/* of them were emitted */
	uint32_t older; /* in the list of those with bytes untold */
	uint32_t newer;
	bool is_listed;
	bool is_dns;
};

struct nw_heads {
	struct nw_lru lru;
	struct part *part;
	struct nw_ev_head *head; /* of each part's last piece, with the flags of all */
	uint8_t (*data)[NW_HEAD_TLS_MAX];
	uint32_t oldest; /* of the list */
	uint32_t newest;
	uint64_t evicted;
	struct nw_ev_head *out; /* with room for the longest head */
	struct nw_ev_head *joined;
	struct nw_quic_joins *joins;
};

struct emitter {
	nw_heads_fn emit;
	void *ctx;
};

int nw_heads_new(uint32_t capacity, struct nw_heads **ret)
{
	struct nw_heads *h = calloc(1, sizeof(*h));
	int err;

	if (!h) {
		return -ENOMEM;
	}
	h->oldest = NW_LRU_NONE;
	h->newest = NW_LRU_NONE;
	err = nw_lru_init(&h->lru, capacity);
	if (!err) {
		h->part = calloc(capacity, sizeof(*h->part));
		h->head = calloc(capacity, sizeof(*h->head));
		h->data = calloc(capacity, sizeof(*h->data));
		h->out = calloc(1, NW_EVENT_MAX);
		h->joined = calloc(1, NW_EVENT_MAX);
		err = h->part && h->head && h->data && h->out && h->joined
			      ? nw_quic_joins_new(&h->joins)
			      : -ENOMEM;
	}
	if (err) {
		nw_heads_free(h);
		return err;
	}
	*ret = h;
	return 0;
}

void nw_heads_free(struct nw_heads *heads)
{
	if (!heads) {
		return;
	}
	nw_lru_free(&heads->lru);
	free(heads->part);
	free(heads->head);
	free(heads->data);
	free(heads->out);
	free(heads->joined);
	nw_quic_joins_free(heads->joins);
	free(heads);
}

uint64_t nw_heads_evicted(const struct nw_heads *heads)
{
	return heads->evicted;
}

/* ---- the table and its list ------------------------------------------------------------------ */

static void unlist(struct nw_heads *h, uint32_t i)
{
	struct part *p = &h->part[i];

	if (!p->is_listed) {
		return;
	}
	p->is_listed = false;
	if (p->older != NW_LRU_NONE) {
		h->part[p->older].newer = p->newer;
	} else {
		h->oldest = p->newer;
	}
	if (p->newer != NW_LRU_NONE) {
		h->part[p->newer].older = p->older;
	} else {
		h->newest = p->older;
	}
}

static void list(struct nw_heads *h, uint32_t i)
{
	struct part *p = &h->part[i];

	unlist(h, i);
	p->is_listed = true;
	p->older = h->newest;
	p->newer = NW_LRU_NONE;
	if (h->newest != NW_LRU_NONE) {
		h->part[h->newest].newer = i;
	} else {
		h->oldest = i;
	}
	h->newest = i;
}

static uint32_t hash_of(const struct nw_heads *h, uint64_t cookie, unsigned what)
{
	return (uint32_t)nw_hash_mix(h->lru.seed, cookie * _NW_HEAD_WHAT_MAX + what);
}

static uint32_t find(const struct nw_heads *h, uint64_t cookie, unsigned what)
{
	uint32_t i = nw_lru_first(&h->lru, hash_of(h, cookie, what));

	while (i != NW_LRU_NONE && !(h->head[i].cookie == cookie && h->head[i].ev.what == what)) {
		i = nw_lru_next(&h->lru, i);
	}
	return i;
}

static void forget(struct nw_heads *h, uint32_t i)
{
	unlist(h, i);
	nw_lru_remove(&h->lru, i);
}

/* ---- out ------------------------------------------------------------------------------------- */

/* Bytes that no text rule may touch, although nothing in them keeps one from matching. */
static bool is_dns_message(const struct nw_ev_head *head, const uint8_t *data, size_t len)
{
	struct nw_span s = nw_span_of(data, len);
	uint16_t flags;

	if (nw_dns_looks_like(data, len)) {
		return true;
	}
	if (!nw_dns_has_port(head, NW_PORT_MDNS) || !nw_span_skip(&s, 2) ||
	    !nw_span_be16(&s, &flags)) {
		return false;
	}
	return flags == 0 || flags == MDNS_RESPONSE || flags == NW_DNS_FLAG_TRUNCATED;
}

/* Bytes [from, to) of a direction of which everything up to "to" is known. */
static void tell(const struct nw_heads *h, const struct nw_ev_head *head, const uint8_t *data,
		 uint32_t from, uint32_t to, bool is_clean, struct emitter e)
{
	struct nw_ev_head *out = h->out;

	*out = *head;
	if (is_clean) {
		memcpy(out->data, data + from, to - from);
	} else {
		memcpy(out->data, data, to);
		nw_scrub_head(out->data, to);
		memmove(out->data, out->data + from, to - from);
	}
	out->offset = from;
	out->len = (uint16_t)(to - from);
	out->ev.size = (uint32_t)(sizeof(*out) + out->len);
	e.emit(e.ctx, out);
}

/* Emit up to "to" what was not emitted yet. */
static void tell_part(struct nw_heads *h, uint32_t i, uint32_t to, struct emitter e)
{
	struct part *p = &h->part[i];
	const uint8_t *data = h->data[i];
	struct nw_ev_head head = h->head[i];
	uint32_t from = p->told;
	uint32_t message = from + DNS_LENGTH_BYTES;

	if (to < p->len) {
		head.flags = 0;
	}
	p->told = to;
	if (p->told == p->len) {
		unlist(h, i);
	}
	if (from < to) {
		tell(h, &head, data, from, to,
		     p->is_dns && to > message &&
			     is_dns_message(&head, data + message, to - message),
		     e);
	}
}

static void tell_datagram(const struct nw_heads *h, const struct nw_ev_head *piece,
			  struct emitter e)
{
	if (nw_quic_join(h->joins, piece, h->joined)) {
		piece = h->joined;
	}
	if (is_dns_message(piece, piece->data, piece->len)) {
		e.emit(e.ctx, piece);
	} else {
		tell(h, piece, piece->data, 0, piece->len, false, e);
	}
}

/* ---- in -------------------------------------------------------------------------------------- */

/* To the end of the records that are there; with NW_HEAD_FLIGHT another one may follow. */
static uint32_t records_end(const uint8_t *data, uint32_t len)
{
	uint32_t end = nw_head_flight(0, data);

	while (end & NW_HEAD_FLIGHT && (end & ~NW_HEAD_FLIGHT) + NW_HEAD_RECORD <= len) {
		end = nw_head_flight(end & ~NW_HEAD_FLIGHT, data + (end & ~NW_HEAD_FLIGHT));
	}
	return end;
}

/* Where the record ends that ends a client's hello; 0: it is not here yet. */
static uint32_t hello_end(const uint8_t *data, uint32_t len)
{
	uint32_t left = 4 + ((uint32_t)data[6] << 16 | (uint32_t)data[7] << 8 | data[8]);
	uint32_t at = 0;

	while (at + NW_HEAD_RECORD <= len && data[at] == TLS_HANDSHAKE) {
		uint32_t record = (uint32_t)data[at + 3] << 8 | data[at + 4];

		at += TLS_RECORD + record;
		if (record >= left) {
			return at <= len ? at : 0;
		}
		left -= record;
	}
	return 0;
}

/* So many bytes are worth reading. */
static uint32_t wanted(const uint8_t *data, uint32_t len)
{
	static const uint8_t done[] = { SERVER_HELLO_DONE, 0, 0, 0 };
	uint32_t end;

	if (len < 2 || data[0] != TLS_HANDSHAKE || data[1] != TLS_MAJOR) {
		return len >= 4 && nw_head_is_text(data) ? NW_HEAD_TEXT_MAX : NW_HEAD_STREAM_MAX;
	}
	if (len < NW_HEAD_HELLO) {
		return NW_HEAD_TLS_MAX;
	}
	end = records_end(data, len);
	if (!(end & NW_HEAD_FLIGHT)) {
		return end;
	}
	if (data[TLS_RECORD] == CLIENT_HELLO) {
		end = hello_end(data, len);
		return end ? end : NW_HEAD_TLS_MAX;
	}
	end &= ~NW_HEAD_FLIGHT;
	/* all messages in one record, the last of them says that it is */
	return end <= len && memcmp(data + end - sizeof(done), done, sizeof(done)) == 0
		       ? end
		       : NW_HEAD_TLS_MAX;
}

static void tell_dns_messages(struct nw_heads *h, uint32_t i, struct emitter e)
{
	struct part *p = &h->part[i];
	const uint8_t *data = h->data[i];

	while (p->len - p->told >= DNS_LENGTH_BYTES) {
		uint32_t size = (uint32_t)data[p->told] << 8 | data[p->told + 1];

		if (size < NW_DNS_HEADER_BYTES) {
			p->is_dns = false;
			return;
		}
		if (p->len - p->told < DNS_LENGTH_BYTES + size) {
			return;
		}
		tell_part(h, i, p->told + DNS_LENGTH_BYTES + size, e);
	}
}

/* Emit what is whole by now. */
static void settle(struct nw_heads *h, uint32_t i, struct emitter e)
{
	struct part *p = &h->part[i];
	const uint8_t *data = h->data[i];

	if (p->told == 0) {
		p->is_dns = nw_dns_is_stream(&h->head[i], data, p->len);
	}
	if (p->is_dns) {
		tell_dns_messages(h, i, e);
	}
	if (h->head[i].flags & NW_HEAD_END) {
		tell_part(h, i, p->len, e);
		forget(h, i);
	} else if (!p->is_dns && p->told < wanted(data, p->len) && p->len >= wanted(data, p->len)) {
		tell_part(h, i, p->len, e);
	}
}

static void append(struct nw_heads *h, uint32_t i, const struct nw_ev_head *piece)
{
	struct part *p = &h->part[i];
	uint32_t known = p->len - piece->offset;
	uint32_t flags = h->head[i].flags | piece->flags;
	uint32_t n;

	if (known < piece->len) {
		n = NW_MIN(piece->len - known, (uint32_t)NW_HEAD_TLS_MAX - p->len);
		memcpy(h->data[i] + p->len, piece->data + known, n);
		p->len += n;
		if (known + n < piece->len) {
			flags |= NW_HEAD_CUT;
		}
	}
	h->head[i] = *piece;
	h->head[i].flags = flags;
	if (p->told < p->len) {
		list(h, i);
	}
}

static uint32_t add(struct nw_heads *h, const struct nw_ev_head *piece, struct emitter e)
{
	uint32_t hash = hash_of(h, piece->cookie, piece->ev.what);
	uint32_t i = nw_lru_add(&h->lru, hash);

	if (i == NW_LRU_NONE) {
		uint32_t oldest = h->lru.oldest;

		h->evicted += h->part[oldest].told < h->part[oldest].len;
		tell_part(h, oldest, h->part[oldest].len, e);
		forget(h, oldest);
		i = nw_lru_add(&h->lru, hash);
	}
	h->part[i] = (struct part){ .len = 0 };
	h->head[i] = *piece;
	h->head[i].flags = 0;
	return i;
}

/* Once one end answers, the other has said what it had to say. Not so where messages have lengths. */
static void answer(struct nw_heads *h, const struct nw_ev_head *piece, struct emitter e)
{
	uint32_t i = find(h, piece->cookie, piece->ev.what == NW_HEAD_TX ? NW_HEAD_RX : NW_HEAD_TX);

	if (i != NW_LRU_NONE && h->part[i].is_listed && !h->part[i].is_dns) {
		tell_part(h, i, h->part[i].len, e);
	}
}

void nw_heads_piece(struct nw_heads *heads, const struct nw_ev_head *piece, nw_heads_fn emit,
		    void *ctx)
{
	const struct emitter e = { .emit = emit, .ctx = ctx };
	uint32_t i;

	if (piece->proto != IPPROTO_TCP) {
		tell_datagram(heads, piece, e);
		return;
	}
	answer(heads, piece, e);
	i = find(heads, piece->cookie, piece->ev.what);
	if (i == NW_LRU_NONE) {
		if (piece->offset != 0) {
			heads->evicted++;
			return;
		}
		i = add(heads, piece, e);
	} else {
		nw_lru_touch(&heads->lru, i);
	}
	if (piece->offset > heads->part[i].len) {
		heads->evicted++; /* what is missing may be the beginning of a secret */
		return;
	}
	append(heads, i, piece);
	settle(heads, i, e);
}

void nw_heads_tick(struct nw_heads *heads, uint64_t now_ns, nw_heads_fn emit, void *ctx)
{
	const struct emitter e = { .emit = emit, .ctx = ctx };

	while (heads->oldest != NW_LRU_NONE) {
		uint32_t i = heads->oldest;
		const struct part *p = &heads->part[i];

		if (heads->head[i].ev.ts_ns + NW_HEADS_WAIT_NS > now_ns) {
			return;
		}
		if (p->is_dns) {
			unlist(heads, i); /* the rest of a message belongs to it, however late */
		} else {
			tell_part(heads, i, p->len, e);
		}
	}
}

void nw_heads_close(struct nw_heads *heads, uint64_t cookie, nw_heads_fn emit, void *ctx)
{
	const struct emitter e = { .emit = emit, .ctx = ctx };

	for (unsigned what = 0; what < _NW_HEAD_WHAT_MAX; what++) {
		uint32_t i = find(heads, cookie, what);

		if (i != NW_LRU_NONE) {
			heads->head[i].flags |= NW_HEAD_END;
			tell_part(heads, i, heads->part[i].len, e);
			forget(heads, i);
		}
	}
}
