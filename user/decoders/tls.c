/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS over TCP: the name and protocols that a client asks for, its JA4, whether it hides the real
 * ClientHello (ECH); what the server chose. A head holds the first flight to the end of its first
 * record.
 */
#include <errno.h>
#include <netinet/in.h>

#include "decoders/decoder.h"
#include "tls_hello.h"

enum {
	RECORD_HANDSHAKE = 22,
	MAJOR = 3,
	MINOR_LAST = 4,
	RECORD_MAX = 16384 + 2048,
};

static enum nw_basis claims(const struct nw_ev_head *head)
{
	struct nw_span s = nw_head_start(head);

	if (head->proto != IPPROTO_TCP || nw_span_left(&s) < 6 || s.p[0] != RECORD_HANDSHAKE ||
	    s.p[1] != MAJOR || s.p[2] > MINOR_LAST || (s.p[3] << 8 | s.p[4]) > RECORD_MAX) {
		return NW_BASIS_NONE;
	}
	return s.p[5] == NW_TLS_CLIENT_HELLO || s.p[5] == NW_TLS_SERVER_HELLO ? NW_BASIS_CONTENT
									      : NW_BASIS_NONE;
}

static int decode(const struct nw_ev_head *head, struct nw_facts *facts)
{
	struct nw_span s = nw_head_start(head);
	struct nw_span message;
	struct nw_span record;
	uint16_t length;
	uint8_t type;
	bool is_whole;

	if (!nw_span_skip(&s, 3) || !nw_span_be16(&s, &length)) {
		return -EBADMSG;
	}
	record = s;
	if (length < nw_span_left(&s)) {
		record.end = s.p + length;
	}
	if (!nw_tls_message(&record, &type, &message, &is_whole)) {
		return -EBADMSG;
	}
	return type == NW_TLS_CLIENT_HELLO ? nw_tls_client_hello(message, is_whole, 't', facts)
					   : nw_tls_server_hello(message, facts);
}

const struct nw_decoder nw_decoder_tls = {
	.name = "tls",
	.doc = "names, protocols and JA4 of who begins TLS over TCP, and what the server chose",
	.claims = claims,
	.decode = decode,
};
