/* SPDX-License-Identifier: Apache-2.0 */
/* What knowledge says of a flow's other end: who made it, where it is, whose network, whose service. */
#include "ecs_put.h"
#include "enrich/vendors.h"
#include "state/flow_names.h"
#include "util/mac.h"

/* Who answers for the peer on the link; also for the other end of what is forwarded, which came in
 * through an interface that is not told. */
static const struct nw_neighbour *neighbour_of(const struct nw_ecs_line *l, const struct nw_flow *f,
					       bool is_local)
{
	return nw_neighbour_find(l->out->state, f->netns, is_local ? 0 : f->ifindex,
				 is_local ? f->laddr : f->raddr);
}

/* RFC 7042, as ECS wants it: "C0-56-E3-01-02-03" */
void nw_ecs_put_mac(struct nw_ecs_line *l, const uint8_t *mac)
{
	static const char digit[] = "0123456789ABCDEF";
	char text[3 * NW_MAC_BYTES] = "";

	for (size_t i = 0; mac && i < NW_MAC_BYTES; i++) {
		text[3 * i] = digit[mac[i] >> 4];
		text[3 * i + 1] = digit[mac[i] & 15];
		text[3 * i + 2] = i + 1 < NW_MAC_BYTES ? '-' : '\0';
	}
	nw_json_str(&l->j, "mac", text);
}

/* Country and operator are two facts: neither follows from the other. */
void nw_ecs_put_place(struct nw_ecs_line *l, const uint8_t addr[16])
{
	const struct nw_place *place = nw_place_find(l->out->state, addr);
	struct nw_json *j = &l->j;

	if (place && place->country[0]) {
		nw_json_open(j, "geo");
		nw_json_word(j, "country_iso_code", place->country);
		nw_json_close(j);
	}
	if (place && place->asn) {
		nw_json_open(j, "as");
		nw_json_u64(j, "number", place->asn);
		if (place->organisation[0]) {
			nw_json_open(j, "organization");
			nw_json_str(j, "name", place->organisation);
			nw_json_close(j);
		}
		nw_json_close(j);
	}
}

void nw_ecs_put_known(struct nw_ecs_line *l, const struct nw_flow *f, bool is_local)
{
	const struct nw_neighbour *n = neighbour_of(l, f, is_local);

	nw_ecs_put_mac(l, n ? n->mac : NULL);
	nw_ecs_put_place(l, is_local ? f->laddr : f->raddr);
}

void nw_ecs_put_device(struct nw_ecs_line *l, const struct nw_flow *f)
{
	const struct nw_neighbour *n = neighbour_of(l, f, false);

	if (n) {
		nw_json_str(&l->j, "maker", n->maker);
		nw_json_str(&l->j, "organisation", n->organisation);
	}
}

void nw_ecs_put_vendor(struct nw_ecs_line *l, const struct nw_flow *f)
{
	static const char *const words[] = {
		[NW_VENDOR_BY_NAME] = "name",
		[NW_VENDOR_BY_SERVER_NAME] = "server_name",
		[NW_VENDOR_BY_ADDRESS] = "address",
	};
	enum nw_vendor_basis basis;
	const struct nw_vendor *vendor = nw_vendor_of_flow(l->out->state, f, &basis);
	struct nw_json *j = &l->j;

	if (vendor) {
		nw_json_open(j, "vendor");
		nw_json_word(j, "name", vendor->name);
		nw_json_word(j, "service", vendor->service);
		nw_json_word(j, "basis", words[basis]);
		nw_json_close(j);
	}
}

/* Nothing of a flow whose names say nothing of each other, and that nobody is known to have asked. */
void nw_ecs_put_names(struct nw_ecs_line *l, const struct nw_flow *f)
{
	static const char *const words[] = { NULL, "agree", "disagree" };
	struct nw_names_agreement a;
	enum nw_agreement all = nw_flow_names_agree(l->out->state, f, &a);
	const char *by = nw_asked_by_name(nw_flow_asked_by(l->out->state, f));
	struct nw_json *j = &l->j;

	if (all == NW_NAMES_UNKNOWN && !by) {
		return;
	}
	nw_json_open(j, "names");
	if (by) {
		nw_json_word(j, "asked_by", by);
	}
	if (all != NW_NAMES_UNKNOWN) {
		nw_json_word(j, "verdict", words[all]);
	}
	if (a.by_name != NW_NAMES_UNKNOWN) {
		nw_json_word(j, "asked_and_said", words[a.by_name]);
	}
	if (a.by_certificate != NW_NAMES_UNKNOWN) {
		nw_json_word(j, "certificate", words[a.by_certificate]);
	}
	nw_json_close(j);
}

void nw_ecs_put_vendor_of_name(struct nw_ecs_line *l, const char *name)
{
	const struct nw_vendor *vendor = nw_vendor_of_name(l->out->state, name);
	struct nw_json *j = &l->j;

	if (vendor) {
		nw_json_open(j, "vendor");
		nw_json_word(j, "name", vendor->name);
		nw_json_word(j, "service", vendor->service);
		nw_json_close(j);
	}
}
