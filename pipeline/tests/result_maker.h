/* SPDX-License-Identifier: Apache-2.0
 *
 * result_maker.h - small results for tests: temporary folders, a context, and
 * observations of a few tiles written as the program writes them.
 */
#ifndef PIPELINE_TESTS_RESULT_MAKER_H
#define PIPELINE_TESTS_RESULT_MAKER_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/base/context.h"
#include "pipeline/base/file.h"
#include "pipeline/io/footprint.h"
#include "pipeline/io/gdal.h"
#include "pipeline/io/item.h"
#include "pipeline/io/output.h"
#include "pipeline/space/polygon.h"

/* A temporary folder, options and a log that keeps what is said. */
struct bench {
	char *folder;
	struct options options;
	struct log log;
	struct context context;
	char *said;
	size_t said_size;
};

static inline void bench_open(struct bench *b)
{
	const char *tmp = getenv("TMPDIR");

	memset(b, 0, sizeof(*b));
	b->folder = path_join(tmp ? tmp : "/tmp", "balkhash-test-XXXXXX");
	if (!b->folder || !mkdtemp(b->folder))
		abort();
	options_init(&b->options);
	b->options.threads = 2;
	b->log = (struct log){ .stream = open_memstream(&b->said, &b->said_size),
			       .level = LOG_DEBUG };
	b->context = (struct context){ .options = &b->options,
				       .kernels = kernels_find(NULL),
				       .log = &b->log };
}

