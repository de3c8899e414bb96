/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fd_scan: who holds the sockets, pipes, terminals, shared memory and FUSE files of this host, and how
 * far who reads a recording has come.
 *
 * Kernel: iter/task_file, kernel/bpf/task_iter.c: every open file of every task in the reader's pid
 * namespace and those below it, whatever their network or mount namespace. Context: user space
 * read()s the pinned link's file; task and file are held, nothing is locked: what is opened or
 * closed meanwhile may be told or not. The last call, without a file, ends the scan.
 * Each file told writes one byte to the reader, so that it can stop often and empty the ring.
 * A regular file is a recording when a folder of nw_roots is above it, whatever mount it was opened
 * through; its position is moved by read(), readv(), sendfile() without an offset, splice().
 * Who writes a file of a FUSE mount hands it to who serves that; which mount is whose only the fuse
 * module knows, so all of a host's are one object.
 * Cannot see: what is open between two scans, as a vsock socket may be, which no hook tells; files
 * that io_uring keeps for itself (direct descriptors), files on their way in an SCM_RIGHTS message,
 * memory that has no open file (lib_scan sees who has it mapped); what was read by pread(), mmap() or
 * io_uring at an offset.
 * Cost: 0.17 us a file that does not matter, 0.3 us a pipe, 0.8 us a socket; on demand and every 10 s.
 */
#include "nw_cgroup.bpf.h"
#include "nw_file.bpf.h"
#include "nw_memory.bpf.h"
#include "nw_unix.bpf.h"

#define NW_S_IFMT   00170000
#define NW_S_IFSOCK 0140000
#define NW_S_IFREG  0100000
#define NW_S_IFCHR  0020000
#define NW_S_IFIFO  0010000

#define NW_AF_NETLINK 16
#define NW_AF_PACKET  17

#define NW_TCP_LISTEN 10	 /* AF_UNIX and others use the same number */
#define NW_FUSE	      0x65735546 /* include/uapi/linux/magic.h */
/* Documentation/admin-guide/devices.txt: UNIX98 PTY slaves, and what opens a new pair */
#define NW_PTY_FIRST 136
#define NW_PTY_LAST  143
#define NW_PTMX	     (5 << 20 | 2)
#define NW_DEV_FUSE  (10 << 20 | 229)

/* One scan at a time: user space reads the iterator from one thread. */
static __u64 scan_ns;
static __u32 files;
static __u32 lost;
static __s32 task_pid; /* whose files come: asked once whether it is one that we look at */
static bool task_is_ours;

/* A path is put together here. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct nw_ev_file) + NW_FILE_PATH_MAX + NW_FILE_NAME);
} nw_file_rooms SEC(".maps");

static __always_inline bool is_wanted(struct task_struct *task)
{
	if (task->pid == task_pid) {
		return task_is_ours;
	}
	task_pid = task->pid;
	task_is_ours = task->pid == task->tgid || task->files != task->group_leader->files;
	task_is_ours = task_is_ours && nw_is_task_ours(task);
	return task_is_ours;
}

static __always_inline void put_unix(struct nw_ev_fd *e, struct sock *sk)
{
	struct unix_sock *u = (void *)sk;
	struct unix_address *addr = BPF_CORE_READ(u, addr);

	if (addr) {
		e->flags |= NW_FD_NAMED;
	}
	if (addr && e->flags & NW_FD_LISTENING) {
		e->peer_inode = nw_unix_name(&addr->name[0].sun_path,
					     BPF_CORE_READ(addr, len) - NW_UNIX_FAMILY, e->netns);
	} else {
		e->peer_inode = BPF_CORE_READ(u, peer, sk_socket, file, f_inode, i_ino);
	}
}

static __always_inline void put_packet(struct nw_ev_fd *e, struct sock *sk)
{
	struct packet_sock *po = (void *)sk;

	if (bpf_core_field_exists(po->num)) { /* it may be a module */
		e->proto = bpf_ntohs(BPF_CORE_READ(po, num));
		e->ifindex = BPF_CORE_READ(po, ifindex);
	}
}

static __always_inline bool put_socket(struct nw_ev_fd *e, struct file *file)
{
	struct socket *socket = BPF_CORE_READ(file, private_data);
	struct sock *sk = BPF_CORE_READ(socket, sk);

	e->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	if (!sk || e->family == NW_AF_NETLINK) {
		return false;
	}
	e->type = BPF_CORE_READ(sk, sk_type);
	e->proto = BPF_CORE_READ(sk, sk_protocol);
	e->cookie = BPF_CORE_READ(sk, __sk_common.skc_cookie.counter);
	e->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	if (BPF_CORE_READ(sk, __sk_common.skc_state) == NW_TCP_LISTEN) {
		e->flags |= NW_FD_LISTENING;
	}
	if (e->family == NW_AF_UNIX) {
		put_unix(e, sk);
	} else if (e->family == NW_AF_PACKET) {
		put_packet(e, sk);
	}
	return true;
}

static __always_inline void put_master(struct nw_ev_fd *e, struct file *file)
{
	struct tty_file_private *priv = BPF_CORE_READ(file, private_data);
	struct dentry *slave = BPF_CORE_READ(priv, tty, link, driver_data);

	e->inode = BPF_CORE_READ(slave, d_inode, i_ino);
	e->dev = BPF_CORE_READ(slave, d_inode, i_sb, s_dev);
	e->flags |= NW_FD_MASTER;
}

static __always_inline bool is_pty(struct inode *inode)
{
	__u32 major = inode->i_rdev >> 20;

	return (major >= NW_PTY_FIRST && major <= NW_PTY_LAST) || inode->i_rdev == NW_PTMX;
}

