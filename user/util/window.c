/* SPDX-License-Identifier: Apache-2.0 */
/* Rings of slots and scales. */
#include "window.h"

#include <string.h>

#include "macro.h"

void nw_window_turn(void *slots, size_t slot_size, uint32_t n, uint32_t *newest, uint32_t slot)
{
	uint32_t gone = slot > *newest ? NW_MIN(slot - *newest, n) : 0;

	for (uint32_t i = 0; i < gone; i++) {
		memset((uint8_t *)slots + (size_t)((slot - i) % n) * slot_size, 0, slot_size);
	}
	*newest = NW_MAX(*newest, slot);
}

void nw_window_add(uint32_t *sum, uint64_t n)
{
	*sum = n > UINT32_MAX - *sum ? UINT32_MAX : *sum + (uint32_t)n;
}

uint32_t nw_scale_of(const struct nw_scale *step, unsigned steps, uint64_t value)
{
	unsigned i = 1;

	if (value <= step[0].value) {
		return step[0].score;
	}
	while (i < steps && value >= step[i].value) {
		i++;
	}
	if (i == steps) {
		return step[steps - 1].score;
	}
	return step[i - 1].score + (uint32_t)((double)(value - step[i - 1].value) *
					      (step[i].score - step[i - 1].score) /
					      (double)(step[i].value - step[i - 1].value));
}
