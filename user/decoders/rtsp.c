/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RTSP 1.0 and 2.0 over TCP (RFC 2326, 7826), also in an HTTP tunnel: what is asked for by which
 * program, what answers, how the media are to be carried and in which codecs. A head may be a later
 * turn of the talk: any that begins with a message is read, and the messages behind it. Media that
 * are interleaved count when two frames stand one behind the other, or one is RTCP to its end.
 */
#include <errno.h>

#include "decoders/decoder.h"
#include "rtp_wire.h"
#include "util/macro.h"
#include "util/message.h"

#define PROTOCOL  "RTSP/"
#define TUNNELLED "application/x-rtsp-tunnelled"
#define SDP	  "application/sdp"

enum {
	MESSAGES_MAX = 4,
	TOLD_MAX = 16, /* attributes: fields that come again and again are no loss */
	CODEC_MAX = 32,
	PROFILE_MAX = 32,
	DOLLAR = '$',
	FRAME_HEADER_BYTES = 4,
};

/* ---- is it RTSP? ----------------------------------------------------------------------------- */

/* A line without version: cut, or masked as a part of a secret in the URL. */
static bool is_known_request(const struct nw_message *m)
{
	static const char *const methods[] = {
		"OPTIONS",  "DESCRIBE", "ANNOUNCE",	 "SETUP",	  "PLAY",     "PAUSE",
		"TEARDOWN", "RECORD",	"GET_PARAMETER", "SET_PARAMETER", "REDIRECT", "PLAY_NOTIFY",
	};

	if (!nw_span_begins(m->target, "rtsp://") && !nw_span_begins(m->target, "rtsps://")) {
		return false;
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(methods); i++) {
		if (nw_message_is(m->method, methods[i])) {
			return true;
		}
	}
	return false;
}

static bool read_message(struct nw_span s, struct nw_message *ret)
{
	if (!nw_message_read(s, PROTOCOL, ret)) {
		return false;
	}
	return nw_span_left(&ret->version) ? *ret->version.p == '1' || *ret->version.p == '2'
					   : is_known_request(ret);
}

/* Either direction of a tunnel says so in a field of HTTP. */
static bool is_tunnel(struct nw_span s)
{
	struct nw_message m;
	struct nw_span name;
	struct nw_span value;

	if (!nw_message_read(s, "HTTP/", &m)) {
		return false;
	}
	while (nw_message_field(&m.fields, &name, &value)) {
		if (nw_message_is(value, TUNNELLED) &&
		    (nw_message_is(name, "Accept") || nw_message_is(name, "Content-Type"))) {
			return true;
		}
	}
	return false;
}

/* $ channel length, and then RTP or RTCP; *ret_type: payload type of the first RTP. */
static bool is_interleaved(struct nw_span s, int *ret_type)
{
	unsigned frames = 0;

	*ret_type = -1;
	while (nw_span_left(&s) > FRAME_HEADER_BYTES && *s.p == DOLLAR) {
		struct nw_span body;
		struct nw_rtp rtp;
		uint16_t len;
		bool is_whole;

		s.p += 2;
		if (!nw_span_be16(&s, &len)) {
			return false;
		}
		body = s;
		is_whole = nw_span_cut(&s, len, &body);
		if (is_whole && nw_rtcp_is(body)) {
			return true;
		}
		if (!nw_rtp_read(body, is_whole, &rtp)) {
			return false;
		}
		if (*ret_type < 0) {
			*ret_type = rtp.type;
		}
		if (++frames == 2) {
			return true;
		}
		if (!is_whole) {
			return false;
		}
	}
	return frames && nw_span_begins(s, PROTOCOL);
}

static enum nw_basis claims(const struct nw_ev_head *head)
{
	struct nw_span s = nw_span_of(head->data, head->len);
	struct nw_message m;
	int type;

	if (s.p == s.end) {
		return NW_BASIS_NONE;
	}
	if (*s.p == DOLLAR) {
		return is_interleaved(s, &type) ? NW_BASIS_CONTENT : NW_BASIS_NONE;
	}
	return read_message(s, &m) || is_tunnel(s) ? NW_BASIS_CONTENT : NW_BASIS_NONE;
}

