/* SPDX-License-Identifier: Apache-2.0
 *
 * Landsat metadata of every generation, written here, and what its files may be called.
 */
#include <math.h>
#include <unistd.h>

#include "pipeline/io/landsat_internal.h"
#include "pipeline/tests/product_files.h"

#define PI 3.14159265358979323846

static const struct image usual = {
	"GTiff", "EPSG:32643", 600000, 5100000, 30, 20, 10, 1, GDT_UInt16, NULL,
};

/* Collection 1, OLI: the factors of one reflective and one thermal band. */
static const char collection_1[] =
	"GROUP = L1_METADATA_FILE\n  GROUP = METADATA_FILE_INFO\n"
	"    LANDSAT_PRODUCT_ID = \"LC08_L1TP_150028_20170712_20170726_01_T1\"\n"
	"    COLLECTION_NUMBER = 01\n    FILE_DATE = 2017-07-26T01:02:03Z\n"
	"  END_GROUP = METADATA_FILE_INFO\n  GROUP = PRODUCT_METADATA\n"
	"    DATA_TYPE = \"L1TP\"\n    COLLECTION_CATEGORY = \"T1\"\n"
	"    SPACECRAFT_ID = \"LANDSAT_8\"\n    SENSOR_ID = \"OLI_TIRS\"\n"
	"    WRS_PATH = 150\n    WRS_ROW = 28\n    DATE_ACQUIRED = 2017-07-12\n"
	"    SCENE_CENTER_TIME = \"05:42:13.9783990Z\"\n"
	"    CORNER_UL_LAT_PRODUCT = 47.1\n    CORNER_UL_LON_PRODUCT = 73.1\n"
	"    CORNER_UR_LAT_PRODUCT = 47.2\n    CORNER_UR_LON_PRODUCT = 76.2\n"
	"    CORNER_LL_LAT_PRODUCT = 45.4\n    CORNER_LL_LON_PRODUCT = 73.4\n"
	"    CORNER_LR_LAT_PRODUCT = 45.3\n    CORNER_LR_LON_PRODUCT = 76.3\n"
	"    FILE_NAME_BAND_3 = \"X_B3.TIF\"\n    FILE_NAME_BAND_5 = \"X_B5.TIF\"\n"
	"    FILE_NAME_BAND_10 = \"X_B10.TIF\"\n    FILE_NAME_BAND_QUALITY = \"X_BQA.TIF\"\n"
	"  END_GROUP = PRODUCT_METADATA\n  GROUP = IMAGE_ATTRIBUTES\n"
	"    CLOUD_COVER = -1\n    SUN_AZIMUTH = 130.5\n    SUN_ELEVATION = 30.0\n"
	"    EARTH_SUN_DISTANCE = 1.0165\n  END_GROUP = IMAGE_ATTRIBUTES\n"
	"  GROUP = RADIOMETRIC_RESCALING\n"
	"    RADIANCE_MULT_BAND_10 = 3.3420E-04\n    RADIANCE_ADD_BAND_10 = 0.10000\n"
	"    REFLECTANCE_MULT_BAND_3 = 2.0000E-05\n    REFLECTANCE_ADD_BAND_3 = -0.100000\n"
	"    REFLECTANCE_MULT_BAND_5 = 2.0000E-05\n    REFLECTANCE_ADD_BAND_5 = -0.100000\n"
	"  END_GROUP = RADIOMETRIC_RESCALING\n  GROUP = TIRS_THERMAL_CONSTANTS\n"
	"    K1_CONSTANT_BAND_10 = 774.8853\n    K2_CONSTANT_BAND_10 = 1321.0789\n"
	"  END_GROUP = TIRS_THERMAL_CONSTANTS\nEND_GROUP = L1_METADATA_FILE\nEND\n";

