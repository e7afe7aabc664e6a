/* SPDX-License-Identifier: Apache-2.0
 *
 * isa.c - every kernel, compiled once per instruction set (see Makefile).
 * The only symbol this file exports is its table, named by -DTABLE.
 */
#include "kernels/kernels.h"
#include "kernels/predictor.h"
#include "kernels/quality_spans.h"

static void span_reflectance(size_t n, const uint16_t *restrict dn, struct calib c,
			     float *restrict rho, uint8_t *restrict state)
{
	for (size_t i = 0; i < n; i++) {
		rho[i] = calib_apply(dn[i], c);
		state[i] |= calib_state(dn[i], c);
	}
}

static void span_rayleigh(size_t n, const float *restrict rho_toa, struct rayleigh c,
			  float *restrict rho)
{
	for (size_t i = 0; i < n; i++)
		rho[i] = rayleigh_apply(rho_toa[i], c);
}

static void span_pack(size_t n, const float *restrict rho, uint16_t *restrict packed)
{
	for (size_t i = 0; i < n; i++)
		packed[i] = pack_apply(rho[i]);
}

static void span_sun(size_t n, const uint16_t *restrict angle, const float *restrict factor,
		     float *restrict rho)
{
	for (size_t i = 0; i < n; i++)
		rho[i] = one_nan(rho[i] * factor[angle[i]]);
}

static void span_mask(size_t n, const uint16_t *restrict values, struct mask_rule rule,
		      uint32_t *restrict why)
{
	for (size_t i = 0; i < n; i++)
		why[i] |= why_mask(values[i], rule);
}

static void span_norm_diff(size_t n, const float *restrict a, const float *restrict b,
			   float *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = norm_diff(a[i], b[i]);
}

static void span_awei_nsh(size_t n, const float *restrict green, const float *restrict nir,
			  const float *restrict swir1, const float *restrict swir2,
			  float *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = awei_nsh(green[i], nir[i], swir1[i], swir2[i]);
}

static void span_awei_sh(size_t n, const float *restrict blue, const float *restrict green,
			 const float *restrict nir, const float *restrict swir1,
			 const float *restrict swir2, float *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = awei_sh(blue[i], green[i], nir[i], swir1[i], swir2[i]);
}

static void span_wi2015(size_t n, const float *restrict green, const float *restrict red,
			const float *restrict nir, const float *restrict swir1,
			const float *restrict swir2, float *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = wi2015(green[i], red[i], nir[i], swir1[i], swir2[i]);
}

static void span_index_pack(size_t n, const float *restrict index, const uint8_t *restrict state,
			    int16_t *restrict packed)
{
	for (size_t i = 0; i < n; i++)
		packed[i] = index_pack(index[i], state[i]);
}

static void span_mbwi(size_t n, const float *restrict green, const float *restrict red,
		      const float *restrict nir, const float *restrict swir1,
		      const float *restrict swir2, float *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = mbwi(green[i], red[i], nir[i], swir1[i], swir2[i]);
}

static void span_tcw(size_t n, const float *restrict blue, const float *restrict green,
		     const float *restrict red, const float *restrict nir,
		     const float *restrict swir1, const float *restrict swir2, struct tcw weights,
		     float *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = tcw(blue[i], green[i], red[i], nir[i], swir1[i], swir2[i], weights);
}

static void span_dswe(size_t n, const float *restrict blue, const float *restrict green,
		      const float *restrict red, const float *restrict nir,
		      const float *restrict swir1, const float *restrict swir2,
		      struct dswe_limits limits, uint8_t *restrict code)
{
	for (size_t i = 0; i < n; i++)
		code[i] = dswe_code(blue[i], green[i], red[i], nir[i], swir1[i], swir2[i], limits);
}

static void span_evidence_balkhash(size_t n, const float *restrict blue,
				   const float *restrict green, const float *restrict red,
				   const float *restrict nir, const float *restrict swir1,
				   const float *restrict swir2, const uint8_t *restrict code,
				   struct evidence_limits limits, uint8_t *restrict evidence)
{
	for (size_t i = 0; i < n; i++)
		evidence[i] = evidence_balkhash(blue[i], green[i], red[i], nir[i], swir1[i],
						swir2[i], code[i], limits);
}

