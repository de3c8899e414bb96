/* SPDX-License-Identifier: Apache-2.0 */
/* One direction of a stream: every byte counts once, in whatever order it comes; heads are in order. */
#include "capture_stream.h"

#include <stdio.h>
#include <string.h>

#include "harness.h"
#include "tls_flight.h"

struct told {
	char text[NW_HEAD_TLS_MAX + 1];
	uint32_t len;
	uint32_t flags;
};

static void on_piece(void *ctx, const struct nw_stream_piece *piece)
{
	struct told *t = ctx;

	assert_int_equal(piece->offset, t->len);
	assert_in_range(piece->len, 1, NW_HEAD_TLS_MAX - t->len);
	memcpy(t->text + t->len, piece->data, piece->len);
	t->len += piece->len;
	t->flags |= piece->flags;
}

static uint64_t fresh(struct nw_stream_way *w, uint32_t seq, uint32_t len)
{
	uint64_t n = 0;

	assert_true(nw_stream_account(w, nw_stream_place(w, seq), len, &n));
	return n;
}

static void every_byte_counts_once(void **state)
{
	struct nw_stream_way w;
	uint64_t n;
	const uint32_t base = 0xfffffff0U; /* wraps behind 16 bytes */

	(void)state;
	nw_stream_begin(&w, true);
	nw_stream_set_base(&w, base);
	assert_int_equal(fresh(&w, base, 10), 10);
	assert_int_equal(fresh(&w, base, 10), 0);    /* again */
	assert_int_equal(fresh(&w, base - 1, 1), 0); /* a probe that keeps alive */
	assert_int_equal(fresh(&w, base + 30, 10), 10);
	assert_int_equal(nw_stream_missing(&w), 20);
	assert_int_equal(fresh(&w, base + 15, 5), 5); /* splits the hole */
	assert_int_equal(nw_stream_missing(&w), 15);
	assert_int_equal(fresh(&w, base + 5, 40), 20); /* both holes, and 5 more */
	assert_int_equal(nw_stream_missing(&w), 0);
	assert_int_equal(w.top, 45);
	assert_false(nw_stream_account(&w, nw_stream_place(&w, base + 45 + (1U << 30) + 1), 1, &n));
	for (uint32_t i = 0; i < 6; i++) {
		assert_int_equal(fresh(&w, base + 50 + i * 10, 5), 5);
	}
	assert_int_equal(nw_stream_missing(&w), 30); /* also of the holes that found no room */
	assert_int_equal(fresh(&w, base + 45, 60), 20);
}

