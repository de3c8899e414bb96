/* SPDX-License-Identifier: Apache-2.0 */
/*
 * disk DIR MIB: one file of so many MiB, served at a folder out of this program's memory (FUSE), in a mount
 * namespace of its own. With the first line what is then asked to be read waits for the second one; a line is
 * printed when the file is there, when the first line was heard, and when the first reader waits.
 */
#include <linux/fuse.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "truth.h"

#define FILE_NODE 2
#define PIECE_MAX 131072
#define WAIT_MAX  64
#define MIB_MAX	  64

static int device;
static char *content;
static uint64_t size;

/* Who waits for an answer. */
static struct fuse_in_header held[WAIT_MAX];
static struct fuse_read_in held_read[WAIT_MAX];
static unsigned held_count;
static bool is_holding;

static void say(const char *what)
{
	truth_print("{\"what\":\"%s\",\"pid\":%d}", what, getpid());
}

/* len 0: error says all. */
static void answer(uint64_t unique, int error, const void *data, size_t len)
{
	struct fuse_out_header head = { .len = (uint32_t)(sizeof(head) + len),
					.error = error,
					.unique = unique };
	const struct iovec iov[2] = { { &head, sizeof(head) }, { (void *)(uintptr_t)data, len } };

	truth_check(writev(device, iov, 2) == head.len, "answer");
}

static struct fuse_attr attr_of(uint64_t node)
{
	bool is_file = node == FILE_NODE;

	return (struct fuse_attr){ .ino = node,
				   .size = is_file ? size : 0,
				   .mode = is_file ? S_IFREG | 0600 : S_IFDIR | 0700,
				   .nlink = 1 };
}

static void give(const struct fuse_in_header *in, const struct fuse_read_in *arg)
{
	uint64_t left = size - NW_MIN(arg->offset, size);

	answer(in->unique, 0, content + NW_MIN(arg->offset, size), NW_MIN(arg->size, left));
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

	truth_check(arg->offset <= size && arg->size <= size - arg->offset, "beyond the end");
	memcpy(content + arg->offset, arg + 1, arg->size);
	answer(in->unique, 0, &out, sizeof(out));
}

static void serve(const struct fuse_in_header *in, const void *arg)
{
	const struct fuse_init_in *init = arg;
	struct fuse_init_out version = { .major = FUSE_KERNEL_VERSION, .max_write = PIECE_MAX };
	struct fuse_attr_out attr = { .attr = attr_of(in->nodeid) };
	struct fuse_entry_out entry = { .nodeid = FILE_NODE, .attr = attr_of(FILE_NODE) };
	struct fuse_open_out open = { .fh = 1, .open_flags = FOPEN_DIRECT_IO };

	switch (in->opcode) {
	case FUSE_INIT:
		version.minor = NW_MIN(init->minor, (uint32_t)FUSE_KERNEL_MINOR_VERSION);
		answer(in->unique, 0, &version, sizeof(version));
		break;
	case FUSE_GETATTR:
		answer(in->unique, 0, &attr, sizeof(attr));
		break;
	case FUSE_LOOKUP:
		answer(in->unique, 0, &entry, sizeof(entry));
		break;
	case FUSE_OPEN:
		answer(in->unique, 0, &open, sizeof(open));
		break;
	case FUSE_READ:
		give_or_hold(in, arg);
		break;
	case FUSE_WRITE:
		take(in, arg);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT: /* nobody waits for an answer */
		break;
	default:
		answer(in->unique, -ENOSYS, "", 0);
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
	static _Alignas(8) char text[PIECE_MAX + 8192];
	struct pollfd p[2] = { { .fd = device, .events = POLLIN },
			       { .fd = STDIN_FILENO, .events = POLLIN } };

	while (poll(p, 2, -1) >= 0) {
		ssize_t n;

		if (p[1].revents) {
			hear();
		}
		if (!p[0].revents) {
			continue;
		}
		n = read(device, text, sizeof(text));
		truth_check(n >= (ssize_t)sizeof(struct fuse_in_header), "a request");
		serve((const void *)text, text + sizeof(struct fuse_in_header));
	}
}

int main(int argc, char **argv)
{
	char options[128];

	truth_begin();
	errno = EINVAL;
	truth_check(argc == 3, "disk DIR MIB");
	size = truth_number(argv[2], MIB_MAX) << 20;
	content = calloc(1, size);
	truth_check(content != NULL, "memory");
	truth_check(!unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL),
		    "a mount namespace");
	device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	truth_check(device >= 0, "/dev/fuse");
	(void)snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0",
		       device);
	truth_check(!mount("nw", argv[1], "fuse", MS_NOSUID | MS_NODEV, options), "mount");
	say("serves");
	serve_all();
	return 0;
}