static void span_evidence_dswe(size_t n, const uint8_t *restrict code, uint8_t *restrict evidence)
{
	for (size_t i = 0; i < n; i++)
		evidence[i] = evidence_dswe(code[i]);
}

static void span_evidence_dswx(size_t n, const uint8_t *restrict code, const float *restrict nir,
			       const uint16_t *restrict fmask, uint8_t *restrict evidence)
{
	for (size_t i = 0; i < n; i++)
		evidence[i] = evidence_dswx(code[i], nir[i], fmask[i]);
}

static void span_evidence_wofs(size_t n, const float *restrict blue, const float *restrict green,
			       const float *restrict red, const float *restrict nir,
			       const float *restrict swir1, const float *restrict swir2,
			       uint8_t *restrict evidence)
{
	for (size_t i = 0; i < n; i++)
		evidence[i] = evidence_wofs(blue[i], green[i], red[i], nir[i], swir1[i], swir2[i]);
}

static void span_evidence_above(size_t n, const float *restrict index, float threshold,
				uint8_t *restrict evidence)
{
	for (size_t i = 0; i < n; i++)
		evidence[i] = evidence_above(index[i], threshold);
}

static void span_water_why(size_t n, const uint8_t *restrict code, const uint8_t *restrict state,
			   const uint8_t *restrict evidence, uint32_t *restrict why)
{
	for (size_t i = 0; i < n; i++)
		why[i] = water_why(why[i], state[i], code[i], evidence[i]);
}

static void span_glint(size_t n, const float *restrict swir1, const uint8_t *restrict evidence,
		       float limit, uint32_t *restrict why)
{
	for (size_t i = 0; i < n; i++)
		why[i] |= water_glint(evidence[i], swir1[i], limit);
}

static void span_water_grounds(size_t n, const uint32_t *restrict why,
			       const uint8_t *restrict evidence, struct mask_limits limits,
			       uint8_t *restrict grounds)
{
	for (size_t i = 0; i < n; i++)
		grounds[i] = water_grounds(why[i], evidence[i], limits);
}

static void span_water_class(size_t n, const uint32_t *restrict why,
			     const uint8_t *restrict evidence, struct mask_limits limits,
			     uint8_t *restrict water, uint8_t *restrict marks)
{
	for (size_t i = 0; i < n; i++)
		water[i] = water_class(why[i], evidence[i], limits);
	for (size_t i = 0; i < n; i++)
		marks[i] = water_marks(why[i], evidence[i], water[i], limits);
}

static void span_water_marks(size_t n, const uint8_t *restrict marks, uint32_t *restrict why)
{
	for (size_t i = 0; i < n; i++)
		why[i] |= why_marks(marks[i]);
}

static void span_purity(size_t n, const uint8_t *restrict above, const uint8_t *restrict here,
			const uint8_t *restrict below, uint8_t *restrict purity)
{
	for (size_t i = 0; i < n; i++)
		purity[i] = fraction_purity(above + i, here + i, below + i);
}

static void span_bilinear_u8(size_t n, struct window_u8 src, const int32_t *restrict x,
			     const int32_t *restrict y, uint8_t *restrict out)
{
	struct window_any s = { src.data, src.w, src.h, src.nodata, PIXEL_U8 };

	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)window_bilinear(s, x[i], y[i]);
}

static void span_bilinear_i16(size_t n, struct window_i16 src, const int32_t *restrict x,
			      const int32_t *restrict y, int16_t *restrict out)
{
	uint32_t nodata = (uint32_t)(src.nodata + PIXEL_I16_ZERO);
	struct window_any s = { src.data, src.w, src.h, nodata, PIXEL_I16 };

	for (size_t i = 0; i < n; i++)
		out[i] = (int16_t)((int32_t)window_bilinear(s, x[i], y[i]) - PIXEL_I16_ZERO);
}

static void span_bilinear_u16(size_t n, struct window_u16 src, const int32_t *restrict x,
			      const int32_t *restrict y, uint16_t *restrict out)
{
	struct window_any s = { src.data, src.w, src.h, src.nodata, PIXEL_U16 };

	for (size_t i = 0; i < n; i++)
		out[i] = (uint16_t)window_bilinear(s, x[i], y[i]);
}

static void span_nearest_u8(size_t n, struct window_u8 src, const int32_t *restrict x,
			    const int32_t *restrict y, uint8_t *restrict out)
{
	struct window_any s = { src.data, src.w, src.h, src.nodata, PIXEL_U8 };

	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)window_nearest(s, x[i], y[i]);
}

