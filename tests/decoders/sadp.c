/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SADP: elements, their order and the ways to write them as public SADP clients send and print them:
 * the inquiry of Hikvision's own tool, answers of a DS-2CD2032-I of 2015 and of a recorder, and the
 * newer form with a number in DeviceType. Serial numbers and addresses are made up.
 */
#include "decoders/foreign.h"

extern const struct nw_decoder nw_decoder_sadp;

static const struct nw_wire w = { .decoder = &nw_decoder_sadp,
				  .proto = IPPROTO_UDP,
				  .port = 37020 };

#define XML "<?xml version=\"1.0\" encoding=\"utf-8\"?>"

static void questions(void **state)
{
	(void)state;
	assert_string_equal(NW_WIRE_READ(&w, XML
					 "<Probe><Uuid>13A888A9-F1B1-4020-AE9F-05607682D23B</Uuid>"
					 "<Types>inquiry</Types></Probe>"),
			    "sadp by content\nnvrwatch.service.type=inquiry");
	/* an order: what it is, not what is in it */
	assert_string_equal(
		NW_WIRE_READ(&w, XML "\r\n<Probe>\r\n<Uuid>1</Uuid>\r\n<Types>activate</Types>\r\n"
				     "<MAC>44-19-b6-11-22-33</MAC>\r\n"
				     "<Password>secret</Password>\r\n</Probe>\r\n"),
		"sadp by content\nnvrwatch.service.type=activate");
}

static void answers(void **state)
{
	(void)state;
	assert_string_equal(
		NW_WIRE_READ(&w, XML "\n<ProbeMatch>\n<Uuid>{A1B2C3D4-0000-0000-0000-000000000001}"
				     "</Uuid>\n<Types>inquiry</Types>\n"
				     "<DeviceType>DS-2CD2032-I</DeviceType>\n"
				     "<DeviceDescription>IPCamera</DeviceDescription>\n"
				     "<DeviceSN>DS-2CD2032-I20150513CCWR123456789</DeviceSN>\n"
				     "<CommandPort>8000</CommandPort>\n<HttpPort>80</HttpPort>\n"
				     "<MAC>44-19-b6-11-22-33</MAC>\n"
				     "<IPv4Address>192.168.1.64</IPv4Address>\n"
				     "<IPv4SubnetMask>255.255.255.0</IPv4SubnetMask>\n"
				     "<IPv4Gateway>192.168.1.1</IPv4Gateway>\n<DHCP>false</DHCP>\n"
				     "<SoftwareVersion>V5.3.0build 150513</SoftwareVersion>\n"
				     "<DSPVersion>V5.0build 140714</DSPVersion>\n"
				     "<Activated>true</Activated>\n</ProbeMatch>"),
		"sadp by content\n"
		"nvrwatch.device.firmware=V5.3.0build 150513\n"
		"nvrwatch.device.ip=192.168.1.64\n"
		"nvrwatch.device.mac=44:19:b6:11:22:33\n"
		"nvrwatch.device.model=DS-2CD2032-I\n"
		"nvrwatch.device.serial=DS-2CD2032-I20150513CCWR123456789\n"
		"nvrwatch.device.type=IPCamera");
	assert_string_equal(
		NW_WIRE_READ(&w, "<ProbeMatch><DeviceType>139800</DeviceType>"
				 "<DeviceDescription>DS-7608NI-K2</DeviceDescription>"
				 "<DeviceSN>DS-7608NI-K20820260101AAWR987654321WCVU</DeviceSN>"
				 "<MAC>C0:56:E3:AA:BB:CC</MAC></ProbeMatch>"),
		"sadp by content\n"
		"nvrwatch.device.mac=c0:56:e3:aa:bb:cc\n"
		"nvrwatch.device.model=DS-7608NI-K2\n"
		"nvrwatch.device.serial=DS-7608NI-K20820260101AAWR987654321WCVU");
}

