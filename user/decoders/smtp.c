/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SMTP as far as naming it: the server's greeting and who the client says it is. RFC 5321 4.2, 4.1.1.1.
 * Nothing of the mail, and no user.
 */
#include <errno.h>

#include "decoders/decoder.h"
#include "util/reply.h"

enum {
	PORT_SMTP = 25,
	PORT_SUBMISSION = 587,
	NAME_MAX_BYTES = 255
};

/* A domain, or an address in brackets: the word at the beginning. */
static bool cut_name(struct nw_span *s, struct nw_span *ret)
{
	const uint8_t *p = s->p;

	while (p < s->end &&
	       (((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z') ||
		(*p >= '-' && *p <= ':' && *p != '/') || *p == '_' || *p == '[' || *p == ']')) {
		p++;
	}
	*ret = (struct nw_span){ .p = s->p, .end = p };
	s->p = p;
	return nw_span_left(ret) > 0 && nw_span_left(ret) <= NAME_MAX_BYTES &&
	       (p == s->end || *p == ' ');
}

static bool read_client(struct nw_span line, struct nw_span *ret_name)
{
	return (nw_reply_begins(line, "EHLO ", &line) || nw_reply_begins(line, "HELO ", &line)) &&
	       cut_name(&line, ret_name) && line.p == line.end;
}

static enum nw_basis claims(const struct nw_ev_head *head)
{
	struct nw_span line;
	struct nw_span text;

	if (!nw_reply_line(nw_head_start(head), &line)) {
		return NW_BASIS_NONE;
	}
	if (read_client(line, &text)) {
		return NW_BASIS_CONTENT;
	}
	if (!nw_reply_greeting(line, &text)) {
		return NW_BASIS_NONE;
	}
	if (nw_reply_has(text, "SMTP", &text)) {
		return NW_BASIS_CONTENT;
	}
	return nw_head_has_port(head, PORT_SMTP) || nw_head_has_port(head, PORT_SUBMISSION)
		       ? NW_BASIS_PORT
		       : NW_BASIS_NONE;
}

/* "Exim 4.96 Sat, 28 Nov 2026 …", "Sendmail 8.17/8.17; Sat, …": the hour is no part of it. */
static struct nw_span cut_date(struct nw_span s)
{
	static const char days[][6] = { " Mon,", " Tue,", " Wed,", " Thu,",
					" Fri,", " Sat,", " Sun," };

	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		const uint8_t *at = memmem(s.p, nw_span_left(&s), days[i], sizeof(days[i]) - 1);

		s.end = at ? at : s.end;
	}
	return nw_reply_trim(s, " ;-");
}

static int decode(const struct nw_ev_head *head, struct nw_facts *facts)
{
	struct nw_span line;
	struct nw_span name;

	if (!nw_reply_line(nw_head_start(head), &line)) {
		return -EBADMSG;
	}
	if (read_client(line, &name)) {
		nw_facts_add(facts, NW_ATTR_CLIENT_NAME, name);
		return 0;
	}
	if (!nw_reply_greeting(line, &line)) {
		return -EBADMSG;
	}
	if (cut_name(&line, &name)) {
		nw_facts_add(facts, NW_ATTR_SERVER_NAME, name);
	}
	if (nw_reply_has(line, "SMTP ", &line)) {
		nw_facts_add(facts, NW_ATTR_SERVER_SOFTWARE, cut_date(line));
	}
	return 0;
}

const struct nw_decoder nw_decoder_smtp = {
	.name = "smtp",
	.doc = "who speaks SMTP, what both ends are called, and the server's software",
	.over = NW_OVER_TCP,
	.begins = NW_BEGINS({ '2', '2' }, { 'E', 'E' }, { 'e', 'e' }, { 'H', 'H' }, { 'h', 'h' }),
	.claims = claims,
	.decode = decode,
};
