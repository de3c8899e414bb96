/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NTP and SNTP as far as naming them: RFC 5905 7.3, RFC 9327 2. A message has no mark of its own, so
 * only those on port 123 are told, and only when length, version, mode and stratum are NTP's.
 */

#include "decoders/decoder.h"

enum {
	PORT_NTP = 123,
	TIME_BYTES = 48,
	CONTROL_BYTES = 12,
	VERSION_LAST = 4,
	MODE_CONTROL = 6,
	MODE_PRIVATE = 7, /* of ntpd before 4.2.7 */
	STRATUM_UNSYNCHRONISED = 16
};

static bool is_message(const uint8_t *p, size_t len)
{
	unsigned version = p[0] >> 3 & 7;
	unsigned mode = p[0] & 7;

	if (version == 0 || version > VERSION_LAST || mode == 0 || len % 4) {
		return false;
	}
	if (mode == MODE_CONTROL) {
		return len >= CONTROL_BYTES && version >= 2 && p[0] >> 6 == 0;
	}
	/* from there on the first two bits are answer and more, not the leap second's */
	return mode == MODE_PRIVATE || (len >= TIME_BYTES && p[1] <= STRATUM_UNSYNCHRONISED);
}

static enum nw_basis claims(const struct nw_ev_head *head)
{
	return head->len >= 8 && nw_head_has_port(head, PORT_NTP) &&
			       is_message(head->data, head->len)
		       ? NW_BASIS_PORT
		       : NW_BASIS_NONE;
}

const struct nw_decoder nw_decoder_ntp = {
	.name = "ntp",
	.doc = "who speaks NTP",
	.over = NW_OVER_UDP,
	.claims = claims,
};
