/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The BPF object while it runs: seeds, the ring, what is read of its memory and by its iterators. Owns
 * nothing: the loader is load.c's. After the drop what is here needs no privilege.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include "load_self.h"
#include "load_ways.h"
#include "nvrwatch.skel.h"

#define NEED_FORWARDS  2U /* NW_NEED_FORWARDS, bpf/nw_link.bpf.h */
#define CONSUME_ROUNDS 64 /* a round ends when the ring was empty once */
#define LOOKS_IN_VAIN  64 /* at processes; one alone may have been about to end */
#define LIBRARIES_STEP 8  /* processes that are looked at before the ring is */

const struct nw_hook_status *nw_load_status(const struct nw_loader *l, enum nw_hook hook)
{
	return &l->status[hook];
}

bool nw_load_has_root_cgroup(const struct nw_loader *l)
{
	return l->cgroup.is_root;
}

const char *nw_load_cgroup(const struct nw_loader *l)
{
	return l->cgroup.path;
}

bool nw_load_has_cgroup(const struct nw_loader *l, const char *name)
{
	return nw_cgroup_has(&l->cgroup, name);
}

int nw_load_seed_stream(struct nw_loader *l, int sock, const struct nw_stream *value)
{
	return bpf_map__update_elem(l->skel->maps.nw_streams, &sock, sizeof(sock), value,
				    sizeof(*value), BPF_NOEXIST);
}

int nw_load_seed_dgram(struct nw_loader *l, int sock, const struct nw_dgram *value)
{
	return bpf_map__update_elem(l->skel->maps.nw_dgrams, &sock, sizeof(sock), value,
				    sizeof(*value), BPF_NOEXIST);
}

int nw_load_wake_fd(const struct nw_loader *l)
{
	return ring_buffer__epoll_fd(l->ring);
}

static int consume(struct nw_loader *l)
{
	int r;

	nw_guard_before(&l->guard);
	r = ring_buffer__consume(l->ring);
	nw_guard_after(&l->guard);
	return r;
}

int nw_load_consume(struct nw_loader *l, nw_load_feed_fn fn, void *ctx)
{
	struct nvrwatch_bpf__data_asked *asked = l->skel->data_asked;
	int r;

	l->fn = fn;
	l->fn_ctx = ctx;
	/* A wake-up that came while we read is spent: nobody would send another. So it is read again,
	 * and when we leave the flag is clear, or its wake-up finds us asleep. */
	for (int i = 0; i < CONSUME_ROUNDS; i++) {
		__atomic_store_n(&asked->nw_wake_pending, 0, __ATOMIC_SEQ_CST);
		r = consume(l);
		if (r < 0 || !__atomic_load_n(&asked->nw_wake_pending, __ATOMIC_SEQ_CST)) {
			return r;
		}
	}
	/* faster than we are: the loop's other duties, then on */
	__atomic_store_n(&asked->nw_wake_pending, 0, __ATOMIC_SEQ_CST);
	return r;
}

/* Is what we wrote still there? Of nw_wake_pending the kernel side is a writer, too. */
static void compare_asked(struct nw_loader *l)
{
	const struct nvrwatch_bpf__data_asked *asked = l->skel->data_asked;

	if (__atomic_load_n(&asked->nw_reads_ignored, __ATOMIC_RELAXED) != l->reads_ignored ||
	    __atomic_load_n(&asked->nw_roots_age, __ATOMIC_RELAXED) != l->roots_age) {
		l->touched |= NW_LOAD_TOUCHED_ASKED;
	}
}

static void write_asked(struct nw_loader *l)
{
	struct nvrwatch_bpf__data_asked *asked = l->skel->data_asked;

	__atomic_store_n(&asked->nw_reads_ignored, l->reads_ignored, __ATOMIC_RELAXED);
	__atomic_store_n(&asked->nw_roots_age, l->roots_age, __ATOMIC_RELAXED);
}

