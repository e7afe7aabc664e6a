/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/geotiff_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/io/xml.h"

uint16_t geotiff_compression(const struct geotiff *g)
{
	switch (g->options.compress) {
	case GEOTIFF_ZSTD:
		return COMPRESSION_ZSTD;
	case GEOTIFF_LZW:
		return COMPRESSION_LZW;
	case GEOTIFF_NONE:
		return COMPRESSION_NONE;
	default:
		return COMPRESSION_ADOBE_DEFLATE;
	}
}

/* Differences make smooth quantities small; codes and bits repeat, and are better left alone. */
uint16_t geotiff_predictor(const struct geotiff *g)
{
	const struct layer *l = g->layer;

	if (g->options.compress == GEOTIFF_NONE)
		return PREDICTOR_NONE;
	if (l->type == LAYER_F32)
		return PREDICTOR_FLOATINGPOINT;
	return !l->classes && (l->type == LAYER_U16 || l->type == LAYER_I16) ? PREDICTOR_HORIZONTAL
									     : PREDICTOR_NONE;
}

static uint16_t sample_format(enum layer_type type)
{
	if (type == LAYER_F32)
		return SAMPLEFORMAT_IEEEFP;
	return type == LAYER_I16 ? SAMPLEFORMAT_INT : SAMPLEFORMAT_UINT;
}

bool geotiff_set_pixels(TIFF *t, const struct geotiff *g)
{
	uint16_t predictor = geotiff_predictor(g);
	int level = g->options.level;

	if (!TIFFSetField(t, TIFFTAG_BITSPERSAMPLE, (int)(8 * g->pixel_size)) ||
	    !TIFFSetField(t, TIFFTAG_SAMPLESPERPIXEL, 1) ||
	    !TIFFSetField(t, TIFFTAG_SAMPLEFORMAT, sample_format(g->layer->type)) ||
	    !TIFFSetField(t, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG) ||
	    !TIFFSetField(t, TIFFTAG_TILEWIDTH, GEOTIFF_TILE) ||
	    !TIFFSetField(t, TIFFTAG_TILELENGTH, GEOTIFF_TILE) ||
	    !TIFFSetField(t, TIFFTAG_COMPRESSION, geotiff_compression(g)))
		return false;
	if (predictor != PREDICTOR_NONE && !TIFFSetField(t, TIFFTAG_PREDICTOR, predictor))
		return false;
	if (g->options.compress == GEOTIFF_DEFLATE)
		return TIFFSetField(t, TIFFTAG_ZIPQUALITY, geotiff_deflate_level(&g->options));
	if (g->options.compress == GEOTIFF_ZSTD)
		return TIFFSetField(t, TIFFTAG_ZSTD_LEVEL, level ? level : 9);
	return true;
}

/* --- GDAL's metadata --- */

#define BAND " sample=\"0\""

/* An item of the file (no band) or of the band.  GDAL resolves entities in values twice. */
static void item(FILE *out, const char *name, const char *attributes, const char *value)
{
	fputs("  <Item name=\"", out);
	xml_text(out, name, 1);
	fprintf(out, "\"%s>", attributes);
	xml_text(out, value, 2);
	fputs("</Item>\n", out);
}

static void item_number(FILE *out, const char *name, const char *attributes, int digits,
			double value)
{
	char text[40];

	snprintf(text, sizeof(text), "%.*g", digits, value);
	item(out, name, attributes, text);
}

static void item_code(FILE *out, const struct layer *layer, const struct layer_class *class)
{
	uint32_t bits = class->code;
	unsigned int bit = 0;
	char name[40];

	while (bits > 1) {
		bits >>= 1;
		bit++;
	}
	if (layer->halving == HALVE_OR)
		snprintf(name, sizeof(name), "BIT_%u", bit);
	else
		snprintf(name, sizeof(name), "CLASS_%u", class->code);
	item(out, name, BAND, class->name);
}

/* Digits as GDAL writes them; GDAL holds a file without minimum and maximum for not counted. */
static void items_statistics(FILE *out, const struct geotiff *g)
{
	struct geotiff_statistics s = geotiff_statistics(g);

	if (s.valid) {
		item_number(out, "STATISTICS_MINIMUM", BAND, 14, s.min);
		item_number(out, "STATISTICS_MAXIMUM", BAND, 14, s.max);
		item_number(out, "STATISTICS_MEAN", BAND, 14, s.mean);
		item_number(out, "STATISTICS_STDDEV", BAND, 14, s.stddev);
	}
	item_number(out, "STATISTICS_VALID_PERCENT", BAND, 4,
		    100.0 * (double)s.valid / (double)s.total);
}

static void items(FILE *out, const struct geotiff *g)
{
	static const char *const halving[] = { [HALVE_MODE] = "MODE",
					       [HALVE_OR] = "OR",
					       [HALVE_NEAREST] = "NEAREST",
					       [HALVE_MEAN] = "AVERAGE" };
	const struct layer *l = g->layer;

	fputs("<GDALMetadata>\n", out);
	for (size_t i = 0; i < g->items_nr; i++)
		item(out, g->items[i].name, "", g->items[i].value);
	if (g->levels_nr > 1)
		item(out, "OVERVIEW_RESAMPLING", "", halving[l->halving]);
	item(out, "DESCRIPTION", BAND " role=\"description\"", l->description);
	if (l->unit[0])
		item(out, "UNITTYPE", BAND " role=\"unittype\"", l->unit);
	if (l->scale != 1 || l->offset != 0) {
		item_number(out, "OFFSET", BAND " role=\"offset\"", 17, l->offset);
		item_number(out, "SCALE", BAND " role=\"scale\"", 17, l->scale);
	}
	items_statistics(out, g);
	for (size_t i = 0; l->classes && i < l->classes_nr; i++)
		item_code(out, l, &l->classes[i]);
	fputs("</GDALMetadata>\n", out);
}

