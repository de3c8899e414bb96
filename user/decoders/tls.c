/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS over TCP: the name and protocols that a client asks for, its JA4, whether it hides the real
 * ClientHello (ECH); what the server chose, and up to TLS 1.2 whom its certificate names. A head
 * holds a handshake over its records, up to 4 KiB; a client's hello may go over records (RFC 8446 5.1).
 */
#include <errno.h>
#include <string.h>

#include "decoders/decoder.h"
#include "tls_hello.h"
#include "x509_names.h"

enum {
	RECORD_ALERT = 21,
	RECORD_HANDSHAKE = 22,
	ALERT_WARNING = 1,
	ALERT_RECORD = 7, /* bytes, header and all */
	MAJOR = 3,
	MINOR_LAST = 4,
	RECORD_MAX = 16384 + 2048,
};

/*
 * Not the stream's first bytes alone: behind STARTTLS and a proxy's CONNECT a later head is the first
 * of TLS. A server that does not know the name may say so before its ServerHello: RFC 6066 3.
 */
static struct nw_span start(const struct nw_ev_head *head)
{
	static const uint8_t sized[] = { 0, 2, ALERT_WARNING };
	struct nw_span s = nw_span_of(head->data, head->len);

	if (nw_span_left(&s) > ALERT_RECORD && s.p[0] == RECORD_ALERT && s.p[1] == MAJOR &&
	    memcmp(s.p + 3, sized, sizeof(sized)) == 0) {
		(void)nw_span_skip(&s, ALERT_RECORD);
	}
	return s;
}

static enum nw_basis claims(const struct nw_ev_head *head)
{
	struct nw_span s = start(head);

	if (nw_span_left(&s) < 6 || s.p[0] != RECORD_HANDSHAKE || s.p[1] != MAJOR ||
	    s.p[2] > MINOR_LAST || (s.p[3] << 8 | s.p[4]) > RECORD_MAX) {
		return NW_BASIS_NONE;
	}
	return s.p[5] == NW_TLS_CLIENT_HELLO || s.p[5] == NW_TLS_SERVER_HELLO ? NW_BASIS_CONTENT
									      : NW_BASIS_NONE;
}

/* The content of the next record, as far as it is there; false when it is no handshake. */
static bool read_record(struct nw_span *s, struct nw_span *ret)
{
	uint16_t length;

	if (nw_span_left(s) == 0 || *s->p != RECORD_HANDSHAKE || !nw_span_skip(s, 3) ||
	    !nw_span_be16(s, &length)) {
		return false;
	}
	return nw_span_cut(s, NW_MIN((size_t)length, nw_span_left(s)), ret);
}

/* What a record holds and, if they follow, those behind it; it stands until the next call. */
static void join(struct nw_span *ret, struct nw_span rest)
{
	static _Thread_local uint8_t joined[NW_HEAD_TLS_MAX];
	struct nw_span record;
	size_t len = 0;

	while (read_record(&rest, &record)) {
		size_t n;

		if (len == 0) { /* a single record, which is usual, stays where it is */
			len = NW_MIN(nw_span_left(ret), sizeof(joined));
			memcpy(joined, ret->p, len);
		}
		n = NW_MIN(nw_span_left(&record), sizeof(joined) - len);
		memcpy(joined + len, record.p, n);
		len += n;
		*ret = nw_span_of(joined, len);
	}
}

/* The first certificate is the server's own: RFC 5246 7.4.2. */
static void read_certificate(struct nw_span s, struct nw_facts *facts)
{
	enum {
		LIST_LENGTH_BYTES = 3
	};
	struct nw_span der;
	uint8_t length_high;
	uint16_t length;

	if (nw_span_skip(&s, LIST_LENGTH_BYTES) && nw_span_u8(&s, &length_high) &&
	    nw_span_be16(&s, &length) && length_high == 0 &&
	    nw_span_cut(&s, NW_MIN((size_t)length, nw_span_left(&s)), &der)) {
		nw_x509_names(der, nw_span_left(&der) == length, facts);
	}
}

/* What stands behind a ServerHello in the clear; its messages are not followed over records. */
static void read_flight(struct nw_span record, struct nw_span rest, struct nw_facts *facts)
{
	struct nw_span message;
	bool is_whole;
	uint8_t type;

	do {
		while (nw_tls_message(&record, &type, &message, &is_whole)) {
			if (type == NW_TLS_CERTIFICATE) {
				read_certificate(message, facts);
				return;
			}
		}
	} while (read_record(&rest, &record));
}

static int decode(const struct nw_ev_head *head, struct nw_facts *facts)
{
	struct nw_span rest = start(head);
	struct nw_span message;
	struct nw_span record;
	uint8_t type;
	bool is_whole;

	if (!read_record(&rest, &record)) {
		return -EBADMSG;
	}
	if (nw_span_left(&record) && *record.p == NW_TLS_CLIENT_HELLO) {
		join(&record, rest);
	}
	if (!nw_tls_message(&record, &type, &message, &is_whole)) {
		return -EBADMSG;
	}
	if (type == NW_TLS_CLIENT_HELLO) {
		return nw_tls_client_hello(message, is_whole, 't', facts);
	}
	if (nw_tls_server_hello(message, facts) < 0) {
		return -EBADMSG;
	}
	read_flight(record, rest, facts);
	return 0;
}

const struct nw_decoder nw_decoder_tls = {
	.name = "tls",
	.doc = "names, protocols and JA4 of who begins TLS over TCP; what the server chose, and whom it names",
	.over = NW_OVER_TCP,
	.begins = NW_BEGINS({ RECORD_ALERT, RECORD_HANDSHAKE }),
	.claims = claims,
	.decode = decode,
};
