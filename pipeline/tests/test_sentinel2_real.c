/* SPDX-License-Identifier: Apache-2.0
 *
 * Real Sentinel-2 metadata in $BALKHASH_TESTDATA/sentinel2, baselines 02.04 to 05.09, against what
 * its XML says; the mean view angles of nodes were computed apart from the program.
 */
#include <math.h>

#include "pipeline/io/sentinel2.h"
#include "pipeline/tests/product_files.h"

struct node {
	int index; /* row * 23 + column */
	double zenith, azimuth;
};

static const struct real {
	const char *path, *id, *granule, *baseline, *orbit, *datastrip;
	int64_t time, processed;
	double clouds, offset, sun_zenith, sun_azimuth;
	size_t corners;
	struct point first_corner;
	struct node node; /* of view_angles */
} reals[] = {
	{ "metadata/S2A_MSIL1C_20170226T102021_N0204_R065_T32TNM_20170226T102458.SAFE",
	  "S2A_MSIL1C_20170226T102021_N0204_R065_T32TNM_20170226T102458",
	  "S2A_L1C_20170226T102021_T32TNM",
	  "02.04",
	  "065",
	  "20170226T102458",
	  1488104421,
	  1488104698,
	  0.1491,
	  0,
	  52.6712175837424,
	  159.613912469681,
	  11,
	  { 9.975430158966422, 42.4470105948154 },
	  { 22 * 23 + 3, 9.168831538, 277.53438461 } },
	{ "metadata/S2A_MSIL1C_20200717T221941_R029_T01LAC_20200717T234135.SAFE",
	  "S2A_MSIL1C_20200717T221941_N0209_R029_T01LAC_20200717T234135",
	  "S2A_L1C_20200717T221941_T01LAC",
	  "02.09",
	  "029",
	  "20200717T221944",
	  1595024381,
	  1595029295,
	  5.4828,
	  0,
	  45.183085206095,
	  36.1960474596642,
	  6,
	  { 180, -15.35591136701329 },
	  { 11 * 23 + 11, 2.269583077, 63.39335385 } },
	{ "metadata/S2A_MSIL1C_20210908T042701_N0301_R133_T46RER_20210908T070248.SAFE",
	  "S2A_MSIL1C_20210908T042701_N0301_R133_T46RER_20210908T070248",
	  "S2A_L1C_20210908T042701_T46RER",
	  "03.01",
	  "133",
	  "20210908T043714",
	  1631075221,
	  1631084568,
	  88.2972,
	  0,
	  26.4931642669439,
	  142.987598836457,
	  10,
	  { 93.43341763893636, 28.023673957735582 },
	  { 0, 8.619717692, 275.49353846 } },
	{ "metadata/S2A_MSIL2A_20150826T185436_N0212_R070_T11SLT_20210412T023147",
	  "S2A_MSIL2A_20150826T185436_N0212_R070_T11SLT_20210412T023147",
	  "S2A_L2A_20150826T185436_T11SLT",
	  "02.12",
	  "070",
	  "20150826T185435",
	  1440615276,
	  1618194707,
	  3.113053,
	  0,
	  27.3677090099684,
	  145.690428046411,
	  4,
	  { -119.17378006, 34.32236553 },
	  { 0, 8.396708462, 275.68084615 } },
	{ "metadata/S2B_MSIL2A_20220413T150759_N0400_R025_T33XWJ_20220414T082126.SAFE",
	  "S2B_MSIL2A_20220413T150759_N0400_R025_T33XWJ_20220414T082126",
	  "S2B_L2A_20220413T150759_T33XWJ",
	  "04.00",
	  "025",
	  "20220413T150756",
	  1649862479,
	  1649924486,
	  98.944211,
	  -0.1,
	  76.5286190227361,
	  246.540424743604,
	  6,
	  { 17.7331712786673, 80.14220060199362 },
	  { 0, 11.411053846, 2.29356831 } },
	{ "metadata/S2A_MSIL2A_20230625T234621_N0509_R073_T01WCP_20230626T022157.SAFE",
	  "S2A_MSIL2A_20230625T234621_N0509_R073_T01WCP_20230626T022157",
	  "S2A_L2A_20230625T234621_T01WCP",
	  "05.09",
	  "073",
	  "20230625T234624",
	  1687736781,
	  1687746117,
	  15.047897000000003,
	  -0.1,
	  42.8949736512547,
	  174.705217601066,
	  6,
	  { 180, 65.69971321830725 },
	  { 22 * 23 + 3, 3.436155385, 134.573 } },
};

/* A path in the folder of test data; the test is skipped without it. */
static const char *real_path(char path[4200], const char *name)
{
	const char *folder = getenv("BALKHASH_TESTDATA");

	if (!folder) {
		print_message("BALKHASH_TESTDATA is not set\n");
		skip();
	}
	snprintf(path, 4200, "%s/sentinel2/%s", folder, name);
	return path;
}

