/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passwords that pass by: in HTTP, RTSP, FTP, mail and maker's own log-ins, whole and cut into
 * pieces, in arguments and URLs. They may be in no output and in no recording; what stands beside
 * them must be, which shows that the test looked where they were.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <zstd.h>

#include "root/support.h"

#define PLAIN_MAX (64 << 20)

static void append(struct nw_lines *b, const void *data, size_t len)
{
	char *grown = realloc(b->text, b->len + len + 1);

	assert_non_null(grown);
	b->text = grown;
	memcpy(b->text + b->len, data, len);
	b->len += len;
	b->text[b->len] = 0;
}

/* Whatever else the file is, its zstd frames begin with zstd's magic number. */
static struct nw_lines unpack(const struct nw_lines *file)
{
	static const unsigned char magic[] = { 0x28, 0xb5, 0x2f, 0xfd };
	struct nw_lines plain = { .fd = -1 };
	char *out = malloc(PLAIN_MAX);
	size_t at = 0;

	assert_non_null(out);
	append(&plain, file->text, file->len); /* what is not compressed counts too */
	while (at + sizeof(magic) < file->len) {
		const char *frame = memmem(file->text + at, file->len - at, magic, sizeof(magic));
		size_t left, size, n;

		if (!frame) {
			break;
		}
		left = file->len - (size_t)(frame - file->text);
		size = ZSTD_findFrameCompressedSize(frame, left);
		if (ZSTD_isError(size)) {
			at = (size_t)(frame - file->text) + 1;
			continue;
		}
		n = ZSTD_decompress(out, PLAIN_MAX, frame, size);
		assert_false(ZSTD_isError(n));
		append(&plain, out, n);
		at = (size_t)(frame - file->text) + size;
	}
	free(out);
	return plain;
}

/* Neither the word nor the middle of what it is in base64. */
static void check_none(const struct nw_lines *b, const char *where, const char *word,
		       struct json_object *planted)
{
	const char *as_user = nw_rec_str(planted, "as_user");
	const char *as_plain = nw_rec_str(planted, "as_plain");
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

static void new_word(char word[33])
{
	unsigned char random[16];

	assert_int_equal(getrandom(random, sizeof(random), 0), sizeof(random));
	for (size_t i = 0; i < sizeof(random); i++) {
		snprintf(word + 2 * i, 3, "%02x", random[i]);
	}
}

/* Where the log-ins go: a server that reads and says nothing. */
static unsigned start_sink(unsigned streams)
{
	char script[2048] = "tcp listen 127.0.0.1";

	for (unsigned i = 0; i < streams; i++) {
		strcat(script, " accept eof close");
	}
	return nw_actor_port(nw_actor_start(NW_PLACE_FAR, "%s", script));
}

static void test_planted_words(void **state)
{
	char path[128], more[160];
	struct nw_actor *planter, *exec;
	struct nw_lines file, plain;
	struct json_object *planted;
	struct nw_tool *t, *replay;
	char word[33];

	(void)state;
	new_word(word);
	snprintf(path, sizeof(path), "%s/secrets.nwr", nw_place_files());
	snprintf(more, sizeof(more), "--record %s -vv", path);
	t = nw_tool_trace(more);
	planter = nw_actor_start(NW_PLACE_SEEN, "plant 127.0.0.1 %u", start_sink(24));
	nw_actor_say(planter, word);
	planted = nw_actor_truth(planter);
	exec = nw_actor_start(NW_PLACE_SEEN, "exec secret");
	nw_actor_say(exec, word);
	nw_actor_truth(exec);
	nw_tool_settle(t);
	nw_tool_stop(t, SIGINT);
	replay = nw_tool_start(NULL, "replay -o json -vv %s", path);
	assert_int_equal(nw_tool_end(replay), 0);
	file = nw_lines_of_file(path);
	plain = unpack(&file);

	assert_true(nw_lines_has(&t->out, "/tmp/recorder"));
	assert_true(nw_lines_has(&t->out, "--camera=7"));
	check_markers(&plain);
	check_none(&t->out, "the output", word, planted);
	check_none(&t->err, "the messages", word, planted);
	check_none(&replay->out, "the replay's output", word, planted);
	check_none(&plain, "the recording", word, planted);
	nw_lines_free(&file);
	nw_lines_free(&plain);
}

/* Without heads no payload is kept at all, and no name is known. */
static void test_no_heads(void **state)
{
	char path[128], more[160];
	struct nw_actor *planter;
	struct nw_lines file, plain;
	struct nw_tool *t;

	(void)state;
	snprintf(path, sizeof(path), "%s/no-heads.nwr", nw_place_files());
	snprintf(more, sizeof(more), "--no-heads --record %s", path);
	t = nw_tool_trace(more);
	planter = nw_actor_start(NW_PLACE_SEEN, "plant 127.0.0.1 %u", start_sink(24));
	nw_actor_say(planter, "word");
	nw_actor_truth(planter);
	nw_tool_settle(t);
	nw_tool_stop(t, SIGINT);
	file = nw_lines_of_file(path);
	plain = unpack(&file);
	assert_true(nw_lines_has(&plain, "plant")); /* its process */
	assert_false(nw_lines_has(&plain, "marker-"));
	nw_lines_free(&file);
	nw_lines_free(&plain);
}

NW_TESTS(e2e_secrets, NW_ROOT_TEST(test_planted_words), NW_ROOT_TEST(test_no_heads));
