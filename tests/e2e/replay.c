/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay: prints the bytes that live printed; takes what a cut recording still holds, and refuses
 * with a sentence what is no recording.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "root/support.h"

#define EXIT_INPUT 4

static void write_file(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	close(fd);
}

static void check_same(const struct nw_lines *live, const struct nw_lines *again)
{
	size_t n = NW_MIN(live->len, again->len);
	size_t same = 0;
	size_t line = 0;

	while (same < n && live->text[same] == again->text[same]) {
		line = live->text[same] == '\n' ? same + 1 : line;
		same++;
	}
	if (live->len != again->len || same < n) {
		fail_msg(
			"after %zu equal bytes of %zu live and %zu replayed:\nlive   %.600s\nreplay %.600s",
			same, live->len, again->len, live->text + line, again->text + line);
	}
}

static void test_json(void **state)
{
	const struct nw_tool *live;
	const char *path = nw_session_recording(&live);
	struct nw_tool *t = nw_tool_start(NULL, "replay -o json %s", path);

	(void)state;
	assert_int_equal(nw_tool_end(t), 0);
	assert_true(live->out.len > 1000);
	check_same(&live->out, &t->out);
}

static void test_text(void **state)
{
	struct nw_tool *live, *again;
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/text.nwr", nw_place_files());
	live = nw_tool_start(NULL, "trace --cgroup %s --record %s", nw_place_dir(NW_PLACE_SEEN),
			     path);
	nw_tool_await_text(live, "observing");
	nw_session_do_something(NULL);
	assert_int_equal(nw_tool_stop(live, SIGTERM), 0);
	again = nw_tool_start(NULL, "replay %s", path);
	assert_int_equal(nw_tool_end(again), 0);
	assert_true(live->out.len > 1000);
	check_same(&live->out, &again->out);
	for (size_t i = 0; i < live->out.len; i++) {
		unsigned char c = (unsigned char)live->out.text[i];

		if ((c < 0x20 && c != '\n') || c == 0x7f) {
			fail_msg("byte %#x would reach a terminal", c);
		}
	}
	assert_true(nw_lines_has(&live->out, "/tmp/recorder"));
	assert_false(nw_lines_has(&live->out, nw_session_planted()->word));
}

/* A recording of a replay is a recording of the same. */
static void test_again(void **state)
{
	const struct nw_tool *live;
	const char *path = nw_session_recording(&live);
	struct nw_tool *t;
	char copy[128];

	(void)state;
	snprintf(copy, sizeof(copy), "%s/again.nwr", nw_place_files());
	t = nw_tool_start(NULL, "replay -o json --record %s %s", copy, path);
	assert_int_equal(nw_tool_end(t), 0);
	nw_tool_free(t);
	t = nw_tool_start(NULL, "replay -o json %s", copy);
	assert_int_equal(nw_tool_end(t), 0);
	check_same(&live->out, &t->out);
}

/* Wherever it was cut: what it prints is the beginning of the whole, or it says what is wrong. */
static void test_cut(void **state)
{
	const struct nw_tool *live;
	struct nw_lines whole = nw_lines_of_file(nw_session_recording(&live));
	char path[128];
	unsigned printed = 0;

	(void)state;
	snprintf(path, sizeof(path), "%s/cut.nwr", nw_place_files());
	for (size_t i = 0; i <= 16; i++) {
		struct nw_tool *t;
		int status;

		write_file(path, whole.text, i == 16 ? whole.len - 1 : whole.len * i / 16);
		t = nw_tool_start(NULL, "replay -o json %s", path);
		status = nw_tool_end(t);
		assert_true(WIFEXITED(status));
		assert_true(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == EXIT_INPUT);
		assert_true(t->err.len > 0);
		if (t->out.len) {
			assert_true(t->out.len <= live->out.len);
			assert_memory_equal(t->out.text, live->out.text, t->out.len);
			printed++;
		}
		nw_tool_free(t);
	}
	assert_true(printed > 0); /* a cut in the last block leaves those before it */
	nw_lines_free(&whole);
}

/* Damage in the middle is found by a checksum: nothing wrong is printed, and the end says so. */
static void test_damaged(void **state)
{
	const struct nw_tool *live;
	struct nw_lines whole = nw_lines_of_file(nw_session_recording(&live));
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/damaged.nwr", nw_place_files());
	for (size_t i = 1; i < 16; i++) {
		struct nw_tool *t;
		size_t at = whole.len * i / 16;
		int status;

		whole.text[at] = (char)(whole.text[at] ^ 0x10);
		write_file(path, whole.text, whole.len);
		whole.text[at] = (char)(whole.text[at] ^ 0x10);
		t = nw_tool_start(NULL, "replay -o json %s", path);
		status = nw_tool_end(t);
		assert_true(WIFEXITED(status));
		assert_true(WEXITSTATUS(status) == EXIT_INPUT || t->err.len > 0 ||
			    t->out.len == live->out.len);
		nw_tool_free(t);
	}
	nw_lines_free(&whole);
}

static void check_refused(const char *path)
{
	struct nw_tool *t = nw_tool_start(NULL, "replay %s", path);

	assert_int_equal(WEXITSTATUS(nw_tool_end(t)), EXIT_INPUT);
	assert_int_equal(t->out.len, 0);
	if (!nw_lines_has(&t->err, path)) {
		nw_tool_fail(t, "the message does not name %s", path);
	}
	nw_tool_free(t);
}

static void test_foreign(void **state)
{
	static const char elf[64] = "\177ELF\002\001\001";
	static const char header[12] = "NWR1\xff\xff\xff\xff";
	char zeros[4096] = "";
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/foreign", nw_place_files());
	check_refused("/nonexistent/recording");
	check_refused("/tmp");
	write_file(path, "", 0);
	check_refused(path);
	write_file(path, "hello\n", 6);
	check_refused(path);
	write_file(path, zeros, sizeof(zeros));
	check_refused(path);
	write_file(path, elf, sizeof(elf));
	check_refused(path);
	write_file(path, header, sizeof(header));
	check_refused(path);
}

NW_TESTS_OF_ANY_KERNEL(e2e_replay, NW_ROOT_TEST(test_json), NW_ROOT_TEST(test_text),
		       NW_ROOT_TEST(test_again), NW_ROOT_TEST(test_cut), NW_ROOT_TEST(test_damaged),
		       NW_ROOT_TEST(test_foreign));
