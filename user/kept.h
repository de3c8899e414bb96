/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What survives a restart, as rows: a kind (whose it is), a key, numbers, and a text. Who learns
 * something tells its rows on ticks, as long as somebody keeps them; at the next start they come back
 * as facts, "kept.<kind>", in front of everything else. So a recording holds them, and a replay needs
 * no database. Times in rows are wall-clock time: boot time begins anew.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nw_event.h"
#include "util/macro.h"

#define NW_KEPT_FRONT	"kept."
#define NW_KEPT_KIND	24 /* with NUL, as all of these */
#define NW_KEPT_KEY	128
#define NW_KEPT_TEXT	256
#define NW_KEPT_NUMBERS 88
#define NW_KEPT_VALUE	(NW_KEPT_NUMBERS * 21 + NW_KEPT_TEXT)

struct nw_kept {
	char kind[NW_KEPT_KIND];
	char key[NW_KEPT_KEY];
	char text[NW_KEPT_TEXT];
	int64_t n[NW_KEPT_NUMBERS];
	unsigned len; /* of n; 0: the row is to be forgotten */
};

/* Who keeps rows; keep is NULL when nobody does. False: there is no room now, ask again later. */
struct nw_keeper {
	bool (*keep)(void *ctx, const struct nw_kept *row);
	void *ctx;
};

/* When a table's rows are told: every few seconds, and so many at once. Starts as zeros. */
#define NW_KEPT_EVERY_NS (5 * NW_NSEC_PER_SEC)
#define NW_KEPT_AT_ONCE	 64
struct nw_kept_pace {
	uint64_t next_ns;
	unsigned told; /* on this tick */
	bool is_last;  /* the session ends: there is no later */
};
/* Rows of what changes all the time: so often each. That much of it is lost by a kill. */
#define NW_KEPT_AGAIN_NS (60 * NW_NSEC_PER_SEC)
/* Is it time for one that was kept then, 0 = never? */
bool nw_kept_is_again(const struct nw_kept_pace *p, uint64_t kept_ns, uint64_t now_ns);
/* On ticks: is it time, and is there somebody who keeps? */
bool nw_kept_is_time(struct nw_kept_pace *p, const struct nw_keeper *k, uint64_t now_ns);
/* Tells one. False: enough for now, or no room; the rest is told soon. */
bool nw_kept_tell(struct nw_kept_pace *p, const struct nw_keeper *k, const struct nw_kept *row,
		  uint64_t now_ns);

/* The same, and the session's end, where rows are told a last time: then it is never enough. */
bool nw_kept_is_due(struct nw_kept_pace *p, const struct nw_keeper *k, const struct nw_event *ev);

/* Numbers and text as one line, "<n> <n> ...\t<text>", without the NUL: its length. */
size_t nw_kept_value(const struct nw_kept *row, char ret[NW_KEPT_VALUE]);
/* The fact's value of a row of the database: its value, a tab, its key. 0 = too long, or not a row. */
size_t nw_kept_fact_value(const char *value, const char *key, char *ret, size_t size);
/* Is it a row of this kind, and a whole one of at least least numbers? Then *ret is it. */
bool nw_kept_of(const struct nw_event *ev, const char *kind, unsigned least, struct nw_kept *ret);
/* Is it any kind's? */
bool nw_kept_is(const struct nw_ev_fact *e);
/* And is it a row at all, whatever it says? */
bool nw_kept_is_whole(const struct nw_ev_fact *e);

/* A row to tell: of a kind, with a key; both are cut when they are too long. */
struct nw_kept nw_kept_row(const char *kind, const char *key);
void nw_kept_add(struct nw_kept *row, int64_t number);
void nw_kept_text(struct nw_kept *row, const char *text);
