/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom alerts speak against in one run: programs, destinations outside and listening ports. Who is
 * among them is accepted by nobody but a person, whichever row of a policy it would be. Bounded:
 * when it is full, it speaks against everybody.
 */
#pragma once

#include "output.h"

struct nw_against;

NW_MUST_CHECK int nw_against_new(struct nw_against **ret);
void nw_against_free(struct nw_against *a);
/* What is no alert is nothing. */
void nw_against_finding(struct nw_against *a, const struct nw_finding *f);
/* The indicator that speaks against any of them, or NULL. "" and 0: none of that kind is asked for. */
const char *nw_against_whom(const struct nw_against *a, const char *exe, const char *to,
			    uint16_t listens);
