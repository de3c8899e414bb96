/* SPDX-License-Identifier: Apache-2.0 */
/* Lines through pipes that are full, slow or closed, and onto a full disk: whole, in order, counted. */
#include "util/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

struct fixture {
	struct nw_writer w;
	int fd[2];
	char *got;
	size_t got_len;
	unsigned added; /* lines that were taken */
};

#define GOT_MAX (4 << 20)

static int setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));

	(void)signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(f->fd), 0);
	f->got = test_malloc(GOT_MAX);
	nw_writer_init(&f->w, f->fd[1]);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	close(f->fd[0]);
	close(f->fd[1]);
	test_free(f->got);
	test_free(f);
	return 0;
}

static void set_nonblocking(int fd)
{
	assert_int_equal(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK), 0);
}

/* Line number n has a length of its own, so that no piece can take another's place. */
static int add_line(struct fixture *f, unsigned n)
{
	int error = 0;
	char *p = nw_writer_room(&f->w, 1024, &error);
	int len;

	if (!p) {
		return error;
	}
	len = snprintf(p, 1024, "%u:%0*d\n", n, (int)(n % 700) + 1, 0);
	nw_writer_add(&f->w, (size_t)len);
	f->added++;
	return 0;
}

/* What is in the pipe now, without waiting. */
static void drain(struct fixture *f)
{
	ssize_t n;

	set_nonblocking(f->fd[0]);
	while ((n = read(f->fd[0], f->got + f->got_len, GOT_MAX - f->got_len)) > 0) {
		f->got_len += (size_t)n;
	}
}

/* All lines that were taken, whole and in order; numbers may be missing (refused). */
static void assert_lines(struct fixture *f, unsigned count)
{
	const char *p = f->got;
	long last = -1;
	unsigned n = 0;

	while (p < f->got + f->got_len) {
		const char *nl = memchr(p, '\n', (size_t)(f->got + f->got_len - p));
		char want[1024];
		long number = strtol(p, NULL, 10);

		assert_non_null(nl);
		assert_true(number > last);
		snprintf(want, sizeof(want), "%ld:%0*d\n", number, (int)(number % 700) + 1, 0);
		assert_int_equal(nl + 1 - p, strlen(want));
		assert_memory_equal(p, want, strlen(want));
		last = number;
		p = nl + 1;
		n++;
	}
	assert_int_equal(n, count);
}

static void test_batch(void **state)
{
	struct fixture *f = *state;

	for (unsigned i = 0; i < 50; i++) {
		assert_int_equal(add_line(f, i), 0);
	}
	drain(f);
	assert_int_equal(f->got_len, 0); /* nothing before it is asked for */
	assert_int_equal(nw_writer_flush(&f->w), 0);
	drain(f);
	assert_lines(f, 50);
	assert_int_equal(nw_writer_flush(&f->w), 0);
}

/* A full buffer is written without being asked. */
static void test_full_buffer(void **state)
{
	struct fixture *f = *state;

	assert_true(fcntl(f->fd[1], F_SETPIPE_SZ, 1 << 20) > 0);
	for (unsigned i = 0; i < 1000; i++) {
		assert_int_equal(add_line(f, i), 0);
		assert_true(f->w.end <= sizeof(f->w.buf));
	}
	assert_int_equal(nw_writer_flush(&f->w), 0);
	drain(f);
	assert_lines(f, 1000);
}

/* A reader that stops: lines are kept, then refused; when it goes on, it gets whole lines. */
static void test_slow_reader(void **state)
{
	struct fixture *f = *state;
	unsigned n = 0;
	int r = 0;

	set_nonblocking(f->fd[1]);
	for (int round = 0; round < 20; round++) {
		unsigned refused = 0;

		while (refused < 3) {
			r = add_line(f, n++);
			assert_true(r == 0 || r == -EAGAIN);
			refused += r != 0;
			assert_int_equal(nw_writer_flush(&f->w), 0);
		}
		drain(f);
	}
	assert_true(n > f->added);
	assert_int_equal(nw_writer_end(&f->w, 0) > 0, f->w.start < f->w.end);
	drain(f);
	for (size_t left = f->w.end - f->w.start; nw_writer_end(&f->w, 0) > 0;) {
		assert_true(f->w.end - f->w.start < left);
		left = f->w.end - f->w.start;
		drain(f);
	}
	drain(f);
	assert_lines(f, f->added);
}

/* A process that reads fd to its end, into a file. */
static pid_t start_reader(int fd, int write_end, int file)
{
	pid_t pid = fork();
	char buf[4096];
	ssize_t n;

	assert_true(pid >= 0);
	if (pid > 0) {
		return pid;
	}
	close(write_end);
	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		if (write(file, buf, (size_t)n) != n) {
			_exit(1);
		}
	}
	_exit(n < 0);
}

/* At the end a reader that lives is waited for, one that does not read is not. */
static void test_end(void **state)
{
	struct fixture *f = *state;
	int file = memfd_create("writer", 0);
	unsigned n = 0;
	int status;
	pid_t pid;

	set_nonblocking(f->fd[1]);
	while (add_line(f, n) == 0) {
		n++;
	}
	assert_true(nw_writer_end(&f->w, 0) > 0);
	assert_true(nw_writer_end(&f->w, 1) > 0);
	pid = start_reader(f->fd[0], f->fd[1], file);
	assert_int_equal(nw_writer_end(&f->w, 60000), 0);
	close(f->fd[1]);
	f->fd[1] = open("/dev/null", O_WRONLY);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	f->got_len = (size_t)pread(file, f->got, GOT_MAX, 0);
	assert_lines(f, n);
	close(file);
}

static void test_closed_reader(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(add_line(f, 0), 0);
	close(f->fd[0]);
	f->fd[0] = open("/dev/null", O_RDONLY);
	assert_int_equal(nw_writer_flush(&f->w), -EPIPE);
	assert_int_equal(nw_writer_flush(&f->w), -EPIPE);
	assert_int_equal(add_line(f, 1), -EPIPE);
	assert_int_equal(nw_writer_end(&f->w, 1000), 1);
}

static void test_full_disk(void **state)
{
	struct fixture *f = *state;
	int fd = open("/dev/full", O_WRONLY);
	unsigned n = 0;
	int r;

	assert_true(fd >= 0);
	f->w.fd = fd;
	assert_int_equal(add_line(f, n++), 0);
	assert_int_equal(nw_writer_flush(&f->w), -ENOSPC);
	while ((r = add_line(f, n)) == 0) {
		n++;
	}
	assert_int_equal(r, -ENOSPC);
	assert_int_equal(nw_writer_end(&f->w, 0), n);
	/* room again: what was kept is written */
	assert_true(fcntl(f->fd[1], F_SETPIPE_SZ, 1 << 20) > 0);
	f->w.fd = f->fd[1];
	assert_int_equal(nw_writer_flush(&f->w), 0);
	drain(f);
	assert_lines(f, n);
	close(fd);
}

#define WITH_PIPE(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

NW_TESTS(util_writer, WITH_PIPE(test_batch), WITH_PIPE(test_full_buffer),
	 WITH_PIPE(test_slow_reader), WITH_PIPE(test_end), WITH_PIPE(test_closed_reader),
	 WITH_PIPE(test_full_disk));
