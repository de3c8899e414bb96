/* SPDX-License-Identifier: Apache-2.0 */
/* rsync's own protocol as far as naming it: the greeting that both ends begin with. */

#include "decoders/decoder.h"

#define FRONT "@RSYNCD: "

static enum nw_basis claims(const struct nw_ev_head *head)
{
	return nw_span_begins(nw_head_start(head), FRONT) ? NW_BASIS_CONTENT : NW_BASIS_NONE;
}

const struct nw_decoder nw_decoder_rsync = {
	.name = "rsync",
	.doc = "who speaks rsync's own protocol",
	.over = NW_OVER_TCP,
	.begins = NW_BEGINS({ '@', '@' }),
	.claims = claims,
};
