/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/raster.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tiffio.h>

#include "pipeline/base/uniform.h"
#include "pipeline/io/geokeys.h"
#include "pipeline/io/geotiff_internal.h"

/* No single thing in a layer's directory needs more memory: offsets of 64 x 64 tiles, a metadata text. */
#define ALLOCATION_MAX (16 << 20)

struct raster {
	char *path;
	const struct layer *layer;
	TIFF *tiff;
	struct grid grid;
	size_t pixel_size, tile_bytes;
	unsigned char fill[4]; /* a pixel outside */
	char message[200];     /* libtiff's latest error */
};

/* --- libtiff --- */

__attribute__((format(printf, 4, 0))) static int
keep_error(TIFF *tiff, void *user, const char *module, const char *fmt, va_list ap)
{
	struct raster *r = user;

	(void)tiff;
	(void)module;
	vsnprintf(r->message, sizeof(r->message), fmt, ap);
	return 1;
}

__attribute__((format(printf, 4, 0))) static int
drop_warning(TIFF *tiff, void *user, const char *module, const char *fmt, va_list ap)
{
	(void)tiff;
	(void)user;
	(void)module;
	(void)fmt;
	(void)ap;
	return 1;
}

/* The file descriptor of a regular file that is not a link. */
static int open_file(const char *path, struct error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
	struct stat st;

	if (fd < 0 && errno == ELOOP)
		return error_set(e, ERROR_DATA, "cannot open %s: it is a link, not a file", path);
	if (fd < 0)
		return error_errno(e, errno, "cannot open %s", path);
	if (!fstat(fd, &st) && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return error_set(e, ERROR_DATA, "cannot open %s: it is not a regular file", path);
}

static int open_tiff(struct raster *r, struct error *e)
{
	TIFFOpenOptions *options;
	int fd = open_file(r->path, e);

	if (fd < 0)
		return -1;
	options = TIFFOpenOptionsAlloc();
	if (options) {
		TIFFOpenOptionsSetMaxSingleMemAlloc(options, ALLOCATION_MAX);
		TIFFOpenOptionsSetErrorHandlerExtR(options, keep_error, r);
		TIFFOpenOptionsSetWarningHandlerExtR(options, drop_warning, r);
		/* m: no memory map, which a file cut meanwhile would turn into a signal; O: the
		 * place of a tile is read when it is wanted. */
		r->tiff = TIFFFdOpenExt(fd, r->path, "rmO", options);
		TIFFOpenOptionsFree(options);
	}
	if (!r->tiff) {
		close(fd);
		return error_set(e, ERROR_DATA, "cannot open %s: not a TIFF: %s", r->path,
				 r->message);
	}
	return 0;
}

/* --- what the directory says --- */

static bool type_fits(TIFF *t, enum layer_type type)
{
	static const uint16_t formats[] = {
		[LAYER_U8] = SAMPLEFORMAT_UINT,	   [LAYER_U16] = SAMPLEFORMAT_UINT,
		[LAYER_I16] = SAMPLEFORMAT_INT,	   [LAYER_U32] = SAMPLEFORMAT_UINT,
		[LAYER_F32] = SAMPLEFORMAT_IEEEFP,
	};
	uint16_t bits = 0, samples = 0, format = 0;

	TIFFGetFieldDefaulted(t, TIFFTAG_BITSPERSAMPLE, &bits);
	TIFFGetFieldDefaulted(t, TIFFTAG_SAMPLESPERPIXEL, &samples);
	TIFFGetFieldDefaulted(t, TIFFTAG_SAMPLEFORMAT, &format);
	return bits == 8 * layer_type_size(type) && samples == 1 && format == formats[type];
}

static bool codec_fits(TIFF *t)
{
	uint16_t codec = 0;

	TIFFGetFieldDefaulted(t, TIFFTAG_COMPRESSION, &codec);
	return codec == COMPRESSION_NONE || codec == COMPRESSION_LZW ||
	       codec == COMPRESSION_ADOBE_DEFLATE || codec == COMPRESSION_ZSTD;
}

static int check_pixels(struct raster *r, struct error *e)
{
	uint32_t width = 0, height = 0, tile_w = 0, tile_h = 0;

	TIFFGetField(r->tiff, TIFFTAG_IMAGEWIDTH, &width);
	TIFFGetField(r->tiff, TIFFTAG_IMAGELENGTH, &height);
	if (width < 1 || height < 1 || width > GRID_SIDE_MAX || height > GRID_SIDE_MAX)
		return error_set(e, ERROR_DATA, "%s: %u x %u pixels; a side may have 1 to %d",
				 r->path, width, height, GRID_SIDE_MAX);
	if (!type_fits(r->tiff, r->layer->type))
		return error_set(e, ERROR_DATA, "%s: not the pixel type of layer %s", r->path,
				 r->layer->name);
	TIFFGetField(r->tiff, TIFFTAG_TILEWIDTH, &tile_w);
	TIFFGetField(r->tiff, TIFFTAG_TILELENGTH, &tile_h);
	if (!TIFFIsTiled(r->tiff) || tile_w != GEOTIFF_TILE || tile_h != GEOTIFF_TILE ||
	    !codec_fits(r->tiff) || (size_t)TIFFTileSize64(r->tiff) != r->tile_bytes)
		return error_set(e, ERROR_DATA, "%s: not laid out as this program does it",
				 r->path);
	r->grid.width = (int32_t)width;
	r->grid.height = (int32_t)height;
	return 0;
}

static int read_place(struct raster *r, struct error *e)
{
	size_t scale_nr, tie_nr;
	const double *scale = geokeys_values(r->tiff, GEOTIFF_TAG_SCALE, TIFF_DOUBLE, &scale_nr);
	const double *tie = geokeys_values(r->tiff, GEOTIFF_TAG_TIEPOINT, TIFF_DOUBLE, &tie_nr);
	unsigned int epsg = geokeys_epsg(r->tiff);

	if (scale_nr < 2 || tie_nr < 6 || !(scale[0] > 0) || !(scale[1] > 0) ||
	    !isfinite(scale[0]) || !isfinite(scale[1]) || !isfinite(tie[3]) || !isfinite(tie[4]) ||
	    tie[0] != 0 || tie[1] != 0)
		return error_set(e, ERROR_DATA, "%s: no georeference", r->path);
	r->grid.x0 = tie[3];
	r->grid.y0 = tie[4];
	r->grid.dx = scale[0];
	r->grid.dy = scale[1];
	if (epsg)
		snprintf(r->grid.crs.def, sizeof(r->grid.crs.def), "EPSG:%u", epsg);
	return 0;
}

/* --- life --- */

static void set_fill(struct raster *r)
{
	double nodata = r->layer->has_nodata ? r->layer->nodata : 0;

	switch (r->layer->type) {
	case LAYER_U8:
		r->fill[0] = (uint8_t)nodata;
		break;
	case LAYER_U16:
		memcpy(r->fill, &(uint16_t){ (uint16_t)nodata }, 2);
		break;
	case LAYER_I16:
		memcpy(r->fill, &(int16_t){ (int16_t)nodata }, 2);
		break;
	case LAYER_U32:
		memcpy(r->fill, &(uint32_t){ (uint32_t)nodata }, 4);
		break;
	case LAYER_F32:
		memcpy(r->fill, &(float){ (float)nodata }, 4);
		break;
	}
}

int raster_open(struct raster **out, const char *path, const struct layer *layer, struct error *e)
{
	struct raster *r = calloc(1, sizeof(*r));

	if (!r || !(r->path = strdup(path))) {
		free(r);
		return error_nomem(e, path);
	}
	r->layer = layer;
	r->pixel_size = layer_type_size(layer->type);
	r->tile_bytes = (size_t)GEOTIFF_TILE * GEOTIFF_TILE * r->pixel_size;
	set_fill(r);
	if (open_tiff(r, e) || check_pixels(r, e) || read_place(r, e)) {
		raster_close(r);
		return -1;
	}
	*out = r;
	return 0;
}

void raster_close(struct raster *r)
{
	if (!r)
		return;
	if (r->tiff)
		TIFFClose(r->tiff);
	free(r->path);
	free(r);
}

const struct grid *raster_grid(const struct raster *r)
{
	return &r->grid;
}

int raster_level(struct raster *r, int level, struct error *e)
{
	if (level < 0 || !TIFFSetDirectory(r->tiff, (tdir_t)level))
		return error_set(e, ERROR_DATA, "%s: no overview %d", r->path, level);
	return check_pixels(r, e);
}

/* --- pixels --- */

/*
 * Decode a tile.  Its compressed bytes are held here and no longer: libtiff would
 * keep a buffer for every open file.
 */
static int decode(struct raster *r, uint32_t tile, void *pixels, struct error *e)
{
	uint64_t size = TIFFGetStrileByteCount(r->tiff, tile);
	void *raw;
	bool ok;

	r->message[0] = 0;
	/* No codec makes a tile larger by half than it was. */
	if (!size || size > r->tile_bytes + r->tile_bytes / 2 + 65536)
		return error_set(e, ERROR_DATA, "cannot read %s: block %u has an impossible size",
				 r->path, tile);
	raw = malloc((size_t)size);
	if (!raw)
		return error_nomem(e, "a compressed block");
	ok = TIFFReadRawTile(r->tiff, tile, raw, (tmsize_t)size) == (tmsize_t)size &&
	     TIFFReadFromUserBuffer(r->tiff, tile, raw, (tmsize_t)size, pixels,
				    (tmsize_t)r->tile_bytes);
	free(raw);
	if (!ok)
		return error_set(e, ERROR_DATA, "cannot read %s: block %u is damaged: %s", r->path,
				 tile, r->message[0] ? r->message : "the file is cut");
	return 0;
}

/* Copy the part of a decoded tile (all of place) that is in rect. */
static void copy_part(const struct raster *r, struct rect place, struct rect part,
		      const unsigned char *tile, struct rect rect, unsigned char *pixels)
{
	size_t row = (size_t)part.w * r->pixel_size;

	for (int32_t y = part.y; y < part.y + part.h; y++) {
		size_t from = (size_t)(y - place.y) * GEOTIFF_TILE + (size_t)(part.x - place.x);
		size_t to = (size_t)(y - rect.y) * (size_t)rect.w + (size_t)(part.x - rect.x);

		memcpy(pixels + to * r->pixel_size, tile + from * r->pixel_size, row);
	}
}

static int read_tiles(struct raster *r, struct rect rect, struct rect inside, unsigned char *pixels,
		      struct error *e)
{
	const int32_t side = GEOTIFF_TILE, across = (r->grid.width + side - 1) / side;
	unsigned char *tile = malloc(r->tile_bytes);
	int ret = -1;

	if (!tile)
		return error_nomem(e, "a block");
	for (int32_t ty = inside.y / side; ty * side < inside.y + inside.h; ty++) {
		for (int32_t tx = inside.x / side; tx * side < inside.x + inside.w; tx++) {
			struct rect place = { tx * side, ty * side, side, side };

			if (decode(r, (uint32_t)(ty * across + tx), tile, e))
				goto out;
			copy_part(r, place, rect_intersect(place, inside), tile, rect, pixels);
		}
	}
	ret = 0;
out:
	free(tile);
	return ret;
}

int raster_read(struct raster *r, struct rect rect, void *pixels, struct error *e)
{
	const int32_t side = GEOTIFF_TILE;
	struct rect inside = rect_intersect(rect, grid_rect(&r->grid));

	if (rect.w == side && rect.h == side && rect.x >= 0 && rect.y >= 0 && rect.x % side == 0 &&
	    rect.y % side == 0 && inside.w == side && inside.h == side)
		return decode(r,
			      (uint32_t)(rect.y / side * ((r->grid.width + side - 1) / side) +
					 rect.x / side),
			      pixels, e);
	if (rect_area(inside) != rect_area(rect))
		fill_uniform(pixels, rect_area(rect), r->pixel_size, r->fill);
	return rect_empty(inside) ? 0 : read_tiles(r, rect, inside, pixels, e);
}
