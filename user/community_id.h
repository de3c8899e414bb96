/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Community ID v1, seed 0: a flow's name that Zeek, Suricata, Arkime and others give it too, whoever
 * sees it and from which side. Pure.
 */
#pragma once

#include <stdint.h>

#include "state/state.h"

#define NW_COMMUNITY_ID 31 /* "1:", 28 of base64, NUL */

/* Addresses with v4 mapped; ports in host order; for ICMP the type and the code are the ports. */
void nw_community_id_of(uint8_t proto, const uint8_t saddr[16], const uint8_t daddr[16],
			uint16_t sport, uint16_t dport, char ret[NW_COMMUNITY_ID]);

/*
 * Of a flow. A socket does not know its ICMP types: an echo request by the initiator is taken for
 * granted, which is what nearly all are. -ENODATA and ret untouched without two ends.
 */
int nw_community_id(const struct nw_flow *flow, char ret[NW_COMMUNITY_ID]);
