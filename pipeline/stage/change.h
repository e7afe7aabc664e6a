/* SPDX-License-Identifier: Apache-2.0
 *
 * change.h - what the parts of the command "change" share:
 *
 *   change.c          the command: options, what it is made of, item
 *   change_inputs.c   the results that are compared, on one grid
 *   change_read.c     a worker's reading of one result
 *   change_survey.c   what is measured of one result while its tiles pass: shoreline, waters
 *   change_tiles.c    the pass over the first and the last: rasters, areas
 *   change_series.c   the passes over those between; areas over time
 *   change_season.c   do the seasons and levels of the periods allow a comparison?
 *   change_polygons.c patches of gain and loss
 *   change_transects.c  positions of the shore on transects
 *   change_tables.c   all of these as layers
 *   change_vectors.c  the layers written: shoreline.gpkg, PostGIS, GeoJSON
 *   change_picture.c  change.png, series.svg
 *   change_summary.c  summary.json, summary.csv, the table for people
 *
 * Each result is read once.  The first of those that the command line names is BEFORE, the last is AFTER; the map shows
 * those two, the series and the transects all of them.
 */
#ifndef PIPELINE_STAGE_CHANGE_H
#define PIPELINE_STAGE_CHANGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "pipeline/base/budget.h"
#include "pipeline/base/context.h"
#include "pipeline/io/footprint.h"
#include "pipeline/io/geotiff.h"
#include "pipeline/io/lake.h"
#include "pipeline/io/map_tally.h"
#include "pipeline/io/output.h"
#include "pipeline/io/result.h"
#include "pipeline/space/lines.h"
#include "pipeline/space/patches.h"
#include "pipeline/stage/areas.h"
#include "pipeline/stage/sieve.h"
#include "pipeline/stage/transects.h"

/*
 * A pixel has changed where its fraction moved by this much [percent] or more; less is
 * "no significant difference" (uncertain).  Two to three standard deviations of a
 * mixed pixel's fraction, 10 to 15 %.
 */
#define CHANGE_THRESHOLD_PERCENT 30

/* Periods of one comparison. */
#define CHANGE_PERIODS_MAX 500

#define CHANGE_TILE_PIXELS ((size_t)GEOTIFF_TILE * GEOTIFF_TILE)

/* Rasters of the result, in the order of output_spec. */
enum change_layer {
	CHANGE_LAYER_CHANGE,
	CHANGE_LAYER_DELTA,
	CHANGE_LAYER_SIGNIFICANCE,
	CHANGE_LAYER_TRANSITION,
	CHANGE_LAYERS,
};

/* One of the results, and what its pass found. */
struct period {
	struct result *result;
	struct rect place; /* of its grid in the comparison's */
	bool looks;	   /* it has counts of looks, of wet and of partial ones */
	bool filled;	   /* pixels without a look were filled from another period */
	double day,
		spread; /* of the year (0 is 1 January): median of its looks, and the middle half of them */
	double level_m;		/* of the lake; NaN: not known */
	struct lines shoreline; /* after its pass */
};

struct comparison {
	const struct context *context;
	struct period *period;
	size_t periods_nr;     /* BEFORE is the first, AFTER the last */
	struct grid grid;      /* holds all of them */
	const char *delta_of;  /* layer that delta.tif subtracts: "frequency" or "fraction" */
	const char *lake;      /* of all, or as the user said; "" if none */
	struct lake *named;    /* that the user named; else NULL */
	const char *lake_name; /* without the path of its file; "" if none */
	struct {
		bool layer[CHANGE_LAYERS]; /* the change always */
		bool shoreline, geojson, quicklook;
	} wants;
	int place[CHANGE_LAYERS]; /* of a raster in the output, -1: not wanted */
	int threads;
	struct budget budget; /* with what all passes take */
	struct output *output;
	struct areas *areas; /* of BEFORE and AFTER */
	struct footprint *footprint;
	struct map_tally *tally;
	struct transects transects;
	const char *unit;
	json_t *vectors;  /* vectors_note() of tables in a database; NULL: none were written */
	json_t *series;	  /* areas of all periods in their order */
	json_t *warnings; /* of seasons and levels: texts */
};

static inline struct period *change_before(const struct comparison *c)
{
	return &c->period[0];
}

static inline struct period *change_after(const struct comparison *c)
{
	return &c->period[c->periods_nr - 1];
}

/* The period of a side. */
static inline struct period *change_side(const struct comparison *c, int side)
{
	return side == AREAS_BEFORE ? change_before(c) : change_after(c);
}

/* --- change_inputs.c --- */

/*
 * Open the results that the command line names, choose grid, lake and what delta.tif is of.  DATA where one has no
 * water or fraction, or is on another lattice than the first or named twice; NOINPUT where they do not overlap.
 */
int change_open(struct comparison *c, struct error *e);

/* Before they are read: are their files what their item.json says?  DATA naming one that is not. */
int change_check(const struct comparison *c, struct error *e);

/* Period of a result as text: "FROM/TO", or the instant of an observation. */
#define CHANGE_PERIOD_TEXT 48
void change_period(const struct result *r, char text[CHANGE_PERIOD_TEXT]);

/* --- change_read.c --- */

