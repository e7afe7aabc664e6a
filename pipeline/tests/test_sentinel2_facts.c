/* SPDX-License-Identifier: Apache-2.0
 *
 * What Sentinel-2 metadata says beside the bands: corners, times, data strip, offsets by the
 * user's word, angle grids.
 */
#include <math.h>
#include <unistd.h>

#include "pipeline/io/sentinel2.h"
#include "pipeline/io/sentinel2_internal.h"
#include "pipeline/tests/sentinel2_files.h"

/* The good product with one change to its metadata, opened. */
static struct product *open_with(const char *from, const char *to, char **dir)
{
	char *text = text_with(good, from, to);
	struct product *p;

	*dir = new_metadata(text, tile);
	p = open_good(*dir);
	free(text);
	return p;
}

static void facts_of_product_and_granule(void **state)
{
	char *dir = new_metadata(good, tile);
	struct product *p = open_good(dir);
	const struct granule *g = p->granules;

	(void)state;
	assert_true(p->processed == 1721290354); /* 2024-07-18T08:12:34Z */
	assert_string_equal(g->datastrip, "20240718T055640");
	assert_int_equal(g->footprint_nr, 4);
	assert_true(g->footprint[0].x == 76.29 && g->footprint[0].y == 46.05);
	assert_true(g->footprint[3].x == 76.28 && g->footprint[3].y == 45.06);
	product_free(p);
	files_remove(dir);
}

static void corners_come_in_many_ways(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		bool warned;
	} lists[] = {
		{ "46 76 46 77 45 77 45 76", 4, false },
		{ "46 76\n46 77\t45 77  46 76", 3, false },
		{ "46 76 0 46 77 0 45 77 0 46 76 0 46 76 0 46 76", 3, false },
		{ "46 76 0 46 77 0 45 77 0", 3, false },
		{ "0 10 0 11 1 11", 3, false },
		{ "", 0, false },
		{ "46 76 46 77", 0, true },
		{ "46 76 46 76 46 76 46 76", 0, true },
		{ "46 76 46 77 45 77 45", 0, true },
		{ "76 46 77 146 77 145 96 45", 0, true },
		{ "46 76 46 181 45 77", 0, true },
		{ "46 76 46 east 45 77", 0, true },
		{ "46 76 46 nan 45 77", 0, true },
		{ "46,76 46,77 45,77", 0, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		char *dir;
		struct product *p = open_with(CORNERS, lists[i].text, &dir);

		assert_int_equal(p->granules->footprint_nr, lists[i].n);
		assert_int_equal(strstr(p->warnings, "EXT_POS_LIST") != NULL, lists[i].warned);
		product_free(p);
		files_remove(dir);
	}
}

static void corners_are_limited(void **state)
{
	static const int counts[] = { FOOTPRINT_POINTS_MAX, FOOTPRINT_POINTS_MAX + 1, 5000 };

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		char *list = malloc(5000 * 16), *at = list, *dir;
		struct product *p;

		assert_non_null(list);
		for (int k = 0; k < counts[i]; k++)
			at += sprintf(at, "%.4f %d ", k * 0.0001, 76 + k % 2);
		p = open_with(CORNERS, list, &dir);
		assert_int_equal(p->granules->footprint_nr,
				 counts[i] <= FOOTPRINT_POINTS_MAX ? counts[i] : 0);
		assert_int_equal(strstr(p->warnings, "not 3 to 64 places") != NULL, i > 0);
		product_free(p);
		free(list);
		files_remove(dir);
	}
}

static void doubtful_facts_are_warnings(void **state)
{
	static const char *const changes[][3] = {
		{ "08:12:34.000000Z", "08:72:34Z", "GENERATION_TIME" },
		{ ">3.25<", ">325<", "Cloud_Coverage_Assessment" },
		{ ">3.25<", ">so\nme<", "\"so?me\" is not a percentage" },
		{ ">3.25<", ">some<", "Cloud_Coverage_Assessment" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		char *dir;
		struct product *p = open_with(changes[i][0], changes[i][1], &dir);

		assert_non_null(strstr(p->warnings, changes[i][2]));
		assert_true(i ? isnan(p->cloud_cover_percent) : p->processed == 0);
		product_free(p);
		files_remove(dir);
	}
}

static void a_strip_without_time_is_nameless(void **state)
{
	static const char *const ids[] = { "_S20240718T05564_N05.10", "_S2024071XT055640_N05.10",
					   "_S20240718T055640x", "" };

	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		char *text = text_with(tile, "_S20240718T055640_N05.10", ids[i]),
		     *dir = new_metadata(good, text);
		struct product *p = open_good(dir);

		assert_string_equal(p->granules->datastrip, "");
		product_free(p);
		free(text);
		files_remove(dir);
	}
}

