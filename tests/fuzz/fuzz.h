/* SPDX-License-Identifier: Apache-2.0 */
/* What fuzz targets share: a promise that does not hold ends the run, and the input is kept. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util/span.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void must(bool is_true)
{
	if (!is_true) {
		abort();
	}
}

/* Read every byte, so that a sanitizer sees one that is not there. */
static inline void touch(const void *data, size_t len)
{
	static volatile uint8_t sum;

	for (size_t i = 0; i < len; i++) {
		sum = (uint8_t)(sum + ((const uint8_t *)data)[i]);
	}
}

/* A number out of the input; zeros when it is used up. */
static inline uint8_t take_u8(struct nw_span *s)
{
	uint8_t v = 0;

	(void)nw_span_u8(s, &v);
	return v;
}
