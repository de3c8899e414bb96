/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regularity of sorted series. Quartiles are the medians of the two halves, without the middle one
 * of an odd number, as the library that RITA uses does it.
 */
#include "regular.h"

#include <stdbool.h>
#include <string.h>

#include "macro.h"

#define BIMODAL_BARS 11 /* RITA: histogram_bimodal_min_hours_seen */
#define MODE_SHARE   20 /* 1 / histogram_mode_sensitivity */
#define DUR_BARS     6	/* duration_min_hours_seen */
#define DUR_RUN	     12 /* duration_consistency_ideal_hours_seen */
#define SKEW_MIN     10

static double of(uint32_t value, uint32_t divisor)
{
	uint32_t whole = value / divisor;

	return (double)whole;
}

static double distance(double a, double b)
{
	return a < b ? b - a : a - b;
}

/* To a thousandth; values are not negative. */
static double round3(double x)
{
	return (double)(uint64_t)(x * 1000 + 0.5) / 1000;
}

static double ceil3(double x)
{
	double down = (double)(uint64_t)(x * 1000);

	return (down < x * 1000 ? down + 1 : down) / 1000;
}

double nw_median(const uint32_t *sorted, unsigned n, uint32_t divisor)
{
	if (n == 0) {
		return 0;
	}
	return n % 2 ? of(sorted[n / 2], divisor)
		     : (of(sorted[n / 2 - 1], divisor) + of(sorted[n / 2], divisor)) / 2;
}

/* Distances grow from the median outwards on both sides, so the smaller of two is the next. */
double nw_mad(const uint32_t *sorted, unsigned n, uint32_t divisor)
{
	double median = nw_median(sorted, n, divisor);
	unsigned right = n / 2;
	unsigned left = right;
	double last = 0;
	double before = 0;

	for (unsigned taken = 0; taken < n / 2 + 1 && n > 0; taken++) {
		double l = left > 0 ? distance(of(sorted[left - 1], divisor), median) : -1;
		double r = right < n ? distance(of(sorted[right], divisor), median) : -1;
		bool is_left = r < 0 || (l >= 0 && l < r);

		before = last;
		last = is_left ? l : r;
		left -= is_left ? 1 : 0;
		right += is_left ? 0 : 1;
	}
	return n % 2 ? last : (before + last) / 2;
}

static unsigned place_of(const uint32_t *sorted, unsigned n, uint32_t value)
{
	unsigned low = 0;

	while (n > 0) {
		if (sorted[low + n / 2] < value) {
			low += n / 2 + 1;
			n -= n / 2 + 1;
		} else {
			n /= 2;
		}
	}
	return low;
}

void nw_sorted_add(uint32_t *sorted, unsigned n, uint32_t value)
{
	unsigned at = place_of(sorted, n, value);

	memmove(sorted + at + 1, sorted + at, (n - at) * sizeof(*sorted));
	sorted[at] = value;
}

void nw_sorted_remove(uint32_t *sorted, unsigned n, uint32_t value)
{
	unsigned at = place_of(sorted, n, value);

	if (at < n) {
		memmove(sorted + at, sorted + at + 1, (n - at - 1) * sizeof(*sorted));
	}
}

double nw_regular(const uint32_t *sorted, unsigned n)
{
	double median = nw_median(sorted, n, 1);
	double off = 2 * nw_mad(sorted, n, 1);

	if (median <= 0) { /* nothing was sent, every time */
		return n > 0 && off <= 0 ? 1 : 0;
	}
	return off < median ? 1 - off / median : 0;
}

static double skew_score(const uint32_t *sorted, unsigned n, uint32_t divisor)
{
	double q1 = nw_median(sorted, n / 2, divisor);
	double q2 = nw_median(sorted, n, divisor);
	double q3 = nw_median(sorted + (n + 1) / 2, n / 2, divisor);

	if (q3 - q1 < SKEW_MIN || distance(q2, q1) <= 0 || distance(q2, q3) <= 0) {
		return 1;
	}
	return 1 - distance(q1 + q3, 2 * q2) / (q3 - q1);
}

