/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dev_queue: frames of packet sockets, exactly what came out at the link's other end; whose frames a bridge
 * passes on.
 */
#include <signal.h>
#include <unistd.h>

#include "root/support.h"

#define FLOW "event.dataset=nvrwatch.flow nvrwatch.socket.inode=%ju "

/* One that also passes a device that stands on another is counted once. */
static void test_frames(void **state)
{
	struct nw_tool *t = nw_session()->tool;
	struct nw_actor *a =
		nw_actor_start(NW_PLACE_SEEN, "packet newnet link open wait send 1000 61 "
					      "send 77 1514 truth close");
	struct json_object *truth, *rec;
	uintmax_t inode;

	(void)state;
	nw_actor_truth(a);
	inode = nw_rec_u64(nw_actor_truth(a), "inode");
	/* told means that the hook is there */
	nw_tool_await(t, "event.dataset=nvrwatch.listener nvrwatch.socket.inode=%ju", inode);
	nw_actor_say(a, "send");
	truth = nw_actor_truth(a);
	nw_actor_done(a);
	rec = nw_tool_await(t, FLOW "event.action=end process.pid=%d", inode, a->pid);
	assert_int_equal(nw_rec_u64(truth, "packets"), 1077);
	assert_int_equal(nw_rec_u64(rec, "nvrwatch.total.source.bytes"),
			 nw_rec_u64(truth, "bytes"));
	assert_int_equal(nw_rec_u64(rec, "nvrwatch.total.source.packets"),
			 nw_rec_u64(truth, "packets"));
	nw_rec_check(rec, "network.direction=egress network.type= network.transport= "
			  "destination.ip= nvrwatch.owner=exact");
}

/* The queue is passed by: nothing is counted, and the socket's record says so. */
static void test_bypass(void **state)
{
	struct nw_tool *t = nw_session()->tool;
	struct nw_actor *a = nw_actor_start(NW_PLACE_SEEN, "packet newnet link open wait bypass "
							   "send 5 100 truth wait");
	uintmax_t inode;

	(void)state;
	nw_actor_truth(a);
	inode = nw_rec_u64(nw_actor_truth(a), "inode");
	nw_tool_await(t, "event.dataset=nvrwatch.listener nvrwatch.socket.inode=%ju", inode);
	nw_actor_say(a, "bypass");
	assert_int_equal(nw_rec_u64(nw_actor_truth(a), "packets"), 5);
	nw_tool_await(t,
		      "event.dataset=nvrwatch.listener nvrwatch.socket.uncounted=true "
		      "nvrwatch.socket.inode=%ju",
		      inode);
	assert_int_equal(nw_tool_count(t, FLOW, inode), 0);
}

/* ---- a bridge between hosts ----------------------------------------------------------------- */

#define PASSED "event.dataset=nvrwatch.flow nvrwatch.forwarded=true network.transport=udp "

static struct nw_actor *start_host(const char *ip, const char *mac)
{
	struct nw_actor *a = nw_actor_start(NW_PLACE_FAR,
					    "router newnet wait ip link,set,e0,address,%s "
					    "ip addr,add,%s/24,dev,e0 ip link,set,e0,up ready wait",
					    mac, ip);

	nw_actor_truth(a);
	return a;
}

/*
 * Neither is a neighbour of this host, which only bridges: it has no address there. Frames come over
 * veth, which on 5.10 and 6.12 leaves them their sender's socket, as no cable does; a bridge that also
 * listens (promisc) passes on a copy, which has none.
 */
static void start_bridge(struct nw_actor *a, struct nw_actor *b)
{
	struct nw_actor *bridge = nw_actor_start(
		NW_PLACE_FAR,
		"router newnet ip link,add,br0,type,bridge ip link,set,br0,up,promisc,on "
		"ip link,add,p0,type,veth,peer,name,e0,netns,%d ip link,set,p0,master,br0,up "
		"ip link,add,p1,type,veth,peer,name,e0,netns,%d ip link,set,p1,master,br0,up "
		"ready wait",
		a->pid, b->pid);

	nw_actor_truth(bridge);
	nw_actor_truth(bridge);
	nw_actor_say(a, "configure");
	nw_actor_say(b, "configure");
	nw_actor_truth(a);
	nw_actor_truth(b);
}

