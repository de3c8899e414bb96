/* SPDX-License-Identifier: Apache-2.0 */
/* What comes out of a group of fanotify that is none, but a pipe with what such a group can say. */
#include "harness.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "fan.h"

struct seen {
	unsigned n;
	int last_pid;
};

static void look(void *ctx, const struct fanotify_event_metadata *m)
{
	struct seen *s = ctx;

	s->n++;
	s->last_pid = m->pid;
}

static struct fanotify_event_metadata said(uint64_t mask, int pid)
{
	return (struct fanotify_event_metadata){ .event_len = FAN_EVENT_METADATA_LEN,
						 .vers = FANOTIFY_METADATA_VERSION,
						 .metadata_len = FAN_EVENT_METADATA_LEN,
						 .mask = mask,
						 .fd = FAN_NOFD,
						 .pid = pid };
}

static struct nw_fan group_of(const struct fanotify_event_metadata *m, size_t n)
{
	struct nw_fan f = { .block = NW_FAN_BLOCK_MAX };
	int fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC | O_NONBLOCK), 0);
	assert_int_equal(write(fds[1], m, n * sizeof(*m)), n * sizeof(*m));
	close(fds[1]);
	f.fd = fds[0];
	return f;
}

/* How many the kernel left out it does not say. */
static void a_queue_that_was_full(void **state)
{
	const struct fanotify_event_metadata m[] = { said(FAN_OPEN, 1), said(FAN_Q_OVERFLOW, 0),
						     said(FAN_OPEN, 3) };
	static struct nw_fan f;
	struct seen s = { .n = 0 };

	(void)state;
	f = group_of(m, NW_ARRAY_SIZE(m));
	assert_true(nw_fan_take(&f));
	nw_fan_each(&f, look, &s);
	assert_int_equal(s.n, 2);
	assert_int_equal(s.last_pid, 3);
	assert_int_equal(f.lost, 1);
	nw_fan_each(&f, look, &s); /* each once */
	assert_int_equal(s.n, 2);
	assert_false(nw_fan_take(&f));
	assert_int_equal(f.lost, 1);
	nw_fan_close(&f);
}

/* Nothing of what it says is understood. */
static void another_version(void **state)
{
	struct fanotify_event_metadata m = said(FAN_OPEN, 1);
	static struct nw_fan f;
	struct seen s = { .n = 0 };

	(void)state;
	m.vers++;
	f = group_of(&m, 1);
	assert_false(nw_fan_take(&f));
	nw_fan_each(&f, look, &s);
	assert_int_equal(s.n, 0);
	assert_int_equal(f.lost, 1);
	nw_fan_close(&f);
}

/* The first that waits can't be had, as before 6.13 where no number is left for its file: those behind it
 * still wait. */
static void one_that_cannot_be_had(void **state)
{
	static struct nw_fan f = { .block = NW_FAN_BLOCK_MAX };
	int fds[2];

	(void)state;
	f.fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* read(2) refuses */
	assert_true(f.fd >= 0);
	assert_true(nw_fan_take(&f));
	assert_int_equal(f.lost, 1);
	nw_fan_close(&f);
	assert_int_equal(pipe2(fds, O_CLOEXEC | O_NONBLOCK), 0);
	f.fd = fds[0];
	assert_false(nw_fan_take(&f)); /* nothing waits */
	assert_int_equal(f.lost, 1);
	nw_fan_close(&f);
	close(fds[1]);
	f.fd = -1;
	assert_false(nw_fan_take(&f));
	assert_int_equal(f.lost, 1);
}

NW_TESTS(user_fan, cmocka_unit_test(a_queue_that_was_full), cmocka_unit_test(another_version),
	 cmocka_unit_test(one_that_cannot_be_had));
