/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * lib_scan: which libraries of makers, and what memory that joins them, processes have mapped.
 *
 * Kernel: iter/task, kernel/bpf/task_iter.c: every task in the reader's pid namespace and those below
 * it. Context: user space read()s the pinned link's file; the task is held, under RCU. The mappings of
 * its mm are walked without its lock (nw_mappings.bpf.h), and what came in the midst of a change again.
 * iter/task_vma (5.13) takes the mmap lock of each process, for which whoever holds it may let us
 * wait, and goes through all mappings of all: 1.3 us each.
 * A process is looked at when it is new, runs another program or has more or fewer pages than before
 * that it can run or that are not its own data (which is what shared memory is, and no malloc()); then
 * once more, and again every minute or two. Else only its numbers are read.
 * Memory is what may be mapped shared of a tmpfs or hugetlbfs: files whose descriptor is closed, System V
 * segments, shared anonymous mappings. What a process may do with it, mprotect() included, is told as
 * for an open file, and behind the last that there is no more.
 * Cannot see: what is mapped and unmapped between two looks (a second), or for a minute what comes in
 * place of as many pages; a library that is called otherwise; code that is not mapped from a file.
 * Each look at a process writes a byte to the reader, each thing told one more, so that it can stop often
 * and empty the ring.
 * Cost: 0.5-0.9 us a thread, and 0.4 us a mapping of who is looked at: 0.13 ms for 280 threads, 3.5 ms for
 * 4,200; 22 ms, twice, for 61,000 mappings that are new, and once a minute. Every second, or 0.1 % of a
 * core, but every 10 s; where a flow begins that others may be behind, 0.5 % of a core.
 */
#include "nw_cgroup.bpf.h"
#include "nw_mappings.bpf.h"
#include "nw_memory.bpf.h"

#define NW_PF_KTHREAD  0x00200000 /* include/linux/sched.h */
#define NW_VM_EXEC     0x00000004 /* include/linux/mm.h */
#define NW_VM_MAYREAD  0x00000010
#define NW_VM_MAYWRITE 0x00000020
#define NW_VM_MAYSHARE 0x00000080

#define NW_LIB_MAX	 256 /* libraries */
#define NW_LIB_PROCESSES 8192
#define NW_LIB_LOOKS	 2 /* at the same mappings: the first may have come in the midst of a change */
#define NW_LIB_BYTES	 128 /* to the reader in one go */
#define NW_LIB_MEMORIES	 256 /* told of one process */
#define NW_LIB_AGAIN_NS	 (60ULL * 1000000000)
#define NW_LIB_AGAIN_BIT 30 /* and 1.07 s more for each of this many, by pid: not all at once */
#define NW_LIB_SYSV	 (1ULL << 63)

