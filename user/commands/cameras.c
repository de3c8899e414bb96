/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cameras: what sends pictures to this host, who made it and who reads it; sums for each maker; what
 * may be one and could not be told. From a recording, or from watching this host for a while. The
 * table is the state at the end, so it owns nothing.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "camera_words.h"
#include "commands/command.h"
#include "config.h"
#include "log.h"
#include "probe.h"
#include "show.h"
#include "state/camera.h"
#include "state/maker.h"
#include "state/policy.h"
#include "util/macro.h"
#include "util/text.h"

#define DEFAULT_DURATION (10 * NW_NSEC_PER_SEC)

/* ---- one camera ----------------------------------------------------------------------------- */

static void escape(char *buf, size_t size, const char *text)
{
	(void)nw_text_escape(buf, size, text, strlen(text));
}

/* The catalogue's words too: a recording's may be anybody's. */
static const char *shown(char buf[64], const char *text)
{
	escape(buf, 64, text);
	return buf;
}

/* The columns in front, whose texts are others': as wide as the widest. */
enum {
	LABEL,
	MAKER,
	MODEL,
	SPEAKS,
	COLUMNS
};

struct row {
	char text[COLUMNS][96];
};

static void fill_row(struct row *r, const struct nw_state *st, const struct nw_camera *c)
{
	enum nw_maker_basis basis;
	const char *maker = nw_camera_maker(st, c, &basis);
	char protocols[96];
	char name[64];

	nw_camera_label(c, r->text[LABEL]);
	(void)snprintf(r->text[MAKER], sizeof(r->text[MAKER]), maker[0] ? "%s (%s)" : "?",
		       shown(name, maker), nw_maker_basis_name(basis));
	escape(r->text[MODEL], sizeof(r->text[MODEL]), c->model[0] ? c->model : "-");
	(void)snprintf(r->text[SPEAKS], sizeof(r->text[SPEAKS]), "%s",
		       nw_words_protocols(c, protocols));
}

/* On a terminal: a character has one byte that is none of UTF-8's further ones. */
static int width_of(const char *text)
{
	int n = 0;

	for (; *text; text++) {
		n += ((unsigned char)*text & 0xc0) != 0x80;
	}
	return n;
}

static void widen(int width[COLUMNS], const struct row *r)
{
	for (unsigned k = 0; k < COLUMNS; k++) {
		width[k] = NW_MAX(width[k], width_of(r->text[k]));
	}
}

static void print_columns(const int width[COLUMNS], const struct row *r)
{
	for (unsigned k = 0; k < COLUMNS; k++) {
		printf("%s%*s ", r->text[k], width[k] - width_of(r->text[k]), "");
	}
}

static void print_camera(const struct nw_state *st, const struct nw_camera *c,
			 const int width[COLUMNS])
{
	char reader[40];
	char rate[8];
	char bytes[8];
	struct row r;

	fill_row(&r, st, c);
	print_columns(width, &r);
	nw_text_bytes(rate, nw_camera_rate(st, c));
	nw_text_bytes(bytes, c->rx_bytes);
	printf("%-9s %6s/s %8s %4u %%  ", nw_words_encryption(c), rate, bytes, c->confidence);
	if (c->reader.tgid) {
		escape(reader, sizeof(reader), c->reader_name);
		printf("%s[%u]\n", reader, c->reader.tgid);
	} else {
		printf("-\n");
	}
}

static void print_seen(const struct nw_state *st, const struct nw_camera *c)
{
	char first[NW_SHOW_TIME];
	char last[NW_SHOW_TIME];

	nw_show_time(first, nw_state_wall_ns(st, c->first_ns));
	nw_show_time(last, nw_state_wall_ns(st, c->last_ns));
	printf("    first seen %s, last %s\n", first, last);
}