/* From 2012 until the collections: TM, factors of radiance alone, no quotes around the time. */
static const char before_collections[] =
	"GROUP = L1_METADATA_FILE\n  GROUP = METADATA_FILE_INFO\n"
	"    LANDSAT_SCENE_ID = \"LT51500282010193KHC00\"\n"
	"  END_GROUP = METADATA_FILE_INFO\n  GROUP = PRODUCT_METADATA\n"
	"    DATA_TYPE = \"L1T\"\n    SPACECRAFT_ID = \"LANDSAT_5\"\n    SENSOR_ID = \"TM\"\n"
	"    WRS_PATH = 150\n    WRS_ROW = 028\n    DATE_ACQUIRED = 2010-07-12\n"
	"    SCENE_CENTER_TIME = 05:30:12.5000000Z\n    FILE_NAME_BAND_2 = \"X_B2.TIF\"\n"
	"  END_GROUP = PRODUCT_METADATA\n  GROUP = IMAGE_ATTRIBUTES\n    CLOUD_COVER = 7\n"
	"    SUN_AZIMUTH = 130.5\n    SUN_ELEVATION = 30.0\n  END_GROUP = IMAGE_ATTRIBUTES\n"
	"  GROUP = MIN_MAX_RADIANCE\n    RADIANCE_MAXIMUM_BAND_4 = 221.0\n"
	"    RADIANCE_MINIMUM_BAND_4 = -1.510\n  END_GROUP = MIN_MAX_RADIANCE\n"
	"  GROUP = MIN_MAX_PIXEL_VALUE\n    QUANTIZE_CAL_MAX_BAND_4 = 255\n"
	"    QUANTIZE_CAL_MIN_BAND_4 = 1\n  END_GROUP = MIN_MAX_PIXEL_VALUE\n"
	"  GROUP = RADIOMETRIC_RESCALING\n    RADIANCE_MULT_BAND_2 = 1.322\n"
	"    RADIANCE_ADD_BAND_2 = -4.16220\n  END_GROUP = RADIOMETRIC_RESCALING\n"
	"END_GROUP = L1_METADATA_FILE\nEND\n";

/* Before 2012: ETM+ with other keys, other names of files, and no name of its own. */
static const char oldest[] =
	"GROUP = L1_METADATA_FILE\n  GROUP = METADATA_FILE_INFO\n"
	"    PRODUCT_CREATION_TIME = 2008-10-23T14:49:28Z\n"
	"  END_GROUP = METADATA_FILE_INFO\n  GROUP = PRODUCT_METADATA\n"
	"    PRODUCT_TYPE = \"L1T\"\n    SPACECRAFT_ID = \"Landsat7\"\n    SENSOR_ID = \"ETM+\"\n"
	"    ACQUISITION_DATE = 2000-06-14\n    SCENE_CENTER_SCAN_TIME = 05:37:45.5000000Z\n"
	"    WRS_PATH = 150\n    STARTING_ROW = 28\n    ENDING_ROW = 28\n"
	"    PRODUCT_UL_CORNER_LAT = 47.1\n    PRODUCT_UL_CORNER_LON = 73.1\n"
	"    PRODUCT_UR_CORNER_LAT = 47.2\n    PRODUCT_UR_CORNER_LON = 76.2\n"
	"    PRODUCT_LL_CORNER_LAT = 45.4\n    PRODUCT_LL_CORNER_LON = 73.4\n"
	"    PRODUCT_LR_CORNER_LAT = 45.3\n    PRODUCT_LR_CORNER_LON = 76.3\n"
	"    BAND2_FILE_NAME = \"L71150028_02820000614_B20.TIF\"\n"
	"    BAND62_FILE_NAME = \"L72150028_02820000614_B62.TIF\"\n"
	"    METADATA_L1_FILE_NAME = \"L71150028_02820000614_MTL.txt\"\n"
	"  END_GROUP = PRODUCT_METADATA\n  GROUP = MIN_MAX_RADIANCE\n"
	"    LMAX_BAND2 = 196.500\n    LMIN_BAND2 = -6.400\n"
	"    LMAX_BAND62 = 12.650\n    LMIN_BAND62 = 3.200\n"
	"  END_GROUP = MIN_MAX_RADIANCE\n  GROUP = MIN_MAX_PIXEL_VALUE\n"
	"    QCALMAX_BAND2 = 255.0\n    QCALMIN_BAND2 = 1.0\n"
	"    QCALMAX_BAND62 = 255.0\n    QCALMIN_BAND62 = 1.0\n"
	"  END_GROUP = MIN_MAX_PIXEL_VALUE\n  GROUP = PRODUCT_PARAMETERS\n"
	"    SUN_AZIMUTH = 130.5\n    SUN_ELEVATION = 60.0\n  END_GROUP = PRODUCT_PARAMETERS\n"
	"END_GROUP = L1_METADATA_FILE\nEND\n";

