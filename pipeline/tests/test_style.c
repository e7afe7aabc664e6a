/* SPDX-License-Identifier: Apache-2.0
 *
 * QGIS styles are XML with an entry for each class; pictures come back as they were.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <cpl_minixml.h>

#include "pipeline/base/file.h"
#include "pipeline/io/gdal.h"
#include "pipeline/io/picture.h"
#include "pipeline/io/style.h"
#include "pipeline/tests/geotiff_maker.h"

static char folder[400], path[500];

static CPLXMLNode *style(const struct layer *layer)
{
	struct error e = { 0 };
	CPLXMLNode *root;

	if (style_write(layer, path, &e))
		fail_msg("%s", e.text);
	root = CPLParseXMLFile(path);
	assert_non_null(root);
	assert_int_equal(unlink(path), 0);
	return root;
}

/* The elements of this name under the node at a path of names. */
static const CPLXMLNode *first(CPLXMLNode *root, const char *where, const char *name)
{
	const CPLXMLNode *node = CPLGetXMLNode(root, where);

	assert_non_null(node);
	node = node->psChild;
	while (node && (node->eType != CXT_Element || strcmp(node->pszValue, name)))
		node = node->psNext;
	return node;
}

static const CPLXMLNode *next(const CPLXMLNode *node)
{
	const char *name = node->pszValue;

	do
		node = node->psNext;
	while (node && (node->eType != CXT_Element || strcmp(node->pszValue, name)));
	return node;
}

static void assert_attribute(const CPLXMLNode *node, const char *name, const char *value)
{
	assert_string_equal(CPLGetXMLValue((CPLXMLNode *)node, name, ""), value);
}

static void assert_entry(const CPLXMLNode *node, double value, const struct layer_class *c)
{
	char text[40];

	snprintf(text, sizeof(text), "%.0f", value);
	assert_attribute(node, "value", text);
	snprintf(text, sizeof(text), "#%02x%02x%02x", c->r, c->g, c->b);
	assert_attribute(node, "color", text);
	snprintf(text, sizeof(text), "%d", c->a);
	assert_attribute(node, "alpha", text);
	assert_attribute(node, "label", c->name);
}

static void class_layers(void **state)
{
	(void)state;
	for (size_t i = 0; layer_at(i); i++) {
		const struct layer *layer = layer_at(i);
		CPLXMLNode *root;
		const CPLXMLNode *node;

		if (!layer->classes || layer->halving == HALVE_OR)
			continue;
		root = style(layer);
		node = first(root, "=qgis.pipe.rasterrenderer.colorPalette", "paletteEntry");
		for (size_t k = 0; k < layer->classes_nr; k++, node = next(node)) {
			assert_non_null(node);
			assert_entry(node, layer->classes[k].code, &layer->classes[k]);
		}
		assert_null(node);
		CPLDestroyXMLNode(root);
	}
}

#define SHADER "=qgis.pipe.rasterrenderer.rastershader.colorrampshader"

/* Entry "no bit", then the value with this bit and all below for each. */
static void bit_fields(void **state)
{
	const struct layer *layer = layer_find("why");
	CPLXMLNode *root = style(layer);
	const CPLXMLNode *node = first(root, SHADER, "item");

	(void)state;
	assert_string_equal(CPLGetXMLValue(root, SHADER ".colorRampType", ""), "DISCRETE");
	assert_attribute(node, "value", "0");
	for (size_t k = 0; k < layer->classes_nr; k++) {
		uint32_t bit = layer->classes[k].code;

		node = next(node);
		assert_non_null(node);
		assert_entry(node, bit | (bit - 1), &layer->classes[k]);
	}
	assert_null(next(node));
	CPLDestroyXMLNode(root);
}

