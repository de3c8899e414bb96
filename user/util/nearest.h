/* SPDX-License-Identifier: Apache-2.0 */
/* "Did you mean …?": the known word that is nearest to a mistyped one. */
#pragma once

#include <stddef.h>

struct nw_nearest {
	const char *word; /* as it was given, so far the best; NULL = none is near */
	size_t distance;
};

/*
 * Try one known word. What counts is the number of letters to insert, delete, change or swap with
 * a neighbour; more than a third of the word, and it is not what was meant. The first best stays.
 */
void nw_nearest_try(struct nw_nearest *best, const char *typed, const char *known);
