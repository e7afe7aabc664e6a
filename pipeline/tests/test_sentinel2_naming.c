/* SPDX-License-Identifier: Apache-2.0
 *
 * Forms of Sentinel-2 products: names of before December 2016, several granules, flattened by
 * third parties, images of other names and formats.
 */
#include <unistd.h>

#include "pipeline/io/sentinel2.h"
#include "pipeline/tests/sentinel2_files.h"

#define OLD_1C	  "S2B_OPER_MTD_SAFL1C_PDMC_20160718T081234_R091_V20160718T055639_20160718T055639.xml"
#define OLD_1C_ID "S2B_OPER_PRD_MSIL1C_PDMC_20160718T081234_R091_V20160718T055639_20160718T055639"
#define OLD_2A	  "S2B_USER_MTD_SAFL2A_PDMC_20160718T081234_R091_V20160718T055639_20160718T055639.xml"
#define OLD_2A_ID "S2B_USER_PRD_MSIL2A_PDMC_20160718T081234_R091_V20160718T055639_20160718T055639"
#define MADE	  "EPA__20160718T120000_A002734_"
#define URI	  "<PRODUCT_URI>" NAME ".SAFE</PRODUCT_URI>"

/* A text of the caller's. */
static char *copy(const char *text)
{
	char *out = strdup(text);

	assert_non_null(out);
	return out;
}

/* A granule in old naming: its metadata and green and SWIR1. */
static void add_old_granule(const char *dir, const char *id, const char *green, const char *swir1)
{
	struct image i = image_of(10, GDT_UInt16);
	char path[600], *text = copy(tile), name[200];

	snprintf(name, sizeof(name), "S2B_OPER_MSI_L1C_TL_" MADE "%s_N02.04</TILE_ID>", id);
	change(&text, "S2B_OPER_MSI_L2A_TL_2BPS_20240718T081234_A038461_T43TFM_N05.10</TILE_ID>",
	       name);
	snprintf(path, sizeof(path), "GRANULE/S2B_OPER_MSI_L1C_TL_" MADE "%s_N02.04/IMG_DATA", id);
	files_folder(dir, path);
	snprintf(path, sizeof(path),
		 "GRANULE/S2B_OPER_MSI_L1C_TL_" MADE "%s_N02.04/S2B_OPER_MTD_L1C_TL_" MADE "%s.xml",
		 id, id);
	files_text(dir, path, text);
	snprintf(path, sizeof(path), "GRANULE/S2B_OPER_MSI_L1C_TL_" MADE "%s_N02.04/IMG_DATA/%s",
		 id, green);
	files_image(dir, path, &i);
	snprintf(path, sizeof(path), "GRANULE/S2B_OPER_MSI_L1C_TL_" MADE "%s_N02.04/IMG_DATA/%s",
		 id, swir1);
	i.pixel = 20;
	i.width = i.height = 60;
	files_image(dir, path, &i);
	free(text);
}

/* Metadata as of 2016: no offsets, baseline 02.04. */
static char *old_metadata(void)
{
	char *text = copy(
		INFO("Level-1C", "B") "<QUANTIFICATION_VALUE>10000</QUANTIFICATION_VALUE>\n" TAIL);

	change(&text, ">05.10<", ">02.04<");
	return text;
}

