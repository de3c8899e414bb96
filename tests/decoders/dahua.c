/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dahua: headers and log-ins as mcw0/DahuaConsole (net.py) sends and reads them, the P2P requests,
 * PTCP and the STUN of khoanguyen-3fc/dh-p2p (helpers.py, main.py, ptcp.lua), the answer to
 * DHDiscover as a device on the Internet gave it (addresses replaced), and a frame of DHAV by the
 * layout that FFmpeg (libavformat/dhav.c) reads. Serial numbers and challenges are made up.
 */
#include "decoders/foreign.h"

extern const struct nw_decoder nw_decoder_dahua;

static const struct nw_wire tcp = { .decoder = &nw_decoder_dahua, .proto = IPPROTO_TCP, .port = 9 };
static const struct nw_wire udp = { .decoder = &nw_decoder_dahua, .proto = IPPROTO_UDP, .port = 9 };
static const struct nw_wire dvrip = { .decoder = &nw_decoder_dahua,
				      .proto = IPPROTO_TCP,
				      .port = 37777 };
static const struct nw_wire cloud = { .decoder = &nw_decoder_dahua,
				      .proto = IPPROTO_UDP,
				      .port = 8800 };
static const struct nw_wire old = { .decoder = &nw_decoder_dahua,
				    .proto = IPPROTO_UDP,
				    .port = 5050 };

#define ZEROS_8	 "0000000000000000"
#define ZEROS_16 ZEROS_8 ZEROS_8

static void finds_devices(void **state)
{
	(void)state;
	assert_string_equal(
		nw_wire_read_hex(
			&udp,
			"20000000444849500000000000000000490000000000000049000000000000007b20226d"
			"6574686f6422203a20224448446973636f7665722e736561726368222c2022706172616d"
			"7322203a207b20226d616322203a2022222c2022756e6922203a2031207d207d0a"),
		"dahua by content\nnvrwatch.service.type=DHDiscover.search");
	assert_string_equal(
		nw_wire_read_hex(
			&udp,
			"20000000444849500000000000000000010300000000000001030000000000007b20226d"
			"616322203a202234633a31313a62663a63323a30623a3964222c20226d6574686f642220"
			"3a2022636c69656e742e6e6f74696679446576496e666f222c2022706172616d7322203a"
			"207b2022646576696365496e666f22203a207b2022416c61726d496e7075744368616e6e"
			"656c7322203a20302c2022416c61726d4f75747075744368616e6e656c7322203a20302c"
			"2022446576696365436c61737322203a2022495043222c20224465766963655479706522"
			"203a20224950432d4844573534323153222c202248747470506f727422203a2038302c20"
			"22495076344164647265737322203a207b202244656661756c744761746577617922203a"
			"20223139322e302e322e31222c202244686370456e61626c6522203a2066616c73652c20"
			"2249504164647265737322203a20223139322e302e322e313430222c20225375626e6574"
			"4d61736b22203a20223235352e3235352e3235352e3022207d2c20224950763641646472"
			"65737322203a207b202244656661756c744761746577617922203a2022323030313a6462"
			"383a3a313a31222c202244686370456e61626c6522203a2066616c73652c202249504164"
			"647265737322203a2022323030313a6462383a3a313a325c2f313132222c20224c696e6b"
			"4c6f63616c4164647265737322203a2022666538303a3a346531313a626666663a666563"
			"323a306239645c2f363422207d2c20224d616368696e654e616d6522203a202231463030"
			"3645345041583030303735222c20224d616e75666163747572657222203a202250726976"
			"617465222c2022506f727422203a2033373737372c202252656d6f7465566964656f496e"
			"7075744368616e6e656c7322203a20302c202253657269616c4e6f22203a202231463030"
			"3645345041583030303735222c202256656e646f7222203a20224461687561222c202256"
			"657273696f6e22203a2022322e3430302e302e38222c2022566964656f496e7075744368"
			"616e6e656c7322203a20312c2022566964656f4f75747075744368616e6e656c7322203a"
			"203136207d207d207d"),
		"dahua by content\nnvrwatch.device.brand=Dahua\nnvrwatch.device.firmware=2.400.0.8\nnvrwatch.device.ip=192.0.2.140\nnvrwatch.device.mac=4c:11:bf:c2:0b:9d\nnvrwatch.device.model=IPC-HDW5421S\nnvrwatch.device.name=1F006E4PAX00075\nnvrwatch.device.serial=1F006E4PAX00075\nnvrwatch.device.type=IPC\nnvrwatch.service.type=client.notifyDevInfo");
	assert_string_equal(
		nw_wire_read_hex(
			&udp, "a301000100000000000000000000000002000000000000000000000000000000"),
		"dahua by content");
	assert_string_equal(nw_wire_read_hex(&old, "b300005858000000" ZEROS_16 ZEROS_8),
			    "dahua by port");
	assert_string_equal(nw_wire_read_hex(&udp, "b300005858000000" ZEROS_16 ZEROS_8),
			    "no claim");
}

