/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shells that are spoken to over the network, in every way, and log-ins that look like them. Both ends
 * stand in a network namespace of their own, where 203.0.113.7 is outside and 10.77.0.7 inside; the
 * far end is not observed.
 */
#include <stdio.h>
#include <string.h>

#include "root/support.h"

#define OUTSIDE "203.0.113.7"
#define INSIDE	"10.77.0.7"
#define FOUND	"event.dataset=nvrwatch.finding rule.id=reverse-shell "

struct scene {
	struct nw_actor *far, *seen;
	uint64_t shell;
	int netns; /* a process of it */
};

static struct scene start(const char *mode, const char *addr)
{
	struct scene s;
	unsigned port;

	nw_session();
	s.far = nw_actor_start(NW_PLACE_FAR,
			       "shell newnet ip addr,add,%s/32,dev,lo listen %s operate", addr,
			       addr);
	s.netns = (int)nw_rec_u64(nw_actor_truth(s.far), "pid");
	port = nw_actor_port(s.far);
	s.seen = nw_actor_start(NW_PLACE_SEEN, "shell enter %d %s %s %u end", s.netns, mode, addr,
				port);
	s.shell = nw_rec_u64(nw_actor_truth(s.seen), "shell");
	nw_actor_truth(s.far); /* it answered */
	return s;
}

static void finish(struct scene *s)
{
	nw_actor_say(s->far, "exit");
	nw_actor_done(s->far);
	(void)nw_actor_end(s->seen);
}

static void check(const char *mode, const char *addr, const char *way, unsigned score)
{
	struct scene s = start(mode, addr);
	struct json_object *rec;

	rec = nw_tool_await(nw_session()->tool, FOUND "process.pid=%ju event.action=opened",
			    (uintmax_t)s.shell);
	assert_int_equal(nw_rec_u64(rec, "event.risk_score"), score);
	assert_string_equal(nw_rec_str(rec, "nvrwatch.finding.evidence.way"), way);
	assert_string_equal(nw_rec_str(rec, "nvrwatch.finding.evidence.direction"), "outbound");
	finish(&s);
}

static void test_socket(void **state)
{
	(void)state;
	check("socket", OUTSIDE, "socket", 90);
	check("socket", INSIDE, "socket", 60);
}

static void test_socket_of_the_parent(void **state)
{
	(void)state;
	check("child", OUTSIDE, "socket", 90);
}

static void test_terminal(void **state)
{
	(void)state;
	check("pty", OUTSIDE, "terminal", 90);
}

static void test_pipes(void **state)
{
	(void)state;
	check("pipes", OUTSIDE, "pipes", 75);
}

static void test_filter(void **state)
{
	(void)state;
	check("filter", OUTSIDE, "filter", 90);
}

/* Another file under another name: it is what it does. */
static void test_copy(void **state)
{
	char mode[256];

	(void)state;
	snprintf(mode, sizeof(mode), "copy %s/update", nw_place_files());
	check(mode, OUTSIDE, "socket", 90);
}

/* It came in, to a listener that only root may have. */
static void test_log_in(void **state)
{
	struct nw_tool *t = nw_session()->tool;
	struct nw_actor *seen, *far;
	uint64_t shell;
	int netns;

	(void)state;
	far = nw_actor_start(NW_PLACE_FAR, "shell newnet ip addr,add," OUTSIDE
					   "/32,dev,lo ready wait dial " OUTSIDE " 22 operate");
	netns = (int)nw_rec_u64(nw_actor_truth(far), "pid");
	nw_actor_truth(far);
	seen = nw_actor_start(NW_PLACE_SEEN, "shell enter %d serve " OUTSIDE " 22", netns);
	nw_actor_port(seen);
	nw_actor_say(far, "dial");
	shell = nw_rec_u64(nw_actor_truth(seen), "shell");
	nw_actor_truth(far);
	nw_tool_await(t, "event.dataset=nvrwatch.flow process.pid=%d source.ip=" OUTSIDE,
		      seen->pid);
	nw_session_looks(4);
	nw_actor_say(far, "exit");
	nw_actor_done(far);
	(void)nw_actor_end(seen);
	nw_tool_await(t, "event.dataset=nvrwatch.process event.action=exit process.pid=%ju",
		      (uintmax_t)shell);
	if (nw_tool_count(t, FOUND "process.pid=%ju", (uintmax_t)shell)) {
		nw_tool_fail(t, "a log-in was found");
	}
}

NW_TESTS(e2e_reverse_shell, NW_ROOT_TEST(test_socket), NW_ROOT_TEST(test_socket_of_the_parent),
	 NW_ROOT_TEST(test_terminal), NW_ROOT_TEST(test_pipes), NW_ROOT_TEST(test_filter),
	 NW_ROOT_TEST(test_copy), NW_ROOT_TEST(test_log_in));
