/* SPDX-License-Identifier: Apache-2.0
 *
 * Masks of Sentinel-2 products: MSK_CLASSI, MSK_QUALIT, clouds as outlines.
 */
#include <math.h>
#include <unistd.h>

#include "pipeline/io/sentinel2.h"
#include "pipeline/io/sentinel2_internal.h"
#include "pipeline/tests/sentinel2_files.h"

#define L1C	"GRANULE/L1C_T43TFM_A038461_20240718T055640"
#define IMAGES	L1C "/IMG_DATA"
#define QUALITY L1C "/QI_DATA"
#define GML	QUALITY "/MSK_CLOUDS_B00.gml"

#define MASK_HEAD                                                                                  \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"                                             \
	"<eop:Mask xmlns:eop=\"http://eop.example\" xmlns:gml=\"http://gml.example\">\n"           \
	"<gml:name>clouds</gml:name>\n"
#define ENVELOPE                                                                                   \
	"<gml:boundedBy><gml:Envelope srsName=\"urn:ogc:def:crs:EPSG:8.7:32643\">"                 \
	"<gml:lowerCorner>600000 5000000</gml:lowerCorner></gml:Envelope></gml:boundedBy>\n"
#define FEATURE(type, inside)                                                                      \
	"<eop:MaskFeature gml:id=\"A.0\"><eop:maskType codeSpace=\"x\">" type                      \
	"</eop:maskType><eop:extentOf>" inside "</eop:extentOf></eop:MaskFeature>\n"
#define RING(kind, list) "<gml:" kind "><gml:LinearRing>" list "</gml:LinearRing></gml:" kind ">"
#define POLYGON(rings)	 "<gml:Polygon>" rings "</gml:Polygon>"
#define SQUARE                                                                                     \
	"<gml:posList srsDimension=\"2\">600000 5100000 601200 5100000 601200 5098800 "            \
	"600000 5098800 600000 5100000</gml:posList>"
#define HOLE                                                                                       \
	"<gml:posList srsDimension=\"2\">600300 5099700 600600 5099700 600600 5099400 "            \
	"600300 5099400 600300 5099700</gml:posList>"
#define HIGH                                                                                       \
	"<gml:posList srsDimension=\"3\">600900 5099700 0 601200 5099700 0 601200 5099400 0 "      \
	"600900 5099700 0</gml:posList>"
#define SINGLE                                                                                     \
	"<gml:pos>600000 5099000</gml:pos><gml:pos>600060\n5099000</gml:pos>"                      \
	"<gml:pos>600060 5099060</gml:pos><gml:pos>600000 5099000</gml:pos>"
#define MASK_TAIL "</eop:maskMembers></eop:Mask>\n"

static const char clouds[] = MASK_HEAD ENVELOPE "<eop:maskMembers>\n" FEATURE(
	"OPAQUE", POLYGON(RING("exterior", SQUARE) RING("interior", HOLE)))
	FEATURE("CIRRUS", "<gml:MultiSurface><gml:surfaceMember>" POLYGON(
				  RING("exterior", HIGH)) "</gml:surfaceMember></gml:"
							  "MultiSurface>")
		FEATURE("CIRRUS", POLYGON(RING("exterior", SINGLE))) MASK_TAIL;

static const char empty[] = MASK_HEAD "<eop:maskMembers/></eop:Mask>\n";

static char *new_level_1c(void)
{
	char *dir = files_new();
	struct image i = image_of(10, GDT_UInt16);

	files_folder(dir, IMAGES);
	files_folder(dir, QUALITY);
	files_text(dir, "MTD_MSIL1C.xml", good_l1c);
	files_text(dir, L1C "/MTD_TL.xml", tile);
	files_image(dir, IMAGES "/" STEM "B03.jp2", &i);
	return dir;
}

static void add_layers(const char *dir, const char *name, int layers)
{
	struct image i = image_of(60, GDT_Byte);

	i.bands = layers;
	files_image(dir, name, &i);
}

