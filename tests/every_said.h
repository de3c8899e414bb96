/* SPDX-License-Identifier: Apache-2.0 */
/* What a flow's ends said, with every key there is: what a record may hold. */
#pragma once

#include <string.h>

#include "attr.h"
#include "harness.h"

/* A list has two values. */
static inline void nw_every_said(struct nw_said *said)
{
	*said = (struct nw_said){ .protocol = "tls", .basis = NW_BASIS_CONTENT };
	for (unsigned key = 0; key < _NW_ATTR_MAX; key++) {
		enum nw_attr_type type = nw_attr_type(key);
		const char *text = type == NW_ATTR_NUMBER ? "7"
				   : type == NW_ATTR_FLAG ? "true"
							  : "a";

		assert_int_equal(nw_said_add(said, key, text, strlen(text)), 0);
		if (type == NW_ATTR_LIST) {
			assert_int_equal(nw_said_add(said, key, "b", 1), 0);
		}
	}
}
