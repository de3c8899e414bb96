/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSH: what OpenSSH 9.2 of Debian 12 sends, and forms of RFC 4253. Our own port is 40000, so the
 * other end on 22 is the server.
 */
#include "decoders/wire.h"

extern const struct nw_decoder nw_decoder_ssh;

static void real_messages(void **state)
{
	const struct nw_wire client = { .decoder = &nw_decoder_ssh,
					.proto = IPPROTO_TCP,
					.port = 22 };
	const struct nw_wire server = {
		.decoder = &nw_decoder_ssh, .proto = IPPROTO_TCP, .port = 22, .is_received = true
	};
	const struct nw_wire udp = { .decoder = &nw_decoder_ssh, .proto = IPPROTO_UDP, .port = 22 };

	(void)state;
	assert_string_equal(NW_WIRE_READ(&client, "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7\r\n"),
			    "ssh by content\n"
			    "nvrwatch.client.software=OpenSSH_9.2p1 Debian-2+deb12u7");
	assert_string_equal(NW_WIRE_READ(&server, "SSH-1.99-dropbear_2022.83\n\0\0\1\2"),
			    "ssh by content\nnvrwatch.server.software=dropbear_2022.83");
	assert_string_equal(NW_WIRE_READ(&server, "SSH-2.0-half a line"), "no message");
	assert_string_equal(NW_WIRE_READ(&server, "SSH-no version in here-x\n"), "no message");
	assert_string_equal(NW_WIRE_READ(&server, "SSH\n"), "no claim");
	assert_string_equal(NW_WIRE_READ(&udp, "SSH-2.0-x\n"), "no claim");
}

NW_TESTS(decoders_ssh, cmocka_unit_test(real_messages));
