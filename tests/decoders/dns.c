/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DNS: real messages against tshark's reading of them, each also cut at every length; and messages
 * that no tool sends.
 */
#include <arpa/inet.h>

#include "decoders/dns_message.h"

enum {
	TEXT_MAX = 16384
};

struct golden {
	uint16_t proto;
	const char *hex;
	const char *reading;
};

static const struct golden golden[] = {
#define MESSAGE(proto, hex, reading) { proto, hex, reading },
#include "decoders/dns_golden.inc"
#undef MESSAGE
};

enum {
	GOLDEN_COUNT = sizeof(golden) / sizeof(golden[0])
};

static size_t unhex(const char *hex, uint8_t *ret)
{
	size_t n = 0;

	for (; hex[2 * n]; n++) {
		unsigned byte;

		assert_int_equal(sscanf(hex + 2 * n, "%2x", &byte), 1);
		ret[n] = (uint8_t)byte;
	}
	return n;
}

static const char *or_none(const char *text)
{
	return *text ? text : "-";
}

/* In the words of scripts/golden_dns.py. */
static void read_out(const struct nw_dns *dns, char ret[TEXT_MAX])
{
	size_t n = (size_t)snprintf(ret, TEXT_MAX, "%c %u %u tc=%d %s %u %u n=%u\n",
				    dns->is_response ? 'R' : 'Q', dns->id, dns->rcode,
				    dns->is_truncated, or_none(nw_dns_text(dns, dns->question)),
				    dns->qtype, dns->qclass, dns->answers_total);

	for (unsigned i = 0; i < dns->answers_len; i++) {
		const struct nw_dns_answer *a = &dns->answer[i];
		char addr[INET6_ADDRSTRLEN] = "";
		bool is_v4 = a->is_addr && memcmp(a->addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12) == 0;

		if (a->is_addr) {
			assert_non_null(inet_ntop(is_v4 ? AF_INET : AF_INET6,
						  a->addr + (is_v4 ? 12 : 0), addr, sizeof(addr)));
			assert_string_equal(nw_dns_text(dns, a->data), "");
		}
		n += (size_t)snprintf(ret + n, TEXT_MAX - n, "%s %u %u %s\n",
				      nw_dns_text(dns, a->name), a->type, a->ttl,
				      a->is_addr ? addr : or_none(nw_dns_text(dns, a->data)));
	}
	assert_true(n < TEXT_MAX);
}

static void dns_reads_what_tshark_reads(void **state)
{
	static char text[TEXT_MAX];
	uint8_t data[MESSAGE_MAX];

	(void)state;
	assert_true(GOLDEN_COUNT > 40);
	for (size_t i = 0; i < GOLDEN_COUNT; i++) {
		size_t len = unhex(golden[i].hex, data);
		struct nw_ev_head *head = new_head(golden[i].proto, NW_PORT_DNS, data, len, len);

		assert_int_equal(decode(golden[i].proto, NW_PORT_DNS, data, len, len), 0);
		assert_true(nw_decoder_claims(&nw_decoder_dns, head));
		head->rport_be = htons(5300);
		assert_int_equal(nw_decoder_claims(&nw_decoder_dns, head) != NW_BASIS_NONE,
				 facts.dns.question != 0);
		free(head);
		assert_false(facts.dns.is_cut);
		read_out(&facts.dns, text);
		assert_string_equal(text, golden[i].reading);
	}
}

/* What is kept of a cut message is the beginning of what is kept of the whole one. */
static void assert_part_of(const char *whole)
{
	static char text[TEXT_MAX];
	const char *answers;

	read_out(&facts.dns, text);
	if (facts.dns.question) {
		answers = strchr(text, '\n');
		assert_memory_equal(text, whole, (size_t)(answers - text) / 2);
		assert_memory_equal(strchr(text, '\n'), strchr(whole, '\n'), strlen(answers));
	}
}

