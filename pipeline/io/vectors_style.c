/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/vectors_style.h"

#include <stdio.h>
#include <stdlib.h>

#include <cpl_conv.h>
#include <cpl_string.h>

static void put_property(FILE *f, const char *key, const char *value)
{
	fprintf(f, "<Option type=\"QString\" name=\"%s\" value=\"%s\"/>\n", key, value);
}

static void put_old_property(FILE *f, const char *key, const char *value)
{
	fprintf(f, "<prop k=\"%s\" v=\"%s\"/>\n", key, value);
}

/* One symbol layer; both spellings say the same. */
static void put_symbol(FILE *f, const char *type, size_t name, const char *class,
		       const char *const (*properties)[2], size_t n)
{
	fprintf(f,
		"<symbol type=\"%s\" name=\"%zu\" alpha=\"1\" clip_to_extent=\"1\" force_rhr=\"0\">\n"
		"<layer class=\"%s\" enabled=\"1\" locked=\"0\" pass=\"0\">\n<Option type=\"Map\">\n",
		type, name, class);
	for (size_t i = 0; i < n; i++)
		put_property(f, properties[i][0], properties[i][1]);
	fputs("</Option>\n", f);
	for (size_t i = 0; i < n; i++)
		put_old_property(f, properties[i][0], properties[i][1]);
	fputs("</layer>\n</symbol>\n", f);
}

static void put_start(FILE *f)
{
	fputs("<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
	      "<qgis version=\"3.22.0\" styleCategories=\"Symbology\">\n",
	      f);
}

/* All features alike: symbol type and class as QGIS names them, and its properties. */
struct single {
	const char *type, *class;
	const char *const (*properties)[2];
	size_t n;
};

static void put_single(FILE *f, const void *data)
{
	const struct single *s = data;

	put_start(f);
	fputs("<renderer-v2 type=\"singleSymbol\" enableorderby=\"0\" forceraster=\"0\" "
	      "symbollevels=\"0\">\n<symbols>\n",
	      f);
	put_symbol(f, s->type, 0, s->class, s->properties, s->n);
	fputs("</symbols>\n</renderer-v2>\n</qgis>\n", f);
}

struct categories {
	const char *field;
	const struct layer *classes;
};

static void put_category(FILE *f, const struct layer_class *class, size_t number)
{
	char *name = CPLEscapeString(class->name, -1, CPLES_XML);

	fprintf(f, "<category value=\"%s\" symbol=\"%zu\" label=\"%s\" render=\"true\"/>\n", name,
		number, name);
	CPLFree(name);
}

static void put_fill(FILE *f, const struct layer_class *class, size_t number)
{
	char colour[40];

	snprintf(colour, sizeof(colour), "%u,%u,%u,200", class->r, class->g, class->b);

	const char *const properties[][2] = {
		{ "color", colour },
		{ "style", "solid" },
		{ "outline_style", "no" },
	};

	put_symbol(f, "fill", number, "SimpleFill", properties,
		   sizeof(properties) / sizeof(properties[0]));
}

static void put_categories(FILE *f, const void *data)
{
	const struct categories *c = data;

	put_start(f);
	fprintf(f,
		"<renderer-v2 type=\"categorizedSymbol\" attr=\"%s\" enableorderby=\"0\" "
		"forceraster=\"0\" symbollevels=\"0\">\n<categories>\n",
		c->field);
	for (size_t k = 0; k < c->classes->classes_nr; k++)
		put_category(f, &c->classes->classes[k], k);
	fputs("</categories>\n<symbols>\n", f);
	for (size_t k = 0; k < c->classes->classes_nr; k++)
		put_fill(f, &c->classes->classes[k], k);
	fputs("</symbols>\n</renderer-v2>\n</qgis>\n", f);
}

/* What put writes, as a text. */
static char *text_of(void (*put)(FILE *f, const void *data), const void *data)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	put(f, data);
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}

#define COLOUR_TEXT 40

static void format_colour(struct vectors_colour c, char text[COLOUR_TEXT])
{
	snprintf(text, COLOUR_TEXT, "%u,%u,%u,255", c.r, c.g, c.b);
}

char *vectors_line_style(struct vectors_colour c)
{
	char colour[COLOUR_TEXT];
	const char *const properties[][2] = {
		{ "line_color", colour },    { "line_style", "solid" }, { "line_width", "0.4" },
		{ "line_width_unit", "MM" }, { "joinstyle", "round" },	{ "capstyle", "round" },
	};
	const struct single s = { "line", "SimpleLine", properties,
				  sizeof(properties) / sizeof(properties[0]) };

	format_colour(c, colour);
	return text_of(put_single, &s);
}

char *vectors_point_style(struct vectors_colour c)
{
	char colour[COLOUR_TEXT];
	const char *const properties[][2] = {
		{ "name", "circle" }, { "color", colour },   { "outline_style", "no" },
		{ "size", "1.6" },    { "size_unit", "MM" },
	};
	const struct single s = { "marker", "SimpleMarker", properties,
				  sizeof(properties) / sizeof(properties[0]) };

	format_colour(c, colour);
	return text_of(put_single, &s);
}

char *vectors_border_style(struct vectors_colour c)
{
	char colour[COLOUR_TEXT];
	const char *const properties[][2] = {
		{ "style", "no" },
		{ "outline_color", colour },
		{ "outline_style", "solid" },
		{ "outline_width", "0.3" },
		{ "outline_width_unit", "MM" },
	};
	const struct single s = { "fill", "SimpleFill", properties,
				  sizeof(properties) / sizeof(properties[0]) };

	format_colour(c, colour);
	return text_of(put_single, &s);
}

char *vectors_patch_style(const char *field, const struct layer *classes)
{
	const struct categories c = { field, classes };

	return text_of(put_categories, &c);
}