/* The realm and nothing else: no user, no hash, no challenge. */
static void logs_in(void **state)
{
	(void)state;
	assert_string_equal(
		nw_wire_read_hex(
			&tcp, "a00100000000000000000000000000000000000000000000050201010000a1aa"),
		"dahua by content");
	assert_string_equal(
		nw_wire_read_hex(
			&tcp, "a00000600000000078787878787878787878787878787878040100000000a1aa"),
		"dahua by content");
	assert_string_equal(
		nw_wire_read_hex(
			&tcp,
			"b0010078350000000000000000000000000000000000000000000000000000005265616c"
			"6d3a4c6f67696e20746f203343303635323050414e30303030310d0a52616e646f6d3a31"
			"3137383334363733330d0a0d0a"),
		"dahua by content\nnvrwatch.realm=Login to 3C06520PAN00001");
	assert_string_equal(
		nw_wire_read_hex(
			&tcp,
			"f6000000a40000000100000000000000a40000000000000001000000000000007b226964"
			"223a322c22706172616d73223a7b22656e6372797074696f6e223a2244656661756c7422"
			"2c226d6163223a22393030324139313132323333222c2272616e646f6d223a2231313738"
			"333436373333222c227265616c6d223a224c6f67696e20746f2034413042314332443345"
			"34463530363137323833393441354236433744384539227d2c22726573756c74223a6661"
			"6c73652c2273657373696f6e223a317d"),
		"dahua by content\nnvrwatch.device.mac=90:02:a9:11:22:33\nnvrwatch.realm=Login to 4A0B1C2D3E4F5061728394A5B6C7D8E9");
	assert_string_equal(
		nw_wire_read_hex(
			&tcp,
			"20000000444849500000000000000000a400000000000000a4000000000000007b226964"
			"223a322c22706172616d73223a7b22656e6372797074696f6e223a2244656661756c7422"
			"2c226d6163223a22393030324139313132323333222c2272616e646f6d223a2231313738"
			"333436373333222c227265616c6d223a224c6f67696e20746f2034413042314332443345"
			"34463530363137323833393441354236433744384539227d2c22726573756c74223a6661"
			"6c73652c2273657373696f6e223a317d"),
		"dahua by content\nnvrwatch.device.mac=90:02:a9:11:22:33\nnvrwatch.realm=Login to 4A0B1C2D3E4F5061728394A5B6C7D8E9");
	/* an answer without text: only the port says whose it is */
	assert_string_equal(nw_wire_read_hex(&dvrip, "b0000058" ZEROS_16 ZEROS_8 "00000000"),
			    "dahua by port");
	assert_string_equal(nw_wire_read_hex(&tcp, "b0000058" ZEROS_16 ZEROS_8 "00000000"),
			    "no claim");
}

static void media(void **state)
{
	(void)state;
	assert_string_equal(
		nw_wire_read_hex(
			&tcp,
			"44484156fd00000001000000e80300002d1c5b6a28001842820000000005d0028000f087"
			"81000c19880000000000000000000001"),
		"dahua by content\nnvrwatch.media.codec=H265");
	assert_string_equal(
		nw_wire_read_hex(
			&tcp,
			"bc000000e8030000" ZEROS_16 ZEROS_8
			"44484156fd00000001000000e80300002d1c5b6a28001842820000000005d0028000f087"
			"81000c19880000000000000000000001"),
		"dahua by content\nnvrwatch.media.codec=H265");
	/* a kind that is none; shorter than its own header */
	assert_string_equal(nw_wire_read_hex(&tcp, "44484156fa00000001000000e8030000" ZEROS_8),
			    "no claim");
	assert_string_equal(nw_wire_read_hex(&tcp, "44484156fd0000000100000017000000" ZEROS_8),
			    "no claim");
}

