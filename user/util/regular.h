/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How regular a series is: median, median absolute deviation, and the four parts of the score that
 * RITA 5 gives a beacon (activecm/rita, analysis/beacons.go). Values come sorted; nothing is
 * allocated. Formulas: docs/indicators.md.
 */
#pragma once

#include <stdint.h>

#define NW_RITA_BARS 24 /* of the histogram of contacts */

/* values / divisor, sorted; n of them. 0 for none. */
double nw_median(const uint32_t *sorted, unsigned n, uint32_t divisor);
double nw_mad(const uint32_t *sorted, unsigned n, uint32_t divisor);

/* Put one into a sorted series, take one (which is in it) out. */
void nw_sorted_add(uint32_t *sorted, unsigned n, uint32_t value);
void nw_sorted_remove(uint32_t *sorted, unsigned n, uint32_t value);

/* 1 = all alike, 0.5 = spread by half of the median to both sides, 0 = as by chance: 1 - 2 MAD/median */
double nw_regular(const uint32_t *sorted, unsigned n);

/* ts and ds: small_default is RITA's for a median below 1: 1 of times, 0 of sizes. */
double nw_rita_spread(const uint32_t *sorted, unsigned n, uint32_t divisor, double small_default);
/* hist, and for dur how many bars are not empty, and the longest run of them, round the corner. */
double nw_rita_histogram(const uint32_t bar[NW_RITA_BARS], unsigned *ret_bars, unsigned *ret_run);
/* coverage: from first to last contact, as a share of the window. */
double nw_rita_duration(double coverage, unsigned bars, unsigned run);
double nw_rita_score(double ts, double ds, double hist, double dur);

/* Of x >= 1, to 24 binary digits: no library of mathematics is linked. */
double nw_log2(double x);