/* MACs that are none; an answer that was cut; what an element that is not SADP's holds. */
static void odd_answers(void **state)
{
	static const char *const none[] = { "00-00-00-00-00-00", "44-19-b6-11-22-3g",
					    "FF-FF-FF-FF-FF-FF", "44-19:b6-11:22-33" };
	char text[128];

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(none); i++) {
		int n = snprintf(text, sizeof(text),
				 "<ProbeMatch><DeviceSN>1</DeviceSN><MAC>%s</MAC></ProbeMatch>",
				 none[i]);

		assert_string_equal(nw_wire_read(&w, text, (size_t)n),
				    "sadp by content\nnvrwatch.device.serial=1");
	}
	assert_string_equal(NW_WIRE_READ(&w, "<ProbeMatch><DeviceSN>1</DeviceSN>"
					     "<MAC>4419B6112233</MAC>"),
			    "sadp by content\nnvrwatch.device.mac=44:19:b6:11:22:33\n"
			    "nvrwatch.device.serial=1");
	assert_string_equal(NW_WIRE_READ(&w, "<ProbeMatch><DeviceSN>1</DeviceSN><MAC>4419B611223"),
			    "sadp by content\nnvrwatch.device.serial=1");
	assert_string_equal(NW_WIRE_READ(&w, "<ProbeMatch><Other><DeviceSN>1</DeviceSN></Other>"
					     "</ProbeMatch>"),
			    "no message");
	assert_string_equal(NW_WIRE_READ(&w, "<ProbeMatch><DeviceSN>1</Types></ProbeMatch>"),
			    "no message");
}

/* WS-Discovery has both words too, in a namespace and not at the top. */
static void not_sadp(void **state)
{
	(void)state;
	assert_string_equal(NW_WIRE_READ(&w,
					 XML "<Envelope><Body><Probe><Types>inquiry</Types></Probe>"
					     "</Body></Envelope>"),
			    "no claim");
	assert_string_equal(NW_WIRE_READ(&w, "<Probes><Types>inquiry</Types></Probes>"),
			    "no claim");
	assert_string_equal(NW_WIRE_READ(&w, "<d:Probe><Types>inquiry</Types></d:Probe>"),
			    "no claim");
	assert_string_equal(NW_WIRE_READ(&w, "<?xml version=\"1.0\"><Probe>"), "no claim");
	nw_foreign_none(&w);
}

/* On Ethernet alone: made as a public device's program makes an answer; what orders carry is not told. */
static void frames(void **state)
{
	static const struct nw_wire raw = { .decoder = &nw_decoder_sadp, .proto = 0x8033 };
	uint8_t f[38 + 208] = "\x21\2\1\xf6\0\0\0\1\6\4\4\0\0\0\x44\x19\xb6\x11\x22\x33"
			      "\xc0\xa8\1\x40";

	(void)state;
	memcpy(f + 38, "DS-2CD2032-I20150513CCWR123456789", 33);
	memcpy(f + 102, "V5.3.0build 150513", 18);
	assert_string_equal(nw_wire_read(&raw, f, sizeof(f)),
			    "sadp by content\n"
			    "nvrwatch.device.firmware=V5.3.0build 150513\n"
			    "nvrwatch.device.ip=192.168.1.64\n"
			    "nvrwatch.device.mac=44:19:b6:11:22:33\n"
			    "nvrwatch.device.serial=DS-2CD2032-I20150513CCWR123456789");
	assert_string_equal(nw_wire_read(&raw, f, 150 - 1),
			    "sadp by content\n"
			    "nvrwatch.device.ip=192.168.1.64\n"
			    "nvrwatch.device.mac=44:19:b6:11:22:33\n"
			    "nvrwatch.device.serial=DS-2CD2032-I20150513CCWR123456789");
	f[3] = 0x42; /* shorter than those texts, by its own word */
	memset(f + 14, 0, 10);
	assert_string_equal(nw_wire_read(&raw, f, sizeof(f)), "sadp by content");
	f[10] = 10;
	assert_string_equal(nw_wire_read(&raw, f, sizeof(f)),
			    "sadp by content\nnvrwatch.service.type=resetPassword");
	f[10] = 3;
	assert_string_equal(nw_wire_read(&raw, f, 38),
			    "sadp by content\nnvrwatch.service.type=inquiry");
	f[10] = 0x7f;
	assert_string_equal(nw_wire_read(&raw, f, 38), "sadp by content");
	assert_string_equal(nw_wire_read(&raw, f, 37), "no claim");
	assert_string_equal(nw_wire_read(&w, f, 38), "no claim"); /* in UDP it is none */
	f[9] = 16;
	assert_string_equal(nw_wire_read(&raw, f, 38), "no claim");
}

NW_TESTS(decoders_sadp, cmocka_unit_test(questions), cmocka_unit_test(answers),
	 cmocka_unit_test(odd_answers), cmocka_unit_test(frames), cmocka_unit_test(not_sadp));
