/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mount DIR N [here]: serves a file system of its own (FUSE, one file) at a folder, in a mount namespace
 * of its own, or in the one that it is in. N children open the file to write, another one to read. A line
 * for /dev/fuse and for each file open to write; all stays open until a line comes.
 */
#include "fuse.h"

static void tell(int fd, unsigned flags)
{
	struct stat st;

	truth_check(!fstat(fd, &st), "fstat");
	truth_print("{\"what\":\"mount\",\"pid\":%d,\"fd\":%d,\"inode\":%" PRIu64 ",\"flags\":%u}",
		    getpid(), fd, (uint64_t)st.st_ino, flags);
}

/* Until the test says a line. */
static void serve_all(void)
{
	const struct fuse_file file = { 0 };
	struct pollfd p[2] = { { .fd = fuse_device, .events = POLLIN },
			       { .fd = STDIN_FILENO, .events = POLLIN } };

	while (poll(p, 2, -1) >= 0 && !p[1].revents) {
		struct fuse_in_header in;
		const void *arg = fuse_request(&in);

		fuse_serve(&file, &in, arg);
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
	close(fuse_device);
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
	char path[256];

	alarm(TRUTH_LIMIT_S);
	errno = EINVAL;
	truth_check(argc == 3 || (argc == 4 && !strcmp(argv[3], "here")), "mount DIR N [here]");
	fuse_mount(argv[1], argc == 4);
	tell(fuse_device, 1 | 2 | 16);
	(void)snprintf(path, sizeof(path), "%s/file", argv[1]);
	use(path, O_RDONLY);
	for (uint64_t i = truth_number(argv[2], 8); i > 0; i--) {
		use(path, O_WRONLY);
	}
	serve_all();
	return 0;
}
