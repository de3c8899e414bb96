/* SPDX-License-Identifier: Apache-2.0 */
/* RTP and RTCP packets in untrusted bytes (RFC 3550, 3551, 4585): do the bytes fit one at all? */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/span.h"

struct nw_rtp {
	uint8_t type;  /* payload type */
	bool is_plain; /* no padding and no list of sources, as nearly all are */
	bool has_extension;
	uint16_t profile; /* of the extension */
	struct nw_span extension;
	struct nw_span payload; /* never empty */
};

/*
 * A version 2 packet of an assigned or dynamic payload type whose parts fit its length. One in ten
 * of any bytes does: alone it is no evidence. is_whole: the packet ends where the bytes do.
 */
bool nw_rtp_read(struct nw_span packet, bool is_whole, struct nw_rtp *ret);

/*
 * RTCP packets, one behind the other, to the last byte, each with the length that its type needs.
 * That is evidence: of any bytes one in some millions does.
 */
bool nw_rtcp_is(struct nw_span packets);

/* The codec of a payload type that is assigned, as in an rtpmap ("PCMA"); NULL = dynamic or none. */
const char *nw_rtp_codec(uint8_t type);