/* Layers of a result that a pass may read. */
enum change_read {
	READ_WATER,
	READ_FRACTION,
	READ_FREQUENCY,
	READ_OBSERVED,
	READ_WET,
	READ_PARTIAL,
	READ_MONTHS,
	READ_SEASONALITY,
	READS,
};
#define READ_BIT(k) (1u << (k))

/* Name of such a layer. */
const char *change_read_name(size_t k);

/* A worker's reading: pixels[k] of the last rectangle that was read; NULL where the layer was not wanted. */
struct reading {
	const struct period *period;
	struct raster *raster[READS];
	void *pixels[READS];
	bool unseen; /* nothing was seen in the last rectangle */
	void *block;
};

/* Room for rectangles of up to so many pixels; wanted: READ_BITs of layers that the result has, water among them. */
int reading_open(struct reading *r, const struct period *period, unsigned wanted, size_t pixels,
		 struct error *e);
void reading_close(struct reading *r);

/* Read a rectangle of the comparison's grid; what the result does not cover is no data, or 0 looks. */
int reading_read(struct reading *r, struct rect rect, struct error *e);

/* Bytes of a reading of so many pixels. */
size_t reading_bytes(unsigned wanted, size_t pixels);

/* --- change_survey.c --- */

/* Shoreline and waters of one period, while its tiles pass. */
struct survey;

int survey_new(struct survey **out, struct comparison *c, const struct areas *areas,
	       struct error *e);
void survey_free(struct survey *s);

/* Tile i of grid_tile(grid, GEOTIFF_TILE, i), by any thread; then survey_deliver(), in order, by one. */
int survey_tile(struct survey *s, size_t i, const struct areas_pixels *pixels, int side,
		struct error *e);
int survey_deliver(struct survey *s, size_t i, struct error *e);

/* After the last tile: the lines into the period, their length and the waters into the areas. */
int survey_finish(struct survey *s, struct period *period, struct areas *areas,
		  enum areas_side side, struct error *e);

/* Bytes of a survey on so many threads, beside what the budget counts. */
size_t survey_bytes(const struct comparison *c, int threads);

/* --- change_tiles.c --- */

/* Bytes that the pass takes on so many threads, beside what the budget counts; before output_finish(). */
size_t change_bytes(const struct comparison *c, int threads);

/* Files that one worker of the pass keeps open. */
int change_files(const struct comparison *c);

/* Fill the layers of the output, count areas and footprint, trace the shorelines of BEFORE and AFTER. */
int change_tiles(struct comparison *c, struct error *e);

/* --- change_series.c --- */

/* Measure the periods between; then c->series is set.  After change_tiles(). */
int change_series(struct comparison *c, struct error *e);

/* series.csv, NULL without memory; to be freed. */
char *change_series_csv(const struct comparison *c);

/* --- change_season.c --- */

/*
 * Days of the year and levels of the periods, and a warning, logged and kept, where BEFORE and AFTER differ by more than
 * CHANGE_DAYS or CHANGE_LEVEL_M, or cover different extents without a lake.  DATA for a file of levels that is none.
 */
#define CHANGE_DAYS    30
#define CHANGE_LEVEL_M 0.1
int change_season(struct comparison *c, struct error *e);

/* --- change_polygons.c --- */

/* Patches of gain and loss, and the true area of each. */
struct polygons {
	struct patches patches;
	double *area_km2;
};

/* After output_finish().  CONFIG naming the --memory that is needed where they do not fit. */
int polygons_find(const struct comparison *c, struct polygons *out, struct error *e);
void polygons_release(struct polygons *p);

/* --- change_transects.c --- */

/*
 * Cast the transects from BEFORE's shore or the user's baseline, or take the user's, and measure all periods on them.  After
 * change_series().  None where no shore is long enough for one.
 */
int change_transects(struct comparison *c, struct error *e);

/* One standard deviation of a shoreline's place [m]: registration, and a quarter of a pixel. */
double change_position_sigma(const struct comparison *c);

/* Middle of a period. */
int64_t change_middle(const struct result *r);

/* --- change_vectors.c --- */

/* Before anything is opened: USAGE where --vectors is not PG:, or the layer shoreline is left out. */
int change_vectors_options(const struct comparison *c, struct error *e);

/* Before anything is computed: can what --vectors names be written?  Errors of vectors_create(). */
int change_vectors_check(const struct comparison *c, struct error *e);

/*
 * After change_transects() and output_finish(): where wanted, write shoreline.gpkg or tables of PostGIS (c->vectors) and
 * GeoJSON files, and add the files to the output.
 */
int change_vectors(struct comparison *c, struct error *e);

/* --- change_picture.c --- */

/* Write change.png and series.svg and add them to the output. */
int change_pictures(struct comparison *c, const json_t *summary, struct error *e);

/* --- change_summary.c --- */

/* summary.json as a new reference; NULL without memory.  areas.h says what the areas hold. */
json_t *change_summary(const struct comparison *c);

/* The same as a table of (area, part, class, quantity, value), one number a row; to be freed. */
char *change_summary_csv(const json_t *summary);

/* A text as a spreadsheet takes it: quoted, and never a formula. */
void change_csv_text(FILE *f, const char *text);

/* The table for people. */
void change_summary_print(const json_t *summary, FILE *out);

#endif
