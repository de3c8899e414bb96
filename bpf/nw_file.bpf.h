/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which files are recordings, and how much of each a process read: what the hooks file_* count and
 * ledger_file reports.
 *
 * Every read of the host comes by here, so the first question is cheap: one bit of a word that is in
 * the cache says whether a root lies on a file system whose number ends like this one's. The second
 * is asked of the file's folder, whose answer is remembered for a while: a file that is moved has
 * another folder. What one process read of one file is one entry; ledger_file takes out those that
 * were quiet for long. What finds no room is counted.
 */
#pragma once

#include "nw_task.bpf.h"

#define NW_READS_MAX	  4096
#define NW_FOLDERS_MAX	  2048
#define NW_FILE_DEPTH_MAX 16
#define NW_FILE_NAME	  256 /* NAME_MAX and NUL */

/* fcntl.h */
#if defined(__TARGET_ARCH_arm64)
#define NW_O_DIRECT 0200000
#else
#define NW_O_DIRECT 040000
#endif

/* The folders above recordings; set before anything looks. */
struct nw_root nw_roots[NW_FILE_ROOTS_MAX] __weak = {};
__u32 nw_roots_used __weak = 0;
/* Bit (super_block::s_dev modulo 64) of each of them. */
__u64 nw_roots_bits __weak = 0;
/* Counts up now and then: what is remembered of folders is asked anew. */
__u32 nw_roots_age __weak NW_ASKED = 0;
/* Reads that could not be counted. */
__u64 nw_reads_lost __weak = 0;

struct nw_read_key {
	__u64 start_ns; /* of the process, as in nw_proc_id */
	__u64 inode;
	__u32 tgid;
	__u32 sdev;
};

struct nw_read {
	__u64 bytes; /* since birth */
	__u64 mapped;
	__u64 told_bytes;
	__u64 told_mapped;
	__u64 birth_ns;
	__u64 size; /* when it was last read */
	__u16 root;
	__u16 idle;    /* looks without a change */
	__u8 is_named; /* an event with its path was sent */
	__u8 pad[3];
};

struct nw_folder_key {
	__u64 inode;
	__u32 sdev;
	__u32 pad;
};

struct nw_folder {
	__u32 age;
	__u32 root;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, NW_READS_MAX);
	__type(key, struct nw_read_key);
	__type(value, struct nw_read);
} nw_reads SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, NW_FOLDERS_MAX);
	__type(key, struct nw_folder_key);
	__type(value, struct nw_folder);
} nw_folders SEC(".maps") __weak;

/* Number of the root with this folder, or NW_FILE_ROOTS_MAX. Global: looked at once, not at each step up. */
__weak __noinline __u32 nw_root_of(__u64 inode, __u32 sdev)
{
	for (__u32 i = 0; i < NW_FILE_ROOTS_MAX; i++) {
		if (i >= nw_roots_used) {
			break;
		}
		if (nw_roots[i].inode == inode && nw_roots[i].sdev == sdev) {
			return i;
		}
	}
	return NW_FILE_ROOTS_MAX;
}

/* May a root be on this file system? */
static __always_inline bool nw_has_root(__u32 sdev)
{
	return nw_roots_bits >> (sdev & 63) & 1;
}

/* What the file's root calls its file system. */
static __always_inline __u32 nw_root_dev(__u64 root)
{
	_Static_assert(NW_FILE_ROOTS_MAX == 16, "the mask");
	asm volatile("%0 &= 15" : "+r"(root)); /* a bound that 5.10's verifier keeps */
	return nw_roots[root].dev;
}

/*
 * Up from the file to a root, writing down the names, last first: the length of what was written,
 * with e->root set, or e->root NW_FILE_ROOTS_MAX. Behind e->tail there are NW_FILE_PATH_MAX +
 * NW_FILE_NAME bytes; the name that goes beyond its room is cut off at the end. The length is kept
 * in e while it grows: what comes back out of memory is any number to the verifier, so a step up is
 * looked at once and not for each length that the steps before it can have come to.
 */
static __always_inline __u32 nw_file_names(struct nw_ev_file *e, struct dentry *dentry, __u32 sdev)
{
	volatile __u16 *len = &e->path_len;

	*len = 0;
	e->root = NW_FILE_ROOTS_MAX;
#pragma unroll
	for (int i = 0; i < NW_FILE_DEPTH_MAX; i++) {
		struct dentry *parent = BPF_CORE_READ(dentry, d_parent);
		__u32 pos = *len;
		long n;

		if (dentry == parent) {
			break;
		}
		if (pos < NW_FILE_PATH_MAX) {
			n = bpf_probe_read_kernel_str(e->tail + (pos & (NW_FILE_PATH_MAX - 1)),
						      NW_FILE_NAME,
						      BPF_CORE_READ(dentry, d_name.name));
			*len = pos + (n > 0 ? n & (NW_FILE_NAME * 2 - 1) : 0);
		}
		e->root = nw_root_of(BPF_CORE_READ(parent, d_inode, i_ino), sdev);
		if (e->root < NW_FILE_ROOTS_MAX) {
			break;
		}
		dentry = parent;
	}
	return *len;
}

static __always_inline void nw_read_fill(struct nw_ev_file *e, const struct nw_read_key *key,
					 const struct nw_read *v, enum nw_hook hook, bool is_mapped)
{
	__builtin_memset(e, 0, sizeof(*e));
	nw_head_of(&e->ev, hook, NW_SHAPE_FILE, is_mapped ? NW_FILE_MAPPED : NW_FILE_READ,
		   sizeof(*e), bpf_ktime_get_boot_ns());
	e->self.start_ns = key->start_ns;
	e->self.tgid = key->tgid;
	e->inode = key->inode;
	e->size = v->size;
	e->position = is_mapped ? v->mapped : v->bytes;
	e->mtime_ns = v->birth_ns;
	e->root = v->root;
	e->dev = nw_root_dev(v->root);
}
