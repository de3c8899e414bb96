/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What such processes have in common, from fork() to the filter. It holds no other file of ours, so
 * that nothing that we attached outlives us through it; when we are gone, killed too, so is it (end
 * of file, PDEATHSIG).
 */
#include "child.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "log.h"

#define NOBODY	  65534
#define ANSWER_MS 2000

/* Nothing but the two: not the ring, not the links, not the terminal. */
static int keep_files(int sock, int file)
{
	int s = fcntl(sock, F_DUPFD_CLOEXEC, 10);
	int f = fcntl(file, F_DUPFD_CLOEXEC, 10);

	if (s < 0 || f < 0 || dup2(s, NW_CHILD_SOCKET) < 0 || dup2(f, NW_CHILD_FILE) < 0) {
		return -errno;
	}
	return syscall(SYS_close_range, 2, ~0U, 0) < 0 ? -errno : 0;
}

static int keep_privilege(const struct nw_child *c)
{
	int r = 0;

	capng_clear(CAPNG_SELECT_BOTH);
	for (size_t i = 0; r == 0 && i < c->capabilities; i++) {
		r = capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED,
				 (unsigned)c->capability[i]);
	}
	if (r < 0 ||
	    capng_change_id(NOBODY, NOBODY, CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING) < 0) {
		return -EPERM;
	}
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
}

#ifdef __SANITIZE_ADDRESS__
#define HAS_SANITIZER true /* which makes calls of its own */
#else
#define HAS_SANITIZER false
#endif

static int filter_calls(const struct nw_child *c)
{
	static const struct nw_child_call common[] = {
		{ SCMP_SYS(read), true, NW_CHILD_SOCKET },
		{ SCMP_SYS(write), true, NW_CHILD_SOCKET },
		{ SCMP_SYS(close), false, 0 },
		{ SCMP_SYS(exit_group), false, 0 },
		{ SCMP_SYS(rt_sigreturn), false, 0 },
		{ SCMP_SYS(restart_syscall), false, 0 },
	};
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int r = ctx ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < NW_ARRAY_SIZE(common) + c->calls; i++) {
		const struct nw_child_call *a = i < NW_ARRAY_SIZE(common)
							? &common[i]
							: &c->allowed[i - NW_ARRAY_SIZE(common)];

		r = a->is_bound ? seccomp_rule_add(ctx, SCMP_ACT_ALLOW, a->call, 1,
						   SCMP_A0(SCMP_CMP_EQ, a->first))
				: seccomp_rule_add(ctx, SCMP_ACT_ALLOW, a->call, 0);
	}
	r = r ? r : seccomp_load(ctx);
	seccomp_release(ctx);
	return r;
}

__attribute__((noreturn)) static void become(const struct nw_child *c, int sock, int file,
					     pid_t parent)
{
	int r;

	(void)signal(SIGINT, SIG_IGN); /* the terminal's, for us: we end by ending the socket */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)prctl(PR_SET_NAME, c->name);
	r = keep_files(sock, file);
	r = r < 0 ? r : keep_privilege(c);
	/* behind the change of user, which takes it back */
	if (r < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent ||
	    prctl(PR_SET_DUMPABLE, 0) < 0) {
		_exit(1);
	}
	if (!HAS_SANITIZER && filter_calls(c) < 0) {
		_exit(1);
	}
	c->serve(c->ctx);
	_exit(0);
}

int nw_child_start(const struct nw_child *c, int file, int *ret_fd, pid_t *ret_pid)
{
	pid_t parent = getpid();
	pid_t pid;
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0) {
		return nw_err_r(-errno, "cannot make a socket for %s", c->what);
	}
	pid = fork();
	if (pid == 0) {
		become(c, fds[1], file, parent);
	}
	if (pid < 0) {
		int r = nw_err_r(-errno, "cannot start %s", c->what);

		close(fds[0]);
		close(fds[1]);
		return r;
	}
	close(fds[1]);
	*ret_fd = fds[0];
	*ret_pid = pid;
	return 0;
}

int nw_child_await(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int n;

	do {
		n = poll(&p, 1, ANSWER_MS);
	} while (n < 0 && errno == EINTR);
	return n > 0 ? 0 : n < 0 ? -errno : -ETIMEDOUT;
}

int nw_open_plain(int at, const char *path, int flags, uint64_t resolve)
{
	struct open_how how = { .flags = (uint64_t)(flags | O_CLOEXEC), .resolve = resolve };
	long fd = syscall(SYS_openat2, at, path, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}
