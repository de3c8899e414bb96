/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How bytes are paced: by an encoder, which puts whole frames of many sizes into each slot and holds
 * its rate, or by what fills a link. And how like two streams are by chance alone. Owns nothing,
 * allocates nothing. Source of each measure: docs/live-relay.md.
 */
#include "match.h"

#include <math.h>
#include <string.h>

#include "util/macro.h"

#define STILL  0.2  /* of the mean: such a slot has hardly anything */
#define LEVEL  1.04 /* so near are two slots that have the same */
#define BESIDE 4    /* slots on each side that say what is usual */
#define AWAY   40   /* slots: so far from every lag nothing is carried */
#define STEP   2    /* of shifts that are tried */

/* Shell's, with gaps of 3 k + 1. */
static void sort(double *v, unsigned n)
{
	unsigned gap = 1;

	while (gap < n / 3) {
		gap = 3 * gap + 1;
	}
	for (; gap > 0; gap /= 3) {
		for (unsigned i = gap; i < n; i++) {
			double t = v[i];
			unsigned j = i;

			for (; j >= gap && v[j - gap] > t; j -= gap) {
				v[j] = v[j - gap];
			}
			v[j] = t;
		}
	}
}

static double median(const double *v, unsigned n)
{
	double t[NW_MATCH_SLOTS_MAX];

	memcpy(t, v, n * sizeof(*t));
	sort(t, n);
	return t[n / 2];
}

/* The greatest share of slots that have all but the same. */
static double level_share(const double *y, unsigned n)
{
	double t[NW_MATCH_SLOTS_MAX];
	unsigned low = 0;
	unsigned most = 0;

	memcpy(t, y, n * sizeof(*t));
	sort(t, n);
	for (unsigned i = 0; i < n; i++) {
		while (t[i] > t[low] * LEVEL) {
			low++;
		}
		most = NW_MAX(most, i + 1 - low);
	}
	return (double)most / n;
}

/* Correlation of one step with the next: -0.5 where slots do not know of each other. */
static double turning(const double *y, unsigned n)
{
	double all = 0, both = 0;

	for (unsigned k = 2; k < n; k++) {
		double step = y[k] - y[k - 1];

		all += step * step;
		both += step * (y[k - 1] - y[k - 2]);
	}
	return all > 0 ? both / all : 0;
}

bool nw_match_pace(const double *y, unsigned n, struct nw_match_pace *ret)
{
	double off[NW_MATCH_SLOTS_MAX];
	unsigned still = 0;
	double mean = 0;

	for (unsigned k = 0; k < n; k++) {
		mean += y[k] / n;
	}
	if (n < 4 * BESIDE || mean <= 0) {
		return false;
	}
	for (unsigned k = 0; k < n; k++) {
		unsigned from = k - NW_MIN(k, BESIDE);
		unsigned to = NW_MIN(k + BESIDE + 1, n);

		still += y[k] < STILL * mean;
		off[k] = fabs(
			log((y[k] + 0.02 * mean) / (median(y + from, to - from) + 0.02 * mean)));
	}
	*ret = (struct nw_match_pace){ .still = (double)still / n,
				       .uneven = median(off, n),
				       .turning = turning(y, n),
				       .level = level_share(y, n) };
	return true;
}

/* ---- chance --------------------------------------------------------------------------------- */

static void centre(double *v, const double *in, unsigned n)
{
	double mean = 0, sum = 0, square = 0;

	for (unsigned k = 0; k < n; k++) {
		mean += in[k] / n;
	}
	for (unsigned k = 0; k < n && mean > 0; k++) {
		v[k] = log(in[k] / mean + 0.1);
		sum += v[k] / n;
	}
	for (unsigned k = 0; k < n; k++) {
		v[k] -= sum;
		square += v[k] * v[k];
	}
	for (unsigned k = 0; k < n && square > 0; k++) {
		v[k] /= sqrt(square);
	}
}

double nw_match_chance(const double *x, const double *y, unsigned n)
{
	double twice[2 * NW_MATCH_SLOTS_MAX] = { 0 };
	double own[NW_MATCH_SLOTS_MAX] = { 0 };
	double most = -1;

	centre(twice, x, n);
	memcpy(twice + n, twice, n * sizeof(*twice));
	centre(own, y, n);
	for (unsigned shift = AWAY; shift + AWAY / 2 < n; shift += STEP) {
		const double *in = twice + n - shift;
		double sum = 0;

		for (unsigned k = 0; k < n; k++) {
			sum += in[k] * own[k];
		}
		most = fmax(most, sum);
	}
	return most;
}
