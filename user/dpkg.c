/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See dpkg.h. A list has a path in each of its lines, "/var/lib/dpkg/info/<package>.list". A host
 * whose /bin is a link to /usr/bin has packages that still say /bin: both ways are looked for, when
 * both lead to this file. Owns nothing.
 */
#include "dpkg.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "child.h"

#define INFO	   "/var/lib/dpkg/info"
#define DIVERSIONS "/var/lib/dpkg/diversions"
#define LISTS_MAX  16384
#define LIST_MAX   ((size_t)32 << 20) /* of one: a program's own hundred thousand files are 10 MB */
#define NAMES	   2

struct needles {
	char text[NAMES][PATH_MAX + 2]; /* a line, and the end of the one before */
	unsigned len;
};

/* ---- which paths ----------------------------------------------------------------------------- */

static bool leads_to(const char *root, const char *path, const struct stat *file)
{
	char whole[PATH_MAX];
	struct stat st;
	int fd;
	bool is_it;

	if (path[0] != '/' ||
	    snprintf(whole, sizeof(whole), "%s%s", root, path) >= (int)sizeof(whole)) {
		return false;
	}
	fd = nw_open_plain(AT_FDCWD, whole, O_PATH, RESOLVE_NO_MAGICLINKS);
	if (fd < 0) {
		return false;
	}
	is_it = fstat(fd, &st) == 0 && st.st_dev == file->st_dev && st.st_ino == file->st_ino;
	close(fd);
	return is_it;
}

static void add_needle(struct needles *n, const char *path)
{
	int len = snprintf(n->text[n->len], sizeof(n->text[0]), "\n%s\n", path);

	n->len += len > 0 && (size_t)len < sizeof(n->text[0]);
}

static void add_needles(struct needles *n, const char *root, const char *path,
			const struct stat *file)
{
	n->len = 0;
	if (leads_to(root, path, file)) {
		add_needle(n, path);
	}
	if (n->len && strncmp(path, "/usr/", 5) == 0 && leads_to(root, path + 4, file)) {
		add_needle(n, path + 4);
	}
}

/* ---- lists ----------------------------------------------------------------------------------- */

static bool has_needle(const struct needles *n, const char *text, size_t len)
{
	for (unsigned i = 0; i < n->len; i++) {
		if (memmem(text, len, n->text[i], strlen(n->text[i]))) {
			return true;
		}
	}
	return false;
}

/* 1 or 0; -errno when that can't be said. */
static int has_line(int fd, const struct needles *n)
{
	static char text[1 << 16];
	const size_t keep = sizeof(n->text[0]);
	size_t len = 1, all = 0;

	text[0] = '\n';
	for (;;) {
		ssize_t r = read(fd, text + len, sizeof(text) - len - 1);

		if (r < 0 && errno == EINTR) {
			continue;
		}
		if (r < 0 || (all += (size_t)r) > LIST_MAX) {
			return r < 0 ? -errno : -EFBIG;
		}
		len += (size_t)r;
		if (r == 0) {
			text[len++] = '\n'; /* where the last line has none */
		}
		if (has_needle(n, text, len) || r == 0) {
			return has_needle(n, text, len);
		}
		if (len > keep) { /* what may go on */
			memmove(text, text + len - keep, keep);
			len = keep;
		}
	}
}

static int file_has_line(int at, const char *name, const struct needles *n)
{
	int fd = nw_open_plain(at, name, O_RDONLY | O_NONBLOCK, RESOLVE_NO_SYMLINKS);
	int r;

	if (fd < 0) {
		return fd;
	}
	r = has_line(fd, n);
	close(fd);
	return r;
}

struct found {
	unsigned lists, owners;
	bool has_error;
	char *package;
};

static void look_at(struct found *f, int info, const char *name, const struct needles *n)
{
	static const char end[] = ".list";
	size_t len = strlen(name);
	int r;

	if (len < sizeof(end) || strcmp(name + len - (sizeof(end) - 1), end) != 0) {
		return;
	}
	r = f->lists++ < LISTS_MAX ? file_has_line(info, name, n) : -EFBIG;
	len -= sizeof(end) - 1;
	f->has_error = f->has_error || r < 0 || (r > 0 && len >= NW_EXE_PACKAGE);
	if (r > 0 && len < NW_EXE_PACKAGE && f->owners++ == 0) {
		memcpy(f->package, name, len);
		f->package[len] = '\0';
	}
}

static void look_at_all(struct found *f, int info, const struct needles *n)
{
	static _Alignas(struct nw_folder_entry) char buf[16384];
	long len;

	while ((len = syscall(SYS_getdents64, info, buf, sizeof(buf))) > 0) {
		for (long at = 0; at < len;) {
			const struct nw_folder_entry *e = (const void *)(buf + at);

			look_at(f, info, e->name, n);
			at += e->len;
		}
	}
	f->has_error = f->has_error || len < 0;
}

/* From, to and by whom, in a line each; 1 also when that can't be said. */
static bool is_diverted(const char *root, const struct needles *n)
{
	char path[PATH_MAX];
	int r = -ENAMETOOLONG;

	if (snprintf(path, sizeof(path), "%s%s", root, DIVERSIONS) < (int)sizeof(path)) {
		r = file_has_line(AT_FDCWD, path, n);
	}
	return r != 0 && r != -ENOENT;
}

static enum nw_exe_owner owner_of(struct found *f, const char *root, const struct needles *n)
{
	if (f->has_error) {
		return NW_EXE_OWNER_UNKNOWN;
	}
	if (f->owners > 1 || is_diverted(root, n)) {
		return NW_EXE_OWNER_SEVERAL;
	}
	return f->owners ? NW_EXE_OWNER_PACKAGE : NW_EXE_OWNER_NOBODY;
}

enum nw_exe_owner nw_dpkg_owner(const char *root, const char *path, const struct stat *file,
				char ret[NW_EXE_PACKAGE])
{
	static struct needles n;
	struct found f = { .package = ret };
	enum nw_exe_owner owner;
	char info[PATH_MAX];
	int fd = -ENAMETOOLONG;

	ret[0] = '\0';
	if (snprintf(info, sizeof(info), "%s%s", root, INFO) < (int)sizeof(info)) {
		fd = nw_open_plain(AT_FDCWD, info, O_RDONLY | O_DIRECTORY, RESOLVE_NO_MAGICLINKS);
	}
	if (fd < 0) {
		return NW_EXE_OWNER_UNKNOWN;
	}
	add_needles(&n, root, path, file);
	if (n.len) {
		look_at_all(&f, fd, &n);
	}
	close(fd);
	owner = n.len ? owner_of(&f, root, &n) : NW_EXE_OWNER_ELSEWHERE;
	if (owner != NW_EXE_OWNER_PACKAGE) {
		ret[0] = '\0';
	}
	return owner;
}
