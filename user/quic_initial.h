/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The protection of QUIC's Initial packets, version 1 (RFC 9001 5) and 2 (RFC 9369 3): its keys come
 * from the connection ID that the client made up for its first packet, so whoever sees that one can
 * read it. What the server answers goes to another ID: it cannot be read alone.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/macro.h"
#include "util/span.h"

enum {
	NW_QUIC_V1 = 0x00000001,
	NW_QUIC_V2 = 0x6b3343cf,
	NW_QUIC_ID_MAX = 20,
	NW_QUIC_ID_CLIENT_MIN = 8, /* that a client makes up: RFC 9000 7.2 */
	NW_QUIC_TAG_BYTES = 16,
	NW_QUIC_NUMBER_MAX = 4, /* bytes of a packet number; the sample begins behind so many */
};

/* What a client's Initial packets to one connection ID are sealed with. */
struct nw_quic_keys {
	uint8_t key[16];
	uint8_t iv[12];
	uint8_t hp[16];
};

/* version: one of the two; id: at most NW_QUIC_ID_MAX bytes. 8 us. */
void nw_quic_client_keys(uint32_t version, struct nw_span id, struct nw_quic_keys *ret);

/*
 * packet: from its first byte to its last; number_at: of the packet number in it, with a tag and a
 * sample behind. Writes the frames to ret, which has room for the whole packet; *ret_len is their
 * length. -EBADMSG when it was not sealed with these keys; -ENOMEM when libcrypto has no AES-GCM.
 *
 * libcrypto's ciphers are fetched at the first call and kept: 1.5 MB of private memory and 1 to 6 ms,
 * once, without its configuration file or any other. From then on 4 us for 1,200 bytes, and no
 * allocation. Not for threads.
 */
NW_MUST_CHECK int nw_quic_open(const struct nw_quic_keys *keys, struct nw_span packet,
			       size_t number_at, uint8_t *ret, size_t *ret_len);
