/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bring the BPF object to life: open, try, load, attach. A hook that this kernel refuses is off, or
 * replaced by its twin (<hook>__alt), and says why; the rest goes on. After loading and
 * seeding, the ring buffer, the counters and the pinned iterators work without any privilege and
 * without a bpf() call.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "nw_hooks.h"
#include "nw_storage.h"
#include "util/macro.h"

struct nw_loader;

struct nw_load_options {
	const char *cgroup; /* NULL: the root of cgroup v2, found or mounted privately */
	const char *btf;    /* NULL: the kernel's own */
	uint32_t ring_bytes;
	bool heads;
	bool files; /* there are recording roots: count who reads how much of what is below them */
	bool dry_run; /* load, so that it is known what works, but attach nothing */
};

enum nw_hook_state {
	NW_HOOK_STATE_LIVE,
	NW_HOOK_STATE_FALLBACK,
	NW_HOOK_STATE_OFF,
};

struct nw_hook_status {
	enum nw_hook_state state;
	char why[160]; /* OFF and FALLBACK: what the kernel said */
};

/* Attaches all but what runs for each packet: a socket's first packet would take its place in the
 * ledger, and who holds it could not be said any more. Seed what is open, then watch packets.
 * Logs what is wrong. -EPERM: not permitted; -ENOENT: no BTF; -ENOTSUP: the kernel lacks something. */
NW_MUST_CHECK int nw_load(const struct nw_load_options *opt, struct nw_loader **ret);
void nw_load_free(struct nw_loader *l);

const struct nw_hook_status *nw_load_status(const struct nw_loader *l, enum nw_hook hook);
bool nw_load_has_root_cgroup(const struct nw_loader *l); /* sees the whole host */
const char *nw_load_cgroup(const struct nw_loader *l);	 /* path that the hooks are attached to */
/* Is a process with this v2 path in /proc/PID/cgroup inside it? */
bool nw_load_has_cgroup(const struct nw_loader *l, const char *name);

/* Put state of a socket that was open before the start; sock: any fd of it. -EEXIST: it has some. */
int nw_load_seed_stream(struct nw_loader *l, int sock, const struct nw_stream *value);
int nw_load_seed_dgram(struct nw_loader *l, int sock, const struct nw_dgram *value);

NW_MUST_CHECK int nw_load_watch_packets(struct nw_loader *l);

int nw_load_wake_fd(const struct nw_loader *l); /* readable when the ring fills */
typedef void (*nw_load_feed_fn)(void *ctx, const void *data, size_t len);
/* Hand every waiting record to fn. Number of records, or -errno. */
int nw_load_consume(struct nw_loader *l, nw_load_feed_fn fn, void *ctx);
/* Are reads of sockets looked at? (hook sock_recv) */
void nw_load_watch_reads(struct nw_loader *l, bool on);
/* Let the kernel's ledger report what changed. 0 or -errno. */
int nw_load_sweep(struct nw_loader *l);
/* Let the kernel tell every file that joins processes; records go to where nw_load_consume() last
 * put them, the last of them with the next call. -ENOENT: this kernel can't; 0 or -errno. */
int nw_load_scan_fds(struct nw_loader *l);
/* A library that nw_load_scan_libraries() is to look for, before the drop: its file's name up to its
 * version, and what an event says of it. -EEXIST: that name is another's; or -errno. */
int nw_load_watch_library(struct nw_loader *l, const char *name, const char *text);
/* Let the kernel tell which of these the processes have mapped that are new, or have others than at the
 * last look. As nw_load_scan_fds(), and -ENOTSUP: it never finds a mapping of anybody's. */
int nw_load_scan_libraries(struct nw_loader *l);
/* Processes that have too many mappings to look at them all. */
uint64_t nw_load_libraries_lost(const struct nw_loader *l);
/* Files below this folder are to be told by nw_load_scan_fds(), and reads of them counted. */
void nw_load_watch_root(struct nw_loader *l, unsigned i, const struct nw_root *root);
/* Begin to count reads: the roots are known. */
void nw_load_watch_reading(struct nw_loader *l);
/* Folders may have been moved: ask anew what is below a root. */
void nw_load_forget_folders(struct nw_loader *l);

/* How much of what is read of recordings this kernel lets us count. */
enum nw_reading {
	NW_READING_NONE,
	NW_READING_PART, /* some ways to read are not seen */
	NW_READING_ALL,
};
enum nw_reading nw_load_reading(const struct nw_loader *l);
/* Reads that could not be counted so far. */
uint64_t nw_load_reads_lost(const struct nw_loader *l);
/* The program of the hook dev_queue, which is attached only while it is needed; -1: none. */
int nw_load_link_program(const struct nw_loader *l);
/* Is it needed, as of the last sweep? */
bool nw_load_needs_link(const struct nw_loader *l);
/* Nothing is seeded or watched any more: from here on nobody, this process included, can write to the
 * tables and counters of the kernel side (load_guard.h). */
void nw_load_freeze(struct nw_loader *l);
/* Bits, in the order of the facts that tell them (host.c). */
enum nw_load_touched {
	NW_LOAD_TOUCHED_RING = 1,  /* how far it is read was moved by somebody else */
	NW_LOAD_TOUCHED_ASKED = 2, /* a variable that user space writes was changed by one */
	NW_LOAD_TOUCHED_TABLE = 4, /* something can't be frozen: who has it mapped can write */
	NW_LOAD_TOUCHED_LINK = 8,  /* a link has another program: nw_progs_replaced() */
};
/* NW_LOAD_TOUCHED_* since it was last asked, but LINK. */
unsigned nw_load_touched(struct nw_loader *l);
/* What the kernel side lost so far, _NW_LOSS_KERNEL_MAX counters. */
void nw_load_losses(const struct nw_loader *l, uint64_t *ret);
