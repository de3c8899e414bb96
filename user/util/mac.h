/* SPDX-License-Identifier: Apache-2.0 */
/* The MAC addresses of devices, as they write them themselves. */
#pragma once

#include <stdbool.h>

#include "util/span.h"

#define NW_MAC_BYTES 6
#define NW_MAC_TEXT  17

/*
 * "bc:ad:28:88:94:98" of that, of BC-AD-28-88-94-98, bcad.2888.9498 or bcad28889498, without NUL;
 * false when it is none, or one that no device has (all zeros, all ones).
 */
bool nw_mac_text(struct nw_span text, char ret[NW_MAC_TEXT]);
/* The same of its bytes. */
bool nw_mac_text_of(const uint8_t mac[NW_MAC_BYTES], char ret[NW_MAC_TEXT]);
