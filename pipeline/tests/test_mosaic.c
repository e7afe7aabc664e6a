/* SPDX-License-Identifier: Apache-2.0
 *
 * Mosaics against a plain second way to compute them, pixel by pixel, and
 * against cases worked out by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>
#include <sys/stat.h>

#include "pipeline/io/result.h"
#include "pipeline/stage/mosaic.h"
#include "pipeline/stage/stages.h"
#include "pipeline/tests/result_maker.h"

#define LAEA "+proj=laea +lat_0=46 +lon_0=76.3 +datum=WGS84 +units=m"
#define W 700
#define H 560
#define LOOKS 9

/* 78 E, the border of zones 43 and 44, runs through it. */
static const struct grid lake = { { LAEA }, 120000, 36000, 30, 30, W, H };

/* A look of the random lake: its window in the lake's grid. */
struct random_look {
	const char *id, *datatake;
	int zone;
	int64_t time;
	struct rect window;
	uint8_t *water, *fraction;
};

/* Ids not in the order of times, datatakes across zones, one twice on the same zone. */
static const struct random_look random_looks[LOOKS] = {
	{ "S2_T44A", "take1", 44, 1000, { 512, 0, 188, 560 }, NULL, NULL },
	{ "S2_T43A", "take1", 43, 1004, { 0, 0, 600, 560 }, NULL, NULL },
	{ "S2_T43B", "take1", 43, 1004, { 100, 300, 550, 260 }, NULL, NULL },
	{ "L8_A", "", 43, 5000, { 0, 0, 700, 560 }, NULL, NULL },
	{ "L8_B", "", 44, 4000, { 37, 11, 640, 500 }, NULL, NULL },
	{ "S2_U44", "take2", 44, 9000, { 300, 0, 400, 560 }, NULL, NULL },
	{ "S2_U43", "take2", 43, 9000, { 0, 0, 700, 400 }, NULL, NULL },
	{ "L9_A", "take3", 0, 9000, { 0, 0, 700, 560 }, NULL, NULL },
	{ "L9_B", "take4", 43, 100, { 200, 200, 1, 1 }, NULL, NULL },
};

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* Patches of classes with noise, so that all cases meet; fractions often 0 and 100. */
static void fill_random(struct random_look *k, uint32_t seed)
{
	static const uint8_t classes[] = { 0, 1, 1, 2, 252, 253, 255, 0 };
	static const uint8_t fractions[] = { 0, 100, 255, 50 };
	size_t n = rect_area(k->window);

	k->water = malloc(n);
	k->fraction = malloc(n);
	for (size_t i = 0; i < n; i++) {
		uint32_t r = next_random(&seed);

		k->water[i] = classes[r % 8];
		k->fraction[i] = r / 8 % 4 == 3 ? (uint8_t)(r / 32 % 101) : fractions[r / 8 % 4];
	}
}

static void make_random(struct bench *b, struct random_look *looks)
{
	struct error e = { 0 };

	memcpy(looks, random_looks, sizeof(random_looks));
	for (int i = 0; i < LOOKS; i++) {
		struct random_look *k = &looks[i];

		fill_random(k, (uint32_t)i + 1);
		struct observation o = { .id = k->id, .datatake = k->datatake, .lake = "test",
					 .zone = k->zone, .time = k->time,
					 .grid = grid_crop(&lake, k->window), .full = lake,
					 .water = k->water, .fraction = k->fraction };

		if (make_observation(b, bench_path(b, "in"), &o, &e))
			fail_msg("%s", e.text);
	}
}

static void free_random(struct random_look *looks)
{
	for (int i = 0; i < LOOKS; i++) {
		free(looks[i].water);
		free(looks[i].fraction);
	}
}