static void check_granule(const struct real *r, const struct product *p)
{
	const struct granule *g = p->granules;
	const struct product_band *swir = &g->bands[ROLE_SWIR1];

	assert_string_equal(g->id, r->granule);
	assert_string_equal(g->datastrip, r->datastrip);
	assert_true(fabs(90 - g->sun_elevation_deg - r->sun_zenith) < 1e-9);
	assert_true(fabs(g->sun_azimuth_deg - r->sun_azimuth) < 1e-9);
	assert_true(swir->gain == 1e-4 && swir->offset == r->offset);
	assert_true(swir->fill == 0 && swir->saturated == 65535);
	assert_null(swir->path);
	assert_true(g->sun_angles.columns == 23 && g->sun_angles.rows == 23);
	assert_true(g->view_angles.columns == 23 && g->view_angles.rows == 23);
	assert_true(g->view_angles.step_x_m == 5000 && g->view_angles.step_y_m == 5000);
	assert_true(fabs(g->view_angles.zenith_deg[r->node.index] - r->node.zenith) < 1e-5);
	assert_true(fabs(g->view_angles.azimuth_deg[r->node.index] - r->node.azimuth) < 1e-4);
	assert_int_equal(g->footprint_nr, r->corners);
	assert_true(g->footprint[0].x == r->first_corner.x);
	assert_true(g->footprint[0].y == r->first_corner.y);
}

static void reads_real_metadata(void **state)
{
	char path[4200];

	(void)state;
	for (size_t i = 0; i < sizeof(reals) / sizeof(reals[0]); i++) {
		const struct real *r = &reals[i];
		struct product *p = open_good(real_path(path, r->path));

		assert_string_equal(p->id, r->id);
		assert_string_equal(p->baseline, r->baseline);
		assert_string_equal(p->orbit, r->orbit);
		assert_true(p->time == r->time);
		assert_true(p->processed == r->processed);
		assert_true(p->cloud_cover_percent == r->clouds);
		assert_int_equal(p->granules_nr, 1);
		check_granule(r, p);
		product_free(p);
	}
}

/* 94 polygons without holes; their area was computed apart from the program. */
static void reads_real_clouds(void **state)
{
	static const char *const forms[] = {
		"S2A_MSIL1C_20201031T004711_N0209_R102_T53JQJ_20201031T022859.SAFE",
		"S2A_MSIL1C_20201031T004711_N0209_R102_T53JQJ_20201031T022859.zip",
	};
	char path[4200];

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct product *p = open_good(real_path(path, forms[i]));
		const struct granule *g = p->granules;
		size_t vertices = 0;

		assert_int_equal(g->opaque.rings_nr, 94);
		for (size_t k = 0; k < g->opaque.rings_nr; k++)
			vertices += g->opaque.rings[k].points_nr;
		assert_int_equal(vertices, 10772);
		assert_true(polygon_area(&g->opaque) == 746838000.0);
		assert_int_equal(g->cirrus.rings_nr, 0);
		assert_string_equal(p->warnings, "");
		product_free(p);
	}
}

static void real_clear_skies_have_no_clouds(void **state)
{
	char path[4200];
	struct product *p = open_good(real_path(
		path, "S2A_MSIL1C_20180629T000241_N0206_R030_T56JMM_20180629T012042.SAFE"));

	(void)state;
	assert_int_equal(p->granules->opaque.rings_nr + p->granules->cirrus.rings_nr, 0);
	assert_null(strstr(p->warnings, "cloud"));
	assert_true(fabs(p->granules->view_angles.zenith_deg[0] - 4.915673077) < 1e-5);
	product_free(p);
}

/* A tile of the AWS bucket has no metadata of a product. */
static void tiles_of_a_bucket_are_not_products(void **state)
{
	static const char *const tiles[] = {
		"metadata/S2A_OPER_MSI_L1C_TL_SGS__20181231T203637_A018414_T10SDG",
		"metadata/S2A_OPER_MSI_L2A_TL_SGS__20181231T210250_A018414_T10SDG",
		"metadata/S2A_T60CWS_20240109T203651_L2A",
	};
	char path[4200];

	(void)state;
	for (size_t i = 0; i < sizeof(tiles) / sizeof(tiles[0]); i++)
		assert_refused(real_path(path, tiles[i]), ERROR_DATA, "is not a product");
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
		cmocka_unit_test(reads_real_metadata),
		cmocka_unit_test(reads_real_clouds),
		cmocka_unit_test(real_clear_skies_have_no_clouds),
		cmocka_unit_test(tiles_of_a_bucket_are_not_products),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
