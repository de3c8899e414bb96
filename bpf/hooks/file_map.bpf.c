/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * file_map: how much of recordings a process mapped into its memory.
 *
 * Kernel: fexit/vm_mmap_pgoff, mm/util.c: what mmap() and the kernel's own mappings come to. Context:
 * the mapping process's. What is mapped is read without a call, page by page and as often as one likes:
 * nobody counts that, so it is said how much could be read.
 * Cannot see: mappings that were there before the start, those that grow by mremap().
 * Cost: each mmap() of the host a trampoline, three loads and a test.
 */
#include "nw_file_count.bpf.h"

#define NW_MMAP_ERROR (~0UL - 4095)

SEC("fexit/vm_mmap_pgoff")
int BPF_PROG(nw_file_map, struct file *file, unsigned long addr, unsigned long len,
	     unsigned long prot, unsigned long flag, unsigned long pgoff, unsigned long at)
{
	__u64 size, begin = pgoff << 12;

	if (!file || !nw_has_root(file->f_inode->i_sb->s_dev) || at >= NW_MMAP_ERROR) {
		return 0;
	}
	size = file->f_inode->i_size;
	if (begin >= size) {
		return 0;
	}
	return nw_file_count(file, len < size - begin ? len : size - begin, true, NULL,
			     NW_HOOK_FILE_MAP);
}
