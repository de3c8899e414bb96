/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file_read: every call that copies bytes of a recording is counted, to the byte, in memory and on a
 * disk; what was open before nvrwatch too, from then on.
 */
#include "hooks/reads.h"

static void test_every_call(void **state)
{
	static const char *const ways[] = {
		"by read 100000",  "by pread 70001", "by readv 131073",
		"by preadv2 8192", "by aio 65536",   "by uring 200000",
		"by worker 30001", "by fixed 5000",  "by read 9000000", /* to its end */
	};

	(void)state;
	reads_check_all(reads_trace(), "open", ways, NW_ARRAY_SIZE(ways), 0);
}

static void test_all_in_one(void **state)
{
	(void)state;
	reads_check(
		reads_trace(), 1, "open",
		"by read 100000 by pread 70001 by splice 70000 by uring 70000 by sendfile 70000 "
		"by fixed 5000 by read 9000000",
		7);
}

static void test_open_before(void **state)
{
	struct json_object *truth;
	struct nw_actor *a;
	struct nw_tool *t;

	(void)state;
	reads_make_roots();
	a = nw_actor_start(NW_PLACE_SEEN,
			   "reads open %s/gate/1.mp4 by read 1000 wait by pread 50001 wait close",
			   reads_root[0]);
	nw_actor_truth(a);
	t = reads_trace_anew();
	nw_actor_say(a, "");
	truth = nw_actor_truth(a);
	if (reads_are_counted(t, false)) { /* what came before is not of this session */
		nw_tool_await(t,
			      READS_FILE " process.pid=%d nvrwatch.reading.tier=%s "
					 "nvrwatch.reading.bytes=%d",
			      a->pid, reads_tier(t), (int)nw_rec_u64(truth, "bytes") - 1000);
	} else {
		nw_tool_await(t,
			      READS_FILE " process.pid=%d nvrwatch.reading.tier=position "
					 "nvrwatch.reading.bytes_at_least=1000",
			      a->pid);
	}
	nw_actor_say(a, "");
	nw_actor_done(a);
}

NW_TESTS(hooks_file_read, NW_ROOT_TEST(test_every_call), NW_ROOT_TEST(test_all_in_one),
	 NW_ROOT_TEST(test_open_before));
