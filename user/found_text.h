/* SPDX-License-Identifier: Apache-2.0 */
/* What a finding says as a whole, for the table of what was found. All text is escaped. */
#pragma once

#include "found.h"

void nw_found_put(char *buf, size_t size, const char *text);
void nw_found_name_process(char buf[NW_FOUND_TEXT], const struct nw_proc *p);
void nw_found_add_text(struct json_object *o, const char *key, const char *value);
/* Evidence, chain, clock, coverage: lines for people, which are free()d, and the same for programs. NULL:
 * there was no memory. */
void nw_found_words(const struct nw_output *o, char **ret_detail, struct json_object **ret_whole);
