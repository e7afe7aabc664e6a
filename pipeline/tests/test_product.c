/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "pipeline/io/folder.h"
#include "pipeline/io/info.h"
#include "pipeline/io/sensor.h"
#include "pipeline/tests/product_files.h"

/* What gdalinfo and a reading eye say of the real products; offsets and gains for green. */
static const struct {
	const char *path, *id, *datatake, *crs, *time;
	double x0, y0, gain, bias;
	int width, height, levels, block_w, block_h, files;
} real[] = {
	{ "landsat/LC08_L1GT_089074_20220506_20220512_02_T2", "LC08_L1GT_20220506T233959_089074",
	  "LC08_089_20220506", "EPSG:32656", "2022-05-06T23:39:59Z", 594285, -2121285,
	  2e-5 / 0.685110, -0.1 / 0.685110, 60, 60, 0, 60, 60, 10 },
	{ "landsat/LC08_L2SP_005009_20150710_20200908_02_T2", "LC08_L2SP_20150710T143435_005009",
	  "LC08_005_20150710", "EPSG:32624", "2015-07-10T14:34:35Z", 365685, 8143815, 2.75e-5, -0.2,
	  512, 512, 0, 512, 8, 9 },
	{ "landsat/LC08_L2SP_008059_20191201_20200825_02_T1", "LC08_L2SP_20191201T151351_008059",
	  "LC08_008_20191201", "EPSG:32618", "2019-12-01T15:13:51Z", 378285, 275715, 2.75e-5, -0.2,
	  512, 512, 0, 512, 8, 9 },
	{ "landsat/LE07_L2SP_090084_20210331_20210426_02_T1", "LE07_L2SP_20210331T230159_090084",
	  "LE07_090_20210331", "EPSG:32655", "2021-03-31T23:01:59Z", 643185, -3725685, 2.75e-5,
	  -0.2, 60, 60, 0, 60, 60, 8 },
	{ "landsat/LE07_L2SR_023028_20110907_20200909_02_T1", "LE07_L2SR_20110907T162330_023028",
	  "LE07_023_20110907", "EPSG:32616", "2011-09-07T16:23:30Z", 498765, 5088435, 2.75e-5, -0.2,
	  258, 243, 0, 256, 256, 8 },
	{ "landsat/LT05_L2SP_090084_19980308_20200909_02_T1", "LT05_L2SP_19980308T232647_090084",
	  "LT05_090_19980308", "EPSG:32655", "1998-03-08T23:26:47Z", 638085, -3724785, 2.75e-5,
	  -0.2, 60, 60, 0, 60, 60, 8 },
	{ "sentinel2/S2A_MSIL1C_20180629T000241_N0206_R030_T56JMM_20180629T012042.SAFE",
	  "S2A_L1C_20180629T000241_T56JMM", "GS2A_20180629T000241_015757", "EPSG:32756",
	  "2018-06-29T00:02:41Z", 399960, 6700000, 1e-4, 0, 439, 439, 0, 439, 439, 13 },
	{ "sentinel2/S2A_MSIL1C_20201031T004711_N0209_R102_T53JQJ_20201031T022859.SAFE",
	  "S2A_L1C_20201031T004711_T53JQJ", "GS2A_20201031T004711_027984", "EPSG:32753",
	  "2020-10-31T00:47:11Z", 699960, 6900040, 1e-4, 0, 20, 20, 0, 20, 20, 13 },
	{ "sentinel2/S2A_MSIL2A_20220917T105041_N0400_R051_T30SXH_20220917T171000.SAFE",
	  "S2A_L2A_20220917T105041_T30SXH", "GS2A_20220917T105041_037792", "EPSG:32630",
	  "2022-09-17T10:50:41Z", 694380, 4222560, 1e-4, -0.1, 420, 528, 1, 256, 256, 13 },
	{ "sentinel2/S2B_MSIL1C_20190918T105029_N0208_R051_T30SXH_20190918T145224.SAFE",
	  "S2B_L1C_20190918T105029_T30SXH", "GS2B_20190918T105029_013234", "EPSG:32630",
	  "2019-09-18T10:50:29Z", 694380, 4222560, 1e-4, 0, 420, 528, 2, 420, 528, 13 },
};

static const char *testdata(void)
{
	const char *data = getenv("BALKHASH_TESTDATA");

	if (!data || !folder_is_folder(data)) {
		print_message("# skipped: BALKHASH_TESTDATA names no folder of products\n");
		skip();
	}
	return data;
}

