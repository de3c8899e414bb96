/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Full tables: more is there than a table has room for. What had to go is counted, one by one, and
 * a blind-spot finding says so; what its records had told before stays true.
 */
#include <signal.h>

#include "root/support.h"

#define ROOM 64	 /* the smallest table */
#define FEW  40	 /* fit into it */
#define OPEN 200 /* do not */

/* Ends the run; its last word on this cause, for which there must have been a finding. */
static uint64_t lost(struct nw_tool *t, const char *cause)
{
	nw_tool_await(t,
		      "event.dataset=nvrwatch.finding rule.id=blind-spot nvrwatch.finding.key=%s",
		      cause);
	return nw_tool_lost(nw_tool_stopped(t), cause);
}

/* What the records of this process's flows add up to. */
static uint64_t sent_by(struct nw_tool *t, pid_t pid)
{
	uint64_t sent = 0;

	for (size_t i = 0; i < t->recs_len; i++) {
		struct json_object *rec = t->recs[i];

		if (nw_rec_matches(rec, "event.dataset=nvrwatch.flow") &&
		    nw_rec_get(rec, "process.pid") &&
		    nw_rec_u64(rec, "process.pid") == (uint64_t)pid) {
			sent += nw_rec_u64(rec, "source.bytes");
		}
	}
	return sent;
}

/* ---- flows ------------------------------------------------------------------------------------ */

/* Opens that many and waits until one is told; they send again and close when told to. */
static struct nw_actor *open_flows(struct nw_tool *t, unsigned port, unsigned n)
{
	struct nw_actor *a =
		nw_actor_start(NW_PLACE_SEEN, "flood together 127.0.0.1 %u %u 100", port, n);

	nw_actor_truth(a);
	nw_tool_await(t, "event.dataset=nvrwatch.flow process.pid=%d", a->pid);
	return a;
}

/* Of those to this port, how many records are of that kind. */
static unsigned told(struct nw_tool *t, unsigned port, const char *kind)
{
	return nw_tool_count(t, "event.dataset=nvrwatch.flow destination.port=%u %s", port, kind);
}

static void end_flows(struct nw_actor *a, bool has_to_send)
{
	if (has_to_send) {
		nw_actor_say(a, "again");
	}
	nw_actor_say(a, "close");
	nw_actor_done(a);
}

/*
 * What flows carried and nobody was told yet when they had to go, is told then: the sum is exact,
 * and the loss is counted. A new connection is told in the ledger's pass that saw the others send
 * again, of which no record is due for a minute. On 5.10 that pass must come before they close: the
 * last word there has no owner of its own.
 */
static void test_flow_table_full(void **state)
{
	struct nw_tool *t = nw_tool_trace_with("flow_interval: 60s\nlimits:\n  flows: 64\n", "");
	struct nw_actor *far =
		nw_actor_start(NW_PLACE_FAR, "flood accepts 127.0.0.1 %d", FEW + OPEN + 2);
	unsigned port = nw_actor_port(far);
	struct nw_actor *few = open_flows(t, port, FEW);
	struct nw_actor *last[2], *many;
	uint64_t missed, sent[2];
	unsigned began, ended, strays;

	(void)state;
	nw_actor_say(few, "again");
	nw_actor_truth(few);
	last[0] = open_flows(t, port, 1);
	many = open_flows(t, port, OPEN);
	nw_tool_await_loss(t, "flow_evicted");
	nw_actor_say(many, "again");
	nw_actor_truth(many);
	last[1] = open_flows(t, port, 1);
	end_flows(many, false);
	end_flows(few, false);
	end_flows(last[0], true);
	end_flows(last[1], true);
	nw_tool_settle(t);
	missed = lost(t, "flow_evicted");
	began = told(t, port, "nvrwatch.flow.record=1");
	ended = told(t, port, "event.action=end");
	/* what a process that was killed before this test left in the kernel is sent again here */
	strays = nw_tool_count(t, "event.dataset=nvrwatch.flow nvrwatch.flow.record=1") - began;
	sent[0] = sent_by(t, few->pid);
	sent[1] = sent_by(t, many->pid);
	assert_int_equal(sent[0], 2 * 100 * FEW);
	assert_int_equal(sent[1], 2 * 100 * OPEN);
	assert_int_equal(sent[0] + sent[1] + 2 * 2 * 100, nw_rec_u64(nw_actor_truth(far), "read"));
	assert_true(missed >= FEW + OPEN - ROOM);
	/* each flow came to its end, or was counted */
	assert_in_range(missed, began - ended, began - ended + strays);
}

