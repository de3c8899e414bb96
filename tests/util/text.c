/* SPDX-License-Identifier: Apache-2.0 */
/* Text that may reach a terminal: every byte value, every cut, addresses against inet_ntop. */
#include "util/text.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

static void assert_escaped(const char *in, size_t len, const char *want)
{
	char buf[256];
	size_t n = nw_text_escape(buf, sizeof(buf), in, len);

	assert_string_equal(buf, want);
	assert_int_equal(n, strlen(want));
}

#define ESCAPED(in, want) assert_escaped(in, sizeof(in) - 1, want)

static void test_escape(void **state)
{
	(void)state;
	ESCAPED("", "");
	ESCAPED("ffmpeg -i rtsp://cam/1", "ffmpeg -i rtsp://cam/1");
	ESCAPED("K\xc3\xb6ln \xe6\x9d\xb1\xe4\xba\xac \xf0\x9f\x93\xb7",
		"K\xc3\xb6ln \xe6\x9d\xb1\xe4\xba\xac \xf0\x9f\x93\xb7");
	ESCAPED("a\\b", "a\\\\b");
	ESCAPED("\x1b[31mred\x1b]0;title\x07", "\\x1b[31mred\\x1b]0;title\\x07");
	ESCAPED("a\nb\tc\rd\0e\x7f", "a\\x0ab\\x09c\\x0dd\\x00e\\x7f");
	ESCAPED("\xc2\x9b"
		"31m",
		"\\u{9b}31m"); /* C1 CSI */
	ESCAPED("\xe2\x80\xae"
		"fdp.exe",
		"\\u{202e}fdp.exe"); /* right-to-left override */
	ESCAPED("\xe2\x81\xa6x\xe2\x81\xa9\xef\xbb\xbf", "\\u{2066}x\\u{2069}\\u{feff}");
	ESCAPED("\xf3\xa0\x81\x81", "\\u{e0041}"); /* a tag: text that nobody sees */
	ESCAPED("\xff\xfe\x80", "\\xff\\xfe\\x80");
	ESCAPED("\xc0\xaf\xe0\x80\xaf", "\\xc0\\xaf\\xe0\\x80\\xaf"); /* overlong slashes */
	ESCAPED("\xed\xa0\x80", "\\xed\\xa0\\x80");		      /* a surrogate */
	ESCAPED("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");	      /* beyond U+10FFFF */
	ESCAPED("\xe6\x9d", "\\xe6\\x9d");			      /* cut */
}

/* Every byte pair: only printable ASCII, valid UTF-8 and backslash escapes may come out. */
static void test_escape_all_pairs(void **state)
{
	(void)state;
	for (unsigned v = 0; v < 65536; v++) {
		char in[2] = { (char)(v >> 8), (char)v };
		char buf[64];
		size_t n = nw_text_escape(buf, sizeof(buf), in, sizeof(in));

		for (size_t i = 0; i < n;) {
			int32_t c;

			i += nw_utf8_next(buf + i, n - i, &c);
			assert_true(c >= 0x20 && c != 0x7f && !(c >= 0x80 && c < 0xa0));
		}
	}
}

/* In a buffer of any size: never past its end, never half an escape, marked when cut. */
static void test_escape_cut(void **state)
{
	static const char in[] = "ab\x1b\xe2\x80\xae\\\xe6\x9d\xb1zz";
	static const char *const unit[] = { "a", "b", "\\x1b", "\\u{202e}", "\\\\", "\xe6\x9d\xb1",
					    "z", "z" };
	char whole[64];
	size_t all = nw_text_escape(whole, sizeof(whole), in, sizeof(in) - 1);

	(void)state;
	for (size_t size = 8; size <= sizeof(whole); size++) {
		char buf[80];
		char want[80] = "";
		size_t n;

		memset(buf, 0x55, sizeof(buf));
		n = nw_text_escape(buf, size, in, sizeof(in) - 1);
		assert_int_equal(n, strlen(buf));
		assert_true(n < size);
		assert_int_equal(buf[size], 0x55);
		for (size_t i = 0; all >= size && i < sizeof(unit) / sizeof(unit[0]); i++) {
			if (strlen(want) + strlen(unit[i]) + 3 > size - 1) {
				break;
			}
			strcat(want, unit[i]);
		}
		assert_string_equal(buf, all < size ? whole : strcat(want, "\xe2\x80\xa6"));
	}
}

