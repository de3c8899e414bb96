/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What memory joins processes: fd_scan looks at open files, lib_scan at what is mapped. */
#pragma once

#define NW_TMPFS     0x01021994 /* include/uapi/linux/magic.h */
#define NW_HUGETLBFS 0x958458f6

/* writable: address_space::i_mmap_writable, how often it is mapped shared and may be written */
static __always_inline bool nw_is_memory(__u64 magic, __s32 writable)
{
	return (magic == NW_TMPFS || magic == NW_HUGETLBFS) && writable > 0;
}