#define FLOW_OF "event.dataset=nvrwatch.flow process.pid=%d"

/* What nobody heard of since leaves the table while so many are open. */
static void push_out(struct nw_tool *t)
{
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "flood accepts 127.0.0.1 %d", OPEN);
	uint64_t until = nw_tool_lost_so_far(t, "flow_evicted") + OPEN - ROOM;
	struct nw_actor *many = open_flows(t, nw_actor_port(far), OPEN);

	(void)nw_tool_await_more_loss(t, "flow_evicted", until - 1);
	end_flows(many, true);
}

/* What was told of it before, and is told since by the flow that begins anew, is all, once. */
static void check_begun_anew(struct nw_tool *t, struct nw_actor *a, uint64_t sent,
			     uint64_t received)
{
	uint64_t deadline = nw_deadline();
	pid_t pid = a->pid;

	push_out(t);
	nw_actor_say(a, "again");
	nw_actor_truth(a);
	while (nw_tool_count(t, FLOW_OF " nvrwatch.flow.record=1", pid) < 2) {
		if (nw_deadline_is_over(deadline)) {
			nw_tool_fail(t, "no flow of process %d begins anew", (int)pid);
		}
		nw_tool_read(t, nw_deadline_left_ms(deadline));
	}
	nw_actor_say(a, "close");
	nw_actor_done(a);
	nw_tool_await(t, FLOW_OF " event.action=end", pid);
	assert_int_equal(nw_tool_count(t, FLOW_OF " nvrwatch.flow.record=1", pid), 2);
	assert_int_equal(nw_tool_sum(t, "source.bytes", FLOW_OF, pid), sent);
	assert_int_equal(nw_tool_sum(t, "destination.bytes", FLOW_OF, pid), received);
}

static void test_begun_anew(void **state)
{
	struct nw_tool *t = nw_tool_trace_with("flow_interval: 60s\nlimits:\n  flows: 64\n", "");
	struct nw_actor *far = nw_actor_start(
		NW_PLACE_FAR,
		"tcp listen 127.0.0.1 accept recv 5000 send 7000 recv 300 send 400 wait");
	struct nw_actor *a = nw_actor_start(
		NW_PLACE_SEEN,
		"tcp connect 127.0.0.1 %u send 5000 recv 7000 truth wait send 300 recv 400 truth wait",
		nw_actor_port(far));

	(void)state;
	nw_actor_truth(a);
	check_begun_anew(t, a, 5300, 7400);
	far = nw_actor_start(NW_PLACE_FAR, "udp bind 127.0.0.1 1 recv 10 echo 40 recv 5 echo 15");
	a = nw_actor_start(NW_PLACE_SEEN,
			   "udp connect 127.0.0.1 %u send 50 1234 recv 40 truth wait "
			   "send 20 100 recv 15 truth wait",
			   nw_actor_port(far));
	nw_actor_truth(a);
	check_begun_anew(t, a, 50 * 1234 + 20 * 100, 40 * 1234 + 15 * 100);
}

/* ---- processes, listeners, names, heads ------------------------------------------------------- */

