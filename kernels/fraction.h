/* SPDX-License-Identifier: Apache-2.0
 *
 * fraction.h - the share of water in a pixel on the shore, linear in area.
 */
#ifndef KERNELS_FRACTION_H
#define KERNELS_FRACTION_H

#include <stdint.h>

enum purity {
	FRACTION_PURE_LAND = 0,
	FRACTION_PURE_WATER = 1,
	FRACTION_MIXED = 2,	 /* clear, and both kinds occur in the 3x3 */
	FRACTION_UNKNOWN = 255, /* not clear, or beside a pixel that is not */
};

/*
 * Linear unmixing between one water and one land spectrum, each band weighted by
 * what separates the two against its spread:
 *
 *   f = sum_b (m_l - x)(m_l - m_w)/v_b / sum_b (m_l - m_w)^2/v_b
 *
 * x packed reflectance (calib.h).  As a line: f [%] = offset - sum_b slope_b x_b,
 * in units of 2^-20 percent; slope may be negative.
 */
struct unmix {
	int64_t offset;
	int32_t slope_nir, slope_swir1, slope_swir2;
};

#endif
