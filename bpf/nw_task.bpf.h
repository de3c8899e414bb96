/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who is running. CO-RE reads only, so that it loads in every program type from 5.10 on. */
#pragma once

#include "nw.bpf.h"

/* include/linux/sched.h */
#define NW_PF_IO_WORKER 0x00000010
#define NW_PF_KTHREAD	0x00200000

/*
 * The process that runs now, in the init pid namespace. False when a kernel thread does, which says
 * nothing about who wanted it; io_uring's workers since 5.12 are threads of their process.
 */
static __always_inline bool nw_current(struct nw_proc_id *ret)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	__u32 flags = BPF_CORE_READ(task, flags);

	if ((flags & NW_PF_KTHREAD) && !(flags & NW_PF_IO_WORKER)) {
		return false;
	}
	ret->start_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	ret->tgid = BPF_CORE_READ(task, tgid);
	ret->pad = 0;
	return true;
}

static __always_inline bool nw_is_same(const struct nw_proc_id *a, const struct nw_proc_id *b)
{
	return a->tgid == b->tgid && a->start_ns == b->start_ns;
}

static __always_inline __u32 nw_current_uid(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	return BPF_CORE_READ(task, cred, uid.val);
}

/* The same where a process is sure to run and the helpers exist: in cgroup/sock_create and bind. */
static __always_inline void nw_creator(struct nw_proc_id *ret, __u32 *ret_uid)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	ret->tgid = bpf_get_current_pid_tgid() >> 32;
	ret->pad = 0;
	ret->start_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	*ret_uid = (__u32)bpf_get_current_uid_gid();
}

static __always_inline __u32 nw_current_netns(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	return BPF_CORE_READ(task, nsproxy, net_ns, ns.inum);
}