/* Run the command with these paths (NULL-terminated) into OUT of the bench. */
static int run_mosaic(struct bench *b, const struct options *how, const char *const *paths,
		      const char *out, struct error *e)
{
	char *list[20];
	struct options o = how ? *how : b->options;
	struct context c = b->context;
	int keep = dup(STDOUT_FILENO), ret;
	size_t n = 0;

	*e = (struct error){ 0 };
	for (; paths[n]; n++)
		list[n] = (char *)(uintptr_t)paths[n];
	o.paths = list;
	o.paths_nr = n;
	o.output = (char *)(uintptr_t)out;
	c.options = &o;
	fflush(stdout);
	assert_non_null(freopen("/dev/null", "w", stdout));
	ret = mosaic_command(&c, e);
	fflush(stdout);
	dup2(keep, STDOUT_FILENO);
	close(keep);
	return ret;
}

static void *read_layer(const char *dir, const char *name, struct grid *grid)
{
	struct error e = { 0 };
	struct result *r = NULL;
	struct raster *raster = NULL;
	void *pixels;

	assert_int_equal(result_open(&r, dir, &e), 0);
	assert_string_equal(r->kind, "mosaic");
	assert_int_equal(result_raster(r, name, &raster, &e), 0);
	pixels = malloc(rect_area(grid_rect(&r->grid)) * layer_type_size(layer_find(name)->type));
	assert_int_equal(raster_read(raster, grid_rect(&r->grid), pixels, &e), 0);
	raster_close(raster);
	*grid = r->grid;
	result_free(r);
	return pixels;
}

/* --- the plain way --- */

struct truth {
	int observed, wet, partial, frequency, fraction, water, source;
};

static int compare_ints(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* The looks in the order of their ids, that is of their numbers. */
static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct random_look *)a)->id, ((const struct random_look *)b)->id);
}

static bool look_at(const struct random_look *k, int32_t x, int32_t y, int *water, int *fraction)
{
	struct rect r = rect_intersect(k->window, (struct rect){ x, y, 1, 1 });
	size_t at = (size_t)(y - k->window.y) * (size_t)k->window.w + (size_t)(x - k->window.x);

	if (rect_empty(r) || k->water[at] > 2)
		return false;
	*water = k->water[at];
	*fraction = k->fraction[at];
	return true;
}

/* Does another look of the same datatake that sees the pixel take precedence over look i? */
static bool beaten(const struct random_look *looks, int i, int32_t x, int32_t y, int zone)
{
	bool native = looks[i].zone == zone;
	int water, fraction;

	for (int k = 0; looks[i].datatake[0] && k < LOOKS; k++) {
		bool other = looks[k].zone == zone;

		if (k == i || strcmp(looks[k].datatake, looks[i].datatake) != 0 ||
		    !look_at(&looks[k], x, y, &water, &fraction))
			continue;
		if ((other && !native) || (other == native && k < i))
			return true;
	}
	return false;
}

static struct truth truth_at(const struct random_look *looks, int32_t x, int32_t y, int zone)
{
	struct truth t = { 0 };
	int known[LOOKS], n = 0, water = 0, fraction = 0;

	for (int i = 0; i < LOOKS; i++) {
		if (!look_at(&looks[i], x, y, &water, &fraction) || beaten(looks, i, x, y, zone))
			continue;
		t.observed++;
		t.wet += water == 1;
		t.partial += water == 2;
		if (fraction <= 100)
			known[n++] = fraction;
		if (!t.source || looks[i].time > looks[t.source - 1].time)
			t.source = i + 1;
	}
	qsort(known, (size_t)n, sizeof(known[0]), compare_ints);
	t.fraction = n ? known[(n - 1) / 2] : 255;
	t.frequency = t.observed ? (int)floor(100.0 * t.wet / t.observed + 0.5) : 255;
	t.water = 0;
	if (!t.observed)
		t.water = 255;
	else if (2 * t.wet >= t.observed)
		t.water = 1;
	else if (2 * (t.wet + t.partial) >= t.observed)
		t.water = 2;
	return t;
}

/* What the pixels of a mosaic's layers are. */
struct layers {
	uint16_t *observed, *wet, *partial, *source;
	uint8_t *frequency, *fraction, *water;
};

