/* SPDX-License-Identifier: Apache-2.0 */
/*
 * disk DIR MIB: one file of so many MiB, served at a folder out of this program's memory (FUSE), in a mount
 * namespace of its own. With the first line what is then asked to be read waits for the second one; a line is
 * printed when the file is there, when the first line was heard, and when the first reader waits.
 */
#include "fuse.h"

#define WAIT_MAX 64
#define MIB_MAX	 64

static char *content;
static struct fuse_file file = { .open_flags = FOPEN_DIRECT_IO };

/* Who waits for an answer. */
static struct fuse_in_header held[WAIT_MAX];
static struct fuse_read_in held_read[WAIT_MAX];
static unsigned held_count;
static bool is_holding;

static void say(const char *what)
{
	truth_print("{\"what\":\"%s\",\"pid\":%d}", what, getpid());
}

static void give(const struct fuse_in_header *in, const struct fuse_read_in *arg)
{
	uint64_t left = file.size - NW_MIN(arg->offset, file.size);

	fuse_answer(in->unique, 0, content + NW_MIN(arg->offset, file.size),
		    NW_MIN(arg->size, left));
}

static void give_or_hold(const struct fuse_in_header *in, const struct fuse_read_in *arg)
{
	if (!is_holding) {
		give(in, arg);
		return;
	}
	truth_check(held_count < WAIT_MAX, "too many wait");
	held[held_count] = *in;
	held_read[held_count] = *arg;
	if (held_count++ == 0) {
		say("waits");
	}
}

static void take(const struct fuse_in_header *in, const struct fuse_write_in *arg)
{
	struct fuse_write_out out = { .size = arg->size };

	truth_check(arg->offset <= file.size && arg->size <= file.size - arg->offset,
		    "beyond the end");
	memcpy(content + arg->offset, arg + 1, arg->size);
	fuse_answer(in->unique, 0, &out, sizeof(out));
}

static void serve(const struct fuse_in_header *in, const void *arg)
{
	switch (in->opcode) {
	case FUSE_READ:
		give_or_hold(in, arg);
		break;
	case FUSE_WRITE:
		take(in, arg);
		break;
	default:
		fuse_serve(&file, in, arg);
	}
}

static void hear(void)
{
	truth_wait();
	is_holding = !is_holding;
	if (is_holding) {
		say("holds");
	}
	for (unsigned i = 0; i < held_count; i++) {
		give(&held[i], &held_read[i]);
	}
	held_count = 0;
}

static void serve_all(void)
{
	struct pollfd p[2] = { { .fd = fuse_device, .events = POLLIN },
			       { .fd = STDIN_FILENO, .events = POLLIN } };

	while (poll(p, 2, -1) >= 0) {
		struct fuse_in_header in;

		if (p[1].revents) {
			hear();
		}
		if (p[0].revents) {
			const void *arg = fuse_request(&in);

			serve(&in, arg);
		}
	}
}

int main(int argc, char **argv)
{
	truth_begin();
	errno = EINVAL;
	truth_check(argc == 3, "disk DIR MIB");
	file.size = truth_number(argv[2], MIB_MAX) << 20;
	content = calloc(1, file.size);
	truth_check(content != NULL, "memory");
	fuse_mount(argv[1], false);
	say("serves");
	serve_all();
	return 0;
}
