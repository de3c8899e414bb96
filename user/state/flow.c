/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flows: what one socket moved to and from one peer. Owns the table. The kernel tells totals; what
 * a record tells is the difference to what earlier records told, so a plain sum over any range of
 * records is right, and a bin and a close that overlap count nothing twice.
 * A datagram flow that was silent for IDLE_NS ends; should it speak again, its next event says what
 * it had carried by its last measure, and it begins there as a new flow.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "community_id.h"
#include "internal.h"
#include "util/text.h"

#define IDLE_NS	     (60 * NW_NSEC_PER_SEC)
#define SWEEP_A_TICK 256
#define PORT_DNS     53

uint32_t nw_flow_hash(const struct nw_state *st, uint64_t cookie)
{
	return (uint32_t)nw_hash_mix(st->flow_lru.seed, cookie);
}

static uint32_t index_of(const struct nw_state *st, const struct nw_flow *f)
{
	return (uint32_t)(f - st->flows);
}

int nw_flows_init(struct nw_state *st, uint32_t capacity)
{
	int r = nw_lru_init(&st->flow_lru, capacity);

	r = r < 0 ? r : nw_pairs_init(&st->pairs, capacity);
	if (r < 0) {
		return r;
	}
	st->flows = calloc(capacity, sizeof(*st->flows));
	st->flow_due = calloc(capacity, sizeof(*st->flow_due));
	st->flow_ended = calloc(capacity, sizeof(*st->flow_ended));
	return st->flows && st->flow_due && st->flow_ended ? 0 : -ENOMEM;
}

struct nw_flow *nw_flow_find(const struct nw_state *st, uint64_t cookie, uint32_t slot)
{
	uint32_t h = nw_flow_hash(st, cookie);

	for (uint32_t i = nw_lru_first(&st->flow_lru, h); i != NW_LRU_NONE;
	     i = nw_lru_next(&st->flow_lru, i)) {
		const struct nw_flow *f = &st->flows[i];

		if (f->cookie == cookie && f->slot == slot && !f->end_ns) {
			return &st->flows[i];
		}
	}
	return NULL;
}

/* ---- telling -------------------------------------------------------------------------------- */

static bool is_untold(const struct nw_flow *f)
{
	return f->tx_bytes != f->told_tx_bytes || f->rx_bytes != f->told_rx_bytes ||
	       f->tx_packets != f->told_tx_packets || f->rx_packets != f->told_rx_packets;
}

/* Heads are put together for a while: what they say may come behind a flow's last bytes. */
static bool is_news(const struct nw_flow *f)
{
	return is_untold(f) || nw_said_size(f->said) != f->told_said;
}

static void set_name(const struct nw_state *st, struct nw_flow *f)
{
	const char *name =
		nw_names_of(st->names, f->raddr, f->owner ? &f->owner->id : NULL, f->first_ns);

	if (name) {
		size_t len = strnlen(name, sizeof(f->name) - 1);

		memcpy(f->name, name, len);
		f->name[len] = '\0';
	}
}

/* On which side of the fence the peer stands: as the interface says, also when that is gone. */
static void set_reach(struct nw_state *st, struct nw_flow *f)
{
	f->iface = nw_iface_find(st, f->netns, f->ifindex);
	f->iface_generation = st->ifaces.generation;
	if (f->iface) {
		f->is_tunnelled = f->iface->is_tunnel &&
				  !(f->netns == st->host_netns &&
				    nw_config_trusts_tunnel(st->config, f->iface->name));
	}
	f->is_local_inside = nw_config_is_inside(st->config, f->laddr);
	f->is_inside = nw_config_is_inside(st->config, f->raddr) && !f->is_tunnelled;
}

/* :: or 0.0.0.0: whoever found no slot, or a socket that is bound to no address. */
static bool is_any(const uint8_t addr[16])
{
	static const uint8_t none[16];

	return memcmp(addr, none, 10) == 0 && memcmp(addr + 12, none, 4) == 0 &&
	       (addr[10] == addr[11]) && (addr[10] == 0 || addr[10] == 0xff);
}

