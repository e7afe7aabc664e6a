/* SPDX-License-Identifier: Apache-2.0
 *
 * change.h - from two classes, fractions and counts of looks of a pixel to its change, and to how sure that is.
 */
#ifndef KERNELS_CHANGE_H
#define KERNELS_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels/classes.h"

enum change {
	CHANGE_LAND = 0,  /* land in both */
	CHANGE_WATER = 1, /* water in both */
	CHANGE_GAIN = 2,  /* became water */
	CHANGE_LOSS = 3,  /* became land */
	CHANGE_UNCERTAIN = 4,
	CHANGE_NODATA = 255,
};

/* Transitions of JRC's Global Surface Water (Pekel et al. 2016, doi:10.1038/nature20584), and its codes. */
enum transition {
	TRANSITION_NONE = 0, /* no water in both */
	TRANSITION_PERMANENT = 1,
	TRANSITION_NEW_PERMANENT = 2,
	TRANSITION_LOST_PERMANENT = 3,
	TRANSITION_SEASONAL = 4,
	TRANSITION_NEW_SEASONAL = 5,
	TRANSITION_LOST_SEASONAL = 6,
	TRANSITION_TO_PERMANENT = 7,
	TRANSITION_TO_SEASONAL = 8,
	TRANSITION_EPHEMERAL_PERMANENT = 9, /* in neither, but between them */
	TRANSITION_EPHEMERAL_SEASONAL = 10,
	TRANSITION_NODATA = 255,
};

#define DELTA_NODATA (-32768)

/* Significance is in percent of what is needed: 100 and more is a change.  255: not known. */
#define SIGNIFICANCE_ENOUGH 100
#define SIGNIFICANCE_MOST   250
#define SIGNIFICANCE_NODATA 255

/*
 * Change from one water class to another.  A pixel is gained or lost where both fractions are known (0..100 %), one half
 * lies between them, and they differ by threshold_percent or more; partial water does not hide that, for the mixed pixels
 * of a shore are what moves with it.  Else partial water on either side is uncertain, and so are open water and land
 * without such a difference.  Where both sides are open water, or land, nothing has changed.
 */
static inline uint8_t change_class(uint8_t before, uint8_t after, uint8_t fraction_before,
				   uint8_t fraction_after, uint8_t threshold_percent)
{
	int rise = fraction_after - fraction_before;
	bool rising = rise > 0, known = (fraction_before <= 100) & (fraction_after <= 100);
	bool across = (fraction_before >= 50) != (fraction_after >= 50);
	bool moved = known & across & ((rising ? rise : -rise) >= threshold_percent);
	bool partial = (before == WATER_PARTIAL) | (after == WATER_PARTIAL);
	bool unseen = (before > WATER_PARTIAL) | (after > WATER_PARTIAL);
	int same = after == WATER_OPEN ? CHANGE_WATER : CHANGE_LAND;
	int kind = moved ? (rising ? CHANGE_GAIN : CHANGE_LOSS) : CHANGE_UNCERTAIN;

	kind = (before == after) & !partial ? same : kind;
	return (uint8_t)(unseen ? CHANGE_NODATA : kind);
}

/* Change of the fraction in percent; DELTA_NODATA where either is unknown. */
static inline int16_t fraction_delta(uint8_t before, uint8_t after)
{
	bool known = (before <= 100) & (after <= 100);

	return (int16_t)(known ? after - before : DELTA_NODATA);
}

/* Significance of a ratio of a difference to what is needed, not negative. */
static inline uint8_t significance_of(float ratio)
{
	float percent = ratio * 100.0f;

	return (uint8_t)(percent < SIGNIFICANCE_MOST ? (int32_t)percent : SIGNIFICANCE_MOST);
}

/* Significance of two fractions' difference where threshold_percent (1..100) is needed. */
static inline uint8_t significance(uint8_t before, uint8_t after, uint8_t threshold_percent)
{
	int32_t moved = after > before ? after - before : before - after;
	int32_t percent = moved * 100 / threshold_percent;
	bool known = (before <= 100) & (after <= 100);

	percent = percent < SIGNIFICANCE_MOST ? percent : SIGNIFICANCE_MOST;
	return (uint8_t)(known ? percent : SIGNIFICANCE_NODATA);
}

/* Wilson's 95 % interval of wet of n looks, n >= 1: the distance from the share itself to its lower or upper end. */
#define NORMAL_975 1.959964f
static inline float wilson_below(float wet, float n)
{
	const float z = NORMAL_975, square = z * z;
	float root = __builtin_sqrtf(wet * (n - wet) / n + square * 0.25f);

	return wet / n - (wet + square * 0.5f - z * root) / (n + square);
}

static inline float wilson_above(float wet, float n)
{
	return wilson_below(n - wet, n);
}

/*
 * Significance of the difference of two shares of wet looks: the difference over the part of its 95 % interval
 * that reaches towards none (Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I,
 * method 10, from Wilson's intervals).  With less than two looks on a side nothing is known of how they scatter: then
 * SIGNIFICANCE_MOST, which leaves the fraction to decide.  A count of wet looks above that of looks counts as that.
 */
static inline uint8_t significance_looks(uint16_t wet_before, uint16_t before, uint16_t wet_after,
					 uint16_t after)
{
	float n0 = before > 1 ? before : 2, n1 = after > 1 ? after : 2;
	float w0 = wet_before < n0 ? wet_before : n0, w1 = wet_after < n1 ? wet_after : n1;
	float moved = w1 / n1 - w0 / n0;
	float low = moved > 0 ? wilson_above(w0, n0) : wilson_above(w1, n1);
	float high = moved > 0 ? wilson_below(w1, n1) : wilson_below(w0, n0);
	float need = __builtin_sqrtf(low * low + high * high);
	uint8_t known = significance_of((moved > 0 ? moved : -moved) / need);

	return (uint8_t)((before > 1) & (after > 1) ? known : SIGNIFICANCE_MOST);
}

/* A gain or a loss that is not significant is uncertain. */
static inline uint8_t change_if_significant(uint8_t change, uint8_t significance)
{
	bool moved = (change == CHANGE_GAIN) | (change == CHANGE_LOSS);

	return (uint8_t)(moved & (significance < SIGNIFICANCE_ENOUGH) ? CHANGE_UNCERTAIN : change);
}

#endif
