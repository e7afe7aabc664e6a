/* SPDX-License-Identifier: Apache-2.0
 *
 * Mosaics of cases worked out by hand: rules of a pixel, overpasses, grids, what is
 * refused, what stands already.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>

#include "pipeline/space/crs.h"
#include "pipeline/stage/mosaic.h"
#include "pipeline/tests/mosaic_runner.h"

static void rules_of_a_pixel(void **state)
{
	/* observed, wet, partial -> frequency, class */
	static const uint16_t cases[][5] = {
		{ 0, 0, 0, 255, 255 },
		{ 1, 0, 0, 0, 0 },
		{ 1, 1, 0, 100, 1 },
		{ 2, 1, 0, 50, 1 },
		{ 3, 1, 0, 33, 0 },
		{ 3, 2, 0, 67, 1 },
		{ 3, 1, 1, 33, 2 },
		{ 8, 1, 0, 13, 0 },
		{ 200, 1, 0, 1, 0 },
		{ 201, 1, 0, 0, 0 },
		{ 4, 0, 2, 0, 2 },
		{ 4, 0, 1, 0, 0 },
		{ 4, 1, 1, 25, 2 },
		{ 65535, 65535, 0, 100, 1 },
		{ 65535, 32768, 0, 50, 1 },
		{ 65535, 32767, 0, 50, 0 },
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
	/* known, zero, hundred -> median */
	static const uint16_t cases[][4] = {
		{ 0, 0, 0, 255 },	  { 1, 1, 0, 0 },
		{ 1, 0, 1, 100 },	  { 1, 0, 0, 254 },
		{ 2, 1, 1, 50 },	  { 2, 2, 0, 0 },
		{ 2, 0, 1, 254 },	  { 2, 0, 2, 100 },
		{ 2, 1, 0, 254 },	  { 3, 1, 1, 254 },
		{ 3, 2, 1, 0 },		  { 3, 1, 2, 100 },
		{ 4, 1, 2, 254 },	  { 4, 1, 3, 100 },
		{ 4, 3, 1, 0 },		  { 4, 2, 2, 50 },
		{ 4, 2, 1, 254 },	  { 65534, 32767, 32767, 50 },
		{ 65534, 32768, 0, 0 },	  { 65535, 32768, 0, 0 },
		{ 65535, 32767, 0, 254 }, { 65535, 32767, 32768, 100 },
	};
	enum { N = sizeof(cases) / sizeof(cases[0]) };
	const size_t n = N;
	uint16_t known[N], zero[N], hundred[N];
	uint8_t median[N];
	struct counts c = { .known = known, .zero = zero, .hundred = hundred };

	(void)state;
	for (size_t i = 0; i < n; i++) {
		known[i] = cases[i][0];
		zero[i] = cases[i][1];
		hundred[i] = cases[i][2];
	}
	assert_int_equal(counts_median(&c, n, median), 7);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(median[i], cases[i][3]);
}

/* A look of one class everywhere on a small grid. */
struct flat {
	const char *id, *datatake;
	int zone;
	int64_t time;
	struct grid grid;
	int class, percent;
};

