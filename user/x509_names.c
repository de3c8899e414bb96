/* SPDX-License-Identifier: Apache-2.0 */
/* See x509_names.h. Owns nothing; what cannot be read ends the walk. */
#include "x509_names.h"

#include "util/macro.h"
#include "util/text.h"

enum {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_OCTETS = 0x04,
	DER_OID = 0x06,
	DER_UTF8 = 0x0c,
	DER_PRINTABLE = 0x13,
	DER_T61 = 0x14,
	DER_IA5 = 0x16,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	TBS_VERSION = 0xa0,
	TBS_ISSUER_ID = 0x81, /* primitive: BIT STRINGs, as good as never seen */
	TBS_SUBJECT_ID = 0x82,
	TBS_EXTENSIONS = 0xa3,
	NAME_DNS = 0x82,
	NAME_IP = 0x87,
	ELEMENTS_MAX = 64, /* of one list */
};

/* Lengths are of 1 to 3 bytes. */
static bool read_header(struct nw_span *s, uint8_t *ret_tag, size_t *ret_len)
{
	size_t len = 0;
	uint8_t n;
	uint8_t c;

	if (!nw_span_u8(s, ret_tag) || !nw_span_u8(s, &n)) {
		return false;
	}
	if (n < 0x80) {
		len = n;
	} else {
		if (n == 0x80 || n > 0x83) {
			return false;
		}
		for (n &= 0x7f; n > 0; n--) {
			if (!nw_span_u8(s, &c)) {
				return false;
			}
			len = len << 8 | c;
		}
	}
	*ret_len = len;
	return true;
}

/* The next element's tag and content; of the last one what is there. */
static bool read_der(struct nw_span *s, uint8_t *ret_tag, struct nw_span *ret)
{
	size_t len;

	return read_header(s, ret_tag, &len) && nw_span_cut(s, NW_MIN(len, nw_span_left(s)), ret);
}

/* The same of a value: half a name is none, and stays where it is. */
static bool read_value(struct nw_span *s, uint8_t *ret_tag, struct nw_span *ret)
{
	struct nw_span was = *s;
	size_t len;

	if (read_header(s, ret_tag, &len) && nw_span_cut(s, len, ret)) {
		return true;
	}
	*s = was;
	return false;
}

static bool read_tagged(struct nw_span *s, uint8_t tag, struct nw_span *ret)
{
	struct nw_span was = *s;
	uint8_t is;

	if (read_der(s, &is, ret) && is == tag) {
		return true;
	}
	*s = was;
	return false;
}

static bool is_oid(struct nw_span oid, const uint8_t want[3])
{
	return nw_span_left(&oid) == 3 && memcmp(oid.p, want, 3) == 0;
}

/* Name: SEQUENCE OF SET OF SEQUENCE { OID, string } */
static void read_common_names(struct nw_span name, enum nw_attr key, struct nw_facts *facts)
{
	static const uint8_t common_name[] = { 0x55, 0x04, 0x03 };
	struct nw_span set;

	for (unsigned i = 0; i < ELEMENTS_MAX && read_tagged(&name, DER_SET, &set); i++) {
		struct nw_span pair;
		struct nw_span oid;
		struct nw_span value;
		uint8_t tag;

		if (!read_tagged(&set, DER_SEQUENCE, &pair) || !read_tagged(&pair, DER_OID, &oid) ||
		    !is_oid(oid, common_name) || !read_value(&pair, &tag, &value)) {
			continue;
		}
		if (tag == DER_UTF8 || tag == DER_PRINTABLE || tag == DER_T61 || tag == DER_IA5) {
			nw_facts_add(facts, key, value);
		}
	}
}

static void add_address(struct nw_span s, struct nw_facts *facts)
{
	uint8_t addr[16] = { [10] = 0xff, [11] = 0xff };
	char text[NW_ADDR_TEXT];
	size_t len = nw_span_left(&s);

	if (len == 4 || len == 16) {
		memcpy(addr + sizeof(addr) - len, s.p, len);
		nw_facts_add_text(facts, NW_ATTR_TLS_SERVER_NAMES, text, nw_addr_text(text, addr));
	}
}

/* True when it has no others. A name that the end of the bytes cut is none. */
static bool read_alternative_names(struct nw_span s, struct nw_facts *facts)
{
	struct nw_span names;
	struct nw_span name;
	unsigned told = 0;
	uint8_t tag;

	if (!read_tagged(&s, DER_SEQUENCE, &names)) {
		return false;
	}
	for (unsigned i = 0;
	     i < ELEMENTS_MAX && told < NW_X509_NAMES && read_value(&names, &tag, &name); i++) {
		if (tag == NAME_DNS) {
			nw_facts_add(facts, NW_ATTR_TLS_SERVER_NAMES, name);
			told++;
		} else if (tag == NAME_IP) {
			add_address(name, facts);
			told++;
		}
	}
	return nw_span_left(&names) == 0;
}

static bool read_extensions(struct nw_span s, struct nw_facts *facts)
{
	static const uint8_t alternative_names[] = { 0x55, 0x1d, 0x11 };
	struct nw_span list;
	struct nw_span one;
	struct nw_span oid;
	struct nw_span value;

	if (!read_tagged(&s, DER_SEQUENCE, &list)) {
		return false;
	}
	for (unsigned i = 0; i < ELEMENTS_MAX && read_tagged(&list, DER_SEQUENCE, &one); i++) {
		if (!read_tagged(&one, DER_OID, &oid) || !is_oid(oid, alternative_names)) {
			continue;
		}
		(void)read_tagged(&one, DER_BOOLEAN, &value); /* critical */
		return read_tagged(&one, DER_OCTETS, &value) &&
		       read_alternative_names(value, facts);
	}
	return nw_span_left(&list) == 0;
}

/* True when all of the names were read. */
static bool read_names(struct nw_span der, struct nw_facts *facts)
{
	struct nw_span certificate;
	struct nw_span issuer;
	struct nw_span subject;
	struct nw_span part;
	struct nw_span tbs;

	if (!read_tagged(&der, DER_SEQUENCE, &certificate) ||
	    !read_tagged(&certificate, DER_SEQUENCE, &tbs)) {
		return false;
	}
	(void)read_tagged(&tbs, TBS_VERSION, &part);
	if (!read_tagged(&tbs, DER_INTEGER, &part) ||  /* serial number */
	    !read_tagged(&tbs, DER_SEQUENCE, &part) || /* signature's algorithm */
	    !read_tagged(&tbs, DER_SEQUENCE, &issuer) ||
	    !read_tagged(&tbs, DER_SEQUENCE, &part) || /* validity */
	    !read_tagged(&tbs, DER_SEQUENCE, &subject)) {
		return false;
	}
	read_common_names(issuer, NW_ATTR_TLS_SERVER_ISSUER, facts);
	read_common_names(subject, NW_ATTR_TLS_SERVER_SUBJECT, facts);
	if (!read_tagged(&tbs, DER_SEQUENCE, &part)) { /* public key */
		return false;
	}
	(void)read_tagged(&tbs, TBS_ISSUER_ID, &part);
	(void)read_tagged(&tbs, TBS_SUBJECT_ID, &part);
	if (!read_tagged(&tbs, TBS_EXTENSIONS, &part)) {
		return nw_span_left(&tbs) == 0;
	}
	return read_extensions(part, facts);
}

void nw_x509_names(struct nw_span der, bool is_whole, struct nw_facts *facts)
{
	if (!read_names(der, facts) || !is_whole) {
		nw_facts_add_flag(facts, NW_ATTR_TLS_NAMES_CUT);
	}
}
