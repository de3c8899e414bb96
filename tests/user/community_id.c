/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Against the published vectors: corelight/community-id-spec, baseline/baseline_deflt.json at
 * c4ec2bc4 and the table "Default settings" of baseline/README.md; and against libcrypto's SHA-1.
 */
#include "community_id.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

static const struct {
	uint8_t proto;
	const char *saddr, *daddr;
	uint16_t sport, dport;
	const char *want;
} vectors[] = {
	/* baseline_deflt.json */
	{ 58, "fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea", 135, 136,
	  "1:dGHyGvjMfljg6Bppwm3bg0LO8TY=" },
	{ 58, "fe80::260:97ff:fe07:69ea", "fe80::200:86ff:fe05:80da", 136, 135,
	  "1:dGHyGvjMfljg6Bppwm3bg0LO8TY=" },
	{ 58, "fe80::260:97ff:fe07:69ea", "fe80::200:86ff:fe05:80da", 135, 136,
	  "1:zavyT/cezQr1fmImYCwYnMXbgck=" },
	{ 58, "fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea", 136, 135,
	  "1:zavyT/cezQr1fmImYCwYnMXbgck=" },
	{ 58, "3ffe:501:1800:2345::2", "3ffe:507:0:1:200:86ff:fe05:80da", 3, 0,
	  "1:2ObVBgIn28oZvibYZhZMBgh7WdQ=" },
	{ 58, "3ffe:501:410:0:2c0:dfff:fe47:33e", "3ffe:507:0:1:200:86ff:fe05:80da", 1, 4,
	  "1:hLZd0XGWojozrvxqE0dWB1iM6R0=" },
	{ 58, "3ffe:507:0:1:200:86ff:fe05:80da", "3ffe:501:0:1001::2", 128, 129,
	  "1:+TW+HtLHvV1xnGhV1lv7XoJrqQg=" },
	{ 58, "3ffe:501:0:1001::2", "3ffe:507:0:1:200:86ff:fe05:80da", 129, 128,
	  "1:+TW+HtLHvV1xnGhV1lv7XoJrqQg=" },
	{ 58, "fe80::200:86ff:fe05:80da", "ff02::2", 133, 134, "1:hO+sN4H+MG5MY/8hIrXPqc4ZQz0=" },
	{ 58, "fe80::260:97ff:fe07:69ea", "ff02::1", 134, 133, "1:pkvHqCL88/tg1k4cPigmZXUtL00=" },
	{ 1, "192.168.0.89", "192.168.0.1", 8, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=" },
	{ 1, "192.168.0.1", "192.168.0.89", 0, 8, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=" },
	{ 1, "10.0.0.1", "10.0.0.2", 11, 0, "1:YHxtAirCG//0OzkcVAukqKQN9xM=" },
	{ 6, "2001:470:e5bf:dead:4957:2174:e82c:4887", "2607:f8b0:400c:c03::1a", 63943, 25,
	  "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=" },
	{ 6, "2607:f8b0:400c:c03::1a", "2001:470:e5bf:dead:4957:2174:e82c:4887", 25, 63943,
	  "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=" },
	{ 132, "192.168.170.8", "192.168.170.56", 7, 7, "1:MP2EtRCAUIZvTw6MxJHLV7N7JDs=" },
	{ 132, "192.168.170.56", "192.168.170.8", 7, 7, "1:MP2EtRCAUIZvTw6MxJHLV7N7JDs=" },
	{ 6, "128.232.110.120", "66.35.250.204", 34855, 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=" },
	{ 6, "66.35.250.204", "128.232.110.120", 80, 34855, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=" },
	{ 17, "192.168.1.52", "8.8.8.8", 54585, 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ=" },
	{ 17, "8.8.8.8", "192.168.1.52", 53, 54585, "1:d/FP5EW3wiY1vCndhwleRRKHowQ=" },
	{ 46, "10.1.12.1", "10.1.12.2", 0, 0, "1:KHlLkgoJW7ifUTyTSgyVfkFHzKw=" },
	{ 46, "10.1.12.2", "10.1.12.1", 0, 0, "1:KHlLkgoJW7ifUTyTSgyVfkFHzKw=" },
	/* baseline/README.md */
	{ 6, "1.2.3.4", "5.6.7.8", 1122, 3344, "1:wCb3OG7yAFWelaUydu0D+125CLM=" },
	{ 17, "5.6.7.8", "1.2.3.4", 3344, 1122, "1:0Mu9InQx6z4ZiCZM/7HXi2WMhOg=" },
	{ 132, "1.2.3.4", "5.6.7.8", 1122, 3344, "1:EKt4MsxuyaE6mL+hmrEkQ9csDD8=" },
	{ 1, "1.2.3.4", "5.6.7.8", 8, 0, "1:crodRHL2FEsHjbv3UkRrfbs4bZ0=" },
	{ 1, "5.6.7.8", "1.2.3.4", 0, 0, "1:crodRHL2FEsHjbv3UkRrfbs4bZ0=" },
	{ 1, "1.2.3.4", "5.6.7.8", 11, 0, "1:f/YiSyWqczrTgfUCZlBUnvHRcPk=" },
	{ 58, "fe80:1:203:405:607:809:a0b:c0d", "fe80:1011:1213:1415:1617:1819:1a1b:1c1d", 128, 0,
	  "1:0bf7hyMJUwt3fMED7z8LIfRpBeo=" },
	{ 58, "fe80:1011:1213:1415:1617:1819:1a1b:1c1d", "fe80:1:203:405:607:809:a0b:c0d", 129, 0,
	  "1:0bf7hyMJUwt3fMED7z8LIfRpBeo=" },
	{ 58, "fe80:1:203:405:607:809:a0b:c0d", "fe80:1011:1213:1415:1617:1819:1a1b:1c1d", 146, 0,
	  "1:fYC8+pz24E+EhANP1EZhpX0Dw10=" },
	{ 46, "fe80:1011:1213:1415:1617:1819:1a1b:1c1d", "fe80:1:203:405:607:809:a0b:c0d", 0, 0,
	  "1:wQ/2mwrnXP4lmJcHdGL5ePjR+e0=" },
};

static void to_addr(const char *text, uint8_t ret[16])
{
	memset(ret, 0, 16);
	if (strchr(text, ':')) {
		assert_int_equal(inet_pton(AF_INET6, text, ret), 1);
		return;
	}
	ret[10] = ret[11] = 0xff;
	assert_int_equal(inet_pton(AF_INET, text, ret + 12), 1);
}

static void test_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		uint8_t s[16], d[16];
		char got[NW_COMMUNITY_ID];

		to_addr(vectors[i].saddr, s);
		to_addr(vectors[i].daddr, d);
		nw_community_id_of(vectors[i].proto, s, d, vectors[i].sport, vectors[i].dport, got);
		assert_string_equal(got, vectors[i].want);
	}
}

static void assert_sha1(const char *got, const uint8_t *in, size_t len)
{
	uint8_t digest[EVP_MAX_MD_SIZE], base64[32];
	char want[40];

	assert_int_equal(EVP_Digest(in, len, digest, NULL, EVP_sha1(), NULL), 1);
	EVP_EncodeBlock(base64, digest, 20);
	snprintf(want, sizeof(want), "1:%s", (char *)base64);
	assert_string_equal(got, want);
}

/* Random tuples: ends are already in order, so the input is put together here in one line. */
static void test_against_libcrypto(void **state)
{
	(void)state;
	srand(3);
	for (int n = 0; n < 20000; n++) {
		uint8_t in[40] = { 0 };
		char got[NW_COMMUNITY_ID];

		for (size_t i = 2; i < sizeof(in); i++) {
			in[i] = (uint8_t)rand();
		}
		in[2] &= 0x7f;
		in[18] |= 0x80; /* s < d */
		in[34] = rand() % 2 ? IPPROTO_TCP : IPPROTO_UDP;
		in[35] = 0;
		nw_community_id_of(in[34], in + 2, in + 18, (uint16_t)(in[36] << 8 | in[37]),
				   (uint16_t)(in[38] << 8 | in[39]), got);
		assert_sha1(got, in, sizeof(in));
	}
}

/* Loopback: the smaller port comes first. And what nothing answers keeps its direction. */
static void test_order(void **state)
{
	static const uint8_t equal[] = { 0, 0, 127, 0, 0, 1, 127, 0, 0, 1, 6, 0, 0, 80, 4, 210 };
	static const uint8_t one_way[] = { 0, 0, 10, 0, 0, 2, 10, 0, 0, 1, 1, 0, 0, 3, 0, 1 };
	uint8_t a[16], b[16];
	char got[NW_COMMUNITY_ID];

	(void)state;
	to_addr("127.0.0.1", a);
	nw_community_id_of(IPPROTO_TCP, a, a, 1234, 80, got);
	assert_sha1(got, equal, sizeof(equal));
	nw_community_id_of(IPPROTO_TCP, a, a, 80, 1234, got);
	assert_sha1(got, equal, sizeof(equal));
	to_addr("10.0.0.2", a);
	to_addr("10.0.0.1", b);
	nw_community_id_of(IPPROTO_ICMP, a, b, 3, 1, got);
	assert_sha1(got, one_way, sizeof(one_way));
}

/* Both ends of one connection, and each way of telling who began, give one name. */
static void test_flow(void **state)
{
	struct nw_flow f = { .proto = IPPROTO_TCP, .lport = 34855, .rport = 80 };
	struct nw_flow other;
	char a[NW_COMMUNITY_ID], b[NW_COMMUNITY_ID];

	(void)state;
	to_addr("128.232.110.120", f.laddr);
	to_addr("66.35.250.204", f.raddr);
	for (int way = 0; way < 2; way++) {
		f.is_outbound = way;
		assert_int_equal(nw_community_id(&f, a), 0);
		assert_string_equal(a, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
	}
	other = (struct nw_flow){ .proto = f.proto, .lport = f.rport, .rport = f.lport };
	memcpy(other.laddr, f.raddr, 16);
	memcpy(other.raddr, f.laddr, 16);
	assert_int_equal(nw_community_id(&other, b), 0);
	assert_string_equal(a, b);
}

static void test_flow_icmp(void **state)
{
	struct nw_flow f = { .proto = IPPROTO_ICMP, .lport = 77, .is_outbound = true };
	char id[NW_COMMUNITY_ID];

	(void)state;
	to_addr("192.168.0.89", f.laddr);
	to_addr("192.168.0.1", f.raddr);
	assert_int_equal(nw_community_id(&f, id), 0);
	assert_string_equal(id, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=");
	f.proto = IPPROTO_ICMPV6;
	to_addr("3ffe:507:0:1:200:86ff:fe05:80da", f.laddr);
	to_addr("3ffe:501:0:1001::2", f.raddr);
	assert_int_equal(nw_community_id(&f, id), 0);
	assert_string_equal(id, "1:+TW+HtLHvV1xnGhV1lv7XoJrqQg=");
}

static void test_flow_without_ends(void **state)
{
	struct nw_flow f = { .proto = IPPROTO_UDP, .lport = 53 };
	char id[NW_COMMUNITY_ID] = "untouched";

	(void)state;
	to_addr("192.0.2.1", f.laddr);
	assert_int_equal(nw_community_id(&f, id), -ENODATA);
	assert_string_equal(id, "untouched");
}

NW_TESTS(user_community_id, cmocka_unit_test(test_vectors),
	 cmocka_unit_test(test_against_libcrypto), cmocka_unit_test(test_order),
	 cmocka_unit_test(test_flow), cmocka_unit_test(test_flow_icmp),
	 cmocka_unit_test(test_flow_without_ends));
