/* SPDX-License-Identifier: Apache-2.0
 *
 * round_lake.h - observations and mosaics of a round lake on a small equal-area grid, and comparing
 * them as the program does.
 */
#ifndef PIPELINE_TESTS_ROUND_LAKE_H
#define PIPELINE_TESTS_ROUND_LAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <fcntl.h>
#include <math.h>
#include <stdbool.h>

#include "kernels/classes.h"
#include "pipeline/base/utc.h"
#include "pipeline/stage/stages.h"
#include "pipeline/tests/result_maker.h"

#define EQUAL_AREA "+proj=laea +lat_0=46 +lon_0=75 +datum=WGS84 +units=m +no_defs"
#define SIDE	   700
#define PIXEL_KM2  0.0009

/* A round lake in the middle of a grid, and what is known of the result. */
struct round_lake {
	const char *id, *kind, *from, *to;
	double radius; /* pixels */
	struct grid grid;
	int32_t cloud_x; /* pixels of columns cloud_x .. cloud_x + 9 are hidden; -1: none */
	bool frequency;
};

static inline struct round_lake lake_of(const char *id, const char *kind, double radius)
{
	struct round_lake l = { .id = id,
				.kind = kind,
				.from = "2014-05-01",
				.to = "2014-11-01",
				.radius = radius,
				.cloud_x = -1,
				.frequency = !strcmp(kind, "mosaic") };

	l.grid = (struct grid){
		.x0 = -10500, .y0 = 10500, .dx = 30, .dy = 30, .width = SIDE, .height = SIDE
	};
	snprintf(l.grid.crs.def, sizeof(l.grid.crs.def), "%s", EQUAL_AREA);
	return l;
}

/* Share of water in the pixel at (x, y), the lake's centre being map point (11, -7) m. */
static inline double share(const struct round_lake *l, int32_t x, int32_t y)
{
	enum { N = 16 };
	int inside = 0;
	double r = l->radius * l->grid.dx;

	for (int j = 0; j < N; j++)
		for (int i = 0; i < N; i++) {
			double u = l->grid.x0 + (x + (i + 0.5) / N) * l->grid.dx - 11;
			double v = l->grid.y0 - (y + (j + 0.5) / N) * l->grid.dy + 7;

			inside += u * u + v * v < r * r;
		}
	return (double)inside / (N * N);
}

/* Layers in the order water, fraction, frequency. */
static inline void draw(const struct round_lake *l, uint8_t *pixels[3])
{
	for (int32_t y = 0; y < l->grid.height; y++)
		for (int32_t x = 0; x < l->grid.width; x++) {
			size_t i = (size_t)y * (size_t)l->grid.width + (size_t)x;
			double s = share(l, x, y);
			bool hidden = l->cloud_x >= 0 && x >= l->cloud_x && x < l->cloud_x + 10;

			pixels[0][i] = hidden ? WATER_CLOUD : s >= 0.5 ? WATER_OPEN : WATER_NOT;
			pixels[1][i] = hidden ? 255 : (uint8_t)lround(100 * s);
			pixels[2][i] = hidden ? 255 : s >= 0.5 ? 80 : 20;
		}
}

static inline int encode_all(const struct round_lake *l, struct output *out, uint8_t *pixels[3],
			     size_t layers_nr, struct error *e)
{
	static uint8_t tile[GEOTIFF_TILE * GEOTIFF_TILE];
	void *slot = calloc(1, output_slot_size(out));
	int bad = 0;

	for (size_t i = 0; !bad && i < grid_tiles(&l->grid, GEOTIFF_TILE); i++) {
		for (size_t k = 0; !bad && k < layers_nr; k++) {
			cut_out(pixels[k], l->grid.width, grid_tile(&l->grid, GEOTIFF_TILE, i),
				tile);
			bad = output_encode(out, i, k, tile, slot, e);
		}
		bad = bad || output_append(out, i, slot, e);
	}
	free(slot);
	return bad ? -1 : output_finish(out, NULL, e);
}

/* Write FOLDER/ID as the commands that make such results do. */
static inline void make(const struct bench *b, const struct round_lake *l)
{
	const struct layer *const layers[] = { layer_find("water"), layer_find("fraction"),
					       layer_find("frequency") };
	struct point corners[] = { { 74, 45 }, { 76, 45 }, { 76, 47 }, { 74, 47 } };
	struct polygon footprint = { 0 };
	size_t n = (size_t)l->grid.width * (size_t)l->grid.height;
	uint8_t *pixels[3] = { malloc(n), malloc(n), malloc(n) };
	struct output *out = NULL;
	char unit[SHA256_HEX];
	const struct output_spec spec = {
		.context = &b->context,
		.target = bench_path(b, l->id),
		.unit = unit,
		.grid = l->grid,
		.layers = layers,
		.layers_nr = l->frequency ? 3 : 2,
	};
	struct item item = { .kind = l->kind, .id = l->id, .footprint = &footprint };
	struct error e = { 0 };
	int bad;

	memory_sha256(l, sizeof(*l), unit);
	draw(l, pixels);
	utc_parse(l->from, &item.time);
	utc_parse(l->to, &item.time_end);
	item.properties = json_pack("{s:s}", "balkhash:unit", unit);
	bad = polygon_add(&footprint, corners, 4, &e) || output_open(&out, &spec, &e) ||
	      encode_all(l, out, pixels, spec.layers_nr, &e) || output_publish(out, &item, &e);
	output_free(out);
	polygon_release(&footprint);
	json_decref(item.properties);
	for (int k = 0; k < 3; k++)
		free(pixels[k]);
	if (bad)
		fail_msg("%s", e.text);
}

/* --- running the command, with what it prints in a file --- */

static inline int change(struct bench *b, const char *before, const char *after, const char *target,
			 struct error *e)
{
	char *paths[2] = { strdup(bench_path(b, before)), strdup(bench_path(b, after)) };
	int out = dup(STDOUT_FILENO), file, ret;

	fflush(stdout);
	file = open(bench_path(b, "stdout"), O_WRONLY | O_CREAT | O_TRUNC, 0666);
	dup2(file, STDOUT_FILENO);
	close(file);
	free(b->options.output);
	b->options.output = strdup(bench_path(b, target));
	b->options.paths = paths;
	b->options.paths_nr = 2;
	ret = change_command(&b->context, e);
	b->options.paths = NULL;
	b->options.paths_nr = 0;
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	close(out);
	free(paths[0]);
	free(paths[1]);
	return ret;
}

static inline void must_change(struct bench *b, const char *before, const char *after,
			       const char *target)
{
	struct error e = { 0 };

	if (change(b, before, after, target, &e))
		fail_msg("%s", e.text);
}

#endif