/* The offset of green under a rule; the warnings must hold a word, or no word on offsets. */
static double offset_by(const char *text, enum offset_rule rule, const char *word)
{
	struct input_options options = { .offset = rule };
	char *dir = new_metadata(text, tile);
	struct product *p;
	struct error e = { 0 };
	double offset;

	assert_int_equal(product_open(&p, dir, &options, &e), 0);
	offset = p->granules->bands[ROLE_GREEN].offset;
	if (word ? !strstr(p->warnings, word) : !!strstr(p->warnings, "offset"))
		fail_msg("\"%s\" and \"%s\"", p->warnings, word ? word : "no offset");
	product_free(p);
	files_remove(dir);
	return offset;
}

static void the_user_decides_on_offsets(void **state)
{
	char *none = text_with(good, OFFSETS, ""), *few = text_with(good, OFFSET(2, -1002), "");

	(void)state;
	assert_true(offset_by(good, OFFSET_PRODUCT, NULL) == -1002.0 / 10000);
	assert_true(offset_by(good, OFFSET_NONE,
			      "taken as 0, as asked for; the metadata says "
			      "otherwise") == 0);
	assert_true(offset_by(good, OFFSET_1000, "taken as -1000") == -0.1);
	assert_true(offset_by(none, OFFSET_NONE, "the metadata says the same") == 0);
	assert_true(offset_by(none, OFFSET_1000, "the metadata says otherwise") == -0.1);
	assert_true(offset_by(few, OFFSET_1000, "the metadata says otherwise") == -0.1);
	free(none);
	free(few);
}

#define GRID(step, rows)                                                                           \
	"<COL_STEP unit=\"m\">" step "</COL_STEP><ROW_STEP unit=\"m\">5000</ROW_STEP>"             \
	"<Values_List>" rows "</Values_List>"
#define ROW(values) "<VALUES>" values "</VALUES>"
#define SUN                                                                                        \
	"<Sun_Angles_Grid><Zenith>" GRID(                                                          \
		"5000",                                                                            \
		ROW("30 31 32") ROW(                                                               \
			"33 34 NaN")) "</Zenith><Azimuth>" GRID("5000",                            \
								ROW("150 151 152") ROW(            \
									"153 154 155")) "</Azimuth></Sun_Angles_Grid>\n"
#define VIEWS(band, detector, z0, z1, a0, a1)                                                      \
	"<Viewing_Incidence_Angles_Grids bandId=\"" #band "\" detectorId=\"" #detector "\">"       \
	"<Zenith>" GRID(                                                                           \
		"5000",                                                                            \
		ROW(z0) ROW(z1)) "</Zenith>"                                                       \
				 "<Azimuth>" GRID(                                                 \
					 "5000",                                                   \
					 ROW(a0) ROW(a1)) "</Azimuth>"                             \
							  "</Viewing_Incidence_Angles_Grids>\n"
#define ALL                                                                                        \
	SUN VIEWS(0, 1, "4 5 NaN", "NaN NaN NaN", "350 100 NaN", "NaN NaN NaN")                    \
		VIEWS(0, 2, "NaN 7 8", "NaN nan NaN", "NaN 110 90", "NaN NaN 20")                  \
			VIEWS(1, 1, "6 6 NaN", "NaN NaN NaN", "20 120 NaN", "NaN NaN NaN")

/* The granule with these grids, one change made. */
static struct product *open_grids(const char *from, const char *to, char **dir)
{
	char *text = text_with(tile, "<Tile_Angles>", "<Tile_Angles>" ALL);
	struct product *p;

	change(&text, from, to);
	*dir = new_metadata(good, text);
	p = open_good(*dir);
	free(text);
	return p;
}

static void reads_angle_grids(void **state)
{
	char *dir;
	struct product *p = open_grids("<Tile_Angles>", "<Tile_Angles>", &dir);
	const struct angle_grid *sun = &p->granules->sun_angles, *view = &p->granules->view_angles;

	(void)state;
	assert_true(sun->columns == 3 && sun->rows == 2);
	assert_true(sun->step_x_m == 5000 && sun->step_y_m == 5000);
	assert_true(sun->zenith_deg[0] == 30 && sun->zenith_deg[4] == 34);
	assert_true(sun->azimuth_deg[2] == 152 && sun->azimuth_deg[3] == 153);
	/* Where one of the two is not seen, neither is. */
	assert_true(isnan(sun->zenith_deg[5]) && isnan(sun->azimuth_deg[5]));
	assert_true(view->columns == 3 && view->rows == 2);
	assert_true(view->zenith_deg[0] == 5 && view->azimuth_deg[0] == 5);
	assert_true(view->zenith_deg[1] == 6 && view->azimuth_deg[1] == 110);
	assert_true(view->zenith_deg[2] == 8 && view->azimuth_deg[2] == 90);
	for (int i = 3; i < 6; i++)
		assert_true(isnan(view->zenith_deg[i]) && isnan(view->azimuth_deg[i]));
	assert_null(strstr(p->warnings, "angle"));
	product_free(p);
	files_remove(dir);
}

