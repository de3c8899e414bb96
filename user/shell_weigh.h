/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much it says that a shell can be spoken to over a connection: by how its input comes, by who began
 * the connection and what that speaks. Source: docs/indicators.md, reverse-shell.
 */
#pragma once

#include <stdint.h>

#include "contact.h"
#include "state/state.h"

enum nw_known {
	NW_KNOWN_FILE,
	NW_KNOWN_NAME,
	NW_KNOWN_DEED,
};

/* A process that is a shell and may be spoken to from elsewhere. */
struct nw_suspect {
	struct nw_proc_id proc;
	uint64_t since_ns;
	uint64_t cookie; /* of the socket that is its stdin; 0 = none */
	uint8_t way;
	uint8_t known;
};

/* flows: that who is at its other end began */
uint8_t nw_shell_score_out(const struct nw_suspect *s, const struct nw_contact *far,
			   unsigned flows);
uint8_t nw_shell_score_in(const struct nw_state *st, const struct nw_suspect *s,
			  const struct nw_contact *far);
