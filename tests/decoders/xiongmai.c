/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Xiongmai: the question for devices and an answer as published of iCSee cameras (with the bytes of
 * the question as they were captured), an answer of an older camera of 2019, and log-in and system
 * information as the documents of this protocol and its many Python clients (NeiroNx/python-dvr)
 * send and print them; the words that open telnet as V. Yarmak published them in 2020. Serial numbers
 * are those of the publications.
 */
#include "decoders/foreign.h"

extern const struct nw_decoder nw_decoder_xiongmai;

static const struct nw_wire tcp = { .decoder = &nw_decoder_xiongmai,
				    .proto = IPPROTO_TCP,
				    .port = 34567 };
static const struct nw_wire udp = { .decoder = &nw_decoder_xiongmai,
				    .proto = IPPROTO_UDP,
				    .port = 34569 };

static void finds_devices(void **state)
{
	(void)state;
	assert_string_equal(nw_wire_read_hex(&udp, "ff00000000000000000000000000fa0500000000"),
			    "xiongmai by content");
	assert_string_equal(
		nw_wire_read_hex(
			&udp,
			"ff00000000000000000000000000fa05270100007b224e6574576f726b2e4e6574436f6d"
			"6d6f6e223a7b22486f73744950223a2230783634303141384330222c22486f73744e616d"
			"65223a2263616d6572615f30376333222c2248747470506f7274223a38302c224d414322"
			"3a2235633a34653a65653a37323a30373a6333222c22506964223a224139413032323931"
			"333233354330304d222c22534e223a2261343464313330303762653831633464222c2253"
			"534c506f7274223a383434332c22544350506f7274223a33343536372c22554450506f72"
			"74223a33343536382c2256657273696f6e223a2256352e31312e5230322e303030383039"
			"56312e31303031302e3334363833372e30303030303130227d2c22526574223a3130302c"
			"2253657373696f6e4944223a2230783030303030303030227d0a00"),
		"xiongmai by content\n"
		"nvrwatch.device.firmware=V5.11.R02.000809V1.10010.346837.0000010\n"
		"nvrwatch.device.ip=192.168.1.100\n"
		"nvrwatch.device.mac=5c:4e:ee:72:07:c3\n"
		"nvrwatch.device.name=camera_07c3\n"
		"nvrwatch.device.serial=a44d13007be81c4d");
	assert_string_equal(
		nw_wire_read_hex(
			&udp,
			"ff01000000000000000000000000fb05e50000007b20224e6574576f726b2e4e6574436f"
			"6d6d6f6e22203a207b20224368616e6e656c4e756d22203a20312c202244657669636554"
			"79706522203a20312c20224761746557617922203a202230783031304241384330222c20"
			"22486f7374495022203a202230783644304241384330222c2022486f73744e616d652220"
			"3a20224c6f63616c486f7374222c202248747470506f727422203a2038302c20224d4143"
			"22203a202230303a31323a33313a30383a62623a3937222c2022534e22203a2022343165"
			"3638353361646135653933323322207d2c202252657422203a20313030207d0a00"),
		"xiongmai by content\n"
		"nvrwatch.device.ip=192.168.11.109\n"
		"nvrwatch.device.mac=00:12:31:08:bb:97\n"
		"nvrwatch.device.name=LocalHost\n"
		"nvrwatch.device.serial=41e6853ada5e9323");
}

