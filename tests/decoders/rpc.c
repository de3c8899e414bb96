/* SPDX-License-Identifier: Apache-2.0 */
/* ONC RPC: calls and answers in the forms of RFC 5531 9 and 11, of NFS and the port mapper. */
#include "decoders/wire.h"

extern const struct nw_decoder nw_decoder_rpc;

#define MARK "\x80\x00\x00\x28"
#define XID  "\x5d\x11\x22\x33"
#define CALL XID "\0\0\0\0\0\0\0\x02"

static void real_messages(void **state)
{
	const struct nw_wire w = { .decoder = &nw_decoder_rpc, .proto = IPPROTO_TCP, .port = 2049 };
	const struct nw_wire udp = { .decoder = &nw_decoder_rpc,
				     .proto = IPPROTO_UDP,
				     .port = 111 };

	(void)state;
	assert_string_equal(
		NW_WIRE_READ(&w, MARK CALL "\0\x01\x86\xa3\0\0\0\x03\0\0\0\x06\0\0\0\0\0\0\0\0"),
		"nfs by content");
	assert_string_equal(NW_WIRE_READ(&udp, CALL "\0\x01\x86\xa0\0\0\0\x02\0\0\0\x03"),
			    "rpc by content");
	assert_string_equal(NW_WIRE_READ(&w, "\x80\x01\x00\x80" XID "\0\0\0\x01\0\0\0\0\0\0\0\0"),
			    "nfs by port");
	assert_string_equal(NW_WIRE_READ(&udp, XID "\0\0\0\x01\0\0\0\0"), "no claim");
}

static void what_is_none(void **state)
{
	const struct nw_wire w = { .decoder = &nw_decoder_rpc, .proto = IPPROTO_TCP, .port = 2049 };

	(void)state;
	/* a version of RPC, a program, and a version of it that nobody has; a record that ends too soon */
	assert_string_equal(NW_WIRE_READ(&w, MARK XID "\0\0\0\0\0\0\0\x03\0\x01\x86\xa3"),
			    "no claim");
	assert_string_equal(NW_WIRE_READ(&w, MARK CALL "\0\0\0\x01\0\0\0\x03"), "no claim");
	assert_string_equal(NW_WIRE_READ(&w, MARK CALL "\0\x01\x86\xa3\0\0\x01\x03"), "no claim");
	assert_string_equal(NW_WIRE_READ(&w, "\x80\0\0\x08" CALL "\0\x01\x86\xa3"), "no claim");
	assert_string_equal(NW_WIRE_READ(&w, MARK XID "\0\0\0\x02\0\0\0\0"), "no claim");
}

NW_TESTS(decoders_rpc, cmocka_unit_test(real_messages), cmocka_unit_test(what_is_none));
