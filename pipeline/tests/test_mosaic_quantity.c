/* SPDX-License-Identifier: Apache-2.0
 *
 * Quantities and indices in mosaics: codes, medians, and the command against a plain second way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>

#include "kernels/classes.h"
#include "kernels/quantity.h"
#include "pipeline/stage/mosaic.h"
#include "pipeline/stage/mosaic_quantity.h"
#include "pipeline/tests/mosaic_runner.h"

#define DAY   INT64_C(86400)
#define W     600
#define H     530
#define N     (W * H)
#define LOOKS 6

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static int by_value(const void *a, const void *b)
{
	uint16_t p = *(const uint16_t *)a, q = *(const uint16_t *)b;

	return (p > q) - (p < q);
}

/* --- codes --- */

/* Random ones with many and with few values, sorted ones, equal ones. */
static void medians_are_those_of_sorted_codes(void **state)
{
	uint16_t codes[300], sorted[300];
	uint32_t seed = 3;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		size_t n = 1 + next_random(&seed) % 300;
		uint32_t values = round % 3 ? 65536 : 1 + next_random(&seed) % 5;

		for (size_t i = 0; i < n; i++)
			codes[i] = (uint16_t)(next_random(&seed) % values);
		memcpy(sorted, codes, sizeof(codes));
		qsort(sorted, n, sizeof(sorted[0]), by_value);
		if (round % 7 == 0)
			memcpy(codes, sorted, sizeof(codes));
		assert_int_equal(codes_median(codes, n), sorted[(n - 1) / 2]);
	}
}

static void values_come_back(void **state)
{
	const struct kernels *k = kernels_find(NULL);
	const struct layer *chlorophyll = layer_find("chlorophyll");
	const struct layer *celsius = layer_find("temperature"), *mndwi = layer_find("mndwi");
	float v[4], back[4];
	float at = mantissa(.01f);
	uint16_t code[4], last = 0;
	int16_t index[4] = { -32768, -32767, 0, 32767 }, index_back[4];

	(void)state;
	/* Every step of a layer of 11 bits of mantissa, .01 to 1000 mg m-3; codes rise with them. */
	while (at < 1000) {
		v[0] = at;
		codes_of_values(k, chlorophyll, 1, v, code);
		values_of_codes(k, chlorophyll, 1, code, back);
		assert_true(back[0] == at);
		assert_true(code[0] > last);
		last = code[0];
		at = mantissa(at * 1.0005f + 1e-6f);
	}
	for (int i = -1540; i < 4615; i++) {
		at = .013f * (float)i;
		v[0] = mantissa(at);
		codes_of_values(k, celsius, 1, v, code);
		values_of_codes(k, celsius, 1, code, back);
		assert_true(fabsf(at) < 4 ? fabsf(back[0] - v[0]) <= 1.0f / 1024 : back[0] == v[0]);
	}
	codes_of_values(k, mndwi, 4, index, code);
	values_of_codes(k, mndwi, 4, code, index_back);
	assert_memory_equal(index, index_back, sizeof(index));
	assert_int_equal(code[0], 0);
	v[0] = NAN;
	codes_of_values(k, chlorophyll, 1, v, code);
	codes_of_values(k, celsius, 1, v, code + 1);
	assert_int_equal(code[0], 0);
	assert_int_equal(code[1], 0);
	values_of_codes(k, celsius, 1, code, back);
	assert_true(isnan(back[0]));
}

/* --- the command --- */

static const struct grid lake = { { "EPSG:32643" }, 300000, 5100000, 30, 30, W, H };

/* Ids run against time; B and C are of one overpass, of which C counts only where B sees nothing. */
static const struct {
	const char *id, *datatake;
	int64_t day;
	bool has; /* quantities */
} looks[LOOKS] = { { "A", "a", 900, true },  { "B", "bc", 800, true }, { "C", "bc", 800, true },
		   { "D", "d", 700, false }, { "E", "e", 600, true },  { "F", "f", 500, true } };

struct pixels {
	uint8_t water[N], fraction[N];
	float chlorophyll[N];
	int16_t mndwi[N];
};

static void fill_random(struct pixels *p, uint32_t seed)
{
	static const uint8_t classes[] = { 0, 1, 1, 1, 2, 253, 255, 1 };

	for (size_t i = 0; i < N; i++) {
		uint32_t r = next_random(&seed);

		p->water[i] = classes[r % 8];
		p->fraction[i] = p->water[i] == 1 ? 100 : p->water[i] == 0 ? 0 : 255;
		p->chlorophyll[i] = NAN;
		if (p->water[i] == WATER_OPEN && r / 8 % 4)
			p->chlorophyll[i] = mantissa((float)(r / 32 % 5000) / 100 + .01f);
		p->mndwi[i] = INT16_MIN;
		if (p->water[i] <= 2 && r / 8 % 5)
			p->mndwi[i] = (int16_t)((int)(r / 40 % 20000) - 10000);
	}
}

