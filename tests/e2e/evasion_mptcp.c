/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MPTCP: one socket of a program's, several connections of TCP on the wire, which the kernel makes.
 * Each is a flow of the process, to the byte as the far end's kernel counted it on that connection.
 */
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "root/support.h"

/* Where the kernel has none (Debian's 5.10), plain TCP must hold to the same. */
static const char *mptcp(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP);

	if (fd >= 0) {
		close(fd);
	}
	return fd >= 0 ? "mptcp" : "tcp";
}

/* The far end's program is the truth: its socket is MPTCP's own, not the one that counts. */
static void check_mptcp(struct nw_flow_sum *sum, struct json_object *far)
{
	assert_int_equal(sum->sent, nw_rec_u64(far, "read"));
	assert_int_equal(sum->received, nw_rec_u64(far, "wrote"));
}

static void test_mptcp_connects(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(
		NW_PLACE_FAR,
		"tcp %s listen 127.0.0.1 accept recv 60013 send 50021 truth eof close", mptcp());
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen = nw_actor_start(
		NW_PLACE_SEEN, "tcp %s connect 127.0.0.1 %u send 60013 recv 50021 close", mptcp(),
		port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .rport = port };
	struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);

	(void)state;
	check_mptcp(&sum, nw_actor_truth(far));
	assert_int_equal(sum.sent, 60013);
	assert_true(sum.is_outbound);
}

/* The kernel makes the listener that counts, so only listen(2) can tell whose it is. */
static void check_mptcp_accepts(const char *does, const char *far_does)
{
	struct nw_session *s = nw_session();
	struct nw_actor *seen = nw_actor_start(
		NW_PLACE_SEEN, "tcp %s listen 127.0.0.1 accept %s eof close", mptcp(), does);
	unsigned port = nw_actor_port(seen);
	struct nw_actor *far =
		nw_actor_start(NW_PLACE_FAR, "tcp %s connect 127.0.0.1 %u %s truth close", mptcp(),
			       port, far_does);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .lport = port };
	struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);

	check_mptcp(&sum, nw_actor_truth(far));
	assert_int_equal(sum.received, 60013);
	assert_false(sum.is_outbound);
	nw_tool_await(s->tool,
		      "event.dataset=nvrwatch.listener event.action=start process.pid=%d "
		      "server.port=%u",
		      seen->pid, port);
}

static void test_mptcp_accepts(void **state)
{
	(void)state;
	check_mptcp_accepts("send 50021 recv 60013", "recv 50021 send 60013");
}

static void test_mptcp_only_hears(void **state)
{
	(void)state;
	check_mptcp_accepts("recv 60013", "send 60013");
}

/* ---- a second connection ---------------------------------------------------------------------- */

#define OURS  "203.0.113.1"
#define OTHER "203.0.113.9" /* ours too: from there the second connection goes */
#define FAR   "203.0.113.70"
#define MAY   "ip mptcp,limits,set,subflow,1,add_addr_accepted,1 "

/* What both ends do in turn, each part once the test says so. Once the first connection has ended the
 * rest goes over the other. */
#define LISTENS(does)                                                                       \
	MAY "mptcp port 4711 listen " FAR " accept recv 500 send 500 subflows 2 wait " does \
	    " 8000017 ready wait subflows 2 wait subflows 2 wait subflows 1 wait " does     \
	    " 60013 ready wait subflows 1 wait subflows 1 wait close"
#define CONNECTS(does)                                                     \
	MAY "ip addr,add," OTHER "/24,dev,v0 wait mptcp connect " FAR      \
	    " 4711 send 500 recv 500 ip mptcp,endpoint,add," OTHER         \
	    ",dev,v0,subflow subflows 2 wait " does                        \
	    " 8000017 ready wait subflows 2 wait subflows 2 wait "         \
	    "ip mptcp,endpoint,delete,id,0," OURS " subflows 1 wait " does \
	    " 60013 ready wait subflows 1 wait subflows 1 wait close"
#define TURNS 8
#define BEFORE \
	3      /* the turn in which the far end says what both carried, when both ends are quiet */
#define LAST 7 /* and the second, to the end */
#define ALL  (500 + 8000017 + 60013)

/* Its ends, and what it carried, as the far end's kernel says. */
static struct nw_flow_sum check_connection(const struct nw_end *ours, struct json_object *far)
{
	struct nw_flow_key key = { .pid = ours->pid,
				   .transport = "tcp",
				   .lport = (unsigned)nw_rec_u64(far, "rport"),
				   .rport = (unsigned)nw_rec_u64(far, "lport") };
	struct nw_flow_sum sum = nw_flow_ended(nw_session()->tool, &key);

	nw_flow_check(&sum, far);
	nw_rec_check(sum.last, "nvrwatch.owner=exact nvrwatch.sender.pid=");
	return sum;
}

/* The one that is not other, or any. */
static struct json_object *connection(struct json_object *truth, struct json_object *other)
{
	struct json_object *all = nw_rec_get(truth, "subflows");
	struct json_object *first = json_object_array_get_idx(all, 0);

	return other && nw_rec_u64(first, "lport") == nw_rec_u64(other, "lport") &&
			       nw_rec_u64(first, "rport") == nw_rec_u64(other, "rport")
		       ? json_object_array_get_idx(all, 1)
		       : first;
}