bool nw_flow_stays_here(const struct nw_flow *f)
{
	if (f->peer || (f->flags & NW_SOCK_LOOPBACK)) {
		return true;
	}
	return f->family < NW_FAMILY_OTHER &&
	       ((memcmp(f->laddr, f->raddr, sizeof(f->laddr)) == 0 && !is_any(f->raddr)) ||
		(nw_addr_is_v4(f->raddr) && f->raddr[12] == 127));
}

/* A chain may lead to it. The host's own resolver is asked all the time, and is behind everybody. */
static bool is_worth_a_scan(const struct nw_flow *f)
{
	if (!f->is_inside) {
		return true;
	}
	if (f->rport == PORT_DNS || f->lport == PORT_DNS) {
		return false;
	}
	return nw_flow_stays_here(f);
}

static void tell(struct nw_state *st, struct nw_flow *f, enum nw_action action)
{
	if (f->iface_generation != st->ifaces.generation) {
		set_reach(st, f);
	}
	if (f->told_count == 0) {
		set_name(st, f);
		if (f->family < NW_FAMILY_OTHER) {
			(void)nw_community_id(f, f->community_id);
		}
		st->wants_scan = st->wants_scan || is_worth_a_scan(f);
	}
	nw_chain_update(st, f);
	nw_state_tell(
		st, (struct nw_output){ .dataset = NW_DATASET_FLOW, .action = action, .flow = f });
	f->told_said = nw_said_size(f->said);
	f->told_tx_bytes = f->tx_bytes;
	f->told_rx_bytes = f->rx_bytes;
	f->told_tx_packets = f->tx_packets;
	f->told_rx_packets = f->rx_packets;
	f->told_ns = st->now_ns;
	f->told_count++;
	st->flow_due[index_of(st, f)] = 0;
}

/* ---- birth and death ------------------------------------------------------------------------ */

static void release(struct nw_state *st, uint32_t i)
{
	struct nw_flow *f = &st->flows[i];

	nw_holds_on_flow_end(st, f);
	nw_pair_part(st, f);
	nw_proc_unref(st, f->owner);
	nw_proc_unref(st, f->sender);
	nw_roles_release(st, f);
	nw_chain_release(st, f);
	nw_cameras_on_flow_end(st, f);
	st->flow_due[i] = 0;
	f->owner = NULL;
	f->sender = NULL;
	f->said = NULL;
	f->is_used = false;
	nw_lru_remove(&st->flow_lru, i);
}

/* Told before it goes, so nothing it carried is lost; only what it will carry is told anew. */
static bool evict(struct nw_state *st)
{
	uint32_t i = st->flow_lru.oldest;
	struct nw_flow *f;

	while (i != NW_LRU_NONE && st->flows[i].end_ns) {
		i = st->flow_lru.link[i].newer; /* ended now, to be forgotten with this event */
	}
	if (i == NW_LRU_NONE) {
		return false;
	}
	f = &st->flows[i];
	if (is_news(f)) {
		tell(st, f, NW_ACTION_UPDATE);
	}
	if (f->told_count) {
		nw_state_lose(st, NW_LOSS_FLOW_EVICTED);
	}
	release(st, i);
	return true;
}

static void set_ends(struct nw_flow *f, const struct nw_ev_sock *e)
{
	memcpy(f->laddr, e->laddr, sizeof(f->laddr));
	memcpy(f->raddr, e->raddr, sizeof(f->raddr));
	f->lport = ntohs(e->lport_be);
	f->rport = ntohs(e->rport_be);
	f->family = e->family;
}

/* A socket of another family has none, and needs none. */
static bool has_ends(const struct nw_flow *f)
{
	static const uint8_t none[16];

	return f->family >= NW_FAMILY_OTHER ||
	       (f->family != 0 && memcmp(f->raddr, none, sizeof(none)) != 0);
}

