/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS: hellos of real programs. Their reading is tshark 4.0.17's, and JA4 was made by Python's
 * hashlib from the lists that tshark read. "chrome" and "firefox" and both answers are those of
 * CyberChef's tests of JA4 (gchq/CyberChef, Apache-2.0), whose JA4 are also what others print of them. The
 * others were sent by openssl 3.0 s_client, curl 7.88 and Python 3.11 of Debian 12 to a socket that
 * kept the bytes. Certificates were made by openssl 3.0.19, whose reading of them is what is told; its
 * s_server sent the flight (as gnutls-serv 3.7.9 does, one record for each message).
 */
#include "decoders/wire.h"
#include "ja4.h"
#include "x509_names.h"

#include "decoders/tls_certificates.inc"

extern const struct nw_decoder nw_decoder_tls;

static const struct nw_wire w = { .decoder = &nw_decoder_tls, .proto = IPPROTO_TCP, .port = 443 };

static const struct nw_wire server = {
	.decoder = &nw_decoder_tls, .proto = IPPROTO_TCP, .port = 443, .is_received = true
};

static const struct {
	const char *name;
	const char *hex;
	const char *reading;
} golden[] = {
#define HELLO(name, hex, reading) { name, hex, reading },
#include "decoders/tls_golden.inc"
#undef HELLO
};

static void real_hellos(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(golden) / sizeof(golden[0]); i++) {
		assert_string_equal(nw_wire_read_hex(&w, golden[i].hex), golden[i].reading);
	}
	assert_non_null(strstr(golden[0].reading, "ja4=t13d1516h2_8daaf6152771_e5627efa2ab1\n"));
	assert_non_null(strstr(golden[1].reading, "ja4=t13d1715h2_5b57614c22b0_3d5424432f57\n"));
}

/* The name stands before the cut: it is told, a fingerprint of half a hello is not. */
static void cut_hello(void **state)
{
	uint8_t data[NW_WIRE_MAX];
	size_t len = nw_wire_unhex(golden[0].hex, data);

	(void)state;
	assert_string_equal(nw_wire_read_cut(&w, data, 256, len),
			    "tls by content\n"
			    "tls.client.server_name=content-autofill.googleapis.com");
	assert_string_equal(nw_wire_read_cut(&w, data, 40, len), "no message");
	assert_string_equal(nw_wire_read_cut(&w, data, 5, len), "no claim");
}

/* One record is cut in two: RFC 8446 5.1 allows it, and who wants not to be read does so. */
static size_t cut_record(const uint8_t *record, size_t len, size_t at, uint8_t *ret)
{
	size_t rest = len - 5 - at;

	memcpy(ret, record, 5 + at);
	ret[3] = (uint8_t)(at >> 8);
	ret[4] = (uint8_t)at;
	memcpy(ret + 5 + at, record, 3);
	ret[8 + at] = (uint8_t)(rest >> 8);
	ret[9 + at] = (uint8_t)rest;
	memcpy(ret + 10 + at, record + 5 + at, rest);
	return len + 5;
}

static void hello_over_records(void **state)
{
	uint8_t data[NW_WIRE_MAX];
	uint8_t cut[NW_WIRE_MAX + 5];
	size_t len = nw_wire_unhex(golden[0].hex, data);

	(void)state;
	for (size_t at = 1; at < len - 5; at++) {
		size_t n = cut_record(data, len, at, cut);

		assert_string_equal(nw_wire_read_cut(&w, cut, n, n), golden[0].reading);
	}
}

