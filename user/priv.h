/* SPDX-License-Identifier: Apache-2.0 */
/* What privilege the program has, and giving it up for good. */
#pragma once

#include <stdbool.h>

#include "util/macro.h"

/* 0 when the effective capabilities suffice to load and attach, else -EPERM. */
int nw_priv_can_trace(void);
bool nw_priv_is_locked_down(void); /* kernel lockdown: confidentiality */

/* A mount namespace of our own with a bpffs at /sys/fs/bpf. Logs on failure. */
NW_MUST_CHECK int nw_priv_private_mounts(void);

/* As on a kernel without io_uring, which asks no system-call filter. libuv from 1.45 on would make a
 * ring for its epoll set, use it after the drop, and abort. To be called before the loop is made. */
NW_MUST_CHECK int nw_priv_no_io_uring(void);

/* A name of our own open file, for readlink(2): before the drop, and behind it. */
#define NW_PRIV_FD_PATH 32
void nw_priv_fd_path(int fd, char ret[NW_PRIV_FD_PATH]);

/*
 * Give up everything that running needs no more: capabilities, uid and gid (nvrwatch if there is
 * such a user, else nobody), new privileges, /proc, and by a system-call filter all but what the
 * loop uses. Then prove it: what should fail is tried, and the program stops when it works.
 * start, when there is one, starts threads: they have as little as the one that calls, filter and
 * all. 0 or -errno, which ends the drop.
 */
NW_MUST_CHECK int nw_priv_drop(int (*start)(void *ctx), void *ctx);
