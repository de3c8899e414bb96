/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger of TCP, to the byte: what the flow's records say that an observed program sent is what
 * the far end's kernel accepted, and what they say that it received is what the far end's kernel
 * sent once. The far end is not observed.
 */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "root/support.h"

struct tcp_case {
	bool is_accepting; /* the observed end listens */
	const char *listen;
	const char *connect;
	const char *seen; /* what the ends do once they are connected; far says its truth last */
	const char *far;
};

struct tcp_pair {
	struct nw_actor *seen, *far;
	unsigned port;
};

static struct tcp_pair start(const struct tcp_case *c)
{
	enum nw_place first = c->is_accepting ? NW_PLACE_SEEN : NW_PLACE_FAR;
	enum nw_place then = c->is_accepting ? NW_PLACE_FAR : NW_PLACE_SEEN;
	struct nw_actor *a, *b;
	struct tcp_pair p;

	a = nw_actor_start(first, "tcp listen %s %s", c->listen,
			   c->is_accepting ? c->seen : c->far);
	p.port = nw_actor_port(a);
	b = nw_actor_start(then, "tcp connect %s %u %s", c->connect, p.port,
			   c->is_accepting ? c->far : c->seen);
	p.seen = c->is_accepting ? a : b;
	p.far = c->is_accepting ? b : a;
	return p;
}

/* The flow of the observed end, from the far end's truth. */
static struct nw_flow_key key_of(const struct tcp_pair *p, struct json_object *far)
{
	return (struct nw_flow_key){
		.pid = p->seen->pid,
		.transport = "tcp",
		.lport = (unsigned)nw_rec_u64(far, "rport"),
		.rport = (unsigned)nw_rec_u64(far, "lport"),
	};
}

/* Runs a case to its end; sent and received are what the script says, checked too. */
static struct nw_flow_sum run(const struct tcp_case *c, uint64_t sent, uint64_t received)
{
	struct nw_session *s = nw_session();
	struct tcp_pair p = start(c);
	struct json_object *far = nw_actor_truth(p.far);
	struct nw_flow_key key = key_of(&p, far);
	struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);

	nw_flow_check(&sum, far);
	assert_int_equal(sum.sent, sent);
	assert_int_equal(sum.received, received);
	assert_int_equal(sum.is_outbound, !c->is_accepting);
	nw_actor_done(p.seen);
	nw_actor_done(p.far);
	return sum;
}

#define SEEN_FIRST "send 100003 recv 50021 close"
#define FAR_THEN   "recv 100003 send 50021 eof truth close"

static void test_connect_side(void **state)
{
	struct tcp_case c = { false, "127.0.0.1 accept", "127.0.0.1", SEEN_FIRST, FAR_THEN };

	(void)state;
	run(&c, 100003, 50021);
}

static void test_accept_side(void **state)
{
	struct tcp_case c = { true, "127.0.0.1", "127.0.0.1", "accept " SEEN_FIRST, FAR_THEN };

	(void)state;
	run(&c, 100003, 50021);
}

static void test_ipv6_connect(void **state)
{
	struct tcp_case c = { false, "::1 accept", "::1", SEEN_FIRST, FAR_THEN };

	(void)state;
	run(&c, 100003, 50021);
}

static void test_ipv6_accept(void **state)
{
	struct tcp_case c = { true, "::1", "::1", "accept " SEEN_FIRST, FAR_THEN };

	(void)state;
	run(&c, 100003, 50021);
}

/* An IPv6 socket whose peer has an IPv4 address, as any server that listens on :: has them. */
static void test_v4_mapped_connect(void **state)
{
	struct tcp_case c = { false, "127.0.0.1 accept", "::ffff:127.0.0.1", SEEN_FIRST, FAR_THEN };
	struct nw_flow_sum sum;

	(void)state;
	sum = run(&c, 100003, 50021);
	assert_string_equal(nw_rec_str(sum.last, "destination.ip"), "127.0.0.1");
}

static void test_v4_mapped_accept(void **state)
{
	struct tcp_case c = { true, "::", "127.0.0.1", "accept " SEEN_FIRST, FAR_THEN };
	struct nw_flow_sum sum;

	(void)state;
	sum = run(&c, 100003, 50021);
	assert_string_equal(nw_rec_str(sum.last, "source.ip"), "127.0.0.1");
}

/* The far end closes first. */
static void test_passive_close(void **state)
{
	struct tcp_case c = { false, "127.0.0.1 accept", "127.0.0.1",
			      "send 70001 recv 30011 eof close",
			      "recv 70001 send 30011 shut eof truth close" };

	(void)state;
	run(&c, 70001, 30011);
}

