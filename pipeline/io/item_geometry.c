/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/item_parts.h"

#include <stdbool.h>

static double signed_area(const struct ring *r)
{
	double sum = 0;

	for (size_t i = 0; i < r->points_nr; i++) {
		struct point a = r->points[i], b = r->points[(i + 1) % r->points_nr];

		sum += a.x * b.y - b.x * a.y;
	}
	return sum / 2;
}

static bool holds(const struct ring *r, struct point p)
{
	bool inside = false;

	for (size_t i = 0; i < r->points_nr; i++) {
		struct point a = r->points[i], b = r->points[(i + 1) % r->points_nr];

		if ((a.y > p.y) != (b.y > p.y) &&
		    p.x < a.x + (p.y - a.y) / (b.y - a.y) * (b.x - a.x))
			inside = !inside;
	}
	return inside;
}

/* How many other rings ring k lies in, and the smallest of them; rings do not cross. */
static size_t depth_of(const struct polygon *p, size_t k, size_t *parent)
{
	double smallest = 0;
	size_t depth = 0;

	*parent = k;
	for (size_t i = 0; i < p->rings_nr; i++) {
		double area = signed_area(&p->rings[i]);

		if (i == k || !holds(&p->rings[i], p->rings[k].points[0]))
			continue;
		area = area < 0 ? -area : area;
		if (!depth++ || area < smallest) {
			smallest = area;
			*parent = i;
		}
	}
	return depth;
}

static json_t *ring_json(const struct ring *r, bool hole)
{
	bool forward = (signed_area(r) > 0) != hole;
	json_t *list = json_array();

	/* From vertex 0 once around, back to vertex 0. */
	for (size_t i = 0; i <= r->points_nr; i++) {
		size_t k = (forward ? i : r->points_nr - i) % r->points_nr;
		json_t *xy = json_pack("[f, f]", r->points[k].x, r->points[k].y);

		if (json_array_append_new(list, xy)) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* Ring k with the holes that lie in it and in no smaller shell. */
static json_t *shell_json(const struct polygon *p, size_t k)
{
	json_t *rings = json_array();
	size_t parent;

	if (json_array_append_new(rings, ring_json(&p->rings[k], false)))
		goto fail;
	for (size_t i = 0; i < p->rings_nr; i++)
		if (p->rings[i].points_nr && depth_of(p, i, &parent) % 2 == 1 && parent == k &&
		    json_array_append_new(rings, ring_json(&p->rings[i], true)))
			goto fail;
	return rings;
fail:
	json_decref(rings);
	return NULL;
}

json_t *item_geometry(const struct polygon *polygon)
{
	json_t *shells = json_array();
	size_t parent;

	for (size_t k = 0; k < polygon->rings_nr; k++) {
		if (!polygon->rings[k].points_nr || depth_of(polygon, k, &parent) % 2 == 1)
			continue;
		if (json_array_append_new(shells, shell_json(polygon, k))) {
			json_decref(shells);
			return NULL;
		}
	}
	if (!json_array_size(shells)) {
		json_decref(shells);
		return json_null();
	}
	if (json_array_size(shells) == 1) {
		json_t *one = json_incref(json_array_get(shells, 0));

		json_decref(shells);
		return json_pack("{s:s, s:o}", "type", "Polygon", "coordinates", one);
	}
	return json_pack("{s:s, s:o}", "type", "MultiPolygon", "coordinates", shells);
}

json_t *item_bbox(const struct polygon *polygon)
{
	double west = 180, south = 90, east = -180, north = -90;

	for (size_t k = 0; k < polygon->rings_nr; k++) {
		for (size_t i = 0; i < polygon->rings[k].points_nr; i++) {
			struct point p = polygon->rings[k].points[i];

			west = p.x < west ? p.x : west;
			east = p.x > east ? p.x : east;
			south = p.y < south ? p.y : south;
			north = p.y > north ? p.y : north;
		}
	}
	if (west > east)
		return json_null();
	return json_pack("[f, f, f, f]", west, south, east, north);
}
