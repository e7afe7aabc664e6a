/* SPDX-License-Identifier: Apache-2.0
 *
 * why.h - the reasons that a pixel can carry, one bit each (layer "why").
 * Their names and meanings for people stand in pipeline/io/layer.c.
 */
#ifndef KERNELS_WHY_H
#define KERNELS_WHY_H

#include <stdint.h>

#include "kernels/calib.h"
#include "kernels/quality.h"

enum why {
	WHY_FILL = 1u << 0,	 /* no data in any needed band */
	WHY_SATURATED = 1u << 1, /* a needed band is saturated */
	WHY_CLOUD = 1u << 2,	 /* cloud, by the product's mask */
	WHY_DILATED = 1u << 3,	 /* the margin around a cloud, by the product's mask */
	WHY_SHADOW = 1u << 4,	 /* cloud shadow */
	WHY_CIRRUS = 1u << 5,	 /* thin cirrus */
	WHY_SNOW = 1u << 6,	 /* snow or ice, by the product's mask */
	WHY_EDGE = 1u << 7,	 /* some needed bands have data, others none: edge of the swath */
	WHY_GAP = 1u << 8,	 /* a gap inside the swath (Landsat 7 after May 2003) */
	WHY_LOW_SUN = 1u << 9,	 /* sun too low for the surface to be seen well */
	WHY_GLINT = 1u << 10,	 /* sun glint */
	WHY_RESCUED = 1u << 11,	 /* water kept against a cloud flag */
	WHY_BRIGHT = 1u << 12,	 /* bright surface (salt, ice, thin cloud) demoted from water */
	WHY_LOW_CONTRAST = 1u << 13, /* water and land too alike to estimate a fraction */
	WHY_QUALITY = 1u << 14,	     /* a quantity out of the range where it is valid */
	WHY_SHALLOW = 1u << 15,	     /* the bottom may be seen */
	WHY_OUTSIDE = 1u << 16,	     /* outside the lake's outline and buffer */
	WHY_DEFECT = 1u << 17,	     /* defective, dropped or terrain-occluded in the product */
	WHY_MIXED = 1u << 18,	     /* on the shore: the fraction is an estimate, not 0 or 100 */
	WHY_CLOUD_OWN = 1u << 19,    /* cloud, by the program's own mask */
	WHY_SHADOW_OWN = 1u << 20,   /* cloud shadow, by the program's own mask */
	WHY_DILATED_OWN = 1u << 21,  /* the margin around those two */
	WHY_CIRRUS_OWN = 1u << 22,   /* thin cirrus, by the program's own mask */
	WHY_GROWN = 1u << 23,	     /* water because it hangs together with certain water */
	WHY_DSWE1 = 1u << 24,	     /* DSWE test 1 passed: MNDWI */
	WHY_DSWE2 = 1u << 25,	     /* DSWE test 2 passed: visible against infrared */
	WHY_DSWE3 = 1u << 26,	     /* DSWE test 3 passed: AWEIsh */
	WHY_DSWE4 = 1u << 27,	     /* DSWE test 4 passed: partial surface water 1 */
	WHY_DSWE5 = 1u << 28,	     /* DSWE test 5 passed: partial surface water 2 */
	WHY_ICE = 1u << 29,	     /* snow or ice by its spectrum */
	WHY_AEROSOL = 1u << 30,	     /* class changed by the aerosol level (OPERA DSWx) */
};

/* Floating algae or plants on open water; C has no enumerators beyond INT_MAX. */
#define WHY_BLOOM (1u << 31)

/* The five DSWE tests lie together, test 1 lowest. */
#define WHY_DSWE_SHIFT 24

/* A pixel with one of these was not seen: it has no class. */
#define WHY_UNSEEN (WHY_FILL | WHY_EDGE | WHY_GAP | WHY_OUTSIDE | WHY_DEFECT)

/* By anyone's mask. */
#define WHY_CLOUDY   (WHY_CLOUD | WHY_DILATED | WHY_CLOUD_OWN | WHY_DILATED_OWN)
#define WHY_SHADOWED (WHY_SHADOW | WHY_SHADOW_OWN)
#define WHY_VEILED   (WHY_CIRRUS | WHY_CIRRUS_OWN)

/* reason where value is not 0, else no reason. */
static inline uint32_t why_if(uint32_t value, uint32_t reason)
{
	return value ? reason : 0;
}

/*
 * What some bits of a product's mask mean: the reason holds where low <= (value & bits) <= high.
 * A kind of mask is a list of these (pipeline/io/mask.c).
 */
struct mask_rule {
	uint16_t bits, low, high;
	uint32_t reason;
};

static inline uint32_t why_mask(uint16_t value, struct mask_rule rule)
{
	uint32_t v = value & rule.bits;

	return why_if((v >= rule.low) & (v <= rule.high), rule.reason);
}

/* Reasons from what the bands say of themselves (calib.h). */
static inline uint32_t why_state(uint32_t state)
{
	uint32_t fill = state & CALIB_VALID ? WHY_EDGE : WHY_FILL;

	return why_if(state & CALIB_FILL, fill) | why_if(state & CALIB_SATURATED, WHY_SATURATED);
}

/* Reasons from the flags of a pixel's quantities (quality.h). */
static inline uint32_t why_quality(uint32_t flags)
{
	uint32_t invalid = QUALITY_NEGATIVE | QUALITY_BRIGHT | QUALITY_NO_SKILL | QUALITY_RANGE;

	return why_if(flags & invalid, WHY_QUALITY) | why_if(flags & QUALITY_SHALLOW, WHY_SHALLOW) |
	       why_if(flags & QUALITY_BLOOM, WHY_BLOOM);
}

#endif
