/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A ClientHello that goes over several QUIC datagrams (since clients offer ML-KEM nearly all do):
 * the first ones that a client sends to one connection ID, put together in the order in which they
 * came. Each datagram is told at once, behind those before it; nothing waits. A short ring of those
 * that may still grow is kept: who finds no place there is told alone, as far as it goes.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "nw_event.h"
#include "util/macro.h"

struct nw_quic_joins;

NW_MUST_CHECK int nw_quic_joins_new(struct nw_quic_joins **ret);
void nw_quic_joins_free(struct nw_quic_joins *j);

/*
 * A datagram. True when it goes on where others began: then *out, with room for the longest head,
 * is all of them. Whatever is not an Initial packet of version 1 or 2 is left alone.
 */
bool nw_quic_join(struct nw_quic_joins *j, const struct nw_ev_head *datagram,
		  struct nw_ev_head *out);