static void outlines_become_polygons(void **state)
{
	char *dir = new_level_1c(), path[4200];
	struct product *p;
	const struct granule *g;

	(void)state;
	files_text(dir, GML, clouds);
	p = open_good(dir);
	g = p->granules;
	assert_int_equal(g->opaque.rings_nr, 2);
	assert_int_equal(g->opaque.rings[0].points_nr, 4);
	assert_true(g->opaque.rings[0].points[2].x == 601200);
	assert_true(g->opaque.rings[0].points[2].y == 5098800);
	assert_true(polygon_area(&g->opaque) == 1200.0 * 1200 - 300.0 * 300);
	assert_int_equal(g->cirrus.rings_nr, 2);
	assert_true(polygon_area(&g->cirrus) == 300.0 * 300 / 2 + 60.0 * 60 / 2);
	assert_null(strstr(p->warnings, "cloud"));
	product_free(p);
	/* The name of before 2017. */
	unlink(files_path(path, dir, GML));
	files_text(dir,
		   QUALITY
		   "/S2B_OPER_MSK_CLOUDS_EPA__20160718T120000_A002734_T43TFM_B00_MSIL1C.gml",
		   clouds);
	p = open_good(dir);
	assert_int_equal(p->granules->opaque.rings_nr, 2);
	product_free(p);
	files_text(dir, GML, clouds);
	assert_refused(dir, ERROR_DATA, "two files for clouds");
	files_remove(dir);
}

static void an_empty_file_is_a_clear_sky(void **state)
{
	static const char *const skies[] = {
		empty,
		MASK_HEAD "</eop:Mask>",
		MASK_HEAD "<eop:maskMembers>" FEATURE("OPAQUE", "") MASK_TAIL,
		MASK_HEAD "<eop:maskMembers>" FEATURE("OPAQUE", POLYGON("")) MASK_TAIL,
		MASK_HEAD
		"<eop:maskMembers>" FEATURE("OPAQUE", POLYGON(RING("exterior", "<gml:posList/>")))
			MASK_TAIL,
		MASK_HEAD "<eop:maskMembers>" FEATURE(
			"OPAQUE", POLYGON(RING("exterior", "<gml:posList>1 2 3 4</gml:posList>")))
			MASK_TAIL,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(skies) / sizeof(skies[0]); i++) {
		char *dir = new_level_1c();
		struct product *p;

		files_text(dir, GML, skies[i]);
		p = open_good(dir);
		assert_int_equal(p->granules->opaque.rings_nr, 0);
		assert_int_equal(p->granules->cirrus.rings_nr, 0);
		assert_null(strstr(p->warnings, "cloud"));
		product_free(p);
		files_remove(dir);
	}
}

/* The product opens, without clouds, and says which file is bad and why. */
static void warned_of(const char *dir, const char *word)
{
	struct product *p = open_good(dir);

	assert_int_equal(p->granules->opaque.rings_nr, 0);
	assert_int_equal(p->granules->cirrus.rings_nr, 0);
	assert_null(p->granules->opaque.rings);
	if (!strstr(p->warnings, "the clouds of the product are not used: ") ||
	    !strstr(p->warnings, "MSK_CLOUDS_B00.gml") || !strstr(p->warnings, word))
		fail_msg("\"%s\" should name the file of clouds and \"%s\"", p->warnings, word);
	product_free(p);
}

