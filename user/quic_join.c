/* SPDX-License-Identifier: Apache-2.0 */
/* See quic_join.h. Owns the ring; a new conversation takes the place of the oldest. */
#include "quic_join.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "quic_initial.h"

enum {
	JOINS = 32,
	LONG_FIXED = 0xc0, /* the bits of a long header */
	ID_AT = 5,
};

struct join {
	struct nw_ev_head head; /* of the first; cookie 0: nobody's */
	uint8_t data[NW_HEAD_TLS_MAX];
};

struct nw_quic_joins {
	unsigned next;
	struct join join[JOINS];
};

int nw_quic_joins_new(struct nw_quic_joins **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret ? 0 : -ENOMEM;
}

void nw_quic_joins_free(struct nw_quic_joins *j)
{
	free(j);
}

/* The front of a client's Initial, to the end of the ID that it goes to; 0: it is none. */
static size_t front_of(const uint8_t *data, size_t len)
{
	struct nw_span s = nw_span_of(data, len);
	uint32_t version;
	uint8_t first;
	uint8_t id;

	if (!nw_span_u8(&s, &first) || (first & LONG_FIXED) != LONG_FIXED ||
	    !nw_span_be32(&s, &version) || (version != NW_QUIC_V1 && version != NW_QUIC_V2) ||
	    (first >> 4 & 3) != (version == NW_QUIC_V2) || !nw_span_u8(&s, &id) ||
	    id < NW_QUIC_ID_CLIENT_MIN || id > NW_QUIC_ID_MAX || !nw_span_skip(&s, id)) {
		return 0;
	}
	return (size_t)(s.p - data);
}

/* Version, length of the ID and the ID; the first byte is partly sealed. */
static bool is_same(const struct join *a, const struct nw_ev_head *b, size_t front)
{
	return a->head.cookie == b->cookie && a->head.slot == b->slot &&
	       a->head.ev.what == b->ev.what && a->head.len >= front &&
	       memcmp(a->data + 1, b->data + 1, front - 1) == 0;
}

bool nw_quic_join(struct nw_quic_joins *j, const struct nw_ev_head *datagram,
		  struct nw_ev_head *out)
{
	size_t front = front_of(datagram->data, datagram->len);
	struct join *to = NULL;

	if (front == 0 || datagram->flags & NW_HEAD_CUT || datagram->cookie == 0) {
		return false;
	}
	for (unsigned i = 0; i < JOINS && !to; i++) {
		to = is_same(&j->join[i], datagram, front) ? &j->join[i] : NULL;
	}
	if (!to) {
		to = &j->join[j->next++ % JOINS];
		to->head = *datagram;
		memcpy(to->data, datagram->data, datagram->len);
		return false;
	}
	if (to->head.len + datagram->len > NW_HEAD_TLS_MAX) {
		return false;
	}
	memcpy(to->data + to->head.len, datagram->data, datagram->len);
	to->head.len = (uint16_t)(to->head.len + datagram->len);
	*out = *datagram;
	memcpy(out->data, to->data, to->head.len);
	out->len = to->head.len;
	out->wire_len = to->head.len;
	out->ev.size = (uint32_t)(sizeof(*out) + out->len);
	return true;
}
