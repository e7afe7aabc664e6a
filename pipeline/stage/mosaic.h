/* SPDX-License-Identifier: Apache-2.0
 *
 * mosaic.h - what the parts of the mosaic share:
 *
 *   mosaic.c           the command: which observations, which grid, how much memory
 *   mosaic_options.c   what the command line asks for
 *   mosaic_looks.c     the observations, sorted and grouped by datatake
 *   mosaic_fill.c      other mosaics that gaps are filled from
 *   mosaic_tile.c      a worker: what becomes of a tile
 *   mosaic_sight.c     what the looks of one datatake see of it
 *   mosaic_median.c    medians of fractions between 0 and 100 %
 *   mosaic_quantity.c  medians of quantities and indices, by a spool
 *   mosaic_mix.c       may the looks' quantities be mixed?
 *   mosaic_count.c     the rules of a pixel
 *   mosaic_months.c    what depends on the calendar month of a look
 *   mosaic_best.c      scores of looks
 *   mosaic_read.c      files that a worker keeps open
 *   mosaic_result.c    what is published
 *   mosaic_merge.c     windows of one mosaic become one
 *   mosaic_windows.c   do they fit together?
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
#include "pipeline/space/zone.h"
#include "pipeline/stage/mosaic_best.h"
#include "pipeline/stage/mosaic_fill.h"
#include "pipeline/stage/mosaic_looks.h"
#include "pipeline/stage/mosaic_pixel.h"
#include "pipeline/stage/mosaic_result.h"

/* Layers that the command knows. */
enum mosaic_layer {
	MOSAIC_WATER,
	MOSAIC_FREQUENCY,
	MOSAIC_FRACTION,
	MOSAIC_OBSERVED,
	MOSAIC_WET,
	MOSAIC_PARTIAL,
	MOSAIC_SOURCE,
	MOSAIC_DAY,
	MOSAIC_DEFAULTS, /* these, and by --layers the others: */
	MOSAIC_LOW = MOSAIC_DEFAULTS,
	MOSAIC_HIGH,
	MOSAIC_OCCURRENCE,
	MOSAIC_MONTHS,
	MOSAIC_SEASONALITY,
	MOSAIC_FILLED, /* always with --fill, else never */
	MOSAIC_LAYERS,
};

/* How the looks of a pixel become its class and its fraction. */
enum mosaic_rule {
	RULE_FREQUENCY, /* class of most looks, median fraction */
	RULE_MEDIAN,	/* median fraction, and the class that it has */
	RULE_LATEST,	/* class and fraction of the latest look that saw the pixel */
	RULE_BEST,	/* class and fraction of the look with the highest score */
};

/* A quantity or an index, and how many looks have a value of it. */
struct mosaic_quantity {
	const struct layer *layer, *looks;
	int place, looks_place; /* in the result */
};
#define QUANTITIES_MAX (LOOK_LAYERS_MAX - LOOK_MORE)

struct mosaic {
	const struct context *context;
	enum mosaic_rule rule;
	bool has_period;
	int64_t from, to;
	int place[MOSAIC_LAYERS]; /* number of the layer in the result, -1: not wanted */
	struct mosaic_quantity
		quantity[QUANTITIES_MAX]; /* number q is layer LOOK_MORE + q of the looks */
	size_t quantities_nr;
	struct looks looks;
	struct fills fills;
	struct best *best; /* RULE_BEST */
	struct zones *zones;
	struct mosaic_result result;
	struct progress progress;
	struct mosaic_workers workers;
};

/* What the command line asks for: rule, period, layers, fill.  USAGE. */
int mosaic_read_options(struct mosaic *m, struct error *e);

/* The options that change pixels, and the period, as JSON; NULL: no memory. */
json_t *mosaic_options_json(const struct mosaic *m);

/* Bytes that one worker takes beside its slots and open files. */
size_t mosaic_worker_bytes(const struct mosaic *m);

/* Are there quantities whose median is taken?  Then workers write spools. */
bool mosaic_has_medians(const struct mosaic *m);

/* Bytes of disk that one worker's spool may take, at most. */
uint64_t mosaic_spool_bytes(const struct mosaic *m);

/* Compute all tiles into the result. */
int mosaic_tiles(struct mosaic *m, struct error *e);

/*
 * mosaic of mosaics: windows of one, made from the same observations by the same options but for -te, become one,
 * which is what one run makes.  DATA: they differ (named), they overlap with other pixels, or something is covered
 * by none.
 */
int mosaic_merge(const struct context *context, struct error *e);

#endif
