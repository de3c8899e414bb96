/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files VERB...: writes and reads files, one at a time. "read" and "close" print what this process
 * knows of it: its pid, the file's inode, how many bytes it read by then.
 */
#include <limits.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

#include "truth.h"

static int fd = -1;
static uint64_t total; /* read from this file */

static void say(const char *what)
{
	struct stat st;

	truth_check(!fstat(fd, &st), "fstat");
	truth_print("{\"what\":\"%s\",\"pid\":%d,\"inode\":%" PRIu64 ",\"size\":%" PRIu64
		    ",\"bytes\":%" PRIu64 "}",
		    what, truth_self(), (uint64_t)st.st_ino, (uint64_t)st.st_size, total);
}

/* PATH BYTES: a new file */
static void do_write(char **args)
{
	uint64_t left = truth_number(args[1], INT_MAX);
	static char block[65536];

	fd = open(args[0], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	truth_check(fd >= 0, args[0]);
	while (left > 0) {
		ssize_t n = write(fd, block, NW_MIN(left, sizeof(block)));

		truth_check(n > 0, "write");
		left -= (uint64_t)n;
	}
	total = 0;
}

/* PATH SECONDS: its last change is so long ago */
static void do_age(char **args)
{
	struct timespec t[2];

	clock_gettime(CLOCK_REALTIME, &t[0]);
	t[0].tv_sec -= (time_t)truth_number(args[1], INT_MAX);
	t[1] = t[0];
	truth_check(!utimensat(AT_FDCWD, args[0], t, 0), "utimensat");
}

static void open_for(const char *path, int flags)
{
	fd = open(path, flags | O_CLOEXEC);
	truth_check(fd >= 0, path);
	total = 0;
}

static void do_open(char **args)
{
	open_for(args[0], O_RDONLY);
}

static void do_both(char **args)
{
	open_for(args[0], O_RDWR);
}

static void do_read(char **args)
{
	uint64_t left = truth_number(args[0], INT_MAX);
	static char block[65536];

	while (left > 0) {
		ssize_t n = read(fd, block, NW_MIN(left, sizeof(block)));

		truth_check(n > 0, "read");
		left -= (uint64_t)n;
		total += (uint64_t)n;
	}
	say("read");
}

static void do_close(char **args)
{
	(void)args;
	say("close");
	close(fd);
}

static void do_mkdir(char **args)
{
	truth_check(!mkdir(args[0], 0750), args[0]);
}

/* PATH: a name of its own, in folders and with names that others choose */
static void do_make(char **args)
{
	fd = open(args[0], O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	truth_check(fd >= 0, args[0]);
	truth_check(write(fd, "x\n", 2) == 2, "write");
	close(fd);
}

/* PATH: as somebody who hides that it is written to */
static void do_map(char **args)
{
	char *at;

	open_for(args[0], O_RDWR);
	at = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	truth_check(at != MAP_FAILED, "mmap");
	*at = 'y';
	truth_check(!munmap(at, 1), "munmap");
	close(fd);
}

static void do_truncate(char **args)
{
	truth_check(!truncate(args[0], 1), args[0]);
}

static void do_chmod(char **args)
{
	truth_check(!chmod(args[0], 0700), args[0]);
}

static void do_move(char **args)
{
	truth_check(!rename(args[0], args[1]), args[0]);
}

static void do_link(char **args)
{
	truth_check(!link(args[0], args[1]), args[0]);
}

static void do_symlink(char **args)
{
	truth_check(!symlink(args[0], args[1]), args[0]);
}

static void do_remove(char **args)
{
	truth_check(!remove(args[0]), args[0]);
}

/* FOLDER NUMBER: so many names, as fast as it goes */
static void do_flood(char **args)
{
	uint64_t n = truth_number(args[1], INT_MAX);

	for (uint64_t i = 0; i < n; i++) {
		char path[PATH_MAX];

		(void)snprintf(path, sizeof(path), "%s/%" PRIu64, args[0], i);
		truth_check(!symlink("x", path), path);
	}
}

/* FOLDER NAME NUMBER: so many folders, each in the one before; the last is where relative paths begin */
static void do_nest(char **args)
{
	uint64_t n = truth_number(args[2], INT_MAX);

	truth_check(!mkdir(args[0], 0750) && !chdir(args[0]), args[0]);
	for (uint64_t i = 0; i < n; i++) {
		truth_check(!mkdir(args[1], 0750) && !chdir(args[1]), args[1]);
	}
}

/* FOLDER NUMBER: so many names of 200 bytes */
static void do_crowd(char **args)
{
	uint64_t n = truth_number(args[1], INT_MAX);

	for (uint64_t i = 0; i < n; i++) {
		char path[PATH_MAX];

		(void)snprintf(path, sizeof(path), "%s/%0200" PRIu64, args[0], i);
		truth_check(!symlink("x", path), path);
	}
}

/* FOLDER HEX: a name of any bytes */
static void do_odd(char **args)
{
	char path[PATH_MAX];
	size_t len = (size_t)snprintf(path, sizeof(path), "%s/", args[0]);

	for (const char *p = args[1]; p[0] && p[1] && len < sizeof(path) - 1; p += 2) {
		const char digits[] = { p[0], p[1], '\0' };

		path[len++] = (char)strtoul(digits, NULL, 16);
	}
	path[len] = '\0';
	args[0] = path;
	do_make(args);
}

static const struct truth_verb verbs[] = {
	{ "age", 2, do_age },	    { "both", 1, do_both },	  { "chmod", 1, do_chmod },
	{ "close", 0, do_close },   { "crowd", 2, do_crowd },	  { "flood", 2, do_flood },
	{ "link", 2, do_link },	    { "nest", 3, do_nest },	  { "make", 1, do_make },
	{ "map", 1, do_map },	    { "mkdir", 1, do_mkdir },	  { "move", 2, do_move },
	{ "odd", 2, do_odd },	    { "open", 1, do_open },	  { "read", 1, do_read },
	{ "remove", 1, do_remove }, { "symlink", 2, do_symlink }, { "truncate", 1, do_truncate },
	{ "write", 2, do_write },   TRUTH_COMMON_VERBS,
};

int main(int argc, char **argv)
{
	truth_begin();
	truth_script(verbs, argc, argv);
	return 0;
}