static void dns_counts_or_marks_every_cut(void **state)
{
	static char whole[TEXT_MAX];
	uint8_t data[MESSAGE_MAX];

	(void)state;
	for (size_t i = 0; i < GOLDEN_COUNT; i++) {
		bool is_tcp = golden[i].proto == IPPROTO_TCP;
		size_t header = is_tcp ? 14 : 12;
		size_t len = unhex(golden[i].hex, data);
		bool is_tc;

		assert_int_equal(decode(golden[i].proto, NW_PORT_DNS, data, len, len), 0);
		read_out(&facts.dns, whole);
		is_tc = facts.dns.is_truncated;
		for (size_t n = 0; n < len; n++) {
			/* the head is cut, or the stream goes on */
			int err = decode(golden[i].proto, NW_PORT_DNS, data, n, len);

			assert_int_equal(err, n < header ? -EBADMSG : 0);
			if (err == 0) {
				assert_true(facts.dns.is_cut);
				assert_part_of(whole);
			}
			/* the sender sent no more */
			if (!is_tcp) {
				err = decode_udp(data, n);
				assert_int_equal(err, n < header || !is_tc ? -EBADMSG : 0);
			}
		}
	}
}

/* ---- made by hand ---------------------------------------------------------------------------- */

static void dns_has_one_question(void **state)
{
	static const char two[] = "\1a\0\0\1\x80\1\1b\0\0\x1c\x80\1";
	struct message *m = new_message(0x0000, 2, 0, 0, 0);

	(void)state;
	put(m, two, sizeof(two) - 1);
	assert_int_equal(decode_message(m), -EBADMSG);
	/* mDNS asks several things at once, and uses the class's highest bit */
	assert_int_equal(decode(IPPROTO_UDP, NW_PORT_MDNS, m->data, m->len, m->len), 0);
	assert_string_equal(nw_dns_text(&facts.dns, facts.dns.question), "a");
	assert_int_equal(facts.dns.qtype, 1);
	/* RFC 7873: a query for a cookie has none */
	m = new_message(0x0000, 0, 0, 0, 1);
	PUT(m, "\0\0\x29\2\0\0\0\0\0\0\0");
	assert_int_equal(decode_message(m), 0);
	assert_string_equal(nw_dns_text(&facts.dns, facts.dns.question), "");
}

static void dns_reads_mdns_answers(void **state)
{
	static const char camera[] = "\6camera\5local";
	struct message *m = new_message(0x8400, 0, 1, 0, 0);

	(void)state;
	put(m, camera, sizeof(camera));
	put_rr(m, 1, 0x8001, "\300\0\2\1", 4);
	assert_int_equal(decode(IPPROTO_UDP, NW_PORT_MDNS, m->data, m->len, m->len), 0);
	assert_true(facts.dns.answer[0].is_addr);
	assert_string_equal(nw_dns_text(&facts.dns, facts.dns.answer[0].name), "camera.local");
	/* elsewhere that class means nothing */
	assert_int_equal(decode_message(m), 0);
	assert_false(facts.dns.answer[0].is_addr);
}

static void dns_reads_edns(void **state)
{
	static const char opt[] = "\0\0\x29\x04\xd0\1\0\0\0\0";
	struct message *m = new_message(0x8180, 1, 0, 0, 1);

	(void)state;
	PUT(m, "\1a\0\0\1\0\1");
	put(m, opt, sizeof(opt));
	assert_int_equal(decode_message(m), 0);
	assert_int_equal(facts.dns.rcode, 16); /* BADVERS */
	m->data[11] = 2;		       /* one is the most */
	put(m, opt, sizeof(opt));
	assert_int_equal(decode_message(m), -EBADMSG);
	m->data[11] = 1;
	m->data[9] = 1; /* not among the authorities */
	m->data[11] = 0;
	assert_int_equal(decode_message(m), -EBADMSG);
	m = new_message(0x8180, 1, 0, 0, 1);
	PUT(m, "\1a\0\0\1\0\1\1b"); /* of no name but the root */
	put(m, opt, sizeof(opt));
	assert_int_equal(decode_message(m), -EBADMSG);
}

static int decode_data(unsigned type, const void *data, size_t len)
{
	struct message *m = new_answer();

	PUT(m, "\xc0\x0c");
	put_rr(m, type, 1, data, len);
	return decode_message(m);
}
#define DECODE_DATA(type, literal) decode_data(type, literal, sizeof(literal) - 1)

