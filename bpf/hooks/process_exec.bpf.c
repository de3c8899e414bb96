/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * process_exec: a process became another program.
 *
 * Kernel: trace_sched_process_exec() in exec_binprm(), fs/exec.c, after the new image is in place and
 * its arguments are in its memory. Context: the process itself, preemption off.
 * The path is walked by dentries, since bpf_d_path loads in no exec tracepoint: it is the file that
 * runs, symlinks resolved, whatever name was asked for. For a script that is its interpreter; the
 * script stands in the arguments.
 * Cannot see: arguments that a process rewrites later; a path deeper than NW_PATH_PARTS.
 * Cost: ~1 us.
 */
#include "nw_task.bpf.h"

#define NW_PATH_PARTS 24
#define NW_NAME_ROOM  256 /* NAME_MAX and NUL */
#define NW_TAIL_ROOM  (4096 + NW_CGROUP_MAX)

#define NW_S_IFMT   00170000
#define NW_S_IFSOCK 0140000
#define NW_S_IFREG  0100000
#define NW_S_IFCHR  0020000
#define NW_S_IFIFO  0010000
/* Documentation/admin-guide/devices.txt: UNIX98 PTY slaves */
#define NW_PTY_MAJOR_FIRST 136
#define NW_PTY_MAJOR_LAST  143

/* A bound that 5.10's verifier keeps through the addition to a pointer. */
#define NW_BOUND(x, mask) asm volatile("%0 &= %1" : "+r"(x) : "i"(mask))

static __always_inline __u32 put_path(struct nw_ev_proc *e, struct file *file)
{
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	struct vfsmount *mnt = BPF_CORE_READ(file, f_path.mnt);
	struct dentry *top = BPF_CORE_READ(mnt, mnt_root);
	__u32 pos =
		0; /* plain pointers here: a loop's variable may be no BTF pointer in one turn */

	for (int i = 0; i < NW_PATH_PARTS; i++) {
		struct dentry *parent = BPF_CORE_READ(dentry, d_parent);
		const unsigned char *name;
		long n;

		if (dentry == top || (dentry == parent && i > 0)) {
			struct mount *m = (void *)mnt - bpf_core_field_offset(struct mount, mnt);
			struct mount *up = BPF_CORE_READ(m, mnt_parent);

			if (m == up) {
				return pos;
			}
			dentry = BPF_CORE_READ(m, mnt_mountpoint);
			mnt = (void *)up + bpf_core_field_offset(struct mount, mnt);
			top = BPF_CORE_READ(mnt, mnt_root);
			continue;
		}
		if (pos >= NW_EXE_MAX - NW_NAME_ROOM) {
			break;
		}
		name = BPF_CORE_READ(dentry, d_name.name);
		NW_BOUND(pos, 1023);
		n = bpf_probe_read_kernel_str(e->tail + pos, NW_NAME_ROOM, name);
		if (n <= 0) {
			break;
		}
		pos += n;
		if (dentry == parent) { /* a memfd: in no directory, its name is all there is */
			return pos;
		}
		dentry = parent;
	}
	e->flags |= NW_PROC_EXE_CUT;
	return pos;
}

static __always_inline __u32 put_args(struct nw_ev_proc *e, struct task_struct *task, __u32 pos)
{
	struct mm_struct *mm = task->mm;
	unsigned long start = mm->arg_start;
	unsigned long len = mm->arg_end - start;

	if (len > NW_ARGS_MAX - 1) {
		len = NW_ARGS_MAX - 1;
		e->flags |= NW_PROC_ARGS_CUT;
	}
	NW_BOUND(len, NW_ARGS_MAX - 1);
	NW_BOUND(pos, 2047);
	if (bpf_probe_read_user(e->tail + pos, len, (void *)start)) {
		e->flags |= NW_PROC_ARGS_CUT;
		return 0;
	}
	return len;
}

