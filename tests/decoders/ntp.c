/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NTP: what sntp 4.2.8p15 and chronyd 4.3 of Debian 12 said to each other on a loopback; a question to
 * ntpd's monitor as RFC 9327 and ntpd's old private mode have it, laid out by hand.
 */
#include "decoders/wire.h"

extern const struct nw_decoder nw_decoder_ntp;

static const struct nw_wire client = { .decoder = &nw_decoder_ntp,
				       .proto = IPPROTO_UDP,
				       .port = 123 };
static const struct nw_wire server = {
	.decoder = &nw_decoder_ntp, .proto = IPPROTO_UDP, .port = 123, .is_received = true
};
static const struct nw_wire elsewhere = {
	.decoder = &nw_decoder_ntp, .proto = IPPROTO_UDP, .port = 40001, .is_received = true
};

#define ZERO16 "00000000000000000000000000000000"
#define CLIENT "e3000000000000000000000000000000" ZERO16 "0000000000000000eeb5542dd2973000"
#define SERVER                             \
	"240500e700000000000000007f7f0101" \
	"eeb5542c6458996feeb5542dd2973000eeb5542dd29e188deeb5542dd2a51ca8"

static void real_messages(void **state)
{
	(void)state;
	assert_string_equal(nw_wire_read_hex(&client, CLIENT), "ntp by port");
	assert_string_equal(nw_wire_read_hex(&server, SERVER), "ntp by port");
	/* readvar; monlist */
	assert_string_equal(nw_wire_read_hex(&client, "160200010000000000000000"), "ntp by port");
	assert_string_equal(nw_wire_read_hex(&client, "1700032a00000000"), "ntp by port");
}

/* Another port; too short; odd; version 0 and 5; mode 0; a stratum that there is not. */
static void near_misses(void **state)
{
	(void)state;
	assert_string_equal(nw_wire_read_hex(&elsewhere, CLIENT), "no claim");
	assert_string_equal(nw_wire_read_hex(&client, "e3000000" ZERO16 ZERO16), "no claim");
	assert_string_equal(nw_wire_read_hex(&client, CLIENT "00"), "no claim");
	assert_string_equal(nw_wire_read_hex(&client, "c3000000" ZERO16 ZERO16 "eeb5542dd2973000"
						      "00000000"),
			    "no claim");
	assert_string_equal(nw_wire_read_hex(&client, "eb000000" ZERO16 ZERO16 "eeb5542dd2973000"
						      "00000000"),
			    "no claim");
	assert_string_equal(nw_wire_read_hex(&client, "e0000000" ZERO16 ZERO16 "eeb5542dd2973000"
						      "00000000"),
			    "no claim");
	assert_string_equal(nw_wire_read_hex(&client, "e3110000" ZERO16 ZERO16 "eeb5542dd2973000"
						      "00000000"),
			    "no claim");
	assert_string_equal(nw_wire_read_hex(&client, "0e0200010000000000000000"), "no claim");
	assert_string_equal(nw_wire_read_hex(&client, "1602000100000000"), "no claim");
}

NW_TESTS(decoders_ntp, cmocka_unit_test(real_messages), cmocka_unit_test(near_misses));
