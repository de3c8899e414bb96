/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line. One table of options serves parsing, the nearest known name and the usage text;
 * the commands come from their folder. Owns nothing; never logs, the sentence goes to the caller.
 */
#include "cli.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "cli_names.h"
#include "commands/command.h"
#include "util/nearest.h"
#include "util/parse.h"

#define EVERY '\0' /* letter of options that every command takes */

struct parser {
	struct nw_options opt;
	const struct option *used[32]; /* what was given, in its order */
	const char *used_as[32];
	unsigned used_count;
	char *error;
};

struct option {
	char letter;	  /* in nw_command::flags, or EVERY */
	char short_name;  /* '\0' = none */
	const char *name; /* without -- */
	const char *arg;  /* NULL = takes none */
	const char *doc;
	int (*set)(struct parser *p, const char *value); /* 0 or fail() */
};

static int fail(struct parser *p, const char *fmt, ...) NW_PRINTF(2, 3);

static int fail(struct parser *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(p->error, NW_CLI_ERROR_MAX, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/* ---- the options ---- */

static int set_cgroup(struct parser *p, const char *value)
{
	p->opt.cgroup = value;
	return 0;
}

static int set_duration(struct parser *p, const char *value)
{
	if (nw_parse_duration(value, &p->opt.duration_ns) < 0) {
		return fail(p, "--duration '%.32s' is not a time such as 10s, 500ms or 5m", value);
	}
	return 0;
}

static int set_output(struct parser *p, const char *value)
{
	if (strcmp(value, "text") == 0) {
		p->opt.format = NW_FORMAT_TEXT;
	} else if (strcmp(value, "json") == 0) {
		p->opt.format = NW_FORMAT_JSON;
	} else if (strcmp(value, "md") == 0) {
		p->opt.format = NW_FORMAT_MARKDOWN;
	} else {
		return fail(p, "--output '%.32s' is neither text nor json", value);
	}
	return 0;
}

static int set_record(struct parser *p, const char *value)
{
	p->opt.record = value;
	return 0;
}

static int set_file(struct parser *p, const char *value)
{
	p->opt.file = value;
	return 0;
}

static int set_state(struct parser *p, const char *value)
{
	p->opt.state = value;
	return 0;
}

static int set_config(struct parser *p, const char *value)
{
	p->opt.config = value;
	return 0;
}

static int set_btf(struct parser *p, const char *value)
{
	p->opt.btf = value;
	return 0;
}

static int set_no_heads(struct parser *p, NW_UNUSED const char *value)
{
	p->opt.no_heads = true;
	return 0;
}

static int set_only(struct parser *p, const char *value)
{
	return nw_cli_datasets(value, &p->opt.only, p->error);
}

static int set_indicators(struct parser *p, const char *value)
{
	return nw_cli_indicators(value, &p->opt.indicators, p->error);
}

static int set_score(struct parser *p, const char *value)
{
	uint64_t score;

	if (nw_parse_u64(value, 0, 100, &score) < 0) {
		return fail(p, "--score '%.32s' is no number from 0 to 100", value);
	}
	p->opt.score = (unsigned)score;
	return 0;
}

static int set_question(struct parser *p, const char *value)
{
	return nw_cli_question(value, &p->opt.question, p->error);
}

static int set_camera(struct parser *p, const char *value)
{
	p->opt.camera = value;
	return 0;
}

static int set_process(struct parser *p, const char *value)
{
	p->opt.process = value;
	return 0;
}

static int set_probe(struct parser *p, NW_UNUSED const char *value)
{
	p->opt.probe = true;
	return 0;
}

static int set_quiet(struct parser *p, NW_UNUSED const char *value)
{
	p->opt.quiet = true;
	return 0;
}

static int set_verbose(struct parser *p, NW_UNUSED const char *value)
{
	p->opt.verbose++;
	return 0;
}

static int set_help(struct parser *p, NW_UNUSED const char *value)
{
	p->opt.help = true;
	return 0;
}

static int set_version(struct parser *p, NW_UNUSED const char *value)
{
	p->opt.version = true;
	return 0;
}

static const struct option options[] = {
	{ 'g', 0, "cgroup", "DIR", "only this cgroup (v2) and what is below it", set_cgroup },
	{ 'd', 0, "duration", "TIME", "stop after this time: 10s, 500ms, 5m", set_duration },
	{ 'o', 'o', "output", "text|json", "for people, or ECS with one record per line",
	  set_output },
	{ 'r', 0, "record", "FILE", "also keep all events in FILE, for replay", set_record },
	{ 'f', 0, "file", "FILE", "read this recording, do not observe", set_file },
	{ 's', 0, "state", "DIR", "keep in DIR what is known, over restarts", set_state },
	{ 'c', 0, "config", "FILE", "instead of /etc/nvrwatch/nvrwatch.yaml", set_config },
	{ 'b', 0, "btf", "FILE", "type information of a kernel that has none", set_btf },
	{ 'n', 0, "no-heads", NULL, "take no payload at all: no names, no DNS", set_no_heads },
	{ 'y', 0, "only", "NAME[,...]", "only records of these datasets: flow, finding, ...",
	  set_only },
	{ 'i', 0, "indicators", "ID[,...]", "only these indicators: live-relay, ...",
	  set_indicators },
	{ 'w', 0, "score", "N", "only what has this score or more; 50 and more are alerts",
	  set_score },
	{ 'w', 0, "question", "WORD", "only what answers it: live, afterwards, back-door, trust",
	  set_question },
	{ 'w', 0, "camera", "NAME", "only what is about this camera, by name or address",
	  set_camera },
	{ 'w', 0, "process", "NAME", "only what is about this process, by name or number",
	  set_process },
	{ 'p', 0, "probe", NULL, "ask for cameras once, with WS-Discovery: sends packets",
	  set_probe },
	{ EVERY, 'q', "quiet", NULL, "no messages but errors", set_quiet },
	{ EVERY, 'v', "verbose", NULL, "more messages; twice: everything", set_verbose },
	{ EVERY, 'h', "help", NULL, "this text", set_help },
	{ EVERY, 'V', "version", NULL, "the version", set_version },
};

static const char *const exit_docs[_NW_EXIT_MAX] = {
	[NW_EXIT_OK] = "done",
	[NW_EXIT_FAILURE] = "something went wrong while working",
	[NW_EXIT_USAGE] = "the command line is wrong; nothing was done",
	[NW_EXIT_DENIED] = "not permitted, or the kernel lacks what is needed",
	[NW_EXIT_INPUT] = "the configuration, the recording or the capture is wrong",
};

static bool takes(const struct nw_command *command, const struct option *o)
{
	return o->letter == EVERY || !command || strchr(command->flags, o->letter);
}

/* ---- parsing ---- */

static int use(struct parser *p, const struct option *o, const char *as, const char *value)
{
	if (p->used_count == NW_ARRAY_SIZE(p->used)) {
		return fail(p, "too many options");
	}
	p->used[p->used_count] = o;
	p->used_as[p->used_count++] = as;
	return o->set(p, value);
}

static int unknown_option(struct parser *p, const char *name, size_t len)
{
	struct nw_nearest best = { 0 };
	char typed[48];

	(void)snprintf(typed, sizeof(typed), "%.*s", (int)NW_MIN(len, sizeof(typed) - 1), name);
	for (size_t i = 0; i < NW_ARRAY_SIZE(options); i++) {
		if (takes(p->opt.command, &options[i])) {
			nw_nearest_try(&best, typed, options[i].name);
		}
	}
	if (best.word) {
		return fail(p, "unknown option '--%s'; did you mean '--%s'?", typed, best.word);
	}
	return fail(p, "unknown option '--%s'", typed);
}

/* "--name", "--name=value", "--name value". *i goes on to the value when that is the next word. */
static int parse_long(struct parser *p, int argc, char **argv, int *i)
{
	const char *word = argv[*i];
	const char *name = word + 2;
	size_t len = strcspn(name, "=");
	const char *value = name[len] ? name + len + 1 : NULL;

	for (size_t k = 0; k < NW_ARRAY_SIZE(options); k++) {
		const struct option *o = &options[k];

		if (strlen(o->name) != len || strncmp(o->name, name, len) != 0) {
			continue;
		}
		if (!o->arg && value) {
			return fail(p, "option '--%s' takes no value", o->name);
		}
		if (o->arg && !value && *i + 1 < argc) {
			value = argv[++*i];
		}
		if (o->arg && (!value || !*value)) {
			return fail(p, "option '--%s' needs a value: %s", o->name, o->arg);
		}
		return use(p, o, word, value);
	}
	return unknown_option(p, name, len);
}

/* "-q", "-qv", "-o json", "-ojson" */
static int parse_short(struct parser *p, int argc, char **argv, int *i)
{
	const char *word = argv[*i];

	for (const char *c = word + 1; *c; c++) {
		const struct option *o = NULL;
		const char *value = NULL;
		int r;

		for (size_t k = 0; k < NW_ARRAY_SIZE(options); k++) {
			if (options[k].short_name == *c) {
				o = &options[k];
			}
		}
		if (!o) {
			return fail(p, "unknown option '-%c'", *c);
		}
		if (o->arg) {
			value = c[1] ? c + 1 : *i + 1 < argc ? argv[++*i] : NULL;
		}
		if (o->arg && (!value || !*value)) {
			return fail(p, "option '-%c' needs a value: %s", *c, o->arg);
		}
		r = use(p, o, word, value);
		if (r < 0 || o->arg) {
			return r;
		}
	}
	return 0;
}

static int set_command(struct parser *p, const char *word)
{
	struct nw_nearest best = { 0 };

	for (unsigned i = 0; nw_commands[i]; i++) {
		if (strcmp(nw_commands[i]->name, word) == 0) {
			p->opt.command = nw_commands[i];
			return 0;
		}
		nw_nearest_try(&best, word, nw_commands[i]->name);
	}
	if (best.word) {
		return fail(p, "unknown command '%.48s'; did you mean '%s'?", word, best.word);
	}
	return fail(p, "unknown command '%.48s'", word);
}

static int parse_word(struct parser *p, const char *word)
{
	if (!p->opt.command) {
		return set_command(p, word);
	}
	if (p->opt.command->verb && !p->opt.verb && !p->opt.operand &&
	    strcmp(word, p->opt.command->verb) == 0) {
		p->opt.verb = p->opt.command->verb;
		return 0;
	}
	if (!*p->opt.command->args) {
		return fail(p, "'%s' takes no '%.48s'", p->opt.command->name, word);
	}
	if (p->opt.operand) {
		return fail(p, "'%s' takes one %s, not also '%.48s'", p->opt.command->name,
			    p->opt.command->args, word);
	}
	p->opt.operand = word;
	return 0;
}

static int parse_words(struct parser *p, int argc, char **argv)
{
	bool only_words = false;

	for (int i = 1; i < argc; i++) {
		int r;

		if (!only_words && strcmp(argv[i], "--") == 0) {
			only_words = true;
			continue;
		}
		if (only_words || argv[i][0] != '-' || !argv[i][1]) {
			r = parse_word(p, argv[i]);
		} else if (argv[i][1] == '-') {
			r = parse_long(p, argc, argv, &i);
		} else {
			r = parse_short(p, argc, argv, &i);
		}
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

/* What cannot be known before the command is: options may stand in front of it. */
static int check_whole(struct parser *p)
{
	const struct nw_command *command = p->opt.command;

	if (p->opt.help || p->opt.version) {
		return 0;
	}
	if (!command) {
		return fail(p, "a command is missing");
	}
	for (unsigned i = 0; i < p->used_count; i++) {
		if (!takes(command, p->used[i])) {
			return fail(p, "'%s' takes no option '--%s'", command->name,
				    p->used[i]->name);
		}
	}
	if (*command->args && *command->args != '[' && !p->opt.operand) {
		return fail(p, "'%s' needs %s", command->name, command->args);
	}
	if (p->opt.verb && !p->opt.operand) {
		return fail(p, "'%s %s' needs %.*s", command->name, p->opt.verb,
			    (int)strcspn(command->args + 1, "]"), command->args + 1);
	}
	if (p->opt.format == NW_FORMAT_MARKDOWN && !strchr(command->flags, 'm')) {
		return fail(p, "'%s' prints text or json, not md", command->name);
	}
	if (p->opt.quiet && p->opt.verbose) {
		return fail(p, "--quiet and --verbose exclude each other");
	}
	return 0;
}

int nw_cli_parse(int argc, char **argv, struct nw_options *ret, char error[NW_CLI_ERROR_MAX])
{
	struct parser p = { .error = error };
	int r = parse_words(&p, argc, argv);

	if (r == 0) {
		r = check_whole(&p);
	}
	if (r == 0) {
		*ret = p.opt;
	}
	return r;
}

/* ---- usage ---- */

static void print_row(FILE *out, int width, const char *left, const char *right)
{
	(void)fprintf(out, "  %-*s %s\n", width, left, right);
}

/* What an option takes here: -o has one word more where a command writes pages. */
static const char *arg_of(const struct option *o, const struct nw_command *command)
{
	bool has_pages = o->letter == 'o' && command && strchr(command->flags, 'm');

	return has_pages ? "text|md|json" : o->arg ? o->arg : "";
}

static void print_options(FILE *out, const struct nw_command *command)
{
	(void)fputs("\nOptions:\n", out);
	for (size_t i = 0; i < NW_ARRAY_SIZE(options); i++) {
		const struct option *o = &options[i];
		char left[64];

		if (!takes(command, o)) {
			continue;
		}
		(void)snprintf(left, sizeof(left), "%c%c%s --%s%s%s", o->short_name ? '-' : ' ',
			       o->short_name ? o->short_name : ' ', o->short_name ? "," : " ",
			       o->name, o->arg ? " " : "", arg_of(o, command));
		print_row(out, 26, left, o->doc);
	}
}

void nw_cli_usage(FILE *out, const struct nw_command *command)
{
	if (command) {
		const char *verb = command->verb;

		(void)fprintf(out, "Usage: nvrwatch %s [OPTION]...%s%s%s%s%s\n\n%s\n",
			      command->name, verb ? " [" : "", verb ? verb : "", verb ? "]" : "",
			      *command->args ? " " : "", command->args, command->doc);
		print_options(out, command);
		return;
	}
	(void)fputs("Usage: nvrwatch COMMAND [OPTION]...\n"
		    "Shows which program of this server talks to whom, with exact bytes.\n"
		    "\nCommands:\n",
		    out);
	for (unsigned i = 0; nw_commands[i]; i++) {
		print_row(out, 10, nw_commands[i]->name, nw_commands[i]->doc);
	}
	print_options(out, NULL);
	(void)fputs("\nExit status:\n", out);
	for (unsigned i = 0; i < _NW_EXIT_MAX; i++) {
		char left[8];

		(void)snprintf(left, sizeof(left), "%u", i);
		print_row(out, 10, left, exit_docs[i]);
	}
	(void)fputs("\n'nvrwatch COMMAND --help' has the options of one command.\n", out);
}

bool nw_cli_wants_colour(int fd)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return isatty(fd) == 1 && (!no_color || !*no_color) && term && strcmp(term, "dumb") != 0;
}
