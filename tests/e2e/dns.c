/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who asked for which name and what came back, over UDP and TCP, and the name on the flow that goes
 * to what was answered. The resolver is a program of our own on a loopback address of its own.
 */
#include <string.h>

#include "root/support.h"

/* nw_place_address */
#define RESOLVER 0
#define CAMERA	 1

static struct nw_actor *resolver(void)
{
	struct nw_actor *a = nw_actor_start(NW_PLACE_FAR,
					    "dns_serve %s 53 cam.nvrwatch.test=alias.nvrwatch.test "
					    "alias.nvrwatch.test=%s alias.nvrwatch.test=::1 "
					    "evil\\027[2J.nvrwatch.test=192.0.2.10",
					    nw_place_address(RESOLVER), nw_place_address(CAMERA));

	nw_actor_truth(a);
	return a;
}

static bool has_answer(struct json_object *rec, const char *type, const char *data)
{
	struct json_object *answers = nw_rec_get(rec, "dns.answers");

	for (size_t i = 0; answers && i < json_object_array_length(answers); i++) {
		struct json_object *a = json_object_array_get_idx(answers, i);

		if (strcmp(nw_rec_str(a, "type"), type) == 0 &&
		    strcmp(nw_rec_str(a, "data"), data) == 0) {
			return true;
		}
	}
	return false;
}

static struct json_object *ask(const char *proto, const char *type, const char *addr)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = resolver();
	struct nw_actor *seen =
		nw_actor_start(NW_PLACE_SEEN, "dns_ask %s %s 53 cam.nvrwatch.test %s wait", proto,
			       nw_place_address(RESOLVER), type);
	struct json_object *truth = nw_actor_truth(seen);
	struct json_object *rec;

	assert_int_equal(nw_rec_u64(truth, "answers"), 2);
	rec = nw_tool_await(s->tool,
			    "event.dataset=nvrwatch.dns process.pid=%d "
			    "dns.question.name=cam.nvrwatch.test dns.question.type=%s",
			    seen->pid, type);
	assert_string_equal(nw_rec_str(rec, "dns.response_code"), "NOERROR");
	assert_string_equal(nw_rec_str(rec, "network.transport"), proto);
	assert_string_equal(nw_rec_str(rec, "process.name"), "dns_ask");
	assert_true(has_answer(rec, type, addr));
	assert_true(has_answer(rec, "CNAME", "alias.nvrwatch.test"));
	assert_int_equal(nw_rec_u64(nw_actor_truth(far), "answers"), 2);
	return rec;
}

static void test_udp(void **state)
{
	struct json_object *rec;

	(void)state;
	rec = ask("udp", "A", nw_place_address(CAMERA));
	assert_string_equal(nw_rec_str(rec, "destination.ip"), nw_place_address(RESOLVER));
	assert_int_equal(nw_rec_u64(rec, "destination.port"), 53);
}

static void test_tcp(void **state)
{
	(void)state;
	ask("tcp", "AAAA", "::1");
}

static void test_no_such_name(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *seen;

	(void)state;
	resolver();
	seen = nw_actor_start(NW_PLACE_SEEN, "dns_ask udp %s 53 none.nvrwatch.test A wait",
			      nw_place_address(RESOLVER));
	nw_tool_await(s->tool,
		      "event.dataset=nvrwatch.dns process.pid=%d "
		      "dns.question.name=none.nvrwatch.test dns.response_code=NXDOMAIN",
		      seen->pid);
}

/* The name that was asked for, not the one that it led to. */
static void test_name_on_flow(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far =
		nw_actor_start(NW_PLACE_FAR, "tcp listen %s accept eof", nw_place_address(CAMERA));
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen;
	struct nw_flow_key key = { .transport = "tcp", .raddr = nw_place_address(CAMERA) };
	struct nw_flow_sum sum;

	(void)state;
	resolver();
	seen = nw_actor_start(NW_PLACE_SEEN,
			      "dns_ask udp %s 53 cam.nvrwatch.test A send %s %u 4567",
			      nw_place_address(RESOLVER), nw_place_address(CAMERA), port);
	key.pid = seen->pid;
	key.rport = port;
	sum = nw_flow_ended(s->tool, &key);
	assert_int_equal(sum.sent, 4567);
	assert_string_equal(nw_rec_str(sum.first, "destination.domain"), "cam.nvrwatch.test");
	assert_string_equal(nw_rec_str(sum.last, "destination.domain"), "cam.nvrwatch.test");
}

/* A name may hold any byte; none of them reaches the output as it is. */
static void test_hostile_name(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *seen;
	struct json_object *rec;

	(void)state;
	resolver();
	seen = nw_actor_start(NW_PLACE_SEEN, "dns_ask udp %s 53 evil\\027[2J.nvrwatch.test A wait",
			      nw_place_address(RESOLVER));
	assert_int_equal(nw_rec_u64(nw_actor_truth(seen), "answers"), 1);
	rec = nw_tool_await(s->tool,
			    "event.dataset=nvrwatch.dns process.pid=%d dns.response_code=NOERROR",
			    seen->pid);
	assert_string_equal(nw_rec_str(rec, "dns.question.name"), "evil\\027[2J.nvrwatch.test");
}

/* ---- through a resolver of this host ---- */

#define STUB 2

