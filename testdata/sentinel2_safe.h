/* SPDX-License-Identifier: Apache-2.0
 *
 * sentinel2_safe.h - names and metadata files of a SAFE folder.
 */
#ifndef TESTDATA_SENTINEL2_SAFE_H
#define TESTDATA_SENTINEL2_SAFE_H

#include "testdata/options.h"
#include "testdata/sentinel2_bands.h"
#include "testdata/sky.h"

enum {
	SAFE_FILES_MAX = 40,
	SAFE_PATH = 400, /* of a path inside the product */
	SCL_CLASSES = 12,
};

/* All that the metadata says. */
struct safe {
	const struct options *options;
	struct grid grid; /* of 10 m */
	struct air air;
	const struct sky *sky;
	int satellite; /* 0: A, 1: B, 2: C */
	int absolute_orbit;
	int offset; /* of stored values: reflectance = (dn + offset) / 10000 */

	char product[160]; /* "S2B_MSIL2A_..." without ".SAFE" */
	char folder[1000]; /* of the product */
	char granule[160]; /* "GRANULE/L2A_T43TFM_A038352_20240712T054641" */
	char stem[64];	   /* "T43TFM_20240712T054641" */
	char tile_id[160], datastrip_id[160];
	char sensed[40], made[40];	   /* 20240712T054641 */
	char sensed_iso[48], made_iso[48]; /* 2024-07-12T05:46:41.000 */
	char baseline[8];		   /* "05.10" */

	/* every file so far, in order, for manifest.safe; the first images are IMAGE_FILEs */
	char file[SAFE_FILES_MAX][SAFE_PATH];
	int files, images;
	double share
		[SCL_CLASSES]; /* percent of each class of the scene classification, 0: of all */
};

/* Fill the names from options, grid and air, which are set. */
int safe_names(struct safe *s, struct failure *f);

/* Note a file of the product for the manifest; path inside the product. */
void safe_add(struct safe *s, const char *path);

/* MTD_MSIL1C.xml or MTD_MSIL2A.xml; adds itself to the files, as the others do. */
int safe_write_product(struct safe *s, struct failure *f);

/* MTD_TL.xml: geocoding, angles, quality. */
int safe_write_tile(struct safe *s, struct failure *f);

/* MSK_CLOUDS_B00.gml: the outlines of the clouds. */
int safe_write_gml(struct safe *s, struct failure *f);

/* manifest.safe, the last. */
int safe_write_manifest(struct safe *s, struct failure *f);

#endif
