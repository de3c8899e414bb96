/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces in, heads out: when, in which order, with which bytes; and that no cut reveals a secret. */
#include "heads_feed.h"

/* ---- when ------------------------------------------------------------------------------------ */

static void heads_join_pieces_at_the_end(void **state)
{
	(void)state;
	FEED("GET /one ", .at_ms = 1);
	assert_int_equal(told_count, 0);
	FEED("HTTP/1.1\r\n", .offset = 9, .at_ms = 2);
	assert_int_equal(told_count, 0);
	FEED("\r\n", .offset = 19, .at_ms = 3, .flags = NW_HEAD_END);
	assert_int_equal(told_count, 1);
	assert_told(0, "GET /one HTTP/1.1\r\n\r\n", 0, NW_HEAD_END);
	assert_int_equal(told[0].ts_ns, 3 * MS);
	close_flow(1);
	assert_int_equal(told_count, 1);
	/* what has ended takes no room from what has not */
	FEED("held", .cookie = 500);
	for (uint64_t c = 1; c < 3 * CAPACITY; c++) {
		FEED("all", .cookie = c, .flags = NW_HEAD_END);
	}
	assert_int_equal(told_count, 3 * CAPACITY);
	close_flow(500);
	assert_told(3 * CAPACITY, "held", 0, NW_HEAD_END);
	assert_int_equal(nw_heads_evicted(heads), 0);
}

static void heads_end_when_the_other_side_speaks(void **state)
{
	(void)state;
	FEED("question", .what = NW_HEAD_TX);
	FEED("other stream", .cookie = 2, .what = NW_HEAD_RX);
	assert_int_equal(told_count, 0);
	FEED("ans", .what = NW_HEAD_RX);
	assert_int_equal(told_count, 1);
	assert_told(0, "question", 0, 0);
	FEED("wer", .what = NW_HEAD_RX, .offset = 3);
	FEED(" two", .what = NW_HEAD_TX, .offset = 8);
	assert_int_equal(told_count, 2);
	assert_told(1, "answer", 0, 0);
	close_flow(1);
	assert_int_equal(told_count, 3);
	assert_told(2, " two", 8, NW_HEAD_END);
	assert_int_equal(told[2].what, NW_HEAD_TX);
}

static void heads_end_when_nothing_comes(void **state)
{
	(void)state;
	FEED("one", .at_ms = 1000);
	FEED("two", .at_ms = 1100, .cookie = 2);
	FEED(" more", .at_ms = 1200, .offset = 3);
	tick(1349);
	assert_int_equal(told_count, 0);
	tick(1350);
	assert_int_equal(told_count, 1);
	assert_told(0, "two", 0, 0);
	tick(1449);
	assert_int_equal(told_count, 1);
	tick(1450);
	assert_int_equal(told_count, 2);
	assert_told(1, "one more", 0, 0);
	tick(100000);
	assert_int_equal(told_count, 2);
}

static void heads_end_when_the_flow_closes(void **state)
{
	(void)state;
	FEED("one");
	close_flow(2);
	assert_int_equal(told_count, 0);
	close_flow(1);
	assert_int_equal(told_count, 1);
	assert_told(0, "one", 0, NW_HEAD_END);
	FEED("rest", .offset = 3);
	assert_int_equal(told_count, 1);
	assert_int_equal(nw_heads_evicted(heads), 1);
}

static void heads_end_at_256_bytes(void **state)
{
	uint8_t bytes[256];

	(void)state;
	memset(bytes, 0xa5, sizeof(bytes));
	feed_bytes((struct piece){ .cookie = 1 }, bytes, 255);
	assert_int_equal(told_count, 0);
	feed_bytes((struct piece){ .cookie = 1, .offset = 255 }, bytes, 1);
	assert_int_equal(told_count, 1);
	assert_int_equal(told[0].len, 256);
}

static void text_ends_at_1024_bytes(void **state)
{
	char text[1025] = "";

	(void)state;
	memset(text, 'a', 1023);
	FEED(text);
	assert_int_equal(told_count, 0);
	FEED("b", .offset = 1023);
	assert_int_equal(told_count, 1);
	text[1023] = 'b';
	assert_told(0, text, 0, 0);
}

