/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this host forwards: two hosts (network namespaces) with a router between them, whose kernel
 * is ours. Neither end is in the place that nvrwatch attaches cgroup programs to.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "root/support.h"

#define FORWARDED "event.dataset=nvrwatch.flow nvrwatch.forwarded=true "

struct lab {
	struct nw_actor *a, *b, *router;
	char a4[16], b4[16], router4[16];
	char a6[32], b6[32];
};

static struct nw_actor *make_host(const char *ip4, const char *via4, const char *ip6,
				  const char *via6)
{
	return nw_actor_start(NW_PLACE_FAR,
			      "router newnet wait ip addr,add,%s/25,dev,e0 "
			      "ip addr,add,%s/64,dev,e0,nodad ip link,set,e0,up "
			      "ip route,add,default,via,%s ip -6,route,add,default,via,%s "
			      "ready wait",
			      ip4, ip6, via4, via6);
}

/* Addresses that no other test program on this host has: it may run beside us. */
static struct lab make_lab(const char *forward)
{
	unsigned x = 64 + ((unsigned)getpid() >> 8) % 64;
	unsigned y = (unsigned)getpid() % 256;
	char router_b4[16], router_a6[32], router_b6[32];
	struct lab l;

	snprintf(l.a4, sizeof(l.a4), "10.%u.%u.2", x, y);
	snprintf(l.router4, sizeof(l.router4), "10.%u.%u.1", x, y);
	snprintf(l.b4, sizeof(l.b4), "10.%u.%u.130", x, y);
	snprintf(router_b4, sizeof(router_b4), "10.%u.%u.129", x, y);
	snprintf(l.a6, sizeof(l.a6), "fd00:%x:%x:a::2", x, y);
	snprintf(router_a6, sizeof(router_a6), "fd00:%x:%x:a::1", x, y);
	snprintf(l.b6, sizeof(l.b6), "fd00:%x:%x:b::2", x, y);
	snprintf(router_b6, sizeof(router_b6), "fd00:%x:%x:b::1", x, y);
	l.a = make_host(l.a4, l.router4, l.a6, router_a6);
	nw_actor_truth(l.a);
	l.b = make_host(l.b4, router_b4, l.b6, router_b6);
	nw_actor_truth(l.b);
	l.router = nw_actor_start(NW_PLACE_FAR,
				  "router newnet ip link,add,r0,type,veth,peer,name,e0,netns,%d "
				  "ip link,add,r1,type,veth,peer,name,e0,netns,%d "
				  "ip addr,add,%s/25,dev,r0 ip addr,add,%s/25,dev,r1 "
				  "ip addr,add,%s/64,dev,r0,nodad ip addr,add,%s/64,dev,r1,nodad "
				  "ip link,set,r0,up ip link,set,r1,up %s ready wait",
				  l.a->pid, l.b->pid, l.router4, router_b4, router_a6, router_b6,
				  forward);
	nw_actor_truth(l.router);
	nw_actor_truth(l.router);
	nw_actor_say(l.a, "configure");
	nw_actor_say(l.b, "configure");
	nw_actor_truth(l.a);
	nw_actor_truth(l.b);
	return l;
}

/* While a packet socket is open the hook is there, and it is there before that socket is told. */
static void hold_hook(struct nw_tool *t)
{
	struct nw_actor *a = nw_actor_start(NW_PLACE_FAR, "packet open wait");

	nw_tool_await(t, "event.dataset=nvrwatch.listener nvrwatch.socket.inode=%ju",
		      (uintmax_t)nw_rec_u64(nw_actor_truth(a), "inode"));
}

/* What an actor's only datagram socket received. */
static uint64_t received_by(struct nw_actor *a, const char *what)
{
	return nw_rec_u64(json_object_array_get_idx(nw_rec_get(nw_actor_truth(a), "sockets"), 0),
			  what);
}

static void test_udp(void **state)
{
	struct nw_tool *t = nw_tool_whole();
	struct nw_actor *to, *from;
	struct json_object *rec;
	struct lab l;
	unsigned port;

	(void)state;
	hold_hook(t);
	l = make_lab("forward 1");
	to = nw_actor_start(NW_PLACE_FAR, "udp enter %d bind %s 1 recv 10 echo 40 truth", l.b->pid,
			    l.b4);
	port = nw_actor_port(to);
	from = nw_actor_start(NW_PLACE_FAR, "udp enter %d connect %s %u send 50 1234 recv 40 truth",
			      l.a->pid, l.b4, port);
	assert_int_equal(received_by(to, "received"), 50 * 1234);
	assert_int_equal(received_by(from, "received"), 40 * 1234);
	rec = nw_tool_await(t,
			    FORWARDED "destination.ip=%s destination.port=%u source.ip=%s "
				      "nvrwatch.total.destination.bytes=%u",
			    l.b4, port, l.a4, 40 * 1234);
	nw_rec_check(rec, "network.transport=udp network.type=ipv4 network.direction=internal "
			  "nvrwatch.initiator=first nvrwatch.total.source.packets=50 "
			  "nvrwatch.total.source.bytes=61700 "
			  "nvrwatch.total.destination.packets=40 process.pid= nvrwatch.owner=");
}

