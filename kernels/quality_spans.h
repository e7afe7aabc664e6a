/* SPDX-License-Identifier: Apache-2.0
 *
 * quality_spans.h - the span kernels of water quality; included by isa.c alone.
 */
#ifndef KERNELS_QUALITY_SPANS_H
#define KERNELS_QUALITY_SPANS_H

#include "kernels/kernels.h"

static void span_residual(size_t n, const float *restrict swir1, const float *restrict swir2,
			  float most, float *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = residual(swir1[i], swir2[i], most);
}

static void span_subtract(size_t n, const float *restrict residual, float factor,
			  float *restrict rho)
{
	for (size_t i = 0; i < n; i++)
		rho[i] = one_nan(rho[i] - factor * residual[i]);
}

static void span_chl_oc(size_t n, const float *restrict blue1, const float *restrict blue2,
			const float *restrict green, struct chl_oc c, float *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = chl_oc(blue1[i], blue2[i], green[i], c);
}

static void span_chl_ci(size_t n, const float *restrict blue, const float *restrict green,
			const float *restrict red, float weight, float *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = chl_ci(blue[i], green[i], red[i], weight);
}

static void span_chl_blend(size_t n, const float *restrict ci, const float *restrict oc, float low,
			   float high, float *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = chl_blend(ci[i], oc[i], low, high);
}

static void span_chl_ndci(size_t n, const float *restrict red, const float *restrict edge705,
			  struct chl_poly c, bool monotonic, float *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = chl_ndci(red[i], edge705[i], c, monotonic);
}

static void span_chl_ratio(size_t n, const float *restrict red, const float *restrict edge705,
			   struct chl_poly c, float *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = chl_ratio(red[i], edge705[i], c);
}

static void span_chl_ratio_power(size_t n, const float *restrict red, const float *restrict edge705,
				 struct chl_power c, float *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = chl_ratio_power(red[i], edge705[i], c);
}

static void span_chl_three(size_t n, const float *restrict red, const float *restrict edge705,
			   const float *restrict edge740, struct chl_poly c, float *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = chl_three(red[i], edge705[i], edge740[i], c);
}

static void span_chl_three_power(size_t n, const float *restrict red, const float *restrict edge705,
				 const float *restrict edge740, struct chl_power c,
				 float *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = chl_three_power(red[i], edge705[i], edge740[i], c);
}

static void span_chl_gons(size_t n, const float *restrict red, const float *restrict edge705,
			  const float *restrict edge783, struct chl_gons c, float *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = chl_gons(red[i], edge705[i], edge783[i], c);
}

static void span_chl_default(size_t n, const float *restrict blue, const float *restrict green,
			     const float *restrict red, const float *restrict edge705,
			     const float *restrict turbidity, struct chl_oc oc,
			     struct chl_poly ndci, struct chl_limits limits, float *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = chl_default(blue[i], green[i], red[i], edge705[i], turbidity[i], oc, ndci,
				     limits);
}

static void span_chl_clear(size_t n, const float *restrict blue1, const float *restrict blue2,
			   const float *restrict green, const float *restrict turbidity,
			   struct chl_oc oc, float turbid, float blue_green, float *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = chl_clear(blue1[i], blue2[i], green[i], turbidity[i], oc, turbid,
				   blue_green);
}

static void span_line_height(size_t n, const float *restrict left, const float *restrict middle,
			     const float *restrict right, float weight, float *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = line_height(left[i], middle[i], right[i], weight);
}

static void span_log_add(size_t n, float coefficient, const float *restrict numerator,
			 const float *restrict denominator, float *restrict sum)
{
	for (size_t i = 0; i < n; i++)
		sum[i] = log_add(sum[i], coefficient, numerator[i], denominator[i]);
}

static void span_exp_of(size_t n, const float *restrict in, float *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = exp_of(in[i]);
}

static void span_turbidity(size_t n, const float *restrict red, const float *restrict nir,
			   struct turbidity_model model, float *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = turbidity(red[i], nir[i], model);
}

static void span_nechad(size_t n, const float *restrict rho, struct nechad model,
			float *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = nechad(rho[i], model);
}

