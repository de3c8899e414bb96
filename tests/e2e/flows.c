/* SPDX-License-Identifier: Apache-2.0 */
/* flows: the table of who talked to whom, from a recording and from watching for a while. */
#include <string.h>
#include <sys/wait.h>

#include "root/support.h"

static void test_of_recording(void **state)
{
	const struct nw_tool *live;
	const char *path = nw_session_recording(&live);
	struct nw_tool *t = nw_tool_start(NULL, "flows --file %s", path);

	(void)state;
	assert_int_equal(nw_tool_end(t), 0);
	/* most bytes first: the 54,321 to the name that was asked for */
	if (!nw_lines_has(&t->out, nw_place_address(NW_SESSION_SERVER)) ||
	    !nw_lines_has(&t->out, "54.3 kB") ||
	    !nw_lines_has(&t->out, "something.nvrwatch.test") ||
	    !nw_lines_has(&t->out, "dns_ask[")) {
		nw_tool_fail(t, "the table does not hold the flow");
	}
}

static void test_of_recording_json(void **state)
{
	const struct nw_tool *live;
	const char *path = nw_session_recording(&live);
	struct nw_tool *t = nw_tool_start(NULL, "flows -o json --file %s", path);
	uint64_t sent = 0;

	(void)state;
	assert_int_equal(nw_tool_end(t), 0);
	nw_tool_count(t, "event.dataset=none");
	for (size_t i = 0; i < t->recs_len; i++) {
		const char *to = nw_rec_str(t->recs[i], "destination.ip");

		assert_true(nw_rec_matches(t->recs[i], "event.dataset=nvrwatch.flow"));
		if (to && strcmp(to, nw_place_address(NW_SESSION_SERVER)) == 0) {
			sent += nw_rec_u64(t->recs[i], "source.bytes");
		}
	}
	assert_int_equal(sent, 54321);
}

static void test_watching(void **state)
{
	struct nw_tool *t = nw_tool_start(NULL, "flows --duration 500ms --cgroup %s",
					  nw_place_dir(NW_PLACE_SEEN));

	(void)state;
	assert_int_equal(nw_tool_end(t), 0);
	if (!nw_lines_has(&t->out, "PROCESS")) {
		nw_tool_fail(t, "no table");
	}
}

NW_TESTS(e2e_flows, NW_ROOT_TEST(test_of_recording), NW_ROOT_TEST(test_of_recording_json),
	 NW_ROOT_TEST(test_watching));
