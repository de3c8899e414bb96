/* SPDX-License-Identifier: Apache-2.0 */
/* record: only the owner may read the file, none is overwritten, and a full disk is said. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "root/support.h"

/* record prints nothing: that everything is attached shows in its privileges, which are gone then. */
static void await_attached(struct nw_tool *t)
{
	uint64_t deadline = nw_deadline();
	bool is_attached = false;
	char filter[8];

	while (!is_attached && !t->err.is_eof && !nw_deadline_is_over(deadline)) {
		is_attached = nw_status_of(t->pid, "Seccomp", filter, sizeof(filter)) &&
			      strcmp(filter, "2") == 0;
		nw_tool_read(t, 10);
	}
	if (!is_attached) {
		nw_tool_fail(t, "record does not begin");
	}
}

/* A whole recording, and no payload in it when none is wanted. */
static void test_file_without_heads(void **state)
{
	struct nw_tool *t, *replay;
	struct nw_lines plain;
	char path[128];
	struct stat st;

	(void)state;
	snprintf(path, sizeof(path), "%s/plain.nwr", nw_place_files());
	t = nw_tool_start(NULL, "record --no-heads --cgroup %s %s", nw_place_dir(NW_PLACE_SEEN),
			  path);
	await_attached(t);
	nw_session_do_something(NULL);
	assert_int_equal(nw_tool_stop(t, SIGINT), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	replay = nw_tool_start(NULL, "replay -o json %s", path);
	assert_int_equal(nw_tool_end(replay), 0);
	assert_int_equal(nw_tool_count(replay, "event.dataset=nvrwatch.status event.action=start"),
			 1);
	assert_int_equal(nw_tool_count(replay, "event.dataset=nvrwatch.status event.action=stop"),
			 1);
	plain = nw_lines_of_recording(path);
	assert_true(nw_lines_has(&plain, "plant")); /* the process; see secrets.c for its words */
	assert_false(nw_lines_has(&plain, "marker-"));
	nw_lines_free(&plain);
}

static void check_refused(const char *path, const char *why)
{
	struct nw_tool *t = nw_tool_start(NULL, "trace --record %s --cgroup %s", path,
					  nw_place_dir(NW_PLACE_SEEN));

	assert_int_equal(WEXITSTATUS(nw_tool_end(t)), 1);
	if (!nw_lines_has(&t->err, path) || !nw_lines_has(&t->err, why)) {
		nw_tool_fail(t, "the message does not name '%s' and '%s'", path, why);
	}
}

static void test_existing_file(void **state)
{
	const struct nw_tool *live;

	(void)state;
	check_refused(nw_session_recording(&live), "File exists");
}

static void test_no_folder(void **state)
{
	(void)state;
	check_refused("/nonexistent/rec.nwr", "No such file");
}

/* Until nothing more goes on the disk. */
static void fill_up(const char *dir)
{
	static const char zeros[512];
	char path[160];
	int fd;

	snprintf(path, sizeof(path), "%s/filler", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	while (write(fd, zeros, sizeof(zeros)) > 0) {
		continue;
	}
	assert_int_equal(errno, ENOSPC);
	close(fd);
}

/* More than the recorder keeps in memory while it cannot write: heads of what goes to port 53. */
static void make_many_bytes(void)
{
	const char *to = nw_place_address(0);

	nw_actor_truth(nw_actor_start(NW_PLACE_FAR, "dns_serve %s 53 none=::1", to));
	nw_actor_done(nw_actor_start(NW_PLACE_SEEN, "udp connect %s 53 send 400 1400", to));
}

/* Until the recorder has written what happened since the file was made: it writes now and then. */
static void await_on_disk(struct nw_tool *t, const char *path)
{
	struct stat before, after;

	assert_int_equal(stat(path, &before), 0);
	do {
		nw_tool_settle(t);
		assert_int_equal(stat(path, &after), 0);
	} while (after.st_size == before.st_size);
}

/* The disk fills: it is said and counted, what is on it stays good, and the output goes on. */
static void test_full_disk(void **state)
{
	struct nw_tool *t, *replay;
	char dir[128], path[144], more[160];

	(void)state;
	snprintf(dir, sizeof(dir), "%s/small", nw_place_files());
	nw_place_mount(dir, "64k");
	snprintf(path, sizeof(path), "%s/rec.nwr", dir);
	snprintf(more, sizeof(more), "--record %s", path);
	t = nw_tool_trace(more);
	await_on_disk(t, path);
	fill_up(dir);
	make_many_bytes();
	nw_tool_await_text(t, "No space left");
	nw_tool_await_loss(t, "record");
	nw_tool_settle(t); /* the output goes on */
	assert_int_equal(WEXITSTATUS(nw_tool_stop(t, SIGINT)), 1);
	assert_int_equal(nw_tool_count(t, "event.dataset=nvrwatch.status event.action=stop"), 1);
	replay = nw_tool_start(NULL, "replay -o json %s", path);
	assert_int_equal(nw_tool_end(replay), 0);
	assert_true(replay->out.len > 0);
	assert_memory_equal(replay->out.text, t->out.text, replay->out.len);
}

NW_TESTS_OF_ANY_KERNEL(e2e_record, NW_ROOT_TEST(test_file_without_heads),
		       NW_ROOT_TEST(test_existing_file), NW_ROOT_TEST(test_no_folder),
		       NW_ROOT_TEST(test_full_disk));
