/* SPDX-License-Identifier: Apache-2.0 */
/* The arithmetic. Owns nothing, allocates nothing; work is slots times lags. */
#include "match.h"

#include <math.h>
#include <string.h>

#include "util/macro.h"

#define KEPT	  0.75 /* of the slots: what the rest shows may be a frame that fell into the next one */
#define FINALISTS 3 /* lags that are looked at closely */
#define SMOOTH	  5 /* slots: a second */
#define TINY	  1e-9

/* Of slots that are late against the fit. */
#define LATE_ROUNDS 6
#define LATE_WEIGHT 0.03
#define LATE_KEPT   0.4

/* ---- curves --------------------------------------------------------------------------------- */

static void cumulate(const double *in, unsigned n, double *out)
{
	double sum = 0;

	for (unsigned i = 0; i < n; i++) {
		sum += in[i];
		out[i] = sum;
	}
}

/* Hoare's step: v[low .. *j] is at most what v[*i .. high] is at least. */
static void part(double *v, unsigned low, unsigned high, unsigned *ret_i, unsigned *ret_j)
{
	double pivot = v[(low + high) / 2];
	unsigned i = low;
	unsigned j = high;

	while (i <= j) {
		double t;

		while (v[i] < pivot) {
			i++;
		}
		while (v[j] > pivot) {
			j--;
		}
		if (i > j) {
			break;
		}
		t = v[i];
		v[i++] = v[j];
		v[j] = t;
		if (j == 0) {
			break;
		}
		j--;
	}
	*ret_i = i;
	*ret_j = j;
}

/* The value that `rank` of the others are below; reorders v. */
static double select_rank(double *v, unsigned n, unsigned rank)
{
	unsigned low = 0;
	unsigned high = n - 1;

	while (low < high) {
		unsigned i, j;

		part(v, low, high, &i, &j);
		if (rank <= j) {
			high = j;
		} else if (rank >= i) {
			low = i;
		} else {
			break;
		}
	}
	return v[rank];
}

/* The mean of the smallest part of |e|, and the greatest of that part. */
static double trimmed(const double *e, unsigned n, double kept, double *ret_cut)
{
	double v[NW_MATCH_SLOTS_MAX];
	unsigned keep = (unsigned)(kept * n);
	double sum = 0;

	keep = keep ? keep : 1;
	for (unsigned i = 0; i < n; i++) {
		v[i] = fabs(e[i]);
	}
	*ret_cut = select_rank(v, n, keep - 1);
	for (unsigned i = 0; i < keep; i++) {
		sum += v[i];
	}
	return sum / keep;
}

/* y = base + ratio * x, by least squares, each slot with its weight (NULL: all alike). */
struct fit {
	double base, ratio;
};

static bool solve(const double *x, const double *y, unsigned n, const double *weight, struct fit *f)
{
	double s = 0, sx = 0, sy = 0, xx = 0, xy = 0;

	for (unsigned k = 0; k < n; k++) {
		double w = weight ? weight[k] : 1;

		s += w;
		sx += w * x[k];
		sy += w * y[k];
	}
	for (unsigned k = 0; k < n && s > 0; k++) {
		double w = weight ? weight[k] : 1;
		double dx = x[k] - sx / s;

		xx += w * dx * dx;
		xy += w * dx * (y[k] - sy / s);
	}
	if (xx <= 0) {
		return false;
	}
	f->ratio = xy / xx;
	f->base = (sy - f->ratio * sx) / s;
	return true;
}

static void leave(const double *x, const double *y, unsigned n, const struct fit *f, double *e)
{
	for (unsigned k = 0; k < n; k++) {
		e[k] = y[k] - f->base - f->ratio * x[k];
	}
}

/* Means over SMOOTH slots: a frame that came a little late is back a slot later, what drifts is
 * not. Returns how many there are. */
