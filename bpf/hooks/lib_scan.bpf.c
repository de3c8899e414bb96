/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * lib_scan: which libraries of makers processes have mapped.
 *
 * Kernel: iter/task, kernel/bpf/task_iter.c: every task in the reader's pid namespace and those below
 * it. Context: user space read()s the pinned link's file; the task is held, under RCU. The mappings of
 * its mm are walked without its lock: up to 6.0 the list mm->mmap, since then the maple tree mm->mm_mt
 * (lib/maple_tree.c), leaf by leaf, each found from the root by its first address. What is seen in a
 * node or mapping that was given away meanwhile names another mm, and the process is looked at again.
 * iter/task_vma (5.13) takes the mmap lock of each process, for which whoever holds it may let us
 * wait, and goes through all mappings of all: 1.3 us each.
 * A process is looked at when it is new, runs another program or has other executable pages than
 * before (mm->exec_vm), then once more, and after that only its three numbers are read.
 * Cannot see: what is mapped and unmapped between two looks (a second), or in place of as many pages;
 * a library that is called otherwise; code that is not mapped from a file.
 * Each look at a process writes a byte to the reader, each library one more, so that it can stop often
 * and empty the ring.
 * Cost: 0.5-0.9 us a thread, and 0.4 us a mapping of who is looked at: 0.13 ms for 280 threads, 3.5 ms for
 * 4,200; 22 ms, twice, for 61,000 mappings that are new. Every second, or 0.1 % of a core, but every 10 s.
 */
#include "nw_cgroup.bpf.h"

#define NW_PF_KTHREAD 0x00200000 /* include/linux/sched.h */
#define NW_VM_EXEC    0x00000004 /* include/linux/mm.h */

#define NW_LIB_MAX	 256 /* libraries */
#define NW_LIB_PROCESSES 8192
#define NW_LIB_LOOKS	 2 /* at the same mappings: the first may have come in the midst of a change */
#define NW_LIB_LAPS	 32 /* as often, of NW_LIB_STEPS: vm.max_map_count is 65,530 */
#define NW_LIB_STEPS	 64
#define NW_LIB_BYTES	 128 /* to the reader in one go */

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
	unsigned long exec_vm;
} __attribute__((preserve_access_index));

#define HAS_LIST bpf_core_field_exists(((struct mm_struct___all *)0)->mmap)

/* What it was when it was looked at. */
struct nw_lib_seen {
	__u64 start_ns;
	__u64 exec_vm;
	__u32 exec_id;
	__u32 looks;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, NW_LIB_MAX);
	__type(key, struct nw_library_name);
	__type(value, struct nw_library);
} nw_libraries SEC(".maps");

/* By pid; two that share a place are looked at each time. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, NW_LIB_PROCESSES);
	__type(key, __u32);
	__type(value, struct nw_lib_seen);
} nw_lib_processes SEC(".maps");

__u32 nw_libraries_used; /* user space's: how many there are */
/* For user space: processes that were looked at, mappings found, processes that have too many. */
__u64 nw_lib_looks;
__u64 nw_lib_met;
__u64 nw_lib_lost;

/* One process at a time: user space reads the iterator from one thread. */
static struct nw_proc_id self;
static __u64 look_ns;
static __u64 mm;
static __u64
	at; /* the next mapping of the list, or the address from which on the tree is looked at */
static __u32 told;
static bool is_torn;
static char name[64];
static char zeros[NW_LIB_BYTES];

/* ---- one mapping ---------------------------------------------------------------------------- */

static __always_inline void tell(struct nw_library *lib)
{
	struct nw_ev_library *e;

	if (lib->look == nw_lib_looks) {
		return;
	}
	e = nw_reserve(sizeof(*e));
	if (!e) {
		is_torn = true; /* at the next look */
		return;
	}
	nw_head_of(&e->ev, NW_HOOK_LIB_SCAN, NW_SHAPE_LIBRARY, 0, sizeof(*e), look_ns);
	e->self = self;
	__builtin_memcpy(e->text, lib->text, sizeof(e->text));
	nw_submit(e);
	lib->look = nw_lib_looks;
	told++;
}

/* Does a library's name end here, behind which is at most its version? In the catalogue it ends so, too.
 * Global, as those below, so that the verifier looks at it once. */
