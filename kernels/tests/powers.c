/* SPDX-License-Identifier: Apache-2.0
 *
 * powers.c - power.h against long double: log_of(), log10_of(), exp_of() and exp10_of() are within
 * 2 units in the last place of the correctly rounded result on every float of their range, and
 * power_of() is as near as its comment says.
 *
 *   powers          every 997th float, and those beside the ends and where the result is 0 or 1
 *   powers --all    every float: half an hour of one core
 *
 * "Correctly rounded" is the long double of libm rounded to float: on x86 it may be one unit off
 * where the true value lies within 2^-40 units of the middle of two floats, which makes this test
 * the stricter or the milder by that one unit on a handful of floats, and hides nothing larger.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "kernels/power.h"
#include "kernels/tests/guard.h"

#define UNITS_MOST 2
#define STEP	   997

/* --- the functions and their references --- */

static long double exact_exp10(long double x)
{
	return powl(10.0L, x);
}

/* Floats of one sign whose bits run from first to last. */
struct stretch {
	float first, last;
};

struct function {
	const char *name;
	float (*of)(float x);
	long double (*exact)(long double x);
	struct stretch stretch[2]; /* the range named in power.h */
};

static const struct function functions[] = {
	{ "log_of", log_of, logl, { { POWER_LEAST, POWER_MOST } } },
	{ "log10_of", log10_of, log10l, { { POWER_LEAST, POWER_MOST } } },
	{ "exp_of", exp_of, expl, { { 0.0f, 88.0f }, { -0.0f, -87.0f } } },
	{ "exp10_of", exp10_of, exact_exp10, { { 0.0f, 38.2f }, { -0.0f, -37.5f } } },
};

#define FUNCTIONS (sizeof(functions) / sizeof(functions[0]))

/* --- how far off --- */

/* Floats in their order as integers: neighbours differ by 1, and the two zeros not at all. */
static int64_t place_of(float v)
{
	int64_t bits = float_bits(v) & 0x7fffffff;

	return signbit(v) ? -bits : bits;
}

/* The worst of a function: units from the correctly rounded result, and from the exact one. */
struct worst {
	int64_t units;
	double exact;
	float at;
	unsigned long long floats, rounded_otherwise;
};

/* |got - exact| in units of the last place of the correctly rounded result. */
static double units_off(float got, long double exact, float rounded)
{
	float size = fabsf(rounded) < POWER_LEAST ? POWER_LEAST : fabsf(rounded);

	return (double)(fabsl((long double)got - exact) / ldexpl(1.0L, ilogbf(size) - 23));
}

static void worst_add(struct worst *w, const struct function *f, float x)
{
	long double exact = f->exact((long double)x);
	float got = f->of(x), rounded = (float)exact;
	int64_t units = isnan(got) ? INT64_MAX : place_of(got) - place_of(rounded);

	w->floats++;
	if (units == 0)
		return;
	units = units < 0 ? -units : units;
	w->rounded_otherwise++;
	if (units > w->units)
		w->units = units;
	double off = units_off(got, exact, rounded);

	if (!(off <= w->exact)) {
		w->exact = off;
		w->at = x;
	}
}

/* Every step'th float of a stretch, its ends, and all floats within a few of these. */
static void stretch_add(struct worst *w, const struct function *f, struct stretch s, uint32_t step)
{
	uint32_t first = float_bits(s.first), last = float_bits(s.last), bits;

	for (uint64_t at = first; at <= last; at += step)
		worst_add(w, f, float_of_bits((uint32_t)at));
	for (bits = 0; step > 1 && bits < 2000; bits++) {
		worst_add(w, f, float_of_bits(first + bits));
		worst_add(w, f, float_of_bits(last - bits));
	}
}

static bool function_takes(const struct function *f, float x)
{
	bool second = f->stretch[1].last != 0.0f;

	return second ? x <= f->stretch[0].last && x >= f->stretch[1].last
		      : x >= f->stretch[0].first;
}

/* Floats about 1, where a logarithm is nearest to 0, and about the seams of the polynomials. */
static void seams_add(struct worst *w, const struct function *f)
{
	static const float seam[] = { 1.0f,	      0x1.6a09e6p-1f, 0x1.6a09e6p0f, 0x1.6a09e6p1f,
				      0x1.62e430p-2f, 0x1.344136p-3f, 10.0f,	     100.0f };

	for (size_t i = 0; i < sizeof(seam) / sizeof(seam[0]); i++)
		for (uint32_t bits = 0; bits < 4000; bits++) {
			float x = float_of_bits(float_bits(seam[i]) - 2000 + bits);

			if (function_takes(f, x))
				worst_add(w, f, x);
		}
}

static bool test_units(const struct function *f, uint32_t step)
{
	struct worst w = { 0 };

	for (size_t i = 0; i < 2; i++)
		if (f->stretch[i].last != 0.0f)
			stretch_add(&w, f, f->stretch[i], step);
	if (step > 1)
		seams_add(&w, f);
	printf("# %s: %llu floats, %.2f %% not rounded correctly, at most %lld units from that, "
	       "%.4f from the exact value (of %a)\n",
	       f->name, w.floats, 100.0 * (double)w.rounded_otherwise / (double)w.floats,
	       (long long)w.units, w.exact, (double)w.at);
	return w.units <= UNITS_MOST;
}

/* --- outside of the range --- */

