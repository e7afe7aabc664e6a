/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/outlines.h"

#include <math.h>
#include <stdlib.h>

#include <ogr_api.h>

#include "pipeline/io/gdal.h"

static OGRGeometryH ring_of(const struct ring *r)
{
	OGRGeometryH ring = OGR_G_CreateGeometry(wkbLinearRing);

	for (size_t i = 0; i <= r->points_nr; i++) {
		const struct point *at = &r->points[i % r->points_nr];

		OGR_G_AddPoint_2D(ring, at->x, at->y);
	}
	return ring;
}

int outlines_add(void **outlines, const struct polygon *p, size_t first, struct error *e)
{
	OGRGeometryH shape;

	if (first == p->rings_nr)
		return 0;
	if (!*outlines)
		*outlines = OGR_G_CreateGeometry(wkbMultiPolygon);
	shape = OGR_G_CreateGeometry(wkbPolygon);
	if (!*outlines || !shape)
		return error_nomem(e, "outlines");
	for (size_t i = first; i < p->rings_nr; i++)
		OGR_G_AddGeometryDirectly(shape, ring_of(&p->rings[i]));
	OGR_G_AddGeometryDirectly(*outlines, shape);
	return 0;
}

static double on_lattice(double v)
{
	return ldexp(nearbyint(ldexp(v, 10)), -10);
}

static int take_ring(OGRGeometryH ring, struct polygon *p, struct error *e)
{
	int n = OGR_G_GetPointCount(ring);
	struct point *points = malloc(((size_t)n + 1) * sizeof(*points));
	int ret;

	if (!points)
		return error_nomem(e, "outlines");
	for (int i = 0; i < n; i++)
		points[i] = (struct point){ on_lattice(OGR_G_GetX(ring, i)),
					    on_lattice(OGR_G_GetY(ring, i)) };
	ret = polygon_add(p, points, (size_t)n, e);
	free(points);
	return ret;
}

/* All rings of a polygon or of a collection of them; what has no area is left out. */
static int take_rings(OGRGeometryH g, struct polygon *p, struct error *e)
{
	bool polygon = OGR_GT_Flatten(OGR_G_GetGeometryType(g)) == wkbPolygon;
	int ret = 0;

	for (int i = 0; !ret && i < OGR_G_GetGeometryCount(g); i++) {
		OGRGeometryH part = OGR_G_GetGeometryRef(g, i);

		if (polygon)
			ret = take_ring(part, p, e);
		else if (OGR_G_GetGeometryCount(part))
			ret = take_rings(part, p, e);
	}
	return ret;
}

static int replace(struct polygon *p, OGRGeometryH united, struct error *e)
{
	struct polygon made = { 0 };

	if (take_rings(united, &made, e)) {
		polygon_release(&made);
		return -1;
	}
	polygon_release(p);
	*p = made;
	return 0;
}

/*
 * The union; each shape that crosses itself is mended first, alone: mended together, overlaps
 * would become holes.  NULL if that is not possible.
 */
static OGRGeometryH unite(OGRGeometryH outlines)
{
	OGRGeometryH valid = OGR_G_CreateGeometry(wkbMultiPolygon), united;

	for (int i = 0; i < OGR_G_GetGeometryCount(outlines); i++) {
		OGRGeometryH shape = OGR_G_MakeValid(OGR_G_GetGeometryRef(outlines, i));

		/* Mended, a shape may be several. */
		if (shape && OGR_GT_Flatten(OGR_G_GetGeometryType(shape)) == wkbPolygon)
			OGR_G_AddGeometry(valid, shape);
		for (int k = 0;
		     shape &&
		     OGR_GT_IsSubClassOf(OGR_G_GetGeometryType(shape), wkbGeometryCollection) &&
		     k < OGR_G_GetGeometryCount(shape);
		     k++)
			OGR_G_AddGeometry(valid, OGR_G_GetGeometryRef(shape, k));
		OGR_G_DestroyGeometry(shape);
	}
	united = OGR_G_UnionCascaded(valid);
	OGR_G_DestroyGeometry(valid);
	return united;
}

/* True if the shapes lie apart: their areas add up to that of the union. */
static bool lie_apart(OGRGeometryH outlines, OGRGeometryH united)
{
	double sum = 0.0, area = OGR_G_Area(united);

	for (int i = 0; i < OGR_G_GetGeometryCount(outlines); i++)
		sum += OGR_G_Area(OGR_G_GetGeometryRef(outlines, i));
	return fabs(sum - area) <= 1e-9 * area;
}

int outlines_unite(void *outlines, struct polygon *p, struct error *e)
{
	OGRGeometryH united;
	struct gdal_errors c;
	struct error said = { 0 };
	int ret = 0;

	if (!outlines || OGR_G_GetGeometryCount(outlines) < 2)
		return 0;
	gdal_begin(&c);
	united = unite(outlines);
	if (united && !lie_apart(outlines, united))
		ret = replace(p, united, e);
	OGR_G_DestroyGeometry(united);
	if (gdal_end(&c, &said, ERROR_DATA, "outlines that cannot be united") || !united)
		return error_set(e, ERROR_DATA, "%s",
				 said.code ? said.text : "outlines that cannot be united");
	return ret;
}

void outlines_free(void *outlines)
{
	OGR_G_DestroyGeometry(outlines);
}
