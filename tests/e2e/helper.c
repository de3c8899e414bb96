/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The helper: it holds two capabilities and two files, makes four system calls, and is gone when
 * nvrwatch is, however that ended.
 */
#include "helper.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "root/support.h"

#define NAME "nvrwatch-helper"

static int open_pid(pid_t pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	assert_true(fd >= 0);
	return fd;
}

static void await_end(int pidfd)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	assert_int_equal(poll(&p, 1, nw_deadline_left_ms(nw_deadline())), 1);
	close(pidfd);
}

/* What it holds: the socket, the program and, when it is attached, the link. How many. */
static unsigned count_files(pid_t pid)
{
	static const char *const want[] = { "socket:", "anon_inode:bpf-prog", "anon_inode:bpf" };
	char path[64], what[64];
	struct dirent *e;
	unsigned n = 0;
	ssize_t len;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	d = opendir(path);
	assert_non_null(d);
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.') {
			continue;
		}
		assert_true(atoi(e->d_name) < 3);
		len = readlinkat(dirfd(d), e->d_name, what, sizeof(what) - 1);
		assert_true(len > 0);
		what[len] = 0;
		assert_non_null(strstr(what, want[atoi(e->d_name)]));
		n++;
	}
	closedir(d);
	return n;
}

static void test_what_it_holds(void **state)
{
	pid_t pid = nw_child_of(nw_session()->tool->pid, NAME);

	(void)state;
	assert_true(pid > 0);
	nw_status_check(pid, "Name", NAME);
	nw_status_check(pid, "Uid", "65534 65534 65534 65534");
	nw_status_check(pid, "Gid", "65534 65534 65534 65534");
	nw_status_check(pid, "CapPrm", "000000c000000000"); /* CAP_BPF, CAP_PERFMON */
	nw_status_check(pid, "CapEff", "000000c000000000");
	nw_status_check(pid, "CapInh", "0000000000000000");
	nw_status_check(pid, "CapBnd", "0000000000000000");
	nw_status_check(pid, "CapAmb", "0000000000000000");
	nw_status_check(pid, "NoNewPrivs", "1");
	nw_status_check(pid, "Seccomp", "2");
}

static void test_its_files(void **state)
{
	struct nw_actor *a;
	pid_t pid = nw_child_of(nw_session()->tool->pid, NAME);

	(void)state;
	assert_true(count_files(pid) >= 2); /* another test may have left it on */
	a = nw_actor_start(NW_PLACE_SEEN, "packet open wait");
	nw_tool_await(nw_session()->tool, "nvrwatch.socket.inode=%ju",
		      (uintmax_t)nw_rec_u64(nw_actor_truth(a), "inode"));
	assert_int_equal(count_files(pid), 3);
}

static void check_end(int sig)
{
	struct nw_tool *t = nw_tool_trace("");
	pid_t pid = nw_child_of(t->pid, NAME);
	int fd;

	assert_true(pid > 0);
	fd = open_pid(pid);
	nw_tool_stop(t, sig);
	await_end(fd);
}

static void test_ends_with_parent(void **state)
{
	(void)state;
	check_end(SIGKILL);
	check_end(SIGTERM);
}

/* What is not on its list ends it. The call is made its own: by changing one that it makes. */
static void test_other_calls(void **state)
{
	int program = open("/dev/null",
			   O_RDONLY | O_CLOEXEC); /* attaching it fails, which is no matter */
	struct nw_helper h;
	struct user_regs_struct regs;
	int status;

	(void)state;
	assert_int_equal(nw_helper_start(program, &h), 0);
	assert_int_equal(ptrace(PTRACE_SEIZE, h.pid, 0, PTRACE_O_TRACESYSGOOD), 0);
	assert_int_equal(ptrace(PTRACE_INTERRUPT, h.pid, 0, 0), 0);
	assert_int_equal(waitpid(h.pid, &status, __WALL), h.pid);
	/* out of read(), and to the entry of the next call: read() again, after the interruption */
	assert_int_equal(ptrace(PTRACE_SYSCALL, h.pid, 0, 0), 0);
	assert_int_equal(waitpid(h.pid, &status, __WALL), h.pid);
	assert_true(WIFSTOPPED(status) && WSTOPSIG(status) == (SIGTRAP | 0x80));
	assert_int_equal(ptrace(PTRACE_GETREGS, h.pid, 0, &regs), 0);
	regs.orig_rax = SYS_openat;
	assert_int_equal(ptrace(PTRACE_SETREGS, h.pid, 0, &regs), 0);
	assert_int_equal(ptrace(PTRACE_CONT, h.pid, 0, 0), 0);
	do {
		assert_int_equal(waitpid(h.pid, &status, __WALL), h.pid);
	} while (WIFSTOPPED(status) && ptrace(PTRACE_CONT, h.pid, 0, WSTOPSIG(status)) == 0);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
	assert_true(nw_helper_want(&h, true) < 0);
	close(program);
}

/* A helper that can't do it says so, and is asked no more. */
static void test_refusal(void **state)
{
	int program = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct nw_helper h;
	int status;

	(void)state;
	assert_int_equal(nw_helper_start(program, &h), 0);
	assert_int_equal(nw_helper_want(&h, false), 0);
	assert_true(nw_helper_want(&h, true) < 0);
	assert_int_equal(h.fd, -1);
	assert_int_equal(waitpid(h.pid, &status, 0), h.pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_int_equal(nw_helper_want(&h, true), 0);
	close(program);
}

NW_TESTS(e2e_helper, NW_ROOT_TEST(test_what_it_holds), NW_ROOT_TEST(test_its_files),
	 NW_ROOT_TEST(test_ends_with_parent), NW_ROOT_TEST(test_other_calls),
	 NW_ROOT_TEST(test_refusal));
