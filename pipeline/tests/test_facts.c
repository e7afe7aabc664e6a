/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <unistd.h>

#include "pipeline/io/facts.h"
#include "pipeline/io/folder.h"
#include "pipeline/tests/product_files.h"

static void numbers_are_numbers_and_nothing_else(void **state)
{
	static const char *const bad[] = { "",	   " ",	  "x",	  "1x",	   "1 2",
					   "nan",  "inf", "-inf", "1e999", "1,5",
					   "0x10", " 1",  "1 ",	  "e",	   "-" };
	double v;
	long i;

	(void)state;
	assert_true(facts_number("-0.2", &v) && v == -0.2);
	assert_true(facts_number("2.0000E-05", &v) && v == 2e-5);
	assert_true(facts_number("0", &v) && v == 0);
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
		assert_false(facts_number(bad[k], &v));
	assert_false(facts_number(NULL, &v));
	assert_true(facts_integer("028", 1, 248, &i) && i == 28);
	assert_true(facts_integer("-1", -1, 5, &i) && i == -1);
	assert_false(facts_integer("249", 1, 248, &i));
	assert_false(facts_integer("0", 1, 248, &i));
	assert_false(facts_integer("1.0", 1, 248, &i));
	assert_false(facts_integer("", 0, 9, &i));
	assert_false(facts_integer(" 5", 0, 9, &i));
	assert_false(facts_integer("-", 0, 9, &i));
	assert_false(facts_integer(NULL, 0, 9, &i));
	assert_false(facts_integer("99999999999999999999", 0, 9, &i));
}

/* Seconds by `date -u -d ... +%s`. */
static void times_are_times(void **state)
{
	static const struct {
		const char *text;
		int64_t time;
	} good[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1972-07-25T15:36:17.5Z", 80926577 },
		{ "2000-02-29T23:59:59.999Z", 951868799 },
		{ "2024-02-29T12:00:00", 1709208000 },
		{ "2024-07-12T05:42:13.9783990Z", 1720762933 },
		{ "2100-01-01T00:00:00.000000Z", 4102444800 },
		{ "2024-07-12T05:42:13.97+00:00", 1720762933 },
	};
	static const char *const bad[] = {
		"",
		"2024-07-12T05:42:13+02:00",
		"2024-07-12T05:42:13Z+00:00",
		"2024-07-12",
		"2024-07-12 05:42:13Z",
		"2024-02-30T00:00:00Z",
		"2023-02-29T00:00:00Z",
		"2100-02-29T00:00:00Z",
		"1900-02-28T00:00:00Z",
		"2024-13-01T00:00:00Z",
		"2024-00-01T00:00:00Z",
		"2024-01-00T00:00:00Z",
		"2024-01-32T00:00:00Z",
		"2024-01-01T24:00:00Z",
		"2024-01-01T00:60:00Z",
		"2024-01-01T00:00:61Z",
		"2024-01-01T00:00:00+05",
		"2024-01-01T00:00:00.5ZZ",
		"2024-01-01T0x:00:00Z",
		"-024-01-01T00:00:00Z",
	};
	int64_t t;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(facts_time(good[i].text, &t) && t == good[i].time);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(facts_time(bad[i], &t));
	assert_false(facts_time(NULL, &t));
}