static void broken_outlines_are_a_warning(void **state)
{
	static const char *const changes[][3] = {
		{ "8.7:32643", "8.7:32644", "tile's in EPSG:32643" },
		{ "8.7:32643", "nowhere", "tile's in EPSG:32643" },
		{ "<gml:Polygon>", "<gml:Polygon srsName=\"EPSG:4326\">", "EPSG:4326" },
		{ "<gml:posList", "<gml:posList srsName=\"EPSG:4326\"", "EPSG:4326" },
		{ "srsDimension=\"3\"", "srsDimension=\"4\"", "srsDimension" },
		{ "srsDimension=\"3\"", "srsDimension=\"two\"", "srsDimension" },
		{ "601200 5099400 0 ", "601200 5099400 ", "not 3 numbers each" },
		{ "601200 5100000", "601200 north", "not 2 numbers each" },
		{ "601200 5100000", "601200", "not 2 numbers each" },
		{ "601200 5100000", "nan 5100000", "not 2 numbers each" },
		{ "601200 5100000", "1e9 5100000", "not 2 numbers each" },
		{ ">OPAQUE<", ">SMOKE<", "maskType \"SMOKE\"" },
		{ ">OPAQUE<", "><", "maskType" },
		{ ">OPAQUE<", ">a\nb\033[2J\xc3\xa9<", "maskType \"a?b?[2J??\"" },
		{ "8.7:32643", "\n", "in urn:ogc:def:crs:EPSG:?, the" },
		{ "eop:Mask ", "eop:Mosk ", "MSK_CLOUDS_B00.gml" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		char *dir = new_level_1c(), *text = text_with(clouds, changes[i][0], changes[i][1]);

		files_text(dir, GML, text);
		warned_of(dir, changes[i][2]);
		free(text);
		files_remove(dir);
	}
}

static void files_that_are_no_outlines_are_a_warning(void **state)
{
	char *dir = new_level_1c(), path[4200];

	(void)state;
	files_text(dir, GML, "");
	warned_of(dir, "empty");
	files_text(dir, GML, "<a/>");
	warned_of(dir, "not a mask");
	files_text(dir, GML,
		   MASK_HEAD "<eop:maskMembers>" FEATURE("OPAQUE", POLYGON("<gml:exterior/>"))
			   MASK_TAIL);
	warned_of(dir, "without LinearRing");
	for (size_t n = 1; n < sizeof(clouds) - 4; n += 97) {
		files_bytes(dir, GML, clouds, n);
		warned_of(dir, "MSK_CLOUDS_B00.gml");
	}
	files_path(path, dir, GML);
	assert_int_equal(truncate(path, SENTINEL2_XML_BYTES_MAX + 1), 0);
	warned_of(dir, "larger than 16 MiB");
	unlink(path);
	files_folder(dir, GML);
	warned_of(dir, "not a regular file");
	files_remove(dir);
}

/* A file within the size limit may hold more rings than any sky. */
static void too_many_rings_are_refused(void **state)
{
	static const char ring[] = POLYGON(RING("exterior", "<gml:posList>1 1</gml:posList>"));
	size_t n = SENTINEL2_CLOUD_RINGS_MAX + 1;
	char *dir = new_level_1c(), *text = malloc(n * sizeof(ring) + 4096), *at = text;

	(void)state;
	assert_non_null(text);
	at += sprintf(at, "%s",
		      MASK_HEAD "<eop:maskMembers><eop:MaskFeature>"
				"<eop:maskType>OPAQUE</eop:maskType><eop:extentOf>");
	for (size_t i = 0; i < n; i++, at += sizeof(ring) - 1)
		memcpy(at, ring, sizeof(ring));
	sprintf(at, "%s", "</eop:extentOf></eop:MaskFeature>" MASK_TAIL);
	assert_true(strlen(text) < SENTINEL2_XML_BYTES_MAX);
	files_text(dir, GML, text);
	warned_of(dir, "more than");
	free(text);
	files_remove(dir);
}

static void too_many_vertices_are_refused(void **state)
{
	size_t n = SENTINEL2_CLOUD_POINTS_MAX + 1;
	char *dir = new_level_1c(), *text = malloc(4 * n + 4096), *at = text;

	(void)state;
	assert_non_null(text);
	at += sprintf(at, "%s",
		      MASK_HEAD "<eop:maskMembers><eop:MaskFeature>"
				"<eop:maskType>OPAQUE</eop:maskType><eop:extentOf>"
				"<gml:Polygon><gml:exterior><gml:LinearRing><gml:posList>");
	for (size_t i = 0; i < n; i++, at += 4)
		memcpy(at, "1 1 ", 5);
	sprintf(at, "%s",
		"</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>"
		"</eop:extentOf></eop:MaskFeature>" MASK_TAIL);
	assert_true(strlen(text) < SENTINEL2_XML_BYTES_MAX);
	files_text(dir, GML, text);
	warned_of(dir, "more than 2000000 vertices");
	free(text);
	files_remove(dir);
}

static void a_product_without_cloud_mask_says_so(void **state)
{
	char *dir = new_level_1c();
	struct product *p = open_good(dir);

	(void)state;
	assert_non_null(strstr(p->warnings, "no cloud mask in the product"));
	product_free(p);
	files_remove(dir);
}

/* From baseline 04.00 on the clouds are a raster of layers; the outlines do not count beside it. */
static void layers_are_bits(void **state)
{
	char *dir = new_level_1c();
	struct product *p;
	const struct product_band *classi, *quality;

	(void)state;
	files_text(dir, GML, clouds);
	add_layers(dir, QUALITY "/MSK_CLASSI_B00.jp2", 3);
	add_layers(dir, QUALITY "/MSK_QUALIT_B02.jp2", 8);
	add_layers(dir, QUALITY "/MSK_QUALIT_B12.tif", 8);
	add_layers(dir, QUALITY "/MSK_QUALIT_B8A.jp2", 8);
	add_layers(dir, QUALITY "/MSK_DETFOO_B03.jp2", 1);
	p = open_good(dir);
	classi = &p->granules->bands[ROLE_CLASSI];
	quality = &p->granules->bands[ROLE_QUALIT_SWIR2];
	assert_string_equal(classi->file, "MSK_CLASSI_B00.jp2");
	assert_null(classi->broken);
	assert_true(classi->sample == SAMPLE_BITS);
	assert_true(classi->fill == PRODUCT_NO_VALUE && classi->gain == 1);
	assert_string_equal(quality->file, "MSK_QUALIT_B12.tif");
	assert_null(quality->broken);
	assert_true(quality->sample == SAMPLE_BITS);
	assert_string_equal(p->granules->bands[ROLE_QUALIT_BLUE].file, "MSK_QUALIT_B02.jp2");
	assert_null(p->granules->bands[ROLE_QUALIT_GREEN].path);
	assert_null(p->granules->bands[ROLE_QUALIT_NIR].path);
	assert_int_equal(p->granules->opaque.rings_nr, 0);
	product_free(p);
	add_layers(dir, QUALITY "/MSK_CLASSI_B00.tif", 3);
	assert_refused(dir, ERROR_DATA, "two files for MSK_CLASSI_B00");
	files_remove(dir);
}

/* 0 % of degraded data: the six rasters have nothing to say. */
static void undegraded_data_needs_no_quality_mask(void **state)
{
	static const struct {
		const char *percent;
		bool taken;
	} cases[] = { { "0", false }, { "0.000000", false }, { "0.0001", true }, { "none", true } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *dir = new_level_1c(), quality[300], *text;
		struct product *p;

		snprintf(quality, sizeof(quality),
			 "</n1:Geometric_Info><n1:Quality_Indicators_Info><Image_Content_QI>"
			 "<DEGRADED_MSI_DATA_PERCENTAGE>%s</DEGRADED_MSI_DATA_PERCENTAGE>"
			 "</Image_Content_QI></n1:Quality_Indicators_Info>",
			 cases[i].percent);
		text = text_with(tile, "</n1:Geometric_Info>", quality);
		files_text(dir, L1C "/MTD_TL.xml", text);
		add_layers(dir, QUALITY "/MSK_QUALIT_B02.jp2", 8);
		p = open_good(dir);
		assert_int_equal(p->granules->bands[ROLE_QUALIT_BLUE].path != NULL, cases[i].taken);
		product_free(p);
		free(text);
		files_remove(dir);
	}
}

/* Level-2A carries masks of Level-1C: its own SCL is better, but quality counts. */
static void level_2a_has_scl(void **state)
{
	char *dir = new_product(good, tile);
	struct product *p;

	(void)state;
	files_folder(dir, GRANULE "/QI_DATA");
	add_layers(dir, GRANULE "/QI_DATA/MSK_CLASSI_B00.jp2", 3);
	add_layers(dir, GRANULE "/QI_DATA/MSK_QUALIT_B11.jp2", 8);
	files_text(dir, GRANULE "/QI_DATA/MSK_CLOUDS_B00.gml", clouds);
	p = open_good(dir);
	assert_null(p->granules->bands[ROLE_CLASSI].path);
	assert_non_null(p->granules->bands[ROLE_SCL].path);
	assert_string_equal(p->granules->bands[ROLE_QUALIT_SWIR1].file, "MSK_QUALIT_B11.jp2");
	assert_int_equal(p->granules->opaque.rings_nr, 0);
	assert_null(strstr(p->warnings, "cloud"));
	product_free(p);
	files_remove(dir);
}

static void reads_epsg_codes(void **state)
{
	(void)state;
	assert_int_equal(safe_epsg("EPSG:32643"), 32643);
	assert_int_equal(safe_epsg("urn:ogc:def:crs:EPSG:8.7:32643"), 32643);
	assert_int_equal(safe_epsg("http://www.opengis.net/def/crs/EPSG/0/32643"), 32643);
	assert_int_equal(safe_epsg("EPSG:32643x"), 0);
	assert_int_equal(safe_epsg("32643"), 0);
	assert_int_equal(safe_epsg("IGNF:32643"), 0);
	assert_int_equal(safe_epsg("EPSG:99999999999999999999"), 0);
	assert_int_equal(safe_epsg(""), 0);
	assert_int_equal(safe_epsg(NULL), 0);
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
		cmocka_unit_test(outlines_become_polygons),
		cmocka_unit_test(an_empty_file_is_a_clear_sky),
		cmocka_unit_test(broken_outlines_are_a_warning),
		cmocka_unit_test(files_that_are_no_outlines_are_a_warning),
		cmocka_unit_test(too_many_rings_are_refused),
		cmocka_unit_test(too_many_vertices_are_refused),
		cmocka_unit_test(a_product_without_cloud_mask_says_so),
		cmocka_unit_test(layers_are_bits),
		cmocka_unit_test(undegraded_data_needs_no_quality_mask),
		cmocka_unit_test(level_2a_has_scl),
		cmocka_unit_test(reads_epsg_codes),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
