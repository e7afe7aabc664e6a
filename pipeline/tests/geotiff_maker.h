/* SPDX-License-Identifier: Apache-2.0
 *
 * geotiff_maker.h - images of every layer type for tests, written as GeoTIFF.
 */
#ifndef PIPELINE_TESTS_GEOTIFF_MAKER_H
#define PIPELINE_TESTS_GEOTIFF_MAKER_H

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/io/geotiff.h"
#include "pipeline/run/tiles.h"

#define MAKER_LAEA "+proj=laea +lat_0=46 +lon_0=76.3 +datum=WGS84 +units=m"

/* Layers that the table does not have: a mean of 16 bits, and reals. */
static const struct layer maker_mean_u16 = {
	.name = "mean16",
	.description = "A quantity & <its> \"unit\"",
	.type = LAYER_U16,
	.halving = HALVE_MEAN,
	.has_nodata = true,
	.nodata = 65535,
	.scale = 0.5,
	.offset = -3,
	.unit = "m s-1",
	.style_max = 1000,
};
static const struct layer maker_mean_f32 = {
	.name = "real",
	.description = "A real quantity",
	.type = LAYER_F32,
	.halving = HALVE_MEAN,
	.has_nodata = true,
	.nodata = NAN,
	.scale = 1,
	.unit = "mg m-3",
	.style_max = 50,
};

/* A new folder for a test's files. */
static inline void maker_folder(char *path, size_t size)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(path, size, "%s/balkhash-test-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(path))
		abort();
}

struct maker_image {
	const struct layer *layer;
	struct grid grid;
	void *pixels;
};

/* Layer number i of the table, then those above, then NULL. */
static inline const struct layer *maker_layer(size_t i)
{
	size_t n = 0;

	while (layer_at(n))
		n++;
	if (i < n)
		return layer_at(i);
	return i == n ? &maker_mean_u16 : i == n + 1 ? &maker_mean_f32 : NULL;
}

/* Are the pixels of layer i written as those of a layer before it are? */
static inline bool maker_layer_is_like_one_before(size_t i)
{
	const struct layer *a = maker_layer(i);

	while (i--) {
		const struct layer *b = maker_layer(i);

		if (a->type == b->type && a->halving == b->halving && !a->classes == !b->classes &&
		    a->has_nodata == b->has_nodata &&
		    !memcmp(&a->nodata, &b->nodata, sizeof(double)))
			return true;
	}
	return false;
}

static inline uint32_t maker_hash(uint32_t x)
{
	x = (x ^ x >> 16) * 0x7feb352d;
	x = (x ^ x >> 15) * 0x846ca68b;
	return x ^ x >> 16;
}

/* Any value of a layer from a random number. */
static inline double maker_value(const struct layer *layer, uint32_t random)
{
	bool codes = layer->classes && layer->halving != HALVE_OR;

	if (layer->has_nodata && random % 11 == 0)
		return layer->nodata;
	if (codes)
		return layer->classes[random % layer->classes_nr].code;
	switch (layer->type) {
	case LAYER_U8:
		return random >> 8 & 127;
	case LAYER_U16:
		return random >> 8 & 65535;
	case LAYER_I16:
		return (int16_t)(random >> 8 & 65535);
	case LAYER_U32:
		return random;
	default:
		return (double)((float)random / 65536.0f - 20000.0f);
	}
}

static inline void maker_put(enum layer_type type, void *pixels, size_t i, double value)
{
	switch (type) {
	case LAYER_U8:
		((uint8_t *)pixels)[i] = (uint8_t)value;
		break;
	case LAYER_U16:
		((uint16_t *)pixels)[i] = (uint16_t)value;
		break;
	case LAYER_I16:
		((int16_t *)pixels)[i] = (int16_t)value;
		break;
	case LAYER_U32:
		((uint32_t *)pixels)[i] = (uint32_t)value;
		break;
	case LAYER_F32:
		((float *)pixels)[i] = (float)value;
		break;
	}
}

static inline double maker_get(enum layer_type type, const void *pixels, size_t i)
{
	switch (type) {
	case LAYER_U8:
		return ((const uint8_t *)pixels)[i];
	case LAYER_U16:
		return ((const uint16_t *)pixels)[i];
	case LAYER_I16:
		return ((const int16_t *)pixels)[i];
	case LAYER_U32:
		return ((const uint32_t *)pixels)[i];
	default:
		return (double)((const float *)pixels)[i];
	}
}

