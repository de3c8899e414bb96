/* SPDX-License-Identifier: Apache-2.0 */
/* ledger_stream: a connection is told while it is open, as soon as it carries something. */
#include "root/support.h"

static void test_open_connection(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "tcp listen 127.0.0.1 accept recv 5003 "
							    "send 7001 recv 11003 eof");
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen = nw_actor_start(NW_PLACE_SEEN,
					       "tcp connect 127.0.0.1 %u send 5003 recv 7001 wait "
					       "send 11003 wait close",
					       port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .rport = port };
	struct nw_flow_sum sum = nw_flow_reached(s->tool, &key, 5003, 7001);

	(void)state;
	assert_int_equal(sum.starts, 1);
	assert_int_equal(sum.ends, 0);
	nw_actor_say(seen, "more");
	sum = nw_flow_reached(s->tool, &key, 5003 + 11003, 7001);
	assert_true(sum.updates >= 1);
	assert_int_equal(sum.ends, 0);
	assert_int_equal(sum.sent, 5003 + 11003);
	nw_actor_say(seen, "end");
	sum = nw_flow_ended(s->tool, &key);
	assert_int_equal(sum.sent, 5003 + 11003);
	assert_int_equal(sum.received, 7001);
}

/* An open connection that carries nothing more says nothing more. */
static void test_idle_connection(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "tcp listen 127.0.0.1 accept eof");
	unsigned port = nw_actor_port(far);
	struct nw_actor *idle =
		nw_actor_start(NW_PLACE_SEEN, "tcp connect 127.0.0.1 %u send 9 wait", port);
	struct nw_flow_key key = { .pid = idle->pid, .transport = "tcp", .rport = port };
	unsigned records;

	(void)state;
	records = nw_flow_reached(s->tool, &key, 9, 0).records;
	for (int i = 0; i < 3; i++) {
		nw_tool_settle(s->tool);
	}
	assert_int_equal(nw_flow_sum(s->tool, &key).records, records);
}

/* A socket that no file table holds: on its way in a message. It is told while it is open all the
 * same; where it must tell of itself, at the packet after. */
static void test_nobody_holds_it(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "tcp listen 127.0.0.1 accept wait "
							    "send 7001 wait send 11003 eof");
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen = nw_actor_start(
		NW_PLACE_SEEN, "tcp connect 127.0.0.1 %u adrift wait ashore recv 18004 close",
		port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .rport = port };
	struct nw_flow_sum sum;

	(void)state;
	nw_actor_truth(seen);
	nw_actor_say(far, "first");
	nw_session_looks(4);
	nw_actor_say(far, "second");
	sum = nw_flow_reached(s->tool, &key, 0, 7001);
	assert_int_equal(sum.ends, 0);
	nw_actor_say(seen, "take it back");
	sum = nw_flow_ended(s->tool, &key);
	assert_int_equal(sum.received, 7001 + 11003);
}

NW_TESTS(hooks_ledger_stream, NW_ROOT_TEST(test_open_connection),
	 NW_ROOT_TEST(test_nobody_holds_it), NW_ROOT_TEST(test_idle_connection));
