/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames of every link type that is known, made here from one and the same packet; and what lies
 * about its lengths. Every frame is also read at each length that a capture may have cut it to.
 */
#include "capture_packet.h"

#include <netinet/in.h>
#include <stdlib.h>

#include "harness.h"
#include "util/macro.h"

/* 10.0.0.1:4000 -> 10.0.0.2:53, "abc" */
#define IP4                                                          \
	"\x45\0\0\x1f\0\0\x40\0\x40\x11\0\0\x0a\0\0\x01\x0a\0\0\x02" \
	"\x0f\xa0\0\x35\0\x0b\0\0"                                   \
	"abc"
/* the same from ::1 to ::2, behind hop-by-hop options and a fragment header that divides nothing */
#define IP6                                                                    \
	"\x60\0\0\0\0\x1b\0\x40"                                               \
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x02" \
	"\x2c\0\x01\x04\0\0\0\0"                                               \
	"\x11\0\0\0\0\0\0\x07"                                                 \
	"\x0f\xa0\0\x35\0\x0b\0\0"                                             \
	"abc"
#define MACS "\1\2\3\4\5\6\7\10\11\12\13\14"

static enum nw_packet_kind parse(int link, const void *data, size_t len, uint32_t wire,
				 struct nw_packet *p)
{
	uint8_t *copy = malloc(len); /* so that a sanitizer sees one byte too far */
	enum nw_packet_kind kind;
	ptrdiff_t at;

	assert_non_null(copy);
	memcpy(copy, data, len);
	kind = nw_packet_parse(link, nw_span_of(copy, len), wire, p);
	if (kind == NW_PACKET_OK) { /* still good when the copy is gone */
		at = p->data.p - copy;
		p->data = nw_span_of((const uint8_t *)data + at, nw_span_left(&p->data));
	}
	free(copy);
	return kind;
}

#define PARSE(link, literal, p) parse(link, literal, sizeof(literal) - 1, sizeof(literal) - 1, p)

static void check(int link, const void *data, size_t len, uint8_t family)
{
	struct nw_packet p;

	for (size_t n = 1; n < len; n++) {
		enum nw_packet_kind kind = parse(link, data, n, (uint32_t)len, &p);

		assert_true(kind == NW_PACKET_SHORT || kind == NW_PACKET_OK);
	}
	assert_int_equal(parse(link, data, len, (uint32_t)len, &p), NW_PACKET_OK);
	assert_int_equal(p.family, family);
	assert_int_equal(p.proto, IPPROTO_UDP);
	assert_int_equal(p.sport, 4000);
	assert_int_equal(p.dport, 53);
	assert_int_equal(p.wire_len, 3);
	assert_int_equal(nw_span_left(&p.data), 3);
	assert_memory_equal(p.data.p, "abc", 3);
	assert_int_equal(p.saddr[15], 1);
	assert_int_equal(p.daddr[15], 2);
}
#define CHECK(link, literal, family) check(link, literal, sizeof(literal) - 1, family)

static void every_link_type_leads_to_the_packet(void **state)
{
	(void)state;
	CHECK(1, MACS "\x08\0" IP4, 4);
	CHECK(1, MACS "\x86\xdd" IP6, 6);
	CHECK(1, MACS "\x81\0\0\5\x08\0" IP4, 4);
	CHECK(1, MACS "\x88\xa8\0\5\x81\0\0\6\x86\xdd" IP6, 6);
	CHECK(12, IP4, 4); /* DLT_RAW */
	CHECK(12, IP6, 6);
	CHECK(228, IP4, 4);
	CHECK(229, IP6, 6);
	CHECK(113, "\0\0\0\1\0\6\1\2\3\4\5\6\0\0\x08\0" IP4, 4);
	CHECK(276, "\x86\xdd\0\0\0\0\0\1\0\1\0\6\1\2\3\4\5\6\0\0" IP6, 6);
	CHECK(0, "\2\0\0\0" IP4, 4); /* written by a machine of either byte order */
	CHECK(0, "\0\0\0\x1e" IP6, 6);
	CHECK(108, "\0\0\0\2" IP4, 4);
}

static void padding_is_not_payload(void **state)
{
	struct nw_packet p;

	(void)state;
	assert_int_equal(PARSE(1, MACS "\x08\0" IP4 "\0\0\0\0\0\0", &p), NW_PACKET_OK);
	assert_int_equal(p.wire_len, 3);
	assert_int_equal(nw_span_left(&p.data), 3);
}

