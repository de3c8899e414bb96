/* SPDX-License-Identifier: Apache-2.0 */
/* The writer of lines, each read back with json-c: structure, text of any bytes, numbers, the end. */
#include "json.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness.h"

static struct json_object *parse(const char *line, size_t len)
{
	struct json_tokener *t = json_tokener_new();
	struct json_object *o;

	json_tokener_set_flags(t, JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(t, line, (int)len + 1);
	assert_int_equal(json_tokener_get_error(t), json_tokener_success);
	json_tokener_free(t);
	return o;
}

/* What a reader must get back: the same, but U+FFFD for each byte that is not UTF-8. */
static size_t expect(char *out, const char *in, size_t len)
{
	size_t n = 0;

	while (len > 0) {
		int32_t code;
		size_t used = nw_utf8_next(in, len, &code);

		memcpy(out + n, code < 0 ? "\xef\xbf\xbd" : in, code < 0 ? 3 : used);
		n += code < 0 ? 3 : used;
		in += used;
		len -= used;
	}
	return n;
}

static void assert_text(const char *in, size_t len)
{
	static char buf[65536], want[65536];
	struct nw_json j;
	struct json_object *o, *s;
	size_t n, want_len = expect(want, in, len);

	nw_json_init(&j, buf, sizeof(buf));
	nw_json_open(&j, NULL);
	nw_json_strn(&j, "s", in, len);
	nw_json_close(&j);
	n = nw_json_finish(&j);
	assert_true(n > 0 && n == strlen(buf));
	for (size_t i = 0; i < n; i++) {
		assert_true((unsigned char)buf[i] >= 0x20 && buf[i] != 0x7f);
		assert_false(buf[i] == '\xc2' && (unsigned char)buf[i + 1] < 0xa0); /* C1 */
	}
	assert_null(strstr(buf, "\xe2\x80\xa8"));
	o = parse(buf, n);
	assert_true(json_object_object_get_ex(o, "s", &s));
	assert_int_equal(json_object_get_string_len(s), want_len);
	assert_memory_equal(json_object_get_string(s), want, want_len);
	json_object_put(o);
}

static void test_text_pairs(void **state)
{
	char pad[32];

	(void)state;
	/* every pair of bytes, at places that the 8-byte way and the single way reach */
	for (unsigned v = 0; v < 65536; v++) {
		memset(pad, 'x', sizeof(pad));
		pad[v % 9] = (char)(v >> 8);
		pad[v % 9 + 1] = (char)v;
		assert_text(pad, 8 + v % 12);
	}
}

static void test_text_random(void **state)
{
	static const char *const piece[] = { "a",
					     "long clean text of ASCII only ",
					     "\"",
					     "\\",
					     "\xc3\xbc",
					     "\xe6\x9d\xb1",
					     "\xf0\x9f\x93\xb7",
					     "\xed\xa0\x80",
					     "\xe2\x80\xa8",
					     "\xe2\x80\xa9",
					     "\xff",
					     "\x1b[0m",
					     "\xc2\x9b",
					     "\x7f" };
	(void)state;
	srand(2);
	for (int i = 0; i < 20000; i++) {
		char in[1024];
		size_t len = 0;

		for (int k = rand() % 30; k > 0; k--) {
			const char *p = piece[rand() % (int)(sizeof(piece) / sizeof(piece[0]))];

			memcpy(in + len, p, strlen(p));
			len += strlen(p);
		}
		in[len] = '\0';
		assert_text(in, len);
	}
}

static void assert_line(struct nw_json *j, const char *want)
{
	size_t n = nw_json_finish(j);

	assert_int_equal(n, strlen(want));
	assert_string_equal(j->start, want);
	json_object_put(parse(j->start, n));
}

static void test_structure(void **state)
{
	char buf[512];
	struct nw_json j;

	(void)state;
	nw_json_init(&j, buf, sizeof(buf));
	nw_json_open(&j, NULL);
	nw_json_open(&j, "empty");
	nw_json_close(&j);
	nw_json_array(&j, "none");
	nw_json_array_end(&j);
	nw_json_array(&j, "list");
	nw_json_word(&j, NULL, "a");
	nw_json_u64(&j, NULL, 1);
	nw_json_open(&j, NULL);
	nw_json_bool(&j, "yes", true);
	nw_json_bool(&j, "no", false);
	nw_json_close(&j);
	nw_json_array_end(&j);
	nw_json_str(&j, "null", NULL);
	nw_json_str(&j, "nothing", "");
	nw_json_str(&j, "comma", ",");
	nw_json_u64_word(&j, "id", 1000);
	nw_json_raw(&j, "\"made\":{\"earlier\":1},", 21);
	nw_json_hex(&j, "hex", 0x0123456789abcdefULL);
	nw_json_close(&j);
	assert_line(&j, "{\"empty\":{},\"none\":[],\"list\":[\"a\",1,{\"yes\":true,\"no\":false}],"
			"\"comma\":\",\",\"id\":\"1000\",\"made\":{\"earlier\":1},"
			"\"hex\":\"0123456789abcdef\"}");
}

static void test_numbers(void **state)
{
	static const int64_t i64[] = { 0, 1, -1, 9, 10, -10, 99, 100, 101, INT64_MAX, INT64_MIN };
	char buf[256];
	char want[256];
	struct nw_json j;

	(void)state;
	for (size_t i = 0; i < sizeof(i64) / sizeof(i64[0]); i++) {
		nw_json_init(&j, buf, sizeof(buf));
		nw_json_open(&j, NULL);
		nw_json_i64(&j, "i", i64[i]);
		nw_json_u64(&j, "u", (uint64_t)i64[i]);
		nw_json_close(&j);
		snprintf(want, sizeof(want), "{\"i\":%" PRId64 ",\"u\":%" PRIu64 "}", i64[i],
			 (uint64_t)i64[i]);
		assert_line(&j, want);
	}
}

static void assert_time(uint64_t seconds, uint32_t ns)
{
	char buf[64], day[32], want[64];
	static struct nw_json_second last;
	struct nw_json j;
	struct tm tm;
	time_t t = (time_t)seconds;

	assert_non_null(gmtime_r(&t, &tm));
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(want, sizeof(want), "[\"%s.%09uZ\"]", day, ns);
	nw_json_init(&j, buf, sizeof(buf));
	nw_json_array(&j, NULL);
	nw_json_time(&j, NULL, seconds * 1000000000ULL + ns, &last);
	nw_json_array_end(&j);
	assert_line(&j, want);
}

/* Each day that 64 bits of ns can name, against the C library. */
static void test_time(void **state)
{
	const uint64_t last = UINT64_MAX / 1000000000ULL;

	(void)state;
	for (uint64_t day = 0; day * 86400 + 86399 <= last; day++) {
		assert_time(day * 86400 + day % 86400, (uint32_t)(day * 7919 % 1000000000));
	}
	assert_time(0, 0);
	assert_time(0, 1);
	assert_time(951782399, 999999999); /* 2000-02-28T23:59:59 */
	assert_time(last, UINT64_MAX % 1000000000ULL);
}

static void test_ip(void **state)
{
	static const uint8_t v4[16] = { [10] = 0xff, [11] = 0xff, 203, 0, 113, 7 };
	static const uint8_t v6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };
	char buf[128];
	struct nw_json j;

