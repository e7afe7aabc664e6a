/* SPDX-License-Identifier: Apache-2.0
 *
 * map_maker.h - tallies of drawn rasters for tests of maps, and pictures read back.
 */
#ifndef PIPELINE_TESTS_MAP_MAKER_H
#define PIPELINE_TESTS_MAP_MAKER_H

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gdal.h>

#include "kernels/classes.h"
#include "pipeline/io/geotiff.h"
#include "pipeline/io/map_tally.h"

#define MAP_LAEA "+proj=laea +lat_0=46 +lon_0=75 +datum=WGS84 +units=m"

/* Class of a pixel. */
typedef uint8_t class_fn(int32_t x, int32_t y);

/* A grid near 46 degrees north, 75 east. */
static inline struct grid map_grid(const char *crs, int32_t width, int32_t height, double pixel_m)
{
	struct grid g = { .x0 = 500000, .y0 = 5150000, .dx = pixel_m, .dy = pixel_m };

	snprintf(g.crs.def, sizeof(g.crs.def), "%s", crs);
	if (!strcmp(crs, MAP_LAEA))
		g.x0 = g.y0 = 0;
	else if (!strcmp(crs, "EPSG:3857"))
		g.y0 = 5800000;
	g.width = width;
	g.height = height;
	return g;
}

/* Some of the tiles: every step-th from first, upwards or downwards. */
struct map_share {
	struct map_tally *tally;
	class_fn *class;
	size_t first, step;
	bool down;
};

static inline void *map_fill(void *data)
{
	const struct map_share *s = data;
	const struct grid *g = map_tally_grid(s->tally);
	size_t n = grid_tiles(g, GEOTIFF_TILE);
	uint8_t *pixels = malloc((size_t)GEOTIFF_TILE * GEOTIFF_TILE);

	for (size_t k = s->first; k < n; k += s->step) {
		struct rect r = grid_tile(g, GEOTIFF_TILE, s->down ? n - 1 - k : k);
		struct error e = { 0 };

		for (int32_t y = 0; y < r.h; y++)
			for (int32_t x = 0; x < r.w; x++)
				pixels[(size_t)y * (size_t)r.w + (size_t)x] =
					s->class(r.x + x, r.y + y);
		if (map_tally_add(s->tally, r, pixels, &e))
			abort();
	}
	free(pixels);
	return NULL;
}

#define MAP_THREADS_MAX 8

/* The tally of a raster, by so many threads; half of them go backwards. */
static inline struct map_tally *map_make(const struct grid *g, class_fn *class, size_t threads)
{
	struct map_share share[MAP_THREADS_MAX];
	pthread_t thread[MAP_THREADS_MAX];
	struct map_tally *t = NULL;
	struct error e = { 0 };

	if (map_tally_new(&t, g, layer_find("change"), &e))
		abort();
	for (size_t i = 0; i < threads; i++) {
		share[i] = (struct map_share){ t, class, i, threads, threads > 1 };
		pthread_create(&thread[i], NULL, map_fill, &share[i]);
	}
	for (size_t i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	return t;
}

/* A picture read back. */
struct map_png {
	uint8_t *rgb; /* three bytes a pixel */
	int32_t w, h;
};

static inline struct map_png map_png_read(const char *path)
{
	GDALDatasetH d = GDALOpen(path, GA_ReadOnly);
	struct map_png p = { 0 };
	int bands[3] = { 1, 2, 3 };

	if (!d || GDALGetRasterCount(d) != 3)
		abort();
	p.w = GDALGetRasterXSize(d);
	p.h = GDALGetRasterYSize(d);
	p.rgb = malloc((size_t)p.w * (size_t)p.h * 3);
	if (GDALDatasetRasterIO(d, GF_Read, 0, 0, p.w, p.h, p.rgb, p.w, p.h, GDT_Byte, 3, bands, 3,
				3 * p.w, 1))
		abort();
	GDALClose(d);
	return p;
}

static inline uint32_t map_png_at(const struct map_png *p, int32_t x, int32_t y)
{
	const uint8_t *rgb = p->rgb + 3 * ((size_t)y * (size_t)p->w + (size_t)x);

	return (uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 | rgb[2];
}

/* Colour of a class of the layer "change". */
static inline uint32_t map_colour(uint8_t code)
{
	const struct layer_class *c = layer_class_find(layer_find("change"), code);

	return (uint32_t)c->r << 16 | (uint32_t)c->g << 8 | c->b;
}

/* Squared distance of two colours. */
static inline int map_distance(uint32_t a, uint32_t b)
{
	int sum = 0;

	for (int shift = 0; shift < 24; shift += 8) {
		int d = (int)(a >> shift & 255) - (int)(b >> shift & 255);

		sum += d * d;
	}
	return sum;
}

#endif
