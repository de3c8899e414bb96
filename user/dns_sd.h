/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Service discovery in DNS messages (RFC 6763), as mDNS has it: which services are looked for and
 * offered, and what the device that offers them says of itself. Reads what the decoder of DNS read.
 */
#pragma once

#include "util/span.h"

#define NW_DNS_SD_TXT_MAX 4

struct nw_facts;

/* What of a message struct nw_dns does not keep: data of its first TXT records, in the head. */
struct nw_dns_sd {
	unsigned txts;
	struct nw_span txt[NW_DNS_SD_TXT_MAX];
};

/* facts->dns is a message of mDNS: name the protocol, and add what it says. */
void nw_dns_sd_tell(const struct nw_dns_sd *sd, struct nw_facts *facts);
