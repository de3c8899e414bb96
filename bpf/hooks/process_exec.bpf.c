/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * process_exec: a process became another program.
 *
 * Kernel: trace_sched_process_exec() in exec_binprm(), fs/exec.c, after the new image is in place and
 * its arguments are in its memory. Context: the process itself, preemption off; from 7.0 on it may lose its
 * turn here, and what runs on this processor meanwhile is counted as skipped (user/skipped.h).
 * The path is walked by dentries, since bpf_d_path loads in no exec tracepoint: it is the file that
 * runs, symlinks resolved, whatever name was asked for. For a script that is its interpreter; the
 * script stands in the arguments.
 * Cannot see: arguments that a process rewrites later; a path deeper than NW_PATH_PARTS.
 * Cost: ~0.9 us for a path like /usr/bin/x, ~60 ns more for each folder deeper.
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

/* An exec's size is known only when it is read: it is put together here, in memory that stays warm,
 * and goes to the ring in its own size (a reservation would take 4.3 KiB of the ring for each). */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct nw_ev_proc) + NW_TAIL_ROOM);
} nw_exec_rooms SEC(".maps");

/* A bound that 5.10's verifier keeps through the addition to a pointer. */
#define NW_BOUND(x, mask) asm volatile("%0 &= %1" : "+r"(x) : "i"(mask))

/* Its length with NUL; 0 when there is no room or it cannot be read. */
static __always_inline __u32 put_name(struct nw_ev_proc *e, __u32 pos, const unsigned char *name)
{
	long n;

	if (pos >= NW_EXE_MAX - NW_NAME_ROOM) {
		return 0;
	}
	NW_BOUND(pos, 1023);
	n = bpf_probe_read_kernel_str(e->tail + pos, NW_NAME_ROOM, name);
	return n > 0 ? n : 0;
}

/* From the root of one mount to that of all; plain pointers, since struct mount is reached by a
 * subtraction, which no verifier lets a BTF pointer do. */
static __always_inline __u32 put_mountpoints(struct nw_ev_proc *e, struct vfsmount *mnt, __u32 pos)
{
	struct mount *m = (void *)mnt - bpf_core_field_offset(struct mount, mnt);
	struct mount *up = BPF_CORE_READ(m, mnt_parent);
	struct dentry *dentry;
	struct dentry *top;

	if (m == up) {
		return pos;
	}
	dentry = BPF_CORE_READ(m, mnt_mountpoint);
	top = BPF_CORE_READ(up, mnt.mnt_root);
	for (int i = 0; i < NW_PATH_PARTS; i++) {
		__u32 n;

		if (dentry == top) {
			m = up;
			up = BPF_CORE_READ(m, mnt_parent);
			if (m == up) {
				return pos;
			}
			dentry = BPF_CORE_READ(m, mnt_mountpoint);
			top = BPF_CORE_READ(up, mnt.mnt_root);
			continue;
		}
		n = put_name(e, pos, BPF_CORE_READ(dentry, d_name.name));
		if (!n) {
			break;
		}
		pos += n;
		dentry = BPF_CORE_READ(dentry, d_parent);
	}
	e->flags |= NW_PROC_EXE_CUT;
	return pos;
}

static __always_inline __u32 put_path(struct nw_ev_proc *e, struct file *file)
{
	struct dentry *dentry = file->f_path.dentry;
	struct dentry *top = file->f_path.mnt->mnt_root;
	bool is_top = false;
	__u32 pos = 0;

	for (int i = 0; i < NW_PATH_PARTS; i++) {
		struct dentry *parent = dentry->d_parent;
		__u32 n;

		is_top = dentry == top;
		if (is_top) {
			break;
		}
		n = put_name(e, pos, dentry->d_name.name);
		if (!n) {
			break;
		}
		pos += n;
		if (dentry == parent) { /* a memfd: in no directory, its name is all there is */
			return pos;
		}
		dentry = parent;
	}
	NW_BOUND(pos, 2047); /* one state for the verifier, however many names there were */
	if (is_top) {
		return put_mountpoints(e, file->f_path.mnt, pos);
	}
	e->flags |= NW_PROC_EXE_CUT;
	return pos;
}

static __always_inline __u32 put_args(struct nw_ev_proc *e, struct mm_struct *mm, __u32 pos)
{
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

static __always_inline __u32 put_cgroup(struct nw_ev_proc *e, const char *name, __u32 pos)
{
	long n;

	NW_BOUND(pos, 4095);
	n = bpf_probe_read_kernel_str(e->tail + pos, NW_CGROUP_MAX, name);
	return n > 1 ? n - 1 : 0;
}

static __always_inline __u32 stdio_kind(__u32 mode, __u32 rdev)
{
	__u32 major = rdev >> 20;

	mode &= NW_S_IFMT;
	if (mode == NW_S_IFSOCK) {
		return NW_STDIO_SOCKET;
	}
	if (mode == NW_S_IFIFO) {
		return NW_STDIO_PIPE;
	}
	if (mode == NW_S_IFREG) {
		return NW_STDIO_FILE;
	}
	if (mode == NW_S_IFCHR && major >= NW_PTY_MAJOR_FIRST && major <= NW_PTY_MAJOR_LAST) {
		return NW_STDIO_PTY;
	}
	return NW_STDIO_OTHER;
}

/* Of an Internet socket its cookie, by which its flow is known; 0 where nobody asked for it yet. */
static __always_inline __u64 inet_cookie(struct file *file, __u32 *kind)
{
	struct socket *socket = BPF_CORE_READ(file, private_data);
	struct sock *sk = BPF_CORE_READ(socket, sk);
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);

	if (family != NW_AF_INET && family != NW_AF_INET6) {
		return 0;
	}
	*kind = NW_STDIO_INET;
	return BPF_CORE_READ(sk, __sk_common.skc_cookie.counter);
}

