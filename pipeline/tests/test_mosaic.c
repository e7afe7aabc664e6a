/* SPDX-License-Identifier: Apache-2.0
 *
 * Mosaics against a plain second way to compute them, pixel by pixel; the same
 * bytes from any order of inputs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>
#include <sys/resource.h>

#include "pipeline/space/zone.h"
#include "pipeline/tests/mosaic_runner.h"

#define LAEA  "+proj=laea +lat_0=46 +lon_0=76.3 +datum=WGS84 +units=m"
#define W     700
#define H     560
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
		struct observation o = { .id = k->id,
					 .datatake = k->datatake,
					 .lake = "test",
					 .zone = k->zone,
					 .time = k->time,
					 .grid = grid_crop(&lake, k->window),
					 .full = lake,
					 .water = k->water,
					 .fraction = k->fraction };

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

static int half_to_even(int twice)
{
	static const int up[4] = { 0, 0, 0, 1 };

	return twice / 2 + up[twice % 4];
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
	t.fraction = n ? half_to_even(known[(n - 1) / 2] + known[n / 2]) : 255;
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

/* Pixels of the seven layers that are not what the plain way gives; counts what is water. */
static size_t wrong_pixels(const struct layers *l, const struct random_look *looks, size_t *water)
{
	struct zones *z = NULL;
	struct error e = { 0 };
	uint8_t zone[W];
	size_t wrong = 0;

	assert_int_equal(zones_new(&z, &lake, &e), 0);
	for (int32_t y = 0; y < H; y++) {
		zones_row(z, 0, y, W, zone);
		for (int32_t x = 0; x < W; x++) {
			struct truth t = truth_at(looks, x, y, zone[x]);
			size_t at = (size_t)y * W + (size_t)x;

			wrong += l->observed[at] != t.observed;
			wrong += l->wet[at] != t.wet;
			wrong += l->partial[at] != t.partial;
			wrong += l->frequency[at] != t.frequency;
			wrong += l->fraction[at] != t.fraction;
			wrong += l->water[at] != t.water;
			wrong += l->source[at] != t.source;
			*water += t.water == 1;
		}
	}
	assert_int_not_equal(zone[0], zone[W - 1]);
	zones_free(z);
	return wrong;
}

static double number_of(const struct result *r, const char *key, const char *name)
{
	json_t *p = json_object_get(json_object_get(r->item, "properties"), key);

	return json_number_value(json_object_get(p, name));
}

static void random_lake(void **state)
{
	struct random_look looks[LOOKS];
	struct bench b;
	struct error e;
	struct layers l;
	struct grid g;
	size_t water = 0;
	const char *out, *in[] = { NULL, NULL };
	struct result *r = NULL;

	(void)state;
	bench_open(&b);
	/* One worker sees all tiles. */
	b.options.threads = 1;
	in[0] = bench_path(&b, "in");
	make_random(&b, looks);
	out = bench_path(&b, "out");
	if (run_mosaic(&b, NULL, in, out, &e))
		fail_msg("%s", e.text);
	layers_read(&l, out, &g);
	assert_true(grid_equal(&g, &lake));
	qsort(looks, LOOKS, sizeof(looks[0]), by_id);
	assert_int_equal(wrong_pixels(&l, looks, &water), 0);

	assert_int_equal(result_open(&r, out, &e), 0);
	assert_true(number_of(r, "balkhash:pixels", "open_water") == (double)water);
	assert_true(fabs(number_of(r, "balkhash:area_km2", "open_water") - (double)water * 900e-6) <
		    1e-6);
	assert_int_equal(r->time, 100);
	assert_int_equal(r->time_end, 9001);
	assert_string_equal(r->id, "mosaic_test_19700101_19700101");
	assert_int_equal(result_verify(r, &e), 0);
	result_free(r);
	layers_free(&l);
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
	struct rlimit files, few;

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
	out = bench_path(&b, "out2");
	/* So few files may be open that workers must close some to open others. */
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
	few = files;
	few.rlim_cur = 64 + 5 * 3;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_int_equal(run_mosaic(&b, &o, (const char *const *)paths, out, &e), 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_lake),
		cmocka_unit_test(any_order),
		cmocka_unit_test(damaged_input),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests_name("mosaic", tests, NULL, NULL);
}