static __always_inline bool is_memory(struct inode *inode)
{
	return nw_is_memory(inode->i_sb->s_magic, inode->i_mapping->i_mmap_writable.counter);
}

/* _NW_FD_WHAT_MAX: it joins nobody. */
static __always_inline __u32 what_of(struct inode *inode)
{
	switch (inode->i_mode & NW_S_IFMT) {
	case NW_S_IFSOCK:
		return NW_FD_SOCKET;
	case NW_S_IFIFO:
		return NW_FD_PIPE;
	case NW_S_IFCHR:
		if (inode->i_rdev == NW_DEV_FUSE) {
			return NW_FD_MOUNT;
		}
		return is_pty(inode) ? NW_FD_PTY : _NW_FD_WHAT_MAX;
	case NW_S_IFREG:
		if (inode->i_sb->s_magic == NW_FUSE) {
			return NW_FD_MOUNT;
		}
		return is_memory(inode) ? NW_FD_MEMORY : _NW_FD_WHAT_MAX;
	default:
		return _NW_FD_WHAT_MAX;
	}
}

static __always_inline struct nw_ev_fd *begin_event(__u32 what)
{
	struct nw_ev_fd *e = nw_reserve(sizeof(*e));

	if (!e) {
		lost++;
		return NULL;
	}
	__builtin_memset(e, 0, sizeof(*e));
	nw_head_of(&e->ev, NW_HOOK_FD_SCAN, NW_SHAPE_FD, what, sizeof(*e), bpf_ktime_get_boot_ns());
	e->scan_ns = scan_ns;
	return e;
}

static __always_inline void tell_end(void)
{
	struct nw_ev_fd *e = begin_event(NW_FD_END);

	if (e) {
		e->files = files;
		e->lost = lost;
		nw_submit(e);
	}
}

/* True when it was told. */
static __noinline bool tell_file(struct task_struct *task, struct file *file, struct inode *inode)
{
	struct nw_ev_file *e;
	__u32 sdev = inode->i_sb->s_dev;
	__u32 zero = 0;
	__u32 len;

	if (!nw_has_root(sdev)) {
		return false;
	}
	e = bpf_map_lookup_elem(&nw_file_rooms, &zero);
	if (!e) {
		return false;
	}
	__builtin_memset(e, 0, sizeof(*e));
	len = nw_file_names(e, file->f_path.dentry, sdev);
	if (e->root == NW_FILE_ROOTS_MAX) {
		return false;
	}
	e->self.start_ns = task->group_leader->start_boottime;
	e->self.tgid = task->tgid;
	e->inode = inode->i_ino;
	e->dev = nw_root_dev(e->root);
	e->size = inode->i_size;
	e->position = file->f_pos;
	e->flags = NW_FILE_PARTS | (file->f_mode & NW_FD_READ ? NW_FILE_CAN_READ : 0) |
		   (file->f_mode & NW_FD_WRITE ? NW_FILE_CAN_WRITE : 0) |
		   (len > NW_FILE_PATH_MAX ? NW_FILE_CUT : 0);
	len = len > NW_FILE_PATH_MAX ? NW_FILE_PATH_MAX : len;
	asm volatile("%0 &= 511" : "+r"(len)); /* a bound that 5.10's verifier keeps */
	e->path_len = len;
	nw_head_of(&e->ev, NW_HOOK_FD_SCAN, NW_SHAPE_FILE, NW_FILE_POSITION, sizeof(*e) + len,
		   bpf_ktime_get_boot_ns());
	nw_output(e, sizeof(*e) + len);
	return true;
}

SEC("iter/task_file")
int nw_fd_scan(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct seq_file *seq = ctx->meta->seq; /* once: see nw_task.bpf.h */
	struct nw_ev_fd *e;
	struct inode *inode;
	bool is_server;
	char told = 0;
	__u32 what;

	if (ctx->meta->seq_num == 0) {
		scan_ns = bpf_ktime_get_boot_ns();
		files = 0;
		lost = 0;
		task_pid = 0;
	}
	if (!task || !file) {
		tell_end();
		return 0;
	}
	files++;
	inode = file->f_inode;
	what = what_of(inode);
	if (nw_roots_used && (inode->i_mode & NW_S_IFMT) == NW_S_IFREG && is_wanted(task) &&
	    tell_file(task, file, inode)) {
		bpf_seq_write(seq, &told, sizeof(told));
	}
	is_server = inode->i_rdev == NW_DEV_FUSE; /* 0 for a regular file */
	if (what == _NW_FD_WHAT_MAX || !is_wanted(task) ||
	    (what == NW_FD_MOUNT && !is_server && !(file->f_mode & NW_FD_WRITE))) {
		return 0;
	}
	e = begin_event(what);
	if (!e) {
		return 0;
	}
	e->self.start_ns = task->group_leader->start_boottime;
	e->self.tgid = task->tgid;
	e->inode = inode->i_ino;
	e->dev = inode->i_sb->s_dev;
	e->fd = ctx->fd;
	e->flags = file->f_mode & (NW_FD_READ | NW_FD_WRITE);
	if (what == NW_FD_SOCKET && !put_socket(e, file)) {
		bpf_ringbuf_discard(e, BPF_RB_NO_WAKEUP);
		return 0;
	}
	if (what == NW_FD_PTY && inode->i_rdev == NW_PTMX) {
		put_master(e, file);
	} else if (what == NW_FD_MOUNT && is_server) {
		e->flags |= NW_FD_MASTER;
	}
	nw_submit(e);
	bpf_seq_write(seq, &told, sizeof(told));
	return 0;
}
