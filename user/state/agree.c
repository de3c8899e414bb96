/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Do the names of a flow agree: the one that was asked for and gave the address, the one that the
 * client says to the server (SNI, Host), the one that the server's certificate has? Owns nothing.
 * Where a name is missing, or may rightly be another one (ECH, a proxy), nothing is said.
 */
#include <string.h>
#include <strings.h>

#include "internal.h"
#include "state/flow_names.h"
#include "util/parse.h"

enum {
	LABEL_SHORT = 3, /* "co", "com", "gov" below a country's domain are nobody's own */
	COUNTRY = 2,
};

static size_t length_of(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && name[len - 1] == '.' ? len - 1 : len;
}

static bool is_same(const char *a, const char *b)
{
	size_t len = length_of(a);

	return len == length_of(b) && strncasecmp(a, b, len) == 0;
}

/* A name of DNS that belongs to somebody: no address, and not a single word of a local network. */
static bool is_host(const char *name)
{
	uint8_t addr[16];

	return name && *name != '[' && memchr(name, '.', length_of(name)) &&
	       nw_parse_address(name, addr) < 0;
}

static size_t label_before(const char *name, size_t end)
{
	while (end > 0 && name[end - 1] != '.') {
		end--;
	}
	return end;
}

/*
 * What somebody registered: the last two labels, and one more where the second last is short and
 * the last a country. That takes names of some shared suffixes (github.io) for one owner's, which
 * lets nvrwatch say less, never more.
 */
static const char *site_of(const char *name, size_t *ret_len)
{
	size_t end = length_of(name);
	size_t last = label_before(name, end);
	size_t second = last > 0 ? label_before(name, last - 1) : last;

	if (end - last == COUNTRY && last > 0 && last - 1 - second <= LABEL_SHORT && second > 0) {
		second = label_before(name, second - 1);
	}
	*ret_len = end - second;
	return name + second;
}

static bool is_related(const struct nw_state *st, const char *a, const char *b)
{
	const struct nw_vendor *va = nw_vendor_of_name(st, a);
	const struct nw_vendor *vb = nw_vendor_of_name(st, b);
	size_t la, lb;
	const char *sa = site_of(a, &la);
	const char *sb = site_of(b, &lb);

	return (la == lb && strncasecmp(sa, sb, la) == 0) ||
	       (va && vb && strcmp(va->name, vb->name) == 0);
}

/* ---- what was asked for and what is said ----------------------------------------------------- */

static const char *said_of(const struct nw_said *said, bool *ret_is_front)
{
	const char *name = nw_said_find(said, NW_ATTR_TLS_SERVER_NAME);

	*ret_is_front = nw_said_find(said, NW_ATTR_TLS_ECH) != NULL;
	if (!name) {
		name = nw_said_find(said, NW_ATTR_URL_DOMAIN);
		*ret_is_front = nw_said_find(said, NW_ATTR_HTTP_PROXIED) != NULL;
	}
	return is_host(name) ? name : NULL;
}

static enum nw_agreement compare(const struct nw_state *st, const struct nw_flow *f, bool is_front,
				 struct nw_names_agreement *a)
{
	const struct nw_given *given = nw_names_given(st->names);

	a->is_given = nw_given_has_address(given, a->said, f->raddr);
	a->is_resolved = a->is_given || nw_given_is_resolved(given, a->said);
	if (a->is_given || (a->asked && (is_same(a->asked, a->said) ||
					 nw_given_points_to(given, a->said, a->asked)))) {
		a->is_given = true;
		return NW_NAMES_AGREE;
	}
	if (!a->asked || is_front) {
		return NW_NAMES_UNKNOWN;
	}
	return is_related(st, a->asked, a->said) ? NW_NAMES_AGREE : NW_NAMES_DISAGREE;
}

/* ---- the certificate ------------------------------------------------------------------------- */

/* RFC 9525 6.3: a wildcard is a whole label, the first one, and stands for exactly one. */
static bool covers(const char *pattern, const char *name)
{
	const char *rest;

	if (strncmp(pattern, "*.", 2) != 0) {
		return is_same(pattern, name);
	}
	rest = strchr(name, '.');
	return rest && rest > name && strchr(pattern + 2, '.') && is_same(pattern + 1, rest);
}

static enum nw_agreement certify(const struct nw_said *said, const char *name)
{
	bool has_alternatives = nw_said_find(said, NW_ATTR_TLS_SERVER_NAMES) != NULL;
	bool has_any = false;
	struct nw_said_value v;
	uint16_t at = 0;

	while (nw_said_next(said, &at, &v)) {
		/* RFC 6125 6.4.4: the common name counts where there is nothing else */
		if (v.key == NW_ATTR_TLS_SERVER_NAMES ||
		    (v.key == NW_ATTR_TLS_SERVER_SUBJECT && !has_alternatives)) {
			has_any = true;
			if (covers(v.text, name)) {
				return NW_NAMES_AGREE;
			}
		}
	}
	return has_any && !said->is_cut && !nw_said_find(said, NW_ATTR_TLS_NAMES_CUT)
		       ? NW_NAMES_DISAGREE
		       : NW_NAMES_UNKNOWN;
}

static bool is_self_issued(const struct nw_said *said)
{
	const char *issuer = nw_said_find(said, NW_ATTR_TLS_SERVER_ISSUER);
	const char *subject = nw_said_find(said, NW_ATTR_TLS_SERVER_SUBJECT);

	return issuer && subject && strcmp(issuer, subject) == 0;
}

/* ---- together -------------------------------------------------------------------------------- */

enum nw_agreement nw_flow_names_agree(const struct nw_state *st, const struct nw_flow *f,
				      struct nw_names_agreement *ret)
{
	bool is_front;

	*ret = (struct nw_names_agreement){ .by_name = NW_NAMES_UNKNOWN };
	if (!f->said || !f->is_outbound) {
		return NW_NAMES_UNKNOWN;
	}
	ret->asked = is_host(f->name) ? f->name : NULL;
	ret->said = said_of(f->said, &is_front);
	if (ret->said) {
		ret->by_name = compare(st, f, is_front, ret);
	}
	if (ret->said ? !is_front || ret->by_name == NW_NAMES_AGREE : ret->asked != NULL) {
		ret->by_certificate = certify(f->said, ret->said ? ret->said : ret->asked);
	}
	ret->is_self_issued = is_self_issued(f->said);
	ret->is_own = ret->asked && f->owner &&
		      nw_names_is_own(st->names, f->raddr, &f->owner->id, f->name);
	if (ret->by_name == NW_NAMES_DISAGREE || ret->by_certificate == NW_NAMES_DISAGREE) {
		return NW_NAMES_DISAGREE;
	}
	return NW_MAX(ret->by_name, ret->by_certificate);
}
