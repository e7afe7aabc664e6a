/* SPDX-License-Identifier: Apache-2.0
 *
 * scene.h - the pixels of a granule: several roles brought onto one working grid.
 *
 * The working grid is that of the green band, or, where the product is JPEG 2000 and the
 * user's pixel is larger, 2^k times coarser: then bands are decoded at a
 * reduced level.  A wavelet level k is not where GDAL 3.6 says: its samples
 * stand at the centres of every 2^k-th full-resolution pixel, so it lies
 * (2^k - 1)/2 full-resolution pixels up and left of the pixels it stands for.
 * Bands of another resolution, or shifted so, are resampled in stored values:
 * to a coarser or a shifted grid bilinearly, to a finer one and masks by nearest.
 *
 * Order of calls: scene_new(); scene_plan() for every tile in working order;
 * then, one reader a thread, scene_read() once for each planned tile.
 */
#ifndef PIPELINE_IO_SCENE_H
#define PIPELINE_IO_SCENE_H

#include "kernels/kernels.h"
#include "pipeline/base/error.h"
#include "pipeline/base/timing.h"
#include "pipeline/io/blocks.h"
#include "pipeline/io/product.h"
#include "pipeline/space/grid.h"

struct scene;

/*
 * The granule outlives the scene.  pixel_m: the pixel size that is wanted in the end; 0: the
 * green band's.  roles must be present (product_require).  timing: counts decoding; may be NULL.
 */
int scene_new(struct scene **out, const struct granule *granule, double pixel_m,
	      const enum role *roles, size_t roles_nr, struct timing *timing, struct error *e);
void scene_free(struct scene *s);

const struct grid *scene_grid(const struct scene *s);

/* Tile number i of the work wants rect of the working grid (inside it, not empty). */
void scene_plan(struct scene *s, size_t i, struct rect rect);

/* Bytes of decoded blocks and decoder's scratch at the worst moment on so many threads. */
size_t scene_peak_bytes(const struct scene *s, int threads);

/* The blocks of its files; live as long as the scene. */
const struct blocks *scene_blocks(const struct scene *s);

/* Blocks that the plan needs; blocks decoded so far. */
size_t scene_blocks_planned(const struct scene *s);
size_t scene_blocks_decoded(const struct scene *s);

/* One worker's handles and scratch, for rects of at most side x side pixels. */
struct scene_reader;

int scene_reader_new(struct scene_reader **out, struct scene *s, const struct kernels *kernels,
		     int32_t side, struct error *e);
void scene_reader_free(struct scene_reader *r);

/* Bytes that a reader allocates. */
size_t scene_reader_bytes(const struct scene *s, int32_t side);

/*
 * Read all roles of a planned rect: planes[role] gets rect_area(rect) stored
 * values, row by row; where the band has none, its fill.  planes of other roles are
 * not touched.  DATA, IO.
 */
int scene_read(struct scene_reader *r, struct rect rect, uint16_t *const planes[ROLE_NR],
	       struct error *e);

#endif
