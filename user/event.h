/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Untrusted bytes -> const struct nw_event *, or a reject. Past nw_event_check() every length in
 * the event is true and every enum is in its range; nothing else in user space checks that again.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "nw_event.h"
#include "nw_hooks.h"
#include "util/lru.h"
#include "util/macro.h"

/* data: 8-byte aligned. 0, or -EINVAL for anything that is not exactly a well-formed event. */
NW_MUST_CHECK int nw_event_check(const void *data, size_t len, const struct nw_event **ret);

/* The shape's own view; only after nw_event_check(), and only when ev->shape says so. */
static inline const struct nw_ev_proc *nw_event_proc(const struct nw_event *ev)
{
	return (const struct nw_ev_proc *)(const void *)ev;
}
static inline const struct nw_ev_sock *nw_event_sock(const struct nw_event *ev)
{
	return (const struct nw_ev_sock *)(const void *)ev;
}
static inline const struct nw_ev_head *nw_event_head(const struct nw_event *ev)
{
	return (const struct nw_ev_head *)(const void *)ev;
}
static inline const struct nw_ev_fd *nw_event_fd(const struct nw_event *ev)
{
	return (const struct nw_ev_fd *)(const void *)ev;
}
static inline const struct nw_ev_file *nw_event_file(const struct nw_event *ev)
{
	return (const struct nw_ev_file *)(const void *)ev;
}
static inline const struct nw_ev_change *nw_event_change(const struct nw_event *ev)
{
	return (const struct nw_ev_change *)(const void *)ev;
}
static inline const struct nw_ev_library *nw_event_library(const struct nw_event *ev)
{
	return (const struct nw_ev_library *)(const void *)ev;
}
static inline const struct nw_ev_device *nw_event_device(const struct nw_event *ev)
{
	return (const struct nw_ev_device *)(const void *)ev;
}
static inline const struct nw_ev_tick *nw_event_tick(const struct nw_event *ev)
{
	return (const struct nw_ev_tick *)(const void *)ev;
}
static inline const struct nw_ev_loss *nw_event_loss(const struct nw_event *ev)
{
	return (const struct nw_ev_loss *)(const void *)ev;
}
static inline const struct nw_ev_fact *nw_event_fact(const struct nw_event *ev)
{
	return (const struct nw_ev_fact *)(const void *)ev;
}

/*
 * The same process, whoever told of it: a start has clock ticks (USER_HZ) in /proc, nanoseconds in the
 * kernel's events. A pid is not given again within a tick.
 */
#define NW_USER_TICK_NS 10000000ULL
static inline bool nw_proc_id_is_same(const struct nw_proc_id *a, const struct nw_proc_id *b)
{
	return a->tgid == b->tgid && a->start_ns / NW_USER_TICK_NS == b->start_ns / NW_USER_TICK_NS;
}
/* Equal for those that are the same. */
static inline uint64_t nw_proc_id_hash(uint64_t seed, const struct nw_proc_id *id)
{
	return nw_hash_mix(nw_hash_mix(seed, id->tgid), id->start_ns / NW_USER_TICK_NS);
}

/* Name of a hook, "host" for what user space makes; "?" beyond the last. */
const char *nw_hook_name(unsigned hook);
/* The hook of this name; _NW_HOOK_MAX: another release's, this one has no word for it. */
unsigned nw_hook_of(const char *name, size_t len);
/* What the fact "hook.<name>" says of one whose link somebody ended. */
#define NW_HOOK_TAKEN_OFF "off: taken off its cgroup"
/* So begins the key of a fact that somebody else wrote to what is the kernel side's: behind it is what. */
#define NW_FACT_TOUCHED "touched."
/* So begins what a fact "files.<root>" says of a root when not every way to read is counted. */
#define NW_ROOT_IN_PART "read in part"

/* Make a fact event in buf (aligned, NW_EVENT_MAX). Values longer than the maximum are cut. */
size_t nw_event_make_fact(void *buf, size_t size, uint64_t ts_ns, const char *key,
			  const char *value);
