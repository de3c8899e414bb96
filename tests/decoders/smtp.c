/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SMTP: what Exim 4.96 of Debian 12 and Python's smtplib (3.11) said to each other on a loopback (the
 * server's name is another one), and greetings as Postfix and Sendmail are documented to give them.
 */
#include "decoders/wire.h"

extern const struct nw_decoder nw_decoder_smtp;

static const struct nw_wire client = { .decoder = &nw_decoder_smtp,
				       .proto = IPPROTO_TCP,
				       .port = 25 };
static const struct nw_wire server = {
	.decoder = &nw_decoder_smtp, .proto = IPPROTO_TCP, .port = 25, .is_received = true
};
static const struct nw_wire elsewhere = {
	.decoder = &nw_decoder_smtp, .proto = IPPROTO_TCP, .port = 40001, .is_received = true
};

static void real_messages(void **state)
{
	(void)state;
	assert_string_equal(NW_WIRE_READ(&elsewhere, "220 mail.example.net ESMTP Exim 4.96 "
						     "Sat, 28 Nov 2026 13:23:18 +0000\r\n"),
			    "smtp by content\n"
			    "nvrwatch.server.name=mail.example.net\n"
			    "nvrwatch.server.software=Exim 4.96");
	assert_string_equal(NW_WIRE_READ(&elsewhere, "ehlo nvr.example.org\r\n"),
			    "smtp by content\nnvrwatch.client.name=nvr.example.org");
	assert_string_equal(NW_WIRE_READ(&elsewhere, "HELO [192.0.2.7]\r\nMAIL FROM:<a@b>\r\n"),
			    "smtp by content\nnvrwatch.client.name=[192.0.2.7]");
	assert_string_equal(
		NW_WIRE_READ(&elsewhere,
			     "220-mx.example.net ESMTP Postfix (Debian/GNU)\r\n220 hi\r\n"),
		"smtp by content\n"
		"nvrwatch.server.name=mx.example.net\n"
		"nvrwatch.server.software=Postfix (Debian/GNU)");
	assert_string_equal(NW_WIRE_READ(&elsewhere,
					 "220 mx.example.net ESMTP Sendmail "
					 "8.17.1.9/8.17.1.9; Sat, 28 Nov 2026 13:23:18 GMT\n"),
			    "smtp by content\n"
			    "nvrwatch.server.name=mx.example.net\n"
			    "nvrwatch.server.software=Sendmail 8.17.1.9/8.17.1.9");
	assert_string_equal(NW_WIRE_READ(&server, "220 gate.example.net ready\r\n"),
			    "smtp by port\nnvrwatch.server.name=gate.example.net");
}

static void near_misses(void **state)
{
	(void)state;
	assert_string_equal(NW_WIRE_READ(&elsewhere, "220 gate.example.net ready\r\n"), "no claim");
	assert_string_equal(NW_WIRE_READ(&server, "220 gate.example.net ESMTP"), "no claim");
	assert_string_equal(NW_WIRE_READ(&elsewhere, "220 (vsFTPd 3.0.3)\r\n"), "no claim");
	assert_string_equal(NW_WIRE_READ(&server, "500 ESMTP\r\n"), "no claim");
	assert_string_equal(NW_WIRE_READ(&server, "2200 ESMTP\r\n"), "no claim");
	assert_string_equal(NW_WIRE_READ(&elsewhere, "220 a/b ESMTP\r\n"), "smtp by content");
	assert_string_equal(NW_WIRE_READ(&client, "EHLO\r\n"), "no claim");
	assert_string_equal(NW_WIRE_READ(&client, "EHLO \r\n"), "no claim");
	assert_string_equal(NW_WIRE_READ(&client, "EHLO a b\r\n"), "no claim");
	assert_string_equal(NW_WIRE_READ(&client, "EHLO a/b\r\n"), "no claim");
	assert_string_equal(NW_WIRE_READ(&elsewhere, "220 \x01\x02 ESMTP \r\n"), "smtp by content");
}

NW_TESTS(decoders_smtp, cmocka_unit_test(real_messages), cmocka_unit_test(near_misses));
