/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger of datagrams, to the byte and packet for each peer: what a program's records say that
 * it sent to a peer is what the peer's program received, and the other way round. For ICMP the
 * kernel answers, and its own counters are the truth.
 */
#include <string.h>

#include "root/support.h"

#define PEERS 50
/* Sockets, and peers that each meets at once: few enough that places which two CPUs want at once, and
 * none gets, are no matter. */
#define MEETINGS 40
#define MET	 24

static struct json_object *socket_at(struct json_object *truth, size_t i)
{
	return json_object_array_get_idx(nw_rec_get(truth, "sockets"), i);
}

static bool is_flow_of(struct json_object *rec, const struct nw_actor *seen)
{
	return nw_rec_matches(rec, "event.dataset=nvrwatch.flow network.transport=udp") &&
	       nw_rec_get(rec, "process.pid") &&
	       nw_rec_u64(rec, "process.pid") == (uint64_t)seen->pid;
}

/* peer: what the far end's program had from and gave to its socket */
static void check(const struct nw_flow_sum *sum, struct json_object *peer)
{
	assert_int_equal(sum->sent, nw_rec_u64(peer, "received"));
	assert_int_equal(sum->sent_packets, nw_rec_u64(peer, "received_packets"));
	assert_int_equal(sum->received, nw_rec_u64(peer, "sent"));
	assert_int_equal(sum->received_packets, nw_rec_u64(peer, "sent_packets"));
}

static void check_connected(const char *addr)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far =
		nw_actor_start(NW_PLACE_FAR, "udp bind %s 1 recv 40 echo 9 truth", addr);
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen = nw_actor_start(NW_PLACE_SEEN,
					       "udp connect %s %u send 40 1300 send 9 77 recv 9 "
					       "truth wait close",
					       addr, port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "udp", .rport = port };
	struct json_object *peer = socket_at(nw_actor_truth(far), 0);
	struct nw_flow_sum sum;

	key.lport = (unsigned)nw_rec_u64(socket_at(nw_actor_truth(seen), 0), "lport");
	nw_actor_say(seen, "go");
	sum = nw_flow_ended(s->tool, &key);
	check(&sum, peer);
	assert_int_equal(sum.sent, 40 * 1300 + 9 * 77);
	assert_int_equal(sum.received, 9 * 77);
	assert_true(sum.is_outbound);
}

static void test_connected(void **state)
{
	(void)state;
	check_connected("127.0.0.1");
}

static void test_connected_ipv6(void **state)
{
	(void)state;
	check_connected("::1");
}

/* An IPv6 socket that sends to an IPv4 address. */
static void test_v4_mapped(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "udp bind 127.0.0.1 1 echo 7 truth");
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen = nw_actor_start(
		NW_PLACE_SEEN, "udp socket 6 spray ::ffff:127.0.0.1 7 500 %u recv 7", port);
	struct nw_flow_key key = { seen->pid, "udp", "127.0.0.1", 0, port };
	struct json_object *peer = socket_at(nw_actor_truth(far), 0);
	struct nw_flow_sum sum;

	(void)state;
	sum = nw_flow_ended(s->tool, &key);
	check(&sum, peer);
	assert_int_equal(sum.sent, 7 * 500);
}

/* A server: the observed socket hears first. */
static void test_server(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *seen = nw_actor_start(NW_PLACE_SEEN, "udp bind 127.0.0.1 1 echo 11 wait");
	unsigned port = nw_actor_port(seen);
	struct nw_actor *far = nw_actor_start(
		NW_PLACE_FAR, "udp connect 127.0.0.1 %u send 11 900 recv 11 truth", port);
	struct json_object *peer = socket_at(nw_actor_truth(far), 0);
	struct nw_flow_key key = { seen->pid, "udp", "127.0.0.1", port, 0 };
	struct nw_flow_sum sum;

	(void)state;
	key.rport = (unsigned)nw_rec_u64(peer, "lport");
	nw_actor_say(seen, "go");
	sum = nw_flow_ended(s->tool, &key);
	check(&sum, peer);
	assert_int_equal(sum.received, 11 * 900);
	assert_false(sum.is_outbound);
}

static void test_fifty_peers(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "udp bind 127.0.0.1 %d echo %d truth",
					      PEERS, 3 * PEERS);
	struct json_object *bound = nw_actor_truth(far);
	struct json_object *truth;
	struct nw_actor *seen;
	char ports[PEERS * 6];

	(void)state;
	nw_actor_ports(bound, ports, sizeof(ports));
	seen = nw_actor_start(NW_PLACE_SEEN, "udp socket 4 spray 127.0.0.1 3 100 %s recv %d", ports,
			      3 * PEERS);
	truth = nw_actor_truth(far);
	for (size_t i = 0; i < PEERS; i++) {
		struct nw_flow_key key = { seen->pid, "udp", NULL, 0, nw_actor_port_at(bound, i) };
		struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);

		check(&sum, socket_at(truth, i));
		assert_int_equal(sum.sent, 3 * (100 + i));
	}
}

