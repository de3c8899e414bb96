/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hikvision's SDK: messages built from the structures of jameshilliard/ipcDeviceVc
 * (zyrh2xh/tcpServer), which answers such clients as a device: NETCMD_HEADER, NET_LOGIN_REQ,
 * NET_LOGIN_RET, checkByteSum(). The empty request is what pantyusha/nesca (HikvisionLogin.cpp) asks
 * port 8000 with, the short answer what devices are known to give. IMKH as Hikvision's RTSP servers
 * print it in their SDP (Media_header:MEDIAINFO=494D4B48...), alone and behind a stream's header.
 */
#include "decoders/foreign.h"

extern const struct nw_decoder nw_decoder_hiksdk;

static const struct nw_wire w = { .decoder = &nw_decoder_hiksdk,
				  .proto = IPPROTO_TCP,
				  .port = 8000 };

#define ZEROS_8	 "0000000000000000"
#define ZEROS_24 ZEROS_8 ZEROS_8 ZEROS_8

static void requests(void **state)
{
	(void)state;
	assert_string_equal(nw_wire_read_hex(&w, "0000002063000000" ZEROS_24), "hiksdk by content");
	/* log-in: version 99 and 90, from 192.0.2.7, by a MAC; what follows is masked before */
	assert_string_equal(nw_wire_read_hex(&w, "0000005463000000000001a000010000"
						 "05050701000000000702 00c0001122334455 0000"
						 "78787878787878787878787878787878"),
			    "hiksdk by content");
	assert_string_equal(nw_wire_read_hex(&w, "000000205a00000000000153001110c2"
						 "070200c000000004001122334455 0000"),
			    "hiksdk by content");
}

/* Only a whole answer whose checksum is right. */
static void answers(void **state)
{
	(void)state;
	assert_string_equal(nw_wire_read_hex(&w, "000000100000001e0000001e00000000"),
			    "hiksdk by content");
	assert_string_equal(nw_wire_read_hex(&w, "000000100000001f0000001e00000000"), "no claim");
	assert_string_equal(nw_wire_read_hex(&w, "000000110000001e0000001e00000000"), "no claim");
	assert_string_equal(nw_wire_read_hex(&w, "00000010000000000000000000000000"), "no claim");
	assert_string_equal(
		nw_wire_read_hex(
			&w,
			"0000004a0000073600000001050100000000000144532d32434432303332493230313530"
			"353133434357523132333435363738390000000000000000000000000000000000010101"
			"0100"),
		"hiksdk by content\n"
		"nvrwatch.device.serial=DS-2CD2032I20150513CCWR123456789");
	/* a name where the serial number stands, as other answers have */
	assert_string_equal(
		nw_wire_read_hex(
			&w,
			"0000004a00000569000000010501000000000001456d626564646564204e657420445652"
			"000000000000000000000000000000000000000000000000000000000000000000010101"
			"0100"),
		"hiksdk by content");
	assert_string_equal(
		nw_wire_read_hex(
			&w,
			"0000004a000002e20000000105010000000000014e56522d48616c6c3200000000000000"
			"000000000000000000000000000000000000000000000000000000000000000000010101"
			"0100"),
		"hiksdk by content");
}

#define IMKH_H264 "494d4b48010100000400000110710110401f000000fa0000" ZEROS_8 ZEROS_8

static void media(void **state)
{
	(void)state;
	assert_string_equal(nw_wire_read_hex(&w, IMKH_H264), "hiksdk by content\n"
							     "nvrwatch.media.codec=H264\n"
							     "nvrwatch.media.codec=PCMU");
	assert_string_equal(nw_wire_read_hex(&w,
					     "0000004000000348000000010000000000000028" IMKH_H264
					     "0400000003005001"),
			    "hiksdk by content\n"
			    "nvrwatch.media.codec=H264\n"
			    "nvrwatch.media.codec=PCMU");
	/* of nothing known, and a length that is not that of IMKH */
	assert_string_equal(
		nw_wire_read_hex(
			&w, "494d4b480102000004009999000000000000000000000000" ZEROS_8 ZEROS_8),
		"hiksdk by content");
	assert_string_equal(
		nw_wire_read_hex(&w, "0000004000000348000000010000000000000029" IMKH_H264),
		"no claim");
	assert_string_equal(nw_wire_read_hex(&w, "494d4b48ffff000004000001107101104000" ZEROS_24),
			    "no claim");
}

/* One byte each that a request does not have so; another transport. */
static void not_hiksdk(void **state)
{
	static const struct nw_wire udp = { .decoder = &nw_decoder_hiksdk, .proto = IPPROTO_UDP };

	(void)state;
	assert_string_equal(nw_wire_read_hex(&w, "0000001f63000000" ZEROS_24), "no claim");
	assert_string_equal(nw_wire_read_hex(&w, "0001002063000000" ZEROS_24), "no claim");
	assert_string_equal(nw_wire_read_hex(&w, "0000002064000000" ZEROS_24), "no claim");
	assert_string_equal(nw_wire_read_hex(&w, "0000002063000100" ZEROS_24), "no claim");
	assert_string_equal(
		nw_wire_read_hex(&w, "00000020630000000000000000000001" ZEROS_8 ZEROS_8),
		"no claim");
	assert_string_equal(nw_wire_read_hex(&udp, "0000002063000000" ZEROS_24), "no claim");
	nw_foreign_none(&w);
}

NW_TESTS(decoders_hiksdk, cmocka_unit_test(requests), cmocka_unit_test(answers),
	 cmocka_unit_test(media), cmocka_unit_test(not_hiksdk));
