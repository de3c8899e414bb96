/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DNS as far as others than its decoder must know it: where a message ends, and what looks like one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nw_event.h"
#include "util/span.h"

#define NW_PORT_DNS   53
#define NW_PORT_DOT   853
#define NW_PORT_MDNS  5353
#define NW_PORT_LLMNR 5355

enum {
	NW_DNS_HEADER_BYTES = 12,
	NW_DNS_NAME_WIRE_MAX = 255,
	NW_DNS_FLAG_RESPONSE = 0x8000,
	NW_DNS_FLAG_TRUNCATED = 0x0200,
	NW_DNS_CLASS_IN = 1,
	NW_DNS_CLASS_MASK = 0x7fff, /* mDNS uses the highest bit itself: RFC 6762 5.4, 10.2 */
	NW_DNS_OPCODE_QUERY = 0,
	NW_DNS_OPCODE_UPDATE = 5,
	NW_DNS_OPCODE_LAST = 6, /* DSO */
};

enum {
	NW_DNS_TYPE_A = 1,
	NW_DNS_TYPE_NS = 2,
	NW_DNS_TYPE_CNAME = 5,
	NW_DNS_TYPE_SOA = 6,
	NW_DNS_TYPE_PTR = 12,
	NW_DNS_TYPE_MX = 15,
	NW_DNS_TYPE_TXT = 16,
	NW_DNS_TYPE_RP = 17,
	NW_DNS_TYPE_AFSDB = 18,
	NW_DNS_TYPE_AAAA = 28,
	NW_DNS_TYPE_SRV = 33,
	NW_DNS_TYPE_DNAME = 39,
	NW_DNS_TYPE_OPT = 41,
	NW_DNS_TYPE_SVCB = 64,
	NW_DNS_TYPE_HTTPS = 65,
};

struct nw_dns_header {
	uint16_t id;
	uint16_t flags;
	uint16_t questions;
	uint16_t answers;
	uint16_t authorities;
	uint16_t additionals;
};

bool nw_dns_read_header(struct nw_span *s, struct nw_dns_header *ret);
uint8_t nw_dns_opcode(uint16_t flags);

/*
 * Move *s behind the name. What a pointer points to is not looked at. -ENODATA: the bytes end
 * first; -EBADMSG: no such name.
 */
int nw_dns_skip_name(struct nw_span *s);

/* The label as text with a dot behind it: at most four bytes for each of its own, and one. */
char *nw_dns_put_label(char *out, struct nw_span label);

/* Names are ASCII, and case means nothing in them. */
static inline uint8_t nw_dns_lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

/* Of a name in presentation form, whatever its case. */
uint64_t nw_dns_name_hash(const char *name);

/* Does either end of this conversation have the port (host order)? */
bool nw_dns_has_port(const struct nw_ev_head *head, uint16_t port);

/* One whole header and first question, as strict as strangers' bytes need: no port is asked. */
bool nw_dns_looks_like(const uint8_t *data, size_t len);

/* May this TCP stream be one of DNS messages? Asked of its first bytes, which begin with a length. */
bool nw_dns_is_stream(const struct nw_ev_head *head, const uint8_t *data, size_t len);

/* May this head be DNS? By content or by port: what is no DNS on its port is to be counted. */
bool nw_dns_claims(const struct nw_ev_head *head);
