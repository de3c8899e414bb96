/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of the entries of a table: each entry is in one at most, the newest first. Whoever has the table
 * has an array of links beside it, zero at first, and a place for the beginning of each list. Adding
 * and removing cost the same however long the list is.
 */
#pragma once

#include <stdint.h>

struct nw_list_link {
	uint32_t next, prev; /* entries, from 1; 0 = none */
};

static inline void nw_list_add(struct nw_list_link *link, uint32_t *first, uint32_t i)
{
	link[i] = (struct nw_list_link){ .next = *first };
	if (*first) {
		link[*first - 1].prev = i + 1;
	}
	*first = i + 1;
}

/* It is in the list that begins at first. */
static inline void nw_list_remove(struct nw_list_link *link, uint32_t *first, uint32_t i)
{
	struct nw_list_link *l = &link[i];

	if (l->prev) {
		link[l->prev - 1].next = l->next;
	} else {
		*first = l->next;
	}
	if (l->next) {
		link[l->next - 1].prev = l->prev;
	}
}
