/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of viewers, from records of flows. Each flow is an entry while it is open and for a while
 * after: whether it was a live picture or a recording is known only when what was read for it is, and files
 * are told behind sockets. Then it becomes part of a row. Owns both tables; what finds no room in the rows is
 * counted, the oldest flow becomes rows when there is none for another.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "util/lru.h"
#include "view_read.h"

#define ROWS_MAX  4096
#define FLOWS_MAX 1024
#define ENDED_MAX 64
#define LATE_NS	  (2 * NW_NSEC_PER_SEC)	 /* what was read for a flow is told by then */
#define JOIN_NS	  (10 * NW_NSEC_PER_SEC) /* files of a long one are not kept for ever */

struct entry {
	uint64_t cookie;
	uint32_t slot;
	bool is_used, is_ended;
	struct nw_view view;
	struct nw_view_reading reading;
};

static struct {
	struct nw_lru lru; /* of rows */
	struct nw_view *row;
	struct nw_lru flows;
	struct entry *flow;
	uint32_t ended[ENDED_MAX]; /* places in flow; a ring */
	uint32_t ended_first, ended_next;
	uint64_t lost;
} table; /* one command, one table */

/* ---- rows ----------------------------------------------------------------------------------- */

static bool has_same_reads(const struct nw_view *a, const struct nw_view *b)
{
	for (unsigned i = 0; i < a->reads && a->reads == b->reads; i++) {
		if (strcmp(a->read[i].camera, b->read[i].camera) != 0) {
			return false;
		}
	}
	return a->reads == b->reads;
}

/* Live: one process with one peer; what is sure, of one camera. Recorded: one program. */
static bool is_same(const struct nw_view *a, const struct nw_view *b)
{
	if (a->port != b->port || a->is_outbound != b->is_outbound ||
	    a->is_ingest != b->is_ingest || a->is_recorded != b->is_recorded ||
	    nw_view_how(a) != nw_view_how(b) || memcmp(a->raddr, b->raddr, 16) != 0) {
		return false;
	}
	if (a->is_recorded) {
		return strcmp(a->comm, b->comm) == 0 && has_same_reads(a, b);
	}
	return nw_proc_id_is_same(&a->id, &b->id) &&
	       (nw_view_how(a) == NW_VIEW_POSSIBLE || nw_view_has_camera(a, b->camera[0]));
}

static uint32_t hash_of(const struct nw_view *v)
{
	uint64_t h = nw_hash_mix(table.lru.seed, v->port);
	uint64_t words[2];

	memcpy(words, v->raddr, sizeof(words));
	return (uint32_t)nw_hash_mix(nw_hash_mix(h, words[0]), words[1]);
}

static void merge(struct nw_view *to, const struct nw_view *v)
{
	uint32_t missed = v->missed;

	to->tx += v->tx;
	to->rx += v->rx;
	to->from_ns = NW_MIN(to->from_ns, v->from_ns);
	to->to_ns = NW_MAX(to->to_ns, v->to_ns);
	to->basis = NW_MAX(to->basis, v->basis);
	to->is_shared |= v->is_shared;
	to->has_others |= !nw_proc_id_is_same(&to->id, &v->id);
	to->id = v->id;
	to->allowed = v->allowed;
	memcpy(to->who, v->who, sizeof(to->who));
	memcpy(to->chain, v->chain, sizeof(to->chain));
	for (unsigned i = 0; i < v->cameras; i++) {
		missed += !nw_view_add_camera(to, v->camera[i]);
	}
	to->missed = NW_MAX(to->missed, missed);
	for (unsigned i = 0; i < v->reads; i++) {
		to->read[i].files += v->read[i].files;
		to->read[i].least += v->read[i].least;
		to->read[i].most += v->read[i].most;
	}
}

static void add_row(const struct nw_view *v)
{
	uint32_t h = hash_of(v);
	uint32_t i = nw_lru_first(&table.lru, h);

	while (i != NW_LRU_NONE && !is_same(&table.row[i], v)) {
		i = nw_lru_next(&table.lru, i);
	}
	if (i != NW_LRU_NONE) {
		merge(&table.row[i], v);
		return;
	}
	i = nw_lru_add(&table.lru, h);
	if (i == NW_LRU_NONE) {
		table.lost++;
		return;
	}
	table.row[i] = *v;
}

