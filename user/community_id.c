/* SPDX-License-Identifier: Apache-2.0 */
/*
 * https://github.com/corelight/community-id-spec: "1:" and the base64 of the SHA-1 of at most 40
 * bytes, which is one block. SHA-1 is written out here because a library's costs 1.4 MB of private
 * memory and a configuration file read at the first use; it protects nothing, it only names.
 * tests/user/community_id.c compares it with libcrypto's.
 */
#include "community_id.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <stdbool.h>
#include <string.h>

#include "util/macro.h"
#include "util/text.h"

#define BLOCK 64 /* what is hashed is 40 bytes at most, with 0x80 and 8 bytes of length: one */

/* Requests and their answers: such ICMP has two directions (Zeek's rule, which the spec takes). */
static const uint8_t icmp_pairs[][2] = {
	{ ICMP_ECHO, ICMP_ECHOREPLY },
	{ ICMP_TIMESTAMP, ICMP_TIMESTAMPREPLY },
	{ ICMP_INFO_REQUEST, ICMP_INFO_REPLY },
	{ ICMP_ADDRESS, ICMP_ADDRESSREPLY },
	{ 10, 9 }, /* router solicitation, advertisement: RFC 1256 */
};
static const uint8_t icmp6_pairs[][2] = {
	{ ICMP6_ECHO_REQUEST, ICMP6_ECHO_REPLY },
	{ MLD_LISTENER_QUERY, MLD_LISTENER_REPORT },
	{ ND_ROUTER_SOLICIT, ND_ROUTER_ADVERT },
	{ ND_NEIGHBOR_SOLICIT, ND_NEIGHBOR_ADVERT },
	{ 139, 140 }, /* node information: RFC 4620 */
	{ 144, 145 }, /* home agent address discovery: RFC 6275 */
};

static uint32_t rotate(uint32_t v, int n)
{
	return v << n | v >> (32 - n);
}

static uint32_t get_be32(const uint8_t *p)
{
	uint32_t be;

	memcpy(&be, p, sizeof(be));
	return ntohl(be);
}

/* Choose, parity and majority of FIPS 180-4, in the forms with the fewest steps. */
#define CH(b, c, d)  ((d) ^ ((b) & ((c) ^ (d))))
#define PAR(b, c, d) ((b) ^ (c) ^ (d))
#define MAJ(b, c, d) (((b) & (c)) | ((d) & ((b) | (c))))

/* One step; the caller renames the five variables instead of moving them. The word that is needed
 * 16 steps later is made along the way: a loop of its own is slower than the hash. */
#define STEP(f, k, a, b, c, d, e, t)                                                   \
	do {                                                                           \
		w[(t) + 16] = rotate(w[(t) + 13] ^ w[(t) + 8] ^ w[(t) + 2] ^ w[t], 1); \
		(e) += rotate(a, 5) + f(b, c, d) + (k) + w[t];                         \
		(b) = rotate(b, 30);                                                   \
	} while (0)
#define TWENTY(f, k, from)                              \
	for (int t = (from); t < (from) + 20; t += 5) { \
		STEP(f, k, a, b, c, d, e, t);           \
		STEP(f, k, e, a, b, c, d, t + 1);       \
		STEP(f, k, d, e, a, b, c, t + 2);       \
		STEP(f, k, c, d, e, a, b, t + 3);       \
		STEP(f, k, b, c, d, e, a, t + 4);       \
	}

/* SHA-1 (FIPS 180-4, 6.1) of one padded block. */
static void sha1_block(const uint8_t block[BLOCK], uint32_t h[5])
{
	uint32_t a = 0x67452301, b = 0xefcdab89, c = 0x98badcfe, d = 0x10325476, e = 0xc3d2e1f0;
	uint32_t w[80 + 16];

	for (int t = 0; t < 16; t++) {
		w[t] = get_be32(block + (size_t)4 * t);
	}
	TWENTY(CH, 0x5a827999, 0);
	TWENTY(PAR, 0x6ed9eba1, 20);
	TWENTY(MAJ, 0x8f1bbcdc, 40);
	TWENTY(PAR, 0xca62c1d6, 60);
	h[0] = 0x67452301 + a;
	h[1] = 0xefcdab89 + b;
	h[2] = 0x98badcfe + c;
	h[3] = 0x10325476 + d;
	h[4] = 0xc3d2e1f0 + e;
}