static void layers_read(struct layers *l, const char *dir, struct grid *g)
{
	l->observed = read_layer(dir, "observed", g);
	l->wet = read_layer(dir, "wet", g);
	l->partial = read_layer(dir, "partial", g);
	l->source = read_layer(dir, "source", g);
	l->frequency = read_layer(dir, "frequency", g);
	l->fraction = read_layer(dir, "fraction", g);
	l->water = read_layer(dir, "water", g);
}

static void layers_free(struct layers *l)
{
	free(l->observed);
	free(l->wet);
	free(l->partial);
	free(l->source);
	free(l->frequency);
	free(l->fraction);
	free(l->water);
}

static void random_lake(void **state)
{
	struct random_look looks[LOOKS];
	struct bench b;
	struct error e;
	struct layers l;
	struct grid g;
	struct zones *z = NULL;
	uint8_t zone[W];
	size_t wrong[7] = { 0 }, open_water = 0;
	const char *out, *in[] = { NULL, NULL };
	struct result *r = NULL;

	(void)state;
	bench_open(&b);
	in[0] = bench_path(&b, "in");
	make_random(&b, looks);
	out = bench_path(&b, "out");
	if (run_mosaic(&b, NULL, in, out, &e))
		fail_msg("%s", e.text);
	layers_read(&l, out, &g);
	assert_true(grid_equal(&g, &lake));
	assert_int_equal(zones_new(&z, &lake, &e), 0);
	qsort(looks, LOOKS, sizeof(looks[0]), by_id);
	for (int32_t y = 0; y < H; y++) {
		zones_row(z, 0, y, W, zone);
		for (int32_t x = 0; x < W; x++) {
			struct truth t = truth_at(looks, x, y, zone[x]);
			size_t at = (size_t)y * W + (size_t)x;

			wrong[0] += l.observed[at] != t.observed;
			wrong[1] += l.wet[at] != t.wet;
			wrong[2] += l.partial[at] != t.partial;
			wrong[3] += l.frequency[at] != t.frequency;
			wrong[4] += l.fraction[at] != t.fraction;
			wrong[5] += l.water[at] != t.water;
			wrong[6] += l.source[at] != t.source;
			open_water += t.water == 1;
		}
	}
	for (int i = 0; i < 7; i++)
		assert_int_equal(wrong[i], 0);
	assert_int_not_equal(zone[0], zone[W - 1]);

	assert_int_equal(result_open(&r, out, &e), 0);
	json_t *p = json_object_get(r->item, "properties");
	json_int_t counted = json_integer_value(
		json_object_get(json_object_get(p, "balkhash:pixels"), "open_water"));
	double km2 = json_real_value(
		json_object_get(json_object_get(p, "balkhash:area_km2"), "open_water"));

	assert_int_equal(counted, open_water);
	assert_true(fabs(km2 - (double)open_water * 900e-6) < 1e-6);
	assert_int_equal(json_array_size(json_object_get(p, "balkhash:inputs")), LOOKS);
	assert_int_equal(r->time, 100);
	assert_int_equal(r->time_end, 9001);
	assert_string_equal(r->id, "mosaic_test_19700101_19700101");
	assert_int_equal(result_verify(r, &e), 0);
	result_free(r);
	layers_free(&l);
	zones_free(z);
	free_random(looks);
	bench_close(&b);
}

/* item.json holds the checksums of all other files. */
static void any_order(void **state)
{
	struct random_look looks[LOOKS];
	char *paths[LOOKS + 1] = { NULL }, *first, *second, *item;
	const char *in[] = { NULL, NULL }, *out;
	struct bench b;
	struct options o;
	struct error e;

	(void)state;
	bench_open(&b);
	make_random(&b, looks);
	in[0] = bench_path(&b, "in");
	out = bench_path(&b, "out1");
	assert_int_equal(run_mosaic(&b, NULL, in, out, &e), 0);
	item = path_join(out, "item.json");
	first = bench_read(item);
	free(item);

	for (int i = 0; i < LOOKS; i++)
		paths[i] = path_join(bench_path(&b, "in"), random_looks[(i * 5 + 3) % LOOKS].id);
	o = b.options;
	o.threads = 5;
	o.tile = 128;
	o.isa = NULL;
	out = bench_path(&b, "out2");
	assert_int_equal(run_mosaic(&b, &o, (const char *const *)paths, out, &e), 0);
	item = path_join(out, "item.json");
	second = bench_read(item);
	free(item);
	assert_string_equal(first, second);
	free(first);
	free(second);
	for (int i = 0; i < LOOKS; i++)
		free(paths[i]);
	free_random(looks);
	bench_close(&b);
}

