/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A resolver of this host whose questions come in readable and go out over TLS. For each program one
 * book, the caller's, zero at first. Source: docs/indicators.md, encrypted-dns.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "state/state.h"

#define NW_STUB_ASKED 2

struct nw_stub {
	uint64_t heard_ns;  /* the last question that came in */
	uint64_t passed_ns; /* that which was passed on last */
	uint32_t passed;
	struct { /* the last names that it asked for readably */
		uint64_t name, ns;
	} asked[NW_STUB_ASKED];
};

void nw_stub_heard(struct nw_stub *s, uint64_t now_ns);
/* A question of its own goes out readable. */
void nw_stub_asks(struct nw_stub *s, const char *name, uint64_t now_ns);
/* Something came back over TLS. True: so it was with one question after the other. */
bool nw_stub_passes(struct nw_stub *s, const struct nw_flow *f, uint64_t now_ns);
