/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Untrusted bytes of a head -> facts. One file per wire protocol; the folder is the list. A decoder
 * owns nothing, allocates nothing and reads only through util/span.h.
 *
 * Every decoder that knows a head by its content reads it, in the order of their names, and what
 * they say is put together: one for HTTP, another for what a maker sends inside. Only when none of
 * them could, those are asked that know it by its port; the first that can read it has it.
 */
#pragma once

#include "attr.h"
#include "event.h"
#include "output.h"
#include "util/span.h"

#define NW_FACTS_ATTRS_MAX   32
#define NW_FACTS_SCRATCH_MAX 1024

struct nw_facts {
	/* network.protocol: a literal in lower case; NULL before a decoder is called, and when it
	 * leaves it so, it is the decoder's own name */
	const char *protocol;
	/* How far inside others it is: 0 speaks on the socket itself (http, tls), 1 is carried by
	 * it (rtsp in an HTTP tunnel, onvif in HTTP). The deepest names the flow. */
	uint8_t depth;
	uint8_t basis; /* enum nw_basis; of who called the decoder */
	bool has_dns;
	bool is_cut; /* something found no room here */
	uint8_t attrs;
	uint16_t scratch_len;
	struct {
		enum nw_attr key;
		uint16_t len;
		const uint8_t *text; /* in the head or in scratch */
	} attr[NW_FACTS_ATTRS_MAX];
	char scratch[NW_FACTS_SCRATCH_MAX];
	struct nw_dns dns; /* valid when has_dns */
};

/* The value stands in the head. Nothing is added when it is empty. */
void nw_facts_add(struct nw_facts *facts, enum nw_attr key, struct nw_span value);
/* The value is copied. */
void nw_facts_add_text(struct nw_facts *facts, enum nw_attr key, const char *text, size_t len);
void nw_facts_add_u64(struct nw_facts *facts, enum nw_attr key, uint64_t value);
void nw_facts_add_flag(struct nw_facts *facts, enum nw_attr key);

#define NW_OVER_TCP   1U
#define NW_OVER_UDP   2U
#define NW_OVER_OTHER 4U /* raw frames */

struct nw_first_bytes {
	uint8_t from, to;
};
#define NW_BEGINS(...) ((const struct nw_first_bytes[]){ __VA_ARGS__, { 1, 0 } })

struct nw_decoder {
	const char *name; /* file stem */
	const char *doc;  /* one line, as in docs/decoders.md */
	unsigned over;	  /* whose heads it is asked of; 0 = all */
	/* NW_BEGINS() of the bytes with which a head can begin that it claims; NULL: any, or none at all */
	const struct nw_first_bytes *begins;
	/* May the bytes be of this protocol, and how is that known? The first bytes must be enough to
	 * say no. Asked through nw_decoder_claims(). */
	enum nw_basis (*claims)(const struct nw_ev_head *head);
	/* 0 with what was found added to facts; -EBADMSG when the bytes are not what claims()
	 * thought: then what was added does not count. NULL: it is named, and nothing more. */
	int (*decode)(const struct nw_ev_head *head, struct nw_facts *facts);
};

extern const struct nw_decoder *const nw_decoders[]; /* NULL ends it */

/* What it says of any head. */
enum nw_basis nw_decoder_claims(const struct nw_decoder *d, const struct nw_ev_head *head);

/* The bytes of a head whose first one is the stream's first one; else none. */
static inline struct nw_span nw_head_start(const struct nw_ev_head *head)
{
	return nw_span_of(head->data, head->offset == 0 ? head->len : 0);
}

/* Does either end have the port? */
static inline bool nw_head_has_port(const struct nw_ev_head *head, uint16_t port)
{
	uint16_t port_be = __builtin_bswap16(port);

	return head->lport_be == port_be || head->rport_be == port_be;
}

/*
 * Do the bytes come from the server, as far as the ports tell? The lower one is taken for its port;
 * only for protocols whose messages do not say it themselves.
 */
static inline bool nw_head_is_of_server(const struct nw_ev_head *head)
{
	uint16_t lport = __builtin_bswap16(head->lport_be);
	uint16_t rport = __builtin_bswap16(head->rport_be);

	return (head->ev.what == NW_HEAD_TX) == (lport < rport);
}

/*
 * A head through all decoders. 1: *facts says what was found; 0: nobody claimed it; -EBADMSG:
 * somebody did and nobody could read it.
 */
int nw_decode(const struct nw_ev_head *head, struct nw_facts *facts);
