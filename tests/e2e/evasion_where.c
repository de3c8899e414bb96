/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a process hides: in a network namespace of its own, or in all of them as a container does.
 * Two namespaces are joined by a veth; the far end lives in one, the observed end in the other.
 */
#include <stdlib.h>
#include <unistd.h>

#include "root/support.h"

#define PORT 7000 /* nobody else is in the namespace */

/* "4026531840" of /proc/PID/ns/net, as text */
static void netns_of(int pid, char *ret, size_t size)
{
	char path[64], link[64] = "";
	unsigned inode;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	assert_true(readlink(path, link, sizeof(link) - 1) > 0);
	assert_int_equal(sscanf(link, "net:[%u]", &inode), 1);
	snprintf(ret, size, "%u", inode);
}

/* ns: the verb that leaves this host's namespaces */
static void check(const char *ns)
{
	struct nw_session *s = nw_session();
	struct nw_actor *seen = nw_actor_start(
		NW_PLACE_SEEN,
		"tcp %s wait ip addr,add,10.200.0.1/24,dev,nw-seen ip link,set,nw-seen,up "
		"connect 10.200.0.2 %d send 60013 recv 50021 wait close",
		ns, PORT);
	int pid = (int)nw_rec_u64(nw_actor_truth(seen), "pid");
	struct nw_actor *far =
		nw_actor_start(NW_PLACE_FAR,
			       "tcp newnet ip link,add,nw-far,type,veth,peer,name,nw-seen,netns,%d "
			       "ip addr,add,10.200.0.2/24,dev,nw-far ip link,set,nw-far,up port %d "
			       "listen 10.200.0.2 accept recv 60013 send 50021 eof truth close",
			       pid, PORT);
	struct nw_flow_key key = { pid, "tcp", "10.200.0.2", 0, PORT };
	char inode[16], here[16];
	struct nw_flow_sum sum;

	nw_actor_truth(far);
	nw_actor_port(far);
	nw_actor_say(seen, "connect");
	nw_flow_reached(s->tool, &key, 60013, 50021);
	netns_of(pid, inode, sizeof(inode));
	netns_of(getpid(), here, sizeof(here));
	nw_actor_say(seen, "close");
	sum = nw_flow_ended(s->tool, &key);
	nw_flow_check(&sum, nw_actor_truth(far));
	nw_actor_done(seen);
	assert_true(sum.is_outbound);
	nw_rec_check(sum.last, "source.ip=10.200.0.1");
	assert_string_equal(nw_rec_str(sum.last, "nvrwatch.socket.netns"), inode);
	assert_string_not_equal(inode, here);
}

static void test_network_namespace(void **state)
{
	(void)state;
	check("newnet");
}

/* Its pid in the record is that of this host, where it is 1 to itself. */
static void test_container(void **state)
{
	(void)state;
	check("container");
}

NW_TESTS(e2e_evasion_where, NW_ROOT_TEST(test_network_namespace), NW_ROOT_TEST(test_container));