#define NW_DIRECT(p, field) ((p)->field)
#define NW_PROBED(p, field) BPF_CORE_READ(p, field)

/* What one of stdin, stdout, stderr is, and which. */
#define NW_PUT_STDIO(e, i, f, get)                                                              \
	do {                                                                                    \
		struct file *__file = (f);                                                      \
		if (__file) {                                                                   \
			struct inode *__inode = get(__file, f_inode);                           \
			__u32 __kind = stdio_kind(get(__inode, i_mode), get(__inode, i_rdev));  \
			__u64 __id = 0;                                                         \
			if (__kind == NW_STDIO_SOCKET) {                                        \
				__id = inet_cookie(__file, &__kind);                            \
			}                                                                       \
			if (__kind == NW_STDIO_PIPE || __kind == NW_STDIO_PTY ||                \
			    __kind == NW_STDIO_SOCKET) {                                        \
				struct super_block *__sb = get(__inode, i_sb);                  \
				__id = get(__inode, i_ino);                                     \
				(e)->stdio_dev[i] = get(__sb, s_dev);                           \
			}                                                                       \
			(e)->stdio_ino[i] = __id;                                               \
			(e)->flags |= __kind << (NW_PROC_STDIO_SHIFT + (i)*NW_PROC_STDIO_BITS); \
			(e)->flags |= (get(__file, f_mode) & 3)                                 \
				      << (NW_PROC_STDIO_MODE_SHIFT + (i)*2);                    \
		}                                                                               \
	} while (0)

/* A table that has grown is no array that the verifier knows. */
static __noinline int put_stdio_grown(struct nw_ev_proc *e, struct file **fds)
{
	struct file *file[3] = {};

	if (!e || bpf_probe_read_kernel(file, sizeof(file), fds)) {
		return 0;
	}
	NW_PUT_STDIO(e, 0, file[0], NW_PROBED);
	NW_PUT_STDIO(e, 1, file[1], NW_PROBED);
	NW_PUT_STDIO(e, 2, file[2], NW_PROBED);
	return 0;
}

static __always_inline void put_stdio(struct nw_ev_proc *e, struct files_struct *files)
{
	struct fdtable *fdt = files->fdt;

	__builtin_memset(e->stdio_ino, 0, sizeof(e->stdio_ino));
	__builtin_memset(e->stdio_dev, 0, sizeof(e->stdio_dev));
	if (fdt->max_fds > bpf_core_field_size(files->fd_array) / sizeof(void *)) {
		put_stdio_grown(e, fdt->fd);
		return;
	}
	NW_PUT_STDIO(e, 0, files->fd_array[0], NW_DIRECT);
	NW_PUT_STDIO(e, 1, files->fd_array[1], NW_DIRECT);
	NW_PUT_STDIO(e, 2, files->fd_array[2], NW_DIRECT);
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

/* What the path does not change. Returns where the cgroup's name stands. */
static __always_inline const char *put_task(struct nw_ev_proc *e, struct task_struct *task)
{
	struct task_struct *parent = task->real_parent;
	struct kernfs_node *kn = task->cgroups->dfl_cgrp->kn;
	__u64 ids = bpf_get_current_uid_gid(); /* real, of the init user namespace */

	e->self.start_ns = task->group_leader->start_boottime;
	e->self.tgid = task->tgid;
	e->self.pad = 0;
	e->parent.start_ns = parent->group_leader->start_boottime;
	e->parent.tgid = parent->tgid;
	e->parent.pad = 0;
	e->uid = (__u32)ids;
	e->gid = ids >> 32;
	e->netns = task->nsproxy->net_ns->ns.inum;
	e->flags = 0;
	e->exit_code = 0;
	e->pad = 0;
	e->session = nw_session_of(task);
	e->cgroup_id = kn->id;
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	return kn->name;
}

/*
 * Of each step to another object from a pointer that it trusts (the task, and what it holds) a new
 * verifier searches all of its BTF for exceptions, ~1 ms of the start for each, on each way by which
 * it comes there. So all of them are made first, where there is one way.
 */
SEC("tp_btf/sched_process_exec")
int BPF_PROG(nw_process_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	struct mm_struct *mm;
	struct file *file;
	struct nw_ev_proc *e;
	const char *cgroup;
	__u32 zero = 0;
	__u32 n;

	if (!nw_is_ours()) {
		return 0;
	}
	e = bpf_map_lookup_elem(&nw_exec_rooms, &zero);
	if (!e) {
		return 0; /* never: it is an array of one */
	}
	mm = task->mm;
	file = mm->exe_file; /* bprm->file, by a way that is not trusted */
	cgroup = put_task(e, task);
	put_stdio(e, task->files);
	put_exe(e, file);
	n = put_path(e, file);
	NW_BOUND(n, 2047);
	e->exe_len = n;
	e->flags |= NW_PROC_EXE_PARTS;
	e->args_len = put_args(e, mm, n);
	n += e->args_len;
	e->cgroup_len = put_cgroup(e, cgroup, n);
	n += e->cgroup_len;
	nw_head_of(&e->ev, NW_HOOK_PROCESS_EXEC, NW_SHAPE_PROC, NW_PROC_EXEC, sizeof(*e) + n,
		   bpf_ktime_get_boot_ns());
	NW_BOUND(n, 4095);
	nw_output(e, sizeof(*e) + n);
	return 0;
}