static void heads_end_with_a_tls_record(void **state)
{
	uint8_t record[5 + 700] = { 0x16, 3, 1, 700 >> 8, 700 & 0xff };

	(void)state;
	memset(record + 5, '=', 700);
	feed_bytes((struct piece){ .cookie = 1 }, record, 3);
	feed_bytes((struct piece){ .cookie = 1, .offset = 3 }, record + 3, 600);
	assert_int_equal(told_count, 0);
	feed_bytes((struct piece){ .cookie = 1, .offset = 603 }, record + 603, 102);
	assert_int_equal(told_count, 1);
	assert_int_equal(told[0].len, sizeof(record));
	assert_memory_equal(told[0].data, record, sizeof(record));
}

/* A client's hello of 600 bytes in three records, as it comes in two packets. */
static void heads_end_with_a_hello_over_records(void **state)
{
	static uint8_t hello[3 * 5 + 600] = { 0x16, 3, 1, 0, 200, 1, 0, 596 >> 8, 596 & 0xff };

	(void)state;
	memcpy(hello + 205, (const uint8_t[]){ 0x16, 3, 1, 0, 100 }, 5);
	memcpy(hello + 310, (const uint8_t[]){ 0x16, 3, 1, 300 >> 8, 300 & 0xff }, 5);
	for (size_t cut = 1; cut < 615; cut++) {
		told_count = 0;
		feed_bytes((struct piece){ .cookie = cut }, hello, cut);
		assert_int_equal(told_count, 0);
		feed_bytes((struct piece){ .cookie = cut, .offset = (uint32_t)cut }, hello + cut,
			   615 - cut);
		assert_int_equal(told_count, 1);
		assert_int_equal(told[0].len, 615);
		close_flow(cut);
	}
}

static size_t unhex(const char *hex, uint8_t *ret)
{
	size_t n = 0;

	for (unsigned byte; sscanf(hex + 2 * n, "%2x", &byte) == 1; n++) {
		ret[n] = (uint8_t)byte;
	}
	return n;
}

/* A server's certificate is in its second record: wherever the packets part, one head has all. */
static void heads_hold_a_servers_flight(void **state)
{
	static uint8_t flight[2000];
	size_t len = unhex(TLS_FLIGHT, flight);

	(void)state;
	assert_int_equal(len, TLS_FLIGHT_BYTES);
	for (size_t cut = 1; cut < len; cut++) {
		told_count = 0;
		feed_bytes((struct piece){ .cookie = cut }, flight, cut);
		assert_int_equal(told_count, 0);
		feed_bytes((struct piece){ .cookie = cut, .offset = (uint32_t)cut }, flight + cut,
			   len - cut);
		assert_int_equal(told_count, 1);
		assert_int_equal(told[0].len, len);
		assert_memory_equal(told[0].data, flight, len);
		close_flow(cut);
	}
}

/* From TLS 1.3 on what follows is encrypted; nobody waits for it. All in one record is one record. */
static void heads_end_with_the_flight(void **state)
{
	static const uint8_t hello[] = { 0x16, 3, 3, 0, 4, 2, 0, 0, 0 };
	static const uint8_t cipher[] = { 0x14, 3, 3, 0, 1, 1 };
	static const uint8_t all[] = { 0x16, 3, 3, 0, 8, 2, 0, 0, 0, 14, 0, 0, 0 };

	(void)state;
	feed_bytes((struct piece){ .cookie = 1 }, hello, sizeof(hello));
	assert_int_equal(told_count, 0);
	feed_bytes((struct piece){ .cookie = 1, .offset = sizeof(hello) }, cipher, sizeof(cipher));
	assert_int_equal(told_count, 1);
	feed_bytes((struct piece){ .cookie = 2 }, all, sizeof(all));
	assert_int_equal(told_count, 2);
	feed_bytes((struct piece){ .cookie = 3 }, hello, sizeof(hello));
	tick(249);
	assert_int_equal(told_count, 2);
	tick(250);
	assert_int_equal(told_count, 3);
}

