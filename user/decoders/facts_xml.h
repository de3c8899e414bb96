/* SPDX-License-Identifier: Apache-2.0 */
/* Facts from XML: a token's text with its escapes undone, a body in HTTP. */
#pragma once

#include "attr.h"
#include "decoders/decoder.h"
#include "decoders/facts_mac.h"
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

/* The document in a body: behind what a first chunk (RFC 9112 7.1) has before it. */
static inline struct nw_span nw_xml_body(struct nw_span body)
{
	const uint8_t *at = memchr(body.p, '<', nw_span_left(&body));

	body.p = at ? at : body.end;
	return body;
}