/* --- by hand --- */

static void rules_of_a_pixel(void **state)
{
	/* observed, wet, partial -> frequency, class */
	static const uint16_t cases[][5] = {
		{ 0, 0, 0, 255, 255 },	{ 1, 0, 0, 0, 0 },	{ 1, 1, 0, 100, 1 },
		{ 2, 1, 0, 50, 1 },	{ 3, 1, 0, 33, 0 },	{ 3, 2, 0, 67, 1 },
		{ 3, 1, 1, 33, 2 },	{ 8, 1, 0, 13, 0 },	{ 200, 1, 0, 1, 0 },
		{ 201, 1, 0, 0, 0 },	{ 4, 0, 2, 0, 2 },	{ 4, 0, 1, 0, 0 },
		{ 4, 1, 1, 25, 2 },	{ 65535, 65535, 0, 100, 1 },
		{ 65535, 32768, 0, 50, 1 }, { 65535, 32767, 0, 50, 0 },
		{ 65535, 32767, 32768, 50, 2 },
	};
	const size_t n = sizeof(cases) / sizeof(cases[0]);
	uint16_t observed[20], wet[20], partial[20];
	uint8_t frequency[20], water[20];
	struct counts c = { .observed = observed, .wet = wet, .partial = partial };

	(void)state;
	for (size_t i = 0; i < n; i++) {
		observed[i] = cases[i][0];
		wet[i] = cases[i][1];
		partial[i] = cases[i][2];
	}
	counts_frequency(&c, n, frequency);
	counts_water(&c, n, water);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(frequency[i], cases[i][3]);
		assert_int_equal(water[i], cases[i][4]);
	}
}

static void medians_from_counts(void **state)
{
	/* known, zero, hundred -> lower median */
	static const uint16_t cases[][4] = {
		{ 0, 0, 0, 255 }, { 1, 1, 0, 0 },   { 1, 0, 1, 100 },	      { 1, 0, 0, 254 },
		{ 2, 1, 1, 0 },	  { 2, 0, 1, 254 }, { 2, 0, 2, 100 },	      { 2, 1, 0, 0 },
		{ 3, 1, 1, 254 }, { 3, 2, 1, 0 },   { 3, 1, 2, 100 },	      { 4, 1, 2, 254 },
		{ 4, 1, 3, 100 }, { 4, 2, 2, 0 },   { 65535, 32768, 0, 0 },   { 65535, 32767, 0, 254 },
	};
	const size_t n = sizeof(cases) / sizeof(cases[0]);
	uint16_t known[16], zero[16], hundred[16];
	uint8_t median[16];
	struct counts c = { .known = known, .zero = zero, .hundred = hundred };

	(void)state;
	for (size_t i = 0; i < n; i++) {
		known[i] = cases[i][0];
		zero[i] = cases[i][1];
		hundred[i] = cases[i][2];
	}
	assert_int_equal(counts_median(&c, n, median), 5);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(median[i], cases[i][3]);
}

/* Looks of one class everywhere on a small grid. */
static void make_flat(struct bench *b, const char *folder, const char *id, const char *datatake,
		      int zone, int64_t time, struct grid g, int class, int percent)
{
	size_t n = rect_area(grid_rect(&g));
	uint8_t *water = malloc(n), *fraction = malloc(n);
	struct observation o = { .id = id, .datatake = datatake, .zone = zone, .time = time,
				 .grid = g, .water = water, .fraction = fraction };
	struct error e = { 0 };

	memset(water, class, n);
	memset(fraction, percent, n);
	if (make_observation(b, bench_path(b, folder), &o, &e))
		fail_msg("%s", e.text);
	free(water);
	free(fraction);
}

