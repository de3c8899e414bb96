/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who did what with one socket, as a record tells it: a few processes one after the other. The
 * truth is what each says of its own pid.
 */
#include "root/support.h"

/* Two children send a little each, sooner than the ledger looks: both are told, and who made it. */
static void test_two_senders(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far =
		nw_actor_start(NW_PLACE_FAR, "tcp listen 127.0.0.1 accept recv 1203 eof truth");
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen = nw_actor_start(NW_PLACE_SEEN,
					       "tcp connect 127.0.0.1 %u fork send 501 truth join "
					       "fork send 702 truth join close",
					       port);
	uint64_t first = nw_rec_u64(nw_actor_truth(seen), "pid");
	uint64_t second = nw_rec_u64(nw_actor_truth(seen), "pid");
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .rport = port };
	struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);
	uint64_t owner = (uint64_t)seen->pid;

	(void)state;
	assert_int_equal(sum.sent, 1203);
	nw_rec_check_role(sum.last, owner, "created", false);
	nw_rec_check_role(sum.last, owner, "connected", false);
	nw_rec_check_role(sum.last, first, "sent", false);
	nw_rec_check_role(sum.last, second, "sent", false);
	assert_false(nw_rec_has_role(sum.last, owner, "sent", false));
	assert_false(nw_rec_has_role(sum.last, owner, "sent", true));
}

/* A server that lets a child of its own answer: nobody saw who accepted. */
static void test_server_that_forks(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *seen =
		nw_actor_start(NW_PLACE_SEEN, "tcp listen 127.0.0.1 accept fork recv 11 send 777 "
					      "truth join close");
	unsigned port = nw_actor_port(seen);
	struct nw_actor *far = nw_actor_start(
		NW_PLACE_FAR, "tcp connect 127.0.0.1 %u send 11 recv 777 eof truth", port);
	uint64_t child = nw_rec_u64(nw_actor_truth(seen), "pid");
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .lport = port };
	struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);

	(void)state;
	nw_actor_done(far);
	assert_int_equal(sum.sent, 777);
	nw_rec_check_role(sum.last, child, "sent", false);
	nw_rec_check_role(sum.last, child, "accepted", true);
	assert_false(nw_rec_has_role(sum.last, (uint64_t)seen->pid, "sent", true));
	assert_false(nw_rec_has_role(sum.last, (uint64_t)seen->pid, "created", false));
}

/* Nobody but the owner: nothing to say. */
static void test_owner_alone(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(
		NW_PLACE_FAR, "tcp listen 127.0.0.1 accept recv 1203 send 9 eof truth");
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen = nw_actor_start(
		NW_PLACE_SEEN, "tcp connect 127.0.0.1 %u send 1203 recv 9 close", port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .rport = port };
	struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);

	(void)state;
	nw_rec_check(sum.last, "nvrwatch.roles=");
}

NW_TESTS(e2e_roles, NW_ROOT_TEST(test_two_senders), NW_ROOT_TEST(test_server_that_forks),
	 NW_ROOT_TEST(test_owner_alone));
