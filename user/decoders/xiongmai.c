/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Xiongmai's DVRIP ("Sofia", port 34567; UDP 34569 to find devices): a header of 20 bytes, little
 * endian, and JSON or media behind it. And what opens telnet on devices with its firmware (port 9530).
 * Of log-ins nothing is told but the kind of client.
 *
 * The layouts are those of public sources that speak it: see tests/decoders/xiongmai.c.
 */
#include <errno.h>
#include <netinet/in.h>

#include "decoders/decoder.h"
#include "device_json.h"
#include "util/macro.h"

#define OPEN_TELNET   "\x13OpenTelnet:OpenOnce"
#define OPEN_ANSWER   "\x10randNum:"
#define OPEN_PROTOCOL "opentelnet"

enum {
	HEADER_BYTES = 20,
	BODY_MAX = 1 << 20,
	MESSAGE_MIN = 1000,
	MESSAGE_MAX = 3999,
	FIND = 1530,
	MEDIA = 1412,
	ANSWER_BYTES = 17, /* of OPEN_ANSWER with its 8 digits */
};

struct message {
	uint16_t id;
	struct nw_span body;
	uint32_t body_len; /* as it says */
};

/* ff, 0 or 1, session, number, place in a row of parts, message, length of the body */
static bool read_header(struct nw_span s, struct message *ret)
{
	const uint8_t *p = s.p;

	if (!nw_span_skip(&s, HEADER_BYTES) || p[0] != 0xff || p[1] > 1 || p[2] != 0 || p[3] != 0) {
		return false;
	}
	ret->id = (uint16_t)(p[14] | p[15] << 8);
	ret->body_len =
		(uint32_t)p[19] << 24 | (uint32_t)p[18] << 16 | (uint32_t)p[17] << 8 | p[16];
	ret->body = s;
	if (ret->body_len < nw_span_left(&s)) {
		ret->body.end = s.p + ret->body_len;
	}
	return ret->id >= MESSAGE_MIN && ret->id <= MESSAGE_MAX && ret->body_len <= BODY_MAX;
}

static bool is_media(const struct message *m)
{
	return m->id == MEDIA && nw_span_left(&m->body) >= 8 && m->body.p[0] == 0 &&
	       m->body.p[1] == 0 && m->body.p[2] == 1 && m->body.p[3] >= 0xf9;
}

/* The empty question for devices has no session and no number yet. */
static bool is_question(const struct nw_ev_head *head, const struct message *m)
{
	static const uint8_t zeros[10];

	return m->id == FIND && m->body_len == 0 &&
	       memcmp(head->data + 4, zeros, sizeof(zeros)) == 0;
}

static bool is_telnet(struct nw_span s)
{
	if (nw_span_begins(s, OPEN_TELNET)) {
		return true;
	}
	if (nw_span_left(&s) < ANSWER_BYTES || !nw_span_begins(s, OPEN_ANSWER)) {
		return false;
	}
	for (size_t i = sizeof(OPEN_ANSWER) - 1; i < ANSWER_BYTES; i++) {
		if (s.p[i] < '0' || s.p[i] > '9') {
			return false;
		}
	}
	return true;
}

static enum nw_basis claims(const struct nw_ev_head *head)
{
	struct nw_span s = nw_head_start(head);
	struct message m;

	if (nw_span_left(&s) == 0) {
		return NW_BASIS_NONE;
	}
	if (head->proto == IPPROTO_TCP && is_telnet(s)) {
		return NW_BASIS_CONTENT;
	}
	if (!read_header(s, &m)) {
		return NW_BASIS_NONE;
	}
	return is_media(&m) || is_question(head, &m) ||
			       (nw_span_left(&m.body) > 0 && *m.body.p == '{')
		       ? NW_BASIS_CONTENT
		       : NW_BASIS_NONE;
}

/* A key frame names the codec in its fifth byte. */
static void add_codec(const struct message *m, struct nw_facts *facts)
{
	static const char *const codecs[] = { [1] = "MPEG4", [2] = "H264", [3] = "H265" };
	uint8_t kind = m->body.p[3];
	uint8_t codec = m->body.p[4];

	if ((kind == 0xfc || kind == 0xfe) && codec < NW_ARRAY_SIZE(codecs) && codecs[codec]) {
		nw_facts_add_text(facts, NW_ATTR_MEDIA_CODEC, codecs[codec], strlen(codecs[codec]));
	}
}

static int decode(const struct nw_ev_head *head, struct nw_facts *facts)
{
	static const struct nw_device_row rows[] = {
		{ "LoginType", NULL, NW_ATTR_CLIENT_SOFTWARE },
		{ "DeviceType", NULL, NW_ATTR_DEVICE_TYPE },
		{ "DeviceModel", "SystemInfo", NW_ATTR_DEVICE_MODEL },
		{ "HardWare", "SystemInfo", NW_ATTR_DEVICE_HARDWARE },
		{ "SerialNo", "SystemInfo", NW_ATTR_DEVICE_SERIAL },
		{ "SoftWareVersion", "SystemInfo", NW_ATTR_DEVICE_FIRMWARE },
		{ "HostIP", "NetWork.NetCommon", NW_ATTR_DEVICE_IP },
		{ "HostName", "NetWork.NetCommon", NW_ATTR_DEVICE_NAME },
		{ "MAC", "NetWork.NetCommon", NW_ATTR_DEVICE_MAC },
		{ "SN", "NetWork.NetCommon", NW_ATTR_DEVICE_SERIAL },
		{ "Version", "NetWork.NetCommon", NW_ATTR_DEVICE_FIRMWARE },
		{ .name = NULL },
	};
	struct nw_span s = nw_head_start(head);
	struct message m;

	if (is_telnet(s)) {
		facts->protocol = OPEN_PROTOCOL;
		return 0;
	}
	if (!read_header(s, &m)) {
		return -EBADMSG;
	}
	if (is_media(&m)) {
		add_codec(&m, facts);
		return 0;
	}
	return nw_span_left(&m.body) == 0 ? 0 : nw_device_json(m.body, rows, facts);
}

const struct nw_decoder nw_decoder_xiongmai = {
	.name = "xiongmai",
	.doc = "Xiongmai's DVRIP and what its devices say of themselves; who opens telnet there",
	.over = NW_OVER_TCP | NW_OVER_UDP,
	.begins = NW_BEGINS({ 0xff, 0xff }, { 0x10, 0x13 }),
	.claims = claims,
	.decode = decode,
};
