/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process of ours that keeps what we give up, and as little of it as its task needs: it has no user,
 * the capabilities and the system calls that are named, two open files, and ends with us, killed too.
 * What it may do is less than what it must be trusted with.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/macro.h"

#define NW_CHILD_SOCKET 0 /* its end of the socket to us: it may read and write there */
#define NW_CHILD_FILE	1 /* the file that it was given */

/* It may always close, end, and come back from a signal. */
struct nw_child_call {
	int call;
	bool is_bound; /* only with this first argument */
	uint64_t first;
};

struct nw_child {
	const char *name; /* of the process: 15 bytes, as the kernel keeps */
	const char *what; /* in messages */
	const int *capability;
	size_t capabilities;
	const struct nw_child_call *allowed;
	size_t calls;
	void (*serve)(const void *ctx); /* until its socket ends; the process ends with it */
	const void *ctx;
};

/* Before privileges are dropped. file: of ours, that it gets. 0 and our end of the socket, or -errno,
 * logged. */
NW_MUST_CHECK int nw_child_start(const struct nw_child *c, int file, int *ret_fd, pid_t *ret_pid);
/* Until it has said something: 0, -ETIMEDOUT, or another -errno. */
NW_MUST_CHECK int nw_child_await(int fd);

/* ---- calls of a helper, which takes no memory ---- */

/* Opens without leaving the way that a path says (RESOLVE_*): -errno. at: of a folder, or AT_FDCWD. */
NW_MUST_CHECK int nw_open_plain(int at, const char *path, int flags, uint64_t resolve);

struct nw_folder_entry { /* of getdents64(2) */
	uint64_t ino;
	int64_t off;
	uint16_t len;
	uint8_t type;
	char name[];
};