/* One that had to go while it lived is not known when it ends: its end is not told. */
static void test_process_table_full(void **state)
{
	struct nw_tool *t = nw_tool_trace_with("limits:\n  processes: 64\n", "");
	struct nw_actor *a = nw_actor_start(NW_PLACE_SEEN, "proc flock %d", OPEN);
	unsigned began, ended;
	struct json_object *said;
	uint64_t missed, skipped;

	(void)state;
	nw_actor_truth(a);
	nw_tool_await_loss(t, "process_evicted");
	nw_actor_say(a, "end");
	nw_actor_end(a);
	nw_tool_settle(t);
	nw_tool_await(t, "event.dataset=nvrwatch.finding rule.id=blind-spot "
			 "nvrwatch.finding.key=process_evicted");
	said = nw_tool_stopped(t);
	missed = nw_tool_lost(said, "process_evicted");
	skipped = nw_tool_lost(said, "skipped");
	began = nw_tool_count(t, "event.dataset=nvrwatch.process event.action=exec");
	ended = nw_tool_count(t, "event.dataset=nvrwatch.process event.action=exit");
	/* the flock, who made it, and who ends last: told, or counted */
	assert_true(began <= OPEN + 2 && began + skipped >= OPEN + 2);
	assert_true(missed > OPEN - ROOM);
	assert_true(missed + skipped >=
		    began - ended); /* others were there before, and may go too */
}

static void test_listener_table_full(void **state)
{
	struct nw_tool *t = nw_tool_trace_with("limits:\n  listeners: 64\n", "");
	struct nw_actor *a = nw_actor_start(NW_PLACE_SEEN, "flood listens 127.0.0.1 %d", OPEN);
	unsigned there;
	uint64_t missed;

	(void)state;
	nw_actor_truth(a);
	nw_tool_await_loss(t, "listener_evicted");
	nw_actor_say(a, "close");
	nw_actor_done(a);
	nw_tool_settle(t);
	missed = lost(t, "listener_evicted");
	/* who was there before is in the table too */
	there = nw_tool_count(t, "event.dataset=nvrwatch.listener event.action=found");
	assert_int_equal(missed, there + OPEN - ROOM);
	assert_int_equal(nw_tool_count(t,
				       "event.dataset=nvrwatch.listener event.action=start "
				       "process.pid=%d",
				       a->pid),
			 OPEN);
	assert_int_equal(nw_tool_count(t,
				       "event.dataset=nvrwatch.listener event.action=end "
				       "process.pid=%d",
				       a->pid),
			 ROOM);
}

/* Each name is told once it was answered; of all of them the table keeps the last. */
static void test_name_table_full(void **state)
{
	const char *server = nw_place_address(0);
	struct nw_tool *t = nw_tool_trace_with("limits:\n  names: 64\n", "");
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "flood answers %s %d", server, OPEN);
	unsigned port = nw_actor_port(far);
	struct nw_actor *a =
		nw_actor_start(NW_PLACE_SEEN, "flood questions %s %u %d", server, port, OPEN);

	(void)state;
	nw_actor_done(a);
	nw_tool_settle(t);
	assert_int_equal(lost(t, "name_evicted"), OPEN - ROOM);
	assert_int_equal(nw_tool_count(t, "event.dataset=nvrwatch.dns process.pid=%d", a->pid),
			 OPEN);
}

/* Heads that wait for their rest: one that had to go is told as it is. All wait while the reader
 * is stopped. */
static void test_head_table_full(void **state)
{
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "flood accepts 127.0.0.1 %d", OPEN);
	unsigned port = nw_actor_port(far);
	struct nw_events events[2];
	struct nw_actor *a;
	struct nw_tool *t;
	char path[128], more[160];
	pid_t end;

	(void)state;
	snprintf(path, sizeof(path), "%s/heads.nwr", nw_place_files());
	snprintf(more, sizeof(more), "--record %s", path);
	t = nw_tool_trace_with("limits:\n  heads: 64\n", more);
	nw_tool_pause(t);
	a = nw_actor_start(NW_PLACE_SEEN, "flood together 127.0.0.1 %u %d 100", port, OPEN);
	nw_actor_truth(a);
	nw_tool_resume(t);
	nw_tool_await_loss(t, "head_evicted");
	kill(a->pid, SIGKILL); /* the others are told with the ends of their connections */
	nw_actor_truth(far);
	end = nw_tool_settle(t);
	assert_int_equal(lost(t, "head_evicted"), OPEN - ROOM);
	nw_events_of(path, &end, 1, 0, events);
	assert_int_equal(events[0].tx + events[1].tx, OPEN);
}

/* ---- peers of one socket ---------------------------------------------------------------------- */

#define PEERS 1000

/* Two datagrams to each: of those that found a slot each has its flow, and each of the others' is
 * counted, and told in one sum. */
