/* SPDX-License-Identifier: Apache-2.0 */
/* See capture_stream.h. Owns the pool; its oldest slot goes when there is no room, and is counted. */
#include "capture_stream.h"

#include <errno.h>
#include <stdlib.h>

#define POOL_SLOTS 256
#define WINDOW_MAX (1 << 30) /* TCP's greatest: RFC 7323, 2.3 */

enum {
	TLS_HANDSHAKE = 0x16,
	TLS_MAJOR = 3,
	TLS_RECORD = 5, /* a record's header: the kernel looks at so many bytes, or two */
};

struct early {
	struct nw_stream_way *way;	/* NULL: free */
	uint8_t known[NW_HEAD_TLS_MAX]; /* 1: this byte is there */
	uint8_t data[NW_HEAD_TLS_MAX];
};

struct nw_stream_pool {
	uint32_t next; /* the slot that was given out longest ago */
	struct early slot[POOL_SLOTS];
};

int nw_stream_pool_new(struct nw_stream_pool **ret)
{
	struct nw_stream_pool *pool = calloc(1, sizeof(*pool));

	if (!pool) {
		return -ENOMEM;
	}
	*ret = pool;
	return 0;
}

void nw_stream_pool_free(struct nw_stream_pool *pool)
{
	free(pool);
}

static void give_back(struct nw_stream_pool *pool, struct nw_stream_way *w)
{
	if (w->early) {
		pool->slot[w->early - 1].way = NULL;
		w->early = 0;
	}
}

void nw_stream_begin(struct nw_stream_way *w, bool has_head)
{
	*w = (struct nw_stream_way){ .end = NW_HEAD_STREAM_MAX, .is_head_done = !has_head };
}

void nw_stream_end(struct nw_stream_pool *pool, struct nw_stream_way *w)
{
	give_back(pool, w);
	w->is_head_done = true;
}

/* ---- positions ------------------------------------------------------------------------------- */

void nw_stream_set_base(struct nw_stream_way *w, uint32_t seq)
{
	if (!w->has_base) {
		w->base = seq;
		w->has_base = true;
		w->is_whole = true;
	}
}

bool nw_stream_is_base(const struct nw_stream_way *w, uint32_t seq)
{
	return w->is_whole && w->base == seq;
}

int64_t nw_stream_place(struct nw_stream_way *w, uint32_t seq)
{
	if (!w->has_base) {
		w->base = seq;
		w->has_base = true;
	}
	return (int64_t)w->top + (int32_t)(seq - (uint32_t)(w->base + w->top));
}

static void add_hole(struct nw_stream_way *w, uint64_t from, uint64_t to)
{
	if (w->holes == NW_STREAM_HOLES) {
		w->forgotten += w->hole[0].to - w->hole[0].from;
		memmove(&w->hole[0], &w->hole[1], sizeof(w->hole) - sizeof(w->hole[0]));
		w->holes--;
	}
	w->hole[w->holes].from = from;
	w->hole[w->holes++].to = to;
}

static void remove_hole(struct nw_stream_way *w, unsigned i)
{
	w->holes--;
	memmove(&w->hole[i], &w->hole[i + 1], (w->holes - i) * sizeof(w->hole[0]));
}

/* New bytes among [from, to), all of them before top. */
static uint64_t fill(struct nw_stream_way *w, uint64_t from, uint64_t to)
{
	uint64_t fresh = 0;

	for (unsigned i = w->holes; i-- > 0;) {
		uint64_t a = NW_MAX(from, w->hole[i].from);
		uint64_t b = NW_MIN(to, w->hole[i].to);
		uint64_t behind = w->hole[i].to;

		if (a >= b) {
			continue;
		}
		fresh += b - a;
		w->hole[i].to = a;
		if (w->hole[i].from == a) {
			w->hole[i].from = b;
			w->hole[i].to = behind;
		} else if (b < behind) {
			add_hole(w, b, behind); /* one segment lies in one hole when it splits it */
			break;
		}
		if (w->hole[i].from == w->hole[i].to) {
			remove_hole(w, i);
		}
	}
	return fresh;
}

bool nw_stream_account(struct nw_stream_way *w, int64_t offset, uint32_t len, uint64_t *ret_fresh)
{
	int64_t end = offset + len;
	uint64_t from = offset < 0 ? 0 : (uint64_t)offset;
	uint64_t to = end < 0 ? 0 : (uint64_t)end;
	uint64_t top = w->top;

	if (offset > (int64_t)top + WINDOW_MAX || offset < (int64_t)top - WINDOW_MAX) {
		return false;
	}
	*ret_fresh = from < top ? fill(w, from, NW_MIN(to, top)) : 0;
	if (to > top) {
		if (from > top) {
			add_hole(w, top, from);
		}
		*ret_fresh += to - NW_MAX(from, top);
		w->top = to;
	}
	return true;
}

uint64_t nw_stream_missing(const struct nw_stream_way *w)
{
	uint64_t sum = w->forgotten;

	for (unsigned i = 0; i < w->holes; i++) {
		sum += w->hole[i].to - w->hole[i].from;
	}
	return sum;
}

/* ---- the head -------------------------------------------------------------------------------- */

