/* SPDX-License-Identifier: Apache-2.0 */
/*
 * viewers: of each camera, who reads it and to whom its picture can go on, live or recorded, inside and
 * outside, and how that is known. From a recording, or from watching this host for a while. What finds no
 * room in the table is counted and said. A row says what is known or possible: that somebody watches is
 * no finding.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/command.h"
#include "log.h"
#include "show.h"
#include "util/text.h"
#include "view.h"

#define DEFAULT_DURATION (10 * NW_NSEC_PER_SEC)
#define OTHERS_SHOWN	 8

/* ---- the table ------------------------------------------------------------------------------ */

static void when_text(char buf[NW_SHOW_SPAN], const struct nw_state *st, uint64_t from_ns,
		      uint64_t to_ns)
{
	nw_show_span(buf, nw_state_wall_ns(st, from_ns), nw_state_wall_ns(st, to_ns));
}

static void label_of(char buf[NW_CAMERA_LABEL], const struct nw_state *st, const uint8_t addr[16])
{
	const struct nw_camera *c = nw_camera_find(st, addr);

	if (c) {
		nw_camera_label(c, buf);
	} else {
		(void)nw_addr_text(buf, addr);
	}
}

/* No character takes more than four in its place. */
static void print_text(const char *text)
{
	char shown[4 * sizeof(((struct nw_view *)NULL)->name)];

	(void)nw_text_escape(shown, sizeof(shown), text, strlen(text));
	printf("%s", shown);
}

static void print_live(const struct nw_view *v, const struct nw_state *st)
{
	enum nw_view_how how = nw_view_how(v);
	bool is_process = v->basis == NW_LINEAGE_PROCESS;
	char label[NW_CAMERA_LABEL];

	if (how == NW_VIEW_ONLY) {
		printf("same process, which reads this camera alone");
	} else if (how == NW_VIEW_BYTES) {
		printf("as many bytes came by the chain ");
	} else if (v->cameras == 1 && !v->missed) {
		printf("possible: chain ");
	} else {
		printf("possible: one of ");
		for (unsigned i = 0; i < v->cameras; i++) {
			label_of(label, st, v->camera[i]);
			printf("%s%s", i ? ", " : "", label);
		}
		printf("%s", v->missed ? " and others" : "");
		printf("%s", is_process ? "; same process" : "; chain ");
	}
	print_text(is_process ? "" : v->chain);
}

static void name_text(char buf[NW_REC_CAMERA], const char *camera)
{
	const char *name = camera[0] ? camera : "whose is not told";

	(void)nw_text_escape(buf, NW_REC_CAMERA, name, strlen(name));
}

static void print_recorded(const struct nw_view *v)
{
	char name[NW_REC_CAMERA];
	uint32_t files = 0;

	printf("%s", v->is_sure ? "" : v->reads > 1 ? "possible: one of " : "possible: ");
	for (unsigned i = 0; i < v->reads; i++) {
		name_text(name, v->read[i].camera);
		printf("%s%s", v->reads == 1 ? "" : i ? ", " : "", v->reads == 1 ? "" : name);
		files += v->read[i].files;
	}
	printf("%spath of the recording, %u file%s read%s", v->reads > 1 ? "; " : "", files,
	       files == 1 ? "" : "s", v->is_shared ? ", its part of all that was sent" : "");
}

static void print_view(const struct nw_view *v, const struct nw_state *st)
{
	char addr[NW_ADDR_TEXT];
	char when[NW_SHOW_SPAN];
	char bytes[8];

	nw_addr_text(addr, v->raddr);
	when_text(when, st, v->from_ns, v->to_ns);
	nw_text_bytes(bytes, v->is_ingest ? v->rx : v->tx);
	if (v->is_ingest) {
		printf("    read by %-18s %8s  %s\n", v->who, bytes, when);
		return;
	}
	printf("    %s %s%s", v->is_outbound ? "sent to" : "watched by", addr,
	       v->name[0] ? " " : "");
	print_text(v->name);
	printf(", %s%s  by %s%s port %u  %8s  %s  ", v->is_inside ? "inside" : "outside", v->place,
	       v->who, v->has_others ? " and others" : "", v->port, bytes, when);
	if (v->is_recorded) {
		print_recorded(v);
	} else {
		print_live(v, st);
	}
	printf("%s\n", v->allowed ? "; declared in `allowed`" : "");
}

/* Who reads it comes first, then live pictures, then recordings. */
static unsigned rank_of(const struct nw_view *v)
{
	return v->is_ingest ? 0 : v->is_recorded ? 2 : 1;
}

