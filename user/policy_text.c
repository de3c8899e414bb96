/* SPDX-License-Identifier: Apache-2.0 */
/* See policy_text.h. Owns nothing. */
#include "policy_text.h"

#include <stdio.h>
#include <string.h>

#include "util/text.h"

bool nw_policy_is_plain(const char *s)
{
	for (; *s; s++) {
		if (*s < 0x20 || *s > 0x7e || *s == '"' || *s == '\\') {
			return false;
		}
	}
	return true;
}

void nw_policy_print(const char *key, const char *value)
{
	char text[300];

	(void)nw_text_escape(text, sizeof(text), value, strlen(value));
	(void)printf("%s\"%s\"", key, text);
}

void nw_policy_print_list(const char *key, const char *what, unsigned in_force)
{
	(void)printf("%s:%s # %s\n", key, in_force ? "" : " []", what);
	if (!in_force) {
		(void)printf("  # who accepts a row takes the [] away\n");
	}
}
