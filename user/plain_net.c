/* SPDX-License-Identifier: Apache-2.0 */
/* Flows, listeners and DNS for people: the peer, which way, how much, and how it ended. */
#include <string.h>

#include "enrich/vendors.h"
#include "plain_put.h"
#include "state/flow_names.h"
#include "util/macro.h"
#include "util/text.h"

#define DNS_SHOWN 4

#define RIGHT "\xe2\x86\x92" /* U+2192 */
#define LEFT  "\xe2\x86\x90" /* U+2190 */
#define BOTH  "\xe2\x86\x94" /* U+2194 */

static void add_addr(struct nw_line *l, const uint8_t addr[16])
{
	char text[NW_ADDR_TEXT];

	nw_addr_text(text, addr);
	nw_line_add(l, text);
}

static void add_endpoint(struct nw_line *l, const uint8_t addr[16], uint16_t port)
{
	bool has_brackets = port && !nw_addr_is_v4(addr);

	nw_line_add(l, has_brackets ? "[" : "");
	add_addr(l, addr);
	nw_line_add(l, has_brackets ? "]" : "");
	if (port) {
		nw_line_add(l, ":");
		nw_line_u64(l, port);
	}
}

static void add_proto(struct nw_line *l, uint16_t proto)
{
	const char *name = nw_proto_name(proto);

	if (name) {
		nw_line_add(l, name);
		return;
	}
	nw_line_add(l, "ip/");
	nw_line_u64(l, proto);
}

static void add_family(struct nw_line *l, uint8_t family)
{
	const char *name = nw_family_name(family);

	if (name) {
		nw_line_add(l, name);
		return;
	}
	nw_line_add(l, "family/");
	nw_line_u64(l, family);
}

/* What an end calls the other one, where nobody asked for its name. */
static void add_said_name(struct nw_line *l, const struct nw_said *said)
{
	static const struct {
		enum nw_attr key;
		const char *front;
	} names[] = {
		{ NW_ATTR_TLS_SERVER_NAME, " (SNI " },
		{ NW_ATTR_URL_DOMAIN, " (Host " },
	};

	for (size_t i = 0; said && i < NW_ARRAY_SIZE(names); i++) {
		const char *name = nw_said_find(said, names[i].key);

		if (name) {
			nw_line_add(l, names[i].front);
			nw_plain_foreign(l, name, NW_PLAIN_DOMAIN);
			nw_line_add(l, ")");
			return;
		}
	}
}

/* ---- flows and listeners --------------------------------------------------------------------- */

static void add_name(struct nw_line *l, const char *name)
{
	nw_line_add(l, " (");
	nw_plain_foreign(l, name, NW_PLAIN_DOMAIN);
	nw_line_add(l, ")");
}

void nw_plain_far_end(struct nw_line *l, const struct nw_far_end *far, const char *name)
{
	nw_line_add(l, far->is_outbound ? RIGHT : LEFT);
	nw_line_add(l, " ");
	add_endpoint(l, far->addr, far->port);
	if (name) {
		add_name(l, name);
	}
}

void nw_plain_peer(struct nw_line *l, const struct nw_flow *f)
{
	const char *arrow = f->is_outbound ? RIGHT : LEFT;

	nw_line_add(l, f->initiator == NW_INITIATOR_ASSUMED ? BOTH : arrow);
	nw_line_add(l, " ");
	if (f->family >= NW_FAMILY_OTHER) {
		nw_line_add(l, "interface ");
		nw_line_u64(l, f->ifindex);
		return;
	}
	if (f->slot == NW_SLOT_OTHER) {
		nw_line_add(l, "more peers than can be told apart");
		return;
	}
	if (!f->is_inside) {
		nw_line_colour(l, NW_PLAIN_YELLOW);
	}
	add_endpoint(l, f->raddr, f->rport);
	nw_line_plain(l);
	if (f->name[0]) {
		add_name(l, f->name);
	} else {
		add_said_name(l, f->said);
	}
}

/* What stood when the connection was cut, and the sum over all its lines. */
static void put_flow_end(struct nw_line *l, const struct nw_flow *f)
{
	const char *how = nw_flow_end_name(f);
	bool is_bad = how && strcmp(how, "closed") != 0;

	if (is_bad) {
		nw_line_colour(l, NW_PLAIN_RED);
	}
	nw_line_add(l, how ? how : "ended");
	nw_line_plain(l);
	if (f->end_ns > f->first_ns) {
		nw_line_add(l, " after ");
		nw_plain_duration(l, f->end_ns - f->first_ns);
	}
	if (f->unacked || f->unsent) {
		nw_line_add(l, ", ");
		nw_plain_bytes(l, f->unacked);
		nw_line_add(l, " not acknowledged, ");
		nw_plain_bytes(l, f->unsent);
		nw_line_add(l, " not sent");
	}
	if (f->told_count > 0) {
		nw_line_add(l, ", in all sent ");
		nw_plain_bytes(l, f->tx_bytes);
		nw_line_add(l, " received ");
		nw_plain_bytes(l, f->rx_bytes);
	}
}

