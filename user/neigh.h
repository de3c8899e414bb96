/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who stands behind an address on the link: one message of the kernel's neighbour table (ARP and
 * IPv6 neighbour discovery). Sockets and reading are link.c's.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/macro.h"

struct nw_neigh {
	uint8_t addr[16];
	uint32_t index; /* of the interface */
	uint8_t mac[6];
	bool is_gone;  /* no MAC then */
	bool is_frame; /* its own frame said so, and not the kernel's table */
};

struct nlmsghdr;
/* False when it says nothing of who answered there: nobody did yet, a proxy entry, a group. */
NW_MUST_CHECK bool nw_neigh_parse(const struct nlmsghdr *msg, struct nw_neigh *ret);