static inline int bench_unlink(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void bench_remove(const char *path)
{
	nftw(path, bench_unlink, 8, FTW_DEPTH | FTW_PHYS);
}

static inline void bench_close(struct bench *b)
{
	bench_remove(b->folder);
	free(b->folder);
	fclose(b->log.stream);
	free(b->said);
	options_release(&b->options);
}

/* A path in the folder of the bench; lives for the next 31 calls. */
static inline const char *bench_path(const struct bench *b, const char *name)
{
	static char path[32][400];
	static int next;

	next = (next + 1) % 32;
	snprintf(path[next], sizeof(path[next]), "%s/%s", b->folder, name);
	return path[next];
}

/* A new text, which the caller keeps as long as it wants. */
static inline char *bench_read(const char *path)
{
	struct error e = { 0 };
	char *data = NULL;
	size_t size;

	if (file_read(path, 64 << 20, &data, &size, &e))
		fprintf(stderr, "# %s\n", e.text);
	return data;
}

/* Overwrite a file. */
static inline void bench_write(const char *path, const void *data, size_t size)
{
	FILE *f = fopen(path, "wb");

	if (!f || fwrite(data, 1, size, f) != size || fclose(f))
		abort();
}

/* A quantity or an index beside water and fraction; how: its algorithm or instrument. */
struct further_layer {
	const char *name, *how;
	const void *pixels;
};

#define FURTHER_MAX 3

struct observation {
	const char *id, *datatake, *lake;
	int zone;
	int64_t time;
	struct grid grid, full;		 /* full.width 0: not recorded */
	const uint8_t *water, *fraction; /* grid.width x grid.height */
	struct further_layer further[FURTHER_MAX];
	size_t further_nr;
};

static inline void cut_out_of(const void *pixels, size_t size, int32_t width, struct rect r,
			      void *out)
{
	for (int32_t y = 0; y < r.h; y++)
		memcpy((char *)out + (size_t)y * (size_t)r.w * size,
		       (const char *)pixels +
			       ((size_t)(r.y + y) * (size_t)width + (size_t)r.x) * size,
		       (size_t)r.w * size);
}

static inline void cut_out(const uint8_t *pixels, int32_t width, struct rect r, uint8_t *out)
{
	cut_out_of(pixels, 1, width, r, out);
}

static inline int make_further(const struct observation *o, struct output *out, size_t i,
			       void *slot, struct error *e)
{
	struct rect r = grid_tile(&o->grid, GEOTIFF_TILE, i);
	void *tile = malloc((size_t)GEOTIFF_TILE * GEOTIFF_TILE * 4);
	int bad = 0;

	for (size_t k = 0; k < o->further_nr && !bad; k++) {
		enum layer_type type = layer_find(o->further[k].name)->type;

		cut_out_of(o->further[k].pixels, layer_type_size(type), o->grid.width, r, tile);
		bad = output_encode(out, i, 2 + k, tile, slot, e);
	}
	free(tile);
	return bad;
}

static inline int make_pixels(const struct observation *o, struct output *out,
			      struct footprint *footprint, struct error *e)
{
	uint8_t *tile = malloc((size_t)GEOTIFF_TILE * GEOTIFF_TILE);
	void *slot = calloc(1, output_slot_size(out));
	int bad = 0;

	for (size_t i = 0; !bad && i < grid_tiles(&o->grid, GEOTIFF_TILE); i++) {
		struct rect r = grid_tile(&o->grid, GEOTIFF_TILE, i);

		cut_out(o->water, o->grid.width, r, tile);
		footprint_add(footprint, r, tile, 255);
		bad = output_encode(out, i, 0, tile, slot, e);
		cut_out(o->fraction, o->grid.width, r, tile);
		bad = bad || output_encode(out, i, 1, tile, slot, e) ||
		      make_further(o, out, i, slot, e) || output_append(out, i, slot, e);
	}
	free(slot);
	free(tile);
	return bad ? -1 : 0;
}

static inline void put_further(const struct observation *o, json_t *properties)
{
	json_t *list = json_array();

	for (size_t k = 0; k < o->further_nr; k++) {
		const struct further_layer *f = &o->further[k];

		if (layer_find(f->name)->type == LAYER_I16)
			json_object_set_new(properties, "instruments", json_pack("[s]", f->how));
		else
			json_array_append_new(list, json_pack("{s:s, s:s}", "layer", f->name,
							      "algorithm", f->how));
	}
	json_object_set_new(properties, "balkhash:quality", json_pack("{s:o}", "algorithms", list));
}

static inline json_t *make_properties(const struct observation *o, const char *unit)
{
	const struct grid *g = &o->full;
	json_t *p = json_pack("{s:s, s:s, s:s, s:i}", "balkhash:unit", unit, "balkhash:lake",
			      o->lake ? o->lake : "", "balkhash:datatake",
			      o->datatake ? o->datatake : "", "balkhash:native_zone", o->zone);

	if (o->further_nr)
		put_further(o, p);
	if (g->width)
		json_object_set_new(p, "balkhash:lake_grid",
				    json_pack("{s:s, s:[ffffff], s:[ii]}", "crs", g->crs.def,
					      "transform", g->dx, 0.0, g->x0, 0.0, -g->dy, g->y0,
					      "shape", (int)g->height, (int)g->width));
	return p;
}

/* Write FOLDER/ID as an observation. */
static inline int make_observation(const struct bench *b, const char *folder,
				   const struct observation *o, struct error *e)
{
	const struct layer *layers[2 + FURTHER_MAX] = { layer_find("water"),
							layer_find("fraction") };
	char *target = path_join(folder, o->id), unit[SHA256_HEX];
	struct polygon polygon = { 0 };
	struct footprint *footprint = NULL;
	struct output *out = NULL;
	struct output_spec spec = {
		.context = &b->context,
		.target = target,
		.unit = unit,
		.grid = o->grid,
		.layers = layers,
		.layers_nr = 2 + o->further_nr,
	};
	struct item item = { .kind = "observation",
			     .id = o->id,
			     .time = o->time,
			     .time_end = o->time,
			     .footprint = &polygon };
	int ret = -1;

	for (size_t k = 0; k < o->further_nr; k++)
		layers[2 + k] = layer_find(o->further[k].name);
	memory_sha256(o->id, strlen(o->id), unit);
	item.properties = make_properties(o, unit);
	if (!footprint_new(&footprint, &o->grid, e) && !output_open(&out, &spec, e) &&
	    !make_pixels(o, out, footprint, e) && !output_finish(out, NULL, e) &&
	    !footprint_polygon(footprint, &polygon, e))
		ret = output_publish(out, &item, e);
	output_free(out);
	footprint_free(footprint);
	polygon_release(&polygon);
	json_decref(item.properties);
	free(target);
	return ret;
}

#endif
