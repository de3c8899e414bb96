/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the hooks file_* do with a read: add it to what this process read of this file. The first time
 * an event with the path goes out, since the file is at hand now and not when the ledger looks.
 */
#pragma once

#include "nw_file.bpf.h"

/* Below which root is the folder of this dentry? Remembered, also that it is below none. */
__weak __noinline __u32 nw_folder_root(__u64 dentry, __u32 sdev)
{
	struct dentry *folder = (void *)dentry;
	struct nw_folder_key key = { .sdev = sdev };
	struct nw_folder now = { .age = nw_roots_age };
	struct nw_folder *known;

	key.inode = BPF_CORE_READ(folder, d_inode, i_ino);
	known = bpf_map_lookup_elem(&nw_folders, &key);
	if (known && known->age == now.age) {
		return known->root;
	}
#pragma unroll
	for (int i = 0; i < NW_FILE_DEPTH_MAX; i++) {
		struct dentry *up = BPF_CORE_READ(folder, d_parent);

		now.root = nw_root_of(BPF_CORE_READ(folder, d_inode, i_ino), sdev);
		if (now.root < NW_FILE_ROOTS_MAX || up == folder) {
			break;
		}
		folder = up;
	}
	bpf_map_update_elem(&nw_folders, &key, &now, BPF_ANY);
	return now.root;
}

/* In the ring's own memory: a room for each CPU may be another's when this task comes back. */
static __always_inline void nw_read_name(const struct nw_read_key *key, struct nw_read *v,
					 struct dentry *dentry, enum nw_hook hook, bool is_mapped)
{
	struct nw_ev_file *e = nw_reserve(sizeof(*e) + NW_FILE_PATH_MAX + NW_FILE_NAME);
	__u32 len;

	if (!e) {
		return; /* the next read tries again */
	}
	nw_read_fill(e, key, v, hook, is_mapped);
	len = nw_file_names(e, dentry, key->sdev);
	e->flags = NW_FILE_PARTS | (len > NW_FILE_PATH_MAX ? NW_FILE_CUT : 0);
	len = len > NW_FILE_PATH_MAX ? NW_FILE_PATH_MAX : len;
	e->root = v->root;
	e->path_len = len;
	e->ev.size = sizeof(*e) + len;
	v->is_named = 1;
	if (is_mapped) {
		v->told_mapped = e->position;
	} else {
		v->told_bytes = e->position;
	}
	nw_submit(e);
}

static __always_inline struct nw_read *nw_read_add(const struct nw_read_key *key, __u32 root,
						   bool is_known)
{
	struct nw_read fresh = { .root = root };
	struct nw_read *v;

	if (!is_known && !nw_is_ours()) {
		return NULL;
	}
	fresh.birth_ns = bpf_ktime_get_boot_ns();
	bpf_map_update_elem(&nw_reads, key, &fresh, BPF_NOEXIST);
	v = bpf_map_lookup_elem(&nw_reads, key); /* ours, or another CPU was first */
	if (!v) {
		__sync_fetch_and_add(&nw_reads_lost, 1);
	}
	return v;
}

/* who: NULL, the current process; else it was asked before whether it is one that we look at. */
static __noinline int nw_file_count(struct file *file, __u64 n, bool is_mapped,
				    const struct nw_proc_id *who, enum nw_hook hook)
{
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	struct nw_read_key key = {};
	struct nw_proc_id self;
	struct nw_read *v;
	__u32 root, uid;

	key.sdev = BPF_CORE_READ(inode, i_sb, s_dev);
	root = nw_folder_root((__u64)BPF_CORE_READ(dentry, d_parent), key.sdev);
	if (root >= NW_FILE_ROOTS_MAX) {
		return 0;
	}
	if (who) {
		self = *who;
	} else {
		nw_creator(&self, &uid); /* a kernel thread too: nfsd reads for others */
	}
	key.start_ns = self.start_ns;
	key.tgid = self.tgid;
	key.inode = BPF_CORE_READ(inode, i_ino);
	v = bpf_map_lookup_elem(&nw_reads, &key);
	if (!v) {
		v = nw_read_add(&key, root, who != NULL);
		if (!v) {
			return 0;
		}
	}
	v->size = BPF_CORE_READ(inode, i_size);
	__sync_fetch_and_add(is_mapped ? &v->mapped : &v->bytes, n);
	if (!v->is_named) {
		nw_read_name(&key, v, dentry, hook, is_mapped);
	}
	return 0;
}

/* ---- calls within calls -------------------------------------------------------------------- */

/* sendfile() and its kin read into a pipe of their own, and what the far end does not take is read
 * again: file_splice counts what it took. */
static __always_inline bool nw_is_own_pipe(const void *pipe)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	const void *own = BPF_CORE_READ(task, splice_pipe);

	return own && pipe == own;
}
