/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a flow goes, for indicators: whose destination it is, in groups that hold still while
 * addresses rotate, and whether anybody declared it. Pure questions to state.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "output.h"
#include "state/state.h"
#include "util/text.h"

#define NW_DEST_MAX 96 /* bytes of a group's name, with NUL; of a longer one the end is kept */

/*
 * Whose a name is: its last two labels; the last three where the top level is a country's and the
 * second is one of the words under which countries register (co, com, org ...). Without a list of
 * public suffixes who rents names below one of his own counts as one. Points into name.
 */
const char *nw_domain_base(const char *name);

/* A label that is "dns" or "doh", a number behind it or none: as resolvers are called. */
bool nw_dest_is_called_resolver(const char *name);

/* "example.org" by the name that was asked for, else "AS64500", else "203.0.113.0/24", "2001:db8:1::/48" */
void nw_dest_group(const struct nw_state *st, const struct nw_flow *f, char ret[NW_DEST_MAX]);
/* The name as it was asked for, else the address. */
void nw_dest_exact(const struct nw_flow *f, char ret[NW_DEST_MAX]);

/* What kind of service the catalogue has the far end for ("cloud", "resolver"), or NULL. */
const char *nw_dest_service(const struct nw_state *st, const struct nw_flow *f);

/*
 * A flow of TCP or UDP that this end began, to an outside that is no camera, and that the site has
 * not declared: not in `allowed`, no resolver, no clock.
 */
bool nw_dest_is_undeclared(const struct nw_state *st, const struct nw_flow *f);
/* The same but for who began and by which protocol. */
bool nw_dest_is_foreign(const struct nw_state *st, const struct nw_flow *f);

/* It carries questions that others put to a resolver of this host: no contact of the resolver's own.
 * Who is merely connected to its owner does not make it one. */
bool nw_dest_is_passed_on(const struct nw_state *st, const struct nw_flow *f);

/* Is its far end in `resolvers` or `ntp`? */
bool nw_dest_is_declared_service(const struct nw_state *st, const struct nw_flow *f);
/* Nothing but the time went over it: 48 bytes there and 48 back, at one for one, as NTP without
 * extensions has them. */
bool nw_dest_is_time(const struct nw_flow *f);

struct nw_case;
/* The case is about this flow now. */
void nw_dest_subject(struct nw_case *k, const struct nw_flow *f);
/* As nw_case_fill(), with the flow that ends with this event, too. */
void nw_dest_fill(const struct nw_case *k, const struct nw_state *st, struct nw_finding *f);

/* Who a flow's traffic is put down to: the owner, else who is seen sending; NULL = nobody known. */
static inline const struct nw_proc *nw_dest_proc(const struct nw_flow *f)
{
	return f->owner ? f->owner : f->sender;
}
