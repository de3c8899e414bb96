/* SPDX-License-Identifier: Apache-2.0 */
/* Whose service a far end is, by a row of the site's own catalogue. */
#include <sys/mount.h>
#include <sys/stat.h>

#include "root/support.h"

#define FAR "203.0.113.70"

static const char site[] =
	"makers:\n"
	"  - {id: ours, name: Ours, country: DE, source: a test, date: 2026-11-28}\n"
	"ranges:\n"
	"  - {network: 203.0.113.64/26, maker: ours, service: relay, source: a test, "
	"date: 2026-11-28}\n";

struct pair {
	struct nw_actor *seen;
	struct nw_flow_key key;
};

/* Both ends of a link, each in a namespace of its own; they speak when they are told. */
static struct pair begin(void)
{
	struct pair p = { .seen = nw_actor_start(
				  NW_PLACE_SEEN,
				  "tcp newnet wait ip addr,add,203.0.113.1/24,dev,v1 "
				  "ip link,set,v1,up wait connect " FAR
				  " 4711 send 5 wait close") };
	int pid = (int)nw_rec_u64(nw_actor_truth(p.seen), "pid");
	struct nw_actor *far = nw_actor_start(
		NW_PLACE_FAR,
		"tcp newnet ip link,add,v0,type,veth,peer,name,v1,netns,%d "
		"ip addr,add," FAR "/24,dev,v0 ip link,set,v0,up port 4711 listen " FAR
		" accept recv 5 eof truth close",
		pid);

	nw_actor_truth(far);
	nw_actor_port(far);
	nw_actor_say(p.seen, "up");
	p.key = (struct nw_flow_key){ pid, "tcp", FAR, 0, 4711 };
	return p;
}

/* Rows of the site: what is in /etc is another for this run alone. */
static void test_catalogue_of_the_site(void **state)
{
	struct pair p = begin();
	struct nw_flow_sum sum;
	struct nw_tool *t;

	(void)state;
	nw_place_mount("/etc", "64k");
	assert_int_equal(mkdir("/etc/nvrwatch", 0755), 0);
	assert_int_equal(mkdir("/etc/nvrwatch/catalogue.d", 0755), 0);
	nw_test_write("/etc/nvrwatch/catalogue.d/site.yaml", site);
	t = nw_tool_trace("");
	assert_int_equal(umount2("/etc", MNT_DETACH), 0);
	nw_actor_say(p.seen, "connect");
	(void)nw_flow_reached(t, &p.key, 5, 0);
	nw_actor_say(p.seen, "close");
	sum = nw_flow_ended(t, &p.key);
	nw_rec_check(sum.first, "nvrwatch.vendor.name=ours nvrwatch.vendor.service=relay "
				"nvrwatch.vendor.basis=address");
	nw_actor_done(p.seen);
}

NW_TESTS(e2e_site_catalogue, NW_ROOT_TEST(test_catalogue_of_the_site));
