/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/geotiff_internal.h"

#include <string.h>

/* Of a tile: DEFLATE by libdeflate, which libtiff calls too; the other codecs are libtiff's own. */

int geotiff_deflate_level(const struct geotiff_options *o)
{
	return o->level ? o->level : 5;
}

/* What libtiff's floating-point predictor does, several times as fast; row by row in place. */
static void predict_reals(const struct geotiff *g, unsigned char *tile)
{
	uint32_t row[GEOTIFF_TILE];

	for (size_t y = 0; y < GEOTIFF_TILE; y++, tile += sizeof(row)) {
		memcpy(row, tile, sizeof(row));
		g->kernels->float_predictor(GEOTIFF_TILE, row, tile);
	}
}

/* Each value less the one before it, as TIFF 6.0, section 14 has it. */
static void predict_u16(unsigned char *tile)
{
	uint16_t row[GEOTIFF_TILE], differences[GEOTIFF_TILE];

	for (size_t y = 0; y < GEOTIFF_TILE; y++, tile += sizeof(row)) {
		memcpy(row, tile, sizeof(row));
		differences[0] = row[0];
		for (size_t x = 1; x < GEOTIFF_TILE; x++)
			differences[x] = (uint16_t)(row[x] - row[x - 1]);
		memcpy(tile, differences, sizeof(row));
	}
}

static int deflate_tile(const struct geotiff *g, const unsigned char *tile, unsigned char *out,
			size_t capacity, uint32_t *size, struct error *e)
{
	struct libdeflate_compressor *c = deflaters_take(g->deflaters);
	size_t n;

	if (!c)
		return error_nomem(e, "a tile");
	n = libdeflate_zlib_compress(c, tile, g->tile_bytes, out, capacity);
	deflaters_give(g->deflaters, c);
	if (!n)
		return error_set(e, ERROR_BUG, "cannot compress a tile of %s: no room", g->path);
	*size = (uint32_t)n;
	return 0;
}

/* A TIFF of one tile is made in memory.  Its directory, which libtiff adds when it closes, is not used. */
static int compress_by_libtiff(const struct geotiff *g, const unsigned char *tile,
			       unsigned char *out, size_t capacity, uint32_t *start, uint32_t *size,
			       struct error *e)
{
	struct geotiff_io io = { .fd = -1, .memory = out, .capacity = capacity };
	TIFF *tiff = geotiff_io_open(&io, "wl");
	bool ok = tiff && geotiff_set_pixels(tiff, g) &&
		  (geotiff_predictor(g) == PREDICTOR_NONE ||
		   TIFFSetField(tiff, TIFFTAG_PREDICTOR, PREDICTOR_NONE)) &&
		  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, GEOTIFF_TILE) &&
		  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, GEOTIFF_TILE) &&
		  TIFFWriteEncodedTile(tiff, 0, (void *)(uintptr_t)tile, (tmsize_t)g->tile_bytes) >=
			  0;

	if (ok) {
		*start = (uint32_t)TIFFGetStrileOffset(tiff, 0);
		*size = (uint32_t)TIFFGetStrileByteCount(tiff, 0);
	}
	if (tiff)
		TIFFClose(tiff);
	if (!ok || *size < 4 || *start + (uint64_t)*size > io.size)
		return geotiff_io_fail(&io, "compress a tile of", g->path, e);
	return 0;
}

int geotiff_compress(const struct geotiff *g, const unsigned char *tile, unsigned char *out,
		     size_t capacity, uint32_t *start, uint32_t *size, struct error *e)
{
	uint16_t predictor = geotiff_predictor(g);
	unsigned char *own = (unsigned char *)(uintptr_t)tile;

	if (predictor == PREDICTOR_FLOATINGPOINT)
		predict_reals(g, own);
	else if (predictor == PREDICTOR_HORIZONTAL)
		predict_u16(own);
	*start = 0;
	if (g->options.compress == GEOTIFF_DEFLATE)
		return deflate_tile(g, tile, out, capacity, size, e);
	return compress_by_libtiff(g, tile, out, capacity, start, size, e);
}
