/* SPDX-License-Identifier: Apache-2.0
 *
 * bench_change BEFORE AFTER THLAYERS: the floor of "balkhash change" of two mosaics on one grid.  Every layer
 * that it needs (water, fraction, frequency, counts of looks) is read once, and change.tif and delta.tif are written, in a folder
 * that goes again; nothing else is done.  Prints the seconds that took.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernels/classes.h"
#include "pipeline/io/gdal.h"
#include "pipeline/io/output.h"
#include "pipeline/io/result.h"
#include "pipeline/run/tiles.h"
#include "pipeline/stage/change.h"

#define TILE_PIXELS ((size_t)GEOTIFF_TILE * GEOTIFF_TILE)
#define TARGET	    "bench-change-floor"

enum { WATER, FRACTION, FREQUENCY, OBSERVED, WET, LAYERS };

struct job {
	const struct context *context;
	struct result *side[AREAS_SIDES];
	struct output *output;
};

struct worker {
	struct job *job;
	struct raster *raster[AREAS_SIDES][LAYERS];
	void *pixels[AREAS_SIDES][LAYERS];
	uint8_t *change;
	int16_t *delta;
};

static int start(void *job, void **state, struct error *e)
{
	static const char *const names[LAYERS] = { "water", "fraction", "frequency", "observed",
						   "wet" };
	struct job *j = job;
	struct worker *w = calloc(1, sizeof(*w));

	if (!w)
		return error_nomem(e, "tiles");
	*state = w;
	w->job = j;
	w->change = malloc(TILE_PIXELS);
	w->delta = malloc(TILE_PIXELS * sizeof(*w->delta));
	for (int s = 0; s < AREAS_SIDES; s++)
		for (int k = 0; k < LAYERS; k++) {
			w->pixels[s][k] =
				malloc(TILE_PIXELS * layer_type_size(layer_find(names[k])->type));
			if (result_raster(j->side[s], names[k], &w->raster[s][k], e))
				return -1;
			if (!w->pixels[s][k])
				return error_nomem(e, "tiles");
		}
	return w->change && w->delta ? 0 : error_nomem(e, "tiles");
}

static void stop(void *state)
{
	struct worker *w = state;

	for (int s = 0; s < AREAS_SIDES; s++)
		for (int k = 0; k < LAYERS; k++) {
			raster_close(w->raster[s][k]);
			free(w->pixels[s][k]);
		}
	free(w->change);
	free(w->delta);
	free(w);
}

static int work(void *state, size_t i, void *slot, struct error *e)
{
	struct worker *w = state;
	struct job *j = w->job;
	const struct kernels *k = j->context->kernels;
	struct rect r = grid_tile(&j->side[0]->grid, GEOTIFF_TILE, i);
	void *const *a = w->pixels[AREAS_BEFORE], *const *b = w->pixels[AREAS_AFTER];

	for (int s = 0; s < AREAS_SIDES; s++)
		for (int n = 0; n < LAYERS; n++)
			if (raster_read(w->raster[s][n], r, w->pixels[s][n], e))
				return -1;
	k->change(rect_area(r), a[WATER], b[WATER], a[FRACTION], b[FRACTION],
		  CHANGE_THRESHOLD_PERCENT, w->change);
	k->delta(rect_area(r), a[FREQUENCY], b[FREQUENCY], w->delta);
	if (output_encode(j->output, i, CHANGE_LAYER_CHANGE, w->change, slot, e))
		return -1;
	return output_encode(j->output, i, CHANGE_LAYER_DELTA, w->delta, slot, e);
}

static int deliver(void *job, size_t i, const void *slot, struct error *e)
{
	struct job *j = job;

	return output_append(j->output, i, slot, e);
}

static int run(struct job *j, char **paths, struct error *e)
{
	static const struct tiles_ops ops = {
		.start = start, .work = work, .write = deliver, .stop = stop
	};
	const struct layer *const layers[] = { layer_find("change"), layer_find("delta") };
	struct output_spec spec = { .context = j->context,
				    .target = TARGET,
				    .unit = "0",
				    .layers = layers,
				    .layers_nr = 2 };

	for (int s = 0; s < AREAS_SIDES; s++)
		if (result_open(&j->side[s], paths[s], e))
			return -1;
	spec.grid = j->side[0]->grid;
	if (!grid_equal(&spec.grid, &j->side[1]->grid))
		return error_set(e, ERROR_DATA, "the two are not on one grid");
	if (output_open(&j->output, &spec, e) ||
	    tiles_run(grid_tiles(&spec.grid, GEOTIFF_TILE), j->context->options->threads,
		      output_slot_size(j->output), &ops, j, e))
		return -1;
	return output_finish(j->output, NULL, e);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(int argc, char **argv)
{
	struct options options;
	struct log log = { .stream = stderr, .level = LOG_WARNING };
	struct context context = { &options, kernels_find(NULL), &log, NULL };
	struct job j = { .context = &context };
	struct error e = { 0 };
	double begin = now();
	int ret;

	options_init(&options);
	options.threads = argc == 4 ? atoi(argv[3]) : 0;
	if (options.threads < 1 || options.threads > 64) {
		fprintf(stderr, "usage: bench_change BEFORE AFTER THLAYERS\n");
		return 64;
	}
	gdal_setup((size_t)16 << 20);
	ret = run(&j, argv + 1, &e);
	if (ret)
		fprintf(stderr, "bench_change: %s\n", e.text);
	else
		printf("%.3f\n", now() - begin);
	output_free(j.output);
	result_free(j.side[AREAS_BEFORE]);
	result_free(j.side[AREAS_AFTER]);
	options_release(&options);
	return ret ? 65 : 0;
}
