/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Log-ins of binary protocols, at the beginning of a stream or datagram. Each is recognised by its
 * own first bytes; a message that ends early, or whose lengths lie, is masked to its end.
 */
#include <string.h>

#include "scrub_rules.h"
#include "util/macro.h"
#include "util/span.h"

enum {
	BER_INTEGER = 0x02,
	BER_OCTETS = 0x04,
	BER_SEQUENCE = 0x30
};

/* The bytes are the caller's own to change; it is the cursor that only reads. */
static void mask(struct nw_span s)
{
	uint8_t *p;

	memcpy(&p, &s.p, sizeof(p));
	memset(p, 'x', nw_span_left(&s));
}

/* A field behind its own length of two bytes, as MQTT has them; without room for it: all. */
static bool mask_field(struct nw_span *s, bool is_secret)
{
	struct nw_span field;
	uint16_t len;

	if (!nw_span_be16(s, &len)) {
		return false;
	}
	if (!nw_span_cut(s, len, &field)) {
		field = *s;
		s->p = s->end;
	}
	if (is_secret) {
		mask(field);
	}
	return true;
}

/* ---- MQTT 3.1 to 5: CONNECT ------------------------------------------------------------------ */

static bool read_varint(struct nw_span *s, size_t *ret)
{
	uint8_t c = 0x80;

	*ret = 0;
	for (unsigned shift = 0; (c & 0x80) && shift <= 21; shift += 7) {
		if (!nw_span_u8(s, &c)) {
			return false;
		}
		*ret |= (size_t)(c & 0x7f) << shift;
	}
	return !(c & 0x80);
}

/* MQTT 5 has properties, the authentication's data among them. */
static bool mask_properties(struct nw_span *s)
{
	struct nw_span properties;
	size_t len;

	if (!read_varint(s, &len)) {
		return false;
	}
	if (!nw_span_cut(s, len, &properties)) {
		properties = *s;
		s->p = s->end;
	}
	mask(properties);
	return true;
}

static bool read_mqtt_name(struct nw_span *s)
{
	static const char name[] = "\0\4MQTT";
	static const char old_name[] = "\0\6MQIsdp";
	struct nw_span at = *s;

	if (nw_span_left(s) >= sizeof(name) - 1 && memcmp(s->p, name, sizeof(name) - 1) == 0) {
		return nw_span_skip(s, sizeof(name) - 1);
	}
	*s = at;
	return nw_span_left(s) >= sizeof(old_name) - 1 &&
	       memcmp(s->p, old_name, sizeof(old_name) - 1) == 0 &&
	       nw_span_skip(s, sizeof(old_name) - 1);
}

static void mask_mqtt(struct nw_span s)
{
	enum {
		CONNECT = 0x10,
		HAS_WILL = 0x04,
		HAS_USER = 0x80,
		HAS_PASSWORD = 0x40
	};
	uint8_t type;
	uint8_t version;
	uint8_t flags;
	size_t len;

	if (!nw_span_u8(&s, &type) || type != CONNECT || !read_varint(&s, &len) ||
	    !read_mqtt_name(&s) || !nw_span_u8(&s, &version) || !nw_span_u8(&s, &flags) ||
	    !nw_span_skip(&s, 2)) {
		return;
	}
	if ((version >= 5 && !mask_properties(&s)) || !mask_field(&s, false)) {
		return;
	}
	if ((flags & HAS_WILL) && ((version >= 5 && !mask_properties(&s)) ||
				   !mask_field(&s, false) || !mask_field(&s, false))) {
		return;
	}
	if (((flags & HAS_USER) && !mask_field(&s, true)) || !(flags & HAS_PASSWORD)) {
		return;
	}
	(void)mask_field(&s, true);
}

/* ---- BER: SNMP v1 and v2c, LDAP simple bind -------------------------------------------------- */

