/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of heads share: pieces of payload in, the heads that were told. */
#pragma once

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

static inline void on_told(void *ctx, const struct nw_ev_head *head)
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

static inline int set_up(void **state)
{
	(void)state;
	told_count = 0;
	return nw_heads_new(CAPACITY, &heads);
}

static inline int tear_down(void **state)
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

static inline void feed_bytes(struct piece p, const void *data, size_t len)
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

static inline void feed(struct piece p, const char *text)
{
	feed_bytes(p, text, strlen(text));
}
#define FEED(text, ...) feed((struct piece){ __VA_ARGS__ }, text)
#define FEED_BYTES(literal, ...) \
	feed_bytes((struct piece){ __VA_ARGS__ }, literal, sizeof(literal) - 1)

static inline void assert_told(unsigned i, const char *text, uint32_t offset, uint32_t flags)
{
	assert_true(i < told_count);
	assert_int_equal(told[i].len, strlen(text));
	assert_memory_equal(told[i].data, text, told[i].len);
	assert_int_equal(told[i].offset, offset);
	assert_int_equal(told[i].flags, flags);
}

static inline void tick(uint64_t now_ms)
{
	nw_heads_tick(heads, now_ms * MS, on_told, told);
}

static inline void close_flow(uint64_t cookie)
{
	nw_heads_close(heads, cookie, on_told, told);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
