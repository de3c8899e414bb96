/* SPDX-License-Identifier: Apache-2.0 */
/* Recordings: what is written is what is read, also of a file that was cut or a disk that is full. */
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "user/recording_file.h"

static void what_was_written_is_read(void **state)
{
	struct file f;
	struct read r;

	(void)state;
	for (unsigned per_block = 1; per_block <= 100; per_block += 33) {
		record(&f, 100, per_block);
		r = read_file(&f);
		assert_int_equal(r.opened, 0);
		assert_int_equal(r.result, 0);
		assert_int_equal(r.events, 100);
		assert_int_equal(r.unknown, 0);
		assert_false(r.is_cut);
	}
	record(&f, 0, 1);
	r = read_file(&f);
	assert_true(r.opened == 0 && r.result == 0 && r.events == 0 && !r.is_cut);
}

/* More than one block's worth without a flush: blocks are made as they fill. */
static void much_is_split_into_blocks(void **state)
{
	struct nw_config *c = config();
	struct nw_recorder_file *w = NULL;
	struct nw_recording *rec = NULL;
	struct read r = { 0 };
	int fd = memory("", 0);
	int kept = dup(fd);

	(void)state;
	assert_int_equal(nw_recording_start(fd, c, INTERVAL, &w), 0);
	for (unsigned i = 0; i < 20000; i++) {
		nw_recording_add(w, event(i));
	}
	assert_int_equal(nw_recording_end(w), 0);
	assert_int_equal(lseek(kept, 0, SEEK_SET), 0);
	assert_int_equal(nw_recording_open_fd(kept, "test", &rec), 0);
	assert_int_equal(nw_recording_read(rec, on_event, &r), 0);
	assert_int_equal(r.events, 20000);
	nw_recording_close(rec);
	nw_config_free(c);
}

struct placed {
	const struct nw_recording *rec;
	uint64_t block[20000];
	unsigned events;
};

static void on_placed(void *ctx, const struct nw_event *ev)
{
	struct placed *p = ctx;

	(void)ev;
	assert_int_equal(p->rec->block, p->block[p->events++]);
}

/* The block that was said of an event when it was written is the one it is read from. */
static void an_event_is_in_the_block_that_was_said(void **state)
{
	static struct placed p;
	struct nw_config *c = config();
	struct nw_recorder_file *w = NULL;
	struct nw_recording *rec = NULL;
	int fd = memory("", 0);
	int kept = dup(fd);
	char magic[4];

	(void)state;
	assert_int_equal(nw_recording_start(fd, c, INTERVAL, &w), 0);
	for (unsigned i = 0; i < NW_ARRAY_SIZE(p.block); i++) {
		nw_recording_add(w, event(i));
		p.block[i] = nw_recording_block(w);
		if (i % 5000 == 0) {
			nw_recording_flush(w, event(i)->ts_ns, true);
		}
	}
	assert_int_equal(nw_recording_end(w), 0);
	assert_int_equal(lseek(kept, 0, SEEK_SET), 0);
	assert_int_equal(nw_recording_open_fd(kept, "test", &rec), 0);
	p.rec = rec;
	assert_int_equal(nw_recording_read(rec, on_placed, &p), 0);
	assert_int_equal(p.events, NW_ARRAY_SIZE(p.block));
	assert_true(p.block[p.events - 1] > p.block[0]);
	assert_int_equal(pread(rec->fd, magic, 4, (off_t)p.block[p.events - 1]), 4);
	assert_memory_equal(magic, NW_RECORDING_BLOCK_MAGIC, 4);
	nw_recording_close(rec);
	nw_config_free(c);
}

static void the_header_says_how_it_was_made(void **state)
{
	struct nw_recording *rec = NULL;
	struct nw_config *c = config();
	struct file f;

	(void)state;
	record(&f, 1, 1);
	assert_int_equal(nw_recording_open_fd(memory(f.bytes, f.len), "test", &rec), 0);
	assert_int_equal(rec->flow_interval_ns, INTERVAL);
	assert_string_equal(rec->tool_version, NW_VERSION);
	assert_int_equal(rec->config->hash, c->hash);
	assert_string_equal(rec->config->site.name, "Depot North");
	assert_int_equal(rec->config->limits.flows, 4096);
	nw_recording_close(rec);
	nw_config_free(c);
}

/* ---- cut -------------------------------------------------------------------------------------- */

/* After a crash: everything up to the last whole block is good. */
static void a_cut_file_is_good_up_to_its_last_block(void **state)
{
	struct file f;
	size_t whole;

	(void)state;
	record(&f, 12, 4);
	whole = header_len(&f);
	for (size_t len = 0; len < f.len; len++) {
		struct read r = read_bytes(f.bytes, len);

		if (len < header_len(&f)) {
			assert_int_equal(r.opened, len < 8 ? -ENOMSG : -ENODATA);
			continue;
		}
		if (len >= whole + 12 && len >= whole + 12 + nw_get_le32(f.bytes + whole + 4)) {
			whole += 12 + nw_get_le32(f.bytes + whole + 4);
		}
		assert_int_equal(r.opened, 0);
		assert_int_equal(r.result, 0);
		assert_int_equal(r.events % 4, 0);
		assert_int_equal(r.is_cut, len != whole);
	}
	assert_int_equal(read_bytes(f.bytes, whole).events, 8);
	assert_false(read_bytes(f.bytes, whole).is_cut);
	assert_int_equal(read_bytes(f.bytes, f.len - 1).events, 8);
	assert_true(read_bytes(f.bytes, f.len - 1).is_cut);
}