/* Of the log-in what kind of client it is, and nothing else. */
static void speaks(void **state)
{
	(void)state;
	assert_string_equal(
		nw_wire_read_hex(
			&tcp,
			"ff00000000000000000000000000e803580000007b22456e637279707454797065223a22"
			"4d4435222c224c6f67696e54797065223a2244565249502d576562222c2250617373576f"
			"7264223a227878787878787878222c22557365724e616d65223a2261646d696e227d0a00"),
		"xiongmai by content\n"
		"nvrwatch.client.software=DVRIP-Web");
	assert_string_equal(
		nw_wire_read_hex(
			&tcp,
			"ff01000002000000000000000000e903970000007b2022416c697665496e74657276616c"
			"22203a2032312c20224368616e6e656c4e756d22203a20312c2022446576696365547970"
			"652022203a2022495043222c20224465766963655479706522203a202244565220222c20"
			"2245787472614368616e6e656c22203a20302c202252657422203a203130302c20225365"
			"7373696f6e494422203a20223078303030303030303222207d0a00"),
		"xiongmai by content\n"
		"nvrwatch.device.type=DVR");
	assert_string_equal(
		nw_wire_read_hex(
			&tcp,
			"ff01000002000000000000000000fd03170100007b20224e616d6522203a202253797374"
			"656d496e666f222c202252657422203a203130302c202253657373696f6e494422203a20"
			"2230783030303030303032222c202253797374656d496e666f22203a207b202241756469"
			"6f496e4368616e6e656c22203a20312c20224275696c6454696d6522203a202232303139"
			"2d30322d32382031373a33303a3538222c2022486172645761726522203a202248493335"
			"313645563130305f35304832304c5f533338222c202253657269616c4e6f22203a202234"
			"316536383533616461356539333233222c2022536f66745761726556657273696f6e2220"
			"3a202256342e30322e5231322e30303033353532302e31323031322e3034373530322e30"
			"3032303022207d207d0a00"),
		"xiongmai by content\n"
		"nvrwatch.device.firmware=V4.02.R12.00035520.12012.047502.00200\n"
		"nvrwatch.device.hardware=HI3516EV100_50H20L_S38\n"
		"nvrwatch.device.serial=41e6853ada5e9323");
	assert_string_equal(
		nw_wire_read_hex(
			&tcp,
			"ff01000002000000000000000000840514000000000001fc0319502d0000000000000000"
			"00000000"),
		"xiongmai by content\n"
		"nvrwatch.media.codec=H265");
}

static void opens_telnet(void **state)
{
	(void)state;
	assert_string_equal(NW_WIRE_READ(&tcp, "\x13OpenTelnet:OpenOnce"), "opentelnet by content");
	assert_string_equal(NW_WIRE_READ(&tcp, "\x10randNum:46930886"), "opentelnet by content");
	assert_string_equal(NW_WIRE_READ(&tcp, "\x10randNum:4693088x"), "no claim");
	assert_string_equal(NW_WIRE_READ(&tcp, "\x14OpenTelnet:OpenOnce"), "no claim");
	assert_string_equal(NW_WIRE_READ(&udp, "\x13OpenTelnet:OpenOnce"), "no claim");
}

/* A byte each that the header does not have so; what is behind it is no JSON. */
static void not_xiongmai(void **state)
{
	(void)state;
	assert_string_equal(
		nw_wire_read_hex(&tcp, "ff020000000000000000000000000000e803020000007b7d"),
		"no claim");
	assert_string_equal(
		nw_wire_read_hex(&tcp, "ff0000000000000000000000 0000 e703 02000000 7b7d"),
		"no claim");
	assert_string_equal(
		nw_wire_read_hex(&tcp, "ff0000000000000000000000 0000 e803 02000001 7b7d"),
		"no claim");
	assert_string_equal(
		nw_wire_read_hex(&tcp, "ff0000000000000000000000 0000 e803 02000000 5b5d"),
		"no claim");
	assert_string_equal(
		nw_wire_read_hex(&tcp, "ff0000000000000000000000 0000 e803 02000000 7b5d"),
		"no message");
	assert_string_equal(
		nw_wire_read_hex(&tcp, "ff0000000000000000000000 0000 e803 02000000 7b7d5d"),
		"xiongmai by content");
	assert_string_equal(nw_wire_read_hex(&udp, "ff00000001000000000000000000fa0500000000"),
			    "no claim");
	/* addresses that are none */
	assert_string_equal(NW_WIRE_READ(&tcp,
					 "\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\xfa\5\x31\0\0\0"
					 "{\"NetWork.NetCommon\":{\"HostIP\":\"0x6401A8G0\"}}   "),
			    "xiongmai by content\nnvrwatch.device.ip=0x6401A8G0");
	nw_foreign_none(&tcp);
}

NW_TESTS(decoders_xiongmai, cmocka_unit_test(finds_devices), cmocka_unit_test(speaks),
	 cmocka_unit_test(opens_telnet), cmocka_unit_test(not_xiongmai));
