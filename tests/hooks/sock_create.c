/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sock_create: who made a socket. A raw socket that only listens does nothing else by which its
 * process could be known: it neither binds nor connects nor sends.
 */
#include "root/support.h"

static void check_listening_raw(const char *family, const char *transport)
{
	struct nw_session *s = nw_session();
	struct nw_actor *a = nw_actor_start(NW_PLACE_SEEN, "icmp sniff %s 9 200", family);
	struct json_object *truth;

	nw_actor_truth(a);
	truth = nw_actor_truth(a);
	nw_actor_say(a, "go");
	nw_actor_done(a);
	assert_int_equal(nw_rec_u64(truth, "kernel_requests"), 9);
	/* its other socket, which only sent, has a flow of its own */
	nw_tool_await(s->tool,
		      "event.dataset=nvrwatch.flow event.action=end process.pid=%d "
		      "network.transport=%s network.direction=ingress nvrwatch.owner=exact "
		      "nvrwatch.total.source.bytes=%ju nvrwatch.total.destination.bytes=0",
		      a->pid, transport, (uintmax_t)nw_rec_u64(truth, "received"));
}

static void test_listening_raw(void **state)
{
	(void)state;
	check_listening_raw("4", "icmp");
}

static void test_listening_raw_ipv6(void **state)
{
	(void)state;
	check_listening_raw("6", "ipv6-icmp");
}

/* A socket is of who made it, also when a child connects it and sends; and that is said too. */
static void test_inherited_socket(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "tcp listen 127.0.0.1 accept eof");
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen = nw_actor_start(NW_PLACE_SEEN,
					       "tcp socket 4 fork connect 127.0.0.1 %u send 4321 "
					       "truth wait close join",
					       port);
	uint64_t child = nw_rec_u64(nw_actor_truth(seen), "pid");
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .rport = port };
	struct nw_flow_sum sum;

	(void)state;
	nw_flow_reached(s->tool, &key, 4321, 0); /* the ledger looked: now the sender is known */
	nw_actor_say(seen, "close");
	sum = nw_flow_ended(s->tool, &key);
	assert_int_equal(sum.sent, 4321);
	assert_int_equal(nw_rec_u64(sum.last, "nvrwatch.sender.pid"), child);
}

NW_TESTS(hooks_sock_create, NW_ROOT_TEST(test_listening_raw), NW_ROOT_TEST(test_listening_raw_ipv6),
	 NW_ROOT_TEST(test_inherited_socket));
