/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dahua's protocols: DVRIP (port 37777) and DHIP (5000, and UDP 37810 to find devices), which share a
 * header of 32 bytes and carry JSON; DHAV, its media; and the P2P service: requests like HTTP over
 * UDP 8800, STUN with all bits turned over, and PTCP, a stream in datagrams. Of log-ins the realm is
 * told and nothing else. Numbers are little endian, those of PTCP big endian.
 *
 * The layouts are those of public sources that speak them: see tests/decoders/dahua.c.
 */
#include <errno.h>
#include <netinet/in.h>

#include "decoders/decoder.h"
#include "device_json.h"
#include "util/macro.h"

#define PROTOCOL_P2P "dahua_p2p"
#define TOKEN_PATH   "/relay/start/"

enum {
	PORT_DVRIP = 37777,
	PORT_FIND_OLD = 5050,
	PORT_P2P = 8800,
	HEADER_BYTES = 32,
	JSON_MAX = 1 << 20,
	STUN_BYTES = 44,
	PTCP_BYTES = 24,
	FRAME_BYTES = 24,
	FRAME_MAX = 1 << 24,
};

enum kind {
	NONE,
	DHIP,  /* header and JSON */
	DVRIP, /* a log-in; nothing in it is told */
	DVRIP_JSON,
	DVRIP_REALM, /* the answer that says what a log-in needs */
	DVRIP_BY_PORT,
	FIND_OLD,
	FIND_OLD_BY_PORT,
	MEDIA,
	P2P_REQUEST,
	P2P_ANSWER_BY_PORT,
	P2P_STUN,
	P2P_STREAM,
};

static uint32_t le32_at(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static bool has_at(struct nw_span s, size_t at, const char *bytes, size_t len)
{
	return nw_span_left(&s) >= at + len && memcmp(s.p + at, bytes, len) == 0;
}
#define HAS_AT(s, at, literal) has_at(s, at, literal, sizeof(literal) - 1)

static bool is_zero(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (p[i] != 0) {
			return false;
		}
	}
	return true;
}

/* "DHAV", kind of frame, ..., length of all; alone or behind a header of DVRIP. */
static bool find_frame(struct nw_span s, struct nw_span *ret)
{
	const uint8_t *p;

	if (nw_span_left(&s) > 0 && s.p[0] == 0xbc && !nw_span_skip(&s, HEADER_BYTES)) {
		return false;
	}
	p = s.p;
	if (nw_span_left(&s) < FRAME_BYTES || memcmp(p, "DHAV", 4) != 0 ||
	    (p[4] != 0xf0 && p[4] != 0xf1 && (p[4] < 0xfb || p[4] > 0xfe)) ||
	    le32_at(p + 12) < FRAME_BYTES || le32_at(p + 12) > FRAME_MAX) {
		return false;
	}
	*ret = (struct nw_span){ .p = p, .end = s.end };
	return true;
}

static enum kind kind_of_stream(const struct nw_ev_head *head, struct nw_span s)
{
	const uint8_t *p = s.p;
	struct nw_span frame;

	if (find_frame(s, &frame)) {
		return MEDIA;
	}
	if (nw_span_left(&s) < HEADER_BYTES || p[2] != 0) {
		return NONE;
	}
	if (p[0] == 0xa0 && (p[1] == 0 || p[1] == 1 || p[1] == 5) && p[3] <= 0x60 &&
	    HAS_AT(s, 28, "\0\0\xa1\xaa")) {
		return DVRIP;
	}
	if (HAS_AT(s, 0, "\xf6\0\0\0") && HAS_AT(s, HEADER_BYTES, "{") &&
	    le32_at(p + 4) == le32_at(p + 16) && le32_at(p + 4) <= JSON_MAX) {
		return DVRIP_JSON;
	}
	if (p[0] == 0xb0 && p[1] <= 1) {
		return HAS_AT(s, HEADER_BYTES, "Realm:")    ? DVRIP_REALM
		       : nw_head_has_port(head, PORT_DVRIP) ? DVRIP_BY_PORT
							    : NONE;
	}
	return NONE;
}