double nw_rita_spread(const uint32_t *sorted, unsigned n, uint32_t divisor, double small_default)
{
	double median = nw_median(sorted, n, divisor);
	double mad = small_default;

	if (n < 3) {
		return 0;
	}
	if (median >= 1) {
		mad = (median - nw_mad(sorted, n, divisor)) / median;
	}
	return round3((skew_score(sorted, n, divisor) + NW_MAX(mad, 0.0)) / 2);
}

static double root(double x)
{
	double r = x > 1 ? x : 1;

	for (int i = 0; i < 64; i++) { /* Newton: halves the digits that are wrong, each time */
		r = (r + x / r) / 2;
	}
	return r;
}

static double variation_score(const uint32_t bar[NW_RITA_BARS])
{
	double mean = 0;
	double sum = 0;
	double cv;

	for (unsigned i = 0; i < NW_RITA_BARS; i++) {
		mean += (double)bar[i] / NW_RITA_BARS;
	}
	for (unsigned i = 0; i < NW_RITA_BARS; i++) {
		sum += (bar[i] - mean) * (bar[i] - mean);
	}
	cv = mean > 0 ? root(sum / NW_RITA_BARS) / mean : 1;
	return cv < 1 ? round3(1 - cv) : 0;
}

/* What share of the bars have one of the two most usual heights. */
static double bimodal_score(const uint32_t bar[NW_RITA_BARS], unsigned bars, uint32_t highest)
{
	uint32_t width = (highest + MODE_SHARE - 1) / MODE_SHARE;
	uint32_t count[MODE_SHARE + 1] = { 0 };
	uint32_t first = 0;
	uint32_t second = 0;

	if (bars < BIMODAL_BARS) {
		return 0;
	}
	for (unsigned i = 0; i < NW_RITA_BARS; i++) {
		if (bar[i] > 0) {
			count[bar[i] / width]++;
		}
	}
	for (unsigned i = 0; i < NW_ARRAY_SIZE(count); i++) {
		if (count[i] > first) {
			second = first;
			first = count[i];
		} else if (count[i] > second) {
			second = count[i];
		}
	}
	return NW_MIN(1.0, round3((double)(first + second) / (bars - 1)));
}

double nw_rita_histogram(const uint32_t bar[NW_RITA_BARS], unsigned *ret_bars, unsigned *ret_run)
{
	uint32_t highest = 0;
	unsigned bars = 0;
	unsigned run = 0;
	unsigned longest = 0;
	double flat;
	double modes;

	for (unsigned i = 0; i < 2 * NW_RITA_BARS; i++) {
		uint32_t b = bar[i % NW_RITA_BARS];

		run = b ? run + 1 : 0;
		longest = NW_MAX(longest, run);
		bars += i < NW_RITA_BARS && b;
		highest = NW_MAX(highest, b);
	}
	*ret_bars = bars;
	*ret_run = NW_MIN(longest, (unsigned)NW_RITA_BARS);
	flat = variation_score(bar);
	modes = bimodal_score(bar, bars, highest);
	return NW_MAX(flat, modes);
}

double nw_rita_duration(double coverage, unsigned bars, unsigned run)
{
	double steady = ceil3((double)run / DUR_RUN);
	double covered = ceil3(coverage);

	if (bars < DUR_BARS) {
		return 0;
	}
	return NW_MIN(1.0, NW_MAX(steady, covered));
}

double nw_rita_score(double ts, double ds, double hist, double dur)
{
	return round3((ts + ds + hist + dur) / 4);
}

/* By squaring: each turn gives one more binary digit. */
double nw_log2(double x)
{
	double r = 0;
	double digit = 0.5;

	while (x >= 2) {
		x /= 2;
		r += 1;
	}
	for (int i = 0; i < 24; i++, digit /= 2) {
		x *= x;
		if (x >= 2) {
			x /= 2;
			r += digit;
		}
	}
	return r;
}
