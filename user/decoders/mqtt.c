/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MQTT 3.1 to 5 as far as naming it: CONNECT, by its protocol's name and level, and CONNACK on port
 * 1883. Nothing that a client calls itself, and no user. OASIS MQTT 3.1.1 and 5.0, 3.1 and 3.2.
 */

#include "decoders/decoder.h"

enum {
	PORT_MQTT = 1883,
	CONNECT = 0x10,
	CONNACK = 0x20,
	LENGTH_BYTES_MAX = 4,
	FLAG_RESERVED = 1
};

/* Seven bits a byte, the lowest first. */
static bool read_length(struct nw_span *s, size_t *ret)
{
	uint8_t c = 0x80;

	*ret = 0;
	for (unsigned i = 0; i < LENGTH_BYTES_MAX && (c & 0x80); i++) {
		if (!nw_span_u8(s, &c)) {
			return false;
		}
		*ret |= (size_t)(c & 0x7f) << (7 * i);
	}
	return !(c & 0x80);
}

static bool has_front(struct nw_span *s, const char *front, size_t len)
{
	return nw_span_left(s) >= len && memcmp(s->p, front, len) == 0 && nw_span_skip(s, len);
}

/* Behind its length: name, level, flags, and a client that is to be alive, and has a name. */
static bool is_connect(struct nw_span s, size_t len)
{
	static const char name[] = "\0\4MQTT";
	static const char old_name[] = "\0\6MQIsdp";
	uint8_t level;
	uint8_t flags;
	bool is_old = has_front(&s, old_name, sizeof(old_name) - 1);

	if (!is_old && !has_front(&s, name, sizeof(name) - 1)) {
		return false;
	}
	return len >= 12 && nw_span_u8(&s, &level) && nw_span_u8(&s, &flags) &&
	       (is_old ? level == 3 : level == 4 || level == 5) && !(flags & FLAG_RESERVED);
}

static enum nw_basis claims(const struct nw_ev_head *head)
{
	struct nw_span s = nw_head_start(head);
	uint8_t type;
	size_t len;

	if (!nw_span_u8(&s, &type) || (type != CONNECT && type != CONNACK) ||
	    !read_length(&s, &len)) {
		return NW_BASIS_NONE;
	}
	if (type == CONNECT) {
		return is_connect(s, len) ? NW_BASIS_CONTENT : NW_BASIS_NONE;
	}
	/* a flag and a code; of MQTT 5 properties with their length */
	return nw_head_has_port(head, PORT_MQTT) && nw_span_left(&s) >= 2 && s.p[0] <= 1 &&
			       (len == 2 || (len > 2 && nw_span_left(&s) >= 3 &&
					     (s.p[2] & 0x80 || s.p[2] == len - 3)))
		       ? NW_BASIS_PORT
		       : NW_BASIS_NONE;
}

const struct nw_decoder nw_decoder_mqtt = {
	.name = "mqtt",
	.doc = "who speaks MQTT",
	.over = NW_OVER_TCP,
	.begins = NW_BEGINS({ CONNECT, CONNECT }, { CONNACK, CONNACK }),
	.claims = claims,
};
