/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Overload, event by event: the reader is stopped while more happens than the smallest ring holds,
 * and what the recording holds and what was counted as lost add up to what happened, exactly. What
 * is told is what the recording holds. A burst that there is room for is told whole.
 */
#include <poll.h>
#include <string.h>

#include "root/support.h"

#define RING "limits:\n  ring_bytes: 65536\n"
#define MANY 600 /* of anything: at least twice what the ring holds */
#define RUNS 100 /* of programs: the same */
#define SELF 4	 /* exec and exit: of the flood's own process, of the one that ends the phase */

/* A run whose events are counted: in the last phase its reader was stopped. */
struct flood {
	struct nw_tool *tool;
	char path[128];
	pid_t phase[4];
	unsigned phases;
	unsigned port;		 /* the far end's of TCP; 0 = there is none */
	struct nw_events events; /* of the phase in which the reader was stopped */
	uint64_t lost;		 /* in that phase */
};

static struct flood start(const char *name, const char *more)
{
	struct flood f = { .phases = 0 };
	char args[320];

	snprintf(f.path, sizeof(f.path), "%s/%s.nwr", nw_place_files(), name);
	snprintf(args, sizeof(args), "--record %s%s", f.path, more);
	f.tool = nw_tool_trace_with(RING, args);
	return f;
}

static void end_phase(struct flood *f)
{
	f->phase[f->phases++] = nw_tool_settle(f->tool);
}

/* While the reader is stopped the actor does it all, to its end. */
#define WHILE_STOPPED(f, a, ...)                                  \
	do {                                                      \
		nw_tool_pause((f)->tool);                         \
		(a) = nw_actor_start(NW_PLACE_SEEN, __VA_ARGS__); \
		nw_actor_truth(a);                                \
		nw_actor_end(a);                                  \
		nw_tool_resume((f)->tool);                        \
	} while (0)

/* Reads on and ends. ret: of each phase before. */
static void finish(struct flood *f, struct nw_events *ret)
{
	struct nw_events all[NW_ARRAY_SIZE(f->phase) + 1];
	struct json_object *said;
	uint64_t found = 0;

	nw_tool_await(f->tool, "event.dataset=nvrwatch.finding rule.id=blind-spot "
			       "nvrwatch.finding.key=ring_full");
	end_phase(f);
	said = nw_tool_stopped(f->tool);
	nw_events_of(f->path, f->phase, f->phases, f->port, all);
	for (unsigned i = 0; i <= f->phases; i++) {
		found += all[i].fd_lost; /* of a look at open files, which is ours */
	}
	f->lost = nw_tool_lost(said, "ring_full") - found;
	f->events = all[f->phases - 1];
	assert_int_equal(nw_tool_lost(said, "record") + nw_tool_lost(said, "sink") +
				 nw_tool_lost(said, "rejected"),
			 0);
	assert_true(f->lost > 0);
	memcpy(ret, all, (f->phases - 1) * sizeof(*ret));
}

/* Flows of this process that began and ended, and what their records add up to. */
static unsigned flows(struct nw_tool *t, int pid, uint64_t *ret_sent)
{
	unsigned ended = 0;

	*ret_sent = 0;
	for (size_t i = 0; i < t->recs_len; i++) {
		struct json_object *rec = t->recs[i];

		if (nw_rec_matches(rec, "event.dataset=nvrwatch.flow") &&
		    nw_rec_get(rec, "process.pid") &&
		    nw_rec_u64(rec, "process.pid") == (uint64_t)pid) {
			ended += nw_rec_matches(rec, "event.action=end");
			*ret_sent += nw_rec_u64(rec, "source.bytes");
		}
	}
	return ended;
}

/* Nothing that was made is missing without being counted, nothing is counted twice. What the tool itself
 * does before the ring has room again (a look of the ledger, at mappings, at namespaces) may be lost too:
 * on a quiet machine nothing is. others: on 5.10 the last words of everybody's sockets are told, and what
 * the timers of those that earlier tests left behind send; of what was lost nobody knows whose it was. */
#define BESIDE 8
#define OTHERS 8
static void check_sum(uint64_t told_and_lost, uint64_t made, unsigned others)
{
	assert_in_range(told_and_lost, made, made + BESIDE + others);
}

static unsigned others_of(unsigned each)
{
	return each > 1 ? OTHERS : 0;
}

/* Each run is a fork, an exec and an exit. */
static void test_exec_flood(void **state)
{
	struct flood f = start("execs", "");
	struct nw_actor *a;
	struct nw_events before;

	(void)state;
	end_phase(&f);
	WHILE_STOPPED(&f, a, "proc runs %d 1000", RUNS);
	finish(&f, &before);
	check_sum(f.events.proc + f.lost, 3 * RUNS + SELF, 0);
	assert_int_equal(nw_tool_count(f.tool, "event.dataset=nvrwatch.process event.action=exec"),
			 before.exec + f.events.exec);
}

