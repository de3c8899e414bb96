/* SPDX-License-Identifier: Apache-2.0 */
/* trace ends in order: after a while, when nobody reads it any more, and when its output is full. */
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "root/support.h"

/* For a while: ends by itself, tells what it did not tell yet, and --only and -q hold. */
static void test_duration(void **state)
{
	struct nw_actor *far =
		nw_actor_start(NW_PLACE_FAR, "tcp listen 127.0.0.1 accept recv 1009");
	struct nw_flow_key key = { .transport = "tcp" };
	struct nw_tool *t = nw_tool_trace("--duration 1s -q --only flow,status");
	struct nw_actor *seen;

	(void)state;
	key.rport = nw_actor_port(far);
	seen = nw_actor_start(NW_PLACE_SEEN, "tcp connect 127.0.0.1 %u send 1009 wait", key.rport);
	key.pid = seen->pid;
	assert_int_equal(nw_tool_end(t), 0);
	nw_tool_count(t, "event.dataset=none");
	assert_int_equal(nw_flow_sum(t, &key).sent, 1009);
	for (size_t i = 0; i < t->recs_len; i++) {
		assert_true(nw_rec_matches(t->recs[i], "event.dataset=nvrwatch.flow") ||
			    nw_rec_matches(t->recs[i], "event.dataset=nvrwatch.status"));
	}
	assert_int_equal(t->err.len, 0); /* -q: no summary either */
}

/* "nvrwatch trace | head -1": the end, in order. */
static void test_closed_pipe(void **state)
{
	struct nw_tool *t = nw_tool_trace("");
	int status;

	(void)state;
	close(t->out.fd);
	t->out.fd = -1;
	t->out.is_eof = true;
	nw_actor_end(nw_actor_start(NW_PLACE_SEEN, "proc")); /* something to tell */
	status = nw_tool_end(t);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_full_output(void **state)
{
	struct nw_tool_options opt = { .out_fd = open("/dev/full", O_WRONLY | O_CLOEXEC) };
	struct nw_tool *t = nw_tool_start(&opt, "trace -o json --duration 5s --cgroup %s",
					  nw_place_dir(NW_PLACE_SEEN));

	(void)state;
	assert_int_equal(WEXITSTATUS(nw_tool_end(t)), 1);
	if (!nw_lines_has(&t->err, "No space left")) {
		nw_tool_fail(t, "no word about the full disk");
	}
}

NW_TESTS_OF_ANY_KERNEL(e2e_trace_end, NW_ROOT_TEST(test_duration), NW_ROOT_TEST(test_closed_pipe),
		       NW_ROOT_TEST(test_full_output));