static void test_many_windows(void **state)
{
	struct tcp_case c = { false, "127.0.0.1 accept", "127.0.0.1",
			      "send 8000003 recv 3000017 close",
			      "recv 8000003 send 3000017 eof truth close" };

	(void)state;
	run(&c, 8000003, 3000017);
}

static void test_one_byte(void **state)
{
	struct tcp_case c = { false, "127.0.0.1 accept", "127.0.0.1", "send 1 close",
			      "eof truth close" };

	(void)state;
	run(&c, 1, 0);
}

static void test_reset_by_us(void **state)
{
	struct tcp_case c = { false, "127.0.0.1 accept", "127.0.0.1",
			      "send 40009 recv 20021 linger0 close",
			      "recv 40009 send 20021 eof truth close" };

	(void)state;
	run(&c, 40009, 20021);
}

static void test_reset_by_far(void **state)
{
	struct tcp_case c = { true, "::1", "::1", "accept send 40009 recv 20021 eof close",
			      "recv 40009 send 20021 truth linger0 close" };

	(void)state;
	run(&c, 40009, 20021);
}

/* What a dead program left in its socket still leaves the host, and is counted. */
static void test_killed_with_queued_data(void **state)
{
	struct tcp_case c = { false, "127.0.0.1 accept", "127.0.0.1", "flood truth kill",
			      "wait truth eof truth close" };
	struct nw_session *s = nw_session();
	struct tcp_pair p = start(&c);
	uint64_t wrote = nw_rec_u64(nw_actor_truth(p.seen), "wrote");
	struct json_object *before, *after;
	struct nw_flow_key key;
	struct nw_flow_sum sum;
	int status;

	(void)state;
	status = nw_actor_end(p.seen);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	nw_actor_say(p.far, "go");
	before = nw_actor_truth(p.far);
	after = nw_actor_truth(p.far);
	/* there was something to lose */
	assert_true(nw_rec_u64(before, "kernel_received") < wrote);
	assert_int_equal(nw_rec_u64(after, "kernel_received"), wrote);
	key = key_of(&p, after);
	sum = nw_flow_ended(s->tool, &key);
	nw_flow_check(&sum, after);
}

/* The far end takes only a part: what it never took is not counted as sent. */
static void test_reset_with_unread_data(void **state)
{
	struct tcp_case c = { false, "127.0.0.1 accept", "127.0.0.1", "flood truth eof close",
			      "wait truth linger0 close" };
	struct nw_session *s = nw_session();
	struct tcp_pair p = start(&c);
	uint64_t wrote = nw_rec_u64(nw_actor_truth(p.seen), "wrote");
	struct nw_flow_key key;
	struct nw_flow_sum sum;
	struct json_object *far;

	(void)state;
	nw_actor_say(p.far, "go");
	far = nw_actor_truth(p.far);
	key = key_of(&p, far);
	sum = nw_flow_ended(s->tool, &key);
	nw_flow_check(&sum, far);
	assert_true(sum.sent < wrote);
}

/* One socket, two connections one after the other: two flows, each with its own bytes. */
static void test_socket_lives_twice(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far[2];
	struct nw_actor *seen;
	unsigned port[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		far[i] = nw_actor_start(NW_PLACE_FAR,
					"tcp listen 127.0.0.1 accept recv %d send %d eof truth",
					10007 + i, 20011 + i);
		port[i] = nw_actor_port(far[i]);
	}
	seen = nw_actor_start(NW_PLACE_SEEN,
			      "tcp connect 127.0.0.1 %u send 10007 recv 20011 unspec "
			      "connect 127.0.0.1 %u send 10008 recv 20012 close",
			      port[0], port[1]);
	for (int i = 0; i < 2; i++) {
		struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .rport = port[i] };
		struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);

		nw_flow_check(&sum, nw_actor_truth(far[i]));
		assert_int_equal(sum.sent, 10007 + i);
		assert_int_equal(sum.received, 20011 + i);
	}
}

/* The flow stays open until the ledger looked: on 5.10 nothing else can say who sends. */
static void test_child_sends(void **state)
{
	struct tcp_case c = { false, "127.0.0.1 accept", "127.0.0.1",
			      "fork send 60013 recv 5 truth join wait close",
			      "recv 60013 send 5 eof truth close" };
	struct nw_session *s = nw_session();
	struct tcp_pair p = start(&c);
	struct nw_flow_key key = { .pid = p.seen->pid, .transport = "tcp", .rport = p.port };
	uint64_t child = nw_rec_u64(nw_actor_truth(p.seen), "pid");
	struct nw_flow_sum sum;

	(void)state;
	nw_flow_reached(s->tool, &key, 60013, 5);
	nw_actor_say(p.seen, "close");
	sum = nw_flow_ended(s->tool, &key);
	nw_flow_check(&sum, nw_actor_truth(p.far));
	assert_int_not_equal(child, p.seen->pid);
	assert_int_equal(nw_rec_u64(sum.last, "nvrwatch.sender.pid"), child);
}

