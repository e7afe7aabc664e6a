/* SPDX-License-Identifier: Apache-2.0
 *
 * spool.h - compact intermediate results of a whole scene, on disk: several
 * planes of pixels over one grid, written tile by tile, read by any rect.
 * The file has no name; it vanishes with the process.
 */
#ifndef PIPELINE_IO_SPOOL_H
#define PIPELINE_IO_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"
#include "pipeline/space/grid.h"

#define SPOOL_PLANES_MAX 64

/* One plane: bytes of a pixel, and the byte that pixels never written are made of. */
struct spool_plane {
	size_t pixel_size;
	uint8_t fill;
};

struct spool;

/* A spool in folder for tiles of side x side pixels of grid.  IO, PERMISSION. */
int spool_open(struct spool **out, const char *folder, const struct grid *grid, int32_t side,
	       const struct spool_plane *planes, size_t planes_nr, struct error *e);
void spool_free(struct spool *s);

/* Write one plane of tile i (grid_tile(grid, side, i), row by row).  Any thread; tiles in any order.  What a tile had is replaced. */
int spool_write(struct spool *s, size_t i, size_t plane, const void *pixels, struct error *e);

/* Was the plane of tile i ever written? */
bool spool_has(const struct spool *s, size_t i, size_t plane);

/* Bytes of the scratch that spool_read needs. */
size_t spool_scratch_size(const struct spool *s);

/*
 * Read a plane in rect, row by row without gaps; outside the grid and in tiles
 * never written: the plane's fill.  Any thread, after the writing of that plane is over.
 */
int spool_read(const struct spool *s, size_t plane, struct rect rect, void *scratch, void *pixels,
	       struct error *e);

#endif
