/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/change.h"

#include <stdlib.h>

#include "kernels/change.h"
#include "pipeline/base/file.h"
#include "pipeline/io/area.h"
#include "pipeline/space/crs.h"
#include "pipeline/stage/polygonize.h"

/* The rows of change.tif, a row of its tiles at a time. */
static int feed(const struct comparison *c, struct polygonize *p, struct raster *change,
		struct error *e)
{
	size_t width = (size_t)c->grid.width;
	uint8_t *strip = malloc(width * GEOTIFF_TILE);
	int ret = strip ? 0 : error_nomem(e, "polygons");

	for (int32_t y = 0; !ret && y < c->grid.height; y += GEOTIFF_TILE) {
		struct rect r = rect_intersect((struct rect){ 0, y, c->grid.width, GEOTIFF_TILE },
					       grid_rect(&c->grid));

		ret = raster_read(change, r, strip, e);
		for (int32_t k = 0; !ret && k < r.h; k++)
			ret = polygonize_row(p, strip + (size_t)k * width, e);
	}
	free(strip);
	return ret;
}

static int find_patches(const struct comparison *c, struct patches *out, struct error *e)
{
	const struct polygonize_spec spec = {
		.grid = c->grid,
		.values = { CHANGE_GAIN, CHANGE_LOSS },
		.values_nr = 2,
		.memory = c->context->options->memory,
		.reserved = c->budget.taken,
	};
	char *path = path_join(output_folder(c->output), "change.tif");
	struct raster *change = NULL;
	struct polygonize *p = NULL;
	int ret = -1;

	if (!path) {
		error_nomem(e, "polygons");
		goto out;
	}
	if (raster_open(&change, path, layer_find("change"), e) || polygonize_new(&p, &spec, e) ||
	    feed(c, p, change, e))
		goto out;
	ret = polygonize_finish(p, out, e);
out:
	polygonize_free(p);
	raster_close(change);
	free(path);
	return ret;
}

/* Middle of a ring's box. */
static struct point middle(const struct lines *l, size_t i)
{
	struct point low = l->points[l->starts[i]], high = low;

	for (size_t k = l->starts[i]; k < l->starts[i + 1]; k++) {
		const struct point *p = &l->points[k];

		low.x = p->x < low.x ? p->x : low.x;
		low.y = p->y < low.y ? p->y : low.y;
		high.x = p->x > high.x ? p->x : high.x;
		high.y = p->y > high.y ? p->y : high.y;
	}
	return (struct point){ (low.x + high.x) / 2, (low.y + high.y) / 2 };
}

/* True areas, by the areal scale in the middle of each; rounded as in area.h.  To be freed. */
static double *patch_areas(const struct comparison *c, const struct patches *p, struct error *e)
{
	double *x = malloc((p->nr + 1) * sizeof(*x)), *y = malloc((p->nr + 1) * sizeof(*y));
	double *area = malloc((p->nr + 1) * sizeof(*area));
	int ret = -1;

	if (!x || !y || !area) {
		error_nomem(e, "polygons");
		goto out;
	}
	for (size_t i = 0; i < p->nr; i++) {
		struct point m = middle(&p->rings, p->patch[i].ring);

		x[i] = m.x;
		y[i] = m.y;
	}
	ret = p->nr ? crs_areal_scale(&c->grid.crs, p->nr, x, y, area, e) : 0;
	for (size_t i = 0; !ret && i < p->nr; i++)
		area[i] = area_round((double)p->patch[i].pixels * c->grid.dx * c->grid.dy * 1e-6 /
				     area[i]);
out:
	free(x);
	free(y);
	if (!ret)
		return area;
	free(area);
	return NULL;
}

void polygons_release(struct polygons *p)
{
	patches_release(&p->patches);
	free(p->area_km2);
	*p = (struct polygons){ 0 };
}

int polygons_find(const struct comparison *c, struct polygons *out, struct error *e)
{
	*out = (struct polygons){ 0 };
	if (!find_patches(c, &out->patches, e))
		out->area_km2 = patch_areas(c, &out->patches, e);
	return out->area_km2 ? 0 : -1;
}
