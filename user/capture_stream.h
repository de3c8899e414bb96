/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One direction of a TCP connection as a capture shows it: which bytes are new, and its head in
 * order. Offsets count from the stream's first byte; sequence numbers wrap, offsets do not.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "nw_event.h"
#include "util/macro.h"
#include "util/span.h"

#define NW_STREAM_HOLES 4

struct nw_stream_way {
	uint64_t top;	/* behind the last byte seen */
	uint32_t base;	/* sequence number of the first byte */
	uint32_t fin;	/* sequence number behind the FIN */
	uint32_t early; /* slot of the pool + 1; 0 = none */
	uint16_t next;	/* of the head wanted, and where it ends */
	uint16_t end;
	bool has_base;
	bool is_whole; /* base is from the handshake: the first byte is the stream's first */
	bool is_head_done;
	bool has_fin;
	bool is_fin_acked;
	uint8_t holes;
	uint64_t forgotten; /* bytes of holes that found no room */
	struct {
		uint64_t from;
		uint64_t to;
	} hole[NW_STREAM_HOLES];
};

struct nw_stream_piece {
	const uint8_t *data;
	uint32_t len;
	uint32_t offset;
	uint32_t wire_len; /* of a datagram */
	uint32_t flags;	   /* NW_HEAD_* */
};

typedef void (*nw_stream_piece_fn)(void *ctx, const struct nw_stream_piece *piece);

/* Segments of heads that came before what stands before them; of a few directions at a time. */
struct nw_stream_pool;

NW_MUST_CHECK int nw_stream_pool_new(struct nw_stream_pool **ret);
void nw_stream_pool_free(struct nw_stream_pool *pool);

void nw_stream_begin(struct nw_stream_way *w, bool has_head);
void nw_stream_end(struct nw_stream_pool *pool, struct nw_stream_way *w);
/* From a SYN, or from its acknowledgement; only the first counts. */
void nw_stream_set_base(struct nw_stream_way *w, uint32_t seq);
bool nw_stream_is_base(const struct nw_stream_way *w, uint32_t seq);
/* Where a segment lies; negative: before the first byte. Without a handshake the first one is it. */
int64_t nw_stream_place(struct nw_stream_way *w, uint32_t seq);
/* How many of its bytes are new; false when it is too far away to belong here. */
bool nw_stream_account(struct nw_stream_way *w, int64_t offset, uint32_t len, uint64_t *ret_fresh);
/* Bytes that never came, though later ones did. */
uint64_t nw_stream_missing(const struct nw_stream_way *w);
/* Tells what of the head is in order now. Heads that end here although they should not: 0, 1 or 2. */
unsigned nw_stream_head(struct nw_stream_pool *pool, struct nw_stream_way *w, int64_t offset,
			struct nw_span data, uint32_t wire_len, bool is_dns,
			nw_stream_piece_fn tell, void *ctx);
