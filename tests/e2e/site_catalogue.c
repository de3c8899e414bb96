/* SPDX-License-Identifier: Apache-2.0 */
/* Whose service a far end is, by a row of the site's own catalogue. */
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"
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

static const char strangers[] = "signs:\n"
				"  - {place: server, begins: Ours, maker: ours, source: a test, "
				"date: 2026-11-28}\n";

/* The status of a check with this catalogue, and whether its message has what. */
static int check_status(const char *second, const char *what)
{
	struct nw_tool *t;
	int status;

	nw_test_write("/etc/nvrwatch/catalogue.d/20.yaml", second);
	t = nw_tool_start(NULL, "check --config /dev/null");
	status = nw_tool_end(t);
	if (what && !nw_lines_has(&t->err, what)) {
		nw_tool_fail(t, "the message lacks '%s'", what);
	}
	nw_tool_free(t);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Who says something of a maker that is in no file would see nothing of it. */
static void test_makers_of_the_site(void **state)
{
	static char many[16384];
	int len = snprintf(many, sizeof(many), "makers:\n");

	(void)state;
	nw_place_mount("/etc", "64k");
	assert_int_equal(mkdir("/etc/nvrwatch", 0755), 0);
	assert_int_equal(mkdir("/etc/nvrwatch/catalogue.d", 0755), 0);
	nw_test_write("/etc/nvrwatch/catalogue.d/10.yaml", strangers);
	assert_int_equal(
		check_status("{}\n", "/catalogue.d/10.yaml: 'signs' names the maker 'ours'"),
		NW_EXIT_INPUT);
	assert_int_equal(check_status(site, NULL), NW_EXIT_OK); /* a file behind it has him */
	for (unsigned i = 0; i < 64; i++) {
		len += snprintf(many + len, sizeof(many) - (size_t)len,
				"  - {id: m%u, name: M, source: a test, date: 2026-11-28}\n", i);
	}
	assert_int_equal(unlink("/etc/nvrwatch/catalogue.d/10.yaml"), 0);
	assert_int_equal(check_status(many, "of which 64 find room"), NW_EXIT_INPUT);
	assert_int_equal(umount2("/etc", MNT_DETACH), 0);
}

NW_TESTS_OF_ANY_KERNEL(e2e_site_catalogue, NW_ROOT_TEST(test_catalogue_of_the_site),
		       NW_ROOT_TEST(test_makers_of_the_site));