static void make_flat(struct bench *b, const char *folder, struct flat f)
{
	size_t n = rect_area(grid_rect(&f.grid));
	uint8_t *water = malloc(n), *fraction = malloc(n);
	struct observation o = { .id = f.id,
				 .datatake = f.datatake,
				 .zone = f.zone,
				 .time = f.time,
				 .grid = f.grid,
				 .water = water,
				 .fraction = fraction };
	struct error e = { 0 };

	memset(water, f.class, n);
	memset(fraction, f.percent, n);
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
	make_flat(&b, "in", (struct flat){ "A_T44", "take", 44, 10, g, 1, 100 });
	make_flat(&b, "in", (struct flat){ "B_T43", "take", 43, 10, g, 0, 0 });
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
	make_flat(&b, "in", (struct flat){ "A_T44", "take", 44, 10, g, 1, 100 });
	make_flat(&b, "in", (struct flat){ "B_T43", "take", 43, 10, g, 253, 255 });
	make_flat(&b, "in", (struct flat){ "C_T43", "later", 43, 20, g, 2, 30 });
	out = bench_path(&b, "out2");
	assert_int_equal(run_mosaic(&b, NULL, in, out, &e), 0);
	layers_read(&l, out, &got);
	assert_int_equal(l.observed[0], 2);
	assert_int_equal(l.wet[0], 1);
	assert_int_equal(l.partial[0], 1);
	assert_int_equal(l.water[0], 1);
	assert_int_equal(l.frequency[0], 50);
	/* Of 30 and 100 %: the mean. */
	assert_int_equal(l.fraction[0], 65);
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
	make_flat(&b, "in", (struct flat){ "A", "", 43, 10, a, 1, 100 });
	make_flat(&b, "in", (struct flat){ "B", "", 43, 20, c, 0, 0 });
	in[0] = bench_path(&b, "in");
	out = bench_path(&b, "out");
	assert_int_equal(run_mosaic(&b, NULL, in, out, &e), 0);
	observed = read_layer(out, "observed", &got);
	assert_true(got.x0 == 600000 && got.y0 == 5100300 && got.width == 30 && got.height == 20);
	assert_int_equal(observed[0], 0);
	assert_int_equal(observed[10], 1);
	assert_int_equal(observed[570], 1);
	assert_int_equal(observed[285], 1);
	free(observed);

	o = b.options;
	memcpy(o.te, (double[]){ 600301, 5099990, 600359, 5100031 }, sizeof(o.te));
	o.layers = (char *)(uintptr_t) "wet,water";
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

static void what_is_refused(void **state)
{
	struct grid g = { { "EPSG:32643" }, 600000, 5100000, 30, 30, 20, 10 };
	const char *in[] = { NULL, NULL, NULL }, *one[] = { NULL, NULL };
	struct bench b;
	struct options o;
	struct error e;

	(void)state;
	bench_open(&b);
	make_flat(&b, "in", (struct flat){ "A", "", 43, 10, g, 1, 100 });
	in[0] = one[0] = bench_path(&b, "in");

	o = b.options;
	o.rule = (char *)(uintptr_t) "oldest";
	assert_refused(&b, &o, one, ERROR_USAGE, "oldest", "no such rule");
	o = b.options;
	o.layers = (char *)(uintptr_t) "water,why";
	assert_refused(&b, &o, one, ERROR_USAGE, "why", "mosaic");
	o = b.options;
	o.memory = 1 << 20;
	assert_refused(&b, &o, one, ERROR_CONFIG, "--memory", "M at least");
	o = b.options;
	o.tr[0] = o.tr[1] = 60;
	assert_refused(&b, &o, one, ERROR_DATA, "-tr", "30 x 30");
	o = b.options;
	o.period = (char *)(uintptr_t) "1970-01-02/1970-01-03";
	assert_refused(&b, &o, one, ERROR_NOINPUT, "1970-01-02/1970-01-03", "1 observations");
	o.period = (char *)(uintptr_t) "1970-01-03/1970-01-02";
	assert_refused(&b, &o, one, ERROR_USAGE, "--period", "before");

	/* The same id twice; another lattice; another CRS; another pixel size. */
	make_flat(&b, "in2", (struct flat){ "A", "", 43, 10, g, 1, 100 });
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
		make_flat(&b, "in3", (struct flat){ "Z", "", 43, 10, other, 1, 100 });
		in[1] = bench_path(&b, "in3");
		assert_refused(&b, NULL, in, ERROR_DATA, "in/A", "in3/Z");
	}
	in[1] = NULL;

	/* A mosaic is no observation, and an observation no mosaic. */
	assert_int_equal(run_mosaic(&b, NULL, one, bench_path(&b, "mosaic"), &e), 0);
	in[1] = bench_path(&b, "mosaic");
	assert_refused(&b, NULL, in, ERROR_DATA, "is a mosaic", "observations");
	in[1] = in[0];
	in[0] = bench_path(&b, "mosaic");
	assert_refused(&b, NULL, in, ERROR_DATA, "kind observation", "mosaics");
	one[0] = bench_path(&b, "nothing");
	assert_refused(&b, NULL, one, ERROR_NOINPUT, "nothing", "");
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
	make_flat(&b, "in", (struct flat){ "A", "", 43, 10, g, 1, 100 });
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

	make_flat(&b, "in", (struct flat){ "B", "", 43, 20, g, 0, 0 });
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
	o.period = (char *)(uintptr_t) "1970-01-01/1970-01-01T00:00:20Z";
	assert_int_equal(run_mosaic(&b, &o, in, bench_path(&b, "out2"), &e), 0);
	struct result *r = NULL;
	assert_int_equal(result_open(&r, bench_path(&b, "out2"), &e), 0);
	assert_int_equal(r->time, 0);
	assert_int_equal(r->time_end, 20);
	assert_int_equal(json_integer_value(json_object_get(json_object_get(r->item, "properties"),
							    "balkhash:observations")),
			 1);
	result_free(r);
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_of_a_pixel),	    cmocka_unit_test(medians_from_counts),
		cmocka_unit_test(one_overpass_counts_once), cmocka_unit_test(union_and_te),
		cmocka_unit_test(what_is_refused),	    cmocka_unit_test(what_exists),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests_name("mosaic rules", tests, NULL, NULL);
}
