/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who sent, when it is made hard to tell: the socket comes from another process, or the program
 * that sends has another name or no file. Bytes are held against the far end's kernel; the record
 * must name both who owns the socket and who sent, where these are two.
 * A flow stays open until the ledger looked: on 5.10 nothing else can say who sends.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "root/support.h"

#define SENT	 60013
#define RECEIVED 5
#define MOVES	 "send 60013 recv 5 truth wait close"

static struct nw_actor *start_far(unsigned *ret_port)
{
	struct nw_actor *far;

	nw_session(); /* runs before anything moves */
	far = nw_actor_start(NW_PLACE_FAR,
			     "tcp listen 127.0.0.1 accept recv %d "
			     "send %d eof truth close",
			     SENT, RECEIVED);

	*ret_port = nw_actor_port(far);
	return far;
}

/* The name under which one socket is given: no other test program's. */
static const char *handle(void)
{
	static char name[64];
	static unsigned n;

	snprintf(name, sizeof(name), "nw-test-%d-%u", getpid(), n++);
	return name;
}

/* sender: 0 = the owner itself, so no other may be named */
static void check_who(struct json_object *rec, uint64_t owner, uint64_t sender)
{
	assert_int_equal(nw_rec_u64(rec, "process.pid"), owner);
	if (sender) {
		assert_int_equal(nw_rec_u64(rec, "nvrwatch.sender.pid"), sender);
	} else {
		nw_rec_check(rec, "nvrwatch.sender.pid=");
	}
}

/* Lets the mover, which has moved all, end the flow once it was told. */
static struct nw_flow_sum finish(const struct nw_flow_key *key, struct nw_actor *mover,
				 struct nw_actor *far)
{
	struct nw_session *s = nw_session();
	struct nw_flow_sum sum;

	nw_flow_reached(s->tool, key, key->lport ? RECEIVED : SENT, key->lport ? SENT : RECEIVED);
	nw_actor_say(mover, "close");
	sum = nw_flow_ended(s->tool, key);
	nw_flow_check(&sum, nw_actor_truth(far));
	return sum;
}

/* ---- who has the socket from another --------------------------------------------------------- */

static void test_inherited_over_fork_and_exec(void **state)
{
	unsigned port;
	struct nw_actor *far = start_far(&port);
	struct nw_actor *seen = nw_actor_start(
		NW_PLACE_SEEN, "tcp connect 127.0.0.1 %u fork become self " MOVES " join", port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .rport = port };
	uint64_t child = nw_rec_u64(nw_actor_truth(seen), "pid");
	struct nw_flow_sum sum = finish(&key, seen, far);

	(void)state;
	nw_actor_done(seen);
	assert_int_not_equal(child, seen->pid);
	check_who(sum.last, (uint64_t)seen->pid, child);
}

/* The program that opened the socket is no more, its process is: the record names what runs. */
static void test_inherited_over_exec(void **state)
{
	unsigned port;
	struct nw_actor *far = start_far(&port);
	struct nw_actor *seen =
		nw_actor_start(NW_PLACE_SEEN, "tcp connect 127.0.0.1 %u become memfd " MOVES, port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .rport = port };
	struct nw_flow_sum sum;

	(void)state;
	nw_actor_truth(seen);
	sum = finish(&key, seen, far);
	check_who(sum.last, (uint64_t)seen->pid, 0);
	nw_rec_check(sum.last, "process.executable=memfd:nw-memory");
}

/* giver: its end's script up to where it gives; it is gone before the taker moves anything. */
static struct nw_flow_sum give(struct nw_flow_key *key, struct nw_actor *taker,
			       struct nw_actor *giver, struct nw_actor *far)
{
	struct nw_flow_sum sum;

	nw_actor_done(giver);
	nw_actor_say(taker, "go");
	nw_actor_truth(taker);
	key->pid = giver->pid;
	sum = finish(key, taker, far);
	check_who(sum.last, (uint64_t)giver->pid, (uint64_t)taker->pid);
	return sum;
}

