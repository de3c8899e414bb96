/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of DNS, and what all heads must hold: scrubbed at every cut, bounded, nothing twice. */
#include "heads_feed.h"

/* ---- DNS ------------------------------------------------------------------------------------- */

#define QUERY_A "\0\x13\0\1\1\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\1"
#define QUERY_B "\0\x13\0\2\1\0\0\1\0\0\0\0\0\0\1b\0\0\1\0\1"
/* a text that a rule would mask */
#define QUERY_KEY "\0\x1e\0\3\1\0\0\1\0\0\0\0\0\0\x0cpassword=abc\0\0\x10\0\1"

static void heads_tell_each_dns_message(void **state)
{
	(void)state;
	FEED_BYTES(QUERY_A QUERY_B "\0", .port = 53);
	assert_int_equal(told_count, 2);
	assert_int_equal(told[0].len, sizeof(QUERY_A) - 1);
	assert_memory_equal(told[0].data, QUERY_A, told[0].len);
	assert_int_equal(told[1].offset, sizeof(QUERY_A) - 1);
	assert_memory_equal(told[1].data, QUERY_B, told[1].len);
	/* neither time nor the other side ends a message that is still coming */
	tick(100000);
	FEED_BYTES("\0", .port = 53, .what = NW_HEAD_RX);
	assert_int_equal(told_count, 2);
	FEED_BYTES("\x1e\0\3\1\0\0\1\0\0\0\0\0\0\x0cpassword=abc\0\0\x10\0\1", .port = 53,
		   .offset = 2 * (sizeof(QUERY_A) - 1) + 1);
	assert_int_equal(told_count, 3);
	assert_memory_equal(told[2].data, QUERY_KEY, sizeof(QUERY_KEY) - 1);
	FEED_BYTES("\0\x13\0", .port = 53,
		   .offset = 2 * (sizeof(QUERY_A) - 1) + sizeof(QUERY_KEY) - 1);
	close_flow(1);
	assert_int_equal(told_count, 5);
	assert_int_equal(told[3].len, 3);
	assert_int_equal(told[4].len, 1);
}

static void heads_know_dns_on_other_ports(void **state)
{
	(void)state;
	FEED_BYTES(QUERY_A QUERY_B, .port = 5300, .flags = NW_HEAD_END);
	assert_int_equal(told_count, 2);
	assert_int_equal(told[0].len, sizeof(QUERY_A) - 1);
	assert_int_equal(told[0].flags, 0);
	assert_int_equal(told[1].flags, NW_HEAD_END);
}

static void heads_scrub_what_is_no_dns_on_its_port(void **state)
{
	(void)state;
	FEED("GET /?password=hunter42 HTTP/1.1\r\n\r\n", .port = 53, .flags = NW_HEAD_END);
	assert_told(0, "GET /?password=xxxxxxxx HTTP/1.1\r\n\r\n", 0, NW_HEAD_END);
	FEED_BYTES("\0\x20PASSWORD password=hunter42", .port = 53, .cookie = 2,
		   .flags = NW_HEAD_END);
	assert_int_equal(told_count, 2);
	assert_null(memmem(told[1].data, told[1].len, "hunt", 4));
	FEED_BYTES("\0\x40password=hunter42", .port = 53, .cookie = 3);
	tick(100000);
	assert_int_equal(told_count, 3);
	FEED("password=hunter42", .port = 53, .proto = IPPROTO_UDP);
	assert_told(3, "password=xxxxxxxx", 0, 0);
}

static void heads_leave_mdns(void **state)
{
	static const char text[] =
		"\0\0\x84\0\0\0\0\1\0\0\0\0\0\0\x10\0\1\0\0\0\x3c\0\x0e\x0dpassword=abcd";

	(void)state;
	feed_bytes((struct piece){ .port = 5353, .proto = IPPROTO_UDP }, text, sizeof(text) - 1);
	assert_memory_equal(told[0].data, text, sizeof(text) - 1);
}

/* ---- secrets --------------------------------------------------------------------------------- */