/* So many show how many events one is: where the last word on TCP has no owner (5.10) its opening
 * is told too, and the last word of everybody on this host. */
#define FIRST 10
#define THEN  20

/* Of its own sockets; measures apart, which the ledger makes in its own time, and nobody while it is stopped. */
static unsigned own(const struct nw_events *e)
{
	return e->sock - e->bin - e->others;
}

static void test_connection_flood(void **state)
{
	struct nw_actor *far =
		nw_actor_start(NW_PLACE_FAR, "flood accepts 127.0.0.1 %d", FIRST + THEN + MANY);
	unsigned port = nw_actor_port(far);
	struct flood f = start("connections", " --no-heads");
	struct nw_events before[3];
	struct nw_actor *a;
	unsigned each, told;
	uint64_t sent;

	(void)state;
	f.port = port;
	end_phase(&f);
	for (unsigned i = 0; i < 2; i++) {
		nw_actor_done(nw_actor_start(NW_PLACE_SEEN, "flood connections 127.0.0.1 %u %d 100",
					     port, i ? THEN : FIRST));
		end_phase(&f);
	}
	WHILE_STOPPED(&f, a, "flood connections 127.0.0.1 %u %d 100", port, MANY);
	assert_int_equal(nw_rec_u64(nw_actor_truth(far), "read"), 100 * (FIRST + THEN + MANY));
	nw_actor_done(far);
	finish(&f, before);
	each = own(&before[1]) / FIRST;
	assert_true(each >= 1);
	assert_int_equal(own(&before[1]), FIRST * each);
	assert_int_equal(own(&before[2]), THEN * each);
	/* there the far end's listener has a last word too */
	check_sum(f.events.sock - f.events.others + f.events.proc + f.lost,
		  MANY * each + (each > 1) + SELF, others_of(each));
	told = flows(f.tool, a->pid, &sent);
	assert_int_equal(sent, 100 * told);
	if (each == 1) { /* each last word is told, with its owner */
		assert_int_equal(told, f.events.close);
	}
}

/* Each socket is a measure and a last word. */
static void test_datagram_flood(void **state)
{
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "udp bind 127.0.0.1 1 wait");
	unsigned port = nw_actor_port(far);
	struct flood f = start("datagrams", " --no-heads");
	struct nw_events before;
	struct nw_actor *a;
	uint64_t sent;

	(void)state;
	end_phase(&f);
	WHILE_STOPPED(&f, a, "flood datagrams 127.0.0.1 %u %d 100", port, MANY);
	finish(&f, &before);
	check_sum(f.events.sock + f.events.proc + f.lost, 2 * MANY + SELF, 0);
	flows(f.tool, a->pid, &sent);
	assert_in_range(sent, 90 * f.events.bin, 100 * f.events.bin);
}

/* Each question and each answer is a head, however many came before. */
static void test_dns_flood(void **state)
{
	const char *server = nw_place_address(0);
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "flood answers %s %d", server, MANY);
	unsigned port = nw_actor_port(far);
	struct flood f = start("names", "");
	struct nw_events before;
	struct nw_actor *a;

	(void)state;
	end_phase(&f);
	WHILE_STOPPED(&f, a, "flood questions %s %u %d", server, port, MANY);
	assert_int_equal(nw_rec_u64(nw_actor_truth(far), "answered"), MANY);
	finish(&f, &before);
	/* one socket: a measure and a last word */
	check_sum(f.events.tx + f.events.rx + f.events.sock + f.events.proc + f.lost,
		  2 * MANY + 2 + SELF, 0);
	assert_true(f.events.rx > 0);
	assert_int_equal(nw_tool_count(f.tool, "event.dataset=nvrwatch.dns dns.type=answer"),
			 f.events.rx);
}

/* ---- long ------------------------------------------------------------------------------------- */

#define STOPPED_NS (10 * NW_NSEC_PER_SEC)
#define PEERS	   100 /* fewer than one socket has room for */
#define HALF	   (MANY / 2)
#define FEW	   50 /* runs of programs, which are dear; the others fill the ring */
#define ACTORS	   4  /* a half of it */

/* All kinds; how many events that is, each connection being so many. */
static uint64_t flood_all(unsigned tcp, unsigned dns, unsigned each)
{
	const char *server = nw_place_address(0);
	struct nw_actor *a[ACTORS] = {
		nw_actor_start(NW_PLACE_SEEN, "proc runs %d 1000", FEW),
		nw_actor_start(NW_PLACE_SEEN, "flood connections 127.0.0.1 %u %d 100", tcp, HALF),
		nw_actor_start(NW_PLACE_SEEN, "flood ports %s 5000 %d 100", server, PEERS),
		nw_actor_start(NW_PLACE_SEEN, "flood questions %s %u %d", server, dns, HALF),
	};

	for (unsigned i = 0; i < ACTORS; i++) {
		nw_actor_truth(a[i]);
		nw_actor_end(a[i]);
	}
	return 3 * FEW + HALF * each + PEERS + 1 + 2 + 2 * ACTORS;
}

