/* SPDX-License-Identifier: Apache-2.0
 *
 * bench_mosaic EXACT.tif YEAR FOLDER: a mosaic of any size without scenes.  EXACT.tif is the lake's
 * exact fraction (x 10000, by balkhash-testdata --exact); FOLDER becomes a result as "balkhash mosaic" makes
 * it, of LOOKS looks between clouds: constant away from the shore, there with the noise of looks, and no
 * data beyond the lake's outline and its buffer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernels/classes.h"
#include "pipeline/base/file.h"
#include "pipeline/base/utc.h"
#include "pipeline/io/footprint.h"
#include "pipeline/io/gdal.h"
#include "pipeline/io/lake.h"
#include "pipeline/io/output.h"
#include "pipeline/run/tiles.h"
#include "pipeline/space/polygon.h"
#include "pipeline/space/region.h"

#define TILE_PIXELS ((size_t)GEOTIFF_TILE * GEOTIFF_TILE)
#define LAKE	    "balkhash"

enum {
	LOOKS = 12,
	CLOUD_CELL = 8,	   /* pixels */
	CLOUD_M = 8000,	   /* size of clouds */
	CLOUDY = 90,	   /* of 256: how much of the sky */
	NOISE_PERCENT = 8, /* of a look's fraction, at most */
	OPEN_PERCENT = 60, /* from here a look says open water, from PARTIAL_PERCENT partial */
	PARTIAL_PERCENT = 10,
};

enum { WATER, FRACTION, OBSERVED, WET, PARTIAL, FREQUENCY, SOURCE, LAYERS };

static const char *const names[LAYERS] = { "water",   "fraction",  "observed", "wet",
					   "partial", "frequency", "source" };

struct job {
	const char *exact;
	struct grid grid;
	struct region *region;
	struct output *output;
	struct footprint *footprint;
	uint32_t year;
};

struct worker {
	struct job *job;
	GDALDatasetH exact;
	uint16_t *row; /* exact fractions of a tile */
	uint8_t *plane8[LAYERS];
	uint16_t *plane16[LAYERS];
	void *block;
};

/* Murmur's finalizer (Appleby): a few bits of chance for a place. */
static uint32_t chance(uint32_t x, uint32_t y, uint32_t k)
{
	uint32_t h = x * 0x9e3779b1u ^ y * 0x85ebca77u ^ k * 0xc2b2ae3du;

	h = (h ^ h >> 16) * 0x85ebca6bu;
	h = (h ^ h >> 13) * 0xc2b2ae35u;
	return h ^ h >> 16;
}

/* Chance between lattice points, linear, 0..255. */
static uint32_t smooth(double x, double y, uint32_t k)
{
	uint32_t i = (uint32_t)x, j = (uint32_t)y;
	double u = x - i, v = y - j;
	double a = chance(i, j, k) & 255, b = chance(i + 1, j, k) & 255;
	double c = chance(i, j + 1, k) & 255, d = chance(i + 1, j + 1, k) & 255;

	return (uint32_t)((a * (1 - u) + b * u) * (1 - v) + (c * (1 - u) + d * u) * v);
}

/* The looks that see a cell of pixels, a bit each. */
static uint32_t looks_at(const struct job *j, int32_t x, int32_t y)
{
	double size = CLOUD_M / j->grid.dx;
	uint32_t seen = 0;

	for (uint32_t k = 0; k < LOOKS; k++)
		if (smooth(x / size, y / size, j->year * LOOKS + k) >= CLOUDY)
			seen |= 1u << k;
	return seen;
}