/* Whatever ends a head, what comes after is scrubbed in sight of what came before. */
static void heads_scrub_across_every_cut(void **state)
{
	static const char text[] =
		"GET /?a=1 HTTP/1.1\r\nAuthorization: Basic hunter42\r\nA: b\r\n\r\n";
	static const char want[] =
		"GET /?a=1 HTTP/1.1\r\nAuthorization: Basic xxxxxxxx\r\nA: b\r\n\r\n";
	size_t len = sizeof(text) - 1;

	(void)state;
	for (size_t cut = 1; cut < len; cut++) {
		for (int how = 0; how < 3; how++) {
			char all[sizeof(text)] = "";

			told_count = 0;
			feed_bytes((struct piece){ .cookie = 1 }, text, cut);
			if (how == 1) {
				tick(100000);
			} else if (how == 2) {
				FEED("y", .what = NW_HEAD_RX);
			}
			feed_bytes((struct piece){ .cookie = 1, .offset = (uint32_t)cut },
				   text + cut, len - cut);
			close_flow(1);
			for (unsigned i = 0; i < told_count; i++) {
				if (told[i].what == NW_HEAD_TX) {
					memcpy(all + told[i].offset, told[i].data, told[i].len);
				}
			}
			assert_null(strstr(all, "hunt"));
			assert_null(strstr(all, "er42"));
			if (how == 0) {
				assert_string_equal(all, want);
			}
			assert_memory_equal(all + len - 8, "A: b\r\n\r\n", 8);
		}
	}
}

/* ---- bounds ---------------------------------------------------------------------------------- */

static void heads_evict_the_oldest(void **state)
{
	(void)state;
	for (uint64_t c = 1; c <= CAPACITY; c++) {
		FEED("first", .cookie = c);
	}
	FEED(" more", .cookie = 1, .offset = 5);
	assert_int_equal(told_count, 0);
	FEED("new", .cookie = 100);
	assert_int_equal(nw_heads_evicted(heads), 1);
	assert_int_equal(told_count, 1);
	assert_told(0, "first", 0, 0);
	assert_int_equal(told[0].cookie, 2);
	/* what it says later has no beginning */
	FEED("PASS hunter42", .cookie = 2, .offset = 5);
	assert_int_equal(nw_heads_evicted(heads), 2);
	assert_int_equal(told_count, 1);
	/* those that have told all cost nothing */
	tick(100000);
	told_count = 0;
	for (uint64_t c = 200; c < 200 + CAPACITY; c++) {
		FEED("next", .cookie = c);
	}
	assert_int_equal(nw_heads_evicted(heads), 2);
	assert_int_equal(told_count, 0);
}

static void heads_tell_nothing_behind_a_gap(void **state)
{
	(void)state;
	FEED("PASS hun");
	FEED("42\r\n", .offset = 11);
	FEED("more\r\n", .offset = 15, .flags = NW_HEAD_END);
	assert_int_equal(told_count, 0);
	assert_int_equal(nw_heads_evicted(heads), 2);
	close_flow(1);
	assert_told(0, "PASS xxx", 0, NW_HEAD_END);
	assert_int_equal(told_count, 1);
	FEED("middle", .cookie = 2, .offset = 20);
	close_flow(2);
	assert_int_equal(told_count, 1);
	assert_int_equal(nw_heads_evicted(heads), 3);
}

static void heads_take_no_byte_twice(void **state)
{
	(void)state;
	FEED("abcdef");
	FEED("cdefgh", .offset = 2);
	FEED("abc", .offset = 0);
	FEED("", .offset = 8, .flags = NW_HEAD_END);
	assert_int_equal(told_count, 1);
	assert_told(0, "abcdefgh", 0, NW_HEAD_END);
}

static void heads_keep_both_sides_of_many_streams(void **state)
{
	(void)state;
	for (uint64_t c = 1; c <= CAPACITY / 2; c++) {
		FEED("tx", .cookie = c, .what = NW_HEAD_TX);
		FEED("rx", .cookie = c, .what = NW_HEAD_RX);
	}
	assert_int_equal(told_count, CAPACITY / 2);
	for (uint64_t c = CAPACITY / 2; c >= 1; c--) {
		close_flow(c);
		assert_int_equal(told[told_count - 1].cookie, c);
		assert_told(told_count - 1, "rx", 0, NW_HEAD_END);
	}
	assert_int_equal(told_count, CAPACITY);
}

static void heads_refuse_no_room(void **state)
{
	struct nw_heads *h = NULL;

	(void)state;
	assert_int_equal(nw_heads_new(0, &h), -EINVAL);
	assert_null(h);
	nw_heads_free(NULL);
}

NW_TESTS(user_heads_dns, TEST(heads_tell_each_dns_message), TEST(heads_know_dns_on_other_ports),
	 TEST(heads_scrub_what_is_no_dns_on_its_port), TEST(heads_leave_mdns),
	 TEST(heads_scrub_across_every_cut), TEST(heads_evict_the_oldest),
	 TEST(heads_tell_nothing_behind_a_gap), TEST(heads_take_no_byte_twice),
	 TEST(heads_keep_both_sides_of_many_streams), cmocka_unit_test(heads_refuse_no_room));
