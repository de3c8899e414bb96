/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * All mappings of a process, without its lock: up to 6.0 the list mm->mmap, since then the maple tree
 * mm->mm_mt (lib/maple_tree.c), leaf by leaf, each found from the root by its first address. What is
 * seen in a node or mapping that was given away meanwhile names another mm: then is_torn, and the walk
 * is over. Who includes this has nw_lib_see().
 */
#pragma once

#include "nw.bpf.h"

#define NW_LIB_STEPS 64 /* in one call; 32 times, and that 32 times: vm.max_map_count is 65,530 */
#define NW_LIB_LAPS  32

/* Unrolled it would be many calls, and the verifier follows each of them down to the last for the depth of
 * the stack: that was most of its work. */
#define NW_LIB_ONE_CALL _Pragma("clang loop unroll(disable)")

/*
 * Both ways to keep mappings. One type each and no more: libbpf searches all of the kernel's BTF for
 * every one that it relocates, some 2 ms of each start.
 */
struct vm_area_struct___all {
	struct mm_struct___all *vm_mm;
	unsigned long vm_flags;
	struct file *vm_file;
	struct vm_area_struct___all *vm_next;
} __attribute__((preserve_access_index));

struct maple_tree___all {
	void *ma_root;
} __attribute__((preserve_access_index));

struct mm_struct___all {
	struct vm_area_struct___all *mmap;
	struct maple_tree___all mm_mt;
	unsigned long total_vm;
	unsigned long data_vm;
	unsigned long exec_vm;
	unsigned long stack_vm;
} __attribute__((preserve_access_index));

#define HAS_LIST bpf_core_field_exists(((struct mm_struct___all *)0)->mmap)

/* Of one mapping. 0: it is not this process's any more. */
int nw_lib_see(__u64 addr);

static __u64 mm;
static __u64
	at; /* the next mapping of the list, or the address from which on the tree is looked at */
static bool is_torn;

/* ---- the list, up to 6.0 -------------------------------------------------------------------- */

static __always_inline int step_list(void)
{
	struct vm_area_struct___all *vma = (void *)at;

	if (!at) {
		return 0;
	}
	at = (__u64)BPF_CORE_READ(vma, vm_next);
	return nw_lib_see((__u64)vma);
}

/* ---- the tree: include/linux/maple_tree.h ---------------------------------------------------- */

#define NODE_WORDS    32 /* 256 bytes, and as they are aligned: its parent, pivots, slots */
#define NODE_MASK     255ULL
#define NODE_DEPTH    12 /* 65,536 mappings have 7 at most */
#define TYPE_SHIFT    3
#define TYPE_MASK     15
#define TYPE_LEAF     1 /* enum maple_type; as range_64 */
#define TYPE_RANGE    2
#define TYPE_ARANGE   3
#define RANGE_PIVOTS  15
#define ARANGE_PIVOTS 9
#define TREE_ENTRY    2 /* low bits of what leads to a node from the root */

static __u64 node[NODE_WORDS]; /* a copy */
static __u64 entry;	       /* what leads to it: address and type */
static __u64 last;	       /* the last address that it is about */

static __always_inline __u64 word_of(__u32 i)
{
	asm volatile("%0 &= 31" : "+r"(i)); /* NODE_WORDS - 1, where the compiler can't lose it */
	return node[i];
}

static __always_inline __u64 pivot_of(__u32 i)
{
	return word_of(1 + i);
}

/* The slot that has the address, of a node that has so many pivots. */
__noinline int nw_lib_slot(__u32 pivots)
{
	for (__u32 i = 0; i < RANGE_PIVOTS; i++) {
		if (i >= pivots || pivot_of(i) >= at) {
			return i;
		}
	}
	return RANGE_PIVOTS;
}

/* Reads the node and goes on to the next one below it. 0: there is none, this is a leaf. */
__noinline int nw_lib_down(void)
{
	__u32 type = entry >> TYPE_SHIFT & TYPE_MASK;
	__u32 pivots = type == TYPE_ARANGE ? ARANGE_PIVOTS : RANGE_PIVOTS;
	__u64 addr = entry & ~NODE_MASK;
	__u32 i;

	if (bpf_probe_read_kernel(node, sizeof(node), (void *)addr) ||
	    (node[0] & ~NODE_MASK) == addr || /* its own parent: another is in its place */
	    type < TYPE_LEAF || type > TYPE_ARANGE) {
		is_torn = true;
		return 0;
	}
	if (type == TYPE_LEAF) {
		return 0;
	}
	i = nw_lib_slot(pivots);
	if (i < pivots) {
		last = pivot_of(i);
	}
	entry = word_of(1 + pivots + i);
	return 1;
}

/* What is in a slot of the leaf, if it has one. 0: that was the last. */
__noinline int nw_lib_leaf_slot(__u32 i)
{
	__u64 pivot = i < RANGE_PIVOTS ? pivot_of(i) : last;
	__u64 vma = word_of(1 + RANGE_PIVOTS + i);

	if ((i > 0 && pivot == 0) || (vma && !nw_lib_see(vma))) {
		return 0;
	}
	return pivot < last;
}

static __always_inline void see_leaf(void)
{
	__u32 first = nw_lib_slot(RANGE_PIVOTS);

	NW_LIB_ONE_CALL
	for (__u32 i = 0; i <= RANGE_PIVOTS; i++) {
		if (i >= first && !nw_lib_leaf_slot(i)) {
			return;
		}
	}
}

static __always_inline int step_tree(void)
{
	struct mm_struct___all *m = (void *)mm;
	int i;

	entry = (__u64)BPF_CORE_READ(m, mm_mt.ma_root);
	last = ~0ULL;
	if ((entry & 3) != TREE_ENTRY) {
		return 0; /* empty */
	}
	NW_LIB_ONE_CALL
	for (i = 0; i < NODE_DEPTH && nw_lib_down(); i++) {
	}
	if (i == NODE_DEPTH) {
		is_torn = true;
	}
	if (!is_torn) {
		see_leaf();
	}
	at = last + 1;
	return !is_torn && at != 0;
}

/* ---- all of them ---------------------------------------------------------------------------- */

/* 0: that was the last. Global, as those above, so that the verifier looks at it once. */
__noinline int nw_lib_step(void)
{
	if (HAS_LIST) {
		return step_list();
	}
	return step_tree();
}

__noinline int nw_lib_lap(void)
{
	NW_LIB_ONE_CALL
	for (int i = 0; i < NW_LIB_STEPS; i++) {
		if (!nw_lib_step()) {
			return 0;
		}
	}
	return 1;
}

__noinline int nw_lib_laps(void)
{
	NW_LIB_ONE_CALL
	for (int i = 0; i < NW_LIB_LAPS; i++) {
		if (!nw_lib_lap()) {
			return 0;
		}
	}
	return 1;
}

/* False: it has too many. */
static __always_inline bool nw_mappings_walk(void)
{
	struct mm_struct___all *m = (void *)mm;
	int i;

	is_torn = false;
	at = HAS_LIST ? (__u64)BPF_CORE_READ(m, mmap) : 0;
	NW_LIB_ONE_CALL
	for (i = 0; i < NW_LIB_LAPS && nw_lib_laps(); i++) {
	}
	return i < NW_LIB_LAPS;
}