static unsigned smooth(const double *e, unsigned n, double *ret)
{
	double sum = 0;

	for (unsigned k = 0; k < n; k++) {
		sum += e[k];
		sum -= k >= SMOOTH ? e[k - SMOOTH] : 0;
		if (k + 1 >= SMOOTH) {
			ret[k + 1 - SMOOTH] = sum / SMOOTH;
		}
	}
	return n + 1 - SMOOTH;
}

/* Twice: what does not fit the first time is not asked the second. */
static double close_fit(const double *x, const double *y, unsigned n, struct fit *f)
{
	double e[NW_MATCH_SLOTS_MAX] = { 0 };
	double other[NW_MATCH_SLOTS_MAX] = { 0 };
	double cut;

	if (!solve(x, y, n, NULL, f)) {
		return -1;
	}
	leave(x, y, n, f, e);
	(void)trimmed(e, n, KEPT, &cut);
	for (unsigned k = 0; k < n; k++) {
		other[k] = fabs(e[k]) <= cut;
	}
	if (solve(x, y, n, other, f)) {
		leave(x, y, n, f, e);
	}
	return trimmed(other, smooth(e, n, other), KEPT, &cut);
}

/* What a constant rate leaves of y. */
static double left_alone(const double *y, unsigned n)
{
	double line[NW_MATCH_SLOTS_MAX];
	struct fit f;

	for (unsigned k = 0; k < n; k++) {
		line[k] = k;
	}
	return close_fit(line, y, n, &f);
}

/* Sums of products of what x and y are away from their means. */
struct spread {
	double xx, yy, xy;
};

static struct spread spread_of(const double *x, const double *y, unsigned n)
{
	struct spread s = { 0 };
	double sx = 0, sy = 0;

	for (unsigned k = 0; k < n; k++) {
		sx += x[k];
		sy += y[k];
	}
	for (unsigned k = 0; k < n; k++) {
		double dx = x[k] - sx / n;
		double dy = y[k] - sy / n;

		s.xx += dx * dx;
		s.yy += dy * dy;
		s.xy += dx * dy;
	}
	return s;
}

static double rhyme(const double *x, const double *y, unsigned n)
{
	struct spread s = spread_of(x, y, n);

	return s.xy > 0 ? s.xy / s.xx * s.xy / s.yy : 0;
}

bool nw_match_curve(const double *x, const double *y, unsigned n, unsigned lags,
		    struct nw_match *ret)
{
	double cx[NW_MATCH_SLOTS_MAX + NW_MATCH_LAGS_MAX] = { 0 };
	double cy[NW_MATCH_SLOTS_MAX] = { 0 };
	double at[NW_MATCH_LAGS_MAX + 1];
	double alone, best = HUGE_VAL;
	struct fit f;

	if (n < 2 * SMOOTH) {
		return false;
	}
	cumulate(x, n + lags, cx);
	cumulate(y, n, cy);
	if (cy[n - 1] <= 0 || cx[n + lags - 1] <= 0) {
		return false;
	}
	alone = left_alone(cy, n);
	alone = NW_MAX(alone, TINY * cy[n - 1]);
	for (unsigned lag = 0; lag <= lags; lag++) {
		at[lag] = rhyme(cx + lags - lag, cy, n);
	}
	for (unsigned i = 0; i < FINALISTS; i++) {
		unsigned lag = 0;
		double left;

		for (unsigned j = 1; j <= lags; j++) {
			lag = at[j] > at[lag] ? j : lag;
		}
		if (at[lag] <= 0) {
			break;
		}
		at[lag] = -1;
		left = close_fit(cx + lags - lag, cy, n, &f);
		if (left >= 0 && left < best && f.ratio > 0) {
			best = left;
			*ret = (struct nw_match){ .lag = lag,
						  .ratio = f.ratio,
						  .residual = left * n / cy[n - 1],
						  .unexplained = left / alone };
		}
	}
	return best < HUGE_VAL;
}

/* ---- a link that stands still --------------------------------------------------------------- */