/* STUN's header and attributes 80 2a (8 bytes) and 4 (an IPv4 address), all bits turned over. */
static bool is_stun(struct nw_span s)
{
	return nw_span_left(&s) == STUN_BYTES && (s.p[0] == 0xff || s.p[0] == 0xfe) &&
	       HAS_AT(s, 1, "\xfe\xff\xe7") && (s.p[21] == 0xd5 || s.p[21] == 0xd6) &&
	       s.p[20] == 0x7f && HAS_AT(s, 22, "\xff\xf7") &&
	       HAS_AT(s, 32, "\xff\xfb\xff\xf7\xff\xfe");
}

/* "PTCP" and five numbers; then nothing, the first message, or one with kind, length, realm and 0. */
static bool is_ptcp(struct nw_span s)
{
	size_t body = nw_span_left(&s) - PTCP_BYTES;

	return HAS_AT(s, 0, "PTCP") && nw_span_left(&s) >= PTCP_BYTES &&
	       (body == 0 || (body == 4 && HAS_AT(s, PTCP_BYTES, "\0\3\1\0")) ||
		(body >= 12 && s.p[PTCP_BYTES] < 0x20 && is_zero(s.p + PTCP_BYTES + 8, 4)));
}

static enum kind kind_of_datagram(const struct nw_ev_head *head, struct nw_span s)
{
	if (HAS_AT(s, 0, "DHGET /") || HAS_AT(s, 0, "DHPOST /")) {
		return P2P_REQUEST;
	}
	if (HAS_AT(s, 0, "HTTP/1.1 ") && nw_head_has_port(head, PORT_P2P)) {
		return P2P_ANSWER_BY_PORT;
	}
	if (is_stun(s)) {
		return P2P_STUN;
	}
	if (is_ptcp(s)) {
		return P2P_STREAM;
	}
	if (nw_span_left(&s) < HEADER_BYTES || s.p[2] != 0) {
		return NONE;
	}
	if (nw_span_left(&s) == HEADER_BYTES && HAS_AT(s, 0, "\xa3\1") && s.p[3] <= 1 &&
	    is_zero(s.p + 4, 12) && s.p[16] <= 2 && is_zero(s.p + 17, 15)) {
		return FIND_OLD;
	}
	return HAS_AT(s, 0, "\xb3\0") && nw_head_has_port(head, PORT_FIND_OLD) ? FIND_OLD_BY_PORT
									       : NONE;
}

static enum kind kind_of(const struct nw_ev_head *head, struct nw_span s)
{
	if (nw_span_left(&s) >= HEADER_BYTES && HAS_AT(s, 0, "\x20\0\0\0DHIP")) {
		return DHIP;
	}
	return head->proto == IPPROTO_TCP   ? kind_of_stream(head, s)
	       : head->proto == IPPROTO_UDP ? kind_of_datagram(head, s)
					    : NONE;
}

static enum nw_basis claims(const struct nw_ev_head *head)
{
	switch (kind_of(head, nw_head_start(head))) {
	case NONE:
		return NW_BASIS_NONE;
	case DVRIP_BY_PORT:
	case FIND_OLD_BY_PORT:
	case P2P_ANSWER_BY_PORT:
		return NW_BASIS_PORT;
	default:
		return NW_BASIS_CONTENT;
	}
}

static int read_json(const struct nw_ev_head *head, struct nw_span s, struct nw_facts *facts)
{
	static const struct nw_device_row rows[] = {
		{ "mac", NULL, NW_ATTR_DEVICE_MAC },
		{ "DeviceType", "deviceInfo", NW_ATTR_DEVICE_MODEL },
		{ "DeviceClass", "deviceInfo", NW_ATTR_DEVICE_TYPE },
		{ "SerialNo", "deviceInfo", NW_ATTR_DEVICE_SERIAL },
		{ "Version", "deviceInfo", NW_ATTR_DEVICE_FIRMWARE },
		{ "Vendor", "deviceInfo", NW_ATTR_DEVICE_BRAND },
		{ "MachineName", "deviceInfo", NW_ATTR_DEVICE_NAME },
		{ "IPAddress", "IPv4Address", NW_ATTR_DEVICE_IP },
		{ "realm", "params", NW_ATTR_REALM },
		{ "method", NULL, NW_ATTR_SERVICE_TYPE }, /* the last: of datagrams only */
		{ .name = NULL },
	};
	struct nw_device_row wanted[NW_ARRAY_SIZE(rows)];

	memcpy(wanted, rows, sizeof(rows));
	if (head->proto == IPPROTO_TCP) {
		wanted[NW_ARRAY_SIZE(rows) - 2].name = NULL;
	}
	if (!nw_span_skip(&s, HEADER_BYTES)) {
		return -EBADMSG;
	}
	return nw_span_left(&s) == 0 ? 0 : nw_device_json(s, wanted, facts);
}