static struct nw_flow *add(struct nw_state *st, const struct nw_ev_sock *e)
{
	uint32_t h = nw_flow_hash(st, e->cookie);
	uint32_t i = nw_lru_add(&st->flow_lru, h);
	struct nw_flow *f;

	if (i == NW_LRU_NONE && evict(st)) {
		i = nw_lru_add(&st->flow_lru, h);
	}
	if (i == NW_LRU_NONE) {
		nw_state_lose(st, NW_LOSS_FLOW_EVICTED);
		return NULL;
	}
	st->births++;
	f = &st->flows[i];
	*f = (struct nw_flow){
		.is_used = true,
		.cookie = e->cookie,
		.slot = e->slot,
		.proto = e->proto,
		.birth_ns = e->birth_ns,
		.first_ns = e->birth_ns ? e->birth_ns : e->ev.ts_ns,
	};
	st->flow_due[i] = 0;
	nw_saids_on_flow(st, f);
	if (e->t0_ns) { /* it was measured before: told then, by a flow that is forgotten */
		f->told_tx_bytes = e->t0_tx_bytes;
		f->told_rx_bytes = e->t0_rx_bytes;
		f->first_ns = e->t0_ns;
	} else if (e->flags & NW_SOCK_PRESTART) {
		f->told_tx_bytes = e->tx_bytes;
		f->told_rx_bytes = e->rx_bytes;
		f->first_ns = e->ev.ts_ns;
	}
	if (e->t0_ns || (e->flags & NW_SOCK_PRESTART)) {
		f->told_tx_packets = e->tx_packets;
		f->told_rx_packets = e->rx_packets;
	}
	f->tx_bytes = f->told_tx_bytes;
	f->rx_bytes = f->told_rx_bytes;
	f->tx_packets = f->told_tx_packets;
	f->rx_packets = f->told_rx_packets;
	return f;
}

static void set_owner(struct nw_state *st, struct nw_flow *f, const struct nw_ev_sock *e)
{
	struct nw_proc *sender;

	if (!f->owner && e->owner.tgid) {
		f->owner = nw_proc_ref(nw_proc_get(st, &e->owner));
	}
	if (!e->sender.tgid || e->ev.what == NW_SOCK_ROLE) {
		return;
	}
	nw_role_add(st, f, &e->sender, NW_ROLE_SENT);
	sender = nw_proc_get(st, &e->sender);
	if (sender && sender != f->owner && sender != f->sender) {
		nw_proc_unref(st, f->sender);
		f->sender = nw_proc_ref(sender);
	}
}

/* Totals only grow; one that was read while the kernel was between two counters heals itself. */
static void set_counts(struct nw_state *st, struct nw_flow *f, const struct nw_ev_sock *e)
{
	const struct nw_flow_counts was = { f->tx_bytes, f->rx_bytes, f->tx_packets,
					    f->rx_packets };
	bool is_reborn = nw_moved_entry(f, e);

	f->tx_bytes = NW_MAX(f->gone_tx_bytes + e->tx_bytes, f->told_tx_bytes);
	f->rx_bytes = NW_MAX(f->gone_rx_bytes + e->rx_bytes, f->told_rx_bytes);
	f->tx_packets = NW_MAX(f->gone_tx_packets + e->tx_packets, f->told_tx_packets);
	f->rx_packets = NW_MAX(f->gone_rx_packets + e->rx_packets, f->told_rx_packets);
	nw_moved_set(st, f, &was, e);
	st->moved.is_reborn = is_reborn;
	nw_rates_update(f, &was, e->ev.ts_ns);
	nw_readers_on_flow(st, f, f->rx_bytes - was.rx_bytes,
			   e->ev.ts_ns -
				   NW_MIN(e->ev.ts_ns, f->last_ns ? f->last_ns : f->first_ns));
	nw_cameras_on_bytes(st, f, f->tx_bytes - was.tx_bytes, f->rx_bytes - was.rx_bytes);
	f->unacked = e->unacked;
	f->unsent = e->unsent;
	f->drops = NW_MAX(f->drops, e->drops);
	f->last_ns = e->ev.ts_ns;
	nw_balance_on_flow(st, f, &was);
}

