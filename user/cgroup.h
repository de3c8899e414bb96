/* SPDX-License-Identifier: Apache-2.0 */
/* The cgroup v2 hierarchy that the hooks are attached to. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/macro.h"

struct nw_cgroup {
	int fd; /* -1: none */
	bool is_root;
	char path[512]; /* as opened */
	char name[512]; /* inside the hierarchy, as /proc/PID/cgroup says it: "/", "/nvr.slice" */
};

/* path NULL: the root of the hierarchy, from /proc/self/mountinfo, else mounted in our own mount
 * namespace. Logs: not to be opened or not a cgroup v2 directory (-EINVAL), none to be had. */
NW_MUST_CHECK int nw_cgroup_open(const char *path, struct nw_cgroup *ret);
void nw_cgroup_close(struct nw_cgroup *c);
/* Is the cgroup that a process is in ("0::/x" of /proc/PID/cgroup, without the 0::) inside c? */
bool nw_cgroup_has(const struct nw_cgroup *c, const char *name);
/* The kernel's id of the cgroup: its directory's inode. */
uint64_t nw_cgroup_id(const struct nw_cgroup *c);
