/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JA4 of a ClientHello, to the letter of FoxIO's technical_details/JA4.md (JA4 alone, which is
 * BSD-3-Clause; not the other fingerprints of that family).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/span.h"

#define NW_JA4_MAX 37 /* t13d1516h2_8daaf6152771_e5627efa2ab1 and NUL */

struct nw_hello {
	char transport;		/* 't' TCP, 'q' QUIC, 'd' DTLS */
	uint16_t version;	/* highest offered */
	struct nw_span ciphers; /* two bytes each */
	struct nw_span extensions;
	struct nw_span signatures; /* signature_algorithms, two bytes each */
	struct nw_span alpn;	   /* first name; p NULL = none */
	bool has_name;		   /* server_name is there */
};

/* Values that mean nothing, so that servers learn to ignore them: RFC 8701. */
static inline bool nw_is_grease(uint16_t v)
{
	return (v & 0x0f0f) == 0x0a0a && v >> 8 == (v & 0xff);
}

/* hello: its spans were read once without error. */
void nw_ja4(const struct nw_hello *hello, char ret[NW_JA4_MAX]);
