/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a head through every decoder that there is. What they found points into the head or
 * into the facts' own bytes, and a flow's store takes it or says that it has no room. A new decoder
 * needs no target of its own: only its seeds, and its words in fuzz_decoders.dict.
 * Input: a byte of flags, two of the other end's port, and the head's bytes.
 */
#include <netinet/in.h>

#include "decoders/decoder.h"
#include "fuzz.h"
#include "sadp_wire.h"

static bool is_inside(const void *p, size_t len, const void *all, size_t all_len)
{
	return (uintptr_t)p >= (uintptr_t)all && len <= all_len &&
	       (uintptr_t)p - (uintptr_t)all <= all_len - len;
}

static void check_said(const struct nw_said *said)
{
	struct nw_said_value v;
	unsigned last = 0;
	uint16_t at = 0;

	must(said->len <= NW_SAID_MAX);
	while (nw_said_next(said, &at, &v)) {
		must(v.key < _NW_ATTR_MAX && v.key >= last && at <= said->len);
		must(v.text[v.len] == '\0');
		if (nw_attr_type(v.key) == NW_ATTR_NUMBER) {
			must(strspn(v.text, "0123456789") == v.len);
		}
		last = v.key;
	}
	must(at == said->len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum {
		UDP = 1,
		RECEIVED = 2,
		CUT = 4,
		ETHERNET = 8, /* no IP */
	};
	static struct nw_facts facts;
	struct nw_span s = nw_span_of(data, size);
	struct nw_said said = { .protocol = NULL };
	uint8_t flags = take_u8(&s);
	struct nw_ev_head *head;
	uint16_t port;
	size_t len;
	int r;

	if (!nw_span_be16(&s, &port) || nw_span_left(&s) > NW_HEAD_TLS_MAX) {
		return 0;
	}
	len = nw_span_left(&s);
	head = calloc(1, sizeof(*head) + len);
	must(head != NULL);
	head->ev.what = flags & RECEIVED ? NW_HEAD_RX : NW_HEAD_TX;
	head->proto = flags & ETHERNET ? NW_ETHERTYPE_SADP
		      : flags & UDP    ? IPPROTO_UDP
				       : IPPROTO_TCP;
	head->flags = flags & CUT ? NW_HEAD_CUT : 0;
	head->len = (uint16_t)len;
	head->wire_len = (uint32_t)(flags & CUT ? len + 100 : len);
	head->rport_be = __builtin_bswap16(port);
	head->lport_be = __builtin_bswap16(40000);
	memcpy(head->data, s.p, len);
	memset(&facts, 0xa5, sizeof(facts));
	r = nw_decode(head, &facts);
	must(facts.attrs <= NW_FACTS_ATTRS_MAX && facts.scratch_len <= NW_FACTS_SCRATCH_MAX);
	must((r > 0) == (facts.protocol != NULL) && (r > 0) == (facts.basis != NW_BASIS_NONE));
	for (unsigned i = 0; i < facts.attrs; i++) {
		must(facts.attr[i].key < _NW_ATTR_MAX && facts.attr[i].len > 0);
		must(is_inside(facts.attr[i].text, facts.attr[i].len, head->data, len) ||
		     is_inside(facts.attr[i].text, facts.attr[i].len, facts.scratch,
			       facts.scratch_len));
		touch(facts.attr[i].text, facts.attr[i].len);
		(void)nw_said_add(&said, facts.attr[i].key, facts.attr[i].text, facts.attr[i].len);
		check_said(&said);
	}
	free(head);
	return 0;
}
