/* SPDX-License-Identifier: Apache-2.0 */
/* Which hook a program is of. */
#include "load_name.h"

#include <string.h>

#include "event.h"

unsigned nw_load_hook_of(const char *prog)
{
	unsigned best = 0;
	size_t best_len = 0;

	for (unsigned i = 1; i < _NW_HOOK_MAX; i++) {
		const char *name = nw_hook_name(i);
		size_t len = strlen(name);

		if (strncmp(prog + strlen(NW_LOAD_PREFIX), name, len) == 0 && len > best_len) {
			best = i;
			best_len = len;
		}
	}
	return best;
}

bool nw_load_is_alt(const char *prog)
{
	size_t len = strlen(prog);
	size_t alt = strlen(NW_LOAD_ALT);

	return len > alt && strcmp(prog + len - alt, NW_LOAD_ALT) == 0;
}