static void test_utf8_next(void **state)
{
	static const struct {
		const char *s;
		size_t len, used;
		int32_t code;
	} c[] = {
		{ "A", 1, 1, 'A' },
		{ "\xc2\x80", 2, 2, 0x80 },
		{ "\xdf\xbf", 2, 2, 0x7ff },
		{ "\xe0\xa0\x80", 3, 3, 0x800 },
		{ "\xed\x9f\xbf", 3, 3, 0xd7ff },
		{ "\xee\x80\x80", 3, 3, 0xe000 },
		{ "\xf0\x90\x80\x80", 4, 4, 0x10000 },
		{ "\xf4\x8f\xbf\xbf", 4, 4, 0x10ffff },
		{ "\xf4\x8f\xbf\xbf", 3, 1, -1 },
		{ "\xe0\x9f\xbf", 3, 1, -1 },
		{ "\xf0\x8f\xbf\xbf", 4, 1, -1 },
		{ "\xc1\xbf", 2, 1, -1 },
		{ "\xf5\x80\x80\x80", 4, 1, -1 },
		{ "\x80", 1, 1, -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		int32_t code;

		assert_int_equal(nw_utf8_next(c[i].s, c[i].len, &code), c[i].used);
		assert_int_equal(code, c[i].code);
	}
}

static void test_u64(void **state)
{
	uint64_t v = 0;

	(void)state;
	for (int i = 0; i < 20; i++) {
		for (int d = -1; d <= 1; d++) {
			char got[24] = "", want[24];
			uint64_t x = v + (uint64_t)(int64_t)d;

			got[nw_text_u64(got, x)] = '\0';
			snprintf(want, sizeof(want), "%" PRIu64, x);
			assert_string_equal(got, want);
		}
		v = v ? v * 10 : 1;
	}
}

static void test_bytes(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *want;
	} c[] = {
		{ 0, "0 B" },
		{ 999, "999 B" },
		{ 1000, "1.0 kB" },
		{ 1049, "1.0 kB" },
		{ 1050, "1.1 kB" },
		{ 1234567, "1.2 MB" },
		{ 99949, "99.9 kB" },
		{ 99950, "100 kB" },
		{ 123456, "123 kB" },
		{ 999499, "999 kB" },
		{ 999500, "1.0 MB" },
		{ 38400000, "38.4 MB" },
		{ 999499999999, "999 GB" },
		{ UINT64_MAX, "18.4 EB" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		char buf[8];

		nw_text_bytes(buf, c[i].bytes);
		assert_string_equal(buf, c[i].want);
	}
}

static void assert_addr(const uint8_t addr[16], const char *want)
{
	char buf[NW_ADDR_TEXT];

	assert_int_equal(nw_addr_text(buf, addr), strlen(want));
	assert_string_equal(buf, want);
}

static void test_addr(void **state)
{
	static const char *const v6[] = {
		"::",
		"::1",
		"1::",
		"fe80::1",
		"2001:db8::1:0:0:1",
		"2001:db8:0:1:1:1:1:1",
		"1:0:0:2::3",
		"0:1:2:3:4:5:6:7",
		"1:2:3:4:5:6:7:0",
		"2001:db8::",
		"64:ff9b::c000:221",
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	};
	uint8_t addr[16];
	char text[NW_ADDR_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(v6) / sizeof(v6[0]); i++) {
		assert_int_equal(inet_pton(AF_INET6, v6[i], addr), 1);
		assert_addr(addr, v6[i]);
	}
	srand(1);
	for (int i = 0; i < 100000; i++) {
		for (int k = 0; k < 16; k++) {
			addr[k] = (uint8_t)(rand() & (k / 2 & rand() ? 0xff : rand()));
		}
		for (int k = 0; k < 4; k++) { /* runs of zeros in many places */
			int at = rand() % 8 * 2;

			addr[at] = addr[at + 1] = 0;
		}
		addr[1] |= 1; /* inet_ntop writes ::a.b.c.d, which RFC 5952 leaves open */
		inet_ntop(AF_INET6, addr, text, sizeof(text));
		assert_addr(addr, text);
	}
	memset(addr, 0, 10);
	addr[10] = addr[11] = 0xff;
	for (int i = 0; i < 256; i++) {
		addr[12] = (uint8_t)i;
		addr[13] = (uint8_t)(255 - i);
		addr[14] = 0;
		addr[15] = (uint8_t)(i / 3);
		inet_ntop(AF_INET, addr + 12, text, sizeof(text));
		assert_addr(addr, text);
	}
}

NW_TESTS(util_text, cmocka_unit_test(test_escape), cmocka_unit_test(test_escape_all_pairs),
	 cmocka_unit_test(test_escape_cut), cmocka_unit_test(test_utf8_next),
	 cmocka_unit_test(test_u64), cmocka_unit_test(test_bytes), cmocka_unit_test(test_addr));