/* 20 bytes are seven groups of three and one byte short: the last letter of them is "=". */
static void put_base64(char *out, const uint32_t h[5])
{
	static const char letters[64] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint8_t in[21];

	for (int i = 0; i < 5; i++) {
		uint32_t be = htonl(h[i]);

		memcpy(in + (size_t)4 * i, &be, sizeof(be));
	}
	in[20] = 0;
	for (int i = 0; i < 21; i += 3) {
		uint32_t v = (uint32_t)in[i] << 16 | (uint32_t)in[i + 1] << 8 | in[i + 2];

		*out++ = letters[v >> 18];
		*out++ = letters[v >> 12 & 63];
		*out++ = letters[v >> 6 & 63];
		*out++ = letters[v & 63];
	}
	out[-1] = '=';
}

/* The type that answers, as the other end's port; false when nothing answers such a message. */
static bool find_icmp_pair(const uint8_t pairs[][2], size_t count, uint16_t type, uint16_t *ret)
{
	for (size_t i = 0; i < count; i++) {
		if (type == pairs[i][0] || type == pairs[i][1]) {
			*ret = pairs[i][type == pairs[i][0]];
			return true;
		}
	}
	return false;
}

struct endpoint {
	const uint8_t *addr;
	uint16_t port;
};

static bool is_flipped(const struct endpoint *s, const struct endpoint *d, size_t addr_len)
{
	int order = memcmp(s->addr, d->addr, addr_len);

	return order > 0 || (order == 0 && s->port > d->port);
}

static size_t put_input(uint8_t *in, uint8_t proto, const struct endpoint *s,
			const struct endpoint *d, size_t addr_len, bool has_ports)
{
	uint8_t *p = in;

	*p++ = 0; /* seed */
	*p++ = 0;
	memcpy(p, s->addr, addr_len);
	memcpy(p + addr_len, d->addr, addr_len);
	p += 2 * addr_len;
	*p++ = proto;
	*p++ = 0;
	if (has_ports) {
		*p++ = (uint8_t)(s->port >> 8);
		*p++ = (uint8_t)s->port;
		*p++ = (uint8_t)(d->port >> 8);
		*p++ = (uint8_t)d->port;
	}
	return (size_t)(p - in);
}

void nw_community_id_of(uint8_t proto, const uint8_t saddr[16], const uint8_t daddr[16],
			uint16_t sport, uint16_t dport, char ret[NW_COMMUNITY_ID])
{
	bool is_v4 = nw_addr_is_v4(saddr) && nw_addr_is_v4(daddr);
	size_t skip = is_v4 ? 12 : 0;
	struct endpoint s = { saddr + skip, sport };
	struct endpoint d = { daddr + skip, dport };
	uint8_t block[BLOCK] = { 0 };
	uint32_t h[5];
	bool has_ports = true;
	bool has_order = true;
	size_t len;

	switch (proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_SCTP:
		break;
	case IPPROTO_ICMP:
		has_order = find_icmp_pair(icmp_pairs, NW_ARRAY_SIZE(icmp_pairs), sport, &d.port);
		break;
	case IPPROTO_ICMPV6:
		has_order = find_icmp_pair(icmp6_pairs, NW_ARRAY_SIZE(icmp6_pairs), sport, &d.port);
		break;
	default:
		has_ports = false;
		s.port = d.port = 0;
		break;
	}
	if (has_order && is_flipped(&s, &d, 16 - skip)) {
		len = put_input(block, proto, &d, &s, 16 - skip, has_ports);
	} else {
		len = put_input(block, proto, &s, &d, 16 - skip, has_ports);
	}
	block[len] = 0x80;
	block[BLOCK - 2] = (uint8_t)(len * 8 >> 8); /* length in bits */
	block[BLOCK - 1] = (uint8_t)(len * 8);
	sha1_block(block, h);
	ret[0] = '1';
	ret[1] = ':';
	put_base64(ret + 2, h);
	ret[NW_COMMUNITY_ID - 1] = '\0';
}

int nw_community_id(const struct nw_flow *flow, char ret[NW_COMMUNITY_ID])
{
	static const uint8_t none[16];
	const uint8_t *s = flow->is_outbound ? flow->laddr : flow->raddr;
	const uint8_t *d = flow->is_outbound ? flow->raddr : flow->laddr;
	uint16_t sport = flow->is_outbound ? flow->lport : flow->rport;
	uint16_t dport = flow->is_outbound ? flow->rport : flow->lport;

	if (memcmp(s, none, sizeof(none)) == 0 || memcmp(d, none, sizeof(none)) == 0 ||
	    flow->proto > UINT8_MAX) {
		return -ENODATA;
	}
	if (flow->proto == IPPROTO_ICMP || flow->proto == IPPROTO_ICMPV6) {
		sport = flow->proto == IPPROTO_ICMP ? ICMP_ECHO : ICMP6_ECHO_REQUEST;
		dport = 0;
	}
	nw_community_id_of((uint8_t)flow->proto, s, d, sport, dport, ret);
	return 0;
}