static void plain_names_are_no_paths(void **state)
{
	static const char *const bad[] = {
		"",    ".",   "..",   ".hidden",  "a/b", "/a", "../a", "a b", "/vsicurl/http",
		"a:b", "a\n", "a\\b", "\xc3\xa4",
	};
	char name[201];

	(void)state;
	assert_true(facts_plain_name("LC09_L2SP_150028_20240712_20240713_02_T1_SR_B3.TIF"));
	assert_true(facts_plain_name("a..b-c"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(facts_plain_name(bad[i]));
	memset(name, 'a', sizeof(name));
	name[200] = '\0';
	assert_false(facts_plain_name(name));
	name[199] = '\0';
	assert_true(facts_plain_name(name));
}

/* Write an image and read its header: 0, or -1 with e. */
static int header_of(struct product_band *b, const struct image *i, struct error *e)
{
	char *dir = files_new(), path[4200];
	int ret;

	/* The JPEG 2000 driver writes a bare codestream under any other name. */
	files_image(dir, "x.jp2", i);
	b->path = (char *)files_path(path, dir, "x.jp2");
	ret = facts_header(b, e);
	if (ret && !strstr(e->text, "x.jp2"))
		fail_msg("\"%s\" should name the file", e->text);
	b->path = NULL;
	files_remove(dir);
	return ret;
}

static struct image usual(const char *driver, int width, int height, char **options)
{
	return (struct image){ driver, "EPSG:32643", 600000, 5100000,	 30,
			       width,  height,	     1,	     GDT_UInt16, options };
}

static void levels_are_those_of_the_file(void **state)
{
	char one[] = "RESOLUTIONS=1", four[] = "RESOLUTIONS=4", x[] = "BLOCKXSIZE=256",
	     y[] = "BLOCKYSIZE=192", cog[] = "COMPRESS=DEFLATE";
	char *flat[] = { one, NULL }, *deep[] = { four, NULL }, *tiled[] = { four, x, y, NULL };
	char *tiff[] = { cog, NULL };
	struct image i = usual("JP2OpenJPEG", 601, 517, flat);
	struct product_band b = { 0 };
	struct error e = { 0 };

	(void)state;
	assert_int_equal(header_of(&b, &i, &e), 0);
	assert_true(b.jpeg2000 && b.levels == 0 && b.block_w == 601 && b.block_h == 517);
	i = usual("JP2OpenJPEG", 1201, 1037, deep);
	assert_int_equal(header_of(&b, &i, &e), 0);
	assert_true(b.levels == 3);
	i = usual("JP2OpenJPEG", 601, 517, tiled);
	assert_int_equal(header_of(&b, &i, &e), 0);
	assert_true(b.levels >= 1 && b.levels <= 3 && b.block_w == 256 && b.block_h == 192);
	i = usual("GTiff", 1201, 1037, tiff);
	assert_int_equal(header_of(&b, &i, &e), 0);
	assert_true(!b.jpeg2000 && b.levels == 0 && !(b.sample == SAMPLE_U8));
	assert_string_equal(b.grid.crs.def, "EPSG:32643");
	assert_true(b.grid.width == 1201 && b.grid.height == 1037 && b.grid.y0 == 5100000);
}

/* Overviews that a TIFF has are of any making, so none are offered. */
static void overviews_of_a_tiff_do_not_count(void **state)
{
	char *dir = files_new(), path[4200];
	struct image i = usual("GTiff", 400, 300, NULL);
	struct product_band b = { 0 };
	struct error e = { 0 };
	int factor = 2;
	GDALDatasetH d;

	(void)state;
	files_image(dir, "x.tif", &i);
	d = GDALOpen(files_path(path, dir, "x.tif"), GA_Update);
	assert_int_equal(GDALBuildOverviews(d, "NEAREST", 1, &factor, 0, NULL, NULL, NULL),
			 CE_None);
	GDALClose(d);
	b.path = path;
	assert_int_equal(facts_header(&b, &e), 0);
	assert_int_equal(b.levels, 0);
	files_remove(dir);
}

static void unusable_images_are_refused(void **state)
{
	char sparse[] = "SPARSE_OK=TRUE", tiled[] = "TILED=YES", side[] = "BLOCKXSIZE=16400",
	     high[] = "BLOCKYSIZE=16400", compress[] = "COMPRESS=DEFLATE";
	char *strips[] = { sparse, compress, NULL };
	char *tiles[] = { sparse, compress, tiled, side, high, NULL };
	struct image bad[7];
	static const char *const words[7] = { "UInt32",		"Float32",   "3 bands",
					      "georeference",	"EPSG:4326", "blocks of 16385",
					      "blocks of 16400" };
	struct product_band b = { 0 };
	struct error e = { 0 };

	(void)state;
	for (size_t i = 0; i < 7; i++)
		bad[i] = usual("GTiff", 20, 10, NULL);
	bad[0].type = GDT_UInt32;
	bad[1].type = GDT_Float32;
	bad[2].bands = 3;
	bad[3].crs = NULL;
	bad[4].crs = "EPSG:4326";
	bad[5] = usual("GTiff", 16385, 10, strips);
	bad[6].options = tiles;
	for (size_t i = 0; i < 7; i++) {
		assert_int_equal(header_of(&b, &bad[i], &e), -1);
		if (e.code != ERROR_DATA || !strstr(e.text, words[i]))
			fail_msg("code %d, \"%s\"; should hold \"%s\"", e.code, e.text, words[i]);
	}
}

/* GDAL would open whatever file this item names when it is asked for overviews. */
static void a_file_may_not_name_other_files(void **state)
{
	char *dir = files_new(), metadata[] = "WRITE_METADATA=YES", path[4200];
	char *options[] = { metadata, NULL };
	struct image i = usual("MEM", 256, 256, NULL);
	GDALDatasetH d = files_raster(&i), copy;
	struct product_band b = { 0 };
	struct error e = { 0 };

	(void)state;
	GDALSetMetadataItem(d, "OVERVIEW_FILE", "/vsicurl/http://127.0.0.1:9/x.tif", "OVERVIEWS");
	copy = GDALCreateCopy(GDALGetDriverByName("JP2OpenJPEG"), files_path(path, dir, "x.jp2"), d,
			      FALSE, options, NULL, NULL);
	assert_non_null(copy);
	GDALClose(copy);
	GDALClose(d);
	b.path = path;
	assert_int_equal(facts_header(&b, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	assert_non_null(strstr(e.text, "names another file"));
	files_remove(dir);
}

static void missing_files_are_missing(void **state)
{
	char path[] = "/nonexistent/x.tif";
	struct product_band b = { .path = path };
	struct error e = { 0 };

	(void)state;
	assert_int_equal(facts_header(&b, &e), -1);
	assert_int_equal(e.code, ERROR_NOINPUT);
}

static void warnings_are_lines(void **state)
{
	struct product p = { .warnings = strdup("") };
	struct error e = { 0 };

	(void)state;
	assert_int_equal(facts_warn(&p, &e, "%s", "one"), 0);
	assert_string_equal(p.warnings, "one");
	assert_int_equal(facts_warn(&p, &e, "%d", 2), 0);
	assert_string_equal(p.warnings, "one\n2");
	free(p.warnings);
}

static void folders_are_listed(void **state)
{
	char *dir = files_new(), *path;
	struct folder f, none;
	struct error e = { 0 };

	(void)state;
	files_text(dir, "b.TIF", "");
	files_text(dir, "a.tif", "");
	files_text(dir, "B.tif", "");
	files_text(dir, ".hidden", "");
	files_text(dir, "line\nbreak", "");
	assert_int_equal(folder_read(&f, dir, &e), 0);
	assert_int_equal(f.names_nr, 3);
	assert_string_equal(f.names[0], "B.tif");
	assert_string_equal(f.names[2], "b.TIF");
	assert_string_equal(folder_find(&f, "b.TIF"), "b.TIF");
	assert_string_equal(folder_find(&f, "B.tif"), "B.tif");
	assert_string_equal(folder_find(&f, "A.TIF"), "a.tif");
	assert_null(folder_find(&f, "c.tif"));
	assert_null(folder_find(&f, ".hidden"));
	assert_null(folder_find(&f, "../x"));
	path = folder_path(&f, "a.tif");
	assert_int_equal(folder_check_file(path, &e), 0);
	assert_false(folder_is_folder(path));
	assert_int_equal(folder_read(&none, path, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	free(path);
	files_remove(dir);
	assert_int_equal(folder_read(&none, "/nonexistent", &e), -1);
	assert_int_equal(e.code, ERROR_NOINPUT);
	folder_release(&none);
	folder_release(&f);
}

static int setup(void **state)
{
	(void)state;
	gdal_setup(16 << 20);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_numbers_and_nothing_else),
		cmocka_unit_test(times_are_times),
		cmocka_unit_test(plain_names_are_no_paths),
		cmocka_unit_test(levels_are_those_of_the_file),
		cmocka_unit_test(overviews_of_a_tiff_do_not_count),
		cmocka_unit_test(unusable_images_are_refused),
		cmocka_unit_test(a_file_may_not_name_other_files),
		cmocka_unit_test(missing_files_are_missing),
		cmocka_unit_test(warnings_are_lines),
		cmocka_unit_test(folders_are_listed),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
