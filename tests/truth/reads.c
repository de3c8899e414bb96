/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reads VERB...: reads one file in every way there is. Each way takes a number of bytes from where the
 * one before it stopped, and prints what the calls said that they gave: the bytes by then, all in all.
 * "mapped" is printed instead by what maps.
 */
#include <liburing.h>
#include <limits.h>
#include <linux/aio_abi.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "truth.h"

#define BLOCK 65536

static int fd = -1;
static uint64_t at; /* where the next one begins */
static uint64_t total, mapped;
static _Alignas(4096) char block[BLOCK];

static void say(const char *what)
{
	struct stat st;

	truth_check(!fstat(fd, &st), "fstat");
	truth_print("{\"what\":\"%s\",\"pid\":%d,\"inode\":%" PRIu64 ",\"size\":%" PRIu64
		    ",\"bytes\":%" PRIu64 ",\"mapped\":%" PRIu64 "}",
		    what, truth_self(), (uint64_t)st.st_ino, (uint64_t)st.st_size, total, mapped);
}

static void took(const char *what, ssize_t n)
{
	truth_check(n >= 0, what);
	at += (uint64_t)n;
	total += (uint64_t)n;
}

static void open_for(const char *path, int flags)
{
	fd = open(path, flags | O_RDONLY | O_CLOEXEC);
	truth_check(fd >= 0, path);
	at = total = mapped = 0;
}

static void do_open(char **args)
{
	open_for(args[0], 0);
}

static void do_direct(char **args)
{
	open_for(args[0], O_DIRECT);
}

static void do_close(char **args)
{
	(void)args;
	say("close");
	close(fd);
}

/* ---- calls that copy ---- */

static ssize_t by_read(size_t n)
{
	truth_check(lseek(fd, (off_t)at, SEEK_SET) >= 0, "lseek");
	return read(fd, block, n);
}

static ssize_t by_pread(size_t n)
{
	return pread(fd, block, n, (off_t)at);
}

static ssize_t by_readv(size_t n)
{
	const struct iovec iov[2] = { { block, n / 2 }, { block + n / 2, n - n / 2 } };

	truth_check(lseek(fd, (off_t)at, SEEK_SET) >= 0, "lseek");
	return readv(fd, iov, 2);
}

static ssize_t by_preadv2(size_t n)
{
	const struct iovec iov = { block, n };

	return preadv2(fd, &iov, 1, (off_t)at, RWF_HIPRI);
}

static ssize_t by_aio(size_t n)
{
	struct iocb cb = { .aio_fildes = (uint32_t)fd,
			   .aio_lio_opcode = IOCB_CMD_PREAD,
			   .aio_buf = (uintptr_t)block,
			   .aio_nbytes = n,
			   .aio_offset = (int64_t)at };
	struct iocb *list[] = { &cb };
	aio_context_t ctx = 0;
	struct io_event ev;

	truth_check(!syscall(SYS_io_setup, 1, &ctx), "io_setup");
	truth_check(syscall(SYS_io_submit, ctx, 1, list) == 1, "io_submit");
	truth_check(syscall(SYS_io_getevents, ctx, 1, 1, &ev, NULL) == 1, "io_getevents");
	syscall(SYS_io_destroy, ctx);
	return ev.res;
}

static ssize_t by_uring_of(size_t n, bool is_fixed, unsigned flags)
{
	const struct iovec iov = { block, sizeof(block) };
	struct io_uring_sqe *sqe;
	struct io_uring_cqe *cqe;
	struct io_uring ring;
	ssize_t r;

	errno = -io_uring_queue_init(4, &ring, 0);
	truth_check(errno == 0, "io_uring_queue_init");
	sqe = io_uring_get_sqe(&ring);
	if (is_fixed) {
		errno = -io_uring_register_buffers(&ring, &iov, 1);
		truth_check(errno == 0, "io_uring_register_buffers");
		io_uring_prep_read_fixed(sqe, fd, block, (unsigned)n, at, 0);
	} else {
		io_uring_prep_read(sqe, fd, block, (unsigned)n, at);
	}
	sqe->flags |= (unsigned char)flags;
	truth_check(io_uring_submit(&ring) == 1, "io_uring_submit");
	errno = -io_uring_wait_cqe(&ring, &cqe);
	truth_check(errno == 0, "io_uring_wait_cqe");
	r = cqe->res;
	io_uring_cqe_seen(&ring, cqe);
	io_uring_queue_exit(&ring);
	return r;
}

static ssize_t by_uring(size_t n)
{
	return by_uring_of(n, false, 0);
}

static ssize_t by_worker(size_t n)
{
	return by_uring_of(n, false, IOSQE_ASYNC);
}

