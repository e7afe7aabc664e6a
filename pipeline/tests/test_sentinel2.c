/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <unistd.h>

#include "pipeline/io/sentinel2.h"
#include "pipeline/tests/sentinel2_files.h"

static void reads_level_2a(void **state)
{
	char *dir = new_product(good, tile);
	struct product *p = open_good(dir);
	const struct granule *g = p->granules;
	const struct product_band *green = &g->bands[ROLE_GREEN],
				  *narrow = &g->bands[ROLE_NIR_NARROW];

	(void)state;
	assert_string_equal(p->id, NAME);
	assert_string_equal(p->mission, "S2B");
	assert_string_equal(p->level_name, "L2A");
	assert_int_equal(p->level, LEVEL_SURFACE);
	assert_string_equal(p->baseline, "05.10");
	assert_string_equal(p->orbit, "091");
	assert_string_equal(p->datatake, "GS2B_20240718T055639_038461");
	assert_true(p->time == 1721282199);
	assert_true(p->cloud_cover_percent == 3.25);
	assert_int_equal(p->granules_nr, 1);
	assert_string_equal(g->id, "S2B_L2A_20240718T055639_T43TFM");
	assert_string_equal(g->name, "L2A_T43TFM_A038461_20240718T055640");
	assert_string_equal(g->tile, "T43TFM");
	assert_true(g->sun_elevation_deg == 62.5 && g->sun_azimuth_deg == 145.25);
	assert_true(g->view_zenith_deg == 5);
	assert_true(fabs(g->view_azimuth_deg - 355) < 1e-9);
	assert_true(g->grid.dx == 10 && g->grid.width == 120);
	assert_string_equal(green->file, STEM "B03_10m.jp2");
	assert_string_equal(narrow->file, STEM "B8A_20m.jp2");
	assert_string_equal(g->bands[ROLE_COASTAL].file, STEM "B01_60m.JP2");
	assert_string_equal(g->bands[ROLE_SWIR2].file, STEM "B12_60m.tiff");
	assert_string_equal(g->bands[ROLE_SCL].file, STEM "SCL_20m.jp2");
	assert_true(g->bands[ROLE_SCL].sample == SAMPLE_U8);
	assert_true(green->calib.gain == 1e-4f && green->calib.bias == (float)(-1002.0 / 10000));
	assert_true(narrow->calib.bias == (float)(-1008.0 / 10000));
	assert_true(g->bands[ROLE_SWIR2].calib.bias == (float)(-1012.0 / 10000));
	assert_true(green->calib.fill == 0 && green->calib.saturated == 65535);
	/* The name says JPEG 2000, the content is what counts. */
	assert_false(green->jpeg2000);
	assert_string_equal(
		p->warnings,
		"L2A_T43TFM_A038461_20240718T055640: missing: blue (B02); "
		"red (B04); edge705 (B05); edge740 (B06); edge783 (B07); nir (B08); vapour (B09); "
		"swir1 (B11)");
	product_free(p);
	files_remove(dir);
}

static void reads_level_1c(void **state)
{
	char *dir = files_new();
	struct image i = image_of(10, GDT_UInt16);
	struct product *p;

	(void)state;
	files_folder(dir, "granule/L1C_X/img_data");
	files_text(dir, "mtd_msil1c.xml", good_l1c);
	files_text(dir, "granule/L1C_X/mtd_tl.xml", tile);
	files_image(dir, "granule/L1C_X/img_data/" STEM "B03.jp2", &i);
	files_image(dir, "granule/L1C_X/img_data/" STEM "B8A.jp2", &i);
	files_image(dir, "granule/L1C_X/img_data/" STEM "TCI.jp2", &i);
	p = open_good(dir);
	assert_string_equal(p->granules->id, "S2B_L1C_20240718T055639_T43TFM");
	assert_int_equal(p->level, LEVEL_TOA);
	assert_true(p->granules->bands[ROLE_GREEN].calib.bias == -0.1f);
	assert_true(p->granules->bands[ROLE_NIR_NARROW].calib.bias == (float)(-900.5 / 10000));
	assert_non_null(strstr(p->warnings, "cirrus (B10)"));
	assert_null(strstr(p->warnings, "scl"));
	product_free(p);
	files_image(dir, "granule/L1C_X/img_data/" STEM "B04.jp2", &i);
	assert_refused(dir, ERROR_DATA, "the list of offsets has none for B04");
	files_remove(dir);
}

