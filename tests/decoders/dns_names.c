/* SPDX-License-Identifier: Apache-2.0 */
/* Names in DNS messages: escapes, lengths, pointers, and room for their texts. */
#include "decoders/dns_message.h"

static const char *question_of(const void *wire, size_t len)
{
	struct message *m = new_message(0x0100, 1, 0, 0, 0);

	put(m, wire, len);
	PUT(m, "\0\1\0\1");
	return decode_message(m) == 0 ? nw_dns_text(&facts.dns, facts.dns.question) : NULL;
}
#define QUESTION_OF(literal) question_of(literal, sizeof(literal))

static void dns_escapes_names(void **state)
{
	(void)state;
	assert_string_equal(QUESTION_OF(""), ".");
	/* as dig prints it, but for the space, which RFC 1035 leaves open */
	assert_string_equal(QUESTION_OF("\5a.b\\c\2de"), "a\\.b\\\\c.de");
	assert_string_equal(QUESTION_OF("\6\0\x1b \x7f\xff!\1a"), "\\000\\027\\032\\127\\255!.a");
}

static void dns_bounds_names(void **state)
{
	uint8_t name[300];
	size_t n = 0;
	const char *text;

	(void)state;
	/* 3 labels of 63 and one of 61, each byte escaped: 255 bytes on the wire */
	for (int i = 0; i < 4; i++) {
		name[n] = i < 3 ? 63 : 61;
		memset(name + n + 1, 0xff, name[n]);
		n += name[n] + 1U;
	}
	name[n++] = 0;
	assert_int_equal(n, 255);
	text = question_of(name, n);
	assert_non_null(text);
	assert_int_equal(strlen(text), 4 * 250 + 3);
	assert_true(strlen(text) < NW_DNS_NAME_MAX);
	name[192] = 62;
	name[255] = 0;
	assert_null(question_of(name, 256));
	/* label types that no longer exist, their bytes being there */
	memset(name, 'a', sizeof(name));
	name[0] = 0x41;
	name[0x42] = 0;
	assert_null(question_of(name, 0x43));
	name[0] = 0x80;
	name[0x81] = 0;
	assert_null(question_of(name, 0x82));
	name[0] = 0x3f;
	name[0x40] = 0;
	assert_non_null(question_of(name, 0x41));
	assert_null(QUESTION_OF("\x41 a"));
	assert_null(QUESTION_OF("\x80 a"));
	assert_null(QUESTION_OF("\1a\xbf"));
}

static void dns_follows_pointers_only_back(void **state)
{
	static const unsigned bad[] = { 0, 5, 11, 19, 20, 21, 100, 0x3fff };
	struct message *m;

	(void)state;
	m = new_answer(); /* the answer's name is at 19; 12 is the question's */
	PUT(m, "\1b\xc0\x0c");
	put_rr(m, 1, 1, "\300\0\2\1", 4);
	assert_int_equal(decode_message(m), 0);
	assert_string_equal(nw_dns_text(&facts.dns, facts.dns.answer[0].name), "b.a");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		m = new_answer();
		put16(m, 0xc000 | bad[i]);
		put_rr(m, 1, 1, "\300\0\2\1", 4);
		assert_int_equal(decode_message(m), -EBADMSG);
	}
}

/* Each answer's data points to the one before it: n jumps to read the last. */
static int decode_chain(unsigned n)
{
	struct message *m = new_message(0x8180, 1, n, 0, 0);
	unsigned at = 12;

	PUT(m, "\1a\0\0\1\0\1");
	for (unsigned i = 0; i < n; i++) {
		PUT(m, "\0");
		put16(m, 16); /* TXT: data is not read as a name, so it is not known already */
		PUT(m, "\0\1\0\0\0\1\0\2");
		put16(m, 0xc000 | at);
		at = (unsigned)m->len - 2;
	}
	m->data[7] = (uint8_t)(n + 1);
	put16(m, 0xc000 | at);
	put_rr(m, 1, 1, "\300\0\2\1", 4);
	return decode_message(m);
}

static void dns_bounds_jumps(void **state)
{
	(void)state;
	assert_int_equal(decode_chain(10), 0);
	assert_string_equal(nw_dns_text(&facts.dns, facts.dns.answer[10].name), "a");
	assert_int_equal(decode_chain(23), 0);
	assert_string_equal(nw_dns_text(&facts.dns, facts.dns.answer[23].name), "a");
}

static void dns_bounds_jumps_of_one_name(void **state)
{
	struct message *m;

	(void)state;
	for (unsigned n = 60; n <= 70; n++) {
		unsigned at = 12;

		/* one TXT record whose data is n pointers, each to the one before */
		m = new_message(0x8180, 1, 2, 0, 0);
		PUT(m, "\1a\0\0\1\0\1\0\0\x10\0\1\0\0\0\1");
		put16(m, 2 * n);
		for (unsigned i = 0; i < n; i++) {
			put16(m, 0xc000 | at);
			at = (unsigned)m->len - 2;
		}
		put16(m, 0xc000 | at);
		put_rr(m, 1, 1, "\300\0\2\1", 4);
		assert_int_equal(decode_message(m), n + 1 <= 64 ? 0 : -EBADMSG);
	}
}

static void dns_keeps_what_has_room(void **state)
{
	struct message *m = new_message(0x8180, 1, 12, 0, 0);
	unsigned total = 0;

	(void)state;
	PUT(m, "\1a\0\0\1\0\1");
	for (unsigned i = 0; i < 12; i++) {
		for (unsigned k = 0; k < 4; k++) {
			uint8_t label[62] = { 61, (uint8_t)('a' + i) };

			memset(label + 2, 1, 60);
			put(m, label, sizeof(label));
		}
		PUT(m, "\0");
		put_rr(m, 1, 1, "\300\0\2\1", 4);
	}
	assert_int_equal(decode_message(m), 0);
	assert_int_equal(facts.dns.answers_total, 12);
	assert_in_range(facts.dns.answers_len, 3, 11);
	for (unsigned i = 0; i < facts.dns.answers_len; i++) {
		total += (unsigned)strlen(nw_dns_text(&facts.dns, facts.dns.answer[i].name)) + 1;
	}
	assert_true(total < NW_DNS_TEXT_MAX);
}

/* Names are pointers to parts of others: each part is kept once. */
static void dns_keeps_a_text_once(void **state)
{
	struct message *m = new_message(0x8180, 1, 3, 0, 0);

	(void)state;
	PUT(m, "\3www\7example\0\0\1\0\1");
	for (unsigned i = 0; i < 3; i++) {
		put16(m, 0xc000 | 16); /* "example" */
		put_rr(m, 1, 1, "\300\0\2\1", 4);
	}
	assert_int_equal(decode_message(m), 0);
	assert_string_equal(nw_dns_text(&facts.dns, facts.dns.answer[0].name), "example");
	assert_int_equal(facts.dns.answer[0].name, facts.dns.answer[2].name);
	assert_int_equal(facts.dns.text_len, 1 + sizeof("www.example") + sizeof("example"));
}

NW_TESTS(decoders_dns_names, cmocka_unit_test(dns_keeps_a_text_once),
	 cmocka_unit_test(dns_escapes_names), cmocka_unit_test(dns_bounds_names),
	 cmocka_unit_test(dns_follows_pointers_only_back), cmocka_unit_test(dns_bounds_jumps),
	 cmocka_unit_test(dns_bounds_jumps_of_one_name), cmocka_unit_test(dns_keeps_what_has_room));
