/* SPDX-License-Identifier: Apache-2.0 */
/* skb_ingress: what reaches a socket is counted there, and its head is taken. */
#include "root/support.h"
#include "tls_flight.h"

static void test_udp_that_only_hears(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *seen = nw_actor_start(NW_PLACE_SEEN, "udp bind 127.0.0.1 1 recv 20 close");
	unsigned port = nw_actor_port(seen);
	struct nw_actor *far =
		nw_actor_start(NW_PLACE_FAR, "udp connect 127.0.0.1 %u send 20 1000 truth", port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "udp", .lport = port };
	struct json_object *peer =
		json_object_array_get_idx(nw_rec_get(nw_actor_truth(far), "sockets"), 0);
	struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);

	(void)state;
	assert_int_equal(sum.received, nw_rec_u64(peer, "sent"));
	assert_int_equal(sum.received_packets, nw_rec_u64(peer, "sent_packets"));
	assert_int_equal(sum.sent, 0);
	assert_int_equal(sum.sent_packets, 0);
}

/* A datagram that comes in many fragments is one datagram, with all its bytes. */
static void check_fragments(const char *addr)
{
	struct nw_session *s = nw_session();
	struct nw_actor *a = nw_actor_start(
		NW_PLACE_SEEN, "udp netns 1280 pair %s send 2 30000 recv 2 close", addr);
	unsigned from = nw_actor_port(a);
	unsigned to = nw_actor_port(a);
	struct nw_flow_key key = { a->pid, "udp", NULL, to, from };
	struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);

	assert_int_equal(sum.received, 60000);
	assert_int_equal(sum.received_packets, 2);
	assert_int_equal(sum.sent, 0);
}

static void test_fragments(void **state)
{
	(void)state;
	check_fragments("127.0.0.1");
}

static void test_fragments_ipv6(void **state)
{
	(void)state;
	check_fragments("::1");
}

/* What found no room in the socket reached the host all the same, and is told as dropped. */
static void test_drops(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *seen = nw_actor_start(
		NW_PLACE_SEEN, "udp rcvbuf 8192 bind 127.0.0.1 1 wait drain truth wait close");
	unsigned port = nw_actor_port(seen);
	struct nw_actor *far =
		nw_actor_start(NW_PLACE_FAR, "udp connect 127.0.0.1 %u send 60 1000", port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "udp", .lport = port };
	struct json_object *truth;
	struct nw_flow_sum sum;
	uint64_t read;

	(void)state;
	nw_actor_done(far);
	nw_actor_say(seen, "drain");
	truth = nw_actor_truth(seen);
	read = nw_rec_u64(json_object_array_get_idx(nw_rec_get(truth, "sockets"), 0),
			  "received_packets");
	assert_true(read < 60);
	nw_flow_reached(s->tool, &key, 0, 60 * 1000);
	nw_actor_say(seen, "close");
	sum = nw_flow_ended(s->tool, &key);
	assert_int_equal(sum.received_packets, 60);
	assert_int_equal(nw_rec_u64(sum.last, "nvrwatch.socket.drops"), 60 - read);
}

/* What was answered is in what came. */
static void test_answer(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far =
		nw_actor_start(NW_PLACE_FAR, "dns_serve %s 53 ingress.nvrwatch.test=192.0.2.9",
			       nw_place_address(0));
	struct nw_actor *seen;

	(void)state;
	nw_actor_truth(far);
	seen = nw_actor_start(NW_PLACE_SEEN, "dns_ask udp %s 53 ingress.nvrwatch.test A wait",
			      nw_place_address(0));
	nw_tool_await(s->tool,
		      "event.dataset=nvrwatch.dns process.pid=%d "
		      "dns.question.name=ingress.nvrwatch.test dns.response_code=NOERROR",
		      seen->pid);
}

/* A server's certificate stands in its second record, in whichever packets: it is in the head. */
static void test_flight(void **state)
{
	static const size_t cuts[][2] = { { 70, 900 }, { 3, 1000 }, { 72, 965 }, { 500, 900 } };
	struct nw_session *s = nw_session();

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(cuts); i++) {
		const char *const hex = TLS_FLIGHT;
		struct nw_actor *far = nw_actor_start(
			NW_PLACE_FAR, "tcp listen 127.0.0.1 accept hex %.*s hex %.*s hex %s eof",
			(int)(2 * cuts[i][0]), hex, (int)(2 * (cuts[i][1] - cuts[i][0])),
			hex + 2 * cuts[i][0], hex + 2 * cuts[i][1]);
		unsigned port = nw_actor_port(far);
		struct nw_actor *seen =
			nw_actor_start(NW_PLACE_SEEN, "tcp connect 127.0.0.1 %u recv %u close",
				       port, TLS_FLIGHT_BYTES);

		struct json_object *names = nw_rec_get(
			nw_tool_await(s->tool,
				      "event.dataset=nvrwatch.flow event.action=end process.pid=%d "
				      "destination.port=%u tls.cipher=0xc030",
				      seen->pid, port),
			"tls.server.x509.subject.common_name");

		assert_string_equal(json_object_get_string(json_object_array_get_idx(names, 0)),
				    "nvr.example.org");
	}
}

NW_TESTS(hooks_skb_ingress, NW_ROOT_TEST(test_flight), NW_ROOT_TEST(test_udp_that_only_hears),
	 NW_ROOT_TEST(test_fragments), NW_ROOT_TEST(test_fragments_ipv6), NW_ROOT_TEST(test_drops),
	 NW_ROOT_TEST(test_answer));
