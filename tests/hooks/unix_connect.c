/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unix_connect: who connects to what listens at a name. The connection is closed within milliseconds, so
 * that no look at open files meets it: what is known of it by the resolver's question, it was told.
 */
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "root/support.h"

#define RESOLVER 0
#define STUB	 1
#define NAME	 "unix.nvrwatch.test"

/* A resolver outside, and one here that is asked at a Unix socket, which is there before the tool is. */
static struct nw_actor *start_stub(const char *name)
{
	struct nw_actor *a = nw_actor_start(NW_PLACE_FAR, "dns_serve %s 53 " NAME "=192.0.2.7",
					    nw_place_address(RESOLVER));

	nw_actor_truth(a);
	a = nw_actor_start(NW_PLACE_SEEN, "dns_stub %s 53 %s 53 %s", nw_place_address(STUB),
			   nw_place_address(RESOLVER), name);
	nw_actor_truth(a);
	return a;
}

static void check_asked(const char *name)
{
	struct nw_actor *stub = start_stub(name);
	struct nw_tool *t = nw_tool_trace("");
	struct nw_actor *asker = nw_actor_start(NW_PLACE_SEEN, "dns_ask each %s " NAME " 1", name);
	struct json_object *rec =
		nw_tool_await(t, "event.dataset=nvrwatch.dns process.pid=%d nvrwatch.asker.pid=%d",
			      stub->pid, asker->pid);

	nw_rec_check(rec, "nvrwatch.asker.basis=unix nvrwatch.asker.assumed=true "
			  "nvrwatch.asker.count=1 dns.question.name=" NAME);
	assert_int_equal(nw_tool_stop(t, SIGINT), 0);
}

static void test_path(void **state)
{
	char path[128];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/asked", nw_place_files());
	check_asked(path);
}

/* Of no file system. */
static void test_abstract(void **state)
{
	char name[128];

	(void)state;
	(void)snprintf(name, sizeof(name), "@nw-asked-%d", getpid());
	check_asked(name);
}

/* Of as many bytes as a name can have. */
static void test_longest(void **state)
{
	char name[128];

	(void)state;
	(void)snprintf(name, sizeof(name), "@%0107d", getpid());
	check_asked(name);
}

/* Who is not in the observed cgroup is not told. */
static void test_others_are_not_told(void **state)
{
	struct nw_actor *stub = start_stub("@nw-others");
	struct nw_tool *t = nw_tool_trace("");
	struct nw_actor *asker = nw_actor_start(NW_PLACE_FAR, "dns_ask each @nw-others " NAME " 1");

	(void)state;
	nw_actor_done(asker);
	nw_tool_await(t, "event.dataset=nvrwatch.dns process.pid=%d", stub->pid);
	assert_int_equal(nw_tool_count(t, "nvrwatch.asker.pid=%d", asker->pid), 0);
	assert_int_equal(nw_tool_stop(t, SIGINT), 0);
}

static double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* A web server connects to what is behind it for each request. */
static void test_again_and_again(void **state)
{
	struct nw_events e[1] = { 0 };
	struct nw_actor *asker;
	char path[128], more[200];
	struct nw_tool *t;
	double took;

	(void)state;
	start_stub("@nw-again");
	(void)snprintf(path, sizeof(path), "%s/connects.nwr", nw_place_files());
	(void)snprintf(more, sizeof(more), "--record %s", path);
	t = nw_tool_trace(more);
	took = now_s();
	asker = nw_actor_start(NW_PLACE_SEEN, "dns_ask each @nw-again " NAME " 500");
	nw_actor_done(asker);
	took = now_s() - took;
	assert_int_equal(nw_tool_stop(t, SIGINT), 0);
	nw_events_of(path, NULL, 0, 0, e);
	assert_in_range(e[0].connect, 1, (unsigned)(took * 10) + 1);
}

NW_TESTS(hooks_unix_connect, NW_ROOT_TEST(test_path), NW_ROOT_TEST(test_abstract),
	 NW_ROOT_TEST(test_longest), NW_ROOT_TEST(test_others_are_not_told),
	 NW_ROOT_TEST(test_again_and_again));