/* What does not fit into a row: each a line of its own. */
static void print_more(const struct nw_state *st, const struct nw_camera *c)
{
	enum nw_maker_basis basis;
	const char *id = nw_camera_maker(st, c, &basis);
	const struct nw_camera *same = nw_camera_same(st, c);
	char signs[256];
	char text[64];

	printf("    signs %s\n", nw_words_signs(c, signs));
	if (c->declared) {
		nw_addr_text(text, c->addr);
		printf("    declared; at %s\n", text);
	}
	if (same) {
		nw_camera_label(same, text);
		printf("    the same device as %s, by its MAC\n", text);
	}
	if (strcmp(nw_camera_kind(c), "camera") != 0) {
		printf("    recorder or camera: whose pictures it sends cannot be told\n");
	}
	if (c->has_mac) {
		printf("    MAC %02x:%02x:%02x:%02x:%02x:%02x%s%s\n", c->mac[0], c->mac[1],
		       c->mac[2], c->mac[3], c->mac[4], c->mac[5], c->mac_maker[0] ? ", of " : "",
		       shown(text, c->mac_maker));
	}
	if (c->brand[0]) {
		escape(text, sizeof(text), c->brand);
		printf("    brand %s%s\n", text, id[0] ? "" : ", which proves no maker");
	}
	if (c->firmware[0]) {
		escape(text, sizeof(text), c->firmware);
		printf("    firmware %s\n", text);
	}
	print_seen(st, c);
	if (c->past_flows) {
		nw_text_bytes(text, c->past_bytes);
		printf("    talks past the recorder: %u flows with outside, %s, forwarded by this host\n",
		       c->past_flows, text);
	}
}

/* ---- the end of the table ------------------------------------------------------------------- */

/* A device's second address brings bytes, and no second device. */
static unsigned count_of(const struct nw_camera *const *list, unsigned n, const struct nw_state *st,
			 const char *id, uint64_t *ret_bytes)
{
	enum nw_maker_basis basis;
	unsigned count = 0;

	*ret_bytes = 0;
	for (unsigned i = 0; i < n; i++) {
		if (strcmp(nw_camera_maker(st, list[i], &basis), id) == 0) {
			*ret_bytes += list[i]->rx_bytes;
			count += !nw_camera_same(st, list[i]);
		}
	}
	return count;
}

static void print_restrictions(const struct nw_state *st, const char *id)
{
	const struct nw_restriction *r = NULL;
	char where[64];
	char since[64];
	char what[320];

	while ((r = nw_restriction_next(st, id, r))) {
		escape(what, sizeof(what), r->what);
		printf("    %s, since %s: %s\n", shown(where, r->where), shown(since, r->since),
		       what);
	}
}

/* Each maker once: where its first camera stands. */
static void print_makers(const struct nw_camera *const *list, unsigned n, const struct nw_state *st)
{
	enum nw_maker_basis basis;
	uint64_t bytes;
	uint64_t none;
	char text[8];
	char maker[64];
	char name[64];

	if (n) {
		printf("\nmakers\n");
	}
	for (unsigned i = 0; i < n; i++) {
		const char *id = nw_camera_maker(st, list[i], &basis);
		const struct nw_maker *m = nw_maker_find(st, id);
		unsigned count;

		if (nw_camera_same(st, list[i]) || count_of(list, i, st, id, &none) > 0) {
			continue;
		}
		count = count_of(list, n, st, id, &bytes);
		nw_text_bytes(text, bytes);
		printf("%4u  %-14s %-40s %8s\n", count, shown(maker, id[0] ? id : "unknown"),
		       shown(name, m ? m->name : ""), text);
		print_restrictions(st, id);
	}
}

/* By the makers' libraries that programs have mapped; a name is no proof. */
static void print_speakers(const struct nw_state *st)
{
	const struct nw_proc *p = NULL;
	bool is_first = true;

	while ((p = nw_proc_next(st, p))) {
		const struct nw_maker *m;
		unsigned at = 0;
		char name[64];
		char maker[64];
		char library[64];

		while (!p->end_ns && (m = nw_maker_of_set(st, p->speaks_for, &at))) {
			printf("%s      %-24s speaks for %s, by %s\n",
			       is_first ? "\nprograms that speak for a maker\n" : "",
			       shown(name, p->name), shown(maker, m->id),
			       shown(library, p->library));
			is_first = false;
		}
	}
}

