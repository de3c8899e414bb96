/* SPDX-License-Identifier: Apache-2.0 */
/* What this binary is made of, from the same tables that run it. Needs no privilege. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "commands/command.h"
#include "decoders/decoder.h"
#include "indicators/indicator.h"
#include "json.h"
#include "log.h"
#include "sinks/sink.h"
#include "util/nearest.h"

struct item {
	const char *name;
	const char *doc;
};

/* Made from docs/hooks.md: what is in the kernel's object has no room for a sentence. */
#define NW_ITEM(stem, doc) { #stem, doc },
static const struct item hooks[] = {
#include "hookdocs.inc"
};
#undef NW_ITEM

static bool get_hook(unsigned i, struct item *ret)
{
	if (i >= NW_ARRAY_SIZE(hooks)) {
		return false;
	}
	*ret = hooks[i];
	return true;
}

static bool get_decoder(unsigned i, struct item *ret)
{
	if (!nw_decoders[i]) {
		return false;
	}
	*ret = (struct item){ nw_decoders[i]->name, nw_decoders[i]->doc };
	return true;
}

static bool get_indicator(unsigned i, struct item *ret)
{
	if (!nw_indicators[i]) {
		return false;
	}
	*ret = (struct item){ nw_indicators[i]->id, nw_indicators[i]->doc };
	return true;
}

static bool get_sink(unsigned i, struct item *ret)
{
	if (!nw_sinks[i]) {
		return false;
	}
	*ret = (struct item){ nw_sinks[i]->name, nw_sinks[i]->doc };
	return true;
}

static bool get_command(unsigned i, struct item *ret)
{
	if (!nw_commands[i]) {
		return false;
	}
	*ret = (struct item){ nw_commands[i]->name, nw_commands[i]->doc };
	return true;
}

static const struct kind {
	const char *plural;
	const char *singular;
	bool (*get)(unsigned i, struct item *ret);
} kinds[] = {
	{ "hooks", "hook", get_hook },
	{ "decoders", "decoder", get_decoder },
	{ "indicators", "indicator", get_indicator },
	{ "sinks", "sink", get_sink },
	{ "commands", "command", get_command },
};

static void print_json(const struct kind *kind, const struct item *item)
{
	char line[1024];
	struct nw_json j;
	size_t len;

	nw_json_init(&j, line, sizeof(line));
	nw_json_open(&j, NULL);
	nw_json_str(&j, "kind", kind->singular);
	nw_json_str(&j, "name", item->name);
	nw_json_str(&j, "doc", item->doc);
	nw_json_close(&j);
	len = nw_json_finish(&j);
	if (len == 0) {
		nw_warn("%s %s: its line does not fit", kind->singular, item->name);
		return;
	}
	(void)printf("%.*s\n", (int)len, line);
}

static void print_kind(const struct kind *kind, enum nw_format format, bool has_title)
{
	struct item item;

	if (has_title && format == NW_FORMAT_TEXT) {
		(void)printf("%s%s\n", kind == kinds ? "" : "\n", kind->plural);
	}
	for (unsigned i = 0; kind->get(i, &item); i++) {
		if (format == NW_FORMAT_JSON) {
			print_json(kind, &item);
		} else {
			(void)printf("%s%-18s %s\n", has_title ? "  " : "", item.name, item.doc);
		}
	}
}

static int list_run(const struct nw_options *opt)
{
	struct nw_nearest best = { 0 };
	bool is_known = false;

	for (size_t i = 0; i < NW_ARRAY_SIZE(kinds); i++) {
		if (opt->operand) {
			nw_nearest_try(&best, opt->operand, kinds[i].plural);
		}
		if (!opt->operand || strcmp(opt->operand, kinds[i].plural) == 0) {
			print_kind(&kinds[i], opt->format, !opt->operand);
			is_known = true;
		}
	}
	if (is_known) {
		return NW_EXIT_OK;
	}
	if (best.word) {
		nw_err("nothing is called '%s' here; did you mean '%s'?", opt->operand, best.word);
	} else {
		nw_err("nothing is called '%s' here: hooks, decoders, indicators, sinks or commands",
		       opt->operand);
	}
	return NW_EXIT_USAGE;
}

const struct nw_command nw_command_list = {
	.name = "list",
	.args = "[hooks|decoders|indicators|sinks|commands]",
	.doc = "what this binary is made of, one line each",
	.flags = "o",
	.run = list_run,
};