/* ---- what the media are ---------------------------------------------------------------------- */

static bool is_word(struct nw_span s, size_t max)
{
	if (s.p == s.end || nw_span_left(&s) > max) {
		return false;
	}
	for (; s.p < s.end; s.p++) {
		if (*s.p <= ' ' || *s.p >= 0x7f) {
			return false;
		}
	}
	return true;
}

static void add_codec_of_type(unsigned type, struct nw_facts *facts)
{
	const char *codec = type <= UINT8_MAX ? nw_rtp_codec((uint8_t)type) : NULL;

	if (codec) {
		nw_facts_add_text(facts, NW_ATTR_MEDIA_CODEC, codec, strlen(codec));
	}
}

/* "m=audio 0 RTP/AVP 8 96": of payload types that are assigned, no rtpmap need come. */
static void read_media(struct nw_span line, unsigned told_max, struct nw_facts *facts)
{
	for (unsigned word = 0; line.p < line.end && facts->attrs < told_max; word++) {
		struct nw_span text = nw_message_until(line, " ");
		unsigned type = 0;

		for (const uint8_t *p = text.p; p < text.end && type <= UINT8_MAX; p++) {
			type = *p >= '0' && *p <= '9' ? type * 10 + *p - '0' : UINT8_MAX + 1;
		}
		if (word == 2 && !nw_span_begins(text, "RTP/")) {
			return;
		}
		if (word > 2 && text.p < text.end) {
			add_codec_of_type(type, facts);
		}
		line.p = text.end + (text.end < line.end);
	}
}

/* "96 H264/90000" */
static void read_rtpmap(struct nw_span value, struct nw_facts *facts)
{
	const uint8_t *space = memchr(value.p, ' ', nw_span_left(&value));
	struct nw_span codec;

	if (space) {
		value.p = space;
		codec = nw_message_until(value, "/");
		if (is_word(codec, CODEC_MAX)) {
			nw_facts_add(facts, NW_ATTR_MEDIA_CODEC, codec);
		}
	}
}

/* RFC 8866; whole lines only. */
static void read_sdp(struct nw_span s, unsigned told_max, struct nw_facts *facts)
{
	const uint8_t *end;

	for (; (end = memchr(s.p, '\n', nw_span_left(&s))) && facts->attrs < told_max;
	     s.p = end + 1) {
		struct nw_span line = { .p = s.p, .end = end };

		if (line.p < line.end && line.end[-1] == '\r') {
			line.end--;
		}
		if (nw_span_begins(line, "m=")) {
			line.p += 2;
			read_media(line, told_max, facts);
		} else if (nw_span_begins(line, "a=rtpmap:")) {
			line.p += 9;
			read_rtpmap(line, facts);
		}
	}
}

/* "RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=1" -> "RTP/AVP/TCP;interleaved" */
static void add_transport(struct nw_span value, struct nw_facts *facts)
{
	struct nw_span first = nw_message_until(value, ",");
	struct nw_span profile = nw_message_until(first, ";");
	const char *way = ";unicast";
	char text[PROFILE_MAX + 16];
	size_t n = nw_span_left(&profile);

	if (!nw_span_begins(profile, "RTP/") || !is_word(profile, PROFILE_MAX)) {
		return;
	}
	for (struct nw_span s = first; s.p < s.end;) {
		struct nw_span word = nw_message_until(s, ";");

		if (nw_span_begins(word, "interleaved")) {
			way = ";interleaved";
			break;
		}
		if (nw_message_is(word, "multicast")) {
			way = ";multicast";
		}
		s.p = word.end;
		while (s.p < s.end && *s.p != ';') {
			s.p++;
		}
		s.p += s.p < s.end;
	}
	memcpy(text, profile.p, n);
	memcpy(text + n, way, strlen(way));
	nw_facts_add_text(facts, NW_ATTR_MEDIA_TRANSPORT, text, n + strlen(way));
}

