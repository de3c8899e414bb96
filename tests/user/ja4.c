/* SPDX-License-Identifier: Apache-2.0 */
/* JA4's own rules where no common program goes: its page technical_details/JA4.md has each. */
#include "ja4.h"

#include <stdio.h>
#include <string.h>

#include "harness.h"
#include "util/macro.h"

static const char *alpn_of(const char *alpn)
{
	static char ja4[NW_JA4_MAX];
	struct nw_hello h = { .transport = 'q', .version = 0x0304 };

	h.alpn = nw_span_of(alpn, strlen(alpn));
	nw_ja4(&h, ja4);
	return ja4;
}

static void alpn(void **state)
{
	(void)state;
	assert_string_equal(alpn_of("h2"), "q13i0000h2_000000000000_000000000000");
	assert_string_equal(alpn_of("http/1.1"), "q13i0000h1_000000000000_000000000000");
	assert_string_equal(alpn_of("x"), "q13i0000xx_000000000000_000000000000");
	assert_string_equal(alpn_of(""), "q13i000000_000000000000_000000000000");
	assert_string_equal(alpn_of("\xab"), "q13i0000ab_000000000000_000000000000");
	assert_string_equal(alpn_of("\x30\xab"), "q13i00003b_000000000000_000000000000");
	assert_string_equal(alpn_of("\x30\x31\xab\xcd"), "q13i00003d_000000000000_000000000000");
	assert_string_equal(alpn_of("\x30\xab\xcd\x31"), "q13i000001_000000000000_000000000000");
}

/* The page's own example, its lists in another order and with GREASE between. */
static void lists(void **state)
{
	static const uint8_t ciphers[] = "\x0a\x0a\x13\x01\x13\x02\x13\x03\xc0\x2b\xc0\x2f\xc0\x2c"
					 "\xc0\x30\xcc\xa9\xcc\xa8\xc0\x13\xc0\x14\x00\x9c\x00\x9d"
					 "\x00\x2f\x00\x35";
	static const uint8_t extensions[] =
		"\x00\x1b\0\0\x00\x00\0\0\x00\x33\0\0\x00\x10\0\0\x44\x69\0\0\x00\x17\0\0"
		"\x00\x2d\0\0\x00\x0d\0\0\x00\x05\0\0\x00\x23\0\0\x00\x12\0\0\x00\x2b\0\0"
		"\xff\x01\0\0\x00\x0b\0\0\x00\x0a\0\0\x00\x15\0\0\xfa\xfa\0\0";
	static const uint8_t signatures[] =
		"\x4a\x4a\x04\x03\x08\x04\x04\x01\x05\x03\x08\x05\x05\x01\x08\x06\x06\x01";
	struct nw_hello h = {
		.transport = 't',
		.version = 0x0304,
		.has_name = true,
		.ciphers = nw_span_of(ciphers, sizeof(ciphers) - 1),
		.extensions = nw_span_of(extensions, sizeof(extensions) - 1),
		.signatures = nw_span_of(signatures, sizeof(signatures) - 1),
		.alpn = nw_span_of("h2", 2),
	};
	char ja4[NW_JA4_MAX];

	(void)state;
	nw_ja4(&h, ja4);
	assert_string_equal(ja4, "t13d1516h2_8daaf6152771_e5627efa2ab1");
	h.signatures.end = h.signatures.p;
	nw_ja4(&h, ja4);
	assert_string_equal(ja4, "t13d1516h2_8daaf6152771_6d807ffa2a79");
}

/* A list as JA4_ro has it, "1301,c02b", up to the next '_', as it stands in a hello. */
static struct nw_span list_of(const char **at, bool has_data, uint8_t *ret)
{
	size_t n = 0;

	for (unsigned v; sscanf(*at, "%4x", &v) == 1 && n < 200;) {
		ret[n++] = (uint8_t)(v >> 8);
		ret[n++] = (uint8_t)v;
		if (has_data) {
			ret[n++] = 0;
			ret[n++] = 0;
		}
		*at += 5;
		if ((*at)[-1] != ',') {
			break;
		}
	}
	return nw_span_of(ret, n);
}

