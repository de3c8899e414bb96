/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RTP and RTCP over UDP. One datagram is weak evidence: of any bytes every twentieth has a header
 * that could be RTP's. By content it is one whose parts bear each other out: RTCP to its last byte,
 * or RTP that carries what only media carry (parameter sets and delimiters of H.264 and H.265, NAL
 * units that fill an aggregation to the byte, MPEG-TS, JPEG's header, extensions that tile). A
 * header alone speaks by the port: 5004, or both ports even (RFC 3550 11) and not reserved.
 */
#include <errno.h>

#include "decoders/decoder.h"
#include "rtp_wire.h"
#include "util/macro.h"

enum {
	PORT_MEDIA = 5004, /* IANA avt-profile-1 */
	PORT_FREE = 1024,
	PUNCH_BYTES = 12,
	SOUND_BYTES_MIN = 80, /* 10 ms of G.711 or G.722 */
};

enum {
	TYPE_JPEG = 26,
	TYPE_TS = 33,
	TYPE_DYNAMIC = 96,
	TS_PACKET_BYTES = 188,
	TS_SYNC = 0x47,
	JPEG_HEADER_BYTES = 8,
};

enum {
	PROFILE_ONE_BYTE = 0xbede, /* RFC 8285 */
	PROFILE_ONVIF = 0xabac,	   /* ONVIF Streaming Specification 6.3: three words */
	ONVIF_BYTES = 12,
	ID_STOP = 15,
};

/* What a datagram is. */
struct kind {
	bool is_rtcp;
	bool is_sure;
	const char *codec; /* NULL = unknown */
};

/* ---- H.264 (RFC 6184), H.265 (RFC 7798) ------------------------------------------------------ */

static bool is_one_of(uint8_t value, const uint8_t *list, size_t len)
{
	return memchr(list, value, len);
}

/* Sequence parameter set: profile, two bits of zero, level. */
static bool is_h264_sps(struct nw_span s)
{
	static const uint8_t profiles[] = { 44, 66, 77, 83, 86, 88, 100, 110, 118, 122, 128, 244 };
	static const uint8_t levels[] = { 9,  10, 11, 12, 13, 20, 21, 22, 30, 31,
					  32, 40, 41, 42, 50, 51, 52, 60, 61, 62 };

	return nw_span_left(&s) > 4 && (s.p[0] & 0x9f) == 7 && s.p[0] != 7 &&
	       is_one_of(s.p[1], profiles, sizeof(profiles)) && (s.p[2] & 3) == 0 &&
	       is_one_of(s.p[3], levels, sizeof(levels));
}

/* Access unit delimiter: the kind of picture in three bits, then the stop bit, and no more. */
static bool is_delimiter_end(uint8_t c)
{
	return (c & 0x1f) == 0x10;
}

/* Sizes and units, to the last byte. */
static bool is_tiled(struct nw_span s, unsigned header_bytes)
{
	unsigned units = 0;

	while (s.p < s.end) {
		struct nw_span unit;
		uint16_t size;

		if (!nw_span_be16(&s, &size) || size < header_bytes ||
		    !nw_span_cut(&s, size, &unit) || *unit.p & 0x80) {
			return false;
		}
		units++;
	}
	return units > 0;
}

static bool is_h264(struct nw_span s)
{
	struct nw_span rest = s;

	if (is_h264_sps(s)) {
		return true;
	}
	if (nw_span_left(&s) == 2 && s.p[0] == 9) {
		return is_delimiter_end(s.p[1]);
	}
	return (s.p[0] & 0x9f) == 24 && nw_span_skip(&rest, 1) && is_tiled(rest, 1);
}

static bool is_h265(struct nw_span s)
{
	struct nw_span rest = s;

	if (nw_span_left(&s) < 3 || s.p[1] != 1) { /* layer 0, first temporal one */
		return false;
	}
	switch (s.p[0]) {
	case 0x40: /* video parameter set: one layer, 16 bits set */
		return nw_span_left(&s) > 6 && (s.p[2] & 0x0f) == 0x0c && s.p[3] < 16 &&
		       s.p[4] == 0xff && s.p[5] == 0xff;
	case 0x46: /* access unit delimiter */
		return nw_span_left(&s) == 3 && is_delimiter_end(s.p[2]);
	case 0x60: /* aggregation */
		return nw_span_skip(&rest, 2) && is_tiled(rest, 2);
	default:
		return false;
	}
}

/* May it begin with a unit of either, or a piece of one? Half of any bytes may. */
static bool may_be_picture(struct nw_span s)
{
	unsigned h264 = s.p[0] & 0x1f;
	unsigned h265 = s.p[0] >> 1;

	if (nw_span_left(&s) < 3 || s.p[0] & 0x80) {
		return false;
	}
	if (h264 == 28) { /* a piece is not first and last, and of a unit */
		return s.p[1] >> 6 != 3 && (s.p[1] & 0x3f) > 0 && (s.p[1] & 0x3f) < 24;
	}
	if ((s.p[0] & 1) == 0 && s.p[1] == 1) {
		return h265 < 22 || (h265 >= 32 && h265 <= 40) || (h265 == 49 && s.p[2] >> 6 != 3);
	}
	return h264 == 1 || (h264 >= 5 && h264 <= 9);
}

/* ---- others ---------------------------------------------------------------------------------- */

static bool is_ts(struct nw_span s)
{
	if (nw_span_left(&s) % TS_PACKET_BYTES) {
		return false;
	}
	for (; s.p < s.end; s.p += TS_PACKET_BYTES) {
		if (*s.p != TS_SYNC) {
			return false;
		}
	}
	return true;
}

/* RFC 2435: offset in three bytes, type 0, 1, 64 or 65, Q, width and height in eights. */
static bool is_jpeg(struct nw_span s)
{
	return nw_span_left(&s) > JPEG_HEADER_BYTES && s.p[0] == 0 && s.p[1] < 16 &&
	       (s.p[4] & 0xbe) == 0 && s.p[5] > 0 && (s.p[5] < 100 || s.p[5] > 127) && s.p[6] > 1 &&
	       s.p[7] > 1;
}

/* Elements of one to sixteen bytes and zeros between them, to the last byte. */
static bool is_extension(const struct nw_rtp *rtp)
{
	struct nw_span s = rtp->extension;
	unsigned elements = 0;
	uint8_t c;

	if (!rtp->has_extension || rtp->profile == PROFILE_ONVIF) {
		return rtp->has_extension && nw_span_left(&s) == ONVIF_BYTES;
	}
	while (rtp->profile == PROFILE_ONE_BYTE && nw_span_u8(&s, &c)) {
		if (c >> 4 == ID_STOP || (c && (!(c >> 4) || !nw_span_skip(&s, (c & 15U) + 1)))) {
			return false;
		}
		elements += c != 0;
	}
	return elements > 0;
}

/* Before RTP comes, ffmpeg opens the way for it: a packet of nothing. */
static bool is_punch(struct nw_span s)
{
	static const uint8_t punch[PUNCH_BYTES] = { 0x80 };

	return nw_span_left(&s) == sizeof(punch) && memcmp(s.p, punch, sizeof(punch)) == 0;
}

static bool prove(const struct nw_rtp *rtp, bool is_whole, struct kind *k)
{
	k->codec = nw_rtp_codec(rtp->type);
	if (rtp->type >= TYPE_DYNAMIC && is_whole && rtp->is_plain) {
		k->codec = is_h264(rtp->payload) ? "H264" : is_h265(rtp->payload) ? "H265" : NULL;
		if (k->codec) {
			return true;
		}
	}
	return (rtp->type == TYPE_TS && is_whole && is_ts(rtp->payload)) ||
	       (rtp->type == TYPE_JPEG && rtp->is_plain && is_jpeg(rtp->payload)) ||
	       is_extension(rtp);
}

/* What is not sure by itself: nothing that is rare, and pictures or sounds as far as one can see. */
static bool may_be_media(const struct nw_rtp *rtp)
{
	bool is_sampled = rtp->type == 0 || rtp->type == 8 || rtp->type == 9;

	return rtp->is_plain &&
	       (is_sampled ? nw_span_left(&rtp->payload) >= SOUND_BYTES_MIN
			   : rtp->type >= TYPE_DYNAMIC && may_be_picture(rtp->payload));
}

static bool has_media_ports(const struct nw_ev_head *head)
{
	uint16_t lport = __builtin_bswap16(head->lport_be);
	uint16_t rport = __builtin_bswap16(head->rport_be);

	return nw_head_has_port(head, PORT_MEDIA) ||
	       (NW_MIN(lport, rport) >= PORT_FREE && !(lport & 1) && !(rport & 1));
}

static bool look(const struct nw_ev_head *head, struct kind *ret)
{
	struct nw_span s = nw_span_of(head->data, head->len);
	bool is_whole = !(head->flags & NW_HEAD_CUT) && head->wire_len <= head->len;
	struct kind k = { .is_sure = false };
	struct nw_rtp rtp;

	if (s.p == s.end || *s.p >> 6 != 2) {
		return false;
	}
	if (is_whole && nw_rtcp_is(s)) {
		k.is_rtcp = k.is_sure = true;
	} else if (is_whole && is_punch(s)) {
		k.is_sure = true;
	} else if (!nw_rtp_read(s, is_whole, &rtp)) {
		return false;
	} else {
		k.is_sure = prove(&rtp, is_whole, &k);
		if (!k.is_sure && !(has_media_ports(head) && may_be_media(&rtp))) {
			return false;
		}
	}
	*ret = k;
	return true;
}

static enum nw_basis claims(const struct nw_ev_head *head)
{
	struct kind k;

	if (!look(head, &k)) {
		return NW_BASIS_NONE;
	}
	return k.is_sure ? NW_BASIS_CONTENT : NW_BASIS_PORT;
}

static int decode(const struct nw_ev_head *head, struct nw_facts *facts)
{
	struct kind k;

	if (!look(head, &k)) {
		return -EBADMSG;
	}
	if (k.is_rtcp) {
		facts->protocol = "rtcp";
	}
	if (k.codec) {
		nw_facts_add_text(facts, NW_ATTR_MEDIA_CODEC, k.codec, strlen(k.codec));
	}
	return 0;
}

const struct nw_decoder nw_decoder_rtp = {
	.name = "rtp",
	.doc = "RTP and RTCP over UDP, and the codec where a packet tells it",
	.over = NW_OVER_UDP,
	.begins = NW_BEGINS({ 0x80, 0xbf }),
	.claims = claims,
	.decode = decode,
};
