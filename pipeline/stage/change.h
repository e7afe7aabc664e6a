/* SPDX-License-Identifier: Apache-2.0
 *
 * change.h - what the parts of the command "change" share:
 *
 *   change.c          the command: inputs, unit, item
 *   change_tiles.c    the pass over both results: change.tif, delta.tif, counts
 *   change_vectors.c  shorelines and polygons: shoreline.gpkg
 *   change_summary.c  summary.json, summary.csv, the table for people
 */
#ifndef PIPELINE_STAGE_CHANGE_H
#define PIPELINE_STAGE_CHANGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "pipeline/base/context.h"
#include "pipeline/io/footprint.h"
#include "pipeline/io/output.h"
#include "pipeline/io/result.h"
#include "pipeline/space/lines.h"
#include "pipeline/stage/areas.h"

/*
 * A pixel has changed where its fraction moved by this much [percent] or more; less is
 * "no significant difference" (uncertain).  Two to three standard deviations of a
 * mixed pixel's fraction, 10 to 15 %.
 */
#define CHANGE_THRESHOLD_PERCENT 30

/* Layers of the result, in the order of output_spec. */
enum { CHANGE_LAYER_CHANGE, CHANGE_LAYER_DELTA, CHANGE_LAYERS };

struct comparison {
	const struct context *context;
	struct result *side[AREAS_SIDES];
	struct grid grid;		/* holds both results */
	struct rect place[AREAS_SIDES]; /* of each result's grid in the grid */
	const char *delta_of; /* layer that delta.tif subtracts: "frequency" or "fraction" */
	const char *lake;     /* of both, or as the user said; "" if none */
	struct {
		bool delta, shoreline, quicklook;
	} wants; /* beside change.tif and the summary */
	int threads;
	size_t bytes; /* change_bytes() on so many threads */
	struct output *output;
	struct areas *areas;
	struct footprint *footprint;
	struct lines shoreline[AREAS_SIDES];
};

/*
 * Bytes that the program takes on so many threads; lines and polygons come on top.  Before
 * output_finish().
 */
size_t change_bytes(const struct comparison *c, int threads);

/* Fill the layers of the output, count areas and footprint. */
int change_tiles(struct comparison *c, struct error *e);

/*
 * After output_finish(): trace both shorelines into c->shoreline, add their lengths to the
 * areas and, where wanted, write shoreline.gpkg and add it to the output.  CONFIG naming the
 * --memory that is needed where they do not fit.
 */
int change_vectors(struct comparison *c, struct error *e);

/* Period of a side as text: "FROM/TO", or the instant of an observation. */
#define CHANGE_PERIOD_TEXT 48
void change_period(const struct result *r, char text[CHANGE_PERIOD_TEXT]);

/* summary.json as a new reference; NULL without memory.  areas.h says what the areas hold. */
json_t *change_summary(const struct comparison *c);

/* The same as a table of (area, part, class, quantity, value), one number a row. */
char *change_summary_csv(const json_t *summary);

/* The areas of a summary as a table for people. */
void change_summary_print(const json_t *summary, FILE *out);

#endif
