/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What DNS told processes of this host: which names stand behind an address, and each transaction
 * once. Time comes from the messages and from ticks.
 *
 * A client is who sends a query or gets a response, whatever the ports: its socket makes the
 * record. What a server's socket on this host sees makes one only when no client's socket here saw
 * the query. mDNS between its own ports is no transaction: nobody asked, or everybody.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "nw_event.h"
#include "output.h"
#include "state/given.h"
#include "state/name_text.h"
#include "util/macro.h"

#define NW_NAME_UNANSWERED_NS (5 * NW_NSEC_PER_SEC)
#define NW_NAME_TTL_MIN_NS    (60 * NW_NSEC_PER_SEC)
#define NW_NAME_TTL_MAX_NS    (86400 * NW_NSEC_PER_SEC)
/* Programs go on with an address for a while when its time to live is over. */
#define NW_NAME_GRACE_NS (300 * NW_NSEC_PER_SEC)

struct nw_names;

typedef void (*nw_names_fn)(void *ctx, const struct nw_dns_record *record);

NW_MUST_CHECK int nw_names_new(uint32_t capacity, struct nw_names **ret);
void nw_names_free(struct nw_names *names);

/*
 * True when a record is to be written: then *ret holds it, asker still NULL, and points into head,
 * dns and names until the next call. A response whose query was not seen is told with query_ns 0
 * and teaches no name: anybody can send one. So is the second response to one query, and one that
 * comes after its query was told as unanswered.
 */
bool nw_names_message(struct nw_names *names, const struct nw_ev_head *head,
		      const struct nw_dns *dns, struct nw_dns_record *ret);

/* Tells the queries that nobody answered, and forgets names whose time is over. */
void nw_names_tick(struct nw_names *names, uint64_t now_ns, nw_names_fn emit, void *ctx);

/*
 * The last name that asker, else that anybody here, asked for before now_ns and that gave addr:
 * lower case, valid until the next message. NULL: none, or its time (and grace) was over. An
 * address of the loopback is only what its own asker called it: block lists answer with it.
 */
const char *nw_names_of(const struct nw_names *names, const uint8_t addr[16],
			const struct nw_proc_id *asker, uint64_t now_ns);

struct nw_learned_name;
/* The same with who asked for it and when. */
const struct nw_learned_name *nw_names_behind(const struct nw_names *names, const uint8_t addr[16],
					      const struct nw_proc_id *asker, uint64_t now_ns);

/* Did that very process ask for the name, and last of all for this address? */
bool nw_names_is_own(const struct nw_names *names, const uint8_t addr[16],
		     const struct nw_proc_id *asker, const char *name);
/* All names that were given here, whoever asked. */
const struct nw_given *nw_names_given(const struct nw_names *names);

/* For whom resolvers of this host ask. */
const struct nw_askers *nw_names_askers(const struct nw_names *names);
/* For whom the client's message that was handled last is; count 0: for nobody else. */
const struct nw_asker *nw_names_asker(const struct nw_names *names);

/* Names in the table. */
uint32_t nw_names_used(const struct nw_names *names);
/* Names and queries that were forgotten before their time. */
uint64_t nw_names_evicted(const struct nw_names *names);
