/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who tells a program where to go: of few ends that it talks to, which one had an exchange with it
 * just before it went to others that nobody on this host asked for? For each program one book, the
 * caller's, zero at first. Time comes from the measures; they may tell of a connection before they
 * tell of the exchange that led to it, so both are kept for a while and looked at together.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "nw_event.h"
#include "state/state.h"

#define NW_LED_ENDS 8
#define NW_LED_ASKS 32
#define NW_LED_WHAT 96 /* bytes of how an end is called, with NUL */

struct nw_led_end {
	uint64_t id;		 /* hash of where it is and how it is called; 0 = none */
	uint64_t birth_ns;	 /* of its first connection */
	uint64_t last_ns;	 /* of its last one */
	uint64_t from_ns, to_ns; /* the last exchange was between */
	uint64_t rx_bytes;
	uint64_t
		went_ns; /* unasked: when the program went there, until who led it is known; else 0 */
	uint32_t led;	 /* to so many others */
	uint32_t times; /* in all */
	bool is_led;	/* somebody led here */
	bool can_lead;	/* speaks TLS, and was asked for or has no name */
	bool speaks_h2; /* or 3: so does DNS over HTTPS */
	char what[NW_LED_WHAT];
};

struct nw_led {
	struct nw_led_end end[NW_LED_ENDS];
	/* names that processes of the program asked for readably, hashes; a ring */
	struct {
		uint64_t proc, name;
	} ask[NW_LED_ASKS];
	uint32_t asks;
};

/* A process of the program asked for a name, where it could be read. */
void nw_led_ask(struct nw_led *l, const struct nw_proc_id *proc, const char *name);
bool nw_led_has_asked(const struct nw_led *l, const struct nw_proc_id *proc, const char *name);
/* Is all known that the process asked for? It asks readably, or programs here do (is_plain). */
bool nw_led_knows_asked(const struct nw_led *l, const struct nw_proc_id *proc, bool is_plain);

/* One measure of a connection with an end. */
struct nw_led_seen {
	uint64_t id;
	uint64_t birth_ns, from_ns, to_ns; /* of the connection, of what was measured */
	uint64_t rx_bytes;		   /* in it */
	bool can_lead, is_unasked, speaks_h2;
	const char *what; /* how it is called, below NW_LED_WHAT bytes */
};

/* Which end a flow is with, that is called so (NULL: by its address alone). Never 0. */
uint64_t nw_led_id(const struct nw_flow *f, const char *said);

/* Who has led to most by now; NULL: nobody led anywhere. */
const struct nw_led_end *nw_led_see(struct nw_led *l, const struct nw_led_seen *s);
