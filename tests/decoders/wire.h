/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One decoder on bytes that were on a wire, and what it read as lines of text. Every head stands in
 * memory of exactly its size, so that a sanitizer sees the first byte read too far; and every
 * message is also read at each length that it may be cut to. Included by test files only.
 */
#pragma once

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "decoders/decoder.h"
#include "harness.h"

#define NW_WIRE_MAX	 4096
#define NW_WIRE_TEXT_MAX 16384

struct nw_wire {
	const struct nw_decoder *decoder;
	uint16_t proto; /* IPPROTO_* */
	uint16_t port;	/* of the other end */
	bool is_received;
};

static inline struct nw_ev_head *nw_wire_head(const struct nw_wire *w, const void *data, size_t len,
					      size_t whole)
{
	struct nw_ev_head *head = calloc(1, sizeof(*head) + len);

	assert_non_null(head);
	head->ev.shape = NW_SHAPE_HEAD;
	head->ev.what = w->is_received ? NW_HEAD_RX : NW_HEAD_TX;
	head->proto = w->proto;
	head->lport_be = htons(40000);
	head->rport_be = htons(w->port);
	head->len = (uint16_t)len;
	head->wire_len = (uint32_t)whole;
	head->flags = len < whole ? NW_HEAD_CUT : 0;
	memcpy(head->data, data, len);
	return head;
}

static inline const char *nw_wire_text(const struct nw_wire *w, const struct nw_facts *facts,
				       enum nw_basis basis)
{
	static char text[NW_WIRE_TEXT_MAX];
	struct nw_said said = { .protocol = NULL };
	struct nw_said_value v;
	uint16_t at = 0;
	size_t n;

	n = (size_t)snprintf(text, sizeof(text), "%s by %s",
			     facts->protocol ? facts->protocol : w->decoder->name,
			     basis == NW_BASIS_CONTENT ? "content" : "port");
	assert_false(facts->is_cut);
	for (unsigned i = 0; i < facts->attrs; i++) {
		assert_int_equal(nw_said_add(&said, facts->attr[i].key, facts->attr[i].text,
					     facts->attr[i].len),
				 0);
	}
	while (nw_said_next(&said, &at, &v)) {
		n += (size_t)snprintf(text + n, sizeof(text) - n, "\n%s=%s", nw_attr_name(v.key),
				      v.text);
		assert_true(n < sizeof(text));
	}
	return text;
}

static inline const char *nw_wire_read_cut(const struct nw_wire *w, const void *data, size_t len,
					   size_t whole)
{
	static struct nw_facts facts;
	struct nw_ev_head *head = nw_wire_head(w, data, len, whole);
	enum nw_basis basis = nw_decoder_claims(w->decoder, head);
	const char *text = "no claim";

	if (basis != NW_BASIS_NONE) {
		memset(&facts, 0xa5, sizeof(facts));
		facts.protocol = NULL;
		facts.depth = 0;
		facts.has_dns = facts.is_cut = false;
		facts.attrs = 0;
		facts.scratch_len = 0;
		text = "no message";
		if (!w->decoder->decode || w->decoder->decode(head, &facts) == 0) {
			text = nw_wire_text(w, &facts, basis);
		}
	}
	free(head);
	return text;
}

/* Of what it would claim if it were asked of all, a decoder names the first byte. */
static inline void nw_wire_check_begins(const struct nw_wire *w, const void *data, size_t len)
{
	struct nw_ev_head *head = nw_wire_head(w, data, len, len);
	struct nw_decoder of_all = *w->decoder;

	of_all.begins = NULL;
	for (unsigned first = 0; len > 0 && first <= UINT8_MAX; first++) {
		head->data[0] = (uint8_t)first;
		if (nw_decoder_claims(w->decoder, head) != nw_decoder_claims(&of_all, head)) {
			fail_msg("%s is not asked of what begins with %02x", w->decoder->name,
				 first);
		}
	}
	free(head);
}

/*
 * "tls by content\ntls.client.server_name=example.org\n…" in the order of the names; "no claim", or
 * "no message" when the decoder claimed what it could not read. Valid until the next call.
 */
static inline const char *nw_wire_read(const struct nw_wire *w, const void *data, size_t len)
{
	nw_wire_check_begins(w, data, len);
	for (size_t n = 0; n < len; n++) {
		(void)nw_wire_read_cut(w, data, n, len);
	}
	return nw_wire_read_cut(w, data, len, len);
}
#define NW_WIRE_READ(w, literal) nw_wire_read(w, literal, sizeof(literal) - 1)

/* Texts that are other protocols'. */
static inline void nw_wire_check_foreign(const struct nw_wire *w, const char *const *texts,
					 size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(nw_wire_read(w, texts[i], strlen(texts[i])), "no claim") != 0) {
			fail_msg("claimed: %s", texts[i]);
		}
	}
}

/* Hex digits, with anything between the bytes that is none. */
static inline size_t nw_wire_unhex(const char *hex, uint8_t ret[NW_WIRE_MAX])
{
	size_t n = 0;

	while (*(hex += strcspn(hex, "0123456789abcdef"))) {
		unsigned byte;

		assert_int_equal(sscanf(hex, "%2x", &byte), 1);
		assert_true(n < NW_WIRE_MAX);
		ret[n++] = (uint8_t)byte;
		hex += 2;
	}
	return n;
}

static inline const char *nw_wire_read_hex(const struct nw_wire *w, const char *hex)
{
	uint8_t data[NW_WIRE_MAX];

	return nw_wire_read(w, data, nw_wire_unhex(hex, data));
}
