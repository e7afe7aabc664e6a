/* SPDX-License-Identifier: Apache-2.0
 *
 * Mosaics with counts of looks and months, painted pixel by pixel, and several of them compared at once.
 */
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

static struct grid grid_of(void)
{
	struct grid g = {
		.x0 = -15450, .y0 = 600, .dx = 30, .dy = 30, .width = WIDTH, .height = HEIGHT
	};

	snprintf(g.crs.def, sizeof(g.crs.def), "%s", EQUAL_AREA);
	return g;
}

static void paint(const struct mosaic *m, struct rect r, size_t layer, void *tile)
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

static json_t *inputs_of(const struct mosaic *m)
{
	json_t *list = json_array();

	for (int k = 0; k < 3 && m->times[k]; k++)
		json_array_append_new(list,
				      json_pack("{s:s, s:s}", "id", "x", "time", m->times[k]));
	return list;
}

static int encode_layers(const struct mosaic *m, struct output *out, struct error *e)
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
	return bad ? -1 : output_finish(out, e);
}

static void make_mosaic(const struct bench *b, const struct mosaic *m)
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

static int try_periods(struct bench *b, const char *const *ids, size_t nr, const char *target,
		       struct error *e)
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

static void compare(struct bench *b, const char *const *ids, size_t nr, const char *target)
{
	struct error e = { 0 };

	if (try_periods(b, ids, nr, target, &e))
		fail_msg("%s", e.text);
}

