/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection as an indicator keeps it until it can judge: it may have ended by then, and its flow
 * be forgotten.
 */
#pragma once

#include "nw_event.h"
#include "state/far_end.h"
#include "state/state.h"

struct nw_contact {
	uint64_t cookie; /* 0 = none */
	uint64_t birth_ns;
	uint64_t tx_bytes, rx_bytes;
	uint8_t raddr[16];
	uint32_t slot, netns;
	uint16_t rport, lport, proto;
	bool is_outbound;
	bool is_inside;
	bool is_local;	      /* the other end is on this host */
	bool is_before;	      /* it was there before the start */
	const char *protocol; /* that its bytes speak; NULL = none that is known */
};

/* Of a measure or a last word, when the flow is no more, too. */
struct nw_contact nw_contact_of_event(const struct nw_state *st, const struct nw_ev_sock *e);
struct nw_contact nw_contact_of_flow(const struct nw_flow *f);
/* None for NULL. */
struct nw_far_end nw_contact_far_end(const struct nw_contact *c);
/* "this host", "inside", "outside" */
const char *nw_contact_where(const struct nw_contact *far);
/* Came in to a listener that is there for that: declared, there before the start, or only root may
 * have it; is_direct: or, for a program that was given the socket itself, init's. */
bool nw_contact_is_expected(const struct nw_state *st, const struct nw_contact *far,
			    bool is_direct);
/* How somebody else can speak to a process: what its stdin is. */
enum nw_way_in {
	NW_WAY_IN_NONE,
	NW_WAY_IN_SOCKET,   /* its stdin is an Internet socket */
	NW_WAY_IN_TERMINAL, /* somebody holds its terminal */
	NW_WAY_IN_FILTER,   /* a program between its stdout and its stdin, as in a pipeline */
	NW_WAY_IN_PIPES,    /* somebody made pipes or a socket pair for it */
	NW_WAY_IN_ORDERS,   /* its text is what somebody was told, each time a new shell */
};
/* Never FILTER or ORDERS: that is about who is there. Who has terminal or pipes from who started it
 * is not the first there: NONE. */
enum nw_way_in nw_proc_way_in(const struct nw_state *st, const struct nw_proc *p);
/* Is descriptor i of both the same pipe, PTY or socket? q may be NULL. */
bool nw_proc_shares(const struct nw_proc *p, const struct nw_proc *q, unsigned i);
bool nw_stdio_is_tube(enum nw_stdio kind); /* pipe or socket pair */
