/* SPDX-License-Identifier: Apache-2.0
 *
 * fraction.h - the share of water in a pixel on the shore, linear in area.
 */
#ifndef KERNELS_FRACTION_H
#define KERNELS_FRACTION_H

#include <stdint.h>

#include "kernels/classes.h"

enum purity {
	FRACTION_PURE_LAND = 0,
	FRACTION_PURE_WATER = 1,
	FRACTION_MIXED = 2,	/* clear, and both kinds occur in the 3x3 */
	FRACTION_UNKNOWN = 255, /* not clear, or beside a pixel that is not */
};

/*
 * Linear unmixing between one water and one land spectrum, each band weighted by
 * what separates the two against its spread:
 *
 *   f = sum_b (m_l - x)(m_l - m_w)/v_b / sum_b (m_l - m_w)^2/v_b
 *
 * x packed reflectance (calib.h).  As a line: f [%] = offset - sum_b slope_b x_b,
 * in units of 2^-20 percent; slope may be negative, offset lies within +-2^62.
 */
struct unmix {
	int64_t offset;
	int32_t slope_nir, slope_swir1, slope_swir2;
};

/*
 * Purity of the pixel in the middle of rows a, b, c: three classes each, from left to right.
 * Not clear (no class 0..2) in the middle: unknown.  Water and land among the clear ones: mixed,
 * or unknown if one of the nine is not clear.  Else pure; so beside a cloud too.
 */
static inline uint8_t fraction_purity(const uint8_t *a, const uint8_t *b, const uint8_t *c)
{
	uint8_t v[9] = { a[0], a[1], a[2], b[0], b[1], b[2], c[0], c[1], c[2] };
	uint8_t water = 0, land = 0, hidden = 0;

	for (int i = 0; i < 9; i++) {
		water |= v[i] == WATER_OPEN;
		land |= (v[i] == WATER_NOT) | (v[i] == WATER_PARTIAL);
		hidden |= v[i] > WATER_PARTIAL;
	}
	uint8_t pure = b[1] == WATER_OPEN ? FRACTION_PURE_WATER : FRACTION_PURE_LAND;
	uint8_t shore = hidden ? FRACTION_UNKNOWN : FRACTION_MIXED;
	uint8_t clear = water & land ? shore : pure;

	return b[1] > WATER_PARTIAL ? FRACTION_UNKNOWN : clear;
}

/*
 * Fraction in percent: 0 and 100 where pure, FRACTION_NODATA where unknown, else u, rounded
 * half up and clamped to 0..100.  Negative shares clamp to 0 before the shift, so it never
 * sees a sign.
 */
static inline uint8_t fraction_percent(uint16_t nir, uint16_t swir1, uint16_t swir2, uint8_t purity,
				       struct unmix u)
{
	const int64_t half = INT64_C(1) << 19, most = INT64_C(100) << 20;
	int64_t f = u.offset + half - (int64_t)u.slope_nir * nir - (int64_t)u.slope_swir1 * swir1 -
		    (int64_t)u.slope_swir2 * swir2;

	f = f < 0 ? 0 : f;
	f = f > most ? most : f;
	uint8_t mixed = (uint8_t)((uint64_t)f >> 20);
	uint8_t pure = purity == FRACTION_PURE_WATER ? 100 : 0;
	uint8_t known = purity == FRACTION_MIXED ? mixed : pure;

	return purity > FRACTION_MIXED ? FRACTION_NODATA : known;
}

#endif