static void span_cdom(size_t n, const float *restrict green, const float *restrict red,
		      float *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = cdom(green[i], red[i]);
}

static void span_secchi(size_t n, const float *restrict blue443, const float *restrict blue490,
			const float *restrict green, const float *restrict red, struct qaa qaa,
			float sun_zenith_deg, float *restrict out)
{
	const struct qaa_span span = qaa_span(qaa, sun_zenith_deg);

	for (size_t i = 0; i < n; i++)
		out[i] = secchi(blue443[i], blue490[i], green[i], red[i], &span);
}

static void span_quantity_pack(size_t n, const float *restrict v, uint16_t *restrict code)
{
	for (size_t i = 0; i < n; i++)
		code[i] = quantity_pack(v[i]);
}

static void span_quantity_unpack(size_t n, const uint16_t *restrict code, float *restrict v)
{
	for (size_t i = 0; i < n; i++)
		v[i] = quantity_unpack(code[i]);
}

static void span_linear_pack(size_t n, const float *restrict v, float gain, float bias,
			     uint16_t *restrict code)
{
	for (size_t i = 0; i < n; i++)
		code[i] = linear_pack(v[i], gain, bias);
}

static void span_linear_unpack(size_t n, const uint16_t *restrict code, float gain, float bias,
			       float *restrict v)
{
	for (size_t i = 0; i < n; i++)
		v[i] = linear_unpack(code[i], gain, bias);
}

static void span_mantissa(size_t n, const float *restrict v, float *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = mantissa(v[i]);
}

/* Pixels are gathered one by one; with some of them at hand their means are vectors. */
#define GATHERED 64

static void span_bilinear_f32(size_t n, struct window_f32 src, const int32_t *restrict x,
			      const int32_t *restrict y, float *restrict out)
{
	float a[GATHERED], b[GATHERED], c[GATHERED], d[GATHERED];

	for (size_t done = 0; done < n; done += GATHERED) {
		size_t m = n - done < GATHERED ? n - done : GATHERED;

		for (size_t i = 0; i < m; i++) {
			struct taps_f32 t = window_taps_f32(src, x[done + i], y[done + i]);

			a[i] = t.a;
			b[i] = t.b;
			c[i] = t.c;
			d[i] = t.d;
		}
		for (size_t i = 0; i < m; i++)
			out[done + i] =
				taps_bilinear_f32((struct taps_f32){ a[i], b[i], c[i], d[i] },
						  x[done + i], y[done + i]);
	}
}

static void span_halve_mean_f32(size_t n, const float *restrict upper, const float *restrict lower,
				float *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = halve_mean_f32(upper[2 * i], upper[2 * i + 1], lower[2 * i],
					lower[2 * i + 1]);
}

static void span_quality_bands(size_t n, const float *restrict rho, uint8_t *restrict flags)
{
	for (size_t i = 0; i < n; i++)
		flags[i] |= quality_bands(rho[i]);
}

static void span_quality_bright(size_t n, const float *restrict nir, const float *restrict swir1,
				float nir_most, float swir1_most, uint8_t *restrict flags)
{
	for (size_t i = 0; i < n; i++)
		flags[i] |= quality_bright(nir[i], swir1[i], nir_most, swir1_most);
}

static void span_quality_above(size_t n, const float *restrict v, float limit, uint8_t flag,
			       uint8_t *restrict flags)
{
	for (size_t i = 0; i < n; i++)
		flags[i] |= quality_above(v[i], limit, flag);
}

static void span_quality_not_below(size_t n, const float *restrict v, float limit, uint8_t flag,
				   uint8_t *restrict flags)
{
	for (size_t i = 0; i < n; i++)
		flags[i] |= quality_not_below(v[i], limit, flag);
}

static void span_quality_range(size_t n, const float *restrict v, float low, float high,
			       uint8_t *restrict flags)
{
	for (size_t i = 0; i < n; i++)
		flags[i] |= quality_range(v[i], low, high);
}

