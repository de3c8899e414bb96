/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mount DIR N: serves a file system of its own (FUSE, one file) at a folder, in a mount namespace
 * of its own. N children open the file to write, another one to read. A line for /dev/fuse and for
 * each file open to write; all stays open until a line comes.
 */
#include <linux/fuse.h>
#include <poll.h>
#include <sys/stat.h>

#include "truth.h"

#define FILE_NODE 2

static int device;

static void tell(int fd, unsigned flags)
{
	struct stat st;

	truth_check(!fstat(fd, &st), "fstat");
	truth_print("{\"what\":\"mount\",\"pid\":%d,\"fd\":%d,\"inode\":%" PRIu64 ",\"flags\":%u}",
		    getpid(), fd, (uint64_t)st.st_ino, flags);
}

/* len 0: error says all. */
static void answer(uint64_t unique, int error, const void *data, size_t len)
{
	struct {
		struct fuse_out_header head;
		char data[256];
	} out = { .head = { .len = (uint32_t)(sizeof(out.head) + len),
			    .error = error,
			    .unique = unique } };

	memcpy(out.data, data, len);
	truth_check(write(device, &out, out.head.len) == out.head.len, "answer");
}

static struct fuse_attr attr_of(uint64_t node)
{
	return (struct fuse_attr){ .ino = node,
				   .mode = node == FUSE_ROOT_ID ? S_IFDIR | 0777 : S_IFREG | 0666,
				   .nlink = 1 };
}

static void serve(const struct fuse_in_header *in, const void *arg)
{
	const struct fuse_init_in *init = arg;
	struct fuse_init_out version = { .major = FUSE_KERNEL_VERSION, .max_write = 4096 };
	struct fuse_attr_out attr = { .attr = attr_of(in->nodeid) };
	struct fuse_entry_out entry = { .nodeid = FILE_NODE, .attr = attr_of(FILE_NODE) };
	struct fuse_open_out open = { .fh = 1 };

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
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT: /* nobody waits for an answer */
		break;
	default:
		answer(in->unique, -ENOSYS, "", 0);
	}
}

/* Until the test says a line. */
static void serve_all(void)
{
	static char text[FUSE_MIN_READ_BUFFER + 4096];
	struct pollfd p[2] = { { .fd = device, .events = POLLIN },
			       { .fd = STDIN_FILENO, .events = POLLIN } };
	struct fuse_in_header in;

	while (poll(p, 2, -1) >= 0 && !p[1].revents) {
		ssize_t n = read(device, text, sizeof(text));

		truth_check(n >= (ssize_t)sizeof(in), "a request");
		memcpy(&in, text, sizeof(in));
		serve(&in, text + sizeof(in));
	}
	truth_wait();
}

static void use(const char *path, int mode)
{
	int fd;

	if (fork()) {
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(device);
	fd = open(path, mode);
	truth_check(fd >= 0, path);
	if (mode == O_WRONLY) {
		tell(fd, 2);
	}
	pause();
	_exit(0);
}

int main(int argc, char **argv)
{
	char options[128], path[256];

	alarm(TRUTH_LIMIT_S);
	errno = EINVAL;
	truth_check(argc == 3, "mount DIR N");
	truth_check(!unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL),
		    "a mount namespace");
	device = open("/dev/fuse", O_RDWR);
	truth_check(device >= 0, "/dev/fuse");
	(void)snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0",
		       device);
	truth_check(!mount("nw", argv[1], "fuse", MS_NOSUID | MS_NODEV, options), "mount");
	tell(device, 1 | 2 | 16);
	(void)snprintf(path, sizeof(path), "%s/file", argv[1]);
	use(path, O_RDONLY);
	for (uint64_t i = truth_number(argv[2], 8); i > 0; i--) {
		use(path, O_WRONLY);
	}
	serve_all();
	return 0;
}
