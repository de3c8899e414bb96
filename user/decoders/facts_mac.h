/* SPDX-License-Identifier: Apache-2.0 */
/* The MAC that a device says it has, in one form however it writes it; what is none adds nothing. */
#pragma once

#include "decoders/decoder.h"
#include "util/mac.h"

static inline void nw_facts_add_mac(struct nw_facts *facts, struct nw_span text)
{
	char mac[NW_MAC_TEXT];

	if (nw_mac_text(text, mac)) {
		nw_facts_add_text(facts, NW_ATTR_DEVICE_MAC, mac, sizeof(mac));
	}
}
