/* SPDX-License-Identifier: Apache-2.0 */
/* Lines as they leave: the bytes, batches, a reader that stops or leaves, a full disk. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "golden.h"
#include "log.h"
#include "records_each.h"
#include "sinks/sink.h"

static const struct nw_sink *sink;

struct fixture {
	struct nw_records r;
	void *self;
	int fd;
};

static int setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));

	(void)signal(SIGPIPE, SIG_IGN);
	nw_records_init(&f->r);
	sink = nw_sink_find("jsonl");
	assert_non_null(sink);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	nw_records_free(&f->r);
	test_free(f);
	return 0;
}

static void open_sink(struct fixture *f, int fd)
{
	const struct nw_sink_options options = { .fd = fd };

	assert_true(fd >= 0);
	f->fd = fd;
	assert_int_equal(sink->open(&options, &f->self), 0);
}

static void tell(void *ctx, const struct nw_output *out)
{
	struct fixture *f = ctx;

	assert_int_equal(sink->write(f->self, out), 0);
}

static void test_bytes(void **state)
{
	struct fixture *f = *state;
	static char got[1 << 17];
	ssize_t n;

	open_sink(f, memfd_create("jsonl", 0));
	nw_records_each(&f->r, tell, f);
	assert_int_equal(sink->flush(f->self), 0);
	sink->close(f->self);
	n = pread(f->fd, got, sizeof(got), 0);
	close(f->fd);
	assert_true(n > 0);
	NW_GOLDEN(got, (size_t)n);
}

/* Nothing is written before a batch ends, unless it is large: then much at once. */
static void test_batch(void **state)
{
	struct fixture *f = *state;
	struct nw_output out =
		nw_records_output(&f->r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &f->r.tcp);

	open_sink(f, memfd_create("jsonl", 0));
	tell(f, &out);
	assert_int_equal(lseek(f->fd, 0, SEEK_END), 0);
	assert_int_equal(sink->flush(f->self), 0);
	assert_true(lseek(f->fd, 0, SEEK_END) > 1000);
	assert_int_equal(ftruncate(f->fd, 0), 0);
	assert_int_equal(lseek(f->fd, 0, SEEK_SET), 0);
	while (lseek(f->fd, 0, SEEK_END) == 0) {
		tell(f, &out);
	}
	assert_true(lseek(f->fd, 0, SEEK_END) > 65000);
	sink->close(f->self);
	close(f->fd);
}

static unsigned count_lines(const char *p, size_t len)
{
	unsigned n = 0;

	for (size_t i = 0; i < len; i++) {
		n += p[i] == '\n';
	}
	return n;
}

/* A reader that stops: what was taken arrives whole, what was not is said to the caller. */
static void test_slow_reader(void **state)
{
	struct fixture *f = *state;
	struct nw_output out =
		nw_records_output(&f->r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &f->r.tcp);
	static char got[1 << 20];
	unsigned taken = 0;
	size_t len = 0;
	ssize_t n;
	int fd[2], r;

	assert_int_equal(pipe2(fd, O_NONBLOCK), 0);
	open_sink(f, fd[1]);
	while ((r = sink->write(f->self, &out)) == 0) {
		taken++;
		assert_int_equal(sink->flush(f->self), 0);
	}
	assert_int_equal(r, -EAGAIN);
	do {
		n = read(fd[0], got + len, sizeof(got) - len);
		len += n > 0 ? (size_t)n : 0;
		assert_int_equal(sink->flush(f->self), 0);
	} while (n > 0);
	sink->close(f->self);
	assert_int_equal(count_lines(got, len), taken);
	assert_int_equal(got[len - 1], '\n');
	close(fd[0]);
	close(fd[1]);
}

static void test_closed_reader(void **state)
{
	struct fixture *f = *state;
	struct nw_output out =
		nw_records_output(&f->r, NW_DATASET_LOSS, NW_ACTION_UPDATE, &f->r.loss);
	int fd[2];

	assert_int_equal(pipe(fd), 0);
	open_sink(f, fd[1]);
	tell(f, &out);
	close(fd[0]);
	assert_int_equal(sink->flush(f->self), -EPIPE);
	assert_int_equal(sink->write(f->self, &out), -EPIPE);
	sink->close(f->self);
	close(fd[1]);
}

static void test_full_disk(void **state)
{
	struct fixture *f = *state;
	struct nw_output out =
		nw_records_output(&f->r, NW_DATASET_LOSS, NW_ACTION_UPDATE, &f->r.loss);
	int kept = dup(STDERR_FILENO);
	int fd[2];
	char got[256] = "";

	assert_int_equal(pipe(fd), 0);
	open_sink(f, open("/dev/full", O_WRONLY | O_CLOEXEC));
	tell(f, &out);
	tell(f, &out);
	assert_int_equal(sink->flush(f->self), -ENOSPC);
	dup2(fd[1], STDERR_FILENO);
	sink->close(f->self);
	dup2(kept, STDERR_FILENO);
	close(kept);
	close(fd[1]);
	assert_true(read(fd[0], got, sizeof(got) - 1) > 0);
	assert_string_equal(got, "<3>jsonl: the last 2 lines could not be written\n");
	close(fd[0]);
	close(f->fd);
}

#define WITH(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

NW_TESTS(sinks_jsonl, WITH(test_bytes), WITH(test_batch), WITH(test_slow_reader),
	 WITH(test_closed_reader), WITH(test_full_disk));