/* y <= base + ratio * x, and often equal: what is late counts little. */
static double late_fit(const double *x, const double *y, unsigned n, struct fit *f)
{
	double e[NW_MATCH_SLOTS_MAX] = { 0 };
	double weight[NW_MATCH_SLOTS_MAX];
	double cut;

	if (!solve(x, y, n, NULL, f)) {
		return -1;
	}
	for (unsigned i = 0; i < LATE_ROUNDS; i++) {
		leave(x, y, n, f, e);
		for (unsigned k = 0; k < n; k++) {
			weight[k] = e[k] > 0 ? 1 : LATE_WEIGHT;
		}
		if (!solve(x, y, n, weight, f)) {
			return -1;
		}
	}
	leave(x, y, n, f, e);
	return trimmed(e, n, LATE_KEPT, &cut);
}

bool nw_match_late(const double *x, const double *y, unsigned n, unsigned lags,
		   struct nw_match *ret)
{
	double cx[NW_MATCH_SLOTS_MAX + NW_MATCH_LAGS_MAX] = { 0 };
	double cy[NW_MATCH_SLOTS_MAX] = { 0 };
	double line[NW_MATCH_SLOTS_MAX];
	double alone, best = HUGE_VAL;
	struct fit f = { 0 };

	cumulate(x, n + lags, cx);
	cumulate(y, n, cy);
	if (cy[n - 1] <= 0 || cx[n + lags - 1] <= 0) {
		return false;
	}
	for (unsigned k = 0; k < n; k++) {
		line[k] = k;
	}
	alone = late_fit(line, cy, n, &f);
	alone = NW_MAX(alone, TINY * cy[n - 1]);
	for (unsigned lag = 0; lag <= lags; lag++) {
		double left = late_fit(cx + lags - lag, cy, n, &f);

		if (left >= 0 && left < best && f.ratio > 0) {
			best = left;
			*ret = (struct nw_match){ .lag = lag,
						  .ratio = f.ratio,
						  .residual = left * n / cy[n - 1],
						  .unexplained = left / alone };
		}
	}
	return best < HUGE_VAL;
}

/* ---- conservation --------------------------------------------------------------------------- */

bool nw_match_conserve(const double *x, const double *y, unsigned n, unsigned lags,
		       struct nw_match_conserved *ret)
{
	double best = HUGE_VAL;

	for (unsigned lag = 0; lag <= lags; lag++) {
		const double *in = x + lags - lag;
		double sx = 0, sy = 0, low = 0, high = 0, ratio;

		for (unsigned k = 0; k < n; k++) {
			sx += in[k];
			sy += y[k];
		}
		if (sx <= 0 || sy <= 0) {
			continue;
		}
		ratio = sy / sx;
		sx = sy = 0;
		for (unsigned k = 0; k < n; k++) {
			double ahead;

			sx += in[k];
			sy += y[k];
			ahead = sy - ratio * sx;
			low = fmin(low, ahead);
			high = fmax(high, ahead);
		}
		if ((high - low) * n / sy < best) {
			best = (high - low) * n / sy;
			*ret = (struct nw_match_conserved){ .lag = lag,
							    .ratio = ratio,
							    .swing = best };
		}
	}
	return best < HUGE_VAL;
}

/* ---- bursts --------------------------------------------------------------------------------- */

#define BURSTS_MAX 64
#define BURSTS_MIN 4
#define IDLE_SLOTS 3   /* before a burst, with hardly anything in them */
#define IDLE_SHARE 0.1 /* of the mean */

/* Of each burst that is over: the slot at which it begins, and all that was sent by its end. */
static unsigned find_bursts(const double *y, const double *cy, unsigned n, unsigned *at,
			    double *sent)
{
	double idle_most = IDLE_SHARE * cy[n - 1] / n;
	unsigned idle = 0;
	unsigned found = 0;

	for (unsigned k = 0; k < n && found < BURSTS_MAX; k++) {
		if (y[k] < idle_most) {
			idle++;
			continue;
		}
		if (idle >= IDLE_SLOTS && k > 0) {
			if (found > 0) {
				sent[found - 1] = cy[k - 1];
			}
			at[found++] = k;
		}
		idle = 0;
	}
	if (found > 0 && idle < IDLE_SLOTS) {
		return found - 1;
	}
	if (found > 0) {
		sent[found - 1] = cy[n - 1];
	}
	return found;
}