static void print_candidates(const struct nw_state *st)
{
	const struct nw_camera *c = NULL;
	char protocols[96];
	char signs[256];
	char addr[NW_ADDR_TEXT];
	char maker[64];
	bool is_first = true;

	while ((c = nw_camera_next_candidate(st, c))) {
		if (c->confidence >= NW_CAMERA_SURE || c->confidence == 0) {
			continue;
		}
		if (is_first) {
			printf("\nmay be cameras, and could not be identified\n");
			is_first = false;
		}
		nw_addr_text(addr, c->addr);
		printf("      %-16s %3u %%  speaks %s%s%s; signs %s\n", addr, c->confidence,
		       nw_words_protocols(c, protocols), c->mac_maker[0] ? ", MAC of " : "",
		       shown(maker, c->mac_maker), nw_words_signs(c, signs));
	}
}

static void print_unseen(const struct nw_state *st)
{
	const struct nw_config *config = nw_state_config(st);
	bool is_first = true;

	for (unsigned i = 0; i < config->cameras_count; i++) {
		const struct nw_camera_decl *d = &config->cameras[i];
		const struct nw_camera *c = NULL;
		char name[64];

		while ((c = nw_camera_next(st, c)) && c->declared != d) {
		}
		if (c) {
			continue;
		}
		if (is_first) {
			printf("\ndeclared, and not seen\n");
			is_first = false;
		}
		escape(name, sizeof(name), d->name ? d->name : "-");
		printf("      %-16s %s\n", name, d->address ? d->address : d->network);
	}
}

static void print_cameras(const struct nw_camera *const *list, unsigned n,
			  const struct nw_state *st)
{
	static const struct row head = { { "CAMERA", "MAKER", "MODEL", "SPEAKS" } };
	int width[COLUMNS] = { 16, 22, 16, 16 };
	struct row r;

	if (n == 0) {
		printf("no camera was seen\n");
		return;
	}
	for (unsigned i = 0; i < n; i++) {
		fill_row(&r, st, list[i]);
		widen(width, &r);
	}
	print_columns(width, &head);
	printf("%-9s %8s %8s %6s  %s\n", "ENCRYPTED", "RATE", "RECEIVED", "SURE", "READ BY");
	for (unsigned i = 0; i < n; i++) {
		print_camera(st, list[i], width);
		print_more(st, list[i]);
	}
}

static void print_table(void *ctx, const struct nw_pipeline *p)
{
	struct nw_show *show = ctx;
	const struct nw_state *st = nw_pipeline_state(p);
	const struct nw_camera *list[NW_CAMERAS_MAX];
	unsigned n;

	if (show->opt->format == NW_FORMAT_JSON) {
		struct nw_show_records r;

		if (nw_show_records(show, p, &r) == 0) {
			nw_show_record(&r, (struct nw_output){ .dataset = NW_DATASET_INVENTORY });
			nw_show_records_end(&r);
		}
		return;
	}
	n = nw_show_cameras(st, list);
	print_cameras(list, n, st);
	print_makers(list, n, st);
	print_speakers(st);
	print_candidates(st);
	print_unseen(st);
	if (nw_state_loss(st, NW_LOSS_CAMERA_EVICTED)) {
		printf("\nand %" PRIu64 " that found no room in the table\n",
		       nw_state_loss(st, NW_LOSS_CAMERA_EVICTED));
	}
	printf("\n");
	nw_show_coverage(p);
}

static int cameras_run(const struct nw_options *opt)
{
	bool is_json = opt->format == NW_FORMAT_JSON;
	struct nw_show show = { .opt = opt,
				.only = 1U << (is_json ? NW_DATASET_CAMERA : _NW_DATASET_MAX) };

	if (opt->probe && (opt->file || opt->no_heads)) {
		nw_err("--probe asks the network: it goes with neither --file nor --no-heads");
		return NW_EXIT_USAGE;
	}
	if (opt->probe && is_json) {
		nw_warn(NW_PROBE_SAID);
	}
	return nw_show_table(&show, DEFAULT_DURATION, print_table);
}

const struct nw_command nw_command_cameras = {
	.name = "cameras",
	.args = "",
	.doc = "table of the cameras: who made them, who reads them, how that is known",
	.flags = "gdofcbnpr",
	.run = cameras_run,
};
