/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Of iterators: is a task one that we look at? bpf_current_task_under_cgroup() is about who reads. */
#pragma once

#include "nw.bpf.h"

#define NW_CGROUP_DEPTH 16

/*
 * Global, so that the verifier looks at its loop once and not on each way by which it comes there;
 * before 5.12 such a function is given numbers alone.
 */
__weak __noinline int nw_in_our_cgroup(__u64 cgroup)
{
	struct cgroup *cgrp = (void *)cgroup;

	for (int i = 0; i < NW_CGROUP_DEPTH && cgrp; i++) {
		struct cgroup_subsys_state *up;

		if (BPF_CORE_READ(cgrp, kn, id) == nw_cfg_cgroup_id) {
			return 1;
		}
		up = BPF_CORE_READ(cgrp, self.parent);
		if (!up) {
			return 0;
		}
		cgrp = (void *)up - bpf_core_field_offset(struct cgroup, self);
	}
	return 0;
}

static __always_inline bool nw_is_task_ours(struct task_struct *task)
{
	return !nw_cfg_narrow || nw_in_our_cgroup((__u64)BPF_CORE_READ(task, cgroups, dfl_cgrp));
}