/* From end to end of the layer's range, in values and not as stored, rising. */
static void quantities(void **state)
{
	(void)state;
	for (size_t i = 0; maker_layer(i); i++) {
		const struct layer *layer = maker_layer(i);
		double min = layer->style_min * layer->scale + layer->offset;
		double max = layer->style_max * layer->scale + layer->offset, value = 0;
		CPLXMLNode *root;
		const CPLXMLNode *node;
		int n = 0;

		if (layer->classes)
			continue;
		root = style(layer);
		assert_true(atof(CPLGetXMLValue(root, SHADER ".minimumValue", "")) == min);
		assert_true(atof(CPLGetXMLValue(root, SHADER ".maximumValue", "")) == max);
		for (node = first(root, SHADER, "item"); node; node = next(node), n++) {
			double here = atof(CPLGetXMLValue((CPLXMLNode *)node, "value", ""));

			assert_true(n ? here > value : here == min);
			value = here;
		}
		assert_true(value == max);
		/* Diverging: an odd number, so that 0 is in the middle. */
		assert_int_equal(n, layer->style_min < 0 ? 9 : 7);
		CPLDestroyXMLNode(root);
	}
}

static void hard_names(void **state)
{
	static const struct layer_class classes[] = { { 0, "a < b & \"c\" 'd' > e", 1, 2, 3, 4 } };
	struct layer layer = *layer_find("water");
	CPLXMLNode *root;

	(void)state;
	layer.classes = classes;
	layer.classes_nr = 1;
	root = style(&layer);
	assert_entry(first(root, "=qgis.pipe.rasterrenderer.colorPalette", "paletteEntry"), 0,
		     classes);
	CPLDestroyXMLNode(root);
}

static void not_over_a_file(void **state)
{
	static const uint8_t pixel[4] = { 0 };
	struct error e = { 0 };

	(void)state;
	assert_int_equal(file_write(path, "mine", 4, &e), 0);
	assert_int_equal(style_write(layer_find("water"), path, &e), -1);
	assert_int_equal(e.code, ERROR_CANTCREATE);
	e = (struct error){ 0 };
	assert_int_equal(picture_write(path, pixel, 1, 1, &e), -1);
	assert_int_equal(e.code, ERROR_CANTCREATE);
	unlink(path);
}

/* --- pictures --- */

static void picture_round_trip(int32_t w, int32_t h)
{
	static const char *const drivers[] = { "PNG", NULL };
	size_t size = (size_t)w * (size_t)h * 4;
	uint8_t *rgba = malloc(size), *back = malloc(size);
	struct error e = { 0 };
	GDALDatasetH dataset;

	for (size_t i = 0; i < size; i++)
		rgba[i] = (uint8_t)maker_hash((uint32_t)i / 3);
	if (picture_write(path, rgba, w, h, &e))
		fail_msg("%s", e.text);
	dataset = gdal_open(path, drivers, &e);
	assert_non_null(dataset);
	assert_int_equal(GDALGetRasterXSize(dataset), w);
	assert_int_equal(GDALGetRasterYSize(dataset), h);
	assert_int_equal(GDALGetRasterCount(dataset), 4);
	assert_int_equal(GDALGetRasterColorInterpretation(GDALGetRasterBand(dataset, 4)),
			 GCI_AlphaBand);
	assert_int_equal(GDALDatasetRasterIO(dataset, GF_Read, 0, 0, w, h, back, w, h, GDT_Byte, 4,
					     NULL, 4, 4 * w, 1),
			 CE_None);
	assert_memory_equal(rgba, back, size);
	GDALClose(dataset);
	assert_int_equal(unlink(path), 0);
	free(rgba);
	free(back);
}

static void pictures(void **state)
{
	(void)state;
	picture_round_trip(1, 1);
	picture_round_trip(257, 130);
}

static void picture_of_no_size(void **state)
{
	static const uint8_t pixel[4] = { 0 };
	struct error e = { 0 };

	(void)state;
	assert_int_equal(picture_write(path, pixel, 0, 1, &e), -1);
	assert_int_equal(picture_write(path, pixel, 1, PICTURE_SIDE_MAX + 1, &e), -1);
	assert_int_equal(e.code, ERROR_BUG);
	assert_int_equal(access(path, F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(class_layers),	      cmocka_unit_test(bit_fields),
		cmocka_unit_test(quantities),	      cmocka_unit_test(hard_names),
		cmocka_unit_test(not_over_a_file),    cmocka_unit_test(pictures),
		cmocka_unit_test(picture_of_no_size),
	};
	int failed;

	maker_folder(folder, sizeof(folder));
	snprintf(path, sizeof(path), "%s/a.out", folder);
	gdal_setup(64u << 20);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	/* Nothing beside the files that were asked for. */
	if (!failed && rmdir(folder))
		return 1;
	return failed;
}
