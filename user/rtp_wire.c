/* SPDX-License-Identifier: Apache-2.0 */
/* See rtp_wire.h. Owns nothing. */
#include "rtp_wire.h"

#include <stddef.h>

enum {
	VERSION = 2,
	PADDING = 0x20,
	EXTENSION = 0x10,
	COUNT_RTP = 0x0f,
	COUNT_RTCP = 0x1f,
	RTP_FIXED_BYTES = 12,
	TYPE_DYNAMIC = 96,
	WORD = 4,
};

enum {
	RTCP_SR = 200,
	RTCP_RR,
	RTCP_SDES,
	RTCP_BYE,
	RTCP_APP,
	RTCP_RTPFB,
	RTCP_PSFB,
	RTCP_XR,
};

/* RFC 3551 tables 4 and 5 */
static const char *const codecs[TYPE_DYNAMIC] = {
	[0] = "PCMU",  [3] = "GSM",   [4] = "G723",  [5] = "DVI4",  [6] = "DVI4",   [7] = "LPC",
	[8] = "PCMA",  [9] = "G722",  [10] = "L16",  [11] = "L16",  [12] = "QCELP", [13] = "CN",
	[14] = "MPA",  [15] = "G728", [16] = "DVI4", [17] = "DVI4", [18] = "G729",  [25] = "CelB",
	[26] = "JPEG", [28] = "nv",   [31] = "H261", [32] = "MPV",  [33] = "MP2T",  [34] = "H263",
};

const char *nw_rtp_codec(uint8_t type)
{
	return type < TYPE_DYNAMIC ? codecs[type] : NULL;
}

bool nw_rtp_read(struct nw_span packet, bool is_whole, struct nw_rtp *ret)
{
	struct nw_rtp r = { .has_extension = false };
	struct nw_span s = packet;
	uint8_t first;
	uint16_t words = 0;

	if (!nw_span_u8(&s, &first) || first >> 6 != VERSION || !nw_span_u8(&s, &r.type) ||
	    !nw_span_skip(&s, RTP_FIXED_BYTES - 2 + (size_t)(first & COUNT_RTP) * WORD)) {
		return false;
	}
	r.type &= 0x7f;
	if (r.type < TYPE_DYNAMIC && !codecs[r.type]) {
		return false;
	}
	r.is_plain = !(first & (PADDING | COUNT_RTP));
	r.has_extension = first & EXTENSION;
	if (r.has_extension && (!nw_span_be16(&s, &r.profile) || !nw_span_be16(&s, &words))) {
		return false;
	}
	if (!nw_span_cut(&s, (size_t)words * WORD, &r.extension)) {
		return false;
	}
	if ((first & PADDING) && is_whole) {
		if (s.p == s.end || s.end[-1] == 0 || s.end[-1] > nw_span_left(&s)) {
			return false;
		}
		s.end -= s.end[-1];
	}
	r.payload = s;
	if (s.p == s.end) {
		return false;
	}
	*ret = r;
	return true;
}

/* Bytes behind the first word that a packet of this type has at least. */
static size_t rtcp_min(uint8_t type, unsigned count)
{
	enum {
		SSRC = 4,
		SENDER_INFO = 20,
		REPORT = 24
	};

	switch (type) {
	case RTCP_SR:
		return SSRC + SENDER_INFO + (size_t)count * REPORT;
	case RTCP_RR:
		return SSRC + (size_t)count * REPORT;
	case RTCP_SDES:
		return (size_t)count * 2 * WORD; /* each source has an item and its end */
	case RTCP_BYE:
		return (size_t)count * SSRC;
	case RTCP_XR:
		return SSRC;
	default:
		return SSRC + SSRC; /* APP's name; the two sources of feedback */
	}
}

bool nw_rtcp_is(struct nw_span packets)
{
	if (packets.p == packets.end) {
		return false;
	}
	while (packets.p < packets.end) {
		struct nw_span body;
		uint16_t words;
		uint8_t first;
		uint8_t type;

		if (!nw_span_u8(&packets, &first) || !nw_span_u8(&packets, &type) ||
		    !nw_span_be16(&packets, &words) ||
		    !nw_span_cut(&packets, (size_t)words * WORD, &body) || first >> 6 != VERSION ||
		    type < RTCP_SR || type > RTCP_XR ||
		    nw_span_left(&body) < rtcp_min(type, first & COUNT_RTCP)) {
			return false;
		}
		if ((first & PADDING) && packets.p < packets.end) {
			return false; /* only the last one is padded */
		}
	}
	return true;
}
