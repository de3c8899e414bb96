/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was there before nvrwatch started: connections count from the start on, exactly, and have
 * their owner, also those that never pause; processes and listeners are found. The shared run's
 * session opened all but one.
 */
#include <unistd.h>

#include "root/support.h"

/* The observed process; of a container another than its actor. */
static struct nw_flow_sum check_connection(pid_t pid, struct nw_actor *seen, struct nw_actor *far,
					   unsigned port, bool is_outbound)
{
	struct nw_tool *t = nw_session()->tool;
	struct nw_flow_key key = { .pid = pid, .transport = "tcp" };
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
	return sum;
}

static void test_connecting_side(void **state)
{
	struct nw_session *s = nw_session();

	(void)state;
	check_connection(s->client->pid, s->client, s->client_peer, s->client_port, true);
}

static void test_accepting_side(void **state)
{
	struct nw_session *s = nw_session();

	(void)state;
	check_connection(s->server->pid, s->server, s->server_peer, s->server_port, false);
}

/* Who asks is in the network namespace of process ns. */
static struct nw_flow_sum check_datagrams(pid_t pid, unsigned port, pid_t ns)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(
		NW_PLACE_FAR, "udp enter %d connect 127.0.0.1 %u send 3 700 recv 3 truth", ns,
		port);
	struct nw_flow_key key = { pid, "udp", "127.0.0.1", port, 0 };
	struct nw_flow_sum sum;

	nw_actor_done(far);
	sum = nw_flow_ended(s->tool, &key);
	assert_int_equal(sum.received, 3 * 700);
	assert_int_equal(sum.sent, 3 * 700);
	return sum;
}

static void test_datagrams(void **state)
{
	struct nw_session *s = nw_session();

	(void)state;
	check_datagrams(s->udp->pid, s->udp_port, getpid());
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

static struct json_object *found_listener(pid_t pid, unsigned port, const char *transport)
{
	return nw_tool_await(nw_session()->tool,
			     "event.dataset=nvrwatch.listener event.action=found process.pid=%d "
			     "server.port=%u network.transport=%s",
			     pid, port, transport);
}

static void test_listeners(void **state)
{
	struct nw_session *s = nw_session();

	(void)state;
	found_listener(s->listener->pid, s->listener_port, "tcp");
	found_listener(s->udp->pid, s->udp_port, "udp");
}

/* Its packets are there before its socket can be looked at. */
static void test_busy_connection(void **state)
{
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "tcp listen 127.0.0.1 accept eof");
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen =
		nw_actor_start(NW_PLACE_SEEN, "tcp connect 127.0.0.1 %u truth drip", port);
	struct json_object *rec;

	(void)state;
	nw_actor_truth(seen);
	rec = nw_tool_await(nw_tool_trace(""), "event.dataset=nvrwatch.flow process.pid=%d",
			    seen->pid);
	nw_rec_check(rec, "nvrwatch.owner=exact nvrwatch.flow.prestart=true");
}

/* ---- in other namespaces ---------------------------------------------------------------------- */

static void check_away(const struct nw_away *w)
{
	uint32_t tcp = nw_netns_away(w->server_pid);
	uint32_t udp = nw_netns_away(w->udp_pid);
	struct nw_flow_sum sum;

	assert_int_not_equal(tcp, udp);
	nw_netns_check(found_listener(w->server_pid, w->server_port, "tcp"), tcp);
	nw_netns_check(found_listener(w->udp_pid, w->udp_port, "udp"), udp);
	sum = check_connection(w->server_pid, w->server, w->server_peer, w->server_port, false);
	nw_netns_check(sum.last, tcp);
	sum = check_datagrams(w->udp_pid, w->udp_port, w->udp_pid);
	nw_netns_check(sum.last, udp);
}

static void test_network_namespace(void **state)
{
	(void)state;
	check_away(&nw_session()->newnet);
}

static void test_container(void **state)
{
	(void)state;
	check_away(&nw_session()->container);
}

NW_TESTS(e2e_before_start, NW_ROOT_TEST(test_processes), NW_ROOT_TEST(test_listeners),
	 NW_ROOT_TEST(test_connecting_side), NW_ROOT_TEST(test_accepting_side),
	 NW_ROOT_TEST(test_datagrams), NW_ROOT_TEST(test_busy_connection),
	 NW_ROOT_TEST(test_network_namespace), NW_ROOT_TEST(test_container));
