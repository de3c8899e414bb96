/* SPDX-License-Identifier: Apache-2.0 */
/* bpf(2) for who may call it: maps, programs and links of others, by their numbers. */
#pragma once

#include <fcntl.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "truth.h"

#define TRUTH_INSN(c, d, s, o, i)                                                   \
	(struct bpf_insn)                                                           \
	{                                                                           \
		.code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) \
	}
#define TRUTH_TRUE TRUTH_INSN(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 1)
#define TRUTH_EXIT TRUTH_INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

static inline int truth_bpf(int cmd, union bpf_attr *a)
{
	return (int)syscall(SYS_bpf, cmd, a, sizeof(*a));
}

/* The next number after *id, into it; false: none. */
static inline bool truth_next_id(int cmd, uint32_t *id)
{
	union bpf_attr next = { .start_id = *id };
	bool has = truth_bpf(cmd, &next) == 0;

	*id = next.next_id;
	return has;
}

/* -1: gone meanwhile. */
static inline int truth_map(uint32_t id, struct bpf_map_info *ret)
{
	union bpf_attr get = { .map_id = id };
	int map = truth_bpf(BPF_MAP_GET_FD_BY_ID, &get);
	union bpf_attr a = { .info = { .bpf_fd = (uint32_t)map,
				       .info_len = sizeof(*ret),
				       .info = (uint64_t)(uintptr_t)ret } };

	*ret = (struct bpf_map_info){ 0 };
	if (map >= 0 && truth_bpf(BPF_OBJ_GET_INFO_BY_FD, &a) < 0) {
		(void)close(map);
		map = -1;
	}
	return map;
}

/* A link to this cgroup, by the number of its folder; -1: it is not one, or gone. */
static inline int truth_link(uint32_t id, uint64_t cgroup, uint32_t *ret_type)
{
	union bpf_attr get = { .link_id = id };
	struct bpf_link_info info = { 0 };
	int link = truth_bpf(BPF_LINK_GET_FD_BY_ID, &get);
	union bpf_attr a = { .info = { .bpf_fd = (uint32_t)link,
				       .info_len = sizeof(info),
				       .info = (uint64_t)(uintptr_t)&info } };

	if (link >= 0 && (truth_bpf(BPF_OBJ_GET_INFO_BY_FD, &a) < 0 ||
			  info.type != BPF_LINK_TYPE_CGROUP || info.cgroup.cgroup_id != cgroup)) {
		(void)close(link);
		link = -1;
	}
	*ret_type = info.cgroup.attach_type;
	return link;
}

static inline int truth_program(uint32_t type, uint32_t attach, const struct bpf_insn *insn,
				uint32_t count)
{
	union bpf_attr a = { .prog_type = type,
			     .expected_attach_type = attach,
			     .insns = (uint64_t)(uintptr_t)insn,
			     .insn_cnt = count,
			     .license = (uint64_t)(uintptr_t) "GPL" };

	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	(void)setrlimit(RLIMIT_MEMLOCK, &all); /* before 5.11 it is charged, to root as a whole */
	return truth_bpf(BPF_PROG_LOAD, &a);
}
