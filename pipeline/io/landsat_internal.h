/* SPDX-License-Identifier: Apache-2.0
 *
 * landsat_internal.h - what landsat.c (the scene), landsat_bands.c (its numbers) and
 * landsat_files.c (its files) share.
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
	bool renamed;	  /* a file was found under another name, and the user was told */
};

/* The text of a fact, NULL if the metadata has it nowhere.  Owned by l->mtl. */
const char *landsat_fact(const struct landsat *l, enum landsat_fact fact);

/*
 * Fill the bands and masks of l->g: calibration of all that the metadata
 * calibrates, and the paths of the files that are there.  p's sensor, level, baseline and time are set.
 */
int landsat_bands(struct landsat *l, struct error *e);

/*
 * Set path and file of a band if the folder has the file that the metadata names, or the only one that
 * ends like it.  stem: how such names end, "SR_B3"; what: the key, for the words.  DATA: a name that is
 * no plain one, no TIFF, or ends like another band.
 */
int landsat_find_file(struct landsat *l, struct product_band *b, const char *name, const char *stem,
		      const char *what, struct error *e);

/* DATA: one file has two roles, which would give two bands the same numbers. */
int landsat_check_distinct(const struct landsat *l, struct error *e);

/*
 * Distance of the sun at a time [AU], rounded to 1e-7: The Astronomical Almanac, low-precision
 * formulas for the sun (also aa.usno.navy.mil/faq/sun_approx).  Within 6e-5 of the
 * EARTH_SUN_DISTANCE of products of 1972 to 2022.
 */
double landsat_sun_distance(int64_t time);

#endif
