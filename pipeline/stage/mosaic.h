/* SPDX-License-Identifier: Apache-2.0
 *
 * mosaic.h - what the parts of the mosaic share:
 *
 *   mosaic.c         the command: which observations, which grid, what is published
 *   mosaic_looks.c   the observations, sorted and grouped by datatake
 *   mosaic_count.c   the rules of a pixel
 *   mosaic_months.c  what depends on the calendar month of a look
 *   mosaic_tile.c    a worker: reads the looks of a tile, counts, encodes
 *
 * A look is one observation; its number is its place in the order of ids.  Memory does not grow
 * with the looks but for their facts (about 1 KiB each): a tile's looks are read one
 * after another into counters.
 */
#ifndef PIPELINE_STAGE_MOSAIC_H
#define PIPELINE_STAGE_MOSAIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/context.h"
#include "pipeline/base/file.h"
#include "pipeline/io/area.h"
#include "pipeline/io/footprint.h"
#include "pipeline/io/output.h"
#include "pipeline/io/result.h"
#include "pipeline/space/zone.h"

/* Counters are 16 bits. */
#define LOOKS_MAX 65535

/* --- looks --- */

struct look {
	char *path, *id, *datatake, *lake;
	char *water, *fraction; /* files */
	char unit[SHA256_HEX];
	int zone;  /* of the product, 0: none */
	int month; /* of its time, UTC, 0 is January */
	int64_t time;
	struct grid grid;
	struct grid full;  /* the lake's whole grid as it recorded; width 0: none */
	struct rect place; /* in the mosaic's grid */
	uint16_t rank;	   /* from 1 for the oldest; of equal times the lower number is the later */
};

/* Looks of one datatake, which count once per pixel, as a run of looks.member. */
struct group {
	size_t first, nr;
};

/* Zero is empty. */
struct looks {
	struct look *look; /* by id */
	size_t nr;
	size_t *member; /* numbers of looks, group by group, by number within a group */
	struct group *group;
	size_t groups_nr;
	uint16_t *by_rank; /* by_rank[rank]: number of the look, from 1; [0] = 0 */
};

/*
 * Read the facts of all observations that the paths name, in from <= time < to,
 * sort and group them.  DATA: an id twice, another kind of result, no water or
 * fraction, another lattice than the first, more than LOOKS_MAX; NOINPUT: none.
 */
int looks_read(struct looks *l, const struct context *context, int64_t from, int64_t to,
	       struct error *e);
void looks_release(struct looks *l);

/*
 * The grid of the mosaic: the lake's whole grid where all looks recorded the
 * same one, else what holds them all; cut or widened to -te.  Sets every look's place.
 * DATA where --lake, -tr or -t_srs say another lake or lattice than the looks', or the grid is too large.
 */
int looks_grid(struct looks *l, const struct options *options, struct grid *grid, struct error *e);

/* --- a pixel --- */

/* Counts over the looks of n pixels. */
struct counts {
	uint16_t *observed, *wet, *partial; /* looks that saw: anything, water, partial water */
	uint16_t *known, *zero, *hundred;   /* looks with a fraction; of 0 %; of 100 % */
	uint16_t *rank;			    /* highest of a look that saw it, else 0 */
	uint8_t *latest_water, *latest_fraction; /* of that look; NULL: not wanted */
};

/* Looks of each calendar month that saw n pixels, and that saw open water there; [month * stride + i]. */
struct months {
	uint16_t *observed, *wet;
	size_t stride;
};
#define MONTHS 12

/* What one look says of n pixels. */
struct view {
	const uint8_t *water, *fraction; /* codes of the observation */
	const uint8_t *native;		 /* 1: the pixel is in the look's native zone */
	uint16_t rank;
};

/* What the looks of one datatake together say of n pixels; 255 and rank 0 where none sees it. */
struct sight {
	uint8_t *water, *fraction, *native; /* of the look that counts */
	uint16_t *rank;
};

/* Does a look see any of n pixels? */
bool sees_any(const uint8_t *water, size_t n);

/* native[i] = 1 where the pixel's zone is that of a product, else 0. */
void mark_native(const uint8_t *zone, size_t n, uint8_t native_zone, uint8_t *native);

/* Nothing seen. */
void sight_clear(struct sight *s, size_t n);

/*
 * Add the next look of a datatake, in order of id: it counts where it sees the pixel
 * and none did before, or where it alone sees it from its native zone.
 */
