/* SPDX-License-Identifier: Apache-2.0 */
/* See dns_wire.h. Owns nothing, changes nothing. */
#include "dns_wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>

#include "util/lru.h"

#define HASH_SEED 0x6e76727761746368ULL

enum {
	QUESTION_BYTES_MIN = 5, /* root, type, class */
	FLAG_ZERO = 0x0040,
	CLASS_CHAOS = 3,
	CLASS_ANY = 255,
	RCODE_LAST = 11,
	NETBIOS_NB = 32,
	NETBIOS_NBSTAT = 33,
	NETBIOS_LETTERS = 32,
};

uint64_t nw_dns_name_hash(const char *name)
{
	uint64_t h = HASH_SEED;

	for (; *name; name++) {
		h = nw_hash_mix(h, nw_dns_lower((uint8_t)*name));
	}
	return h;
}

bool nw_dns_read_header(struct nw_span *s, struct nw_dns_header *ret)
{
	struct nw_span h;

	/* whole or not at all: asked once for the six of them */
	return nw_span_cut(s, NW_DNS_HEADER_BYTES, &h) && nw_span_be16(&h, &ret->id) &&
	       nw_span_be16(&h, &ret->flags) && nw_span_be16(&h, &ret->questions) &&
	       nw_span_be16(&h, &ret->answers) && nw_span_be16(&h, &ret->authorities) &&
	       nw_span_be16(&h, &ret->additionals);
}

uint8_t nw_dns_opcode(uint16_t flags)
{
	return flags >> 11 & 15;
}

int nw_dns_skip_name(struct nw_span *s)
{
	unsigned wire = 1;
	uint8_t n;

	while (nw_span_u8(s, &n)) {
		if (n == 0) {
			return 0;
		}
		if (n >= 0xc0) {
			return nw_span_skip(s, 1) ? 0 : -ENODATA;
		}
		wire += n + 1U;
		if (n > 63 || wire > NW_DNS_NAME_WIRE_MAX) {
			return -EBADMSG;
		}
		if (!nw_span_skip(s, n)) {
			return -ENODATA;
		}
	}
	return -ENODATA;
}

static bool is_plain(uint8_t c)
{
	return c > ' ' && c < 0x7f && c != '.' && c != '\\';
}

char *nw_dns_put_label(char *out, struct nw_span label)
{
	for (; label.p < label.end; label.p++) {
		uint8_t c = *label.p;

		if (is_plain(c)) {
			*out++ = (char)c;
			continue;
		}
		*out++ = '\\';
		if (c == '.' || c == '\\') {
			*out++ = (char)c;
			continue;
		}
		*out++ = (char)('0' + c / 100);
		*out++ = (char)('0' + c / 10 % 10);
		*out++ = (char)('0' + c % 10);
	}
	*out++ = '.';
	return out;
}

bool nw_dns_has_port(const struct nw_ev_head *head, uint16_t port)
{
	return head->lport_be == htons(port) || head->rport_be == htons(port);
}

/* NetBIOS names have DNS's form: 16 bytes as 32 letters from A to P, and types of their own. RFC 1002 4.2. */
static bool is_netbios(struct nw_span name, uint16_t type)
{
	if ((type != NETBIOS_NB && type != NETBIOS_NBSTAT) || *name.p != NETBIOS_LETTERS ||
	    !nw_span_skip(&name, 1) || nw_span_left(&name) < NETBIOS_LETTERS) {
		return false;
	}
	for (unsigned i = 0; i < NETBIOS_LETTERS; i++) {
		if (name.p[i] < 'A' || name.p[i] > 'P') {
			return false;
		}
	}
	return true;
}

bool nw_dns_looks_like(const uint8_t *data, size_t len)
{
	struct nw_span s = nw_span_of(data, len);
	struct nw_span name;
	struct nw_dns_header h;
	uint16_t type;
	uint16_t class;

	if (!nw_dns_read_header(&s, &h) || (h.flags & FLAG_ZERO) || h.questions != 1 ||
	    nw_dns_opcode(h.flags) != NW_DNS_OPCODE_QUERY || (h.flags & 15) > RCODE_LAST) {
		return false;
	}
	if (!(h.flags & NW_DNS_FLAG_RESPONSE) &&
	    (h.answers || h.authorities || h.additionals > 2)) {
		return false;
	}
	name = s;
	if (nw_dns_skip_name(&s) || s.p[-1] != 0) {
		return false; /* there is no earlier name that a pointer could mean */
	}
	if (!nw_span_be16(&s, &type) || !nw_span_be16(&s, &class)) {
		return false;
	}
	class &= NW_DNS_CLASS_MASK;
	return type != 0 && !is_netbios(name, type) &&
	       (class == NW_DNS_CLASS_IN || class == CLASS_CHAOS || class == CLASS_ANY);
}

bool nw_dns_is_stream(const struct nw_ev_head *head, const uint8_t *data, size_t len)
{
	struct nw_span s = nw_span_of(data, len);
	struct nw_dns_header h;
	bool has_port = nw_dns_has_port(head, NW_PORT_DNS);
	uint16_t size;

	if (!nw_span_be16(&s, &size)) {
		return has_port;
	}
	if (size < NW_DNS_HEADER_BYTES) {
		return false;
	}
	if (has_port) {
		return !nw_dns_read_header(&s, &h) ||
		       (nw_dns_opcode(h.flags) <= NW_DNS_OPCODE_LAST && h.questions <= 1);
	}
	return size >= NW_DNS_HEADER_BYTES + QUESTION_BYTES_MIN &&
	       nw_dns_looks_like(s.p, nw_span_left(&s));
}

static bool has_dns_port(const struct nw_ev_head *head)
{
	return nw_dns_has_port(head, NW_PORT_DNS) ||
	       (head->proto == IPPROTO_UDP &&
		(nw_dns_has_port(head, NW_PORT_MDNS) || nw_dns_has_port(head, NW_PORT_LLMNR)));
}

bool nw_dns_claims(const struct nw_ev_head *head)
{
	if (head->proto == IPPROTO_UDP) {
		return has_dns_port(head) || nw_dns_looks_like(head->data, head->len);
	}
	return head->proto == IPPROTO_TCP &&
	       (has_dns_port(head) || nw_dns_is_stream(head, head->data, head->len));
}
