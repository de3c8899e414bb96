/* SPDX-License-Identifier: Apache-2.0 */
/* Whose service a far end is, by a row of the site's own catalogue. */
#include <sys/mount.h>
#include <sys/stat.h>

#include "root/support.h"

static const char site[] =
	"makers:\n"
	"  - {id: ours, name: Ours, country: DE, source: a test, date: 2026-11-28}\n"
	"ranges:\n"
	"  - {network: 203.0.113.64/26, maker: ours, service: relay, source: a test, "
	"date: 2026-11-28}\n";

/* Rows of the site: what is in /etc is another for this run alone. */
static void test_catalogue_of_the_site(void **state)
{
	struct nw_talk talk = nw_talk_start("");
	struct nw_flow_sum sum;
	struct nw_tool *t;

	(void)state;
	nw_place_mount("/etc", "64k");
	assert_int_equal(mkdir("/etc/nvrwatch", 0755), 0);
	assert_int_equal(mkdir("/etc/nvrwatch/catalogue.d", 0755), 0);
	nw_test_write("/etc/nvrwatch/catalogue.d/site.yaml", site);
	t = nw_tool_trace("");
	assert_int_equal(umount2("/etc", MNT_DETACH), 0);
	nw_talk_open(&talk, t);
	sum = nw_talk_end(&talk, t);
	nw_rec_check(sum.first, "nvrwatch.vendor.name=ours nvrwatch.vendor.service=relay "
				"nvrwatch.vendor.basis=address");
}

NW_TESTS_OF_ANY_KERNEL(e2e_site_catalogue, NW_ROOT_TEST(test_catalogue_of_the_site));
