/* SPDX-License-Identifier: Apache-2.0
 *
 * kernels.h - the span kernels and how to get them.
 *
 * Every kernel reads and writes exactly n elements of each array (resampling
 * reads where it says), accepts any n and any alignment, forbids overlap
 * between arguments, cannot fail, keeps no state, and gives the same bits on
 * every instruction set.  The per-pixel functions behind them, with their
 * formulas and sources, are in the other headers of this folder.  Reflectances
 * are floats, 1.0 = all light returned.
 */
#ifndef KERNELS_KERNELS_H
#define KERNELS_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/calib.h"
#include "kernels/chlorophyll.h"
#include "kernels/clarity.h"
#include "kernels/change.h"
#include "kernels/classes.h"
#include "kernels/cloud.h"
#include "kernels/evidence.h"
#include "kernels/fraction.h"
#include "kernels/plants.h"
#include "kernels/quality.h"
#include "kernels/quantity.h"
#include "kernels/resample.h"
#include "kernels/water.h"
#include "kernels/why.h"
#include "kernels/window.h"

struct kernels {
	const char *isa; /* "scalar", "base", "avx2", "avx512" */

	/* --- stored values to reflectance (calib.h) --- */

	/* rho = dn * gain + bias; ORs what the band says of itself (enum calib_state) into state,
	 * which starts as 0. */
	void (*reflectance)(size_t n, const uint16_t *restrict dn, struct calib c,
			    float *restrict rho, uint8_t *restrict state);
	/* Rayleigh-corrected reflectance of a span under one sun and view. */
	void (*rayleigh)(size_t n, const float *restrict rho_toa, struct rayleigh c,
			 float *restrict rho);
	/* rho times the factor that a table of 65536 has for the pixel's sun angle. */
	void (*sun)(size_t n, const uint16_t *restrict angle, const float *restrict factor,
		    float *restrict rho);
	/* Reflectance to the 16-bit scale of Landsat Collection 2 (calib.h), clamped to 1..65535. */
	void (*pack)(size_t n, const float *restrict rho, uint16_t *restrict packed);

	/* --- the product's masks to reasons --- */

	/* Adds the rule's reason to why where it holds (why.h). */
	void (*mask)(size_t n, const uint16_t *restrict values, struct mask_rule rule,
		     uint32_t *restrict why);

	/* --- indices (water.h), reflectance in, index out --- */

	/* Normalised difference (a - b) / (a + b): MNDWI, NDWI, NDVI, NDCI. */
	void (*norm_diff)(size_t n, const float *restrict a, const float *restrict b,
			  float *restrict out);
	void (*awei_nsh)(size_t n, const float *restrict green, const float *restrict nir,
			 const float *restrict swir1, const float *restrict swir2,
			 float *restrict out);
	void (*awei_sh)(size_t n, const float *restrict blue, const float *restrict green,
			const float *restrict nir, const float *restrict swir1,
			const float *restrict swir2, float *restrict out);
	void (*wi2015)(size_t n, const float *restrict green, const float *restrict red,
		       const float *restrict nir, const float *restrict swir1,
		       const float *restrict swir2, float *restrict out);
	void (*mbwi)(size_t n, const float *restrict green, const float *restrict red,
		     const float *restrict nir, const float *restrict swir1,
		     const float *restrict swir2, float *restrict out);
	void (*tcw)(size_t n, const float *restrict blue, const float *restrict green,
		    const float *restrict red, const float *restrict nir,
		    const float *restrict swir1, const float *restrict swir2, struct tcw weights,
		    float *restrict out);
	/* Index to int16 x 1e-4, rounded half away from zero, clamped to +-32767; INDEX_NODATA
	 * where state has CALIB_FILL or CALIB_SATURATED or the index is NaN. */
	void (*index_pack)(size_t n, const float *restrict index, const uint8_t *restrict state,
			   int16_t *restrict packed);

	/* --- water (water.h, classes.h) --- */

