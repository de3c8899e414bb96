/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proc VERB...: processes that come and go. Prints each child's pid and how wait(2) said it ended,
 * and ends with status 9 when the script is done.
 *	children N	N children, one after the other, that end with status 1, 2, ...
 *	killed SIGNAL	a child that dies by it
 *	threads N	N threads, which are no processes
 *	leader		a child whose first thread ends; its second ends it with status 5 when the
 *			test says so
 */
#include <pthread.h>

#include "truth.h"

static void print_child(const char *name, pid_t pid)
{
	int status;

	truth_check(waitpid(pid, &status, 0) == pid, "waitpid");
	truth_print("{\"%s\":%d,\"parent\":%d,\"status\":%d}", name, pid, getpid(), status);
}

static void do_children(char **args)
{
	int n = (int)truth_number(args[0], 255);

	for (int i = 1; i <= n; i++) {
		pid_t pid = fork();

		truth_check(pid >= 0, "fork");
		if (pid == 0) {
			_exit(i);
		}
		print_child("child", pid);
	}
}

static void do_killed(char **args)
{
	int sig = (int)truth_number(args[0], 64);
	pid_t pid = fork();

	truth_check(pid >= 0, "fork");
	if (pid == 0) {
		raise(sig);
		_exit(0);
	}
	print_child("child", pid);
}

static void *thread_nothing(void *arg)
{
	return arg;
}

static void do_threads(char **args)
{
	uint64_t n = truth_number(args[0], 1000);
	pthread_t thread;

	for (uint64_t i = 0; i < n; i++) {
		errno = pthread_create(&thread, NULL, thread_nothing, NULL);
		truth_check(errno == 0, "pthread_create");
		pthread_join(thread, NULL);
	}
	truth_print("{\"threads\":%" PRIu64 "}", n);
}

/* Joining the first thread waits until it is really gone. */
static void *thread_second(void *arg)
{
	pthread_join(*(pthread_t *)arg, NULL);
	truth_print("{\"leader\":%d}", getpid());
	truth_wait();
	_exit(5);
}

static void do_leader(char **args)
{
	static pthread_t first;
	pthread_t thread;
	pid_t pid = fork();

	(void)args;
	truth_check(pid >= 0, "fork");
	if (pid == 0) {
		first = pthread_self();
		errno = pthread_create(&thread, NULL, thread_second, &first);
		truth_check(errno == 0, "pthread_create");
		pthread_exit(NULL);
	}
	print_child("child", pid);
}

static const struct truth_verb verbs[] = {
	{ "children", 1, do_children }, { "killed", 1, do_killed }, { "leader", 0, do_leader },
	{ "threads", 1, do_threads },	TRUTH_COMMON_VERBS,
};

int main(int argc, char **argv)
{
	truth_begin();
	truth_script(verbs, argc, argv);
	return 9;
}
