/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files VERB...: writes and reads files, one at a time. "read" and "close" print what this process
 * knows of it: its pid, the file's inode, how many bytes it read by then.
 */
#include <limits.h>
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

static const struct truth_verb verbs[] = {
	{ "age", 2, do_age },	  { "both", 1, do_both }, { "close", 0, do_close },
	{ "mkdir", 1, do_mkdir }, { "open", 1, do_open }, { "read", 1, do_read },
	{ "write", 2, do_write }, TRUTH_COMMON_VERBS,
};

int main(int argc, char **argv)
{
	truth_begin();
	truth_script(verbs, argc, argv);
	return 0;
}
