/* SPDX-License-Identifier: Apache-2.0 */
/*
 * viewers: of each camera, who reads it and to whom its picture can go on, inside and outside, and how
 * that is known. From a recording, or from watching this host for a while. Owns one table of sums; a
 * consumer that finds no room in it is counted and said. A row says what is possible: that somebody
 * watches is no finding.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "commands/command.h"
#include "event.h"
#include "log.h"
#include "show.h"
#include "state/policy.h"
#include "util/lru.h"
#include "util/text.h"
#include "view.h"

#define VIEWS_MAX	 4096
#define DEFAULT_DURATION (10 * NW_NSEC_PER_SEC)
#define AT_ONCE_NS	 NW_NSEC_PER_SEC
#define PICTURE_BYTES	 16384 /* less is talk about pictures */

static struct {
	struct nw_lru lru;
	struct nw_view *views;
	uint64_t lost;
} table; /* one command, one table */

/* ---- sums ----------------------------------------------------------------------------------- */

static struct nw_view key_of(const struct nw_flow *f)
{
	struct nw_view v = { .port = f->is_outbound ? f->rport : f->lport,
			     .is_outbound = f->is_outbound };

	v.id = f->owner ? f->owner->id : (struct nw_proc_id){ 0 };
	memcpy(v.raddr, f->raddr, sizeof(v.raddr));
	return v;
}

static bool is_same(const struct nw_view *a, const struct nw_view *b)
{
	return nw_proc_id_is_same(&a->id, &b->id) && a->port == b->port &&
	       a->is_outbound == b->is_outbound && memcmp(a->raddr, b->raddr, 16) == 0;
}

static struct nw_view *find(const struct nw_flow *f)
{
	struct nw_view key = key_of(f);
	uint64_t h = nw_hash_mix(table.lru.seed, key.id.tgid ^ (uint64_t)key.port << 32);
	uint64_t words[2];
	uint32_t i;

	memcpy(words, key.raddr, sizeof(words));
	h = nw_hash_mix(nw_hash_mix(h, words[0]), words[1]);
	i = nw_lru_first(&table.lru, (uint32_t)h);
	while (i != NW_LRU_NONE && !is_same(&table.views[i], &key)) {
		i = nw_lru_next(&table.lru, i);
	}
	if (i == NW_LRU_NONE) {
		i = nw_lru_add(&table.lru, (uint32_t)h);
		if (i == NW_LRU_NONE) {
			table.lost++;
			return NULL;
		}
		table.views[i] = key;
	}
	return &table.views[i];
}

static bool has_camera(const struct nw_view *v, const uint8_t addr[16])
{
	for (unsigned i = 0; i < v->cameras; i++) {
		if (memcmp(v->camera[i], addr, 16) == 0) {
			return true;
		}
	}
	return false;
}

static void add_camera(struct nw_view *v, const uint8_t addr[16])
{
	if (has_camera(v, addr)) {
		return;
	}
	if (v->cameras == NW_LINEAGE_MAX) {
		v->missed++;
		return;
	}
	memcpy(v->camera[v->cameras++], addr, 16);
}

static void add_place(struct nw_view *v, const struct nw_state *st, const struct nw_flow *f)
{
	const struct nw_place *place = f->is_inside ? NULL : nw_place_find(st, f->raddr);
	char organisation[40] = "";

	if (place) {
		(void)nw_text_escape(organisation, sizeof(organisation), place->organisation,
				     strlen(place->organisation));
		(void)snprintf(v->place, sizeof(v->place), ", %s AS%u %s", place->country,
			       place->asn, organisation);
	}
	if (f->name[0]) {
		(void)nw_text_escape(v->name, sizeof(v->name), f->name, strlen(f->name));
	}
}