/* Whose data it can be, from the far end on; the sender itself stands in front. */
static void put_chain(struct nw_line *l, const struct nw_chain *c)
{
	const char *before = ", from ";

	for (unsigned i = c ? c->len : 1; i-- > 1;) {
		nw_line_add(l, before);
		nw_plain_process(l, c->link[i].proc);
		before = " " RIGHT " ";
	}
}

/* Who made the peer, where it is one that makes cameras. */
static void put_maker(struct nw_line *l, const struct nw_state *st, const struct nw_flow *f)
{
	const struct nw_neighbour *n = nw_neighbour_find(st, f->netns, f->ifindex, f->raddr);

	if (n && n->maker[0]) {
		nw_line_add(l, ", made by ");
		nw_plain_foreign(l, n->maker, NW_PLAIN_NAME);
	}
}

/* Whose service it is. */
static void put_vendor(struct nw_line *l, const struct nw_vendor *vendor)
{
	if (vendor) {
		nw_line_add(l, ", ");
		nw_line_add(l, vendor->name);
		nw_line_add(l, " ");
		nw_line_add(l, vendor->service);
	}
}

/* ", DE, AS132203 Shenzhen Tencent" */
static void put_place(struct nw_line *l, const struct nw_state *st, const struct nw_flow *f)
{
	const struct nw_place *place = nw_place_find(st, f->raddr);

	if (place && place->country[0]) {
		nw_line_add(l, ", ");
		nw_line_add(l, place->country);
	}
	if (place && place->asn) {
		nw_line_add(l, ", AS");
		nw_line_u64(l, place->asn);
		nw_line_add(l, place->organisation[0] ? " " : "");
		nw_plain_foreign(l, place->organisation, NW_PLAIN_OPERATOR);
	}
}

/* In place of a process. */
static const char *who(const struct nw_state *st, const struct nw_flow *f)
{
	if (nw_state_is_capture(st)) {
		return "capture";
	}
	if (f->flags & NW_SOCK_FORWARDED) {
		return "forwarded";
	}
	return f->flags & NW_SOCK_NO_OWNER ? "kernel" : "?";
}

void nw_plain_flow(const struct nw_plain *t, struct nw_line *l, const struct nw_output *out)
{
	const struct nw_flow *f = out->flow;
	enum nw_vendor_basis basis;

	nw_plain_front(t, l, f->owner, who(out->state, f));
	if (f->flags & NW_SOCK_FORWARDED) {
		add_endpoint(l, f->laddr, f->lport);
		nw_line_add(l, " ");
	}
	nw_plain_peer(l, f);
	nw_line_pad(l, NW_PLAIN_PROTO);
	if (f->said && f->said->protocol) {
		nw_line_add(l, f->said->protocol);
	} else if (f->family < NW_FAMILY_OTHER) {
		add_proto(l, f->proto);
	} else {
		add_family(l, (uint8_t)(f->family & ~NW_FAMILY_OTHER));
	}
	nw_line_pad(l, NW_PLAIN_SENT);
	nw_line_add(l, "sent ");
	nw_plain_bytes(l, f->tx_bytes - f->told_tx_bytes);
	nw_line_pad(l, NW_PLAIN_RECEIVED);
	nw_line_add(l, "received ");
	nw_plain_bytes(l, f->rx_bytes - f->told_rx_bytes);
	nw_line_pad(l, NW_PLAIN_STATE);
	if (out->action == NW_ACTION_END) {
		put_flow_end(l, f);
	} else {
		nw_line_add(l, "open");
	}
	if (f->sender) {
		nw_line_add(l, ", sent by ");
		nw_plain_process(l, f->sender);
	}
	put_chain(l, f->chain);
	nw_plain_speaks(l, out->state, f->owner);
	if (f->flags & NW_SOCK_GUESSED) {
		nw_line_add(l, ", owner guessed");
	}
	if (f->missed_bytes) {
		nw_line_add(l, ", missed ");
		nw_plain_bytes(l, f->missed_bytes);
	}
	put_maker(l, out->state, f);
	put_vendor(l, nw_vendor_of_flow(out->state, f, &basis));
	put_place(l, out->state, f);
}

static void put_covert(const struct nw_plain *t, struct nw_line *l, const struct nw_output *out)
{
	const struct nw_covert *c = out->covert;

	nw_plain_front(t, l, c->owner, "?");
	nw_line_colour(l, out->action == NW_ACTION_END ? NW_PLAIN_DIM : NW_PLAIN_YELLOW);
	nw_line_add(l, out->action == NW_ACTION_END ? "closed a " : "has a ");
	add_family(l, c->family);
	nw_line_add(l, " socket");
	nw_line_plain(l);
	if (c->is_uncounted && out->action != NW_ACTION_END) {
		nw_line_add(l, ", what it sends is not counted");
	}
}

