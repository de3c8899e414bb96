/* SPDX-License-Identifier: Apache-2.0 */
/* The links of bounded tables: against a plain array that is searched from end to end. */
#include <errno.h>
#include <string.h>

#include "harness.h"
#include "util/lru.h"

enum {
	CAPACITY = 37,
	STEPS = 20000,
	KEYS = 90
};

/* The slow twin: keys in order of touch, oldest first. */
struct plain {
	uint32_t key[CAPACITY];
	uint32_t len;
};

static uint32_t plain_find(const struct plain *p, uint32_t key)
{
	for (uint32_t i = 0; i < p->len; i++) {
		if (p->key[i] == key) {
			return i;
		}
	}
	return NW_LRU_NONE;
}

static void plain_remove(struct plain *p, uint32_t at)
{
	memmove(&p->key[at], &p->key[at + 1], (p->len - at - 1) * sizeof(p->key[0]));
	p->len--;
}

static uint32_t find(const struct nw_lru *t, const uint32_t *keys, uint32_t hash, uint32_t key)
{
	uint32_t i = nw_lru_first(t, hash);

	while (i != NW_LRU_NONE && keys[i] != key) {
		i = nw_lru_next(t, i);
	}
	return i;
}

static void assert_order(const struct nw_lru *t, const uint32_t *keys, const struct plain *p)
{
	uint32_t i = t->oldest;

	assert_int_equal(t->used, p->len);
	for (uint32_t n = 0; n < p->len; n++) {
		assert_int_not_equal(i, NW_LRU_NONE);
		assert_int_equal(keys[i], p->key[n]);
		i = t->link[i].newer;
	}
	assert_int_equal(i, NW_LRU_NONE);
	i = t->newest;
	for (uint32_t n = p->len; n > 0; n--) {
		assert_int_equal(keys[i], p->key[n - 1]);
		i = t->link[i].older;
	}
	assert_int_equal(i, NW_LRU_NONE);
}

static void use_key(struct nw_lru *t, uint32_t *keys, struct plain *p, uint32_t key)
{
	uint32_t hash = key % 7; /* many keys of one hash */
	uint32_t i = find(t, keys, hash, key);
	uint32_t at = plain_find(p, key);

	assert_int_equal(i == NW_LRU_NONE, at == NW_LRU_NONE);
	if (i != NW_LRU_NONE) {
		nw_lru_touch(t, i);
		plain_remove(p, at);
	} else {
		i = nw_lru_add(t, hash);
		assert_int_equal(i == NW_LRU_NONE, p->len == CAPACITY);
		if (i == NW_LRU_NONE) {
			nw_lru_remove(t, t->oldest);
			plain_remove(p, 0);
			i = nw_lru_add(t, hash);
		}
		assert_true(i < CAPACITY);
		keys[i] = key;
	}
	p->key[p->len++] = key;
}

static void lru_is_what_a_plain_list_is(void **state)
{
	struct plain p = { .len = 0 };
	struct nw_lru t;
	uint32_t keys[CAPACITY];
	uint32_t seed = 1;

	(void)state;
	assert_int_equal(nw_lru_init(&t, CAPACITY), 0);
	for (unsigned n = 0; n < STEPS; n++) {
		uint32_t key;

		seed = seed * 1103515245 + 12345;
		key = (seed >> 16) % KEYS;
		if ((seed >> 8) % 4 == 0) {
			uint32_t i = find(&t, keys, key % 7, key);

			if (i != NW_LRU_NONE) {
				nw_lru_remove(&t, i);
				plain_remove(&p, plain_find(&p, key));
			}
		} else {
			use_key(&t, keys, &p, key);
		}
		assert_order(&t, keys, &p);
	}
	nw_lru_free(&t);
}

static void lru_refuses_senseless_sizes(void **state)
{
	struct nw_lru t;

	(void)state;
	assert_int_equal(nw_lru_init(&t, 0), -EINVAL);
	nw_lru_free(&t);
	assert_int_equal(nw_lru_init(&t, UINT32_MAX), -EINVAL);
	nw_lru_free(&t);
	assert_int_equal(nw_lru_init(&t, 1), 0);
	assert_int_equal(nw_lru_add(&t, 5), 0);
	assert_int_equal(nw_lru_add(&t, 6), NW_LRU_NONE);
	nw_lru_free(&t);
}

static void lru_gives_back_what_is_warm(void **state)
{
	struct nw_lru t;

	(void)state;
	assert_int_equal(nw_lru_init(&t, 100), 0);
	for (uint32_t n = 0; n < 1000; n++) {
		assert_int_equal(nw_lru_add(&t, n), 0);
		nw_lru_remove(&t, 0);
	}
	assert_int_equal(t.fresh, 1);
	nw_lru_free(&t);
}

/* A byte at any place of a key must reach the buckets: addresses differ in their last one only. */
static void lru_hash_spreads_every_byte(void **state)
{
	(void)state;
	for (unsigned place = 0; place < 64; place += 8) {
		bool seen[256] = { false };
		unsigned distinct = 0;

		for (uint64_t v = 0; v < 256; v++) {
			uint32_t hash = (uint32_t)nw_hash_mix(12345, v << place);

			distinct += !seen[hash & 255];
			seen[hash & 255] = true;
		}
		assert_true(distinct > 100);
	}
}

NW_TESTS(util_lru, cmocka_unit_test(lru_hash_spreads_every_byte),
	 cmocka_unit_test(lru_is_what_a_plain_list_is),
	 cmocka_unit_test(lru_refuses_senseless_sizes),
	 cmocka_unit_test(lru_gives_back_what_is_warm));