/* A server that forks, then accepts in the child: the flow is of one of them, and names the child. */
static void test_child_accepts(void **state)
{
	struct tcp_case c = { true, "127.0.0.1", "127.0.0.1",
			      "fork accept send 60013 recv 5 truth wait close join",
			      "recv 60013 send 5 eof truth close" };
	struct nw_session *s = nw_session();
	struct tcp_pair p = start(&c);
	struct nw_flow_key key = { .transport = "tcp", .lport = p.port };
	uint64_t child = nw_rec_u64(nw_actor_truth(p.seen), "pid");
	struct nw_flow_sum sum;

	(void)state;
	nw_flow_reached(s->tool, &key, 60013, 5);
	nw_actor_say(p.seen, "close");
	sum = nw_flow_ended(s->tool, &key);
	nw_flow_check(&sum, nw_actor_truth(p.far));
	if (nw_rec_u64(sum.last, "process.pid") != child) {
		assert_int_equal(nw_rec_u64(sum.last, "nvrwatch.sender.pid"), child);
	}
}

/* The ring is the process's own: whoever of the kernel's threads works for it, nobody else is told. */
static void check_uring_flow(const struct tcp_pair *p, const struct nw_flow_key *key)
{
	struct json_object *truth;
	struct nw_flow_sum sum;

	nw_actor_truth(p->seen);
	nw_actor_say(p->seen, "go");
	truth = nw_actor_truth(p->far);
	sum = nw_flow_ended(nw_session()->tool, key);
	nw_flow_check(&sum, truth);
	assert_int_equal(sum.sent, 90001);
	assert_int_equal(sum.received, 70001);
	assert_int_equal(sum.is_outbound, key->rport != 0);
	nw_rec_check(sum.last, "nvrwatch.owner=exact nvrwatch.sender.pid= nvrwatch.roles=");
}

#define URING_FAR "recv 90001 send 70001 eof truth"

static void check_uring(const char *mode)
{
	struct tcp_pair p;
	struct nw_flow_key key = { .transport = "tcp" };

	nw_session();
	p.far = nw_actor_start(NW_PLACE_FAR, "tcp listen 127.0.0.1 accept " URING_FAR);
	key.rport = nw_actor_port(p.far);
	p.seen = nw_actor_start(NW_PLACE_SEEN, "tcp_uring %s 127.0.0.1 %u 90001 70001", mode,
				key.rport);
	key.pid = p.seen->pid;
	check_uring_flow(&p, &key);
	p.seen = nw_actor_start(NW_PLACE_SEEN, "tcp_uring %s 127.0.0.1 0 90001 70001", mode);
	key = (struct nw_flow_key){ p.seen->pid, "tcp", NULL, nw_actor_port(p.seen), 0 };
	p.far = nw_actor_start(NW_PLACE_FAR, "tcp connect 127.0.0.1 %u " URING_FAR, key.lport);
	check_uring_flow(&p, &key);
}

static void test_uring_direct(void **state)
{
	(void)state;
	check_uring("direct");
}

static void test_uring_async(void **state)
{
	(void)state;
	check_uring("async");
}

static void test_uring_sqpoll(void **state)
{
	(void)state;
	check_uring("sqpoll");
}

/* In no table of open files: nobody who looks there finds it. */
static void test_uring_fixed(void **state)
{
	(void)state;
	check_uring("fixed");
}

/* Both ends observed: a record for each socket, each with its own process. */
static void test_both_ends(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *a = nw_actor_start(NW_PLACE_SEEN, "tcp listen 127.0.0.1 accept recv 30011 "
							   "send 20021 eof truth close");
	unsigned port = nw_actor_port(a);
	struct nw_actor *b = nw_actor_start(
		NW_PLACE_SEEN, "tcp connect 127.0.0.1 %u send 30011 recv 20021 close", port);
	struct json_object *truth = nw_actor_truth(a);
	unsigned client = (unsigned)nw_rec_u64(truth, "rport");
	struct nw_flow_key accepting = { a->pid, "tcp", NULL, port, client };
	struct nw_flow_key connecting = { b->pid, "tcp", NULL, client, port };
	struct nw_flow_sum sum;

	(void)state;
	sum = nw_flow_ended(s->tool, &accepting);
	assert_int_equal(sum.sent, 20021);
	assert_int_equal(sum.received, 30011);
	assert_false(sum.is_outbound);
	sum = nw_flow_ended(s->tool, &connecting);
	assert_int_equal(sum.sent, 30011);
	assert_int_equal(sum.received, 20021);
	assert_true(sum.is_outbound);
}

