/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose service is it, as the catalogue of the start said in facts: "vendor.<number>" is "<domain or
 * network> <name> <service>". Owns no more than the table; rows stay, so what was found stays good.
 * A row that finds no room is counted as NW_LOSS_HOST.
 */
#include <errno.h>
#include <string.h>

#include "internal.h"

static const char front[] = "vendor.";

bool nw_vendors_on_fact(struct nw_state *st, const struct nw_ev_fact *e)
{
	char text[256];
	char *part[3];
	char *rest = text;

	if (e->key_len < sizeof(front) || memcmp(e->tail, front, sizeof(front) - 1) != 0) {
		return false;
	}
	if (e->value_len >= sizeof(text) || memchr(e->tail + e->key_len, '\0', e->value_len)) {
		return true;
	}
	memcpy(text, e->tail + e->key_len, e->value_len);
	text[e->value_len] = '\0';
	for (size_t i = 0; i < NW_ARRAY_SIZE(part); i++) {
		part[i] = rest ? strsep(&rest, " ") : NULL;
		if (!part[i]) {
			return true;
		}
	}
	if (!rest && nw_vendors_put(st->vendors, part[0], part[1], part[2]) == -ENOSPC) {
		nw_state_lose(st, NW_LOSS_HOST);
	}
	return true;
}

const struct nw_vendor *nw_vendor_of_name(const struct nw_state *st, const char *name)
{
	return nw_vendors_by_name(st->vendors, name);
}

static const struct nw_vendor *of_said(const struct nw_state *st, const struct nw_said *said,
				       enum nw_attr key)
{
	const char *name = said ? nw_said_find(said, key) : NULL;

	return name ? nw_vendors_by_name(st->vendors, name) : NULL;
}

const struct nw_vendor *nw_vendor_of_flow(const struct nw_state *st, const struct nw_flow *f,
					  enum nw_vendor_basis *ret_basis)
{
	const struct nw_vendor *vendor = nw_vendors_by_name(st->vendors, f->name);

	*ret_basis = NW_VENDOR_BY_NAME;
	if (!vendor) {
		*ret_basis = NW_VENDOR_BY_SERVER_NAME;
		vendor = of_said(st, f->said, NW_ATTR_TLS_SERVER_NAME);
		vendor = vendor ? vendor : of_said(st, f->said, NW_ATTR_URL_DOMAIN);
	}
	if (!vendor) {
		*ret_basis = NW_VENDOR_BY_ADDRESS;
		vendor = nw_vendors_by_addr(st->vendors, f->raddr);
	}
	return vendor;
}

const char *nw_vendor_name(const struct nw_vendor *v)
{
	return v->name;
}

const char *nw_vendor_service(const struct nw_vendor *v)
{
	return v->service;
}
