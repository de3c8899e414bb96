/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Through whom it came: what a has leaves the host through b and c, and c's record names all three
 * in their order, however they are joined. The truth is what the three say of their pids.
 */
#include <string.h>

#include "root/support.h"

struct three {
	struct nw_actor *actor, *far;
	struct nw_flow_key key; /* of c's flow */
	uint64_t pid[3];
};

#define FAR "listen 127.0.0.1 accept eof truth"

/* before: what stands before how */
static struct three start_to(struct nw_actor *far, const char *before, const char *how)
{
	struct three t = { .far = far };
	struct json_object *truth;

	t.key = (struct nw_flow_key){ .transport = "tcp", .rport = nw_actor_port(t.far) };
	t.actor =
		nw_actor_start(NW_PLACE_SEEN, "chain %s%s 127.0.0.1 %u", before, how, t.key.rport);
	truth = nw_actor_truth(t.actor);
	t.pid[0] = nw_rec_u64(truth, "a");
	t.pid[1] = nw_rec_u64(truth, "b");
	t.pid[2] = nw_rec_u64(truth, "c");
	t.key.pid = (pid_t)t.pid[2];
	return t;
}

static struct three start(const char *how)
{
	nw_session();
	return start_to(nw_actor_start(NW_PLACE_FAR, "tcp " FAR), "", how);
}

/* The far end in a network namespace of its own, in which c is too. */
static struct three start_away(const char *where, const char *how)
{
	struct nw_actor *far;
	char before[64];

	nw_session();
	far = nw_actor_start(NW_PLACE_FAR, "tcp newnet " FAR);
	snprintf(before, sizeof(before), "%s %u ", where,
		 (unsigned)nw_rec_u64(nw_actor_truth(far), "pid"));
	return start_to(far, before, how);
}

/* The chain of the latest record of c's flow, NULL while it has none. */
static struct json_object *latest_chain(const struct three *t, struct nw_tool *tool)
{
	char query[128];

	snprintf(query, sizeof(query),
		 "event.dataset=nvrwatch.flow process.pid=%d destination.port=%u", t->key.pid,
		 t->key.rport);
	if (nw_tool_count(tool, "%s", query) == 0) {
		return NULL;
	}
	for (size_t i = tool->recs_len; i-- > 0;) {
		if (nw_rec_matches(tool->recs[i], query)) {
			return nw_rec_get(tool->recs[i], "nvrwatch.chain");
		}
	}
	return NULL;
}

/* Waits until it has n processes. */
static struct json_object *await_chain(const struct three *t, size_t n)
{
	struct nw_tool *tool = nw_session()->tool;
	uint64_t deadline = nw_deadline();

	while (!nw_deadline_is_over(deadline)) {
		struct json_object *chain = latest_chain(t, tool);

		if (chain && json_object_array_length(chain) == n) {
			return chain;
		}
		nw_tool_read(tool, nw_deadline_left_ms(deadline));
	}
	nw_tool_fail(tool, "no chain of %zu processes", n);
}

static void check_link(struct json_object *chain, size_t i, uint64_t pid, const char *via)
{
	struct json_object *link = json_object_array_get_idx(chain, i);

	assert_int_equal(nw_rec_u64(link, "process.pid"), pid);
	if (via) {
		assert_string_equal(nw_rec_str(link, "via"), via);
	} else {
		assert_null(nw_rec_str(link, "via"));
	}
}

static void check_chain(struct json_object *chain, const struct three *t, const char *first,
			const char *second)
{
	assert_non_null(chain);
	assert_int_equal(json_object_array_length(chain), 3);
	check_link(chain, 0, t->pid[0], first);
	check_link(chain, 1, t->pid[1], second);
	check_link(chain, 2, t->pid[2], NULL);
}

/* What left through c arrived, to the byte; ends all. */
static struct nw_flow_sum finish(struct three *t)
{
	struct nw_flow_sum sum;

	nw_actor_done(t->actor);
	sum = nw_flow_ended(nw_session()->tool, &t->key);
	nw_flow_check(&sum, nw_actor_truth(t->far));
	assert_true(sum.sent > 0);
	nw_actor_done(t->far);
	return sum;
}

/* c's flow */
static struct nw_flow_sum check(struct three *t, const char *first, const char *second)
{
	struct nw_flow_sum sum;

	check_chain(await_chain(t, 3), t, first, second);
	nw_actor_say(t->actor, "stop");
	sum = finish(t);
	/* the end of the flow tells it too, when a is no more */
	check_chain(nw_rec_get(sum.last, "nvrwatch.chain"), t, first, second);
	return sum;
}

