/* SPDX-License-Identifier: Apache-2.0
 *
 * truth_quality.h - the formulas of water quality once more, in double precision, from the papers
 * and with none of the kernels' code; each value with the bound that near.h derives.
 *
 * Arguments are floats: reflectances rho_w = pi Rrs, and coefficients.
 */
#ifndef KERNELS_TESTS_TRUTH_QUALITY_H
#define KERNELS_TESTS_TRUTH_QUALITY_H

#include "kernels/kernels.h"
#include "kernels/tests/near.h"

/* A float as it is, and a printed constant. */
static struct near given(float v)
{
	return near_exact((double)v);
}

static struct near printed(double v)
{
	return near_constant(v);
}

static struct near truth_poly(const float *a, int n, struct near x)
{
	struct near v = given(a[n - 1]);

	for (int i = n - 2; i >= 0; i--)
		v = near_add(given(a[i]), near_mul(x, v));
	return v;
}

static struct near truth_poly2(struct chl_poly p, struct near t)
{
	const float a[] = { p.c0, p.c1, p.c2 };

	return truth_poly(a, 3, t);
}

static struct near truth_rrs(float rho)
{
	return near_div(given(rho), printed(M_PI));
}

/* (1 - share) a + share b */
static struct near truth_mix(struct near share, struct near a, struct near b)
{
	return near_add(near_mul(near_sub(near_exact(1), share), a), near_mul(share, b));
}

/* --- chlorophyll --- */

static struct near truth_oc(float blue1, float blue2, float green, struct chl_oc oc)
{
	struct near x = near_log10(near_div(given(fmaxf(blue1, blue2)), given(green)));

	return near_if(blue1 > 0 && blue2 > 0 && green > 0, false,
		       near_exp10(truth_poly(oc.a, 5, x)));
}

static struct near truth_ci(float blue, float green, float red, float weight)
{
	struct near b = truth_rrs(blue), g = truth_rrs(green), r = truth_rrs(red), line;
	bool close = false, low = near_less(g, printed(.001148), &close);

	if (!(blue > 0 && green > 0 && red > 0))
		return near_none();
	g = low ? near_exp10(near_add(near_mul(printed(1.023), near_log10(g)), printed(.103624)))
		: near_add(near_mul(printed(.979), g), printed(.000121));
	line = near_add(b, near_mul(given(weight), near_sub(r, b)));
	return near_if(true, close,
		       near_exp10(near_add(printed(-.4287),
					   near_mul(printed(230.47), near_sub(g, line)))));
}

/* Values that are given decide exactly. */
static struct near truth_blend(float ci, float oc, float low, float high)
{
	struct near share =
		near_div(near_sub(given(ci), given(low)), near_sub(given(high), given(low)));

	if (isnan(ci) || isnan(oc))
		return near_none();
	if (ci <= low || ci >= high)
		return given(ci <= low ? ci : oc);
	return truth_mix(share, given(ci), given(oc));
}

static struct near truth_index(float red, float edge705)
{
	return near_div(near_sub(given(edge705), given(red)), near_add(given(edge705), given(red)));
}

static struct near truth_ndci(float red, float edge705, struct chl_poly p, bool monotonic)
{
	struct near t = truth_index(red, edge705);
	struct near least = near_div(given(-p.c1), near_mul(near_exact(2), given(p.c2)));
	bool close = false, falls = monotonic && near_less(t, least, &close);

	if (!(red > 0 && edge705 > 0))
		return near_none();
	return near_if(!falls, close, truth_poly2(p, t));
}

/* v, none below 0. */
static struct near truth_not_negative(struct near v)
{
	bool close = false, negative = near_less(v, near_exact(0), &close);

	return near_if(!negative, close, v);
}

static struct near truth_ratio(float red, float edge705, struct chl_poly p)
{
	if (!(red > 0 && edge705 > 0))
		return near_none();
	return truth_not_negative(truth_poly2(p, near_div(given(edge705), given(red))));
}

/* (gain t + offset)^exponent */
static struct near truth_power(struct near t, struct chl_power p)
{
	return near_power(near_add(near_mul(given(p.gain), t), given(p.offset)), given(p.exponent));
}

static struct near truth_ratio_power(float red, float edge705, struct chl_power p)
{
	if (!(red > 0 && edge705 > 0))
		return near_none();
	return truth_power(near_div(given(edge705), given(red)), p);
}

static struct near truth_three_bands(float red, float edge705, float edge740)
{
	struct near one = near_exact(1);

	return near_mul(given(edge740),
			near_sub(near_div(one, given(red)), near_div(one, given(edge705))));
}

static struct near truth_three(float red, float edge705, float edge740, struct chl_poly p)
{
	if (!(red > 0 && edge705 > 0 && edge740 > 0))
		return near_none();
	return truth_not_negative(truth_poly2(p, truth_three_bands(red, edge705, edge740)));
}