static void cloud_service(void **state)
{
	(void)state;
	assert_string_equal(
		NW_WIRE_READ(
			&cloud,
			"DHGET /online/p2psrv/3C06520PAN00001 HTTP/1.1\r\nCSeq: 1\r\nAuthorization: WSSE profile=\"UsernameToken\"\r\n\r\n"),
		"dahua_p2p by content\nurl.path=/online/p2psrv/3C06520PAN00001");
	assert_string_equal(
		NW_WIRE_READ(
			&udp,
			"DHPOST /device/3C06520PAN00001/p2p-channel?a=b HTTP/1.1\r\nCSeq: 2\r\n\r\n"),
		"dahua_p2p by content\nurl.path=/device/3C06520PAN00001/p2p-channel");
	/* what opens a relay is a secret */
	assert_string_equal(
		NW_WIRE_READ(&udp, "DHGET /relay/start/0123456789abcdef HTTP/1.1\r\n\r\n"),
		"dahua_p2p by content\nurl.path=/relay/start/");
	assert_string_equal(NW_WIRE_READ(&udp, "DHGET /probe/p2psrv"), "no message");
	assert_string_equal(NW_WIRE_READ(&cloud, "HTTP/1.1 200 OK\r\nCSeq: 1\r\n\r\n"),
			    "dahua_p2p by port");
	assert_string_equal(NW_WIRE_READ(&tcp, "DHGET / HTTP/1.1\r\n\r\n"), "no claim");
}

static void hole_punching(void **state)
{
	(void)state;
	assert_string_equal(
		nw_wire_read_hex(
			&udp,
			"fffeffe70a0b0c0d000102030405060708090a0b7fd5fff7f0e1d2c3b4a59687fffbfff7"
			"fffedd9f3ffffdf8"),
		"dahua_p2p by content");
	assert_string_equal(
		nw_wire_read_hex(
			&udp,
			"fffeffe70a0b0c0d000102030405060708090a0b7fd5fff6f0e1d2c3b4a59687fffbfff7"
			"fffedd9f3ffffdf8"),
		"no claim");
	assert_string_equal(
		nw_wire_read_hex(
			&udp,
			"fffeffe70a0b0c0d000102030405060708090a0b7fd5fff7f0e1d2c3b4a59687fffbfff7"
			"fffedd9f3ffffdf800"),
		"no claim");
	assert_string_equal(
		nw_wire_read_hex(&udp, "5054435000000000000000000002ffff0000000000000000"),
		"dahua_p2p by content");
	assert_string_equal(
		nw_wire_read_hex(&udp, "5054435000000000000000000002ffff000000000000000000030100"),
		"dahua_p2p by content");
	assert_string_equal(
		nw_wire_read_hex(
			&udp,
			"5054435000000000000000000002ffff0000000000000000100000040000123400000000"
			"4f505449"),
		"dahua_p2p by content");
	assert_string_equal(
		nw_wire_read_hex(
			&udp,
			"5054435000000000000000000002ffff0000000000000000100000040000123400000001"
			"4f505449"),
		"no claim");
	assert_string_equal(NW_WIRE_READ(&udp, "PTCP and other words that are 36 bytes"),
			    "no claim");
}

/* JSON that is none, a header that is nearly one. */
static void not_dahua(void **state)
{
	(void)state;
	assert_string_equal(nw_wire_read_hex(&udp, "2000000044484950" ZEROS_16 ZEROS_8 "7b7d7b"),
			    "dahua by content");
	assert_string_equal(nw_wire_read_hex(&udp, "2000000044484950" ZEROS_16 ZEROS_8 "7b5d"),
			    "no message");
	assert_string_equal(nw_wire_read_hex(&udp, "2000000144484950" ZEROS_16 ZEROS_8 "7b7d"),
			    "no claim");
	assert_string_equal(nw_wire_read_hex(&tcp, "a0010000" ZEROS_16 "00000000050201010000a1ab"),
			    "no claim");
	assert_string_equal(nw_wire_read_hex(&tcp, "f600000002000000" ZEROS_8 "03000000" ZEROS_8
						   "000000007b7d"),
			    "no claim");
	nw_foreign_none(&tcp);
}

NW_TESTS(decoders_dahua, cmocka_unit_test(finds_devices), cmocka_unit_test(logs_in),
	 cmocka_unit_test(media), cmocka_unit_test(cloud_service), cmocka_unit_test(hole_punching),
	 cmocka_unit_test(not_dahua));
