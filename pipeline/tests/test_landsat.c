/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <unistd.h>

#include "pipeline/tests/product_files.h"

#define L2 "LC09_L2SP_150028_20240712_20240713_02_T1"

static const char good[] =
	"GROUP = LANDSAT_METADATA_FILE\n"
	"  GROUP = PRODUCT_CONTENTS\n"
	"    LANDSAT_PRODUCT_ID = \"" L2 "\"\n"
	"    PROCESSING_LEVEL = \"L2SP\"\n"
	"    COLLECTION_NUMBER = 02\n"
	"    FILE_NAME_BAND_1 = \"" L2 "_SR_B1.TIF\"\n"
	"    FILE_NAME_BAND_2 = \"" L2 "_SR_B2.TIF\"\n"
	"    FILE_NAME_BAND_3 = \"" L2 "_SR_B3.TIF\"\n"
	"    FILE_NAME_BAND_4 = \"" L2 "_SR_B4.TIF\"\n"
	"    FILE_NAME_BAND_5 = \"" L2 "_SR_B5.TIF\"\n"
	"    FILE_NAME_BAND_6 = \"" L2 "_SR_B6.TIF\"\n"
	"    FILE_NAME_BAND_7 = \"" L2 "_SR_B7.TIF\"\n"
	"    FILE_NAME_QUALITY_L1_PIXEL = \"" L2 "_QA_PIXEL.TIF\"\n"
	"    FILE_NAME_QUALITY_L1_RADIOMETRIC_SATURATION = \"" L2 "_QA_RADSAT.TIF\"\n"
	"  END_GROUP = PRODUCT_CONTENTS\n"
	"  GROUP = IMAGE_ATTRIBUTES\n"
	"    SPACECRAFT_ID = \"LANDSAT_9\"\n"
	"    SENSOR_ID = \"OLI_TIRS\"\n"
	"    WRS_PATH = 150\n"
	"    WRS_ROW = 28\n"
	"    DATE_ACQUIRED = 2024-07-12\n"
	"    SCENE_CENTER_TIME = \"05:42:13.9783990Z\"\n"
	"    CLOUD_COVER = 12.50\n"
	"    SUN_AZIMUTH = -170.5\n"
	"    SUN_ELEVATION = 45.0\n"
	"  END_GROUP = IMAGE_ATTRIBUTES\n"
	"  GROUP = LEVEL2_SURFACE_REFLECTANCE_PARAMETERS\n"
	"    REFLECTANCE_MULT_BAND_1 = 2.75e-05\n"
	"    REFLECTANCE_MULT_BAND_2 = 2.75e-05\n"
	"    REFLECTANCE_MULT_BAND_3 = 2.75e-05\n"
	"    REFLECTANCE_MULT_BAND_4 = 2.75e-05\n"
	"    REFLECTANCE_MULT_BAND_5 = 3.5e-05\n"
	"    REFLECTANCE_MULT_BAND_6 = 2.75e-05\n"
	"    REFLECTANCE_MULT_BAND_7 = 2.75e-05\n"
	"    REFLECTANCE_ADD_BAND_1 = -0.2\n"
	"    REFLECTANCE_ADD_BAND_2 = -0.2\n"
	"    REFLECTANCE_ADD_BAND_3 = -0.2\n"
	"    REFLECTANCE_ADD_BAND_4 = -0.2\n"
	"    REFLECTANCE_ADD_BAND_5 = -0.3\n"
	"    REFLECTANCE_ADD_BAND_6 = -0.2\n"
	"    REFLECTANCE_ADD_BAND_7 = -0.2\n"
	"  END_GROUP = LEVEL2_SURFACE_REFLECTANCE_PARAMETERS\n"
	"  GROUP = LEVEL1_RADIOMETRIC_RESCALING\n"
	"    REFLECTANCE_MULT_BAND_3 = 2.0000E-05\n"
	"    REFLECTANCE_ADD_BAND_3 = -0.100000\n"
	"  END_GROUP = LEVEL1_RADIOMETRIC_RESCALING\n"
	"END_GROUP = LANDSAT_METADATA_FILE\n"
	"END\n";

