/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "pipeline/io/vectors.h"

/* End a layer with a style that is freed here. */
static int end_layer(struct vectors *v, char *style, struct error *e)
{
	int ret = style ? vectors_end(v, style, e) : error_nomem(e, "the style of a layer");

	free(style);
	return ret;
}

int vectors_add_lines(struct vectors *v, const char *name, const char *period,
		      const struct lines *lines, struct vectors_colour colour, struct error *e)
{
	static const struct vectors_field fields[] = {
		{ "id", VECTORS_INTEGER, "Number of the line" },
		{ "closed", VECTORS_BOOLEAN, "Does it return to its first point?" },
		{ "length_m", VECTORS_REAL, "Length in the plane of the map [m]" },
		{ "period", VECTORS_TEXT, "When the shore was seen, UTC" },
	};
	const struct vectors_layer layer = {
		.name = name,
		.description = "Shoreline: half of the pixel is water; water on its left",
		.kind = VECTORS_LINE,
		.fields = fields,
		.fields_nr = sizeof(fields) / sizeof(fields[0]),
	};
	int ret = vectors_begin(v, &layer, e);

	for (size_t i = 0; !ret && i < lines->nr; i++) {
		const struct vectors_shape shape = { lines->points, lines->starts + i, 1,
						     lines->closed[i], NULL };
		const struct vectors_value values[] = {
			vectors_integer((int64_t)i + 1),
			vectors_boolean(lines->closed[i]),
			vectors_real(lines_length(lines, i)),
			vectors_text(period),
		};

		ret = vectors_add(v, &shape, values, e);
	}
	return ret ? ret : end_layer(v, vectors_line_style(colour), e);
}

int vectors_add_patches(struct vectors *v, const char *name, const struct patches *patches,
			const double *area_km2, const struct layer *classes, struct error *e)
{
	static const struct vectors_field fields[] = {
		{ "id", VECTORS_INTEGER, "Number of the polygon" },
		{ "change", VECTORS_TEXT, "What happened" },
		{ "pixels", VECTORS_INTEGER, "Pixels in it" },
		{ "area_km2", VECTORS_REAL, "True area [km2]" },
	};
	const struct vectors_layer layer = {
		.name = name,
		.description = "Pixels of one class that share sides",
		.kind = VECTORS_POLYGON,
		.fields = fields,
		.fields_nr = sizeof(fields) / sizeof(fields[0]),
	};
	int ret = vectors_begin(v, &layer, e);

	for (size_t i = 0; !ret && i < patches->nr; i++) {
		const struct patch *p = &patches->patch[i];
		const struct layer_class *class = layer_class_find(classes, p->value);
		const struct vectors_shape shape = { patches->rings.points,
						     patches->rings.starts + p->ring, p->rings_nr,
						     true, NULL };
		const struct vectors_value values[] = {
			vectors_integer((int64_t)i + 1),
			vectors_text(class ? class->name : ""),
			vectors_integer((int64_t)p->pixels),
			vectors_real(area_km2[i]),
		};

		ret = vectors_add(v, &shape, values, e);
	}
	return ret ? ret : end_layer(v, vectors_patch_style("change", classes), e);
}
