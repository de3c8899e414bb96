/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does one stream of bytes carry another? Pure arithmetic over slots of equal length: x is what came
 * in, with `lags` slots before the window, y what went out in the window's n slots. Nothing here
 * knows cameras. Source of each measure: docs/live-relay.md.
 */
#pragma once

#include <stdbool.h>

#define NW_MATCH_SLOTS_MAX 640
#define NW_MATCH_LAGS_MAX  64

/* Curves of all that moved: y(t) = ratio * x(t - lag) + constant. */
struct nw_match {
	unsigned lag;	    /* slots */
	double ratio;	    /* bytes out for a byte in */
	double residual;    /* what is left unexplained, in slots of y's mean rate */
	double unexplained; /* the same as a share of what a constant rate leaves: 0 to about 1 */
};
/* False when there is nothing to compare: one of them is silent. */
bool nw_match_curve(const double *x, const double *y, unsigned n, unsigned lags,
		    struct nw_match *ret);
/* The same over a link that stands still now and then: what is late against the fit counts little. */
bool nw_match_late(const double *x, const double *y, unsigned n, unsigned lags,
		   struct nw_match *ret);

/* Conservation: out / in over the window, and how far the backlog swings, in slots of mean rate. */
struct nw_match_conserved {
	unsigned lag;
	double ratio;
	double swing;
};
bool nw_match_conserve(const double *x, const double *y, unsigned n, unsigned lags,
		       struct nw_match_conserved *ret);

/* Bursts, as of segments: the curves are held against each other only where a burst begins. */
struct nw_match_bursts {
	unsigned lag;
	unsigned bursts;
	double ratio;
	double residual;    /* in mean bursts */
	double unexplained; /* as above */
};
bool nw_match_bursts(const double *x, const double *y, unsigned n, unsigned lags,
		     struct nw_match_bursts *ret);

/* Timing alone: correlation of the logarithms of the slots, -1 to 1, and where it is greatest. */
struct nw_match_timing {
	unsigned lag;
	double correlation;
	double gain; /* how much of x's swing y has: a rate that hardly varies has hardly any */
};
bool nw_match_timing(const double *x, const double *y, unsigned n, unsigned lags,
		     struct nw_match_timing *ret);

/* The highest correlation of the same kind at shifts at which nothing can be carried: what equal
 * rhythms and chance give. x and y: n slots of the same time. */
double nw_match_chance(const double *x, const double *y, unsigned n);

/* What paces the slots of one stream. */
struct nw_match_pace {
	double still;  /* share of slots with hardly anything in them */
	double uneven; /* how far a slot is off its neighbours, as a logarithm; median */
	double turning; /* correlation of a step with the next: -0.5 = slots do not know each other */
	double level;	/* greatest share of slots that have the same */
};
bool nw_match_pace(const double *y, unsigned n, struct nw_match_pace *ret);
