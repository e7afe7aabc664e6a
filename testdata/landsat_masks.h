/* SPDX-License-Identifier: Apache-2.0
 *
 * landsat_masks.h - the masks of every generation of Landsat products, and of HLS.
 */
#ifndef TESTDATA_LANDSAT_MASKS_H
#define TESTDATA_LANDSAT_MASKS_H

#include "testdata/layers.h"

/* A mask file: its end of name, key in the MTL, type, value where nothing was seen, and which products have it. */
struct landsat_mask {
	const char *what, *key;
	GDALDataType type;
	int fill, nodata;
	enum collection collection;
	bool level1, level2; /* in products of this level */
	bool oli, tm;	     /* of Landsat 8 and 9; of 4, 5, 7 */
	mask_fn *mask_oli, *mask_tm;
};

/* Ended by a row whose `what` is NULL. */
extern const struct landsat_mask landsat_masks[];

/* Does a product have this mask? */
bool landsat_mask_in(const struct landsat_mask *m, const struct options *o, bool oli);

/* HLS v2.0 Fmask (Product User Guide, section 6.4). */
int hls_fmask(const struct layer_pixel *p);

#endif
