/* SPDX-License-Identifier: Apache-2.0 */
/* Groups of destinations, and what the site declared of them. Owns nothing, allocates nothing. */
#include "dest.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "case.h"
#include "enrich/vendors.h"
#include "state/camera.h"
#include "state/flow_names.h"
#include "state/policy.h"
#include "util/parse.h"

/* ---- names ---------------------------------------------------------------------------------- */

/* Does this dot stand between labels? One inside of a label is "\.", and a backslash "\\". */
static bool is_between(const char *name, const char *dot)
{
	const char *p = dot;

	while (p > name && p[-1] == '\\') {
		p--;
	}
	return (dot - p) % 2 == 0;
}

/* Start of the label before the one that begins at p, or NULL. */
static const char *label_before(const char *name, const char *p)
{
	const char *q;

	if (p < name + 2) {
		return NULL;
	}
	q = p - 1; /* the dot */
	while (q > name && !(q[-1] == '.' && is_between(name, q - 1))) {
		q--;
	}
	return q;
}

/* The words of registries, as they are below many countries' names. */
static bool is_registry_word(const char *label, size_t len)
{
	static const char *const word[] = { "co",  "com", "org", "net", "gov", "edu", "ac",
					    "mil", "or",  "ne",	 "go",	"gob", "nom", "ltd",
					    "plc", "sch", "id",	 "me",	"web", "gouv" };

	for (size_t i = 0; i < NW_ARRAY_SIZE(word); i++) {
		if (strlen(word[i]) == len && strncasecmp(word[i], label, len) == 0) {
			return true;
		}
	}
	return false;
}

const char *nw_domain_base(const char *name)
{
	size_t len = strlen(name);
	const char *end = name + len - (len > 0 && name[len - 1] == '.' ? 1 : 0);
	const char *top = label_before(name, end + 1);
	const char *second = top ? label_before(name, top) : NULL;
	const char *third = second ? label_before(name, second) : NULL;

	if (!second) {
		return name;
	}
	if (third && end - top == 2 && is_registry_word(second, (size_t)(top - second) - 1)) {
		return third;
	}
	return second;
}

bool nw_dest_is_called_resolver(const char *name)
{
	while (name && *name) {
		size_t len = strcspn(name, ".");

		while (name[len] && !is_between(name, name + len)) {
			len += 1 + strcspn(name + len + 1, ".");
		}
		if ((strncasecmp(name, "dns", 3) == 0 || strncasecmp(name, "doh", 3) == 0) &&
		    strspn(name + 3, "0123456789") + 3 == len) {
			return true;
		}
		name += len + (name[len] == '.' ? 1 : 0);
	}
	return false;
}

/* ---- groups --------------------------------------------------------------------------------- */

static void keep_end(char ret[NW_DEST_MAX], const char *text)
{
	size_t len = strlen(text);

	text += len >= NW_DEST_MAX ? len - (NW_DEST_MAX - 1) : 0;
	memcpy(ret, text, strlen(text) + 1);
}

static void network_text(char ret[NW_DEST_MAX], const uint8_t addr[16])
{
	uint8_t net[16];
	bool is_v4;
	size_t len;

	nw_address_unwrap(addr, net);
	is_v4 = nw_addr_is_v4(net);
	memset(net + (is_v4 ? 15 : 6), 0, is_v4 ? 1 : 10);
	len = nw_addr_text(ret, net);
	memcpy(ret + len, is_v4 ? "/24" : "/48", 4);
}

void nw_dest_group(const struct nw_state *st, const struct nw_flow *f, char ret[NW_DEST_MAX])
{
	const struct nw_place *place;

	if (f->name[0]) {
		keep_end(ret, nw_domain_base(f->name));
		return;
	}
	place = nw_place_find(st, f->raddr);
	if (place && place->asn) {
		memcpy(ret, "AS", 2);
		ret[2 + nw_text_u64(ret + 2, place->asn)] = '\0';
		return;
	}
	network_text(ret, f->raddr);
}

void nw_dest_exact(const struct nw_flow *f, char ret[NW_DEST_MAX])
{
	if (f->name[0]) {
		keep_end(ret, f->name);
	} else {
		nw_addr_text(ret, f->raddr);
	}
}

const char *nw_dest_service(const struct nw_state *st, const struct nw_flow *f)
{
	enum nw_vendor_basis basis;
	const struct nw_vendor *vendor = nw_vendor_of_flow(st, f, &basis);

	return vendor ? vendor->service : NULL;
}

/* ---- declared ------------------------------------------------------------------------------- */

static bool is_host(const char *declared, const struct nw_flow *f)
{
	uint8_t addr[16];

	if (nw_parse_address(declared, addr) == 0) {
		return memcmp(addr, f->raddr, sizeof(addr)) == 0;
	}
	return f->name[0] && strcasecmp(declared, f->name) == 0;
}

bool nw_dest_is_declared_service(const struct nw_state *st, const struct nw_flow *f)
{
	const struct nw_config *c = nw_state_config(st);

	for (unsigned i = 0; i < c->resolvers_count; i++) {
		if (is_host(c->resolvers[i], f)) {
			return true;
		}
	}
	for (unsigned i = 0; i < c->ntp_count; i++) {
		if (is_host(c->ntp[i], f)) {
			return true;
		}
	}
	return false;
}

bool nw_dest_is_foreign(const struct nw_state *st, const struct nw_flow *f)
{
	static const uint8_t none[16];

	return f->family < NW_FAMILY_OTHER && !f->is_inside && !nw_flow_stays_here(f) &&
	       memcmp(f->raddr, none, sizeof(none)) != 0 && f->raddr[0] != 0xff &&
	       !nw_policy_allowed(st, f) && !nw_policy_camera(st, f->raddr) &&
	       !nw_camera_of(st, f) && !nw_dest_is_declared_service(st, f);
}

bool nw_dest_is_undeclared(const struct nw_state *st, const struct nw_flow *f)
{
	return f->is_outbound && (f->proto == IPPROTO_TCP || f->proto == IPPROTO_UDP) &&
	       !(f->flags & NW_SOCK_FORWARDED) && nw_dest_is_foreign(st, f);
}

bool nw_dest_is_passed_on(const struct nw_state *st, const struct nw_flow *f)
{
	struct nw_asker a;

	return nw_asker_of(st, f, &a) && a.how != NW_ASKER_CONNECTED;
}

bool nw_dest_is_time(const struct nw_flow *f)
{
	return f->proto == IPPROTO_UDP && f->rport == 123 && f->tx_bytes == 48 * f->tx_packets &&
	       f->rx_bytes == 48 * f->rx_packets && f->rx_packets <= f->tx_packets;
}

void nw_dest_subject(struct nw_case *k, const struct nw_flow *f)
{
	const struct nw_proc *p = nw_dest_proc(f);

	k->proc = p ? p->id : (struct nw_proc_id){ 0 };
	k->far = nw_far_end_of(f);
}

void nw_dest_fill(const struct nw_case *k, const struct nw_state *st, struct nw_finding *f)
{
	const struct nw_flow *flow = nw_state_moved(st)->flow;

	nw_case_fill(k, st, f);
	if (!f->flow && flow && flow->cookie == k->far.cookie && flow->slot == k->far.slot) {
		f->flow = flow;
	}
}
