/* SPDX-License-Identifier: Apache-2.0 */
/* decode: a file, or standard input; what is wrong with it is said, and is the status. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"
#include "commands/command.h"
#include "enrich/files.h"

extern const struct nw_command nw_command_decode;

#define GOOD	 "tests/data/dns.pcap"
#define CAPACITY 65536

static char out[CAPACITY], bytes[CAPACITY];
static struct logged said;

/* What it prints is in out, what it says in said.text. */
static int run_to(int fd, const char *path)
{
	const struct nw_options opt = { .command = &nw_command_decode, .operand = path };
	int before = dup(STDOUT_FILENO);
	ssize_t n;
	int code;

	assert_true(before >= 0 && fd >= 0 && dup2(fd, STDOUT_FILENO) >= 0);
	logged_begin(&said);
	code = nw_command_decode.run(&opt);
	(void)logged_end(&said);
	assert_true(dup2(before, STDOUT_FILENO) >= 0);
	n = pread(fd, out, sizeof(out) - 1, 0);
	out[n > 0 ? n : 0] = '\0';
	close(fd);
	close(before);
	return code;
}

static int run(const char *path)
{
	return run_to(open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600), path);
}

static size_t slurp(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, bytes, sizeof(bytes));

	close(fd);
	assert_true(n > 0 && n < CAPACITY);
	return (size_t)n;
}

static void a_file_or_standard_input(void **state)
{
	static char first[CAPACITY];
	int before = dup(STDIN_FILENO);
	int fd = open(GOOD, O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(run(GOOD), NW_EXIT_OK);
	assert_non_null(strstr(out, "asks 127.0.0.1 A cam.lan"));
	assert_string_equal(said.text, "");
	memcpy(first, out, sizeof(first));
	assert_true(before >= 0 && fd >= 0 && dup2(fd, STDIN_FILENO) >= 0);
	assert_int_equal(run("-"), NW_EXIT_OK);
	assert_string_equal(out, first);
	assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0); /* is left as it was */
	assert_true(dup2(before, STDIN_FILENO) >= 0);
	close(before);
	close(fd);
}

/* Used up to where it is good; a cut one is no failure. */
static void cut_or_damaged(void **state)
{
	size_t len = slurp(GOOD);
	struct files f;

	(void)state;
	files_begin(&f);
	assert_int_equal(run(files_put(&f, "cut.pcap", bytes, len - 7)), NW_EXIT_OK);
	assert_non_null(strstr(said.text, "cut.pcap was cut: it ends inside packet "));
	assert_non_null(strstr(out, "asks 127.0.0.1 A cam.lan"));
	memset(bytes + len / 2, 0xff, len / 2);
	assert_int_equal(run(files_put(&f, "bad.pcap", bytes, len)), NW_EXIT_INPUT);
	assert_non_null(strstr(said.text, "bad.pcap can be read up to packet "));
	assert_non_null(strstr(out, "asks 127.0.0.1 A cam.lan"));
	files_end(&f);
}

static void no_capture(void **state)
{
	static const struct {
		const char *name, *says;
		char type;
	} types[] = {
		{ "wlan.pcap", "its link type IEEE802_11 (105) is not known", 105 },
		{ "25.pcap", "its link type 25 is not known", 25 },
	};
	struct files f;

	(void)state;
	files_begin(&f);
	assert_int_equal(run("/nonexistent.pcap"), NW_EXIT_INPUT);
	assert_non_null(strstr(said.text, "cannot open /nonexistent.pcap"));
	assert_int_equal(run(files_text(&f, "empty.pcap", "")), NW_EXIT_INPUT);
	assert_int_equal(run(f.folder), NW_EXIT_INPUT);
	assert_int_equal(run(files_text(&f, "words", "these are no packets at all")),
			 NW_EXIT_INPUT);
	assert_non_null(strstr(said.text, "words cannot be read as a capture"));
	(void)slurp(GOOD);
	for (unsigned i = 0; i < NW_ARRAY_SIZE(types); i++) {
		bytes[20] = types[i].type;
		bytes[21] = 0;
		assert_int_equal(run(files_put(&f, types[i].name, bytes, 24)), NW_EXIT_INPUT);
		assert_non_null(strstr(said.text, types[i].says));
		assert_string_equal(out, "");
	}
	files_end(&f);
}

static void a_full_disk(void **state)
{
	(void)state;
	assert_int_equal(run_to(open("/dev/full", O_WRONLY | O_CLOEXEC), GOOD), NW_EXIT_FAILURE);
	assert_non_null(strstr(said.text, "cannot write the output"));
}

NW_TESTS(user_decode_file, cmocka_unit_test(a_file_or_standard_input),
	 cmocka_unit_test(cut_or_damaged), cmocka_unit_test(no_capture),
	 cmocka_unit_test(a_full_disk));
