/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ledger_file: totals of many files and of one that is read on and on, and nothing of what is no
 * recording or not looked at; what finds no room in the table is counted as lost, read by read.
 */
#include "hooks/reads.h"

#define TABLE 4096 /* NW_READS_MAX, bpf/nw_file.bpf.h */
#define MANY  (TABLE + 500)

static void test_on_and_on(void **state)
{
	struct nw_tool *t = reads_trace();
	struct nw_actor *a = nw_actor_start(
		NW_PLACE_SEEN,
		"reads open %s/gate/1.mp4 by read 600000 wait by pread 300000 wait close",
		reads_root[1]);

	(void)state;
	nw_actor_truth(a);
	if (reads_are_counted(t, false)) {
		nw_tool_await(t, READS_FILE " process.pid=%d nvrwatch.reading.bytes=600000",
			      a->pid);
	}
	nw_actor_say(a, "");
	nw_actor_truth(a);
	if (reads_are_counted(t, false)) {
		nw_tool_await(t, READS_FILE " process.pid=%d nvrwatch.reading.bytes=900000",
			      a->pid);
	} else {
		nw_tool_await(t,
			      READS_FILE " process.pid=%d nvrwatch.reading.bytes_at_least=600000",
			      a->pid);
	}
	nw_actor_say(a, "");
	nw_actor_done(a);
}

static void test_nobody_else(void **state)
{
	struct nw_tool *t = reads_trace();
	struct nw_actor *beside, *far;

	(void)state;
	beside = nw_actor_start(NW_PLACE_SEEN, "reads open %s-not/1.mp4 by read 1000 close",
				reads_root[0]);
	nw_actor_done(beside);
	far = nw_actor_start(NW_PLACE_FAR, "reads open %s/gate/1.mp4 by read 1000 close",
			     reads_root[0]);
	nw_actor_done(far);
	reads_check(t, 0, "open", "by read 4242", 1);
	assert_int_equal(nw_tool_count(t, READS_FILE " process.pid=%d", beside->pid), 0);
	assert_int_equal(nw_tool_count(t, READS_FILE " process.pid=%d", far->pid), 0);
}

static void test_more_than_room(void **state)
{
	struct nw_tool *t = reads_trace_anew();
	bool is_counted = reads_are_counted(t, false);
	struct json_object *last;
	struct nw_actor *a;
	pid_t pid;

	(void)state;
	nw_actor_done(nw_actor_start(NW_PLACE_FAR, "files mkdir %s/many", reads_root[0]));
	nw_actor_done(
		nw_actor_start(NW_PLACE_FAR, "reads fill %s/many %d 100", reads_root[0], MANY));
	a = nw_actor_start(NW_PLACE_SEEN, "reads all %s/many %d", reads_root[0], MANY);
	nw_actor_truth(a);
	pid = a->pid;
	nw_actor_done(a);
	nw_tool_await(t, READS_FILE " process.pid=%d nvrwatch.reading.files=%d", (int)pid, MANY);
	last = nw_tool_stopped(t);
	assert_int_equal(nw_tool_lost(last, "read"), is_counted ? MANY - TABLE : 0);
	if (is_counted) {
		assert_int_equal(nw_tool_count(t,
					       READS_FILE " process.pid=%d "
							  "nvrwatch.reading.bytes=%d",
					       (int)pid, TABLE * 100) > 0,
				 1);
	}
}

NW_TESTS(hooks_ledger_file, NW_ROOT_TEST(test_on_and_on), NW_ROOT_TEST(test_nobody_else),
	 NW_ROOT_TEST(test_more_than_room));