/* a | b | c; a in a network namespace of its own. */
static void test_pipes(void **state)
{
	struct three t = start("pipes");

	(void)state;
	check(&t, "pipe", "pipe");
}

/* All over sooner than anybody can look at open files: what exec told is enough. */
static void test_pipes_that_end_at_once(void **state)
{
	struct three t = start("shed pipes");
	struct nw_flow_sum sum;

	(void)state;
	sum = finish(&t);
	assert_int_equal(sum.sent, 100);
	check_chain(nw_rec_get(sum.last, "nvrwatch.chain"), &t, "pipe", "pipe");
}

/* Three containers: what a pipe joins is joined, by the pids that this host knows. */
static void test_containers(void **state)
{
	struct three t = start_away("container", "pipes");

	(void)state;
	check(&t, "pipe", "pipe");
}

/* a to b over a Unix socket, b to c over TCP, c to the far end: c adds nothing to it. */
static void check_sockets(struct three *t)
{
	struct nw_flow_key b = { .pid = (pid_t)t->pid[1], .transport = "tcp" };
	struct nw_flow_key c = { .pid = (pid_t)t->pid[2], .transport = "tcp" };
	struct nw_flow_sum out = check(t, "unix", "loopback");
	struct nw_flow_sum sum = nw_flow_ended(nw_session()->tool, &b);

	assert_int_equal(sum.sent, out.sent);
	assert_int_equal(sum.received, 0);
	c.lport = (unsigned)nw_rec_u64(sum.last, "destination.port");
	sum = nw_flow_ended(nw_session()->tool, &c);
	assert_int_equal(sum.received, out.sent);
	assert_int_equal(sum.sent, 0);
}

static void test_sockets(void **state)
{
	struct three t = start("sockets");

	(void)state;
	check_sockets(&t);
}

/* From one network namespace to another. */
static void test_veth(void **state)
{
	struct three t = start_away("veth", "sockets");

	(void)state;
	check_sockets(&t);
}

/* Unix sockets that it has with itself hide nobody. */
static void test_crowd(void **state)
{
	struct three t = start("crowd");

	(void)state;
	check(&t, "unix", "loopback");
}

/* Who serves nine others is named all the same; who is behind it is counted. */
static void test_hub(void **state)
{
	struct three t = start("hub");
	struct json_object *last;

	(void)state;
	check_chain(await_chain(&t, 3), &t, "unix", "loopback");
	nw_actor_say(t.actor, "stop");
	last = finish(&t).last;
	check_chain(nw_rec_get(last, "nvrwatch.chain"), &t, "unix", "loopback");
	assert_true(nw_rec_u64(last, "nvrwatch.chain_others") >= 9);
}

static void test_memory(void **state)
{
	struct three t = start("memory");

	(void)state;
	check(&t, "shm", "pipe");
}

/* As most have it: the file is closed once it is mapped. */
static void test_memory_closed(void **state)
{
	struct three t = start("memory-closed");

	(void)state;
	check(&t, "shm", "pipe");
}

static void test_memory_sysv(void **state)
{
	struct three t = start("memory-sysv");

	(void)state;
	check(&t, "shm", "pipe");
}

static void test_memory_anonymous(void **state)
{
	struct three t = start("memory-anonymous");

	(void)state;
	check(&t, "shm", "pipe");
}

/* Nobody is joined to it. */
static void test_alone(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far =
		nw_actor_start(NW_PLACE_FAR, "tcp listen 127.0.0.1 accept recv 1203 eof truth");
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen =
		nw_actor_start(NW_PLACE_SEEN, "tcp connect 127.0.0.1 %u send 1203 close", port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .rport = port };
	struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);

	(void)state;
	nw_flow_check(&sum, nw_actor_truth(far));
	assert_int_equal(sum.sent, 1203);
	nw_rec_check(sum.last, "nvrwatch.chain=");
}

NW_TESTS(e2e_chain, NW_ROOT_TEST(test_pipes), NW_ROOT_TEST(test_pipes_that_end_at_once),
	 NW_ROOT_TEST(test_sockets), NW_ROOT_TEST(test_veth), NW_ROOT_TEST(test_containers),
	 NW_ROOT_TEST(test_crowd), NW_ROOT_TEST(test_hub), NW_ROOT_TEST(test_memory),
	 NW_ROOT_TEST(test_memory_closed), NW_ROOT_TEST(test_memory_sysv),
	 NW_ROOT_TEST(test_memory_anonymous), NW_ROOT_TEST(test_alone));
