/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which system calls a process makes, and which paths it opens: ptrace on each of its threads, as
 * strace does it. The process is let go at the end, alive.
 */
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* glibc's sys/ptrace.h has the request, linux/ptrace.h the structure, and they do not mix */
#define SYSCALL_ENTRY 1

#include "root/support.h"

#define THREADS_MAX 16

struct watch {
	pid_t thread[THREADS_MAX];
	int threads;
	struct nw_syscalls *seen;
};

static void seize_all(struct watch *w, pid_t pid)
{
	struct dirent *e;
	char path[64];
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	d = opendir(path);
	assert_non_null(d);
	while ((e = readdir(d)) && w->threads < THREADS_MAX) {
		pid_t tid = atoi(e->d_name);

		if (tid > 0) {
			assert_int_equal(ptrace(PTRACE_SEIZE, tid, 0, PTRACE_O_TRACESYSGOOD), 0);
			assert_int_equal(ptrace(PTRACE_INTERRUPT, tid, 0, 0), 0);
			w->thread[w->threads++] = tid;
		}
	}
	closedir(d);
}

static void note_path(struct watch *w, pid_t tid, uint64_t address)
{
	struct nw_syscalls *seen = w->seen;
	char path[128] = "";
	struct iovec to = { path, sizeof(path) - 1 };
	struct iovec from = { (void *)(uintptr_t)address, sizeof(path) - 1 };

	/* a path at the end of a page is read up to there */
	if (process_vm_readv(tid, &to, 1, &from, 1, 0) < 0) {
		from.iov_len = 4096 - (address & 4095);
		assert_true(process_vm_readv(tid, &to, 1, &from, 1, 0) > 0);
	}
	seen->opens++;
	for (unsigned i = 0; i < seen->opened_len; i++) {
		if (strcmp(seen->opened[i], path) == 0) {
			return;
		}
	}
	assert_true(seen->opened_len < NW_ARRAY_SIZE(seen->opened));
	snprintf(seen->opened[seen->opened_len++], sizeof(seen->opened[0]), "%s", path);
}

static void note_call(struct watch *w, pid_t tid)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof(info), &info) <= 0 ||
	    info.op != SYSCALL_ENTRY) {
		return;
	}
	w->seen->all++;
	if (info.entry.nr < NW_ARRAY_SIZE(w->seen->of)) {
		w->seen->of[info.entry.nr]++;
	}
	if (info.entry.nr == SYS_openat) {
		note_path(w, tid, info.entry.args[1]);
	}
#ifdef SYS_open
	if (info.entry.nr == SYS_open) {
		note_path(w, tid, info.entry.args[0]);
	}
#endif
}

/* Lets a stopped thread go on to its next call. */
static void go_on(struct watch *w, pid_t tid, int status)
{
	int sig = WSTOPSIG(status);
	bool is_event = status >> 16 || sig == SIGTRAP;

	if (sig == (SIGTRAP | 0x80)) {
		note_call(w, tid);
		sig = 0;
	} else if (is_event) {
		sig = 0;
	}
	assert_int_equal(ptrace(PTRACE_SYSCALL, tid, 0, sig), 0);
}

/* A thread can be let go only while it is stopped. */
static void release(pid_t tid)
{
	uint64_t deadline = nw_deadline();
	int status;

	ptrace(PTRACE_INTERRUPT, tid, 0, 0);
	while (waitpid(tid, &status, __WALL | WNOHANG) == 0) {
		assert_false(nw_deadline_is_over(deadline));
		poll(NULL, 0, 1);
	}
	ptrace(PTRACE_DETACH, tid, 0, 0);
}

void nw_syscalls_watch(pid_t pid, bool (*until)(void *ctx, const struct nw_syscalls *seen),
		       void *ctx, struct nw_syscalls *ret)
{
	struct watch w = { .seen = ret };
	uint64_t deadline = nw_deadline();
	int status;

	memset(ret, 0, sizeof(*ret));
	seize_all(&w, pid);
	while (!until(ctx, ret) && !nw_deadline_is_over(deadline)) {
		bool is_quiet = true;

		for (int i = 0; i < w.threads; i++) {
			if (waitpid(w.thread[i], &status, __WALL | WNOHANG) <= 0) {
				continue;
			}
			assert_true(WIFSTOPPED(status));
			go_on(&w, w.thread[i], status);
			is_quiet = false;
		}
		if (is_quiet) {
			poll(NULL, 0, 1);
		}
	}
	for (int i = 0; i < w.threads; i++) {
		release(w.thread[i]);
	}
}