void nw_plain_listener(const struct nw_plain *t, struct nw_line *l, const struct nw_output *out)
{
	const struct nw_listener *s = out->listener;

	if (out->covert) {
		put_covert(t, l, out);
		return;
	}
	nw_plain_front(t, l, s->owner, "?");
	nw_line_colour(l, out->action == NW_ACTION_END ? NW_PLAIN_DIM : NW_PLAIN_GREEN);
	nw_line_add(l, out->action == NW_ACTION_END ? "no longer listening on" : "listening on");
	nw_line_plain(l);
	nw_line_add(l, " ");
	add_endpoint(l, s->addr, s->port);
	nw_line_pad(l, NW_PLAIN_PROTO);
	add_proto(l, s->proto);
}

/* ---- DNS ------------------------------------------------------------------------------------- */

static void put_answers(struct nw_line *l, const struct nw_dns *dns)
{
	unsigned shown = 0;

	for (unsigned i = 0; i < dns->answers_len && shown < DNS_SHOWN; i++) {
		const struct nw_dns_answer *a = &dns->answer[i];
		const char *data = nw_dns_text(dns, a->data);

		if (!a->is_addr && !*data) {
			continue;
		}
		nw_line_add(l, shown++ ? ", " : "");
		if (a->is_addr) {
			add_addr(l, a->addr);
		} else {
			nw_plain_foreign(l, data, NW_PLAIN_DOMAIN);
		}
	}
	if (dns->answers_total > shown) {
		nw_line_add(l, shown ? " +" : "");
		nw_line_u64(l, (uint64_t)dns->answers_total - shown);
		nw_line_add(l, shown ? "" : dns->answers_total == 1 ? " record" : " records");
	} else if (shown == 0) {
		nw_line_add(l, "nothing");
	}
}

static void put_number(struct nw_line *l, const char *name, const char *front, uint16_t number)
{
	nw_line_add(l, name ? name : front);
	if (!name) {
		nw_line_u64(l, number);
	}
}

static void put_dns_front(const struct nw_plain *t, struct nw_line *l,
			  const struct nw_dns_record *r)
{
	char who[NW_ADDR_TEXT + 8];

	if (r->asker_id.tgid) {
		size_t n = nw_text_u64(who + 1, r->asker_id.tgid);

		who[0] = '[';
		who[n + 1] = ']';
		who[n + 2] = '\0';
	} else {
		nw_addr_text(who, r->client);
	}
	nw_plain_front(t, l, r->asker, who);
}

/* Whom a resolver of this host passes it on for. */
static void put_waiting(struct nw_line *l, const struct nw_dns_record *r)
{
	if (!r->waiting.count) {
		return;
	}
	nw_line_add(l, nw_asker_is_assumed(&r->waiting) ? "  assumed for " : "  for ");
	if (r->waiting_proc) {
		nw_plain_process(l, r->waiting_proc);
	} else {
		nw_line_add(l, "[");
		nw_line_u64(l, r->waiting.id.tgid);
		nw_line_add(l, "]");
	}
	if (r->waiting.count > 1) {
		nw_line_add(l, " and ");
		nw_line_u64(l, r->waiting.count - 1U);
		nw_line_add(l, " more");
	}
}

void nw_plain_dns(const struct nw_plain *t, struct nw_line *l, const struct nw_output *out)
{
	const struct nw_dns_record *r = out->dns;
	const struct nw_dns *dns = r->msg;

	put_dns_front(t, l, r);
	nw_line_add(l, "asks ");
	add_endpoint(l, r->server, r->server_port == 53 ? 0 : r->server_port);
	nw_line_add(l, " ");
	put_number(l, nw_dns_type_name(dns->qtype), "TYPE", dns->qtype);
	nw_line_add(l, " ");
	nw_plain_foreign(l, nw_dns_text(dns, dns->question), NW_PLAIN_DOMAIN);
	nw_line_add(l, " " RIGHT " ");
	if (!r->is_answered) {
		nw_line_colour(l, NW_PLAIN_YELLOW);
		nw_line_add(l, "no answer");
	} else if (dns->rcode) {
		nw_line_colour(l, NW_PLAIN_YELLOW);
		put_number(l, nw_dns_rcode_name(dns->rcode), "RCODE", dns->rcode);
	} else {
		put_answers(l, dns);
	}
	nw_line_plain(l);
	if (r->is_answered && r->query_ns && out->ts_ns >= r->query_ns) {
		nw_line_add(l, "  ");
		nw_plain_duration(l, out->ts_ns - r->query_ns);
	}
	put_waiting(l, r);
	put_vendor(l, nw_vendor_of_name(out->state, nw_dns_text(dns, dns->question)));
}
