/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Programs that do nothing, one per kind that a sensor uses. What the kernel's run-time counter
 * says of them is the counter's own cost; it is measured in every round and subtracted.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#define EMPTY(name, section, verdict)    \
	SEC(section) int name(void *ctx) \
	{                                \
		(void)ctx;               \
		return verdict;          \
	}

EMPTY(empty_egress, "cgroup_skb/egress", 1)
EMPTY(empty_ingress, "cgroup_skb/ingress", 1)
EMPTY(empty_create, "cgroup/sock_create", 1)
EMPTY(empty_release, "cgroup/sock_release", 1)
EMPTY(empty_bind, "cgroup/post_bind4", 1)
EMPTY(empty_connect, "cgroup/connect4", 1)
EMPTY(empty_exec, "tp_btf/sched_process_exec", 0)
EMPTY(empty_state, "tp_btf/inet_sock_set_state", 0)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
