/* SPDX-License-Identifier: Apache-2.0 */
/* The names of programs in the object: "nw_<hook>", with more behind it, and "__alt" at the end. */
#pragma once

#include <stdbool.h>

#define NW_LOAD_PREFIX "nw_"
#define NW_LOAD_ALT    "__alt"

/* "nw_tcp_state__alt" and "nw_sock_bind6" -> the hook whose name is the longest prefix. */
unsigned nw_load_hook_of(const char *prog);
/* Is it a second way in? */
bool nw_load_is_alt(const char *prog);