static void reads_old_level_1c(void **state)
{
	char *dir = files_new(), *text = old_metadata(), path[4200];
	struct product *p;

	(void)state;
	change(&text, URI, "");
	files_text(dir, OLD_1C, text);
	files_folder(dir, "GRANULE");
	add_old_granule(dir, "T43TFM", "S2B_OPER_MSI_L1C_TL_" MADE "T43TFM_B03.jp2",
			"S2B_OPER_MSI_L1C_TL_" MADE "T43TFM_B11.jp2");
	add_old_granule(dir, "T43TGM", "S2B_OPER_MSI_L1C_TL_" MADE "T43TGM_B03.jp2",
			"S2B_OPER_MSI_L1C_TL_" MADE "T43TGM_B11.jp2");
	p = open_good(dir);
	assert_string_equal(p->id, OLD_1C_ID);
	assert_string_equal(p->level_name, "L1C");
	assert_string_equal(p->baseline, "02.04");
	assert_int_equal(p->granules_nr, 2);
	assert_string_equal(p->granules[0].tile, "T43TFM");
	assert_string_equal(p->granules[1].tile, "T43TGM");
	assert_string_equal(p->granules[1].id, "S2B_L1C_20240718T055639_T43TGM");
	assert_string_equal(p->granules[1].name, "S2B_OPER_MSI_L1C_TL_" MADE "T43TGM_N02.04");
	assert_string_equal(p->granules[1].bands[ROLE_GREEN].file,
			    "S2B_OPER_MSI_L1C_TL_" MADE "T43TGM_B03.jp2");
	assert_true(p->granules[1].bands[ROLE_SWIR1].grid.dx == 20);
	assert_true(p->granules[0].bands[ROLE_GREEN].offset == 0);
	product_free(p);
	product_free(open_good(files_path(path, dir, OLD_1C)));
	free(text);
	files_remove(dir);
}

/* PRODUCT_URI of old products may be an address; then PRODUCT_ID or the file's own name counts. */
static void old_products_have_an_id(void **state)
{
	char *dir = files_new(), *text = old_metadata();
	struct product *p;

	(void)state;
	files_folder(dir, "GRANULE");
	add_old_granule(dir, "T43TFM", "A_B03.jp2", "A_B11.jp2");
	files_text(dir, OLD_1C, text);
	p = open_good(dir);
	assert_string_equal(p->id, NAME);
	product_free(p);
	change(&text, URI, "<PRODUCT_URI>http://host.example/a</PRODUCT_URI>");
	files_text(dir, OLD_1C, text);
	p = open_good(dir);
	assert_string_equal(p->id, OLD_1C_ID);
	product_free(p);
	change(&text, "</PRODUCT_URI>", "</PRODUCT_URI><PRODUCT_ID>S2B_X</PRODUCT_ID>");
	files_text(dir, OLD_1C, text);
	p = open_good(dir);
	assert_string_equal(p->id, "S2B_X");
	product_free(p);
	free(text);
	files_remove(dir);
}

/* A compact product without PRODUCT_URI is called as its folder is, if that is a product's name. */
static void a_compact_product_without_uri_is_its_folder(void **state)
{
	char *dir = files_new(), *text = text_with(good, URI, ""), path[4200];
	struct product *p;

	(void)state;
	files_folder(dir, "S2B_MSIL2A_A.SAFE/GRANULE/L2A_X");
	files_text(dir, "S2B_MSIL2A_A.SAFE/MTD_MSIL2A.xml", text);
	files_text(dir, "S2B_MSIL2A_A.SAFE/GRANULE/L2A_X/MTD_TL.xml", tile);
	p = open_good(files_path(path, dir, "S2B_MSIL2A_A.SAFE"));
	assert_string_equal(p->id, "S2B_MSIL2A_A");
	product_free(p);
	files_folder(dir, "GRANULE/L2A_X");
	files_text(dir, "MTD_MSIL2A.xml", text);
	files_text(dir, "GRANULE/L2A_X/MTD_TL.xml", tile);
	assert_refused(dir, ERROR_DATA, "PRODUCT_URI");
	free(text);
	files_remove(dir);
}

#define OLD_2A_TILE "GRANULE/S2B_USER_MSI_L2A_TL_" MADE "T43TFM_N02.04"

