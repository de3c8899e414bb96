/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does something go like media: on and on, or in pieces that keep coming? Bytes in slots of ten
 * seconds, by the time of the measure; of one that covers more than a second, because the ledger is
 * looked at seldom where that is dear, an equal share in each second. A slot is busy when it has what the smallest sub-stream has
 * (100 kbit/s), and even when eight of its seconds had some. Media are three busy and even slots in
 * a row, or six busy ones of the last eight; pages and short downloads are neither.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct nw_meter {
	uint64_t first_ns, last_ns;
	uint64_t total;
	uint64_t slot;			  /* number of the one that is filled; 0 = none */
	uint64_t bytes, bytes_before;	  /* in the slot, in the one before */
	uint16_t seconds, seconds_before; /* that had some, a bit each */
	uint8_t busy;			  /* of the slots before, the last one in bit 0 */
	uint8_t even;
};

/* bytes moved in (from_ns, now_ns]. */
void nw_meter_add(struct nw_meter *m, uint64_t from_ns, uint64_t now_ns, uint64_t bytes);
bool nw_meter_is_media(const struct nw_meter *m, uint64_t now_ns);
/* Bytes a second over all of it, at least a second. */
uint64_t nw_meter_rate(const struct nw_meter *m);
