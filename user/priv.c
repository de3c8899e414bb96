/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Privilege, and its end. Owns nothing. When a step of the drop fails the caller must stop: running
 * on with more privilege than said is not a state that we have.
 */
#include "priv.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "log.h"

#define DROP_USER "nvrwatch"
#define NOBODY	  65534

/* The sanitizers' runtime reads /proc/self and needs calls that the program itself does not. */
#if defined(__SANITIZE_ADDRESS__)
#define HAS_SANITIZER true
#else
#define HAS_SANITIZER false
#endif

static bool is_proc_hidden;

int nw_priv_can_trace(void)
{
	static const unsigned needed[] = { CAP_SYS_ADMIN, CAP_NET_ADMIN };

	if (capng_get_caps_process() < 0) {
		return -EPERM;
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(needed); i++) {
		if (!capng_have_capability(CAPNG_EFFECTIVE, needed[i])) {
			return -EPERM;
		}
	}
	return 0;
}

bool nw_priv_is_locked_down(void)
{
	char text[128] = "";
	FILE *f = fopen("/sys/kernel/security/lockdown", "re");

	if (f) {
		if (!fgets(text, sizeof(text), f)) {
			text[0] = '\0';
		}
		fclose(f);
	}
	return strstr(text, "[confidentiality]") != NULL;
}

int nw_priv_private_mounts(void)
{
	if (unshare(CLONE_NEWNS) < 0) {
		return nw_err_r(-errno, "cannot make a mount namespace");
	}
	/* what the host mounts later still appears here, what we mount does not appear there */
	if (mount(NULL, "/", NULL, MS_SLAVE | MS_REC, NULL) < 0) {
		return nw_err_r(-errno, "cannot detach from the host's mounts");
	}
	if (mount("bpf", "/sys/fs/bpf", "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0711") < 0) {
		return nw_err_r(-errno, "cannot mount a private bpffs at /sys/fs/bpf");
	}
	return 0;
}

/* The loop: read the ring and the iterators, write records, wait. Nothing that reaches out. */
static int filter_calls(void)
{
	static const int allowed[] = {
		SCMP_SYS(read),
		SCMP_SYS(write),
		SCMP_SYS(writev),
		SCMP_SYS(openat),
		SCMP_SYS(open),
		SCMP_SYS(close),
		SCMP_SYS(fstat),
		SCMP_SYS(statx), /* fstat, with the time of birth */
		SCMP_SYS(newfstatat),
		SCMP_SYS(stat),
		SCMP_SYS(readlink), /* of our own open files: files.c */
		SCMP_SYS(readlinkat),
		SCMP_SYS(lseek),
		SCMP_SYS(pread64), /* store_db.c, and the next */
		SCMP_SYS(pwrite64),
		SCMP_SYS(ftruncate),
		SCMP_SYS(fdatasync),
		SCMP_SYS(fsync),
		SCMP_SYS(fcntl),
		SCMP_SYS(ioctl),
		SCMP_SYS(poll),
		SCMP_SYS(ppoll),
		SCMP_SYS(epoll_wait),
		SCMP_SYS(epoll_pwait),
		SCMP_SYS(epoll_pwait2),
		SCMP_SYS(epoll_ctl),
		SCMP_SYS(epoll_create1),
		SCMP_SYS(mmap),
		SCMP_SYS(munmap),
		SCMP_SYS(mremap),
		SCMP_SYS(madvise),
		SCMP_SYS(mprotect),
		SCMP_SYS(brk),
		SCMP_SYS(futex),
		SCMP_SYS(clock_gettime),
		SCMP_SYS(clock_nanosleep),
		SCMP_SYS(nanosleep),
		SCMP_SYS(gettimeofday),
		SCMP_SYS(rt_sigaction),
		SCMP_SYS(rt_sigprocmask),
		SCMP_SYS(rt_sigreturn),
		SCMP_SYS(sigaltstack),
		SCMP_SYS(getpid),
		SCMP_SYS(gettid),
		SCMP_SYS(tgkill),
		SCMP_SYS(getrandom),
		SCMP_SYS(restart_syscall),
		SCMP_SYS(exit),
		SCMP_SYS(exit_group),
		SCMP_SYS(getrusage),
		SCMP_SYS(eventfd2),
		SCMP_SYS(pipe2),
		SCMP_SYS(sched_yield),
		SCMP_SYS(sched_setscheduler), /* realtime.c; RLIMIT_RTPRIO bounds it */
		SCMP_SYS(rseq),
		SCMP_SYS(set_robust_list),
		SCMP_SYS(uname),
		SCMP_SYS(adjtimex), /* reads: to set the clock is a capability */
		SCMP_SYS(clock_adjtime),
	};
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int r = ctx ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < NW_ARRAY_SIZE(allowed); i++) {
		r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0);
		if (r == -EINVAL || r == -EDOM) {
			r = 0; /* this architecture has no such call */
		}
	}
	r = r < 0 ? r : seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, 1);
	if (r == 0) {
		r = seccomp_load(ctx);
	}
	seccomp_release(ctx);
	return r;
}

