/* SPDX-License-Identifier: Apache-2.0
 *
 * What no look saw, filled from other mosaics; inputs that are not what they say they are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "kernels/classes.h"
#include "pipeline/stage/mosaic.h"
#include "pipeline/tests/mosaic_runner.h"

#define DAY INT64_C(86400)
#define N   (7 * 5)

static const struct grid grid = { { "EPSG:32643" }, 300000, 5100000, 30, 30, 7, 5 };

/* A look of one class, but of another in its first pixels. */
struct patchy {
	const char *folder, *id, *lake;
	int64_t time;
	struct grid grid;
	int class, percent, first, first_class, first_percent;
};

static void look(struct bench *b, struct patchy p)
{
	uint8_t water[N], fraction[N];
	struct observation o = { .id = p.id,
				 .lake = p.lake,
				 .zone = 43,
				 .time = p.time,
				 .grid = p.grid,
				 .water = water,
				 .fraction = fraction };
	struct error e = { 0 };

	memset(water, p.class, N);
	memset(fraction, p.percent, N);
	memset(water, p.first_class, (size_t)p.first);
	memset(fraction, p.first_percent, (size_t)p.first);
	if (make_observation(b, bench_path(b, p.folder), &o, &e))
		fail_msg("%s", e.text);
}

static const char *mosaic(struct bench *b, const char *folder, const char *fill, const char *out)
{
	const char *in[] = { bench_path(b, folder), NULL };
	struct options how = b->options;
	struct error e;

	how.fill = (char *)(uintptr_t)fill;
	out = bench_path(b, out);
	if (run_mosaic(b, &how, in, out, &e))
		fail_msg("%s", e.text);
	return out;
}

/* Of a whole number. */
static long long property(const char *dir, const char *name, size_t i, const char *key)
{
	struct result *r = NULL;
	struct error e = { 0 };
	long long value;

	assert_int_equal(result_open(&r, dir, &e), 0);
	json_t *p = json_object_get(json_object_get(r->item, "properties"), name);

	if (json_is_array(p))
		p = json_array_get(p, i);
	value = json_integer_value(json_object_get(p, key));
	result_free(r);
	return value;
}

/*
 * This year's look misses 20 pixels; last year's mosaic has 12 of them, an older one all, of another class.
 */
static void make_years(struct bench *b, const char **last, const char **older)
{
	look(b, (struct patchy){ "now", "N", "", 900 * DAY, grid, WATER_NOT, 0, 20, WATER_CLOUD,
				 255 });
	look(b, (struct patchy){ "last", "L", "", 500 * DAY, grid, WATER_PARTIAL, 40, 8, WATER_ICE,
				 255 });
	look(b, (struct patchy){ "old", "O", "", 100 * DAY, grid, WATER_OPEN, 100, 0, 0, 0 });
	*last = mosaic(b, "last", NULL, "m-last");
	*older = mosaic(b, "old", NULL, "m-old");
}

static void gaps_are_filled_in_the_order_given(void **state)
{
	struct layers l;
	struct bench b;
	struct grid g;
	char list[900];
	const char *last, *older, *out;
	uint8_t *filled;

	(void)state;
	bench_open(&b);
	make_years(&b, &last, &older);
	snprintf(list, sizeof(list), "%s,%s", last, older);
	out = mosaic(&b, "now", list, "filled");
	layers_read(&l, out, &g);
	filled = read_layer(out, "filled", &g);
	for (int i = 0; i < N; i++) {
		int from = i >= 20 ? 0 : i < 8 ? 2 : 1;
		static const int class[] = { WATER_NOT, WATER_PARTIAL, WATER_OPEN };
		static const int percent[] = { 0, 40, 100 };

		assert_int_equal(filled[i], from);
		assert_int_equal(l.water[i], class[from]);
		assert_int_equal(l.fraction[i], percent[from]);
		assert_int_equal(l.observed[i], from ? 0 : 1);
		assert_int_equal(l.source[i], from ? 0 : 1);
		assert_int_equal(l.frequency[i], from ? 255 : 0);
	}
	assert_int_equal(property(out, "balkhash:filled", 0, "pixels"), 12);
	assert_int_equal(property(out, "balkhash:filled", 1, "pixels"), 8);
	assert_int_equal(property(out, "balkhash:pixels", 0, "no_data"), 0);
	assert_int_equal(property(out, "balkhash:pixels", 0, "open_water"), 8);
	layers_free(&l);
	free(filled);
	bench_close(&b);
}

/* The same observations with another fill, or the fills in another order, are another mosaic. */
static void the_unit_depends_on_what_fills(void **state)
{
	const char *last, *older, *in[] = { NULL, NULL };
	struct bench b;
	struct error e;
	char list[900];

	(void)state;
	bench_open(&b);
	make_years(&b, &last, &older);
	in[0] = bench_path(&b, "now");
	mosaic(&b, "now", last, "out");
	struct options how = b.options;

	how.fill = list;
	snprintf(list, sizeof(list), "%s", last);
	assert_int_equal(run_mosaic(&b, &how, in, bench_path(&b, "out"), &e), 0);
	snprintf(list, sizeof(list), "%s", older);
	assert_int_equal(run_mosaic(&b, &how, in, bench_path(&b, "out"), &e), -1);
	assert_int_equal(e.code, ERROR_CANTCREATE);
	bench_close(&b);
}

