/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For how long a program's packet sockets heard, and whether what it sends by them looks like a client
 * of DHCP that seeks an address (RFC 2131): frames of a message's size, the more seldom the longer it
 * takes. The book is the caller's, zero at first. Source: docs/indicators.md, covert-socket.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "state/state.h"

struct nw_hearing {
	uint64_t
		since_ns; /* a socket of it is open, and what it heard up to here is counted; 0 = none */
	uint64_t held_ns;
	uint64_t frames, bytes; /* sent */
};

/* The socket with this inode is open now, or not any more. */
void nw_hearing_look(struct nw_hearing *h, const struct nw_state *st, uint64_t inode);
void nw_hearing_sent(struct nw_hearing *h, const struct nw_moved *m);
/* Too short to hear for somebody's word: a probe of the neighbours, an offer of an address. */
bool nw_hearing_is_brief(const struct nw_hearing *h);
bool nw_hearing_seeks_address(const struct nw_hearing *h);
