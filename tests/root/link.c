/* SPDX-License-Identifier: Apache-2.0 */
/* A link of the test's own: a veth between two network namespaces, and a truth program at each end. */
#include <sys/stat.h>
#include <unistd.h>

#include "root/support.h"

static uint32_t netns_of(pid_t pid)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	assert_int_equal(stat(path, &st), 0);
	return (uint32_t)st.st_ino;
}

uint32_t nw_netns_away(pid_t pid)
{
	assert_int_not_equal(netns_of(pid), netns_of(getpid()));
	return netns_of(pid);
}

void nw_netns_check(struct json_object *rec, uint32_t netns)
{
	char query[64];

	snprintf(query, sizeof(query), "nvrwatch.socket.netns=%u", netns);
	nw_rec_check(rec, query);
}

static void start(struct nw_end *e, const char *link, const char *name)
{
	e->actor = nw_actor_start(e->place,
				  "tcp %s %s ip addr,add,%s/24,dev,%s ip link,set,%s,up ready %s",
				  e->ns ? e->ns : "newnet", link, e->addr, name, name, e->script);
	e->pid = (pid_t)nw_rec_u64(nw_actor_truth(e->actor), "pid");
}

static void await_ready(struct nw_end *e)
{
	assert_non_null(nw_rec_get(nw_actor_truth(e->actor), "ready"));
}

void nw_ends_start(struct nw_end *a, struct nw_end *b)
{
	char link[80];

	start(a, "wait", "v1"); /* its namespace must be there before the link is */
	snprintf(link, sizeof(link), "ip link,add,v0,type,veth,peer,name,v1,netns,%d", a->pid);
	start(b, link, "v0");
	await_ready(b);
	nw_actor_say(a->actor, "linked");
	await_ready(a);
}

struct nw_talk nw_talk_start(const char *far_first)
{
	char script[256];
	struct nw_end seen = { .place = NW_PLACE_SEEN,
			       .addr = "203.0.113.1",
			       .script = "wait connect " NW_TALK_FAR " 4711 send 5 wait close" };
	struct nw_end far = { .place = NW_PLACE_FAR, .addr = NW_TALK_FAR, .script = script };

	snprintf(script, sizeof(script), "%s%sport 4711 listen %s accept recv 5 eof close",
		 far_first, *far_first ? " " : "", NW_TALK_FAR);
	nw_ends_start(&seen, &far);
	assert_int_equal(nw_actor_port(far.actor), 4711);
	return (struct nw_talk){ seen.actor, { seen.pid, "tcp", NW_TALK_FAR, 0, 4711 } };
}

void nw_talk_open(struct nw_talk *k, struct nw_tool *t)
{
	nw_actor_say(k->seen, "connect");
	(void)nw_flow_reached(t, &k->key, 5, 0);
}

struct nw_flow_sum nw_talk_end(struct nw_talk *k, struct nw_tool *t)
{
	struct nw_flow_sum sum;

	nw_actor_say(k->seen, "close");
	sum = nw_flow_ended(t, &k->key);
	nw_actor_done(k->seen);
	return sum;
}