/* What the looks make of a pixel of so many percent. */
static void count_looks(struct worker *w, size_t i, uint32_t seen, int percent, uint32_t key)
{
	int observed = __builtin_popcount(seen), wet = 0, partial = 0;
	bool mixed = percent > 0 && percent < 100;

	for (uint32_t k = 0; k < LOOKS; k++) {
		int f = percent;

		if (!(seen >> k & 1))
			continue;
		if (mixed)
			f += (int)(chance(key, (uint32_t)i, k) % (2 * NOISE_PERCENT + 1)) -
			     NOISE_PERCENT;
		wet += f >= OPEN_PERCENT;
		partial += f >= PARTIAL_PERCENT && f < OPEN_PERCENT;
	}
	w->plane16[OBSERVED][i] = (uint16_t)observed;
	w->plane16[WET][i] = (uint16_t)wet;
	w->plane16[PARTIAL][i] = (uint16_t)partial;
	w->plane8[FREQUENCY][i] = (uint8_t)((200 * wet + observed) / (2 * observed));
	w->plane8[WATER][i] = 2 * wet >= observed		? WATER_OPEN
			      : 2 * (wet + partial) >= observed ? WATER_PARTIAL
								: WATER_NOT;
	if (mixed)
		percent += (int)(chance(key, (uint32_t)i, LOOKS) % 7) - 3;
	w->plane8[FRACTION][i] = (uint8_t)(percent < 0 ? 0 : percent > 100 ? 100 : percent);
	w->plane16[SOURCE][i] = (uint16_t)(32 - __builtin_clz(seen));
}

static void no_look(struct worker *w, size_t i)
{
	w->plane8[WATER][i] = WATER_NODATA;
	w->plane8[FRACTION][i] = w->plane8[FREQUENCY][i] = FRACTION_NODATA;
	w->plane16[OBSERVED][i] = w->plane16[WET][i] = 0;
	w->plane16[PARTIAL][i] = w->plane16[SOURCE][i] = 0;
}

static void fill_row(struct worker *w, struct rect r, int32_t row)
{
	const struct job *j = w->job;
	uint8_t inside[GEOTIFF_TILE];
	uint32_t seen = 0;

	region_row(j->region, r.x, r.y + row, r.w, inside);
	for (int32_t x = 0; x < r.w; x++) {
		size_t i = (size_t)row * (size_t)r.w + (size_t)x;

		if (x % CLOUD_CELL == 0)
			seen = looks_at(j, r.x + x, (r.y + row) / CLOUD_CELL * CLOUD_CELL);
		if (inside[x] && seen)
			count_looks(w, i, seen, (w->row[i] + 50) / 100, (uint32_t)(r.x + r.y));
		else
			no_look(w, i);
	}
}

static void stop(void *state)
{
	struct worker *w = state;

	if (w->exact)
		GDALClose(w->exact);
	free(w->block);
	free(w);
}

static int start(void *job, void **state, struct error *e)
{
	static const char *const drivers[] = { "GTiff", NULL };
	struct job *j = job;
	struct worker *w = calloc(1, sizeof(*w));

	if (!w)
		return error_nomem(e, "tiles");
	*state = w;
	w->job = j;
	w->block = malloc((1 + 2 * LAYERS) * TILE_PIXELS * sizeof(uint16_t));
	if (!w->block)
		return error_nomem(e, "tiles");
	w->row = w->block;
	for (size_t k = 0; k < LAYERS; k++) {
		w->plane16[k] = w->row + (1 + k) * TILE_PIXELS;
		w->plane8[k] = (uint8_t *)(w->row + (1 + LAYERS + k) * TILE_PIXELS);
	}
	w->exact = gdal_open(j->exact, drivers, e);
	return w->exact ? 0 : -1;
}

static int work(void *state, size_t i, void *slot, struct error *e)
{
	struct worker *w = state;
	struct job *j = w->job;
	struct rect r = grid_tile(&j->grid, GEOTIFF_TILE, i);

	if (GDALRasterIO(GDALGetRasterBand(w->exact, 1), GF_Read, r.x, r.y, r.w, r.h, w->row, r.w,
			 r.h, GDT_UInt16, 0, 0) != CE_None)
		return error_set(e, ERROR_DATA, "cannot read %s", j->exact);
	for (int32_t row = 0; row < r.h; row++)
		fill_row(w, r, row);
	footprint_add(j->footprint, r, w->plane8[WATER], WATER_NODATA);
	for (size_t k = 0; k < LAYERS; k++) {
		bool is8 = layer_find(names[k])->type == LAYER_U8;

		if (output_encode(j->output, i, k, is8 ? (void *)w->plane8[k] : w->plane16[k], slot,
				  e))
			return -1;
	}
	return 0;
}

