/* SPDX-License-Identifier: Apache-2.0
 *
 * classes.h - codes of the class layers and the rules of one pixel.  Names and
 * colours for people stand in pipeline/io/layer.c.
 */
#ifndef KERNELS_CLASSES_H
#define KERNELS_CLASSES_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels/evidence.h"
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

#define FRACTION_NODATA 255

/* What masks mean to a class. */
struct mask_limits {
	uint32_t hide;	/* reasons that make a pixel 253 */
	uint32_t ice;	/* those of WHY_SNOW and WHY_ICE that make it 252 */
	uint32_t above; /* of those that hide: stand above ice */
	bool rescue;	/* open water may be kept against a cloud flag */
};

/*
 * Reasons of a pixel: those of its masks, its state and, if it was seen, its spectrum and the DSWE
 * tests it passed.
 */
static inline uint32_t water_why(uint32_t why, uint32_t state, uint32_t code, uint32_t evidence)
{
	uint32_t all = why | why_state(state);
	uint32_t seen = (code & DSWE_CODE_MASK) << WHY_DSWE_SHIFT;

	seen |= why_if(evidence & EVIDENCE_BRIGHT, WHY_BRIGHT);
	seen |= why_if(evidence & EVIDENCE_ICE, WHY_ICE);
	seen |= why_if(evidence & EVIDENCE_AEROSOL, WHY_AEROSOL);
	return all | (all & WHY_UNSEEN ? 0 : seen);
}

/* Sun glint on water lifts all bands alike; water by itself is black in the SWIR. */
static inline uint32_t water_glint(uint32_t evidence, float swir1, float limit)
{
	uint32_t wet = evidence & (EVIDENCE_OPEN | EVIDENCE_GROW);

	return why_if(swir1 > limit ? wet : 0, WHY_GLINT);
}

/*
 * True if a pixel that masks hide may be kept as open water: cloud by some mask, or shadow by the
 * program's own, but neither cirrus nor shadow by the product's, and a spectrum that no cloud and no land has.
 * Fmask calls turbid water cloud; and darker than the sand around, it looks as a shadow.
 */
static inline bool water_rescued(uint32_t why, uint32_t evidence, struct mask_limits l)
{
	return l.rescue & ((why & l.hide & (WHY_CLOUDY | WHY_SHADOW_OWN)) != 0) &
	       !(why & l.hide & (WHY_VEILED | WHY_SHADOW)) & ((evidence & EVIDENCE_DARK) != 0);
}

/* Evidence that takes part in growing: none where the surface was not seen or is hidden. */
static inline uint8_t water_grounds(uint32_t why, uint32_t evidence, struct mask_limits l)
{
	bool hidden = (why & l.hide) && !water_rescued(why, evidence, l);

	return (uint8_t)(why & WHY_UNSEEN || hidden ? 0
						    : evidence & (EVIDENCE_OPEN | EVIDENCE_GROW));
}

/*
 * Water class of a pixel from its reasons (water_why()) and its evidence.  In order: not seen, 255;
 * ice, 252, unless a cloud that hides stands above it; hidden, 253; open, partial or no water.
 * A saturated pixel keeps its class.
 */
static inline uint8_t water_class(uint32_t why, uint32_t evidence, struct mask_limits l)
{
	uint32_t flagged = evidence & EVIDENCE_PALE ? why & l.ice & WHY_SNOW : 0;
	uint32_t icy = flagged | (why & l.ice & WHY_ICE);
	uint32_t kept = water_rescued(why, evidence, l) ? evidence & EVIDENCE_OPEN : 0;
	uint32_t hidden = kept ? 0 : why & l.hide;
	uint32_t kind = evidence & EVIDENCE_PARTIAL ? WATER_PARTIAL : WATER_NOT;

	icy = why & l.hide & l.above ? 0 : icy;
	kind = evidence & EVIDENCE_OPEN ? WATER_OPEN : kind;
	kind = hidden ? WATER_CLOUD : kind;
	kind = icy ? WATER_ICE : kind;
	return (uint8_t)(why & WHY_UNSEEN ? WATER_NODATA : kind);
}

/* What is known of a pixel only after its class: some bits of why, kept in a byte until then. */
enum mark { MARK_RESCUED = 1, MARK_GROWN = 2, MARK_MIXED = 4, MARK_LOW_CONTRAST = 8 };

/* Marks of a pixel of this class. */
static inline uint8_t water_marks(uint32_t why, uint32_t evidence, uint32_t water,
				  struct mask_limits l)
{
	uint32_t both = EVIDENCE_OPEN | EVIDENCE_GROW;
	uint32_t marks =
		(why & l.hide ? MARK_RESCUED : 0) | ((evidence & both) == both ? MARK_GROWN : 0);

	return (uint8_t)(water == WATER_OPEN ? marks : 0);
}

/*
 * Class and marks of a pixel that growing reached, from the class it had as one that may be: what
 * water_class() and water_marks() give with EVIDENCE_OPEN, where water_grounds() are EVIDENCE_GROW.
 */
static inline uint8_t water_reached(uint32_t water)
{
	return (uint8_t)(water == WATER_ICE ? WATER_ICE : WATER_OPEN);
}

static inline uint8_t water_reached_marks(uint32_t water)
{
	uint32_t marks = MARK_GROWN | (water == WATER_CLOUD ? MARK_RESCUED : 0);

	return (uint8_t)(water == WATER_ICE ? 0 : marks);
}

static inline uint32_t why_marks(uint32_t marks)
{
	return why_if(marks & MARK_RESCUED, WHY_RESCUED) | why_if(marks & MARK_GROWN, WHY_GROWN) |
	       why_if(marks & MARK_MIXED, WHY_MIXED) |
	       why_if(marks & MARK_LOW_CONTRAST, WHY_LOW_CONTRAST);
}

#endif