static int make_look(struct bench *b, const struct pixels *p, int number, const char *algorithm,
		     const char *instrument)
{
	struct observation o = { .id = looks[number].id,
				 .datatake = looks[number].datatake,
				 .zone = 43,
				 .time = looks[number].day * DAY,
				 .grid = lake,
				 .full = lake,
				 .water = p->water,
				 .fraction = p->fraction,
				 .further = { { "chlorophyll", algorithm, p->chlorophyll },
					      { "mndwi", instrument, p->mndwi } },
				 .further_nr = looks[number].has ? 2 : 0 };
	struct error e = { 0 };

	if (make_observation(b, bench_path(b, "in"), &o, &e))
		fail_msg("%s", e.text);
	return 0;
}

static struct pixels *make_all(struct bench *b)
{
	struct pixels *all = malloc(LOOKS * sizeof(*all));

	for (int i = 0; i < LOOKS; i++) {
		fill_random(&all[i], (uint32_t)i + 1);
		make_look(b, &all[i], i, "oc2", "OLI");
	}
	return all;
}

/* Does look i count at a pixel? */
static bool counts(const struct pixels *all, int i, size_t at)
{
	return all[i].water[at] <= 2 && !(i == 2 && all[1].water[at] <= 2);
}

static int by_float(const void *a, const void *b)
{
	float p = *(const float *)a, q = *(const float *)b;

	return (p > q) - (p < q);
}

struct truth {
	float value, latest; /* NaN: none */
	int looks;
};

static float value_of(const struct pixels *p, size_t at, bool index)
{
	if (!index)
		return p->chlorophyll[at];
	return p->mndwi[at] == -32768 ? NAN : p->mndwi[at];
}

static struct truth truth_at(const struct pixels *all, size_t at, bool index)
{
	struct truth t = { NAN, NAN, 0 };
	float values[LOOKS];
	bool found = false;

	for (int i = 0; i < LOOKS; i++) {
		float v = looks[i].has ? value_of(&all[i], at, index) : NAN;

		if (!counts(all, i, at))
			continue;
		if (!found)
			t.latest = v;
		found = true;
		if (!isnan(v))
			values[t.looks++] = v;
	}
	qsort(values, (size_t)t.looks, sizeof(values[0]), by_float);
	if (t.looks)
		t.value = values[(t.looks - 1) / 2];
	return t;
}

static bool same(float a, float b)
{
	return a == b || (isnan(a) && isnan(b));
}

static size_t wrong_pixels(const char *out, const struct pixels *all, bool latest)
{
	struct grid g;
	float *chlorophyll = read_layer(out, "chlorophyll", &g);
	int16_t *mndwi = read_layer(out, "mndwi", &g);
	uint16_t *seen[2] = { read_layer(out, "chlorophyll_looks", &g),
			      read_layer(out, "mndwi_looks", &g) };
	size_t wrong = 0;

	for (size_t i = 0; i < N; i++) {
		struct truth c = truth_at(all, i, false), m = truth_at(all, i, true);
		float index = mndwi[i] == -32768 ? NAN : mndwi[i];

		wrong += !same(chlorophyll[i], latest ? c.latest : c.value);
		wrong += !same(index, latest ? m.latest : m.value);
		wrong += seen[0][i] != c.looks;
		wrong += seen[1][i] != m.looks;
	}
	free(chlorophyll);
	free(mndwi);
	free(seen[0]);
	free(seen[1]);
	return wrong;
}

static void medians_and_latest(void **state)
{
	const char *in[] = { NULL, NULL }, *out;
	char layers[] = "chlorophyll,mndwi", latest[] = "latest";
	struct pixels *all;
	struct bench b;
	struct error e;
	struct options how;

	(void)state;
	bench_open(&b);
	all = make_all(&b);
	in[0] = bench_path(&b, "in");
	how = b.options;
	how.layers = layers;
	out = bench_path(&b, "medians");
	if (run_mosaic(&b, &how, in, out, &e))
		fail_msg("%s", e.text);
	assert_int_equal(wrong_pixels(out, all, false), 0);
	how.rule = latest;
	out = bench_path(&b, "latest");
	if (run_mosaic(&b, &how, in, out, &e))
		fail_msg("%s", e.text);
	assert_int_equal(wrong_pixels(out, all, true), 0);
	free(all);
	bench_close(&b);
}