static ssize_t by_fixed(size_t n)
{
	return by_uring_of(n, true, 0);
}

/* ---- calls that pass it on ---- */

static ssize_t by_splice(size_t n)
{
	off_t from = (off_t)at;
	int end[2];
	ssize_t r;

	truth_check(!pipe(end), "pipe");
	r = splice(fd, &from, end[1], NULL, n, 0);
	close(end[0]);
	close(end[1]);
	return r;
}

/* The far end takes little at a time and nobody reads it: what does not fit is read again. */
static ssize_t by_sendfile(size_t n)
{
	off_t from = (off_t)at;
	int end[2], small = 4096;
	ssize_t r;

	truth_check(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, end), "socketpair");
	setsockopt(end[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	r = sendfile(end[0], fd, &from, n);
	close(end[0]);
	close(end[1]);
	return r;
}

/* To another file. */
static ssize_t by_copy(size_t n)
{
	loff_t from = (loff_t)at;
	int out = memfd_create("copy", MFD_CLOEXEC);
	ssize_t r;

	truth_check(out >= 0, "memfd_create");
	r = copy_file_range(fd, &from, out, NULL, n, 0);
	if (r < 0 && (errno == EXDEV || errno == EINVAL)) { /* the kernel copies within one alone */
		r = sendfile(out, fd, &from, n);
	}
	close(out);
	return r;
}

static const struct {
	const char *name;
	ssize_t (*call)(size_t n);
} ways[] = {
	{ "read", by_read },	     { "pread", by_pread }, { "readv", by_readv },
	{ "preadv2", by_preadv2 },   { "aio", by_aio },	    { "uring", by_uring },
	{ "worker", by_worker },     { "fixed", by_fixed }, { "splice", by_splice },
	{ "sendfile", by_sendfile }, { "copy", by_copy },
};

/* WAY BYTES */
static void do_by(char **args)
{
	uint64_t left = truth_number(args[1], INT_MAX);
	size_t i = 0;

	while (i < NW_ARRAY_SIZE(ways) && strcmp(ways[i].name, args[0]) != 0) {
		i++;
	}
	errno = EINVAL;
	truth_check(i < NW_ARRAY_SIZE(ways), args[0]);
	while (left > 0) {
		size_t n = NW_MIN(left, sizeof(block));
		uint64_t before = at;

		took(args[0], ways[i].call(n));
		if (at == before) { /* its end */
			break;
		}
		left -= NW_MIN(left, at - before);
	}
	say(args[0]);
}

static void do_map(char **args)
{
	size_t n = truth_number(args[0], INT_MAX);
	volatile char *p = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);
	char sum = 0;

	truth_check(p != MAP_FAILED, "mmap");
	for (size_t i = 0; i < n; i += 4096) {
		sum = (char)(sum + p[i]);
	}
	mapped += n;
	truth_check(!munmap((void *)(uintptr_t)p, n) || sum, "munmap");
	say("map");
}

/* DIR NUMBER BYTES: so many files, of so many bytes each. */
static void do_fill(char **args)
{
	uint64_t count = truth_number(args[1], INT_MAX);
	size_t n = truth_number(args[2], sizeof(block));

	for (uint64_t i = 0; i < count; i++) {
		char path[PATH_MAX];
		int out;

		snprintf(path, sizeof(path), "%s/%" PRIu64, args[0], i);
		out = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
		truth_check(out >= 0 && write(out, block, n) == (ssize_t)n && !close(out), path);
	}
}

/* DIR NUMBER: all of each of them. */
static void do_all(char **args)
{
	uint64_t count = truth_number(args[1], INT_MAX);
	uint64_t sum = 0;

	for (uint64_t i = 0; i < count; i++) {
		char path[PATH_MAX];
		ssize_t n;

		snprintf(path, sizeof(path), "%s/%" PRIu64, args[0], i);
		open_for(path, 0);
		while ((n = read(fd, block, sizeof(block))) > 0) {
			sum += (uint64_t)n;
		}
		close(fd);
	}
	truth_print("{\"what\":\"all\",\"pid\":%d,\"bytes\":%" PRIu64 "}", truth_self(), sum);
}

static const struct truth_verb verbs[] = {
	{ "all", 2, do_all },	    { "by", 2, do_by },	    { "close", 0, do_close },
	{ "direct", 1, do_direct }, { "fill", 3, do_fill }, { "map", 1, do_map },
	{ "open", 1, do_open },	    TRUTH_COMMON_VERBS,
};

int main(int argc, char **argv)
{
	truth_begin();
	truth_script(verbs, argc, argv);
	return 0;
}