static bool is_of(const struct nw_view *v, const struct nw_camera *c)
{
	for (unsigned i = 0; i < v->reads; i++) {
		if (nw_view_is_of(v->read[i].camera, c)) {
			return true;
		}
	}
	return nw_view_has_camera(v, c->addr);
}

static void print_camera(const struct nw_state *st, const struct nw_camera *c)
{
	enum nw_maker_basis basis;
	const char *maker = nw_camera_maker(st, c, &basis);
	const struct nw_view *v;
	char label[NW_CAMERA_LABEL];
	char addr[NW_ADDR_TEXT];
	char by[64];
	unsigned seen = 0;

	(void)nw_text_escape(by, sizeof(by), maker, strlen(maker));
	nw_camera_label(c, label);
	nw_addr_text(addr, c->addr);
	printf("%s%s%s%s%s\n", label, c->declared ? ", " : "", c->declared ? addr : "",
	       maker[0] ? ", " : "", by);
	for (unsigned rank = 0; rank < 3; rank++) {
		for (unsigned i = 0; (v = nw_view_row(&i));) {
			if (rank_of(v) == rank && is_of(v, c)) {
				print_view(v, st);
				seen++;
			}
		}
	}
	if (!seen) {
		printf("    nobody was seen to read it\n");
	}
}

/* ---- recordings ------------------------------------------------------------------------------ */

static void print_reading(const struct nw_view_files *g, const struct nw_state *st)
{
	char camera[NW_REC_CAMERA];
	char when[NW_SHOW_SPAN];
	char name[40];
	char bytes[8];

	name_text(camera, g->camera);
	(void)nw_text_escape(name, sizeof(name), g->proc->name, strlen(g->proc->name));
	when_text(when, st, g->from_ns, g->to_ns);
	nw_text_bytes(bytes, g->most);
	printf("    %s: %u file%s read by %s, at most %s  %s\n", camera, g->files,
	       g->files == 1 ? "" : "s", name, bytes, when);
}

/* Who read what; NULL: no memory, which is said. */
static struct nw_view_files *files_of(const struct nw_state *st, const struct nw_view_wanted *w,
				      unsigned *n, uint64_t *lost)
{
	struct nw_view_files *all = calloc(NW_VIEW_FILES_MAX, sizeof(*all));

	if (all) {
		*n = nw_view_files_of(st, w, all, lost);
	} else {
		nw_warn("no memory to tell which recordings were read");
	}
	return all;
}

static void print_recordings(const struct nw_state *st, const struct nw_view_wanted *w)
{
	uint64_t lost = 0;
	unsigned n = 0;
	struct nw_view_files *all = files_of(st, w, &n, &lost);

	if (!all) {
		return;
	}
	printf("%s\n", n	    ? "recordings that were read, by their folders"
		       : w->operand ? "no recording of it was seen to be read"
				    : "no recording was seen to be read");
	for (unsigned i = 0; i < n; i++) {
		print_reading(&all[i], st);
	}
	if (lost) {
		printf("    and %" PRIu64 " files of others\n", lost);
	}
	free(all);
}

/* Of whom a recording's path tells, and who was not seen. */
static bool is_absent(const struct nw_view *v, const struct nw_state *st,
		      const struct nw_view_wanted *w)
{
	for (unsigned i = 0; i < v->reads; i++) {
		if (nw_view_wants_name(w, v->read[i].camera) &&
		    !nw_view_camera(st, v->read[i].camera)) {
			return true;
		}
	}
	return false;
}

static bool has_same_heading(const struct nw_view *a, const struct nw_view *b)
{
	return a->reads > 1 ? b->reads > 1
			    : b->reads == 1 && strcmp(a->read[0].camera, b->read[0].camera) == 0;
}

/* The rows with this one's heading, under it, unless one before it had it. */
static void print_absent_as(const struct nw_view *first, const struct nw_state *st,
			    const struct nw_view_wanted *w)
{
	const struct nw_view *v;
	char name[NW_REC_CAMERA];
	bool has_heading = false;

	for (unsigned i = 0; (v = nw_view_row(&i));) {
		if (!is_absent(v, st, w) || !has_same_heading(first, v)) {
			continue;
		}
		if (!has_heading && v != first) {
			return;
		}
		if (!has_heading) {
			name_text(name, v->read[0].camera);
			printf("  %s\n", v->reads == 1 ? name : "several");
		}
		has_heading = true;
		print_view(v, st);
	}
}

