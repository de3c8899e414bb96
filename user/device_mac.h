/* SPDX-License-Identifier: Apache-2.0 */
/* The MAC that a device says it has, however it writes it. */
#pragma once

#include "decoders/decoder.h"

/* "C4-2F-90-..", "c4:2f:90:.." or "C42F90..": told in lower case with ':'; anything else is not. */
void nw_device_add_mac(struct nw_facts *facts, struct nw_span text);