static struct near truth_three_power(float red, float edge705, float edge740, struct chl_power p)
{
	if (!(red > 0 && edge705 > 0 && edge740 > 0))
		return near_none();
	return truth_power(truth_three_bands(red, edge705, edge740), p);
}

static struct near truth_gons(float red, float edge705, float edge783, struct chl_gons g)
{
	struct near q = near_div(given(edge705), given(red));
	struct near under = near_sub(printed(.082), near_mul(printed(.6), given(edge783)));
	struct near bb = near_div(near_mul(printed(1.61), given(edge783)), under);
	struct near gained = near_mul(q, near_add(given(g.aw705), bb));
	struct near lost = near_power(bb, given(g.bb_exponent));
	struct near v = near_div(near_sub(near_sub(gained, given(g.aw665)), lost), given(g.a_star));
	bool close = false, red_edge = near_less(printed(.63), q, &close);
	bool scatters = near_positive(bb, &close);

	if (!(red > .005f))
		return near_none();
	if (close || !red_edge || !scatters)
		return near_if(false, close, v);
	return truth_not_negative(v);
}

/* The default where there is a band at 705 nm; ndci is positive everywhere. */
static struct near truth_default(const float *band, float turbidity, struct chl_oc oc,
				 struct chl_poly ndci, struct chl_limits l)
{
	float blue = band[0], green = band[1], red = band[2], edge705 = band[3];
	struct near q = near_div(given(edge705), given(red)),
		    clear = truth_oc(blue, blue, green, oc);
	struct near share = near_div(near_sub(q, given(l.q_low)), given(l.q_span));
	struct near lush = truth_poly2(ndci, truth_index(red, edge705));
	bool close = false, low = near_less(q, given(l.q_low), &close);
	bool mud = !(turbidity < l.turbid) && low;
	bool brown = near_less(near_div(given(blue), given(green)), given(l.blue_green), &close) &&
		     near_less(q, given(l.q_blue), &close);

	if (!(blue > 0 && green > 0 && red > 0) || isnan(edge705))
		return near_none();
	if (close || mud || brown)
		return near_if(false, close, clear);
	share = near_clamp(share, 0, 1);
	if (!(red > l.red_least) || low || (share.v == 0 && share.e == 0))
		return clear;
	return near_exp(truth_mix(share, near_log(clear), near_log(lush)));
}

static struct near truth_clear(float blue1, float blue2, float green, float turbidity,
			       struct chl_oc oc, float turbid, float blue_green)
{
	struct near ratio = near_div(given(fmaxf(blue1, blue2)), given(green));
	bool close = false, brown = near_less(ratio, given(blue_green), &close);

	if (!(blue1 > 0 && blue2 > 0 && green > 0 && turbidity < turbid))
		return near_none();
	return near_if(!brown, close, truth_oc(blue1, blue2, green, oc));
}

/* --- heights and terms --- */

static struct near truth_height(float left, float middle, float right, float weight)
{
	struct near line = near_mul(near_sub(given(right), given(left)), given(weight));

	return near_sub(near_sub(given(middle), given(left)), line);
}

static struct near truth_log_add(float sum, float coefficient, float a, float b)
{
	if (!(a > 0 && b > 0) || isnan(sum))
		return near_none();
	return near_add(given(sum),
			near_mul(given(coefficient), near_log(near_div(given(a), given(b)))));
}

/* --- clarity --- */

/* a rho / (1 - rho / c) */
static struct near truth_nechad(float rho, float a, float scale)
{
	return near_div(near_mul(given(a), given(rho)),
			near_sub(near_exact(1), near_div(given(rho), given(scale))));
}

static struct near truth_spm(float rho, struct nechad m)
{
	if (!(rho >= 0 && (double)rho < .5 * (double)m.c))
		return near_none();
	return near_add(truth_nechad(rho, m.a, m.c), given(m.b));
}

static struct near truth_branch(float rho, struct turbidity_branch b)
{
	if (isnan(rho) || rho >= b.c)
		return near_none();
	return truth_nechad(fmaxf(rho, 0), b.a, b.c);
}

static struct near truth_turbidity(float red, float nir, struct turbidity_model m)
{
	struct near share =
		near_div(near_sub(given(red), given(m.low)), near_sub(given(m.high), given(m.low)));

	if (red <= m.low)
		return truth_branch(red, m.red);
	if (red >= m.high)
		return truth_branch(nir, m.nir);
	return truth_mix(share, truth_branch(red, m.red), truth_branch(nir, m.nir));
}

static struct near truth_cdom(float green, float red)
{
	if (!(green > 0 && red > 0))
		return near_none();
	return near_mul(printed(3.65),
			near_power(near_div(given(green), given(red)), printed(-1.93)));
}

#endif
