/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What somebody does who wants a socket out of the ledger: takes it out of every map of this name by a
 * program of his own, since no process can, and ends every link to a cgroup. As root.
 */
#pragma once

#include <limits.h>
#include <sys/socket.h>

#include "bpf.h"
#include "util/macro.h"

/* The cgroup of this process. */
static inline int truth_own_cgroup(void)
{
	char path[PATH_MAX] = "", line[PATH_MAX], at[PATH_MAX], type[32];
	FILE *mounts = fopen("/proc/self/mounts", "re");
	FILE *own = fopen("/proc/self/cgroup", "re");
	int ret;

	while (mounts && fgets(line, sizeof(line), mounts)) {
		if (sscanf(line, "%*s %4095s %31s", at, type) == 2 &&
		    strcmp(type, "cgroup2") == 0) {
			(void)snprintf(path, sizeof(path), "%s", at);
		}
	}
	while (own && fgets(line, sizeof(line), own)) {
		if (strncmp(line, "0::", 3) == 0) {
			line[strcspn(line, "\n")] = '\0';
			(void)strncat(path, line + 3, sizeof(path) - strlen(path) - 1);
		}
	}
	ret = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	(void)(mounts && fclose(mounts));
	(void)(own && fclose(own));
	return ret;
}

/* bpf_sk_storage_delete() of the socket whose option is set. */
static inline int truth_forget_program(int map)
{
	const struct bpf_insn insn[] = {
		TRUTH_INSN(BPF_LDX | BPF_MEM | BPF_DW, BPF_REG_2, BPF_REG_1,
			   offsetof(struct bpf_sockopt, sk), 0),
		TRUTH_INSN(BPF_LD | BPF_DW | BPF_IMM, BPF_REG_1, BPF_PSEUDO_MAP_FD, 0, map),
		TRUTH_INSN(0, 0, 0, 0, 0),
		TRUTH_INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_sk_storage_delete),
		TRUTH_TRUE,
		TRUTH_EXIT,
	};

	return truth_program(BPF_PROG_TYPE_CGROUP_SOCKOPT, BPF_CGROUP_SETSOCKOPT, insn,
			     NW_ARRAY_SIZE(insn));
}

static inline bool truth_forget(int map, int sock)
{
	union bpf_attr a = { .attach_type = BPF_CGROUP_SETSOCKOPT,
			     .attach_flags = BPF_F_ALLOW_MULTI };
	int cgroup = truth_own_cgroup();
	int program = truth_forget_program(map);
	int zero = 0;
	bool done;

	a.target_fd = (uint32_t)cgroup;
	a.attach_bpf_fd = (uint32_t)program;
	done = program >= 0 && truth_bpf(BPF_PROG_ATTACH, &a) == 0;
	if (done) {
		done = setsockopt(sock, SOL_SOCKET, SO_PRIORITY, &zero, sizeof(zero)) == 0;
		a.attach_flags = 0;
		done = truth_bpf(BPF_PROG_DETACH, &a) == 0 && done;
	}
	(void)close(program);
	(void)close(cgroup);
	return done;
}

/* Of how many maps. */
static inline unsigned truth_unmap(const char *name, int sock)
{
	unsigned had = 0;

	for (uint32_t id = 0; truth_next_id(BPF_MAP_GET_NEXT_ID, &id);) {
		struct bpf_map_info info;
		int map = truth_map(id, &info);

		if (map >= 0) {
			had += strcmp(info.name, name) == 0 && truth_forget(map, sock);
			(void)close(map);
		}
	}
	return had;
}

/* Ends every link to this cgroup, by the number of its folder: how many. */
static inline unsigned truth_unlink(uint64_t cgroup)
{
	unsigned ended = 0;
	uint32_t type;

	for (uint32_t id = 0; truth_next_id(BPF_LINK_GET_NEXT_ID, &id);) {
		int link = truth_link(id, cgroup, &type);

		if (link >= 0) {
			union bpf_attr detach = { .link_detach.link_fd = (uint32_t)link };

			ended += truth_bpf(BPF_LINK_DETACH, &detach) == 0;
			(void)close(link);
		}
	}
	return ended;
}
