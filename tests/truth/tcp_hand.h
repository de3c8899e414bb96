/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verbs of tcp that let another process, program or thread have the connection:
 *	give NAME	to whoever waits at that Unix socket (SCM_RIGHTS)
 *	take NAME	there; prints a line once it can be given
 *	adrift		in a message that nobody has read yet: no process has it open
 *	ashore		takes it from there
 *	become WHAT	exec: the rest of the script is done by the same code from
 *			self	the same file		memfd	no file
 *			deleted	a file that was unlinked before
 *	activate	exec, with the listener as descriptor 3, as systemd hands it over
 *	rename NAME	the kernel's name of this thread, and the arguments that /proc shows
 *	thread BYTES	a thread sends them
 */
#pragma once

#include <pthread.h>
#include <sys/prctl.h>

#include "drift.h"
#include "self.h"
#include "tcp.h"

#define HAND_ARGS 96
#define HAND_FD	  3 /* SD_LISTEN_FDS_START */

/* ---- over a Unix socket ---------------------------------------------------------------------- */

/* In the abstract name space: nothing to remove. */
static socklen_t hand_name(const char *name, struct sockaddr_un *ret)
{
	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(ret->sun_path + 1, sizeof(ret->sun_path) - 1, "%s", name);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
}

static void do_give(char **args)
{
	int unix_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un to;
	socklen_t len = hand_name(args[0], &to);

	drift_send(unix_fd, &to, len, fd);
	close(unix_fd);
}

static void do_take(char **args)
{
	int unix_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un here;
	socklen_t len = hand_name(args[0], &here);

	truth_check(!bind(unix_fd, (struct sockaddr *)&here, len), "bind");
	truth_print("{\"pid\":%d}", getpid());
	fd = drift_receive(unix_fd);
	close(unix_fd);
	truth_ends(fd, ends);
}

static void do_adrift(char **args)
{
	(void)args;
	drift_out(fd);
}

static void do_ashore(char **args)
{
	(void)args;
	fd = drift_in();
	truth_ends(fd, ends);
}

/* ---- by exec --------------------------------------------------------------------------------- */

static void hand_keep(int kept)
{
	truth_check(kept < 0 || !fcntl(kept, F_SETFD, 0), "FD_CLOEXEC");
}

static int hand_file(const char *what)
{
	int file;

	if (strcmp(what, "memfd") == 0) {
		file = memfd_create("nw-memory", MFD_CLOEXEC);
		truth_copy_self(file);
		return file;
	}
	if (strcmp(what, "deleted") == 0) {
		truth_enter_tmpfs();
		truth_make_self("was-here");
		file = open("was-here", O_RDONLY | O_CLOEXEC);
		truth_check(!unlink("was-here"), "unlink");
		return file;
	}
	errno = EINVAL;
	truth_check(strcmp(what, "self") == 0, what);
	return open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
}

/* The rest of the script goes on in what is run. */
__attribute__((noreturn)) static void hand_exec(const char *what, const char *verb, char **rest)
{
	int file = hand_file(what);
	const char *argv[HAND_ARGS] = { "tcp", verb };
	char numbers[3][16];
	int n = 2;

	truth_check(file >= 0, what);
	snprintf(numbers[0], sizeof(numbers[0]), "%d", fd + 1);
	snprintf(numbers[1], sizeof(numbers[1]), "%d", listener + 1);
	snprintf(numbers[2], sizeof(numbers[2]), "%d", truth_is_child);
	for (int i = 0; i < 3; i++) {
		argv[n++] = numbers[i];
	}
	errno = E2BIG;
	for (; *rest; rest++) {
		truth_check(n < HAND_ARGS - 1, "script");
		argv[n++] = *rest;
	}
	hand_keep(fd);
	hand_keep(listener);
	fexecve(file, truth_plain(argv), environ);
	truth_die("fexecve");
}

static void do_become(char **args)
{
	hand_exec(args[0], "again", args + 1);
}

/* What those of before exec have left: descriptors + 1, and whose script it is. */
static void do_again(char **args)
{
	fd = (int)truth_number(args[0], 1024) - 1;
	listener = (int)truth_number(args[1], 1024) - 1;
	truth_is_child = truth_number(args[2], 1);
	if (fd >= 0) {
		truth_ends(fd, ends);
	}
}

static void do_activate(char **args)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", getpid());
	truth_check(!setenv("LISTEN_FDS", "1", 1) && !setenv("LISTEN_PID", pid, 1), "setenv");
	truth_check(dup2(listener, HAND_FD) == HAND_FD, "dup2");
	listener = HAND_FD;
	hand_exec("self", "activated", args);
}

/* As sd_listen_fds(3) finds out. */
static void do_activated(char **args)
{
	const char *count = getenv("LISTEN_FDS");
	const char *pid = getenv("LISTEN_PID");

	do_again(args);
	errno = EINVAL;
	truth_check(count && strcmp(count, "1") == 0, "LISTEN_FDS");
	truth_check(pid && truth_number(pid, INT32_MAX) == (uint64_t)getpid(), "LISTEN_PID");
	truth_check(listener == HAND_FD, "descriptor");
}

/* ---- in disguise ----------------------------------------------------------------------------- */

/* Every argument up to the name itself: /proc/PID/cmdline shows that name alone. */
static void do_rename(char **args)
{
	char *first = program_invocation_name; /* argv[0] */
	size_t room = (size_t)(args[0] + strlen(args[0]) - first);
	char name[64];

	snprintf(name, sizeof(name), "%s", args[0]);
	truth_check(!prctl(PR_SET_NAME, name), "PR_SET_NAME");
	memset(first, 0, room);
	snprintf(first, room, "%s", name);
}

static void *hand_send(void *arg)
{
	tcp_send(*(const uint64_t *)arg);
	return NULL;
}

static void do_thread(char **args)
{
	uint64_t bytes = truth_number(args[0], UINT64_MAX);
	pthread_t thread;

	errno = pthread_create(&thread, NULL, hand_send, &bytes);
	truth_check(errno == 0, "pthread_create");
	pthread_join(thread, NULL);
}

#define TCP_HAND_VERBS                                                                            \
	{ "activate", 0, do_activate }, { "activated", 3, do_activated },                         \
		{ "adrift", 0, do_adrift }, { "again", 3, do_again }, { "ashore", 0, do_ashore }, \
		{ "become", 1, do_become }, { "give", 1, do_give }, { "rename", 1, do_rename },   \
		{ "take", 1, do_take },                                                           \
	{                                                                                         \
		"thread", 1, do_thread                                                            \
	}