static void take_turns(struct nw_end *listens, struct nw_end *connects, struct nw_end *far,
		       struct json_object *ret_far[TURNS])
{
	struct nw_end *ours = far == listens ? connects : listens;

	assert_int_equal(nw_actor_port(listens->actor), 4711);
	nw_actor_say(connects->actor, "connect");
	for (int i = 0; i < TURNS; i++) {
		nw_actor_truth(ours->actor);
		ret_far[i] = nw_actor_truth(far->actor);
		nw_actor_say(connects->actor, "go on");
		nw_actor_say(listens->actor, "go on");
	}
	nw_actor_done(connects->actor);
	nw_actor_done(listens->actor);
}

/*
 * One end connects, then gets a second address, from which its kernel connects again: by a path
 * manager that was told of it, in a thread of the kernel's own. What one end sends goes over both, and
 * then over the second alone.
 */
static void check_two(bool is_accepting, bool is_sending)
{
	struct nw_end listens = { .addr = FAR }, connects = { .addr = OURS };
	struct nw_end *ours = is_accepting ? &listens : &connects;
	struct nw_end *far = is_accepting ? &connects : &listens;
	struct json_object *truth[TURNS];
	struct nw_flow_sum first, second;

	nw_session();
	ours->place = NW_PLACE_SEEN;
	far->place = NW_PLACE_FAR;
	listens.script = is_accepting == is_sending ? LISTENS("send") : LISTENS("recv");
	connects.script = is_accepting == is_sending ? CONNECTS("recv") : CONNECTS("send");
	nw_ends_start(&listens, &connects);
	take_turns(&listens, &connects, far, truth);
	second = check_connection(ours, connection(truth[LAST], NULL));
	first = check_connection(ours, connection(truth[BEFORE], connection(truth[LAST], NULL)));
	assert_int_equal(first.is_outbound, !is_accepting);
	assert_int_equal(second.is_outbound, !is_accepting);
	/* more where the kernel sent something over both, to be sure */
	assert_true((is_sending ? second.sent : second.received) >= 60013);
	assert_true(first.sent + second.sent >= (is_sending ? ALL : 500));
	assert_true(first.received + second.received >= (is_sending ? 500 : ALL));
}

/* Where the kernel has no MPTCP there is one connection, which the tests above have. */
static void check_two_ways(bool is_accepting)
{
	if (strcmp(mptcp(), "mptcp") == 0) {
		check_two(is_accepting, true);
		check_two(is_accepting, false);
	}
}

static void test_two_connections(void **state)
{
	(void)state;
	check_two_ways(false);
}

static void test_two_accepted(void **state)
{
	(void)state;
	check_two_ways(true);
}

/* ---- open before the start -------------------------------------------------------------------- */

#define EARLIER "recv 10007 send 10007 "
#define LATER	"recv 30013 send 20011 eof close"
#define FAR_NOW "send 30013 recv 20011 close"

static void check_old(struct nw_tool *t, const struct nw_flow_key *key, const char *initiator)
{
	struct nw_flow_sum sum = nw_flow_ended(t, key);

	assert_int_equal(sum.sent, 20011);
	assert_int_equal(sum.received, 30013);
	nw_rec_check(sum.last, "nvrwatch.owner=exact nvrwatch.sender.pid=");
	nw_rec_check(sum.last, initiator);
}

/* What a listener takes later has nothing from before. */
static void test_mptcp_open_before(void **state)
{
	struct nw_actor *peer = nw_actor_start(
		NW_PLACE_FAR,
		"tcp %s listen 127.0.0.1 accept send 10007 recv 10007 ready wait " FAR_NOW,
		mptcp());
	unsigned port = nw_actor_port(peer);
	struct nw_actor *old = nw_actor_start(
		NW_PLACE_SEEN, "tcp %s connect 127.0.0.1 %u " EARLIER LATER, mptcp(), port);
	struct nw_actor *server =
		nw_actor_start(NW_PLACE_SEEN, "tcp %s listen 127.0.0.1 accept " LATER, mptcp());
	unsigned its = nw_actor_port(server);
	struct nw_tool *t;

	(void)state;
	nw_actor_truth(peer);
	t = nw_tool_trace("");
	nw_actor_say(peer, "go on");
	nw_actor_done(
		nw_actor_start(NW_PLACE_FAR, "tcp %s connect 127.0.0.1 %u " FAR_NOW, mptcp(), its));
	check_old(t, &(struct nw_flow_key){ .pid = old->pid, .transport = "tcp", .rport = port },
		  "nvrwatch.flow.prestart=true");
	check_old(t, &(struct nw_flow_key){ .pid = server->pid, .transport = "tcp", .lport = its },
		  "nvrwatch.flow.prestart= nvrwatch.initiator=syn");
	nw_tool_await(t,
		      "event.dataset=nvrwatch.listener event.action=found process.pid=%d "
		      "server.port=%u network.transport=tcp",
		      server->pid, its);
}

NW_TESTS(e2e_evasion_mptcp, NW_ROOT_TEST(test_mptcp_connects), NW_ROOT_TEST(test_mptcp_accepts),
	 NW_ROOT_TEST(test_mptcp_only_hears), NW_ROOT_TEST(test_two_connections),
	 NW_ROOT_TEST(test_two_accepted), NW_ROOT_TEST(test_mptcp_open_before));
