/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far the host's wall clock can be trusted, as the fact "clock" says every few seconds:
 * "synchronised <most error, us>", "unsynchronised <the same>", or "unknown".
 */
#include <string.h>

#include "internal.h"
#include "util/parse.h"

const struct nw_clock *nw_clock_of(const struct nw_state *st)
{
	return st->clock.is_known ? &st->clock : NULL;
}

bool nw_clock_on_fact(struct nw_state *st, const struct nw_ev_fact *e)
{
	static const char key[] = "clock";
	struct nw_clock c = { .is_known = true };
	char text[64];
	char *error = text;
	const char *word;

	if (e->key_len != sizeof(key) - 1 || memcmp(e->tail, key, sizeof(key) - 1) != 0) {
		return false;
	}
	memset(text, 0, sizeof(text));
	memcpy(text, e->tail + e->key_len, NW_MIN(e->value_len, sizeof(text) - 1));
	word = strsep(&error, " ");
	c.is_synchronised = strcmp(word, "synchronised") == 0;
	if (!error || nw_parse_u64(error, 0, UINT64_MAX, &c.max_error_us) < 0 ||
	    (!c.is_synchronised && strcmp(word, "unsynchronised") != 0)) {
		c = (struct nw_clock){ .is_known = false };
	}
	st->clock = c;
	return true;
}
