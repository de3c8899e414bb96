/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tcp_uring MODE ADDR PORT SEND RECV: connects, sends and receives by io_uring alone, with no system
 * call for it, then waits for a line. PORT 0: listens, prints the port, and accepts so. MODE:
 *	direct, async, sqpoll	who does it: this process, a worker of it, a thread of the kernel's
 *	fixed			the connection is in no table of open files, only in the ring's
 */
#include <liburing.h>

#include "truth.h"

#define CHUNK 16384

static struct io_uring ring;
static unsigned char sqe_flags; /* of every request */
static bool is_fixed;
static char chunk[CHUNK];

/* One request, all the way; what goes wrong ends this. */
static int complete(struct io_uring_sqe *sqe, const char *what)
{
	struct io_uring_cqe *cqe;
	int r;

	sqe->flags |= sqe_flags;
	truth_check(io_uring_submit(&ring) >= 0, "io_uring_submit");
	errno = -io_uring_wait_cqe(&ring, &cqe);
	truth_check(errno == 0, "io_uring_wait_cqe");
	r = cqe->res;
	io_uring_cqe_seen(&ring, cqe);
	errno = r < 0 ? -r : 0;
	truth_check(r >= 0, what);
	return r;
}

static struct io_uring_sqe *next(void)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);

	truth_check(sqe != NULL, "io_uring_get_sqe");
	return sqe;
}

/* The same on the connection; of a fixed one fd is the place in the ring's table. */
static int complete_on(struct io_uring_sqe *sqe, const char *what)
{
	sqe->flags |= is_fixed ? IOSQE_FIXED_FILE : 0;
	return complete(sqe, what);
}

static void start(const char *mode)
{
	struct io_uring_params params = { 0 };
	int none = -1;

	params.flags = strcmp(mode, "sqpoll") == 0 ? IORING_SETUP_SQPOLL : 0;
	sqe_flags = strcmp(mode, "async") == 0 ? IOSQE_ASYNC : 0;
	is_fixed = strcmp(mode, "fixed") == 0;
	errno = -io_uring_queue_init_params(8, &ring, &params);
	truth_check(errno == 0, "io_uring_queue_init_params");
	errno = is_fixed ? -io_uring_register_files(&ring, &none, 1) : 0;
	truth_check(errno == 0, "io_uring_register_files");
}

/* Since 5.19 a socket can be made there; before, it is moved there. */
static int fixed_socket(int family)
{
	struct io_uring_probe *probe = io_uring_get_probe_ring(&ring);
	int fd;

	truth_check(probe != NULL, "io_uring_get_probe_ring");
	if (io_uring_opcode_supported(probe, IORING_OP_SOCKET)) {
		struct io_uring_sqe *sqe = next();

		io_uring_prep_socket_direct(sqe, family, SOCK_STREAM, 0, 0, 0);
		complete(sqe, "socket");
	} else {
		fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		truth_check(fd >= 0, "socket");
		errno = EIO;
		truth_check(io_uring_register_files_update(&ring, 0, &fd, 1) == 1 && !close(fd),
			    "io_uring_register_files_update");
	}
	io_uring_free_probe(probe);
	return 0;
}

static int by_connect(const struct truth_addr *a)
{
	int fd = is_fixed ? fixed_socket(a->sa.ss_family)
			  : socket(a->sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct io_uring_sqe *sqe = next();

	truth_check(fd >= 0, "socket");
	io_uring_prep_connect(sqe, fd, (const struct sockaddr *)&a->sa, a->len);
	complete_on(sqe, "connect");
	return fd;
}

static int by_accept(struct truth_addr a)
{
	int listener = socket(a.sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct io_uring_sqe *sqe;
	int fd;

	truth_check(listener >= 0 && !bind(listener, (struct sockaddr *)&a.sa, a.len) &&
			    !listen(listener, 1),
		    "listen");
	truth_check(!getsockname(listener, (struct sockaddr *)&a.sa, &a.len), "getsockname");
	truth_print("{\"pid\":%d,\"port\":%u}", getpid(), truth_port(&a));
	sqe = next();
	if (is_fixed) {
		io_uring_prep_accept_direct(sqe, listener, NULL, NULL, 0, 0);
	} else {
		io_uring_prep_accept(sqe, listener, NULL, NULL, SOCK_CLOEXEC);
	}
	fd = complete(sqe, "accept");
	close(listener);
	return fd;
}

static void transfer(int fd, uint64_t left, bool is_out)
{
	while (left > 0) {
		struct io_uring_sqe *sqe = next();
		size_t n = NW_MIN(left, (uint64_t)CHUNK);
		int r;

		if (is_out) {
			io_uring_prep_send(sqe, fd, chunk, n, MSG_WAITALL);
		} else {
			io_uring_prep_recv(sqe, fd, chunk, n, 0);
		}
		r = complete_on(sqe, is_out ? "send" : "recv");
		truth_check(r > 0, "end");
		left -= (uint64_t)r;
	}
}

int main(int argc, char **argv)
{
	struct truth_addr a;
	int fd;

	truth_begin();
	errno = EINVAL;
	truth_check(argc == 6, "usage: tcp_uring MODE ADDR PORT SEND RECV");
	start(argv[1]);
	a = truth_addr(argv[2], argv[3]);
	fd = truth_port(&a) ? by_connect(&a) : by_accept(a);
	transfer(fd, truth_number(argv[4], UINT64_MAX), true);
	transfer(fd, truth_number(argv[5], UINT64_MAX), false);
	truth_print("{\"pid\":%d}", getpid());
	truth_wait();
	return 0;
}
