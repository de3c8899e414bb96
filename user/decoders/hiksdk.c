/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hikvision's SDK protocol (port 8000 and others): requests with a header of 32 bytes, answers with a
 * checksum, among them the device's serial number; and the 40 bytes "IMKH" before its media, which
 * also stand at the beginning of its files. Log-in data are masked before and not looked at here.
 *
 * Numbers are big endian, those of IMKH little endian. The layouts are those of public sources that
 * speak to such devices or as one: see tests/decoders/hiksdk.c.
 */
#include <errno.h>

#include "decoders/decoder.h"
#include "util/macro.h"

enum {
	REQUEST_BYTES = 32,
	ANSWER_BYTES = 16,
	MESSAGE_MAX = 16384,
	SUM_AT = 4,	   /* in an answer: the sum of all bytes ... */
	SUMMED_AT = 8,	   /* ... from here on */
	SERIAL_AT = 20,	   /* in the answer to a log-in */
	SERIAL_BYTES = 48, /* with NUL behind it */
	SERIAL_DIGITS = 8, /* at least */
	LOGIN_BYTES = SERIAL_AT + SERIAL_BYTES + 6,
	RESULT_OK = 1,
	MEDIA_BYTES = 40,
	MEDIA_AT = 20, /* behind the header of a stream */
};

static uint32_t be32_at(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/*
 * length; interface (60 old, 90, 99), IP version, 0, flags; checksum; command; address, user and MAC
 * of the client. A command is a number of three bytes that begins with 1 to 31, or 0.
 */
static bool is_request(struct nw_span s)
{
	const uint8_t *p = s.p;
	uint32_t len;

	if (nw_span_left(&s) < REQUEST_BYTES) {
		return false;
	}
	len = be32_at(p);
	return len >= REQUEST_BYTES && len <= MESSAGE_MAX &&
	       (p[4] == 60 || p[4] == 90 || p[4] == 99) && p[5] <= 1 && p[6] == 0 && p[7] <= 1 &&
	       p[8] == 0 && p[12] == 0 && p[13] < 32 && (p[13] != 0 || be32_at(p + 12) == 0);
}

/* length, checksum, result, and what was asked for. Only a whole one can be told from other bytes. */
static bool is_answer(struct nw_span s)
{
	uint32_t result;
	uint32_t sum = 0;
	uint32_t len;

	if (nw_span_left(&s) < ANSWER_BYTES) {
		return false;
	}
	len = be32_at(s.p);
	result = be32_at(s.p + SUMMED_AT);
	if (len < ANSWER_BYTES || len > nw_span_left(&s) || result == 0 || result > UINT16_MAX) {
		return false;
	}
	for (size_t i = SUMMED_AT; i < len; i++) {
		sum += s.p[i];
	}
	return be32_at(s.p + SUM_AT) == sum;
}

/* "IMKH", version (1.1, 1.2), device, a small number for the system */
static bool has_media_at(struct nw_span s, size_t at)
{
	const uint8_t *p = s.p + at;

	return nw_span_left(&s) >= at + MEDIA_BYTES && memcmp(p, "IMKH", 4) == 0 && p[4] != 0 &&
	       p[4] <= 4 && p[5] != 0 && p[5] <= 4 && p[9] == 0;
}

/* The bytes from IMKH on; at the beginning or behind the header of a stream, which says how long. */
static bool find_media(struct nw_span s, struct nw_span *ret)
{
	size_t at = 0;

	if (!has_media_at(s, 0)) {
		at = MEDIA_AT;
		if (!has_media_at(s, at) || be32_at(s.p + at - 4) != MEDIA_BYTES) {
			return false;
		}
	}
	*ret = (struct nw_span){ .p = s.p + at, .end = s.p + at + MEDIA_BYTES };
	return true;
}

static enum nw_basis claims(const struct nw_ev_head *head)
{
	struct nw_span s = nw_head_start(head);
	struct nw_span media;

	if (nw_span_left(&s) < ANSWER_BYTES || (s.p[0] != 0 && s.p[0] != 'I')) {
		return NW_BASIS_NONE;
	}
	return is_request(s) || is_answer(s) || find_media(s, &media) ? NW_BASIS_CONTENT
								      : NW_BASIS_NONE;
}

/* Letters, digits and dashes, many digits, then nothing but NUL: other answers have names there. */
static void read_serial(struct nw_span s, struct nw_facts *facts)
{
	const uint8_t *end = memchr(s.p, '\0', nw_span_left(&s));
	unsigned digits = 0;

	if (!end) {
		return;
	}
	for (const uint8_t *p = s.p; p < end; p++) {
		if (*p >= '0' && *p <= '9') {
			digits++;
		} else if (*p != '-' && *p != '_' && !((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z')) {
			return;
		}
	}
	for (const uint8_t *p = end; p < s.end; p++) {
		if (*p != '\0') {
			return;
		}
	}
	if (digits >= SERIAL_DIGITS) {
		nw_facts_add(facts, NW_ATTR_DEVICE_SERIAL,
			     (struct nw_span){ .p = s.p, .end = end });
	}
}

static void add_codec(struct nw_facts *facts, const uint8_t *le16)
{
	static const struct {
		uint16_t number;
		const char *name;
	} codecs[] = {
		{ 0x0003, "MPEG4" }, { 0x0005, "H265" }, { 0x0100, "H264" }, { 0x2001, "AAC" },
		{ 0x7110, "PCMU" },  { 0x7111, "PCMA" }, { 0x7221, "G722" }, { 0x7260, "G726" },
	};
	uint16_t number = (uint16_t)(le16[0] | le16[1] << 8);

	for (size_t i = 0; i < NW_ARRAY_SIZE(codecs); i++) {
		if (codecs[i].number == number) {
			nw_facts_add_text(facts, NW_ATTR_MEDIA_CODEC, codecs[i].name,
					  strlen(codecs[i].name));
		}
	}
}

static int decode(const struct nw_ev_head *head, struct nw_facts *facts)
{
	struct nw_span s = nw_head_start(head);
	struct nw_span serial;
	struct nw_span media;

	if (find_media(s, &media)) { /* "IMKH", version, device, system, video, audio */
		add_codec(facts, media.p + 10);
		add_codec(facts, media.p + 12);
		return 0;
	}
	if (!is_request(s) && be32_at(s.p) >= LOGIN_BYTES &&
	    be32_at(s.p + SUMMED_AT) == RESULT_OK && nw_span_skip(&s, SERIAL_AT) &&
	    nw_span_cut(&s, SERIAL_BYTES, &serial)) {
		read_serial(serial, facts);
	}
	return 0;
}

const struct nw_decoder nw_decoder_hiksdk = {
	.name = "hiksdk",
	.doc = "Hikvision's SDK protocol, the device's serial number, and what media it sends",
	.over = NW_OVER_TCP,
	.begins = NW_BEGINS({ 0, 0 }, { 'I', 'I' }),
	.claims = claims,
	.decode = decode,
};
