/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every way to move bytes that is not write(2) on a socket of the usual kind: the ledger counts
 * where the kernel counts, so none of them escapes it. Truth is what the far end's kernel counted.
 */
#include <string.h>

#include "root/support.h"

#define FAR "recv 60013 send 50021 eof truth close"

/* The observed end connects and does this, which sends 60013 bytes and receives 50021. */
static void connect_and(const char *does)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "tcp listen 127.0.0.1 accept " FAR);
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen =
		nw_actor_start(NW_PLACE_SEEN, "tcp connect 127.0.0.1 %u %s close", port, does);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .rport = port };
	struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);

	nw_flow_check(&sum, nw_actor_truth(far));
	assert_int_equal(sum.sent, 60013);
	assert_int_equal(sum.received, 50021);
	nw_rec_check(sum.last, "nvrwatch.sender.pid=");
	nw_actor_done(seen);
}

static void test_sendfile(void **state)
{
	(void)state;
	connect_and("sendfile 60013 recv 50021");
}

static void test_splice(void **state)
{
	(void)state;
	connect_and("splice 60013 drain 50021");
}

static void test_zerocopy(void **state)
{
	(void)state;
	connect_and("zerocopy 60013 recv 50021");
}

/* A server that takes no IPv4. */
static void test_ipv6_only(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *seen = nw_actor_start(
		NW_PLACE_SEEN, "tcp v6only listen :: accept send 50021 recv 60013 close");
	unsigned port = nw_actor_port(seen);
	struct nw_actor *far = nw_actor_start(
		NW_PLACE_FAR, "tcp connect ::1 %u recv 50021 send 60013 eof truth", port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .lport = port };
	struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);

	(void)state;
	nw_flow_check(&sum, nw_actor_truth(far));
	assert_int_equal(sum.sent, 50021);
	assert_false(sum.is_outbound);
	nw_rec_check(sum.last, "source.ip=::1 network.type=ipv6");
}

/* ---- TCP repair, TCP Fast Open ---------------------------------------------------------------- */

/* A connection is moved to another socket: two flows, which together moved what the far end says. */
static void test_repair_moves_a_connection(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(
		NW_PLACE_FAR, "tcp listen 127.0.0.1 accept recv 60013 send 7 recv 50021 send 9 eof "
			      "truth close");
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen = nw_actor_start(NW_PLACE_SEEN,
					       "tcp connect 127.0.0.1 %u send 60013 recv 7 freeze "
					       "wait thaw send 50021 recv 9 close",
					       port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .rport = port };
	struct nw_flow_sum first = nw_flow_ended(s->tool, &key);
	struct nw_flow_sum second = { 0 };
	struct json_object *rec, *truth;
	unsigned ends = 0;

	(void)state;
	assert_int_equal(first.sent, 60013);
	assert_int_equal(first.received, 7);
	nw_actor_say(seen, "thaw");
	truth = nw_actor_truth(far);
	nw_actor_done(seen);
	nw_tool_settle(s->tool);
	for (size_t i = 0; i < s->tool->recs_len; i++) {
		rec = s->tool->recs[i];
		if (nw_rec_matches(rec, "event.dataset=nvrwatch.flow") &&
		    nw_rec_get(rec, "destination.port") &&
		    nw_rec_u64(rec, "destination.port") == port &&
		    strcmp(nw_rec_str(rec, "nvrwatch.flow.id"),
			   nw_rec_str(first.last, "nvrwatch.flow.id")) != 0) {
			assert_int_equal(nw_rec_u64(rec, "process.pid"), seen->pid);
			ends += nw_rec_matches(rec, "event.action=end");
			second.sent += nw_rec_u64(rec, "source.bytes");
			second.received += nw_rec_u64(rec, "destination.bytes");
		}
	}
	assert_int_equal(ends, 1);
	assert_int_equal(first.sent + second.sent, nw_rec_u64(truth, "kernel_received"));
	assert_int_equal(first.received + second.received, nw_rec_u64(truth, "kernel_sent"));
}

/*
 * Bytes that the kernel believes it sent before are sent for the first time as a retransmission. The
 * fallback of 5.10 has only these counters, and not who connected, which its opening has told.
 */
