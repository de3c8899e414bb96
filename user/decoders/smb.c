/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SMB as far as naming it, so that a copied file is not taken for something else: over TCP a length
 * in four bytes (RFC 1002 4.3.1: of type 0) and the magic of version 1, 2 and 3, or of what is
 * encrypted or compressed (MS-SMB 2.2.3.1, MS-SMB2 2.2.1, 2.2.41, 2.2.42).
 */

#include "decoders/decoder.h"

static enum nw_basis claims(const struct nw_ev_head *head)
{
	struct nw_span s = nw_head_start(head);
	uint32_t len;
	uint8_t magic;

	if (!nw_span_be32(&s, &len) || len >> 24 != 0 || !nw_span_u8(&s, &magic) || magic < 0xfc) {
		return NW_BASIS_NONE;
	}
	return nw_span_begins(s, "SMB") ? NW_BASIS_CONTENT : NW_BASIS_NONE;
}

const struct nw_decoder nw_decoder_smb = {
	.name = "smb",
	.doc = "who speaks SMB",
	.over = NW_OVER_TCP,
	.begins = NW_BEGINS({ 0, 0 }),
	.claims = claims,
};
