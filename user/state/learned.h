/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names by address and by who asked for them, for as long as they are valid. A bounded table; full,
 * it forgets what is oldest, and counts what was still valid. Most names are short and stand in
 * their entry; an eighth of them may be long. Part of the table of names (name.h).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "output.h"
#include "state/name_text.h"
#include "util/lru.h"
#include "util/macro.h"

#define NW_LEARNED_SHORT_MAX 60 /* with its NUL */

struct nw_learned_name {
	uint8_t addr[16];
	struct nw_proc_id asker;
	uint64_t learned_ns; /* first, and last: what began between the two had the name already */
	uint64_t asked_ns;
	uint64_t expires_ns;
	const char *name;  /* in this entry, or among the long ones */
	uint32_t long_one; /* which of those; NW_LRU_NONE */
	char short_one[NW_LEARNED_SHORT_MAX];
};

struct nw_learned_long {
	uint32_t owner; /* the entry whose name this is */
	char name[NW_NAME_MAX];
};

struct nw_learned {
	struct nw_lru lru;
	struct nw_learned_name *item;
	struct nw_lru long_lru;
	struct nw_learned_long *long_item;
	uint64_t evicted;
};

NW_MUST_CHECK int nw_learned_init(struct nw_learned *t, uint32_t capacity);
void nw_learned_free(struct nw_learned *t);
bool nw_name_is_loopback(const uint8_t addr[16]);

/* What the question leads to is called `name` by this asker. */
void nw_learned_put(struct nw_learned *t, const struct nw_dns *dns, const struct nw_proc_id *asker,
		    const char *name, uint64_t now_ns);
/* The asker's, else anybody's last one, before now_ns; see nw_names_of(). */
const struct nw_learned_name *nw_learned_find(const struct nw_learned *t, const uint8_t addr[16],
					      const struct nw_proc_id *asker, uint64_t now_ns);
/* Did this asker learn it, valid or not? */
bool nw_learned_is_own(const struct nw_learned *t, const uint8_t addr[16],
		       const struct nw_proc_id *asker, const char *name);
/* Forgets names whose time is over. */
void nw_learned_tick(struct nw_learned *t, uint64_t now_ns);