/* What it was when it was looked at. */
struct nw_lib_seen {
	__u64 start_ns;
	__u64 exec_vm;
	__u64 shared_vm; /* all but code, stack and what it alone may write */
	__u64 look_ns;
	__u32 exec_id;
	__u16 looks;
	__u16 has_memory;
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
static __u32 told;
static __u32 memories;
static __u64 last_memory; /* its inode, and what may be done with it */
static __u32 last_flags;
static char name[64];
static char zeros[NW_LIB_BYTES];

static __always_inline void count_told(void)
{
	told += told < NW_LIB_BYTES - 2;
}

/* ---- libraries ------------------------------------------------------------------------------ */

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
	count_told();
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

/* What was read of its file may be another's. */
static __always_inline bool is_still(struct vm_area_struct___all *vma, struct file *file)
{
	if ((__u64)BPF_CORE_READ(vma, vm_mm) == mm && BPF_CORE_READ(vma, vm_file) == file) {
		return true;
	}
	is_torn = true;
	return false;
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
	if (lib && is_still(vma, file)) {
		tell(lib);
	}
}

/* ---- memory --------------------------------------------------------------------------------- */

/* inode 0: there is no more. */
static __always_inline void tell_memory(__u64 inode, __u32 dev, __u32 flags)
{
	struct nw_ev_fd *e = nw_reserve(sizeof(*e));

	if (!e) {
		is_torn = true;
		return;
	}
	__builtin_memset(e, 0, sizeof(*e));
	nw_head_of(&e->ev, NW_HOOK_LIB_SCAN, NW_SHAPE_FD, NW_FD_MEMORY, sizeof(*e), look_ns);
	e->scan_ns = look_ns;
	e->self = self;
	e->inode = inode;
	e->dev = dev;
	e->fd = ~0U; /* none */
	e->flags = flags;
	nw_submit(e);
	count_told();
}

/* A System V segment's inode has its id for a number, which another IPC namespace has too; its file is
 * one around the memory's own. */
static __always_inline __u64 number_of(struct file *file, struct inode *inode)
{
	__u64 number = BPF_CORE_READ(inode, i_ino);

	if (BPF_CORE_READ(file, f_op) == BPF_CORE_READ(inode, i_fop)) {
		return number;
	}
	return NW_LIB_SYSV | (__u64)BPF_CORE_READ(inode, i_generation) << 32 | number;
}

/* One that is mapped in many pieces is told once, if these are neighbours. */
__noinline int nw_lib_see_memory(__u64 addr)
{
	struct vm_area_struct___all *vma = (void *)addr;
	__u64 vm_flags = BPF_CORE_READ(vma, vm_flags);
	struct file *file = BPF_CORE_READ(vma, vm_file);
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	__u32 flags = (vm_flags & NW_VM_MAYREAD ? NW_FD_READ : 0) |
		      (vm_flags & NW_VM_MAYWRITE ? NW_FD_WRITE : 0);
	__u64 number;

	if (!nw_is_memory(BPF_CORE_READ(inode, i_sb, s_magic),
			  BPF_CORE_READ(inode, i_mapping, i_mmap_writable.counter))) {
		return 0;
	}
	number = number_of(file, inode);
	if (!is_still(vma, file) || ((__u64)inode == last_memory && flags == last_flags)) {
		return 0;
	}
	last_memory = (__u64)inode;
	last_flags = flags;
	if (memories++ < NW_LIB_MEMORIES) {
		tell_memory(number, BPF_CORE_READ(inode, i_sb, s_dev), flags);
	} else if (memories == NW_LIB_MEMORIES + 1) {
		nw_lib_lost++;
	}
	return 1;
}

/* ---- one mapping ---------------------------------------------------------------------------- */

/* 0: it is not this process's any more. */
__noinline int nw_lib_see(__u64 addr)
{
	struct vm_area_struct___all *vma = (void *)addr;
	__u64 vm_flags = BPF_CORE_READ(vma, vm_flags);
	struct file *file;

	if ((__u64)BPF_CORE_READ(vma, vm_mm) != mm) {
		is_torn = true;
		return 0;
	}
	nw_lib_met++;
	if (vm_flags & NW_VM_MAYSHARE) {
		nw_lib_see_memory(addr);
	}
	if (!(vm_flags & NW_VM_EXEC)) {
		return 1;
	}
	file = BPF_CORE_READ(vma, vm_file);
	if (file) {
		see_file(vma, file);
	}
	return 1;
}

/* ---- one process ---------------------------------------------------------------------------- */

static __always_inline void walk(void)
{
	nw_lib_looks++;
	told = 0;
	memories = 0;
	last_memory = 0;
	if (!nw_mappings_walk()) {
		nw_lib_lost++;
	}
}

/* A process is looked at by its first thread, or if that has ended by the others. */
static __always_inline bool is_first(struct task_struct *task)
{
	return task->pid == task->tgid || !BPF_CORE_READ(task, group_leader, mm);
}

static __always_inline struct nw_lib_seen numbers_of(struct task_struct *task)
{
	struct mm_struct___all *m = (void *)BPF_CORE_READ(task, mm);
	struct nw_lib_seen now = {
		.start_ns = BPF_CORE_READ(task, group_leader, start_boottime),
		.exec_id = BPF_CORE_READ(task, group_leader, self_exec_id),
		.exec_vm = BPF_CORE_READ(m, exec_vm),
		.look_ns = look_ns,
	};

	now.shared_vm = BPF_CORE_READ(m, total_vm) - BPF_CORE_READ(m, data_vm) -
			BPF_CORE_READ(m, stack_vm) - now.exec_vm;
	return now;
}

/* Is it not what it was? Then it is from now on. */
static __always_inline bool is_news(struct nw_lib_seen *seen, struct nw_lib_seen *now, __u32 tgid)
{
	__u64 spread = (__u64)(tgid & 63) << NW_LIB_AGAIN_BIT;
	bool is_same = seen->start_ns == now->start_ns && seen->exec_id == now->exec_id;

	if (is_same && seen->exec_vm == now->exec_vm && seen->shared_vm == now->shared_vm &&
	    look_ns < seen->look_ns + NW_LIB_AGAIN_NS + spread) {
		return seen->looks < NW_LIB_LOOKS;
	}
	now->has_memory = is_same && seen->has_memory;
	*seen = *now;
	return true;
}

static __always_inline void look(struct nw_lib_seen *seen)
{
	walk();
	if (!is_torn && (memories || seen->has_memory)) {
		tell_memory(0, 0, 0);
	}
	seen->has_memory = memories || (is_torn && seen->has_memory);
	seen->looks += !is_torn;
}

SEC("iter/task")
int nw_lib_scan(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct nw_lib_seen *seen;
	struct nw_lib_seen now;
	__u64 bytes;
	__u32 place;

	if (!task || (task->flags & NW_PF_KTHREAD) || !is_first(task)) {
		return 0;
	}
	look_ns = bpf_ktime_get_boot_ns();
	now = numbers_of(task);
	mm = (__u64)BPF_CORE_READ(task, mm);
	place = task->tgid & (NW_LIB_PROCESSES - 1);
	seen = bpf_map_lookup_elem(&nw_lib_processes, &place);
	if (!mm || !seen || !is_news(seen, &now, task->tgid) || !nw_is_task_ours(task)) {
		return 0;
	}
	self.start_ns = now.start_ns;
	self.tgid = task->tgid;
	look(seen);
	bytes = told;
	asm volatile("%0 &= 127" : "+r"(bytes)); /* NW_LIB_BYTES - 1, a bound that 5.10 keeps */
	bpf_seq_write(ctx->meta->seq, zeros, bytes + 1);
	return 0;
}
