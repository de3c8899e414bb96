/* SPDX-License-Identifier: Apache-2.0 */
/* A host's files in a folder of the test's own, with lists of packages. Included by tests only. */
#pragma once

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"

struct exe_host {
	char root[64];
};

static inline const char *exe_path(const struct exe_host *h, const char *path)
{
	static char text[256];

	snprintf(text, sizeof(text), "%s%s", h->root, path);
	return text;
}

static inline void exe_write(const struct exe_host *h, const char *path, const char *text,
			     mode_t mode)
{
	int fd = open(exe_path(h, path), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

/* /usr/bin/x, and /bin as a link to /usr/bin. */
static inline void exe_host_start(struct exe_host *h)
{
	static const char *const folders[] = {
		"/usr",		 "/usr/bin",	      "/opt", "/var", "/var/lib",
		"/var/lib/dpkg", "/var/lib/dpkg/info"
	};

	strcpy(h->root, "/tmp/nw-exe-XXXXXX");
	assert_non_null(mkdtemp(h->root));
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		assert_int_equal(mkdir(exe_path(h, folders[i]), 0700), 0);
	}
	assert_int_equal(symlink("usr/bin", exe_path(h, "/bin")), 0);
	exe_write(h, "/usr/bin/x", "a program", 0755);
}

static inline int exe_remove(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void exe_host_end(struct exe_host *h)
{
	assert_int_equal(nftw(h->root, exe_remove, 8, FTW_DEPTH | FTW_PHYS), 0);
}
