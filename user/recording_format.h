/* SPDX-License-Identifier: Apache-2.0 */
/* What writer and reader of recordings share; see recording.h for the layout. */
#pragma once

#include <stdint.h>

#define NW_RECORDING_FORMAT 1
#define NW_RECORDING_MAGIC         \
	{                          \
		'N', 'W', 'R', '1' \
	}
#define NW_RECORDING_BLOCK_MAGIC "NWB1"
#define NW_RECORDING_HEADER_MAX	 (4U << 20)
#define NW_RECORDING_BLOCK_MAX	 (256U << 10) /* plain bytes */

static inline void nw_put_le32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
	p[2] = (uint8_t)(v >> 16);
	p[3] = (uint8_t)(v >> 24);
}

static inline uint32_t nw_get_le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}
