/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SADP on Ethernet alone: where things stand in a frame's payload, as a public dissector and a public
 * implementation of a device agree (docs/decoders.md). Owns nothing.
 */
#pragma once

#include "util/span.h"

enum {
	NW_ETHERTYPE_SADP = 0x8033, /* nobody's officially: the bytes have to fit, too */
	NW_SADP_LEN = 3,	    /* of header and data, 8 bits */
	NW_SADP_OP = 10,
	NW_SADP_MAC = 14, /* the sender's */
	NW_SADP_IP = 20,
	NW_SADP_TO_IP = 30,
	NW_SADP_HEADER = 38,
};

/* May this be the payload of such a frame? Its mark, and how long its addresses are: 6 and 4. */
static inline bool nw_sadp_fits(struct nw_span s)
{
	return nw_span_left(&s) >= NW_SADP_HEADER && s.p[0] == 0x21 && s.p[8] == 6 && s.p[9] == 4;
}
