/* SPDX-License-Identifier: Apache-2.0
 *
 * output.h - making a result folder: layers on one grid, other files, item.json,
 * published all at once.
 *
 * Calling sequence:
 *   output_needed()    stop here if the result stands already
 *   output_open()      a stage folder, one GeoTIFF a layer
 *   in the workers, for every tile i of grid_tile(grid, GEOTIFF_TILE, i):
 *     output_encode()  each layer once, into one slot
 *   in tile order:     output_append()
 *   output_finish()    the GeoTIFFs are complete and can be read back from output_folder()
 *   output_add() for further files written into output_folder()
 *   output_publish()   item.json, then the rename
 *   output_free()      at any time; removes what was not published
 */
#ifndef PIPELINE_IO_OUTPUT_H
#define PIPELINE_IO_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "pipeline/base/context.h"
#include "pipeline/base/error.h"
#include "pipeline/io/geotiff.h"
#include "pipeline/io/item.h"
#include "pipeline/io/layer.h"
#include "pipeline/space/grid.h"

/*
 * May the result of this unit be made at target?  *needed = false: it stands
 * there already (logged), nothing is to be done; with --overwrite it is made anew.  One of another unit is
 * replaced with --overwrite, and where run asks for it (options->replace).  CANTCREATE
 * naming --overwrite where a result of another unit is; CANTCREATE, also with
 * --overwrite, where a folder with other things in it is: those are never removed.
 */
int output_needed(const struct context *context, const char *target, const char *unit, bool *needed,
		  struct error *e);

/* USAGE where the target is the folder of an input, or lies in it, by whatever path: it would change what was read. */
int output_apart(const char *target, const char *input, struct error *e);

/* Copied where it is not said otherwise. */
struct output_spec {
	const struct context
		*context;   /* borrowed for the life of the output; -co and --overwrite count */
	const char *target; /* the result folder */
	const char *unit;   /* item_unit() */
	struct grid grid;
	const struct layer *const *layers; /* of the table in layer.c */
	size_t layers_nr;
	const struct geotiff_item
		*items; /* into every GeoTIFF, beside BALKHASH_VERSION and BALKHASH_UNIT */
	size_t items_nr;
};

struct output;

/* CONFIG for a bad -co; CANTCREATE, PERMISSION, IO. */
int output_open(struct output **out, const struct output_spec *spec, struct error *e);

/* The stage folder: further files are written here. */
const char *output_folder(const struct output *o);

/* Bytes of a slot for one tile of all layers: a multiple of 64, so a caller can append its own. */
size_t output_slot_size(const struct output *o);

/* Bytes that each thread takes for its two slots and while it compresses a tile. */
size_t output_worker_bytes(const struct output *o);

/*
 * Compress layer number k (of the spec) of tile i into the slot; pixels: that
 * tile, row by row without gaps, in the layer's type.  Any number of threads at
 * once on different slots.
 */
int output_encode(struct output *o, size_t i, size_t k, const void *pixels, void *slot,
		  struct error *e);

/* Take tile i of all layers; one caller at a time, i = 0, 1, 2, ... */
int output_append(struct output *o, size_t i, const void *slot, struct error *e);

/* The colour of a pixel of the output's grid in a picture from elsewhere: what lies behind the classes. */
struct output_backdrop {
	void (*colour)(const void *user, int32_t x, int32_t y, uint8_t rgb[3]);
	const void *user;
};

/*
 * quicklook.png, at most 1024 pixels a side: a class layer in its colours, nearest-sampled from the coarsest overview that
 * still has a pixel for each, cut to the part that has data, on white.  A backdrop shows through: fully for code 0,
 * half for the others.
 */
struct output_picture {
	size_t layer;
	const struct output_backdrop *backdrop; /* NULL: none */
};

/* After the last tile: complete every GeoTIFF, several at a time, write its QGIS style, and the picture unless it is NULL. */
int output_finish(struct output *o, const struct output_picture *picture, struct error *e);

/* A further file that the caller wrote into output_folder() and closed: becomes an asset (strings copied). */
int output_add(struct output *o, const char *file, const char *title, const char *media_type,
	       const char *role, struct error *e);

/* The same of a text of the role "data", which this writes and frees; NULL: there was no memory for it. */
int output_add_text(struct output *o, const char *file, char *text, const char *title,
		    const char *media_type, struct error *e);

/* Statistics of layer k; after output_finish(). */
struct geotiff_statistics output_statistics(const struct output *o, size_t k);

/*
 * Write item.json (the caller fills item but for grid, assets and assets_nr, which
 * this sets; "balkhash:unit" stands in its properties) and publish.  Where another
 * process has published the same unit meanwhile, that one stays, and this is no error.
 */
int output_publish(struct output *o, struct item *item, struct error *e);

/* NULL is fine. */
void output_free(struct output *o);

#endif
