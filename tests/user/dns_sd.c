/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Discovery over mDNS: what avahi-daemon 0.8 of Debian 12 said in a network namespace, with the
 * service that AXIS OS announces written into its configuration (name, type and key of the MAC as in
 * Axis' documentation), and answered to a resolver; captured with tcpdump. Others are made by hand.
 */
#include "decoders/wire.h"

#include "decoders/dns_message.h" /* behind: it has facts of its own */

static const struct nw_wire w = {
	.decoder = &nw_decoder_dns, .proto = IPPROTO_UDP, .port = 5353, .is_received = true
};
static const struct nw_wire dns = { .decoder = &nw_decoder_dns, .proto = IPPROTO_UDP, .port = 53 };

static const char announced[] =
	"000084000000000e000000001b415849532050333234352d56202d20414343433845303132333435"
	"0b5f617869732d766964656f045f746370056c6f63616c0000108001000011940018176d61636164"
	"64726573733d414343433845303132333435055f68747470c034000c000100001194001e1b415849"
	"532050333234352d56202d20414343433845303132333435c062c0740021800100000078001a0000"
	"0000005011617869732d616363633865303132333435c039c0a4001c8001000000780010fe800000"
	"00000000d80ffbfffef2d308c0a4000180010000007800040a070001c07400108001000011940001"
	"00095f7365727669636573075f646e732d7364045f756470c039000c0001000011940002c062055f"
	"72747370c034000c000100001194001e1b415849532050333234352d56202d204143434338453031"
	"32333435c116c1280021800100000078000800000000022ac0a4c1280010800100001194001a1970"
	"6174683d617869732d6d656469612f6d656469612e616d70c0f1000c0001000011940002c116c028"
	"000c0001000011940002c00cc00c00218001000000780008000000000050c0a4c0f1000c00010000"
	"11940002c028";
static const char host[] =
	"00008400000000040000000001380130013301640132016601650166016601660162016601660130"
	"01380164013001300130013001300130013001300130013001300130013001380165016603697036"
	"046172706100000c800100000078001911617869732d616363633865303132333435056c6f63616c"
	"00c060000180010000007800040a07000101310130013702313007696e2d61646472c050000c8001"
	"000000780002c060c060001c8001000000780010fe80000000000000d80ffbfffef2d308";
static const char probe[] =
	"0000000000030000000600001b415849532050333234352d56202d20414343433845303132333435"
	"0b5f617869732d766964656f045f746370056c6f63616c0000ff00011b415849532050333234352d"
	"56202d20414343433845303132333435055f68747470c03400ff00011b415849532050333234352d"
	"56202d20414343433845303132333435055f72747370c03400ff0001c0440021000100000078001a"
	"00000000005011617869732d616363633865303132333435c039c0440010000100001194000100c0"
	"6c0021000100000078000800000000022ac0a6c06c0010000100001194001a19706174683d617869"
	"732d6d656469612f6d656469612e616d70c00c00210001000000780008000000000050c0a6c00c00"
	"100001000011940018176d6163616464726573733d414343433845303132333435";
static const char asked[] =
	"1234000000010000000000000b5f617869732d766964656f045f746370056c6f63616c00000c0001";
static const char answer[] =
	"1234840000010005000000000b5f617869732d766964656f045f746370056c6f63616c00000c0001"
	"c00c000c00010000000a001e1b415849532050333234352d56202d20414343433845303132333435"
	"c00cc034001000010000000a0018176d6163616464726573733d414343433845303132333435c034"
	"002100010000000a001a00000000005011617869732d616363633865303132333435c01dc088001c"
	"00010000000a0010fe80000000000000d80ffbfffef2d308c088000100010000000a00040a070001";
static const char services[] =
	"123484000001000200000000095f7365727669636573075f646e732d7364045f756470056c6f6361"
	"6c00000c0001c00c000c00010000000a000d055f72747370045f746370c023c00c000c0001000000"
	"0a000e0b5f617869732d766964656fc040";

static void real_messages(void **state)
{
	(void)state;
	assert_string_equal(nw_wire_read_hex(&w, announced),
			    "mdns by port\n"
			    "nvrwatch.device.ip=10.7.0.1\n"
			    "nvrwatch.device.mac=ac:cc:8e:01:23:45\n"
			    "nvrwatch.device.name=AXIS P3245-V - ACCC8E012345\n"
			    "nvrwatch.service.type=_http._tcp\n"
			    "nvrwatch.service.type=_rtsp._tcp\n"
			    "nvrwatch.service.type=_axis-video._tcp");
	assert_string_equal(nw_wire_read_hex(&w, answer),
			    "mdns by content\n"
			    "nvrwatch.device.ip=10.7.0.1\n"
			    "nvrwatch.device.mac=ac:cc:8e:01:23:45\n"
			    "nvrwatch.device.name=AXIS P3245-V - ACCC8E012345\n"
			    "nvrwatch.service.type=_axis-video._tcp");
	assert_string_equal(nw_wire_read_hex(&w, services),
			    "mdns by content\n"
			    "nvrwatch.service.type=_rtsp._tcp\n"
			    "nvrwatch.service.type=_axis-video._tcp");
	assert_string_equal(nw_wire_read_hex(&w, asked),
			    "mdns by content\nnvrwatch.service.type=_axis-video._tcp");
	assert_string_equal(nw_wire_read_hex(&w, probe),
			    "mdns by port\nnvrwatch.service.type=_axis-video._tcp");
	assert_string_equal(nw_wire_read_hex(&w, host),
			    "mdns by port\nnvrwatch.device.ip=10.7.0.1");
	/* the same over another port is DNS, and says nothing of a device */
	assert_string_equal(nw_wire_read_hex(&dns, answer), "dns by content");
}

static const char *read_message(const struct message *m)
{
	return nw_wire_read(&w, m->data, m->len);
}

/* HomeKit's and Apple's model; keys that are none, a MAC that is none. */
static void texts(void **state)
{
	static const char hap[] = "\5md=C1\12model=late\4ff=0";
	static const char bad[] =
		"\17macaddress=ACCC\63macaddress=ACCC8E012345ACCC8E012345ACCC8E012345abcd\3md\0";
	static const char dashes[] =
		"\35MACADDRESS=ac-cc-8e-01-23-45x\34macaddress=AC-CC-8E-01-23-45";
	struct message *m = new_message(0x8400, 0, 1, 0, 0);

	(void)state;
	PUT(m, "\1c\4_hap\4_tcp\5local\0");
	put_rr(m, 16, 0x8001, hap, sizeof(hap) - 1);
	assert_string_equal(read_message(m), "mdns by port\nnvrwatch.device.model=C1");
	m = new_message(0x8400, 0, 1, 0, 0);
	PUT(m, "\1c\4_hap\4_tcp\5local\0");
	put_rr(m, 16, 0x8001, bad, sizeof(bad) - 1);
	assert_string_equal(read_message(m), "mdns by port");
	m = new_message(0x8400, 0, 1, 0, 0);
	PUT(m, "\1c\4_hap\4_tcp\5local\0");
	put_rr(m, 16, 0x8001, dashes, sizeof(dashes) - 1);
	assert_string_equal(read_message(m), "mdns by port\nnvrwatch.device.mac=ac:cc:8e:01:23:45");
}

/* What who asks knows already is not his own. */
static void known_answers(void **state)
{
	static const char name[] = "\1c\5_rtsp\4_tcp\5local";
	struct message *m = new_message(0x0000, 1, 1, 0, 0);

	(void)state;
	PUT(m, "\5_rtsp\4_tcp\5local\0\0\14\0\1");
	PUT(m, "\xc0\x0c");
	put_rr(m, 12, 1, name, sizeof(name));
	assert_string_equal(read_message(m), "mdns by port\nnvrwatch.service.type=_rtsp._tcp");
}

/* A dot and a byte that is no letter inside of a name; a subtype; names that are no service. */
static void names(void **state)
{
	static const char dots[] = "\6a.b\xc3\xa9\\\5_rtsp\4_tcp\5local";
	static const char sub[] = "\2_v\4_sub\5_http\4_tcp\5local";
	static const char none[] = "\1_\4_tcp\4_udp";
	static const char far[] = "\1c\51_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\4_tcp";
	struct message *m = new_message(0x8400, 0, 1, 0, 0);

	(void)state;
	PUT(m, "\1x\0");
	put_rr(m, 12, 1, dots, sizeof(dots));
	assert_string_equal(read_message(m), "mdns by port\n"
					     "nvrwatch.device.name=a.b\xc3\xa9\\\n"
					     "nvrwatch.service.type=_rtsp._tcp");
	m = new_message(0x8400, 0, 1, 0, 0);
	PUT(m, "\1x\0");
	put_rr(m, 12, 1, sub, sizeof(sub));
	assert_string_equal(read_message(m), "mdns by port\nnvrwatch.service.type=_http._tcp");
	m = new_message(0x8400, 0, 3, 0, 0);
	PUT(m, "\1x\0");
	put_rr(m, 12, 1, none, sizeof(none));
	PUT(m, "\1x\0");
	put_rr(m, 12, 1, far, sizeof(far));
	PUT(m, "\1x\0");
	put_rr(m, 12, 1, "", 1);
	assert_string_equal(read_message(m), "mdns by port\nnvrwatch.service.type=_tcp._udp");
}

#define SIXTY "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

/* Who offers very much fills nothing up: the first are told, and of each other thing one. */
static void many(void **state)
{
	struct message *m = new_message(0x8400, 0, 25, 0, 0);

	(void)state;
	for (unsigned i = 0; i < 20; i++) {
		char name[] = "\74" SIXTY "\2_a\4_tcp";

		name[63] = (char)('a' + i);
		PUT(m, "\1x\0");
		put_rr(m, 12, 1, name, sizeof(name));
	}
	for (unsigned i = 0; i < 5; i++) {
		PUT(m, "\1x\0");
		put_rr(m, 16, 1, "\4md=a\4md=b\4md=c\4md=d\4md=e\4md=f\4md=g", 35);
	}
	assert_string_equal(read_message(m), "mdns by port\n"
					     "nvrwatch.device.model=a\n"
					     "nvrwatch.device.name=" SIXTY "\n"
					     "nvrwatch.service.type=_a._tcp\n"
					     "nvrwatch.service.type=_b._tcp\n"
					     "nvrwatch.service.type=_c._tcp\n"
					     "nvrwatch.service.type=_d._tcp\n"
					     "nvrwatch.service.type=_e._tcp\n"
					     "nvrwatch.service.type=_f._tcp");
}

NW_TESTS(user_dns_sd, cmocka_unit_test(real_messages), cmocka_unit_test(texts),
	 cmocka_unit_test(known_answers), cmocka_unit_test(names), cmocka_unit_test(many));
