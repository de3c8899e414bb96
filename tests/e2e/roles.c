/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who did what with one socket, as a record tells it: a few processes one after the other. The
 * truth is what each says of its own pid.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "root/support.h"

#define FIVE	   "wait send 1 wait send 1 wait send 1 wait send 1 wait send 1 "
#define MANY_SENDS FIVE FIVE FIVE
#define MANY	   15

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

static struct nw_actor *start_far(unsigned *ret_port)
{
	struct nw_actor *far;

	nw_session();
	far = nw_actor_start(NW_PLACE_FAR, "tcp listen 127.0.0.1 accept recv 1203 eof truth");
	*ret_port = nw_actor_port(far);
	return far;
}

/* The socket is inherited over fork and exec. */
static void test_inherited(void **state)
{
	unsigned port;
	struct nw_actor *far = start_far(&port);
	struct nw_actor *seen = nw_actor_start(NW_PLACE_SEEN,
					       "tcp connect 127.0.0.1 %u fork become self "
					       "send 1203 truth join close",
					       port);
	uint64_t child = nw_rec_u64(nw_actor_truth(seen), "pid");
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .rport = port };
	struct nw_flow_sum sum = nw_flow_ended(nw_session()->tool, &key);

	(void)state;
	nw_actor_done(far);
	nw_rec_check_role(sum.last, (uint64_t)seen->pid, "connected", false);
	nw_rec_check_role(sum.last, child, "sent", false);
	assert_false(nw_rec_has_role(sum.last, child, "connected", false));
}

/* One process connects and gives the socket away (SCM_RIGHTS); who takes it sends. */
static void test_given(void **state)
{
	unsigned port;
	struct nw_actor *far = start_far(&port);
	struct nw_actor *taker, *giver;
	struct nw_flow_key key = { .transport = "tcp", .rport = port };
	struct nw_flow_sum sum;
	char name[64];

	(void)state;
	snprintf(name, sizeof(name), "nw-roles-%d-%u", getpid(), port);
	taker = nw_actor_start(NW_PLACE_SEEN, "tcp take %s wait send 1203 truth close", name);
	nw_actor_truth(taker);
	giver = nw_actor_start(NW_PLACE_SEEN, "tcp connect 127.0.0.1 %u give %s close", port, name);
	nw_actor_done(giver);
	nw_actor_say(taker, "go");
	nw_actor_done(taker);
	nw_actor_done(far);
	key.pid = giver->pid;
	sum = nw_flow_ended(nw_session()->tool, &key);
	nw_rec_check_role(sum.last, (uint64_t)giver->pid, "created", false);
	nw_rec_check_role(sum.last, (uint64_t)giver->pid, "connected", false);
	nw_rec_check_role(sum.last, (uint64_t)taker->pid, "sent", false);
}

/* A thread is its process. */
static void test_thread(void **state)
{
	unsigned port;
	struct nw_actor *far = start_far(&port);
	struct nw_actor *seen = nw_actor_start(
		NW_PLACE_SEEN, "tcp connect 127.0.0.1 %u thread 1203 truth close", port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .rport = port };
	struct nw_flow_sum sum = nw_flow_ended(nw_session()->tool, &key);

	(void)state;
	nw_actor_done(far);
	nw_rec_check(sum.last, "nvrwatch.roles= nvrwatch.sender.pid=");
}

/* Does the flow's latest record say that the process holds it? */
static bool is_told(struct nw_tool *tool, const struct nw_flow_key *key, uint64_t child)
{
	char query[128];

	snprintf(query, sizeof(query),
		 "event.dataset=nvrwatch.flow process.pid=%d destination.port=%u", key->pid,
		 key->rport);
	assert_true(nw_tool_count(tool, "%s", query) > 0);
	for (size_t i = tool->recs_len; i-- > 0;) {
		if (nw_rec_matches(tool->recs[i], query)) {
			return nw_rec_has_role(tool->recs[i], child, "holds", false);
		}
	}
	return false;
}

/* A child only has the socket: the far end sends until a look at open files has met it. */
static void test_holder(void **state)
{
	struct nw_tool *tool = nw_session()->tool;
	struct nw_actor *far = nw_actor_start(
		NW_PLACE_FAR, "tcp listen 127.0.0.1 accept %struth close", MANY_SENDS);
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen = nw_actor_start(
		NW_PLACE_SEEN, "tcp connect 127.0.0.1 %u fork truth wait join eof close", port);
	uint64_t child = nw_rec_u64(nw_actor_truth(seen), "pid");
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .rport = port };
	struct nw_flow_sum sum;
	unsigned sends = 0;

	(void)state;
	do { /* each is told in a record of its own */
		nw_actor_say(far, "more");
		nw_flow_reached(tool, &key, 0, ++sends);
		assert_true(sends < MANY);
	} while (!is_told(tool, &key, child));
	for (; sends < MANY; sends++) {
		nw_actor_say(far, "more");
	}
	nw_actor_say(seen, "end");
	nw_actor_done(far);
	sum = nw_flow_ended(tool, &key);
	nw_rec_check_role(sum.last, child, "holds", false);
	nw_rec_check_role(sum.last, (uint64_t)seen->pid, "holds", false);
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

