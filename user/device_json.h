/* SPDX-License-Identifier: Apache-2.0 */
/* What devices say of themselves in JSON. */
#pragma once

#include "decoders/decoder.h"

/* A string called name, in what is called parent (NULL = wherever), told as key. */
struct nw_device_row {
	const char *name;
	const char *parent;
	enum nw_attr key;
};

/*
 * rows end at name NULL. MACs are told as nw_facts_add_mac() does, addresses of the form 0x0A01A8C0
 * (little endian) as dotted ones; strings with escapes as they stand. -EBADMSG when the text begins
 * with no object or is no JSON; of one that is cut, what is there.
 */
NW_MUST_CHECK int nw_device_json(struct nw_span text, const struct nw_device_row *rows,
				 struct nw_facts *facts);
