/* SPDX-License-Identifier: Apache-2.0 */
/* Baichuan: headers that thirtythreeforty/neolink, dissector/messages.md, has of a log-in and a stream. */
#include "decoders/wire.h"

extern const struct nw_decoder nw_decoder_baichuan;

#define MAGIC "\xf0\xde\xbc\x0a"

static void real_messages(void **state)
{
	const struct nw_wire w = { .decoder = &nw_decoder_baichuan,
				   .proto = IPPROTO_TCP,
				   .port = 9000 };
	const struct nw_wire udp = { .decoder = &nw_decoder_baichuan,
				     .proto = IPPROTO_UDP,
				     .port = 9000 };

	(void)state;
	assert_string_equal(
		NW_WIRE_READ(&w, MAGIC "\x01\0\0\0\x2c\x07\0\0\0\0\0\x01\x01\xdc\x14\x65"),
		"baichuan by content");
	assert_string_equal(
		NW_WIRE_READ(&w, MAGIC "\x01\0\0\0\x91\0\0\0\0\0\0\x01\x01\xdd\x14\x66<?xml"),
		"baichuan by content");
	assert_string_equal(
		NW_WIRE_READ(&w, MAGIC "\x03\0\0\0\xe8\x5e\0\0\0\0\0\x09\xc8\0\0\0\0\0\0\0"),
		"baichuan by content");
	assert_string_equal(
		NW_WIRE_READ(&w, MAGIC "\0\0\0\0\x2c\x07\0\0\0\0\0\x01\x01\xdc\x14\x65"),
		"no claim");
	assert_string_equal(
		NW_WIRE_READ(&w, MAGIC "\x01\0\0\0\0\0\0\x02\0\0\0\x01\x01\xdc\x14\x65"),
		"no claim");
	assert_string_equal(
		NW_WIRE_READ(&w,
			     "\x0a\xbc\xde\xf0\x01\0\0\0\x2c\x07\0\0\0\0\0\x01\x01\xdc\x14\x65"),
		"no claim");
	assert_string_equal(
		NW_WIRE_READ(&udp, MAGIC "\x01\0\0\0\x2c\x07\0\0\0\0\0\x01\x01\xdc\x14\x65"),
		"no claim");
}

NW_TESTS(decoders_baichuan, cmocka_unit_test(real_messages));
