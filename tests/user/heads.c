/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces in, heads out: when, in which order, with which bytes; and that no cut reveals a secret. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "heads.h"
#include "tls_flight.h"

#include "decoders/quic_golden.inc"

enum {
	MS = 1000000,
	TOLD_MAX = 64,
	CAPACITY = 8
};

struct told {
	uint64_t cookie;
	uint64_t ts_ns;
	uint32_t offset;
	uint32_t flags;
	uint8_t what;
	uint16_t len;
	char data[NW_HEAD_TLS_MAX];
};

static struct told told[TOLD_MAX];
static unsigned told_count;
static struct nw_heads *heads;

static void on_told(void *ctx, const struct nw_ev_head *head)
{
	struct told *t = &told[told_count++];

	assert_ptr_equal(ctx, told);
	assert_true(told_count <= TOLD_MAX);
	assert_int_equal(head->ev.size, sizeof(*head) + head->len);
	assert_int_equal(head->ev.shape, NW_SHAPE_HEAD);
	t->cookie = head->cookie;
	t->ts_ns = head->ev.ts_ns;
	t->offset = head->offset;
	t->flags = head->flags;
	t->what = head->ev.what;
	t->len = head->len;
	memcpy(t->data, head->data, head->len);
}

static int set_up(void **state)
{
	(void)state;
	told_count = 0;
	return nw_heads_new(CAPACITY, &heads);
}

static int tear_down(void **state)
{
	(void)state;
	nw_heads_free(heads);
	return 0;
}

struct piece {
	uint64_t cookie; /* 0 = 1 */
	uint64_t at_ms;
	uint32_t offset;
	uint32_t flags;
	uint16_t port;
	uint16_t proto;
	uint8_t what;
};

static void feed_bytes(struct piece p, const void *data, size_t len)
{
	struct nw_ev_head *head = calloc(1, sizeof(*head) + len);

	assert_non_null(head);
	head->ev.size = (uint32_t)(sizeof(*head) + len);
	head->ev.shape = NW_SHAPE_HEAD;
	head->ev.what = p.what;
	head->ev.ts_ns = p.at_ms * MS;
	head->cookie = p.cookie ? p.cookie : 1;
	head->offset = p.offset;
	head->flags = p.flags;
	head->proto = p.proto ? p.proto : IPPROTO_TCP;
	head->lport_be = htons(40000);
	head->rport_be = htons(p.port ? p.port : 80);
	head->len = (uint16_t)len;
	head->wire_len = (uint32_t)len;
	memcpy(head->data, data, len);
	nw_heads_piece(heads, head, on_told, told);
	free(head);
}

static void feed(struct piece p, const char *text)
{
	feed_bytes(p, text, strlen(text));
}
#define FEED(text, ...) feed((struct piece){ __VA_ARGS__ }, text)
#define FEED_BYTES(literal, ...) \
	feed_bytes((struct piece){ __VA_ARGS__ }, literal, sizeof(literal) - 1)

static void assert_told(unsigned i, const char *text, uint32_t offset, uint32_t flags)
{
	assert_true(i < told_count);
	assert_int_equal(told[i].len, strlen(text));
	assert_memory_equal(told[i].data, text, told[i].len);
	assert_int_equal(told[i].offset, offset);
	assert_int_equal(told[i].flags, flags);
}

static void tick(uint64_t now_ms)
{
	nw_heads_tick(heads, now_ms * MS, on_told, told);
}

static void close_flow(uint64_t cookie)
{
	nw_heads_close(heads, cookie, on_told, told);
}

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

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
NW_TESTS(user_heads, TEST(heads_join_pieces_at_the_end), TEST(heads_end_when_the_other_side_speaks),
	 TEST(heads_end_when_nothing_comes), TEST(heads_end_when_the_flow_closes),
	 TEST(heads_end_at_256_bytes), TEST(text_ends_at_1024_bytes),
	 TEST(heads_end_with_a_tls_record), TEST(heads_hold_a_servers_flight),
	 TEST(heads_end_with_the_flight), TEST(heads_hold_4096_bytes),
	 TEST(heads_pass_datagrams_at_once), TEST(heads_join_a_quic_hello),
	 TEST(heads_tell_each_dns_message), TEST(heads_know_dns_on_other_ports),
	 TEST(heads_scrub_what_is_no_dns_on_its_port), TEST(heads_leave_mdns),
	 TEST(heads_scrub_across_every_cut), TEST(heads_evict_the_oldest),
	 TEST(heads_tell_nothing_behind_a_gap), TEST(heads_take_no_byte_twice),
	 TEST(heads_keep_both_sides_of_many_streams), cmocka_unit_test(heads_refuse_no_room));