/* "Realm:Login to 4A0B…\r\nRandom:…": the realm alone. */
static void read_realm(struct nw_span s, struct nw_facts *facts)
{
	const uint8_t *end;

	(void)nw_span_skip(&s, HEADER_BYTES + sizeof("Realm:") - 1);
	end = memchr(s.p, '\r', nw_span_left(&s));
	if (end) {
		nw_facts_add(facts, NW_ATTR_REALM, (struct nw_span){ .p = s.p, .end = end });
	}
}

/* The path behind the verb, without its query, and of a relay's without its token. */
static int read_request(struct nw_span s, struct nw_facts *facts)
{
	const uint8_t *start = memchr(s.p, '/', nw_span_left(&s));
	const uint8_t *end = start;

	while (end<s.end && * end> ' ' && *end < 0x7f && *end != '?') {
		end++;
	}
	if (end == s.end || (*end != ' ' && *end != '?')) {
		return -EBADMSG;
	}
	if ((size_t)(end - start) >= sizeof(TOKEN_PATH) - 1 &&
	    memcmp(start, TOKEN_PATH, sizeof(TOKEN_PATH) - 1) == 0) {
		end = start + sizeof(TOKEN_PATH) - 1;
	}
	nw_facts_add(facts, NW_ATTR_URL_PATH, (struct nw_span){ .p = start, .end = end });
	return 0;
}

/* What stands between a frame's header and its data: each kind has its own size. */
static void read_frame(struct nw_span s, struct nw_facts *facts)
{
	enum {
		SIZE_AT = 22,
		SIZE = 0x80, /* all of 4 bytes but one of 8 */
		VIDEO = 0x81,
		SIZE_LONG = 0x82,
		AUDIO = 0x83,
	};
	static const char *const video[] = { [1] = "MPEG4", [2] = "H264", [3] = "MJPEG",
					     [4] = "H264",  [8] = "H264", [12] = "H265" };
	size_t len = s.p[SIZE_AT];
	struct nw_span list;
	uint8_t one[4];

	if (!nw_span_skip(&s, FRAME_BYTES) ||
	    !nw_span_cut(&s, NW_MIN(len, nw_span_left(&s)), &list)) {
		return;
	}
	while (nw_span_copy(&list, one, sizeof(one)) && one[0] >= SIZE && one[0] <= AUDIO) {
		if (one[0] == VIDEO && one[2] < NW_ARRAY_SIZE(video) && video[one[2]]) {
			nw_facts_add_text(facts, NW_ATTR_MEDIA_CODEC, video[one[2]],
					  strlen(video[one[2]]));
		}
		if (one[0] == SIZE_LONG && !nw_span_skip(&list, 4)) {
			return;
		}
	}
}

static int decode(const struct nw_ev_head *head, struct nw_facts *facts)
{
	struct nw_span s = nw_head_start(head);
	struct nw_span frame;

	switch (kind_of(head, s)) {
	case DHIP:
	case DVRIP_JSON:
		return read_json(head, s, facts);
	case DVRIP_REALM:
		read_realm(s, facts);
		return 0;
	case MEDIA:
		if (find_frame(s, &frame)) {
			read_frame(frame, facts);
		}
		return 0;
	case P2P_REQUEST:
		facts->protocol = PROTOCOL_P2P;
		return read_request(s, facts);
	case P2P_ANSWER_BY_PORT:
	case P2P_STUN:
	case P2P_STREAM:
		facts->protocol = PROTOCOL_P2P;
		return 0;
	case NONE:
		return -EBADMSG;
	default:
		return 0;
	}
}

const struct nw_decoder nw_decoder_dahua = {
	.name = "dahua",
	.doc = "Dahua's DVRIP, DHIP, media and P2P: who looks for devices, and what those say of themselves",
	.over = NW_OVER_TCP | NW_OVER_UDP,
	.begins = NW_BEGINS({ 'D', 'D' }, { 'H', 'H' }, { 'P', 'P' }, { ' ', ' ' }, { 0xa0, 0xff }),
	.claims = claims,
	.decode = decode,
};
