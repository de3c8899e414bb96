/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STUN: what coturn 4.6.1 and its turnutils_stunclient and turnutils_uclient sent to each other, and
 * stund and stun of 0.97 (packages stun-server, stun-client), which know RFC 3489 alone; messages of
 * RFC 5769 2.1 and 2.3. Captured on a loopback with tcpdump, of Debian 12 all of them.
 */
#include "decoders/wire.h"

extern const struct nw_decoder nw_decoder_stun;

static const struct nw_wire udp = { .decoder = &nw_decoder_stun,
				    .proto = IPPROTO_UDP,
				    .port = 3478 };
static const struct nw_wire tcp = { .decoder = &nw_decoder_stun,
				    .proto = IPPROTO_TCP,
				    .port = 3478 };
static const struct nw_wire elsewhere = { .decoder = &nw_decoder_stun,
					  .proto = IPPROTO_UDP,
					  .port = 40001 };

static const char bind_q[] = "000100002112a442849c90d4302e541f83b17b03";
static const char bind_r[] =
	"0101003c2112a442849c90d4302e541f83b17b03002000080001b8275e12a4430001000800019935"
	"7f000001802b000800010d967f00000180220014436f7475726e2d342e362e312027476f72737427";
static const char alloc_q[] =
	"000300742112a442f33d86b500e196b0e82cbf140019000411000000000d00040000030900180001"
	"8000000000170004010000000006000363616d000015001033393864383036376162393832323166"
	"0014001172656c61792e6578616d706c652e6e657400000000080014301af56daa2da356baabdf9f"
	"81c7e8845ef8623e802800040743216a";
static const char alloc_401[] =
	"011300602112a442b0c032b7ca7d0442687fac880009001000000401556e617574686f72697a6564"
	"00150010333938643830363761623938323231660014001172656c61792e6578616d706c652e6e65"
	"7400000080220014436f7475726e2d342e362e312027476f72737427802800049008d666";
static const char alloc_r[] =
	"010300642112a442f33d86b500e196b0e82cbf14001600080001c4ea5e12a443002000080001bf43"
	"5e12a44300220008018ea1510000f5c2000d00040000030980220014436f7475726e2d342e362e31"
	"2027476f72737427000800144641cbaeec8f4973b65b07cf33969b8c17fa77fc802800049141b93a";
static const char chan_q[] =
	"000900682112a4422e86c0f70b55d0cf813cfbf7000c00044cb400000012000800012c8b5e12a443"
	"0006000363616d0000150010333939316235616438333834616439390014001172656c61792e6578"
	"616d706c652e6e657400000000080014c3fea32828e4c509ed3de6ba7396cb8eb4a844a180280004"
	"51d463c1";
static const char perm_q[] =
	"000800602112a442509d050990ca2f8544aa489c0012000800012c8a5e12a4430006000363616d00"
	"00150010333939316235616438333834616439390014001172656c61792e6578616d706c652e6e65"
	"74000000000800148ea5fc6836b1c10e3ed5286bef7dbee5d00f22d880280004423ce5db";
static const char classic_q[] = "00010008012d6a39212a8357d5456b6d1419c75c0003000400000000";
static const char classic_r[] =
	"01010044012d6a39212a8357d5456b6d1419c75c00010008000140537f0000010004000800010d96"
	"7f0000010005000800010d977f000002002000080001417e7e2d6a3880220010566f766964612e6f"
	"726720302e393700";
static const char tcp_r[] =
	"011300602112a442c8337dd0ae1e24347ef7f58f0009001000000401556e617574686f72697a6564"
	"00150010353134653664356563386362366636340014001172656c61792e6578616d706c652e6e65"
	"7400000080220014436f7475726e2d342e362e312027476f72737427802800047fbfa82c01030064"
	"2112a442590e8b61c5a613f927a33102001600080001ec645e12a443002000080001aa685e12a443"
	"00220008f058c6e20001eaf3000d00040000030980220014436f7475726e2d342e362e312027476f"
	"72737427000800141d8ca62607397fcb03b4011b153e5eedd028781980280004e64dcd93";
static const char rfc_q[] =
	"000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74"
	"002400046e0001ff80290008932ff9b151263b36000600096576746a3a6836765920202000080014"
	"9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf";
static const char rfc_r6[] =
	"010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f722000200014"
	"0002a1470113a9faa5d3f179bc25f4b5bed2b9d900080014a382954e4be67bf11784c97c8292c275"
	"bfe3ed4180280004c8fb0b4c";

