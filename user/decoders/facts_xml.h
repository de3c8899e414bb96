/* SPDX-License-Identifier: Apache-2.0 */
/* Facts from XML: a token's text with its escapes undone, a MAC in one form, a body in HTTP. */
#pragma once

#include "attr.h"
#include "decoders/decoder.h"
#include "util/mac.h"
#include "util/xml.h"

static inline void nw_facts_add_xml(struct nw_facts *facts, enum nw_attr key,
				    const struct nw_xml *x)
{
	char text[NW_ATTR_VALUE_MAX];

	if (!memchr(x->text.p, '&', nw_span_left(&x->text))) {
		nw_facts_add(facts, key, x->text);
		return;
	}
	nw_facts_add_text(facts, key, text, nw_xml_unescape(x, text, sizeof(text)));
}

static inline void nw_facts_add_mac(struct nw_facts *facts, struct nw_span text)
{
	char mac[NW_MAC_TEXT];

	if (nw_mac_text(text, mac)) {
		nw_facts_add_text(facts, NW_ATTR_DEVICE_MAC, mac, sizeof(mac));
	}
}

/* The document in a body: behind what a first chunk (RFC 9112 7.1) has before it. */
static inline struct nw_span nw_xml_body(struct nw_span body)
{
	const uint8_t *at = memchr(body.p, '<', nw_span_left(&body));

	body.p = at ? at : body.end;
	return body;
}
