/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known survives a restart, a kill and a full disk, and what is loaded at the start is in the
 * recording: a replay has no database and prints the same.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "root/support.h"

static void make_dir(const char *name, char ret[128])
{
	snprintf(ret, 128, "%s/%s", nw_place_files(), name);
	(void)mkdir(ret, 0700);
}

/* Is this in the log of the database, or in the database? */
static bool is_kept(const char *dir, const char *word)
{
	bool is_there = false;
	char path[160];

	for (unsigned i = 0; i < 2; i++) {
		struct nw_lines l;

		snprintf(path, sizeof(path), "%s/state.db%s", dir, i ? "" : "-wal");
		if (access(path, F_OK) == 0) {
			l = nw_lines_of_file(path);
			is_there = is_there || nw_lines_has(&l, word);
			nw_lines_free(&l);
		}
	}
	return is_there;
}

static void await_kept(const char *dir, const char *word)
{
	uint64_t deadline = nw_deadline();

	while (!is_kept(dir, word)) {
		if (nw_deadline_is_over(deadline)) {
			fail_msg("'%s' was not kept in %s", word, dir);
		}
		usleep(100000);
	}
}

static struct nw_tool *trace_with(const char *dir, const char *more)
{
	char text[512];

	snprintf(text, sizeof(text), "--state %s%s%s", dir, more[0] ? " " : "", more);
	return nw_tool_trace(text);
}

static void test_killed(void **state)
{
	time_t since, until;
	struct nw_tool *t;
	struct json_object *said;
	char dir[128];

	(void)state;
	make_dir("killed", dir);
	t = trace_with(dir, "");
	since = time(NULL);
	await_kept(dir, "coverageall");
	assert_int_equal(WTERMSIG(nw_tool_stop(t, SIGKILL)), SIGKILL);
	t = trace_with(dir, "");
	until = time(NULL);
	said = nw_tool_stopped(t);
	nw_rec_check(said, "nvrwatch.coverage.history.starts=2");
	assert_true(nw_rec_u64(said, "nvrwatch.coverage.history.window_seconds") + 1 >=
		    (uint64_t)(until - since));
	assert_true(until > since);
	assert_non_null(strstr(
		json_object_to_json_string(nw_rec_get(said, "nvrwatch.coverage.history.why")),
		"restart"));
	assert_int_equal(nw_tool_lost(said, "state"), 0);
	assert_false(nw_lines_has(&t->err, "put aside"));
}

static void test_replay(void **state)
{
	struct nw_tool *live, *again;
	char dir[128], path[160], more[200];

	(void)state;
	make_dir("replay", dir);
	nw_tool_stopped(trace_with(dir, ""));
	snprintf(path, sizeof(path), "%s/state.nwr", nw_place_files());
	snprintf(more, sizeof(more), "--record %s", path);
	live = trace_with(dir, more);
	nw_session_do_something(live);
	nw_rec_check(nw_tool_stopped(live), "nvrwatch.coverage.history.starts=2");
	again = nw_tool_start(NULL, "replay -o json %s", path);
	assert_int_equal(nw_tool_end(again), 0);
	assert_int_equal(live->out.len, again->out.len);
	assert_memory_equal(live->out.text, again->out.text, live->out.len);
}

static void test_secrets(void **state)
{
	static const char *const files[] = { "state.db", "state.db-wal" };
	struct nw_tool *t;
	char dir[128];

	(void)state;
	make_dir("secrets", dir);
	t = trace_with(dir, "");
	nw_session_do_something(t);
	await_kept(dir, "coverageall");
	nw_tool_stopped(t);
	for (size_t i = 0; i < NW_ARRAY_SIZE(files); i++) {
		char path[160];
		struct nw_lines l;

		snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		if (access(path, F_OK) == 0) {
			l = nw_lines_of_file(path);
			assert_false(nw_lines_has(&l, nw_session_planted()->word));
			assert_false(nw_lines_has(&l, nw_session_planted()->as_user));
			nw_lines_free(&l);
		}
	}
}

/* Two contacts with a place outside are evidence, which is there again at the next start. */
static void test_contacts(void **state)
{
	static const char four[] =
		" wait send 1 700 wait send 1 700 wait send 1 700 wait send 1 700";
	struct nw_actor *seen;
	struct nw_tool *t;
	char dir[128];

	(void)state;
	make_dir("contacts", dir);
	t = trace_with(dir, "");
	seen = nw_actor_start(NW_PLACE_SEEN,
			      "udp newnet ip link,add,out0,type,veth,peer,name,out1 "
			      "ip link,set,out0,arp,off,up ip link,set,out1,up ip "
			      "addr,add,10.77.0.7/24,dev,out0 ip route,add,203.0.113.0/24,dev,out0 "
			      "connect 203.0.113.7 9 ready%s%s%s wait",
			      four, four, four);
	nw_actor_truth(seen); /* its network */
	nw_actor_truth(seen);
	for (unsigned i = 0; i < 12 && !is_kept(dir, "beacon203.0.113.7"); i++) {
		nw_actor_say(seen, "send");
		usleep(1600000 * (unsigned)nw_deadline_slowness());
	}
	await_kept(dir, "beacon203.0.113.7");
	nw_tool_stopped(t);
	t = trace_with(dir, "");
	assert_int_equal(nw_tool_lost(nw_tool_stopped(t), "state"), 0);
	assert_false(nw_lines_has(&t->err, "refused"));
}

static void fill_up(const char *dir)
{
	char path[160], bytes[4096] = { 0 };
	int fd;

	snprintf(path, sizeof(path), "%s/rest", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	while (write(fd, bytes, sizeof(bytes)) > 0) {
	}
	close(fd);
}

static void test_full_disk(void **state)
{
	struct nw_tool *t;
	char dir[128], path[160];

	(void)state;
	snprintf(dir, sizeof(dir), "%s/fullstate", nw_place_files());
	nw_place_mount(dir, "128k");
	assert_int_equal(chmod(dir, 0700), 0);
	t = trace_with(dir, "");
	await_kept(dir, "coverageall");
	fill_up(dir);
	nw_tool_await_text(t, "cannot write state.db");
	nw_tool_settle(t); /* the output goes on */
	snprintf(path, sizeof(path), "%s/rest", dir);
	assert_int_equal(unlink(path), 0);
	nw_tool_await_text(t, "can be written again");
	assert_int_equal(nw_tool_lost(nw_tool_stopped(t), "state"), 0);
	t = trace_with(dir, "");
	nw_rec_check(nw_tool_stopped(t), "nvrwatch.coverage.history.starts=2");
}

/* What can't be used is said and counted, and everything else works. */
static void test_unusable(void **state)
{
	struct nw_tool *t = trace_with("/proc/none", "");

	(void)state;
	nw_tool_settle(t);
	assert_true(nw_tool_lost(nw_tool_stopped(t), "state") >= 1);
	assert_true(nw_lines_has(&t->err, "nothing is kept"));
}

NW_TESTS_OF_ANY_KERNEL(e2e_state, NW_ROOT_TEST(test_killed), NW_ROOT_TEST(test_replay),
		       NW_ROOT_TEST(test_secrets), NW_ROOT_TEST(test_contacts),
		       NW_ROOT_TEST(test_full_disk), NW_ROOT_TEST(test_unusable));
