/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sock_recv: who reads, where that is not the owner. A kernel that can't tell lets the owner be
 * assumed, and never says that it was seen.
 */
#include "root/support.h"

/* Nobody saw who reads: the owner, as far as is known. */
static void check_assumed(struct json_object *rec, uint64_t owner, uint64_t child)
{
	assert_false(nw_rec_has_role(rec, child, "received", false));
	assert_false(nw_rec_has_role(rec, owner, "received", false));
	nw_rec_check_role(rec, owner, "received", true);
}

/* The socket of `owner`, read by `child`. */
static void check(struct json_object *rec, uint64_t owner, uint64_t child)
{
	if (nw_session_has_hook("sock_recv")) {
		nw_rec_check_role(rec, child, "received", false);
		assert_false(nw_rec_has_role(rec, owner, "received", true));
		assert_false(nw_rec_has_role(rec, owner, "received", false));
	} else {
		check_assumed(rec, owner, child);
	}
}

/* It sends too, which every kernel tells: one that reads alone is nobody where that is not told. */
static void test_child_reads(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(
		NW_PLACE_FAR, "tcp listen 127.0.0.1 accept recv 5 send 9001 eof truth");
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen = nw_actor_start(NW_PLACE_SEEN,
					       "tcp connect 127.0.0.1 %u send 5 fork recv 9001 "
					       "send 7 truth join wait close",
					       port);
	uint64_t child = nw_rec_u64(nw_actor_truth(seen), "pid");
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .rport = port };
	struct nw_flow_sum sum;

	(void)state;
	nw_flow_reached(s->tool, &key, 12, 9001);
	nw_actor_say(seen, "close");
	sum = nw_flow_ended(s->tool, &key);
	nw_flow_check(&sum, nw_actor_truth(far));
	assert_int_equal(sum.received, 9001);
	check(sum.last, (uint64_t)seen->pid, child);
}

/* Reads are watched while something begins. Where nothing did for a while, a process is heard at once. */
static void test_after_quiet(void **state)
{
	usleep(2500000); /* longer than user space listens; nothing tells when it has stopped */
	test_child_reads(state);
}

/* Three processes read one after the other: each is told, the owner too. */
static void test_each_reader(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far =
		nw_actor_start(NW_PLACE_FAR, "tcp listen ::1 accept recv 5 send 9003 eof truth");
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen = nw_actor_start(NW_PLACE_SEEN,
					       "tcp connect ::1 %u send 5 fork recv 3000 truth "
					       "join recv 3000 fork recv 3003 truth join close",
					       port);
	uint64_t first = nw_rec_u64(nw_actor_truth(seen), "pid");
	uint64_t second = nw_rec_u64(nw_actor_truth(seen), "pid");
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .rport = port };
	struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);

	(void)state;
	assert_int_equal(sum.received, 9003);
	if (nw_session_has_hook("sock_recv")) {
		nw_rec_check_role(sum.last, first, "received", false);
		nw_rec_check_role(sum.last, second, "received", false);
		nw_rec_check_role(sum.last, (uint64_t)seen->pid, "received", false);
	}
}

/* Two connections, read by the same child one right after the other: it is told for each. */
static void test_two_sockets(void **state)
{
	static const char *const serves = "tcp listen 127.0.0.1 accept recv 5 send 9001 eof";
	struct nw_session *s = nw_session();
	unsigned ports[] = { nw_actor_port(nw_actor_start(NW_PLACE_FAR, serves)),
			     nw_actor_port(nw_actor_start(NW_PLACE_FAR, serves)) };
	struct nw_actor *seen = nw_actor_start(
		NW_PLACE_SEEN,
		"tcp connect 127.0.0.1 %u send 5 swap connect 127.0.0.1 %u send 5 fork recv 9001 "
		"swap recv 9001 truth join close swap close",
		ports[0], ports[1]);
	uint64_t child = nw_rec_u64(nw_actor_truth(seen), "pid");

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(ports); i++) {
		struct nw_flow_key key = { .pid = seen->pid,
					   .transport = "tcp",
					   .rport = ports[i] };
		struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);

		assert_int_equal(sum.received, 9001);
		assert_int_equal(nw_rec_has_role(sum.last, child, "received", false),
				 nw_session_has_hook("sock_recv"));
	}
}

/* Datagrams: read by a child while the flow is told. */
static void test_datagrams(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "udp bind 127.0.0.1 1 echo 6");
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen =
		nw_actor_start(NW_PLACE_SEEN,
			       "udp connect 127.0.0.1 %u send 3 100 recv 3 truth wait fork "
			       "send 3 100 recv 3 truth join close",
			       port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "udp", .rport = port };
	struct nw_flow_sum sum;
	uint64_t child;

	(void)state;
	nw_actor_truth(seen);
	nw_flow_reached(s->tool, &key, 300, 300);
	nw_actor_say(seen, "go");
	child = nw_rec_u64(nw_actor_truth(seen), "pid");
	sum = nw_flow_ended(s->tool, &key);
	assert_int_equal(sum.sent, 600);
	nw_rec_check_role(sum.last, child, "sent", false);
	if (nw_session_has_hook("sock_recv")) {
		nw_rec_check_role(sum.last, child, "received", false);
		nw_rec_check_role(sum.last, (uint64_t)seen->pid, "received", false);
	} else {
		check_assumed(sum.last, (uint64_t)seen->pid, child);
	}
}

NW_TESTS(hooks_sock_recv, NW_ROOT_TEST(test_child_reads), NW_ROOT_TEST(test_after_quiet),
	 NW_ROOT_TEST(test_each_reader), NW_ROOT_TEST(test_two_sockets),
	 NW_ROOT_TEST(test_datagrams));