static void check_tcp(const char *from_ip, const char *to_ip, const struct lab *l,
		      struct nw_tool *t)
{
	struct nw_actor *to = nw_actor_start(
		NW_PLACE_FAR, "tcp enter %d listen %s accept eof send 4321 truth close", l->b->pid,
		to_ip);
	unsigned port = nw_actor_port(to);
	struct nw_actor *from = nw_actor_start(
		NW_PLACE_FAR, "tcp enter %d connect %s %u send 1000003 shut eof truth close",
		l->a->pid, to_ip, port);
	struct json_object *rec, *there, *here;
	uint64_t bytes;

	here = nw_actor_truth(from);
	there = nw_actor_truth(to);
	nw_actor_done(from);
	nw_actor_done(to);
	rec = nw_tool_await(t,
			    FORWARDED "event.action=end network.transport=tcp destination.ip=%s "
				      "destination.port=%u source.ip=%s",
			    to_ip, port, from_ip);
	/* what passed: all that arrived and, at most, what was sent again */
	bytes = nw_rec_u64(rec, "nvrwatch.total.source.bytes");
	assert_int_equal(nw_rec_u64(there, "kernel_received"), 1000003);
	assert_in_range(bytes, 1000003, 1000003 + nw_rec_u64(here, "kernel_retrans"));
	bytes = nw_rec_u64(rec, "nvrwatch.total.destination.bytes");
	assert_in_range(bytes, 4321, 4321 + nw_rec_u64(there, "kernel_retrans"));
	nw_rec_check(rec, "nvrwatch.initiator=syn nvrwatch.unacked_bytes=");
	/* the other way is in the same flow */
	assert_int_equal(nw_tool_count(t, FORWARDED "source.ip=%s source.port=%u", to_ip, port), 0);
}

static void test_tcp(void **state)
{
	struct nw_tool *t = nw_tool_whole();
	struct lab l;

	(void)state;
	hold_hook(t);
	l = make_lab("forward 1");
	check_tcp(l.a4, l.b4, &l, t);
	check_tcp(l.a6, l.b6, &l, t);
}

/* The kernel's own packets (a reset, an ICMP error, ARP) came from nowhere: nothing is forwarded. */
static void test_own_packets(void **state)
{
	struct nw_tool *t = nw_tool_whole();
	struct nw_actor *to, *from;
	struct lab l;
	unsigned port;

	(void)state;
	hold_hook(t);
	l = make_lab("forward 1");
	to = nw_actor_start(NW_PLACE_FAR, "tcp enter %d listen %s wait", l.router->pid, l.router4);
	port = nw_actor_port(to);
	nw_actor_done(nw_actor_start(NW_PLACE_FAR, "udp enter %d connect %s %u send 1 100",
				     l.a->pid, l.router4, port)); /* port unreachable */
	from = nw_actor_start(NW_PLACE_FAR, "tcp enter %d connect %s 1", l.a->pid, l.router4);
	assert_int_not_equal(nw_actor_end(from), 0); /* reset */
	check_tcp(l.a4, l.b4, &l, t);		     /* told after all of that */
	assert_int_equal(nw_tool_count(t, FORWARDED "source.ip=%s", l.router4), 0);
	assert_int_equal(nw_tool_count(t, FORWARDED "destination.ip=%s", l.router4), 0);
}

#define EVICT 200 /* more flows than the smallest table holds */

/*
 * A conversation's flow had to leave a full table: what had passed by the look before is not told again by the
 * flow that begins anew.
 */
static void test_begun_anew(void **state)
{
	static const struct nw_tool_options options = { .prepare = nw_tool_root };
	struct nw_actor *to, *from;
	char config[NW_TOOL_CONFIG];
	struct nw_tool *t;
	struct lab l;
	unsigned port;

	(void)state;
	nw_tool_config("limits:\n  flows: 64\n", config);
	t = nw_tool_start(&options, "trace -o json --config %s", config);
	nw_tool_await(t, "event.dataset=nvrwatch.status event.action=start");
	hold_hook(t);
	l = make_lab("forward 1");
	to = nw_actor_start(NW_PLACE_FAR, "udp enter %d bind %s 1 recv 10 echo 40 recv 5 echo 15",
			    l.b->pid, l.b4);
	port = nw_actor_port(to);
	from = nw_actor_start(NW_PLACE_FAR,
			      "udp enter %d connect %s %u send 50 1234 recv 40 truth wait "
			      "send 20 100 recv 15 truth",
			      l.a->pid, l.b4, port);
	assert_int_equal(received_by(from, "received"), 40 * 1234);
	nw_tool_await(t,
		      FORWARDED "destination.port=%u nvrwatch.total.source.bytes=%d "
				"nvrwatch.total.destination.bytes=%d",
		      port, 50 * 1234, 40 * 1234);
	nw_actor_done(nw_actor_start(NW_PLACE_FAR, "flood enter %d ports %s 10000 %d 10", l.a->pid,
				     l.b4, EVICT));
	nw_tool_await(t, FORWARDED "destination.ip=%s destination.port=%d", l.b4,
		      10000 + EVICT - 1);
	nw_tool_await_loss(t, "flow_evicted");
	nw_actor_say(from, "send");
	assert_int_equal(received_by(from, "received"), 40 * 1234 + 15 * 100);
	nw_tool_await(t,
		      FORWARDED "destination.port=%u nvrwatch.total.source.bytes=%d "
				"nvrwatch.total.destination.bytes=%d",
		      port, 50 * 1234 + 20 * 100, 40 * 1234 + 15 * 100);
	assert_int_equal(
		nw_tool_count(t, FORWARDED "destination.port=%u nvrwatch.flow.record=1", port), 2);
	assert_int_equal(nw_tool_sum(t, "source.bytes", FORWARDED "destination.port=%u", port),
			 50 * 1234 + 20 * 100);
	assert_int_equal(nw_tool_sum(t, "destination.bytes", FORWARDED "destination.port=%u", port),
			 40 * 1234 + 15 * 100);
}