/* "motion > nginx": from who reads to who sends. */
static void add_chain(struct nw_view *v, const struct nw_flow *f)
{
	size_t n = 0;

	for (unsigned i = f->chain ? f->chain->len : 0; i-- > 0 && n < NW_VIEW_CHAIN - 24;) {
		const char *name = f->chain->link[i].proc->name;

		n += nw_text_escape(v->chain + n, 20, name, strlen(name));
		n += (size_t)snprintf(v->chain + n, NW_VIEW_CHAIN - n, "%s", i ? " > " : "");
	}
}

static bool is_like(uint64_t sent, uint64_t came)
{
	uint64_t less = NW_MIN(sent, came);

	return NW_MAX(sent, came) - less <= less / 8 + PICTURE_BYTES / 4;
}

/* What is passed on begins when it is asked for, and stops when that does: a play-back that is as long as
 * a live picture by chance did not. */
static bool is_at_once(const struct nw_flow *f, const struct nw_flow *in)
{
	uint64_t gap = NW_MAX(f->last_ns, in->last_ns) - NW_MIN(f->last_ns, in->last_ns);

	return in->first_ns + AT_ONCE_NS >= f->first_ns && gap <= AT_ONCE_NS;
}

/* A chain says who could; as many bytes, of the camera's flow or of the one on loopback, that it was. */
static bool is_carried(const struct nw_state *st, const struct nw_flow *f,
		       const struct nw_lineage *l)
{
	const struct nw_flow *in = NULL;

	if (l->len == 1 && is_like(f->tx_bytes, l->from[0].ingest->rx_bytes)) {
		return true;
	}
	while (f->chain && (in = nw_flow_next(st, in))) {
		if (in->owner == f->chain->link[0].proc && in->peer == f->chain->link[1].proc &&
		    is_at_once(f, in) && is_like(f->tx_bytes, in->rx_bytes)) {
			return true;
		}
	}
	return false;
}

static void add_flow(struct nw_view *v, const struct nw_state *st, const struct nw_flow *f)
{
	char name[24] = "?";

	v->tx += f->tx_bytes - f->told_tx_bytes;
	v->rx += f->rx_bytes - f->told_rx_bytes;
	v->from_ns = v->from_ns ? v->from_ns : f->first_ns;
	v->to_ns = nw_state_now_ns(st);
	v->is_inside = f->is_inside;
	v->allowed = nw_policy_allowed(st, f);
	if (f->owner) {
		(void)nw_text_escape(name, sizeof(name), f->owner->name, strlen(f->owner->name));
		memcpy(v->comm, f->owner->name, sizeof(v->comm));
	}
	(void)snprintf(v->who, sizeof(v->who), "%s[%u]", name, v->id.tgid);
	add_place(v, st, f);
}

static int view_open(const struct nw_sink_options *options, void **ret)
{
	(void)options;
	table.views = calloc(VIEWS_MAX, sizeof(*table.views));
	*ret = &table;
	return table.views ? nw_lru_init(&table.lru, VIEWS_MAX) : -1;
}

/* What a flow's record shows: a camera's own, or one that can carry its picture on. */
static int view_write(void *self, const struct nw_output *out)
{
	const struct nw_flow *f = out->flow;
	const struct nw_camera *own = nw_camera_of(out->state, f);
	struct nw_lineage l;
	struct nw_view *v;

	(void)self;
	nw_lineage_of(out->state, f, &l);
	if (!own && l.len == 0) {
		return 0;
	}
	v = find(f);
	if (!v) {
		return 0; /* counted; the end says it */
	}
	v->is_ingest = own;
	add_flow(v, out->state, f);
	if (own) {
		add_camera(v, own->addr);
		return 0;
	}
	v->missed += l.missed;
	for (unsigned i = 0; i < l.len; i++) {
		add_camera(v, l.from[i].camera->addr);
		v->basis = NW_MAX(v->basis, l.from[i].basis);
	}
	if (v->basis == NW_LINEAGE_CHAIN) {
		add_chain(v, f);
		v->is_like |= is_carried(out->state, f, &l);
	}
	return 0;
}

static void view_close(void *self)
{
	(void)self;
	nw_lru_free(&table.lru);
	free(table.views);
	table.views = NULL;
}

