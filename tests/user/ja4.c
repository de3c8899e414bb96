/* SPDX-License-Identifier: Apache-2.0 */
/* JA4's own rules where no common program goes: its page technical_details/JA4.md has each. */
#include "ja4.h"

#include <string.h>

#include "harness.h"

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

NW_TESTS(user_ja4, cmocka_unit_test(alpn), cmocka_unit_test(lists), cmocka_unit_test(long_lists));
