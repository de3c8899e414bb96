/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What makes an ongoing thing one finding: a bounded table of cases, each under its key. A case is
 * opened once, updated at most once a minute (or when its score rises by ten), closed when it was
 * quiet. Indicators keep their own figures in an array beside it, by the same place. When the table
 * is full, the case that was quiet longest goes, unclosed, and that is counted.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "output.h"
#include "util/lru.h"

#define NW_CASE_KEY  128 /* bytes of a key, with NUL */
#define NW_CASE_NONE NW_LRU_NONE

#define NW_CASE_UPDATE_NS (60 * NW_NSEC_PER_SEC)

struct nw_case {
	char key[NW_CASE_KEY];
	struct nw_proc_id proc; /* the subject; zero = none */
	struct nw_far_end far;	/* the flow in question; cookie 0 = none */
	uint8_t score;		/* as told last */
	bool is_open;		/* was told, and not closed */
	uint64_t first_ns, last_ns;
	uint64_t told_ns;
	uint64_t count, told_count;
};

struct nw_cases {
	struct nw_lru lru;
	struct nw_case *item;
	uint64_t evicted;
};

NW_MUST_CHECK int nw_cases_init(struct nw_cases *c, uint32_t capacity);
void nw_cases_free(struct nw_cases *c);

/* The place of the case with this key, or NW_CASE_NONE. */
uint32_t nw_cases_find(const struct nw_cases *c, const char *key);
/* The same, made when there is none: then it is zero but for its key, and *ret_new is true. */
uint32_t nw_cases_get(struct nw_cases *c, const char *key, bool *ret_new);
/* Before nw_cases_get(): the place of the case that this key would push out, or NW_CASE_NONE. */
uint32_t nw_cases_pushed_out(const struct nw_cases *c, const char *key);
void nw_cases_remove(struct nw_cases *c, uint32_t place);

/* It was seen at now. True when that is to be told, as *ret. */
bool nw_cases_seen(struct nw_cases *c, uint32_t place, uint64_t now_ns, uint8_t score,
		   enum nw_finding_action *ret);
/* On ticks: a case that nobody saw for quiet_ns, the quietest first, or NW_CASE_NONE. The caller
 * tells it closed when it is_open, and removes it. */
uint32_t nw_cases_quiet(const struct nw_cases *c, uint64_t now_ns, uint64_t quiet_ns);

/* What every finding of a case has: key, times, count, and subject and flow if they are still
 * there, and who was at its far end anyway. Key and far end point into the case. */
void nw_case_fill(const struct nw_case *k, const struct nw_state *st, struct nw_finding *f);

/* On ticks: tells every case that was quiet for quiet_ns closed, if it was told at all, and takes it
 * out. like: what the rule's findings have in common, and the reason. */
void nw_cases_close(struct nw_cases *c, const struct nw_state *st, uint64_t quiet_ns,
		    const struct nw_finding *like,
		    void (*tell)(void *ctx, const struct nw_finding *finding), void *ctx);

/* Keys in one form for all: parts joined by a blank, numbers in decimal. Start with len 0. Of one that
 * is too long the end is a hash of all of it: what a path's length pushes out still counts. */
struct nw_case_key {
	char text[NW_CASE_KEY];
	uint16_t len;
	bool is_cut;
	uint64_t hash;			    /* of one that is cut */
	uint64_t between[NW_CASE_KEY / 64]; /* bits: here a blank stands between two parts */
};
void nw_case_key_text(struct nw_case_key *k, const char *part);
void nw_case_key_u64(struct nw_case_key *k, uint64_t part);
void nw_case_key_addr(struct nw_case_key *k, const uint8_t addr[16]);
/* Program rather than process: a restart is the same thing going on. "?" for NULL. */
void nw_case_key_program(struct nw_case_key *k, const struct nw_proc *p);