static void test_given_after_connect(void **state)
{
	unsigned port;
	struct nw_actor *far = start_far(&port);
	const char *name = handle();
	struct nw_actor *taker = nw_actor_start(NW_PLACE_SEEN, "tcp take %s wait " MOVES, name);
	struct nw_flow_key key = { .transport = "tcp", .rport = port };
	struct nw_actor *giver;

	(void)state;
	nw_session();
	nw_actor_truth(taker);
	giver = nw_actor_start(NW_PLACE_SEEN, "tcp connect 127.0.0.1 %u give %s close", port, name);
	assert_true(give(&key, taker, giver, far).is_outbound);
}

/* A server that accepts and lets a worker answer. */
static void test_given_after_accept(void **state)
{
	const char *name = handle();
	struct nw_actor *taker = nw_actor_start(NW_PLACE_SEEN,
						"tcp take %s wait send 5 recv 60013 "
						"truth wait close",
						name);
	struct nw_flow_key key = { .transport = "tcp" };
	struct nw_actor *giver, *far;

	(void)state;
	nw_session();
	nw_actor_truth(taker);
	giver = nw_actor_start(NW_PLACE_SEEN, "tcp listen 127.0.0.1 accept give %s close", name);
	key.lport = nw_actor_port(giver);
	far = nw_actor_start(NW_PLACE_FAR,
			     "tcp connect 127.0.0.1 %u send 60013 recv 5 eof truth close",
			     key.lport);
	assert_false(give(&key, taker, giver, far).is_outbound);
}

/* One process makes the listener; another program, given it as descriptor 3, accepts and serves. */
static void test_socket_activation(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *seen =
		nw_actor_start(NW_PLACE_SEEN, "tcp listen 127.0.0.1 fork activate accept send 5 "
					      "recv 60013 truth wait close join");
	struct nw_flow_key key = { .transport = "tcp", .lport = nw_actor_port(seen) };
	struct nw_actor *far = nw_actor_start(
		NW_PLACE_FAR, "tcp connect 127.0.0.1 %u send 60013 recv 5 eof truth close",
		key.lport);
	uint64_t server = nw_rec_u64(nw_actor_truth(seen), "pid");
	struct nw_flow_sum sum;

	(void)state;
	nw_tool_await(s->tool,
		      "event.dataset=nvrwatch.listener event.action=start process.pid=%d "
		      "server.port=%u",
		      seen->pid, key.lport);
	sum = finish(&key, seen, far);
	nw_actor_done(seen);
	assert_int_not_equal(server, seen->pid);
	check_who(sum.last, (uint64_t)seen->pid, server);
}

/* One after the other: each is named by the records of its time. */
/* A child sends for the owner until so much has gone. */
static void check_second(struct nw_session *s, const struct nw_flow_key *key,
			 struct nw_actor *owner, uint64_t sent)
{
	uint64_t child = nw_rec_u64(nw_actor_truth(owner), "pid");
	struct nw_flow_sum sum = nw_flow_reached(s->tool, key, sent, 0);

	check_who(sum.last, (uint64_t)owner->pid, child);
	nw_actor_say(owner, "go");
}

static void test_two_senders(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(
		NW_PLACE_FAR, "tcp listen 127.0.0.1 accept recv 110034 eof truth close");
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen =
		nw_actor_start(NW_PLACE_SEEN,
			       "tcp connect 127.0.0.1 %u fork send 60013 truth wait "
			       "join fork send 50021 truth wait join close",
			       port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .rport = port };
	static const uint64_t sent[] = { 60013, 60013 + 50021 };
	struct nw_flow_sum sum;

	(void)state;
	for (int i = 0; i < 2; i++) {
		check_second(s, &key, seen, sent[i]);
	}
	sum = nw_flow_ended(s->tool, &key);
	nw_flow_check(&sum, nw_actor_truth(far));
}

#define STEADY_ROUNDS 12 /* looks, of each of which four packets of the owner are seen */
#define STEADY_BYTES  300007

