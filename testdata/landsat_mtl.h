/* SPDX-License-Identifier: Apache-2.0
 *
 * landsat_mtl.h - the metadata file of a Landsat product, of any generation.
 */
#ifndef TESTDATA_LANDSAT_MTL_H
#define TESTDATA_LANDSAT_MTL_H

#include <stdbool.h>

#include "testdata/air.h"
#include "testdata/landsat_bands.h"
#include "testdata/options.h"
#include "testdata/plane.h"

/* What the MTL says of a product. */
struct landsat_mtl {
	const struct options *options;
	struct landsat_sensor sensor; /* for the day */
	struct grid grid;
	struct air air;
	char id[64], id1[64]; /* of the product, and of its Level 1 */
	char scene[32];	      /* "LC91500282024194LGN00" */
	struct moment processed;
	double cloud_cover; /* percent */
	double cloud_cover_land;
	unsigned saturated; /* QA_RADSAT bits that occur */
};

/* Write ID_MTL.txt, .xml, .json, as the options say, into the folder. */
int landsat_mtl_write(const struct landsat_mtl *m, const char *folder, struct failure *f);

#endif