/* ---- what the kernel counts beside the bytes -------------------------------------------------- */

/* Segments of both ways, acknowledgements and FIN too, as the socket's own kernel counted them. */
static void test_packets(void **state)
{
	struct nw_session *s = nw_session();
	struct tcp_case c = { false, "127.0.0.1 accept", "127.0.0.1",
			      "send 100003 recv 50021 shut eof truth close",
			      "recv 100003 send 50021 eof truth close" };
	struct tcp_pair p = start(&c);
	struct nw_flow_key key = key_of(&p, nw_actor_truth(p.far));
	struct json_object *seen = nw_actor_truth(p.seen);
	struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);

	(void)state;
	assert_int_equal(sum.sent_packets, nw_rec_u64(seen, "kernel_segs_out"));
	assert_int_equal(sum.received_packets, nw_rec_u64(seen, "kernel_segs_in"));
}

/* The reader is stopped while the queue fills: its first look is at what stays. */
static struct json_object *look_at_queue(const struct tcp_case *c, struct json_object **ret_truth)
{
	struct nw_tool *t = nw_tool_trace("");
	struct tcp_pair p = start(c);

	nw_actor_truth(p.far);
	nw_tool_pause(t);
	nw_actor_say(p.seen, "send");
	*ret_truth = nw_actor_truth(p.seen);
	nw_tool_resume(t);
	return nw_tool_await(t, "event.dataset=nvrwatch.flow network.transport=tcp process.pid=%d",
			     p.seen->pid);
}

/* The far end's kernel hears nothing. */
static void test_unacknowledged(void **state)
{
	struct tcp_case c = { false, "127.0.0.1 accept deaf ready wait", "127.0.0.1",
			      "wait send 5000 queues wait", "" };
	struct json_object *truth, *rec;

	(void)state;
	rec = look_at_queue(&c, &truth);
	nw_rec_check(truth, "unacked=5000 unsent=0");
	nw_rec_check(rec, "nvrwatch.total.source.bytes=5000 nvrwatch.unacked_bytes=5000 "
			  "nvrwatch.unsent_bytes=0");
}

/* The far end's program reads nothing: what has no room there waits here. */
static void test_unsent(void **state)
{
	struct tcp_case c = { false, "127.0.0.1 accept ready wait", "127.0.0.1",
			      "wait flood queues wait", "" };
	struct json_object *truth, *rec;

	(void)state;
	rec = look_at_queue(&c, &truth);
	assert_true(nw_rec_u64(truth, "unsent") > 0);
	assert_true(nw_rec_u64(rec, "nvrwatch.unsent_bytes") > 0);
	assert_int_equal(nw_rec_u64(rec, "nvrwatch.total.source.bytes") +
				 nw_rec_u64(rec, "nvrwatch.unsent_bytes"),
			 nw_rec_u64(truth, "wrote"));
}

NW_TESTS(e2e_ledger_tcp, NW_ROOT_TEST(test_connect_side), NW_ROOT_TEST(test_accept_side),
	 NW_ROOT_TEST(test_ipv6_connect), NW_ROOT_TEST(test_ipv6_accept),
	 NW_ROOT_TEST(test_v4_mapped_connect), NW_ROOT_TEST(test_v4_mapped_accept),
	 NW_ROOT_TEST(test_passive_close), NW_ROOT_TEST(test_many_windows),
	 NW_ROOT_TEST(test_one_byte), NW_ROOT_TEST(test_reset_by_us),
	 NW_ROOT_TEST(test_reset_by_far), NW_ROOT_TEST(test_killed_with_queued_data),
	 NW_ROOT_TEST(test_reset_with_unread_data), NW_ROOT_TEST(test_socket_lives_twice),
	 NW_ROOT_TEST(test_child_sends), NW_ROOT_TEST(test_child_accepts),
	 NW_ROOT_TEST(test_uring_direct), NW_ROOT_TEST(test_uring_async),
	 NW_ROOT_TEST(test_uring_sqpoll), NW_ROOT_TEST(test_uring_fixed),
	 NW_ROOT_TEST(test_both_ends), NW_ROOT_TEST(test_packets),
	 NW_ROOT_TEST(test_unacknowledged), NW_ROOT_TEST(test_unsent));
