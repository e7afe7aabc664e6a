/* SPDX-License-Identifier: Apache-2.0
 *
 * geotiff.h - writing one layer as a Cloud Optimized GeoTIFF.
 *
 * Calling sequence: geotiff_create(); then for every tile of the grid, in
 * workers, geotiff_encode() into a slot, and in tile order geotiff_append();
 * then geotiff_finish().  geotiff_free() at any time, whatever happened.
 * Tiles are compressed in the workers and spooled to an unlinked file beside
 * the target; overviews are made level by level; finish lays the file out as
 * a COG needs it: ghost header, all IFDs, overviews from the smallest, the
 * image.  The same pixels give the same bytes, whatever the threads.
 */
#ifndef PIPELINE_IO_GEOTIFF_H
#define PIPELINE_IO_GEOTIFF_H

#include <stddef.h>

#include "kernels/kernels.h"
#include "pipeline/base/error.h"
#include "pipeline/base/timing.h"
#include "pipeline/io/deflaters.h"
#include "pipeline/io/layer.h"
#include "pipeline/space/grid.h"

/* Side of a tile in pixels. */
#define GEOTIFF_TILE 512

enum geotiff_compress { GEOTIFF_DEFLATE, GEOTIFF_ZSTD, GEOTIFF_LZW, GEOTIFF_NONE };

/* What -co can set; all zero: DEFLATE at its default level. */
struct geotiff_options {
	enum geotiff_compress compress;
	int level; /* 0: 5 for DEFLATE, 9 for ZSTD; else 1..12 DEFLATE, 1..22 ZSTD */
};

/* One "-co NAME=VALUE" into options; CONFIG naming what is allowed if it is not known. */
int geotiff_option(struct geotiff_options *options, const char *name_value, struct error *e);

/* 1..12: as the options say, or the usual one. */
int geotiff_deflate_level(const struct geotiff_options *options);

/* A metadata item of the file, shown by gdalinfo; strings live as long as the spec. */
struct geotiff_item {
	const char *name, *value;
};

struct geotiff_spec {
	const char *path; /* created; must not exist */
	const struct layer *layer;
	struct grid grid;
	struct geotiff_options options;
	const struct geotiff_item *items; /* e.g. ACQUIRED; no time of processing */
	size_t items_nr;
	const struct kernels *kernels;
	int threads;		     /* used by finish for the overviews */
	struct timing *timing;	     /* NULL: none */
	struct deflaters *deflaters; /* of geotiff_deflate_level(); NULL: it has its own */
};

struct geotiff;

/* Start a file.  spec and what it points to (but path and items, which are copied) outlive *out. */
int geotiff_create(struct geotiff **out, const struct geotiff_spec *spec, struct error *e);

/* Bytes of a slot for one encoded tile. */
size_t geotiff_slot_size(const struct geotiff *g);

/*
 * Bytes of heap that one geotiff_encode() takes while it runs (ZSTD at its upper levels: much).
 * geotiff_finish() takes on each of its threads that, two slots, and a tile and a quarter.
 */
size_t geotiff_worker_size(const struct geotiff *g);

/*
 * Compress tile number i (grid_tile(grid, GEOTIFF_TILE, i)): pixels holds that
 * rect row by row without gaps, in the layer's type.  Any number of threads at
 * once on different tiles.
 */
int geotiff_encode(struct geotiff *g, size_t i, const void *pixels, void *slot, struct error *e);

/* Take the encoded tile i; one caller at a time, i = 0, 1, 2, ... */
int geotiff_append(struct geotiff *g, size_t i, const void *slot, struct error *e);

/*
 * After the last tile: overviews, layout, fsync, close, re-open with libtiff and compare the
 * directory.  IO if the disk is full or a write is short: then there is no file.
 */
int geotiff_finish(struct geotiff *g, struct error *e);

/* Statistics over the pixels that are not no data; valid after the last append. */
struct geotiff_statistics {
	uint64_t valid, total;
	double min, max, mean, stddev; /* stored values; NaN if valid is 0 */
};

struct geotiff_statistics geotiff_statistics(const struct geotiff *g);

/* Release everything; removes the target if finish did not succeed.  NULL is fine. */
void geotiff_free(struct geotiff *g);

#endif