/* What is surely several cameras' is a row for each, with its part by what was read. */
static void add_recorded(const struct nw_view *v)
{
	uint64_t all = 0;

	for (unsigned i = 0; i < v->reads; i++) {
		all += v->read[i].most;
	}
	for (unsigned i = 0; v->is_sure && i < v->reads; i++) {
		struct nw_view one = *v;

		one.read[0] = v->read[i];
		one.reads = 1;
		one.is_shared = v->reads > 1;
		one.tx = v->reads > 1
				 ? (uint64_t)((double)v->tx * (double)v->read[i].most / (double)all)
				 : v->tx;
		add_row(&one);
	}
	if (!v->is_sure) {
		add_row(v);
	}
}

/* ---- flows become rows ---------------------------------------------------------------------- */

/* As many bytes of recordings are a better reason than that it could be a camera's picture, or that who sent
 * it reads a camera that gave more or less; who is known to have sent as many of a camera sends no recording by
 * the way. */
static bool is_picture(const struct nw_view *v, const struct nw_view *recorded)
{
	enum nw_view_how how = nw_view_how(v);

	return (v->cameras || v->missed) && how != NW_VIEW_POSSIBLE &&
	       (how != NW_VIEW_ONLY || v->is_like || !recorded->is_sure);
}

/* Of two that are both possible both are told; what is known is told once. */
static void settle(const struct nw_state *st, struct entry *e)
{
	struct nw_view *v = &e->view;
	bool is_live = v->cameras || v->missed;
	struct nw_view recorded = *v;
	bool is_known;

	e->is_used = false;
	if (!v->is_ingest && v->tx > v->rx) {
		nw_view_reading_join(&e->reading, st, v->from_ns, v->to_ns);
		nw_view_explain(&e->reading, &recorded);
	}
	is_known = is_picture(v, &recorded);
	if (is_known || (is_live && !recorded.is_sure)) {
		add_row(v);
	}
	if (recorded.is_recorded && !is_known) {
		recorded.cameras = 0;
		recorded.missed = 0;
		recorded.chain[0] = '\0';
		add_recorded(&recorded);
	}
}

static void take_out(const struct nw_state *st, uint32_t i)
{
	settle(st, &table.flow[i]);
	nw_lru_remove(&table.flows, i);
}

/* Of flows that ended a while ago all is known. */
static void take_ended(const struct nw_state *st, uint64_t now_ns, bool has_news)
{
	while (table.ended_first != table.ended_next) {
		uint32_t i = table.ended[table.ended_first % ENDED_MAX];

		if (now_ns < table.flow[i].view.to_ns + LATE_NS) {
			break;
		}
		table.ended_first++;
		take_out(st, i);
	}
	/* who read may be gone when something is told the next time */
	for (uint32_t k = table.ended_first; has_news && k != table.ended_next; k++) {
		struct entry *e = &table.flow[table.ended[k % ENDED_MAX]];

		nw_view_reading_join(&e->reading, st, e->view.from_ns, e->view.to_ns);
	}
}

static void end(const struct nw_state *st, uint32_t i)
{
	if (table.ended_next - table.ended_first == ENDED_MAX) {
		take_out(st, table.ended[table.ended_first++ % ENDED_MAX]);
	}
	table.flow[i].is_ended = true;
	table.ended[table.ended_next++ % ENDED_MAX] = i;
}

/* ---- flows ---------------------------------------------------------------------------------- */

static uint32_t flow_hash(const struct nw_flow *f)
{
	return (uint32_t)nw_hash_mix(nw_hash_mix(table.flows.seed, f->cookie), f->slot);
}

static uint32_t oldest_open(void)
{
	uint32_t i = table.flows.oldest;

	while (i != NW_LRU_NONE && table.flow[i].is_ended) {
		i = table.flows.link[i].newer;
	}
	return i;
}

static uint32_t find(const struct nw_state *st, const struct nw_flow *f)
{
	uint32_t h = flow_hash(f);
	uint32_t i = nw_lru_first(&table.flows, h);

	while (i != NW_LRU_NONE && (table.flow[i].is_ended || table.flow[i].cookie != f->cookie ||
				    table.flow[i].slot != f->slot)) {
		i = nw_lru_next(&table.flows, i);
	}
	if (i != NW_LRU_NONE) {
		nw_lru_touch(&table.flows, i);
		return i;
	}
	i = nw_lru_add(&table.flows, h);
	if (i == NW_LRU_NONE) { /* fewer have ended than there is room for */
		take_out(st, oldest_open());
		i = nw_lru_add(&table.flows, h);
	}
	table.flow[i] = (struct entry){ .cookie = f->cookie, .slot = f->slot, .is_used = true };
	return i;
}

