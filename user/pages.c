/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of the documentation as data: made from docs/ by scripts/gen-pages.sh. */
#include "pages.h"

#include <stddef.h>
#include <string.h>

#include "util/macro.h"

struct line {
	const char *name, *text;
};

#define NW_LINE(name, text) { name, text },
static const struct line lines[] = {
#include "pages.inc"
};
#undef NW_LINE

const char *nw_page_line(const char *name, unsigned i)
{
	size_t at = 0;

	while (at < NW_ARRAY_SIZE(lines) && strcmp(lines[at].name, name) != 0) {
		at++;
	}
	at += i;
	return at < NW_ARRAY_SIZE(lines) && strcmp(lines[at].name, name) == 0 ? lines[at].text
									      : NULL;
}