/* Who takes over a stream that another one sent for long is seen like any other. */
static void test_second_sender_after_long(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far =
		nw_actor_start(NW_PLACE_FAR, "tcp listen 127.0.0.1 accept eof truth close");
	unsigned port = nw_actor_port(far);
	struct nw_flow_key key = { .transport = "tcp", .rport = port };
	char moves[512] = "";
	struct nw_actor *seen;
	struct nw_flow_sum sum;

	(void)state;
	for (size_t i = 0, at = 0; i < STEADY_ROUNDS; i++) {
		at += (size_t)snprintf(moves + at, sizeof(moves) - at, " send %d truth wait",
				       STEADY_BYTES);
		assert_true(at < sizeof(moves));
	}
	seen = nw_actor_start(NW_PLACE_SEEN,
			      "tcp connect 127.0.0.1 %u%s fork send 50021 truth wait join close",
			      port, moves);
	key.pid = seen->pid;
	for (uint64_t i = 1; i <= STEADY_ROUNDS; i++) {
		nw_actor_truth(seen);
		sum = nw_flow_reached(s->tool, &key, i * STEADY_BYTES, 0);
		check_who(sum.last, (uint64_t)seen->pid, 0);
		nw_actor_say(seen, "go");
	}
	check_second(s, &key, seen, (uint64_t)STEADY_ROUNDS * STEADY_BYTES + 50021);
	sum = nw_flow_ended(s->tool, &key);
	nw_flow_check(&sum, nw_actor_truth(far));
}

/* A thread is its process. */
static void test_thread_sends(void **state)
{
	unsigned port;
	struct nw_actor *far = start_far(&port);
	struct nw_actor *seen = nw_actor_start(
		NW_PLACE_SEEN, "tcp connect 127.0.0.1 %u thread 60013 recv 5 truth wait close",
		port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .rport = port };
	struct nw_flow_sum sum;

	(void)state;
	nw_actor_truth(seen);
	sum = finish(&key, seen, far);
	check_who(sum.last, (uint64_t)seen->pid, 0);
}

/* ---- who is not what it says ------------------------------------------------------------------ */

/* Runs a script that ends with MOVES; the path of what really runs: free. */
static struct nw_flow_sum run(const char *before, char **ret_exe)
{
	unsigned port;
	struct nw_actor *far = start_far(&port);
	struct nw_actor *seen =
		nw_actor_start(NW_PLACE_SEEN, "tcp %s connect 127.0.0.1 %u " MOVES, before, port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .rport = port };
	struct nw_flow_sum sum;
	char path[64];

	nw_actor_truth(seen);
	snprintf(path, sizeof(path), "/proc/%d/exe", seen->pid);
	*ret_exe = calloc(1, PATH_MAX);
	assert_true(*ret_exe && readlink(path, *ret_exe, PATH_MAX - 1) > 0);
	sum = finish(&key, seen, far);
	check_who(sum.last, (uint64_t)seen->pid, 0);
	return sum;
}

/* Its name and arguments are now those of a kernel thread; what it is, it was at exec. */
static void test_renamed(void **state)
{
	struct nw_flow_sum sum;
	const char *line;
	char *exe;

	(void)state;
	sum = run("rename kworker/u8:1", &exe);
	assert_string_equal(nw_rec_str(sum.last, "process.executable"), exe);
	line = nw_rec_str(sum.last, "process.command_line");
	assert_non_null(strstr(line, "connect 127.0.0.1"));
	free(exe);
}

static void test_deleted(void **state)
{
	struct nw_flow_sum sum;
	char *exe;

	(void)state;
	sum = run("become deleted", &exe);
	nw_rec_check(sum.last, "process.executable=/tmp/was-here");
	assert_string_equal(exe, "/tmp/was-here (deleted)");
	free(exe);
}

static void test_memfd(void **state)
{
	struct nw_flow_sum sum;
	char *exe;

	(void)state;
	sum = run("become memfd", &exe);
	nw_rec_check(sum.last, "process.executable=memfd:nw-memory");
	assert_string_equal(exe, "/memfd:nw-memory (deleted)");
	free(exe);
}

NW_TESTS(e2e_evasion_who, NW_ROOT_TEST(test_inherited_over_fork_and_exec),
	 NW_ROOT_TEST(test_inherited_over_exec), NW_ROOT_TEST(test_given_after_connect),
	 NW_ROOT_TEST(test_given_after_accept), NW_ROOT_TEST(test_socket_activation),
	 NW_ROOT_TEST(test_two_senders), NW_ROOT_TEST(test_second_sender_after_long),
	 NW_ROOT_TEST(test_thread_sends), NW_ROOT_TEST(test_renamed), NW_ROOT_TEST(test_deleted),
	 NW_ROOT_TEST(test_memfd));