/* The next element: its tag, and of its content what is here. */
static bool read_ber(struct nw_span *s, uint8_t *ret_tag, struct nw_span *ret)
{
	uint8_t n;
	size_t len;

	if (!nw_span_u8(s, ret_tag) || !nw_span_u8(s, &n)) {
		return false;
	}
	len = n;
	if (n & 0x80) {
		len = 0;
		for (n &= 0x7f; n > 0; n--) {
			uint8_t c;

			if (!nw_span_u8(s, &c)) {
				return false;
			}
			len = NW_MIN(len << 8 | c, (size_t)NW_SCRUB_MAX);
		}
	}
	return nw_span_cut(s, NW_MIN(len, nw_span_left(s)), ret);
}

static void mask_snmp(struct nw_span s)
{
	struct nw_span part;
	uint8_t tag;

	if (read_ber(&s, &tag, &part) && tag == BER_OCTETS) {
		mask(part);
	}
}

static void mask_ldap_bind(struct nw_span s)
{
	enum {
		SIMPLE = 0x80,
		SASL = 0xa3
	};
	struct nw_span part;
	uint8_t tag;

	/* version and name come first */
	if (!read_ber(&s, &tag, &part) || tag != BER_INTEGER || !read_ber(&s, &tag, &part) ||
	    tag != BER_OCTETS || !read_ber(&s, &tag, &part)) {
		return;
	}
	if (tag == SASL) {
		s = part;
		if (!read_ber(&s, &tag, &part)) { /* its mechanism */
			return;
		}
		if (!read_ber(&s, &tag, &part)) { /* what it says */
			return;
		}
	}
	mask(part);
}

static void mask_ber(struct nw_span s)
{
	enum {
		LDAP_BIND = 0x60,
		SNMP_V2C = 1
	};
	struct nw_span message;
	struct nw_span part;
	uint8_t tag;

	while (read_ber(&s, &tag, &message) && tag == BER_SEQUENCE) {
		struct nw_span number;

		if (!read_ber(&message, &tag, &number) || tag != BER_INTEGER) {
			return;
		}
		if (nw_span_left(&message) && *message.p == LDAP_BIND) {
			if (read_ber(&message, &tag, &part)) {
				mask_ldap_bind(part);
			}
		} else if (nw_span_left(&number) == 1 && *number.p <= SNMP_V2C) {
			mask_snmp(message);
		}
	}
}

/* ---- SOCKS5: user and password (RFC 1929), behind the offered methods ------------------------- */

static void mask_short_field(struct nw_span *s)
{
	struct nw_span field;
	uint8_t len;

	if (nw_span_u8(s, &len) && nw_span_cut(s, NW_MIN(len, nw_span_left(s)), &field)) {
		mask(field);
	}
}

static void mask_socks(struct nw_span s)
{
	enum {
		SOCKS5 = 5,
		BY_PASSWORD = 2,
		PASSWORD_VERSION = 1
	};
	struct nw_span methods;
	uint8_t version;
	uint8_t n;

	if (!nw_span_u8(&s, &version) || version != SOCKS5 || !nw_span_u8(&s, &n) ||
	    !nw_span_cut(&s, n, &methods) || n == 0 || !memchr(methods.p, BY_PASSWORD, n)) {
		return;
	}
	if (nw_span_u8(&s, &version) && version == PASSWORD_VERSION) {
		mask_short_field(&s);
		mask_short_field(&s);
	}
}

/* ---- PostgreSQL: messages behind the start-up message ----------------------------------------- */

static void mask_postgres(struct nw_span s)
{
	enum {
		PROTOCOL_3 = 3 << 16,
		LENGTH_BYTES = 4,
		STARTUP_BYTES = 8
	};
	struct nw_span part;
	uint32_t len;
	uint32_t protocol;
	uint8_t type;

	if (!nw_span_be32(&s, &len) || !nw_span_be32(&s, &protocol) || protocol != PROTOCOL_3 ||
	    len < STARTUP_BYTES || !nw_span_skip(&s, len - STARTUP_BYTES)) {
		return;
	}
	while (nw_span_u8(&s, &type) && nw_span_be32(&s, &len) && len >= LENGTH_BYTES &&
	       nw_span_cut(&s, NW_MIN(len - LENGTH_BYTES, nw_span_left(&s)), &part)) {
		if (type == 'p') {
			mask(part);
		}
	}
}