static void update(struct nw_state *st, struct nw_flow *f, const struct nw_ev_sock *e)
{
	bool is_new = !has_ends(f);
	bool had_owner = f->owner;
	bool is_moved =
		(e->netns && e->netns != f->netns) || (e->ifindex && e->ifindex != f->ifindex);

	f->flags |= e->flags & ~(uint32_t)NW_SOCK_LISTENER;
	if (e->owner.tgid) {
		f->flags &= ~(uint32_t)NW_SOCK_NO_OWNER | (e->flags & NW_SOCK_NO_OWNER);
	}
	if (e->netns) {
		f->netns = e->netns;
	}
	f->ifindex = e->ifindex ? e->ifindex : f->ifindex;
	if (e->uid || !f->uid) {
		f->uid = e->uid;
	}
	set_owner(st, f, e);
	if (e->ev.what == NW_SOCK_ROLE) {
		nw_role_add(st, f, &e->sender, e->state & NW_ROLE_ALL);
	}
	if (e->ev.what == NW_SOCK_OPEN || e->ev.what == NW_SOCK_ROLE) {
		return;
	}
	if (is_new) {
		set_ends(f, e);
		nw_flow_set_initiator(st, f);
		set_name(st, f); /* indicators may see it before it is told */
		nw_balance_on_turn(st, f);
	}
	if (is_new || is_moved) {
		f->is_tunnelled = false;
		set_reach(st, f);
	}
	if (is_new || (f->owner && !had_owner)) {
		nw_pair_join(st, f);
	}
	set_counts(st, f, e);
	nw_cameras_on_flow(st, f);
}

static void end(struct nw_state *st, struct nw_flow *f)
{
	f->end_ns = st->now_ns;
	nw_balance_on_turn(st, f);
	if (has_ends(f) || f->slot == NW_SLOT_OTHER) {
		tell(st, f, NW_ACTION_END);
	}
	st->flow_ended[st->flow_ended_count++] = index_of(st, f);
}

/* Every flow of a socket that is gone. */
static void end_all(struct nw_state *st, const struct nw_ev_sock *e)
{
	uint32_t h = nw_flow_hash(st, e->cookie);

	for (uint32_t i = nw_lru_first(&st->flow_lru, h); i != NW_LRU_NONE;
	     i = nw_lru_next(&st->flow_lru, i)) {
		struct nw_flow *f = &st->flows[i];

		if (f->cookie == e->cookie && !f->end_ns) {
			end(st, f);
		}
	}
}

static bool is_stranger(const struct nw_state *st, const struct nw_ev_sock *e)
{
	return st->is_narrow && !e->owner.tgid && e->family < NW_FAMILY_OTHER &&
	       !(e->flags & (NW_SOCK_NO_OWNER | NW_SOCK_ACCEPTED | NW_SOCK_CONNECTED));
}

static bool is_worth_telling(const struct nw_flow *f, const struct nw_ev_sock *e)
{
	/* what comes with a socket's release is told by its end, which follows at once */
	return e->ev.what == NW_SOCK_BIN && e->ev.hook != NW_HOOK_SOCK_RELEASE &&
	       f->told_count == 0 && is_untold(f);
}

void nw_flows_on_role(struct nw_state *st, uint64_t cookie, const struct nw_proc_id *id,
		      uint8_t bits)
{
	uint32_t h = nw_flow_hash(st, cookie);

	for (uint32_t i = nw_lru_first(&st->flow_lru, h); i != NW_LRU_NONE;
	     i = nw_lru_next(&st->flow_lru, i)) {
		if (st->flows[i].cookie == cookie && !st->flows[i].end_ns) {
			nw_role_add(st, &st->flows[i], id, bits);
		}
	}
}

