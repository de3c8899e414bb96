/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passwords that pass by: in HTTP, RTSP, FTP, mail and maker's own log-ins, whole and cut into
 * pieces, in arguments and URLs. They may be in no output and in no recording; what stands beside
 * them must be, which shows that the test looked where they were.
 */
#include <string.h>

#include "root/support.h"

/* Neither the word nor the middle of what it is in base64. */
static void check_none(const struct nw_lines *b, const char *where)
{
	const char *word = nw_session_planted()->word;
	const char *as_user = nw_session_planted()->as_user;
	const char *as_plain = nw_session_planted()->as_plain;
	char middle[13];

	if (nw_lines_has(b, word)) {
		const char *at = memmem(b->text, b->len, word, strlen(word));
		size_t before = NW_MIN((size_t)(at - b->text), (size_t)80);

		fail_msg("the planted word is in %s, behind '%.*s'", where, (int)before,
			 at - before);
	}
	snprintf(middle, sizeof(middle), "%.12s", as_user + strlen(as_user) / 2 - 2);
	if (nw_lines_has(b, middle)) {
		fail_msg("'%s' of the planted '%s' is in %s", middle, as_user, where);
	}
	snprintf(middle, sizeof(middle), "%.12s", as_plain + strlen(as_plain) / 2 - 2);
	if (nw_lines_has(b, middle)) {
		fail_msg("'%s' of the planted '%s' is in %s", middle, as_plain, where);
	}
}

static void check_markers(const struct nw_lines *recording)
{
	static const char *const markers[] = {
		"marker-http-basic", "marker-http-digest", "marker-http-cookie",
		"marker-http-query", "marker-http-proxy",  "marker-http-answer",
		"marker-rtsp",	     "marker-ftp",	   "marker-pop",
		"marker-smtp",	     "marker-isapi",	   "marker-rpc2",
	};

	for (size_t i = 0; i < NW_ARRAY_SIZE(markers); i++) {
		if (!nw_lines_has(recording, markers[i])) {
			fail_msg("%s is not in the recording", markers[i]);
		}
	}
}

static void test_recording(void **state)
{
	const struct nw_tool *live;
	struct nw_lines plain = nw_lines_of_recording(nw_session_recording(&live));

	(void)state;
	check_markers(&plain);
	assert_true(nw_lines_has(&plain, "--camera=7"));
	check_none(&plain, "the recording");
	nw_lines_free(&plain);
}

static void test_output(void **state)
{
	const struct nw_tool *live;

	(void)state;
	nw_session_recording(&live);
	assert_true(nw_lines_has(&live->out, "/tmp/recorder"));
	assert_true(nw_lines_has(&live->out, "--camera=7"));
	assert_true(live->err.len > 0);
	check_none(&live->out, "the output");
	check_none(&live->err, "the messages");
}

static void test_replay(void **state)
{
	const struct nw_tool *live;
	struct nw_tool *t = nw_tool_start(NULL, "replay -vv %s", nw_session_recording(&live));

	(void)state;
	assert_int_equal(nw_tool_end(t), 0);
	assert_true(nw_lines_has(&t->out, "/tmp/recorder"));
	check_none(&t->out, "the replay's output");
	check_none(&t->err, "the replay's messages");
}

NW_TESTS_OF_ANY_KERNEL(e2e_secrets, NW_ROOT_TEST(test_recording), NW_ROOT_TEST(test_output),
		       NW_ROOT_TEST(test_replay));
