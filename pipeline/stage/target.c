/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/target.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "pipeline/base/file.h"
#include "pipeline/io/geotiff.h"
#include "pipeline/space/crs.h"
#include "pipeline/space/polygon.h"

/* Edges of a box, metres. */
struct box {
	double x0, y0, x1, y1; /* left, bottom, right, top */
};

static struct box box_of_grid(const struct grid *g)
{
	return (struct box){ g->x0, g->y0 - g->height * g->dy, g->x0 + g->width * g->dx, g->y0 };
}

static struct box box_of_polygon(const struct polygon *p)
{
	struct box b = { HUGE_VAL, HUGE_VAL, -HUGE_VAL, -HUGE_VAL };

	for (size_t i = 0; i < p->rings_nr; i++) {
		for (size_t k = 0; k < p->rings[i].points_nr; k++) {
			struct point q = p->rings[i].points[k];

			b.x0 = q.x < b.x0 ? q.x : b.x0;
			b.x1 = q.x > b.x1 ? q.x : b.x1;
			b.y0 = q.y < b.y0 ? q.y : b.y0;
			b.y1 = q.y > b.y1 ? q.y : b.y1;
		}
	}
	return b;
}

/* The box of a grid seen in another CRS; edges bend, so they are cut into pieces first. */
static int box_in(const struct grid *g, const struct crs *crs, struct box *out, struct error *e)
{
	struct box b = box_of_grid(g);
	struct point corner[4] = { { b.x0, b.y1 }, { b.x1, b.y1 }, { b.x1, b.y0 }, { b.x0, b.y0 } };
	struct polygon outline = { 0 }, dense = { 0 };
	int ret = -1;

	*out = b;
	if (!strcmp(g->crs.def, crs->def))
		return 0;
	/* 1/16 m hides what PROJ's last bits do on different CPUs. */
	if (polygon_add(&outline, corner, 4, e) ||
	    polygon_densify(&dense, &outline, (b.x1 - b.x0) / 32, e) ||
	    polygon_transform(&dense, &g->crs, crs, 1.0 / 16, e))
		goto out;
	*out = box_of_polygon(&dense);
	ret = 0;
out:
	polygon_release(&dense);
	polygon_release(&outline);
	return ret;
}

/* A grid over the box whose pixel edges lie on multiples of the pixel from an origin, snapped outwards. */
static int grid_over(struct grid *g, struct box b, double origin_x, double origin_y,
		     struct error *e)
{
	double left = floor((b.x0 - origin_x) / g->dx + 1e-6);
	double top = ceil((b.y1 - origin_y) / g->dy - 1e-6);
	double right = ceil((b.x1 - origin_x) / g->dx - 1e-6);
	double bottom = floor((b.y0 - origin_y) / g->dy + 1e-6);

	if (!(right > left) || !(top > bottom) || right - left > GRID_SIDE_MAX ||
	    top - bottom > GRID_SIDE_MAX)
		return error_set(
			e, ERROR_CONFIG,
			"the extent and pixel size asked for make %.0f x %.0f pixels; a side may have 1 to %d",
			right - left, top - bottom, GRID_SIDE_MAX);
	g->x0 = origin_x + left * g->dx;
	g->y0 = origin_y + top * g->dy;
	g->width = (int32_t)(right - left);
	g->height = (int32_t)(top - bottom);
	return 0;
}

static bool has_te(const struct options *o)
{
	return o->te[0] != o->te[2];
}

static void suffix_of(const struct options *o, const struct grid *g, char suffix[8])
{
	char text[600], hex[SHA256_HEX];

	suffix[0] = 0;
	if (!o->tr[0] && !has_te(o) && !o->t_srs)
		return;
	snprintf(text, sizeof(text), "%s|%.6f|%.6f|%.6f|%.6f|%d|%d", g->crs.def, g->x0, g->y0,
		 g->dx, g->dy, g->width, g->height);
	memory_sha256(text, strlen(text), hex);
	snprintf(suffix, 8, "_%.6s", hex);
}

static struct box te_of(const struct options *o)
{
	return (struct box){ o->te[0], o->te[1], o->te[2], o->te[3] };
}

/* The box that the grid has to cover, in its CRS. */
static int full_box(const struct options *o, const struct lake *lake, const struct grid *base,
		    const struct crs *crs, struct box *out, struct error *e)
{
	struct polygon area = { 0 };
	int ret;

	if (has_te(o)) {
		*out = te_of(o);
		return 0;
	}
	if (!lake || !strcmp(crs->def, base->crs.def))
		return box_in(base, crs, out, e);
	ret = lake_area(lake, crs, &area, e);
	if (!ret)
		*out = box_of_polygon(&area);
	polygon_release(&area);
	return ret;
}

int target_grid(const struct options *options, const struct lake *lake,
		const struct granule *granule, struct target *out, struct error *e)
{
	const struct grid *base = lake ? &lake->grid : &granule->grid;
	bool own_lattice = !options->tr[0] && !options->t_srs;
	struct grid g = *base;
	struct box b = { 0, 0, 0, 0 };

	if (options->tr[0]) {
		g.dx = options->tr[0];
		g.dy = options->tr[1];
	}
	if (options->t_srs) {
		if (strlen(options->t_srs) >= sizeof(g.crs.def))
			return error_set(e, ERROR_CONFIG, "-t_srs: the definition is too long");
		snprintf(g.crs.def, sizeof(g.crs.def), "%s", options->t_srs);
		if (crs_normalise(&g.crs, e))
			return error_prefix(e, "-t_srs");
	}
	if (full_box(options, lake, base, &g.crs, &b, e) ||
	    grid_over(&g, b, own_lattice ? base->x0 : 0, own_lattice ? base->y0 : 0, e))
		return -1;
	out->full = g;
	suffix_of(options, &g, out->suffix);
	return 0;
}

struct rect target_crop(const struct grid *full, struct rect r)
{
	struct rect in = rect_intersect(r, grid_rect(full));
	int32_t x0 = in.x / GEOTIFF_TILE * GEOTIFF_TILE, y0 = in.y / GEOTIFF_TILE * GEOTIFF_TILE;
	struct rect snapped = { x0, y0, in.x + in.w - x0, in.y + in.h - y0 };

	if (rect_empty(in))
		return in;
	snapped.w = (snapped.w + GEOTIFF_TILE - 1) / GEOTIFF_TILE * GEOTIFF_TILE;
	snapped.h = (snapped.h + GEOTIFF_TILE - 1) / GEOTIFF_TILE * GEOTIFF_TILE;
	return rect_intersect(snapped, grid_rect(full));
}
