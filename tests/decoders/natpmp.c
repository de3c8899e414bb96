/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NAT-PMP and PCP: what natpmpc (20150609) and miniupnpd 2.3.1 of Debian 12 said to each other in a
 * network namespace, captured with tcpdump; the requests of PCP were laid out by hand as in RFC 6887
 * 11.1 and 12.1 and taken by miniupnpd, which answered. That router could open no port, so answers
 * that grant one are its answers with the result of RFC 6886 3.3 and RFC 6887 11.1: zero.
 */
#include "decoders/wire.h"

extern const struct nw_decoder nw_decoder_natpmp;

static const struct nw_wire w = { .decoder = &nw_decoder_natpmp,
				  .proto = IPPROTO_UDP,
				  .port = 5351 };
static const struct nw_wire announced = { .decoder = &nw_decoder_natpmp,
					  .proto = IPPROTO_UDP,
					  .port = 5350 };
static const struct nw_wire elsewhere = { .decoder = &nw_decoder_natpmp,
					  .proto = IPPROTO_UDP,
					  .port = 40001 };

#define V4     "00000000000000000000ffff"
#define CLIENT V4 "0a070002"
#define NONCE  "0102030405060708090a0b0c"

static void natpmp(void **state)
{
	(void)state;
	assert_string_equal(nw_wire_read_hex(&w, "0000"), "natpmp by port");
	assert_string_equal(nw_wire_read_hex(&w, "008000000000098a0b16212c"), "natpmp by port");
	assert_string_equal(nw_wire_read_hex(&w, "00020000216aafc800000e10"),
			    "natpmp by port\n"
			    "nvrwatch.portmap.action=open\n"
			    "nvrwatch.portmap.internal_port=8554\n"
			    "nvrwatch.portmap.lifetime=3600\n"
			    "nvrwatch.portmap.transport=tcp");
	assert_string_equal(nw_wire_read_hex(&w, "008200030000098a216aafc800000e10"),
			    "natpmp by port");
	assert_string_equal(nw_wire_read_hex(&w, "008200000000098a216aafc800000e10"),
			    "natpmp by port\n"
			    "nvrwatch.portmap.external_port=45000\n"
			    "nvrwatch.portmap.internal_port=8554\n"
			    "nvrwatch.portmap.transport=tcp");
	assert_string_equal(nw_wire_read_hex(&w, "000100001388000000000000"),
			    "natpmp by port\n"
			    "nvrwatch.portmap.action=close\n"
			    "nvrwatch.portmap.internal_port=5000\n"
			    "nvrwatch.portmap.lifetime=0\n"
			    "nvrwatch.portmap.transport=udp");
}

static void pcp_maps(void **state)
{
	(void)state;
	assert_string_equal(nw_wire_read_hex(&announced, "028000000000000000000987000000000000"
							 "000000000000"),
			    "pcp by port");
	assert_string_equal(nw_wire_read_hex(&elsewhere,
					     "0201000000000e10" CLIENT NONCE "06000000022a504a" V4
					     "00000000800000084e56522052545350"),
			    "pcp by content\n"
			    "nvrwatch.portmap.action=open\n"
			    "nvrwatch.portmap.client=10.7.0.2\n"
			    "nvrwatch.portmap.description=NVR RTSP\n"
			    "nvrwatch.portmap.internal_port=554\n"
			    "nvrwatch.portmap.lifetime=3600\n"
			    "nvrwatch.portmap.transport=tcp");
	assert_string_equal(
		nw_wire_read_hex(&elsewhere,
				 "028100080000001e0000098a000000000000000000000000" NONCE
				 "06000000022a504a" V4 "0b16212c800000084e56522052545350"),
		"pcp by content");
	assert_string_equal(
		nw_wire_read_hex(&elsewhere,
				 "028100000000001e0000098a000000000000000000000000" NONCE
				 "06000000022a504a" V4 "0b16212c800000084e56522052545350"),
		"pcp by content\n"
		"nvrwatch.portmap.description=NVR RTSP\n"
		"nvrwatch.portmap.external_port=20554\n"
		"nvrwatch.portmap.internal_port=554\n"
		"nvrwatch.portmap.transport=tcp");
}