/* A camera's own, or what can carry a picture on: not what stays here, nor what only passes. */
static bool is_told(const struct nw_flow *f, const struct nw_camera *own)
{
	return own || (f->family < NW_FAMILY_OTHER && !nw_flow_stays_here(f) &&
		       !(f->flags & NW_SOCK_FORWARDED));
}

/* What in brought went on by flows that may be told next when it is forgotten. */
static void on_end_of_source(const struct nw_state *st, const struct nw_flow *in)
{
	for (uint32_t i = table.flows.newest; i != NW_LRU_NONE; i = table.flows.link[i].older) {
		struct entry *e = &table.flow[i];
		const struct nw_flow *f = e->is_ended ? NULL : nw_flow_find(st, e->cookie, e->slot);

		if (f && f != in) {
			nw_view_on_end(&e->view, st, f, in);
		}
	}
}

static void on_flow(const struct nw_state *st, const struct nw_flow *f, bool is_end)
{
	const struct nw_camera *own = nw_camera_of(st, f);
	struct entry *e;
	uint32_t i;

	if (is_end && f->rx_bytes >= NW_VIEW_PICTURE_BYTES && (own || f->peer)) {
		on_end_of_source(st, f);
	}
	if (!is_told(f, own)) {
		return;
	}
	i = find(st, f);
	e = &table.flow[i];
	nw_view_add_flow(&e->view, st, f);
	if (!own) {
		nw_view_reading_ways(&e->reading, st, f);
		if (is_end || e->view.to_ns > e->reading.joined_ns + JOIN_NS) {
			nw_view_reading_join(&e->reading, st, e->view.from_ns, e->view.to_ns);
		}
	}
	if (is_end) {
		end(st, i);
	}
}

/* ---- the sink ------------------------------------------------------------------------------- */

static int view_open(const struct nw_sink_options *options, void **ret)
{
	(void)options;
	table.row = calloc(ROWS_MAX, sizeof(*table.row));
	table.flow = calloc(FLOWS_MAX, sizeof(*table.flow));
	table.ended_first = table.ended_next = 0;
	table.lost = 0;
	*ret = &table;
	return table.row && table.flow && nw_lru_init(&table.lru, ROWS_MAX) == 0
		       ? nw_lru_init(&table.flows, FLOWS_MAX)
		       : -ENOMEM;
}

static int view_write(void *self, const struct nw_output *out)
{
	bool is_file = out->dataset == NW_DATASET_FILE;

	(void)self;
	take_ended(out->state, out->ts_ns, is_file);
	if (!is_file) {
		on_flow(out->state, out->flow, out->action == NW_ACTION_END);
	}
	return 0;
}

static void view_close(void *self)
{
	(void)self;
	nw_lru_free(&table.lru);
	nw_lru_free(&table.flows);
	free(table.row);
	free(table.flow);
	table.row = NULL;
	table.flow = NULL;
}

const struct nw_sink nw_view_sink = {
	.name = "viewers",
	.doc = "sums for the table of viewers",
	.open = view_open,
	.write = view_write,
	.close = view_close,
};

/* ---- reading -------------------------------------------------------------------------------- */

void nw_view_table_end(const struct nw_state *st)
{
	for (uint32_t i = 0; i < table.flows.fresh; i++) {
		if (table.flow[i].is_used) {
			settle(st, &table.flow[i]);
		}
	}
}

static bool is_view(const struct nw_view *v)
{
	return v->is_ingest ? v->rx >= NW_VIEW_PICTURE_BYTES && v->rx > v->tx
			    : v->tx >= NW_VIEW_PICTURE_BYTES && v->tx > v->rx;
}

const struct nw_view *nw_view_row(unsigned *i)
{
	while (*i < table.lru.used) {
		const struct nw_view *v = &table.row[(*i)++];

		if (is_view(v)) {
			return v;
		}
	}
	return NULL;
}

uint64_t nw_view_table_lost(void)
{
	return table.lost;
}