	/* The five DSWE tests of a span: code, bit 0 = test 1. */
	void (*dswe)(size_t n, const float *restrict blue, const float *restrict green,
		     const float *restrict red, const float *restrict nir,
		     const float *restrict swir1, const float *restrict swir2,
		     struct dswe_limits limits, uint8_t *restrict code);
	/* Evidence of water of a span, a method each (evidence.h). */
	void (*evidence_balkhash)(size_t n, const float *restrict blue, const float *restrict green,
				  const float *restrict red, const float *restrict nir,
				  const float *restrict swir1, const float *restrict swir2,
				  const uint8_t *restrict code, struct evidence_limits limits,
				  uint8_t *restrict evidence);
	void (*evidence_dswe)(size_t n, const uint8_t *restrict code, uint8_t *restrict evidence);
	void (*evidence_dswx)(size_t n, const uint8_t *restrict code, const float *restrict nir,
			      const uint16_t *restrict fmask, uint8_t *restrict evidence);
	void (*evidence_wofs)(size_t n, const float *restrict blue, const float *restrict green,
			      const float *restrict red, const float *restrict nir,
			      const float *restrict swir1, const float *restrict swir2,
			      uint8_t *restrict evidence);
	void (*evidence_above)(size_t n, const float *restrict index, float threshold,
			       uint8_t *restrict evidence);
	/* Adds to the masks' reasons of a span those of its state (calib.h) and its spectrum. */
	void (*water_why)(size_t n, const uint8_t *restrict code, const uint8_t *restrict state,
			  const uint8_t *restrict evidence, uint32_t *restrict why);
	/* Evidence of a span that takes part in growing. */
	void (*water_grounds)(size_t n, const uint32_t *restrict why,
			      const uint8_t *restrict evidence, struct mask_limits limits,
			      uint8_t *restrict grounds);
	/* Flags as glint what has water's evidence and a swir1 above the limit. */
	void (*glint)(size_t n, const float *restrict swir1, const uint8_t *restrict evidence,
		      float limit, uint32_t *restrict why);
	/* Class of a span, and what of its reasons is known only then (enum mark). */
	void (*water_class)(size_t n, const uint32_t *restrict why,
			    const uint8_t *restrict evidence, struct mask_limits limits,
			    uint8_t *restrict water, uint8_t *restrict marks);
	/* why gains what marks say. */
	void (*water_marks)(size_t n, const uint8_t *restrict marks, uint32_t *restrict why);

	/* --- clouds (cloud.h), plain reflectance at the top of the atmosphere --- */

	/* Tests and variability of a span; cirrus: NULL where there is no such band. */
	void (*cloud_tests)(size_t n, const float *restrict blue, const float *restrict green,
			    const float *restrict red, const float *restrict nir,
			    const float *restrict swir1, const float *restrict swir2,
			    const float *restrict cirrus, const uint8_t *restrict state,
			    struct cloud_limits limits, uint8_t *restrict bits,
			    uint8_t *restrict variability);

	/* --- water quality: reflectance of water in (chlorophyll.h, clarity.h); NaN is no value --- */

	/* What is left of glint and haze (quality.h), and rho less so many times of it. */
	void (*residual)(size_t n, const float *restrict swir1, const float *restrict swir2,
			 float most, float *restrict out);
	void (*subtract)(size_t n, const float *restrict residual, float factor,
			 float *restrict rho);
	/* Chlorophyll [mg m-3]. */
	void (*chl_oc)(size_t n, const float *restrict blue1, const float *restrict blue2,
		       const float *restrict green, struct chl_oc c, float *restrict out);
	void (*chl_ci)(size_t n, const float *restrict blue, const float *restrict green,
		       const float *restrict red, float weight, float *restrict out);
	void (*chl_blend)(size_t n, const float *restrict ci, const float *restrict oc, float low,
			  float high, float *restrict out);
	void (*chl_ndci)(size_t n, const float *restrict red, const float *restrict edge705,
			 struct chl_poly c, bool monotonic, float *restrict out);
	void (*chl_ratio)(size_t n, const float *restrict red, const float *restrict edge705,
			  struct chl_poly c, float *restrict out);
	void (*chl_ratio_power)(size_t n, const float *restrict red, const float *restrict edge705,
				struct chl_power c, float *restrict out);
	void (*chl_three)(size_t n, const float *restrict red, const float *restrict edge705,
			  const float *restrict edge740, struct chl_poly c, float *restrict out);
	void (*chl_three_power)(size_t n, const float *restrict red, const float *restrict edge705,
				const float *restrict edge740, struct chl_power c,
				float *restrict out);
	void (*chl_gons)(size_t n, const float *restrict red, const float *restrict edge705,
			 const float *restrict edge783, struct chl_gons c, float *restrict out);
	void (*chl_default)(size_t n, const float *restrict blue, const float *restrict green,
			    const float *restrict red, const float *restrict edge705,
			    const float *restrict turbidity, struct chl_oc oc, struct chl_poly ndci,
			    struct chl_limits limits, float *restrict out);
	void (*chl_clear)(size_t n, const float *restrict blue1, const float *restrict blue2,
			  const float *restrict green, const float *restrict turbidity,
			  struct chl_oc oc, float turbid, float blue_green, float *restrict out);
	/* Height of a band above the line between two others: MCI, FAI, AFAI. */
	void (*line_height)(size_t n, const float *restrict left, const float *restrict middle,
			    const float *restrict right, float weight, float *restrict out);
	/* sum += coefficient * ln(numerator / denominator), and e^in: regressions. */
	void (*log_add)(size_t n, float coefficient, const float *restrict numerator,
			const float *restrict denominator, float *restrict sum);
	void (*exp_of)(size_t n, const float *restrict in, float *restrict out);
	/* Turbidity [FNU], suspended matter [g m-3], dissolved matter [m-1], Secchi depth [m]. */
	void (*turbidity)(size_t n, const float *restrict red, const float *restrict nir,
			  struct turbidity_model model, float *restrict out);
	void (*nechad)(size_t n, const float *restrict rho, struct nechad model,
		       float *restrict out);
	void (*cdom)(size_t n, const float *restrict green, const float *restrict red,
		     float *restrict out);
	void (*secchi)(size_t n, const float *restrict blue443, const float *restrict blue490,
		       const float *restrict green, const float *restrict red, struct qaa qaa,
		       float sun_zenith_deg, float *restrict out);

