/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proc VERB...: processes that come and go; ends with status 9 when the script is done.
 *	children N	N children, one after the other, that end with status 1, 2, ...; prints
 *			each one's pid and how wait(2) said it ended
 *	runs N LONG	in a session of its own runs itself N times, with an argument of so many bytes;
 *			prints when that is done
 *	flock N		N copies of itself, all there at the same time; they end when told to
 *	exit STATUS	ends so
 *	die SIGNAL	dies by it
 *	threads N	N threads, which are no processes
 *	leader		its first thread ends; its second ends it with status 5 when the test says so
 */
#include <pthread.h>
#include <spawn.h>
#include <sys/syscall.h>

#include "truth.h"

static void do_children(char **args)
{
	int n = (int)truth_number(args[0], 255);
	int status;

	for (int i = 1; i <= n; i++) {
		pid_t pid = fork();

		truth_check(pid >= 0, "fork");
		if (pid == 0) {
			_exit(i);
		}
		truth_check(waitpid(pid, &status, 0) == pid, "waitpid");
		truth_print("{\"child\":%d,\"status\":%d}", pid, status);
	}
}

static void do_runs(char **args)
{
	uint64_t n = truth_number(args[0], 100000);
	char self[] = "/proc/self/exe", verb[] = "exit", status[] = "0", more[4096] = "";
	char *const argv[] = { self, verb, status, more, NULL };

	memset(more, 'x', truth_number(args[1], sizeof(more) - 1));
	truth_check(setsid() >= 0, "setsid");
	for (uint64_t i = 0; i < n; i++) {
		int status_word;
		pid_t pid;

		errno = posix_spawn(&pid, self, NULL, NULL, argv, NULL);
		truth_check(errno == 0 && waitpid(pid, &status_word, 0) == pid, "posix_spawn");
	}
	truth_print("{\"runs\":%" PRIu64 "}", n);
}

/* They end with the pipe that they read. */
static void do_flock(char **args)
{
	uint64_t n = truth_number(args[0], 1000);
	char self[] = "/proc/self/exe", verb[] = "wait";
	char *const argv[] = { self, verb, NULL };
	posix_spawn_file_actions_t in;
	int pipes[2];

	truth_check(!pipe2(pipes, O_CLOEXEC), "pipe");
	posix_spawn_file_actions_init(&in);
	posix_spawn_file_actions_adddup2(&in, pipes[0], STDIN_FILENO);
	for (uint64_t i = 0; i < n; i++) {
		pid_t pid;

		errno = posix_spawn(&pid, self, &in, NULL, argv, NULL);
		truth_check(errno == 0, "posix_spawn");
	}
	posix_spawn_file_actions_destroy(&in);
	truth_print("{\"flock\":%" PRIu64 "}", n);
	truth_wait();
	close(pipes[1]);
	while (wait(NULL) > 0) {
		continue;
	}
}

static void do_exit(char **args)
{
	exit((int)truth_number(args[0], 255));
}

static void do_die(char **args)
{
	raise((int)truth_number(args[0], 64));
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

	(void)args;
	first = pthread_self();
	errno = pthread_create(&thread, NULL, thread_second, &first);
	truth_check(errno == 0, "pthread_create");
	syscall(SYS_exit,
		0); /* of this thread; pthread_exit() would want a library for unwinding */
}

static const struct truth_verb verbs[] = {
	{ "children", 1, do_children }, { "die", 1, do_die },	    { "exit", 1, do_exit },
	{ "flock", 1, do_flock },	{ "leader", 0, do_leader }, { "runs", 2, do_runs },
	{ "threads", 1, do_threads },	TRUTH_COMMON_VERBS,
};

int main(int argc, char **argv)
{
	truth_begin();
	truth_script(verbs, argc, argv);
	return 9;
}
