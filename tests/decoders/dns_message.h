/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DNS messages made by hand, and the decoder on them. Every head stands in memory of exactly its
 * size, so that a sanitizer sees the first byte read too far. Included by test files only.
 */
#pragma once

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "decoders/decoder.h"
#include "dns_wire.h"
#include "harness.h"

extern const struct nw_decoder nw_decoder_dns;

enum {
	MESSAGE_MAX = 4096
};

static struct nw_facts facts; /* of the last decode() */

static inline struct nw_ev_head *new_head(uint16_t proto, uint16_t port, const uint8_t *data,
					  size_t len, size_t wire_len)
{
	struct nw_ev_head *head = calloc(1, sizeof(*head) + len);

	assert_non_null(head);
	head->ev.shape = NW_SHAPE_HEAD;
	head->proto = proto;
	head->lport_be = htons(40000);
	head->rport_be = htons(port);
	head->len = (uint16_t)len;
	head->wire_len = (uint32_t)wire_len;
	head->flags = len < wire_len ? NW_HEAD_CUT : 0;
	memcpy(head->data, data, len);
	return head;
}

static inline int decode(uint16_t proto, uint16_t port, const uint8_t *data, size_t len,
			 size_t wire_len)
{
	struct nw_ev_head *head = new_head(proto, port, data, len, wire_len);
	int err;

	memset(&facts, 0xa5, sizeof(facts)); /* what the decoder does not write must not matter */
	facts.is_cut = false;
	facts.attrs = 0;
	facts.scratch_len = 0;
	err = nw_decoder_dns.decode(head, &facts);
	assert_int_equal(facts.has_dns, err == 0);
	free(head);
	return err;
}

static inline int decode_udp(const uint8_t *data, size_t len)
{
	return decode(IPPROTO_UDP, NW_PORT_DNS, data, len, len);
}

struct message {
	uint8_t data[MESSAGE_MAX];
	size_t len;
};

static inline void put(struct message *m, const void *bytes, size_t len)
{
	assert_true(m->len + len <= sizeof(m->data));
	memcpy(m->data + m->len, bytes, len);
	m->len += len;
}
#define PUT(m, literal) put(m, literal, sizeof(literal) - 1)

static inline void put16(struct message *m, unsigned v)
{
	const uint8_t b[] = { (uint8_t)(v >> 8), (uint8_t)v };

	put(m, b, sizeof(b));
}

static inline struct message *new_message(unsigned flags, unsigned questions, unsigned answers,
					  unsigned authorities, unsigned additionals)
{
	static struct message m;

	m.len = 0;
	put16(&m, 0x1234);
	put16(&m, flags);
	put16(&m, questions);
	put16(&m, answers);
	put16(&m, authorities);
	put16(&m, additionals);
	return &m;
}

/* A response with the question "a." and room for one answer, which follows. */
static inline struct message *new_answer(void)
{
	struct message *m = new_message(0x8180, 1, 1, 0, 0);

	PUT(m, "\1a\0\0\1\0\1");
	return m;
}

static inline void put_rr(struct message *m, unsigned type, unsigned class, const void *data,
			  size_t len)
{
	put16(m, type);
	put16(m, class);
	PUT(m, "\0\0\0\x3c");
	put16(m, (unsigned)len);
	put(m, data, len);
}

static inline int decode_message(const struct message *m)
{
	return decode_udp(m->data, m->len);
}
