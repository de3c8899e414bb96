/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One entry for each open finding, under its rule and key. What an entry says hangs on events alone
 * (rows of the start are facts); whether somebody keeps rows changes nothing in it. Owns the table;
 * when it is full the finding that was told longest ago is forgotten here, and would be opened anew
 * after a restart.
 */
#include "ongoing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case.h"

#define KIND	      "finding"
#define SEQUENCE_KIND "finding.sequence"
#define OPEN_MAX      1024
#define GONE_MAX      256 /* rows that wait to be taken out */
#define AGAIN_NS      (3600 * NW_NSEC_PER_SEC)
#define SEQUENCE_MAX  (1LL << 53)
#define QUESTION_MAX  24
#define NAME_MAX_TEXT 128

struct ongoing {
	char id[NW_CASE_KEY]; /* rule and key */
	char rule[32];
	char key[NW_CASE_KEY];
	char question[QUESTION_MAX];
	char name[NAME_MAX_TEXT];
	uint64_t first_ns, last_ns; /* before this boot: negative, modulo 2^64 */
	uint64_t count;		    /* with that of earlier sessions */
	uint64_t before;	    /* of earlier sessions alone */
	uint64_t read_ns; /* when it was read; 0 = it is of this session, or was seen in it */
	uint8_t score;
	bool is_kept;
};

struct nw_ongoing {
	struct nw_lru lru;
	struct ongoing *item;
	char gone[GONE_MAX][NW_CASE_KEY];
	unsigned gones;
	uint64_t kept_sequence;
	struct nw_kept_pace pace;
	struct ongoing over; /* what the last finding that closed was made of */
};

int nw_ongoing_new(struct nw_ongoing **ret)
{
	struct nw_ongoing *o = calloc(1, sizeof(*o));

	if (!o) {
		return -ENOMEM;
	}
	o->item = calloc(OPEN_MAX, sizeof(*o->item));
	if (!o->item || nw_lru_init(&o->lru, OPEN_MAX) < 0) {
		nw_ongoing_free(o);
		return -ENOMEM;
	}
	*ret = o;
	return 0;
}

void nw_ongoing_free(struct nw_ongoing *o)
{
	if (o) {
		nw_lru_free(&o->lru);
		free(o->item);
		free(o);
	}
}

/* ---- the table ------------------------------------------------------------------------------ */

static uint32_t find(const struct nw_ongoing *o, const char *id)
{
	uint32_t i = nw_lru_first(&o->lru, nw_hash_text(o->lru.seed, id));

	while (i != NW_LRU_NONE && strcmp(o->item[i].id, id) != 0) {
		i = nw_lru_next(&o->lru, i);
	}
	return i;
}

static void take_out(struct nw_ongoing *o, uint32_t i)
{
	if (o->gones < GONE_MAX) {
		memcpy(o->gone[o->gones++], o->item[i].id, NW_CASE_KEY);
	}
	nw_lru_remove(&o->lru, i);
}

static uint32_t add(struct nw_ongoing *o, const char *id)
{
	uint32_t i;

	if (o->lru.used == o->lru.capacity) {
		take_out(o, o->lru.oldest);
	}
	i = nw_lru_add(&o->lru, nw_hash_text(o->lru.seed, id));
	o->item[i] = (struct ongoing){ .count = 0 };
	(void)snprintf(o->item[i].id, sizeof(o->item[i].id), "%s", id);
	return i;
}

static void id_of(const char *rule, const char *key, struct nw_case_key *ret)
{
	*ret = (struct nw_case_key){ .len = 0 };
	nw_case_key_text(ret, rule);
	nw_case_key_text(ret, key);
}

static void describe(struct ongoing *at, const struct nw_finding *f)
{
	(void)snprintf(at->rule, sizeof(at->rule), "%s", f->rule_id);
	(void)snprintf(at->key, sizeof(at->key), "%s", f->key);
	(void)snprintf(at->question, sizeof(at->question), "%s", f->question ? f->question : "");
	(void)snprintf(at->name, sizeof(at->name), "%s", f->rule_name ? f->rule_name : "");
}

void nw_ongoing_finding(struct nw_ongoing *o, struct nw_finding *f)
{
	struct nw_case_key id;
	struct ongoing *at;
	uint32_t i;

	if (!f->rule_id || !f->key) {
		return;
	}
	id_of(f->rule_id, f->key, &id);
	i = find(o, id.text);
	if (i == NW_LRU_NONE && f->action == NW_FINDING_CLOSED) {
		return;
	}
	if (i == NW_LRU_NONE) {
		i = add(o, id.text);
		o->item[i].first_ns = f->first_ns;
	} else if (f->action == NW_FINDING_OPENED && o->item[i].read_ns) {
		f->action = NW_FINDING_UPDATED;
	} else if (f->action == NW_FINDING_OPENED) { /* its indicator had forgotten it unclosed */
		o->item[i].first_ns = f->first_ns;
		o->item[i].before = 0;
	}
	at = &o->item[i];
	describe(at, f);
	f->first_ns = at->before ? at->first_ns : f->first_ns;
	f->count += at->before;
	at->read_ns = 0;
	at->last_ns = f->last_ns;
	at->count = f->count;
	at->score = f->score;
	at->is_kept = false;
	nw_lru_touch(&o->lru, i);
	if (f->action == NW_FINDING_CLOSED) {
		take_out(o, i);
	}
}

