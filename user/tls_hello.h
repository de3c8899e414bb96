/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ClientHello and ServerHello, whatever carries them: TLS records over TCP, CRYPTO frames of QUIC.
 * RFC 8446 4.1, 5246 7.4, 6066 3, 7301, and draft-ietf-tls-esni.
 */
#pragma once

#include "decoders/decoder.h"

enum {
	NW_TLS_CLIENT_HELLO = 1,
	NW_TLS_SERVER_HELLO = 2,
	NW_TLS_CERTIFICATE = 11,
};

/* The next handshake message's type and body; *ret_is_whole is false when it runs out of s. */
bool nw_tls_message(struct nw_span *s, uint8_t *ret_type, struct nw_span *ret, bool *ret_is_whole);

/*
 * The bodies. Without is_whole they end early: what stands before the end is told, a fingerprint is
 * not. -EBADMSG when they are none. transport as in ja4.h. What a client says is copied, its body may
 * be joined; what a server says points into body, which is the head's.
 */
NW_MUST_CHECK int nw_tls_client_hello(struct nw_span body, bool is_whole, char transport,
				      struct nw_facts *facts);
NW_MUST_CHECK int nw_tls_server_hello(struct nw_span body, struct nw_facts *facts);
