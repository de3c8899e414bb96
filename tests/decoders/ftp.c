/* SPDX-License-Identifier: Apache-2.0 */
/*
 * FTP: what vsftpd 3.0.3 of Debian 12 and Python's ftplib (3.11) said to each other on a loopback, and
 * a greeting as Pure-FTPd's documentation shows it.
 */
#include "decoders/wire.h"

extern const struct nw_decoder nw_decoder_ftp;

static const struct nw_wire client = { .decoder = &nw_decoder_ftp,
				       .proto = IPPROTO_TCP,
				       .port = 21 };
static const struct nw_wire server = {
	.decoder = &nw_decoder_ftp, .proto = IPPROTO_TCP, .port = 21, .is_received = true
};
static const struct nw_wire elsewhere = {
	.decoder = &nw_decoder_ftp, .proto = IPPROTO_TCP, .port = 40001, .is_received = true
};

static void real_messages(void **state)
{
	(void)state;
	assert_string_equal(NW_WIRE_READ(&elsewhere, "220 (vsFTPd 3.0.3)\r\n"
						     "530 Please login with USER and PASS.\r\n"),
			    "ftp by content\nnvrwatch.server.software=vsFTPd 3.0.3");
	assert_string_equal(NW_WIRE_READ(&elsewhere,
					 "220---------- Welcome to Pure-FTPd "
					 "[privsep] [TLS] ----------\r\n220-You are\r\n"),
			    "ftp by content\n"
			    "nvrwatch.server.software=Welcome to Pure-FTPd [privsep] [TLS]");
	assert_string_equal(NW_WIRE_READ(&server, "220 Service ready\r\n"),
			    "ftp by port\nnvrwatch.server.software=Service ready");
	assert_string_equal(NW_WIRE_READ(&client, "USER anonymous\r\nPASS xxxxxxxxxxxxx\r\n"),
			    "ftp by port");
	assert_string_equal(NW_WIRE_READ(&client, "syst\r\n"), "ftp by port");
}

static void near_misses(void **state)
{
	(void)state;
	assert_string_equal(NW_WIRE_READ(&elsewhere, "USER anonymous\r\n"), "no claim");
	assert_string_equal(NW_WIRE_READ(&elsewhere, "220 mail.example.net ESMTP\r\n"), "no claim");
	assert_string_equal(NW_WIRE_READ(&elsewhere, "230 FTP\r\n"), "no claim");
	assert_string_equal(NW_WIRE_READ(&client, "GET / HTTP/1.1\r\n"), "no claim");
	assert_string_equal(NW_WIRE_READ(&server, "220 FTP"), "no claim");
	assert_string_equal(NW_WIRE_READ(&server, "220 ()\r\n220 -\r\n"),
			    "ftp by port\nnvrwatch.server.software=()");
	assert_string_equal(NW_WIRE_READ(&server, "220 ----\r\n"), "ftp by port");
}

NW_TESTS(decoders_ftp, cmocka_unit_test(real_messages), cmocka_unit_test(near_misses));