bool nw_ongoing_over(struct nw_ongoing *o, uint64_t now_ns, struct nw_finding *ret)
{
	uint32_t i = o->lru.oldest;

	/* what was read stands before all that was told since */
	if (i == NW_LRU_NONE || !o->item[i].read_ns || now_ns < o->item[i].read_ns + AGAIN_NS) {
		return false;
	}
	o->over = o->item[i];
	take_out(o, i);
	*ret = (struct nw_finding){
		.rule_id = o->over.rule,
		.rule_name = o->over.name,
		.key = o->over.key,
		.question = o->over.question,
		.reason = "Not seen again in the hour since nvrwatch was started anew",
		.known_ways_to_be_wrong = "it may have gone on while nvrwatch did not run",
		.action = NW_FINDING_CLOSED,
		.outcome = NW_OUTCOME_CANNOT_TELL,
		.severity = 1,
		.score = o->over.score,
		.confidence = 50,
		.first_ns = o->over.first_ns,
		.last_ns = o->over.last_ns,
		.count = o->over.before,
	};
	return true;
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* The row's key is "<rule> <key>", its text "<question>|<rule's name>". */
static void take_row(struct nw_ongoing *o, const struct nw_state *st, const struct nw_kept *row)
{
	const char *blank = strchr(row->key, ' ');
	const char *bar = strchr(row->text, '|');
	struct ongoing *at;
	size_t len = blank ? (size_t)(blank - row->key) : 0;

	if (!len || len >= sizeof(at->rule) || !bar || row->n[2] < 0 || row->n[2] > 100 ||
	    row->n[3] < 1 || find(o, row->key) != NW_LRU_NONE) {
		return;
	}
	at = &o->item[add(o, row->key)];
	memcpy(at->rule, row->key, len);
	(void)snprintf(at->key, sizeof(at->key), "%s", blank + 1);
	(void)snprintf(at->question, sizeof(at->question), "%.*s", (int)(bar - row->text),
		       row->text);
	(void)snprintf(at->name, sizeof(at->name), "%s", bar + 1);
	at->first_ns = nw_state_boot_ns(st, (uint64_t)row->n[0]);
	at->last_ns = nw_state_boot_ns(st, (uint64_t)row->n[1]);
	at->score = (uint8_t)row->n[2];
	at->count = at->before = (uint64_t)row->n[3];
	at->read_ns = nw_state_now_ns(st);
	at->is_kept = true;
}

bool nw_ongoing_on_kept(struct nw_ongoing *o, const struct nw_state *st, const struct nw_event *ev,
			uint64_t *sequence)
{
	struct nw_kept row;

	if (nw_kept_of(ev, KIND, 4, &row)) {
		take_row(o, st, &row);
		return false;
	}
	if (!nw_kept_of(ev, SEQUENCE_KIND, 1, &row) || row.n[0] < 0 || row.n[0] > SEQUENCE_MAX) {
		return false;
	}
	*sequence = o->kept_sequence = (uint64_t)row.n[0];
	return true;
}

static bool keep_one(struct nw_ongoing *o, const struct nw_state *st, struct ongoing *at,
		     const struct nw_keeper *k)
{
	struct nw_kept row = nw_kept_row(KIND, at->id);
	char text[NW_KEPT_TEXT];

	nw_kept_add(&row, (int64_t)nw_state_wall_ns(st, at->first_ns));
	nw_kept_add(&row, (int64_t)nw_state_wall_ns(st, at->last_ns));
	nw_kept_add(&row, at->score);
	nw_kept_add(&row, (int64_t)at->count);
	(void)snprintf(text, sizeof(text), "%s|%s", at->question, at->name);
	nw_kept_text(&row, text);
	at->is_kept = nw_kept_tell(&o->pace, k, &row, nw_state_now_ns(st));
	return at->is_kept;
}

static bool keep_gone(struct nw_ongoing *o, const struct nw_keeper *k, uint64_t now)
{
	while (o->gones) {
		struct nw_kept row = nw_kept_row(KIND, o->gone[o->gones - 1]);

		/* it may have come again since */
		if (find(o, row.key) == NW_LRU_NONE && !nw_kept_tell(&o->pace, k, &row, now)) {
			return false;
		}
		o->gones--;
	}
	return true;
}

void nw_ongoing_keep(struct nw_ongoing *o, const struct nw_state *st, const struct nw_keeper *k,
		     uint64_t sequence, bool is_end)
{
	uint64_t now = nw_state_now_ns(st);
	struct nw_kept row;

	if (is_end) {
		o->pace.next_ns = 0;
	}
	if (!k->keep) {
		o->gones = 0;
	}
	if (!nw_kept_is_time(&o->pace, k, now) || !keep_gone(o, k, now)) {
		return;
	}
	if (sequence != o->kept_sequence) {
		row = nw_kept_row(SEQUENCE_KIND, "");
		nw_kept_add(&row, (int64_t)sequence);
		if (!nw_kept_tell(&o->pace, k, &row, now)) {
			return;
		}
		o->kept_sequence = sequence;
	}
	for (uint32_t i = o->lru.newest; i != NW_LRU_NONE; i = o->lru.link[i].older) {
		if (!o->item[i].is_kept && !keep_one(o, st, &o->item[i], k)) {
			return;
		}
	}
}