/* Again until it is told: a device that has just come up may drop what is sent, ARP too. */
static struct json_object *send_to(const struct nw_actor *from, const char *ip, unsigned port,
				   struct nw_tool *t)
{
	uint64_t deadline = nw_deadline();

	while (nw_tool_count(t, PASSED "destination.port=%u", port) == 0) {
		assert_false(nw_deadline_is_over(deadline));
		nw_actor_done(nw_actor_start(NW_PLACE_FAR,
					     "udp enter %d bind 0.0.0.0 1 connect %s %u send 1 100",
					     from->pid, ip, port));
		nw_tool_read(t, 100);
	}
	return nw_tool_await(t, PASSED "destination.port=%u", port);
}

/* With a packet socket, whose record says that the hook is there. */
static void await_hook(struct nw_tool *t)
{
	struct nw_actor *a = nw_actor_start(NW_PLACE_FAR, "packet open wait");

	nw_tool_await(t, "event.dataset=nvrwatch.listener nvrwatch.socket.inode=%ju",
		      (uintmax_t)nw_rec_u64(nw_actor_truth(a), "inode"));
}

/* Not the one that lasts: its table of what is forwarded may be full of another test's. */
static struct nw_tool *start_tool(void)
{
	static const struct nw_tool_options options = { .prepare = nw_tool_root };
	struct nw_tool *t = nw_tool_start(&options, "trace -o json");

	nw_tool_await(t, "event.dataset=nvrwatch.status event.action=start");
	return t;
}

/* Both ends' own frames say who they are, until a router's would stand in their place: one hop less. */
static void test_bridged(void **state)
{
	unsigned x = 192 + ((unsigned)getpid() >> 8) % 64; /* no other test program's */
	unsigned y = (unsigned)getpid() % 256;
	struct nw_tool *t = start_tool();
	char a_ip[16], b_ip[16], expected[128];
	struct nw_actor *a, *b;

	(void)state;
	snprintf(a_ip, sizeof(a_ip), "10.%u.%u.2", x, y);
	snprintf(b_ip, sizeof(b_ip), "10.%u.%u.3", x, y);
	await_hook(t);
	a = start_host(a_ip, "c0:56:e3:0a:0b:0c");
	b = start_host(b_ip, "3c:ef:8c:0d:0e:0f");
	start_bridge(a, b);
	nw_actor_done(nw_actor_start(NW_PLACE_FAR,
				     "router enter %d ip "
				     "route,replace,%s/32,dev,e0,hoplimit,63",
				     a->pid, b_ip));
	nw_rec_check(send_to(a, b_ip, 4001, t), "source.mac=");
	nw_actor_done(nw_actor_start(NW_PLACE_FAR, "router enter %d ip route,del,%s/32,dev,e0",
				     a->pid, b_ip));
	nw_rec_check(send_to(a, b_ip, 4002, t), "source.mac=C0-56-E3-0A-0B-0C");
	snprintf(expected, sizeof(expected),
		 "source.mac=3C-EF-8C-0D-0E-0F destination.mac=C0-56-E3-0A-0B-0C source.ip=%s "
		 "destination.ip=%s",
		 b_ip, a_ip);
	nw_rec_check(send_to(b, a_ip, 4003, t), expected);
	assert_int_equal(nw_tool_stop(t, SIGINT), 0);
}

NW_TESTS(hooks_dev_queue, NW_ROOT_TEST(test_frames), NW_ROOT_TEST(test_bypass),
	 NW_ROOT_TEST(test_bridged));
