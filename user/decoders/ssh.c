/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSH as far as naming it: the identification string that both ends begin with, and the software
 * in it. RFC 4253 4.2: a server may send other lines before it; those are not looked through.
 */
#include <errno.h>

#include "decoders/decoder.h"

#define FRONT "SSH-"

enum {
	VERSION_MAX = 8,
	LINE_MAX_BYTES = 255 /* with its end */
};

static enum nw_basis claims(const struct nw_ev_head *head)
{
	return nw_span_begins(nw_head_start(head), FRONT) ? NW_BASIS_CONTENT : NW_BASIS_NONE;
}

/* "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n": what stands behind the second dash, comments too. */
static int decode(const struct nw_ev_head *head, struct nw_facts *facts)
{
	struct nw_span s = nw_head_start(head);
	unsigned dashes = 0;
	const uint8_t *end;

	if (nw_span_left(&s) > LINE_MAX_BYTES) {
		s.end = s.p + LINE_MAX_BYTES;
	}
	end = memchr(s.p, '\n', nw_span_left(&s));
	if (!end) {
		return -EBADMSG;
	}
	s.end = end > s.p && end[-1] == '\r' ? end - 1 : end;
	for (const uint8_t *p = s.p; p < s.end && p < s.p + VERSION_MAX + sizeof(FRONT); p++) {
		dashes += *p == '-';
		if (dashes == 2) {
			s.p = p + 1;
			nw_facts_add(facts,
				     nw_head_is_of_server(head) ? NW_ATTR_SERVER_SOFTWARE
								: NW_ATTR_CLIENT_SOFTWARE,
				     s);
			return 0;
		}
	}
	return -EBADMSG;
}

const struct nw_decoder nw_decoder_ssh = {
	.name = "ssh",
	.doc = "who speaks SSH and the software at both ends",
	.over = NW_OVER_TCP,
	.begins = NW_BEGINS({ 'S', 'S' }),
	.claims = claims,
	.decode = decode,
};
