/* SPDX-License-Identifier: Apache-2.0
 *
 * mosaic_result.h - what a mosaic leaves: layers, areas, item.json; made from observations or merged from
 * windows, the same way and with the same bytes.
 *
 * Calling sequence: fill the first part; mosaic_result_needed(); mosaic_result_open(); tiles, which
 * encode into output and call mosaic_result_account(); mosaic_result_publish(); mosaic_result_release()
 * at any time.
 */
#ifndef PIPELINE_STAGE_MOSAIC_RESULT_H
#define PIPELINE_STAGE_MOSAIC_RESULT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/context.h"
#include "pipeline/base/file.h"
#include "pipeline/io/area.h"
#include "pipeline/io/footprint.h"
#include "pipeline/io/output.h"

#define MOSAIC_LAYERS_MAX 64
/* Mosaics that gaps are filled from: their numbers are bytes. */
#define FILLS_MAX 200

struct mosaic_result {
	/* What it is; the caller's. */
	const struct context *context;
	struct grid grid, full; /* full: the lake's, or what holds all looks, before -te */
	const struct layer *layers[MOSAIC_LAYERS_MAX];
	size_t layers_nr;
	bool quicklook;
	json_t *inputs;	    /* [{"id", "unit", "time"} ...] by id; owned */
	json_t *options;    /* what changes pixels, and the period; "grid" is set by this; owned */
	json_t *quantities; /* "balkhash:quantities", or NULL; owned */
	char lake[256];	    /* of all looks, or "" */
	int64_t time, time_end;

	/* Set by the functions below. */
	char id[400], unit[SHA256_HEX];
	struct output *output;
	struct area *area;
	struct footprint *footprint;
};

/* Id and unit; *needed = false: it stands there already.  Errors of output_needed(). */
int mosaic_result_needed(struct mosaic_result *r, bool *needed, struct error *e);

/* Open its files.  Errors of output_open(). */
int mosaic_result_open(struct mosaic_result *r, struct error *e);

/* Threads, and files that each may keep open. */
struct mosaic_workers {
	int threads, open_max;
};

/*
 * As many threads as the options and their memory allow, for workers that take worker_bytes each beside slots
 * and open files, and fixed_bytes for all; said in the log.  CONFIG: not even one fits.  After
 * mosaic_result_open().
 */
int mosaic_result_fit(const struct mosaic_result *r, size_t worker_bytes, size_t fixed_bytes,
		      struct mosaic_workers *workers, struct error *e);

/*
 * Count tile i, which lies at rect: classes, fraction [%, 255 unknown] and, or NULL, the number of the mosaic
 * that filled each pixel (from 1; 0: none).  Any number of threads at once on different tiles.
 */
void mosaic_result_account(struct mosaic_result *r, size_t i, struct rect rect,
			   const uint8_t *water, const uint8_t *fraction, const uint8_t *filled);

/*
 * NOINPUT where no look saw any pixel: clouds everywhere, which filling does not mend.  Of a window (-te) only a
 * warning: others of the same mosaic may see something.
 */
int mosaic_result_check_seen(const struct mosaic_result *r, struct error *e);

/* After the last tile: overviews, quicklook, item.json, the rename. */
int mosaic_result_publish(struct mosaic_result *r, struct error *e);

void mosaic_result_release(struct mosaic_result *r);

/* "crs", "transform", "shape" of a grid. */
json_t *grid_json(const struct grid *g);

#endif
