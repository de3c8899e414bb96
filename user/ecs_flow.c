/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flows and listeners. The source is who began. What a record says moved is what moved since the
 * flow's previous record; totals stand beside it.
 */
#include <netinet/in.h>

#include "ecs_put.h"
#include "util/lru.h"

void nw_ecs_open_network(struct nw_ecs_line *l, uint16_t proto, bool is_v4)
{
	struct nw_json *j = &l->j;

	nw_json_open(j, "network");
	nw_json_str(j, "transport", nw_proto_name(proto));
	nw_json_u64_word(j, "iana_number", proto);
	if (is_v4) {
		NW_ECS_RAW(l, "\"type\":\"ipv4\",");
	} else {
		NW_ECS_RAW(l, "\"type\":\"ipv6\",");
	}
}

static bool has_ports(uint16_t proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_UDPLITE ||
	       proto == IPPROTO_SCTP;
}

/* ---- a flow's parts -------------------------------------------------------------------------- */

struct counts {
	uint64_t bytes, packets;
};

static struct counts sent(const struct nw_flow *f)
{
	return (struct counts){ f->tx_bytes - f->told_tx_bytes,
				f->tx_packets - f->told_tx_packets };
}

static struct counts received(const struct nw_flow *f)
{
	return (struct counts){ f->rx_bytes - f->told_rx_bytes,
				f->rx_packets - f->told_rx_packets };
}

static bool has_addr(const uint8_t addr[16])
{
	static const uint8_t none[16];

	return memcmp(addr, none, sizeof(none)) != 0;
}

/* What it is on the wire, whatever the socket is; a sum over many peers has no address of its own. */
static bool is_v4(const struct nw_flow *f)
{
	return has_addr(f->laddr) ? nw_addr_is_v4(f->laddr) : f->family == 4;
}

/* One end. A sum over peers that found no slot has no address; a name belongs to the peer. */
static void put_end(struct nw_ecs_line *l, const struct nw_flow *f, bool is_local,
		    const struct counts *c)
{
	const uint8_t *addr = is_local ? f->laddr : f->raddr;
	struct nw_json *j = &l->j;

	if (is_local == f->is_outbound) {
		nw_json_open(j, "source");
	} else {
		nw_json_open(j, "destination");
	}
	if (has_addr(addr)) {
		nw_json_ip(j, "ip", addr);
		if (has_ports(f->proto)) {
			nw_json_u64(j, "port", is_local ? f->lport : f->rport);
		}
	}
	if (!is_local) {
		nw_json_str(j, "domain", f->name);
	}
	if (!is_local || (f->flags & NW_SOCK_FORWARDED)) {
		nw_ecs_put_known(l, f, is_local);
	}
	if (c) {
		nw_json_u64(j, "bytes", c->bytes);
		nw_json_u64(j, "packets", c->packets);
	}
	nw_json_close(j);
}

/* ECS: what a host does is ingress or egress; who stands between others says which network is whose. */
static const char *direction(const struct nw_flow *f)
{
	bool is_source_inside = f->is_outbound ? f->is_local_inside : f->is_inside;
	bool is_destination_inside = f->is_outbound ? f->is_inside : f->is_local_inside;

	if (!(f->flags & NW_SOCK_FORWARDED)) {
		return f->is_outbound ? "egress" : "ingress";
	}
	if (is_source_inside) {
		return is_destination_inside ? "internal" : "outbound";
	}
	return is_destination_inside ? "inbound" : "external";
}

void nw_ecs_put_flow_ends(struct nw_ecs_line *l, const struct nw_flow *f, bool with_delta)
{
	struct counts tx = sent(f);
	struct counts rx = received(f);
	struct nw_json *j = &l->j;

	put_end(l, f, f->is_outbound, !with_delta ? NULL : f->is_outbound ? &tx : &rx);
	put_end(l, f, !f->is_outbound, !with_delta ? NULL : f->is_outbound ? &rx : &tx);
	if (f->family < NW_FAMILY_OTHER) {
		nw_ecs_open_network(l, f->proto, is_v4(f));
	} else {
		nw_json_open(j, "network");
	}
	if (f->said && f->said->protocol) {
		nw_json_word(j, "protocol", f->said->protocol);
	}
	nw_json_word(j, "direction", direction(f));
	nw_json_str(j, "community_id", f->community_id);
	if (with_delta) {
		nw_json_u64(j, "bytes", tx.bytes + rx.bytes);
		nw_json_u64(j, "packets", tx.packets + rx.packets);
	}
	nw_json_close(j);
}

