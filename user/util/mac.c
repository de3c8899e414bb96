/* SPDX-License-Identifier: Apache-2.0 */
/* See mac.h. Owns nothing. */
#include "util/mac.h"

enum {
	DIGITS = 2 * NW_MAC_BYTES
};

/* 0 .. 15, or -1 */
static int digit_of(uint8_t c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool nw_mac_text_of(const uint8_t mac[NW_MAC_BYTES], char ret[NW_MAC_TEXT])
{
	static const char digits[] = "0123456789abcdef";
	unsigned all = 0;
	unsigned common = UINT8_MAX;

	for (size_t i = 0; i < NW_MAC_BYTES; i++) {
		all |= mac[i];
		common &= mac[i];
	}
	if (all == 0 || common == UINT8_MAX) {
		return false;
	}
	for (size_t i = 0; i < NW_MAC_BYTES; i++) {
		ret[3 * i] = digits[mac[i] >> 4];
		ret[3 * i + 1] = digits[mac[i] & 15];
		if (i + 1 < NW_MAC_BYTES) {
			ret[3 * i + 2] = ':';
		}
	}
	return true;
}

bool nw_mac_text(struct nw_span text, char ret[NW_MAC_TEXT])
{
	uint8_t mac[NW_MAC_BYTES] = { 0 };
	size_t len = nw_span_left(&text);
	/* digits between two signs: none, four or two */
	unsigned group = len == DIGITS ? DIGITS : len == DIGITS + 2 ? 4 : 2;
	uint8_t sign = len > 2 ? text.p[group < len ? group : 0] : 0;
	unsigned n = 0;

	if ((len != DIGITS && len != DIGITS + 2 && len != DIGITS + 5) ||
	    (group == 4 && sign != '.') || (group == 2 && sign != ':' && sign != '-')) {
		return false;
	}
	for (const uint8_t *p = text.p; p < text.end; p++) {
		int digit = digit_of(*p);

		if ((size_t)(p - text.p) % (group + 1) == group) {
			if (*p != sign) {
				return false;
			}
			continue;
		}
		if (digit < 0) {
			return false;
		}
		mac[n / 2] = (uint8_t)(mac[n / 2] << 4 | digit);
		n++;
	}
	return nw_mac_text_of(mac, ret);
}
