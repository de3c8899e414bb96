/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text of people -> numbers, times and networks. All or nothing: trailing text, signs, spaces and
 * values out of range are -EINVAL or -ERANGE, and then nothing was written to ret.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/macro.h"

struct nw_network {
	uint8_t addr[16]; /* v4 mapped, host bits zero */
	uint8_t bits;	  /* 0-128 */
};

/* Decimal digits only, no leading zero: YAML's and C's octal surprise nobody here. */
NW_MUST_CHECK int nw_parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *ret);

/* "10s", "500ms", "2m", "1h", "1d"; a number alone is seconds. 1 ns .. 10 years. */
NW_MUST_CHECK int nw_parse_duration(const char *text, uint64_t *ret_ns);

/* "192.0.2.7" or "2001:db8::1"; v4 becomes mapped. */
NW_MUST_CHECK int nw_parse_address(const char *text, uint8_t ret[16]);

/* "10.0.0.0/8", "2001:db8::/32", "::1"; without a length the whole address. Host bits are cut. */
NW_MUST_CHECK int nw_parse_network(const char *text, struct nw_network *ret);

/*
 * Is addr in net? An IPv4 address (mapped) is only in IPv4 networks: ::/0 means every IPv6 address
 * and not the whole world.
 */
bool nw_network_has(const struct nw_network *net, const uint8_t addr[16]);

/* The address behind NAT64's 64:ff9b::/96 (RFC 6052) as v4 mapped, else addr itself. */
void nw_address_unwrap(const uint8_t addr[16], uint8_t ret[16]);
