/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What truth programs share that serve a file system of one file (FUSE; include/uapi/linux/fuse.h): the mount, in
 * a mount namespace of its own or in the one that it is in, and the answers to all but what is read and written.
 */
#pragma once

#include <linux/fuse.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "truth.h"

#define FUSE_FILE_NODE 2
#define FUSE_PIECE_MAX 131072

static int fuse_device;

struct fuse_file {
	uint64_t size;
	uint32_t open_flags; /* FOPEN_* */
};

/* len 0: error says all. */
static inline void fuse_answer(uint64_t unique, int error, const void *data, size_t len)
{
	struct fuse_out_header head = { .len = (uint32_t)(sizeof(head) + len),
					.error = error,
					.unique = unique };
	const struct iovec iov[2] = { { &head, sizeof(head) }, { (void *)(uintptr_t)data, len } };

	truth_check(writev(fuse_device, iov, 2) == head.len, "answer");
}

static inline struct fuse_attr fuse_attr_of(const struct fuse_file *f, uint64_t node)
{
	bool is_file = node == FUSE_FILE_NODE;

	return (struct fuse_attr){ .ino = node,
				   .size = is_file ? f->size : 0,
				   .mode = is_file ? S_IFREG | 0666 : S_IFDIR | 0777,
				   .nlink = 1 };
}

/* What neither reads nor writes. */
static inline void fuse_serve(const struct fuse_file *f, const struct fuse_in_header *in,
			      const void *arg)
{
	const struct fuse_init_in *init = arg;
	struct fuse_init_out version = { .major = FUSE_KERNEL_VERSION,
					 .max_write = FUSE_PIECE_MAX };
	struct fuse_attr_out attr = { .attr = fuse_attr_of(f, in->nodeid) };
	struct fuse_entry_out entry = { .nodeid = FUSE_FILE_NODE,
					.attr = fuse_attr_of(f, FUSE_FILE_NODE) };
	struct fuse_open_out open = { .fh = 1, .open_flags = f->open_flags };

	switch (in->opcode) {
	case FUSE_INIT:
		version.minor = NW_MIN(init->minor, (uint32_t)FUSE_KERNEL_MINOR_VERSION);
		fuse_answer(in->unique, 0, &version, sizeof(version));
		break;
	case FUSE_GETATTR:
		fuse_answer(in->unique, 0, &attr, sizeof(attr));
		break;
	case FUSE_LOOKUP:
		fuse_answer(in->unique, 0, &entry, sizeof(entry));
		break;
	case FUSE_OPEN:
		fuse_answer(in->unique, 0, &open, sizeof(open));
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT: /* nobody waits for an answer */
		break;
	default:
		fuse_answer(in->unique, -ENOSYS, "", 0);
	}
}

/* The next request: its head, and what is behind it until the next call. */
static inline const void *fuse_request(struct fuse_in_header *ret)
{
	static _Alignas(8) char text[FUSE_PIECE_MAX + 8192];
	ssize_t n = read(fuse_device, text, sizeof(text));

	truth_check(n >= (ssize_t)sizeof(*ret), "a request");
	memcpy(ret, text, sizeof(*ret));
	return text + sizeof(*ret);
}

/* is_here: for who is in this mount namespace, too. */
static inline void fuse_mount(const char *dir, bool is_here)
{
	char options[128];

	truth_check(is_here || (!unshare(CLONE_NEWNS) &&
				!mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL)),
		    "a mount namespace");
	fuse_device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	truth_check(fuse_device >= 0, "/dev/fuse");
	(void)snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0",
		       fuse_device);
	truth_check(!mount("nw", dir, "fuse", MS_NOSUID | MS_NODEV, options), "mount");
}
