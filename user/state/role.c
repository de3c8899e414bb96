/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who did what with a socket: created, connected, accepted it, sent, received, held it open. What
 * was seen is kept with the flow, a few processes of it; the rest is assumed of the owner when it is
 * asked for, and says so. Nobody sees accept(): the first process that had the socket did it.
 */
#include <netinet/in.h>
#include <string.h>

#include "internal.h"

#define NW_ROLE_HAD (NW_ROLE_SENT | NW_ROLE_RECEIVED | NW_ROLE_HOLDS)

void nw_role_add(struct nw_state *st, struct nw_flow *f, const struct nw_proc_id *id, uint8_t bits)
{
	struct nw_proc *proc = nw_proc_get(st, id);

	if (!proc) {
		return;
	}
	for (unsigned i = 0; i < f->roles; i++) {
		if (f->role[i].proc == proc) {
			f->role[i].bits |= bits;
			return;
		}
	}
	if (f->roles == NW_ROLES_MAX) {
		f->roles_missed += f->roles_missed < UINT8_MAX;
		return;
	}
	f->role[f->roles++] = (struct nw_role){ .proc = nw_proc_ref(proc), .bits = bits };
}

void nw_roles_release(struct nw_state *st, struct nw_flow *f)
{
	for (unsigned i = 0; i < f->roles; i++) {
		nw_proc_unref(st, f->role[i].proc);
	}
	f->roles = 0;
}

/* ---- reading -------------------------------------------------------------------------------- */

/* What somebody must have done. */
static uint8_t roles_needed(const struct nw_flow *f)
{
	uint8_t bits = f->flags & NW_SOCK_ACCEPTED ? NW_ROLE_ACCEPTED : NW_ROLE_CREATED;

	if (f->flags & NW_SOCK_CONNECTED) {
		bits |= NW_ROLE_CONNECTED;
	}
	if (f->tx_packets > 0) {
		bits |= NW_ROLE_SENT;
	}
	if (f->rx_packets > 0) {
		bits |= NW_ROLE_RECEIVED;
	}
	return bits;
}

/* What a hook saw the owner do, or would have said that another did. */
static uint8_t roles_of_owner(const struct nw_flow *f, uint8_t others)
{
	const uint32_t vague =
		NW_SOCK_ACCEPTED | NW_SOCK_PRESTART | NW_SOCK_FOUND | NW_SOCK_GUESSED;
	uint8_t bits = 0;

	if (f->proto == IPPROTO_TCP && !(f->flags & vague)) {
		bits |= NW_ROLE_CREATED;
	}
	if ((f->flags & NW_SOCK_CONNECTED) && !(others & NW_ROLE_CONNECTED)) {
		bits |= NW_ROLE_CONNECTED;
	}
	if (f->flags & NW_SOCK_OWNER_READ) {
		bits |= NW_ROLE_RECEIVED;
	}
	return bits;
}

static unsigned add_assumed(struct nw_role *ret, unsigned n, struct nw_proc *proc, uint8_t bits)
{
	if (proc && bits) {
		ret[n++] = (struct nw_role){ .proc = proc, .bits = bits, .is_assumed = true };
	}
	return n;
}

unsigned nw_flow_roles(const struct nw_flow *f, struct nw_role ret[NW_FLOW_ROLES_MAX])
{
	struct nw_role owner = { .proc = f->owner };
	struct nw_proc *accepted = NULL;
	uint8_t others = 0;
	uint8_t left;
	unsigned n = 1;

	for (unsigned i = 0; i < f->roles; i++) {
		if (f->role[i].proc == f->owner) {
			owner.bits |= f->role[i].bits;
			continue;
		}
		others |= f->role[i].bits;
		if (!accepted && (f->role[i].bits & NW_ROLE_HAD)) {
			accepted = f->role[i].proc;
		}
		ret[n++] = f->role[i];
	}
	if (n == 1) {
		return 0;
	}
	if (f->owner) {
		owner.bits |= roles_of_owner(f, others);
	}
	if (!accepted || (owner.bits & NW_ROLE_HAD)) {
		accepted = f->owner;
	}
	ret[0] = owner;
	if (!owner.bits) {
		memmove(ret, ret + 1, --n * sizeof(*ret));
	}
	left = roles_needed(f) & (uint8_t) ~(owner.bits | others);
	n = add_assumed(ret, n, accepted, left & NW_ROLE_ACCEPTED);
	return add_assumed(ret, n, f->owner, left & (uint8_t)~NW_ROLE_ACCEPTED);
}
