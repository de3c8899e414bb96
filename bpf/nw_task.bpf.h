/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who is running. CO-RE reads only, so that it loads in every program type from 5.10 on. */
#pragma once

#include "nw.bpf.h"

/* include/linux/sched.h */
#define NW_PF_IO_WORKER 0x00000010
#define NW_PF_KTHREAD	0x00200000

/*
 * The current task as a BTF pointer costs nothing to read, a probe read some 40 ns. 5.10 has not the
 * helper; since 5.13 every program type has it (bpf_base_func_proto(), kernel/bpf/helpers.c). The
 * question is answered when the object is loaded, and the other branch is gone then.
 */
#define NW_HAS_TASK_BTF bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf)

/* One of its integers: NW_CURRENT(tgid), NW_CURRENT(cred, uid.val). */
#define NW_CURRENT(...)                                                                   \
	({                                                                                \
		__u64 __v;                                                                \
		if (NW_HAS_TASK_BTF) {                                                    \
			__v = bpf_get_current_task_btf()->NW_PATH(__VA_ARGS__);           \
		} else {                                                                  \
			__v = BPF_CORE_READ((struct task_struct *)bpf_get_current_task(), \
					    __VA_ARGS__);                                 \
		}                                                                         \
		__v;                                                                      \
	})
#define NW_PATH1(a)		     a
#define NW_PATH2(a, b)		     a->b
#define NW_PATH3(a, b, c)	     a->b->c
#define NW_PATH_(_1, _2, _3, n, ...) n
#define NW_PATH(...)		     NW_PATH_(__VA_ARGS__, NW_PATH3, NW_PATH2, NW_PATH1)(__VA_ARGS__)

/*
 * A step to another object from a pointer that it trusts makes a new verifier search all of its BTF
 * for exceptions, ~1 ms of the start. These are global, so that it makes them once for each program
 * and not on each way by which it comes here.
 */
__weak __noinline __u64 nw_leader_start_ns(void)
{
	return NW_CURRENT(group_leader, start_boottime);
}

/* Of programs on packets, which have not the helper below. */
__weak __noinline __u32 nw_sender_uid(void)
{
	return NW_CURRENT(cred, uid.val);
}

__weak __noinline __u32 nw_current_netns(void)
{
	return NW_CURRENT(nsproxy, net_ns, ns.inum);
}

/* Real, in the init user namespace. */
static __always_inline __u32 nw_current_uid(void)
{
	return (__u32)bpf_get_current_uid_gid();
}

/*
 * The process that runs now, in the init pid namespace. False when a kernel thread does, which says
 * nothing about who wanted it; io_uring's workers since 5.12 are threads of their process.
 */
static __always_inline bool nw_current(struct nw_proc_id *ret)
{
	__u32 flags = NW_CURRENT(flags);

	if ((flags & NW_PF_KTHREAD) && !(flags & NW_PF_IO_WORKER)) {
		return false;
	}
	ret->start_ns = nw_leader_start_ns();
	ret->tgid = NW_CURRENT(tgid);
	ret->pad = 0;
	return true;
}

/* When a process last began, in units of 2^6 jiffies (64 to 640 ms): reads of sockets are looked at from
 * then on, also when user space has not heard of it yet (sock_recv). */
#define NW_WHILE 6
__u32 nw_born __weak = 0;

static __always_inline __u32 nw_while_now(void)
{
	return bpf_jiffies64() >> NW_WHILE;
}

#define NW_PIDTYPE_SID 3 /* enum pid_type, include/linux/pid.h */

/* Its leader's pid, in the init pid namespace. */
static __always_inline __u32 nw_session_of(const struct task_struct *task)
{
	return BPF_CORE_READ(task, signal, pids[NW_PIDTYPE_SID], numbers[0].nr);
}

static __always_inline bool nw_is_same(const struct nw_proc_id *a, const struct nw_proc_id *b)
{
	return a->tgid == b->tgid && a->start_ns == b->start_ns;
}

/* The same where a process is sure to run: in cgroup/sock_create and bind. */
static __always_inline void nw_creator(struct nw_proc_id *ret, __u32 *ret_uid)
{
	ret->start_ns = nw_leader_start_ns();
	ret->tgid = NW_CURRENT(tgid);
	ret->pad = 0;
	*ret_uid = nw_current_uid();
}