static void bindings(void **state)
{
	(void)state;
	assert_string_equal(nw_wire_read_hex(&elsewhere, bind_q),
			    "stun by content\nnvrwatch.stun.method=binding");
	assert_string_equal(nw_wire_read_hex(&elsewhere, bind_r),
			    "stun by content\n"
			    "nvrwatch.server.software=Coturn-4.6.1 'Gorst'\n"
			    "nvrwatch.stun.mapped=127.0.0.1:39221\n"
			    "nvrwatch.stun.method=binding");
	assert_string_equal(nw_wire_read_hex(&elsewhere, rfc_q),
			    "stun by content\n"
			    "nvrwatch.client.software=STUN test client\n"
			    "nvrwatch.stun.method=binding");
	assert_string_equal(nw_wire_read_hex(&elsewhere, rfc_r6),
			    "stun by content\n"
			    "nvrwatch.server.software=test vector\n"
			    "nvrwatch.stun.mapped=[2001:db8:1234:5678:11:2233:4455:6677]:32853\n"
			    "nvrwatch.stun.method=binding");
}

/* A relay, and nothing of user, nonce and token. */
static void relays(void **state)
{
	(void)state;
	assert_string_equal(nw_wire_read_hex(&elsewhere, alloc_q),
			    "stun by content\n"
			    "nvrwatch.realm=relay.example.net\n"
			    "nvrwatch.stun.method=allocate");
	assert_string_equal(nw_wire_read_hex(&elsewhere, alloc_401),
			    "stun by content\n"
			    "nvrwatch.realm=relay.example.net\n"
			    "nvrwatch.server.software=Coturn-4.6.1 'Gorst'\n"
			    "nvrwatch.stun.method=allocate");
	assert_string_equal(nw_wire_read_hex(&elsewhere, alloc_r),
			    "stun by content\n"
			    "nvrwatch.server.software=Coturn-4.6.1 'Gorst'\n"
			    "nvrwatch.stun.mapped=127.0.0.1:40529\n"
			    "nvrwatch.stun.method=allocate\n"
			    "nvrwatch.stun.relayed=127.0.0.1:58872");
	assert_string_equal(nw_wire_read_hex(&elsewhere, chan_q),
			    "stun by content\n"
			    "nvrwatch.realm=relay.example.net\n"
			    "nvrwatch.stun.method=channel-bind\n"
			    "nvrwatch.stun.peer=127.0.0.1:3481");
	assert_string_equal(nw_wire_read_hex(&elsewhere, perm_q),
			    "stun by content\n"
			    "nvrwatch.realm=relay.example.net\n"
			    "nvrwatch.stun.method=create-permission\n"
			    "nvrwatch.stun.peer=127.0.0.1:3480");
}

/* The refusal and behind it the answer; a head of a stream ends where it ends. */
static void stream(void **state)
{
	uint8_t data[NW_WIRE_MAX];
	size_t len = nw_wire_unhex(tcp_r, data);

	(void)state;
	assert_string_equal(nw_wire_read(&tcp, data, len),
			    "stun by content\n"
			    "nvrwatch.realm=relay.example.net\n"
			    "nvrwatch.server.software=Coturn-4.6.1 'Gorst'\n"
			    "nvrwatch.stun.mapped=127.0.0.1:35706\n"
			    "nvrwatch.stun.method=allocate\n"
			    "nvrwatch.stun.relayed=127.0.0.1:52598");
	assert_string_equal(nw_wire_read_cut(&tcp, data, 40, 0),
			    "stun by content\nnvrwatch.stun.method=allocate");
	data[116] = 0x4c; /* data of a channel behind the refusal */
	assert_string_equal(nw_wire_read(&tcp, data, len),
			    "stun by content\n"
			    "nvrwatch.realm=relay.example.net\n"
			    "nvrwatch.server.software=Coturn-4.6.1 'Gorst'\n"
			    "nvrwatch.stun.method=allocate");
}

static void classic(void **state)
{
	(void)state;
	assert_string_equal(nw_wire_read_hex(&elsewhere, classic_q),
			    "stun by content\nnvrwatch.stun.method=binding");
	assert_string_equal(nw_wire_read_hex(&elsewhere, classic_r),
			    "stun by content\n"
			    "nvrwatch.server.software=Vovida.org 0.97\n"
			    "nvrwatch.stun.mapped=127.0.0.1:16467\n"
			    "nvrwatch.stun.method=binding");
	assert_string_equal(nw_wire_read_hex(&tcp, classic_r), "no claim");
}

