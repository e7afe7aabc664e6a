/* SPDX-License-Identifier: Apache-2.0
 *
 * areas_sample.h - small pictures of two periods and a pond of two basins, counted as the program counts them.
 */
#ifndef PIPELINE_TESTS_AREAS_SAMPLE_H
#define PIPELINE_TESTS_AREAS_SAMPLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/change.h"
#include "pipeline/io/geotiff.h"
#include "pipeline/io/area.h"
#include "pipeline/stage/areas.h"
#include "pipeline/tests/result_maker.h"

#define EQUAL_AREA "+proj=laea +lat_0=46 +lon_0=75 +datum=WGS84 +units=m +no_defs"
#define PIXEL_KM2  0.0009

/* Pixels of a whole grid. */
struct sample {
	struct grid grid;
	uint8_t *water[2], *fraction[2], *change;
};

static inline struct sample sample_new(const char *crs, double x0, double y0, int32_t w, int32_t h)
{
	struct sample s = {
		.grid = { .x0 = x0, .y0 = y0, .dx = 30, .dy = 30, .width = w, .height = h }
	};
	size_t n = (size_t)w * (size_t)h;

	snprintf(s.grid.crs.def, sizeof(s.grid.crs.def), "%s", crs);
	for (int k = 0; k < 2; k++) {
		s.water[k] = calloc(n, 1);
		s.fraction[k] = calloc(n, 1);
	}
	s.change = calloc(n, 1);
	return s;
}

static inline void sample_free(struct sample *s)
{
	for (int k = 0; k < 2; k++) {
		free(s->water[k]);
		free(s->fraction[k]);
	}
	free(s->change);
}

static inline void set(struct sample *s, int side, int32_t x, int32_t y, uint8_t water,
		       uint8_t fraction)
{
	s->water[side][y * s->grid.width + x] = water;
	s->fraction[side][y * s->grid.width + x] = fraction;
}

static inline void count_tile(struct areas *a, const struct sample *s, size_t i)
{
	static uint8_t cut[7][GEOTIFF_TILE * GEOTIFF_TILE];
	const uint8_t *whole[5] = { s->water[0], s->water[1], s->fraction[0], s->fraction[1],
				    s->change };
	const struct areas_pixels pixels = { .part = cut[5],
					     .inside = cut[6],
					     .water = { cut[0], cut[1] },
					     .fraction = { cut[2], cut[3] },
					     .change = cut[4] };
	struct error e = { 0 };

	for (int k = 0; k < 5; k++)
		cut_out(whole[k], s->grid.width, grid_tile(&s->grid, GEOTIFF_TILE, i), cut[k]);
	areas_place(a, i, cut[5], cut[6]);
	assert_int_equal(areas_count(a, i, &pixels, &e), 0);
}

static inline struct areas *areas_of(const struct bench *b, const struct sample *s,
				     const char *lake, bool backwards)
{
	struct areas *a = NULL;
	struct error e = { 0 };
	size_t n = grid_tiles(&s->grid, GEOTIFF_TILE);

	const struct areas_spec spec = { .grid = s->grid,
					 .lake = lake,
					 .named = strchr(lake, '/') != NULL,
					 .sides = AREAS_SIDES,
					 .log = &b->log };

	if (areas_new(&a, &spec, &e))
		fail_msg("%s", e.text);
	for (size_t i = 0; i < n; i++)
		count_tile(a, s, backwards ? n - 1 - i : i);
	return a;
}

/* A number by its path: "0.before.error.random_km2", "0.change.classes.2.km2". */
static inline double number_at(const json_t *v, const char *path)
{
	char copy[200], *rest = copy, *step;

	snprintf(copy, sizeof(copy), "%s", path);
	while ((step = strsep(&rest, ".")))
		v = json_is_array(v) ? json_array_get(v, (size_t)atoi(step))
				     : json_object_get(v, step);
	if (json_is_null(v))
		return NAN;
	if (!json_is_number(v))
		fail_msg("no number %s", path);
	return json_number_value(v);
}

static inline void check(const json_t *v, const char *path, double want)
{
	double got = number_at(v, path);

	/* km2 are given to 1e-6. */
	if (!(fabs(got - want) <= 0.6e-6))
		fail_msg("%s is %.9f, not %.9f", path, got, want);
}

/* --- without a lake --- */

/* Outline 0.2 x 0.1 degree around 75 E 46 N; basins west and east of 75 E, and nothing beyond 75.05 E. */
static inline void write_lake(const struct bench *b)
{
	static const char square[] =
		"{\"type\":\"Polygon\",\"coordinates\":[[[%g,45.95],[%g,45.95],[%g,46.05],[%g,46.05],"
		"[%g,45.95]]]}";
	static const struct {
		const char *name;
		double west, east;
	} shapes[] = { { "all.geojson", 74.9, 75.1 },
		       { "west.geojson", 74.9, 75 },
		       { "east.geojson", 75, 75.05 } };
	static const char ini[] = "[lake]\nname = pond\noutline = all.geojson\nbuffer = 1000\n"
				  "[basin west]\noutline = west.geojson\n"
				  "[basin east]\noutline = east.geojson\n";
	char text[400];

	for (int k = 0; k < 3; k++) {
		int n = snprintf(text, sizeof(text), square, shapes[k].west, shapes[k].east,
				 shapes[k].east, shapes[k].west, shapes[k].west);

		bench_write(bench_path(b, shapes[k].name), text, (size_t)n);
	}
	bench_write(bench_path(b, "pond.ini"), ini, sizeof(ini) - 1);
}

/* 18 x 12 km around 75 E 46 N; the outline is 15.5 x 11.1 km. */
static inline struct sample lake_sample(void)
{
	struct sample s = sample_new(EQUAL_AREA, -9000, 6000, 600, 400);

	for (int k = 0; k < 2; k++)
		for (int32_t i = 0; i < 600 * 400; i++) {
			s.water[k][i] = i % 600 < 400 ? WATER_OPEN : WATER_NODATA;
			s.fraction[k][i] = i % 600 < 400 ? 100 : 255;
		}
	return s;
}

#endif