/* What it is asked it asks the resolver; where a file system is not shared, nobody asks at path. */
static struct nw_actor *stub(const char *path)
{
	struct nw_actor *a =
		nw_actor_start(NW_PLACE_SEEN, "dns_stub %s 53 %s 53 %s", nw_place_address(STUB),
			       nw_place_address(RESOLVER), path);

	nw_actor_truth(a);
	return a;
}

/* The stub's question carries who asked the stub, and what came is the asker's. */
static void test_behind_a_stub(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far =
		nw_actor_start(NW_PLACE_FAR, "tcp listen %s accept eof", nw_place_address(CAMERA));
	unsigned port = nw_actor_port(far);
	struct nw_actor *between, *seen;
	struct nw_flow_key key = { .transport = "tcp", .raddr = nw_place_address(CAMERA) };
	struct json_object *rec;
	struct nw_flow_sum sum;

	(void)state;
	resolver();
	between = stub("-");
	seen = nw_actor_start(NW_PLACE_SEEN,
			      "dns_ask udp %s 53 cam.nvrwatch.test A send %s %u 777 wait",
			      nw_place_address(STUB), nw_place_address(CAMERA), port);
	rec = nw_tool_await(s->tool,
			    "event.dataset=nvrwatch.dns process.pid=%d destination.ip=%s "
			    "dns.question.name=cam.nvrwatch.test",
			    between->pid, nw_place_address(RESOLVER));
	assert_int_equal(nw_rec_u64(rec, "nvrwatch.asker.pid"), seen->pid);
	assert_string_equal(nw_rec_str(rec, "nvrwatch.asker.name"), "dns_ask");
	assert_string_equal(nw_rec_str(rec, "nvrwatch.asker.basis"), "question");
	assert_int_equal(nw_rec_u64(rec, "nvrwatch.asker.count"), 1);
	assert_null(nw_rec_get(rec, "nvrwatch.asker.assumed"));
	rec = nw_tool_await(s->tool, "event.dataset=nvrwatch.dns process.pid=%d destination.ip=%s",
			    seen->pid, nw_place_address(STUB));
	assert_null(nw_rec_get(rec, "nvrwatch.asker"));
	nw_actor_say(seen, "go");
	nw_actor_done(seen);
	key.pid = seen->pid;
	key.rport = port;
	sum = nw_flow_ended(s->tool, &key);
	assert_string_equal(nw_rec_str(sum.first, "destination.domain"), "cam.nvrwatch.test");
	assert_string_equal(nw_rec_str(sum.first, "nvrwatch.names.asked_by"), "itself");
}

/* Of both /proc alone told when they began, which is less exact than the kernel's own word. */
static void test_who_was_there_before(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "tcp port %u listen %s accept eof",
					      NW_SESSION_PORT, nw_place_address(NW_SESSION_CAMERA));
	struct nw_actor *up = nw_actor_start(NW_PLACE_FAR, "dns_serve %s 53 " NW_SESSION_NAME "=%s",
					     nw_place_address(NW_SESSION_UPSTREAM),
					     nw_place_address(NW_SESSION_CAMERA));
	struct nw_flow_key key = { .pid = s->asker->pid, .transport = "tcp" };
	struct json_object *rec;
	struct nw_flow_sum sum;

	(void)state;
	key.raddr = nw_place_address(NW_SESSION_CAMERA);
	key.rport = nw_actor_port(far);
	nw_actor_truth(up);
	nw_actor_say(s->asker, "go");
	rec = nw_tool_await(s->tool,
			    "event.dataset=nvrwatch.dns process.pid=%d "
			    "dns.question.name=" NW_SESSION_NAME,
			    s->stub->pid);
	assert_int_equal(nw_rec_u64(rec, "nvrwatch.asker.pid"), s->asker->pid);
	assert_string_equal(nw_rec_str(rec, "nvrwatch.asker.basis"), "question");
	sum = nw_flow_ended(s->tool, &key);
	assert_int_equal(sum.sent, NW_SESSION_SENT);
	assert_string_equal(nw_rec_str(sum.first, "destination.domain"), NW_SESSION_NAME);
	assert_string_equal(nw_rec_str(sum.first, "nvrwatch.names.asked_by"), "itself");
}

/* Nobody reads what goes over a Unix socket: who alone is connected is assumed to have asked. */
static void test_behind_a_unix_socket(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *between, *seen;
	struct json_object *rec;
	char path[128];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/stub", nw_place_files());
	resolver();
	between = stub(path);
	seen = nw_actor_start(NW_PLACE_SEEN, "dns_ask unix %s cam.nvrwatch.test 300", path);
	/* a scan of open files must have met the connection: every 10 s */
	rec = nw_tool_await(s->tool,
			    "event.dataset=nvrwatch.dns process.pid=%d nvrwatch.asker.pid=%d",
			    between->pid, seen->pid);
	assert_string_equal(nw_rec_str(rec, "nvrwatch.asker.basis"), "unix");
	nw_rec_check(rec, "nvrwatch.asker.assumed=true nvrwatch.asker.count=1");
}

NW_TESTS(e2e_dns, NW_ROOT_TEST(test_behind_a_stub), NW_ROOT_TEST(test_behind_a_unix_socket),
	 NW_ROOT_TEST(test_who_was_there_before), NW_ROOT_TEST(test_udp), NW_ROOT_TEST(test_tcp),
	 NW_ROOT_TEST(test_no_such_name), NW_ROOT_TEST(test_name_on_flow),
	 NW_ROOT_TEST(test_hostile_name));