static void span_quality_no_skill(size_t n, const float *restrict v, uint8_t *restrict flags)
{
	for (size_t i = 0; i < n; i++)
		flags[i] |= quality_no_skill(v[i], flags[i]);
}

static void span_quality_foot(size_t n, const float *restrict red, const float *restrict edge705,
			      float q_low, float residual, uint8_t *restrict flags)
{
	for (size_t i = 0; i < n; i++)
		flags[i] |= quality_foot(red[i], edge705[i], q_low, residual);
}

static void span_plants(size_t n, const float *restrict red, const float *restrict nir,
			const float *restrict swir1, const uint8_t *restrict code,
			const float *restrict height, struct plants_limits limits,
			uint8_t *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = plants_spectrum(red[i], nir[i], swir1[i], code[i], height[i], limits);
}

static void span_plants_class(size_t n, const uint8_t *restrict water, uint8_t *restrict plants)
{
	for (size_t i = 0; i < n; i++)
		plants[i] = plants_class(plants[i], water[i]);
}

static void span_quality_why(size_t n, const uint8_t *restrict flags, uint32_t *restrict why)
{
	for (size_t i = 0; i < n; i++)
		why[i] |= why_quality(flags[i]);
}

static void span_window_add(size_t n, int32_t sign, const uint16_t *restrict packed,
			    const uint8_t *restrict counts, int32_t *restrict sum)
{
	for (size_t i = 0; i < n; i++)
		sum[i] += window_step(sign, packed[i], counts[i]);
}

/* In blocks, so that the sums stay in the first cache while the window's columns are added to them. */
#define WINDOW_BLOCK 256

static void span_window_mean(size_t n, int32_t side, const int32_t *restrict sum,
			     const int32_t *restrict count, float *restrict rho)
{
	int32_t total[WINDOW_BLOCK], pixels[WINDOW_BLOCK];

	for (size_t at = 0; at < n; at += WINDOW_BLOCK) {
		size_t part = n - at < WINDOW_BLOCK ? n - at : WINDOW_BLOCK;

		for (size_t i = 0; i < part; i++)
			total[i] = pixels[i] = 0;
		for (size_t k = 0; k < (size_t)side; k++)
			for (size_t i = 0; i < part; i++) {
				total[i] += sum[at + k + i];
				pixels[i] += count[at + k + i];
			}
		for (size_t i = 0; i < part; i++)
			rho[at + i] = window_mean(total[i], pixels[i]);
	}
}

#define QUALITY_SPANS                                                                              \
	.residual = span_residual, .subtract = span_subtract, .chl_oc = span_chl_oc,               \
	.chl_ci = span_chl_ci, .chl_blend = span_chl_blend, .chl_ndci = span_chl_ndci,             \
	.chl_ratio = span_chl_ratio, .chl_ratio_power = span_chl_ratio_power,                      \
	.chl_three = span_chl_three, .chl_three_power = span_chl_three_power,                      \
	.chl_gons = span_chl_gons, .chl_default = span_chl_default, .chl_clear = span_chl_clear,   \
	.line_height = span_line_height, .log_add = span_log_add, .exp_of = span_exp_of,           \
	.turbidity = span_turbidity, .nechad = span_nechad, .cdom = span_cdom,                     \
	.secchi = span_secchi, .quantity_pack = span_quantity_pack,                                \
	.quantity_unpack = span_quantity_unpack, .linear_pack = span_linear_pack,                  \
	.linear_unpack = span_linear_unpack, .mantissa = span_mantissa,                            \
	.bilinear_f32 = span_bilinear_f32, .halve_mean_f32 = span_halve_mean_f32,                  \
	.quality_bands = span_quality_bands, .quality_bright = span_quality_bright,                \
	.quality_above = span_quality_above, .quality_not_below = span_quality_not_below,          \
	.quality_range = span_quality_range, .quality_no_skill = span_quality_no_skill,            \
	.quality_foot = span_quality_foot, .quality_why = span_quality_why,                        \
	.window_add = span_window_add, .window_mean = span_window_mean, .plants = span_plants,     \
	.plants_class = span_plants_class

#endif
