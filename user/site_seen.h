/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was seen in one run of the site's own services, as rows of a policy: the folders of recordings
 * that are watched, who answers for names, and who tells the time. Who is not surely a service of the
 * site is a comment. Bounded; what finds no room is counted.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "against.h"
#include "state/state.h"

struct nw_site_seen;

NW_MUST_CHECK int nw_site_seen_new(struct nw_site_seen **ret);
void nw_site_seen_free(struct nw_site_seen *s);
void nw_site_seen_flow(struct nw_site_seen *s, const struct nw_state *st, const struct nw_flow *f);
/* Is it a row that is in force: then it needs no other. to: address or name. */
bool nw_site_seen_has(const struct nw_site_seen *s, const struct nw_against *a, const char *to,
		      uint16_t port);
/* The lists recording_roots, resolvers and ntp. */
void nw_site_seen_print(const struct nw_site_seen *s, const struct nw_state *st,
			const struct nw_against *a);
uint64_t nw_site_seen_lost(const struct nw_site_seen *s);
