/* SPDX-License-Identifier: Apache-2.0 */
/* See name_text.h. Owns nothing. */
#include "state/name_text.h"

#include <string.h>
#include <strings.h>

#include "dns_wire.h"

void nw_name_put(char ret[NW_NAME_MAX], const char *name)
{
	static const char dots[] = "…";
	size_t len = strlen(name);
	size_t at = 0;

	if (len >= NW_NAME_MAX) {
		at = sizeof(dots) - 1;
		memcpy(ret, dots, at);
		name += len - (NW_NAME_MAX - 1 - at);
		len = NW_NAME_MAX - 1 - at;
	}
	for (size_t i = 0; i <= len; i++) {
		char c = name[i];

		ret[at + i] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
	}
}

bool nw_name_is_same(const struct nw_dns *dns, uint16_t a, uint16_t b)
{
	return a == b || strcasecmp(nw_dns_text(dns, a), nw_dns_text(dns, b)) == 0;
}

uint16_t nw_name_chain_end(const struct nw_dns *dns)
{
	uint16_t name = dns->question;

	for (unsigned hops = 0; hops < dns->answers_len; hops++) {
		unsigned i = 0;

		while (i < dns->answers_len && !(dns->answer[i].type == NW_DNS_TYPE_CNAME &&
						 nw_name_is_same(dns, dns->answer[i].name, name))) {
			i++;
		}
		if (i == dns->answers_len) {
			break;
		}
		name = dns->answer[i].data;
	}
	return name;
}
