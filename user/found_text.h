/* SPDX-License-Identifier: Apache-2.0 */
/* What a finding says as a whole, for the table of what was found. All text is escaped. */
#pragma once

#include "found.h"

void nw_found_put(char *buf, size_t size, const char *text);
void nw_found_name_process(char buf[NW_FOUND_TEXT], const struct nw_proc *p);
/* Lines for people: evidence, chain, clock, coverage; free() it. NULL: there was no memory. */
char *nw_found_detail(const struct nw_output *o);
/* The same for programs; or NULL. */
struct json_object *nw_found_whole(const struct nw_output *out);