void sight_add(struct sight *s, size_t n, const struct view *view);

/* Keep what the latest look saw; before counts_add(), which keeps its rank. */
void counts_latest(struct counts *c, size_t n, const struct sight *s);

/* Count a sight of a month. */
void months_add(struct months *m, int month, size_t n, const struct sight *s);

/*
 * Percent of looks that saw open water, month by month, and of that the mean over the months that have looks:
 * a month with many looks weighs as much as one with few.  Rounded half up; 255 where there is no look.
 */
void months_occurrence(const struct months *m, size_t n, uint8_t *occurrence);

/*
 * Calendar months (0..12) with a look, and of them those with water: at least half of the month's looks saw
 * open water (255 where there is no look).  The number of months with water is the seasonality of Pekel 2016
 * (doi:10.1038/nature20584), who let the majority decide within a month; a tie is water, as in
 * counts_water().
 */
#define SEASONALITY_NODATA 255
void months_seasons(const struct months *m, size_t n, uint8_t *seen, uint8_t *seasonality);

/*
 * Wilson's 95 % interval of the frequency [%] (Wilson 1927, doi:10.1080/01621459.1927.10502953), as if looks
 * were independent, rounded half up; 255 where there is no look.
 */
void counts_interval(const struct counts *c, size_t n, uint8_t *low, uint8_t *high);

/* Count a sight. */
void counts_add(struct counts *c, size_t n, const struct sight *s);

/* Percent of looks that saw open water, rounded half up; 255 where there is no look. */
void counts_frequency(const struct counts *c, size_t n, uint8_t *frequency);

/* Class by the frequency rule: 255 no look, 1 if 2 wet >= observed, 2 if with partial, else 0. */
void counts_water(const struct counts *c, size_t n, uint8_t *water);

/*
 * Class by the median rule, from the lower median of the fractions: 1 from 50 % on, 2 from 1 %, else 0; as
 * counts_water() where looks had no fraction.
 */
void counts_water_median(const struct counts *c, size_t n, const uint8_t *median, uint8_t *water);

/*
 * Lower median of the fractions where the counts alone tell it: 0, 100, or 255 where
 * there is none; MEDIAN_OPEN where it lies between.  Returns how many are open.
 */
#define MEDIAN_OPEN 254
size_t counts_median(const struct counts *c, size_t n, uint8_t *median);

/* --- tiles --- */

/* Outputs, in this order. */
enum mosaic_layer {
	MOSAIC_WATER,
	MOSAIC_FREQUENCY,
	MOSAIC_FRACTION,
	MOSAIC_OBSERVED,
	MOSAIC_WET,
	MOSAIC_PARTIAL,
	MOSAIC_SOURCE,
	MOSAIC_DEFAULTS, /* these, and by --layers the others: */
	MOSAIC_LOW = MOSAIC_DEFAULTS,
	MOSAIC_HIGH,
	MOSAIC_OCCURRENCE,
	MOSAIC_MONTHS,
	MOSAIC_SEASONALITY,
	MOSAIC_LAYERS,
};

/* How the looks of a pixel become its class and its fraction. */
enum mosaic_rule {
	RULE_FREQUENCY, /* class of most looks, median fraction */
	RULE_MEDIAN,	/* median fraction, and the class that it has */
	RULE_LATEST,	/* class and fraction of the latest look that saw the pixel */
};

/* Counters of area. */
enum mosaic_area {
	MOSAIC_AREA_NOT,
	MOSAIC_AREA_OPEN,
	MOSAIC_AREA_PARTIAL,
	MOSAIC_AREA_NODATA,
	MOSAIC_AREA_PERCENT, /* sum of the fractions */
	MOSAIC_AREA_NR,
};

struct mosaic {
	const struct context *context;
	const struct looks *looks;
	struct grid grid;
	enum mosaic_rule rule;
	int place[MOSAIC_LAYERS]; /* number of the layer in the output, -1: not wanted */
	struct output *output;
	struct zones *zones;
	struct area *area;
	struct footprint *footprint;
	struct progress progress;
	int threads, open_max; /* files that a worker keeps open */
};

/* Bytes that one worker takes beside its slots and open files, and an open file of that many tiles. */
size_t mosaic_worker_bytes(const struct mosaic *m);
size_t mosaic_open_bytes(size_t tiles);

/* Compute all tiles into the output. */
int mosaic_tiles(struct mosaic *m, struct error *e);

#endif
