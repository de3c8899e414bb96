/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both sides of a look. Owns the socket between them. The helper (child.h) has CAP_DAC_READ_SEARCH,
 * the notification group and the root, and makes the calls of a look alone; a path that leads to no
 * spot it refuses, whoever asks.
 */
#include "look.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/openat2.h>
#include <stddef.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "child.h"
#include "log.h"

#ifndef AT_HANDLE_FID
#define AT_HANDLE_FID 0x200 /* 6.5: also of file systems that could not open it again */
#endif

#define MASK_WAY   (FAN_CREATE | FAN_MOVED_TO | FAN_MOVED_FROM | FAN_DELETE | FAN_ONDIR)
#define MASK_FILES (MASK_WAY | FAN_MODIFY | FAN_CLOSE_WRITE | FAN_ATTRIB | FAN_EVENT_ON_CHILD)

/* ---- one look -------------------------------------------------------------------------------- */

static int open_folder(const char *path)
{
	return nw_open_plain(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK,
			     RESOLVE_NO_SYMLINKS);
}

static int take_handle(int fd, struct nw_look *ret)
{
	union {
		struct file_handle h;
		uint8_t bytes[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} u = { .h = { .handle_bytes = MAX_HANDLE_SZ } };
	struct statfs fs;
	int mount;
	int r = name_to_handle_at(fd, "", &u.h, &mount, AT_EMPTY_PATH | AT_HANDLE_FID);

	if (r < 0 && errno == EINVAL) {
		r = name_to_handle_at(fd, "", &u.h, &mount, AT_EMPTY_PATH);
	}
	if (r < 0 || fstatfs(fd, &fs) < 0) {
		return -errno;
	}
	ret->type = u.h.handle_type;
	ret->handle_len = NW_MIN(u.h.handle_bytes, (unsigned)MAX_HANDLE_SZ);
	memcpy(ret->handle, u.h.f_handle, ret->handle_len);
	memcpy(&ret->fsid, &fs.f_fsid, sizeof(ret->fsid));
	return 0;
}

static void take_name(struct nw_look *ret, const struct nw_folder_entry *e)
{
	size_t len = strlen(e->name);

	if (strcmp(e->name, ".") == 0 || strcmp(e->name, "..") == 0) {
		return;
	}
	if (ret->names_len + len + 2 > NW_LOOK_NAMES) {
		ret->is_cut = 1;
		return;
	}
	ret->names[ret->names_len++] = e->type == DT_DIR || e->type == DT_UNKNOWN ? 'd' : 'f';
	memcpy(ret->names + ret->names_len, e->name, len + 1);
	ret->names_len += (uint32_t)len + 1;
}

int nw_look_names(int fd, struct nw_look *ret)
{
	static _Alignas(struct nw_folder_entry) char buf[16384];
	long n = 0;

	while (!ret->is_cut && (n = syscall(SYS_getdents64, fd, buf, sizeof(buf))) > 0) {
		for (long at = 0; at < n;) {
			const struct nw_folder_entry *e = (const void *)(buf + at);

			take_name(ret, e);
			at += e->len;
		}
	}
	return n < 0 ? -errno : 0;
}

/* The mark comes first: what is made in it from then on is told, what was there is among the names. */
void nw_look(int group, const struct nw_spots *spots, const char *path, struct nw_look *ret)
{
	enum nw_spots_folder what = nw_spots_folder(spots, path);
	uint64_t mask = what == NW_SPOTS_FILES ? MASK_FILES : MASK_WAY;
	int fd = what == NW_SPOTS_NOTHING ? -EPERM : open_folder(path);

	memset(ret, 0, offsetof(struct nw_look, names));
	ret->error = NW_MIN(fd, 0);
	if (fd < 0) {
		return;
	}
	if (fanotify_mark(group, FAN_MARK_ADD | FAN_MARK_ONLYDIR, mask, fd, NULL) < 0) {
		ret->error = -errno;
	}
	ret->error = ret->error ? ret->error : take_handle(fd, ret);
	ret->error = ret->error ? ret->error : nw_look_names(fd, ret);
	close(fd);
}

/* ---- the helper ------------------------------------------------------------------------------ */

static bool answer(const struct nw_look *look)
{
	size_t len = offsetof(struct nw_look, names) + look->names_len;

	return write(NW_CHILD_SOCKET, look, len) == (ssize_t)len;
}

static void serve(const void *spots)
{
	static struct nw_look look;
	static char path[PATH_MAX];

	while (answer(&look)) { /* the first says that it is ready */
		ssize_t n;

		do {
			n = read(NW_CHILD_SOCKET, path, sizeof(path) - 1);
		} while (n < 0 && errno == EINTR);
		if (n <= 0) {
			return;
		}
		path[n] = '\0';
		nw_look(NW_CHILD_FILE, spots, path, &look);
	}
}

/* ---- who asks it ----------------------------------------------------------------------------- */

/* Each with a kind in front and its end behind it. */
static bool are_names(const char *names, size_t len)
{
	while (len) {
		size_t n = strnlen(names, len);

		if (n < 2 || n == len) {
			return false;
		}
		names += n + 1;
		len -= n + 1;
	}
	return true;
}

static int await(int fd, struct nw_look *ret)
{
	size_t head = offsetof(struct nw_look, names);
	ssize_t len;
	int r = nw_child_await(fd);

	if (r < 0) {
		return r;
	}
	len = read(fd, ret, sizeof(*ret));
	if (len <= 0) {
		return len < 0 ? -errno : -EPIPE;
	}
	/* it is less than we are, and yet what it says is looked at */
	if ((size_t)len < head || ret->names_len != (size_t)len - head ||
	    ret->handle_len > MAX_HANDLE_SZ || !are_names(ret->names, ret->names_len)) {
		return -EPROTO;
	}
	return 0;
}

int nw_looker_start(int group, const struct nw_spots *spots, struct nw_looker *ret)
{
	static const int capabilities[] = { CAP_DAC_READ_SEARCH };
	static const struct nw_child_call allowed[] = {
		{ SYS_openat2, false, 0 },	     { SYS_fanotify_mark, false, 0 },
		{ SYS_name_to_handle_at, false, 0 }, { SYS_fstatfs, false, 0 },
		{ SYS_getdents64, false, 0 },
	};
	const struct nw_child child = {
		.name = "nvrwatch-look",
		.what = "the helper that looks",
		.capability = capabilities,
		.capabilities = NW_ARRAY_SIZE(capabilities),
		.allowed = allowed,
		.calls = NW_ARRAY_SIZE(allowed),
		.serve = serve,
		.ctx = spots,
	};
	static struct nw_look ready;
	pid_t pid;
	int r;

	ret->fd = -1;
	r = nw_child_start(&child, group, &ret->fd, &pid);
	if (r < 0) {
		return r;
	}
	r = await(ret->fd, &ready);
	if (r < 0) {
		nw_looker_end(ret);
		return nw_err_r(r, "cannot start the helper that looks");
	}
	return 0;
}

void nw_looker_ask(struct nw_looker *h, const char *path, struct nw_look *ret)
{
	size_t len = strlen(path);
	int r = h->fd < 0 ? -EPIPE : 0;

	if (r == 0 && write(h->fd, path, len) != (ssize_t)len) {
		r = -errno;
	}
	r = r < 0 ? r : await(h->fd, ret);
	if (r < 0) {
		if (h->fd >= 0) {
			nw_warn("the helper that looks into new folders is gone");
		}
		nw_looker_end(h);
		memset(ret, 0, offsetof(struct nw_look, names));
		ret->error = r;
	}
}

void nw_looker_end(struct nw_looker *h)
{
	if (h->fd >= 0) {
		close(h->fd);
		h->fd = -1;
	}
}