/* ---- cameras --------------------------------------------------------------------------------- */

/*
 * Dahua DVRIP: log-in requests a0 00, a0 01, a0 05. Old ones have user and hash in the header, new
 * ones "user&&hash" behind it; a hash with the server's random is as good as the password.
 */
static void mask_dvrip(struct nw_span s)
{
	enum {
		HEADER_BYTES = 32,
		USER_AT = 8,
		USER_BYTES = 16,
		REQUEST = 0xa0
	};
	struct nw_span part;
	const uint8_t *p = s.p;

	while (nw_span_left(&s) > USER_AT && p[0] == REQUEST &&
	       (p[1] == 0 || p[1] == 1 || p[1] == 5) && p[2] == 0) {
		size_t len = p[4] | (size_t)p[5] << 8 | (size_t)p[6] << 16 | (size_t)p[7] << 24;

		(void)nw_span_skip(&s, USER_AT);
		(void)nw_span_cut(&s, NW_MIN((size_t)USER_BYTES, nw_span_left(&s)), &part);
		mask(part);
		if (!nw_span_skip(&s, HEADER_BYTES - USER_AT - USER_BYTES)) {
			return;
		}
		(void)nw_span_cut(&s, NW_MIN(len, nw_span_left(&s)), &part);
		mask(part);
		p = s.p;
	}
}

/*
 * Hikvision's SDK: big-endian length of all, version of the interface (60, 90 or 99 were seen), a
 * header of 32 bytes; all behind it is secret, user and password of a log-in among it.
 */
static void mask_hikvision(struct nw_span s)
{
	enum {
		HEADER_BYTES = 32,
		VERSION_AT = 4
	};
	static const uint8_t zeros[3];

	if (nw_span_left(&s) > HEADER_BYTES && memcmp(s.p, zeros, 2) == 0 &&
	    memcmp(s.p + VERSION_AT + 1, zeros, sizeof(zeros)) == 0 &&
	    (s.p[VERSION_AT] == 60 || s.p[VERSION_AT] == 90 || s.p[VERSION_AT] == 99)) {
		(void)nw_span_skip(&s, HEADER_BYTES);
		mask(s);
	}
}

/*
 * rsync's daemon: greeting, name of the module, then "user response" where one is asked for; with the
 * challenge, which the other end sends in the clear, the response lets passwords be tried.
 */
static void mask_rsync(struct nw_span s)
{
	static const char front[] = "@RSYNCD: ";
	struct nw_span response = s;
	const uint8_t *p;

	if (nw_span_left(&s) < sizeof(front) || memcmp(s.p, front, sizeof(front) - 1) != 0) {
		return;
	}
	for (int line = 0; line < 2; line++) {
		p = memchr(s.p, '\n', nw_span_left(&s));
		if (!p) {
			return;
		}
		s.p = p + 1;
	}
	p = memchr(s.p, '\n', nw_span_left(&s));
	s.end = p ? p : s.end;
	response.p = memchr(s.p, ' ', nw_span_left(&s));
	response.end = s.end;
	if (response.p) {
		response.p++;
		mask(response);
	}
}

void nw_scrub_logins(uint8_t *data, size_t len)
{
	struct nw_span s = nw_span_of(data, len);

	if (len < 2) {
		return;
	}
	switch (data[0]) {
	case 0x00:
		mask_hikvision(s);
		mask_postgres(s);
		break;
	case 0x05:
		mask_socks(s);
		break;
	case 0x10:
		mask_mqtt(s);
		break;
	case '@':
		mask_rsync(s);
		break;
	case BER_SEQUENCE:
		mask_ber(s);
		break;
	case 0xa0:
		mask_dvrip(s);
		break;
	default:
		break;
	}
}