void nw_ecs_put_far_end(struct nw_ecs_line *l, const struct nw_far_end *far,
			const struct nw_proc *p, uint64_t now_ns)
{
	struct nw_json *j = &l->j;

	if (!nw_far_end_has_addr(far)) {
		return;
	}
	if (far->is_outbound) {
		nw_json_open(j, "destination");
	} else {
		nw_json_open(j, "source");
	}
	nw_json_ip(j, "ip", far->addr);
	if (has_ports(far->proto) && far->port) {
		nw_json_u64(j, "port", far->port);
	}
	nw_json_str(j, "domain", nw_far_end_name(l->out->state, far, p, now_ns));
	nw_ecs_put_place(l, far->addr);
	nw_json_close(j);
	nw_ecs_open_network(l, far->proto, nw_addr_is_v4(far->addr));
	nw_json_word(j, "direction", far->is_outbound ? "egress" : "ingress");
	nw_json_close(j);
}

/* Stable over a flow's records, different for each flow of each host and boot. */
void nw_ecs_put_flow_id(struct nw_ecs_line *l, const struct nw_flow *f)
{
	uint64_t id = nw_hash_mix(l->ecs->boot_seed, f->cookie);

	id = nw_hash_mix(nw_hash_mix(id, f->slot), f->first_ns);
	nw_json_hex(&l->j, "id", nw_hash_mix(id, 0));
}

static void put_pair(struct nw_json *j, uint64_t bytes, uint64_t packets)
{
	nw_json_u64(j, "bytes", bytes);
	nw_json_u64(j, "packets", packets);
	nw_json_close(j);
}

void nw_ecs_put_flow_totals(struct nw_ecs_line *l, const struct nw_flow *f)
{
	const struct counts tx = { f->tx_bytes, f->tx_packets };
	const struct counts rx = { f->rx_bytes, f->rx_packets };
	const struct counts *source = f->is_outbound ? &tx : &rx;
	const struct counts *destination = f->is_outbound ? &rx : &tx;
	struct nw_json *j = &l->j;

	nw_json_open(j, "total");
	nw_json_open(j, "source");
	put_pair(j, source->bytes, source->packets);
	nw_json_open(j, "destination");
	put_pair(j, destination->bytes, destination->packets);
	nw_json_open(j, "network");
	put_pair(j, tx.bytes + rx.bytes, tx.packets + rx.packets);
	nw_json_close(j);
}

static void put_flow_numbers(struct nw_ecs_line *l, const struct nw_flow *f)
{
	struct nw_json *j = &l->j;

	nw_ecs_put_flow_totals(l, f);
	if (f->proto == IPPROTO_TCP && !(f->flags & NW_SOCK_FORWARDED)) {
		nw_json_u64(j, "unacked_bytes", f->unacked);
		nw_json_u64(j, "unsent_bytes", f->unsent);
	}
	if (f->missed_bytes) {
		nw_json_u64(j, "bytes_missed", f->missed_bytes);
	}
}

static void put_program(struct nw_ecs_line *l, const struct nw_proc *p)
{
	struct nw_json *j = &l->j;

	nw_ecs_put_proc_id(l, &p->id);
	nw_json_str(j, "name", p->name);
	nw_json_str(j, "executable", p->exe);
	nw_json_str(j, "unit", p->unit);
}

/* A process beside the owner. */
static void put_other(struct nw_ecs_line *l, const char *key, const struct nw_proc *p)
{
	if (p) {
		nw_json_open(&l->j, key);
		nw_ecs_put_kept(l, p, NW_ECS_OTHER, put_program);
		nw_json_close(&l->j);
	}
}

static void put_owner(struct nw_ecs_line *l, const struct nw_flow *f)
{
	if (f->flags & NW_SOCK_NO_OWNER) {
		NW_ECS_RAW(l, "\"owner\":\"none\",");
	} else if (!f->owner) {
		NW_ECS_RAW(l, "\"owner\":\"unknown\",");
	} else if (f->flags & NW_SOCK_GUESSED) {
		NW_ECS_RAW(l, "\"owner\":\"guessed\",");
	} else {
		NW_ECS_RAW(l, "\"owner\":\"exact\",");
	}
}

/* A word of ours, else the number. */
static void put_family(struct nw_json *j, uint8_t family)
{
	const char *name = nw_family_name(family);

	if (name) {
		nw_json_word(j, "family", name);
	} else {
		nw_json_u64_word(j, "family", family);
	}
}

