/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this binary is made of, from the same tables that run it, and of an indicator all that is to be
 * known of it: what it measures and why, formula, knobs, evidence, ATT&CK, known ways to be wrong. Needs no
 * privilege.
 */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "commands/command.h"
#include "decoders/decoder.h"
#include "indicators/indicator.h"
#include "json.h"
#include "log.h"
#include "pages.h"
#include "sinks/sink.h"
#include "util/nearest.h"

#define PAGE_MAX 16384

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

/* The page of an indicator as one text, into buf; false: there is none. */
static bool join_page(const char *name, char *buf, size_t size)
{
	const char *line;
	size_t n = 0;

	for (unsigned i = 0; (line = nw_page_line(name, i)) && n < size; i++) {
		n += (size_t)snprintf(buf + n, size - n, "%s%s", i ? "\n" : "", line);
	}
	return n > 0;
}

static void print_json(const struct kind *kind, const struct item *item)
{
	static char line[6 * PAGE_MAX]; /* each byte may have to be written as \u0000 */
	static char page[PAGE_MAX];
	struct nw_json j;
	size_t len;

	nw_json_init(&j, line, sizeof(line));
	nw_json_open(&j, NULL);
	nw_json_str(&j, "kind", kind->singular);
	nw_json_str(&j, "name", item->name);
	nw_json_str(&j, "doc", item->doc);
	if (kind->get == get_indicator && join_page(item->name, page, sizeof(page))) {
		nw_json_str(&j, "page", page);
	}
	nw_json_close(&j);
	len = nw_json_finish(&j);
	if (len == 0) {
		nw_warn("%s %s: its line does not fit", kind->singular, item->name);
		return;
	}
	(void)printf("%.*s\n", (int)len, line);
}

static void print_page(const struct item *item)
{
	const char *line;

	(void)printf("%s: %s\n\n", item->name, item->doc);
	for (unsigned i = 0; (line = nw_page_line(item->name, i)); i++) {
		(void)printf("%s\n", line);
	}
}

static void print_kind(const struct kind *kind, const struct nw_options *opt)
{
	bool has_title = !opt->operand;
	bool has_pages = opt->verbose && kind->get == get_indicator;
	struct item item;

	if (has_title && opt->format == NW_FORMAT_TEXT) {
		(void)printf("%s%s\n", kind == kinds ? "" : "\n", kind->plural);
	}
	for (unsigned i = 0; kind->get(i, &item); i++) {
		if (opt->format == NW_FORMAT_JSON) {
			print_json(kind, &item);
		} else if (has_pages) {
			print_page(&item);
		} else {
			(void)printf("%s%-18s %s\n", has_title ? "  " : "", item.name, item.doc);
		}
	}
}

/* One indicator, by its id. */
static bool print_indicator(const struct nw_options *opt)
{
	const struct kind kind = { "indicators", "indicator", get_indicator };
	struct item item;

	for (unsigned i = 0; opt->operand && get_indicator(i, &item); i++) {
		if (strcmp(opt->operand, item.name) != 0) {
			continue;
		}
		if (opt->format == NW_FORMAT_JSON) {
			print_json(&kind, &item);
		} else {
			print_page(&item);
		}
		return true;
	}
	return false;
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
			print_kind(&kinds[i], opt);
			is_known = true;
		}
	}
	if (is_known || print_indicator(opt)) {
		return NW_EXIT_OK;
	}
	for (unsigned i = 0; nw_indicators[i]; i++) {
		nw_nearest_try(&best, opt->operand, nw_indicators[i]->id);
	}
	if (best.word) {
		nw_err("nothing is called '%s' here; did you mean '%s'?", opt->operand, best.word);
	} else {
		nw_err("nothing is called '%s' here: hooks, decoders, indicators, sinks, commands, or an "
		       "indicator's id",
		       opt->operand);
	}
	return NW_EXIT_USAGE;
}

const struct nw_command nw_command_list = {
	.name = "list",
	.args = "[hooks|decoders|indicators|sinks|commands|INDICATOR]",
	.doc = "what this binary is made of, one line each; of an indicator all there is to know",
	.flags = "o",
	.run = list_run,
};