static void bad_angle_grids_are_left_out(void **state)
{
	static const struct {
		const char *from, *to, *word;
		bool sun;
	} changes[] = {
		{ ROW("30 31 32"), ROW("30 31"), "Sun_Angles_Grid", true },
		{ ROW("30 31 32") ROW("33 34 NaN"), ROW("30 31 32"), "differ in size", true },
		{ ROW("33 34 NaN"), ROW("33 34"), "row 2 has not 3 values", true },
		{ ROW("33 34 NaN"), ROW("33 34 35 36"), "row 2 has not 3 values", true },
		{ ROW("33 34 NaN"), ROW("33 34 low"), "\"low\" in row 2", true },
		{ ROW("33 34 NaN"), ROW("33 34 \033"), "\"?\" in row 2", true },
		{ ROW("33 34 NaN"), ROW("33 34 inf"), "\"inf\" in row 2", true },
		{ ROW("33 34 NaN"), ROW("33 34 181"), "\"181\" in row 2", true },
		{ ROW("33 34 NaN"), ROW("33 34 -1"), "\"-1\" in row 2", true },
		{ ROW("153 154 155"), ROW("153 154 361"), "Azimuth: \"361\"", true },
		{ ROW("30 31 32") ROW("33 34 NaN"), "", "Zenith has 0 rows of 0 values", true },
		{ "<Azimuth>" GRID("5000", ROW("150 151 152") ROW("153 154 155")) "</Azimuth>", "",
		  "Azimuth is missing", true },
		{ "<COL_STEP unit=\"m\">5000", "<COL_STEP unit=\"m\">0", "COL_STEP", true },
		{ "<COL_STEP unit=\"m\">5000", "<COL_STEP unit=\"m\">5 km", "COL_STEP", true },
		{ "<COL_STEP unit=\"m\">5000", "<COL_STEP unit=\"m\">60", "differ in size or steps",
		  true },
		{ ROW("NaN 7 8") ROW("NaN nan NaN"), ROW("NaN 7") ROW("NaN 8"),
		  "band 0, detector 2", false },
		{ ROW("6 6 NaN"), ROW("6 91 NaN"), "band 1, detector 1", false },

	};

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		char *dir;
		struct product *p = open_grids(changes[i].from, changes[i].to, &dir);
		const struct granule *g = p->granules;

		assert_int_equal(g->sun_angles.columns, changes[i].sun ? 0 : 3);
		assert_int_equal(g->view_angles.columns, changes[i].sun ? 3 : 0);
		assert_int_equal(g->sun_angles.zenith_deg != NULL, !changes[i].sun);
		assert_true(g->sun_elevation_deg == 62.5 && g->view_zenith_deg == 5);
		if (!strstr(p->warnings, "angle grid left out: ") ||
		    !strstr(p->warnings, changes[i].word))
			fail_msg("\"%s\" should hold \"%s\"", p->warnings, changes[i].word);
		product_free(p);
		files_remove(dir);
	}
}

/* One node more than is taken, in either direction. */
static void angle_grids_are_limited(void **state)
{
	(void)state;
	for (int tall = 0; tall < 2; tall++) {
		int n = SENTINEL2_ANGLE_NODES_MAX + 1;
		char *rows = malloc((size_t)n * 32), *at = rows, *dir;
		struct product *p;

		assert_non_null(rows);
		if (!tall)
			at += sprintf(at, "<VALUES>");
		for (int i = 0; i < n; i++)
			at += sprintf(at, "%s", tall ? ROW("1") : "1 ");
		if (!tall)
			sprintf(at, "</VALUES>");
		p = open_grids(ROW("30 31 32") ROW("33 34 NaN"), rows, &dir);
		assert_int_equal(p->granules->sun_angles.columns, 0);
		assert_non_null(strstr(p->warnings, tall ? "257 rows of 1" : "1 rows of 257"));
		product_free(p);
		free(rows);
		files_remove(dir);
	}
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
		cmocka_unit_test(facts_of_product_and_granule),
		cmocka_unit_test(corners_come_in_many_ways),
		cmocka_unit_test(corners_are_limited),
		cmocka_unit_test(doubtful_facts_are_warnings),
		cmocka_unit_test(a_strip_without_time_is_nameless),
		cmocka_unit_test(the_user_decides_on_offsets),
		cmocka_unit_test(reads_angle_grids),
		cmocka_unit_test(bad_angle_grids_are_left_out),
		cmocka_unit_test(angle_grids_are_limited),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