static void span_nearest_u16(size_t n, struct window_u16 src, const int32_t *restrict x,
			     const int32_t *restrict y, uint16_t *restrict out)
{
	struct window_any s = { src.data, src.w, src.h, src.nodata, PIXEL_U16 };

	for (size_t i = 0; i < n; i++)
		out[i] = (uint16_t)window_nearest(s, x[i], y[i]);
}

static void span_nearest_u32(size_t n, struct window_u32 src, const int32_t *restrict x,
			     const int32_t *restrict y, uint32_t *restrict out)
{
	struct window_any s = { src.data, src.w, src.h, src.nodata, PIXEL_U32 };

	for (size_t i = 0; i < n; i++)
		out[i] = window_nearest(s, x[i], y[i]);
}

static void span_halve_mode_u8(size_t n, const uint8_t *restrict upper,
			       const uint8_t *restrict lower, uint8_t nodata, uint8_t *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = halve_mode(upper[2 * i], upper[2 * i + 1], lower[2 * i], lower[2 * i + 1],
				    nodata);
}

static void span_halve_or_u32(size_t n, const uint32_t *restrict upper,
			      const uint32_t *restrict lower, uint32_t *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = upper[2 * i] | upper[2 * i + 1] | lower[2 * i] | lower[2 * i + 1];
}

static void span_halve_or_u8(size_t n, const uint8_t *restrict upper, const uint8_t *restrict lower,
			     uint8_t *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = upper[2 * i] | upper[2 * i + 1] | lower[2 * i] | lower[2 * i + 1];
}

static void span_halve_mean_u8(size_t n, const uint8_t *restrict upper,
			       const uint8_t *restrict lower, uint8_t nodata, uint8_t *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)halve_mean(upper[2 * i], upper[2 * i + 1], lower[2 * i],
					     lower[2 * i + 1], nodata);
}

static void span_halve_mean_u16(size_t n, const uint16_t *restrict upper,
				const uint16_t *restrict lower, uint16_t nodata,
				uint16_t *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (uint16_t)halve_mean(upper[2 * i], upper[2 * i + 1], lower[2 * i],
					      lower[2 * i + 1], nodata);
}

static void span_float_predictor(size_t n, const uint32_t *restrict bits, uint8_t *restrict out)
{
	uint32_t before = 0; /* the last byte of the plane before */

	for (uint32_t shift = 32; shift > 0; shift -= 8, out += n) {
		for (size_t i = 1; i < n; i++)
			out[i] = (uint8_t)((bits[i] >> (shift - 8)) - (bits[i - 1] >> (shift - 8)));
		if (!n)
			continue;
		out[0] = (uint8_t)((bits[0] >> (shift - 8)) - before);
		before = bits[n - 1] >> (shift - 8);
	}
}

static void span_undifference_u16(size_t n, const uint16_t *restrict differences,
				  uint16_t *restrict out)
{
	predictor_u16 v, carry = { 0 };
	uint16_t sum;
	size_t i = 0;

	for (; i + 8 <= n; i += 8) {
		__builtin_memcpy(&v, differences + i, sizeof(v));
		v = predictor_sums_u16(v) + carry;
		carry = __builtin_shufflevector(v, v, 7, 7, 7, 7, 7, 7, 7, 7);
		__builtin_memcpy(out + i, &v, sizeof(v));
	}
	for (sum = carry[0]; i < n; i++)
		out[i] = sum = (uint16_t)(sum + differences[i]);
}

static void span_undifference_u8(size_t n, const uint8_t *restrict differences,
				 uint16_t *restrict out)
{
	predictor_u8 v, carry = { 0 };
	uint8_t sum;
	size_t i = 0;

	for (; i + 16 <= n; i += 16) {
		__builtin_memcpy(&v, differences + i, sizeof(v));
		v = predictor_sums_u8(v) + carry;
		carry = __builtin_shufflevector(v, v, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15,
						15, 15, 15, 15, 15);
		for (size_t k = 0; k < 16; k++)
			out[i + k] = v[k];
	}
	for (sum = carry[0]; i < n; i++)
		out[i] = sum = (uint8_t)(sum + differences[i]);
}

