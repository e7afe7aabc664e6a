/* SPDX-License-Identifier: Apache-2.0
 *
 * landsat_internal.h - what landsat.c (the scene) and landsat_bands.c (its files) share.
 */
#ifndef PIPELINE_IO_LANDSAT_INTERNAL_H
#define PIPELINE_IO_LANDSAT_INTERNAL_H

#include "pipeline/io/folder.h"
#include "pipeline/io/mtl.h"
#include "pipeline/io/product.h"

/* Facts that every generation of the metadata has, each at places of its own. */
enum landsat_fact {
	FACT_COLLECTION,
	FACT_TIER,
	FACT_ID,
	FACT_LEVEL,
	FACT_SPACECRAFT,
	FACT_SENSOR,
	FACT_PATH,
	FACT_ROW,
	FACT_DATE,
	FACT_CLOCK,
	FACT_PROCESSED,
	FACT_SUN_ELEVATION,
	FACT_SUN_AZIMUTH,
	FACT_SUN_DISTANCE,
	FACT_CLOUD_COVER,
	LANDSAT_FACTS_NR,
};

struct landsat {
	struct product *p;
	struct granule *g;
	const struct folder *root;
	const struct mtl *mtl;
	const char *path; /* of the metadata file */
};

/* The text of a fact, NULL if the metadata has it nowhere.  Owned by l->mtl. */
const char *landsat_fact(const struct landsat *l, enum landsat_fact fact);

/*
 * Fill the bands and masks of l->g: calibration of all that the metadata
 * calibrates, and the paths of the files that are there.  p's sensor, level, baseline and time are set.
 */
int landsat_bands(struct landsat *l, struct error *e);

/*
 * Distance of the sun at a time [AU]: 1 - .016729 cos(.9856 (doy - 4) degrees), the
 * formula behind the table of Chander et al. 2009; within .0003 of the product's own.
 */
double landsat_sun_distance(int64_t time);

#endif
