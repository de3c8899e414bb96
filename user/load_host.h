/* SPDX-License-Identifier: Apache-2.0 */
/* Why loading can't work on this host, in words for who runs us. */
#pragma once

#include <stdint.h>

#include "util/macro.h"

/* Privilege and type information, before the kernel is asked. btf: a file in place of the kernel's
 * own, or NULL. 0; -EPERM or -ENOENT, logged. */
NW_MUST_CHECK int nw_load_check_host(const char *btf);
/* What the kernel said no to, logged: -EPERM or -ENOTSUP. */
int nw_load_explain(int err);
/* Address of a function of the kernel; 0: there is none, or it is hidden from us. Reads up to 10 MB. */
uint64_t nw_load_symbol(const char *name);
