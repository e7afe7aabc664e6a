/* SPDX-License-Identifier: Apache-2.0
 *
 * geotiff_internal.h - what the parts of the GeoTIFF writer share:
 *
 *   geotiff.c         the public functions, the spool files, the overview levels
 *   geotiff_encode.c  one tile: statistics, half-size pixels, into a slot
 *   geotiff_compress.c its predictor and compression
 *   geotiff_tags.c    what each directory says: layer, statistics
 *   geotiff_place.c   where the image lies
 *   geotiff_layout.c  the file itself, and the check of it
 *   geotiff_io.c      libtiff over a file or memory, and its errors
 *
 * Two unlinked files beside the target hold the work.  The spool has the
 * compressed tiles of all levels, in the order they were appended.  The pixel
 * spool has, for every tile of every level but the last, its half-size pixels:
 * one block of a quarter of a tile, at a place that follows from the tile's
 * number, so that any worker can write it at any time.
 */
#ifndef PIPELINE_IO_GEOTIFF_INTERNAL_H
#define PIPELINE_IO_GEOTIFF_INTERNAL_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <tiffio.h>

#include "pipeline/io/geotiff.h"

/* Levels that a side of GRID_SIDE_MAX = 2^20 can need: 2^20, 2^19, ... 512. */
#define GEOTIFF_LEVELS 12

/* Values whose tiles are kept: water, land, outside. */
#define GEOTIFF_UNIFORM 8

/* Side of a block of the pixel spool. */
#define GEOTIFF_HALF (GEOTIFF_TILE / 2)

/* Largest file written as a classic TIFF, whose offsets have 32 bits. */
#define GEOTIFF_CLASSIC_MAX UINT32_MAX

/* Tags of GeoTIFF 1.1 (OGC 19-008r4, requirements 1 and 7), which libtiff does not know. */
#define GEOTIFF_TAG_SCALE    33550
#define GEOTIFF_TAG_TIEPOINT 33922
#define GEOTIFF_TAG_KEYS     34735
#define GEOTIFF_TAG_REALS    34736
#define GEOTIFF_TAG_TEXT     34737

/* Tags of GDAL's own: gdal.org, GTiff driver. */
#define GEOTIFF_TAG_METADATA 42112
#define GEOTIFF_TAG_NODATA   42113

/* Bytes before a tile, its size, and behind it, its last ones once more. */
#define GEOTIFF_LEADER	4
#define GEOTIFF_TRAILER 4

/* --- geotiff_io.c --- */

/* What libtiff reads and writes: a file, or memory that somebody else owns. */
struct geotiff_io {
	int fd;	       /* -1: memory */
	uint64_t base; /* where in the file it begins, of what is read */
	unsigned char *memory;
	uint64_t capacity; /* of the memory */
	uint64_t position, size;
	tmsize_t allocation_max; /* of libtiff, at once; 0: any */
	int errnum;		 /* of the first read or write that failed, else 0 */
	char message[200];	 /* libtiff's first error, else "" */
};

/*
 * Open io with libtiff's mode letters; NULL: see geotiff_io_fail().  io outlives the handle.
 * Errors and warnings go to io alone.  TIFFClose() leaves fd open.
 */
TIFF *geotiff_io_open(struct geotiff_io *io, const char *mode);

/* "cannot <verb> path: <why>" with IO where a read or write failed, else with BUG. */
int geotiff_io_fail(const struct geotiff_io *io, const char *verb, const char *path,
		    struct error *e);

/* "cannot write path: <errnum>", and what to do if the disk is full. */
int geotiff_write_fail(int errnum, const char *path, struct error *e);

/* All n bytes at offset, or -1 with errno set.  A read past the end is EIO. */
int geotiff_pread(int fd, void *data, size_t n, uint64_t offset);
int geotiff_pwrite(int fd, const void *data, size_t n, uint64_t offset);

/* --- state --- */

struct geotiff_tile {
	uint64_t offset; /* in the spool; after the layout, in the file */
	uint32_t size;	 /* bytes */
	bool uniform;	 /* all pixels are value: it has no block in the pixel spool */
	uint32_t value;	 /* its first bytes are the pixel */
};

struct geotiff_level {
	struct grid grid; /* only its width and height count */
	size_t tiles_nr, appended;
	struct geotiff_tile *tile;
	uint64_t blocks; /* where the blocks of this level's tiles start in the pixel spool */
};

/* Sums over valid pixels; exact for integers (2^30 pixels of 32 bits). */
struct geotiff_sums {
	uint64_t valid;
	double min, max;
	int64_t sum;
	__extension__ unsigned __int128 square_sum;
	double real_sum, real_square_sum; /* LAYER_F32 instead of the two above */
};