static void what_contradicts_itself_is_bad(void **state)
{
	static const struct {
		size_t at;
		char value;
		enum nw_packet_kind kind;
	} cases[] = {
		{ 0, 0x44, NW_PACKET_BAD },	   /* header shorter than one */
		{ 0, 0x4f, NW_PACKET_BAD },	   /* longer than the packet */
		{ 0, 0x55, NW_PACKET_BAD },	   /* version */
		{ 3, 0x20, NW_PACKET_BAD },	   /* longer than the frame */
		{ 3, 0x13, NW_PACKET_BAD },	   /* shorter than its header */
		{ 3, 0x1b, NW_PACKET_BAD },	   /* no room for UDP's */
		{ 3, 0, NW_PACKET_OK },		   /* 0: up to the frame's end */
		{ 6, 0x20, NW_PACKET_FRAGMENT },   /* more fragments */
		{ 7, 1, NW_PACKET_FRAGMENT },	   /* not the first */
		{ 9, IPPROTO_TCP, NW_PACKET_BAD }, /* no room for TCP's header */
		{ 9, IPPROTO_ICMP, NW_PACKET_OK },
	};
	struct nw_packet p;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(cases); i++) {
		char ip[] = IP4;

		ip[cases[i].at] = cases[i].value;
		assert_int_equal(PARSE(228, ip, &p), cases[i].kind);
	}
	assert_int_equal(parse(228, IP4, 31, 30, &p), NW_PACKET_BAD); /* more kept than there was */
	assert_int_equal(PARSE(1, MACS "\x08\6" IP4, &p), NW_PACKET_OTHER);
}

#define SADP                                                                       \
	"\x80\x33\x21\2\1\x42\0\0\0\1\6\4\3\0\0\0\x44\x19\xb6\1\2\3\xc0\xa8\1\x40" \
	"\xff\xff\xff\xff\xff\xff\xc0\xa8\1\2\xff\xff\xff\0"

/* Without IP: the addresses are those that it says itself. */
static void sadp_on_ethernet(void **state)
{
	char frame[] = MACS SADP;
	struct nw_packet p;

	(void)state;
	assert_int_equal(PARSE(1, MACS SADP, &p), NW_PACKET_OK);
	assert_int_equal(p.proto, 0x8033);
	assert_int_equal(p.family, 4);
	assert_memory_equal(p.saddr + 10, "\xff\xff\xc0\xa8\1\x40", 6);
	assert_memory_equal(p.daddr + 10, "\xff\xff\xc0\xa8\1\2", 6);
	assert_int_equal(p.wire_len, 38);
	assert_int_equal(nw_span_left(&p.data), 38);
	assert_int_equal(PARSE(1, MACS "\x81\0\0\1" SADP "\0", &p), NW_PACKET_OK);
	assert_int_equal(p.wire_len, 39);
	assert_int_equal(parse(1, frame, 14 + 37, 14 + 38, &p), NW_PACKET_SHORT);
	assert_int_equal(parse(1, frame, 14 + 37, 14 + 37, &p), NW_PACKET_OTHER);
	assert_int_equal(PARSE(1, MACS "\x80\x33", &p), NW_PACKET_OTHER);
	for (size_t i = 0; i < 3; i++) {
		static const size_t at[] = { 14, 14 + 8, 14 + 9 };

		frame[at[i]]++;
		assert_int_equal(PARSE(1, frame, &p), NW_PACKET_OTHER);
		frame[at[i]]--;
	}
}

static void six_has_its_own_ways_to_lie(void **state)
{
	static const struct {
		size_t at;
		char value;
		enum nw_packet_kind kind;
	} cases[] = {
		{ 5, 0x1c, NW_PACKET_BAD },    /* longer than the frame */
		{ 5, 0x10, NW_PACKET_BAD },    /* no room behind the extensions */
		{ 41, 9, NW_PACKET_BAD },      /* an extension longer than the packet */
		{ 51, 1, NW_PACKET_FRAGMENT }, /* more fragments */
		{ 50, 1, NW_PACKET_FRAGMENT }, /* not the first */
		{ 48, 59, NW_PACKET_OK },      /* nothing follows */
	};
	struct nw_packet p;
	char many[40 + 8 * 40] = "\x60";

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(cases); i++) {
		char ip[] = IP6;

		ip[cases[i].at] = cases[i].value;
		assert_int_equal(PARSE(229, ip, &p), cases[i].kind);
	}
	many[6] = 0; /* hop-by-hop options without end */
	assert_int_equal(parse(229, many, sizeof(many), sizeof(many), &p), NW_PACKET_BAD);
}

NW_TESTS(user_capture_packet, cmocka_unit_test(every_link_type_leads_to_the_packet),
	 cmocka_unit_test(padding_is_not_payload), cmocka_unit_test(what_contradicts_itself_is_bad),
	 cmocka_unit_test(sadp_on_ethernet), cmocka_unit_test(six_has_its_own_ways_to_lie));
