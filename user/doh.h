/* SPDX-License-Identifier: Apache-2.0 */
/* What DNS over TLS, QUIC and HTTPS looks like to who cannot read it: by what it says, by its form. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "state/state.h"

/* DNS over TLS or QUIC by port or by what it says itself: no more needs be guessed. */
bool nw_doh_is_other(const struct nw_flow *f);

/* The names in a certificate that was seen, up to TLS 1.2: is one called as resolvers are? */
bool nw_doh_has_certificate(const struct nw_said *said);

/*
 * A connection over TLS that is over: to an address that no name gave, with nothing offered but HTTP/2
 * and no more said than a question or a few need. Who fetches pages offers HTTP/1.1 as well.
 */
bool nw_doh_is_question(const struct nw_flow *f, uint64_t now_ns);

struct nw_doh_asked {
	uint64_t end, last_ns;
	uint32_t count;
};

/* One more to this end: was there one before, within so long? A single one may be anything. */
bool nw_doh_asks_again(struct nw_doh_asked *a, uint64_t end, uint64_t now_ns, uint64_t within_ns);
