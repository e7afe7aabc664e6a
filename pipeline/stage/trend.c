/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/trend.h"

#include <math.h>
#include <stdlib.h>

#define TWO_OVER_PI  0.63661977236758134
#define MAD_TO_SIGMA 0.6745 /* of a normal distribution */
#define SCORE_MAX    3.5
#define CONFIDENT    0.975 /* 95 % on both sides */
#define FIT_LEAST    3
#define STUDENT_MAX  1e6 /* no quantile that may be asked for is larger */

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Sorts v. */
static double median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), compare);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

int trend_outliers(const double *positions, size_t n, bool *outlier, struct error *e)
{
	double *v = malloc((n + 1) * sizeof(*v)), middle, mad;
	size_t nr = 0;

	if (!v)
		return error_nomem(e, "outliers");
	for (size_t i = 0; i < n; i++) {
		outlier[i] = false;
		if (isfinite(positions[i]))
			v[nr++] = positions[i];
	}
	if (nr >= TREND_OUTLIER_LEAST) {
		middle = median(v, nr);
		for (size_t i = 0; i < nr; i++)
			v[i] = fabs(v[i] - middle);
		mad = median(v, nr);
		for (size_t i = 0; mad > 0 && i < n; i++)
			outlier[i] = isfinite(positions[i]) &&
				     MAD_TO_SIGMA * fabs(positions[i] - middle) / mad > SCORE_MAX;
	}
	free(v);
	return 0;
}

/* P(|T| <= t). */
static double inside(size_t dof, double t)
{
	double cos2 = 1 / (1 + t * t / (double)dof), sine = t / sqrt((double)dof + t * t);
	double sum = 0, term;

	if (dof % 2 == 0) {
		term = 1;
		for (size_t k = 2; k <= dof; k += 2) {
			sum += term;
			term *= cos2 * (double)(k - 1) / (double)k;
		}
		return sine * sum;
	}
	term = sqrt(cos2);
	for (size_t k = 3; k <= dof; k += 2) {
		sum += term;
		term *= cos2 * (double)(k - 1) / (double)k;
	}
	return TWO_OVER_PI * (atan(t / sqrt((double)dof)) + sine * sum);
}

double trend_student(size_t dof, double p)
{
	double low = 0, high = 1;

	if (!dof)
		return HUGE_VAL;
	while (high < STUDENT_MAX && inside(dof, high) < 2 * p - 1)
		high *= 2;
	for (int i = 0; i < 60; i++) {
		double t = (low + high) / 2;

		if (inside(dof, t) < 2 * p - 1)
			low = t;
		else
			high = t;
	}
	/* The last bits of atan() differ between CPUs. */
	return nearbyint(high * 1e9) / 1e9;
}

/* --- least squares --- */

struct sample {
	const struct trend_period *periods;
	const double *positions;
	const bool *outlier;
	size_t n;     /* periods */
	size_t used;  /* positions of them that take part */
	size_t first; /* of these; n: none */
};

static bool takes_part(const struct sample *s, size_t i)
{
	return isfinite(s->positions[i]) && isfinite(s->periods[i].time) && !s->outlier[i];
}

/* From the first on: small numbers, and exactly 0 where nothing moves. */
static double time_of(const struct sample *s, size_t i)
{
	return s->periods[i].time - s->periods[s->first].time;
}

static double place_of(const struct sample *s, size_t i)
{
	return s->positions[i] - s->positions[s->first];
}

static double weight(const struct sample *s, size_t i, bool weighted)
{
	double u = s->periods[i].uncertainty;

	return weighted ? 1 / (u * u) : 1;
}

struct fit {
	double slope, r2, error, stt;
};

static struct fit fit_of(const struct sample *s, bool weighted)
{
	double sum = 0, t_mean = 0, d_mean = 0, stt = 0, std = 0, sdd = 0, rest = 0, slope;