static void put_socket(struct nw_ecs_line *l, const struct nw_flow *f)
{
	bool is_other = f->family >= NW_FAMILY_OTHER;
	struct nw_json *j = &l->j;

	nw_json_open(j, "socket");
	if (is_other) {
		put_family(j, (uint8_t)(f->family & ~NW_FAMILY_OTHER));
		nw_json_u64_word(j, "inode", f->cookie & ~NW_COOKIE_INODE);
	} else {
		nw_json_u64_word(j, "cookie", f->cookie);
	}
	if (f->netns) {
		nw_json_u64_word(j, "netns", f->netns);
	}
	nw_json_u64_word(j, "uid", f->uid);
	if (f->proto != IPPROTO_TCP && !is_other) {
		nw_json_u64(j, "drops", f->drops);
	}
	nw_json_close(j);
}

/* No socket of this host: only where it passed. */
static void put_forwarded(struct nw_ecs_line *l, const struct nw_flow *f)
{
	nw_json_bool(&l->j, "forwarded", true);
	nw_json_u64_word(&l->j, "netns", f->netns);
}

static void put_peer(struct nw_ecs_line *l, const struct nw_flow *f)
{
	struct nw_json *j = &l->j;

	nw_json_open(j, "peer");
	nw_json_bool(j, "inside", f->is_inside);
	if (f->slot == NW_SLOT_OTHER) {
		nw_json_bool(j, "many", true);
	}
	nw_ecs_put_device(l, f);
	nw_json_close(j);
}

static void put_own(struct nw_ecs_line *l, const struct nw_flow *f)
{
	static const char *const initiator[] = {
		[NW_INITIATOR_ASSUMED] = "assumed",
		[NW_INITIATOR_SYN] = "syn",
		[NW_INITIATOR_LISTENER] = "listener",
		[NW_INITIATOR_FIRST] = "first",
	};
	struct nw_json *j = &l->j;

	nw_json_open(j, "nvrwatch");
	nw_json_open(j, "flow");
	nw_ecs_put_flow_id(l, f);
	nw_json_u64(j, "record", f->told_count + 1ULL);
	if (f->told_ns) {
		nw_ecs_put_time(l, "previous", f->told_ns);
	}
	if (f->flags & NW_SOCK_PRESTART) {
		nw_json_bool(j, "prestart", true);
	}
	if (f->flags & NW_SOCK_LOOPBACK) {
		nw_json_bool(j, "loopback", true);
	}
	nw_json_close(j);
	if (f->initiator < NW_ARRAY_SIZE(initiator)) {
		nw_json_word(j, "initiator", initiator[f->initiator]);
	}
	if (f->family < NW_FAMILY_OTHER) {
		put_peer(l, f);
		nw_ecs_put_vendor(l, f);
		nw_ecs_put_names(l, f);
	}
	nw_json_open(j, "interface");
	nw_json_str(j, "kind", f->iface ? f->iface->kind : "unknown");
	nw_json_close(j);
	if (f->flags & NW_SOCK_FORWARDED) {
		put_forwarded(l, f);
	} else {
		put_owner(l, f);
		put_other(l, "sender", f->sender);
		put_other(l, "peer_process", f->peer);
		nw_ecs_put_roles(l, f);
		nw_ecs_put_chain(l, f->chain);
		nw_ecs_put_unit(l, f->owner);
	}
	if (nw_flow_is_self(l->out->state, f)) {
		nw_json_bool(j, "self", true);
	}
	if (f->said && f->said->protocol) {
		nw_json_word(j, "protocol_basis",
			     f->said->basis == NW_BASIS_CONTENT ? "content" : "port");
	}
	nw_ecs_put_said(l, f->said, true);
	put_flow_numbers(l, f);
	if (!(f->flags & NW_SOCK_FORWARDED)) {
		put_socket(l, f);
	}
	nw_json_close(j);
}

static void put_outcome(struct nw_json *j, const struct nw_flow *f)
{
	const char *reason = nw_flow_end_name(f);

	if (reason) {
		nw_json_word(j, "outcome", strcmp(reason, "closed") == 0 ? "success" : "failure");
		nw_json_word(j, "reason", reason);
	}
}