/* A grid of 40 x 8 pixels in zone 43 of which the right part lies in zone 44. */
static struct grid border(void)
{
	const struct crs lonlat = CRS_LONLAT;
	struct grid g = { { "EPSG:32643" }, 0, 5100000, 30, 30, 40, 8 };
	struct crs_transform *t = NULL;
	struct error e = { 0 };
	double x = 78, y = 46.05;

	assert_int_equal(crs_transform_new(&t, &lonlat, &g.crs, &e), 0);
	crs_transform_points(t, 1, &x, &y);
	crs_transform_free(t);
	g.x0 = floor(x / 30) * 30 - 20 * 30;
	g.y0 = floor(y / 30) * 30;
	return g;
}

static void one_overpass_counts_once(void **state)
{
	struct bench b;
	struct error e;
	struct layers l;
	struct grid g = border(), got;
	const char *in[] = { NULL, NULL }, *out;

	(void)state;
	bench_open(&b);
	make_flat(&b, "in", "A_T44", "take", 44, 10, g, 1, 100);
	make_flat(&b, "in", "B_T43", "take", 43, 10, g, 0, 0);
	in[0] = bench_path(&b, "in");
	out = bench_path(&b, "out");
	assert_int_equal(run_mosaic(&b, NULL, in, out, &e), 0);
	layers_read(&l, out, &got);
	for (int i = 0; i < 40 * 8; i++)
		assert_int_equal(l.observed[i], 1);
	/* West of 78 E the tile of zone 43, land, counts; east of it that of 44, water. */
	assert_int_equal(l.water[0], 0);
	assert_int_equal(l.source[0], 2);
	assert_int_equal(l.fraction[0], 0);
	assert_int_equal(l.water[39], 1);
	assert_int_equal(l.source[39], 1);
	assert_int_equal(l.fraction[39], 100);
	layers_free(&l);

	/* Clouds in the native one: the other is seen.  Another overpass counts by itself. */
	bench_remove(in[0]);
	make_flat(&b, "in", "A_T44", "take", 44, 10, g, 1, 100);
	make_flat(&b, "in", "B_T43", "take", 43, 10, g, 253, 255);
	make_flat(&b, "in", "C_T43", "later", 43, 20, g, 2, 30);
	out = bench_path(&b, "out2");
	assert_int_equal(run_mosaic(&b, NULL, in, out, &e), 0);
	layers_read(&l, out, &got);
	assert_int_equal(l.observed[0], 2);
	assert_int_equal(l.wet[0], 1);
	assert_int_equal(l.partial[0], 1);
	assert_int_equal(l.water[0], 1);
	assert_int_equal(l.frequency[0], 50);
	assert_int_equal(l.fraction[0], 30);
	assert_int_equal(l.source[0], 3);
	layers_free(&l);
	bench_close(&b);
}

