/* SPDX-License-Identifier: Apache-2.0 */
/* See found_text.h. */
#include "found_text.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "nw_hooks.h"
#include "state/coverage.h"

#define FILE_TEXT  64
#define CLOCK_TEXT 80

void nw_found_put(char *buf, size_t size, const char *text)
{
	(void)nw_text_escape(buf, size, text, strlen(text));
}

void nw_found_name_process(char buf[NW_FOUND_TEXT], const struct nw_proc *p)
{
	char name[64];

	nw_found_put(name, sizeof(name), p->name);
	(void)snprintf(buf, NW_FOUND_TEXT, "%s[%u]", name, p->id.tgid);
}

/* The one that a process runs, whatever its path leads to by now. */
static const char *file_text(const struct nw_proc *p, char ret[FILE_TEXT])
{
	(void)snprintf(ret, FILE_TEXT, "inode %" PRIu64 " of device %u:%u", p->exe_ino,
		       p->exe_dev >> 20, p->exe_dev & 0xfffff);
	return ret;
}

static void put_evidence(FILE *out, const struct nw_finding *f)
{
	for (unsigned i = 0; i < f->evidence_len; i++) {
		const struct nw_evidence *e = &f->evidence[i];
		char text[256];

		if (e->text) {
			nw_found_put(text, sizeof(text), e->text);
			(void)fprintf(out, "  %-22s %s\n", e->key, text);
		} else {
			(void)fprintf(out, "  %-22s %" PRIu64 "\n", e->key, e->number);
		}
	}
}

static void put_links(FILE *out, const struct nw_chain *c)
{
	static const char *const via[] = { "pipe", "loopback", "Unix socket", "shared memory" };
	char who[NW_FOUND_TEXT];

	for (unsigned i = c->len; i-- > 0;) {
		nw_found_name_process(who, c->link[i].proc);
		(void)fprintf(out, "%s%s%s%s", who, i ? " -(" : "", i ? via[c->link[i].via] : "",
			      i ? ")-> " : "");
	}
}

static void put_chain(FILE *out, const struct nw_chain *c)
{
	if (c) {
		(void)fputs("chain                    ", out);
		put_links(out, c);
		(void)fputs("\n", out);
	}
}

struct window {
	struct nw_coverage c;
	uint64_t hooks_off;
};

static struct window window_of(const struct nw_output *o)
{
	struct window w;
	uint64_t from;
	uint64_t to;

	nw_finding_window(o->finding, &from, &to);
	nw_coverage_of(o->state, from, to, &w.c);
	w.hooks_off = nw_hooks_off(o->state, from, to);
	return w;
}

static const char *clock_text(const struct nw_state *st, char ret[CLOCK_TEXT])
{
	const struct nw_clock *c = nw_clock_of(st);

	if (!c) {
		return "not known whether synchronised";
	}
	(void)snprintf(ret, CLOCK_TEXT, "synchronised, wrong by at most %" PRIu64 " ms",
		       c->max_error_us / 1000 + (c->max_error_us % 1000 > 0));
	return c->is_synchronised ? ret : "not synchronised";
}

static void put_coverage(FILE *out, const struct window *w)
{
	(void)fprintf(out, "coverage                 %.1f of %.1f s seen, %.1f s of them whole",
		      (double)w->c.observed_ns / 1e9, (double)w->c.window_ns / 1e9,
		      (double)w->c.full_ns / 1e9);
	for (unsigned i = 0, n = 0; nw_gap_name(i); i++) {
		if (w->c.why & 1U << i) {
			(void)fprintf(out, "%s%s", n++ ? ", " : "; why not all: ", nw_gap_name(i));
		}
	}
	(void)fputs("\n", out);
	for (unsigned i = 0, n = 0; i < _NW_HOOK_MAX; i++) {
		if (w->hooks_off & 1ULL << i) {
			(void)fprintf(out, "%s%s", n++ ? ", " : "hooks off                ",
				      nw_hook_name(i));
		}
	}
	(void)fputs(w->hooks_off ? "\n" : "", out);
}

static const char *chain_text(const struct nw_chain *c, char buf[512])
{
	FILE *out = fmemopen(buf, 512, "w");

	buf[0] = '\0';
	if (out) {
		put_links(out, c);
		(void)fclose(out);
	}
	buf[511] = '\0';
	return buf;
}

void nw_found_add_text(json_object *o, const char *key, const char *value)
{
	char text[512];

	nw_found_put(text, sizeof(text), value);
	(void)json_object_object_add(o, key, json_object_new_string(text));
}