static void dns_checks_data(void **state)
{
	(void)state;
	assert_int_equal(DECODE_DATA(1, "\1\2\3\4"), 0);
	assert_int_equal(DECODE_DATA(1, "\1\2\3"), -EBADMSG);
	assert_int_equal(DECODE_DATA(1, "\1\2\3\4\5"), -EBADMSG);
	assert_int_equal(DECODE_DATA(28, "\1\2\3\4"), -EBADMSG);
	assert_int_equal(DECODE_DATA(5, "\1b\xc0\x0c"), 0);
	assert_string_equal(nw_dns_text(&facts.dns, facts.dns.answer[0].data), "b.a");
	assert_int_equal(DECODE_DATA(5, "\1b\xc0\x0c\0"), -EBADMSG);
	assert_int_equal(DECODE_DATA(5, "\1b"), -EBADMSG);
	assert_int_equal(DECODE_DATA(5, ""), -EBADMSG);
	assert_int_equal(DECODE_DATA(15, "\0\x0a\xc0\x0c"), 0);
	assert_string_equal(nw_dns_text(&facts.dns, facts.dns.answer[0].data), "a");
	assert_int_equal(DECODE_DATA(15, "\0"), -EBADMSG);
	assert_int_equal(DECODE_DATA(33, "\0\1\0\2\2\x2a\1b\0"), 0);
	assert_string_equal(nw_dns_text(&facts.dns, facts.dns.answer[0].data), "b");
	assert_int_equal(DECODE_DATA(6, "\1m\0\1r\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5"), 0);
	assert_string_equal(nw_dns_text(&facts.dns, facts.dns.answer[0].data), "m");
	assert_int_equal(DECODE_DATA(65280, "anything"), 0);
	assert_int_equal(facts.dns.answer[0].type, 65280);
	assert_int_equal(DECODE_DATA(64, "\0\1\0\0\4\0\3\1\2\3"), -EBADMSG);
	assert_int_equal(DECODE_DATA(64, "\0\1\0\0\4\0\0"), -EBADMSG);
	assert_int_equal(DECODE_DATA(64, "\0\1\0\0\4\0\5\1\2\3"), -EBADMSG);
	assert_int_equal(DECODE_DATA(64, "\0\1\0\0\4\0\4\1\2\3\4"), 0);
	assert_int_equal(facts.dns.answers_len, 2);
}

/* A class that is not the Internet's may write addresses as it likes. */
static void dns_leaves_other_classes(void **state)
{
	struct message *m = new_answer();

	(void)state;
	PUT(m, "\xc0\x0c");
	put_rr(m, 1, 3, "\1b\0\0\1", 5);
	assert_int_equal(decode_message(m), 0);
	assert_int_equal(facts.dns.answers_len, 1);
	assert_false(facts.dns.answer[0].is_addr);
}

static void dns_reads_one_message_of_a_stream(void **state)
{
	struct message m = { .len = 0 };

	(void)state;
	PUT(&m, "\0\x13\0\1\1\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\1");
	assert_int_equal(decode(IPPROTO_TCP, NW_PORT_DNS, m.data, m.len, 0), 0);
	assert_false(facts.dns.is_cut);
	PUT(&m, "\0\x13\0\2\1\0\0\1\0\0\0\0\0\0\1b\0\0\1\0\1");
	assert_int_equal(decode(IPPROTO_TCP, NW_PORT_DNS, m.data, m.len, 0), 0);
	assert_string_equal(nw_dns_text(&facts.dns, facts.dns.question), "a");
	m.data[1] = 0x12; /* its own length is too short for it */
	assert_int_equal(decode(IPPROTO_TCP, NW_PORT_DNS, m.data, m.len, 0), -EBADMSG);
	m.data[1] = 11; /* not even a header */
	assert_int_equal(decode(IPPROTO_TCP, NW_PORT_DNS, m.data, m.len, 0), -EBADMSG);
}

static void dns_leaves_records_of_updates(void **state)
{
	struct message *m = new_message(0x2800, 1, 1, 0, 0);

	(void)state;
	PUT(m, "\1a\0\0\6\0\1\xc0\x0c\0\1\0\xff\0\0\0\0\0\0"); /* "has an address", without one */
	assert_int_equal(decode_message(m), 0);
	assert_int_equal(facts.dns.opcode, 5);
	assert_int_equal(facts.dns.answers_len, 0);
	m->data[2] = 0x78; /* opcode 15 */
	assert_int_equal(decode_message(m), -EBADMSG);
}

