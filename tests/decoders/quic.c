/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QUIC: the packets of RFC 9001 A.2 and A.3 and RFC 9369 A.2; the first datagram of Debian 12's
 * gtlsclient (ngtcp2-client 0.12.1) and the first two of its chromium 156, sent to a socket that kept
 * them; and frames sealed by Python's cryptography as its hmac and AESGCM do it, which makes both
 * RFCs' packets too. JA4 was made by Python's hashlib from the lists in those hellos.
 */
#include <openssl/evp.h>

#include "decoders/foreign.h"
#include "quic_initial.h"

#include "decoders/quic_golden.inc"

extern const struct nw_decoder nw_decoder_quic;

static const struct nw_wire w = { .decoder = &nw_decoder_quic, .proto = IPPROTO_UDP, .port = 443 };

#define RFC_HELLO                                               \
	"quic by content\n"                                     \
	"nvrwatch.tls.alpn=alpn\n"                              \
	"tls.client.ja4=q13d0211an_62ed6f6ca7ad_4d634acda6c0\n" \
	"tls.client.server_name=example.com"

static void of_rfcs(void **state)
{
	(void)state;
	assert_string_equal(nw_wire_read_hex(&w, RFC9001), RFC_HELLO);
	assert_string_equal(nw_wire_read_hex(&w, RFC9369), RFC_HELLO);
	/* A.3: a server's answer, without the ID that its keys are made of */
	assert_string_equal(
		nw_wire_read_hex(&w,
				 "cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a"
				 "5816b6394100f37a1c69797554780bb38cc5a99f5ede4cf73c3ec2493a1839b3"
				 "dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84"
				 "022f8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c276456cbc4"
				 "2158407dd074ee"),
		"quic by content");
}

static void of_programs(void **state)
{
	(void)state;
	assert_string_equal(nw_wire_read_hex(&w, GTLSCLIENT),
			    "quic by content\n"
			    "nvrwatch.tls.alpn=h3\n"
			    "tls.client.ja4=q13d0415h3_9caa18292e23_84684a673e38\n"
			    "tls.client.server_name=localhost");
	/* Chromium shuffles a hello over two datagrams: one alone does not even hold its ciphers. */
	assert_string_equal(nw_wire_read_hex(&w, CHROMIUM_1), "quic by content");
	assert_string_equal(nw_wire_read_hex(&w, CHROMIUM_2), "quic by content");
	assert_string_equal(nw_wire_read_hex(&w, CHROMIUM_1 CHROMIUM_2),
			    "quic by content\n"
			    "nvrwatch.tls.alpn=h3\n"
			    "nvrwatch.tls.ech=true\n"
			    "tls.client.ja4=q13d0312h3_55b375c5d22e_178839b6cec1\n"
			    "tls.client.server_name=nvr.example.org");
}

/* Overlapping frames in any order among others; parts in two packets with a 0-RTT packet between. */
static void frames(void **state)
{
	(void)state;
	assert_string_equal(nw_wire_read_hex(&w, SHUFFLED), RFC_HELLO);
	assert_string_equal(nw_wire_read_hex(&w, TOGETHER), RFC_HELLO);
	assert_string_equal(nw_wire_read_hex(&w, FRAMES), RFC_HELLO);
	assert_string_equal(nw_wire_read_hex(&w, BEYOND), RFC_HELLO);
	/* byte 80 is missing: the name stands before it, and no fingerprint is made */
	assert_string_equal(nw_wire_read_hex(&w, GAP), "quic by content\n"
						       "tls.client.server_name=example.com");
	assert_string_equal(nw_wire_read_hex(&w, NO_HELLO), "no message");
}

/* One bit of the tag, and a head that was cut: nothing is told of what is not proven. */
static void not_sealed(void **state)
{
	uint8_t data[NW_WIRE_MAX];
	size_t len = nw_wire_unhex(RFC9001, data);

	(void)state;
	assert_string_equal(nw_wire_read_cut(&w, data, len - 1, len), "quic by content");
	data[len - 1] ^= 1;
	assert_string_equal(nw_wire_read(&w, data, len), "quic by content");
	data[len - 1] ^= 1;
	data[17] ^= 2; /* its length: the header is sealed too */
	assert_string_equal(nw_wire_read(&w, data, len), "quic by content");
}

/* Another version, an ID of 21 bytes, a token or a length past the end, short header, TCP. */
static void not_quic(void **state)
{
	static const struct nw_wire tcp = { .decoder = &nw_decoder_quic, .proto = IPPROTO_TCP };
	uint8_t data[NW_WIRE_MAX];
	size_t len = nw_wire_unhex(RFC9001, data);

	(void)state;
	assert_string_equal(nw_wire_read(&tcp, data, len), "no claim");
	for (size_t i = 1; i < 5; i++) {
		data[i] ^= 0x20;
		assert_string_equal(nw_wire_read(&w, data, len), "no claim");
		data[i] ^= 0x20;
	}
	assert_string_equal(nw_wire_read_hex(&w, "4000000001088394c8f03e51570800004016" RFC9001),
			    "no claim");
	assert_string_equal(nw_wire_read_hex(&w, "c00000000115" RFC9001), "no claim");
	assert_string_equal(nw_wire_read_hex(&w, "c0000000010000ffffffffffffffffff"), "no claim");
	assert_string_equal(nw_wire_read_hex(&w, "c000000001000000ffffffffffffffff"), "no claim");
	assert_string_equal(nw_wire_read_hex(&w, "c000000001000000130000000000000000000000000000000"
						 "0000000"),
			    "no claim");
	assert_string_equal(nw_wire_read(&w, "", 0), "no claim");
	nw_foreign_none(&w);
}