static bool is(const char *what, float got, float wanted)
{
	bool ok = float_bits(got) == float_bits(wanted);

	if (!ok)
		printf("# %s: %a, not %a\n", what, (double)got, (double)wanted);
	return ok;
}

/* Of what has no logarithm here, whatever the sign and payload of a NaN: the one NaN. */
static bool test_logarithms_outside(void)
{
	static const uint32_t bits[] = {
		0,	    0x80000000, 1,	    0x7fffff,	0x80000001,
		0x807fffff, 0x80800000, 0xbf800000, 0xff7fffff, 0x7f800000,
		0xff800000, 0x7f800001, 0x7fc12345, 0xffc00000, 0xffffffff
	};
	bool ok = true;

	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		ok &= is("log_of outside", log_of(float_of_bits(bits[i])), __builtin_nanf(""));
		ok &= is("log10_of outside", log10_of(float_of_bits(bits[i])), __builtin_nanf(""));
	}
	ok &= is("log_of(1)", log_of(1.0f), 0.0f) & is("log10_of(1)", log10_of(1.0f), 0.0f);
	return ok & !isnan(log_of(POWER_LEAST)) & !isnan(log10_of(POWER_MOST));
}

/* Beyond the ends the value at the end; of 0 and of what is too small to tell from it, 1; NaN
 * stays. */
static bool test_exponentials_outside(float (*of)(float), float low, float high)
{
	static const float beyond[] = { 1.0001f, 2.0f, 1e10f, 0x1.fffffep127f, INFINITY };
	static const uint32_t nan[] = { 0x7f800001, 0x7fc12345, 0xffc00000, 0xffffffff };
	bool ok = true;

	for (size_t i = 0; i < sizeof(beyond) / sizeof(beyond[0]); i++) {
		ok &= is("above", of(high * beyond[i]), of(high));
		ok &= is("below", of(low * beyond[i]), of(low));
	}
	for (size_t i = 0; i < sizeof(nan) / sizeof(nan[0]); i++)
		ok &= is("of NaN", of(float_of_bits(nan[i])), __builtin_nanf(""));
	ok &= is("of 0", of(0.0f), 1.0f) & is("of -0", of(-0.0f), 1.0f);
	ok &= is("of the least", of(0x1p-149f), 1.0f) & is("of the least", of(-0x1p-149f), 1.0f);
	return ok & (of(low) >= POWER_LEAST) & (of(high) <= POWER_MOST);
}

/* --- powers --- */

/*
 * A logarithm and an exponential are within 2.5 units of the exact value, a unit being at most
 * 2^-23 of it; the product of exponent and logarithm is rounded once more, 2^-24.  An error of the
 * exponent t of e is that part of the result: 2^-23 (2.5 + 3 |t|).
 */
static bool test_powers(void)
{
	struct random r = { 23 };
	double most = 0, of_comment = 0;

	for (int i = 0; i < 1000000; i++) {
		float base = expf((float)random_between(&r, -20, 20));
		float exponent = (float)random_between(&r, -4, 4);
		long double exact = powl((long double)base, (long double)exponent);
		double t = fabs((double)exponent * log((double)base));
		double off = (double)fabsl((long double)power_of(base, exponent) / exact - 1.0L);

		if (t >= 86.0)
			continue;
		most = fmax(most, off / (0x1p-23 * (2.5 + 3 * t)));
		of_comment = fmax(of_comment, off / (0x1p-23 * (1 + t)));
	}
	printf("# power_of: at most %.3f of 2^-23 (2.5 + 3 |t|), %.3f of 2^-23 (1 + |t|)\n", most,
	       of_comment);
	return most <= 1 && of_comment <= 1;
}

static bool test_powers_outside(void)
{
	bool ok = is("1^y", power_of(1.0f, 3.7f), 1.0f) & is("x^0", power_of(7.0f, 0.0f), 1.0f);

	ok &= is("0^y", power_of(0.0f, 2.0f), __builtin_nanf(""));
	ok &= is("a negative base", power_of(-2.0f, 2.0f), __builtin_nanf(""));
	ok &= is("NaN^y", power_of(__builtin_nanf("7"), 2.0f), __builtin_nanf(""));
	ok &= is("x^NaN", power_of(2.0f, __builtin_nanf("7")), __builtin_nanf(""));
	return ok & is("infinity^y", power_of(INFINITY, -1.0f), __builtin_nanf(""));
}

static size_t report(size_t test, bool ok, const char *name)
{
	printf("%s %zu - %s\n", ok ? "ok" : "not ok", test, name);
	return !ok;
}

int main(int argc, char **argv)
{
	bool all = argc > 1 && !strcmp(argv[1], "--all");
	size_t test = 0, failed = 0;

	for (size_t i = 0; i < FUNCTIONS; i++) {
		bool ok = test_units(&functions[i], all ? 1 : STEP);

		failed += report(++test, ok, functions[i].name);
	}
	failed += report(++test, test_logarithms_outside(), "logarithms outside of their range");
	failed += report(++test, test_exponentials_outside(exp_of, -87.0f, 88.0f),
			 "exp_of outside of its range");
	failed += report(++test, test_exponentials_outside(exp10_of, -37.5f, 38.2f),
			 "exp10_of outside of its range");
	failed += report(++test, test_powers(), "power_of");
	failed += report(++test, test_powers_outside(), "power_of outside of its range");
	printf("1..%zu\n", test);
	return failed != 0;
}
