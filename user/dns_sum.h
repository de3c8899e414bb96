/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was asked and answered below one domain, added up over a day: how much it could carry, and what
 * that says. Zero at first; nothing is allocated. Source: docs/indicators.md, dns-tunnel.
 */
#pragma once

#include "dns_carry.h"

#define NW_DNS_HOURS	  24
#define NW_DNS_HOUR_NS	  (3600 * NW_NSEC_PER_SEC)
#define NW_DNS_NAMES_MIN  30
#define NW_DNS_LOOKUP_MAX 45 /* score */

struct nw_dns_sum {
	struct nw_carry_book book;
	uint32_t hour; /* the hour that up[hour % NW_DNS_HOURS] is of */
	uint32_t up[NW_DNS_HOURS], down[NW_DNS_HOURS];
	uint32_t longs[NW_DNS_HOURS];		 /* names that are longer than any identifier */
	uint32_t names, queries, answers, typed; /* typed: queries of a type that holds data */
	uint32_t longest;
	uint32_t laden; /* messages that carry more behind their question than options need */
	uint32_t laden_up[NW_DNS_HOURS]; /* that much more; in `up`, too */
	uint64_t chars;			 /* of names below the domain */
	uint64_t bytes;			 /* that they can carry */
	uint32_t assumed;		 /* messages of which the asker is assumed */
	uint32_t processes;		 /* that asked, as far as they are told apart by hash */
	bool is_started;		 /* they all were started to ask */
	bool is_digest;			 /* names are, as of the last look */
	uint64_t first_ns;
};

/* The hour is another: the oldest goes. */
void nw_dns_sum_turn(struct nw_dns_sum *d, uint64_t now);
/* Of one of its tables: this hour and the one before. */
uint64_t nw_dns_sum_hour(const struct nw_dns_sum *d, const uint32_t hour[NW_DNS_HOURS]);
/* Bytes of text, at least, that names hold in hexadecimal or the like: more than chance. */
uint32_t nw_dns_sum_text(const struct nw_dns_sum *d);
/* Whatever is in them, and however little by its entropy: nothing that is looked up is as long. */
bool nw_dns_sum_is_long(const struct nw_dns_sum *d);
/* Is there enough to say something? */
bool nw_dns_sum_is_some(const struct nw_dns_sum *d);
uint8_t nw_dns_sum_score(const struct nw_dns_sum *d);