static const uint8_t rfc_id[] = { 0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08 };

/* Frames as packet 0 of the RFC's connection; returns its length. */
static size_t seal(const uint8_t *frames, size_t len, uint8_t *packet)
{
	static const uint8_t header[] = { 0xc0, 0,    0,    0,	  1, 8, 0x83, 0x94, 0xc8, 0xf0,
					  0x3e, 0x51, 0x57, 0x08, 0, 0, 0x40, 0,    0 };
	size_t at = sizeof(header) - 1;
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	struct nw_quic_keys keys;
	uint8_t mask[16];
	int n;

	memcpy(packet, header, sizeof(header));
	packet[16] = (uint8_t)(0x40 | (len + 17) >> 8);
	packet[17] = (uint8_t)(len + 17);
	nw_quic_client_keys(NW_QUIC_V1, nw_span_of(rfc_id, sizeof(rfc_id)), &keys);
	assert_int_equal(EVP_EncryptInit_ex(c, EVP_aes_128_gcm(), NULL, keys.key, keys.iv), 1);
	assert_int_equal(EVP_EncryptUpdate(c, NULL, &n, packet, sizeof(header)), 1);
	assert_int_equal(EVP_EncryptUpdate(c, packet + at + 1, &n, frames, (int)len), 1);
	assert_int_equal(EVP_EncryptFinal_ex(c, packet + at + 1 + len, &n), 1);
	assert_int_equal(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, 16, packet + at + 1 + len),
			 1);
	assert_int_equal(EVP_EncryptInit_ex(c, EVP_aes_128_ecb(), NULL, keys.hp, NULL), 1);
	assert_int_equal(EVP_EncryptUpdate(c, mask, &n, packet + at + 4, 16), 1);
	EVP_CIPHER_CTX_free(c);
	packet[0] ^= mask[0] & 0x0f;
	packet[at] ^= mask[1];
	return at + 1 + len + 16;
}

/* Behind the seal, which a fuzzer does not break: frames of any bytes, and a hello with some changed. */
static void hostile_frames(void **state)
{
	/* the CRYPTO frame of the RFC's ClientHello, as far as its name */
	static const uint8_t hello[] = { 0x06, 0x00, 0x40, 0x49, 0x01, 0x00, 0x00, 0x45, 0x03, 0x03,
					 0xeb, 0xf8, 0xfa, 0x56, 0xf1, 0x29, 0x39, 0xb9, 0x58, 0x4a,
					 0x38, 0x96, 0x47, 0x2e, 0xc4, 0x0b, 0xb8, 0x63, 0xcf, 0xd3,
					 0xe8, 0x68, 0x04, 0xfe, 0x3a, 0x47, 0xf0, 0x6a, 0x2b, 0x69,
					 0x48, 0x4c, 0x00, 0x00, 0x04, 0x13, 0x01, 0x13, 0x02, 0x01,
					 0x00, 0x00, 0x18, 0x00, 0x00, 0x00, 0x10, 0x00, 0x0e, 0x00,
					 0x00, 0x0b, 0x65, 0x78, 0x61, 0x6d, 0x70, 0x6c, 0x65, 0x2e,
					 0x63, 0x6f, 0x6d, 0x00, 0x2d, 0x00, 0x00 };
	uint8_t frames[sizeof(hello)];
	uint8_t packet[200];
	uint64_t seed = 9001;

	(void)state;
	assert_non_null(strstr(nw_wire_read_cut(&w, packet, seal(hello, sizeof(hello), packet),
						sizeof(hello) + 35),
			       "tls.client.server_name=example.com"));
	for (unsigned i = 0; i < NW_FOREIGN_RANDOM; i++) {
		size_t len = sizeof(frames);

		memcpy(frames, hello, sizeof(hello));
		for (unsigned n = 0; n <= i % 4; n++) {
			frames[nw_foreign_byte(&seed) % sizeof(frames)] = nw_foreign_byte(&seed);
		}
		if (i % 8 == 7) {
			len = 4 + nw_foreign_byte(&seed) % (sizeof(frames) - 4);
			for (size_t n = 1; n < len; n++) {
				frames[n] = nw_foreign_byte(&seed);
			}
		}
		len = seal(frames, len, packet);
		assert_string_not_equal(nw_wire_read_cut(&w, packet, len, len), "no claim");
	}
}

static void keys_of_version_2(void **state)
{
	static const uint8_t hp[] = { 0x45, 0xb9, 0x5e, 0x15, 0x23, 0x5d, 0x6f, 0x45,
				      0xa6, 0xb1, 0x9c, 0xbc, 0xb0, 0x29, 0x4b, 0xa9 };
	struct nw_quic_keys keys;

	(void)state;
	nw_quic_client_keys(NW_QUIC_V2, nw_span_of(rfc_id, sizeof(rfc_id)), &keys);
	assert_memory_equal(keys.hp, hp, sizeof(hp));
}

NW_TESTS(decoders_quic, cmocka_unit_test(of_rfcs), cmocka_unit_test(of_programs),
	 cmocka_unit_test(frames), cmocka_unit_test(not_sealed), cmocka_unit_test(not_quic),
	 cmocka_unit_test(hostile_frames), cmocka_unit_test(keys_of_version_2));