/* ---- messages -------------------------------------------------------------------------------- */

struct body {
	bool is_sdp;
	size_t len;
};

static void read_field(const struct nw_message *m, struct nw_span name, struct nw_span value,
		       struct body *body, struct nw_facts *facts)
{
	struct nw_span realm;

	if (nw_message_is(name, "Content-Type")) {
		body->is_sdp = nw_message_is(nw_message_until(value, ";"), SDP);
	} else if (nw_message_is(name, "Content-Length")) {
		for (const uint8_t *p = value.p; p < value.end && *p >= '0' && *p <= '9'; p++) {
			body->len = NW_MIN(body->len * 10 + (*p - '0'), (size_t)UINT16_MAX);
		}
	} else if (!m->is_answer) {
		if (nw_message_is(name, "User-Agent")) {
			nw_facts_add(facts, NW_ATTR_USER_AGENT, value);
		}
	} else if (nw_message_is(name, "Server")) {
		nw_facts_add(facts, NW_ATTR_SERVER_SOFTWARE, value);
	} else if (nw_message_is(name, "WWW-Authenticate")) {
		if (nw_message_parameter(value, "realm", &realm)) {
			nw_facts_add(facts, NW_ATTR_REALM, realm);
		}
	} else if (m->status / 100 == 2 && nw_message_is(name, "Transport")) {
		add_transport(value, facts); /* what was agreed on, not what was asked for */
	}
}

/* One message; false when nothing can stand behind it. */
static bool read_one(const struct nw_message *m, unsigned told_max, struct nw_span *ret_rest,
		     struct nw_facts *facts)
{
	struct nw_span fields = m->fields;
	struct nw_span name;
	struct nw_span value;
	struct body body = { .len = 0 };

	if (m->is_answer) {
		nw_facts_add_u64(facts, NW_ATTR_RTSP_STATUS, m->status);
	} else {
		struct nw_url url;

		nw_message_url(m->target, m->has_target, &url);
		nw_facts_add(facts, NW_ATTR_RTSP_METHOD, m->method);
		nw_facts_add(facts, NW_ATTR_URL_DOMAIN, url.domain);
		nw_facts_add(facts, NW_ATTR_URL_PATH, url.path);
	}
	while (facts->attrs < told_max && nw_message_field(&fields, &name, &value)) {
		read_field(m, name, value, &body, facts);
	}
	*ret_rest = m->body;
	if (body.is_sdp) {
		struct nw_span sdp = m->body;

		if (body.len && body.len < nw_span_left(&sdp)) {
			sdp.end = sdp.p + body.len;
		}
		read_sdp(sdp, told_max, facts);
	}
	return m->has_fields && nw_span_skip(ret_rest, body.len);
}

static int decode(const struct nw_ev_head *head, struct nw_facts *facts)
{
	struct nw_span s = nw_span_of(head->data, head->len);
	unsigned told_max = facts->attrs + TOLD_MAX;
	unsigned messages = 0;
	struct nw_message m;
	int type;

	while (messages < MESSAGES_MAX && read_message(s, &m)) {
		messages++;
		if (!read_one(&m, told_max, &s, facts)) {
			break;
		}
	}
	if (messages) {
		return 0;
	}
	if (is_interleaved(s, &type)) {
		static const char transport[] = "RTP/AVP/TCP;interleaved";

		nw_facts_add_text(facts, NW_ATTR_MEDIA_TRANSPORT, transport, sizeof(transport) - 1);
		if (type >= 0) {
			add_codec_of_type((unsigned)type, facts);
		}
		return 0;
	}
	if (!is_tunnel(s)) {
		return -EBADMSG;
	}
	facts->depth = 1;
	return 0;
}

const struct nw_decoder nw_decoder_rtsp = {
	.name = "rtsp",
	.doc = "RTSP, also in HTTP: what is asked for, what answers, how media are carried",
	.over = NW_OVER_TCP,
	.begins = NW_BEGINS(NW_MESSAGE_BEGINS, { DOLLAR, DOLLAR }),
	.claims = claims,
	.decode = decode,
};