/* ECH, a name of bytes that are none, ALPN that is no letter, no extensions at all. */
static void odd_hellos(void **state)
{
#define RANDOM "0000000000000000000000000000000000000000000000000000000000000000"
	(void)state;
	assert_string_equal(nw_wire_read_hex(&w, "160301002d010000290303" RANDOM "00000213010100"),
			    "tls by content\ntls.client.ja4=t12i010000_0f2cb44170f4_000000000000");
	assert_string_equal(nw_wire_read_hex(&w, "160301003b010000370303" RANDOM "00000213010100"
						 "000cfe0d000001000010000403ab61"
						 "cd"),
			    "no message");
	assert_string_equal(nw_wire_read_hex(&w, "160301003d010000390303" RANDOM "00000213010100"
						 "000efe0d0000001000060004"
						 "03ab61cd"),
			    "tls by content\nnvrwatch.tls.alpn=\xab"
			    "a\xcd\nnvrwatch.tls.ech=true\n"
			    "tls.client.ja4=t12i0102ad_0f2cb44170f4_57e012f5680b");
	assert_string_equal(NW_WIRE_READ(&w, "GET / HTTP/1.1\r\n\r\n"), "no claim");
#undef RANDOM
}

#define CHOICE             \
	"tls by content\n" \
	"tls.cipher=0xc030\n"
#define VERSION             \
	"tls.version=1.2\n" \
	"tls.version_protocol=tls"

static void certificates(void **state)
{
	(void)state;
	assert_string_equal(nw_wire_read_hex(&server, OPENSSL_FLIGHT),
			    CHOICE "tls.server.x509.alternative_names=nvr.example.org\n"
				   "tls.server.x509.alternative_names=*.cams.example.org\n"
				   "tls.server.x509.alternative_names=192.0.2.7\n"
				   "tls.server.x509.issuer.common_name=nvr.example.org\n"
				   "tls.server.x509.subject.common_name=nvr.example.org\n" VERSION);
	/* two common names, a mail address (not told), a critical extension, more than eight names */
	assert_string_equal(nw_wire_read_hex(&server, ODD_NAMES),
			    "tls by content\nnvrwatch.tls.names_cut=true\ntls.cipher=0xc030\n"
			    "tls.server.x509.alternative_names=2001:db8::7\n"
			    "tls.server.x509.alternative_names=n1\n"
			    "tls.server.x509.alternative_names=n2\n"
			    "tls.server.x509.alternative_names=n3\n"
			    "tls.server.x509.alternative_names=n4\n"
			    "tls.server.x509.alternative_names=n5\n"
			    "tls.server.x509.alternative_names=n6\n"
			    "tls.server.x509.alternative_names=n7\n"
			    "tls.server.x509.issuer.common_name=DVRNVR\n"
			    "tls.server.x509.issuer.common_name=second\n"
			    "tls.server.x509.subject.common_name=DVRNVR\n"
			    "tls.server.x509.subject.common_name=second\n" VERSION);
	assert_string_equal(nw_wire_read_hex(&server, VERSION_1), CHOICE
			    "tls.server.x509.issuer.common_name=Site CA\n"
			    "tls.server.x509.subject.common_name=axis-00408c000000\n" VERSION);
}

/* nginx with OpenSSL 1.0 warns of a name that it does not have (nDPI's http_ipv6.pcap), then goes on. */
static void a_warning_before_the_answer(void **state)
{
	static const char warned[] = "15030300020170" OPENSSL_FLIGHT;
	static const char *const others[] = {
		"15030300020228" OPENSSL_FLIGHT, /* fatal: nothing can follow */
		"15030300030170" OPENSSL_FLIGHT, /* no alert's length */
		"15030300020170",
		"15030300020170160303000400000000",
		"15030300020170150303000201700000",
	};

	(void)state;
	assert_string_equal(nw_wire_read_hex(&server, warned),
			    CHOICE "tls.server.x509.alternative_names=nvr.example.org\n"
				   "tls.server.x509.alternative_names=*.cams.example.org\n"
				   "tls.server.x509.alternative_names=192.0.2.7\n"
				   "tls.server.x509.issuer.common_name=nvr.example.org\n"
				   "tls.server.x509.subject.common_name=nvr.example.org\n" VERSION);
	for (size_t i = 0; i < NW_ARRAY_SIZE(others); i++) {
		assert_string_equal(nw_wire_read_hex(&server, others[i]), "no claim");
	}
}

