/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both sides of such a look. Owns the socket between them. The helper (child.h) has CAP_SYS_PTRACE,
 * for /proc/PID/exe, and CAP_DAC_READ_SEARCH, for programs that only their owner may read; the folder
 * /proc; and the calls that read a file. What the process table says of the file must be so, else it
 * is another one. What was hashed is not hashed again while it is the same by device, inode, size
 * and both its times.
 */
#include "exe_look.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/openat2.h>
#define OPENSSL_SUPPRESS_DEPRECATED /* EVP takes memory, which is a call that the helper has not */
#include <openssl/sha.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "child.h"
#include "dpkg.h"
#include "log.h"
#include "procfs.h"

#define TICK_NS	  10000000U /* USER_HZ is 100 everywhere */
#define CACHE_MAX 64

struct cached {
	struct stat st;
	struct nw_exe_file file;
	char path[NW_EXE_PATH];
};

/* ---- which file it is ------------------------------------------------------------------------ */

static uint64_t ns_of(struct timespec t)
{
	return t.tv_sec < 0 ? 0 : (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       ns_of(a->st_mtim) == ns_of(b->st_mtim) && ns_of(a->st_ctim) == ns_of(b->st_ctim);
}

/* A number that was given to another process since has another start. */
static bool is_process(int proc, const struct nw_proc_id *id)
{
	struct nw_procfs_stat s = { .ppid = 0 };
	char text[1024];
	ssize_t n = -1;
	int fd;

	(void)snprintf(text, sizeof(text), "%u/stat", id->tgid);
	fd = nw_open_plain(proc, text, O_RDONLY, 0);
	if (fd >= 0) {
		n = read(fd, text, sizeof(text));
		close(fd);
	}
	return n > 0 && nw_procfs_stat(text, (size_t)n, &s) && id->start_ns &&
	       s.start_ticks == id->start_ns / TICK_NS;
}

/* stat() calls the device otherwise than the kernel's super block on some file systems (Btrfs,
 * overlays): there the process itself must be the one that was meant. By its path only what can be
 * run is looked at: hashes of other files are nobody's to ask for. */
static bool is_wanted(int proc, const struct nw_exe_wanted *w, const struct stat *st, bool is_exe)
{
	uint32_t dev = (uint32_t)(major(st->st_dev) << 20 | minor(st->st_dev));

	return S_ISREG(st->st_mode) && st->st_ino == w->ino && (is_exe || st->st_mode & 0111) &&
	       (dev == w->dev || (is_exe && is_process(proc, &w->id)));
}

/* Looked at before it is opened: what opening a device or a pipe does is nobody's business. */
static int open_checked(int proc, int at, const char *path, const struct nw_exe_wanted *w,
			struct stat *ret)
{
	bool is_exe = at == proc;
	int fd = nw_open_plain(at, path, O_PATH, is_exe ? 0 : RESOLVE_NO_MAGICLINKS);
	char own[32];
	int r;

	if (fd < 0) {
		return fd;
	}
	if (fstat(fd, ret) < 0 || !is_wanted(proc, w, ret, is_exe)) {
		close(fd);
		return -ESTALE;
	}
	(void)snprintf(own, sizeof(own), "self/fd/%d", fd);
	r = nw_open_plain(proc, own, O_RDONLY | O_NONBLOCK, 0);
	close(fd);
	return r;
}

static int open_it(int proc, const char *root, const struct nw_exe_wanted *w, struct stat *ret)
{
	char path[PATH_MAX];
	int fd;

	(void)snprintf(path, sizeof(path), "%u/exe", w->id.tgid);
	fd = open_checked(proc, proc, path, w, ret);
	if (fd >= 0 || w->path[0] != '/' ||
	    snprintf(path, sizeof(path), "%s%s", root, w->path) >= (int)sizeof(path)) {
		return fd;
	}
	return open_checked(proc, AT_FDCWD, path, w, ret);
}

/* ---- what is in it --------------------------------------------------------------------------- */

static enum nw_exe_how hash(int fd, const struct stat *before, uint8_t ret[NW_SHA256_BYTES])
{
	static uint8_t buf[1 << 16];
	struct stat after;
	uint64_t len = 0;
	SHA256_CTX s;
	ssize_t n;

	if ((uint64_t)before->st_size > NW_EXE_SIZE_MAX) {
		return NW_EXE_LARGE;
	}
	(void)SHA256_Init(&s);
	while ((n = read(fd, buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR)) {
		(void)SHA256_Update(&s, buf, n > 0 ? (size_t)n : 0);
		len += n > 0 ? (uint64_t)n : 0;
		if (len > NW_EXE_SIZE_MAX) {
			return NW_EXE_CHANGED;
		}
	}
	if (n < 0 || fstat(fd, &after) < 0) {
		return NW_EXE_UNREADABLE;
	}
	if (!is_same(before, &after) || len != (uint64_t)before->st_size) {
		return NW_EXE_CHANGED;
	}
	(void)SHA256_Final(ret, &s);
	return NW_EXE_READ;
}

static struct cached *cached(const struct stat *st, const char *path)
{
	static struct cached cache[CACHE_MAX];
	static unsigned next;

	for (unsigned i = 0; i < CACHE_MAX; i++) {
		if (is_same(&cache[i].st, st) && strcmp(cache[i].path, path) == 0) {
			return &cache[i];
		}
	}
	cache[next % CACHE_MAX] = (struct cached){ .file = { .how = NW_EXE_GONE } };
	return &cache[next++ % CACHE_MAX];
}

static void read_it(int fd, const char *root, const struct nw_exe_wanted *w, const struct stat *st,
		    struct nw_exe_file *ret)
{
	struct cached *c = cached(st, w->path);

	if (c->file.how != NW_EXE_READ) {
		c->file.how = (uint8_t)hash(fd, st, c->file.sha256);
		c->file.size = (uint64_t)st->st_size;
		c->file.mtime_ns = ns_of(st->st_mtim);
		c->file.owner = (uint8_t)nw_dpkg_owner(root, w->path, st, c->file.package);
		memcpy(c->path, w->path, sizeof(c->path));
		c->st = *st;
	}
	*ret = c->file;
}

void nw_exe_look(int proc, const char *root, const struct nw_exe_wanted *w, struct nw_exe_file *ret)
{
	struct stat st;
	int fd = open_it(proc, root, w, &st);

	*ret = (struct nw_exe_file){ .how = NW_EXE_GONE };
	if (fd >= 0) {
		read_it(fd, root, w, &st, ret);
		close(fd);
	} else if (fd != -ENOENT && fd != -ENOTDIR && fd != -ESRCH && fd != -ESTALE) {
		ret->how = NW_EXE_UNREADABLE;
	}
	ret->ino = w->ino;
	ret->dev = w->dev;
}

/* ---- the helper ------------------------------------------------------------------------------ */

static void serve(const void *root)
{
	static struct nw_exe_wanted w;
	static struct nw_exe_file file;

	(void)setpriority(PRIO_PROCESS, 0, 19); /* behind everybody's work */
	while (write(NW_CHILD_SOCKET, &file, sizeof(file)) == sizeof(file)) { /* ready; answers */
		ssize_t n;

		do {
			n = read(NW_CHILD_SOCKET, &w, sizeof(w));
		} while (n < 0 && errno == EINTR);
		if (n != sizeof(w) || w.path[sizeof(w.path) - 1]) {
			return;
		}
		nw_exe_look(NW_CHILD_FILE, root, &w, &file);
	}
}

/* ---- who asks it ----------------------------------------------------------------------------- */

static void give_up(struct nw_exe_looker *k)
{
	nw_warn("the helper that reads programs is gone: findings have no more hashes");
	nw_exe_looker_end(k);
}

static void ask_next(struct nw_exe_looker *k)
{
	if (k->fd < 0 || k->is_asked || !k->len) {
		return;
	}
	k->is_asked = write(k->fd, &k->queue[k->head], sizeof(k->queue[0])) ==
		      (ssize_t)sizeof(k->queue[0]);
	if (!k->is_asked) {
		give_up(k);
	}
}

int nw_exe_looker_start(const char *root, struct nw_exe_looker *k)
{
	static const int capabilities[] = { CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH };
	static const struct nw_child_call allowed[] = {
		{ SYS_openat2, false, 0 },    { SYS_read, false, 0 },
		{ SYS_fstat, false, 0 },      { SYS_newfstatat, false, 0 },
		{ SYS_getdents64, false, 0 }, { SYS_setpriority, true, PRIO_PROCESS },
	};
	const struct nw_child child = {
		.name = "nvrwatch-exe",
		.what = "the helper that reads programs",
		.capability = capabilities,
		.capabilities = NW_ARRAY_SIZE(capabilities),
		.allowed = allowed,
		.calls = NW_ARRAY_SIZE(allowed),
		.serve = serve,
		.ctx = strcmp(root, "/") == 0 ? "" : root,
	};
	NW_CLEANUP_CLOSE int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct nw_exe_file ready;
	int r;

	if (proc < 0) {
		return nw_err_r(-errno, "cannot open /proc");
	}
	r = nw_child_start(&child, proc, &k->fd, &k->pid);
	if (r < 0) {
		return r;
	}
	r = nw_child_await(k->fd);
	if (r == 0 && read(k->fd, &ready, sizeof(ready)) != sizeof(ready)) {
		r = -EPIPE;
	}
	if (r == 0 && fcntl(k->fd, F_SETFL, O_NONBLOCK) < 0) {
		r = -errno;
	}
	if (r < 0) {
		nw_exe_looker_end(k);
		return nw_err_r(r, "cannot start the helper that reads programs");
	}
	ask_next(k);
	return 0;
}

void nw_exe_looker_ask(struct nw_exe_looker *k, const struct nw_exe_wanted *w)
{
	for (unsigned i = 0; i < k->len; i++) {
		const struct nw_exe_wanted *q = &k->queue[(k->head + i) % NW_EXE_QUEUE];

		if (q->id.tgid == w->id.tgid && q->id.start_ns == w->id.start_ns &&
		    q->ino == w->ino && q->dev == w->dev) {
			return;
		}
	}
	if (k->len < NW_EXE_QUEUE) {
		k->queue[(k->head + k->len++) % NW_EXE_QUEUE] = *w;
		ask_next(k);
	}
}

bool nw_exe_looker_take(struct nw_exe_looker *k, struct nw_proc_id *ret_id, struct nw_exe_file *ret)
{
	const struct nw_exe_wanted *w = &k->queue[k->head];
	struct nw_exe_file file = { .how = NW_EXE_UNREADABLE };

	if (!k->len) {
		return false;
	}
	if (k->fd >= 0) {
		ssize_t n = read(k->fd, &file, sizeof(file));

		if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
			return false;
		}
		/* it is less than we are, and yet what it says is looked at */
		if (n != sizeof(file) || !nw_exe_is_valid(&file)) {
			give_up(k);
			file = (struct nw_exe_file){ .how = NW_EXE_UNREADABLE };
		}
	}
	file.ino = w->ino;
	file.dev = w->dev;
	*ret_id = w->id;
	*ret = file;
	k->head = (k->head + 1) % NW_EXE_QUEUE;
	k->len--;
	k->is_asked = false;
	ask_next(k);
	return true;
}

void nw_exe_looker_wait(const struct nw_exe_looker *k, int ms)
{
	struct pollfd p = { .fd = k->fd, .events = POLLIN };

	if (k->len && k->fd >= 0) {
		(void)poll(&p, 1, ms);
	}
}

void nw_exe_looker_end(struct nw_exe_looker *k)
{
	if (k->fd >= 0) {
		close(k->fd);
		k->fd = -1;
	}
}