static void refused_fill(struct bench *b, const char *fill, const char *word)
{
	const char *in[] = { bench_path(b, "now"), NULL };
	struct options how = b->options;

	how.fill = (char *)(uintptr_t)fill;
	assert_refused(b, &how, in, ERROR_DATA, "--fill", word);
}

static void what_does_not_fit_is_refused(void **state)
{
	const char *last, *older;
	struct grid shifted = grid;
	struct bench b;
	char list[900];

	(void)state;
	bench_open(&b);
	make_years(&b, &last, &older);
	shifted.x0 += 7;
	look(&b, (struct patchy){ "aside", "S", "", 500 * DAY, shifted, 1, 100, 0, 0, 0 });
	look(&b, (struct patchy){ "lake", "K", "other", 500 * DAY, grid, 1, 100, 0, 0, 0 });
	refused_fill(&b, mosaic(&b, "aside", NULL, "m-aside"), "grid");
	refused_fill(&b, mosaic(&b, "lake", NULL, "m-lake"), "lake");
	refused_fill(&b, bench_path(&b, "last/L"), "mosaic");
	snprintf(list, sizeof(list), "%s,%s", last, last);
	refused_fill(&b, list, "same");
	bench_close(&b);
}

/* --- inputs --- */

static void replace_in_item(struct bench *b, const char *item, const char *old, const char *new)
{
	const char *path = bench_path(b, item);
	char *text = bench_read(path), *at = strstr(text, old);

	assert_non_null(at);
	assert_int_equal(strlen(old), strlen(new));
	memcpy(at, new, strlen(new));
	bench_write(path, text, strlen(text));
	free(text);
}

static void newer_program(void **state)
{
	const char *last, *older, *in[] = { NULL, NULL };
	struct bench b;

	(void)state;
	bench_open(&b);
	make_years(&b, &last, &older);
	in[0] = bench_path(&b, "now");
	replace_in_item(&b, "m-last/item.json", "\"balkhash\": \"" BALKHASH_VERSION "\"",
			"\"balkhash\": \"9.1.0\"");
	struct options how = b.options;

	how.fill = (char *)(uintptr_t)last;
	assert_refused(&b, &how, in, ERROR_DATA, "9.1.0", "m-last");
	replace_in_item(&b, "now/N/item.json", "\"balkhash\": \"" BALKHASH_VERSION "\"",
			"\"balkhash\": \"0.1.1\"");
	assert_refused(&b, NULL, in, ERROR_DATA, "0.1.1", "now/N");
	replace_in_item(&b, "now/N/item.json", "\"balkhash\": \"0.1.1\"",
			"\"balkhash\": \"0.0.9\"");
	mosaic(&b, "now", NULL, "fine");
	bench_close(&b);
}

/* A byte of the description in the file, which no decoder would miss. */
static void alter(struct bench *b, const char *file)
{
	const char *path = bench_path(b, file);
	struct stat st;
	char *data;

	assert_int_equal(stat(path, &st), 0);
	data = bench_read(path);
	data[st.st_size - 1] ^= 1;
	bench_write(path, data, (size_t)st.st_size);
	free(data);
}

static void altered_files(void **state)
{
	const char *last, *older, *in[] = { NULL, NULL };
	struct bench b;

	(void)state;
	bench_open(&b);
	make_years(&b, &last, &older);
	in[0] = bench_path(&b, "now");
	struct options how = b.options;

	how.fill = (char *)(uintptr_t)last;
	alter(&b, "m-last/fraction.tif");
	assert_refused(&b, &how, in, ERROR_DATA, "m-last/fraction.tif", "SHA-256");
	alter(&b, "now/N/water.tif");
	assert_refused(&b, NULL, in, ERROR_DATA, "now/N/water.tif", "SHA-256");
	assert_int_equal(unlink(bench_path(&b, "now/N/water.tif")), 0);
	assert_refused(&b, NULL, in, ERROR_DATA, "now/N/water.tif", "missing");
	bench_close(&b);
}

/* A whole mosaic in which nothing is seen is refused, a window of one is not. */
static void no_clear_look(void **state)
{
	const char *in[] = { NULL, NULL };
	struct bench b;
	struct error e;
	struct options how;

	(void)state;
	bench_open(&b);
	look(&b, (struct patchy){ "in", "C", "", 900 * DAY, grid, WATER_CLOUD, 255, 3, WATER_ICE,
				  255 });
	in[0] = bench_path(&b, "in");
	assert_refused(&b, NULL, in, ERROR_NOINPUT, "cloud", "1 observations");
	how = b.options;
	memcpy(how.te, (double[]){ 300000, 5099900, 300100, 5100000 }, sizeof(how.te));
	assert_int_equal(run_mosaic(&b, &how, in, bench_path(&b, "window"), &e), 0);
	fflush(b.log.stream);
	assert_non_null(strstr(b.said, "any pixel of this window"));
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gaps_are_filled_in_the_order_given),
		cmocka_unit_test(the_unit_depends_on_what_fills),
		cmocka_unit_test(what_does_not_fit_is_refused),
		cmocka_unit_test(newer_program),
		cmocka_unit_test(altered_files),
		cmocka_unit_test(no_clear_look),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests_name("mosaic_fill", tests, NULL, NULL);
}
