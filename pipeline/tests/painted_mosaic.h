/* SPDX-License-Identifier: Apache-2.0
 *
 * painted_mosaic.h - mosaics with counts of looks and months, painted pixel by pixel, and several of them compared.
 */
#ifndef PIPELINE_TESTS_PAINTED_MOSAIC_H
#define PIPELINE_TESTS_PAINTED_MOSAIC_H

#include "pipeline/tests/round_lake.h"

#include "kernels/change.h"
#include "pipeline/io/result.h"

#define WIDTH  1030
#define HEIGHT 40

/* What a mosaic says of a pixel. */
struct look {
	uint8_t water, fraction, frequency, months, seasonality;
	uint16_t observed, wet, partial;
};

struct mosaic {
	const char *id, *from, *to;
	const char *times[3]; /* of looks; NULL: no more */
	bool filled;
	struct look (*look)(int period, int32_t x, int32_t y);
	int period;
};

static const char *const names[] = { "water",	    "fraction", "frequency", "months",
				     "seasonality", "observed", "wet",	     "partial" };
#define LAYERS (sizeof(names) / sizeof(names[0]))

static inline struct grid grid_of(void)
{
	struct grid g = {
		.x0 = -15450, .y0 = 600, .dx = 30, .dy = 30, .width = WIDTH, .height = HEIGHT
	};

	snprintf(g.crs.def, sizeof(g.crs.def), "%s", EQUAL_AREA);
	return g;
}

static inline void paint(const struct mosaic *m, struct rect r, size_t layer, void *tile)
{
	uint8_t *bytes = tile;
	uint16_t *words = tile;

	for (int32_t y = 0; y < r.h; y++)
		for (int32_t x = 0; x < r.w; x++) {
			struct look l = m->look(m->period, r.x + x, r.y + y);
			const uint8_t small[] = { l.water, l.fraction, l.frequency, l.months,
						  l.seasonality };
			const uint16_t counts[] = { l.observed, l.wet, l.partial };
			size_t i = (size_t)y * (size_t)r.w + (size_t)x;

			if (layer < 5)
				bytes[i] = small[layer];
			else
				words[i] = counts[layer - 5];
		}
}

static inline json_t *inputs_of(const struct mosaic *m)
{
	json_t *list = json_array();

	for (int k = 0; k < 3 && m->times[k]; k++)
		json_array_append_new(list,
				      json_pack("{s:s, s:s}", "id", "x", "time", m->times[k]));
	return list;
}

static inline int encode_layers(const struct mosaic *m, struct output *out, struct error *e)
{
	static uint16_t tile[GEOTIFF_TILE * GEOTIFF_TILE];
	struct grid grid = grid_of();
	void *slot = calloc(1, output_slot_size(out));
	int bad = 0;

	for (size_t i = 0; !bad && i < grid_tiles(&grid, GEOTIFF_TILE); i++) {
		for (size_t k = 0; !bad && k < LAYERS; k++) {
			paint(m, grid_tile(&grid, GEOTIFF_TILE, i), k, tile);
			bad = output_encode(out, i, k, tile, slot, e);
		}
		bad = bad || output_append(out, i, slot, e);
	}
	free(slot);
	return bad ? -1 : output_finish(out, NULL, e);
}

static inline void make_mosaic(const struct bench *b, const struct mosaic *m)
{
	const struct layer *layers[LAYERS];
	struct point corners[] = { { 74, 45 }, { 76, 45 }, { 76, 47 }, { 74, 47 } };
	struct polygon footprint = { 0 };
	struct output *out = NULL;
	char unit[SHA256_HEX];
	const struct output_spec spec = {
		.context = &b->context,
		.target = bench_path(b, m->id),
		.unit = unit,
		.grid = grid_of(),
		.layers = layers,
		.layers_nr = LAYERS,
	};
	struct item item = { .kind = "mosaic", .id = m->id, .footprint = &footprint };
	struct error e = { 0 };
	int bad;

	for (size_t k = 0; k < LAYERS; k++)
		layers[k] = layer_find(names[k]);
	memory_sha256(m->id, strlen(m->id), unit);
	utc_parse(m->from, &item.time);
	utc_parse(m->to, &item.time_end);
	item.properties =
		json_pack("{s:s, s:o}", "balkhash:unit", unit, "balkhash:inputs", inputs_of(m));
	if (m->filled)
		json_object_set_new(item.properties, "balkhash:filled",
				    json_pack("[{s:s}]", "id", "another"));
	bad = polygon_add(&footprint, corners, 4, &e) || output_open(&out, &spec, &e) ||
	      encode_layers(m, out, &e) || output_publish(out, &item, &e);
	output_free(out);
	polygon_release(&footprint);
	json_decref(item.properties);
	if (bad)
		fail_msg("%s", e.text);
}

/* --- running it over any number of periods --- */

static inline int try_periods(struct bench *b, const char *const *ids, size_t nr,
			      const char *target, struct error *e)
{
	char *paths[8];
	int ret, out = dup(STDOUT_FILENO), file = open("/dev/null", O_WRONLY);

	fflush(stdout);
	dup2(file, STDOUT_FILENO);
	close(file);
	for (size_t k = 0; k < nr; k++)
		paths[k] = strdup(bench_path(b, ids[k]));
	free(b->options.output);
	b->options.output = strdup(bench_path(b, target));
	b->options.paths = paths;
	b->options.paths_nr = nr;
	ret = change_command(&b->context, e);
	b->options.paths = NULL;
	b->options.paths_nr = 0;
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	close(out);
	for (size_t k = 0; k < nr; k++)
		free(paths[k]);
	return ret;
}

static inline void compare(struct bench *b, const char *const *ids, size_t nr, const char *target)
{
	struct error e = { 0 };

	if (try_periods(b, ids, nr, target, &e))
		fail_msg("%s", e.text);
}

static inline void read_row(const struct bench *b, const char *target, const char *layer, int32_t y,
			    uint8_t *row)
{
	struct result *r = NULL;
	struct raster *raster = NULL;
	struct error e = { 0 };

	assert_int_equal(result_open(&r, bench_path(b, target), &e), 0);
	assert_int_equal(result_raster(r, layer, &raster, &e), 0);
	assert_int_equal(raster_read(raster, (struct rect){ 0, y, WIDTH, 1 }, row, &e), 0);
	raster_close(raster);
	result_free(r);
}

static inline json_t *summary_of(const struct bench *b, const char *target)
{
	char name[100];
	json_t *json;

	snprintf(name, sizeof(name), "%s/summary.json", target);
	json = json_load_file(bench_path(b, name), JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(json);
	return json;
}

static inline void set_layers(struct bench *b, const char *layers)
{
	free(b->options.layers);
	b->options.layers = strdup(layers);
}

#endif