/* Without a lake the mosaic holds all observations, with one it is the lake's. */
static void union_and_te(void **state)
{
	const struct grid a = { { "EPSG:32643" }, 600000, 5100000, 30, 30, 20, 10 };
	const struct grid c = { { "EPSG:32643" }, 600300, 5100300, 30, 30, 20, 10 };
	struct bench b;
	struct options o;
	struct error e;
	struct grid got;
	uint16_t *observed;
	const char *in[] = { NULL, NULL }, *out;
	struct result *r = NULL;

	(void)state;
	bench_open(&b);
	make_flat(&b, "in", "A", "", 43, 10, a, 1, 100);
	make_flat(&b, "in", "B", "", 43, 20, c, 0, 0);
	in[0] = bench_path(&b, "in");
	out = bench_path(&b, "out");
	assert_int_equal(run_mosaic(&b, NULL, in, out, &e), 0);
	observed = read_layer(out, "observed", &got);
	assert_true(got.x0 == 600000 && got.y0 == 5100300 && got.width == 30 && got.height == 20);
	assert_int_equal(observed[0], 0);
	assert_int_equal(observed[10], 1);
	assert_int_equal(observed[19 * 30], 1);
	assert_int_equal(observed[9 * 30 + 15], 1);
	free(observed);

	o = b.options;
	memcpy(o.te, (double[]){ 600301, 5099990, 600359, 5100031 }, sizeof(o.te));
	o.layers = (char *)(uintptr_t)"wet,water";
	out = bench_path(&b, "out2");
	assert_int_equal(run_mosaic(&b, &o, in, out, &e), 0);
	assert_int_equal(result_open(&r, out, &e), 0);
	assert_true(r->grid.x0 == 600300 && r->grid.y0 == 5100060);
	assert_int_equal(r->grid.width, 2);
	assert_int_equal(r->grid.height, 3);
	assert_true(result_has(r, "wet") && !result_has(r, "observed"));
	assert_false(result_has(r, "quicklook.png"));
	result_free(r);
	bench_close(&b);
}

static void assert_refused(struct bench *b, const struct options *o, const char *const *in,
			   enum error_code code, const char *word1, const char *word2)
{
	const char *out = bench_path(b, "refused");
	struct error e;
	struct stat st;

	assert_int_equal(run_mosaic(b, o, in, out, &e), -1);
	assert_int_equal(e.code, code);
	if (!strstr(e.text, word1) || !strstr(e.text, word2))
		fail_msg("\"%s\" or \"%s\" is not in: %s", word1, word2, e.text);
	assert_int_equal(stat(out, &st), -1);
}

static void what_is_refused(void **state)
{
	struct grid g = { { "EPSG:32643" }, 600000, 5100000, 30, 30, 20, 10 };
	const char *in[] = { NULL, NULL, NULL }, *one[] = { NULL, NULL };
	struct bench b;
	struct options o;
	struct error e;

	(void)state;
	bench_open(&b);
	make_flat(&b, "in", "A", "", 43, 10, g, 1, 100);
	in[0] = one[0] = bench_path(&b, "in");

	o = b.options;
	o.rule = (char *)(uintptr_t)"latest";
	assert_refused(&b, &o, one, ERROR_USAGE, "latest", "frequency");
	o = b.options;
	o.layers = (char *)(uintptr_t)"water,why";
	assert_refused(&b, &o, one, ERROR_USAGE, "why", "mosaic");
	o = b.options;
	o.memory = 1 << 20;
	assert_refused(&b, &o, one, ERROR_CONFIG, "--memory", "M at least");
	o = b.options;
	o.tr[0] = o.tr[1] = 60;
	assert_refused(&b, &o, one, ERROR_DATA, "-tr", "30 x 30");
	o = b.options;
	o.period = (char *)(uintptr_t)"1970-01-02/1970-01-03";
	assert_refused(&b, &o, one, ERROR_NOINPUT, "1970-01-02/1970-01-03", "1 observations");
	o.period = (char *)(uintptr_t)"1970-01-03/1970-01-02";
	assert_refused(&b, &o, one, ERROR_USAGE, "--period", "before");

	/* The same id twice; another lattice; another CRS; another pixel size. */
	make_flat(&b, "in2", "A", "", 43, 10, g, 1, 100);
	char *twice = path_join(bench_path(&b, "in2"), "A");
	in[1] = twice;
	assert_refused(&b, NULL, in, ERROR_DATA, "twice", "in2/A");
	free(twice);
	for (int i = 0; i < 3; i++) {
		struct grid other = g;

		other.x0 += i == 0 ? 15 : 0;
		other.dx = other.dy = i == 1 ? 60 : 30;
		if (i == 2)
			strcpy(other.crs.def, "EPSG:32644");
		bench_remove(bench_path(&b, "in3"));
		make_flat(&b, "in3", "Z", "", 43, 10, other, 1, 100);
		in[1] = bench_path(&b, "in3");
		assert_refused(&b, NULL, in, ERROR_DATA, "in/A", "in3/Z");
	}
	in[1] = NULL;

	/* A mosaic is no observation. */
	assert_int_equal(run_mosaic(&b, NULL, one, bench_path(&b, "mosaic"), &e), 0);
	one[0] = bench_path(&b, "mosaic");
	assert_refused(&b, NULL, one, ERROR_DATA, "is a mosaic", "observations");
	one[0] = bench_path(&b, "nothing");
	assert_refused(&b, NULL, one, ERROR_NOINPUT, "nothing", "");
	bench_close(&b);
}