	for (size_t i = s->first; i < s->n; i++) {
		double w = weight(s, i, weighted);

		if (!takes_part(s, i))
			continue;
		sum += w;
		t_mean += w * time_of(s, i);
		d_mean += w * place_of(s, i);
	}
	t_mean /= sum;
	d_mean /= sum;
	for (size_t i = s->first; i < s->n; i++) {
		double w = weight(s, i, weighted), t = time_of(s, i) - t_mean;
		double d = place_of(s, i) - d_mean;

		if (!takes_part(s, i))
			continue;
		stt += w * t * t;
		std += w * t * d;
		sdd += w * d * d;
	}
	slope = std / stt;
	for (size_t i = s->first; i < s->n; i++) {
		double d = place_of(s, i) - d_mean - slope * (time_of(s, i) - t_mean);

		if (takes_part(s, i))
			rest += weight(s, i, weighted) * d * d;
	}
	return (struct fit){ slope, sdd > 0 ? fmax(1 - rest / sdd, 0) : NAN,
			     sqrt(rest / (double)(s->used - 2)), stt };
}

static bool different_times(const struct sample *s)
{
	double low = HUGE_VAL, high = -HUGE_VAL;

	for (size_t i = 0; i < s->n; i++) {
		if (!takes_part(s, i))
			continue;
		low = fmin(low, s->periods[i].time);
		high = fmax(high, s->periods[i].time);
	}
	return low < high;
}

static bool weights_known(const struct sample *s)
{
	for (size_t i = 0; i < s->n; i++) {
		double w = weight(s, i, true);

		if (takes_part(s, i) && !(isfinite(w) && s->periods[i].uncertainty > 0 && w > 0))
			return false;
	}
	return true;
}

static void regress(const struct sample *s, struct trend *out)
{
	double t = trend_student(s->used - 2, CONFIDENT);
	struct fit f = fit_of(s, false);

	out->lrr = f.slope;
	out->lr2 = f.r2;
	out->lse = f.error;
	out->se = f.error / sqrt(f.stt);
	out->lci95 = t * out->se;
	if (!weights_known(s))
		return;
	f = fit_of(s, true);
	out->wlr = f.slope;
	out->wr2 = f.r2;
	out->wse = f.error;
	out->wci95 = t * f.error / sqrt(f.stt);
	out->wlr_sigma = 1 / sqrt(f.stt);
}

/* --- ends --- */

static void compare_ends(const struct sample *s, struct trend *out)
{
	size_t last = s->first;
	double low = HUGE_VAL, high = -HUGE_VAL, years, u, v;

	for (size_t i = 0; i < s->n; i++) {
		if (!takes_part(s, i))
			continue;
		last = i;
		low = fmin(low, s->positions[i]);
		high = fmax(high, s->positions[i]);
	}
	out->sce = high - low;
	years = time_of(s, last);
	if (!(years > 0))
		return;
	out->nsm = place_of(s, last);
	out->epr = out->nsm / years;
	u = s->periods[s->first].uncertainty;
	v = s->periods[last].uncertainty;
	if (u > 0 && v > 0 && isfinite(u) && isfinite(v))
		out->epr_sigma = sqrt(u * u + v * v) / years;
}

struct trend trend_of(const struct trend_period *periods, const double *positions,
		      const bool *outlier, size_t n)
{
	struct sample s = { periods, positions, outlier, n, 0, n };
	struct trend out = { .sce = NAN,
			     .nsm = NAN,
			     .epr = NAN,
			     .epr_sigma = NAN,
			     .lrr = NAN,
			     .lr2 = NAN,
			     .lse = NAN,
			     .se = NAN,
			     .lci95 = NAN,
			     .wlr = NAN,
			     .wr2 = NAN,
			     .wse = NAN,
			     .wci95 = NAN,
			     .wlr_sigma = NAN };

	for (size_t i = 0; i < n; i++) {
		bool there = isfinite(positions[i]) && isfinite(periods[i].time);

		out.positions_nr += there;
		out.outliers_nr += there && outlier[i];
		if (takes_part(&s, i) && !s.used++)
			s.first = i;
	}
	if (s.used >= 2)
		compare_ends(&s, &out);
	if (s.used >= FIT_LEAST && different_times(&s))
		regress(&s, &out);
	return out;
}