static const struct nw_sink view_sink = {
	.name = "viewers",
	.doc = "sums for the table of viewers",
	.open = view_open,
	.write = view_write,
	.close = view_close,
};

/* ---- the table ------------------------------------------------------------------------------ */

static void clock_text(char buf[16], const struct nw_state *st, uint64_t ns)
{
	time_t second = (time_t)(nw_state_wall_ns(st, ns) / NW_NSEC_PER_SEC);
	struct tm tm;

	if (!localtime_r(&second, &tm) || !strftime(buf, 16, "%H:%M:%S", &tm)) {
		buf[0] = '\0';
	}
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

static void print_how(const struct nw_view *v, const struct nw_state *st)
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
	printf("%s", is_process ? "" : v->chain);
}

static void print_view(const struct nw_view *v, const struct nw_state *st)
{
	char addr[NW_ADDR_TEXT];
	char from[16];
	char to[16];
	char bytes[8];

	nw_addr_text(addr, v->raddr);
	clock_text(from, st, v->from_ns);
	clock_text(to, st, v->to_ns);
	nw_text_bytes(bytes, v->is_ingest ? v->rx : v->tx);
	if (v->is_ingest) {
		printf("    read by %-18s %8s  %s to %s\n", v->who, bytes, from, to);
		return;
	}
	printf("    %s %s%s%s, %s%s  by %s port %u  %8s  %s to %s  ",
	       v->is_outbound ? "sent to" : "watched by", addr, v->name[0] ? " " : "", v->name,
	       v->is_inside ? "inside" : "outside", v->place, v->who, v->port, bytes, from, to);
	print_how(v, st);
	printf("%s\n", v->allowed ? "; declared in `allowed`" : "");
}

/* It carried a picture out, or it is a camera's own. */
static bool is_view(const struct nw_view *v)
{
	return v->is_ingest ? v->rx >= PICTURE_BYTES && v->rx > v->tx
			    : v->tx >= PICTURE_BYTES && v->tx > v->rx;
}

static void print_camera(const struct nw_state *st, const struct nw_camera *c)
{
	enum nw_maker_basis basis;
	const char *maker = nw_camera_maker(st, c, &basis);
	char label[NW_CAMERA_LABEL];
	char addr[NW_ADDR_TEXT];
	char by[64];
	unsigned seen = 0;

	(void)nw_text_escape(by, sizeof(by), maker, strlen(maker));
	nw_camera_label(c, label);
	nw_addr_text(addr, c->addr);
	printf("%s%s%s%s%s\n", label, c->declared ? ", " : "", c->declared ? addr : "",
	       maker[0] ? ", " : "", by);
	for (unsigned is_ingest = 1; is_ingest < 2; is_ingest--) { /* who reads it comes first */
		for (uint32_t i = 0; i < table.lru.used; i++) {
			const struct nw_view *v = &table.views[i];

			if (v->is_ingest == is_ingest && is_view(v) && has_camera(v, c->addr)) {
				print_view(v, st);
				seen++;
			}
		}
	}
	if (!seen) {
		printf("    nobody read it\n");
	}
}

/* ---- recordings ------------------------------------------------------------------------------ */

static void print_reading(const struct nw_view_files *g, const struct nw_state *st)
{
	char camera[NW_REC_CAMERA];
	char name[40];
	char from[16];
	char to[16];
	char bytes[8];

	(void)nw_text_escape(camera, sizeof(camera), g->camera, strlen(g->camera));
	(void)nw_text_escape(name, sizeof(name), g->proc->name, strlen(g->proc->name));
	clock_text(from, st, g->from_ns);
	clock_text(to, st, g->to_ns);
	nw_text_bytes(bytes, g->most);
	printf("    %s: %u file%s read by %s, at most %s  %s to %s\n",
	       camera[0] ? camera : "whose is not told", g->files, g->files == 1 ? "" : "s", name,
	       bytes, from, to);
}

