/* SPDX-License-Identifier: Apache-2.0 */
/* See dns_sum.h. */
#include "dns_sum.h"

#include "rule.h"
#include "util/window.h"

#define LONGS_DAY  60
#define ID_BYTES   16	  /* a name with no more may be an identifier */
#define DENSE_MAX  6	  /* a name that carries so many identifiers counts for so many */
#define LOOKUP_UP  100000 /* bytes an hour: nobody looks up so many */
#define BOTH_BYTES 10000

/* Programs that were started to ask: a scanner that looks up as much is one that runs on. */
#define STARTED_MIN  30 /* processes */
#define STARTED_EACH 3	/* names of one, at most */
#define STARTED_MUCH \
	2200		 /* bytes an hour, of names that carry more than words and are no digests */
#define STARTED_IDS 6000 /* of those that may be some; a day's are halved */
#define WORDS_BYTES 10

/* Labels that decode to text: as many bytes never do by chance; a probe or two have one label each. */
#define TEXT_LABELS 8
#define TEXT_BYTES  128

void nw_dns_sum_turn(struct nw_dns_sum *d, uint64_t now)
{
	uint32_t hour = (uint32_t)(now / NW_DNS_HOUR_NS);
	uint32_t *const tables[] = { d->up, d->down, d->longs, d->laden_up };
	uint32_t was = d->hour;

	if (hour <= d->hour) {
		return; /* nothing turns */
	}
	if (hour / 12 > d->hour / 12) {
		nw_carry_turn(&d->book);
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(tables); i++) {
		d->hour = was;
		nw_window_turn(tables[i], sizeof(*tables[i]), NW_DNS_HOURS, &d->hour, hour);
	}
}

uint64_t nw_dns_sum_hour(const struct nw_dns_sum *d, const uint32_t hour[NW_DNS_HOURS])
{
	return (uint64_t)hour[d->hour % NW_DNS_HOURS] +
	       hour[(d->hour + NW_DNS_HOURS - 1) % NW_DNS_HOURS];
}

static uint32_t level_of(uint64_t bytes)
{
	static const struct nw_scale scale[] = {
		{ 0, 0 }, { 1000, 20 }, { 10000, 50 }, { 100000, 70 }, { 1000000, 90 }
	};

	return nw_scale_of(scale, NW_ARRAY_SIZE(scale), bytes);
}

/* Identifiers, short or digests, that a program looks up: nothing comes down, and not too many go up. */
static bool is_lookup(const struct nw_dns_sum *d, uint64_t up, uint64_t up_day, uint64_t down_day)
{
	return down_day < up_day / 2 && up < LOOKUP_UP &&
	       nw_window_sum(d->laden_up, NW_DNS_HOURS) < up_day / 2 &&
	       (d->bytes <= (uint64_t)ID_BYTES * d->names || d->is_digest);
}

/* Names that each carry much more than an identifier count for more: nothing else is called so. */
static uint64_t dense(const struct nw_dns_sum *d, uint64_t up)
{
	uint64_t mean = d->names ? d->bytes / d->names : 0;

	if (mean <= ID_BYTES || d->is_digest) {
		return up;
	}
	up = up * NW_MIN(mean, (uint64_t)ID_BYTES * DENSE_MAX) / ID_BYTES;
	return d->typed > d->queries - d->queries / 5 ? up * 2 : up;
}

/* Many processes, each started to ask a name or two that nobody asked before: a script's. */
static bool is_scripted(const struct nw_dns_sum *d, uint64_t up, uint64_t up_day)
{
	bool is_usual = d->bytes < (uint64_t)WORDS_BYTES * d->names || d->is_digest;
	uint64_t least = is_usual ? STARTED_IDS : STARTED_MUCH;

	return d->is_started && d->processes >= STARTED_MIN &&
	       d->names <= STARTED_EACH * d->processes && dense(d, NW_MAX(up, up_day / 2)) >= least;
}

uint32_t nw_dns_sum_text(const struct nw_dns_sum *d)
{
	struct nw_coded c = nw_coded_text(&d->book.coded);

	return c.labels >= TEXT_LABELS && c.text >= TEXT_BYTES ? c.text : 0;
}

bool nw_dns_sum_is_long(const struct nw_dns_sum *d)
{
	return nw_dns_sum_hour(d, d->longs) >= NW_DNS_NAMES_MIN ||
	       nw_window_sum(d->longs, NW_DNS_HOURS) >= LONGS_DAY;
}

uint8_t nw_dns_sum_score(const struct nw_dns_sum *d)
{
	uint64_t up = nw_dns_sum_hour(d, d->up);
	uint64_t down = nw_dns_sum_hour(d, d->down);
	uint64_t up_day = nw_window_sum(d->up, NW_DNS_HOURS);
	uint64_t down_day = nw_window_sum(d->down, NW_DNS_HOURS);
	uint64_t dense_up = dense(d, up);
	uint32_t score = level_of(dense_up + down);

	score = NW_MAX(score, level_of((dense(d, up_day) + down_day) / 4));
	if (dense_up >= BOTH_BYTES && down >= BOTH_BYTES) {
		score += 5;
	}
	if (is_scripted(d, up, up_day) || nw_dns_sum_text(d) || nw_dns_sum_is_long(d)) {
		score = NW_MAX(score, (uint32_t)NW_ALERT_SCORE);
	} else if (is_lookup(d, up, up_day, down_day)) {
		score = NW_MIN(score, (uint32_t)NW_DNS_LOOKUP_MAX);
	}
	return (uint8_t)score;
}

bool nw_dns_sum_is_some(const struct nw_dns_sum *d)
{
	return d->names >= NW_DNS_NAMES_MIN || d->laden >= NW_DNS_NAMES_MIN || nw_dns_sum_text(d);
}
