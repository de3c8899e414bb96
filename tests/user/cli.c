/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: what is understood, and in which words the rest is refused. */
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "commands/command.h"
#include "indicators/indicator.h"
#include "output.h"

#define ARGS_MAX 16

/* Words apart by spaces, "_" for an empty word. The pieces live until the next call. */
static int parse(const char *line, struct nw_options *ret, char error[NW_CLI_ERROR_MAX])
{
	static char program[] = "nvrwatch";
	static char copy[512];
	char *argv[ARGS_MAX];
	int argc = 0;

	argv[argc++] = program;
	(void)snprintf(copy, sizeof(copy), "%s", line);
	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
		assert_true(argc < ARGS_MAX);
		argv[argc++] = strcmp(word, "_") == 0 ? word + 1 : word;
	}
	return nw_cli_parse(argc, argv, ret, error);
}

static struct nw_options good(const char *line)
{
	char error[NW_CLI_ERROR_MAX] = "";
	struct nw_options opt = { .verbose = 77 };

	if (parse(line, &opt, error) < 0) {
		fail_msg("nvrwatch %s: %s", line, error);
	}
	return opt;
}

static void expect_bad(const char *line, const char *words)
{
	char error[NW_CLI_ERROR_MAX] = "";
	struct nw_options opt = { .verbose = 77 };
	int r = parse(line, &opt, error);

	if (r != -EINVAL || !strstr(error, words)) {
		fail_msg("nvrwatch %s: %d '%s', expected '%s'", line, r, error, words);
	}
	assert_int_equal(opt.verbose, 77);
}

static void commands_are_found(void **state)
{
	(void)state;
	for (unsigned i = 0; nw_commands[i]; i++) {
		char line[64];

		(void)snprintf(line, sizeof(line), "%s --help", nw_commands[i]->name);
		assert_ptr_equal(good(line).command, nw_commands[i]);
	}
	assert_string_equal(good("list").command->name, "list");
	assert_string_equal(good("list sinks").operand, "sinks");
	assert_null(good("list").operand);
	assert_string_equal(good("list -- -x").operand, "-x");
	assert_string_equal(good("list -").operand, "-");
	expect_bad("lits", "unknown command 'lits'; did you mean 'list'?");
	expect_bad("somethingelse", "unknown command 'somethingelse'");
	expect_bad("", "a command is missing");
	expect_bad("-q", "a command is missing");
	expect_bad("list sinks hooks", "not also 'hooks'");
}

static void options_are_read(void **state)
{
	struct nw_options opt = good("-vv trace --cgroup /c --duration=1m -ojson --record r.nwr "
				     "--config c.yaml --btf b --no-heads --only flows,finding");

	(void)state;
	assert_string_equal(opt.command->name, "trace");
	assert_string_equal(opt.cgroup, "/c");
	assert_true(opt.duration_ns == 60 * NW_NSEC_PER_SEC);
	assert_int_equal(opt.format, NW_FORMAT_JSON);
	assert_string_equal(opt.record, "r.nwr");
	assert_string_equal(opt.config, "c.yaml");
	assert_string_equal(opt.btf, "b");
	assert_true(opt.no_heads);
	assert_int_equal(opt.only, 1U << NW_DATASET_FLOW | 1U << NW_DATASET_FINDING);
	assert_int_equal(opt.verbose, 2);
	assert_false(opt.quiet);

	opt = good("trace");
	assert_null(opt.cgroup);
	assert_true(opt.duration_ns == 0);
	assert_int_equal(opt.format, NW_FORMAT_TEXT);
	assert_int_equal(opt.only, 0);
	assert_true(good("trace -q").quiet);
	assert_false(good("cameras").probe);
	assert_true(good("cameras --probe").probe);
	assert_int_equal(good("trace -o json -o text").format, NW_FORMAT_TEXT);
	assert_int_equal(good("trace --only processes").only, 1U << NW_DATASET_PROCESS);
}

static void mistakes_are_named(void **state)
{
	(void)state;
	expect_bad("trace --cgoup x", "unknown option '--cgoup'; did you mean '--cgroup'?");
	expect_bad("--cgoup x trace", "did you mean '--cgroup'?");
	expect_bad("trace --zzz", "unknown option '--zzz'");
	expect_bad("trace --no-head", "did you mean '--no-heads'?");
	expect_bad("trace -x", "unknown option '-x'");
	expect_bad("trace -qx", "unknown option '-x'");
	expect_bad("trace --cgroup", "option '--cgroup' needs a value: DIR");
	expect_bad("trace --cgroup=", "option '--cgroup' needs a value: DIR");
	expect_bad("trace --cgroup _", "option '--cgroup' needs a value: DIR");
	expect_bad("trace -o", "option '-o' needs a value: text|json");
	expect_bad("trace --no-heads=1", "option '--no-heads' takes no value");
	expect_bad("trace -o xml", "--output 'xml' is neither text nor json");
	expect_bad("trace --duration soon", "--duration 'soon' is not a time such as 10s");
	expect_bad("trace --duration 0", "--duration '0' is not a time");
	expect_bad("trace --only flow,fidning", "no dataset 'fidning'; did you mean 'finding'?");
	expect_bad("trace --only flow,", "no dataset ''");
	expect_bad("trace --only flowsx", "no dataset 'flowsx'; did you mean 'flow'?");
	expect_bad("trace x", "'trace' takes no 'x'");
	expect_bad("trace -q -v", "exclude each other");
	expect_bad("trace -vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv", "too many options");
}

