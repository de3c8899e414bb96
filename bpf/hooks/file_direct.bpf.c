/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * file_direct: how many bytes of recordings a process read past the page cache (O_DIRECT).
 *
 * Kernel: fentry/iomap_dio_complete, fs/iomap/direct-io.c: the end of each direct read of ext4, XFS, Btrfs
 * and F2FS; at its entry, since it frees what it is about. Context: the reader's where it waits; else
 * (aio, io_uring) anybody's, an interrupt too: then the reader is who began, fentry/__iomap_dio_rw,
 * remembered by the request. One that is not found there is counted as lost.
 * Cannot see: file systems that read directly in another way (NFS, FAT, FUSE); DAX.
 * Cost: of each direct request of the host a trampoline and five loads; else as file_read.
 */
#include "nw_file_count.bpf.h"

#define NW_IOCB_WRITE	(1 << 18) /* include/linux/fs.h, 5.10 on */
#define NW_REQUESTS_MAX 1024

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, NW_REQUESTS_MAX);
	__type(key, __u64);
	__type(value, struct nw_proc_id);
} nw_requests SEC(".maps");

static __always_inline bool is_watched(struct kiocb *iocb)
{
	return nw_has_root(iocb->ki_filp->f_inode->i_sb->s_dev) &&
	       !(iocb->ki_flags & NW_IOCB_WRITE);
}

SEC("fentry/__iomap_dio_rw")
int BPF_PROG(nw_file_direct_begin, struct kiocb *iocb)
{
	__u64 key = (__u64)iocb;
	struct nw_proc_id self;
	__u32 uid;

	if (!is_watched(iocb) || !iocb->ki_complete || !nw_is_ours()) {
		return 0;
	}
	nw_creator(&self, &uid);
	bpf_map_update_elem(&nw_requests, &key, &self, BPF_ANY);
	return 0;
}

SEC("fentry/iomap_dio_complete")
int BPF_PROG(nw_file_direct, struct iomap_dio *dio)
{
	struct kiocb *iocb = dio->iocb;
	struct nw_proc_id who, *began;
	__u64 key = (__u64)iocb;
	long left, n;

	if (!is_watched(iocb)) {
		return 0;
	}
	left = dio->i_size - iocb->ki_pos;
	n = dio->size < left ? dio->size : left;
	if (!iocb->ki_complete) {
		return n > 0 && !dio->error
			       ? nw_file_count(iocb->ki_filp, n, false, NULL, NW_HOOK_FILE_DIRECT)
			       : 0;
	}
	began = bpf_map_lookup_elem(&nw_requests, &key);
	if (!began) {
		if (!nw_cfg_narrow && n > 0) {
			__sync_fetch_and_add(&nw_reads_lost, 1);
		}
		return 0;
	}
	who = *began;
	bpf_map_delete_elem(&nw_requests, &key);
	if (n > 0 && !dio->error) {
		nw_file_count(iocb->ki_filp, n, false, &who, NW_HOOK_FILE_DIRECT);
	}
	return 0;
}