/* A whole tile of one value, compressed; what is there stays. */
struct geotiff_uniform {
	uint32_t value, size;
	unsigned char *bytes;
};

/* The tags that place an image, as GDAL encodes them. */
struct geotiff_place {
	double pixel_scale[3], tiepoint[6];
	uint16_t *key;
	size_t keys_nr;
	double *real;
	size_t reals_nr;
	char *text;
};

struct geotiff {
	char *path;
	const struct layer *layer;
	struct grid grid;
	struct geotiff_options options;
	struct geotiff_item *items; /* copies */
	size_t items_nr;
	const struct kernels *kernels;
	struct timing *timing;
	struct deflaters *deflaters, *own_deflaters; /* own: NULL where the spec has some */
	int threads;

	size_t pixel_size, tile_bytes;
	uint32_t fill;	      /* the value of pixels that pad a tile, in the layer's type */
	pthread_mutex_t lock; /* of uniform */
	struct geotiff_uniform uniform[GEOTIFF_UNIFORM];
	size_t uniform_nr;

	int target, spool, pixels; /* files; -1: none */
	bool created, finished;	   /* the target exists; it is whole */
	uint64_t spool_size;
	struct geotiff_level level[GEOTIFF_LEVELS];
	int levels_nr;
	struct geotiff_sums sums;
	struct geotiff_place place;
	uint64_t classic_max; /* GEOTIFF_CLASSIC_MAX, unless a test wants a BigTIFF */
};

/* --- geotiff_compress.c --- */

/*
 * Compress a whole tile to start..start + size of out; changes the tile where the layer has a predictor.  Any number of
 * threads.
 */
int geotiff_compress(const struct geotiff *g, const unsigned char *tile, unsigned char *out,
		     size_t capacity, uint32_t *start, uint32_t *size, struct error *e);

/* --- geotiff_encode.c --- */

/* n pixels of a value, whose first bytes are the pixel. */
void geotiff_fill(const struct geotiff *g, uint32_t value, size_t n, unsigned char *pixels);

/* BUG if the layer's type cannot be halved as it says. */
int geotiff_encode_init(struct geotiff *g, struct error *e);

/* As geotiff_encode(), for any level. */
int geotiff_encode_level(struct geotiff *g, int level, size_t i, const void *pixels, void *slot,
			 struct error *e);

/* The parts of an encoded tile, which stay in the slot. */
const unsigned char *geotiff_slot_tile(const void *slot, uint32_t *size, struct geotiff_sums *sums);

/* Add the sums of the next tile. */
void geotiff_sums_add(struct geotiff_sums *sums, const struct geotiff_sums *tile);

/* --- geotiff_tags.c --- */

/* libtiff's numbers for the compression and the predictor of this file. */
uint16_t geotiff_compression(const struct geotiff *g);
uint16_t geotiff_predictor(const struct geotiff *g);

/* Set what a tile's decoder needs: its size, type and compression. */
bool geotiff_set_pixels(TIFF *tiff, const struct geotiff *g);

/* Set all tags of a level's directory; false: the handle's io knows why. */
bool geotiff_set_level(TIFF *tiff, const struct geotiff *g, int level);

/* --- geotiff_place.c --- */

/* Fill an empty place: by geotiff_keys(), or else by GDAL; DATA if the CRS is not one. */
int geotiff_place_init(struct geotiff_place *place, const struct grid *grid, struct error *e);
void geotiff_place_release(struct geotiff_place *place);

/* The same by GDAL in any case. */
int geotiff_place_of_gdal(struct geotiff_place *place, const struct grid *grid, struct error *e);

/* The name of a CRS that has none, "PROJECTION, 46 N 76.3 E"; returns its length, as snprintf() does. */
int geotiff_name_crs(char *text, size_t size, const char *projection, double lat, double lon);

/* A tag's text, to be freed; NULL: none, or no memory. */
char *geotiff_tag_text(TIFF *tiff, uint32_t tag);

/* --- geotiff_keys.c --- */

/*
 * Keys, reals and text of a zone of UTM or of an equal-area projection in the spelling of lake.c, both on WGS 84, byte by
 * byte as GDAL 3 writes them: 1.  0: it is another CRS.  -1: BUG, no memory.
 */
int geotiff_keys(struct geotiff_place *place, const struct crs *crs, struct error *e);

/* --- geotiff_layout.c --- */

/* The text directly behind the header, by which a file says that it is a COG: its bytes, without an end. */
#define GEOTIFF_GHOST 400
size_t geotiff_ghost(char text[GEOTIFF_GHOST]);

/* Write the target from the spool; then the tiles' offsets are those in the file. */
int geotiff_layout(struct geotiff *g, struct error *e);

/* Compare the target's directories with the tiles; IO if they differ. */
int geotiff_check(const struct geotiff *g, struct error *e);

#endif