/* ---- the file --------------------------------------------------------------------------------- */

static void a_recording_replaces_no_file(void **state)
{
	char dir[] = "/tmp/nvrwatch-test-XXXXXX";
	char path[64];
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/a.nwr", dir);
	fd = nw_recording_create(path);
	assert_true(fd >= 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(nw_recording_create(path), -EEXIST);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/tmp/nvrwatch-test-nowhere", path), 0);
	assert_true(nw_recording_create(path) < 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

/* The disk is full: what can't be kept is counted, what was kept is whole, the caller hears. */
static void what_cannot_be_written_is_counted(void **state)
{
	struct nw_config *c = config();
	struct nw_recorder_file *r = NULL;
	struct nw_recording *rec = NULL;
	struct read got = { 0 };
	int fd = memfd_create("full", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int kept = dup(fd);

	(void)state;
	assert_true(fd >= 0 && kept >= 0);
	assert_int_equal(nw_recording_start(fd, c, INTERVAL, &r), 0);
	for (unsigned i = 0; i < 4; i++) {
		nw_recording_add(r, event(i));
	}
	nw_recording_flush(r, 0, true);
	assert_int_equal(fcntl(kept, F_ADD_SEALS, F_SEAL_GROW), 0);
	for (unsigned i = 4; i < 6000; i++) { /* more than a block's buffer holds */
		nw_recording_add(r, event(i));
	}
	assert_true(nw_recording_lost(r) > 0);
	assert_true(nw_recording_end(r) < 0);
	assert_int_equal(lseek(kept, 0, SEEK_SET), 0);
	assert_int_equal(nw_recording_open_fd(kept, "test", &rec), 0);
	assert_int_equal(nw_recording_read(rec, on_event, &got), 0);
	assert_int_equal(got.events, 4);
	assert_false(rec->is_cut);
	nw_recording_close(rec);
	nw_config_free(c);
}

/* Only what was waiting for the end is lost: the end says it. */
static void what_is_left_at_the_end_is_counted(void **state)
{
	struct nw_config *c = config();
	struct nw_recorder_file *r = NULL;
	int fd = memfd_create("full", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(nw_recording_start(fd, c, INTERVAL, &r), 0);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW), 0);
	nw_recording_add(r, event(0));
	assert_int_equal(nw_recording_lost(r), 0);
	assert_true(nw_recording_end(r) < 0);
	nw_config_free(c);
}

static off_t size_of(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	return st.st_size;
}

/* Nothing is asserted meanwhile: the limit holds for what a failure says, too. */
static void flush_with_room_for(struct nw_recorder_file *r, rlim_t room)
{
	void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
	struct rlimit limit;
	rlim_t old;

	(void)getrlimit(RLIMIT_FSIZE, &limit);
	old = limit.rlim_cur;
	limit.rlim_cur = room;
	(void)setrlimit(RLIMIT_FSIZE, &limit);
	nw_recording_flush(r, 1, true);
	limit.rlim_cur = old;
	(void)setrlimit(RLIMIT_FSIZE, &limit);
	(void)signal(SIGXFSZ, before);
}

/* The disk was full in the middle of a block, and then was not any more. */
static void a_torn_block_is_cut_off_and_written_again(void **state)
{
	struct nw_config *c = config();
	struct nw_recorder_file *r = NULL;
	struct nw_recording *rec = NULL;
	struct read got = { 0 };
	int fd = memory("", 0);
	int kept = dup(fd);
	off_t good;

	(void)state;
	assert_int_equal(nw_recording_start(fd, c, INTERVAL, &r), 0);
	nw_recording_add(r, event(0));
	nw_recording_flush(r, 0, true);
	good = size_of(kept);
	nw_recording_add(r, event(1));
	nw_recording_add(r, event(2));
	flush_with_room_for(r, (rlim_t)good + 20);
	assert_int_equal(size_of(kept), good);
	assert_int_equal(nw_recording_lost(r), 0);
	nw_recording_add(r, event(3));
	assert_int_equal(nw_recording_end(r), 0);
	assert_int_equal(lseek(kept, 0, SEEK_SET), 0);
	assert_int_equal(nw_recording_open_fd(kept, "test", &rec), 0);
	assert_int_equal(nw_recording_read(rec, on_event, &got), 0);
	assert_int_equal(got.events, 4);
	nw_recording_close(rec);
	nw_config_free(c);
}

NW_TESTS(user_recording, cmocka_unit_test(what_was_written_is_read),
	 cmocka_unit_test(much_is_split_into_blocks),
	 cmocka_unit_test(an_event_is_in_the_block_that_was_said),
	 cmocka_unit_test(the_header_says_how_it_was_made),
	 QUIET(a_cut_file_is_good_up_to_its_last_block), QUIET(a_recording_replaces_no_file),
	 QUIET(what_cannot_be_written_is_counted), QUIET(what_is_left_at_the_end_is_counted),
	 QUIET(a_torn_block_is_cut_off_and_written_again));
