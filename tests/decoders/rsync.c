/* SPDX-License-Identifier: Apache-2.0 */
/* rsync: greetings of rsync 3.2 and of older ones. */
#include "decoders/wire.h"

extern const struct nw_decoder nw_decoder_rsync;

static void real_messages(void **state)
{
	const struct nw_wire w = { .decoder = &nw_decoder_rsync,
				   .proto = IPPROTO_TCP,
				   .port = 873 };
	const struct nw_wire udp = { .decoder = &nw_decoder_rsync,
				     .proto = IPPROTO_UDP,
				     .port = 873 };

	(void)state;
	assert_string_equal(NW_WIRE_READ(&w, "@RSYNCD: 31.0 sha512 sha256 sha1 md5 md4\n"),
			    "rsync by content");
	assert_string_equal(NW_WIRE_READ(&w, "@RSYNCD: 29\n"), "rsync by content");
	assert_string_equal(NW_WIRE_READ(&w, "@ERROR: access denied\n"), "no claim");
	assert_string_equal(NW_WIRE_READ(&udp, "@RSYNCD: 31.0\n"), "no claim");
}

NW_TESTS(decoders_rsync, cmocka_unit_test(real_messages));