/* Allocated; NULL without memory. */
static char *metadata(const struct geotiff *g)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	bool ok;

	if (!out)
		return NULL;
	items(out, g);
	ok = !ferror(out);
	ok = !fclose(out) && ok;
	if (!ok) {
		free(text);
		text = NULL;
	}
	return text;
}

/* --- directories --- */

#define VARIABLE TIFF_VARIABLE, TIFF_VARIABLE

/* libtiff forgets these with every directory; what GDAL may have added is the same. */
static bool define_tags(TIFF *t)
{
	static const TIFFFieldInfo tags[] = {
		{ GEOTIFF_TAG_SCALE, VARIABLE, TIFF_DOUBLE, FIELD_CUSTOM, 1, 1, (char *)"Scale" },
		{ GEOTIFF_TAG_TIEPOINT, VARIABLE, TIFF_DOUBLE, FIELD_CUSTOM, 1, 1, (char *)"Tie" },
		{ GEOTIFF_TAG_KEYS, VARIABLE, TIFF_SHORT, FIELD_CUSTOM, 1, 1, (char *)"Keys" },
		{ GEOTIFF_TAG_REALS, VARIABLE, TIFF_DOUBLE, FIELD_CUSTOM, 1, 1, (char *)"Reals" },
		{ GEOTIFF_TAG_TEXT, VARIABLE, TIFF_ASCII, FIELD_CUSTOM, 1, 0, (char *)"Text" },
		{ GEOTIFF_TAG_METADATA, VARIABLE, TIFF_ASCII, FIELD_CUSTOM, 1, 0, (char *)"XML" },
		{ GEOTIFF_TAG_NODATA, VARIABLE, TIFF_ASCII, FIELD_CUSTOM, 1, 0, (char *)"NoData" },
	};

	return TIFFMergeFieldInfo(t, tags, sizeof(tags) / sizeof(tags[0])) == 0;
}

static bool set_colours(TIFF *t, const struct layer *layer)
{
	uint16_t r[256] = { 0 }, g[256] = { 0 }, b[256] = { 0 };

	for (size_t i = 0; i < layer->classes_nr; i++) {
		const struct layer_class *c = &layer->classes[i];

		/* 255 * 257 = 65535 */
		r[c->code & 255] = (uint16_t)(c->r * 257);
		g[c->code & 255] = (uint16_t)(c->g * 257);
		b[c->code & 255] = (uint16_t)(c->b * 257);
	}
	return TIFFSetField(t, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_PALETTE) &&
	       TIFFSetField(t, TIFFTAG_COLORMAP, r, g, b);
}

static bool set_nodata(TIFF *t, const struct layer *layer)
{
	char text[40];

	if (!layer->has_nodata)
		return true;
	if (isnan(layer->nodata))
		snprintf(text, sizeof(text), "nan");
	else
		snprintf(text, sizeof(text), "%.17g", layer->nodata);
	return TIFFSetField(t, GEOTIFF_TAG_NODATA, text);
}

/* What only the full-size image says. */
static bool set_description(TIFF *t, const struct geotiff *g)
{
	const struct geotiff_place *p = &g->place;
	char *xml = metadata(g);
	bool ok = xml && TIFFSetField(t, GEOTIFF_TAG_METADATA, xml) &&
		  TIFFSetField(t, TIFFTAG_IMAGEDESCRIPTION, g->layer->description) &&
		  TIFFSetField(t, TIFFTAG_SOFTWARE, "balkhash " BALKHASH_VERSION) &&
		  TIFFSetField(t, GEOTIFF_TAG_SCALE, 3, p->pixel_scale) &&
		  TIFFSetField(t, GEOTIFF_TAG_TIEPOINT, 6, p->tiepoint) &&
		  TIFFSetField(t, GEOTIFF_TAG_KEYS, (int)p->keys_nr, p->key);

	if (ok && p->reals_nr)
		ok = TIFFSetField(t, GEOTIFF_TAG_REALS, (int)p->reals_nr, p->real);
	if (ok && p->text)
		ok = TIFFSetField(t, GEOTIFF_TAG_TEXT, p->text);
	free(xml);
	return ok;
}

bool geotiff_set_level(TIFF *t, const struct geotiff *g, int level)
{
	const struct grid *grid = &g->level[level].grid;
	bool palette =
		g->layer->classes && g->layer->type == LAYER_U8 && g->layer->halving != HALVE_OR;

	if (!define_tags(t) || !geotiff_set_pixels(t, g) ||
	    !TIFFSetField(t, TIFFTAG_IMAGEWIDTH, grid->width) ||
	    !TIFFSetField(t, TIFFTAG_IMAGELENGTH, grid->height))
		return false;
	if (level > 0 && !TIFFSetField(t, TIFFTAG_SUBFILETYPE, FILETYPE_REDUCEDIMAGE))
		return false;
	if (palette ? !set_colours(t, g->layer)
		    : !TIFFSetField(t, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK))
		return false;
	return set_nodata(t, g->layer) && (level > 0 || set_description(t, g));
}
