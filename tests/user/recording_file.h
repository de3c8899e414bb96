/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of recordings share: a file in memory, written and read by the real code. */
#pragma once

#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "recording.h"
#include "recording_format.h"

enum {
	FILE_MAX = 65536,
	INTERVAL = 1234567890,
};

static const char yaml[] = "site: { name: Depot North }\nlimits: { flows: 4096 }\n";

struct file {
	uint8_t bytes[FILE_MAX];
	size_t len;
};

/* What is wrong is also said, which would drown the tests' own words. */
static int said_to = -1;

static inline int quiet(void **state)
{
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

	(void)state;
	said_to = dup(STDERR_FILENO);
	assert_true(nowhere >= 0 && said_to >= 0 && dup2(nowhere, STDERR_FILENO) >= 0);
	assert_int_equal(close(nowhere), 0);
	return 0;
}

static inline int loud(void **state)
{
	(void)state;
	assert_true(dup2(said_to, STDERR_FILENO) >= 0);
	assert_int_equal(close(said_to), 0);
	return 0;
}

#define QUIET(name) cmocka_unit_test_setup_teardown(name, quiet, loud)

/* ---- writing ---------------------------------------------------------------------------------- */

static inline struct nw_config *config(void)
{
	struct nw_config *c = NULL;

	assert_int_equal(nw_config_parse("test", yaml, sizeof(yaml) - 1, &c), 0);
	return c;
}

static inline int memory(const void *bytes, size_t len)
{
	int fd = memfd_create("recording", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/* The nth of some events whose sizes are no multiples of eight. */
static inline const struct nw_event *event(unsigned n)
{
	static uint64_t buf[NW_EVENT_MAX / sizeof(uint64_t)];
	static const char text[] = "the value of a fact";
	char value[32];
	char key[32];

	(void)snprintf(key, sizeof(key), "key.%u", n);
	(void)snprintf(value, sizeof(value), "%s", text + n % sizeof(text));
	assert_true(nw_event_make_fact(buf, sizeof(buf), 1000 + n, key, value) > 0);
	return (const struct nw_event *)(const void *)buf;
}

/* Blocks of per_block events each. */
static inline void record(struct file *f, unsigned events, unsigned per_block)
{
	struct nw_config *c = config();
	struct nw_recorder_file *r = NULL;
	int fd = memory("", 0);
	int kept = dup(fd);
	ssize_t n;

	assert_true(kept >= 0);
	assert_int_equal(nw_recording_start(fd, c, INTERVAL, &r), 0);
	for (unsigned i = 0; i < events; i++) {
		nw_recording_add(r, event(i));
		if ((i + 1) % per_block == 0) {
			nw_recording_flush(r, event(i)->ts_ns, true);
		}
	}
	assert_int_equal(nw_recording_lost(r), 0);
	assert_int_equal(nw_recording_end(r), 0);
	n = pread(kept, f->bytes, sizeof(f->bytes), 0);
	assert_in_range(n, 1, sizeof(f->bytes) - 1);
	f->len = (size_t)n;
	assert_int_equal(close(kept), 0);
	nw_config_free(c);
}

static inline size_t header_len(const struct file *f)
{
	return 8 + nw_get_le32(f->bytes + 4);
}

/* ---- reading ---------------------------------------------------------------------------------- */

struct read {
	int opened, result;
	unsigned events;
	bool is_cut;
	uint64_t unknown;
};

static inline void on_event(void *ctx, const struct nw_event *ev)
{
	struct read *r = ctx;
	const struct nw_event *want = event(r->events);

	assert_int_equal(ev->size, want->size);
	assert_memory_equal(ev, want, want->size);
	r->events++;
}

static inline struct read read_bytes(const void *bytes, size_t len)
{
	struct nw_recording *rec = NULL;
	struct read r = { 0 };

	r.opened = nw_recording_open_fd(memory(bytes, len), "test", &rec);
	if (r.opened < 0) {
		assert_null(rec);
		return r;
	}
	r.result = nw_recording_read(rec, on_event, &r);
	assert_int_equal(rec->events, r.events);
	r.is_cut = rec->is_cut;
	r.unknown = rec->unknown;
	nw_recording_close(rec);
	return r;
}

static inline struct read read_file(const struct file *f)
{
	return read_bytes(f->bytes, f->len);
}
