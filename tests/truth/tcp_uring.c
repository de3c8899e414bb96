/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tcp_uring direct|async|sqpoll ADDR PORT BYTES: connects and sends by io_uring alone, with no
 * connect or send system call, then waits for a line. Prints its end of the connection.
 */
#include <liburing.h>

#include "truth.h"

#define CHUNK 16384

static struct io_uring ring;
static unsigned char sqe_flags;
static char chunk[CHUNK];

/* One request, all the way. */
static int complete(struct io_uring_sqe *sqe)
{
	struct io_uring_cqe *cqe;
	int r;

	sqe->flags |= sqe_flags;
	truth_check(io_uring_submit(&ring) >= 0, "io_uring_submit");
	errno = -io_uring_wait_cqe(&ring, &cqe);
	truth_check(errno == 0, "io_uring_wait_cqe");
	r = cqe->res;
	io_uring_cqe_seen(&ring, cqe);
	return r;
}

static struct io_uring_sqe *next(void)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);

	truth_check(sqe != NULL, "io_uring_get_sqe");
	return sqe;
}

int main(int argc, char **argv)
{
	struct io_uring_params params = { 0 };
	struct io_uring_sqe *sqe;
	struct truth_addr a;
	uint64_t left;
	int fd, r;

	truth_begin();
	errno = EINVAL;
	truth_check(argc == 5, "usage: tcp_uring direct|async|sqpoll ADDR PORT BYTES");
	params.flags = strcmp(argv[1], "sqpoll") == 0 ? IORING_SETUP_SQPOLL : 0;
	sqe_flags = strcmp(argv[1], "async") == 0 ? IOSQE_ASYNC : 0;
	a = truth_addr(argv[2], argv[3]);
	left = truth_number(argv[4], UINT64_MAX);
	errno = -io_uring_queue_init_params(8, &ring, &params);
	truth_check(errno == 0, "io_uring_queue_init_params");
	fd = socket(a.sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	truth_check(fd >= 0, "socket");
	sqe = next();
	io_uring_prep_connect(sqe, fd, (struct sockaddr *)&a.sa, a.len);
	errno = -complete(sqe);
	truth_check(errno == 0, "connect");
	while (left > 0) {
		sqe = next();
		io_uring_prep_send(sqe, fd, chunk, NW_MIN(left, (uint64_t)CHUNK), MSG_WAITALL);
		r = complete(sqe);
		errno = r < 0 ? -r : 0;
		truth_check(r > 0, "send");
		left -= (uint64_t)r;
	}
	printf("{");
	truth_print_ends(fd);
	truth_print("\"pid\":%d}", getpid());
	truth_wait();
	return 0;
}
