/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which names DNS gave to this host, whoever asked: that a name was resolved, to which addresses it
 * led, and which other names stood on the way (CNAME, SRV, HTTPS). It answers "may this address go
 * by that name?" also for the many names of one shared address. Kept as hashes, so an entry is small
 * and outlives the name's time to live; a full table forgets what was not renewed for longest.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "output.h"
#include "util/macro.h"

struct nw_given;

NW_MUST_CHECK int nw_given_new(uint32_t capacity, struct nw_given **ret);
void nw_given_free(struct nw_given *g);

/* A response to a query that somebody here had sent. */
void nw_given_learn(struct nw_given *g, const struct nw_dns *dns);

/* Names in any case, without last dot. */
bool nw_given_is_resolved(const struct nw_given *g, const char *name);
bool nw_given_has_address(const struct nw_given *g, const char *name, const uint8_t addr[16]);
/*
 * An answer to a question for the one named the other: where to find it. Not the other way: anybody
 * may let a name of his own point to a well-known one.
 */
bool nw_given_points_to(const struct nw_given *g, const char *from, const char *to);

uint32_t nw_given_used(const struct nw_given *g);
