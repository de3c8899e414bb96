/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who reads recordings, in a file system of the test's own: which file, by whom, and how much is
 * told as far as it can be: to the byte where the kernel lets reads be counted, else at least and at
 * most; what lies beside the root is not told. The truth is what the reader says of itself. A root that is not there is said to be off, and then nothing is told.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include "hooks/reads.h"

#define FILE_RECORDS "event.dataset=nvrwatch.file"
#define BYTES	     3000000

static char dir[128]; /* a tmpfs; its folder rec is the root */

static struct nw_tool *trace(const char *root)
{
	char yaml[256];
	struct nw_actor *a;

	snprintf(dir, sizeof(dir), "%s/disk", nw_place_files());
	if (access(dir, F_OK) < 0) {
		nw_place_mount(dir, "64m");
		a = nw_actor_start(NW_PLACE_FAR,
				   "files mkdir %s/rec mkdir %s/rec/gate mkdir %s/beside", dir, dir,
				   dir);
		nw_actor_done(a);
	}
	snprintf(yaml, sizeof(yaml),
		 "recording_roots: [%s/%s]\ncameras: [{name: gate, address: 10.9.9.9}]\n", dir,
		 root);
	return nw_tool_trace_with(yaml, "");
}

/* One run for all that look at that root. */
static struct nw_tool *shared(void)
{
	static struct nw_tool *t;

	if (!t) {
		t = trace("rec");
		t->is_lasting = true;
	}
	return t;
}

/* A recording that was made an hour ago, by somebody who is not observed. */
static void record(const char *name)
{
	nw_actor_done(nw_actor_start(NW_PLACE_FAR, "files write %s/%s %d close age %s/%s 3600", dir,
				     name, BYTES, dir, name));
}

static void check_file(struct json_object *rec, struct json_object *truth, const char *name)
{
	char path[192];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_string_equal(nw_rec_str(rec, "file.path"), path);
	assert_int_equal(nw_rec_u64(rec, "process.pid"), nw_rec_u64(truth, "pid"));
	assert_int_equal(nw_rec_u64(rec, "file.size"), nw_rec_u64(truth, "size"));
	assert_int_equal(strtoull(nw_rec_str(rec, "file.inode"), NULL, 10),
			 nw_rec_u64(truth, "inode"));
}

/* The record that says all that was read by now, where reads are counted; so does each bound that can. */
static struct json_object *await_exact(struct nw_tool *t, pid_t pid, uint64_t bytes)
{
	struct json_object *rec = nw_tool_await(t,
						FILE_RECORDS " process.pid=%d "
							     "nvrwatch.reading.tier=%s "
							     "nvrwatch.reading.bytes=%d",
						(int)pid, reads_tier(t), (int)bytes);
	bool is_exact = strcmp(reads_tier(t), "exact") == 0;

	assert_int_equal(nw_rec_u64(rec, "nvrwatch.recording.bytes"), bytes);
	assert_int_equal(nw_rec_u64(rec, "nvrwatch.reading.bytes_at_least"), bytes);
	assert_int_equal(nw_rec_u64(rec, "nvrwatch.reading.bytes_at_most"),
			 is_exact ? bytes : BYTES);
	return rec;
}

static void test_read_and_closed(void **state)
{
	struct nw_tool *t = shared();
	struct json_object *truth, *rec;
	struct nw_actor *a;

	(void)state;
	record("rec/gate/1.mp4");
	a = nw_actor_start(NW_PLACE_SEEN, "files open %s/rec/gate/1.mp4 read %d close", dir, BYTES);
	truth = nw_actor_truth(a);
	rec = nw_tool_await(t, FILE_RECORDS " process.pid=%d", a->pid);
	check_file(rec, truth, "rec/gate/1.mp4");
	nw_rec_check(rec, "process.name=files event.action=start nvrwatch.recording.camera=gate "
			  "nvrwatch.recording.camera_declared=true nvrwatch.reading.files=1");
	assert_true(nw_rec_u64(rec, "nvrwatch.reading.bytes_at_most") <= BYTES);
	assert_true(nw_rec_u64(rec, "nvrwatch.reading.bytes_at_least") <= BYTES);
	if (reads_are_counted(t, false)) { /* the first record came at its first read or open */
		rec = await_exact(t, a->pid, nw_rec_u64(truth, "bytes"));
		check_file(rec, truth, "rec/gate/1.mp4");
		nw_rec_check(rec, "process.name=files nvrwatch.reading.files=1");
	} else {
		assert_int_equal(nw_rec_u64(rec, "nvrwatch.reading.bytes_at_most"), BYTES);
	}
	nw_actor_done(a);
}