struct meeting {
	uint64_t received, packets, ends;
};

static size_t port_index(const unsigned *ports, size_t n, uint64_t port)
{
	size_t i = 0;

	while (i < n && ports[i] != port) {
		i++;
	}
	assert_in_range(i, 0, n - 1);
	return i;
}

/* Peers that are met at the same moment on two CPUs: each is told apart, with its own bytes. */
static void test_peers_at_once(void **state)
{
	static struct meeting m[MEETINGS][MET];
	struct nw_session *s = nw_session();
	struct nw_actor *seen = nw_actor_start(NW_PLACE_SEEN, "udp bind 127.0.0.1 %d recv %d wait",
					       MEETINGS, MEETINGS * MET);
	unsigned own[MEETINGS], other[MET];
	struct json_object *bound = nw_actor_truth(seen);
	char ports[MEETINGS * 6];
	struct nw_actor *far;

	(void)state;
	memset(m, 0, sizeof(m));
	nw_actor_ports(bound, ports, sizeof(ports));
	for (size_t i = 0; i < MEETINGS; i++) {
		own[i] = nw_actor_port_at(bound, i);
	}
	far = nw_actor_start(NW_PLACE_FAR, "udp bind 127.0.0.1 %d crossfire 127.0.0.1 100 %s", MET,
			     ports);
	bound = nw_actor_truth(far);
	for (size_t i = 0; i < MET; i++) {
		other[i] = nw_actor_port_at(bound, i);
	}
	nw_actor_done(far);
	nw_actor_say(seen, "go");
	nw_actor_done(seen);
	nw_tool_settle(s->tool);
	for (size_t i = 0; i < s->tool->recs_len; i++) {
		struct json_object *rec = s->tool->recs[i];
		struct meeting *x;

		if (!is_flow_of(rec, seen)) {
			continue;
		}
		x = &m[port_index(own, MEETINGS, nw_rec_u64(rec, "destination.port"))]
		      [port_index(other, MET, nw_rec_u64(rec, "source.port"))];
		x->received += nw_rec_u64(rec, "source.bytes");
		x->packets += nw_rec_u64(rec, "source.packets");
		x->ends += nw_rec_matches(rec, "event.action=end");
	}
	for (size_t i = 0; i < (size_t)MEETINGS * MET; i++) {
		const struct meeting *x = &m[i / MET][i % MET];

		assert_int_equal(x->received, 100 + i % MET);
		assert_int_equal(x->packets, 1);
		assert_int_equal(x->ends, 1);
	}
}

/* More peers than room: every byte is in some record, and the rest is counted as lost peers. */
static void test_more_peers_than_room(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "udp bind 127.0.0.1 100 recv 100 wait");
	struct nw_actor *far2 =
		nw_actor_start(NW_PLACE_FAR, "udp bind 127.0.0.1 100 recv 100 wait");
	struct json_object *bound = nw_actor_truth(far);
	struct json_object *bound2 = nw_actor_truth(far2);
	char ports[2][700];
	struct nw_actor *seen;
	uint64_t sent = 0;

	(void)state;
	nw_actor_ports(bound, ports[0], sizeof(ports[0]));
	nw_actor_ports(bound2, ports[1], sizeof(ports[1]));
	seen = nw_actor_start(NW_PLACE_SEEN,
			      "udp socket 4 spray 127.0.0.1 1 100 %s spray 127.0.0.1 1 100 %s",
			      ports[0], ports[1]);
	nw_actor_done(seen);
	nw_tool_await_loss(s->tool, "peer_slots");
	nw_tool_settle(s->tool);
	for (size_t i = 0; i < s->tool->recs_len; i++) {
		struct json_object *rec = s->tool->recs[i];

		if (is_flow_of(rec, seen)) {
			sent += nw_rec_u64(rec, "source.bytes");
		}
	}
	assert_int_equal(sent, 2 * (100 * 100 + 99 * 100 / 2));
}

/* A socket that got its port without binding, and hears before it says anything: nobody is known
 * to own it, which is counted, and what it hears is told all the same. */
static void test_nobody_owns_it(void **state)
{
	struct nw_tool *t = nw_tool_trace("");
	const char *addr = nw_place_address(1);
	struct nw_actor *seen =
		nw_actor_start(NW_PLACE_SEEN, "udp connect %s 4711 truth recv 2 truth wait", addr);
	struct json_object *own = socket_at(nw_actor_truth(seen), 0);
	unsigned port = (unsigned)nw_rec_u64(own, "lport");

	(void)state;
	nw_actor_done(nw_actor_start(NW_PLACE_FAR, "udp from %s 4711 spray %s 2 100 %u", addr,
				     nw_rec_str(own, "laddr"), port));
	own = socket_at(nw_actor_truth(seen), 0);
	assert_int_equal(nw_rec_u64(own, "received"), 200);
	nw_tool_await(t,
		      "event.dataset=nvrwatch.flow network.transport=udp source.ip=%s "
		      "source.port=4711 destination.port=%u nvrwatch.total.source.bytes=200",
		      addr, port);
	nw_tool_await_loss(t, "owner");
	assert_int_equal(nw_tool_lost(nw_tool_stopped(t), "owner"), 1);
}

