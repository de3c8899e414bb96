/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pieces of heads, as the kernel sends them -> heads that a decoder can read, free of secrets.
 * Stands between nw_event_check() and everything else: what it emits is what is recorded, and a
 * replay feeds that to whatever follows here, not to this.
 *
 * Datagrams pass at once, of one QUIC hello behind those before them. A direction of a TCP stream
 * is held until it is worth reading: its head is whole (flag END, NW_HEAD_STREAM_MAX bytes, the end
 * of a TLS client's first record or of a server's flight), the other direction speaks, the flow
 * closes, or nothing came for NW_HEADS_WAIT_NS. What comes later is emitted as one more event with
 * its true offset, and scrubbed in sight of all bytes before it. DNS over TCP is emitted message by
 * message, whatever the other direction does.
 *
 * The table is bounded: when it is full the direction that was silent longest is emitted as it is
 * and forgotten. A piece whose beginning is not known (forgotten, or lost in the kernel) could hold
 * the rest of a secret: it is not emitted, but counted. Order depends on the events alone.
 */
#pragma once

#include <stdint.h>

#include "nw_event.h"
#include "util/macro.h"

#define NW_HEADS_WAIT_NS (250 * NW_NSEC_PER_MSEC)

struct nw_heads;

/* head: valid during the call; flags END only when nothing more of this direction will come. */
typedef void (*nw_heads_fn)(void *ctx, const struct nw_ev_head *head);

/* capacity: directions of streams at one time. */
NW_MUST_CHECK int nw_heads_new(uint32_t capacity, struct nw_heads **ret);
void nw_heads_free(struct nw_heads *heads);

void nw_heads_piece(struct nw_heads *heads, const struct nw_ev_head *piece, nw_heads_fn emit,
		    void *ctx);
void nw_heads_tick(struct nw_heads *heads, uint64_t now_ns, nw_heads_fn emit, void *ctx);
void nw_heads_close(struct nw_heads *heads, uint64_t cookie, nw_heads_fn emit, void *ctx);

/* Directions forgotten with bytes untold, and pieces that were not emitted. */
uint64_t nw_heads_evicted(const struct nw_heads *heads);