	(void)state;
	nw_json_init(&j, buf, sizeof(buf));
	nw_json_open(&j, NULL);
	nw_json_ip(&j, "a", v4);
	nw_json_ip(&j, "b", v6);
	nw_json_close(&j);
	assert_line(&j, "{\"a\":\"203.0.113.7\",\"b\":\"2001:db8::1\"}");
}

static size_t write_some(char *buf, size_t size)
{
	static const uint8_t addr[16] = { [10] = 0xff, [11] = 0xff, 255, 255, 255, 255 };
	struct nw_json_second last = { 0 };
	struct nw_json j;

	nw_json_init(&j, buf, size);
	nw_json_open(&j, NULL);
	nw_json_time(&j, "@timestamp", 1795480862123456789ULL, &last);
	nw_json_array(&j, "args");
	nw_json_str(&j, NULL, "\x01\x02\x03");
	nw_json_str(&j, NULL, "plain");
	nw_json_array_end(&j);
	nw_json_u64(&j, "max", UINT64_MAX);
	nw_json_i64(&j, "min", INT64_MIN);
	nw_json_ip(&j, "ip", addr);
	nw_json_bool(&j, "b", false);
	nw_json_hex(&j, "hex", 1);
	nw_json_word(&j, "word", "literal");
	nw_json_raw(&j, "\"raw\":1,", 8);
	nw_json_open(&j, "o");
	nw_json_close(&j);
	nw_json_close(&j);
	return nw_json_finish(&j);
}

/* Any size of buffer: the same whole line or none, and never a byte past the end. */
static void test_overflow(void **state)
{
	char whole[1024];
	size_t all = write_some(whole, sizeof(whole));
	bool fitted = false;

	(void)state;
	assert_true(all > 0);
	for (size_t size = 1; size < sizeof(whole); size++) {
		char *buf = malloc(size); /* of its exact size, for the sanitizer */
		size_t n = write_some(buf, size);

		assert_true(n == 0 || n == all);
		assert_false(fitted && n == 0);
		fitted = n > 0;
		if (n > 0) {
			assert_true(n < size);
			assert_string_equal(buf, whole);
		}
		free(buf);
	}
	assert_true(fitted);
}

NW_TESTS(user_json, cmocka_unit_test(test_text_pairs), cmocka_unit_test(test_text_random),
	 cmocka_unit_test(test_structure), cmocka_unit_test(test_numbers),
	 cmocka_unit_test(test_time), cmocka_unit_test(test_ip), cmocka_unit_test(test_overflow));
