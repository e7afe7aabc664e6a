/* SPDX-License-Identifier: Apache-2.0
 *
 * near.h - numbers in double precision, each with how far from it single precision may end up that
 * computes the same formula: what truth_quality.h computes with.
 *
 * The bound is carried along with every operation (running error analysis: Higham 2002, Accuracy
 * and Stability of Numerical Algorithms, section 3.3): what the operands' errors do to the result,
 * without leaving out terms of higher order, and then the rounding of the result.  So nobody
 * chooses a tolerance.
 */
#ifndef KERNELS_TESTS_NEAR_H
#define KERNELS_TESTS_NEAR_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/*
 * The rounding of + - * / and the root: half a unit in the last place, 2^-24 of the value or, where
 * floats are subnormal, 2^-150.  .0001 more than that covers what double precision itself loses,
 * 2^-53 of it. Logarithms and exponentials are within 2.5 units (powers.c), each unit at most 2^-23
 * of the value.
 */
#define NEAR_ROUNDING (1.0001 * 0x1p-24)
#define NEAR_LEAST    0x1p-149
#define NEAR_POWER    (5 * NEAR_ROUNDING)

/* A value and the bound; NaN is no value, a bound of infinity says that single precision may decide
 * otherwise, so that nothing is known. */
struct near {
	double v, e;
};

/* v, a float or a number that a float holds. */
static inline struct near near_exact(double v)
{
	return (struct near){ v, 0 };
}

/* A constant, as printed, that the kernels round to a float. */
static inline struct near near_constant(double v)
{
	return (struct near){ v, fabs(v) * NEAR_ROUNDING };
}

static inline struct near near_none(void)
{
	return near_exact((double)NAN);
}

static inline struct near near_unknown(void)
{
	return (struct near){ 0, (double)INFINITY };
}

/* v, the operands' errors having moved it by up to e, after it is rounded by a share of unit. */
static inline struct near near_rounded(double v, double e, double unit)
{
	return (struct near){ v, e + unit * (fabs(v) + e) + NEAR_LEAST };
}

static inline struct near near_add(struct near a, struct near b)
{
	return near_rounded(a.v + b.v, a.e + b.e, NEAR_ROUNDING);
}

static inline struct near near_sub(struct near a, struct near b)
{
	return near_rounded(a.v - b.v, a.e + b.e, NEAR_ROUNDING);
}

static inline struct near near_mul(struct near a, struct near b)
{
	double e = fabs(a.v) * b.e + fabs(b.v) * a.e + a.e * b.e;

	return near_rounded(a.v * b.v, e, NEAR_ROUNDING);
}

static inline struct near near_div(struct near a, struct near b)
{
	double least = fabs(b.v) - b.e; /* what the divisor may be */
	double e = (fabs(a.v) * b.e + fabs(b.v) * a.e) / (fabs(b.v) * least);

	if (least <= 0)
		return b.v == 0 && b.e == 0 ? near_none() : near_unknown();
	return near_rounded(a.v / b.v, e, NEAR_ROUNDING);
}

static inline struct near near_sqrt(struct near a)
{
	double root = sqrt(a.v);

	if (a.v <= a.e)
		return near_unknown();
	return near_rounded(root, root - sqrt(a.v - a.e), NEAR_ROUNDING);
}

/* log (unit 1) or log10 (unit log 10). */
static inline struct near near_log_unit(struct near a, double unit)
{
	if (isnan(a.v) || a.v + a.e <= 0)
		return near_none();
	if (a.v <= a.e)
		return near_unknown();
	return near_rounded(log(a.v) / unit, -log1p(-a.e / a.v) / unit, NEAR_POWER);
}

static inline struct near near_log(struct near a)
{
	return near_log_unit(a, 1);
}

static inline struct near near_log10(struct near a)
{
	return near_log_unit(a, M_LN10);
}

/* e^a or 10^a (unit log 10), beyond low..high the value there: to clamp makes no error larger. */
static inline struct near near_exp_unit(struct near a, double low, double high, double unit)
{
	double x = fmin(fmax(a.v, low), high), v = exp(x * unit);

	if (isnan(a.v))
		return near_none();
	return near_rounded(v, v * expm1(a.e * unit), NEAR_POWER);
}

static inline struct near near_exp(struct near a)
{
	return near_exp_unit(a, -87, 88, 1);
}

static inline struct near near_exp10(struct near a)
{
	return near_exp_unit(a, -37.5, (double)38.2f, M_LN10);
}

static inline struct near near_power(struct near base, struct near exponent)
{
	return near_exp(near_mul(exponent, near_log(base)));
}

static inline struct near near_abs(struct near a)
{
	return (struct near){ fabs(a.v), a.e };
}

static inline struct near near_clamp(struct near a, double low, double high)
{
	bool outside = a.v + a.e < low || a.v - a.e > high;

	return (struct near){ fmin(fmax(a.v, low), high), outside ? 0 : a.e };
}

/* Whether a < b; *close is set where single precision may see it otherwise. */
static inline bool near_less(struct near a, struct near b, bool *close)
{
	*close |= a.e + b.e > 0 && fabs(a.v - b.v) <= a.e + b.e;
	return a.v < b.v;
}

static inline bool near_positive(struct near a, bool *close)
{
	return near_less(near_exact(0), a, close);
}

/* v if it is said to be good; nothing is known where that is close. */
static inline struct near near_if(bool good, bool close, struct near v)
{
	if (close)
		return near_unknown();
	return good ? v : near_none();
}

/* --- comparing floats with them --- */

/* What a test has met: values, none, unknown; and the largest share of a bound that was needed. */
struct near_count {
	unsigned values, none, unknown;
	double share;
};

static inline bool near_is(const char *what, float got, struct near wanted, struct near_count *n)
{
	const uint32_t nan = 0x7fc00000;
	double off = fabs((double)got - wanted.v);
	bool ok = off <= wanted.e;

	if (isinf(wanted.e) || (isnan(wanted.e) && !isnan(wanted.v))) {
		n->unknown++;
		return true;
	}
	if (isnan(wanted.v)) {
		n->none++;
		ok = !memcmp(&got, &nan, sizeof(nan));
	} else {
		n->values++;
		n->share = fmax(n->share, off > 0 ? off / wanted.e : 0);
	}
	if (!ok)
		printf("# %s: %.9g, not within %.3g of %.9g\n", what, (double)got, wanted.e,
		       wanted.v);
	return ok;
}

/* Whether a test has met what it is about: enough values, and few that nothing is known of. */
static inline bool near_enough(const char *what, struct near_count n)
{
	unsigned all = n.values + n.none + n.unknown;

	printf("# %s: %u values, %.2f of the bound at most, %u without, %u too close to tell\n",
	       what, n.values, n.share, n.none, n.unknown);
	return n.values >= all / 4 && n.unknown <= all / 50;
}

#endif
