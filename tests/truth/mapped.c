/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mapped VERB...: "file PATH" makes the file and maps it as a loader maps a library; "dlopen PATH" lets
 * the loader do it, "preload PATH" that of the next program, which "again" runs: this one, with the
 * verbs behind it. "many N": as many mappings besides. "outlive PATH": the first thread ends, another
 * maps the file then, and stays. "memory": some that two may share, in three pieces of which one can't be
 * written, and some that nobody can; "sysv": a System V segment of an IPC namespace of its own; "unmap":
 * both no more.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
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

static void *shared[4];
static unsigned shared_len;

static void *map_page(int fd, int prot, int how, off_t page)
{
	void *p = mmap(NULL, 4096, prot, how, fd, page * 4096);

	truth_check(p != MAP_FAILED, "mmap");
	return p;
}

/* No neighbours that the kernel makes one of: another page, another file. */
static void do_memory(char **args)
{
	int fd = memfd_create("nw-mapped", 0);
	char path[64];
	struct stat st;
	int reader;

	(void)args;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	reader = open(path, O_RDONLY);
	truth_check(fd >= 0 && reader >= 0 && !ftruncate(fd, 16384) && !fstat(fd, &st), "memfd");
	shared[shared_len++] = map_page(fd, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
	shared[shared_len++] = map_page(fd, PROT_READ, MAP_SHARED, 2); /* till mprotect() */
	shared[shared_len++] = map_page(reader, PROT_READ, MAP_SHARED, 0);
	close(fd);
	close(reader);
	fd = memfd_create("nw-private", 0);
	truth_check(fd >= 0 && !ftruncate(fd, 4096), "memfd");
	map_page(fd, PROT_READ | PROT_WRITE, MAP_PRIVATE, 0);
	close(fd);
	truth_print("{\"inode\":%ju}", (uintmax_t)st.st_ino);
}

static void do_sysv(char **args)
{
	int id;

	(void)args;
	truth_check(!unshare(CLONE_NEWIPC), "unshare");
	id = shmget(IPC_PRIVATE, 4096, 0600);
	shared[shared_len] = shmat(id, NULL, 0);
	truth_check(shared[shared_len++] != (void *)-1, "shmat");
	truth_print("{\"id\":%d}", id);
}

static void do_unmap(char **args)
{
	(void)args;
	while (shared_len > 0) {
		truth_check(!munmap(shared[--shared_len], 4096), "munmap");
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
	{ "again", 0, do_again },   { "dlopen", 1, do_dlopen },	  { "file", 1, do_file },
	{ "many", 1, do_many },	    { "outlive", 1, do_outlive }, { "preload", 1, do_preload },
	{ "memory", 0, do_memory }, { "sysv", 0, do_sysv },	  { "unmap", 0, do_unmap },
	TRUTH_COMMON_VERBS,
};

int main(int argc, char **argv)
{
	truth_begin();
	truth_script(verbs, argc, argv);
	return 0;
}
