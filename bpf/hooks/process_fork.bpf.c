/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * process_fork: a process made another.
 *
 * Kernel: trace_sched_process_fork() in kernel_clone(), kernel/fork.c; threads are left out.
 * Context: the parent, preemption off (since 7.0 not, see process_exec); the child has not run yet.
 * Cannot see: nothing of what the child inherited; user space takes that from the parent's entry.
 * But for the session: setsid() tells nobody, and a daemon calls it between its forks.
 * Cost: ~0.2 us a process, ~20 ns a thread.
 */
#include "nw_task.bpf.h"

SEC("tp_btf/sched_process_fork")
int BPF_PROG(nw_process_fork, struct task_struct *parent, struct task_struct *child)
{
	struct task_struct *real = child->real_parent;
	struct nw_ev_proc *e;
	__u64 ids;

	if (child->pid != child->tgid || !nw_is_ours()) {
		return 0;
	}
	nw_born = nw_while_now();
	e = nw_reserve(sizeof(*e));
	if (!e) {
		return 0;
	}
	__builtin_memset(e, 0, sizeof(*e));
	/* copy_process() has just read the clock */
	nw_head_of(&e->ev, NW_HOOK_PROCESS_FORK, NW_SHAPE_PROC, NW_PROC_FORK, sizeof(*e),
		   child->start_boottime);
	e->self.start_ns = child->start_boottime;
	e->self.tgid = child->tgid;
	e->parent.start_ns = real->group_leader->start_boottime;
	e->parent.tgid = real->tgid;
	ids = bpf_get_current_uid_gid(); /* the child has its parent's */
	e->uid = (__u32)ids;
	e->gid = ids >> 32;
	e->netns = child->nsproxy->net_ns->ns.inum;
	e->session = nw_session_of(child);
	bpf_probe_read_kernel(e->comm, sizeof(e->comm), child->comm);
	nw_submit(e);
	return 0;
}
