/* SPDX-License-Identifier: Apache-2.0 */
/* What one record of a flow adds to its view: who, how much, and whose live picture it can be. Owns
 * nothing. */
#include <stdio.h>
#include <string.h>

#include "event.h"
#include "state/policy.h"
#include "util/text.h"
#include "view.h"

#define AT_ONCE_NS (2 * NW_NSEC_PER_SEC) /* a busy host's ledger comes by once a second */

bool nw_view_has_camera(const struct nw_view *v, const uint8_t addr[16])
{
	for (unsigned i = 0; i < v->cameras; i++) {
		if (memcmp(v->camera[i], addr, 16) == 0) {
			return true;
		}
	}
	return false;
}

bool nw_view_add_camera(struct nw_view *v, const uint8_t addr[16])
{
	if (nw_view_has_camera(v, addr)) {
		return true;
	}
	if (v->cameras == NW_LINEAGE_MAX) {
		return false;
	}
	memcpy(v->camera[v->cameras++], addr, 16);
	return true;
}

static void add_place(struct nw_view *v, const struct nw_state *st, const struct nw_flow *f)
{
	const struct nw_place *place = f->is_inside ? NULL : nw_place_find(st, f->raddr);
	char organisation[40] = "";

	if (place) {
		(void)nw_text_escape(organisation, sizeof(organisation), place->organisation,
				     strlen(place->organisation));
		(void)snprintf(v->place, sizeof(v->place), ", %s AS%u %s", place->country,
			       place->asn, organisation);
	}
	if (f->name[0]) {
		memcpy(v->name, f->name, sizeof(v->name));
	}
}

/* "motion > nginx": from who reads to who sends. */
static void add_chain(struct nw_view *v, const struct nw_chain *chain)
{
	size_t n = 0;

	for (unsigned i = chain->len; i-- > 0;) {
		n += (size_t)snprintf(v->chain + n, NW_VIEW_CHAIN - n, "%s%s",
				      chain->link[i].proc->name, i ? " > " : "");
	}
}

/* What is passed on begins when it is asked for, and stops when that does: a play-back that is as long as
 * a live picture by chance did not. */
static bool is_at_once(const struct nw_flow *f, const struct nw_flow *in)
{
	uint64_t gap = NW_MAX(f->last_ns, in->last_ns) - NW_MIN(f->last_ns, in->last_ns);

	return in->first_ns + AT_ONCE_NS >= f->first_ns && gap <= AT_ONCE_NS;
}

static bool is_what_came(const struct nw_flow *f, const struct nw_flow *in)
{
	return is_at_once(f, in) && nw_view_is_like(f->tx_bytes, in->rx_bytes);
}

/* Who sends is first; behind the last: it is not in the chain. */
static unsigned place_of(const struct nw_chain *chain, const struct nw_proc *p)
{
	unsigned i = 0;

	while (i < chain->len && chain->link[i].proc != p) {
		i++;
	}
	return i;
}

static uint64_t apart(const struct nw_flow *f, const struct nw_flow *in)
{
	return NW_MAX(f->first_ns, in->first_ns) - NW_MIN(f->first_ns, in->first_ns);
}

/*
 * What came by one connection goes on by one: of several it is the one for which it was asked for, which began
 * within milliseconds of it. Small ones beside it, a page or its styles, are not meant.
 */
static bool is_anothers(const struct nw_state *st, const struct nw_flow *f,
			const struct nw_flow *in)
{
	const struct nw_flow *other = NULL;

	while ((other = nw_flow_next(st, other))) {
		if (other != f && !other->peer &&
		    (other->owner == f->owner || other->owner == in->owner) &&
		    other->tx_bytes >= in->rx_bytes / 2 && is_at_once(other, in) &&
		    apart(other, in) < apart(f, in)) {
			return true;
		}
	}
	return false;
}

/* A chain says who could; as many bytes, of the camera's flow or of the one on loopback, that it was.
 * chain: NULL where none is needed. */
static bool is_carried(const struct nw_state *st, const struct nw_flow *f,
		       const struct nw_lineage *l, const struct nw_chain *chain)
{
	const struct nw_flow *in = NULL;

	if (f->tx_bytes < NW_VIEW_PICTURE_BYTES) { /* two that just began are alike */
		return false;
	}
	if (l->len == 1 && is_what_came(f, l->from[0].ingest)) {
		return true;
	}
	while (chain && (in = nw_flow_next(st, in))) {
		if (in->peer && in->owner &&
		    place_of(chain, in->owner) < place_of(chain, in->peer) &&
		    place_of(chain, in->peer) < chain->len && is_what_came(f, in) &&
		    !is_anothers(st, f, in)) {
			return true;
		}
	}
	return false;
}

static void add_sums(struct nw_view *v, const struct nw_state *st, const struct nw_flow *f)
{
	char name[24] = "?";

	v->id = f->owner ? f->owner->id : (struct nw_proc_id){ 0 };
	memcpy(v->raddr, f->raddr, sizeof(v->raddr));
	v->port = f->is_outbound ? f->rport : f->lport;
	v->is_outbound = f->is_outbound;
	v->tx += f->tx_bytes - f->told_tx_bytes;
	v->rx += f->rx_bytes - f->told_rx_bytes;
	v->from_ns = v->from_ns ? v->from_ns : f->first_ns;
	v->to_ns = nw_state_now_ns(st);
	v->is_inside = f->is_inside;
	v->allowed = nw_policy_allowed(st, f);
	if (f->owner) {
		(void)nw_text_escape(name, sizeof(name), f->owner->name, strlen(f->owner->name));
		memcpy(v->comm, f->owner->name, sizeof(v->comm));
	}
	(void)snprintf(v->who, sizeof(v->who), "%s[%u]", name, v->id.tgid);
	add_place(v, st, f);
}

static void add_live(struct nw_view *v, const struct nw_state *st, const struct nw_flow *f)
{
	const struct nw_chain *chain;
	struct nw_lineage l;
	uint32_t missed;

	nw_lineage_of(st, f, &l);
	missed = l.missed;
	for (unsigned i = 0; i < l.len; i++) {
		missed += !nw_view_add_camera(v, l.from[i].camera->addr);
		v->basis = NW_MAX(v->basis, l.from[i].basis);
	}
	v->missed = NW_MAX(v->missed, missed); /* the same at each record, mostly */
	if (!l.len) {
		return;
	}
	chain = v->basis == NW_LINEAGE_CHAIN ? f->chain : NULL;
	if (chain) {
		add_chain(v, chain);
	}
	v->is_like |= is_carried(st, f, &l, chain);
}

void nw_view_on_end(struct nw_view *v, const struct nw_state *st, const struct nw_flow *f,
		    const struct nw_flow *in)
{
	if (!v->is_ingest && !v->is_like && is_what_came(f, in)) {
		add_live(v, st, f);
	}
}

void nw_view_add_flow(struct nw_view *v, const struct nw_state *st, const struct nw_flow *f)
{
	const struct nw_camera *own = nw_camera_of(st, f);

	add_sums(v, st, f);
	v->is_ingest = own;
	if (own) {
		(void)nw_view_add_camera(v, own->addr); /* of one flow there is one */
	} else {
		add_live(v, st, f);
	}
}
