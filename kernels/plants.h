/* SPDX-License-Identifier: Apache-2.0
 *
 * plants.h - reed, wet vegetation and floating mats: the plants that stand in or lie on the lake.
 */
#ifndef KERNELS_PLANTS_H
#define KERNELS_PLANTS_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels/chlorophyll.h"
#include "kernels/water.h"

/* Codes of layer "vegetation"; names and colours stand in pipeline/io/layer.c. */
enum plants {
	PLANTS_NONE = 0,
	PLANTS_REED = 1,     /* green and dense */
	PLANTS_WET = 2,	     /* sparse, with water between */
	PLANTS_FLOATING = 3, /* algae or plants on open water */
	PLANTS_HIDDEN = 253, /* cloud, shadow, ice */
	PLANTS_NODATA = 255,
};

/* Added to a pixel's code before its class of water is known: plants_class() takes it off. */
#define PLANTS_FLOATS 16

struct plants_limits {
	float ndvi_reed, ndvi_wet; /* from here on */
	float fai;	  /* height of the NIR above the line from red to SWIR1, from here on */
	float swir1_most; /* above it the ground is dry */
};

/*
 * Plants by their spectrum: reed where NDVI is high and the ground is wet, wet vegetation where NDVI is
 * lower and DSWE's test 4 or 5 (bits 3 and 4 of code) sees water between.  height: FAI.
 */
static inline uint8_t plants_spectrum(float red, float nir, float swir1, uint8_t code, float height,
				      struct plants_limits l)
{
	float ndvi = norm_diff(nir, red);
	bool reed = (ndvi >= l.ndvi_reed) & (swir1 <= l.swir1_most);
	bool wet = (ndvi >= l.ndvi_wet) & ((code & 24) != 0);
	uint32_t sparse = wet ? PLANTS_WET : PLANTS_NONE;
	uint32_t kind = reed ? PLANTS_REED : sparse;

	return (uint8_t)(kind | (height >= l.fai ? PLANTS_FLOATS : 0));
}

/* The class of a pixel from its spectrum and its class of water (classes.h). */
static inline uint8_t plants_class(uint8_t spectrum, uint8_t water)
{
	uint32_t floats = spectrum & PLANTS_FLOATS ? PLANTS_FLOATING : PLANTS_NONE;
	uint32_t seen = water == 1 ? floats : spectrum & (PLANTS_FLOATS - 1);
	uint32_t hidden = (water == 252) | (water == 253) ? PLANTS_HIDDEN : seen;

	return (uint8_t)(water == 255 ? PLANTS_NODATA : hidden);
}

#endif