/* Squares of 600 pixels without data, of one value, of stripes, of noise; every width and height. */
static inline struct maker_image maker_make(const struct layer *layer, int32_t w, int32_t h)
{
	struct maker_image m = {
		.layer = layer,
		.grid = { .crs = { MAKER_LAEA },
			  .x0 = -240000,
			  .y0 = 114000,
			  .dx = 30,
			  .dy = 30,
			  .width = w,
			  .height = h },
		.pixels = malloc((size_t)w * (size_t)h * layer_type_size(layer->type)),
	};

	assert(m.pixels);
	for (int32_t y = 0; y < h; y++)
		for (int32_t x = 0; x < w; x++) {
			uint32_t square = (uint32_t)(x / 600 + 2 * (y / 600) + 3) % 4;
			uint32_t noise = maker_hash((uint32_t)y << 16 ^ (uint32_t)x);
			double v = maker_value(layer, square == 1   ? 8
						      : square == 2 ? (uint32_t)(x / 7) * 257
								    : noise);

			if (square == 0)
				v = layer->has_nodata ? layer->nodata : 0;
			maker_put(layer->type, m.pixels, (size_t)y * (size_t)w + (size_t)x, v);
		}
	return m;
}

/* Whole tiles of one value, some of the same, beside one of noise, in an image that cuts its last ones. */
static inline struct maker_image maker_make_tiles(const struct layer *layer)
{
	struct maker_image m = maker_make(layer, 2100, 1100);

	for (int32_t y = 0; y < m.grid.height; y++)
		for (int32_t x = 0; x < m.grid.width; x++) {
			double v = y >= 2 * GEOTIFF_TILE ? 1 : x / GEOTIFF_TILE % 2 ? 2 : 1;

			if (x / GEOTIFF_TILE != 2 || y / GEOTIFF_TILE != 1)
				maker_put(layer->type, m.pixels,
					  (size_t)y * (size_t)m.grid.width + (size_t)x, v);
		}
	return m;
}

/* --- writing --- */

struct maker_job {
	const struct maker_image *image;
	struct geotiff *geotiff;
};

static inline int maker_work(void *state, size_t i, void *slot, struct error *e)
{
	struct maker_job *j = state;
	const struct maker_image *m = j->image;
	size_t size = layer_type_size(m->layer->type);
	struct rect r = grid_tile(&m->grid, GEOTIFF_TILE, i);
	unsigned char *tile = malloc(rect_area(r) * size);
	int ret;

	assert(tile);
	for (int32_t y = 0; y < r.h; y++)
		memcpy(tile + (size_t)y * (size_t)r.w * size,
		       (unsigned char *)m->pixels +
			       ((size_t)(r.y + y) * (size_t)m->grid.width + (size_t)r.x) * size,
		       (size_t)r.w * size);
	ret = geotiff_encode(j->geotiff, i, tile, slot, e);
	free(tile);
	return ret;
}

static inline int maker_append(void *state, size_t i, const void *slot, struct error *e)
{
	return geotiff_append(((struct maker_job *)state)->geotiff, i, slot, e);
}

static const struct tiles_ops maker_ops = { .work = maker_work, .write = maker_append };

static inline struct geotiff_spec maker_spec(const struct maker_image *m, const char *path)
{
	return (struct geotiff_spec){ .path = path,
				      .layer = m->layer,
				      .grid = m->grid,
				      .kernels = kernels_find(NULL),
				      .threads = 2 };
}

/* All tiles of the image into g. */
static inline int maker_tiles(const struct maker_image *m, struct geotiff *g, int threads,
			      struct error *e)
{
	struct maker_job job = { m, g };

	return tiles_run(grid_tiles(&m->grid, GEOTIFF_TILE), threads, geotiff_slot_size(g),
			 &maker_ops, &job, e);
}

/* The whole way.  statistics may be NULL. */
static inline int maker_write(const struct maker_image *m, const struct geotiff_spec *spec,
			      struct geotiff_statistics *statistics, struct error *e)
{
	struct geotiff *g;
	int ret = -1;

	if (geotiff_create(&g, spec, e))
		return -1;
	if (!maker_tiles(m, g, spec->threads, e))
		ret = geotiff_finish(g, e);
	if (statistics)
		*statistics = geotiff_statistics(g);
	geotiff_free(g);
	return ret;
}

#endif
