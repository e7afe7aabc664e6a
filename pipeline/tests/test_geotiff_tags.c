/* SPDX-License-Identifier: Apache-2.0
 *
 * What a written GeoTIFF says of itself, as GDAL tells it: place, band, codes, items.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <cpl_string.h>
#include <ogr_srs_api.h>

#include "pipeline/base/file.h"
#include "pipeline/io/gdal.h"
#include "pipeline/tests/geotiff_maker.h"

static char folder[400], path[500];

static GDALDatasetH write_and_open(const struct maker_image *m, const struct geotiff_spec *spec)
{
	static const char *const drivers[] = { "GTiff", NULL };
	struct error e = { 0 };
	GDALDatasetH dataset;

	if (maker_write(m, spec, NULL, &e))
		fail_msg("%s", e.text);
	dataset = gdal_open(spec->path, drivers, &e);
	if (!dataset)
		fail_msg("%s", e.text);
	return dataset;
}

static void assert_item(GDALMajorObjectH object, const char *domain, const char *name,
			const char *value)
{
	const char *found = GDALGetMetadataItem(object, name, domain);

	if (!found || strcmp(found, value))
		fail_msg("%s is \"%s\", not \"%s\"", name, found ? found : "(absent)", value);
}

static void assert_nodata(GDALRasterBandH band, const struct layer *layer)
{
	int has = 0;
	double nodata = GDALGetRasterNoDataValue(band, &has);

	assert_int_equal(has, layer->has_nodata);
	if (has && isnan(layer->nodata))
		assert_true(isnan(nodata));
	else if (has)
		assert_true(nodata == layer->nodata);
}

static void assert_colours(GDALRasterBandH band, const struct layer *layer)
{
	GDALColorTableH table = GDALGetRasterColorTable(band);

	assert_non_null(table);
	assert_int_equal(GDALGetRasterColorInterpretation(band), GCI_PaletteIndex);
	for (size_t i = 0; i < layer->classes_nr; i++) {
		const struct layer_class *c = &layer->classes[i];
		const GDALColorEntry *entry = GDALGetColorEntry(table, (int)c->code);

		assert_int_equal(entry->c1, c->r);
		assert_int_equal(entry->c2, c->g);
		assert_int_equal(entry->c3, c->b);
		assert_int_equal(entry->c4, c->code == layer->nodata ? 0 : 255);
	}
}

/* CLASS_<code>, or BIT_<number> by counting the bits below. */
static void assert_codes(GDALRasterBandH band, const struct layer *layer)
{
	for (size_t i = 0; layer->classes && i < layer->classes_nr; i++) {
		const struct layer_class *c = &layer->classes[i];
		char name[40];

		if (layer->halving == HALVE_OR)
			snprintf(name, sizeof(name), "BIT_%d", __builtin_ctz(c->code));
		else
			snprintf(name, sizeof(name), "CLASS_%u", c->code);
		assert_item(band, NULL, name, c->name);
	}
}

static void assert_band(GDALRasterBandH band, const struct layer *layer)
{
	/* Of bits that combine a table of colours would be wrong for most values. */
	bool colours = layer->classes && layer->type == LAYER_U8 && layer->halving != HALVE_OR;
	int ok, x, y;

	assert_string_equal(GDALGetDescription(band), layer->description);
	assert_string_equal(GDALGetRasterUnitType(band), layer->unit);
	assert_true(GDALGetRasterScale(band, &ok) == layer->scale);
	assert_true(GDALGetRasterOffset(band, &ok) == layer->offset);
	assert_nodata(band, layer);
	assert_codes(band, layer);
	GDALGetBlockSize(band, &x, &y);
	assert_int_equal(x, 512);
	assert_int_equal(y, 512);
	if (colours)
		assert_colours(band, layer);
	else
		assert_null(GDALGetRasterColorTable(band));
	if (colours)
		assert_colours(GDALGetOverview(band, 0), layer);
	assert_nodata(GDALGetOverview(band, 0), layer);
}

static void every_layer(void **state)
{
	static const char *const resampling[] = { [HALVE_MODE] = "MODE",
						  [HALVE_OR] = "OR",
						  [HALVE_NEAREST] = "NEAREST",
						  [HALVE_MEAN] = "AVERAGE" };

	(void)state;
	for (size_t i = 0; maker_layer(i); i++) {
		const struct layer *layer = maker_layer(i);
		struct maker_image m = maker_make(layer, 600, 300);
		struct geotiff_spec spec = maker_spec(&m, path);
		GDALDatasetH dataset = write_and_open(&m, &spec);

		assert_band(GDALGetRasterBand(dataset, 1), layer);
		assert_item(dataset, NULL, "AREA_OR_POINT", "Area");
		assert_item(dataset, NULL, "OVERVIEW_RESAMPLING", resampling[layer->halving]);
		assert_item(dataset, NULL, "TIFFTAG_SOFTWARE", "balkhash " BALKHASH_VERSION);
		assert_item(dataset, NULL, "TIFFTAG_IMAGEDESCRIPTION", layer->description);
		assert_null(GDALGetMetadataItem(dataset, "TIFFTAG_DATETIME", NULL));
		assert_item(dataset, "IMAGE_STRUCTURE", "LAYOUT", "COG");
		assert_item(dataset, "IMAGE_STRUCTURE", "COMPRESSION", "DEFLATE");
		GDALClose(dataset);
		assert_int_equal(unlink(path), 0);
		free(m.pixels);
	}
}