static int files_of(const struct granule *g)
{
	int n = 0;

	for (enum role r = 0; r < ROLE_NR; r++)
		n += g->bands[r].path && (role_is_reflectance(r) || r == ROLE_QA_PIXEL ||
					  r == ROLE_QA_RADSAT || r == ROLE_SCL);
	return n;
}

static void check_real(const char *data, size_t i)
{
	static const enum role water[] = { ROLE_GREEN, ROLE_RED, ROLE_NIR, ROLE_SWIR1, ROLE_SWIR2 };
	char path[4200], time[21];
	struct product *p = open_good(files_path(path, data, real[i].path));
	const struct granule *g = p->granules;
	const struct product_band *green = &g->bands[ROLE_GREEN];
	struct error e = { 0 };

	assert_int_equal(p->granules_nr, 1);
	assert_string_equal(g->id, real[i].id);
	assert_string_equal(p->datatake, real[i].datatake);
	product_time_iso(p, time);
	assert_string_equal(time, real[i].time);
	assert_string_equal(g->grid.crs.def, real[i].crs);
	assert_true(g->grid.x0 == real[i].x0 && g->grid.y0 == real[i].y0);
	assert_int_equal(g->grid.width, real[i].width);
	assert_int_equal(g->grid.height, real[i].height);
	assert_true(fabs((double)green->calib.gain / real[i].gain - 1) < 1e-6);
	assert_true(fabs((double)green->calib.bias - real[i].bias) < 1e-6);
	assert_int_equal(green->levels, real[i].levels);
	assert_int_equal(green->block_w, real[i].block_w);
	assert_int_equal(green->block_h, real[i].block_h);
	assert_int_equal(green->jpeg2000, real[i].path[0] == 's');
	assert_int_equal(files_of(g), real[i].files);
	assert_string_equal(p->warnings, "");
	if (product_require(p, g, water, 5, "layer water", &e))
		fail_msg("%s", e.text);
	product_free(p);
}

static void real_products_are_what_they_are(void **state)
{
	const char *data = testdata();

	(void)state;
	for (size_t i = 0; i < sizeof(real) / sizeof(real[0]); i++)
		check_real(data, i);
}

/* Open everything in a folder: a product, or an error of one line. */
static void open_all(const char *data, const char *name)
{
	char path[4200];
	struct folder f;
	struct error e = { 0 };

	if (folder_read(&f, files_path(path, data, name), &e))
		fail_msg("%s", e.text);
	assert_true(f.names_nr > 0);
	for (size_t i = 0; i < f.names_nr; i++) {
		struct product *p = NULL;

		memset(&e, 0, sizeof(e));
		if (!product_open(&p, files_path(path, f.path, f.names[i]), NULL, &e))
			product_free(p);
		else if (!e.text[0] || strchr(e.text, '\n') || e.code != ERROR_DATA)
			fail_msg("%s: code %d, \"%s\"", path, e.code, e.text);
	}
	folder_release(&f);
}

static void everything_else_is_refused_in_words(void **state)
{
	const char *data = testdata();

	(void)state;
	open_all(data, "landsat");
	open_all(data, "landsat/metadata");
	open_all(data, "sentinel2");
	open_all(data, "sentinel2/metadata");
	open_all(data, "hls");
	open_all(data, "mosaic");
	open_all(data, "");
}

/* Metadata of real products and one image made for each. */
static void real_metadata_with_a_made_image(void **state)
{
	static const struct {
		const char *name, *id, *warning;
		double bias;
	} cases[] = {
		{ "LC08_L1TP_193024_20180824_20200831_02_T1", "LC08_L1TP_", "cirrus (B9)", 0 },
		{ "LC08_L2SP_047027_20201204_20210313_02_T1", "LC08_L2SP_", "swir2 (B7)", -0.2 },
		{ "LC09_L2SP_010065_20220129_20220131_02_T1", "LC09_L2SP_", "qa_radsat", -0.2 },
		{ "LC08_L2SR_099120_20191129_20201016_02_T2", "LC08_L2SR_", "qa_pixel", -0.2 },
	};
	const char *data = testdata();
	struct image image = { "GTiff", "EPSG:32643", 600000, 5100000,	  30,
			       20,	10,	      1,      GDT_UInt16, NULL };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *dir = files_new(), from[4200], to[4200], name[300];
		struct product *p;

		snprintf(name, sizeof(name), "landsat/metadata/%s_MTL.txt", cases[i].name);
		files_path(from, data, name);
		assert_int_equal(CPLCopyFile(files_path(to, dir, "x_MTL.txt"), from), 0);
		snprintf(name, sizeof(name), "%s_%sB3.TIF", cases[i].name,
			 cases[i].bias < 0 ? "SR_" : "");
		files_image(dir, name, &image);
		p = open_good(dir);
		assert_memory_equal(p->granules->id, cases[i].id, strlen(cases[i].id));
		assert_string_equal(p->id, cases[i].name);
		assert_non_null(strstr(p->warnings, cases[i].warning));
		if (cases[i].bias < 0)
			assert_true(p->granules->bands[ROLE_GREEN].calib.bias ==
				    (float)cases[i].bias);
		product_free(p);
		files_remove(dir);
	}
}

