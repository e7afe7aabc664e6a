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
	SAFE_FILES_MAX = 140, /* of the product */
	SAFE_IMAGES_MAX = 60, /* of a granule */
	SAFE_PATH = 400,      /* of a path inside the product */
	SCL_CLASSES = 12,
};

/* A granule that is done. */
struct safe_granule {
	struct grid grid;
	char tile_id[160];
	int first, images; /* files of its images: first..images - 1 */
	double share[SCL_CLASSES];
};

/* All that the metadata says: of the product, and of the granule that is being made. */
struct safe {
	const struct options *options;
	struct grid grid; /* of 10 m */
	struct air air;
	const struct sky *sky;
	int satellite; /* 0: A, 1: B, 2: C */
	int absolute_orbit;
	char product[160];	    /* "S2B_MSIL2A_..." without ".SAFE" */
	char metadata[160];	    /* name of its metadata file */
	char folder[1000];	    /* of the product */
	char granule[160];	    /* "GRANULE/L2A_T43TFM_A038352_20240712T054641" */
	char granule_metadata[160]; /* name of the granule's */
	char stem[160];		    /* of image names: "T43TFM_20240712T054641" */
	char mask_stem[160];	    /* of mask names in old naming, else "" */
	char tile[6], first_tile[6];
	char tile_id[160], datastrip_id[160];
	char sensed[40], strip[40], made[40]; /* 20240712T054641: datatake, data strip, product */
	char sensed_iso[48], strip_iso[48], made_iso[48]; /* 2024-07-12T05:46:41.000 */
	char baseline[8];				  /* "05.10" */

	/* every file so far, in order, for manifest.safe; the first images are IMAGE_FILEs */
	char file[SAFE_FILES_MAX][SAFE_PATH];
	int files, first, images; /* the granule's images are files first..images - 1 */
	double share
		[SCL_CLASSES]; /* percent of each class of the scene classification, 0: of all */
	struct safe_granule done[GRANULES_MAX];
	int granules;
};

/* Fill the names of the product from the options; of a granule from its grid. */
int safe_names(struct safe *s, struct failure *f);
void safe_granule_names(struct safe *s);

/* "<granule>/QI_DATA/..." of a mask: what "CLOUDS", band "B00", end ".gml". */
void safe_mask_name(const struct safe *s, char path[SAFE_PATH], const char *what, const char *band,
		    const char *end);

/* How the names of images end: ".jp2", ".tif". */
const char *safe_image_end(const struct safe *s);

/* The granule is finished. */
void safe_granule_done(struct safe *s);

/* Note a file of the product for the manifest; path inside the product. */
void safe_add(struct safe *s, const char *path);

/* The metadata of the product, MTD_MSIL1C.xml or MTD_MSIL2A.xml; adds itself to the files, as the others do. */
int safe_write_product(struct safe *s, struct failure *f);

/* MTD_TL.xml: geocoding, angles, quality. */
int safe_write_tile(struct safe *s, struct failure *f);

/* MSK_CLOUDS_B00.gml: the outlines of the clouds. */
int safe_write_gml(struct safe *s, struct failure *f);

/* manifest.safe, the last. */
int safe_write_manifest(struct safe *s, struct failure *f);

#endif
