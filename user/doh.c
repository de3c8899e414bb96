/* SPDX-License-Identifier: Apache-2.0 */
/* The looks of DNS over HTTPS. Owns nothing. */
#include "doh.h"

#include <netinet/in.h>
#include <string.h>

#include "dest.h"
#include "dns_wire.h"
#include "util/macro.h"

/* Hello, end of the handshake, HTTP/2's preface, a question; a chain of certificates and an answer. */
#define ASKED_MAX    4000
#define ANSWERED_MAX 10000
#define QUESTION_NS  (10 * NW_NSEC_PER_SEC)

bool nw_doh_is_other(const struct nw_flow *f)
{
	return f->rport == NW_PORT_DOT || nw_said_speaks(f->said, "dot") ||
	       nw_said_speaks(f->said, "doq");
}

bool nw_doh_has_certificate(const struct nw_said *said)
{
	struct nw_said_value v;
	uint16_t at = 0;

	while (nw_said_next(said, &at, &v)) {
		if ((v.key == NW_ATTR_TLS_SERVER_NAMES || v.key == NW_ATTR_TLS_SERVER_SUBJECT) &&
		    nw_dest_is_called_resolver(v.text)) {
			return true;
		}
	}
	return false;
}

static bool offers_only_h2(const struct nw_said *said)
{
	struct nw_said_value v;
	uint16_t at = 0;
	bool is_h2 = false;

	while (nw_said_next(said, &at, &v)) {
		if (v.key == NW_ATTR_TLS_ALPN || v.key == NW_ATTR_TLS_NEXT_PROTOCOL) {
			if (strcmp(v.text, "h2") != 0) {
				return false;
			}
			is_h2 = true;
		}
	}
	return is_h2;
}

bool nw_doh_is_question(const struct nw_flow *f, uint64_t now_ns)
{
	uint64_t began_ns = f->birth_ns ? f->birth_ns : f->first_ns;

	return f->proto == IPPROTO_TCP && !f->name[0] && f->said &&
	       f->said->basis == NW_BASIS_CONTENT && f->tx_bytes <= ASKED_MAX && f->rx_bytes &&
	       f->rx_bytes <= ANSWERED_MAX && now_ns <= began_ns + QUESTION_NS &&
	       offers_only_h2(f->said);
}

bool nw_doh_asks_again(struct nw_doh_asked *a, uint64_t end, uint64_t now_ns, uint64_t within_ns)
{
	if (a->end != end || now_ns > a->last_ns + within_ns) {
		*a = (struct nw_doh_asked){ .end = end };
	}
	a->last_ns = now_ns;
	return ++a->count >= 2;
}
