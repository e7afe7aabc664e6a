/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/style.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "pipeline/base/file.h"
#include "pipeline/io/xml.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct colour {
	uint8_t r, g, b;
};

/*
 * Even steps of lightness in OKLCH (Ottosson 2020, bottosson.github.io/posts/oklab), so equal
 * differences look equal, also to the colour-blind and in grey.
 * ramps, t = 0, 1/6 ... 1: L = 0.97 - 0.62 t, C = 0.012 + 0.1 sin(0.72 pi t), h = 248 degrees (blue), 145
 * (green), 65 (brown), 30 (red).
 * diverging, t = -1, -3/4 ... 1: L = 0.965 - 0.5 |t|, C = 0.005 + 0.088 |t|, h = 60 degrees
 * (land) below 0 and 245 (water) from 0 on.
 */
#define RAMP_STEPS 7

static const struct colour ramps[][RAMP_STEPS] = {
	[HUE_BLUE] = { { 239, 246, 253 },
		       { 187, 215, 242 },
		       { 137, 183, 227 },
		       { 93, 151, 206 },
		       { 55, 120, 177 },
		       { 25, 89, 142 },
		       { 6, 61, 102 } },
	[HUE_GREEN] = { { 240, 247, 240 },
			{ 192, 220, 192 },
			{ 146, 192, 147 },
			{ 105, 163, 106 },
			{ 69, 132, 72 },
			{ 41, 101, 46 },
			{ 21, 70, 26 } },
	[HUE_BROWN] = { { 251, 244, 237 },
			{ 234, 205, 178 },
			{ 214, 168, 123 },
			{ 189, 132, 74 },
			{ 160, 100, 30 },
			{ 126, 71, 0 },
			{ 89, 46, 0 } },
	[HUE_RED] = { { 253, 242, 240 },
		      { 242, 200, 192 },
		      { 225, 159, 148 },
		      { 201, 121, 108 },
		      { 171, 88, 75 },
		      { 136, 59, 49 },
		      { 97, 37, 29 } },
};

static const struct colour diverging[] = {
	{ 127, 75, 27 },   { 157, 115, 81 },  { 187, 156, 133 },
	{ 216, 199, 185 }, { 241, 244, 247 }, { 189, 205, 219 },
	{ 138, 167, 192 }, { 89, 130, 165 },  { 36, 94, 138 },
};

/* --- pieces --- */

static void head(FILE *out)
{
	fputs("<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
	      "<qgis version=\"3.22.0\" styleCategories=\"Symbology\">\n"
	      "  <pipe>\n"
	      "    <provider>\n"
	      "      <resampling enabled=\"false\" zoomedInResamplingMethod=\"nearestNeighbour\""
	      " zoomedOutResamplingMethod=\"nearestNeighbour\" maxOversampling=\"2\"/>\n"
	      "    </provider>\n",
	      out);
}

static void tail(FILE *out)
{
	fputs("    <brightnesscontrast brightness=\"0\" contrast=\"0\" gamma=\"1\"/>\n"
	      "    <huesaturation saturation=\"0\" grayscaleMode=\"0\" colorizeOn=\"0\"/>\n"
	      "    <rasterresampler maxOversampling=\"2\"/>\n"
	      "  </pipe>\n"
	      "  <blendMode>0</blendMode>\n"
	      "</qgis>\n",
	      out);
}

/* QGIS shows values, not what is stored: it applies the file's scale and offset. */
static double shown(const struct layer *layer, double stored)
{
	return stored * layer->scale + layer->offset;
}

static void entry(FILE *out, const char *element, double value, struct colour c, int alpha)
{
	fprintf(out, "          <%s value=\"%.15g\" color=\"#%02x%02x%02x\" alpha=\"%d\" label=\"",
		element, value, c.r, c.g, c.b, alpha);
}

static void entry_end(FILE *out)
{
	fputs("\"/>\n", out);
}

/* --- renderers --- */

