/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Curves as rows of blocks. A curve keeps its last POINTS seconds; when there are more curves than
 * CURVES, the one that grew least lately goes.
 */
#include "curve.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/lru.h"
#include "util/text.h"

#define CURVES	512
#define POINTS	256
#define COLUMNS 64

struct curve {
	char key[NW_CURVE_KEY];
	uint64_t last_s;	/* of the newest point */
	uint64_t bytes[POINTS]; /* by second, modulo POINTS */
};

struct nw_curves {
	struct nw_lru lru;
	struct curve *curve;
};

int nw_curves_new(struct nw_curves **ret)
{
	struct nw_curves *c = calloc(1, sizeof(*c));

	if (!c) {
		return -ENOMEM;
	}
	c->curve = calloc(CURVES, sizeof(*c->curve));
	if (!c->curve || nw_lru_init(&c->lru, CURVES) < 0) {
		nw_curves_free(c);
		return -ENOMEM;
	}
	*ret = c;
	return 0;
}

void nw_curves_free(struct nw_curves *c)
{
	if (c) {
		nw_lru_free(&c->lru);
		free(c->curve);
		free(c);
	}
}

static uint32_t hash_of(const struct nw_curves *c, const char *key)
{
	return nw_hash_text(c->lru.seed, key);
}

static uint32_t find(const struct nw_curves *c, const char *key)
{
	uint32_t i = nw_lru_first(&c->lru, hash_of(c, key));

	while (i != NW_LRU_NONE && strcmp(c->curve[i].key, key) != 0) {
		i = nw_lru_next(&c->lru, i);
	}
	return i;
}

static struct curve *get(struct nw_curves *c, const char *key)
{
	uint32_t i = find(c, key);

	if (i != NW_LRU_NONE) {
		nw_lru_touch(&c->lru, i);
		return &c->curve[i];
	}
	if (c->lru.used == CURVES) {
		nw_lru_remove(&c->lru, c->lru.oldest);
	}
	i = nw_lru_add(&c->lru, hash_of(c, key));
	memset(&c->curve[i], 0, sizeof(c->curve[i]));
	(void)snprintf(c->curve[i].key, NW_CURVE_KEY, "%s", key);
	return &c->curve[i];
}

static void add(struct nw_curves *c, const char *key, uint64_t second, uint64_t bytes)
{
	struct curve *v = get(c, key);

	if (second > v->last_s) {
		uint64_t from = second - v->last_s < POINTS ? v->last_s + 1 : second - POINTS + 1;

		for (uint64_t s = from; s <= second; s++) {
			v->bytes[s % POINTS] = 0;
		}
		v->last_s = second;
	}
	v->bytes[second % POINTS] += bytes;
}

void nw_curve_key_in(char ret[NW_CURVE_KEY], const struct nw_camera *camera)
{
	char label[NW_CAMERA_LABEL];

	nw_camera_label(camera, label);
	(void)snprintf(ret, NW_CURVE_KEY, "from camera %s", label);
}

void nw_curve_key_out(char ret[NW_CURVE_KEY], const struct nw_proc *p, const uint8_t addr[16])
{
	char text[NW_ADDR_TEXT];
	char name[40] = "?";

	nw_addr_text(text, addr);
	if (p) {
		(void)nw_text_escape(name, sizeof(name), p->name, strlen(p->name));
	}
	(void)snprintf(ret, NW_CURVE_KEY, "%s to %s", name, text);
}

void nw_curves_flow(struct nw_curves *c, const struct nw_output *out)
{
	const struct nw_flow *f = out->flow;
	const struct nw_camera *camera = nw_camera_of(out->state, f);
	uint64_t second = out->ts_ns / NW_NSEC_PER_SEC;
	char key[NW_CURVE_KEY];

	if (camera) {
		nw_curve_key_in(key, camera);
		add(c, key, second, f->rx_bytes - f->told_rx_bytes);
	}
	if (f->tx_bytes > f->told_tx_bytes) {
		nw_curve_key_out(key, f->owner, f->raddr);
		add(c, key, second, f->tx_bytes - f->told_tx_bytes);
	}
}

static void print_row(const struct curve *v, uint64_t from, uint64_t to)
{
	static const char *const block[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	uint64_t most = 1;
	uint64_t sum = 0;
	char total[8];

	for (uint64_t s = from; s <= to; s++) {
		bool has = s <= v->last_s && s + POINTS > v->last_s;

		most = has ? NW_MAX(most, v->bytes[s % POINTS]) : most;
		sum += has ? v->bytes[s % POINTS] : 0;
	}
	(void)printf("  ");
	for (uint64_t s = from; s <= to; s++) {
		bool has = s <= v->last_s && s + POINTS > v->last_s;
		uint64_t bytes = has ? v->bytes[s % POINTS] : 0;

		(void)fputs(block[(bytes * 8 + most - 1) / most], stdout);
	}
	nw_text_bytes(total, sum);
	(void)printf("  %s\n", total);
}

void nw_curves_print(const struct nw_curves *c, const char *in, const char *out)
{
	const char *const keys[] = { in, out };
	uint64_t to = 0;

	for (size_t i = 0; i < NW_ARRAY_SIZE(keys); i++) {
		uint32_t at = keys[i][0] ? find(c, keys[i]) : NW_LRU_NONE;

		to = at != NW_LRU_NONE ? NW_MAX(to, c->curve[at].last_s) : to;
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(keys); i++) {
		uint32_t at = keys[i][0] ? find(c, keys[i]) : NW_LRU_NONE;

		if (at != NW_LRU_NONE) {
			(void)printf("bytes a second, %s, the last %d s\n", keys[i], COLUMNS);
			print_row(&c->curve[at], to - NW_MIN(to, COLUMNS - 1ULL), to);
		}
	}
}