static void span_cloud_tests(size_t n, const float *restrict blue, const float *restrict green,
			     const float *restrict red, const float *restrict nir,
			     const float *restrict swir1, const float *restrict swir2,
			     const float *restrict cirrus, const uint8_t *restrict state,
			     struct cloud_limits limits, uint8_t *restrict bits,
			     uint8_t *restrict variability)
{
	for (size_t i = 0; i < n; i++)
		variability[i] = cloud_variability(blue[i], green[i], red[i], nir[i], swir1[i],
						   swir2[i], state[i], limits);
	for (size_t i = 0; i < n; i++)
		bits[i] = cloud_test_bits(blue[i], green[i], red[i], nir[i], swir1[i], swir2[i],
					  state[i], limits);
	for (size_t i = 0; cirrus && i < n; i++)
		bits[i] = cloud_add_cirrus(bits[i], cirrus[i], limits);
}

static void span_change(size_t n, const uint8_t *restrict before, const uint8_t *restrict after,
			const uint8_t *restrict fraction_before,
			const uint8_t *restrict fraction_after, uint8_t threshold_percent,
			uint8_t *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = change_class(before[i], after[i], fraction_before[i], fraction_after[i],
				      threshold_percent);
}

static void span_delta(size_t n, const uint8_t *restrict before, const uint8_t *restrict after,
		       int16_t *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = fraction_delta(before[i], after[i]);
}

static void span_significance(size_t n, const uint8_t *restrict before,
			      const uint8_t *restrict after, uint8_t threshold_percent,
			      uint8_t *restrict out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = significance(before[i], after[i], threshold_percent);
}

static void span_significance_looks(size_t n, const uint16_t *const looks[4],
				    uint8_t *restrict lower)
{
	const uint16_t *restrict before = looks[0], *restrict wet_before = looks[1];
	const uint16_t *restrict after = looks[2], *restrict wet_after = looks[3];

	for (size_t i = 0; i < n; i++) {
		uint8_t s = significance_looks(wet_before[i], before[i], wet_after[i], after[i]);

		lower[i] = (s < lower[i]) & (lower[i] != SIGNIFICANCE_NODATA) ? s : lower[i];
	}
}

static void span_change_if_significant(size_t n, const uint8_t *restrict significance,
				       uint8_t *restrict change)
{
	for (size_t i = 0; i < n; i++)
		change[i] = change_if_significant(change[i], significance[i]);
}

extern const struct kernels TABLE;
const struct kernels TABLE = {
	.isa = ISA,
	.reflectance = span_reflectance,
	.rayleigh = span_rayleigh,
	.pack = span_pack,
	.sun = span_sun,
	.mask = span_mask,
	.norm_diff = span_norm_diff,
	.awei_nsh = span_awei_nsh,
	.awei_sh = span_awei_sh,
	.wi2015 = span_wi2015,
	.mbwi = span_mbwi,
	.tcw = span_tcw,
	.index_pack = span_index_pack,
	.dswe = span_dswe,
	.evidence_balkhash = span_evidence_balkhash,
	.evidence_dswe = span_evidence_dswe,
	.evidence_dswx = span_evidence_dswx,
	.evidence_wofs = span_evidence_wofs,
	.evidence_above = span_evidence_above,
	.water_why = span_water_why,
	.glint = span_glint,
	.water_grounds = span_water_grounds,
	.water_class = span_water_class,
	.water_marks = span_water_marks,
	.purity = span_purity,
	.bilinear_u8 = span_bilinear_u8,
	.bilinear_i16 = span_bilinear_i16,
	.bilinear_u16 = span_bilinear_u16,
	.nearest_u8 = span_nearest_u8,
	.nearest_u16 = span_nearest_u16,
	.nearest_u32 = span_nearest_u32,
	.halve_mode_u8 = span_halve_mode_u8,
	.halve_or_u32 = span_halve_or_u32,
	.halve_or_u8 = span_halve_or_u8,
	.halve_mean_u8 = span_halve_mean_u8,
	.halve_mean_u16 = span_halve_mean_u16,
	.float_predictor = span_float_predictor,
	.undifference_u16 = span_undifference_u16,
	.undifference_u8 = span_undifference_u8,
	.cloud_tests = span_cloud_tests,
	.change = span_change,
	.delta = span_delta,
	.significance = span_significance,
	.significance_looks = span_significance_looks,
	.change_if_significant = span_change_if_significant,
	QUALITY_SPANS,
};
