/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 (FIPS 180-4) of a text that is made piece by piece. For names, not for secrets. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define NW_SHA256_BYTES 32

struct nw_sha256 {
	uint32_t h[8];
	uint64_t len;
	uint8_t block[64];
};

void nw_sha256_init(struct nw_sha256 *s);
void nw_sha256_add(struct nw_sha256 *s, const void *data, size_t len);
void nw_sha256_end(struct nw_sha256 *s, uint8_t ret[NW_SHA256_BYTES]);
