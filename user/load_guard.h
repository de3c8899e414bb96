/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Against who may call bpf() and finds our maps by their numbers (BPF_MAP_GET_FD_BY_ID): he could give
 * the programs another cgroup, empty the table of roots, take out entries, set counts back, or move the
 * position up to which the ring counts as read, and nothing would tell.
 *
 * What user space need not write once the session runs is frozen (BPF_MAP_FREEZE, since 5.2): from then
 * on no process can, nor map it for writing, us included; programs write on. Two things can't be: the
 * variables of .data.asked, which are compared with what we wrote last, and the ring's position, which
 * is compared with where we left it and put back: what lies between is read all the same, unless the
 * kernel has written over it meanwhile.
 *
 * Cannot keep: a program of his own that writes to a map, nor what he does to this process.
 */
#pragma once

#include <bpf/libbpf.h>
#include <stdbool.h>
#include <stdint.h>

#include "util/macro.h"

/* How far the ring is read, and written: its first two pages (kernel/bpf/ringbuf.c). */
struct nw_guard {
	uint64_t *taken;
	uint64_t *made; /* mapped to be read */
	uint64_t left;	/* where we left it */
	uint64_t room;
	bool is_moved; /* by somebody else, and not told yet */
};

/* 0 or -errno. Of a struct that is all 0, closing does nothing. */
NW_MUST_CHECK int nw_guard_open(struct nw_guard *g, int ring, uint64_t room);
void nw_guard_close(struct nw_guard *g);
/* Around each time that the ring is read. */
void nw_guard_before(struct nw_guard *g);
void nw_guard_after(struct nw_guard *g);

/* One map, once. 0 or -errno, which was said; -EBUSY: somebody else has it mapped for writing. */
NW_MUST_CHECK int nw_guard_freeze(struct bpf_map *map);
/* All of the object but the ring, the cgroup, and this one. The first error; the rest is frozen. */
NW_MUST_CHECK int nw_guard_freeze_all(const struct bpf_object *obj, const struct bpf_map *but);