/* A head may end inside a certificate: each name is told whole or not at all. */
static void half_a_name_is_none(void **state)
{
	uint8_t data[NW_WIRE_MAX];
	size_t len = nw_wire_unhex(OPENSSL_FLIGHT, data);
	const char *whole = nw_wire_read_hex(&server, OPENSSL_FLIGHT);
	char all[1024];

	(void)state;
	(void)snprintf(all, sizeof(all), "%s\nnvrwatch.tls.names_cut=true\n", whole);
	for (size_t cut = 200; cut < len; cut++) {
		char text[1024];

		(void)snprintf(text, sizeof(text), "%s", nw_wire_read_cut(&server, data, cut, len));
		for (char *rest = text, *line; (line = strsep(&rest, "\n"));) {
			assert_non_null(strstr(all, line));
			assert_int_equal(strstr(all, line)[strlen(line)], '\n');
		}
	}
}

/* Behind STARTTLS, or what a proxy answers to CONNECT: a later turn of the talk begins with a hello. */
static void a_hello_in_a_later_turn(void **state)
{
	uint8_t data[NW_WIRE_MAX];
	size_t len = nw_wire_unhex(golden[0].hex, data);
	struct nw_ev_head *head = nw_wire_head(&w, data, len, len);
	struct nw_facts facts = { .attrs = 0 };

	(void)state;
	head->offset = 79;
	assert_int_equal(nw_decode(head, &facts), 1);
	assert_string_equal(facts.protocol, "tls");
	assert_string_equal(nw_wire_text(&w, &facts, facts.basis), golden[0].reading);
	head->data[0] = 23; /* application data of a stream that is TLS already */
	assert_int_equal(nw_decode(head, &facts), 0);
	free(head);
}

/* What nw_x509_names() finds in DER: "key=value" in the order found. */
static const char *names_in(const char *hex)
{
	static char text[512];
	uint8_t data[NW_WIRE_MAX];
	struct nw_facts facts = { .attrs = 0 };
	size_t n = 0;

	text[0] = '\0';
	nw_x509_names(nw_span_of(data, nw_wire_unhex(hex, data)), true, &facts);
	for (unsigned i = 0; i < facts.attrs; i++) {
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%.*s;", facts.attr[i].len,
				      (const char *)facts.attr[i].text);
	}
	return text;
}

/* Lengths that lie, indefinite ones, no numbers where numbers belong: nothing is read past an end, and
 * that there may be more names is told. */
static void not_certificates(void **state)
{
#define FRONT	"0201013003060100"
#define ISSUER	"300d310b300906035504030c026361"
#define DATES	"3000"
#define SUBJECT "300d310b3009060355040313026d65"
	(void)state;
	assert_string_equal(names_in("302a3028" FRONT ISSUER DATES SUBJECT), "ca;me;true;");
	assert_string_equal(names_in("3083ffffff3083ffffff" FRONT ISSUER DATES SUBJECT),
			    "ca;me;true;");
	assert_string_equal(names_in("30803028" FRONT ISSUER DATES SUBJECT), "true;");
	assert_string_equal(names_in("30840000002a3028" FRONT ISSUER DATES SUBJECT), "true;");
	assert_string_equal(names_in("302730253003060100" ISSUER DATES SUBJECT), "true;");
	assert_string_equal(names_in("302a301a" FRONT ISSUER DATES SUBJECT), "true;");
	assert_string_equal(names_in("30"), "true;");
	assert_string_equal(names_in(""), "true;");
}

NW_TESTS(decoders_tls, cmocka_unit_test(real_hellos), cmocka_unit_test(cut_hello),
	 cmocka_unit_test(hello_over_records), cmocka_unit_test(odd_hellos),
	 cmocka_unit_test(certificates), cmocka_unit_test(not_certificates),
	 cmocka_unit_test(a_warning_before_the_answer), cmocka_unit_test(a_hello_in_a_later_turn),
	 cmocka_unit_test(half_a_name_is_none));