static void classes(FILE *out, const struct layer *layer)
{
	fputs("    <rasterrenderer type=\"paletted\" band=\"1\" opacity=\"1\" alphaBand=\"-1\""
	      " nodataColor=\"\">\n"
	      "      <rasterTransparency/>\n"
	      "      <colorPalette>\n",
	      out);
	for (size_t i = 0; i < layer->classes_nr; i++) {
		const struct layer_class *c = &layer->classes[i];

		entry(out, "paletteEntry", shown(layer, c->code),
		      (struct colour){ c->r, c->g, c->b }, c->a);
		xml_text(out, c->name, 1);
		entry_end(out);
	}
	fputs("      </colorPalette>\n"
	      "    </rasterrenderer>\n",
	      out);
}

static void shader_head(FILE *out, const char *type, double min, double max)
{
	fprintf(out,
		"    <rasterrenderer type=\"singlebandpseudocolor\" band=\"1\" opacity=\"1\""
		" alphaBand=\"-1\" nodataColor=\"\" classificationMin=\"%.15g\""
		" classificationMax=\"%.15g\">\n"
		"      <rasterTransparency/>\n"
		"      <rastershader>\n"
		"        <colorrampshader colorRampType=\"%s\" classificationMode=\"1\" clip=\"0\""
		" minimumValue=\"%.15g\" maximumValue=\"%.15g\">\n",
		min, max, type, min, max);
}

static void shader_tail(FILE *out)
{
	fputs("        </colorrampshader>\n"
	      "      </rastershader>\n"
	      "    </rasterrenderer>\n",
	      out);
}

/* A value belongs to the first entry that is not below it: 2^(k+1) - 1 ends those with bit k. */
static void bits(FILE *out, const struct layer *layer)
{
	fputs("    <!-- A bit field: QGIS colours whole values, here by the highest bit that is"
	      " set. -->\n",
	      out);
	shader_head(out, "DISCRETE", 0, UINT32_MAX);
	entry(out, "item", 0, (struct colour){ 255, 255, 255 }, 0);
	fputs("no bit", out);
	entry_end(out);
	for (size_t i = 0; i < layer->classes_nr; i++) {
		const struct layer_class *c = &layer->classes[i];

		entry(out, "item", 2.0 * c->code - 1, (struct colour){ c->r, c->g, c->b }, c->a);
		xml_text(out, c->name, 1);
		entry_end(out);
	}
	shader_tail(out);
}

/* Even steps from end to end; of a quantity that starts above 0, even ratios, rounded so that libm's last
 * bits do not show. */
static double step_value(const struct layer *layer, double part)
{
	double low = layer->style_min, high = layer->style_max;

	if (layer->type == LAYER_F32 && low > 0 && part > 0 && part < 1)
		return ldexp(nearbyint(ldexp(low * pow(high / low, part), 20)), -20);
	return low + part * (high - low);
}

static void ramp(FILE *out, const struct layer *layer)
{
	bool both_signs = layer->style_min < 0 && layer->style_max > 0;
	const struct colour *colour = both_signs ? diverging : ramps[layer->hue];
	size_t n = both_signs ? COUNT(diverging) : RAMP_STEPS;

	shader_head(out, "INTERPOLATED", shown(layer, layer->style_min),
		    shown(layer, layer->style_max));
	for (size_t i = 0; i < n; i++) {
		double part = (double)i / (double)(n - 1);
		double value = shown(layer, step_value(layer, part));

		entry(out, "item", value, colour[i], 255);
		fprintf(out, layer->type == LAYER_F32 ? "%.3g" : "%.6g", value);
		if (layer->unit[0] && layer->unit[0] != '1')
			fputc(' ', out);
		xml_text(out, layer->unit[0] == '1' ? "" : layer->unit, 1);
		entry_end(out);
	}
	shader_tail(out);
}

int style_write(const struct layer *layer, const char *path, struct error *e)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int ret = -1;

	if (!out)
		return error_nomem(e, path);
	head(out);
	if (!layer->classes)
		ramp(out, layer);
	else if (layer->halving == HALVE_OR)
		bits(out, layer);
	else
		classes(out, layer);
	tail(out);
	/* A stream in memory fails only without memory. */
	if (ferror(out) | fclose(out))
		error_nomem(e, path);
	else
		ret = file_write(path, text, size, e);
	free(text);
	return ret;
}
