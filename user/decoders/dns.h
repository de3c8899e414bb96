/* SPDX-License-Identifier: Apache-2.0 */
/* What others must know of DNS before it is decoded: where a message ends, and what looks like one. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nw_event.h"

#define NW_PORT_DNS   53
#define NW_PORT_MDNS  5353
#define NW_PORT_LLMNR 5355

/* Does either end of this conversation have the port (host order)? */
bool nw_dns_has_port(const struct nw_ev_head *head, uint16_t port);

/* One whole header and first question, as strict as strangers' bytes need: no port is asked. */
bool nw_dns_looks_like(const uint8_t *data, size_t len);

/* Is this TCP stream one of DNS messages? Asked of its first bytes; data begins with a length. */
bool nw_dns_is_stream(const struct nw_ev_head *head, const uint8_t *data, size_t len);
