/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sums over a sliding window, as a ring of slots of equal time, and a scale from a sum to a score.
 * Nothing is allocated: the slots are the caller's.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Time is now in slot number `slot`; *newest is the newest that the ring of n knows. Those between are
 * cleared. Time that goes back changes nothing. The slot to add to is *newest % n.
 */
void nw_window_turn(void *slots, size_t slot_size, uint32_t n, uint32_t *newest, uint32_t slot);

/* Add up to UINT32_MAX. */
void nw_window_add(uint32_t *sum, uint64_t n);
/* Here, since n is a constant where it is called: then it is a few steps without a loop. */
static inline uint64_t nw_window_sum(const uint32_t *slots, uint32_t n)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < n; i++) {
		sum += slots[i];
	}
	return sum;
}

struct nw_scale {
	uint64_t value;
	uint32_t score;
};

/* Straight lines between the steps, whose values grow; below the first its score, above the last its. */
uint32_t nw_scale_of(const struct nw_scale *step, unsigned steps, uint64_t value);