/* Elements of Sen2Cor 2.0 to 2.3; SCL lies beside the folders of resolutions, with a name of its own. */
static void reads_old_level_2a(void **state)
{
	char *dir = files_new(), *text = copy(INFO("Level-2A", "B") TAIL), *granule = copy(tile);
	struct image i = image_of(10, GDT_UInt16);
	struct product *p;
	const struct granule *g;

	(void)state;
	change(&text, URI, "<PRODUCT_URI_2A>" OLD_2A_ID ".SAFE</PRODUCT_URI_2A>");
	change(&text, "<Product_Info>", "<L2A_Product_Info>");
	change(&text, "</Product_Info><Product_Image_Characteristics>",
	       "</L2A_Product_Info><L2A_Product_Image_Characteristics>");
	change(&text, "</Product_Image_Characteristics>",
	       "<L1C_L2A_Quantification_Values_List>"
	       "<L1C_TOA_QUANTIFICATION_VALUE>1000</L1C_TOA_QUANTIFICATION_VALUE>"
	       "<L2A_BOA_QUANTIFICATION_VALUE>2000</L2A_BOA_QUANTIFICATION_VALUE>"
	       "</L1C_L2A_Quantification_Values_List></L2A_Product_Image_Characteristics>");
	change(&text, ">05.10<", ">02.04<");
	change(&granule, "<TILE_ID>", "<TILE_ID_2A>");
	change(&granule, "</TILE_ID>", "</TILE_ID_2A>");
	files_text(dir, OLD_2A, text);
	files_folder(dir, OLD_2A_TILE "/IMG_DATA/R10m");
	files_folder(dir, OLD_2A_TILE "/IMG_DATA/R20m");
	files_text(dir, OLD_2A_TILE "/S2B_USER_MTD_L2A_TL_" MADE "T43TFM.xml", granule);
	files_image(dir,
		    OLD_2A_TILE "/IMG_DATA/R10m/S2B_USER_MSI_L2A_TL_" MADE "T43TFM_B03_10m.jp2",
		    &i);
	files_image(dir,
		    OLD_2A_TILE "/IMG_DATA/R20m/S2B_USER_MSI_L2A_TL_" MADE "T43TFM_B11_20m.jp2",
		    &i);
	i.type = GDT_Byte;
	files_image(dir, OLD_2A_TILE "/IMG_DATA/S2B_USER_SCL_L2A_TL_" MADE "T43TFM_60m.jp2", &i);
	files_image(dir, OLD_2A_TILE "/IMG_DATA/S2B_USER_SCL_L2A_TL_" MADE "T43TFM_20m.jp2", &i);
	p = open_good(dir);
	g = p->granules;
	assert_string_equal(p->id, OLD_2A_ID);
	assert_int_equal(p->level, LEVEL_SURFACE);
	assert_string_equal(g->tile, "T43TFM");
	assert_string_equal(g->bands[ROLE_GREEN].file,
			    "S2B_USER_MSI_L2A_TL_" MADE "T43TFM_B03_10m.jp2");
	assert_true(g->bands[ROLE_GREEN].gain == 1.0 / 2000);
	assert_string_equal(g->bands[ROLE_SWIR1].file,
			    "S2B_USER_MSI_L2A_TL_" MADE "T43TFM_B11_20m.jp2");
	assert_string_equal(g->bands[ROLE_SCL].file, "S2B_USER_SCL_L2A_TL_" MADE "T43TFM_20m.jp2");
	product_free(p);
	free(text);
	free(granule);
	files_remove(dir);
}

static void names_of_metadata(void **state)
{
	static const char *const yes[] = { "MTD_MSIL1C.xml", "mtd_msil2a.XML", OLD_1C, OLD_2A,
					   "S2A_OPER_MTD_SAFL2A_PDMC_1.xml" };
	static const char *const no[] = { "MTD_MSIL1B.xml",
					  "MTD_TL.xml",
					  "metadata.xml",
					  "S2A_OPER_MTD_SAFL1C_.zip",
					  "S2A_OPER_MTD_SAFL1C_",
					  "S2B_OPER_MTD_L1C_TL_" MADE "T43TFM.xml",
					  "S2",
					  "" };

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		assert_true(sentinel2_is_metadata(yes[i]));
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		assert_false(sentinel2_is_metadata(no[i]));
}

