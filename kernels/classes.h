/* SPDX-License-Identifier: Apache-2.0
 *
 * classes.h - codes of the class layers and the rules of one pixel.  Names and
 * colours for people stand in pipeline/io/layer.c.
 */
#ifndef KERNELS_CLASSES_H
#define KERNELS_CLASSES_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels/water.h"
#include "kernels/why.h"

/* Codes of OPERA DSWx (JPL D-107395, product specification of DSWx-HLS). */
enum water {
	WATER_NOT = 0,
	WATER_OPEN = 1,
	WATER_PARTIAL = 2,
	WATER_ICE = 252,
	WATER_CLOUD = 253,
	WATER_NODATA = 255,
};

enum change {
	CHANGE_LAND = 0,  /* land in both */
	CHANGE_WATER = 1, /* water in both */
	CHANGE_GAIN = 2,  /* became water */
	CHANGE_LOSS = 3,  /* became land */
	CHANGE_UNCERTAIN = 4,
	CHANGE_NODATA = 255,
};

#define FRACTION_NODATA 255
#define DELTA_NODATA	(-32768)

/* Reasons of a pixel, with those of its state and, if it was seen, the DSWE tests it passed. */
static inline uint32_t water_why(uint32_t why, uint32_t state, uint32_t code)
{
	uint32_t all = why | why_state(state);

	return all | (all & WHY_UNSEEN ? 0 : (code & DSWE_CODE_MASK) << WHY_DSWE_SHIFT);
}

/*
 * Water class of a pixel from its reasons (water_why()).  In order: not seen, 255; ice, 252,
 * unless a cloud that hides stands above it; hidden, 253; else by the DSWE tests: classes 1 and 2
 * open water, 3 and 4 partial, 0 not water, as OPERA DSWx groups them.  A saturated pixel keeps
 * its class.
 */
static inline uint8_t water_class(uint32_t why, uint32_t code, uint32_t hide, uint32_t ice)
{
	uint32_t dswe = dswe_class(code);
	uint32_t kind = dswe > 2 ? WATER_PARTIAL : WATER_OPEN;

	kind = dswe ? kind : WATER_NOT;
	kind = why & hide ? WATER_CLOUD : kind;
	kind = why & (why & hide & WHY_CLOUD ? 0 : ice) ? WATER_ICE : kind;
	return (uint8_t)(why & WHY_UNSEEN ? WATER_NODATA : kind);
}

/*
 * Change from one water class to another.  Land that became water, or water land, is a gain or a
 * loss only where both fractions are known (0..100 %) and moved that way by threshold_percent or
 * more; partial water on either side is uncertain.
 */
static inline uint8_t change_class(uint8_t before, uint8_t after, uint8_t fraction_before,
				   uint8_t fraction_after, uint8_t threshold_percent)
{
	int rise = fraction_after - fraction_before;
	int moved = after == WATER_OPEN ? rise : -rise;
	bool known = (fraction_before <= 100) & (fraction_after <= 100);
	bool partial = (before == WATER_PARTIAL) | (after == WATER_PARTIAL);
	bool unseen = (before > WATER_PARTIAL) | (after > WATER_PARTIAL);
	int changed = after == WATER_OPEN ? CHANGE_GAIN : CHANGE_LOSS;
	int same = after == WATER_OPEN ? CHANGE_WATER : CHANGE_LAND;
	int kind = moved >= threshold_percent ? changed : CHANGE_UNCERTAIN;

	kind = known ? kind : CHANGE_UNCERTAIN;
	kind = before == after ? same : kind;
	kind = partial ? CHANGE_UNCERTAIN : kind;
	return (uint8_t)(unseen ? CHANGE_NODATA : kind);
}

/* Change of the fraction in percent; DELTA_NODATA where either is unknown. */
static inline int16_t fraction_delta(uint8_t before, uint8_t after)
{
	bool known = (before <= 100) & (after <= 100);

	return (int16_t)(known ? after - before : DELTA_NODATA);
}

#endif
