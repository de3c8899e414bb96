/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both sides of a look. Owns the socket between them. The helper has CAP_DAC_READ_SEARCH and no user,
 * the socket, the notification group and the root, and a filter that ends it at any call but those of
 * a look; a path that leads to no spot it refuses, whoever asks.
 */
#include "look.h"

#include <cap-ng.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <linux/openat2.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "log.h"

#define NAME	  "nvrwatch-look"
#define NOBODY	  65534
#define ANSWER_MS 2000
#ifndef AT_HANDLE_FID
#define AT_HANDLE_FID 0x200 /* 6.5: also of file systems that could not open it again */
#endif

#define MASK_WAY   (FAN_CREATE | FAN_MOVED_TO | FAN_MOVED_FROM | FAN_DELETE | FAN_ONDIR)
#define MASK_FILES (MASK_WAY | FAN_MODIFY | FAN_CLOSE_WRITE | FAN_ATTRIB | FAN_EVENT_ON_CHILD)

struct entry { /* of getdents64(2) */
	uint64_t ino;
	int64_t off;
	uint16_t len;
	uint8_t type;
	char name[];
};

/* ---- one look -------------------------------------------------------------------------------- */

static int open_folder(const char *path)
{
	struct open_how how = { .flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK,
				.resolve = RESOLVE_NO_SYMLINKS };
	long fd = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
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

static void take_name(struct nw_look *ret, const struct entry *e)
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

static int take_names(int fd, struct nw_look *ret)
{
	static _Alignas(struct entry) char buf[16384];
	long n;

	while ((n = syscall(SYS_getdents64, fd, buf, sizeof(buf))) > 0) {
		for (long at = 0; at < n;) {
			const struct entry *e = (const void *)(buf + at);

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
	ret->error = ret->error ? ret->error : take_names(fd, ret);
	close(fd);
}

/* ---- the helper ------------------------------------------------------------------------------ */

/* Nothing but the two. */
static int keep_files(int sock, int group)
{
	int s = fcntl(sock, F_DUPFD_CLOEXEC, 10);
	int g = fcntl(group, F_DUPFD_CLOEXEC, 10);

	if (s < 0 || g < 0 || dup2(s, 0) < 0 || dup2(g, 1) < 0) {
		return -errno;
	}
	return syscall(SYS_close_range, 2, ~0U, 0) < 0 ? -errno : 0;
}

static int keep_privilege(void)
{
	capng_clear(CAPNG_SELECT_BOTH);
	if (capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_DAC_READ_SEARCH) < 0 ||
	    capng_change_id(NOBODY, NOBODY, CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING) < 0) {
		return -EPERM;
	}
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
}

#ifndef __SANITIZE_ADDRESS__
static int filter_calls(void)
{
	static const int allowed[] = {
		SCMP_SYS(openat2),    SCMP_SYS(fanotify_mark), SCMP_SYS(name_to_handle_at),
		SCMP_SYS(fstatfs),    SCMP_SYS(getdents64),    SCMP_SYS(close),
		SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn),  SCMP_SYS(restart_syscall),
	};
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int r = ctx ? 0 : -ENOMEM;

	r = r ? r
	      : seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(read), 1, SCMP_A0(SCMP_CMP_EQ, 0));
	r = r ? r
	      : seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, SCMP_A0(SCMP_CMP_EQ, 0));
	for (size_t i = 0; r == 0 && i < NW_ARRAY_SIZE(allowed); i++) {
		r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0);
	}
	r = r ? r : seccomp_load(ctx);
	seccomp_release(ctx);
	return r;
}
#endif

static bool answer(const struct nw_look *look)
{
	size_t len = offsetof(struct nw_look, names) + look->names_len;

	return write(0, look, len) == (ssize_t)len;
}

__attribute__((noreturn)) static void serve(const struct nw_spots *spots)
{
	static struct nw_look look;
	static char path[PATH_MAX];

	while (answer(&look)) { /* the first says that it is ready */
		ssize_t n;

		do {
			n = read(0, path, sizeof(path) - 1);
		} while (n < 0 && errno == EINTR);
		if (n <= 0) {
			break;
		}
		path[n] = '\0';
		nw_look(1, spots, path, &look);
	}
	_exit(0);
}

__attribute__((noreturn)) static void become_helper(int sock, int group,
						    const struct nw_spots *spots, pid_t parent)
{
	int r;

	(void)signal(SIGINT, SIG_IGN); /* the terminal's, for us: we end by ending the socket */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)prctl(PR_SET_NAME, NAME);
	r = keep_files(sock, group);
	r = r < 0 ? r : keep_privilege();
	/* behind the change of user, which takes it back */
	if (r < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent ||
	    prctl(PR_SET_DUMPABLE, 0) < 0) {
		_exit(1);
	}
#ifndef __SANITIZE_ADDRESS__
	if (filter_calls() < 0) {
		_exit(1);
	}
#endif
	serve(spots);
}

/* ---- who asks it ----------------------------------------------------------------------------- */

static int await(int fd, struct nw_look *ret)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	size_t head = offsetof(struct nw_look, names);
	ssize_t len;
	int n;

	do {
		n = poll(&p, 1, ANSWER_MS);
	} while (n < 0 && errno == EINTR);
	if (n <= 0) {
		return n < 0 ? -errno : -ETIMEDOUT;
	}
	len = read(fd, ret, sizeof(*ret));
	if (len <= 0) {
		return len < 0 ? -errno : -EPIPE;
	}
	/* it is less than we are, and yet what it says is looked at */
	if ((size_t)len < head || ret->names_len != (size_t)len - head ||
	    ret->handle_len > MAX_HANDLE_SZ ||
	    (ret->names_len && ret->names[ret->names_len - 1] != '\0')) {
		return -EPROTO;
	}
	return 0;
}

int nw_looker_start(int group, const struct nw_spots *spots, struct nw_looker *ret)
{
	static struct nw_look ready;
	pid_t parent = getpid();
	pid_t pid;
	int fds[2];
	int r;

	ret->fd = -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0) {
		return nw_err_r(-errno, "cannot make a socket for the helper that looks");
	}
	pid = fork();
	if (pid == 0) {
		become_helper(fds[1], group, spots, parent);
	}
	close(fds[1]);
	ret->fd = fds[0];
	r = pid < 0 ? -errno : await(ret->fd, &ready);
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