static void heads_hold_4096_bytes(void **state)
{
	static uint8_t record[5000] = { 0x16, 3, 1, 0xff, 0xff };

	(void)state;
	feed_bytes((struct piece){ .cookie = 1 }, record, 2000);
	feed_bytes((struct piece){ .cookie = 1, .offset = 2000 }, record, 2000);
	assert_int_equal(told_count, 0);
	feed_bytes((struct piece){ .cookie = 1, .offset = 4000 }, record, 1000);
	assert_int_equal(told_count, 1);
	assert_int_equal(told[0].len, NW_HEAD_TLS_MAX);
	assert_int_equal(told[0].flags, NW_HEAD_CUT);
	feed_bytes((struct piece){ .cookie = 1, .offset = 5000 }, record, 10);
	close_flow(1);
	assert_int_equal(told_count, 1);
}

static void heads_pass_datagrams_at_once(void **state)
{
	(void)state;
	FEED("M-SEARCH * HTTP/1.1\r\n", .proto = IPPROTO_UDP);
	FEED("token=hunter42", .proto = IPPROTO_UDP, .flags = NW_HEAD_CUT, .at_ms = 7);
	assert_int_equal(told_count, 2);
	assert_told(0, "M-SEARCH * HTTP/1.1\r\n", 0, 0);
	assert_told(1, "token=xxxxxxxx", 0, NW_HEAD_CUT);
	assert_int_equal(told[1].ts_ns, 7 * MS);
}

/* Chromium's hello goes over two datagrams: the second is told behind the first. */
static void heads_join_a_quic_hello(void **state)
{
	static uint8_t one[1500], two[1500], both[3000];
	size_t n = unhex(CHROMIUM_1, one);
	size_t m = unhex(CHROMIUM_2, two);

	(void)state;
	memcpy(both, one, n);
	memcpy(both + n, two, m);
	feed_bytes((struct piece){ .proto = IPPROTO_UDP }, one, n);
	feed_bytes((struct piece){ .proto = IPPROTO_UDP, .cookie = 2 }, two, m);
	feed_bytes((struct piece){ .proto = IPPROTO_UDP, .what = NW_HEAD_RX }, two, m);
	assert_int_equal(told_count, 3);
	assert_int_equal(told[0].len, n);
	assert_int_equal(told[1].len, m); /* another flow's, and another direction's */
	assert_int_equal(told[2].len, m);
	feed_bytes((struct piece){ .proto = IPPROTO_UDP, .at_ms = 9 }, two, m);
	assert_int_equal(told_count, 4);
	assert_int_equal(told[3].len, n + m);
	assert_memory_equal(told[3].data, both, n + m);
	assert_int_equal(told[3].ts_ns, 9 * MS);
	two[6] ^= 1; /* to another ID */
	feed_bytes((struct piece){ .proto = IPPROTO_UDP }, two, m);
	assert_int_equal(told[4].len, m);
	two[6] ^= 1;
	for (unsigned i = 0; i < 4; i++) { /* no longer than a head may be */
		feed_bytes((struct piece){ .proto = IPPROTO_UDP }, two, m);
		assert_true(told[5 + i].len <= NW_HEAD_TLS_MAX);
	}
	assert_int_equal(told[8].len, m);
}

NW_TESTS(user_heads, TEST(heads_join_pieces_at_the_end), TEST(heads_end_when_the_other_side_speaks),
	 TEST(heads_end_when_nothing_comes), TEST(heads_end_when_the_flow_closes),
	 TEST(heads_end_at_256_bytes), TEST(text_ends_at_1024_bytes),
	 TEST(heads_end_with_a_tls_record), TEST(heads_end_with_a_hello_over_records),
	 TEST(heads_hold_a_servers_flight), TEST(heads_end_with_the_flight),
	 TEST(heads_hold_4096_bytes), TEST(heads_pass_datagrams_at_once),
	 TEST(heads_join_a_quic_hello));