/* The product with one change to its metadata is refused with this word. */
static void refused_with(const char *from, const char *to, const char *word)
{
	char *text = text_with(good, from, to), *dir = new_product(text, tile);

	assert_refused(dir, ERROR_DATA, word);
	free(text);
	files_remove(dir);
}

static void metadata_that_cannot_be_is_refused(void **state)
{
	static const char *const changes[][3] = {
		{ "Level-2A</PROC", "Level-1C</PROC", "PROCESSING_LEVEL" },
		{ "Sentinel-2B", "Sentinel-3B", "SPACECRAFT_NAME" },
		{ "Sentinel-2B", "Sentinel-2B/../..", "SPACECRAFT_NAME" },
		{ "<PROCESSING_BASELINE>05.10", "<PROCESSING_BASELINE>5.1", "PROCESSING_BASELINE" },
		{ "2024-07-18T05:56:39.024Z</DATATAKE", "2024-13-18T05:56:39.024Z</DATATAKE",
		  "SENSING_START" },
		{ ">91<", ">144<", "SENSING_ORBIT_NUMBER" },
		{ "GS2B_2024", "../GS2B_2024", "datatakeIdentifier" },
		{ "<PRODUCT_URI>", "<PRODUCT_URI>../", "PRODUCT_URI" },
		{ "BOA_QUANTIFICATION_VALUE unit=\"none\">10000",
		  "BOA_QUANTIFICATION_VALUE unit=\"none\">0", "QUANTIFICATION" },
		{ "BOA_QUANTIFICATION_VALUE unit=\"none\">10000",
		  "BOA_QUANTIFICATION_VALUE unit=\"none\">ten", "QUANTIFICATION" },
		{ QUANTIFICATION, "", "QUANTIFICATION" },
		{ ">NODATA<", ">NONE<", "NODATA" },
		{ "<SPECIAL_VALUE_INDEX>65535", "<SPECIAL_VALUE_INDEX>65536", "SATURATED" },
		{ "band_id=\"12\"", "band_id=\"13\"", "band_id" },
		{ "band_id=\"12\"", "band_id=\"-1\"", "band_id" },
		{ "band_id=\"12\"", "band_id=\"11\"", "band_id" },
		{ "band_id=\"12\"", "band_id=\"B12\"", "band_id" },
		{ " band_id=\"12\"", "", "band_id" },
		{ OFFSET(12, -1012), "", "none for B12" },
		{ OFFSET(2, -1002), "", "none for B03" },
		{ "-1005<", "-1e99<", "BOA_ADD_OFFSET" },
		{ "-1005<", "<", "BOA_ADD_OFFSET" },
		{ "<Product_Image_Characteristics>", "<X></X><Y>", "MTD_MSIL2A.xml" },
		{ "</Product_Info>", "", "MTD_MSIL2A.xml" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		refused_with(changes[i][0], changes[i][1], changes[i][2]);
}

static void tile_metadata_that_cannot_be_is_refused(void **state)
{
	static const char *const changes[][3] = {
		{ "T43TFM_N05.10</TILE_ID>", "43TFM</TILE_ID>", "TILE_ID" },
		{ "<Mean_Sun_Angle><ZENITH_ANGLE unit=\"deg\">27.5",
		  "<Mean_Sun_Angle><ZENITH_ANGLE>inf", "Mean_Sun_Angle" },
		{ ">145.25<", ">1450<", "Mean_Sun_Angle" },
		{ "</n1:Geometric_Info>", "", "MTD_TL.xml" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		char *text = text_with(tile, changes[i][0], changes[i][1]);
		char *dir = new_product(good, text);

		assert_refused(dir, ERROR_DATA, changes[i][2]);
		free(text);
		files_remove(dir);
	}
}

static void a_cut_xml_is_noticed(void **state)
{
	char *dir = new_product(good, tile);

	(void)state;
	for (size_t n = 0; n < strlen(good) - 3; n += 61) {
		files_bytes(dir, "MTD_MSIL2A.xml", good, n);
		assert_refused(dir, ERROR_DATA, "MTD_MSIL2A.xml");
	}
	files_text(dir, "MTD_MSIL2A.xml", good);
	product_free(open_good(dir));
	files_bytes(dir, GRANULE "/MTD_TL.xml", tile, strlen(tile) / 2);
	assert_refused(dir, ERROR_DATA, "MTD_TL.xml");
	files_remove(dir);
}

/* Entities of a DTD stay what they are: text that is no number. */
static void a_dtd_is_without_effect(void **state)
{
	static const char dtd[] =
		"standalone=\"no\"?>\n<!DOCTYPE a [<!ENTITY q \"10000\">"
		"<!ENTITY f SYSTEM \"file:///etc/passwd\"><!ENTITY r \"&q;&q;&q;\">]>";
	char *with = text_with(good, "standalone=\"no\"?>", dtd), *dir = new_product(with, tile),
	     *bad;

	(void)state;
	product_free(open_good(dir));
	bad = text_with(with, ">10000<", ">&q;<");
	files_text(dir, "MTD_MSIL2A.xml", bad);
	assert_refused(dir, ERROR_DATA, "QUANTIFICATION_VALUE");
	free(bad);
	bad = text_with(with, "<PRODUCT_URI>", "<PRODUCT_URI>&f;");
	files_text(dir, "MTD_MSIL2A.xml", bad);
	assert_refused(dir, ERROR_DATA, "PRODUCT_URI");
	free(bad);
	free(with);
	files_remove(dir);
}

static void a_huge_xml_is_not_parsed(void **state)
{
	char *dir = new_product(good, tile), path[4200];

	(void)state;
	files_path(path, dir, "MTD_MSIL2A.xml");
	assert_int_equal(truncate(path, (64 << 20) + 1), 0);
	assert_refused(dir, ERROR_DATA, "larger than");
	assert_int_equal(truncate(path, SENTINEL2_XML_BYTES_MAX + 1), 0);
	assert_refused(dir, ERROR_DATA, "larger than");
	files_text(dir, "MTD_MSIL2A.xml", good);
	files_path(path, dir, GRANULE "/MTD_TL.xml");
	assert_int_equal(truncate(path, SENTINEL2_XML_BYTES_MAX + 1), 0);
	assert_refused(dir, ERROR_DATA, "MTD_TL.xml");
	files_remove(dir);
}

/* n elements, each in the one before, to be freed. */
static char *nested(size_t n)
{
	char *text = malloc(7 * n + 1), *s = text;

	assert_non_null(text);
	for (size_t i = 0; i < n; i++, s += 3)
		memcpy(s, "<a>", 3);
	for (size_t i = 0; i < n; i++, s += 4)
		memcpy(s, "</a>", 4);
	*s = '\0';
	return text;
}

/* Below the parser's own limit as far above it. */
static void nesting_is_bounded(void **state)
{
	static const size_t depths[] = { 9000, 100000, 200000 };

	(void)state;
	for (size_t i = 0; i < sizeof(depths) / sizeof(depths[0]); i++) {
		char *dir = new_product(good, tile), *text = nested(depths[i]);

		files_text(dir, "MTD_MSIL2A.xml", text);
		assert_refused(dir, ERROR_DATA, "MTD_MSIL2A.xml");
		files_text(dir, "MTD_MSIL2A.xml", good);
		files_text(dir, GRANULE "/MTD_TL.xml", text);
		assert_refused(dir, ERROR_DATA, "MTD_TL.xml");
		free(text);
		files_remove(dir);
	}
}

/* Green as calibrated by this metadata. */
static struct calib green_of(const char *text, const char *warning)
{
	char *dir = new_product(text, tile);
	struct product *p = open_good(dir);
	struct calib c = p->granules->bands[ROLE_GREEN].calib;

	if (warning && !strstr(p->warnings, warning))
		fail_msg("\"%s\" should hold \"%s\"", p->warnings, warning);
	if (!warning && strchr(p->warnings, '\n'))
		fail_msg("\"%s\" should be one warning", p->warnings);
	product_free(p);
	files_remove(dir);
	return c;
}

static void no_offsets_mean_zero(void **state)
{
	char *late = text_with(good, OFFSETS, ""), *early;
	struct calib c;

	(void)state;
	early = text_with(late, "<PROCESSING_BASELINE>05.10", "<PROCESSING_BASELINE>03.01");
	c = green_of(early, NULL);
	assert_true(c.gain == 1e-4f && c.bias == 0.0f);
	assert_true(fabsf(calib_apply(2500, c) - 0.25f) < 1e-7f);
	c = green_of(late, "baseline 05.10, but the metadata has no BOA_ADD_OFFSET");
	assert_true(c.bias == 0.0f);
	free(late);
	free(early);
}

/* Special values and quantification as GDAL's documentation shows them for a product of 2015. */
static void special_values_come_from_the_metadata(void **state)
{
	char *a = text_with(good, "<SPECIAL_VALUE_INDEX>0<", "<SPECIAL_VALUE_INDEX>1<"), *b, *c, *d;
	struct calib calib;

	(void)state;
	b = text_with(a, "<SPECIAL_VALUE_INDEX>65535<", "<SPECIAL_VALUE_INDEX>0<");
	c = text_with(b, ">10000<", ">1000<");
	calib = green_of(c, NULL);
	assert_true(calib.fill == 1 && calib.saturated == 0 && calib.gain == 1e-3f);
	d = text_with(good, ">SATURATED<", ">OTHER<");
	calib = green_of(d, NULL);
	assert_true(calib.fill == 0 && calib.saturated == 0);
	free(a);
	free(b);
	free(c);
	free(d);
}

/* What the pilot products of 2017 call things. */
static void older_element_names_are_known(void **state)
{
	char *a = text_with(good, "<Product_Info>", "<L2A_Product_Info>"), *b, *c, *d, *f, *g, *dir;
	struct product *p;

	(void)state;
	b = text_with(a, "</Product_Info><Product_Image_Characteristics>",
		      "</L2A_Product_Info><L2A_Product_Image_Characteristics>");
	c = text_with(b, "</Product_Image_Characteristics>",
		      "</L2A_Product_Image_Characteristics>");
	d = text_with(c, QUANTIFICATION,
		      "<L1C_L2A_Quantification_Values_List><L2A_BOA_QUANTIFICATION_VALUE>"
		      "10000</L2A_BOA_QUANTIFICATION_VALUE></L1C_L2A_Quantification_Values_List>");
	f = text_with(d, "<PRODUCT_URI>" NAME ".SAFE</PRODUCT_URI>",
		      "<PRODUCT_URI_2A>" NAME ".SAFE</PRODUCT_URI_2A>");
	g = text_with(f, "Level-2A</PROC", "Level-2Ap</PROC");
	dir = new_product(g, tile);
	p = open_good(dir);
	assert_string_equal(p->id, NAME);
	assert_true(p->granules->bands[ROLE_GREEN].calib.gain == 1e-4f);
	product_free(p);
	files_remove(dir);
	free(a);
	free(b);
	free(c);
	free(d);
	free(f);
	free(g);
}

static void an_unknown_satellite_is_a_warning(void **state)
{
	char *dir = new_product(INFO("Level-2A", "D") QUANTIFICATION OFFSETS TAIL, tile);
	struct product *p = open_good(dir);

	(void)state;
	assert_string_equal(p->mission, "S2D");
	assert_non_null(strstr(p->warnings, "S2D is a satellite this version does not know"));
	product_free(p);
	files_remove(dir);
}

static void wavelengths_are_the_platforms(void **state)
{
	static const struct {
		const char *text;
		double blue_nm;
	} units[] = {
		{ INFO("Level-2A", "A") QUANTIFICATION OFFSETS TAIL, 492.7 },
		{ INFO("Level-2A", "B") QUANTIFICATION OFFSETS TAIL, 492.3 },
		{ INFO("Level-2A", "C") QUANTIFICATION OFFSETS TAIL, 489.0 },
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char *dir = new_product(units[i].text, tile);
		struct product *p = open_good(dir);

		assert_true(p->granules->bands[ROLE_BLUE].band->wavelength_nm == units[i].blue_nm);
		product_free(p);
		files_remove(dir);
	}
}

static void several_granules_are_several(void **state)
{
	char *dir = new_product(good, tile),
	     *other = text_with(tile, "T43TFM_N05.10</TILE_ID>", "T43TGM_N05.10</TILE_ID>");
	struct image i = image_of(10, GDT_UInt16);
	struct product *p;

	(void)state;
	files_folder(dir, "GRANULE/A/IMG_DATA/R10m");
	files_text(dir, "GRANULE/A/MTD_TL.xml", other);
	files_text(dir, "GRANULE/notes.txt", "not a granule");
	files_folder(dir, "GRANULE/empty");
	files_image(dir, "GRANULE/A/IMG_DATA/R10m/" STEM "B03_10m.jp2", &i);
	p = open_good(dir);
	assert_int_equal(p->granules_nr, 2);
	assert_string_equal(p->granules[0].tile, "T43TGM");
	assert_string_equal(p->granules[1].tile, "T43TFM");
	product_free(p);
	free(other);
	files_remove(dir);
}

/* Facts of the bands are known without any image; what is missing is told to whoever needs it. */
static void metadata_alone_is_a_product(void **state)
{
	static const enum role water[] = { ROLE_GREEN, ROLE_SWIR1 };
	char *dir = new_metadata(good, tile);
	struct product *p = open_good(dir);
	const struct product_band *green = &p->granules->bands[ROLE_GREEN];
	struct error e = { 0 };

	(void)state;
	assert_null(green->path);
	assert_string_equal(green->band->name, "B03");
	assert_true(green->gain == 1e-4 && green->offset == -1002.0 / 10000);
	assert_true(green->fill == 0 && green->saturated == 65535);
	assert_int_equal(p->granules->grid.width, 0);
	assert_non_null(strstr(p->warnings, "missing: coastal (B01); blue (B02); green (B03)"));
	assert_int_equal(product_require(p, p->granules, water, 2, "layer water", &e), -1);
	assert_int_equal(e.code, ERROR_NOINPUT);
	product_free(p);
	files_remove(dir);
}

static void incomplete_folders_are_refused(void **state)
{
	char *dir = new_product(good, tile), path[4200];

	(void)state;
	product_free(open_good(files_path(path, dir, "MTD_MSIL2A.xml")));
	add_image(dir, R10, "B03_10m.tif", 10);
	assert_refused(dir, ERROR_DATA,
		       "two files for B03_10m: " STEM "B03_10m.jp2 and " STEM "B03_10m.tif");
	unlink(files_path(path, dir, R10 "/" STEM "B03_10m.tif"));
	add_image(dir, R20, "SCL_20m.tif", 20);
	assert_refused(dir, ERROR_DATA, "two files for SCL: ");
	unlink(files_path(path, dir, GRANULE "/MTD_TL.xml"));
	assert_refused(dir, ERROR_DATA, GRANULE ": no MTD_TL.xml: is the product complete?");
	VSIRmdirRecursive(files_path(path, dir, GRANULE));
	assert_refused(dir, ERROR_DATA, "no GRANULE/*/MTD_TL.xml");
	VSIRmdirRecursive(files_path(path, dir, "GRANULE"));
	assert_refused(dir, ERROR_DATA, "no GRANULE/*/MTD_TL.xml");
	files_text(dir, "MTD_MSIL2A.xml", "");
	assert_refused(dir, ERROR_DATA, "MTD_MSIL2A.xml: empty");
	/* Words of the parser, which quote the file, are not taken for what the system says. */
	files_text(dir, "MTD_MSIL2A.xml", "<a></No space left on device>");
	assert_refused(dir, ERROR_DATA, "MTD_MSIL2A.xml: ");
	files_text(dir, "MTD_MSIL2A.xml", " \n");
	assert_refused(dir, ERROR_DATA, "MTD_MSIL2A.xml: ");
	files_remove(dir);
}

static void no_view_angles_mean_nadir(void **state)
{
	char *a = text_with(tile, VIEW(0, 4, 340), ""), *b = text_with(a, VIEW(1, 6, 10), ""), *dir;
	struct product *p;

	(void)state;
	dir = new_product(good, b);
	p = open_good(dir);
	assert_true(p->granules->view_zenith_deg == 0);
	assert_non_null(strstr(p->warnings, "no viewing angles; taken as nadir"));
	product_free(p);
	free(a);
	free(b);
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
		cmocka_unit_test(reads_level_2a),
		cmocka_unit_test(reads_level_1c),
		cmocka_unit_test(metadata_that_cannot_be_is_refused),
		cmocka_unit_test(tile_metadata_that_cannot_be_is_refused),
		cmocka_unit_test(a_cut_xml_is_noticed),
		cmocka_unit_test(a_dtd_is_without_effect),
		cmocka_unit_test(a_huge_xml_is_not_parsed),
		cmocka_unit_test(nesting_is_bounded),
		cmocka_unit_test(no_offsets_mean_zero),
		cmocka_unit_test(special_values_come_from_the_metadata),
		cmocka_unit_test(older_element_names_are_known),
		cmocka_unit_test(an_unknown_satellite_is_a_warning),
		cmocka_unit_test(wavelengths_are_the_platforms),
		cmocka_unit_test(several_granules_are_several),
		cmocka_unit_test(metadata_alone_is_a_product),
		cmocka_unit_test(incomplete_folders_are_refused),
		cmocka_unit_test(no_view_angles_mean_nadir),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
