/* SPDX-License-Identifier: Apache-2.0 */
/* See device_mac.h. Owns nothing; what is no MAC adds nothing. */
#include "device_mac.h"

enum {
	MAC_BYTES = 6,
	PLAIN_LEN = 12,
	PARTED_LEN = 17
};

static int digit_of(uint8_t c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void nw_device_add_mac(struct nw_facts *facts, struct nw_span text)
{
	static const char digits[] = "0123456789abcdef";
	size_t len = nw_span_left(&text);
	size_t step = len == PLAIN_LEN ? 2 : 3;
	char mac[PARTED_LEN + 1];
	unsigned sum = 0;

	if (len != PLAIN_LEN && len != PARTED_LEN) {
		return;
	}
	for (size_t i = 0; i < MAC_BYTES; i++) {
		const uint8_t *p = text.p + i * step;
		int high = digit_of(p[0]);
		int low = digit_of(p[1]);

		if (high < 0 || low < 0 ||
		    (step == 3 && i + 1 < MAC_BYTES && p[2] != ':' && p[2] != '-')) {
			return;
		}
		mac[i * 3] = digits[high];
		mac[i * 3 + 1] = digits[low];
		mac[i * 3 + 2] = ':';
		sum += (unsigned)(high + low);
	}
	if (sum > 0) {
		nw_facts_add_text(facts, NW_ATTR_DEVICE_MAC, mac, PARTED_LEN);
	}
}
