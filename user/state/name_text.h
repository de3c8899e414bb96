/* SPDX-License-Identifier: Apache-2.0 */
/* Names of one DNS message: which are the same, where CNAMEs end, and how a name is kept. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "output.h"

#define NW_NAME_MAX 256 /* a longer name keeps its end, behind "…" */

/* In lower case. */
void nw_name_put(char ret[NW_NAME_MAX], const char *name);
bool nw_name_is_same(const struct nw_dns *dns, uint16_t a, uint16_t b);
/* The name at the end of the question's CNAMEs: addresses of other names were not asked for. */
uint16_t nw_name_chain_end(const struct nw_dns *dns);
