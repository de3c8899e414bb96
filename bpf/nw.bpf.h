/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What every hook includes: maps, knobs, loss counters, and the way an event reaches user space.
 *
 * Maps and knobs are weak: each hook's object carries them and the linker makes one of each
 * (`bpftool gen object` refuses definitions that disagree).
 *
 * Waking the reader is the dearest thing a hook can do (14-17 us in a guest against 0.2 us for the
 * event itself), so events are sent with BPF_RB_NO_WAKEUP, user space consumes on a timer, and only
 * the event that finds the ring more than nw_cfg_wake_bytes full wakes it, once until it answers.
 */
#pragma once

#include "nw_hooks.h"
#include "nw_storage.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/* From uapi headers that vmlinux.h has no enumerators for. */
#define NW_AF_INET  2
#define NW_AF_INET6 10

/* Knobs, constant once loaded: the verifier drops what they switch off. */
const volatile __u32 nw_cfg_wake_bytes __weak = 1 << 20;
const volatile __u8 nw_cfg_narrow __weak = 0; /* only tasks under nw_cgroup */
const volatile __u64 nw_cfg_cgroup_id __weak =
	0; /* its kernfs id, where nw_cgroup can't be asked */
const volatile __u8 nw_cfg_heads __weak = 1;
const volatile __u8 nw_cfg_open_events __weak = 0; /* the last word on TCP can't carry the owner */

/*
 * Written here alone, read by user space through mmap. Once the session runs, user space can no more
 * write what is in .bss or a map, also not another process that may call bpf() (user/load_guard.h):
 * what it must still write is in this section, and nothing there may hide anything for long.
 */
#define NW_ASKED SEC(".data.asked")
__u64 nw_lost[_NW_LOSS_KERNEL_MAX] __weak = {};
__u32 nw_wake_pending __weak NW_ASKED = 0; /* cleared by the reader */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 << 20); /* set by the loader: limits.ring_bytes */
} nw_ring SEC(".maps") __weak;

/* The cgroup of --cgroup, for the tracepoints, which see the whole host. */
struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} nw_cgroup SEC(".maps") __weak;

static __always_inline void nw_count(enum nw_loss cause)
{
	__sync_fetch_and_add(&nw_lost[cause], 1);
}

/* Is the current task one that we look at? */
static __always_inline bool nw_is_ours(void)
{
	return !nw_cfg_narrow || bpf_current_task_under_cgroup(&nw_cgroup, 0) == 1;
}

/* size: constant, at least the event's; the caller sets ev.size to what it used. */
static __always_inline void *nw_reserve(__u64 size)
{
	void *p = bpf_ringbuf_reserve(&nw_ring, size, 0);

	if (!p) {
		nw_count(NW_LOSS_RING_FULL);
	}
	return p;
}

static __always_inline void nw_head_of(struct nw_event *ev, enum nw_hook hook, enum nw_shape shape,
				       __u8 what, __u32 size, __u64 ts_ns)
{
	ev->size = size;
	ev->hook = hook;
	ev->shape = shape;
	ev->what = what;
	ev->ts_ns = ts_ns;
}

/* Does this event wake the reader? */
static __always_inline __u64 nw_wake_flags(void)
{
	if (nw_wake_pending ||
	    bpf_ringbuf_query(&nw_ring, BPF_RB_AVAIL_DATA) <= nw_cfg_wake_bytes) {
		return BPF_RB_NO_WAKEUP;
	}
	nw_wake_pending = 1;
	return BPF_RB_FORCE_WAKEUP;
}

static __always_inline void nw_submit(void *ev)
{
	bpf_ringbuf_submit(ev, nw_wake_flags());
}

/* An event that was put together elsewhere: takes no more of the ring than it has. */
static __always_inline void nw_output(void *ev, __u64 size)
{
	if (bpf_ringbuf_output(&nw_ring, ev, size, nw_wake_flags())) {
		nw_count(NW_LOSS_RING_FULL);
	}
}