/* An option that exists, and not for this command: also when it stands in front of it. */
static void each_command_has_its_own_options(void **state)
{
	(void)state;
	expect_bad("list --cgroup x", "'list' takes no option '--cgroup'");
	expect_bad("--cgroup x list", "'list' takes no option '--cgroup'");
	expect_bad("replay f.nwr --cgroup x", "'replay' takes no option '--cgroup'");
	expect_bad("replay", "'replay' needs FILE");
	assert_string_equal(good("replay f.nwr").operand, "f.nwr");
	assert_true(good("list --cgroup x --help").help);
}

static void a_word_may_stand_before_an_operand(void **state)
{
	(void)state;
	assert_string_equal(good("findings show 3").operand, "3");
	assert_string_equal(good("findings show 3").verb, "show");
	assert_string_equal(good("findings 3").operand, "3");
	assert_null(good("findings 3").verb);
	assert_string_equal(good("findings show show").operand, "show");
	expect_bad("findings show", "'findings show' needs ID");
	expect_bad("findings show 3 4", "'findings' takes one [ID], not also '4'");
	expect_bad("findings 3 show", "not also 'show'");
	expect_bad("list show 3", "not also '3'");
}

static void findings_are_picked(void **state)
{
	struct nw_options opt =
		good("findings --score 50 --question back-door --camera gate --process nc");

	(void)state;
	assert_int_equal(opt.score, 50);
	assert_string_equal(opt.question, "back door");
	assert_string_equal(opt.camera, "gate");
	assert_string_equal(opt.process, "nc");
	assert_string_equal(good("findings --question live").question, "live");
	expect_bad("findings --score 101", "--score '101' is no number from 0 to 100");
	expect_bad("findings --score x", "--score 'x'");
	expect_bad("findings --question lve", "'lve' is none of live, afterwards, back-door");
	expect_bad("flows --score 50", "'flows' takes no option '--score'");
}

static void pages_are_of_who_writes_them(void **state)
{
	(void)state;
	assert_int_equal(good("report -o md").format, NW_FORMAT_MARKDOWN);
	assert_int_equal(good("-o md report").format, NW_FORMAT_MARKDOWN);
	expect_bad("findings -o md", "'findings' prints text or json, not md");
	expect_bad("-o md trace", "'trace' prints text or json, not md");
}

static char *usage(const struct nw_command *command)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	nw_cli_usage(f, command);
	assert_int_equal(fclose(f), 0);
	return text;
}

static void usage_comes_from_the_tables(void **state)
{
	char *text = usage(NULL);

	(void)state;
	for (unsigned i = 0; nw_commands[i]; i++) {
		char *own = usage(nw_commands[i]);

		assert_non_null(strstr(text, nw_commands[i]->doc));
		assert_non_null(strstr(own, nw_commands[i]->doc));
		assert_non_null(strstr(own, "--help"));
		assert_int_equal(strstr(own, "--cgroup") != NULL,
				 strchr(nw_commands[i]->flags, 'g') != NULL);
		free(own);
	}
	assert_non_null(strstr(text, "--cgroup DIR"));
	assert_non_null(strstr(text, "not permitted, or the kernel lacks"));
	for (const char *line = text; *line;) {
		size_t len = strcspn(line, "\n");

		assert_true(len <= 100);
		line += len + (line[len] == '\n');
	}
	free(text);
}

static void colour_only_on_a_terminal(void **state)
{
	int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	int pipes[2];

	(void)state;
	assert_true(terminal >= 0);
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(setenv("TERM", "xterm", 1), 0);
	assert_int_equal(unsetenv("NO_COLOR"), 0);
	assert_true(nw_cli_wants_colour(terminal));
	assert_false(nw_cli_wants_colour(pipes[1]));
	assert_int_equal(setenv("NO_COLOR", "", 1), 0);
	assert_true(nw_cli_wants_colour(terminal));
	assert_int_equal(setenv("NO_COLOR", "1", 1), 0);
	assert_false(nw_cli_wants_colour(terminal));
	assert_int_equal(unsetenv("NO_COLOR"), 0);
	assert_int_equal(setenv("TERM", "dumb", 1), 0);
	assert_false(nw_cli_wants_colour(terminal));
	assert_int_equal(close(terminal) | close(pipes[0]) | close(pipes[1]), 0);
}

static void indicators_are_picked(void **state)
{
	uint64_t bit = 0;

	(void)state;
	for (unsigned i = 0; nw_indicators[i]; i++) {
		bit = strcmp(nw_indicators[i]->id, "blind-spot") == 0 ? 1ULL << i : bit;
	}
	assert_int_equal(good("replay --indicators blind-spot x.nwr").indicators, bit);
	assert_int_equal(good("replay x.nwr").indicators, 0);
	expect_bad("replay --indicators blind-spott x.nwr", "did you mean 'blind-spot'");
	expect_bad("replay --indicators blind-spot, x.nwr", "no indicator ''");
}

NW_TESTS(user_cli, cmocka_unit_test(indicators_are_picked), cmocka_unit_test(commands_are_found),
	 cmocka_unit_test(options_are_read), cmocka_unit_test(mistakes_are_named),
	 cmocka_unit_test(each_command_has_its_own_options),
	 cmocka_unit_test(usage_comes_from_the_tables), cmocka_unit_test(colour_only_on_a_terminal),
	 cmocka_unit_test(a_word_may_stand_before_an_operand),
	 cmocka_unit_test(findings_are_picked), cmocka_unit_test(pages_are_of_who_writes_them));