/* How far it has come, while it is open; it was opened for writing too, and was not written. */
static void test_position(void **state)
{
	static const char *const how[] = { "open", "both" };
	struct nw_tool *t = shared();

	(void)state;
	t->is_lasting = false; /* the last one */
	for (size_t i = 0; i < NW_ARRAY_SIZE(how); i++) {
		struct json_object *truth, *rec;
		struct nw_actor *a;

		record("rec/gate/2.mp4");
		a = nw_actor_start(NW_PLACE_SEEN,
				   "files %s %s/rec/gate/2.mp4 read 1234567 wait close", how[i],
				   dir);
		truth = nw_actor_truth(a);
		if (reads_are_counted(t, false)) {
			rec = await_exact(t, a->pid, nw_rec_u64(truth, "bytes"));
		} else {
			rec = nw_tool_await(
				t, FILE_RECORDS " process.pid=%d nvrwatch.reading.tier=position",
				a->pid);
			assert_int_equal(nw_rec_u64(rec, "nvrwatch.reading.bytes_at_least"),
					 nw_rec_u64(truth, "bytes"));
			assert_int_equal(nw_rec_u64(rec, "nvrwatch.recording.position"), 1234567);
		}
		check_file(rec, truth, "rec/gate/2.mp4");
		nw_actor_say(a, "");
		nw_actor_done(a);
	}
}

static void check_read_as(struct nw_tool *t, const char *there, const char *name)
{
	struct nw_actor *a =
		nw_actor_start(NW_PLACE_SEEN, "files open %s/%s read %d close", dir, there, BYTES);
	struct json_object *truth = nw_actor_truth(a);

	check_file(nw_tool_await(t, FILE_RECORDS " process.pid=%d", a->pid), truth, name);
	nw_actor_done(a);
}

/* Linked or moved out of the root: it is the same file, told by the name by which it was met there. */
static void test_by_another_name(void **state)
{
	struct nw_tool *t = shared();

	(void)state;
	nw_actor_done(nw_actor_start(
		NW_PLACE_FAR, "files write %s/rec/7.mp4 %d close write %s/rec/8.mp4 %d close", dir,
		BYTES, dir, BYTES));
	check_read_as(t, "rec/7.mp4", "rec/7.mp4"); /* met, and so is what came before it */
	check_read_as(t, "rec/8.mp4", "rec/8.mp4");
	nw_actor_done(nw_actor_start(
		NW_PLACE_FAR, "files link %s/rec/7.mp4 %s/beside/a move %s/rec/8.mp4 %s/beside/b",
		dir, dir, dir, dir));
	check_read_as(t, "beside/a", "rec/7.mp4");
	check_read_as(t, "beside/b", "rec/8.mp4");
}

/* Files beside the root, writing below it, reading by who is not observed. The first test: nothing was told
 * before. */
static void test_nobody_else(void **state)
{
	struct nw_tool *t = shared();
	struct nw_actor *beside, *writer, *far, *reader;
	unsigned opened, exact;
	bool is_counted;
	pid_t pid, writing;

	(void)state;
	record("beside/1.mp4");
	record("rec/3.mp4");
	beside = nw_actor_start(NW_PLACE_SEEN, "files open %s/beside/1.mp4 read 1000 close", dir);
	nw_actor_done(beside);
	writer = nw_actor_start(NW_PLACE_SEEN, "files write %s/rec/4.mp4 1000000 close", dir);
	writing = writer->pid;
	nw_actor_done(writer);
	far = nw_actor_start(NW_PLACE_FAR, "files open %s/rec/3.mp4 read 1000 close", dir);
	nw_actor_done(far);
	reader = nw_actor_start(NW_PLACE_SEEN, "files open %s/rec/3.mp4 read 1000 close", dir);
	pid = reader->pid;
	nw_actor_done(reader);
	nw_tool_await(t, FILE_RECORDS " process.pid=%d", (int)pid);
	is_counted = reads_are_counted(t, false);
	if (is_counted) {
		await_exact(t, pid, 1000);
	}
	nw_tool_settle(t);
	/* That it was opened may be told before its count is, which knows more: nothing is told twice. */
	opened = nw_tool_count(t, FILE_RECORDS " process.pid=%d nvrwatch.reading.bytes=", (int)pid);
	exact = nw_tool_count(t, FILE_RECORDS " process.pid=%d nvrwatch.reading.bytes=1000",
			      (int)pid);
	print_message("told %u times before it was counted, %u times after\n", opened, exact);
	assert_int_equal(exact, is_counted);
	assert_true(is_counted ? opened <= 1 : opened == 1);
	assert_int_equal(nw_tool_count(t, FILE_RECORDS " process.pid=%d", (int)writing), 0);
	assert_int_equal(nw_tool_count(t, FILE_RECORDS), opened + exact);
	nw_rec_check(nw_tool_await(t, FILE_RECORDS), "nvrwatch.recording.camera=");
}

/* A recording that can't be looked at is counted; the next one is told. */
static void check_lost(struct nw_tool *t, uint64_t before)
{
	struct nw_actor *a;

	(void)nw_tool_await_more_loss(t, "file", before);
	record("rec/gate/6.mp4");
	a = nw_actor_start(NW_PLACE_SEEN, "files open %s/rec/gate/6.mp4 read 1000 close", dir);
	nw_tool_await(t, FILE_RECORDS " process.pid=%d", a->pid);
	nw_actor_done(a);
}