/* Who started it is gone, and so is its session's leader; nor does it run another program at first. */
static void test_orphan(void **state)
{
	struct nw_flow_key key = { .transport = "tcp" };
	struct nw_actor *far = start_far(&key.rport);
	struct nw_actor *seen = nw_actor_start(
		NW_PLACE_SEEN,
		"tcp orphan wait connect 127.0.0.1 %u send 1203 wait become self wait close",
		key.rport);
	struct nw_tool *t = nw_session()->tool;
	struct nw_flow_sum sum;
	struct json_object *exec;
	struct stat cgroup;
	char id[32];
	pid_t session;

	(void)state;
	key.pid = (pid_t)nw_rec_u64(nw_actor_truth(seen), "pid");
	nw_actor_done(seen);
	session = getsid(key.pid);
	assert_int_equal(getpgid(session), -1);
	nw_actor_say(seen, "connect");
	sum = nw_flow_reached(t, &key, 1203, 0);
	assert_int_equal(nw_rec_session(sum.last), session);
	nw_actor_say(seen, "exec");
	exec = nw_tool_await(t, "event.dataset=nvrwatch.process event.action=exec process.pid=%d",
			     key.pid);
	assert_int_equal(nw_rec_session(exec), session);
	assert_int_equal(stat(nw_place_dir(NW_PLACE_SEEN), &cgroup), 0);
	snprintf(id, sizeof(id), "%ju", (uintmax_t)cgroup.st_ino);
	assert_string_equal(nw_rec_str(exec, "nvrwatch.cgroup.id"), id);
	nw_actor_say(seen, "close");
	sum = nw_flow_ended(t, &key);
	nw_flow_check(&sum, nw_actor_truth(far));
	assert_int_equal(nw_rec_session(sum.last), session);
}

/*
 * As daemon(3) does it: one fork, then a session of its own, which nobody is told of. It is told with the
 * session that it was made in, which joins it to who started it, until it runs a program.
 */
static void test_daemon(void **state)
{
	struct nw_flow_key key = { .transport = "tcp" };
	struct nw_actor *far = start_far(&key.rport);
	struct nw_actor *seen =
		nw_actor_start(NW_PLACE_SEEN,
			       "tcp daemon wait connect 127.0.0.1 %u send 1203 wait "
			       "become self wait close",
			       key.rport);
	struct nw_tool *t = nw_session()->tool;
	struct json_object *truth = nw_actor_truth(seen), *exec;
	struct nw_flow_sum sum;

	(void)state;
	key.pid = (pid_t)nw_rec_u64(truth, "pid");
	nw_actor_done(seen);
	assert_int_equal(nw_rec_u64(truth, "session"), key.pid);
	nw_actor_say(seen, "connect");
	sum = nw_flow_reached(t, &key, 1203, 0);
	nw_rec_check(sum.last, "nvrwatch.owner=exact nvrwatch.roles=");
	assert_int_equal(nw_rec_u64(sum.last, "process.parent.pid"), seen->pid);
	assert_int_equal(nw_rec_session(sum.last), getsid(0));
	nw_actor_say(seen, "exec");
	exec = nw_tool_await(t, "event.dataset=nvrwatch.process event.action=exec process.pid=%d",
			     key.pid);
	assert_int_equal(nw_rec_session(exec), key.pid);
	nw_actor_say(seen, "close");
	sum = nw_flow_ended(t, &key);
	nw_flow_check(&sum, nw_actor_truth(far));
	assert_int_equal(nw_rec_session(sum.last), key.pid);
}

NW_TESTS(e2e_roles, NW_ROOT_TEST(test_two_senders), NW_ROOT_TEST(test_server_that_forks),
	 NW_ROOT_TEST(test_inherited), NW_ROOT_TEST(test_given), NW_ROOT_TEST(test_thread),
	 NW_ROOT_TEST(test_holder), NW_ROOT_TEST(test_owner_alone), NW_ROOT_TEST(test_orphan),
	 NW_ROOT_TEST(test_daemon));