/* A flow that had to go counts on from what was told, when its socket moves bytes again. */
static void test_evicted(void **state)
{
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "udp bind 127.0.0.1 1 echo 2 wait");
	struct nw_actor *crowd = nw_actor_start(NW_PLACE_FAR, "flood accepts 127.0.0.1 200");
	unsigned port = nw_actor_port(far);
	uint64_t sent = 0, received = 0;
	struct nw_actor *seen;
	struct nw_tool *t;

	(void)state;
	t = nw_tool_trace_with("limits:\n  flows: 64\n", "");
	seen = nw_actor_start(NW_PLACE_SEEN,
			      "udp connect 127.0.0.1 %u send 1 107 recv 1 truth wait "
			      "send 1 211 recv 1",
			      port);
	nw_actor_truth(seen);
	nw_tool_await(t, "event.dataset=nvrwatch.flow process.pid=%d", seen->pid);
	nw_actor_truth(nw_actor_start(NW_PLACE_SEEN, "flood together 127.0.0.1 %u 200 100",
				      nw_actor_port(crowd)));
	nw_tool_await_loss(t, "flow_evicted");
	nw_tool_settle(t);
	nw_actor_say(seen, "again");
	nw_actor_done(seen);
	nw_tool_settle(t);
	for (size_t i = 0; i < t->recs_len; i++) {
		if (is_flow_of(t->recs[i], seen)) {
			sent += nw_rec_u64(t->recs[i], "source.bytes");
			received += nw_rec_u64(t->recs[i], "destination.bytes");
		}
	}
	assert_int_equal(sent, 107 + 211);
	assert_int_equal(received, 107 + 211);
}

static void check_icmp(const char *kind, const char *family, const char *transport)
{
	struct nw_session *s = nw_session();
	struct nw_actor *seen = nw_actor_start(NW_PLACE_SEEN, "icmp %s %s 12 300", kind, family);
	struct nw_flow_key key = { .pid = seen->pid, .transport = transport };
	struct json_object *truth;
	struct nw_flow_sum sum;

	nw_actor_truth(seen);
	truth = nw_actor_truth(seen);
	nw_actor_say(seen, "go");
	nw_actor_done(seen);
	sum = nw_flow_ended(s->tool, &key);
	/* the kernel answers through a socket of its own, which is nobody's */
	assert_int_equal(nw_tool_count(s->tool, "event.dataset=nvrwatch.flow process.pid=%d",
				       (int)seen->pid),
			 sum.records);
	/* the answering kernel heard just what this socket sent */
	assert_int_equal(nw_rec_u64(truth, "kernel_requests"), 12);
	assert_int_equal(nw_rec_u64(truth, "kernel_replies"), 12);
	assert_int_equal(sum.sent, nw_rec_u64(truth, "sent"));
	assert_int_equal(sum.sent_packets, nw_rec_u64(truth, "sent_packets"));
	assert_int_equal(sum.received, nw_rec_u64(truth, "received"));
	assert_int_equal(sum.received_packets, nw_rec_u64(truth, "received_packets"));
}

static void test_icmp_raw(void **state)
{
	(void)state;
	check_icmp("raw", "4", "icmp");
}

static void test_icmp_ping(void **state)
{
	(void)state;
	check_icmp("ping", "4", "icmp");
}

static void test_icmp6_raw(void **state)
{
	(void)state;
	check_icmp("raw", "6", "ipv6-icmp");
}

static void test_icmp6_ping(void **state)
{
	(void)state;
	check_icmp("ping", "6", "ipv6-icmp");
}

NW_TESTS(e2e_ledger_dgram, NW_ROOT_TEST(test_connected), NW_ROOT_TEST(test_connected_ipv6),
	 NW_ROOT_TEST(test_v4_mapped), NW_ROOT_TEST(test_server), NW_ROOT_TEST(test_fifty_peers),
	 NW_ROOT_TEST(test_peers_at_once), NW_ROOT_TEST(test_more_peers_than_room),
	 NW_ROOT_TEST(test_nobody_owns_it), NW_ROOT_TEST(test_evicted), NW_ROOT_TEST(test_icmp_raw),
	 NW_ROOT_TEST(test_icmp_ping), NW_ROOT_TEST(test_icmp6_raw), NW_ROOT_TEST(test_icmp6_ping));
