/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For whom a resolver of this host asks: who put the same question (name and type) to it, and waits
 * for the answer. Time comes from the messages. Owned by the table of names (name.h).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "nw_event.h"
#include "state/name_text.h"
#include "state/state.h"
#include "util/macro.h"

/* A question waits no longer: a resolver that tries again and again gives up, too. */
#define NW_ASKER_WAITS_NS (10 * NW_NSEC_PER_SEC)
/* What is asked right after the answer still has its cause in it: a cache that renews itself. */
#define NW_ASKER_GRACE_NS (500 * NW_NSEC_PER_MSEC)
#define NW_ASKERS_MAX	  8 /* that one answer is credited to */

struct nw_askers;

struct nw_ask {
	struct nw_proc_id resolver; /* who was asked */
	struct nw_proc_id asker;
	uint64_t at_ns;
	uint64_t answered_ns;	/* 0 = it waits */
	uint64_t question;	/* hash of name and type */
	char name[NW_NAME_MAX]; /* as the asker asked: a resolver may follow a CNAME by itself */
};

/* An upstream question: the resolver's own, sent at sent_ns; looked at at now_ns. */
struct nw_ask_key {
	struct nw_proc_id resolver;
	const char *name;
	uint64_t sent_ns, now_ns;
	uint16_t type;
};

NW_MUST_CHECK int nw_askers_new(uint32_t capacity, struct nw_askers **ret);
void nw_askers_free(struct nw_askers *a);

/*
 * asker asked k->resolver at k->sent_ns. Where it asked for others itself, they are who asks.
 * Returns how many questions were forgotten before their time to make room.
 */
unsigned nw_askers_ask(struct nw_askers *a, const struct nw_ask_key *k,
		       const struct nw_proc_id *asker);
/* It has its answer. */
void nw_askers_answered(struct nw_askers *a, const struct nw_ask_key *k,
			const struct nw_proc_id *asker);
/* The answer to k leads on to another name, for which the resolver may ask next. */
unsigned nw_askers_follow(struct nw_askers *a, const struct nw_ask_key *k, const char *name);
/* For whom k was asked, each process once, who asked first in front; at most NW_ASKERS_MAX of all. */
unsigned nw_askers_of(const struct nw_askers *a, const struct nw_ask_key *k,
		      const struct nw_ask *ret[NW_ASKERS_MAX], struct nw_asker *ret_all);

/* A question of somebody else's, or (asker NULL) the resolver's own, went out through a socket. */
void nw_askers_sent(struct nw_askers *a, uint64_t cookie, const struct nw_asker *asker,
		    uint64_t now_ns);
/* For whom the socket's last such question was, unless it mostly asks for nobody. */
bool nw_askers_of_socket(const struct nw_askers *a, uint64_t cookie, struct nw_asker *ret);
/* Whom others of this host asked names, at last at *ret_ns: by whom. */
bool nw_askers_of_resolver(const struct nw_askers *a, const struct nw_proc_id *resolver,
			   struct nw_asker *ret, uint64_t *ret_ns);
uint32_t nw_askers_used(const struct nw_askers *a);