static bool claims(uint16_t proto, uint16_t port, const char *data, size_t len)
{
	struct nw_ev_head *head = new_head(proto, port, (const uint8_t *)data, len, len);
	bool is_claimed = nw_decoder_claims(&nw_decoder_dns, head);

	free(head);
	return is_claimed;
}
#define CLAIMS(proto, port, literal) claims(proto, port, literal, sizeof(literal) - 1)

static void dns_claims_by_content_then_port(void **state)
{
	static const char query[] = "\x12\x34\1\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\1";

	(void)state;
	assert_true(claims(IPPROTO_UDP, 8053, query, sizeof(query) - 1));
	assert_false(claims(IPPROTO_UDP, 8053, query, sizeof(query) - 2));
	assert_false(CLAIMS(IPPROTO_UDP, 8053, "\x12\x34\1\0\0\1\0\0\0\0\0\0\1a\0\0\0\0\1"));
	assert_false(CLAIMS(IPPROTO_UDP, 8053, "\x12\x34\1\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\5"));
	assert_false(claims(IPPROTO_ICMP, 53, query, sizeof(query) - 1));
	assert_true(CLAIMS(IPPROTO_UDP, 53, "not DNS"));
	assert_true(CLAIMS(IPPROTO_TCP, 53, "GET / HTTP/1.1\r\n\r\n"));
	assert_true(CLAIMS(IPPROTO_UDP, 5353, "\0\0\x84\0\0\0"));
	assert_false(CLAIMS(IPPROTO_TCP, 5353, "not DNS at all, whatever the port"));
	assert_false(CLAIMS(IPPROTO_TCP, 80, "GET / HTTP/1.1\r\nHost: example.test\r\n\r\n"));
	assert_false(CLAIMS(IPPROTO_TCP, 443, "\x16\3\1\2\0\1\0\1\xfc\3\3\0\0\0\0\0\0\0\0\0\0"));
	assert_false(CLAIMS(IPPROTO_TCP, 8000, "\0\0\0\x20\x63\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"));
	assert_false(CLAIMS(IPPROTO_UDP, 5004, "\x80\x60\0\1\0\0\0\1\0\0\0\1\1a\0\0\1\0\1"));
	assert_false(CLAIMS(IPPROTO_UDP, 3478, "\0\1\0\0\x21\x12\xa4\x42\0\0\0\0\0\0\0\0\0\0\0\0"));
	assert_false(CLAIMS(IPPROTO_UDP, 123, "\x23\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"));
}

/* The first was on a wire (nDPI's netbios.pcap); the others have DNS's own types, or other letters. */
static void netbios_is_no_dns(void **state)
{
#define ASKS "\xa7\x49\1\x10\0\1\0\0\0\0\0\0\x20"
	(void)state;
	assert_false(CLAIMS(IPPROTO_UDP, 137, ASKS "FDFDFEFCFEDFEBENEFPEIFJCACACAAAA\0\0\x20\0\1"));
	assert_false(
		CLAIMS(IPPROTO_UDP, 8053, ASKS "CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\0\0\x21\0\1"));
	assert_true(CLAIMS(IPPROTO_UDP, 8053, ASKS "CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\0\0\1\0\1"));
	assert_true(CLAIMS(IPPROTO_UDP, 8053, ASKS "CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQ\0\0\x21\0\1"));
	assert_true(CLAIMS(IPPROTO_UDP, 8053, "\xa7\x49\1\x10\0\1\0\0\0\0\0\0\4_sip\0\0\x21\0\1"));
#undef ASKS
}

NW_TESTS(decoders_dns, cmocka_unit_test(dns_reads_what_tshark_reads),
	 cmocka_unit_test(dns_counts_or_marks_every_cut), cmocka_unit_test(dns_has_one_question),
	 cmocka_unit_test(dns_reads_mdns_answers), cmocka_unit_test(dns_reads_edns),
	 cmocka_unit_test(dns_checks_data), cmocka_unit_test(dns_leaves_other_classes),
	 cmocka_unit_test(dns_reads_one_message_of_a_stream),
	 cmocka_unit_test(dns_leaves_records_of_updates),
	 cmocka_unit_test(dns_claims_by_content_then_port), cmocka_unit_test(netbios_is_no_dns));