int nw_priv_no_io_uring(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	int r = ctx ? 0 : -ENOMEM;

	r = r < 0 ? r : seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(io_uring_setup), 0);
	r = r < 0 ? r : seccomp_load(ctx);
	seccomp_release(ctx);
	return r;
}

/*
 * No process's /proc can be read where there is no /proc; our own mount namespace loses it. What
 * lies over it is the one folder of it that we need, that of our own open files: from the root of a
 * mount ".." leads to where it is mounted, never to the rest of /proc.
 */
static int hide_proc(void)
{
	const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;

	if (mount("/proc/self/fd", "/proc", NULL, MS_BIND, NULL) < 0 ||
	    mount(NULL, "/proc", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | flags, NULL) < 0) {
		return nw_err_r(-errno, "cannot take /proc away");
	}
	is_proc_hidden = true;
	return 0;
}

void nw_priv_fd_path(int fd, char ret[NW_PRIV_FD_PATH])
{
	(void)snprintf(ret, NW_PRIV_FD_PATH, is_proc_hidden ? "/proc/%d" : "/proc/self/fd/%d", fd);
}

static int change_user(void)
{
	const struct passwd *pw = getpwnam(DROP_USER);
	uid_t uid = pw ? pw->pw_uid : NOBODY;
	gid_t gid = pw ? pw->pw_gid : NOBODY;

	capng_clear(CAPNG_SELECT_BOTH);
	if (capng_apply(CAPNG_SELECT_BOUNDS) < 0) { /* while we may */
		return nw_err_r(-EPERM, "cannot empty the capability bounding set");
	}
	if (setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0 ||
	    setresuid(uid, uid, uid) < 0) {
		return nw_err_r(-errno, "cannot become user %u", (unsigned)uid);
	}
	if (capng_apply(CAPNG_SELECT_CAPS) < 0) {
		return nw_err_r(-EPERM, "cannot give up capabilities");
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
		return nw_err_r(-errno, "cannot forbid new privileges");
	}
	return 0;
}

/* What must not work any more, tried. */
static const char *still_possible(void)
{
	if (setresuid(0, 0, 0) == 0) {
		return "become root";
	}
	if (syscall(SYS_bpf, 0, NULL, 0) == 0 || errno != EPERM) {
		return "call bpf()";
	}
	if (open("/proc/1/stat", O_RDONLY | O_CLOEXEC) >= 0 ||
	    open("/proc/../1/stat", O_RDONLY | O_CLOEXEC) >= 0 ||
	    open("/proc/../../1/stat", O_RDONLY | O_CLOEXEC) >= 0 ||
	    open("/proc/self", O_PATH | O_CLOEXEC) >= 0) {
		return "read another process's /proc";
	}
	if (syscall(SYS_socket, 1, 1, 0) >= 0) {
		return "make a socket";
	}
	return NULL;
}

int nw_priv_drop(int (*start)(void *ctx), void *ctx)
{
	const char *bad;
	int r;

	r = HAS_SANITIZER ? 0 : hide_proc();
	if (r == 0) {
		r = change_user();
	}
	r = r < 0 || !start ? r : start(ctx);
	if (r < 0 || HAS_SANITIZER) {
		return r;
	}
	r = filter_calls();
	if (r < 0) {
		return nw_err_r(r, "cannot load the system-call filter");
	}
	bad = still_possible();
	if (bad) {
		nw_err("privileges were given up, and yet it is possible to %s: stopping", bad);
		return -EPERM;
	}
	return 0;
}