/* Text that XML and GDAL, which resolves entities twice, could take for something else. */
static void items(void **state)
{
	static const struct geotiff_item item[] = {
		{ "ACQUIRED", "2024-07-12T05:42:13Z" },
		{ "HARD", "a <b> & \"c\" 'd' &amp; &lt; &#65;" },
		{ "NAME", "Балқаш көлі" },
		{ "CONTROL", "one\ntwo\x01three" },
	};
	struct maker_image m = maker_make(layer_find("water"), 20, 10);
	struct geotiff_spec spec = maker_spec(&m, path);
	GDALDatasetH dataset;

	(void)state;
	spec.items = item;
	spec.items_nr = 4;
	dataset = write_and_open(&m, &spec);
	for (int i = 0; i < 3; i++)
		assert_item(dataset, NULL, item[i].name, item[i].value);
	assert_item(dataset, NULL, "CONTROL", "one two three");
	GDALClose(dataset);
	unlink(path);
	free(m.pixels);
}

/* --- place --- */

static GDALDatasetH placed(struct maker_image *m, const char *crs)
{
	struct geotiff_spec spec;

	snprintf(m->grid.crs.def, sizeof(m->grid.crs.def), "%s", crs);
	m->grid.x0 = 300000.5;
	m->grid.y0 = 5100000.25;
	m->grid.dx = 30;
	m->grid.dy = 29.75;
	spec = maker_spec(m, path);
	return write_and_open(m, &spec);
}

static void assert_crs(GDALDatasetH dataset, const char *crs)
{
	static const char *const options[] = { "IGNORE_DATA_AXIS_TO_SRS_AXIS_MAPPING=YES", NULL };
	OGRSpatialReferenceH want = OSRNewSpatialReference(NULL);

	assert_int_equal(OSRSetFromUserInput(want, crs), OGRERR_NONE);
	assert_true(OSRIsSameEx(GDALGetSpatialRef(dataset), want, options));
	OSRDestroySpatialReference(want);
}

static void assert_transform(GDALDatasetH dataset)
{
	const double want[6] = { 300000.5, 30, 0, 5100000.25, 0, -29.75 };
	double got[6];

	assert_int_equal(GDALGetGeoTransform(dataset, got), CE_None);
	for (int i = 0; i < 6; i++)
		assert_true(got[i] == want[i]);
}

static void place_by_code(void **state)
{
	struct maker_image m = maker_make(layer_find("water"), 20, 10);
	GDALDatasetH dataset = placed(&m, "EPSG:32643");
	OGRSpatialReferenceH srs = GDALGetSpatialRef(dataset);

	(void)state;
	assert_transform(dataset);
	assert_crs(dataset, "EPSG:32643");
	assert_string_equal(OSRGetAuthorityCode(srs, NULL), "32643");
	GDALClose(dataset);
	unlink(path);
	free(m.pixels);
}

/* No name is PROJ's "unknown", not even for readers that look no code up. */
static void assert_named(void)
{
	struct error e = { 0 };
	size_t size;
	char *bytes;

	assert_int_equal(file_read(path, 1u << 24, &bytes, &size, &e), 0);
	assert_non_null(memmem(bytes, size, "|WGS 84|", 8));
	assert_null(memmem(bytes, size, "unknown", 7));
	free(bytes);
}

static void place_by_parameters(void **state)
{
	static const struct {
		const char *crs, *name;
	} known[] = {
		{ MAKER_LAEA, "Lambert Azimuthal Equal Area, 46 N 76.3 E" },
		{ "+proj=laea +lat_0=-12.5 +lon_0=-60 +datum=WGS84 +units=m",
		  "Lambert Azimuthal Equal Area, 12.5 S 60 W" },
		{ "+proj=tmerc +lat_0=0 +lon_0=75 +datum=WGS84 +units=m",
		  "Transverse Mercator, 0 N 75 E" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct maker_image m = maker_make(layer_find("water"), 20, 10);
		GDALDatasetH dataset = placed(&m, known[i].crs);
		OGRSpatialReferenceH srs = GDALGetSpatialRef(dataset);

		assert_transform(dataset);
		assert_crs(dataset, known[i].crs);
		assert_string_equal(OSRGetAttrValue(srs, "PROJCS", 0), known[i].name);
		assert_string_equal(OSRGetAttrValue(srs, "GEOGCS", 0), "WGS 84");
		GDALClose(dataset);
		assert_named();
		unlink(path);
		free(m.pixels);
	}
}

static void place_that_is_none(void **state)
{
	struct maker_image m = maker_make(layer_find("water"), 20, 10);
	struct geotiff_spec spec = maker_spec(&m, path);
	struct error e = { 0 };
	struct geotiff *g;

	(void)state;
	snprintf(spec.grid.crs.def, sizeof(spec.grid.crs.def), "EPSG:999999");
	assert_int_equal(geotiff_create(&g, &spec, &e), -1);
	assert_null(g);
	assert_int_equal(e.code, ERROR_DATA);
	assert_non_null(strstr(e.text, "EPSG:999999"));
	assert_int_equal(access(path, F_OK), -1);
	free(m.pixels);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_layer),	      cmocka_unit_test(items),
		cmocka_unit_test(place_by_code),      cmocka_unit_test(place_by_parameters),
		cmocka_unit_test(place_that_is_none),
	};
	int failed;

	maker_folder(folder, sizeof(folder));
	snprintf(path, sizeof(path), "%s/a.tif", folder);
	gdal_setup(64u << 20);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	if (!failed)
		rmdir(folder);
	return failed;
}
