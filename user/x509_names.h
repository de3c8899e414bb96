/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom a certificate names: RFC 5280 4.1. A walk over its DER that looks for names and for nothing
 * else: no signature is checked, so what is told is what somebody said.
 */
#pragma once

#include "decoders/decoder.h"

/*
 * Common names of subject and issuer and the first NW_X509_NAMES alternative names (hosts and
 * addresses) as attributes of the server; where it may have more of these than are told, that too.
 * der may end early (not is_whole) or be no certificate: then what could be read is told. Values
 * point into der, addresses are copied. 1 us.
 */
void nw_x509_names(struct nw_span der, bool is_whole, struct nw_facts *facts);

enum {
	NW_X509_NAMES = 8
};
