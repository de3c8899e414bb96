/* SPDX-License-Identifier: Apache-2.0 */
/* SMB: first messages of version 1 and 2 (MS-SMB 2.2.4.52, MS-SMB2 4.2), and what only begins so. */
#include "decoders/wire.h"

extern const struct nw_decoder nw_decoder_smb;

static void real_messages(void **state)
{
	const struct nw_wire w = { .decoder = &nw_decoder_smb, .proto = IPPROTO_TCP, .port = 445 };
	const struct nw_wire udp = { .decoder = &nw_decoder_smb,
				     .proto = IPPROTO_UDP,
				     .port = 445 };

	(void)state;
	assert_string_equal(NW_WIRE_READ(&w, "\0\0\0\x6e\xfeSMB\x40\0\0\0\0\0\0\0\0\0"),
			    "smb by content");
	assert_string_equal(NW_WIRE_READ(&w, "\0\0\0\x54\xffSMB\x72\0\0\0\0\x18\x01\x28"),
			    "smb by content");
	assert_string_equal(NW_WIRE_READ(&w, "\0\0\0\x90\xfdSMB0123456789abcdef"),
			    "smb by content");
	assert_string_equal(NW_WIRE_READ(&w, "\0\0\0\x6e\xfeSMX\x40\0"), "no claim");
	assert_string_equal(NW_WIRE_READ(&w, "\x81\0\0\x44 CKFDENECFDEFFCFG"), "no claim");
	assert_string_equal(NW_WIRE_READ(&udp, "\0\0\0\x6e\xfeSMB\x40\0"), "no claim");
}

NW_TESTS(decoders_smb, cmocka_unit_test(real_messages));