/* As bpf/nw_stream.bpf.h has it: the first piece tells how far the head goes. */
static uint32_t head_end(const uint8_t *data, uint32_t len, bool is_dns)
{
	if (is_dns) {
		return NW_HEAD_TLS_MAX;
	}
	if (len < 2 || data[0] != TLS_HANDSHAKE || data[1] != TLS_MAJOR) {
		return len >= TLS_RECORD && nw_head_is_text(data) ? NW_HEAD_TEXT_MAX
								  : NW_HEAD_STREAM_MAX;
	}
	return len < NW_HEAD_HELLO ? NW_HEAD_TLS_MAX : nw_head_flight(0, data);
}

/* The records of a flight that begin in these bytes, of which the first one is the stream's next. */
static uint32_t flight_end(uint32_t next, uint32_t end, const uint8_t *data, uint32_t len)
{
	while (end & NW_HEAD_FLIGHT && (end & ~NW_HEAD_FLIGHT) - next < len) {
		uint32_t from = (end & ~NW_HEAD_FLIGHT) - next;

		end = len - from < NW_HEAD_RECORD
			      ? NW_HEAD_TLS_MAX
			      : nw_head_flight(end & ~NW_HEAD_FLIGHT, data + from);
	}
	return end;
}

/* len > 0 bytes at w->next. is_cut: the capture has no more of what follows. */
static void tell_piece(struct nw_stream_way *w, const uint8_t *data, uint32_t len, bool is_cut,
		       bool is_dns, nw_stream_piece_fn tell, void *ctx)
{
	struct nw_stream_piece piece = { .data = data, .offset = w->next };
	uint32_t end = w->next == 0 ? head_end(data, len, is_dns) : w->end;
	bool is_open;

	end = flight_end(w->next, end, data, len);
	w->end = (uint16_t)end;
	is_open = end & NW_HEAD_FLIGHT;
	end &= ~NW_HEAD_FLIGHT;
	if (w->next >= end) { /* what begins here is no part of it */
		w->is_head_done = true;
		return;
	}
	piece.len = NW_MIN(len, end - w->next);
	w->next = (uint16_t)(w->next + piece.len);
	if (w->next >= end && !is_open) {
		piece.flags = NW_HEAD_END;
		w->is_head_done = true;
	} else if (is_cut) {
		piece.flags = NW_HEAD_END | NW_HEAD_CUT;
	}
	tell(ctx, &piece);
}

/* True when another direction lost its early segments for this. */
static bool keep(struct nw_stream_pool *pool, struct nw_stream_way *w, uint32_t offset,
		 struct nw_span data)
{
	struct early *e;
	bool is_lost = false;

	if (!w->early) {
		for (unsigned n = 0; n < POOL_SLOTS && pool->slot[pool->next].way; n++) {
			pool->next = (pool->next + 1) % POOL_SLOTS;
		}
		e = &pool->slot[pool->next];
		if (e->way) {
			e->way->early = 0;
			e->way->is_head_done = true;
			is_lost = true;
		}
		w->early = pool->next + 1;
		pool->next = (pool->next + 1) % POOL_SLOTS;
		e->way = w;
		memset(e->known, 0, sizeof(e->known));
	}
	e = &pool->slot[w->early - 1];
	for (uint8_t byte; offset < NW_HEAD_TLS_MAX && nw_span_u8(&data, &byte); offset++) {
		if (!e->known[offset]) {
			e->known[offset] = 1;
			e->data[offset] = byte;
		}
	}
	return is_lost;
}

/* What came early and is in order now. */
static void follow(struct nw_stream_pool *pool, struct nw_stream_way *w, bool is_dns,
		   nw_stream_piece_fn tell, void *ctx)
{
	const struct early *e = &pool->slot[w->early - 1];
	uint32_t to = w->next;

	while (to < NW_HEAD_TLS_MAX && e->known[to]) {
		to++;
	}
	if (to > w->next) {
		tell_piece(w, e->data + w->next, to - w->next, false, is_dns, tell, ctx);
	}
}

unsigned nw_stream_head(struct nw_stream_pool *pool, struct nw_stream_way *w, int64_t offset,
			struct nw_span data, uint32_t wire_len, bool is_dns,
			nw_stream_piece_fn tell, void *ctx)
{
	uint32_t have = (uint32_t)nw_span_left(&data);
	uint32_t skip;
	unsigned lost = 0;

	if (w->is_head_done || !w->is_whole || offset + (int64_t)wire_len <= (int64_t)w->next ||
	    offset >= NW_HEAD_TLS_MAX) {
		return 0;
	}
	if (offset > w->next) {
		return keep(pool, w, (uint32_t)offset, data);
	}
	skip = (uint32_t)(w->next - offset);
	if (skip < have) {
		tell_piece(w, data.p + skip, have - skip, have < wire_len, is_dns, tell, ctx);
	}
	if (!w->is_head_done && have < wire_len) {
		lost = 1; /* the capture kept no more of it */
		w->is_head_done = true;
	}
	if (!w->is_head_done && w->early) {
		follow(pool, w, is_dns, tell, ctx);
	}
	if (w->is_head_done) {
		give_back(pool, w);
	}
	return lost;
}
