/* SPDX-License-Identifier: Apache-2.0
 *
 * Results read back: what was written comes out, what was changed, cut, removed
 * or made up is found, and nothing outside the folder is ever opened.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <sys/stat.h>

#include "pipeline/io/result.h"
#include "pipeline/tests/result_fixture.h"

static void assert_opens(const struct fixture *f, enum error_code code, const char *word)
{
	struct error e = { 0 };
	struct result *r = NULL;

	assert_int_equal(result_open(&r, f->result, &e), code == ERROR_NONE ? 0 : -1);
	assert_int_equal(e.code, code);
	if (word && !strstr(e.text, word))
		fail_msg("\"%s\" is not in: %s", word, e.text);
	result_free(r);
}

static void assert_verifies(const struct fixture *f, enum error_code code, const char *word)
{
	struct error e = { 0 };
	struct result *r = NULL;
	int ret = result_open(&r, f->result, &e);

	assert_int_equal(ret, 0);
	assert_int_equal(result_verify(r, &e), code == ERROR_NONE ? 0 : -1);
	assert_int_equal(e.code, code);
	if (word && !strstr(e.text, word))
		fail_msg("\"%s\" is not in: %s", word, e.text);
	result_free(r);
}

static void what_was_written(void **state)
{
	struct fixture f;
	struct error e = { 0 };
	struct result *r = NULL;

	(void)state;
	fixture_open(&f);
	assert_int_equal(result_open(&r, f.result, &e), 0);
	assert_string_equal(r->kind, "observation");
	assert_string_equal(r->id, "TEST_1");
	assert_string_equal(r->lake, "balkhash");
	assert_string_equal(r->datatake, "take");
	assert_int_equal(r->native_zone, 43);
	assert_int_equal(r->time, 1720762933);
	assert_int_equal(r->time_end, 1720762933);
	assert_true(grid_equal(&r->grid, &grid));
	assert_true(result_has(r, "water"));
	assert_false(result_has(r, "why"));
	assert_int_equal(result_verify(r, &e), 0);
	result_free(r);
	fixture_close(&f);
}

/* Windows inside, across tiles, across the edge, outside; against the arrays they were made of. */
static void pixels(void **state)
{
	static const struct rect rects[] = {
		{ 0, 0, 512, 512 },    { 512, 512, 188, 88 },  { 0, 0, W, H },
		{ 500, 500, 60, 60 },  { -10, -20, 600, 100 }, { 690, 590, 512, 512 },
		{ 5000, 0, 10, 10 },   { 0, 512, 512, 512 },   { 511, 511, 1, 1 },
		{ -512, 0, 512, 512 },
	};
	struct fixture f;
	struct error e = { 0 };
	struct result *r = NULL;
	struct raster *raster = NULL;
	uint8_t *got = malloc((size_t)1200 * 1200);

	(void)state;
	fixture_open(&f);
	assert_int_equal(result_open(&r, f.result, &e), 0);
	assert_int_equal(result_raster(r, "water", &raster, &e), 0);
	assert_true(grid_equal(raster_grid(raster), &grid));
	for (size_t k = 0; k < sizeof(rects) / sizeof(rects[0]); k++) {
		struct rect q = rects[k];
		size_t wrong = 0;

		memset(got, 77, rect_area(q));
		assert_int_equal(raster_read(raster, q, got, &e), 0);
		for (int32_t y = 0; y < q.h; y++)
			for (int32_t x = 0; x < q.w; x++) {
				int32_t X = q.x + x, Y = q.y + y;
				bool in = X >= 0 && Y >= 0 && X < W && Y < H;

				wrong += got[y * q.w + x] != (in ? f.water[Y * W + X] : 255);
			}
		assert_int_equal(wrong, 0);
	}
	raster_close(raster);
	assert_int_equal(result_raster(r, "why", &raster, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	result_free(r);
	free(got);
	fixture_close(&f);
}

/* Of half the size.  Four pixels are no data, or a class, twice the next, and the third. */
static void overviews(void **state)
{
	struct fixture f;
	struct error e = { 0 };
	struct result *r = NULL;
	struct raster *raster = NULL;
	uint8_t *got = malloc((size_t)W * H);
	size_t wrong = 0;

	(void)state;
	fixture_open(&f);
	assert_int_equal(result_open(&r, f.result, &e), 0);
	assert_int_equal(result_raster(r, "water", &raster, &e), 0);
	assert_int_equal(raster_level(raster, 1, &e), 0);
	assert_int_equal(raster_grid(raster)->width, W / 2);
	assert_int_equal(raster_grid(raster)->height, H / 2);
	assert_int_equal(raster_read(raster, (struct rect){ 0, 0, W / 2, H / 2 }, got, &e), 0);
	for (size_t y = 0; y < H / 2; y++)
		for (size_t x = 0; x < W / 2; x++) {
			const uint8_t *four = f.water + 2 * y * W + 2 * x;

			assert_int_equal(four[1], four[W]);
			wrong += got[y * (W / 2) + x] != four[1];
		}
	assert_int_equal(wrong, 0);
	assert_int_equal(raster_level(raster, 2, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	assert_int_equal(raster_level(raster, -1, &e), -1);
	assert_int_equal(raster_level(raster, 0, &e), 0);
	assert_int_equal(raster_read(raster, (struct rect){ 0, 0, W, H }, got, &e), 0);
	assert_memory_equal(got, f.water, (size_t)W * H);
	raster_close(raster);
	result_free(r);
	free(got);
	fixture_close(&f);
}

/* Another type than the layer's is not read as if it were that. */
static void another_type(void **state)
{
	struct fixture f;
	struct error e = { 0 };
	struct raster *raster = NULL;
	char *path;

	(void)state;
	fixture_open(&f);
	path = file_of(&f, "water.tif");
	assert_int_equal(raster_open(&raster, path, layer_find("why"), &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	free(path);
	path = file_of(&f, "item.json");
	assert_int_equal(raster_open(&raster, path, layer_find("water"), &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	free(path);
	path = file_of(&f, "nothing.tif");
	assert_int_equal(raster_open(&raster, path, layer_find("water"), &e), -1);
	assert_int_equal(e.code, ERROR_NOINPUT);
	free(path);
	fixture_close(&f);
}

/* Every byte of a file counts: some in the header, in the tags and in the pixels. */
static void a_changed_byte(void **state)
{
	struct fixture f;
	struct stat st;
	char *path, *data;

	(void)state;
	fixture_open(&f);
	path = file_of(&f, "fraction.tif");
	assert_int_equal(stat(path, &st), 0);
	data = bench_read(path);
	for (int i = 0; i < 8; i++) {
		size_t at = (size_t)st.st_size * (size_t)i / 8;

		data[at] ^= 1;
		bench_write(path, data, (size_t)st.st_size);
		assert_verifies(&f, ERROR_DATA, "fraction.tif has changed");
		data[at] ^= 1;
	}
	bench_write(path, data, (size_t)st.st_size);
	assert_verifies(&f, ERROR_NONE, NULL);
	free(data);
	free(path);
	fixture_close(&f);
}

static void cut_and_missing(void **state)
{
	struct fixture f;
	struct stat st;
	char *water, *fraction;

	(void)state;
	fixture_open(&f);
	water = file_of(&f, "water.tif");
	fraction = file_of(&f, "fraction.tif");
	assert_int_equal(stat(fraction, &st), 0);
	assert_int_equal(truncate(fraction, st.st_size - 1), 0);
	assert_verifies(&f, ERROR_DATA, "fraction.tif has another size");
	assert_int_equal(unlink(water), 0);
	assert_verifies(&f, ERROR_DATA, "water.tif is missing; fraction.tif has another size");
	free(water);
	free(fraction);
	fixture_close(&f);
}

/* The right size and hash of files whose pixels are missing, or another's. */
static void a_hash_is_not_enough(void **state)
{
	struct fixture f;
	char *path, *text;
	struct stat st;

	(void)state;
	fixture_open(&f);
	path = file_of(&f, "water.tif");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(truncate(path, st.st_size / 2), 0);
	reseal(&f, "water");
	assert_verifies(&f, ERROR_DATA, "water.tif: overview 1: tile 0 lies outside the file");
	free(path);
	fixture_close(&f);

	fixture_open(&f);
	path = file_of(&f, "fraction.tif");
	text = bench_read(path);
	assert_int_equal(stat(path, &st), 0);
	text[st.st_size - 1000] ^= 8;
	bench_write(path, text, (size_t)st.st_size);
	reseal(&f, "fraction");
	assert_verifies(&f, ERROR_DATA, "fraction.tif does not decode");
	free(text);
	free(path);
	fixture_close(&f);
}

static void unfinished_and_cut(void **state)
{
	struct fixture f;
	struct stat st;
	char *item;

	(void)state;
	fixture_open(&f);
	item = file_of(&f, "item.json");
	stat(item, &st);
	for (int i = 1; i < 20; i++) {
		assert_int_equal(truncate(item, st.st_size - st.st_size * i / 20), 0);
		assert_opens(&f, ERROR_DATA, "item.json");
	}
	unlink(item);
	assert_opens(&f, ERROR_NOINPUT, "not a finished result");
	/* A link in its place is not followed. */
	assert_int_equal(symlink("/etc/passwd", item), 0);
	assert_opens(&f, ERROR_DATA, "not a regular file");
	free(item);
	bench_remove(f.result);
	assert_opens(&f, ERROR_NOINPUT, "no such folder");
	fixture_close(&f);
}

static void hostile_names(void **state)
{
	static const char *const names[] = {
		"../secret.tif",
		"/etc/passwd",
		"./../secret.tif",
		"..",
		"./.",
		"a/../b.tif",
		"",
		"./",
		"file:///etc/passwd",
		"/vsimem/x.tif",
		"vsicurl:x",
		"..\\\\x.tif",
		"%2e%2e%2fx",
		"a\\u0000.tif",
		"a\\nb.tif",
	};
	char to[100];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct fixture f;

		fixture_open(&f);
		snprintf(to, sizeof(to), "\"href\": \"%s\"", names[i]);
		edit_item(&f, "\"href\": \"./water.tif\"", to);
		assert_opens(&f, ERROR_DATA, NULL);
		fixture_close(&f);
	}
}

/* A layer that is a link or a pipe is neither followed nor waited for. */
static void hostile_files(void **state)
{
	struct fixture f;
	struct error e = { 0 };
	struct result *r = NULL;
	struct raster *raster = NULL;
	char *path;

	(void)state;
	fixture_open(&f);
	path = file_of(&f, "water.tif");
	assert_int_equal(rename(path, bench_path(&f.bench, "elsewhere.tif")), 0);
	assert_int_equal(symlink("../elsewhere.tif", path), 0);
	assert_int_equal(result_open(&r, f.result, &e), 0);
	assert_int_equal(result_raster(r, "water", &raster, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(result_raster(r, "water", &raster, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	result_free(r);
	free(path);
	fixture_close(&f);
}

static void hostile_facts(void **state)
{
	static const struct {
		const char *from, *to;
	} edits[] = {
		{ "\"balkhash:kind\": \"observation\"", "\"balkhash:kind\": \"else\"" },
		{ "\"balkhash:kind\": \"observation\"", "\"balkhash:kind\": 7" },
		{ "\"balkhash:crs\": \"EPSG:32643\"", "\"balkhash:crs\": \"\"" },
		{ "\"balkhash:crs\"", "\"other:crs\"" },
		{ "\"balkhash:unit\": \"", "\"balkhash:unit\": \"x" },
		{ "\"balkhash:native_zone\": 43", "\"balkhash:native_zone\": 61" },
		{ "\"balkhash:native_zone\": 43", "\"balkhash:native_zone\": 4.5" },
		{ "\"datetime\": \"2024", "\"datetime\": \"20x4" },
		{ "\"id\": \"TEST_1\"", "\"id\": \"TEST\\u001b[2J\"" },
		{ "\"id\": \"TEST_1\"", "\"id\": \"a\", \"id\": \"b\"" },
		{ "\"proj:shape\"", "\"proj:size\"" },
		{ "600,\n      700\n", "600,\n      2000000\n" },
		{ "600,\n      700\n", "600,\n      -700\n" },
		{ "600,\n      700\n", "600,\n      7e2\n" },
		{ "-30.0", "30.0" },
		{ "-30.0", "0.0" },
		{ "-30.0", "-1e999" },
		{ "-30.0", "NaN" },
		{ "\"assets\": {", "\"assets\": 1, \"rest\": {" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		struct fixture f;

		fixture_open(&f);
		edit_item(&f, edits[i].from, edits[i].to);
		assert_opens(&f, ERROR_DATA, "item.json");
		fixture_close(&f);
	}
}

/* item.json of another place: the raster's own georeference decides. */
static void another_grid(void **state)
{
	struct fixture f;
	struct error e = { 0 };
	struct result *r = NULL;
	struct raster *raster = NULL;

	(void)state;
	fixture_open(&f);
	edit_item(&f, "600000.0", "600030.0");
	assert_int_equal(result_open(&r, f.result, &e), 0);
	assert_int_equal(result_raster(r, "water", &raster, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	assert_non_null(strstr(e.text, "grid"));
	result_free(r);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written),
		cmocka_unit_test(pixels),
		cmocka_unit_test(overviews),
		cmocka_unit_test(another_type),
		cmocka_unit_test(a_changed_byte),
		cmocka_unit_test(cut_and_missing),
		cmocka_unit_test(a_hash_is_not_enough),
		cmocka_unit_test(unfinished_and_cut),
		cmocka_unit_test(hostile_names),
		cmocka_unit_test(hostile_files),
		cmocka_unit_test(hostile_facts),
		cmocka_unit_test(another_grid),

	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests_name("result", tests, NULL, NULL);
}
