/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What truth programs share. A truth program does one thing, to the letter of its arguments, and
 * prints what it did and what its kernel counted, one JSON object a line. It never guesses: what
 * goes wrong ends it with a sentence on stderr and status 1. Its arguments are a script of verbs,
 * so that a test reads as what happens: "tcp connect 127.0.0.1 4711 send 100003 truth close".
 */
#pragma once

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/macro.h"

/* A bound on everything: a test that died leaves nothing behind for longer than this. */
#define TRUTH_LIMIT_S 600

struct truth_addr {
	struct sockaddr_storage sa;
	socklen_t len;
};

/* One word of a script. */
struct truth_verb {
	const char *name;
	int args;
	void (*run)(char **args);
};

__attribute__((format(printf, 1, 2), noreturn)) static inline void truth_die(const char *fmt, ...)
{
	int err = errno;
	va_list ap;

	fprintf(stderr, "%s: ", program_invocation_short_name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, ": %s\n", strerror(err));
	exit(1);
}

static inline void truth_check(bool ok, const char *what)
{
	if (!ok) {
		truth_die("%s", what);
	}
}

/* One line of JSON. */
__attribute__((format(printf, 1, 2))) static inline void truth_print(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

/* This process's id in the first pid namespace: what /proc calls it that was mounted there. */
static inline int truth_self(void)
{
	char text[16];
	ssize_t n = readlink("/proc/self", text, sizeof(text) - 1);

	truth_check(n > 0, "/proc/self");
	text[n] = 0;
	return atoi(text);
}

/* Until the test says a line. A test that is gone says nothing more: then this ends too. */
static inline void truth_wait(void)
{
	char c = 0;

	while (c != '\n') {
		if (read(STDIN_FILENO, &c, 1) != 1) {
			exit(2);
		}
	}
}

static inline uint64_t truth_number(const char *text, uint64_t max)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 0);

	errno = EINVAL;
	truth_check(*text && !*end && n <= max, text);
	return n;
}

/* "::ffff:127.0.0.1" is a v4-mapped address of an IPv6 socket. */
static inline struct truth_addr truth_addr(const char *ip, const char *port)
{
	struct truth_addr a = { .len = 0 };
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&a.sa;
	struct sockaddr_in *in = (struct sockaddr_in *)&a.sa;
	in_port_t port_be = htons((uint16_t)truth_number(port, 65535));

	if (inet_pton(AF_INET6, ip, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = port_be;
		a.len = sizeof(*in6);
	} else {
		memset(&a, 0, sizeof(a));
		truth_check(inet_pton(AF_INET, ip, &in->sin_addr) == 1, ip);
		in->sin_family = AF_INET;
		in->sin_port = port_be;
		a.len = sizeof(*in);
	}
	return a;
}

static inline uint16_t truth_port(const struct truth_addr *a)
{
	if (a->sa.ss_family == AF_INET6) {
		return ntohs(((const struct sockaddr_in6 *)&a->sa)->sin6_port);
	}
	return ntohs(((const struct sockaddr_in *)&a->sa)->sin_port);
}

/* Both ends of a socket as JSON members with a comma behind each, while it has them. */
#define TRUTH_ENDS 160
static inline void truth_ends(int fd, char ret[TRUTH_ENDS])
{
	static const char *const ends[] = { "l", "r" };
	char ip[INET6_ADDRSTRLEN];
	size_t n = 0;

	ret[0] = 0;
	for (int i = 0; i < 2; i++) {
		struct truth_addr a = { .len = sizeof(a.sa) };
		struct sockaddr *sa = (struct sockaddr *)&a.sa;
		const void *addr = &((struct sockaddr_in *)sa)->sin_addr;

		if ((i ? getpeername(fd, sa, &a.len) : getsockname(fd, sa, &a.len)) < 0) {
			continue;
		}
		if (sa->sa_family == AF_INET6) {
			addr = &((struct sockaddr_in6 *)sa)->sin6_addr;
		}
		inet_ntop(sa->sa_family, addr, ip, sizeof(ip));
		n += (size_t)snprintf(ret + n, TRUTH_ENDS - n, "\"%saddr\":\"%s\",\"%sport\":%u,",
				      ends[i], ip, ends[i], truth_port(&a));
	}
}

static inline void truth_print_ends(int fd)
{
	char text[TRUTH_ENDS];

	truth_ends(fd, text);
	fputs(text, stdout);
}

static inline void truth_begin(void)
{
	signal(SIGPIPE, SIG_IGN);
	alarm(TRUTH_LIMIT_S);
}

/*
 * "fork ... join": a child does what stands between, and ends; the parent waits for it and goes on
 * behind. Also words that every program knows.
 */
static bool truth_is_child;
static const char *truth_skip_to; /* the verb that ends what is not done by this process */

static inline void truth_fork(char **args)
{
	pid_t pid = fork();
	int status;

	(void)args;
	truth_check(pid >= 0, "fork");
	if (pid == 0) {
		truth_is_child = true;
		return;
	}
	truth_check(waitpid(pid, &status, 0) == pid, "waitpid");
	errno = ECHILD;
	truth_check(status == 0, "child");
	truth_skip_to = "join";
}

static inline void truth_join(char **args)
{
	(void)args;
	if (truth_is_child) {
		exit(0);
	}
}

/* The rest is done by a child whose parent, which made a session for it, is gone; so is this. */
static inline void truth_orphan(char **args)
{
	pid_t pid = fork();
	int status;

	(void)args;
	truth_check(pid >= 0, "fork");
	if (pid > 0) {
		truth_check(waitpid(pid, &status, 0) == pid && status == 0, "child");
		exit(0);
	}
	pid = setsid();
	truth_check(pid == getpid(), "setsid");
	if (fork()) {
		_exit(0);
	}
	while (getppid() == pid) {
		sched_yield();
	}
	alarm(TRUTH_LIMIT_S);
	truth_print("{\"pid\":%d,\"session\":%d}", getpid(), getsid(0));
}

/* The rest is done as daemon(3) has it: by a child in a session of its own, whose parent is gone. */
static inline void truth_daemon(char **args)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	(void)args;
	truth_check(pid >= 0, "fork");
	if (pid > 0) {
		exit(0);
	}
	truth_check(setsid() == getpid(), "setsid");
	while (getppid() == parent) {
		sched_yield();
	}
	alarm(TRUTH_LIMIT_S);
	truth_print("{\"pid\":%d,\"session\":%d}", getpid(), getsid(0));
}