static int deliver(void *job, size_t i, const void *slot, struct error *e)
{
	struct job *j = job;

	return output_append(j->output, i, slot, e);
}

static int make_region(struct job *j, struct error *e)
{
	struct lake *lake = NULL;
	struct polygon area = { 0 };
	int ret = -1;

	if (!lake_open(&lake, LAKE, e) && !lake_area(lake, &j->grid.crs, &area, e))
		ret = region_new(&j->region, &area, &j->grid, e);
	polygon_release(&area);
	lake_free(lake);
	return ret;
}

static int publish(struct job *j, const char *id, const char *unit, struct error *e)
{
	struct polygon footprint = { 0 };
	char from[UTC_TEXT], to[UTC_TEXT];
	struct item item = { .kind = "mosaic", .id = id, .footprint = &footprint };
	int ret = -1;

	snprintf(from, sizeof(from), "%04u-06-01T00:00:00Z", j->year);
	snprintf(to, sizeof(to), "%04u-09-01T00:00:00Z", j->year);
	if (utc_parse(from, &item.time) || utc_parse(to, &item.time_end))
		return error_set(e, ERROR_USAGE, "%u: not a year", j->year);
	item.properties = json_pack("{s:s, s:s}", "balkhash:unit", unit, "balkhash:lake", LAKE);
	if (!footprint_polygon(j->footprint, &footprint, e))
		ret = output_publish(j->output, &item, e);
	polygon_release(&footprint);
	json_decref(item.properties);
	return ret;
}

static int make(struct job *j, const struct context *context, const char *target, struct error *e)
{
	static const struct tiles_ops ops = {
		.start = start, .work = work, .write = deliver, .stop = stop
	};
	const struct layer *layers[LAYERS];
	char unit[SHA256_HEX];
	const struct output_spec spec = { .context = context,
					  .target = target,
					  .unit = unit,
					  .grid = j->grid,
					  .layers = layers,
					  .layers_nr = LAYERS };

	for (size_t k = 0; k < LAYERS; k++)
		layers[k] = layer_find(names[k]);
	memory_sha256(target, strlen(target), unit);
	if (make_region(j, e) || output_open(&j->output, &spec, e) ||
	    footprint_new(&j->footprint, &j->grid, e) ||
	    tiles_run(grid_tiles(&j->grid, GEOTIFF_TILE), context->options->threads,
		      output_slot_size(j->output), &ops, j, e) ||
	    output_finish(j->output, NULL, e))
		return -1;
	return publish(j, path_name(target), unit, e);
}

int main(int argc, char **argv)
{
	static const char *const drivers[] = { "GTiff", NULL };
	struct options options;
	struct log log = { .stream = stderr, .level = LOG_WARNING };
	struct context context = { &options, kernels_find(NULL), &log, NULL };
	struct job j = { 0 };
	struct error e = { 0 };
	GDALDatasetH exact;
	int ret = 65;

	if (argc != 4) {
		fprintf(stderr, "usage: bench_mosaic EXACT.tif YEAR FOLDER\n");
		return 64;
	}
	gdal_setup((size_t)64 << 20);
	options_init(&options);
	options.threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
	j.exact = argv[1];
	j.year = (uint32_t)strtoul(argv[2], NULL, 10);
	exact = gdal_open(j.exact, drivers, &e);
	if (exact && !gdal_grid(exact, &j.grid, &e) && !make(&j, &context, argv[3], &e))
		ret = 0;
	else
		fprintf(stderr, "bench_mosaic: %s\n", e.text);
	if (exact)
		GDALClose(exact);
	output_free(j.output);
	footprint_free(j.footprint);
	region_free(j.region);
	options_release(&options);
	return ret;
}
