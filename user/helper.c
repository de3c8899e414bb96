/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The helper's both sides. Owns the socket between them; the helper owns the link. What it may do
 * is less than what it must be trusted with: two capabilities, no user, and by a system-call filter
 * read and write of that socket, bpf() to attach a raw tracepoint, close, exit. It reads one byte at
 * a time and looks at nothing else. It holds no other file of ours, so that nothing that we attached
 * outlives us through it; when we are gone, killed too, so is it (end of file, PDEATHSIG).
 */
#include "helper.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "log.h"

#define NAME	  "nvrwatch-helper" /* 15 bytes, as the kernel keeps */
#define NOBODY	  65534
#define ANSWER_MS 2000

enum word {
	WORD_READY = 'r',
	WORD_ON = '+',
	WORD_OFF = '-',
	WORD_FAILED = '!',
};

/* ---- the helper ----------------------------------------------------------------------------- */

/* Nothing but the two: not the ring, not the links, not the terminal. */
static int keep_files(int *sock, int *program)
{
	int s = fcntl(*sock, F_DUPFD_CLOEXEC, 10);
	int p = fcntl(*program, F_DUPFD_CLOEXEC, 10);

	if (s < 0 || p < 0 || dup2(s, 0) < 0 || dup2(p, 1) < 0) {
		return -errno;
	}
	*sock = 0;
	*program = 1;
	return syscall(SYS_close_range, 2, ~0U, 0) < 0 ? -errno : 0;
}

static int keep_privilege(void)
{
	capng_clear(CAPNG_SELECT_BOTH);
	if (capng_updatev(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_BPF, CAP_PERFMON, -1) <
		    0 ||
	    capng_change_id(NOBODY, NOBODY, CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING) < 0) {
		return -EPERM;
	}
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
}

static int filter_calls(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int r = ctx ? 0 : -ENOMEM;

	r = r ? r
	      : seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(bpf), 1,
				 SCMP_A0(SCMP_CMP_EQ, BPF_RAW_TRACEPOINT_OPEN));
	r = r ? r
	      : seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(read), 1, SCMP_A0(SCMP_CMP_EQ, 0));
	r = r ? r
	      : seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, SCMP_A0(SCMP_CMP_EQ, 0));
	r = r ? r : seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(close), 0);
	r = r ? r : seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(exit_group), 0);
	r = r ? r : seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(rt_sigreturn), 0);
	r = r ? r : seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(restart_syscall), 0);
	r = r ? r : seccomp_load(ctx);
	seccomp_release(ctx);
	return r;
}

/* Not libbpf's: that moves the new fd away from 0 to 2, by calls that are not allowed here. */
static int attach(int program)
{
	union bpf_attr attr = { .raw_tracepoint.prog_fd = (__u32)program };

	return (int)syscall(SYS_bpf, BPF_RAW_TRACEPOINT_OPEN, &attr, sizeof(attr));
}

__attribute__((noreturn)) static void serve(int sock, int program)
{
	int link = -1;
	char word;

	for (;;) {
		ssize_t n = read(sock, &word, 1);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n != 1) {
			_exit(0);
		}
		if (word == WORD_ON) {
			link = link < 0 ? attach(program) : link;
			word = link < 0 ? WORD_FAILED : WORD_ON;
		} else if (link >= 0) {
			close(link);
			link = -1;
		}
		if (write(sock, &word, 1) != 1) {
			_exit(0);
		}
	}
}

__attribute__((noreturn)) static void become_helper(int sock, int program, pid_t parent)
{
	char word = WORD_READY;
	int r;

	(void)signal(SIGINT, SIG_IGN); /* the terminal's, for us: we end by ending the socket */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)prctl(PR_SET_NAME, NAME);
	r = keep_files(&sock, &program);
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
	if (write(sock, &word, 1) != 1) {
		_exit(1);
	}
	serve(sock, program);
}

/* ---- who asks it ---------------------------------------------------------------------------- */

/* The answer to this word, whatever came before it; others' words are a protocol that we do not have. */
static int await(struct nw_helper *h, char wanted)
{
	struct pollfd p = { .fd = h->fd, .events = POLLIN };
	char word;

	for (;;) {
		int n = poll(&p, 1, ANSWER_MS);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return n < 0 ? -errno : -ETIMEDOUT;
		}
		if (read(h->fd, &word, 1) != 1) {
			return -EPIPE;
		}
		if (word == wanted) {
			return 0;
		}
		if (word != WORD_OFF) {
			return -EIO;
		}
	}
}

int nw_helper_start(int program, struct nw_helper *ret)
{
	pid_t parent = getpid();
	int fds[2];
	int r;

	*ret = (struct nw_helper){ .fd = -1 };
	if (program < 0) {
		return 0;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0) {
		return nw_err_r(-errno, "cannot make a socket for the helper");
	}
	ret->pid = fork();
	if (ret->pid == 0) {
		become_helper(fds[1], program, parent);
	}
	close(fds[1]);
	ret->fd = fds[0];
	r = ret->pid < 0 ? -errno : await(ret, WORD_READY);
	if (r < 0) {
		nw_helper_end(ret);
		return nw_err_r(r, "cannot start the helper");
	}
	return 0;
}

int nw_helper_want(struct nw_helper *h, bool on)
{
	char word = on ? WORD_ON : WORD_OFF;
	int r = 0;

	if (h->fd < 0 || on == h->is_on) {
		return 0;
	}
	if (write(h->fd, &word, 1) != 1) {
		r = -errno;
	} else if (on) {
		r = await(h, WORD_ON);
	}
	h->is_on = on && r == 0;
	if (r < 0) {
		nw_helper_end(h);
		return nw_err_r(r, "the hook dev_queue can't be switched %s", on ? "on" : "off");
	}
	return 0;
}

void nw_helper_end(struct nw_helper *h)
{
	if (h->fd >= 0) {
		close(h->fd);
		h->fd = -1;
	}
}