/* Deeper than a path can be long. */
static void test_without_a_path(void **state)
{
	struct nw_tool *t = shared();
	uint64_t before = nw_tool_lost_so_far(t, "file");
	char name[256] = "";

	(void)state;
	memset(name, 'd', sizeof(name) - 1);
	nw_actor_done(nw_actor_start(NW_PLACE_SEEN,
				     "files nest %s/rec/deep %s 16 write x 100 close", dir, name));
	check_lost(t, before);
}

/* Below it so many numbers are free. */
static rlim_t number_behind(pid_t pid, unsigned free)
{
	rlim_t n = 0;
	char path[48];

	for (; free > 0; n++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, (int)n);
		free -= faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) < 0;
	}
	return n;
}

/* By who it became: root may be without the right to do it to others. */
static void limit(pid_t pid, const struct rlimit *to)
{
	char uid[64], gid[64];
	pid_t child;
	int status;

	assert_true(nw_status_of(pid, "Uid", uid, sizeof(uid)));
	assert_true(nw_status_of(pid, "Gid", gid, sizeof(gid)));
	child = fork();
	if (child == 0) {
		_exit(setgid((gid_t)atoi(gid)) == 0 && setuid((uid_t)atoi(uid)) == 0 &&
				      prlimit(pid, RLIMIT_NOFILE, to, NULL) == 0
			      ? 0
			      : 1);
	}
	assert_int_equal(nw_deadline_child(child, &status), 0);
	assert_int_equal(status, 0);
}

static bool are_errors_told(void)
{
	int fd = fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC | 0x2000 /* FAN_REPORT_FD_ERROR */,
			       O_RDONLY);

	if (fd < 0) {
		return false;
	}
	close(fd);
	return true;
}

/* No number is left for the files that wait. Before 6.13 a kernel does not say so of all of them. */
static void test_without_a_number(void **state)
{
	struct nw_tool *t = shared();
	uint64_t before = nw_tool_lost_so_far(t, "file");
	struct rlimit few, usual;

	(void)state;
	if (!are_errors_told()) {
		print_message("files that can't be opened are not told here\n");
		return;
	}
	nw_tool_pause(t);
	for (unsigned i = 0; i < 20; i++) {
		nw_actor_done(
			nw_actor_start(NW_PLACE_FAR, "files write %s/rec/n%u 10 close", dir, i));
	}
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &usual), 0); /* it has the same */
	few = usual;
	few.rlim_cur = number_behind(t->pid, 4); /* for what it does besides */
	limit(t->pid, &few);
	nw_tool_resume(t);
	before = nw_tool_await_more_loss(t, "file", before) - 1;
	limit(t->pid, &usual);
	check_lost(t, before);
}

/* A file system that shows its files to who mounted it alone. */
static void test_of_another(void **state)
{
	struct nw_actor *server;
	struct nw_tool *t;
	char path[160];

	(void)state;
	(void)shared(); /* its file system is there */
	nw_actor_done(nw_actor_start(NW_PLACE_FAR, "files mkdir %s/fuse", dir));
	server = nw_actor_start(NW_PLACE_FAR, "mount %s/fuse 0 here", dir);
	nw_actor_truth(server);
	t = trace("fuse");
	nw_actor_done(nw_actor_start(NW_PLACE_SEEN, "files open %s/fuse/file close", dir));
	nw_tool_await_loss(t, "file");
	assert_int_equal(nw_tool_count(t, FILE_RECORDS), 0);
	nw_tool_stopped(t);
	snprintf(path, sizeof(path), "%s/fuse", dir);
	assert_int_equal(umount2(path, MNT_DETACH), 0);
}

/* Without the source there is nothing: what the others find comes from it. */
static void test_off(void **state)
{
	struct nw_tool *t = trace("nowhere");
	struct json_object *status;
	struct nw_actor *a;

	(void)state;
	record("rec/gate/5.mp4");
	a = nw_actor_start(NW_PLACE_SEEN, "files open %s/rec/gate/5.mp4 read %d close", dir, BYTES);
	nw_actor_done(a);
	nw_tool_settle(t);
	assert_int_equal(nw_tool_count(t, FILE_RECORDS), 0);
	status = nw_tool_await(t, "event.dataset=nvrwatch.status event.action=start");
	assert_non_null(
		strstr(json_object_to_json_string(nw_rec_get(status, "nvrwatch.recording_roots")),
		       "off: No such file"));
}

NW_TESTS(e2e_files, NW_ROOT_TEST(test_nobody_else), NW_ROOT_TEST(test_read_and_closed),
	 NW_ROOT_TEST(test_by_another_name), NW_ROOT_TEST(test_without_a_path),
	 NW_ROOT_TEST(test_without_a_number), NW_ROOT_TEST(test_position),
	 NW_ROOT_TEST(test_of_another), NW_ROOT_TEST(test_off));
