/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A head through the decoders, and how they write down what they found. Owns nothing; what finds no
 * room in the facts is marked there.
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <threads.h>

#include "decoders/decoder.h"
#include "util/text.h"

#define DECODERS_MAX 64
#define NO_BYTE	     (UINT8_MAX + 1) /* the first of an empty head */

static void add(struct nw_facts *facts, enum nw_attr key, const uint8_t *text, size_t len)
{
	if (len == 0) {
		return;
	}
	if (facts->attrs == NW_FACTS_ATTRS_MAX) {
		facts->is_cut = true;
		return;
	}
	facts->attr[facts->attrs].key = key;
	facts->attr[facts->attrs].text = text;
	facts->attr[facts->attrs].len = (uint16_t)NW_MIN(len, (size_t)UINT16_MAX);
	facts->attrs++;
}

void nw_facts_add(struct nw_facts *facts, enum nw_attr key, struct nw_span value)
{
	add(facts, key, value.p, nw_span_left(&value));
}

void nw_facts_add_text(struct nw_facts *facts, enum nw_attr key, const char *text, size_t len)
{
	char *at = facts->scratch + facts->scratch_len;

	if (len > NW_FACTS_SCRATCH_MAX - (size_t)facts->scratch_len) {
		facts->is_cut = true;
		return;
	}
	memcpy(at, text, len);
	facts->scratch_len = (uint16_t)(facts->scratch_len + len);
	add(facts, key, (const uint8_t *)at, len);
}

void nw_facts_add_u64(struct nw_facts *facts, enum nw_attr key, uint64_t value)
{
	char text[24];

	nw_facts_add_text(facts, key, text, nw_text_u64(text, value));
}

void nw_facts_add_flag(struct nw_facts *facts, enum nw_attr key)
{
	nw_facts_add_text(facts, key, "true", 4);
}

/* One decoder; what it added counts when it says so. */
static bool read_by(const struct nw_decoder *d, const struct nw_ev_head *head, enum nw_basis basis,
		    struct nw_facts *facts)
{
	const char *protocol = facts->protocol;
	uint16_t scratch_len = facts->scratch_len;
	uint8_t attrs = facts->attrs;
	uint8_t depth = facts->depth;
	bool is_cut = facts->is_cut;

	facts->protocol = NULL;
	facts->depth = 0;
	if (d->decode && d->decode(head, facts) < 0) {
		facts->attrs = attrs;
		facts->scratch_len = scratch_len;
		facts->protocol = protocol;
		facts->depth = depth;
		facts->is_cut = is_cut;
		return false;
	}
	facts->basis = (uint8_t)basis;
	if (!facts->protocol) {
		facts->protocol = d->name;
	}
	if (protocol && depth >= facts->depth) {
		facts->protocol = protocol;
		facts->depth = depth;
	}
	return true;
}

static unsigned transport_of(const struct nw_ev_head *head)
{
	return head->proto == IPPROTO_TCP   ? NW_OVER_TCP
	       : head->proto == IPPROTO_UDP ? NW_OVER_UDP
					    : NW_OVER_OTHER;
}

/* The first byte, or NO_BYTE. */
static unsigned first_of(const struct nw_ev_head *head)
{
	return head->len ? head->data[0] : NO_BYTE;
}

static bool is_for(const struct nw_decoder *d, unsigned transport, unsigned first)
{
	const struct nw_first_bytes *b = d->begins;

	if (d->over && !(d->over & transport)) {
		return false;
	}
	while (b && b->from <= b->to && !(first >= b->from && first <= b->to)) {
		b++;
	}
	return !b || b->from <= b->to;
}

enum nw_basis nw_decoder_claims(const struct nw_decoder *d, const struct nw_ev_head *head)
{
	return is_for(d, transport_of(head), first_of(head)) ? d->claims(head) : NW_BASIS_NONE;
}

/* Who is asked: most heads are begun by few of the decoders' protocols. */
static uint64_t asked[NW_OVER_OTHER + 1][NO_BYTE + 1];
static once_flag is_made = ONCE_FLAG_INIT;

static void make_asked(void)
{
	for (unsigned transport = 1; transport <= NW_OVER_OTHER; transport *= 2) {
		for (unsigned first = 0; first <= NO_BYTE; first++) {
			for (unsigned i = 0; nw_decoders[i] && i < DECODERS_MAX; i++) {
				asked[transport][first] |=
					(uint64_t)is_for(nw_decoders[i], transport, first) << i;
			}
		}
	}
}

int nw_decode(const struct nw_ev_head *head, struct nw_facts *facts)
{
	uint64_t by_port = 0;
	uint64_t left;
	bool is_claimed = false;
	bool is_read = false;

	facts->protocol = NULL;
	facts->depth = 0;
	facts->basis = NW_BASIS_NONE;
	facts->has_dns = false;
	facts->is_cut = false;
	facts->attrs = 0;
	facts->scratch_len = 0;
	call_once(&is_made, make_asked);
	left = asked[transport_of(head)][first_of(head)];
	for (; left; left &= left - 1) {
		unsigned i = (unsigned)__builtin_ctzll(left);
		const struct nw_decoder *d = nw_decoders[i];
		enum nw_basis basis = d->claims(head);

		if (basis == NW_BASIS_CONTENT) {
			is_claimed = true;
			is_read |= read_by(d, head, basis, facts);
		} else if (basis == NW_BASIS_PORT) {
			by_port |= 1ULL << i;
		}
	}
	for (; !is_read && by_port; by_port &= by_port - 1) {
		is_claimed = true;
		is_read =
			read_by(nw_decoders[__builtin_ctzll(by_port)], head, NW_BASIS_PORT, facts);
	}
	return is_read ? 1 : is_claimed ? -EBADMSG : 0;
}
