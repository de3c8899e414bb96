/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Baichuan, the protocol of Reolink's devices (TCP 9000), as far as naming it: a header of 20 or 24
 * bytes, little endian, whose body is mostly encrypted. Nothing of it is told.
 *
 * The layout is that of a public source that speaks it: thirtythreeforty/neolink,
 * dissector/messages.md. Battery devices carry it in UDP, which is not read.
 */

#include "decoders/decoder.h"

enum {
	HEADER_BYTES = 20,
	MESSAGE_MAX = 0xffff,
	BODY_MAX = 1 << 24,
};

static uint32_t le32(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* Magic, message, length of what follows, channel and number, state, class. */
static enum nw_basis claims(const struct nw_ev_head *head)
{
	struct nw_span s = nw_head_start(head);
	const uint8_t *p = s.p;

	if (!nw_span_skip(&s, HEADER_BYTES) || le32(p) != 0x0abcdef0) {
		return NW_BASIS_NONE;
	}
	return le32(p + 4) >= 1 && le32(p + 4) <= MESSAGE_MAX && le32(p + 8) <= BODY_MAX
		       ? NW_BASIS_CONTENT
		       : NW_BASIS_NONE;
}

const struct nw_decoder nw_decoder_baichuan = {
	.name = "baichuan",
	.doc = "who speaks Baichuan, the protocol of Reolink's devices",
	.over = NW_OVER_TCP,
	.begins = NW_BEGINS({ 0xf0, 0xf0 }),
	.claims = claims,
};