void nw_load_watch_reads(struct nw_loader *l, bool on)
{
	compare_asked(l);
	l->reads_ignored = !on;
	write_asked(l);
}

int nw_load_sweep(struct nw_loader *l)
{
	l->has_forwards = l->has_forwards || (l->skel->bss->nw_link_need & NEED_FORWARDS);
	return nw_iters_sweep(&l->iters, l->has_forwards);
}

static int consume_between(void *ctx)
{
	return consume(ctx);
}

int nw_load_scan_fds(struct nw_loader *l)
{
	return nw_iters_scan(l->iters.fd_scan, l->ring_bytes / 8 / sizeof(struct nw_ev_fd),
			     consume_between, l);
}

int nw_load_watch_library(struct nw_loader *l, const char *name, const char *text)
{
	struct nw_library_name key = { .name = "" };
	struct nw_library value = { .text = "" };
	int r;

	if (strlen(name) >= sizeof(key.name) || strlen(text) >= sizeof(value.text)) {
		return -E2BIG;
	}
	memcpy(key.name, name, strlen(name));
	memcpy(value.text, text, strlen(text));
	r = bpf_map__update_elem(l->skel->maps.nw_libraries, &key, sizeof(key), &value,
				 sizeof(value), BPF_NOEXIST);
	l->skel->bss->nw_libraries_used += r == 0;
	return r;
}

int nw_load_scan_libraries(struct nw_loader *l)
{
	int r = nw_iters_scan(l->iters.lib_scan, LIBRARIES_STEP, consume_between, l);

	return r == 0 && l->skel->bss->nw_lib_looks > LOOKS_IN_VAIN && !l->skel->bss->nw_lib_met
		       ? -ENOTSUP
		       : r;
}

uint64_t nw_load_libraries_lost(const struct nw_loader *l)
{
	return __atomic_load_n(&l->skel->bss->nw_lib_lost, __ATOMIC_RELAXED);
}

void nw_load_watch_root(struct nw_loader *l, unsigned i, const struct nw_root *root)
{
	l->skel->bss->nw_roots[i] = *root;
	l->skel->bss->nw_roots_used = i + 1;
	l->skel->bss->nw_roots_bits |= 1ULL << (root->sdev & 63);
}

void nw_load_forget_folders(struct nw_loader *l)
{
	compare_asked(l);
	l->roots_age++;
	write_asked(l);
}

void nw_load_freeze(struct nw_loader *l)
{
	if (nw_guard_freeze_all(l->skel->obj, l->skel->maps.data_asked) < 0) {
		l->touched |= NW_LOAD_TOUCHED_TABLE;
	}
}

unsigned nw_load_touched(struct nw_loader *l)
{
	unsigned ret = l->touched | (l->guard.is_moved ? NW_LOAD_TOUCHED_RING : 0);

	l->touched = 0;
	l->guard.is_moved = false;
	return ret;
}

enum nw_reading nw_load_reading(const struct nw_loader *l)
{
	return nw_load_reading_by(l->skel->obj, l->is_off);
}

uint64_t nw_load_reads_lost(const struct nw_loader *l)
{
	return __atomic_load_n(&l->skel->bss->nw_reads_lost, __ATOMIC_RELAXED);
}

int nw_load_link_program(const struct nw_loader *l)
{
	if (l->status[NW_HOOK_DEV_QUEUE].state != NW_HOOK_STATE_LIVE) {
		return -1;
	}
	return bpf_program__fd(l->skel->progs.nw_dev_queue);
}

bool nw_load_needs_link(const struct nw_loader *l)
{
	return __atomic_load_n(&l->skel->bss->nw_link_need, __ATOMIC_RELAXED) != 0;
}

void nw_load_losses(const struct nw_loader *l, uint64_t *ret)
{
	for (int i = 0; i < _NW_LOSS_KERNEL_MAX; i++) {
		ret[i] = __atomic_load_n(&l->skel->bss->nw_lost[i], __ATOMIC_RELAXED);
	}
}
