/* SPDX-License-Identifier: Apache-2.0 */
/* Edit distance over short words. Owns nothing, allocates nothing. */
#include "util/nearest.h"

#include <ctype.h>
#include <string.h>

#include "util/macro.h"

#define WORD_MAX 48 /* longer words are no option and no key */

static int lower(char c)
{
	return c == '-' ? '_' : tolower((unsigned char)c);
}

/* Optimal string alignment: Levenshtein's distance, and two swapped neighbours count one. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t rows[3][WORD_MAX + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2];

	for (size_t j = 0; j <= b_len; j++) {
		above[j] = j;
		before[j] = j;
	}
	for (size_t i = 1; i <= a_len; i++) {
		size_t *spare = before;

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t change = lower(a[i - 1]) != lower(b[j - 1]);
			size_t best = NW_MIN(above[j], row[j - 1]) + 1;

			best = NW_MIN(best, above[j - 1] + change);
			if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1])) {
				best = NW_MIN(best, before[j - 2] + 1);
			}
			row[j] = best;
		}
		before = above;
		above = row;
		row = spare;
	}
	return above[b_len];
}

void nw_nearest_try(struct nw_nearest *best, const char *typed, const char *known)
{
	size_t typed_len = strlen(typed);
	size_t known_len = strlen(known);
	size_t d;

	if (typed_len == 0 || typed_len > WORD_MAX || known_len > WORD_MAX) {
		return;
	}
	d = distance(typed, typed_len, known, known_len);
	if (d > NW_MAX(1, NW_MAX(typed_len, known_len) / 3)) {
		return;
	}
	if (!best->word || d < best->distance) {
		best->word = known;
		best->distance = d;
	}
}
