/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was there before nvrwatch started: connections count from the start on, exactly, and have
 * their owner, also those that never pause; processes and listeners are found. The shared run's
 * session opened all but one.
 */
#include <unistd.h>

#include "root/support.h"

static void check_connection(struct nw_actor *seen, struct nw_actor *far, unsigned port,
			     bool is_outbound)
{
	struct nw_tool *t = nw_session()->tool;
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp" };
	struct json_object *before = far->truth[far->truths - 1];
	struct json_object *after;
	struct nw_flow_sum sum;

	*(is_outbound ? &key.rport : &key.lport) = port;
	nw_actor_say(seen, "go");
	nw_actor_say(far, "go");
	sum = nw_flow_reached(t, &key, 20011, 30013);
	assert_int_equal(sum.ends, 0);
	nw_actor_say(seen, "go");
	after = nw_actor_truth(far);
	sum = nw_flow_ended(t, &key);
	assert_int_equal(sum.sent, nw_rec_u64(after, "kernel_received") -
					   nw_rec_u64(before, "kernel_received"));
	assert_int_equal(sum.received,
			 nw_rec_u64(after, "kernel_sent") - nw_rec_u64(before, "kernel_sent"));
	assert_int_equal(sum.sent, 20011);
	assert_int_equal(sum.received, 30013);
	if (nw_rec_matches(sum.last, "nvrwatch.initiator=assumed")) {
		/* nobody saw the handshake or a listener: the lower port is taken for the server */
		assert_int_equal(nw_rec_u64(sum.last, "source.port"),
				 NW_MAX(nw_rec_u64(after, "lport"), nw_rec_u64(after, "rport")));
	} else {
		assert_int_equal(sum.is_outbound, is_outbound);
	}
}

static void test_connecting_side(void **state)
{
	struct nw_session *s = nw_session();

	(void)state;
	check_connection(s->client, s->client_peer, s->client_port, true);
}

static void test_accepting_side(void **state)
{
	struct nw_session *s = nw_session();

	(void)state;
	check_connection(s->server, s->server_peer, s->server_port, false);
}

static void test_datagrams(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(
		NW_PLACE_FAR, "udp connect 127.0.0.1 %u send 3 700 recv 3 truth", s->udp_port);
	struct nw_flow_key key = { s->udp->pid, "udp", "127.0.0.1", s->udp_port, 0 };
	struct nw_flow_sum sum;

	(void)state;
	nw_actor_done(far);
	sum = nw_flow_ended(s->tool, &key);
	assert_int_equal(sum.received, 3 * 700);
	assert_int_equal(sum.sent, 3 * 700);
}

static void test_processes(void **state)
{
	struct nw_session *s = nw_session();
	struct json_object *rec;

	(void)state;
	rec = nw_tool_await(s->tool,
			    "event.dataset=nvrwatch.process event.action=found process.pid=%d",
			    s->client->pid);
	assert_string_equal(nw_rec_str(rec, "process.name"), "tcp");
	assert_int_equal(nw_rec_session(rec), getsid(s->client->pid));
	nw_tool_await(s->tool, "event.dataset=nvrwatch.process event.action=found process.pid=%d",
		      s->listener->pid);
}

static void test_listeners(void **state)
{
	struct nw_session *s = nw_session();

	(void)state;
	nw_tool_await(s->tool,
		      "event.dataset=nvrwatch.listener event.action=found process.pid=%d "
		      "server.port=%u network.transport=tcp",
		      s->listener->pid, s->listener_port);
	nw_tool_await(s->tool,
		      "event.dataset=nvrwatch.listener event.action=found process.pid=%d "
		      "server.port=%u network.transport=udp",
		      s->udp->pid, s->udp_port);
}

/* Its packets are there before its socket can be looked at. */
static void test_busy_connection(void **state)
{
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "tcp listen 127.0.0.1 accept eof");
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen = nw_actor_start(
		NW_PLACE_SEEN, "tcp connect 127.0.0.1 %u truth send 1000000000000", port);
	struct json_object *rec;

	(void)state;
	nw_actor_truth(seen);
	rec = nw_tool_await(nw_tool_trace(""), "event.dataset=nvrwatch.flow process.pid=%d",
			    seen->pid);
	nw_rec_check(rec, "nvrwatch.owner=exact nvrwatch.flow.prestart=true");
}

NW_TESTS(e2e_before_start, NW_ROOT_TEST(test_processes), NW_ROOT_TEST(test_listeners),
	 NW_ROOT_TEST(test_connecting_side), NW_ROOT_TEST(test_accepting_side),
	 NW_ROOT_TEST(test_datagrams), NW_ROOT_TEST(test_busy_connection));