/* The sensor of a satellite that is known. */
static const struct sensor *sensor_of(const char *spacecraft, const char *instrument)
{
	bool known;
	const struct platform *p = sensor_platform(spacecraft, instrument, &known);

	assert_non_null(p);
	assert_true(known);
	return p->sensor;
}

static void platforms_are_found_by_any_spelling(void **state)
{
	bool known;

	(void)state;
	assert_string_equal(sensor_platform("LANDSAT_9", "OLI_TIRS", &known)->mission, "LC09");
	assert_true(known);
	assert_string_equal(sensor_platform("landsat-9", "oli_tirs", &known)->mission, "LC09");
	assert_true(known);
	assert_string_equal(sensor_platform("Landsat5", "TM", &known)->mission, "LT05");
	assert_true(known);
	assert_string_equal(sensor_platform("Sentinel-2D", "MSI", &known)->mission, "S2C");
	assert_false(known);
	assert_string_equal(sensor_platform("LANDSAT_10", "OLI_TIRS", &known)->mission, "LC09");
	assert_false(known);
	assert_null(sensor_platform("LANDSAT_3", "MSS", &known));
	assert_null(sensor_platform("", "", &known));
	assert_null(sensor_hls("X30"));
}

static void sensors_have_one_band_for_a_role(void **state)
{
	const struct sensor *all[] = { sensor_of("LANDSAT_5", "TM"),
				       sensor_of("LANDSAT_7", "ETM"),
				       sensor_of("LANDSAT_8", "OLI_TIRS"),
				       sensor_of("Sentinel-2A", "MSI"),
				       sensor_of("Sentinel-2B", "MSI"),
				       sensor_of("Sentinel-2C", "MSI"),
				       sensor_hls("L30"),
				       sensor_hls("S30") };

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		uint64_t seen = 0;

		for (size_t k = 0; k < all[i]->bands_nr; k++) {
			const struct sensor_band *b = &all[i]->bands[k];

			assert_false(seen >> b->role & 1);
			seen |= UINT64_C(1) << b->role;
			assert_ptr_equal(sensor_find(all[i], b->role), b);
			assert_true(role_is_reflectance(b->role) || role_is_thermal(b->role));
		}
		for (enum role r = ROLE_BLUE; r <= ROLE_RED; r++)
			assert_true(sensor_find(all[i], r)->wavelength_nm <
				    sensor_find(all[i], ROLE_NIR)->wavelength_nm);
		assert_true(sensor_delivers(all[i], LEVEL_SURFACE, "", ROLE_SWIR1));
		assert_false(sensor_delivers(all[i], LEVEL_SURFACE, "", ROLE_CIRRUS));
	}
	assert_true(sensor_delivers(all[2], LEVEL_TOA, "02", ROLE_QA_PIXEL));
	assert_false(sensor_delivers(all[2], LEVEL_TOA, "01", ROLE_QA_PIXEL));
	assert_true(sensor_delivers(all[2], LEVEL_TOA, "01", ROLE_BQA_C1));
	assert_true(sensor_delivers(all[2], LEVEL_TOA, "pre", ROLE_BQA_PRE));
	assert_false(sensor_delivers(all[0], LEVEL_TOA, "pre", ROLE_BQA_PRE));
	assert_string_equal(sensor_find(all[0], ROLE_SWIR1)->name, "B5");
	assert_string_equal(sensor_find(all[2], ROLE_SWIR1)->name, "B6");
	assert_string_equal(sensor_find(all[3], ROLE_SWIR1)->name, "B11");
	assert_string_equal(sensor_find(all[3], ROLE_NIR_NARROW)->name, "B8A");
	assert_string_equal(sensor_find(all[7], ROLE_NIR)->name, "B8A");
	assert_string_equal(role_name(ROLE_SCL), "scl");
}

