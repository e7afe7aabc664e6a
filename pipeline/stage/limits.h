/* SPDX-License-Identifier: Apache-2.0
 *
 * limits.h - every threshold of an observation: one table of names, values and sources, which
 * --set and the configuration override and item.json records.
 */
#ifndef PIPELINE_STAGE_LIMITS_H
#define PIPELINE_STAGE_LIMITS_H

#include <jansson.h>

#include "kernels/cloud.h"
#include "kernels/chlorophyll.h"
#include "kernels/evidence.h"
#include "kernels/plants.h"
#include "pipeline/base/error.h"
#include "pipeline/base/options.h"

/* Whose a threshold is. */
enum limit_group {
	LIMITS_DSWE = 1,     /* DSWE tests: methods balkhash, dswe, dswx */
	LIMITS_BALKHASH = 2, /* method balkhash */
	LIMITS_INDEX = 4,    /* methods that compare an index with a threshold */
	LIMITS_SCENE = 8,    /* every method */
	LIMITS_CLOUD = 16,   /* the program's own mask of clouds and shadows */
	LIMITS_QUALITY = 32, /* water quality, plants */
};

struct limits {
	struct dswe_limits dswe;
	struct evidence_limits water;
	struct cloud_limits cloud;
	float index;			 /* threshold of an index, in the index layer's unit */
	float edge_gradient, edge_width; /* threshold.h */
	float partial_percent; /* fraction from which land at the shore is partial water */
	float glint_angle_deg, glint_swir1; /* flagged below this angle and above this SWIR1 */
	float low_sun_deg;		    /* flagged below this elevation of the sun */
	struct chl_limits chl;		    /* of the default chlorophyll */
	float chl_residual; /* such a change of both bands is flagged if it moves 705 / 665 nm past q_low */
	struct plants_limits plants;
	float quality_nir, quality_swir1; /* reflectance from which it is not water that is seen */
	float quality_window_m;		  /* side of the window that reflectances are means over */
	float residual_most;		  /* the most that is taken for glint */
	float shallow_distance_m,
		shallow_depth_m; /* to the shore; where a map of depths is given */
	float shallow_turbid;	 /* FNU: the bottom is not seen from here on */
};

/* One threshold: its name in --set and item.json, and where its value comes from. */
struct limit_row {
	const char *name;
	enum limit_group group;
	size_t offset; /* in struct limits */
	float value, min, max;
	const char *unit, *source;
};

/* Row i of the table, NULL past its end. */
const struct limit_row *limit_at(size_t i);

/* The published values, then what list (NAME=VALUE each) says.  USAGE, naming the nearest name. */
int limits_read(struct limits *limits, const struct option_list *list, struct error *e);

/* {"name": value ...} of these groups (a sum of enum limit_group); a new reference. */
json_t *limits_json(const struct limits *limits, unsigned groups);

#endif