/* How many events is one connection? See above. */
static unsigned events_of_one(struct flood *f, unsigned port)
{
	nw_actor_done(nw_actor_start(NW_PLACE_SEEN, "flood connections 127.0.0.1 %u %d 100", port,
				     FIRST));
	end_phase(f);
	return f->phases - 1;
}

/*
 * The reader is stopped for 10 s, by the clock: at their beginning and at their end more of all kinds
 * happens than the ring holds. A connection that is open all that time is told to the byte.
 */
static void test_stopped_for_long(void **state)
{
	struct flood f = start("long", " --no-heads");
	struct nw_actor *far =
		nw_actor_start(NW_PLACE_FAR, "flood accepts 127.0.0.1 %d", FIRST + 2 * HALF);
	struct nw_actor *answers =
		nw_actor_start(NW_PLACE_FAR, "flood answers %s %d", nw_place_address(0), 2 * HALF);
	struct nw_actor *peer =
		nw_actor_start(NW_PLACE_FAR, "tcp listen 127.0.0.1 accept eof truth");
	unsigned port = nw_actor_port(far), dns = nw_actor_port(answers);
	struct nw_flow_key key = { .transport = "tcp", .rport = nw_actor_port(peer) };
	struct nw_actor *open = nw_actor_start(
		NW_PLACE_SEEN,
		"tcp connect 127.0.0.1 %u send 1000 wait send 5000000 ready wait close", key.rport);
	uint64_t until, made;
	struct nw_events before[3];
	struct nw_flow_sum sum;
	unsigned each, one;

	(void)state;
	/* up to 6.7 a socket has room for the peers of one run, and the tests' lasting one was there before:
	 * that is another loss than the ring's */
	(void)nw_emulated_set("/proc/sys/net/core/optmem_max", "131072");
	key.pid = open->pid;
	f.port = port;
	nw_flow_reached(f.tool, &key, 1000, 0);
	end_phase(&f);
	one = events_of_one(&f, port);
	nw_tool_pause(f.tool);
	until = nw_deadline_now() + STOPPED_NS;
	made = 0;
	nw_actor_say(open, "send");
	nw_actor_truth(open);
	made += flood_all(port, dns, 1);
	while (nw_deadline_now() < until) {
		(void)poll(NULL, 0, (int)((until - nw_deadline_now()) / NW_NSEC_PER_MSEC) + 1);
	}
	made += flood_all(port, dns, 1);
	nw_tool_resume(f.tool);
	nw_flow_reached(f.tool, &key, 5001000, 0);
	nw_actor_say(open, "close");
	sum = nw_flow_ended(f.tool, &key);
	nw_flow_check(&sum, nw_actor_truth(peer));
	finish(&f, before);
	each = own(&before[one]) / FIRST;
	assert_true(each >= 1);
	assert_int_equal(own(&before[one]), FIRST * each);
	/* the flood's listener (5.10), who ends the phase; the open connection and its process end too */
	made += 2 * HALF * (each - 1) + (each > 1) + 2 + 2;
	check_sum(f.events.sock + f.events.proc + f.lost, made, others_of(each));
}

/* ---- no overload ------------------------------------------------------------------------------ */

#define BURST 10000
#define ROOM \
	"limits:\n  ring_bytes: 16777216\n" /* for all of them, should the reader get no turn */

/* Short connections as fast as they go: with room for them, each is told, to the byte. */
static void test_burst_of_connections(void **state)
{
	struct nw_tool *t = nw_tool_trace_with(ROOM, "");
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "flood accepts 127.0.0.1 %d", BURST);
	struct nw_actor *a = nw_actor_start(NW_PLACE_SEEN, "flood connections 127.0.0.1 %u %d 100",
					    nw_actor_port(far), BURST);
	uint64_t sent;
	struct json_object *stop;

	(void)state;
	nw_tool_await(t, "event.dataset=nvrwatch.process event.action=exit process.pid=%d", a->pid);
	nw_actor_done(a);
	stop = nw_tool_stopped(t);
	assert_int_equal(nw_tool_lost(stop, "ring_full") + nw_tool_lost(stop, "sink") +
				 nw_tool_lost(stop, "unmeasured"),
			 0);
	assert_int_equal(flows(t, a->pid, &sent), BURST);
	assert_int_equal(sent, 100 * BURST);
	assert_int_equal(sent, nw_rec_u64(nw_actor_truth(far), "read"));
}

NW_TESTS(e2e_overload, NW_ROOT_TEST(test_exec_flood), NW_ROOT_TEST(test_connection_flood),
	 NW_ROOT_TEST(test_datagram_flood), NW_ROOT_TEST(test_dns_flood),
	 NW_ROOT_TEST(test_stopped_for_long), NW_ROOT_TEST(test_burst_of_connections));
