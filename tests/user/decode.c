/* SPDX-License-Identifier: Apache-2.0 */
/* Who reads a head: content before port, and what a decoder added before it gave up is gone. */
#include "decoders/wire.h"

static struct nw_facts facts;

static int decode(uint16_t port, const char *bytes, size_t len)
{
	const struct nw_wire w = { .proto = IPPROTO_TCP, .port = port };
	struct nw_ev_head *head = nw_wire_head(&w, bytes, len, len);
	int r;

	memset(&facts, 0xa5, sizeof(facts));
	r = nw_decode(head, &facts);
	free(head);
	return r;
}
#define DECODE(port, literal) decode(port, literal, sizeof(literal) - 1)

static void content_before_port(void **state)
{
	(void)state;
	assert_int_equal(DECODE(53, "SSH-2.0-x y\r\n"), 1);
	assert_string_equal(facts.protocol, "ssh");
	assert_int_equal(facts.basis, NW_BASIS_CONTENT);
	assert_int_equal(facts.attrs, 1);
	assert_int_equal(facts.attr[0].len, 3);
	assert_false(facts.has_dns);
	/* a status request (opcode 2): DNS by its port alone */
	assert_int_equal(DECODE(53, "\0\x0c\x12\x34\x10\0\0\0\0\0\0\0\0\0"), 1);
	assert_string_equal(facts.protocol, "dns");
	assert_int_equal(facts.basis, NW_BASIS_PORT);
	assert_true(facts.has_dns);
}

static void named_and_no_more(void **state)
{
	(void)state;
	assert_int_equal(DECODE(873, "@RSYNCD: 31.0\n"), 1);
	assert_string_equal(facts.protocol, "rsync");
	assert_int_equal(facts.basis, NW_BASIS_CONTENT);
	assert_int_equal(facts.attrs, 0);
	/* MQTT's answer, known by its port */
	assert_int_equal(DECODE(1883, "\x20\2\0\0"), 1);
	assert_string_equal(facts.protocol, "mqtt");
	assert_int_equal(facts.basis, NW_BASIS_PORT);
	assert_int_equal(facts.attrs, 0);
}

static void nothing_is_left_of_who_gave_up(void **state)
{
	/* a ClientHello whose name is whole and whose next extension is longer than the hello */
	static const char hello[] = "\x16\3\1\0\x3c\1\0\0\x38\3\3"
				    "0123456789abcdef0123456789abcdef\0\0\2\x13\1\1\0"
				    "\0\x0d\0\0\0\6\0\4\0\0\1a\0\x17\5";

	(void)state;
	assert_int_equal(DECODE(443, hello), -EBADMSG);
	assert_int_equal(facts.attrs, 0);
	assert_null(facts.protocol);
	assert_int_equal(facts.basis, NW_BASIS_NONE);
	assert_int_equal(DECODE(4711, "nobody's"), 0);
	assert_null(facts.protocol);
}

NW_TESTS(user_decode, cmocka_unit_test(content_before_port), cmocka_unit_test(named_and_no_more),
	 cmocka_unit_test(nothing_is_left_of_who_gave_up));
