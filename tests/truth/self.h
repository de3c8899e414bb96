/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of a truth program's own file, for those that run themselves again. */
#pragma once

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "truth.h"

static inline void truth_copy_self(int to)
{
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	char buf[65536];
	ssize_t n;

	truth_check(from >= 0 && to >= 0, "open");
	while ((n = read(from, buf, sizeof(buf))) > 0) {
		truth_check(write(to, buf, (size_t)n) == n, "write");
	}
	truth_check(n == 0, "read");
	close(from);
}

static inline void truth_make_self(const char *name)
{
	int to = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);

	truth_copy_self(to);
	truth_check(!close(to), "close");
}

static inline void truth_enter_tmpfs(void)
{
	truth_check(!unshare(CLONE_NEWNS), "unshare");
	truth_check(!mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL), "private mounts");
	truth_check(!mount("tmpfs", "/tmp", "tmpfs", 0, NULL), "tmpfs");
	truth_check(!chdir("/tmp"), "chdir");
}

/* exec's prototype is older than const */
static inline char *const *truth_plain(const char *const *strings)
{
	union {
		const char *const *in;
		char *const *out;
	} u = { .in = strings };

	return u.out;
}