/* The bands a satellite's QA_RADSAT names must be those that the water rules read. */
static void saturation_bits_follow_the_band_numbers(void **state)
{
	static const enum role water[] = { ROLE_BLUE, ROLE_GREEN, ROLE_RED,
					   ROLE_NIR,  ROLE_SWIR1, ROLE_SWIR2 };
	const struct sensor *all[] = { sensor_of("LANDSAT_5", "TM"), sensor_of("LANDSAT_7", "ETM"),
				       sensor_of("LANDSAT_9", "OLI") };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const struct sensor *s = all[i];
		unsigned bits = 0;

		for (size_t k = 0; k < 6; k++)
			bits |= 1u << (atoi(sensor_find(s, water[k])->name + 1) - 1);
		assert_int_equal(s->radsat_saturated, bits);
		assert_int_equal(s->radsat_defect & bits, 0);
	}
}

static void info_says_the_facts(void **state)
{
	const char *data = testdata();
	char path[4200], *text = NULL;
	size_t n = 0;
	struct product *p = open_good(files_path(path, data, real[8].path));
	FILE *out = open_memstream(&text, &n);
	json_t *o = info_json(p), *g, *band;

	(void)state;
	info_print(p, out);
	fclose(out);
	assert_non_null(strstr(text, "2022-09-17T10:50:41Z"));
	assert_non_null(strstr(text, "* 0.0001 - 0.1"));
	assert_non_null(strstr(text, "EPSG:32630, 420 x 528 pixels of 10 x 10 m\n"));
	assert_null(strstr(text, "missing"));
	assert_string_equal(json_string_value(json_object_get(o, "mission")), "S2A");
	assert_string_equal(json_string_value(json_object_get(o, "orbit")), "051");
	assert_int_equal(json_array_size(json_object_get(o, "warnings")), 0);
	g = json_array_get(json_object_get(o, "granules"), 0);
	assert_string_equal(json_string_value(json_object_get(g, "tile")), "T30SXH");
	assert_true(json_real_value(json_array_get(
			    json_object_get(json_object_get(g, "grid"), "bounds"), 1)) == 4217280);
	assert_true(json_is_true(
		json_object_get(json_array_get(json_object_get(g, "layers"), 0), "possible")));
	assert_int_equal(json_array_size(json_object_get(g, "bands")), 12);
	assert_int_equal(json_array_size(json_object_get(g, "masks")), 1);
	assert_int_equal(json_array_size(json_object_get(g, "missing")), 0);
	band = json_array_get(json_object_get(g, "bands"), 1);
	assert_string_equal(json_string_value(json_object_get(band, "role")), "blue");
	assert_true(json_real_value(json_object_get(band, "gain")) == 1e-4);
	assert_true(json_real_value(json_object_get(band, "offset")) == -0.1);
	assert_int_equal(json_integer_value(json_object_get(band, "saturated")), 65535);
	json_decref(o);
	free(text);
	product_free(p);
}

/* A path need not be UTF-8, JSON must be; clouds need not be said. */
static void info_of_odd_products_is_json(void **state)
{
	struct granule g = { .tile = "150028", .bands[ROLE_GREEN] = { .path = NULL } };
	struct product p = { .path = "/data/\xff/x",
			     .sensor = sensor_of("LANDSAT_5", "TM"),
			     .baseline = "02",
			     .granules = &g,
			     .granules_nr = 1,
			     .cloud_cover_percent = NAN };
	char metadata[] = "/data/\xff/x/\xc3\xa4_MTL.txt", warnings[] = "one\ntwo";
	json_t *o;

	(void)state;
	p.metadata_path = metadata;
	p.warnings = warnings;
	o = info_json(&p);
	assert_non_null(o);
	assert_string_equal(json_string_value(json_object_get(o, "path")), "/data/?/x");
	assert_true(json_is_null(json_object_get(o, "cloud_cover_percent")));
	assert_int_equal(json_array_size(json_object_get(o, "warnings")), 2);
	assert_int_equal(json_array_size(json_object_get(
				 json_array_get(json_object_get(o, "granules"), 0), "missing")),
			 10);
	json_decref(o);
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
		cmocka_unit_test(real_products_are_what_they_are),
		cmocka_unit_test(everything_else_is_refused_in_words),
		cmocka_unit_test(real_metadata_with_a_made_image),
		cmocka_unit_test(platforms_are_found_by_any_spelling),
		cmocka_unit_test(sensors_have_one_band_for_a_role),
		cmocka_unit_test(saturation_bits_follow_the_band_numbers),
		cmocka_unit_test(info_says_the_facts),
		cmocka_unit_test(info_of_odd_products_is_json),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
