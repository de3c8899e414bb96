/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an indicator keeps of a connection, and how processes are spoken to. Pure: from event and
 * state; nothing is remembered here.
 */
#include "contact.h"

#include <netinet/in.h>
#include <string.h>

#include "config.h"
#include "state/policy.h"

#define LOW_PORTS 1024 /* of root alone, unless the host was told otherwise */
#define INIT_PID  1

static bool is_loopback(const uint8_t addr[16])
{
	static const uint8_t mapped[13] = { [10] = 0xff, 0xff, 127 };
	static const uint8_t one[16] = { [15] = 1 };

	return memcmp(addr, mapped, sizeof(mapped)) == 0 || memcmp(addr, one, sizeof(one)) == 0;
}

struct nw_contact nw_contact_of_flow(const struct nw_flow *f)
{
	struct nw_contact r = {
		.cookie = f->cookie,
		.slot = f->slot,
		.birth_ns = f->birth_ns,
		.tx_bytes = f->tx_bytes,
		.rx_bytes = f->rx_bytes,
		.rport = f->rport,
		.lport = f->lport,
		.netns = f->netns,
		.proto = f->proto,
		.is_outbound = f->is_outbound,
		.is_inside = f->is_inside,
		.is_local = f->peer || is_loopback(f->raddr),
		.is_before = f->flags & NW_SOCK_PRESTART,
	};

	memcpy(r.raddr, f->raddr, sizeof(r.raddr));
	if (f->said && f->said->basis == NW_BASIS_CONTENT) {
		r.protocol = f->said->protocol;
	}
	return r;
}

struct nw_far_end nw_contact_far_end(const struct nw_contact *c)
{
	struct nw_far_end far = { .cookie = 0 };

	if (c) {
		far = (struct nw_far_end){ .cookie = c->cookie,
					   .slot = c->slot,
					   .port = c->rport,
					   .proto = c->proto,
					   .is_outbound = c->is_outbound };
		memcpy(far.addr, c->raddr, sizeof(far.addr));
	}
	return far;
}

struct nw_contact nw_contact_of_event(const struct nw_state *st, const struct nw_ev_sock *e)
{
	const struct nw_flow *f = nw_flow_find(st, e->cookie, e->slot);
	struct nw_contact r = {
		.cookie = e->cookie,
		.slot = e->slot,
		.birth_ns = e->birth_ns,
		.tx_bytes = e->tx_bytes,
		.rx_bytes = e->rx_bytes,
		.rport = ntohs(e->rport_be),
		.lport = ntohs(e->lport_be),
		.netns = e->netns,
		.proto = e->proto,
		.is_outbound = e->flags & (NW_SOCK_CONNECTED | NW_SOCK_TX_FIRST),
		.is_inside = nw_config_is_inside(nw_state_config(st), e->raddr),
		.is_local = is_loopback(e->raddr),
		.is_before = e->flags & NW_SOCK_PRESTART,
	};

	if (f) {
		return nw_contact_of_flow(f);
	}
	memcpy(r.raddr, e->raddr, sizeof(r.raddr));
	return r;
}

const char *nw_contact_where(const struct nw_contact *far)
{
	return far->is_local ? "this host" : far->is_inside ? "inside" : "outside";
}

bool nw_contact_is_expected(const struct nw_state *st, const struct nw_contact *far, bool is_direct)
{
	const struct nw_listener *l = nw_listener_find(st, far->netns, far->proto, far->lport);

	if (far->is_before || (l && l->is_found) ||
	    nw_policy_listener(st, far->proto, far->lport, far->raddr)) {
		return true;
	}
	if (!l || !l->owner) {
		return false;
	}
	return is_direct ? l->owner->id.tgid == INIT_PID
			 : l->owner->uid == 0 && far->lport < LOW_PORTS;
}

bool nw_stdio_is_tube(enum nw_stdio kind)
{
	return kind == NW_STDIO_PIPE || kind == NW_STDIO_SOCKET;
}

bool nw_proc_shares(const struct nw_proc *p, const struct nw_proc *q, unsigned i)
{
	return q && p->stdio_id[i] && p->stdio_id[i] == q->stdio_id[i] &&
	       p->stdio_dev[i] == q->stdio_dev[i] && nw_proc_stdio(p, i) == nw_proc_stdio(q, i);
}

enum nw_way_in nw_proc_way_in(const struct nw_state *st, const struct nw_proc *p)
{
	enum nw_stdio in = nw_proc_stdio(p, 0);

	if (in == NW_STDIO_INET) {
		return NW_WAY_IN_SOCKET;
	}
	if (nw_proc_shares(p, nw_proc_find(st, &p->parent_id), 0)) {
		return NW_WAY_IN_NONE;
	}
	if (in == NW_STDIO_PTY) {
		return NW_WAY_IN_TERMINAL;
	}
	return nw_stdio_is_tube(in) && nw_stdio_is_tube(nw_proc_stdio(p, 1)) ? NW_WAY_IN_PIPES
									     : NW_WAY_IN_NONE;
}