static void test_peer_slots_full(void **state)
{
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "udp bind 0.0.0.0 1 wait");
	unsigned port = nw_actor_port(far);
	struct nw_tool *t = nw_tool_trace("");
	struct nw_actor *a;
	unsigned slots = 0;
	struct json_object *rest = NULL;
	uint64_t missed;

	(void)state;
	nw_tool_pause(t);
	a = nw_actor_start(NW_PLACE_SEEN, "flood peers 127.5.0.1 %u %d 100", port, PEERS);
	nw_actor_done(a);
	nw_tool_resume(t);
	nw_tool_settle(t);
	missed = lost(t, "peer_slots");
	for (size_t i = 0; i < t->recs_len; i++) {
		struct json_object *rec = t->recs[i];

		if (!nw_rec_matches(rec, "event.dataset=nvrwatch.flow event.action=end "
					 "network.transport=udp")) {
			continue;
		}
		if (nw_rec_matches(rec, "nvrwatch.peer.many=true")) {
			rest = rec;
			continue;
		}
		nw_rec_check(rec,
			     "nvrwatch.total.source.packets=2 nvrwatch.total.source.bytes=200");
		slots++;
	}
	assert_non_null(rest);
	assert_int_equal(nw_rec_u64(rest, "nvrwatch.total.source.packets"), missed);
	assert_int_equal(nw_rec_u64(rest, "nvrwatch.total.source.bytes"), 100 * missed);
	assert_int_equal(2 * slots + missed, 2 * PEERS);
	assert_true(slots > 0);
}

/* ---- what is there at the start -------------------------------------------------------------- */

/* what bpf/hooks/lib_scan.bpf.c and user/host_scan.c have room for */
#define LIBRARIES 256
#define SOCKETS	  49152

/* Of the catalogue: nobody looks for those. */
static void test_libraries_full(void **state)
{
	static char text[65536];
	size_t n = (size_t)snprintf(
		text, sizeof(text),
		"makers:\n"
		"  - {id: axis, name: Axis, country: SE, source: a test, date: 2026-11-28}\n"
		"libraries:\n");
	struct nw_tool *t;

	(void)state;
	for (unsigned i = 0; i < LIBRARIES + 3; i++) {
		n += (size_t)snprintf(text + n, sizeof(text) - n,
				      "  - {name: lib%u.so, maker: axis, source: a test, "
				      "date: 2026-11-28}\n",
				      i);
	}
	t = nw_tool_trace_own("", text, "");
	assert_int_equal(nw_tool_lost(nw_tool_stopped(t), "host"), 3);
	assert_true(nw_lines_has(&t->err, "nobody looks for the library lib258.so"));
	assert_false(nw_lines_has(&t->err, "nobody looks for the library lib255.so"));
}

/* Of more than these nobody knows which were looked at already. */
static void test_sockets_full(void **state)
{
	struct nw_actor *a;
	struct nw_tool *t;

	(void)state;
	nw_place_add(NW_PLACE_SEEN, "full"); /* other tests leave sockets beside it */
	a = nw_actor_start_below(NW_PLACE_SEEN, "full", "flood sockets %d", SOCKETS + 7);
	nw_actor_truth(a);
	t = nw_tool_start(NULL, "trace -o json --cgroup %s/full", nw_place_dir(NW_PLACE_SEEN));
	nw_tool_await(t, "event.dataset=nvrwatch.process event.action=found process.pid=%d",
		      a->pid);
	assert_int_equal(nw_tool_lost(nw_tool_stopped(t), "host"), 7);
}

NW_TESTS_OF_ANY_KERNEL(e2e_overload_tables, NW_ROOT_TEST(test_flow_table_full),
		       NW_ROOT_TEST(test_begun_anew), NW_ROOT_TEST(test_process_table_full),
		       NW_ROOT_TEST(test_listener_table_full), NW_ROOT_TEST(test_name_table_full),
		       NW_ROOT_TEST(test_head_table_full), NW_ROOT_TEST(test_peer_slots_full),
		       NW_ROOT_TEST(test_libraries_full), NW_ROOT_TEST(test_sockets_full));
