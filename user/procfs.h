/* SPDX-License-Identifier: Apache-2.0 */
/* Parsers of /proc/PID files. Pure; the text is another process's to choose in part (comm). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/macro.h"

struct nw_procfs_stat {
	uint32_t ppid;
	uint32_t session;     /* pid of its leader */
	uint64_t start_ticks; /* since boot, USER_HZ */
	char comm[16];
};

/* /proc/PID/stat. comm may hold spaces, parentheses and newlines. False when it is not one. */
NW_MUST_CHECK bool nw_procfs_stat(const char *text, size_t len, struct nw_procfs_stat *ret);
/* The real ids of /proc/PID/status. */
NW_MUST_CHECK bool nw_procfs_ids(const char *text, size_t len, uint32_t *ret_uid,
				 uint32_t *ret_gid);
/* The v2 line of /proc/PID/cgroup: "/nvr.slice/x.service"; a span into text. */
NW_MUST_CHECK bool nw_procfs_cgroup(const char *text, size_t len, const char **ret,
				    size_t *ret_len);
