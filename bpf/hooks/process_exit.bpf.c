/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * process_exit: the last thread of a process ended.
 *
 * Kernel: trace_sched_process_exit() in do_exit(), kernel/exit.c, after signal->live was counted
 * down. Two last threads that end at once may both tell it: user space takes the first.
 * Context: the ending thread, preemption off; since 7.0 not, see process_exec.
 * Cannot see: sockets that outlive the process (they have their own last word).
 * Cost: ~0.25 us a process, ~15 ns a thread.
 */
#include "nw_task.bpf.h"

SEC("tp_btf/sched_process_exit")
int BPF_PROG(nw_process_exit, struct task_struct *task)
{
	struct nw_ev_proc *e;

	if (task->signal->live.counter != 0 || !nw_is_ours()) {
		return 0;
	}
	e = nw_reserve(sizeof(*e));
	if (!e) {
		return 0;
	}
	__builtin_memset(e, 0, sizeof(*e));
	nw_head_of(&e->ev, NW_HOOK_PROCESS_EXIT, NW_SHAPE_PROC, NW_PROC_EXIT, sizeof(*e),
		   bpf_ktime_get_boot_ns());
	e->self.start_ns = task->group_leader->start_boottime;
	e->self.tgid = task->tgid;
	e->exit_code = task->exit_code;
	nw_submit(e);
	return 0;
}