static void put_event(struct nw_ecs_line *l, const struct nw_flow *f)
{
	uint64_t end = f->end_ns ? f->end_ns : f->last_ns;

	NW_ECS_OPEN_EVENT(l, "\"kind\":\"event\",\"module\":\"nvrwatch\","
			     "\"dataset\":\"nvrwatch.flow\",\"category\":[\"network\"],");
	switch (l->out->action) {
	case NW_ACTION_START:
		NW_ECS_RAW(l, "\"type\":[\"connection\",\"start\"],\"action\":\"start\",");
		break;
	case NW_ACTION_END:
		NW_ECS_RAW(l, "\"type\":[\"connection\",\"end\"],\"action\":\"end\",");
		break;
	default:
		NW_ECS_RAW(l, "\"type\":[\"connection\",\"info\"],\"action\":\"update\",");
		break;
	}
	nw_ecs_put_time(l, "start", f->first_ns);
	nw_ecs_put_time(l, "end", end);
	nw_json_u64(&l->j, "duration", end > f->first_ns ? end - f->first_ns : 0);
	put_outcome(&l->j, f);
	nw_json_close(&l->j);
}

void nw_ecs_flow(struct nw_ecs_line *l)
{
	const struct nw_flow *f = l->out->flow;

	put_event(l, f);
	nw_ecs_put_process(l, f->owner);
	nw_ecs_put_flow_ends(l, f, true);
	nw_ecs_put_said(l, f->said, false);
	put_own(l, f);
}

void nw_ecs_put_flow_interface(struct nw_ecs_line *l, const struct nw_flow *f)
{
	struct nw_json *j = &l->j;

	if (!f->ifindex) {
		return;
	}
	nw_json_open(j, "egress");
	nw_json_open(j, "interface");
	nw_json_u64_word(j, "id", f->ifindex);
	nw_json_str(j, "name", f->iface ? f->iface->name : NULL);
	nw_json_close(j);
	nw_json_close(j);
}

/* ---- listeners ------------------------------------------------------------------------------- */

static void put_listener_event(struct nw_ecs_line *l, uint64_t first_ns, uint64_t end_ns)
{
	struct nw_json *j = &l->j;

	NW_ECS_OPEN_EVENT(l, "\"kind\":\"event\",\"module\":\"nvrwatch\","
			     "\"dataset\":\"nvrwatch.listener\",\"category\":[\"network\"],");
	if (l->out->action == NW_ACTION_END) {
		NW_ECS_RAW(l, "\"type\":[\"end\"],");
	} else if (l->out->action == NW_ACTION_START) {
		NW_ECS_RAW(l, "\"type\":[\"start\"],");
	} else {
		NW_ECS_RAW(l, "\"type\":[\"info\"],");
	}
	nw_json_word(j, "action", nw_action_name(l->out->action));
	nw_ecs_put_time(l, "start", first_ns);
	if (end_ns) {
		nw_ecs_put_time(l, "end", end_ns);
		nw_json_u64(j, "duration", end_ns > first_ns ? end_ns - first_ns : 0);
	}
	nw_json_close(j);
}

static void put_covert(struct nw_ecs_line *l, const struct nw_covert *c)
{
	struct nw_json *j = &l->j;

	put_listener_event(l, c->first_ns, c->end_ns);
	nw_ecs_put_process(l, c->owner);
	nw_json_open(j, "nvrwatch");
	nw_ecs_put_unit(l, c->owner);
	nw_json_open(j, "socket");
	put_family(j, c->family);
	nw_json_str(j, "type", nw_sock_type_name(c->type));
	nw_json_u64_word(j, "protocol", c->proto);
	nw_json_u64_word(j, "inode", c->inode);
	if (c->is_uncounted) {
		nw_json_bool(j, "uncounted", true);
	}
	nw_json_u64_word(j, "netns", c->netns);
	nw_json_u64_word(j, "uid", c->uid);
	nw_json_close(j);
	nw_json_close(j);
}

void nw_ecs_listener(struct nw_ecs_line *l)
{
	const struct nw_listener *s = l->out->listener;
	struct nw_json *j = &l->j;

	if (l->out->covert) {
		put_covert(l, l->out->covert);
		return;
	}
	put_listener_event(l, s->first_ns, s->end_ns);
	nw_ecs_put_process(l, s->owner);
	nw_json_open(j, "server");
	nw_json_ip(j, "ip", s->addr);
	nw_json_u64(j, "port", s->port);
	nw_json_close(j);
	nw_ecs_open_network(l, s->proto, nw_addr_is_v4(s->addr));
	nw_json_close(j);
	nw_json_open(j, "nvrwatch");
	nw_ecs_put_unit(l, s->owner);
	nw_json_open(j, "socket");
	nw_json_u64_word(j, "cookie", s->cookie);
	if (s->netns) {
		nw_json_u64_word(j, "netns", s->netns);
	}
	nw_json_close(j);
	nw_json_close(j);
}