static const char *const band_files[] = {
	L2 "_SR_B1.TIF", L2 "_SR_B2.TIF", L2 "_SR_B3.TIF",    L2 "_SR_B4.TIF",	   L2 "_SR_B5.TIF",
	L2 "_SR_B6.TIF", L2 "_SR_B7.TIF", L2 "_QA_PIXEL.TIF", L2 "_QA_RADSAT.TIF",
};

static const struct image usual = {
	"GTiff", "EPSG:32643", 600000, 5100000, 30, 20, 10, 1, GDT_UInt16, NULL,
};

/* A whole good product. */
static char *new_product(void)
{
	char *dir = files_new();

	files_text(dir, L2 "_MTL.txt", good);
	for (size_t i = 0; i < sizeof(band_files) / sizeof(band_files[0]); i++)
		files_image(dir, band_files[i], &usual);
	return dir;
}

static void reads_level_2(void **state)
{
	char *dir = new_product(), text[21];
	struct product *p = open_good(dir);
	const struct granule *g = p->granules;
	struct calib green = g->bands[ROLE_GREEN].calib, nir = g->bands[ROLE_NIR].calib;

	(void)state;
	assert_string_equal(p->id, L2);
	assert_string_equal(p->mission, "LC09");
	assert_string_equal(p->level_name, "L2SP");
	assert_int_equal(p->level, LEVEL_SURFACE);
	assert_string_equal(p->sensor->name, "OLI");
	assert_string_equal(p->baseline, "02");
	assert_string_equal(p->orbit, "150");
	assert_string_equal(p->datatake, "LC09_150_20240712");
	assert_true(p->time == 1720762933);
	product_time_compact(p, text);
	assert_string_equal(text, "20240712T054213");
	product_time_iso(p, text);
	assert_string_equal(text, "2024-07-12T05:42:13Z");
	assert_true(p->cloud_cover_percent == 12.5);
	assert_string_equal(p->warnings, "");
	assert_int_equal(p->granules_nr, 1);
	assert_string_equal(g->id, "LC09_L2SP_20240712T054213_150028");
	assert_string_equal(g->tile, "150028");
	assert_true(g->sun_azimuth_deg == 189.5 && g->view_zenith_deg == 0);
	assert_string_equal(g->grid.crs.def, "EPSG:32643");
	assert_true(g->grid.x0 == 600000 && g->grid.y0 == 5100000 && g->grid.dx == 30);
	assert_int_equal(g->grid.width, 20);
	assert_int_equal(g->grid.height, 10);
	assert_true(green.gain == 2.75e-5f && green.bias == -0.2f && !green.fill &&
		    !green.saturated);
	assert_true(nir.gain == 3.5e-5f && nir.bias == -0.3f);
	assert_string_equal(g->bands[ROLE_SWIR1].band->name, "B6");
	assert_string_equal(g->bands[ROLE_SWIR1].file, L2 "_SR_B6.TIF");
	assert_int_equal(g->bands[ROLE_SWIR1].levels, 0);
	assert_false(g->bands[ROLE_SWIR1].jpeg2000);
	assert_int_equal(g->bands[ROLE_SWIR1].sample, SAMPLE_U16);
	assert_null(g->bands[ROLE_CIRRUS].path);
	assert_null(g->bands[ROLE_SCL].path);
	assert_int_equal(g->bands[ROLE_QA_PIXEL].calib.fill, 1);
	product_free(p);
	files_remove(dir);
}

/* Level-1 of one band, green, at a sun elevation. */
static struct calib level_1(const char *dir, const char *elevation)
{
	char *a = text_with(good, L2, "LC09_L1TP_150028_20240712_20240713_02_T1"), *b, *c;
	struct product *p;
	struct calib calib;

	b = text_with(a, "\"L2SP\"", "\"L1TP\"");
	c = text_with(b, "SUN_ELEVATION = 45.0", elevation);
	files_text(dir, "L1_MTL.txt", c);
	p = open_good(dir);
	assert_int_equal(p->level, LEVEL_TOA);
	calib = p->granules->bands[ROLE_GREEN].calib;
	product_free(p);
	free(a);
	free(b);
	free(c);
	return calib;
}