/* A role says nothing of what the socket carried: where that began is not known from it. */
static bool is_unfit_to_begin(const struct nw_ev_sock *e)
{
	return e->ev.what == NW_SOCK_ROLE && (e->t0_ns || (e->flags & NW_SOCK_PRESTART));
}

void nw_flows_on_event(struct nw_state *st, const struct nw_ev_sock *e)
{
	struct nw_ev_sock settled;
	struct nw_flow *f;

	if (e->ev.what == NW_SOCK_CLOSE && e->slot == NW_SLOT_ALL) {
		end_all(st, e);
		return;
	}
	if (e->ev.what == NW_SOCK_ROLE && e->slot == NW_SLOT_ALL) {
		nw_flows_on_role(st, e->cookie, &e->sender, e->state & NW_ROLE_ALL);
		return;
	}
	f = nw_flow_find(st, e->cookie, e->slot);
	if (!f && (is_stranger(st, e) || is_unfit_to_begin(e))) {
		return;
	}
	if (!f) {
		f = add(st, e);
	} else {
		nw_lru_touch(&st->flow_lru, index_of(st, f));
	}
	if (!f) {
		return;
	}
	e = nw_flow_settle(f, e, &settled);
	update(st, f, e);
	if (f->peer) {
		nw_holds_on_flow(st, f);
	}
	nw_chain_on_measure(st, f);
	if (e->ev.what == NW_SOCK_CLOSE) {
		f->end_state = e->state;
		end(st, f);
	} else if (is_worth_telling(f, e)) {
		tell(st, f, NW_ACTION_START);
	} else if (is_untold(f) && !st->flow_due[index_of(st, f)]) {
		st->flow_due[index_of(st, f)] =
			NW_MAX(f->told_ns + st->flow_interval_ns, st->now_ns);
	}
}

void nw_flow_forget(struct nw_state *st, uint64_t cookie)
{
	struct nw_flow *f = nw_flow_find(st, cookie, NW_SLOT_NONE);

	if (f) {
		release(st, index_of(st, f));
	}
}

/* Of what has no Internet socket the kernel side tells the end. */
static bool is_idle(const struct nw_state *st, const struct nw_flow *f)
{
	return !(f->flags & NW_SOCK_FORWARDED) && f->family < NW_FAMILY_OTHER &&
	       f->proto != IPPROTO_TCP && !f->end_ns && f->last_ns &&
	       st->now_ns > f->last_ns + IDLE_NS;
}

void nw_flows_on_tick(struct nw_state *st)
{
	for (uint32_t i = 0; i < st->flow_lru.fresh; i++) {
		if (st->flow_due[i] && st->flow_due[i] <= st->now_ns) {
			tell(st, &st->flows[i], NW_ACTION_UPDATE);
		}
	}
	for (unsigned n = 0; n < SWEEP_A_TICK && st->flow_lru.fresh > 0; n++) {
		uint32_t i = st->flow_sweep++ % st->flow_lru.fresh;

		if (st->flows[i].is_used && is_idle(st, &st->flows[i])) {
			end(st, &st->flows[i]);
		}
	}
}

void nw_flows_on_end(struct nw_state *st)
{
	for (uint32_t i = 0; i < st->flow_lru.fresh; i++) {
		if (st->flows[i].is_used && !st->flows[i].end_ns && is_news(&st->flows[i])) {
			tell(st, &st->flows[i], NW_ACTION_UPDATE);
		}
	}
}

void nw_flows_settle(struct nw_state *st)
{
	for (uint32_t n = 0; n < st->flow_ended_count; n++) {
		release(st, st->flow_ended[n]);
	}
	st->flow_ended_count = 0;
}
