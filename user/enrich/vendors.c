/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domains in a table by hash, asked label by label from the longest name on; networks in a list
 * that is walked. Owns both; memory is reserved at the start and touched on use.
 */
#include "enrich/vendors.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "util/lru.h"
#include "util/parse.h"

#define DOMAIN_MAX   64
#define RANGES_MAX   1024
#define NAME_MAX_LEN 256

struct domain {
	char text[DOMAIN_MAX];
	struct nw_vendor vendor;
};

struct range {
	struct nw_network net;
	struct nw_vendor vendor;
};

struct nw_vendors {
	struct nw_lru lru;
	struct domain *domain;
	struct range *range;
	unsigned ranges;
};

int nw_vendors_new(struct nw_vendors **ret)
{
	struct nw_vendors *v = calloc(1, sizeof(*v));

	if (!v) {
		return -ENOMEM;
	}
	v->domain = calloc(NW_VENDORS_MAX, sizeof(*v->domain));
	v->range = calloc(RANGES_MAX, sizeof(*v->range));
	if (nw_lru_init(&v->lru, NW_VENDORS_MAX) < 0 || !v->domain || !v->range) {
		nw_vendors_free(v);
		return -ENOMEM;
	}
	*ret = v;
	return 0;
}

void nw_vendors_free(struct nw_vendors *v)
{
	if (v) {
		nw_lru_free(&v->lru);
		free(v->domain);
		free(v->range);
		free(v);
	}
}

bool nw_vendor_is_word(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len < NW_VENDOR_WORD &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

bool nw_vendor_is_domain(const char *text)
{
	size_t len = strlen(text);
	const char *last = strrchr(text, '.');

	if (len >= DOMAIN_MAX || !last || !isalpha((unsigned char)last[1]) || text[0] == '.' ||
	    strstr(text, "..")) {
		return false;
	}
	return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == len;
}

/* ---- rows ----------------------------------------------------------------------------------- */

static uint32_t hash_of(const struct nw_vendors *v, const char *text, size_t len)
{
	return (uint32_t)nw_hash_bytes(v->lru.seed, text, len);
}

static struct domain *find(const struct nw_vendors *v, const char *text, size_t len)
{
	uint32_t i = nw_lru_first(&v->lru, hash_of(v, text, len));

	for (; i != NW_LRU_NONE; i = nw_lru_next(&v->lru, i)) {
		if (memcmp(v->domain[i].text, text, len + 1) == 0) {
			return &v->domain[i];
		}
	}
	return NULL;
}

static int put_domain(struct nw_vendors *v, const char *text, const struct nw_vendor *vendor)
{
	struct domain *d = find(v, text, strlen(text));

	if (!d) {
		uint32_t i = nw_lru_add(&v->lru, hash_of(v, text, strlen(text)));

		if (i == NW_LRU_NONE) {
			return -ENOSPC;
		}
		d = &v->domain[i];
		memset(d, 0, sizeof(*d));
		memcpy(d->text, text, strlen(text));
	}
	d->vendor = *vendor;
	return 0;
}

static int put_range(struct nw_vendors *v, const struct nw_network *net,
		     const struct nw_vendor *vendor)
{
	unsigned i = 0;

	while (i < v->ranges && (v->range[i].net.bits != net->bits ||
				 memcmp(v->range[i].net.addr, net->addr, 16) != 0)) {
		i++;
	}
	if (i == RANGES_MAX) {
		return -ENOSPC;
	}
	v->ranges = NW_MAX(v->ranges, i + 1);
	v->range[i].net = *net;
	v->range[i].vendor = *vendor;
	return 0;
}

int nw_vendors_put(struct nw_vendors *v, const char *what, const char *name, const char *service)
{
	struct nw_vendor vendor = { 0 };
	struct nw_network net;

	if (!nw_vendor_is_word(name) || !nw_vendor_is_word(service)) {
		return -EINVAL;
	}
	memcpy(vendor.name, name, strlen(name));
	memcpy(vendor.service, service, strlen(service));
	if (nw_vendor_is_domain(what)) {
		return put_domain(v, what, &vendor);
	}
	return nw_parse_network(what, &net) == 0 ? put_range(v, &net, &vendor) : -EINVAL;
}

/* ---- look-ups -------------------------------------------------------------------------------- */

/* In lower case, without its last dot; 0 when it is longer than any name, or empty. */
static size_t normal_form(const char *name, char ret[NAME_MAX_LEN])
{
	size_t len = strnlen(name, NAME_MAX_LEN);

	if (len == 0 || len == NAME_MAX_LEN) {
		return 0;
	}
	len -= name[len - 1] == '.';
	for (size_t i = 0; i < len; i++) {
		bool is_capital = name[i] >= 'A' && name[i] <= 'Z';

		ret[i] = (char)(is_capital ? name[i] - 'A' + 'a' : name[i]);
	}
	ret[len] = '\0';
	return len;
}

/* Where the next label begins, or behind the end. A dot inside a label is "\.". */
static size_t next_label(const char *text, size_t at)
{
	while (text[at] && text[at] != '.') {
		at += text[at] == '\\' && text[at + 1] ? 2 : 1;
	}
	return at + 1;
}

const struct nw_vendor *nw_vendors_by_name(const struct nw_vendors *v, const char *name)
{
	char text[NAME_MAX_LEN];
	size_t len = v->lru.used ? normal_form(name, text) : 0;

	for (size_t at = 0; at < len; at = next_label(text, at)) {
		const struct domain *d =
			len - at < DOMAIN_MAX ? find(v, text + at, len - at) : NULL;

		if (d) {
			return &d->vendor;
		}
	}
	return NULL;
}

const struct nw_vendor *nw_vendors_by_addr(const struct nw_vendors *v, const uint8_t addr[16])
{
	const struct range *best = NULL;
	uint8_t real[16];

	nw_address_unwrap(addr, real);
	for (unsigned i = 0; i < v->ranges; i++) {
		const struct range *r = &v->range[i];

		if (nw_network_has(&r->net, real) && (!best || r->net.bits > best->net.bits)) {
			best = r;
		}
	}
	return best ? &best->vendor : NULL;
}