static void a_head_comes_in_order(void **state)
{
	static const char text[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	struct nw_stream_pool *pool;
	struct nw_stream_way w;
	struct told t = { .len = 0 };

	(void)state;
	assert_int_equal(nw_stream_pool_new(&pool), 0);
	nw_stream_begin(&w, true);
	nw_stream_set_base(&w, 7);
#define PIECE(at, n) \
	nw_stream_head(pool, &w, (at), nw_span_of(text + (at), (n)), (n), false, on_piece, &t)
	assert_int_equal(PIECE(20, 6), 0);
	assert_int_equal(PIECE(10, 4), 0);
	assert_int_equal(t.len, 0);
	assert_int_equal(PIECE(0, 10), 0);
	assert_int_equal(t.len, 14);
	assert_int_equal(PIECE(5, 15), 0); /* again, and more */
	assert_int_equal(t.len, 26);
	assert_memory_equal(t.text, text, 26);
#undef PIECE
	/* the capture kept 4 of 10 bytes: what comes behind is never told */
	assert_int_equal(
		nw_stream_head(pool, &w, 26, nw_span_of(text + 26, 4), 10, false, on_piece, &t), 1);
	assert_int_equal(nw_stream_head(pool, &w, 36, nw_span_of(text, 1), 1, false, on_piece, &t),
			 0);
	assert_int_equal(t.len, 30);
	assert_int_equal(t.flags, NW_HEAD_END | NW_HEAD_CUT);
	nw_stream_end(pool, &w);
	nw_stream_pool_free(pool);
}

static void without_a_handshake_there_is_no_head(void **state)
{
	struct nw_stream_pool *pool;
	struct nw_stream_way w;
	struct told t = { .len = 0 };

	(void)state;
	assert_int_equal(nw_stream_pool_new(&pool), 0);
	nw_stream_begin(&w, true);
	assert_int_equal(fresh(&w, 1000, 5), 5);
	assert_int_equal(
		nw_stream_head(pool, &w, 0, nw_span_of("abcde", 5), 5, false, on_piece, &t), 0);
	assert_int_equal(t.len, 0); /* it could be the rest of a secret */
	nw_stream_pool_free(pool);
}

static void the_end_is_that_of_the_hooks(void **state)
{
	static const struct {
		uint8_t first[9];
		uint32_t piece; /* bytes of the first one */
		bool is_dns;
		uint32_t end;
	} cases[] = {
		{ { 'G', 'E', 'T', ' ', '/', ' ' }, 100, false, NW_HEAD_TEXT_MAX },
		{ { 'G', 'E', 'T', ' ', '/', ' ' }, 5, false, NW_HEAD_TEXT_MAX },
		{ { 'G', 'E', 'T', ' ', '/', ' ' }, 4, false, NW_HEAD_STREAM_MAX },
		{ { 'G', 'E', 'T', 1, '/', ' ' }, 100, false, NW_HEAD_STREAM_MAX },
		{ { 0x16, 3, 1, 2, 0, 1 }, 100, false, 517 },
		{ { 0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc }, 100, false, 517 },
		{ { 0x16, 3, 1, 2, 0, 1, 0, 1, 0xfd },
		  1000,
		  false,
		  517 }, /* nothing like it follows */
		{ { 0x16, 3, 1, 0xff, 0xff, 1 }, 100, false, NW_HEAD_TLS_MAX },
		{ { 0, 40, 1, 2, 1, 0 }, 100, true, NW_HEAD_TLS_MAX },
	};
	static uint8_t data[8192];
	struct nw_stream_pool *pool;

	(void)state;
	assert_int_equal(nw_stream_pool_new(&pool), 0);
	for (size_t i = 0; i < NW_ARRAY_SIZE(cases); i++) {
		struct nw_stream_way w;
		uint32_t n = cases[i].piece;
		struct told t = { .len = 0 };

		memcpy(data, cases[i].first, sizeof(cases[i].first));
		nw_stream_begin(&w, true);
		nw_stream_set_base(&w, 1);
		nw_stream_head(pool, &w, 0, nw_span_of(data, n), n, cases[i].is_dns, on_piece, &t);
		nw_stream_head(pool, &w, n, nw_span_of(data + n, 8000), 8000, cases[i].is_dns,
			       on_piece, &t);
		assert_int_equal(t.len, cases[i].end);
		assert_int_equal(t.flags, NW_HEAD_END);
	}
	nw_stream_pool_free(pool);
}

/* The server's flight goes on over records, as the hooks have it; what is encrypted ends it. */
static void a_head_goes_on_over_records(void **state)
{
	static uint8_t flight[4096];
	struct nw_stream_pool *pool;
	size_t len = 0;

	(void)state;
	for (unsigned byte; sscanf(&TLS_FLIGHT[2 * len], "%2x", &byte) == 1; len++) {
		flight[len] = (uint8_t)byte;
	}
	assert_int_equal(nw_stream_pool_new(&pool), 0);
	for (size_t cut = 2; cut < len; cut++) {
		struct nw_stream_way w;
		struct told t = { .len = 0 };

		nw_stream_begin(&w, true);
		nw_stream_set_base(&w, 1);
		nw_stream_head(pool, &w, 0, nw_span_of(flight, cut), (uint32_t)cut, false, on_piece,
			       &t);
		nw_stream_head(pool, &w, (int64_t)cut,
			       nw_span_of(flight + cut, sizeof(flight) - cut),
			       (uint32_t)(sizeof(flight) - cut), false, on_piece, &t);
		assert_in_range(t.len, len, sizeof(flight));
		assert_memory_equal(t.text, flight, len);
		assert_int_equal(t.flags, NW_HEAD_END);
	}
	nw_stream_pool_free(pool);
}

NW_TESTS(user_capture_stream, cmocka_unit_test(a_head_goes_on_over_records),
	 cmocka_unit_test(every_byte_counts_once), cmocka_unit_test(a_head_comes_in_order),
	 cmocka_unit_test(without_a_handshake_there_is_no_head),
	 cmocka_unit_test(the_end_is_that_of_the_hooks));
