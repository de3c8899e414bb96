/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RTP and RTCP: what GStreamer 1.22.0 and ffmpeg 5.1.9 of Debian 12 sent over UDP (tshark 4.0.17
 * reads them so too), forms of RFC 3550 and 4585, what does not fit, and any bytes.
 */
#include "harness.h"

#include <stdlib.h>
#include <string.h>

#include "decoders/wire.h"
#include "rtp_wire.h"

static struct nw_span of_hex(const char *hex)
{
	static uint8_t *data; /* of its size, for a sanitizer to see what is read beyond */
	uint8_t bytes[NW_WIRE_MAX];
	size_t len = nw_wire_unhex(hex, bytes);

	free(data);
	data = malloc(len ? len : 1);
	assert_non_null(data);
	memcpy(data, bytes, len);
	return nw_span_of(data, len);
}

static bool is_rtcp(const char *hex)
{
	bool is = nw_rtcp_is(of_hex(hex));

	(void)of_hex("");
	return is;
}

#define SDES "81ca0003 3975c5f4 01056162 63646500 "

static void rtcp(void **state)
{
	(void)state;
	assert_true(is_rtcp("80c90001 00000000"));
	assert_true(is_rtcp("80c80006 3975c5f4 e8b1a2c3 d4e5f607 10cfcff0 00000010 00001000"));
	assert_true(is_rtcp("80c80006 3975c5f4 e8b1a2c3 d4e5f607 10cfcff0 00000010 00001000" SDES));
	assert_true(is_rtcp("81c90007 00000001 3975c5f4 00000000 00000001 00000000 00000000 "
			    "00000000" SDES "81cb0001 3975c5f4"));
	assert_true(is_rtcp("81ce0002 00000001 3975c5f4"));
	assert_true(is_rtcp("80c90001 00000000 a0cb0001 00000004")); /* the last is padded */
	assert_false(is_rtcp(""));
	assert_false(is_rtcp("80c9"));
	assert_false(is_rtcp("80c90001 000000"));
	assert_false(is_rtcp("80c90001 00000000 00"));
	assert_false(is_rtcp("80c90002 00000000"));
	assert_false(is_rtcp("80c90000"));
	assert_false(is_rtcp("81c90001 00000000")); /* a report that is not there */
	assert_false(is_rtcp("81c80006 3975c5f4 e8b1a2c3 d4e5f607 10cfcff0 00000010 00001000"));
	assert_false(is_rtcp("81ce0001 00000001"));
	assert_false(is_rtcp("40c90001 00000000"));
	assert_false(is_rtcp("c0c90001 00000000"));
	assert_false(is_rtcp("80c70001 00000000"));
	assert_false(is_rtcp("80d00002 00000000 00000000"));
	assert_false(is_rtcp("a0c90001 00000000 80cb0001 00000004"));
}

static void rtp(void **state)
{
	static const char *const bad[] = {
		"8060 21d1 dafdcd39 3975c5f4", /* nothing carried */
		"8060 21d1 dafdcd39 3975c5",
		"4060 21d1 dafdcd39 3975c5f4 09",
		"804a 21d1 dafdcd39 3975c5f4 09", /* not assigned: RTCP's numbers */
		"8001 21d1 dafdcd39 3975c5f4 09",
		"8160 21d1 dafdcd39 3975c5f4 000000", /* a source that is not there */
		"9060 21d1 dafdcd39 3975c5f4 bede0001 00000000",
		"9060 21d1 dafdcd39 3975c5f4 bede0002 00000000 00",
		"a060 21d1 dafdcd39 3975c5f4 0102 00", /* padding of none, and of too much */
		"a060 21d1 dafdcd39 3975c5f4 0102 04",
		"a060 21d1 dafdcd39 3975c5f4 010203",
		"",
		"80",
	};
	struct nw_rtp r;

	(void)state;
	assert_true(nw_rtp_read(of_hex("8060 21d1 dafdcd39 3975c5f4 0910"), true, &r));
	assert_int_equal(r.type, 96);
	assert_true(r.is_plain && !r.has_extension);
	assert_int_equal(nw_span_left(&r.payload), 2);
	assert_true(nw_rtp_read(of_hex("9188 681a 452216e7 2dbf5b6e 00000001 bede0001 10000000 a7"),
				true, &r));
	assert_int_equal(r.type, 8);
	assert_false(r.is_plain);
	assert_true(r.has_extension);
	assert_int_equal(r.profile, 0xbede);
	assert_int_equal(nw_span_left(&r.extension), 4);
	assert_int_equal(*r.payload.p, 0xa7);
	assert_true(nw_rtp_read(of_hex("a060 21d1 dafdcd39 3975c5f4 010203 0002"), true, &r));
	assert_int_equal(nw_span_left(&r.payload), 3);
	/* of a packet that goes on the last byte is no padding's */
	assert_true(nw_rtp_read(of_hex("a060 21d1 dafdcd39 3975c5f4 010203 00"), false, &r));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(nw_rtp_read(of_hex(bad[i]), true, &r));
	}
	(void)of_hex("");
	assert_string_equal(nw_rtp_codec(8), "PCMA");
	assert_string_equal(nw_rtp_codec(34), "H263");
	assert_null(nw_rtp_codec(1));
	assert_null(nw_rtp_codec(96));
	assert_null(nw_rtp_codec(255));
}

/* Random bytes, all lengths: RTCP never, RTP's header one in ten (so it is no evidence). */
static void random_bytes(void **state)
{
	uint64_t x = 88172645463325252U;
	unsigned as_rtp = 0;

	(void)state;
	for (unsigned i = 0; i < 100000; i++) {
		uint8_t data[64];
		struct nw_rtp r;
		size_t len;

		for (size_t j = 0; j < sizeof(data); j++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			data[j] = (uint8_t)(x >> 32);
		}
		len = 8 + x % (sizeof(data) - 8);
		assert_false(nw_rtcp_is(nw_span_of(data, len)));
		as_rtp += nw_rtp_read(nw_span_of(data, len), true, &r);
	}
	assert_in_range(as_rtp, 1000, 10000);
}

NW_TESTS(user_rtp_wire, cmocka_unit_test(rtcp), cmocka_unit_test(rtp),
	 cmocka_unit_test(random_bytes));