/* Another look with the pixels of FROM, whose id is as long: its files linked, its item.json with another id. */
static void clone_look(struct bench *b, const char *from, const char *id)
{
	static const char *const files[] = { "water.tif", "fraction.tif", "chlorophyll.tif" };
	char path[2][200], *text;

	snprintf(path[0], sizeof(path[0]), "in/%s", id);
	assert_int_equal(mkdir(bench_path(b, path[0]), 0777), 0);
	for (size_t i = 0; i < 3; i++) {
		snprintf(path[0], sizeof(path[0]), "in/%s/%s", from, files[i]);
		snprintf(path[1], sizeof(path[1]), "in/%s/%s", id, files[i]);
		assert_int_equal(link(bench_path(b, path[0]), bench_path(b, path[1])), 0);
	}
	snprintf(path[0], sizeof(path[0]), "in/%s/item.json", from);
	snprintf(path[1], sizeof(path[1]), "in/%s/item.json", id);
	text = bench_read(bench_path(b, path[0]));
	for (char *at = text; (at = strstr(at, from)); at += strlen(id))
		memcpy(at, id, strlen(id));
	bench_write(bench_path(b, path[1]), text, strlen(text));
	free(text);
}

/* More groups than fit a block of whole rows: the medians come in parts of rows. */
static void many_looks(void **state)
{
	enum { MANY = 8200, SIDE = 3, KINDS = 4 };
	static const struct grid small = { { "EPSG:32643" }, 300000, 5100000, 30, 30, SIDE, 1 };
	const char *in[] = { NULL, NULL }, *out;
	char layers[] = "chlorophyll", id[20], from[20];
	const uint8_t water[SIDE] = { 1, 1, 1 }, fraction[SIDE] = { 100, 100, 100 };
	struct bench b;
	struct error e;
	struct options how;
	struct grid g;
	float *median;
	uint16_t *looks_nr;

	(void)state;
	/* Thousands of folders take minutes on some disks. */
	if (!getenv("BALKHASH_LONG"))
		skip();
	bench_open(&b);
	for (int i = 0; i < MANY; i++) {
		float v[SIDE] = { (float)(i + 1), i % 3 ? NAN : 5, 7 };
		struct observation o = { .id = id,
					 .zone = 43,
					 .time = 100 * DAY,
					 .grid = small,
					 .full = small,
					 .water = water,
					 .fraction = fraction,
					 .further = { { "chlorophyll", "oc2", v } },
					 .further_nr = 1 };

		snprintf(id, sizeof(id), "L%05d", i);
		snprintf(from, sizeof(from), "L%05d", i % KINDS);
		if (i >= KINDS)
			clone_look(&b, from, id);
		else if (make_observation(&b, bench_path(&b, "in"), &o, &e))
			fail_msg("%s", e.text);
	}
	in[0] = bench_path(&b, "in");
	how = b.options;
	how.layers = layers;
	out = bench_path(&b, "out");
	if (run_mosaic(&b, &how, in, out, &e))
		fail_msg("%s", e.text);
	median = read_layer(out, "chlorophyll", &g);
	looks_nr = read_layer(out, "chlorophyll_looks", &g);
	/* 1, 2, 3, 4, 2050 times each: the 4100th is a 2. */
	assert_true(median[0] == 2 && median[1] == 5 && median[2] == 7);
	assert_int_equal(looks_nr[0], MANY);
	assert_int_equal(looks_nr[1], MANY / 2);
	free(median);
	free(looks_nr);
	bench_close(&b);
}

static void what_cannot_be_mixed(void **state)
{
	const char *in[] = { NULL, NULL };
	char chlorophyll[] = "chlorophyll", mndwi[] = "mndwi", turbidity[] = "turbidity";
	struct pixels *p = malloc(sizeof(*p));
	struct bench b;
	struct options how;
	struct error e;

	(void)state;
	bench_open(&b);
	in[0] = bench_path(&b, "in");
	fill_random(p, 1);
	make_look(&b, p, 0, "oc2", "OLI");
	make_look(&b, p, 4, "oc3", "MSI");
	make_look(&b, p, 3, "", "");
	how = b.options;
	how.layers = chlorophyll;
	assert_refused(&b, &how, in, ERROR_DATA, "oc2", "oc3");
	how.layers = mndwi;
	assert_refused(&b, &how, in, ERROR_DATA, "OLI", "MSI");
	how.layers = turbidity;
	assert_refused(&b, &how, in, ERROR_DATA, "none of the observations", "turbidity");
	/* Without such layers they are mixed as ever. */
	assert_int_equal(run_mosaic(&b, NULL, in, bench_path(&b, "out"), &e), 0);
	free(p);
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(medians_are_those_of_sorted_codes),
		cmocka_unit_test(values_come_back),
		cmocka_unit_test(medians_and_latest),
		cmocka_unit_test(many_looks),
		cmocka_unit_test(what_cannot_be_mixed),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests_name("mosaic_quantity", tests, NULL, NULL);
}