/* ETM+ Level-2: two gains in Level-1, one temperature. */
static const char temperature[] =
	"GROUP = LANDSAT_METADATA_FILE\n  GROUP = PRODUCT_CONTENTS\n"
	"    LANDSAT_PRODUCT_ID = \"LE07_L2SP_150028_20100712_20200911_02_T2\"\n"
	"    PROCESSING_LEVEL = \"L2SP\"\n    COLLECTION_NUMBER = 02\n"
	"    COLLECTION_CATEGORY = \"T2\"\n    FILE_NAME_BAND_ST_B6 = \"X_ST_B6.TIF\"\n"
	"  END_GROUP = PRODUCT_CONTENTS\n  GROUP = IMAGE_ATTRIBUTES\n"
	"    SPACECRAFT_ID = \"LANDSAT_7\"\n    SENSOR_ID = \"ETM\"\n    WRS_PATH = 150\n"
	"    WRS_ROW = 28\n    DATE_ACQUIRED = 2010-07-12\n    SCENE_CENTER_TIME = \"05:30:12Z\"\n"
	"    SUN_AZIMUTH = 130.5\n    SUN_ELEVATION = 30.0\n  END_GROUP = IMAGE_ATTRIBUTES\n"
	"  GROUP = LEVEL2_PROCESSING_RECORD\n    DATE_PRODUCT_GENERATED = 2020-09-11T10:00:00Z\n"
	"  END_GROUP = LEVEL2_PROCESSING_RECORD\n  GROUP = LEVEL1_PROCESSING_RECORD\n"
	"    DATE_PRODUCT_GENERATED = 2020-08-01T10:00:00Z\n"
	"  END_GROUP = LEVEL1_PROCESSING_RECORD\n"
	"  GROUP = LEVEL2_SURFACE_TEMPERATURE_PARAMETERS\n"
	"    TEMPERATURE_MULT_BAND_ST_B6 = 0.00341802\n    TEMPERATURE_ADD_BAND_ST_B6 = 149.0\n"
	"  END_GROUP = LEVEL2_SURFACE_TEMPERATURE_PARAMETERS\n"
	"END_GROUP = LANDSAT_METADATA_FILE\nEND\n";

/* The facts of a metadata text in a folder of its own without images. */
static struct product *read_text(const char *text)
{
	char *dir = files_new(), path[4200];
	struct product *p;

	files_text(dir, "x_MTL.txt", text);
	p = open_good(files_path(path, dir, "x_MTL.txt"));
	files_remove(dir);
	return p;
}

static void assert_near(double have, double want, double tolerance)
{
	if (!(fabs(have - want) <= tolerance))
		fail_msg("%.12g should be %.12g", have, want);
}

static void assert_corners(const struct granule *g)
{
	static const struct point want[] = {
		{ 73.1, 47.1 }, { 76.2, 47.2 }, { 76.3, 45.3 }, { 73.4, 45.4 }
	};

	assert_int_equal(g->footprint_nr, 4);
	for (size_t i = 0; i < 4; i++)
		assert_true(g->footprint[i].x == want[i].x && g->footprint[i].y == want[i].y);
}

static void reads_collection_1(void **state)
{
	struct product *p = read_text(collection_1);
	const struct granule *g = p->granules;
	const struct product_band *b = g->bands;

	(void)state;
	assert_string_equal(p->id, "LC08_L1TP_150028_20170712_20170726_01_T1");
	assert_string_equal(p->baseline, "01");
	assert_string_equal(p->tier, "T1");
	assert_true(p->time == 1499838133 && p->processed == 1501030923);
	assert_true(isnan(p->cloud_cover_percent));
	assert_string_equal(g->id, "LC08_L1TP_20170712T054213_150028");
	assert_corners(g);
	assert_int_equal(g->sun, SUN_SCENE);
	assert_true(b[ROLE_GREEN].gain == 2e-5 && b[ROLE_GREEN].offset == -.1);
	assert_int_equal(b[ROLE_GREEN].fill, 0);
	assert_int_equal(b[ROLE_GREEN].saturated, PRODUCT_NO_VALUE);
	assert_true(b[ROLE_THERMAL].gain == 3.342e-4 && b[ROLE_THERMAL].offset == .1);
	assert_true(b[ROLE_THERMAL].k1 == 774.8853 && b[ROLE_THERMAL].k2 == 1321.0789);
	assert_true(b[ROLE_RED].gain == 0 && b[ROLE_THERMAL2].gain == 0);
	product_free(p);
}