static void test_repair_sends(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "tcp listen 127.0.0.1 accept " FAR);
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen = nw_actor_start(
		NW_PLACE_SEEN, "tcp connect 127.0.0.1 %u send 50000 pretend 10013 recv 50021 close",
		port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .rport = port };
	struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);

	(void)state;
	nw_flow_check(&sum, nw_actor_truth(far));
	assert_int_equal(sum.sent, 60013);
}

/* 700 bytes are in the SYN, before there is a connection. */
static void check_fastopen(bool is_accepting)
{
	struct nw_session *s = nw_session();
	enum nw_place first = is_accepting ? NW_PLACE_SEEN : NW_PLACE_FAR;
	enum nw_place then = is_accepting ? NW_PLACE_FAR : NW_PLACE_SEEN;
	struct nw_actor *listens = nw_actor_start(
		first, "tcp newnet may-fastopen listen 127.0.0.1 accept recv 60013 send 50021 eof "
		       "truth close");
	int ns = (int)nw_rec_u64(nw_actor_truth(listens), "pid");
	unsigned port = nw_actor_port(listens);
	struct nw_actor *connects = nw_actor_start(
		then, "tcp enter %d fastopen 127.0.0.1 %u 700 send 59313 recv 50021 truth close",
		ns, port);
	struct nw_flow_key key = { .transport = "tcp" };
	struct json_object *truth = nw_actor_truth(connects);
	struct nw_flow_sum sum;

	assert_int_equal(nw_rec_u64(truth, "syn_data"), 1);
	key.pid = (is_accepting ? listens : connects)->pid;
	if (is_accepting) {
		key.lport = port;
	} else {
		key.rport = port;
	}
	sum = nw_flow_ended(s->tool, &key);
	nw_flow_check(&sum, is_accepting ? truth : nw_actor_truth(listens));
	assert_int_equal(sum.sent, is_accepting ? 50021 : 60013);
	assert_int_equal(sum.received, is_accepting ? 60013 : 50021);
	assert_int_equal(sum.is_outbound, !is_accepting);
}

static void test_fastopen_connects(void **state)
{
	(void)state;
	check_fastopen(false);
}

static void test_fastopen_accepts(void **state)
{
	(void)state;
	check_fastopen(true);
}

/* ---- datagrams -------------------------------------------------------------------------------- */

#define PEERS 40

static void test_sendmmsg(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far =
		nw_actor_start(NW_PLACE_FAR, "udp bind 127.0.0.1 %d recv %d truth", PEERS, PEERS);
	struct json_object *bound = nw_actor_truth(far);
	struct json_object *truth, *its;
	struct nw_actor *seen;
	char ports[PEERS * 6];

	(void)state;
	nw_actor_ports(bound, ports, sizeof(ports));
	seen = nw_actor_start(NW_PLACE_SEEN, "udp socket 4 spray-at-once 127.0.0.1 100 %s", ports);
	truth = nw_rec_get(nw_actor_truth(far), "sockets");
	for (size_t i = 0; i < PEERS; i++) {
		struct nw_flow_key key = { seen->pid, "udp", NULL, 0, nw_actor_port_at(bound, i) };
		struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);

		its = json_object_array_get_idx(truth, i);
		assert_int_equal(nw_rec_u64(its, "lport"), key.rport);
		assert_int_equal(sum.sent, nw_rec_u64(its, "received"));
		assert_int_equal(sum.sent_packets, nw_rec_u64(its, "received_packets"));
		assert_int_equal(sum.sent, 100 + i);
	}
}

NW_TESTS(e2e_evasion_ways, NW_ROOT_TEST(test_sendfile), NW_ROOT_TEST(test_splice),
	 NW_ROOT_TEST(test_zerocopy), NW_ROOT_TEST(test_ipv6_only),
	 NW_ROOT_TEST(test_repair_moves_a_connection), NW_ROOT_TEST(test_repair_sends),
	 NW_ROOT_TEST(test_fastopen_connects), NW_ROOT_TEST(test_fastopen_accepts),
	 NW_ROOT_TEST(test_sendmmsg));
