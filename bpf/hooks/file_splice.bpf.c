/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * file_splice: how many bytes of recordings went on without being copied: splice(), sendfile(),
 * copy_file_range().
 *
 * Kernel: fexit/filemap_splice_read, mm/filemap.c, and shmem_splice_read's like of memory's own file
 * system (6.5 on); __alt: generic_file_splice_read, fs/splice.c, for both. sendfile(), copy_file_range() and
 * nfsd go through splice_direct_to_actor(), fs/splice.c, which reads into the task's own pipe and
 * drops what its far end did not take: there its result is what counts. Context: the reader's.
 * What is open with O_DIRECT is read as by read(): file_read and file_direct count it.
 * Cannot see: copies without reading (FICLONE, copy_file_range() of XFS and Btrfs within one file
 * system share blocks), file systems with a ->splice_read of their own that copies (it reads: file_read).
 * Cost: as file_read.
 */
#include "nw_file_count.bpf.h"

static __always_inline int on_splice(struct file *in, long done)
{
	if (!nw_has_root(in->f_inode->i_sb->s_dev) || done <= 0 || in->f_flags & NW_O_DIRECT) {
		return 0;
	}
	return nw_file_count(in, done, false, NULL, NW_HOOK_FILE_SPLICE);
}

SEC("fexit/filemap_splice_read")
int BPF_PROG(nw_file_splice, struct file *in, loff_t *pos, struct pipe_inode_info *pipe, size_t len,
	     unsigned int flags, long done)
{
	return nw_is_own_pipe(pipe) ? 0 : on_splice(in, done);
}

SEC("fexit/generic_file_splice_read")
int BPF_PROG(nw_file_splice__alt, struct file *in, loff_t *pos, struct pipe_inode_info *pipe,
	     size_t len, unsigned int flags, long done)
{
	return nw_is_own_pipe(pipe) ? 0 : on_splice(in, done);
}

SEC("?fexit/shmem_file_splice_read")
int BPF_PROG(nw_file_splice_memory, struct file *in, loff_t *pos, struct pipe_inode_info *pipe,
	     size_t len, unsigned int flags, long done)
{
	return nw_is_own_pipe(pipe) ? 0 : on_splice(in, done);
}

SEC("fexit/splice_direct_to_actor")
int BPF_PROG(nw_file_splice_sent, struct file *in, struct splice_desc *sd, void *actor, long done)
{
	return on_splice(in, done);
}