static inline void truth_wait_verb(char **args)
{
	(void)args;
	truth_wait();
}

/* For the test to wait for: all before is done. */
static inline void truth_ready(char **args)
{
	(void)args;
	truth_print("{\"ready\":true}");
}

/* ---- namespaces: what comes behind these verbs happens there ---- */

/* "link,add,v0,type,veth": ip(8) with these words, in this network namespace. */
static inline void truth_ip(char **args)
{
	char *argv[32] = { (char[]){ "ip" } };
	char *rest = args[0];
	int status;
	pid_t pid;

	for (int i = 1; i < 31 && (argv[i] = strsep(&rest, ",")); i++) {
		continue;
	}
	pid = fork();
	truth_check(pid >= 0, "fork");
	if (pid == 0) {
		execvp("ip", argv);
		_exit(127);
	}
	truth_check(waitpid(pid, &status, 0) == pid, "waitpid");
	errno = EINVAL;
	truth_check(status == 0, "ip");
}

static inline void truth_loopback_up(void)
{
	char words[] = "link,set,lo,up";

	truth_ip((char *[]){ words });
}

/* A network namespace of its own. */
static inline void truth_newnet(char **args)
{
	(void)args;
	truth_check(!unshare(CLONE_NEWNET), "unshare");
	truth_loopback_up();
	truth_print("{\"pid\":%d}", getpid());
}

/* PID: that process's network namespace. */
static inline void truth_enter(char **args)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/ns/net", args[0]);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	truth_check(fd >= 0 && !setns(fd, CLONE_NEWNET), path);
	close(fd);
}

/* In a pid namespace of its own: private mounts, and what /proc tells there. Returns the host's pid. */
static inline int truth_own_proc(void)
{
	int pid;

	truth_check(!mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private mounts");
	pid = truth_self();
	truth_check(!mount("proc", "/proc", "proc", 0, NULL), "/proc");
	return pid;
}

/*
 * As in a container: a child with its own pid, mount and network namespaces does the rest. This
 * process says the child's pid as others see it, and ends as it ends.
 */
static inline void truth_container(char **args)
{
	int status;
	pid_t pid;

	(void)args;
	truth_check(!unshare(CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWNS), "unshare");
	pid = fork();
	truth_check(pid >= 0, "fork");
	if (pid > 0) {
		truth_check(waitpid(pid, &status, 0) == pid, "waitpid");
		exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	pid = truth_own_proc();
	truth_loopback_up();
	truth_print("{\"pid\":%d}", (int)pid);
}

#define TRUTH_COMMON_VERBS                                                                     \
	{ "container", 0, truth_container }, { "daemon", 0, truth_daemon },                    \
		{ "enter", 1, truth_enter }, { "fork", 0, truth_fork }, { "ip", 1, truth_ip }, \
		{ "join", 0, truth_join }, { "ready", 0, truth_ready },                        \
		{ "newnet", 0, truth_newnet }, { "orphan", 0, truth_orphan },                  \
		{ "wait", 0, truth_wait_verb },                                                \
	{                                                                                      \
		NULL, 0, NULL                                                                  \
	}

/* Runs the script; verbs end with a NULL name. */
static inline void truth_script(const struct truth_verb *verbs, int argc, char **argv)
{
	int i = 1;

	while (i < argc) {
		const struct truth_verb *v = verbs;

		if (truth_skip_to && strcmp(argv[i], truth_skip_to) != 0) {
			i++;
			continue;
		}
		truth_skip_to = NULL;
		while (v->name && strcmp(v->name, argv[i]) != 0) {
			v++;
		}
		errno = EINVAL;
		truth_check(v->name && i + v->args < argc, argv[i]);
		v->run(argv + i + 1);
		i += v->args + 1;
	}
}