/*
 * What others' programs sent, in the order in which they sent it, and JA4 of it: of FoxIO's
 * repository ja4, python/test/testdata (sigalg-grease, badcurveball, chrome-cloudflare-quic and
 * tls-sni's streams 5 and 6), whose JA4 is under BSD-3-Clause. tshark 4.0 of Debian 12 has no JA4.
 */
static void published(void **state)
{
#define CHROME "1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035"
#define SIGNED "0403,0804,0401,0503,0805,0501,0806,0601"
	static const struct {
		const char *alpn;
		const char *lists;
		const char *ja4;
	} vectors[] = {
		{ "h2",
		  CHROME
		  "_fe0d,0010,0017,0033,44cd,ff01,000a,000d,0023,002b,000b,ca34,002d,0000,0005,"
		  "001b,0012_0904,0905,0906," SIGNED,
		  "t13d1517h2_8daaf6152771_cb7bf5808d99" },
		{ "h2",
		  CHROME
		  ",000a_0000,0017,ff01,000a,000b,0023,0010,0005,000d,0012,0033,002d,002b,001b,"
		  "0015_" SIGNED ",0201",
		  "t13d1615h2_46e7e9700bed_45f260be83e2" },
		{ "h2",
		  CHROME
		  "_0000,0017,ff01,000a,000b,0023,0010,0005,000d,0012,0033,002d,002b,001b,4469,"
		  "0015_" SIGNED,
		  "t13d1516h2_8daaf6152771_e5627efa2ab1" },
		{ "http/1.1",
		  CHROME
		  "_000d,0033,0000,ff01,002b,0023,002d,0005,0012,000b,0017,4469,0010,001b,000a,"
		  "0015_" SIGNED,
		  "t13d1516h1_8daaf6152771_e5627efa2ab1" },
		{ NULL,
		  CHROME
		  "_0033,002b,001b,0000,0012,002d,000d,000a,0005,0023,0017,ff01,000b,0015_" SIGNED,
		  "t13d151400_8daaf6152771_de4a06bb82e3" },
	};
	uint8_t bytes[3][256];
	char ja4[NW_JA4_MAX];

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(vectors); i++) {
		const char *at = vectors[i].lists;
		struct nw_hello h = { .transport = 't', .version = 0x0304, .has_name = true };

		h.ciphers = list_of(&at, false, bytes[0]);
		h.extensions = list_of(&at, true, bytes[1]);
		h.signatures = list_of(&at, false, bytes[2]);
		if (vectors[i].alpn) {
			h.alpn = nw_span_of(vectors[i].alpn, strlen(vectors[i].alpn));
		}
		nw_ja4(&h, ja4);
		assert_string_equal(ja4, vectors[i].ja4);
	}
}

/* As many as a head holds, in the worst order: the same as the list that is sorted. */
static void long_lists(void **state)
{
	static uint8_t up[4000];
	static uint8_t down[4000];
	struct nw_hello h = { .transport = 't', .version = 0x0303 };
	char want[NW_JA4_MAX];
	char got[NW_JA4_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(up); i += 2) {
		unsigned v = (unsigned)(i * 13);

		up[i] = down[sizeof(down) - 2 - i] = (uint8_t)(v >> 8);
		up[i + 1] = down[sizeof(down) - 1 - i] = (uint8_t)v;
	}
	h.ciphers = nw_span_of(up, sizeof(up));
	nw_ja4(&h, want);
	h.ciphers = nw_span_of(down, sizeof(down));
	nw_ja4(&h, got);
	assert_string_equal(got, want);
	assert_memory_equal(got, "t12i9900", 8);
}

NW_TESTS(user_ja4, cmocka_unit_test(alpn), cmocka_unit_test(lists), cmocka_unit_test(long_lists),
	 cmocka_unit_test(published));
