/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Restarts, by hand: a keeper that has what one feed tells, as the database would, and another feed
 * that gets it in front of its session, as nvrwatch's start gives it.
 */
#pragma once

#include "feed.h"
#include "kept.h"

#define NW_BOX_ROWS 4096
#define NW_BOOT_A   "11111111-6f64-4a5f-8a51-7c3f3f6a9d10"
#define NW_BOOT_B   "22222222-6f64-4a5f-8a51-7c3f3f6a9d10"

struct nw_box {
	struct nw_kept row[NW_BOX_ROWS];
	unsigned rows;
	unsigned told;	 /* ever */
	unsigned refuse; /* so many are not taken */
};

static inline bool nw_box_keep(void *ctx, const struct nw_kept *row)
{
	struct nw_box *b = ctx;
	unsigned i = 0;

	if (b->refuse) {
		b->refuse--;
		return false;
	}
	b->told++;
	while (i < b->rows &&
	       (strcmp(b->row[i].kind, row->kind) != 0 || strcmp(b->row[i].key, row->key) != 0)) {
		i++;
	}
	if (!row->len) {
		if (i < b->rows) {
			b->row[i] = b->row[--b->rows];
		}
		return true;
	}
	assert_true(i < NW_BOX_ROWS);
	b->rows = NW_MAX(b->rows, i + 1);
	b->row[i] = *row;
	return true;
}

static inline struct nw_kept *nw_box_find(struct nw_box *b, const char *kind, const char *key)
{
	for (unsigned i = 0; i < b->rows; i++) {
		if (strcmp(b->row[i].kind, kind) == 0 && strcmp(b->row[i].key, key) == 0) {
			return &b->row[i];
		}
	}
	return NULL;
}

/* The same of one that must be there. */
static inline struct nw_kept *nw_box_row(struct nw_box *b, const char *kind, const char *key)
{
	struct nw_kept *row = nw_box_find(b, kind, key);

	assert_non_null(row);
	return row ? row : &b->row[0];
}

static inline unsigned nw_box_count(const struct nw_box *b, const char *kind)
{
	unsigned n = 0;

	for (unsigned i = 0; i < b->rows; i++) {
		n += strcmp(b->row[i].kind, kind) == 0;
	}
	return n;
}

static inline void nw_box_give(struct nw_feed *f, const struct nw_box *b)
{
	for (unsigned i = 0; i < b->rows; i++) {
		char key[64], value[NW_KEPT_VALUE], text[NW_FACT_VALUE_MAX];

		(void)snprintf(key, sizeof(key), NW_KEPT_FRONT "%s", b->row[i].kind);
		(void)nw_kept_value(&b->row[i], value);
		assert_true(nw_kept_fact_value(value, b->row[i].key, text, sizeof(text)) > 0);
		nw_feed_fact(f, key, text);
	}
}

/* A session that begins: at a time after this boot, with the wall clock that much off what it is in
 * other tests; boxes may be the same. only: an indicator, NULL = all. */
struct nw_restart {
	const char *boot, *yaml, *only;
	uint64_t at_ns;
	int64_t wall_off_ns;
	const struct nw_box *from;
	struct nw_box *to;
};

static inline struct nw_feed *nw_box_start(struct nw_restart r)
{
	struct nw_feed *f = nw_feed_new(r.yaml ? r.yaml : "", 60 * NW_FEED_SEC);

	f->now_ns = r.at_ns - NW_FEED_SEC;
	if (r.only) {
		nw_feed_pick(f, r.only);
	}
	if (r.to) {
		nw_pipeline_set_keeper(f->pipeline,
				       (struct nw_keeper){ .keep = nw_box_keep, .ctx = r.to });
	}
	nw_feed_clock(f, (struct nw_feed_time){ .after_ns = NW_FEED_SEC,
						.period_ns = NW_FEED_SEC,
						.wall_off_ns = r.wall_off_ns });
	nw_feed_fact(f, "boot.id", r.boot ? r.boot : NW_BOOT_A);
	if (r.from) {
		nw_box_give(f, r.from);
	}
	return f;
}

static inline void nw_box_session(struct nw_feed *f)
{
	nw_feed_fact(f, "session", "start");
}