	/* --- means over windows (window.h) --- */

	/* sum += sign * packed where counts is not 0. */
	void (*window_add)(size_t n, int32_t sign, const uint16_t *restrict packed,
			   const uint8_t *restrict counts, int32_t *restrict sum);
	/* Mean reflectance of each window of side columns; sum and count have n + side - 1 elements.  0/0 is
	 * NaN. */
	void (*window_mean)(size_t n, int32_t side, const int32_t *restrict sum,
			    const int32_t *restrict count, float *restrict rho);

	/* --- quantities as they are kept (quantity.h) --- */

	void (*quantity_pack)(size_t n, const float *restrict v, uint16_t *restrict code);
	void (*quantity_unpack)(size_t n, const uint16_t *restrict code, float *restrict v);
	void (*linear_pack)(size_t n, const float *restrict v, float gain, float bias,
			    uint16_t *restrict code);
	void (*linear_unpack)(size_t n, const uint16_t *restrict code, float gain, float bias,
			      float *restrict v);
	void (*mantissa)(size_t n, const float *restrict v, float *restrict out);

	/* --- flags of quantities (quality.h), added to flags --- */

	void (*quality_bands)(size_t n, const float *restrict rho, uint8_t *restrict flags);
	void (*quality_bright)(size_t n, const float *restrict nir, const float *restrict swir1,
			       float nir_most, float swir1_most, uint8_t *restrict flags);
	void (*quality_above)(size_t n, const float *restrict v, float limit, uint8_t flag,
			      uint8_t *restrict flags);
	void (*quality_not_below)(size_t n, const float *restrict v, float limit, uint8_t flag,
				  uint8_t *restrict flags);
	void (*quality_range)(size_t n, const float *restrict v, float low, float high,
			      uint8_t *restrict flags);
	void (*quality_no_skill)(size_t n, const float *restrict v, uint8_t *restrict flags);
	void (*quality_foot)(size_t n, const float *restrict red, const float *restrict edge705,
			     float q_low, float residual, uint8_t *restrict flags);

	/* --- plants (plants.h): code of DSWE, height of FAI; then codes and water to classes --- */

	void (*plants)(size_t n, const float *restrict red, const float *restrict nir,
		       const float *restrict swir1, const uint8_t *restrict code,
		       const float *restrict height, struct plants_limits limits,
		       uint8_t *restrict out);
	void (*plants_class)(size_t n, const uint8_t *restrict water, uint8_t *restrict plants);

	/* Adds to why what flags of quantities mean to it (why.h). */
	void (*quality_why)(size_t n, const uint8_t *restrict flags, uint32_t *restrict why);

	/* --- fraction (fraction.h) --- */

	/*
	 * Which pixels of a row are mixed: the 3x3 around them holds water (class 1) and
	 * land (class 0 or 2).  above, here, below have n + 2 elements, starting one pixel
	 * left of the span.  Output FRACTION_PURE_LAND, _PURE_WATER, _MIXED or _UNKNOWN.
	 */
	void (*purity)(size_t n, const uint8_t *restrict above, const uint8_t *restrict here,
		       const uint8_t *restrict below, uint8_t *restrict purity);

	/* --- resampling (resample.h): x, y are source coordinates of n target pixels --- */

