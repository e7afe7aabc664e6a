/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/item_shape.h"

#include <stdlib.h>
#include <string.h>

static bool is_position(const json_t *v)
{
	const json_t *x = json_array_get(v, 0), *y = json_array_get(v, 1);
	double lon = json_number_value(x), lat = json_number_value(y);

	return json_array_size(v) == 2 && json_is_number(x) && json_is_number(y) && lon >= -180 &&
	       lon <= 180 && lat >= -90 && lat <= 90;
}

/* A list of at least `least` of what is() takes. */
static bool is_list(const json_t *v, size_t least, bool (*is)(const json_t *))
{
	if (json_array_size(v) < least)
		return false;
	for (size_t i = 0; i < json_array_size(v); i++)
		if (!is(json_array_get(v, i)))
			return false;
	return true;
}

static bool is_ring(const json_t *v)
{
	return is_list(v, 4, is_position);
}

static bool is_polygon(const json_t *v)
{
	return is_list(v, 1, is_ring);
}

bool item_shape_is(const json_t *v)
{
	const char *type = json_string_value(json_object_get(v, "type"));
	const json_t *coordinates = json_object_get(v, "coordinates");

	if (!type || json_object_size(v) != 2)
		return false;
	if (!strcmp(type, "Polygon"))
		return is_polygon(coordinates);
	return !strcmp(type, "MultiPolygon") && is_list(coordinates, 1, is_polygon);
}

/* A Polygon is one of one. */
static size_t polygons_of(const json_t *geometry)
{
	bool one = !strcmp(json_string_value(json_object_get(geometry, "type")), "Polygon");

	return one ? 1 : json_array_size(json_object_get(geometry, "coordinates"));
}

static const json_t *polygon_of(const json_t *geometry, size_t i)
{
	bool one = !strcmp(json_string_value(json_object_get(geometry, "type")), "Polygon");
	const json_t *coordinates = json_object_get(geometry, "coordinates");

	return one ? coordinates : json_array_get(coordinates, i);
}

static int make_room(struct item_shape *s, const json_t *geometry, struct error *e)
{
	size_t parts = 0, points = 0;

	for (size_t i = 0; i < polygons_of(geometry); i++) {
		const json_t *polygon = polygon_of(geometry, i);

		parts += json_array_size(polygon);
		for (size_t k = 0; k < json_array_size(polygon); k++)
			points += json_array_size(json_array_get(polygon, k));
	}
	if (points > s->points_room) {
		free(s->points);
		s->points = calloc(points, sizeof(*s->points));
		s->points_room = s->points ? points : 0;
	}
	if (parts > s->parts_room) {
		free(s->starts);
		free(s->outlines);
		s->starts = calloc(parts + 1, sizeof(*s->starts));
		s->outlines = calloc(parts, sizeof(*s->outlines));
		s->parts_room = s->starts && s->outlines ? parts : 0;
	}
	return s->points_room < points || s->parts_room < parts ? error_nomem(e, "a footprint") : 0;
}

static struct point point_of(const json_t *position)
{
	return (struct point){ json_number_value(json_array_get(position, 0)),
			       json_number_value(json_array_get(position, 1)) };
}

/* Its points behind those that are there, without the last, which is the first again. */
static int add_ring(struct item_shape *s, const json_t *ring, bool outline, struct error *e)
{
	size_t n = json_array_size(ring), at = s->starts[s->shape.parts_nr];

	if (!json_equal(json_array_get(ring, 0), json_array_get(ring, n - 1)))
		return error_set(e, ERROR_DATA, "a ring of the geometry is not closed");
	for (size_t i = 0; i + 1 < n; i++)
		s->points[at + i] = point_of(json_array_get(ring, i));
	s->outlines[s->shape.parts_nr++] = outline;
	s->starts[s->shape.parts_nr] = at + n - 1;
	return 0;
}

int item_shape_read(struct item_shape *s, const json_t *geometry, struct error *e)
{
	if (make_room(s, geometry, e))
		return -1;
	s->starts[0] = 0;
	s->shape = (struct vectors_shape){ .points = s->points,
					   .starts = s->starts,
					   .outlines = s->outlines };
	for (size_t i = 0; i < polygons_of(geometry); i++) {
		const json_t *polygon = polygon_of(geometry, i);

		for (size_t k = 0; k < json_array_size(polygon); k++)
			if (add_ring(s, json_array_get(polygon, k), k == 0, e))
				return -1;
	}
	return 0;
}

void item_shape_release(struct item_shape *s)
{
	free(s->points);
	free(s->starts);
	free(s->outlines);
	*s = (struct item_shape){ 0 };
}
