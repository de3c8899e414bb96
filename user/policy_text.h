/* SPDX-License-Identifier: Apache-2.0 */
/* Text of a policy that is printed: what others named, as YAML that says just that. */
#pragma once

#include <stdbool.h>

/* Printable ASCII without quotes: in double quotes it is itself. What is escaped for people no longer
 * fits, so a row with it is a comment. */
bool nw_policy_is_plain(const char *s);
/* key, then the value in double quotes, escaped. */
void nw_policy_print(const char *key, const char *value);
/* The list's key, with [] where no row of it is in force: comments alone would be no list. */
void nw_policy_print_list(const char *key, const char *what, unsigned in_force);