	void (*bilinear_u8)(size_t n, struct window_u8 src, const int32_t *restrict x,
			    const int32_t *restrict y, uint8_t *restrict out);
	void (*bilinear_i16)(size_t n, struct window_i16 src, const int32_t *restrict x,
			     const int32_t *restrict y, int16_t *restrict out);
	void (*bilinear_u16)(size_t n, struct window_u16 src, const int32_t *restrict x,
			     const int32_t *restrict y, uint16_t *restrict out);
	void (*nearest_u8)(size_t n, struct window_u8 src, const int32_t *restrict x,
			   const int32_t *restrict y, uint8_t *restrict out);
	void (*nearest_u16)(size_t n, struct window_u16 src, const int32_t *restrict x,
			    const int32_t *restrict y, uint16_t *restrict out);
	void (*nearest_u32)(size_t n, struct window_u32 src, const int32_t *restrict x,
			    const int32_t *restrict y, uint32_t *restrict out);
	/* Of floats, NaN being no data (quantity.h). */
	void (*bilinear_f32)(size_t n, struct window_f32 src, const int32_t *restrict x,
			     const int32_t *restrict y, float *restrict out);

	/* --- halving for overviews (resample.h): two rows of 2n pixels to one of n --- */

	void (*halve_mode_u8)(size_t n, const uint8_t *restrict upper,
			      const uint8_t *restrict lower, uint8_t nodata, uint8_t *restrict out);
	void (*halve_or_u32)(size_t n, const uint32_t *restrict upper,
			     const uint32_t *restrict lower, uint32_t *restrict out);
	void (*halve_or_u8)(size_t n, const uint8_t *restrict upper, const uint8_t *restrict lower,
			    uint8_t *restrict out);
	void (*halve_mean_u8)(size_t n, const uint8_t *restrict upper,
			      const uint8_t *restrict lower, uint8_t nodata, uint8_t *restrict out);
	void (*halve_mean_u16)(size_t n, const uint16_t *restrict upper,
			       const uint16_t *restrict lower, uint16_t nodata,
			       uint16_t *restrict out);
	/* Of floats, NaN being no data (quantity.h). */
	void (*halve_mean_f32)(size_t n, const float *restrict upper, const float *restrict lower,
			       float *restrict out);

	/* --- compression --- */

	/*
	 * A row of n >= 1 floats, as bits, to the 4n bytes that TIFF's floating-point predictor makes of it:
	 * all first bytes, the highest, then all second ones and so on, each less the byte before it
	 * (Adobe Photoshop TIFF Technical Note 3, 2005).
	 */
	void (*float_predictor)(size_t n, const uint32_t *restrict bits, uint8_t *restrict out);

	/* --- decompression (predictor.h): a row of differences to n values; of bytes their sums modulo 256, widened --- */

	void (*undifference_u16)(size_t n, const uint16_t *restrict differences,
				 uint16_t *restrict out);
	void (*undifference_u8)(size_t n, const uint8_t *restrict differences,
				uint16_t *restrict out);

	/* --- change (change.h) --- */

	/* Change class of a span from two water classes and two fractions in percent. */
	void (*change)(size_t n, const uint8_t *restrict before, const uint8_t *restrict after,
		       const uint8_t *restrict fraction_before,
		       const uint8_t *restrict fraction_after, uint8_t threshold_percent,
		       uint8_t *restrict out);
	/* after - before in percent; DELTA_NODATA where either is above 100. */
	void (*delta)(size_t n, const uint8_t *restrict before, const uint8_t *restrict after,
		      int16_t *restrict out);
	/* Significance of a span of differences of fractions, in percent; threshold 1..100. */
	void (*significance)(size_t n, const uint8_t *restrict before,
			     const uint8_t *restrict after, uint8_t threshold_percent,
			     uint8_t *restrict out);
	/* Lower it, where it is known, to that of the looks, of which looks[1] of looks[0] before and looks[3] of looks[2] after saw water, the others land. */
	void (*significance_looks)(size_t n, const uint16_t *const looks[4],
				   uint8_t *restrict significance);
	/* Gains and losses that are not significant become uncertain. */
	void (*change_if_significant)(size_t n, const uint8_t *restrict significance,
				      uint8_t *restrict change);
};

/*
 * The table named isa, or the fastest one if isa is NULL; NULL if this binary
 * does not have it or this CPU cannot run it.  Any thread.
 */
const struct kernels *kernels_find(const char *isa);

/* Name of table number i, slowest first, whether this CPU runs it or not; NULL past the end. */
const char *kernels_name(size_t i);

#endif