/* A way to one peer; for a camera that does not ask itself; every port of every protocol. */
static void pcp_others(void **state)
{
	(void)state;
	assert_string_equal(nw_wire_read_hex(&elsewhere,
					     "0202000000000258" CLIENT NONCE "1100000013880000" V4
					     "0000000093910000" V4 "c6336442"),
			    "pcp by content\n"
			    "nvrwatch.portmap.action=open\n"
			    "nvrwatch.portmap.client=10.7.0.2\n"
			    "nvrwatch.portmap.internal_port=5000\n"
			    "nvrwatch.portmap.lifetime=600\n"
			    "nvrwatch.portmap.transport=udp");
	assert_string_equal(nw_wire_read_hex(&elsewhere,
					     "0201000000000e10" CLIENT NONCE "06000000022a504a" V4
					     "0000000001000010" V4 "0a070063"),
			    "pcp by content\n"
			    "nvrwatch.portmap.action=open\n"
			    "nvrwatch.portmap.client=10.7.0.99\n"
			    "nvrwatch.portmap.internal_port=554\n"
			    "nvrwatch.portmap.lifetime=3600\n"
			    "nvrwatch.portmap.transport=tcp");
	assert_string_equal(
		nw_wire_read_hex(&w, "020100000000003c20010db8000000000000000000000007" NONCE
				     "0000000000000000" V4 "00000000"),
		"pcp by port\n"
		"nvrwatch.portmap.action=open\n"
		"nvrwatch.portmap.client=2001:db8::7\n"
		"nvrwatch.portmap.lifetime=60");
}

static void near_misses(void **state)
{
#define ASK "0201000000000e10" CLIENT NONCE "06000000022a504a" V4 "00000000"
	(void)state;
	assert_string_equal(nw_wire_read_hex(&elsewhere, "00020000216aafc800000e10"), "no claim");
	assert_string_equal(nw_wire_read_hex(&w, "000200000216aafc800000e100"), "no claim");
	assert_string_equal(nw_wire_read_hex(&w, "00020001216aafc800000e10"), "no claim");
	assert_string_equal(nw_wire_read_hex(&w, "00030000216aafc800000e10"), "no claim");
	assert_string_equal(nw_wire_read_hex(&w, "008201000000098a216aafc800000e10"), "no claim");
	assert_string_equal(nw_wire_read_hex(&w, ASK "80"), "no claim");
	assert_string_equal(nw_wire_read_hex(&w, ASK "800000ff"), "no message");
	assert_string_equal(nw_wire_read_hex(&w, ASK "80000001"), "no message");
	assert_string_equal(nw_wire_read_hex(&w, "0301" ASK), "no claim");
	assert_string_equal(nw_wire_read_hex(&elsewhere, "028100000000001e0000098a0000000000000000"
							 "00000000"),
			    "no claim");
	assert_string_equal(nw_wire_read_hex(&elsewhere,
					     "0281000e0000001e0000098a0000000000000000"
					     "00000000" NONCE "06000000022a504a" V4 "0b16212c"),
			    "no claim");
	assert_string_equal(
		nw_wire_read_hex(&elsewhere,
				 "028100000000001e0000098a000000000000000000000001" NONCE
				 "06000000022a504a" V4 "0b16212c"),
		"no claim");
	assert_string_equal(nw_wire_read_hex(&elsewhere, "0201000000000e10" CLIENT NONCE
							 "06000001022a504a" V4 "00000000"),
			    "no claim");
#undef ASK
}

NW_TESTS(decoders_natpmp, cmocka_unit_test(natpmp), cmocka_unit_test(pcp_maps),
	 cmocka_unit_test(pcp_others), cmocka_unit_test(near_misses));
