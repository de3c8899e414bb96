/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a decoder must not claim: bytes without order, and what others begin with. Included by test
 * files only.
 */
#pragma once

#include "decoders/wire.h"

#define NW_FOREIGN_RANDOM 10000

/* The same bytes each time: Knuth's MMIX generator. */
static inline uint8_t nw_foreign_byte(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint8_t)(*seed >> 56);
}

static inline void nw_foreign_head(const struct nw_wire *w, uint16_t proto, const void *data,
				   size_t len)
{
	struct nw_wire other = *w;
	struct nw_ev_head *head;

	other.proto = proto;
	for (size_t n = len; n > 0; n /= 2) { /* short ones too */
		head = nw_wire_head(&other, data, n, n);
		assert_int_not_equal(nw_decoder_claims(w->decoder, head), NW_BASIS_CONTENT);
		free(head);
	}
}

/* None of them is claimed by its content, over TCP or over UDP. */
static inline void nw_foreign_none(const struct nw_wire *w)
{
	static const char *const texts[] = {
		"GET / HTTP/1.1\r\nHost: example.org\r\nUser-Agent: curl/7.88.1\r\n\r\n",
		"HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: application/json\r\n\r\n{\"a\":1}",
		"OPTIONS rtsp://192.0.2.7/ RTSP/1.0\r\nCSeq: 1\r\n\r\n",
		"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n",
		"220 mail.example.org ESMTP Postfix (Debian/GNU)\r\n",
		"EHLO client.example.org\r\n",
		"{\"method\":\"global.login\",\"params\":{}}",
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Envelope><Body/></Envelope>",
	};
	static const char *const bytes[] = {
		/* TLS ClientHello, its beginning */
		"16030100f8010000f40303a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbd"
		"bebf20c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf0026130213",
		/* DNS: example.org, over UDP and over TCP */
		"1234010000010000000000000765"
		"78616d706c65036f72670000010001",
		"001d1234010000010000000000000765"
		"78616d706c65036f72670000010001",
		/* NTP, SMB, PostgreSQL, MySQL, MQTT, RTP, STUN */
		"23000000000000000000000000000000000000000000000000000000000000000000000000000000"
		"0123456789abcdef",
		"00000044ff534d4272000000001843c80000000000000000000000000000fffe00000000002200024e",
		"000000080004d2162f",
		"4a0000000a352e352e352d31302e31312e362d4d61726961444200080000004a4b4c4d4e4f505100",
		"101000044d5154540402003c000464656d6f",
		"8060000100000000deadbeef6742c01e",
		"000100002112a442b7e7a701bc34d686fa87dfae",
		"0000000000000000000000000000000000000000000000000000000000000000000000000000000000",
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	};
	uint8_t data[NW_WIRE_MAX];
	uint64_t seed = 1;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		nw_foreign_head(w, IPPROTO_TCP, texts[i], strlen(texts[i]));
		nw_foreign_head(w, IPPROTO_UDP, texts[i], strlen(texts[i]));
	}
	for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
		size_t len = nw_wire_unhex(bytes[i], data);

		nw_foreign_head(w, IPPROTO_TCP, data, len);
		nw_foreign_head(w, IPPROTO_UDP, data, len);
	}
	for (unsigned i = 0; i < NW_FOREIGN_RANDOM; i++) {
		size_t len = 1 + nw_foreign_byte(&seed);

		for (size_t n = 0; n < len; n++) {
			data[n] = nw_foreign_byte(&seed);
		}
		nw_foreign_head(w, i & 1 ? IPPROTO_TCP : IPPROTO_UDP, data, len);
	}
}
