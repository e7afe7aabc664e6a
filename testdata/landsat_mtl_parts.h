/* SPDX-License-Identifier: Apache-2.0
 *
 * landsat_mtl_parts.h - the groups of the MTL that the generations share, and each generation's own.
 */
#ifndef TESTDATA_LANDSAT_MTL_PARTS_H
#define TESTDATA_LANDSAT_MTL_PARTS_H

#include "testdata/landsat_masks.h"
#include "testdata/landsat_mtl.h"
#include "testdata/mtl_text.h"

#define ORIGIN "\"Image courtesy of the U.S. Geological Survey\""

/* The text under construction, for a product. */
struct odl {
	struct mtl_text *text;
	const struct landsat_mtl *m;
	bool level1;
	const char *prefix; /* of the names of the Level-1 groups: "LEVEL1_" in Collection 2 */
	bool radiance_only; /* there are no reflectance factors */
};

#define line(d, ...) mtl_line((d)->text, __VA_ARGS__)

/* Does the product have a file for the band, this mask? */
bool mtl_in_product(const struct odl *d, const struct landsat_band *b);
bool mtl_has_mask(const struct odl *d, const struct landsat_mask *k);

void mtl_part_saturation(struct odl *d);

/* Corners are those of the outer pixels' centres. */
int mtl_part_corners(struct odl *d, struct failure *f);

/* MIN_MAX_RADIANCE, MIN_MAX_REFLECTANCE, MIN_MAX_PIXEL_VALUE; RADIOMETRIC_RESCALING; K1 and K2. */
void mtl_part_ranges(struct odl *d);
void mtl_part_rescaling(struct odl *d);
void mtl_part_thermal(struct odl *d, const char *name);

/* All groups of Collection 2; of Collection 1 and of before. */
int mtl_collection2(struct odl *d, struct failure *f);
int mtl_before(struct odl *d, struct failure *f);

#endif
