/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * file_read: how many bytes of recordings a process read through the page cache.
 *
 * Kernel: fexit/filemap_read, mm/filemap.c (__alt: generic_file_buffered_read, before 5.12): what
 * ->read_iter of ext4, XFS, Btrfs, F2FS, FAT, NTFS, NFS and FUSE comes to, so it sees read(), pread(), readv(),
 * preadv2(), aio and io_uring (fixed buffers too), execve() and the kernel's own readers. Memory's
 * own file system has its own, shmem_file_read_iter, mm/shmem.c. Context: the reader's, or a worker
 * of io_uring with the same tgid; nfsd is its own kernel thread.
 * Up to 6.4 splice() comes by here too, with a pipe to read into: that is file_splice's.
 * Cannot see: file systems with a page cache of their own (ZFS), DAX, FUSE with direct I/O or passthrough
 * to another file system, a root on overlayfs (its reads are of the file system below); a run that
 * came while this CPU was in this program already, which the kernel leaves out (on a preemptible one).
 * Cost: other file systems: a trampoline, four loads and a test. On the file system of a root: one look-up
 * of the file's folder. A recording: another one, and an addition; its first read: a record.
 */
#include "nw_file_count.bpf.h"

/* Up to 6.4 an iov_iter can be a pipe; 5.10 keeps its kind as a bit among others. */
enum iter_type___pipe {
	ITER_PIPE___pipe = 99,
};

struct iov_iter___v5_10 {
	unsigned int type;
} __attribute__((preserve_access_index));

static __always_inline bool is_pipe(struct iov_iter *iter)
{
	__u32 pipe;

	if (!bpf_core_enum_value_exists(enum iter_type___pipe, ITER_PIPE___pipe)) {
		return false;
	}
	pipe = bpf_core_enum_value(enum iter_type___pipe, ITER_PIPE___pipe);
	if (bpf_core_field_exists(struct iov_iter___v5_10, type)) {
		return BPF_CORE_READ((struct iov_iter___v5_10 *)iter, type) & pipe;
	}
	return BPF_CORE_READ(iter, iter_type) == pipe;
}

static __always_inline int on_read(struct kiocb *iocb, struct iov_iter *iter, long done)
{
	struct file *file = iocb->ki_filp;

	if (!nw_has_root(file->f_inode->i_sb->s_dev) || done <= 0 || is_pipe(iter)) {
		return 0;
	}
	return nw_file_count(file, done, false, NULL, NW_HOOK_FILE_READ);
}

SEC("fexit/filemap_read")
int BPF_PROG(nw_file_read, struct kiocb *iocb, struct iov_iter *iter, long before, long done)
{
	return on_read(iocb, iter, done - before);
}

SEC("fexit/generic_file_buffered_read")
int BPF_PROG(nw_file_read__alt, struct kiocb *iocb, struct iov_iter *iter, long before, long done)
{
	return on_read(iocb, iter, done - before);
}

SEC("?fexit/shmem_file_read_iter")
int BPF_PROG(nw_file_read_memory, struct kiocb *iocb, struct iov_iter *iter, long done)
{
	return on_read(iocb, iter, done);
}