/* Early Collection 1 has no COLLECTION_CATEGORY: the name ends with it. */
static void the_tier_may_stand_in_the_name(void **state)
{
	char *text = text_with(collection_1, "    COLLECTION_CATEGORY = \"T1\"\n", ""), *other;
	struct product *p = read_text(text);

	(void)state;
	assert_string_equal(p->tier, "T1");
	product_free(p);
	other = text_with(text, "_01_T1", "_01_XX");
	p = read_text(other);
	assert_string_equal(p->tier, "");
	product_free(p);
	free(text);
	free(other);
}

/* pi L d^2 / ESUN by hand, with the distance computed and with one in the metadata. */
static void reads_radiance_of_before_the_collections(void **state)
{
	char *text = text_with(before_collections, "    CLOUD_COVER = 7\n",
			       "    CLOUD_COVER = 7\n    EARTH_SUN_DISTANCE = 1.0100000\n");
	struct product *p = read_text(before_collections), *q = read_text(text);
	const struct product_band *b = p->granules->bands, *c = q->granules->bands;
	double d = 1.0165; /* in the middle of July, to four digits */

	(void)state;
	assert_string_equal(p->baseline, "pre");
	assert_string_equal(p->tier, "");
	assert_string_equal(p->mission, "LT05");
	assert_string_equal(p->granules->id, "LT05_L1T_20100712T053012_150028");
	assert_true(p->processed == 0 && p->granules->footprint_nr == 0);
	assert_near(b[ROLE_GREEN].gain, PI * 1.322 * d * d / 1796.0, 1e-6);
	assert_near(c[ROLE_GREEN].gain, PI * 1.322 * 1.0201 / 1796.0, 1e-15);
	assert_near(c[ROLE_GREEN].offset, PI * -4.16220 * 1.0201 / 1796.0, 1e-15);
	/* By the ends: stored 255 is the largest radiance, stored 1 the smallest. */
	assert_near(255 * c[ROLE_NIR].gain + c[ROLE_NIR].offset, PI * 221 * 1.0201 / 1031, 1e-12);
	assert_near(c[ROLE_NIR].gain + c[ROLE_NIR].offset, PI * -1.51 * 1.0201 / 1031, 1e-12);
	product_free(p);
	product_free(q);
	free(text);
}

static void reads_metadata_of_before_2012(void **state)
{
	char *dir = files_new();
	struct product *p;
	const struct product_band *b;

	(void)state;
	files_text(dir, "L71150028_02820000614_MTL.txt", oldest);
	files_image(dir, "L71150028_02820000614_B20.TIF", &usual);
	files_image(dir, "L72150028_02820000614_B62.TIF", &usual);
	p = open_good(dir);
	b = p->granules->bands;
	assert_string_equal(p->id, "L71150028_02820000614");
	assert_string_equal(p->mission, "LE07");
	assert_string_equal(p->baseline, "pre");
	assert_true(p->time == 960961065 && p->processed == 1224773368);
	assert_string_equal(p->granules->id, "LE07_L1T_20000614T053745_150028");
	assert_corners(p->granules);
	assert_string_equal(b[ROLE_GREEN].file, "L71150028_02820000614_B20.TIF");
	assert_string_equal(b[ROLE_THERMAL2].file, "L72150028_02820000614_B62.TIF");
	assert_near(b[ROLE_THERMAL2].gain, (12.65 - 3.2) / 254, 1e-12);
	assert_near(b[ROLE_THERMAL2].gain + b[ROLE_THERMAL2].offset, 3.2, 1e-12);
	assert_true(b[ROLE_THERMAL2].k1 == 0 && b[ROLE_THERMAL2].k2 == 0);
	assert_near(b[ROLE_GREEN].gain * 1812 / PI * 254, 202.9 * 1.0157 * 1.0157, .05);
	product_free(p);
	files_remove(dir);
}