static __always_inline __u32 put_cgroup(struct nw_ev_proc *e, struct task_struct *task, __u32 pos)
{
	struct kernfs_node *kn = task->cgroups->dfl_cgrp->kn;
	long n;

	e->cgroup_id = kn->id;
	NW_BOUND(pos, 4095);
	n = bpf_probe_read_kernel_str(e->tail + pos, NW_CGROUP_MAX, kn->name);
	return n > 1 ? n - 1 : 0;
}

static __always_inline __u32 stdio_kind(struct file *file)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	__u32 mode = BPF_CORE_READ(inode, i_mode) & NW_S_IFMT;
	__u32 major;

	if (mode == NW_S_IFSOCK) {
		return NW_STDIO_SOCKET;
	}
	if (mode == NW_S_IFIFO) {
		return NW_STDIO_PIPE;
	}
	if (mode == NW_S_IFREG) {
		return NW_STDIO_FILE;
	}
	major = BPF_CORE_READ(inode, i_rdev) >> 20;
	if (mode == NW_S_IFCHR && major >= NW_PTY_MAJOR_FIRST && major <= NW_PTY_MAJOR_LAST) {
		return NW_STDIO_PTY;
	}
	return NW_STDIO_OTHER;
}

static __always_inline __u32 stdio_of(struct task_struct *task)
{
	struct file **fds = task->files->fdt->fd;
	struct file *file[3] = {};
	__u32 kinds = 0;
	__u32 kind = 0;

	if (bpf_probe_read_kernel(file, sizeof(file), fds)) {
		return 0;
	}
#pragma unroll
	for (int i = 0; i < 3; i++) {
		if (!file[i]) {
			continue;
		}
		if (i == 0 || file[i] != file[i - 1]) { /* most often all three are one file */
			kind = stdio_kind(file[i]);
		}
		kinds |= kind << (NW_PROC_STDIO_SHIFT + i * NW_PROC_STDIO_BITS);
	}
	return kinds;
}

static __always_inline void put_exe(struct nw_ev_proc *e, struct file *file)
{
	struct inode *inode = file->f_inode;

	e->exe_ino = inode->i_ino;
	e->exe_dev = inode->i_sb->s_dev;
	if (inode->i_nlink == 0) {
		/* a memfd's dentry is in no directory: it is its own parent */
		struct dentry *d = file->f_path.dentry;

		e->flags |= d->d_parent == d ? NW_PROC_MEMFD : NW_PROC_DELETED;
	}
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(nw_process_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	struct file *file;
	struct nw_ev_proc *e;
	__u32 n;

	if (!nw_is_ours()) {
		return 0;
	}
	e = nw_reserve(sizeof(*e) + NW_TAIL_ROOM);
	if (!e) {
		return 0;
	}
	file = bprm->file;
	e->self.start_ns = task->group_leader->start_boottime;
	e->self.tgid = task->tgid;
	e->self.pad = 0;
	e->parent.start_ns = task->real_parent->group_leader->start_boottime;
	e->parent.tgid = task->real_parent->tgid;
	e->parent.pad = 0;
	e->uid = task->cred->uid.val;
	e->gid = task->cred->gid.val;
	e->netns = task->nsproxy->net_ns->ns.inum;
	e->flags = stdio_of(task);
	e->exit_code = 0;
	e->pad = 0;
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	put_exe(e, file);
	n = put_path(e, file);
	e->exe_len = n;
	e->flags |= NW_PROC_EXE_PARTS;
	e->args_len = put_args(e, task, n);
	n += e->args_len;
	e->cgroup_len = put_cgroup(e, task, n);
	n += e->cgroup_len;
	nw_head_of(&e->ev, NW_HOOK_PROCESS_EXEC, NW_SHAPE_PROC, NW_PROC_EXEC, sizeof(*e) + n,
		   bpf_ktime_get_boot_ns());
	nw_submit(e);
	return 0;
}
