/* SPDX-License-Identifier: Apache-2.0 */
/* Why loading can't work on this host, in words for who runs us. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "util/macro.h"

#define NW_LOAD_TYPES "/sys/kernel/btf/vmlinux" /* of the kernel that runs */

/* Privilege and type information, before the kernel is asked. btf: a file in place of the kernel's
 * own, or NULL. 0; -EPERM or -ENOENT, logged. */
NW_MUST_CHECK int nw_load_check_host(const char *btf);
/* What the kernel said no to, logged: -EPERM or -ENOTSUP. */
int nw_load_explain(int err);
/* Address of a function of the kernel; 0: there is none, or it is hidden from us. Reads up to 10 MB. */
uint64_t nw_load_symbol(const char *name);
/* Bytes that loading needs for a while: the types are read twice, by us and by libbpf, one after the
 * other, each time as a file and as the copy that libbpf makes of it. 0: not known. */
size_t nw_load_memory(const char *btf);