__noinline int nw_lib_name_ends(__u32 i)
{
	char end;

	if (i >= NW_LIBRARY_NAME - 3 || name[i] != '.' || name[i + 1] != 's' ||
	    name[i + 2] != 'o') {
		return 0;
	}
	end = name[i + 3];
	return !end || end == '.' || end == '-';
}

/* How long the name is up to its version, 0: it is no library's. */
static __always_inline __u32 name_len(void)
{
	NW_LIB_ONE_CALL
	for (__u32 i = 0; i < NW_LIBRARY_NAME - 3; i++) {
		if (nw_lib_name_ends(i)) {
			return i + 3;
		}
	}
	return 0;
}

static __always_inline void see_file(struct vm_area_struct___all *vma, struct file *file)
{
	const unsigned char *from = BPF_CORE_READ(file, f_path.dentry, d_name.name);
	struct nw_library_name key = {};
	struct nw_library *lib;
	__u32 len;

	if (bpf_probe_read_kernel_str(name, sizeof(name), from) < 0) {
		return;
	}
	len = name_len();
	asm volatile("%0 &= 63" : "+r"(len)); /* a bound that 5.10's verifier keeps */
	if (len == 0 || len >= NW_LIBRARY_NAME || bpf_probe_read_kernel(&key, len, name)) {
		return;
	}
	lib = bpf_map_lookup_elem(&nw_libraries, &key);
	if (!lib) {
		return;
	}
	if ((__u64)BPF_CORE_READ(vma, vm_mm) != mm || BPF_CORE_READ(vma, vm_file) != file) {
		is_torn = true; /* its name may be another's */
		return;
	}
	tell(lib);
}

/* 0: it is not this process's any more. */
__noinline int nw_lib_see(__u64 addr)
{
	struct vm_area_struct___all *vma = (void *)addr;
	struct file *file;

	if ((__u64)BPF_CORE_READ(vma, vm_mm) != mm) {
		is_torn = true;
		return 0;
	}
	nw_lib_met++;
	if (!(BPF_CORE_READ(vma, vm_flags) & NW_VM_EXEC)) {
		return 1;
	}
	file = BPF_CORE_READ(vma, vm_file);
	if (file) {
		see_file(vma, file);
	}
	return 1;
}

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

/* ---- one process ---------------------------------------------------------------------------- */

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

static __always_inline void walk(void)
{
	struct mm_struct___all *m = (void *)mm;
	int i;

	nw_lib_looks++;
	is_torn = false;
	told = 0;
	at = HAS_LIST ? (__u64)BPF_CORE_READ(m, mmap) : 0;
	NW_LIB_ONE_CALL
	for (i = 0; i < NW_LIB_LAPS && nw_lib_laps(); i++) {
	}
	if (i == NW_LIB_LAPS) {
		nw_lib_lost++;
	}
}

/* A process is looked at by its first thread, or if that has ended by the others. */
static __always_inline bool is_first(struct task_struct *task)
{
	return task->pid == task->tgid || !BPF_CORE_READ(task, group_leader, mm);
}

SEC("iter/task")
int nw_lib_scan(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct nw_lib_seen now = {};
	struct nw_lib_seen *seen;
	struct mm_struct___all *m;
	__u64 bytes;
	__u32 place;

	if (!task || !nw_libraries_used || (task->flags & NW_PF_KTHREAD) || !is_first(task)) {
		return 0;
	}
	look_ns = bpf_ktime_get_boot_ns();
	now.start_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	now.exec_id = BPF_CORE_READ(task, group_leader, self_exec_id);
	m = (void *)BPF_CORE_READ(task, mm);
	now.exec_vm = BPF_CORE_READ(m, exec_vm);
	place = task->tgid & (NW_LIB_PROCESSES - 1);
	seen = bpf_map_lookup_elem(&nw_lib_processes, &place);
	if (!m || !seen) {
		return 0;
	}
	if (seen->start_ns != now.start_ns || seen->exec_id != now.exec_id ||
	    seen->exec_vm != now.exec_vm) {
		*seen = now;
	}
	if (seen->looks >= NW_LIB_LOOKS || !nw_is_task_ours(task)) {
		return 0;
	}
	self.start_ns = now.start_ns;
	self.tgid = task->tgid;
	mm = (__u64)m;
	walk();
	seen->looks += !is_torn;
	bytes = told;
	asm volatile("%0 &= 127" : "+r"(bytes)); /* NW_LIB_BYTES - 1, a bound that 5.10 keeps */
	bpf_seq_write(ctx->meta->seq, zeros, bytes + 1);
	return 0;
}