static void read_row(const struct bench *b, const char *target, const char *layer, int32_t y,
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

static json_t *summary_of(const struct bench *b, const char *target)
{
	char name[100];
	json_t *json;

	snprintf(name, sizeof(name), "%s/summary.json", target);
	json = json_load_file(bench_path(b, name), JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(json);
	return json;
}

static void set_layers(struct bench *b, const char *layers)
{
	free(b->options.layers);
	b->options.layers = strdup(layers);
}

/* --- significance --- */

#define CASES 10

static const struct {
	uint16_t observed, wet, partial;
} looks_of[2][CASES] = {
	{ { 2, 0, 0 },
	  { 3, 0, 0 },
	  { 1, 0, 0 },
	  { 9, 1, 0 },
	  { 9, 8, 0 },
	  { 4, 4, 0 },
	  { 40, 19, 0 },
	  /* Partial looks leave it to the fraction; those that are sure may still disagree. */
	  { 4, 0, 4 },
	  { 5, 1, 4 },
	  { 6, 3, 1 } },
	{ { 2, 2, 0 },
	  { 3, 2, 0 },
	  { 1, 1, 0 },
	  { 9, 9, 0 },
	  { 9, 1, 0 },
	  { 1, 0, 0 },
	  { 40, 21, 0 },
	  { 4, 0, 0 },
	  { 9, 0, 0 },
	  { 6, 1, 0 } },
};

static struct look counted(int period, int32_t x, int32_t y)
{
	int k = x % CASES;
	uint16_t observed = looks_of[period][k].observed, wet = looks_of[period][k].wet;
	uint16_t partial = looks_of[period][k].partial;
	bool open = 2 * wet >= observed, some = 2 * (wet + partial) >= observed;

	(void)y;
	return (struct look){ .water = open   ? WATER_OPEN
				       : some ? WATER_PARTIAL
					      : WATER_NOT,
			      .fraction = open	 ? 100
					  : some ? 60
						 : 0,
			      .frequency = (uint8_t)(100 * wet / observed),
			      .observed = observed,
			      .wet = wet,
			      .partial = partial };
}

static void few_looks_that_disagree_prove_nothing(void **state)
{
	static const uint8_t want[] = { CHANGE_GAIN,	  CHANGE_UNCERTAIN, CHANGE_GAIN,
					CHANGE_GAIN,	  CHANGE_LOSS,	    CHANGE_LOSS,
					CHANGE_UNCERTAIN, CHANGE_LOSS,	    CHANGE_LOSS,
					CHANGE_UNCERTAIN };
	static const char *const ids[] = { "a", "b" };
	struct mosaic a = { "a", "2014-05-01", "2014-11-01", .look = counted };
	struct mosaic later = { "b", "2024-05-01", "2024-11-01", .look = counted, .period = 1 };
	uint8_t row[WIDTH], how[WIDTH];
	struct bench b;

	(void)state;
	bench_open(&b);
	make_mosaic(&b, &a);
	make_mosaic(&b, &later);
	set_layers(&b, "significance");
	compare(&b, ids, 2, "out");
	for (int32_t y = 0; y < HEIGHT; y += 13) {
		read_row(&b, "out", "change", y, row);
		read_row(&b, "out", "significance", y, how);
		for (int32_t x = 0; x < WIDTH; x++) {
			assert_int_equal(row[x], want[x % CASES]);
			assert_true((how[x] >= 100) == (want[x % CASES] != CHANGE_UNCERTAIN));
		}
	}
	bench_close(&b);
}

/* --- minimum mapping unit --- */

/* Patches of gain of 1, 2, 3 ... pixels, every 16 columns; the one at the border of two tiles has 3 on its left, then 4. */
static struct look patched(int period, int32_t x, int32_t y)
{
	int32_t patch = x / 16 + 1, at = x % 16;
	bool gained = y == 5 && at < patch && patch < 8;
	bool across = (y == 9 && x >= 511 && x < 514) || (y == 12 && x >= 510 && x < 514);
	bool water = period && (gained || across);

	return (struct look){
		.water = water, .fraction = water ? 100 : 0, .observed = 9, .wet = water ? 9 : 0
	};
}

static void patches_below_the_mapping_unit_are_uncertain(void **state)
{
	static const char *const ids[] = { "a", "b" };
	struct mosaic a = { "a", "2014-05-01", "2014-11-01", .look = patched };
	struct mosaic later = { "b", "2024-05-01", "2024-11-01", .look = patched, .period = 1 };
	uint8_t row[WIDTH];
	struct bench b;

	(void)state;
	bench_open(&b);
	make_mosaic(&b, &a);
	make_mosaic(&b, &later);
	set_layers(&b, "change");
	b.options.mmu = 4;
	compare(&b, ids, 2, "out");
	read_row(&b, "out", "change", 5, row);
	for (int32_t x = 0; x < 7 * 16; x++) {
		int32_t patch = x / 16 + 1;
		uint8_t want = patch < 4 ? CHANGE_UNCERTAIN : CHANGE_GAIN;

		assert_int_equal(row[x], x % 16 < patch ? want : CHANGE_LAND);
	}
	read_row(&b, "out", "change", 9, row);
	assert_int_equal(row[511], CHANGE_UNCERTAIN);
	assert_int_equal(row[513], CHANGE_UNCERTAIN);
	read_row(&b, "out", "change", 12, row);
	assert_int_equal(row[510], CHANGE_GAIN);
	assert_int_equal(row[513], CHANGE_GAIN);
	assert_int_equal(row[514], CHANGE_LAND);
	bench_close(&b);
}

/* --- transitions --- */

/* Columns run through every pair of epochs; rows through what lies between. */
static struct look epochs(int period, int32_t x, int32_t y)
{
	static const uint8_t wet[] = { 0, 2, 6, 0 };
	int k = period == 0 ? x % 4 : period == 2 ? x / 4 % 4 : y % 4;
	uint8_t months = k == 3 ? 0 : 6;

	return (struct look){ .water = wet[k] > 0,
			      .fraction = wet[k] ? 100 : 0,
			      .observed = 6,
			      .wet = wet[k],
			      .months = months,
			      .seasonality = k == 3 ? 255 : wet[k] };
}

static void transitions_have_the_codes_of_jrc(void **state)
{
	static const uint8_t want[4][4] = {
		/* after: land, seasonal, permanent, not seen */
		{ 0, 5, 2, 255 },
		{ 6, 4, 7, 255 },
		{ 3, 8, 1, 255 },
		{ 255, 255, 255, 255 },
	};
	static const uint8_t between[] = { 0, 10, 9, 0 };
	static const char *const ids[] = { "a", "b", "c" };
	uint8_t row[WIDTH];
	json_t *s, *list;
	struct bench b;

	(void)state;
	bench_open(&b);
	for (int k = 0; k < 3; k++) {
		static const char *const years[] = { "1990-05-01", "2000-05-01", "2010-05-01" };
		struct mosaic m = { ids[k], years[k], years[k], .look = epochs, .period = k };

		make_mosaic(&b, &m);
	}
	set_layers(&b, "transition");
	compare(&b, ids, 3, "three");
	for (int32_t y = 0; y < 4; y++) {
		read_row(&b, "three", "transition", y, row);
		for (int32_t x = 0; x < WIDTH; x++) {
			uint8_t code = want[x % 4][x / 4 % 4];

			assert_int_equal(row[x], code ? code : between[y]);
		}
	}
	s = summary_of(&b, "three");
	list = json_object_get(
		json_object_get(json_array_get(json_object_get(s, "areas"), 0), "change"),
		"transitions");
	assert_int_equal(json_array_size(list), 12);
	/* New permanent: of 1030 columns those of x % 16 == 8. */
	assert_int_equal(json_integer_value(json_object_get(json_array_get(list, 2), "pixels")),
			 64 * HEIGHT);
	json_decref(s);
	bench_close(&b);
}

/* --- several periods --- */

static double series_number(const json_t *summary, size_t period, const char *key)
{
	const json_t *one = json_array_get(json_object_get(summary, "series"), period);

	return json_number_value(
		json_object_get(json_array_get(json_object_get(one, "areas"), 0), key));
}

static void a_series_has_every_period(void **state)
{
	static const char *const ids[] = { "p0", "p1", "p2", "p3" };
	static const double radius[] = { 150, 90, 120, 140 };
	struct bench b;
	struct error e = { 0 };
	json_t *s;
	char *csv;
	size_t size;

	(void)state;
	bench_open(&b);
	for (int k = 0; k < 4; k++) {
		static const char *const from[] = { "1990-05-01", "2000-05-01", "2010-05-01",
						    "2020-05-01" };
		struct round_lake l = lake_of(ids[k], "observation", radius[k]);

		l.from = l.to = from[k];
		make(&b, &l);
	}
	compare(&b, ids, 4, "out");
	s = summary_of(&b, "out");
	assert_int_equal(json_array_size(json_object_get(s, "series")), 4);
	for (size_t k = 0; k < 4; k++) {
		double km2 = 3.14159265358979 * radius[k] * radius[k] * PIXEL_KM2;

		assert_true(fabs(series_number(s, k, "water_km2") / km2 - 1) < 5e-4);
		assert_true(fabs(series_number(s, k, "seen_share") - 1) < 1e-9);
	}
	json_decref(s);
	csv = NULL;
	if (file_read(bench_path(&b, "out/series.csv"), 1 << 20, &csv, &size, &e))
		fail_msg("%s", e.text);
	assert_non_null(strstr(csv, "\n\"p2\",\"2010-05-01T00:00:00Z\","));
	free(csv);
	/* One period named twice would count twice. */
	assert_int_equal(try_periods(&b, (const char *const[]){ "p0", "p1", "p0" }, 3, "twice", &e),
			 -1);
	assert_int_equal(e.code, ERROR_DATA);
	assert_non_null(strstr(e.text, "same result"));
	bench_close(&b);
}

/* Pixels that were filled are told apart from those that were seen. */
static struct look gaps(int period, int32_t x, int32_t y)
{
	uint16_t observed = period && x < 100 && y < 10 ? 0 : 5;

	return (struct look){ .water = 1, .fraction = 100, .observed = observed, .wet = observed };
}

static void filled_pixels_are_told(void **state)
{
	static const char *const ids[] = { "a", "b", "c" };
	struct bench b;
	json_t *s, *area;

	(void)state;
	bench_open(&b);
	for (int k = 0; k < 3; k++) {
		struct mosaic m = { ids[k],	  "2014-05-01",	   "2014-11-01",
				    .look = gaps, .period = k > 0, .filled = k > 0 };

		make_mosaic(&b, &m);
	}
	set_layers(&b, "change");
	compare(&b, ids, 3, "out");
	s = summary_of(&b, "out");
	area = json_array_get(json_object_get(s, "areas"), 0);
	assert_true(json_number_value(
			    json_object_get(json_object_get(area, "before"), "filled_km2")) == 0);
	assert_true(fabs(json_number_value(
				 json_object_get(json_object_get(area, "after"), "filled_km2")) -
			 1000 * PIXEL_KM2) < 1e-6);
	json_decref(s);
	bench_close(&b);
}

/* --- seasons and levels --- */

static size_t warnings_of(const struct bench *b, const char *target, const char *words)
{
	json_t *s = summary_of(b, target), *list = json_object_get(s, "warnings");
	size_t n = 0;

	for (size_t k = 0; k < json_array_size(list); k++)
		n += strstr(json_string_value(json_array_get(list, k)), words) != NULL;
	json_decref(s);
	return n;
}

static void other_seasons_and_levels_are_told(void **state)
{
	static const char *const alike[] = { "july", "august" };
	static const char *const apart[] = { "july", "october" };
	struct mosaic july = { "july",
			       "2014-01-01",
			       "2015-01-01",
			       { "2014-07-01T05:00:00Z", "2014-07-10T05:00:00Z",
				 "2014-10-20T05:00:00Z" },
			       .look = gaps };
	struct mosaic august = { "august",
				 "2020-01-01",
				 "2021-01-01",
				 { "2020-08-05T05:00:00Z", "2020-08-06T05:00:00Z" },
				 .look = gaps };
	struct mosaic october = {
		"october", "2024-01-01", "2025-01-01", { "2024-10-05T05:00:00Z" }, .look = gaps
	};
	struct error e = { 0 };
	struct bench b;
	FILE *f;

	(void)state;
	bench_open(&b);
	make_mosaic(&b, &july);
	make_mosaic(&b, &august);
	make_mosaic(&b, &october);
	set_layers(&b, "change");
	compare(&b, alike, 2, "alike");
	assert_int_equal(warnings_of(&b, "alike", ""), 0);
	compare(&b, apart, 2, "apart");
	assert_int_equal(
		warnings_of(&b, "apart", "around 10 July, AFTER around 5 October (87 days)"), 1);
	f = fopen(bench_path(&b, "levels.csv"), "w");
	fputs("date,level\n2014-07-01,341.0\n2014-07-11,341.2\n2014-10-20,340.9\n"
	      "2020-08-01,341.0\n2020-09-01,341.3\n",
	      f);
	fclose(f);
	b.options.levels = strdup(bench_path(&b, "levels.csv"));
	compare(&b, alike, 2, "levels");
	/* 341.0, 341.182 and 340.9 at 05:00, against 341.04. */
	assert_int_equal(warnings_of(&b, "levels", "levels differ"), 0);
	f = fopen(b.options.levels, "w");
	fputs("2014-07-05,341.0\n2020-08-05,341.5\n", f);
	fclose(f);
	compare(&b, alike, 2, "other");
	assert_int_equal(warnings_of(&b, "other", "moves the line by 500 m"), 1);
	f = fopen(b.options.levels, "w");
	fputs("date,level\n2014-07-05,high\n", f);
	fclose(f);
	assert_int_equal(try_periods(&b, alike, 2, "bad", &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	assert_non_null(strstr(e.text, "line 2"));
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_looks_that_disagree_prove_nothing),
		cmocka_unit_test(patches_below_the_mapping_unit_are_uncertain),
		cmocka_unit_test(transitions_have_the_codes_of_jrc),
		cmocka_unit_test(a_series_has_every_period),
		cmocka_unit_test(filled_pixels_are_told),
		cmocka_unit_test(other_seasons_and_levels_are_told),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
