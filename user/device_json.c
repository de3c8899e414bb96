/* SPDX-License-Identifier: Apache-2.0 */
/* See device_json.h. Owns nothing. */
#include "device_json.h"

#include <errno.h>

#include "decoders/facts_mac.h"
#include "util/json_scan.h"
#include "util/text.h"

enum {
	HEX_ADDRESS = 10 /* 0x0A01A8C0 */
};

static struct nw_span trim(struct nw_span s)
{
	while (s.p < s.end && *s.p == ' ') {
		s.p++;
	}
	while (s.p < s.end && s.end[-1] == ' ') {
		s.end--;
	}
	return s;
}

/* The last two digits are the first byte. */
static bool add_hex_address(struct nw_facts *facts, struct nw_span s)
{
	uint8_t addr[16] = { [10] = 0xff, [11] = 0xff };
	char text[NW_ADDR_TEXT];

	if (nw_span_left(&s) != HEX_ADDRESS || s.p[0] != '0' || (s.p[1] | 0x20) != 'x') {
		return false;
	}
	for (unsigned i = 0; i < 8; i++) {
		uint8_t c = s.p[2 + i];
		uint8_t *byte = &addr[15 - i / 2];

		if (c >= '0' && c <= '9') {
			c -= '0';
		} else {
			c |= 0x20;
			if (c < 'a' || c > 'f') {
				return false;
			}
			c = (uint8_t)(c - 'a' + 10);
		}
		*byte = (uint8_t)(*byte << 4 | c);
	}
	nw_facts_add_text(facts, NW_ATTR_DEVICE_IP, text, nw_addr_text(text, addr));
	return true;
}

static void add(struct nw_facts *facts, enum nw_attr key, struct nw_span value)
{
	value = trim(value);
	if (key == NW_ATTR_DEVICE_MAC) {
		nw_facts_add_mac(facts, value);
	} else if (key != NW_ATTR_DEVICE_IP || !add_hex_address(facts, value)) {
		nw_facts_add(facts, key, value);
	}
}

int nw_device_json(struct nw_span text, const struct nw_device_row *rows, struct nw_facts *facts)
{
	enum nw_json_what what;
	struct nw_json j;

	nw_json_begin(&j, text);
	if (nw_json_next(&j) != NW_JSON_OPEN || j.lists) {
		return -EBADMSG;
	}
	while ((what = nw_json_next(&j)) != NW_JSON_END && j.depth > 0) {
		for (const struct nw_device_row *r = rows; what == NW_JSON_STRING && r->name; r++) {
			if (nw_json_in(&j, 0, r->name) &&
			    (!r->parent || nw_json_in(&j, 1, r->parent))) {
				add(facts, r->key, j.text);
				break;
			}
		}
	}
	return j.is_broken ? -EBADMSG : 0;
}
