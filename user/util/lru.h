/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The links of a bounded table: which of the caller's objects 0 .. capacity-1 are in use, found by
 * hash, in order of their last touch. The objects, their keys and what is done when the table is
 * full are the caller's. All memory is reserved by nw_lru_init() and touched on use; what was given
 * back last is given out first, so a table that is hardly used stays in cache.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "util/macro.h"

#define NW_LRU_NONE UINT32_MAX

struct nw_lru_link {
	uint32_t hash;
	uint32_t chain; /* next of the same bucket, or of the free ones */
	uint32_t older;
	uint32_t newer;
};

struct nw_lru {
	uint64_t seed; /* start of every hash: nobody outside can choose keys that share a bucket */
	struct nw_lru_link *link;
	uint32_t *bucket; /* index + 1; 0 = empty, so that fresh pages of zeros are right */
	uint32_t mask;
	uint32_t capacity;
	uint32_t used;
	uint32_t fresh; /* objects from here on were never given out */
	uint32_t free;
	uint32_t oldest;
	uint32_t newest;
};

NW_MUST_CHECK int nw_lru_init(struct nw_lru *t, uint32_t capacity);
void nw_lru_free(struct nw_lru *t);

/* A free object, now the newest, or NW_LRU_NONE when all are in use. */
uint32_t nw_lru_add(struct nw_lru *t, uint32_t hash);
void nw_lru_remove(struct nw_lru *t, uint32_t i);
/* Make it the newest. */
void nw_lru_touch(struct nw_lru *t, uint32_t i);

/* Those with this hash: for (i = nw_lru_first(t, h); i != NW_LRU_NONE; i = nw_lru_next(t, i)). */
static inline uint32_t nw_lru_same(const struct nw_lru *t, uint32_t i, uint32_t hash)
{
	while (i != NW_LRU_NONE && t->link[i].hash != hash) {
		i = t->link[i].chain;
	}
	return i;
}

static inline uint32_t nw_lru_first(const struct nw_lru *t, uint32_t hash)
{
	return nw_lru_same(t, t->bucket[hash & t->mask] - 1, hash);
}

static inline uint32_t nw_lru_next(const struct nw_lru *t, uint32_t i)
{
	return nw_lru_same(t, t->link[i].chain, t->link[i].hash);
}

/* Starts with nw_lru::seed. What is found never depends on it, only how fast. */
static inline uint64_t nw_hash_mix(uint64_t hash, uint64_t word)
{
	/* both halves of the product: a word's highest bits must reach a bucket's lowest */
	unsigned __int128 product = (unsigned __int128)(hash ^ word) * 0x9e3779b97f4a7c15ULL;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Of bytes, word by word; the last one lies over the end of the one before. For tables of a session: of
 * what is kept or told it is nw_hash_name(). */
static inline uint64_t nw_hash_bytes(uint64_t hash, const void *data, size_t len)
{
	const uint8_t *p = data;
	const uint8_t *end = p + len;
	uint64_t word = 0;

	hash = nw_hash_mix(hash, len);
	for (; (size_t)(end - p) > sizeof(word); p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		hash = nw_hash_mix(hash, word);
	}
	if (len >= sizeof(word)) {
		memcpy(&word, end - sizeof(word), sizeof(word));
	} else {
		while (p < end) {
			word = word << 8 | *p++;
		}
	}
	return nw_hash_mix(hash, word);
}
static inline uint32_t nw_hash_text(uint64_t seed, const char *text)
{
	return (uint32_t)nw_hash_bytes(seed, text, strlen(text));
}

/* A name's, in full: of a fixed seed it is the same in every session. */
static inline uint64_t nw_hash_name(uint64_t seed, const char *text)
{
	for (; *text; text++) {
		seed = nw_hash_mix(seed, (unsigned char)*text);
	}
	return seed;
}
