/* SPDX-License-Identifier: Apache-2.0 */
/* What the files scrub*.c share: a text that may be a decoded view of the bytes to be masked. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nw_event.h"

#define NW_SCRUB_MAX NW_EVENT_MAX /* what lies beyond is masked whole */

struct nw_scrub_text {
	uint8_t *raw;	    /* the bytes themselves */
	const uint8_t *c;   /* what the rules read: raw, or raw with escapes undone */
	const uint16_t *at; /* where c[i] begins in raw; NULL = at i */
	size_t len;
	bool is_args;
	bool is_owed; /* a name="password" came: the next value belongs to it */
};

/* Mask c[from] .. c[to - 1]. Ends of lines and arguments stay. */
void nw_scrub_mask(struct nw_scrub_text *t, size_t from, size_t to);

/* Does a thing of this name hold a secret? sign: what stands between name and value, '=' or ':'. */
bool nw_scrub_is_secret(const uint8_t *name, size_t len, char sign);
/* Is the word (any case) one of the list, which ends with NULL? */
bool nw_scrub_is_one_of(const uint8_t *word, size_t len, const char *const *list);

/* All rules for text, on the bytes as they are and with up to three levels of escapes undone. */
void nw_scrub_text(uint8_t *data, size_t len, bool is_args);
/* One such pass. */
void nw_scrub_text_rules(struct nw_scrub_text *t);
/* The line that begins at i: commands that carry a password. */
void nw_scrub_command(struct nw_scrub_text *t, size_t i);

/* The URL whose host, or user, begins at from. */
void nw_scrub_url(struct nw_scrub_text *t, size_t from);

/* Binary log-ins at the beginning of data. */
void nw_scrub_logins(uint8_t *data, size_t len);