/* The good product with a second granule of this metadata, in GRANULE/A. */
static char *two_granules(const char *second)
{
	char *dir = new_product(good, tile);

	files_folder(dir, "GRANULE/A/IMG_DATA/R10m");
	if (second)
		files_text(dir, "GRANULE/A/MTD_TL.xml", second);
	return dir;
}

static void a_bad_granule_does_not_cost_the_others(void **state)
{
	static const struct {
		const char *text, *word;
	} bad[] = {
		{ "", "MTD_TL.xml: empty" },
		{ "<a><b></a>", "MTD_TL.xml" },
		{ "<a/>", "TILE_ID" },
		{ NULL, "GRANULE/A: no MTD_TL.xml" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char *dir = two_granules(bad[i].text);
		struct product *p = open_good(dir);

		assert_int_equal(p->granules_nr, 1);
		assert_string_equal(p->granules->tile, "T43TFM");
		assert_non_null(p->granules->bands[ROLE_GREEN].path);
		assert_non_null(strstr(p->warnings, "granule A left out: "));
		assert_non_null(strstr(p->warnings, bad[i].word));
		product_free(p);
		files_text(dir, GRANULE "/MTD_TL.xml", "<a/>");
		assert_refused(dir, ERROR_DATA, "none of 2 granules can be read: ");
		files_remove(dir);
	}
}

/* Two files for one band, found after much of the granule was read, are its own trouble too. */
static void a_granule_of_too_many_files_is_left_out(void **state)
{
	char *dir = two_granules(tile);
	struct image i = image_of(10, GDT_UInt16);
	struct product *p;

	(void)state;
	files_image(dir, "GRANULE/A/IMG_DATA/R10m/" STEM "B02_10m.jp2", &i);
	files_image(dir, "GRANULE/A/IMG_DATA/R10m/" STEM "B03_10m.jp2", &i);
	files_image(dir, "GRANULE/A/IMG_DATA/R10m/" STEM "B03_10m.tif", &i);
	p = open_good(dir);
	assert_int_equal(p->granules_nr, 1);
	assert_string_equal(p->granules->name, "L2A_T43TFM_A038461_20240718T055640");
	assert_non_null(strstr(p->warnings, "granule A left out: "));
	assert_non_null(strstr(p->warnings, "two files for B03_10m"));
	product_free(p);
	files_remove(dir);
}

static void too_many_granules_are_refused(void **state)
{
	char *dir = new_metadata(good, tile), name[40];

	(void)state;
	for (int i = 0; i < SENTINEL2_GRANULES_MAX; i++) {
		snprintf(name, sizeof(name), "GRANULE/%03d", i);
		files_text(dir, name, "");
	}
	assert_refused(dir, ERROR_DATA, "more than 256 granules");
	files_remove(dir);
}

static void two_metadata_files_in_a_granule_are_refused(void **state)
{
	char *dir = new_product(good, tile);

	(void)state;
	files_text(dir, GRANULE "/S2B_USER_MTD_L2A_TL_" MADE "T43TFM.xml", tile);
	assert_refused(dir, ERROR_DATA, "two files with metadata of the granule");
	files_remove(dir);
}

/* Third parties put everything into one folder, or keep the folders of resolutions only. */
static void reads_flattened_products(void **state)
{
	char *dir = files_new(), path[4200];
	struct image at10 = image_of(10, GDT_UInt16), at20 = image_of(20, GDT_UInt16);
	struct product *p;
	const struct granule *g;

	(void)state;
	files_text(dir, "MTD_MSIL2A.xml", good);
	assert_refused(dir, ERROR_DATA, "no GRANULE/*/MTD_TL.xml");
	files_text(dir, "MTD_TL.xml", tile);
	files_folder(dir, "R20m");
	files_image(dir, STEM "B03_10m.tif", &at10);
	files_image(dir, STEM "B03_20m.tif", &at20);
	files_image(dir, "R20m/B11.tif", &at20);
	files_image(dir, "B12_20m.TIFF", &at20);
	p = open_good(dir);
	g = p->granules;
	assert_int_equal(p->granules_nr, 1);
	assert_string_equal(g->name, NAME);
	assert_string_equal(g->id, "S2B_L2A_20240718T055639_T43TFM");
	assert_string_equal(g->bands[ROLE_GREEN].file, STEM "B03_10m.tif");
	assert_string_equal(g->bands[ROLE_SWIR1].file, "B11.tif");
	assert_string_equal(g->bands[ROLE_SWIR2].file, "B12_20m.TIFF");
	product_free(p);
	unlink(files_path(path, dir, "MTD_MSIL2A.xml"));
	files_text(dir, "MTD_MSIL1C.xml", good_l1c);
	files_image(dir, "B03.tif", &at10);
	p = open_good(dir);
	assert_string_equal(p->granules->bands[ROLE_GREEN].file, "B03.tif");
	assert_null(p->granules->bands[ROLE_SWIR1].path);
	product_free(p);
	files_text(dir, "MTD_TL.xml", "<a/>");
	assert_refused(dir, ERROR_DATA, "TILE_ID");
	files_remove(dir);
}

/* What the metadata says of files is not used: only names that are there. */
static void paths_in_the_metadata_are_not_followed(void **state)
{
	char *text = text_with(good, "</Product_Info>",
			       "<Product_Organisation><Granule_List><Granule imageFormat="
			       "\"GeoTIFF\"><IMAGE_FILE>../../../../etc/passwd_B03_10m</IMAGE_FILE>"
			       "<IMAGE_FILE>/vsicurl/http://host.example/x_B04_10m</IMAGE_FILE>"
			       "<IMAGE_FILE>GRANULE/X/IMG_DATA/R10m/X_B02_10m</IMAGE_FILE>"
			       "</Granule></Granule_List></Product_Organisation></Product_Info>");
	char *dir = new_product(text, tile);
	struct product *p = open_good(dir);

	(void)state;
	assert_string_equal(p->granules->bands[ROLE_GREEN].file, STEM "B03_10m.jp2");
	assert_null(p->granules->bands[ROLE_RED].path);
	assert_null(p->granules->bands[ROLE_BLUE].path);
	product_free(p);
	free(text);
	files_remove(dir);
}

/* A band whose finest file is gone is read from a coarser one. */
static void the_finest_there_is_counts(void **state)
{
	char *dir = new_product(good, tile), path[4200];
	struct product *p;

	(void)state;
	unlink(files_path(path, dir, R10 "/" STEM "B03_10m.jp2"));
	p = open_good(dir);
	assert_string_equal(p->granules->bands[ROLE_GREEN].file, STEM "B03_20m.jp2");
	assert_true(p->granules->grid.dx == 20);
	product_free(p);
	files_folder(dir, R10 "/" STEM "B03_10m.jp2");
	p = open_good(dir);
	assert_non_null(strstr(p->warnings, "B03_10m.jp2"));
	assert_non_null(p->granules->bands[ROLE_GREEN].broken);
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
		cmocka_unit_test(reads_old_level_1c),
		cmocka_unit_test(old_products_have_an_id),
		cmocka_unit_test(a_compact_product_without_uri_is_its_folder),
		cmocka_unit_test(reads_old_level_2a),
		cmocka_unit_test(names_of_metadata),
		cmocka_unit_test(a_bad_granule_does_not_cost_the_others),
		cmocka_unit_test(a_granule_of_too_many_files_is_left_out),
		cmocka_unit_test(too_many_granules_are_refused),
		cmocka_unit_test(two_metadata_files_in_a_granule_are_refused),
		cmocka_unit_test(reads_flattened_products),
		cmocka_unit_test(paths_in_the_metadata_are_not_followed),
		cmocka_unit_test(the_finest_there_is_counts),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