static void damaged_input(void **state)
{
	struct random_look looks[LOOKS];
	struct bench b;
	char path[400], *data;
	struct stat st;
	const char *in[] = { NULL, NULL };

	(void)state;
	bench_open(&b);
	make_random(&b, looks);
	in[0] = bench_path(&b, "in");
	snprintf(path, sizeof(path), "%s/in/L8_A/fraction.tif", b.folder);
	assert_int_equal(stat(path, &st), 0);
	data = bench_read(path);
	assert_int_equal(truncate(path, st.st_size / 2), 0);
	assert_refused(&b, NULL, in, ERROR_DATA, "L8_A/fraction.tif", "");
	bench_write(path, data, (size_t)st.st_size);
	free(data);
	free_random(looks);
	bench_close(&b);
}

static void what_exists(void **state)
{
	const struct grid g = { { "EPSG:32643" }, 600000, 5100000, 30, 30, 20, 10 };
	const char *in[] = { NULL, NULL }, *out;
	struct bench b;
	struct options o;
	struct error e;
	struct stat before, after;
	char item[400];

	(void)state;
	bench_open(&b);
	make_flat(&b, "in", "A", "", 43, 10, g, 1, 100);
	in[0] = bench_path(&b, "in");
	out = bench_path(&b, "out");
	snprintf(item, sizeof(item), "%s/item.json", out);
	assert_int_equal(run_mosaic(&b, NULL, in, out, &e), 0);
	assert_int_equal(stat(item, &before), 0);
	assert_int_equal(run_mosaic(&b, NULL, in, out, &e), 0);
	assert_int_equal(stat(item, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	fflush(b.log.stream);
	assert_non_null(strstr(b.said, "there already"));

	make_flat(&b, "in", "B", "", 43, 20, g, 0, 0);
	assert_int_equal(run_mosaic(&b, NULL, in, out, &e), -1);
	assert_int_equal(e.code, ERROR_CANTCREATE);
	assert_non_null(strstr(e.text, "--overwrite"));
	o = b.options;
	o.overwrite = true;
	assert_int_equal(run_mosaic(&b, &o, in, out, &e), 0);
	assert_int_equal(stat(item, &after), 0);
	assert_int_not_equal(before.st_ino, after.st_ino);

	/* The period is part of what it is, and says what times it has. */
	o = b.options;
	o.period = (char *)(uintptr_t)"1970-01-01/1970-01-01T00:00:20Z";
	assert_int_equal(run_mosaic(&b, &o, in, bench_path(&b, "out2"), &e), 0);
	struct result *r = NULL;
	assert_int_equal(result_open(&r, bench_path(&b, "out2"), &e), 0);
	assert_int_equal(r->time, 0);
	assert_int_equal(r->time_end, 20);
	assert_int_equal(json_integer_value(json_object_get(
				 json_object_get(r->item, "properties"), "balkhash:observations")),
			 1);
	result_free(r);
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_of_a_pixel),	    cmocka_unit_test(medians_from_counts),
		cmocka_unit_test(one_overpass_counts_once), cmocka_unit_test(random_lake),
		cmocka_unit_test(any_order),		    cmocka_unit_test(union_and_te),
		cmocka_unit_test(what_is_refused),	    cmocka_unit_test(damaged_input),
		cmocka_unit_test(what_exists),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests_name("mosaic", tests, NULL, NULL);
}