static void level_2_has_one_temperature(void **state)
{
	char *dir = files_new();
	struct product *p;
	const struct product_band *b;

	(void)state;
	files_text(dir, "x_MTL.txt", temperature);
	files_image(dir, "X_ST_B6.TIF", &usual);
	p = open_good(dir);
	b = p->granules->bands;
	assert_string_equal(p->tier, "T2");
	assert_true(p->processed == 1599818400);
	assert_int_equal(p->granules->sun, SUN_IN_PRODUCT);
	assert_string_equal(b[ROLE_THERMAL].file, "X_ST_B6.TIF");
	assert_true(b[ROLE_THERMAL].gain == .00341802 && b[ROLE_THERMAL].offset == 149);
	assert_true(b[ROLE_THERMAL].k1 == 0 && b[ROLE_THERMAL2].gain == 0);
	assert_null(b[ROLE_THERMAL2].path);
	product_free(p);
	files_remove(dir);
}

/* EARTH_SUN_DISTANCE and time of products of Landsat 5, 7 and 8. */
static void the_sun_is_where_it_should_be(void **state)
{
	static const struct {
		int64_t time;
		double distance;
	} known[] = {
		{ 1438705161, 1.0145544 }, { 1574989237, 0.9865207 }, { 1617231719, 0.9991816 },
		{ 889399607, 0.9927805 },  { 1263053626, 0.9833890 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		assert_near(landsat_sun_distance(known[i].time), known[i].distance, 6e-5);
}

/* One change, with all files of Collection 1 there: refused with these words. */
static void refused(const char *text, const char *from, const char *to, const char *words)
{
	static const char *const names[] = { "X_B2.TIF",
					     "X_B3.TIF",
					     "X_B5.TIF",
					     "X_B10.TIF",
					     "X_BQA.TIF",
					     "X_ST_B6.TIF",
					     "L71150028_02820000614_B20.TIF" };
	char *dir = files_new(), *changed = text_with(text, from, to);

	files_text(dir, "x_MTL.txt", changed);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		files_text(dir, names[i], "");
	assert_refused(dir, ERROR_DATA, words);
	free(changed);
	files_remove(dir);
}

static void contradictions_are_refused(void **state)
{
	static const char *const changes[][4] = {
		{ collection_1, "\"X_B3.TIF", "\"X_B5.TIF",
		  "does not end with _B3.TIF: are bands" },
		{ collection_1, "\"X_B3.TIF", "\"XB3.TIF", "does not end with _B3.TIF" },
		{ collection_1, "\"X_BQA.TIF", "\"X_B5.TIF", "does not end with _BQA.TIF" },
		{ collection_1, "\"X_B3.TIF", "\"X_B3.FST", "no TIFF" },
		{ collection_1, "\"X_B3.TIF", "\"../X_B3.TIF", "FILE_NAME_BAND_3" },
		{ collection_1, "    REFLECTANCE_MULT_BAND_3 = 2.0000E-05\n", "",
		  "no REFLECTANCE_MULT_BAND_3 for X_B3.TIF" },
		{ collection_1, "    REFLECTANCE_ADD_BAND_3 = -0.100000\n", "",
		  "no REFLECTANCE_ADD_BAND_3 for X_B3.TIF" },
		{ collection_1, "MULT_BAND_3 = 2.0000E-05", "MULT_BAND_3 = nan", "not a number" },
		{ collection_1, "MULT_BAND_3 = 2.0000E-05", "MULT_BAND_3 = inf", "not a number" },
		{ collection_1, "MULT_BAND_3 = 2.0000E-05", "MULT_BAND_3 = 0", "B3: value" },
		{ collection_1, "MULT_BAND_10 = 3.3420E-04", "MULT_BAND_10 = -1", "B10: value" },
		{ collection_1, "= 774.8853", "= -774.8853", "K1" },
		{ collection_1, "= 1321.0789", "= ?", "K2_CONSTANT_BAND_10" },
		{ collection_1, "SUN_ELEVATION = 30.0", "SUN_ELEVATION = 0", "night" },
		{ collection_1, "SUN_ELEVATION = 30.0", "SUN_ELEVATION = 91", "sun elevation" },
		{ collection_1, "SUN_AZIMUTH = 130.5", "SUN_AZIMUTH = 777", "azimuth" },
		{ collection_1, "2017-07-12\n", "2017-13-12\n", "DATE_ACQUIRED" },
		{ collection_1, "LC08_L1TP_150028", "LC08_L1GT_150028", "LANDSAT_PRODUCT_ID" },
		{ collection_1, "\"OLI_TIRS\"", "\"TM\"", "LANDSAT_PRODUCT_ID" },
		{ collection_1, "COLLECTION_NUMBER = 01",
		  "COLLECTION_NUMBER = 01\n    X = 1\n    X = 2", "X stands twice" },
		{ before_collections, "_MULT_BAND_2 = 1.322", "_MULT_BAND_2 = 1.3,22",
		  "RADIANCE_MULT" },
		{ before_collections, "    RADIANCE_MULT_BAND_2 = 1.322\n", "",
		  "no REFLECTANCE_MULT_BAND_2 for X_B2.TIF" },
		{ before_collections, "MAX_BAND_4 = 255", "MAX_BAND_4 = 1", "largest stored" },
		{ before_collections, "= 221.0", "= -221.0", "B4: value" },
		{ before_collections, "    CLOUD_COVER = 7\n", "    EARTH_SUN_DISTANCE = 9.9\n",
		  "EARTH_SUN_DISTANCE" },
		{ oldest, "_B20.TIF", "_B30.TIF", "does not end with _B20.TIF" },
		{ oldest, "LMAX_BAND2 = 196.500", "LMAX_BAND2 = ", "LMAX_BAND2" },
		{ oldest, "    LMAX_BAND2 = 196.500\n", "", "REFLECTANCE_MULT_BAND_2" },
		{ oldest, "\"Landsat7\"", "\"EO1\"", "SPACECRAFT_ID" },
		{ temperature, "\"X_ST_B6.TIF", "\"X_SR_B6.TIF", "ST_B6.TIF" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		refused(changes[i][0], changes[i][1], changes[i][2], changes[i][3]);
}

/* A factor that is missing matters only where the file is there. */
static void an_absent_band_needs_no_factors(void **state)
{
	char *text = text_with(collection_1, "    REFLECTANCE_ADD_BAND_3 = -0.100000\n", "");
	struct product *p = read_text(text);

	(void)state;
	assert_true(p->granules->bands[ROLE_GREEN].gain == 0);
	assert_true(p->granules->bands[ROLE_NIR].gain == 2e-5);
	product_free(p);
	free(text);
}

/* Factors of 0, as those of TIRS while it was off: the band is left aside, with a warning. */
static void an_instrument_that_was_off_is_left_aside(void **state)
{
	char *dir = files_new(), *text = text_with(collection_1, "3.3420E-04", "0.0000E+00");
	struct product *p;

	(void)state;
	files_text(dir, "x_MTL.txt", text);
	files_image(dir, "X_B3.TIF", &usual);
	files_image(dir, "X_B10.TIF", &usual);
	p = open_good(dir);
	assert_null(p->granules->bands[ROLE_THERMAL].path);
	assert_null(p->granules->bands[ROLE_THERMAL].file);
	assert_non_null(strstr(p->warnings, "B10 is not calibrated"));
	product_free(p);
	free(text);
	files_remove(dir);
}

/* Renamed files are found by how they end, unless two do; the user is told once. */
static void renamed_files_are_found(void **state)
{
	char *dir = files_new(), path[4200];
	struct product *p;

	(void)state;
	files_text(dir, "l8_MTL.txt", collection_1);
	files_image(dir, "l8_b3.tif", &usual);
	files_image(dir, "l8_B5.tif", &usual);
	p = open_good(dir);
	assert_string_equal(p->granules->bands[ROLE_GREEN].file, "l8_b3.tif");
	assert_string_equal(p->granules->bands[ROLE_NIR].file, "l8_B5.tif");
	assert_non_null(strstr(p->warnings, "l8_b3.tif is taken for X_B3.TIF"));
	assert_null(strstr(p->warnings, "l8_B5.tif is taken"));
	product_free(p);
	files_image(dir, "l9_B3.TIF", &usual);
	p = open_good(dir);
	assert_null(p->granules->bands[ROLE_GREEN].path);
	assert_non_null(p->granules->bands[ROLE_NIR].path);
	product_free(p);
	files_image(dir, "X_B3.TIF", &usual);
	unlink(files_path(path, dir, "l8_B5.tif"));
	p = open_good(dir);
	assert_string_equal(p->granules->bands[ROLE_GREEN].file, "X_B3.TIF");
	assert_null(strstr(p->warnings, "is taken for"));
	product_free(p);
	files_remove(dir);
}

/* The angles of the sun count where their file is there and usable. */
static void the_sun_of_each_pixel_is_used(void **state)
{
	static const char id[] = "LC08_L1TP_150028_20170712_20200726_02_T1";
	char text[3000], *dir = files_new(), path[4200];
	struct image angles = usual;
	struct product *p;

	(void)state;
	snprintf(text, sizeof(text),
		 "GROUP = LANDSAT_METADATA_FILE\n  GROUP = PRODUCT_CONTENTS\n"
		 "    LANDSAT_PRODUCT_ID = \"%s\"\n    PROCESSING_LEVEL = \"L1TP\"\n"
		 "    COLLECTION_NUMBER = 02\n    FILE_NAME_BAND_3 = \"X_B3.TIF\"\n"
		 "    FILE_NAME_ANGLE_SOLAR_ZENITH_BAND_4 = \"X_SZA.TIF\"\n"
		 "  END_GROUP = PRODUCT_CONTENTS\n  GROUP = IMAGE_ATTRIBUTES\n"
		 "    SPACECRAFT_ID = \"LANDSAT_8\"\n    SENSOR_ID = \"OLI_TIRS\"\n"
		 "    WRS_PATH = 150\n    WRS_ROW = 28\n    DATE_ACQUIRED = 2017-07-12\n"
		 "    SCENE_CENTER_TIME = \"05:42:13.9783990Z\"\n    SUN_AZIMUTH = 1\n"
		 "    SUN_ELEVATION = 30\n  END_GROUP = IMAGE_ATTRIBUTES\n"
		 "  GROUP = LEVEL1_RADIOMETRIC_RESCALING\n    REFLECTANCE_MULT_BAND_3 = 2E-05\n"
		 "    REFLECTANCE_ADD_BAND_3 = -0.1\n  END_GROUP = LEVEL1_RADIOMETRIC_RESCALING\n"
		 "END_GROUP = LANDSAT_METADATA_FILE\n",
		 id);
	angles.type = GDT_Int16;
	files_text(dir, "x_MTL.txt", text);
	files_image(dir, "X_B3.TIF", &usual);
	files_image(dir, "X_SZA.TIF", &angles);
	p = open_good(dir);
	assert_int_equal(p->granules->sun, SUN_PIXEL);
	assert_true(p->granules->bands[ROLE_SUN_ZENITH].gain == .01);
	assert_int_equal(p->granules->bands[ROLE_SUN_ZENITH].fill, 0);
	product_free(p);
	files_text(dir, "X_SZA.TIF", "no image");
	p = open_good(dir);
	assert_int_equal(p->granules->sun, SUN_SCENE);
	product_free(p);
	unlink(files_path(path, dir, "X_SZA.TIF"));
	p = open_good(dir);
	assert_int_equal(p->granules->sun, SUN_SCENE);
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
		cmocka_unit_test(reads_collection_1),
		cmocka_unit_test(the_tier_may_stand_in_the_name),
		cmocka_unit_test(reads_radiance_of_before_the_collections),
		cmocka_unit_test(reads_metadata_of_before_2012),
		cmocka_unit_test(level_2_has_one_temperature),
		cmocka_unit_test(the_sun_is_where_it_should_be),
		cmocka_unit_test(contradictions_are_refused),
		cmocka_unit_test(an_absent_band_needs_no_factors),
		cmocka_unit_test(an_instrument_that_was_off_is_left_aside),
		cmocka_unit_test(renamed_files_are_found),
		cmocka_unit_test(the_sun_of_each_pixel_is_used),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