static void print_recordings(const struct nw_state *st, const char *operand)
{
	struct nw_view_files *all = calloc(NW_VIEW_FILES_MAX, sizeof(*all));
	unsigned n = all ? nw_view_files_of(st, operand, all, &table.lost) : 0;

	printf(n ? "recordings, by their folders; where they went on to is in findings\n"
		 : "no recording was seen to be read\n");
	for (unsigned i = 0; i < n; i++) {
		print_reading(&all[i], st);
	}
	free(all);
}

static bool is_wanted(const struct nw_camera *c, const char *operand)
{
	char label[NW_CAMERA_LABEL];
	char addr[NW_ADDR_TEXT];

	nw_camera_label(c, label);
	nw_addr_text(addr, c->addr);
	return !operand || strcmp(operand, label) == 0 || strcmp(operand, addr) == 0;
}

/* ---- records -------------------------------------------------------------------------------- */

static bool is_wanted_view(const struct nw_view *v, const struct nw_state *st, const char *operand)
{
	for (unsigned i = 0; i < v->cameras; i++) {
		const struct nw_camera *c = nw_camera_find(st, v->camera[i]);

		if (c && is_wanted(c, operand)) {
			return is_view(v);
		}
	}
	return false;
}

static void tell_table(const struct nw_show *show, const struct nw_pipeline *p)
{
	struct nw_view_files *all = calloc(NW_VIEW_FILES_MAX, sizeof(*all));
	const char *operand = show->opt->operand;
	struct nw_show_records r;
	unsigned n;

	if (!all || nw_show_records(p, &r) < 0) {
		free(all);
		return;
	}
	for (uint32_t i = 0; i < table.lru.used; i++) {
		if (is_wanted_view(&table.views[i], r.state, operand)) {
			nw_show_record(&r, (struct nw_output){ .dataset = NW_DATASET_VIEW,
							       .view = &table.views[i] });
		}
	}
	n = nw_view_files_of(r.state, operand, all, &table.lost);
	for (unsigned i = 0; i < n; i++) {
		const struct nw_view v = { .files = &all[i] };

		nw_show_record(&r, (struct nw_output){ .dataset = NW_DATASET_VIEW, .view = &v });
	}
	nw_show_records_end(&r);
	if (table.lost) {
		nw_warn("%" PRIu64 " records of flows found no room in this table", table.lost);
	}
	free(all);
}

static void print_table(void *ctx, const struct nw_pipeline *p)
{
	const struct nw_show *show = ctx;
	const struct nw_state *st = nw_pipeline_state(p);
	const struct nw_camera *c = NULL;
	struct nw_coverage coverage;
	unsigned n = 0;

	if (show->opt->format == NW_FORMAT_JSON) {
		tell_table(show, p);
		return;
	}
	while ((c = nw_camera_next(st, c))) {
		if (is_wanted(c, show->opt->operand)) {
			print_camera(st, c);
			n++;
		}
	}
	if (!n) {
		printf("%s\n",
		       show->opt->operand ? "no such camera was seen" : "no camera was seen");
	}
	print_recordings(st, show->opt->operand);
	if (table.lost) {
		printf("and %" PRIu64 " records of flows that found no room in this table\n",
		       table.lost);
	}
	nw_coverage_of_session(st, &coverage);
	if (coverage.why) {
		printf("of %.1f s, %.1f s were seen in part only\n",
		       (double)coverage.observed_ns / 1e9,
		       (double)(coverage.observed_ns - coverage.full_ns) / 1e9);
	}
}

static int viewers_run(const struct nw_options *opt)
{
	struct nw_show show = {
		.opt = opt, .only = 1U << NW_DATASET_FLOW, .sink = &view_sink, .flow_interval_s = 1
	};

	return nw_show_table(&show, DEFAULT_DURATION, print_table);
}

const struct nw_command nw_command_viewers = {
	.name = "viewers",
	.args = "[CAMERA]",
	.doc = "of each camera: who reads it, and to whom its picture can go on",
	.flags = "gdofcbn",
	.run = viewers_run,
};
