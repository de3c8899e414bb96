/* SPDX-License-Identifier: Apache-2.0 */
/* tamper: what somebody does who may call bpf(), and wants to be out of the ledger. */
#include <string.h>
#include <sys/stat.h>

#include "event.h"

#include "root/support.h"
#include "truth/unmap.h"

#define TAMPER "event.dataset=nvrwatch.finding rule.id=tamper"
#define LEDGER TAMPER " nvrwatch.finding.evidence.kind=ledger"

/* UDP: its bytes are counted in the entry that is taken out. */
static void test_datagrams(void **state)
{
	struct nw_tool *t = nw_tool_trace("");
	struct nw_actor *far =
		nw_actor_start(NW_PLACE_FAR, "udp bind 127.0.0.1 1 recv 10 recv 3 truth");
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen = nw_actor_start(NW_PLACE_SEEN,
					       "udp connect 127.0.0.1 %u send 10 1000 truth wait "
					       "unmap nw_dgrams send 3 500 wait close",
					       port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "udp", .rport = port };
	struct json_object *peer;
	struct nw_flow_sum sum;

	(void)state;
	(void)nw_actor_truth(seen);
	(void)nw_flow_reached(t, &key, 10000, 0);
	nw_actor_say(seen, "go");
	peer = json_object_array_get_idx(nw_rec_get(nw_actor_truth(far), "sockets"), 0);
	nw_actor_say(seen, "go");
	sum = nw_flow_ended(t, &key);
	assert_int_equal(sum.sent, nw_rec_u64(peer, "received"));
	assert_int_equal(sum.sent_packets, nw_rec_u64(peer, "received_packets"));
	assert_int_equal(sum.sent, 11500);
	(void)nw_tool_await(t, LEDGER " process.pid=%d", seen->pid);
}

/* TCP: its bytes are the socket's own. */
static void test_stream(void **state)
{
	struct nw_tool *t = nw_tool_trace("");
	struct nw_actor *far = nw_actor_start(
		NW_PLACE_FAR, "tcp listen 127.0.0.1 accept recv 10000 recv 1500 eof truth");
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen = nw_actor_start(NW_PLACE_SEEN,
					       "tcp connect 127.0.0.1 %u send 10000 wait "
					       "unmap nw_streams send 1500 wait close",
					       port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .rport = port };
	struct nw_flow_sum sum;

	(void)state;
	(void)nw_flow_reached(t, &key, 10000, 0);
	nw_actor_say(seen, "go");
	(void)nw_tool_await(t, LEDGER " process.pid=%d", seen->pid);
	nw_actor_say(seen, "go");
	sum = nw_flow_ended(t, &key);
	assert_int_equal(sum.sent, 11500);
}

/* All links to a cgroup of this test's own: each hook is told to be off, and what follows is seen in part. */
static void test_links(void **state)
{
	static const char *const hooks[] = { "skb_egress",   "skb_ingress", "sock_bind",
					     "sock_connect", "sock_create", "sock_release" };
	struct json_object *said;
	struct nw_tool *t;
	char dir[160];
	struct stat st;

	(void)state;
	(void)snprintf(dir, sizeof(dir), "%s/links", nw_place_dir(NW_PLACE_SEEN));
	assert_int_equal(mkdir(dir, 0755), 0);
	assert_int_equal(stat(dir, &st), 0);
	t = nw_tool_start(NULL, "trace -o json --cgroup %s", dir);
	(void)nw_tool_await(t, "event.dataset=nvrwatch.status event.action=start");
	assert_int_equal(truth_unlink(st.st_ino), 8);
	for (size_t i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++) {
		(void)nw_tool_await(t, TAMPER " nvrwatch.finding.evidence.hook=%s", hooks[i]);
	}
	said = nw_tool_stopped(t);
	assert_string_equal(nw_rec_str(said, "nvrwatch.hooks.skb_egress"), NW_HOOK_TAKEN_OFF);
	assert_int_not_equal(strncmp(nw_rec_str(said, "nvrwatch.hooks.tcp_state"), "off", 3), 0);
	assert_non_null(nw_rec_get(said, "nvrwatch.coverage.why"));
	assert_int_equal(rmdir(dir), 0);
}

NW_TESTS(e2e_tamper, NW_ROOT_TEST(test_datagrams), NW_ROOT_TEST(test_stream),
	 NW_ROOT_TEST(test_links));
