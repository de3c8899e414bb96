/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What somebody does who wants a socket out of the ledger: takes it out of every map of this name, and
 * ends every link to a cgroup. As root.
 */
#pragma once

#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>

#include "truth.h"

static inline int truth_bpf(int cmd, union bpf_attr *a)
{
	return (int)syscall(SYS_bpf, cmd, a, sizeof(*a));
}

/* How many maps had it. */
static inline unsigned truth_unmap(const char *name, int sock)
{
	union bpf_attr next = { 0 };
	unsigned had = 0;

	while (truth_bpf(BPF_MAP_GET_NEXT_ID, &next) == 0) {
		union bpf_attr get = { .map_id = next.next_id };
		struct bpf_map_info info = { 0 };
		union bpf_attr a = { 0 };
		int map = truth_bpf(BPF_MAP_GET_FD_BY_ID, &get);

		next.start_id = next.next_id;
		if (map < 0) {
			continue; /* gone meanwhile */
		}
		a.info.bpf_fd = (uint32_t)map;
		a.info.info_len = sizeof(info);
		a.info.info = (uint64_t)(uintptr_t)&info;
		if (truth_bpf(BPF_OBJ_GET_INFO_BY_FD, &a) == 0 && strcmp(info.name, name) == 0) {
			union bpf_attr del = { .map_fd = (uint32_t)map,
					       .key = (uint64_t)(uintptr_t)&sock };

			had += truth_bpf(BPF_MAP_DELETE_ELEM, &del) == 0;
		}
		(void)close(map);
	}
	return had;
}

/* Ends every link to this cgroup, by the number of its folder: how many. */
static inline unsigned truth_unlink(uint64_t cgroup)
{
	union bpf_attr next = { 0 };
	unsigned ended = 0;

	while (truth_bpf(BPF_LINK_GET_NEXT_ID, &next) == 0) {
		union bpf_attr get = { .link_id = next.next_id };
		struct bpf_link_info info = { 0 };
		union bpf_attr a = { 0 };
		int link = truth_bpf(BPF_LINK_GET_FD_BY_ID, &get);

		next.start_id = next.next_id;
		if (link < 0) {
			continue;
		}
		a.info.bpf_fd = (uint32_t)link;
		a.info.info_len = sizeof(info);
		a.info.info = (uint64_t)(uintptr_t)&info;
		if (truth_bpf(BPF_OBJ_GET_INFO_BY_FD, &a) == 0 &&
		    info.type == BPF_LINK_TYPE_CGROUP && info.cgroup.cgroup_id == cgroup) {
			union bpf_attr detach = { .link_detach.link_fd = (uint32_t)link };

			ended += truth_bpf(BPF_LINK_DETACH, &detach) == 0;
		}
		(void)close(link);
	}
	return ended;
}
