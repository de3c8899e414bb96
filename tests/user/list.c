/* SPDX-License-Identifier: Apache-2.0 */
/* `nvrwatch list` prints every plug-in of the tables, once, as text and as JSON. */
#include "harness.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "commands/command.h"
#include "decoders/decoder.h"
#include "indicators/indicator.h"
#include "sinks/sink.h"

extern const struct nw_command nw_command_list;

/* Runs the command with stdout and stderr in one file; returns what it printed. */
static char *run(const char *operand, enum nw_format format, int *ret_code)
{
	const struct nw_options opt = { .operand = operand, .format = format };
	FILE *f = tmpfile();
	char *text = calloc(1, 65536);
	int out = dup(STDOUT_FILENO);
	int err = dup(STDERR_FILENO);

	assert_true(f && text && out >= 0 && err >= 0);
	(void)fflush(stdout);
	assert_true(dup2(fileno(f), STDOUT_FILENO) >= 0 && dup2(fileno(f), STDERR_FILENO) >= 0);
	*ret_code = nw_command_list.run(&opt);
	(void)fflush(stdout);
	assert_true(dup2(out, STDOUT_FILENO) >= 0 && dup2(err, STDERR_FILENO) >= 0);
	assert_int_equal(close(out) | close(err), 0);
	rewind(f);
	assert_true(fread(text, 1, 65535, f) > 0);
	assert_int_equal(fclose(f), 0);
	return text;
}

static unsigned lines_of(const char *text)
{
	unsigned n = 0;

	for (; *text; text++) {
		n += *text == '\n';
	}
	return n;
}

static void expect_row(const char *text, const char *name, const char *doc)
{
	char row[512];

	(void)snprintf(row, sizeof(row), "%-18s %s\n", name, doc);
	if (!strstr(text, row)) {
		fail_msg("'%s' is not in:\n%s", row, text);
	}
}

/* What a SOC asks of an indicator stands in the binary, of each of them. */
static void an_indicator_says_all_of_itself(void **state)
{
	static const char *const parts[] = { "nobs", "vidence", "ATT&CK", "rong" };
	int code = -1;

	(void)state;
	for (unsigned i = 0; nw_indicators[i]; i++) {
		char *text = run(nw_indicators[i]->id, NW_FORMAT_TEXT, &code);

		assert_int_equal(code, NW_EXIT_OK);
		for (size_t k = 0; k < NW_ARRAY_SIZE(parts); k++) {
			if (!strstr(text, parts[k])) {
				fail_msg("%s: no '%s'", nw_indicators[i]->id, parts[k]);
			}
		}
		free(text);
		text = run(nw_indicators[i]->id, NW_FORMAT_JSON, &code);
		assert_int_equal(code, NW_EXIT_OK);
		assert_non_null(strstr(text, "\"page\":\""));
		free(text);
	}
	free(run("live_relay", NW_FORMAT_TEXT, &code));
	assert_int_equal(code, NW_EXIT_USAGE);
}

static void each_table_is_printed(void **state)
{
	int code = -1;
	char *text = run("decoders", NW_FORMAT_TEXT, &code);

	(void)state;
	assert_int_equal(code, NW_EXIT_OK);
	for (unsigned i = 0; nw_decoders[i]; i++) {
		expect_row(text, nw_decoders[i]->name, nw_decoders[i]->doc);
		assert_true(lines_of(text) > i);
	}
	free(text);
	text = run("indicators", NW_FORMAT_TEXT, &code);
	for (unsigned i = 0; nw_indicators[i]; i++) {
		expect_row(text, nw_indicators[i]->id, nw_indicators[i]->doc);
	}
	free(text);
	text = run("sinks", NW_FORMAT_TEXT, &code);
	for (unsigned i = 0; nw_sinks[i]; i++) {
		expect_row(text, nw_sinks[i]->name, nw_sinks[i]->doc);
	}
	free(text);
	text = run("commands", NW_FORMAT_TEXT, &code);
	for (unsigned i = 0; nw_commands[i]; i++) {
		expect_row(text, nw_commands[i]->name, nw_commands[i]->doc);
	}
	free(text);
}

/* Each hook of the object has its sentence from docs/hooks.md. */
static void each_hook_has_its_sentence(void **state)
{
	unsigned hooks = 0;
	int code = -1;
	char *text = run("hooks", NW_FORMAT_TEXT, &code);

	(void)state;
	assert_int_equal(code, NW_EXIT_OK);
#define FIND(name, NAME)                          \
	assert_non_null(strstr(text, #name " ")); \
	hooks++;
	NW_HOOKS(FIND)
#undef FIND
	assert_true(hooks > 0);
	assert_int_equal(lines_of(text), hooks);
	free(text);
}

static void json_has_the_same(void **state)
{
	int code = -1;
	char *text = run("hooks", NW_FORMAT_TEXT, &code);
	unsigned expected = lines_of(text);
	char *json = run("hooks", NW_FORMAT_JSON, &code);
	char *line, *rest = json;

	(void)state;
	assert_int_equal(lines_of(json), expected);
	while ((line = strsep(&rest, "\n")) && *line) {
		struct json_object *o = json_tokener_parse(line);
		struct json_object *v = NULL;

		assert_non_null(o);
		assert_true(json_object_object_get_ex(o, "kind", &v));
		assert_string_equal(json_object_get_string(v), "hook");
		assert_true(json_object_object_get_ex(o, "name", &v));
		assert_non_null(strstr(text, json_object_get_string(v)));
		assert_true(json_object_object_get_ex(o, "doc", &v));
		assert_non_null(strstr(text, json_object_get_string(v)));
		(void)json_object_put(o);
	}
	free(text);
	free(json);
}

static void all_of_it_has_titles(void **state)
{
	static const char *const titles[] = { "hooks\n", "\ndecoders\n", "\nindicators\n",
					      "\nsinks\n", "\ncommands\n" };
	int code = -1;
	char *text = run(NULL, NW_FORMAT_TEXT, &code);

	(void)state;
	assert_int_equal(code, NW_EXIT_OK);
	for (size_t i = 0; i < NW_ARRAY_SIZE(titles); i++) {
		assert_non_null(strstr(text, titles[i]));
	}
	free(text);
}

static void unknown_tables_are_named(void **state)
{
	int code = -1;
	char *text = run("sink", NW_FORMAT_TEXT, &code);

	(void)state;
	assert_int_equal(code, NW_EXIT_USAGE);
	assert_non_null(strstr(text, "did you mean 'sinks'?"));
	free(text);
}

NW_TESTS(user_list, cmocka_unit_test(each_table_is_printed),
	 cmocka_unit_test(an_indicator_says_all_of_itself),
	 cmocka_unit_test(each_hook_has_its_sentence), cmocka_unit_test(json_has_the_same),
	 cmocka_unit_test(all_of_it_has_titles), cmocka_unit_test(unknown_tables_are_named));