/* Root of the mean square that a line through the points leaves, and its slope; -1 = no line. */
static double line_leaves(const double *px, const double *py, unsigned m, double *ret_slope)
{
	double mx = 0, my = 0, xx = 0, xy = 0, yy = 0;

	for (unsigned i = 0; i < m; i++) {
		mx += px[i] / m;
		my += py[i] / m;
	}
	for (unsigned i = 0; i < m; i++) {
		xx += (px[i] - mx) * (px[i] - mx);
		xy += (px[i] - mx) * (py[i] - my);
		yy += (py[i] - my) * (py[i] - my);
	}
	if (xx <= 0 || xy <= 0) {
		return -1;
	}
	*ret_slope = xy / xx;
	return sqrt(NW_MAX(0, yy - xy * xy / xx) / m);
}

bool nw_match_bursts(const double *x, const double *y, unsigned n, unsigned lags,
		     struct nw_match_bursts *ret)
{
	double cx[NW_MATCH_SLOTS_MAX + NW_MATCH_LAGS_MAX] = { 0 };
	double cy[NW_MATCH_SLOTS_MAX] = { 0 };
	double came[BURSTS_MAX], sent[BURSTS_MAX];
	unsigned at[BURSTS_MAX];
	double best = HUGE_VAL, slope, alone, span;
	unsigned m;

	cumulate(x, n + lags, cx);
	cumulate(y, n, cy);
	m = cy[n - 1] > 0 ? find_bursts(y, cy, n, at, sent) : 0;
	if (m < BURSTS_MIN) {
		return false;
	}
	for (unsigned i = 0; i < m; i++) {
		came[i] = at[i];
	}
	span = (sent[m - 1] - sent[0]) / (m - 1);
	alone = line_leaves(came, sent, m, &slope);
	alone = NW_MAX(alone, TINY * span);
	for (unsigned lag = 0; lag <= lags; lag++) {
		double left;

		for (unsigned i = 0; i < m; i++) {
			came[i] = cx[lags + at[i] - 1 - lag];
		}
		left = line_leaves(came, sent, m, &slope);
		if (left >= 0 && left < best) {
			best = left;
			*ret = (struct nw_match_bursts){ .lag = lag,
							 .bursts = m,
							 .ratio = slope,
							 .residual = left / span,
							 .unexplained = left / alone };
		}
	}
	return best < HUGE_VAL;
}

/* ---- timing --------------------------------------------------------------------------------- */

bool nw_match_timing(const double *x, const double *y, unsigned n, unsigned lags,
		     struct nw_match_timing *ret)
{
	double lx[NW_MATCH_SLOTS_MAX + NW_MATCH_LAGS_MAX] = { 0 };
	double ly[NW_MATCH_SLOTS_MAX] = { 0 };
	double mx = 0, my = 0;

	for (unsigned k = 0; k < n + lags; k++) {
		mx += x[k] / (n + lags);
	}
	for (unsigned k = 0; k < n; k++) {
		my += y[k] / n;
	}
	if (mx <= 0 || my <= 0) {
		return false;
	}
	for (unsigned k = 0; k < n + lags; k++) {
		lx[k] = log(x[k] / mx + 0.1);
	}
	for (unsigned k = 0; k < n; k++) {
		ly[k] = log(y[k] / my + 0.1);
	}
	*ret = (struct nw_match_timing){ .correlation = -1 };
	for (unsigned lag = 0; lag <= lags; lag++) {
		struct spread s = spread_of(lx + lags - lag, ly, n);

		if (s.xx > TINY && s.yy > TINY && s.xy / sqrt(s.xx * s.yy) > ret->correlation) {
			ret->correlation = s.xy / sqrt(s.xx * s.yy);
			ret->gain = s.xy / s.xx;
			ret->lag = lag;
		}
	}
	return ret->correlation > -1;
}