static void add_seconds(json_object *o, const char *key, uint64_t ns)
{
	(void)json_object_object_add(o, key, json_object_new_double((double)ns / 1e9));
}

static json_object *names_of(uint64_t bits, const char *(*name)(unsigned i), unsigned max)
{
	json_object *names = json_object_new_array();

	for (unsigned i = 0; i < max && name(i); i++) {
		if (bits & 1ULL << i) {
			(void)json_object_array_add(names, json_object_new_string(name(i)));
		}
	}
	return names;
}

static void add_coverage(json_object *o, const struct window *w)
{
	json_object *coverage = json_object_new_object();

	add_seconds(coverage, "window_seconds", w->c.window_ns);
	add_seconds(coverage, "observed_seconds", w->c.observed_ns);
	add_seconds(coverage, "whole_seconds", w->c.full_ns);
	(void)json_object_object_add(coverage, "why not all", names_of(w->c.why, nw_gap_name, 32));
	(void)json_object_object_add(coverage, "hooks off",
				     names_of(w->hooks_off, nw_hook_name, _NW_HOOK_MAX));
	(void)json_object_object_add(o, "coverage", coverage);
}

static json_object *whole_of(const struct nw_output *out, const struct window *w)
{
	const struct nw_finding *f = out->finding;
	json_object *o = json_object_new_object();
	json_object *evidence = json_object_new_object();
	json_object *techniques = json_object_new_array();
	char chain[512];
	char file[FILE_TEXT];
	char clock[CLOCK_TEXT];

	if (f->proc) {
		nw_found_add_text(o, "executable", f->proc->exe);
	}
	if (f->proc && f->proc->exe_ino) {
		nw_found_add_text(o, "file", file_text(f->proc, file));
	}
	if (f->flow && f->flow->chain) {
		nw_found_add_text(o, "chain", chain_text(f->flow->chain, chain));
	}
	for (unsigned i = 0; i < f->evidence_len; i++) {
		const struct nw_evidence *e = &f->evidence[i];

		if (e->text) {
			nw_found_add_text(evidence, e->key, e->text);
		} else {
			(void)json_object_object_add(evidence, e->key,
						     json_object_new_uint64(e->number));
		}
	}
	for (unsigned i = 0; i < NW_TECHNIQUES_MAX && f->technique[i]; i++) {
		(void)json_object_array_add(techniques, json_object_new_string(f->technique[i]));
	}
	(void)json_object_object_add(o, "evidence", evidence);
	nw_found_add_text(o, "clock", clock_text(out->state, clock));
	add_coverage(o, w);
	(void)json_object_object_add(o, "ATT&CK", techniques);
	nw_found_add_text(o, "known ways to be wrong", f->known_ways_to_be_wrong);
	return o;
}

static char *detail_of(const struct nw_output *o, const struct window *w)
{
	const struct nw_finding *f = o->finding;
	char *text = NULL;
	size_t len = 0;
	char exe[300];
	char clock[CLOCK_TEXT];
	FILE *out = open_memstream(&text, &len);

	if (!out) {
		return NULL;
	}
	(void)fprintf(out, "question                 %s\n", f->question);
	if (f->proc) {
		nw_found_put(exe, sizeof(exe), f->proc->exe);
		(void)fprintf(out, "executable               %s\n", exe);
	}
	if (f->proc && f->proc->exe_ino) {
		(void)fprintf(out, "file                     %s\n", file_text(f->proc, exe));
	}
	if (f->proc && f->proc->unit[0]) {
		nw_found_put(exe, sizeof(exe), f->proc->unit);
		(void)fprintf(out, "unit                     %s\n", exe);
	}
	put_chain(out, f->flow ? f->flow->chain : NULL);
	(void)fputs("evidence\n", out);
	put_evidence(out, f);
	(void)fprintf(out, "clock                    %s\n", clock_text(o->state, clock));
	put_coverage(out, w);
	for (unsigned i = 0; i < NW_TECHNIQUES_MAX && f->technique[i]; i++) {
		(void)fprintf(out, "%s%s", i ? ", " : "ATT&CK                   ", f->technique[i]);
	}
	(void)fprintf(out, "%sknown ways to be wrong   %s\n", f->technique[0] ? "\n" : "",
		      f->known_ways_to_be_wrong);
	(void)fclose(out);
	return text;
}

void nw_found_words(const struct nw_output *o, char **ret_detail, struct json_object **ret_whole)
{
	const struct window w = window_of(o);

	*ret_detail = detail_of(o, &w);
	*ret_whole = whole_of(o, &w);
}