static void print_absent(const struct nw_state *st, const struct nw_view_wanted *w)
{
	const struct nw_view *v;
	bool is_first = true;

	for (unsigned i = 0; (v = nw_view_row(&i));) {
		if (!is_absent(v, st, w)) {
			continue;
		}
		if (is_first) {
			printf("recordings of cameras that were not seen\n");
		}
		is_first = false;
		print_absent_as(v, st, w);
	}
}

/* ---- records -------------------------------------------------------------------------------- */

static bool is_wanted_view(const struct nw_view *v, const struct nw_state *st,
			   const struct nw_view_wanted *w)
{
	for (unsigned i = 0; i < v->cameras; i++) {
		const struct nw_camera *c = nw_camera_find(st, v->camera[i]);

		if (c && nw_view_wants(w, c)) {
			return true;
		}
	}
	for (unsigned i = 0; i < v->reads; i++) {
		const struct nw_camera *c = nw_view_camera(st, v->read[i].camera);

		if (nw_view_wants_name(w, v->read[i].camera) || (c && nw_view_wants(w, c))) {
			return true;
		}
	}
	return false;
}

static void tell_files(struct nw_show_records *r, const struct nw_view_wanted *w)
{
	uint64_t lost = 0;
	unsigned n = 0;
	struct nw_view_files *all = files_of(r->state, w, &n, &lost);

	for (unsigned i = 0; i < n; i++) {
		const struct nw_view v = { .files = &all[i] };

		nw_show_record(r, (struct nw_output){ .dataset = NW_DATASET_VIEW, .view = &v });
	}
	if (lost) {
		nw_warn("%" PRIu64 " more recordings that were read found no room", lost);
	}
	free(all);
}

static void tell_table(struct nw_show *show, const struct nw_pipeline *p,
		       const struct nw_view_wanted *w)
{
	const struct nw_view *v;
	struct nw_show_records r;

	if (nw_show_records(show, p, &r) < 0) {
		return;
	}
	for (unsigned i = 0; (v = nw_view_row(&i));) {
		if (is_wanted_view(v, r.state, w)) {
			nw_show_record(&r,
				       (struct nw_output){ .dataset = NW_DATASET_VIEW, .view = v });
		}
	}
	tell_files(&r, w);
	nw_show_records_end(&r);
	if (nw_view_table_lost()) {
		nw_warn("%" PRIu64 " flows found no room in this table", nw_view_table_lost());
	}
}

/* ---- the command ---------------------------------------------------------------------------- */

/* For who asked for one that there is not. */
static void print_others(const struct nw_camera *const *list, unsigned cameras)
{
	char label[NW_CAMERA_LABEL];

	for (unsigned i = 0; i < cameras && i < OTHERS_SHOWN; i++) {
		nw_camera_label(list[i], label);
		printf("%s%s", i ? ", " : "; there are ", label);
	}
	if (cameras > OTHERS_SHOWN) {
		printf(" and %u more", cameras - OTHERS_SHOWN);
	}
	printf("\n");
}

static void print_cameras(const struct nw_state *st, const struct nw_view_wanted *w)
{
	const struct nw_camera *list[NW_CAMERAS_MAX];
	unsigned cameras = nw_show_cameras(st, list);
	unsigned n = 0;

	for (unsigned i = 0; i < cameras; i++) {
		if (nw_view_wants(w, list[i])) {
			print_camera(st, list[i]);
			n++;
		}
	}
	if (!n) {
		printf("%s", w->operand ? "no such camera was seen" : "no camera was seen");
		print_others(list, cameras);
	}
}

static void print_table(void *ctx, const struct nw_pipeline *p)
{
	struct nw_show *show = ctx;
	const struct nw_state *st = nw_pipeline_state(p);
	const struct nw_view_wanted w = nw_view_wanted(nw_pipeline_config(p), show->opt->operand);

	nw_view_table_end(st);
	if (show->opt->format == NW_FORMAT_JSON) {
		tell_table(show, p, &w);
		return;
	}
	print_cameras(st, &w);
	print_absent(st, &w);
	print_recordings(st, &w);
	if (nw_view_table_lost()) {
		printf("and %" PRIu64 " flows that found no room in this table\n",
		       nw_view_table_lost());
	}
	nw_show_coverage(p);
}

static int viewers_run(const struct nw_options *opt)
{
	struct nw_show show = {
		.opt = opt, .only = NW_VIEW_DATASETS, .sink = &nw_view_sink, .flow_interval_s = 1
	};

	return nw_show_table(&show, DEFAULT_DURATION, print_table);
}

const struct nw_command nw_command_viewers = {
	.name = "viewers",
	.args = "[CAMERA]",
	.doc = "of each camera, or one by name or address: who reads it, to whom its picture can go on",
	.flags = "gdofcbn",
	.run = viewers_run,
};
