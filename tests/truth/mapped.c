/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mapped VERB...: "file PATH" makes the file and maps it as a loader maps a library; "dlopen PATH" lets
 * the loader do it, "preload PATH" that of the next program, which "again" runs: this one, with the
 * verbs behind it. "many N": as many mappings besides. "outlive PATH": the first thread ends, another
 * maps the file then, and stays.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "truth.h"

static void do_file(char **args)
{
	char page[4096] = "";
	int fd = open(args[0], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

	truth_check(fd >= 0, args[0]);
	truth_check(write(fd, page, sizeof(page)) == sizeof(page), "write");
	truth_check(mmap(NULL, sizeof(page), PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) !=
			    MAP_FAILED,
		    "mmap");
	close(fd);
}

static void do_dlopen(char **args)
{
	errno = ENOEXEC;
	truth_check(dlopen(args[0], RTLD_NOW | RTLD_LOCAL) != NULL, args[0]);
}

static void do_preload(char **args)
{
	truth_check(setenv("LD_PRELOAD", args[0], 1) == 0, "setenv");
}

static void do_again(char **args)
{
	execv("/proc/self/exe", args - 1); /* "again" is its name */
	truth_die("exec");
}

/* Neighbours differ, or they would be one. */
static void do_many(char **args)
{
	uint64_t n = truth_number(args[0], 65000);

	for (uint64_t i = 0; i < n; i++) {
		truth_check(mmap(NULL, 4096, i % 2 ? PROT_READ : PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED,
			    "mmap");
	}
}

static pthread_t first;

static void *outlive(void *path)
{
	truth_check(pthread_join(first, NULL) == 0, "join");
	do_file((char *[]){ path });
	truth_print("{\"ready\":true}");
	truth_wait();
	exit(0);
}

static void do_outlive(char **args)
{
	pthread_t other;

	first = pthread_self();
	truth_check(pthread_create(&other, NULL, outlive, args[0]) == 0, "thread");
	syscall(SYS_exit, 0); /* pthread_exit() would load another library for it */
}

static const struct truth_verb verbs[] = {
	{ "again", 0, do_again }, { "dlopen", 1, do_dlopen },	{ "file", 1, do_file },
	{ "many", 1, do_many },	  { "outlive", 1, do_outlive }, { "preload", 1, do_preload },
	TRUTH_COMMON_VERBS,
};

int main(int argc, char **argv)
{
	truth_begin();
	truth_script(verbs, argc, argv);
	return 0;
}