/* Values of the Landsat 8 handbook's formula: DN 10000 at 45 degrees is .14142136. */
static void level_1_is_divided_by_the_sine(void **state)
{
	char *dir = files_new();
	struct calib at45, at30;

	(void)state;
	files_image(dir, L2 "_SR_B3.TIF", &usual);
	at45 = level_1(dir, "SUN_ELEVATION = 45.0");
	at30 = level_1(dir, "SUN_ELEVATION = 30.0");
	assert_true(fabsf(calib_apply(10000, at45) - 0.14142136f) < 1e-7f);
	assert_true(fabsf(calib_apply(12345, at30) - 0.2938f) < 1e-7f);
	assert_true(fabsf(calib_apply(5000, at45)) < 1e-7f);
	assert_true(fabsf(calib_apply(5000, at30)) < 1e-7f);
	files_remove(dir);
}

/* The product with one change to its metadata is refused with this word. */
static void refused_with(const char *from, const char *to, const char *word)
{
	char *dir = files_new(), *text = text_with(good, from, to);

	files_text(dir, "x_MTL.txt", text);
	files_image(dir, L2 "_SR_B3.TIF", &usual);
	assert_refused(dir, ERROR_DATA, word);
	free(text);
	files_remove(dir);
}

static void metadata_that_cannot_be_is_refused(void **state)
{
	static const char *const changes[][3] = {
		{ "COLLECTION_NUMBER = 02", "COLLECTION_NUMBER = 03", "Collection 03" },
		{ "    COLLECTION_NUMBER = 02\n", "", "COLLECTION_NUMBER" },
		{ "\"L2SP\"", "\"L3XX\"", "L3XX" },
		{ "\"L2SP\"", "\"L1TP\"", "LANDSAT_PRODUCT_ID" },
		{ "\"LANDSAT_9\"", "\"LANDSAT_8\"", "LANDSAT_PRODUCT_ID" },
		{ "\"LANDSAT_9\"", "\"ENVISAT\"", "SPACECRAFT_ID" },
		{ "\"OLI_TIRS\"", "\"MSS\"", "MSS" },
		{ "\"OLI_TIRS\"", "\"TIRS\"", "TIRS" },
		{ "WRS_PATH = 150", "WRS_PATH = 999", "WRS_PATH" },
		{ "WRS_ROW = 28", "WRS_ROW = 28x", "WRS_ROW" },
		{ "2024-07-12\n", "2024-02-30\n", "DATE_ACQUIRED" },
		{ "\"05:42:13.9783990Z\"", "25:42:13Z", "SCENE_CENTER_TIME" },
		{ "SUN_ELEVATION = 45.0", "SUN_ELEVATION = 4x", "SUN_ELEVATION" },
		{ "SUN_ELEVATION = 45.0", "SUN_ELEVATION = nan", "SUN_ELEVATION" },
		{ "SUN_ELEVATION = 45.0", "SUN_ELEVATION = 145", "sun elevation" },
		{ "    SUN_AZIMUTH = -170.5\n", "", "SUN_AZIMUTH" },
		{ "    REFLECTANCE_MULT_BAND_3 = 2.75e-05\n", "", "REFLECTANCE_MULT_BAND_3" },
		{ "MULT_BAND_3 = 2.75e-05", "MULT_BAND_3 = 1e300", "B3" },
		{ "MULT_BAND_3 = 2.75e-05", "MULT_BAND_3 = -1", "B3" },
		{ "ADD_BAND_3 = -0.2", "ADD_BAND_3 = -2e99", "B3" },
		{ "\"" L2 "_SR_B3.TIF", "\"../" L2 "_SR_B3.TIF", "FILE_NAME_BAND_3" },
		{ "\"" L2 "_SR_B3.TIF", "\"/etc/passwd", "FILE_NAME_BAND_3" },
		{ "\"" L2 "_SR_B3.TIF", "\"/vsicurl/http:", "FILE_NAME_BAND_3" },
		{ "\"" L2 "_SR_B3.TIF", "\"sub/" L2 "_SR_B3.TIF", "FILE_NAME_BAND_3" },
		{ "\"" L2 "_SR_B3.TIF", "\"..", "FILE_NAME_BAND_3" },
		{ "\"" L2 "_QA_PIXEL.TIF", "\"<VRTDataset>", "QUALITY_L1_PIXEL" },
		{ "LANDSAT_PRODUCT_ID = \"" L2, "LANDSAT_PRODUCT_ID = \"../" L2,
		  "LANDSAT_PRODUCT_ID" },
		{ "END_GROUP = LANDSAT_METADATA_FILE\n", "", "cut" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		refused_with(changes[i][0], changes[i][1], changes[i][2]);
}

static void a_night_scene_has_no_reflectance(void **state)
{
	char *dir = files_new(), *a = text_with(good, "LC09_L2SP", "LC09_L1GT"), *b, *c;

	(void)state;
	b = text_with(a, "\"L2SP\"", "\"L1GT\"");
	c = text_with(b, "SUN_ELEVATION = 45.0", "SUN_ELEVATION = -3");
	files_text(dir, "x_MTL.txt", c);
	files_image(dir, L2 "_SR_B3.TIF", &usual);
	assert_refused(dir, ERROR_DATA, "night");
	free(a);
	free(b);
	free(c);
	files_remove(dir);
}

/* The scanner is refused whatever the collection, by its name. */
static void the_scanner_is_refused(void **state)
{
	static const char old[] =
		"GROUP = L1_METADATA_FILE\n  GROUP = METADATA_FILE_INFO\n"
		"    LANDSAT_SCENE_ID = \"LM30520251978217PAC03\"\n%s"
		"  END_GROUP = METADATA_FILE_INFO\n  GROUP = PRODUCT_METADATA\n"
		"    SPACECRAFT_ID = \"LANDSAT_3\"\n    SENSOR_ID = \"MSS\"\n"
		"  END_GROUP = PRODUCT_METADATA\nEND_GROUP = L1_METADATA_FILE\nEND\n";
	static const char *const collections[] = { "", "    COLLECTION_NUMBER = 01\n" };
	char *dir = files_new(), text[600];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		snprintf(text, sizeof(text), old, collections[i]);
		files_text(dir, "x_MTL.txt", text);
		assert_refused(dir, ERROR_DATA, "Multispectral Scanner");
	}
	files_remove(dir);
}

static void an_unknown_satellite_is_a_warning(void **state)
{
	char *dir = files_new(), *a = text_with(good, "\"LANDSAT_9\"", "\"LANDSAT_10\""), *b;
	struct product *p;

	(void)state;
	b = text_with(a, "\"" L2 "\"", "\"LC10_L2SP_150028_20340712_20340713_02_T1\"");
	files_text(dir, "x_MTL.txt", b);
	files_image(dir, L2 "_SR_B3.TIF", &usual);
	p = open_good(dir);
	assert_string_equal(p->mission, "LC10");
	assert_non_null(strstr(p->warnings, "LC10 is a satellite this version does not know"));
	product_free(p);
	free(a);
	free(b);
	files_remove(dir);
}

static void missing_bands_are_one_warning_and_one_error(void **state)
{
	static const enum role water[] = { ROLE_GREEN, ROLE_NIR, ROLE_SWIR1, ROLE_SWIR2,
					   ROLE_QA_PIXEL };
	char *dir = new_product(), path[4200];
	struct product *p;
	struct error e = { 0 };

	(void)state;
	unlink(files_path(path, dir, L2 "_SR_B6.TIF"));
	unlink(files_path(path, dir, L2 "_SR_B1.TIF"));
	unlink(files_path(path, dir, L2 "_QA_PIXEL.TIF"));
	p = open_good(dir);
	assert_null(p->granules->bands[ROLE_SWIR1].path);
	assert_string_equal(p->warnings, L2 ": missing: coastal (B1); swir1 (B6); qa_pixel");
	assert_int_equal(product_require(p, p->granules, water, 3, "layer water", &e), -1);
	assert_int_equal(e.code, ERROR_NOINPUT);
	files_text(dir, L2 "_SR_B6.TIF.part", "");
	assert_int_equal(product_require(p, p->granules, water, 3, "layer water", &e), -1);
	assert_int_equal(e.code, ERROR_TEMPORARY);
	unlink(files_path(path, dir, L2 "_SR_B6.TIF.part"));
	assert_int_equal(product_require(p, p->granules, water, 5, "layer water", &e), -1);
	assert_non_null(strstr(e.text, "swir1 (B6) is missing; qa_pixel is missing"));
	assert_non_null(strstr(e.text, "layer water"));
	assert_null(strstr(e.text, "coastal"));
	assert_int_equal(product_require(p, p->granules, water, 2, "layer water", &e), 0);
	product_free(p);
	files_remove(dir);
}

/* What product_require says of a product whose swir1 is this image; NULL words: it fits. */
static void swir1_is(struct image i, const char *words)
{
	static const enum role roles[] = { ROLE_GREEN, ROLE_SWIR1 };
	char *dir = files_new();
	struct product *p;
	struct error e = { 0 };
	int ret;

	files_text(dir, L2 "_MTL.txt", good);
	files_image(dir, L2 "_SR_B3.TIF", &usual);
	files_image(dir, L2 "_SR_B6.TIF", &i);
	p = open_good(dir);
	ret = product_require(p, p->granules, roles, 2, "layer water", &e);
	if (words ? !ret || !strstr(e.text, words) : ret)
		fail_msg("%d, \"%s\"; should be \"%s\"", ret, e.text, words ? words : "no error");
	product_free(p);
	files_remove(dir);
}

static void bands_must_lie_on_the_same_ground(void **state)
{
	struct image i = usual;

	(void)state;
	i.crs = "EPSG:32644";
	swir1_is(i, "another coordinate reference system");
	i = usual;
	i.x0 += 16;
	swir1_is(i, "begins at another place");
	i.x0 = usual.x0 + 14;
	swir1_is(i, NULL);
	i.y0 += 2000;
	swir1_is(i, "begins at another place");
	i = usual;
	i.width += 2;
	swir1_is(i, "another extent");
	i.width = usual.width + 1;
	swir1_is(i, NULL);
	i = usual;
	i.height -= 2;
	swir1_is(i, "another extent");
	/* Half the resolution, one row and column short of the extent, 20 m off. */
	i =
		(struct image){ "GTiff", "EPSG:32643", 600020, 5100000, 60, 10, 4,
				1,	 GDT_UInt16,   NULL };
	swir1_is(i, NULL);
	i.height = 3;
	swir1_is(i, "another extent");
}

/* The product opens; what needs the green band is refused with this code and these words. */
static void green_is_broken(const char *dir, const char *words)
{
	static const enum role roles[] = { ROLE_GREEN, ROLE_SWIR1 };
	struct product *p = open_good(dir);
	struct error e = { 0 };

	assert_non_null(p->granules->bands[ROLE_GREEN].broken);
	assert_int_equal(product_require(p, p->granules, roles + 1, 1, "x", &e), 0);
	assert_int_equal(product_require(p, p->granules, roles, 2, "layer water", &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	if (!strstr(e.text, words) || !strstr(p->warnings, words) || !strstr(e.text, "green (B3)"))
		fail_msg("\"%s\" should hold \"%s\"", e.text, words);
	product_free(p);
}

static void unusable_images_are_refused(void **state)
{
	struct image i = usual;
	char *dir = new_product();

	(void)state;
	i.type = GDT_Int32;
	files_image(dir, L2 "_SR_B3.TIF", &i);
	green_is_broken(dir, L2 "_SR_B3.TIF: stored as Int32");
	files_remove(dir);
}

static void broken_files_are_named(void **state)
{
	static const char *const name = L2 "_SR_B3.TIF";
	char *dir = new_product(), path[4200];
	struct product *p;

	(void)state;
	files_path(path, dir, name);
	assert_int_equal(truncate(path, 10), 0);
	green_is_broken(dir, name);
	assert_int_equal(truncate(path, 0), 0);
	green_is_broken(dir, name);
	files_text(dir, name, "<VRTDataset rasterXSize=\"1\" rasterYSize=\"1\"></VRTDataset>");
	green_is_broken(dir, name);
	unlink(path);
	assert_int_equal(mkdir(path, 0755), 0);
	green_is_broken(dir, name);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	green_is_broken(dir, "not a regular file");
	unlink(path);
	assert_int_equal(symlink("nowhere", path), 0);
	p = open_good(dir);
	assert_null(p->granules->bands[ROLE_GREEN].path);
	assert_null(p->granules->bands[ROLE_GREEN].broken);
	product_free(p);
	files_remove(dir);
}

static void names_may_differ_in_case(void **state)
{
	char *dir = new_product(), from[4200], to[4200];
	struct product *p;

	(void)state;
	assert_int_equal(rename(files_path(from, dir, L2 "_SR_B3.TIF"),
				files_path(to, dir, L2 "_sr_b3.tif")),
			 0);
	assert_int_equal(
		rename(files_path(from, dir, L2 "_MTL.txt"), files_path(to, dir, L2 "_MTL.TXT")),
		0);
	files_text(dir, "._" L2 "_MTL.txt", "what a Mac leaves");
	p = open_good(dir);
	assert_string_equal(p->granules->bands[ROLE_GREEN].file, L2 "_sr_b3.tif");
	product_free(p);
	p = open_good(files_path(to, dir, L2 "_MTL.TXT"));
	assert_string_equal(p->path, to);
	product_free(p);
	p = open_good(files_path(to, dir, "//"));
	product_free(p);
	files_remove(dir);
}

static void what_is_no_product_is_said(void **state)
{
	char *dir = files_new(), path[4200];
	struct product *p;

	(void)state;
	assert_refused(dir, ERROR_DATA, "*_MTL.txt, .xml or .json (Landsat), MTD_MSIL1C.xml");
	files_text(dir, "x_MTL.xml", "<A/>");
	assert_refused(dir, ERROR_DATA, "empty");
	assert_refused(files_path(path, dir, "x_MTL.xml"), ERROR_DATA, "empty");
	unlink(files_path(path, dir, "x_MTL.xml"));
	files_text(dir, "LC09.tar", "");
	assert_refused(files_path(path, dir, "LC09.tar"), ERROR_DATA, "empty");
	assert_refused(files_path(path, dir, "nothing"), ERROR_NOINPUT, "nothing");
	assert_refused("", ERROR_NOINPUT, "empty");
	files_text(dir, "a_MTL.txt", "");
	assert_refused(dir, ERROR_DATA, "empty");
	files_bytes(dir, "a_MTL.txt", path, 0);
	assert_refused(dir, ERROR_DATA, "empty");
	files_text(dir, "b_MTL.txt", good);
	assert_refused(dir, ERROR_DATA, "several products");
	p = open_good(files_path(path, dir, "b_MTL.txt"));
	assert_int_equal(p->granules->grid.width, 0);
	assert_true(p->granules->bands[ROLE_GREEN].gain == 2.75e-5);
	product_free(p);
	files_remove(dir);
}

/* The grid is that of the first band there is. */
static void green_may_be_missing(void **state)
{
	char *dir = new_product(), path[4200];
	struct product *p;

	(void)state;
	unlink(files_path(path, dir, L2 "_SR_B3.TIF"));
	p = open_good(dir);
	assert_int_equal(p->granules->grid.width, 20);
	assert_non_null(strstr(p->warnings, "green (B3)"));
	product_free(p);
	files_remove(dir);
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
		cmocka_unit_test(reads_level_2),
		cmocka_unit_test(level_1_is_divided_by_the_sine),
		cmocka_unit_test(metadata_that_cannot_be_is_refused),
		cmocka_unit_test(a_night_scene_has_no_reflectance),
		cmocka_unit_test(the_scanner_is_refused),
		cmocka_unit_test(an_unknown_satellite_is_a_warning),
		cmocka_unit_test(missing_bands_are_one_warning_and_one_error),
		cmocka_unit_test(bands_must_lie_on_the_same_ground),
		cmocka_unit_test(unusable_images_are_refused),
		cmocka_unit_test(broken_files_are_named),
		cmocka_unit_test(names_may_differ_in_case),
		cmocka_unit_test(what_is_no_product_is_said),
		cmocka_unit_test(green_may_be_missing),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