/* No packet socket: forwarding alone brings the hook, also when one device alone does it. */
static void check_alone(const char *forward)
{
	struct nw_tool *t = nw_tool_whole();
	uint64_t deadline = nw_deadline();
	struct lab l = make_lab(forward);
	unsigned n = 0;

	while (nw_tool_count(t, FORWARDED "source.ip=%s network.transport=udp", l.a4) == 0) {
		if (nw_deadline_is_over(deadline)) {
			nw_tool_fail(t, "nothing forwarded is told after %u datagrams", n);
		}
		nw_actor_done(nw_actor_start(NW_PLACE_FAR, "udp enter %d connect %s 9 send 1 10",
					     l.a->pid, l.b4));
		nw_tool_read(t, 100);
		n++;
	}
}

static void test_alone(void **state)
{
	(void)state;
	check_alone("forward_from r0");
}

#define ROOM 16384 /* NW_FORWARDS_MAX */
#define MANY (ROOM + 500)

/* Lines with both words. */
static unsigned count_of(struct nw_lines *out, const char *word, const char *too)
{
	const char *line;
	unsigned n = 0;

	while ((line = nw_lines_next(out))) {
		n += strstr(line, word) && strstr(line, too);
	}
	return n;
}

/* More than there is room for: each packet has its flow, or is counted. Too much to be read as
 * JSON: it goes to a file. */
static void test_table_full(void **state)
{
	struct nw_tool_options opt = { .out_fd = -1 };
	struct nw_lines out = { .fd = -1 };
	char path[128], word[64];
	struct nw_actor *hold;
	struct nw_tool *t;
	const char *stop;
	uint64_t deadline;
	unsigned told, lost;
	struct lab l;

	(void)state;
	snprintf(path, sizeof(path), "%s/forwards.json", nw_place_files());
	opt.out_fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(opt.out_fd > 0);
	hold = nw_actor_start(NW_PLACE_FAR, "packet open wait");
	snprintf(word, sizeof(word), "\"inode\":\"%ju\"",
		 (uintmax_t)nw_rec_u64(nw_actor_truth(hold), "inode"));
	t = nw_tool_start(&opt, "trace -o json");
	deadline = nw_deadline();
	do { /* told: the hook is there */
		assert_false(nw_deadline_is_over(deadline));
		nw_tool_read(t, 50);
		nw_lines_free(&out);
		out = nw_lines_of_file(path);
	} while (!nw_lines_has(&out, word));
	l = make_lab("forward 1");
	nw_actor_done(nw_actor_start(NW_PLACE_FAR, "flood enter %d ports %s 10000 %d 10", l.a->pid,
				     l.b4, MANY));
	assert_int_equal(nw_tool_stop(t, SIGINT), 0);
	nw_lines_free(&out);
	out = nw_lines_of_file(path);
	stop = strstr(out.text, "\"action\":\"stop\"");
	assert_non_null(stop);
	stop = strstr(stop, "\"link\":");
	assert_non_null(stop);
	snprintf(word, sizeof(word), "\"ip\":\"%s\",\"port\":", l.b4);
	lost = (unsigned)atoi(stop + 7);
	/* each flow is told once: it carried one packet; what others forward meanwhile on this
	 * machine finds no room either */
	told = count_of(&out, word, "\"forwarded\":true");
	assert_in_range(told, 1, ROOM);
	assert_in_range(told + lost, MANY, MANY + (MANY - ROOM));
	nw_lines_free(&out);
}

/* What is forwarded is in no cgroup: with --cgroup it is not told. */
static void test_narrow(void **state)
{
	struct nw_session *s = nw_session();

	(void)state;
	test_udp(state);
	nw_tool_settle(s->tool);
	assert_int_equal(nw_tool_count(s->tool, "nvrwatch.forwarded=true"), 0);
}

NW_TESTS(e2e_forwarded, NW_ROOT_TEST(test_udp), NW_ROOT_TEST(test_tcp),
	 NW_ROOT_TEST(test_own_packets), NW_ROOT_TEST(test_alone), NW_ROOT_TEST(test_narrow),
	 NW_ROOT_TEST(test_begun_anew), NW_ROOT_TEST(test_table_full));