/* Some fill a name up with NUL: those are not told. */
static void filled_up(void **state)
{
	static struct nw_facts facts;
	uint8_t data[NW_WIRE_MAX];
	size_t len = nw_wire_unhex(classic_r, data);
	struct nw_ev_head *head = nw_wire_head(&udp, data, len, len);

	(void)state;
	assert_int_equal(nw_decode(head, &facts), 1);
	for (unsigned i = 0; i < facts.attrs; i++) {
		assert_null(memchr(facts.attr[i].text, 0, facts.attr[i].len));
	}
	free(head);
}

/* Without cookie: one byte more, a bit that no flag has, an attribute of TURN, none at all. */
static void near_misses(void **state)
{
#define ID "012d6a39212a8357d5456b6d1419c75c"
	(void)state;
	assert_string_equal(nw_wire_read_hex(&elsewhere, "00010008" ID "000300040000000800"),
			    "no claim");
	assert_string_equal(nw_wire_read_hex(&elsewhere, "00010008" ID "0003000400000008"),
			    "no claim");
	assert_string_equal(nw_wire_read_hex(&elsewhere, "00010008" ID "0003000800000000"),
			    "no claim");
	assert_string_equal(nw_wire_read_hex(&elsewhere, "00030008" ID "0003000400000000"),
			    "no claim");
	assert_string_equal(nw_wire_read_hex(&elsewhere, "0101000c" ID "000100080002aaaa01020304"),
			    "no claim");
	assert_string_equal(nw_wire_read_hex(&elsewhere, "00010008" ID "0019000411000000"),
			    "no claim");
	assert_string_equal(nw_wire_read_hex(&elsewhere, "00010000" ID), "no claim");
	assert_string_equal(nw_wire_read_hex(&udp, "00010000" ID),
			    "stun by port\nnvrwatch.stun.method=binding");
	/* a channel's data, RTP, DNS, DTLS */
	assert_string_equal(nw_wire_read_hex(&udp, "4cb40004aaaaaaaabbbbbbbbccccccccdddddddd"),
			    "no claim");
	assert_string_equal(nw_wire_read_hex(&udp, "8060000121 12a44200000001aaaaaaaabbbbbbbb"),
			    "no claim");
	assert_string_equal(
		nw_wire_read_hex(&udp, "1234010000010000000000000161000001000100000000"),
		"no claim");
#undef ID
}

/* The cookie is there, and then lengths lie. */
static void hostile(void **state)
{
#define FRONT(length) "0101" length "2112a442b7e7a701bc34d686fa87dfae"
	(void)state;
	assert_string_equal(nw_wire_read_hex(&udp, FRONT("0008") "0020ffff00000000"), "no message");
	assert_string_equal(nw_wire_read_hex(&udp, FRONT("0008") "0020000400010000"), "no message");
	assert_string_equal(nw_wire_read_hex(&udp, FRONT("000c") "00200008000300000a000001"),
			    "no message");
	assert_string_equal(nw_wire_read_hex(&udp, FRONT("000c") "00200008000200000a000001"),
			    "no message");
	assert_string_equal(nw_wire_read_hex(&udp, FRONT("0004") "00200000"), "no message");
	assert_string_equal(nw_wire_read_hex(&udp, FRONT("0004") "0020"), "no claim");
	assert_string_equal(nw_wire_read_hex(&udp, FRONT("0003") "802200"), "no claim");
	assert_string_equal(nw_wire_read_hex(&udp, FRONT("0000") "00"), "no claim");
	assert_string_equal(nw_wire_read_hex(&tcp, FRONT("0000") "00"),
			    "stun by content\nnvrwatch.stun.method=binding");
	assert_string_equal(nw_wire_read_hex(&udp, "4101" FRONT("0000")), "no claim");
	assert_string_equal(nw_wire_read_hex(&udp, "3eff00002112a442b7e7a701bc34d686fa87dfae"),
			    "stun by content\nnvrwatch.stun.method=0xfff");
#undef FRONT
}

NW_TESTS(decoders_stun, cmocka_unit_test(bindings), cmocka_unit_test(relays),
	 cmocka_unit_test(stream), cmocka_unit_test(classic), cmocka_unit_test(filled_up),
	 cmocka_unit_test(near_misses), cmocka_unit_test(hostile));
