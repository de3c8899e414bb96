/* SPDX-License-Identifier: Apache-2.0 */
/* record: only the owner may read the file, none is overwritten, and a full disk is said. */
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "root/support.h"

/* Many events that do not compress well: each has a pid and times of its own. */
static void make_events(unsigned n)
{
	struct nw_actor *a;

	while (n-- > 0) {
		a = nw_actor_start(NW_PLACE_SEEN, "proc children 40 exit 0");
		nw_actor_end(a);
		nw_actor_end_all();
	}
}

/* record prints nothing: that it observes shows in its file. The replay that has an event. */
static struct nw_tool *await_event(struct nw_tool *t, const char *path)
{
	uint64_t deadline = nw_deadline();
	struct nw_tool *replay;

	while (!nw_deadline_is_over(deadline)) {
		make_events(1);
		replay = nw_tool_start(NULL, "replay -q -o json %s", path);
		nw_tool_end(replay);
		if (nw_tool_count(replay, "event.dataset=nvrwatch.process event.action=exec")) {
			return replay;
		}
		nw_tool_free(replay);
		nw_tool_read(t, 10);
	}
	nw_tool_fail(t, "no event reaches %s", path);
}

static void test_file(void **state)
{
	struct nw_tool *t, *replay;
	char path[128];
	struct stat st;

	(void)state;
	snprintf(path, sizeof(path), "%s/plain.nwr", nw_place_files());
	t = nw_tool_start(NULL, "record -v --cgroup %s %s", nw_place_dir(NW_PLACE_SEEN), path);
	replay = await_event(t, path);
	assert_int_equal(nw_tool_stop(t, SIGINT), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	nw_tool_free(replay);
	replay = nw_tool_start(NULL, "replay -o json %s", path);
	assert_int_equal(nw_tool_end(replay), 0);
	assert_int_equal(nw_tool_count(replay, "event.dataset=nvrwatch.status event.action=start"),
			 1);
	assert_int_equal(nw_tool_count(replay, "event.dataset=nvrwatch.status event.action=stop"),
			 1);
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
	const struct nw_lines *live;

	(void)state;
	check_refused(nw_session_recording(&live), "File exists");
}

static void test_no_folder(void **state)
{
	(void)state;
	check_refused("/nonexistent/rec.nwr", "No such file");
}

/* The disk fills: it is said and counted, what is on it stays good, and the output goes on. */
static void test_full_disk(void **state)
{
	uint64_t deadline = nw_deadline();
	struct nw_tool *t, *replay;
	struct json_object *rec;
	char dir[128], more[160];

	(void)state;
	snprintf(dir, sizeof(dir), "%s/small", nw_place_files());
	nw_place_mount(dir, "32k");
	snprintf(more, sizeof(more), "--record %s/rec.nwr", dir);
	t = nw_tool_trace(more);
	while (!nw_lines_has(&t->err, "No space left") && !nw_deadline_is_over(deadline)) {
		make_events(5);
		nw_tool_read(t, 50);
	}
	if (!nw_lines_has(&t->err, "No space left")) {
		nw_tool_fail(t, "no word about the full disk");
	}
	rec = nw_tool_await(t, "event.dataset=nvrwatch.loss");
	assert_true(nw_rec_u64(rec, "nvrwatch.loss.record") > 0);
	nw_tool_settle(t); /* the output goes on */
	assert_int_equal(WEXITSTATUS(nw_tool_stop(t, SIGINT)), 1);
	assert_int_equal(nw_tool_count(t, "event.dataset=nvrwatch.status event.action=stop"), 1);
	replay = nw_tool_start(NULL, "replay -o json %s/rec.nwr", dir);
	assert_int_equal(nw_tool_end(replay), 0);
	assert_true(replay->out.len > 0);
	assert_memory_equal(replay->out.text, t->out.text, replay->out.len);
}

NW_TESTS(e2e_record, NW_ROOT_TEST(test_file), NW_ROOT_TEST(test_existing_file),
	 NW_ROOT_TEST(test_no_folder), NW_ROOT_TEST(test_full_disk));
