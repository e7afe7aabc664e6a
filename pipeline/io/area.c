/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/area.h"

#include <math.h>
#include <stdlib.h>

#include "pipeline/io/geotiff.h"
#include "pipeline/space/crs.h"

struct area {
	size_t tiles, counters;
	double *pixel_km2; /* of each tile */
	uint64_t *count;   /* [tile][counter] */
};

void area_free(struct area *a)
{
	if (!a)
		return;
	free(a->pixel_km2);
	free(a->count);
	free(a);
}

/* Areal scale at the centre of each tile, into scale. */
static int tile_scales(const struct grid *grid, size_t tiles, double *scale, struct error *e)
{
	double *x = malloc(tiles * sizeof(*x)), *y = malloc(tiles * sizeof(*y));
	int ret = -1;

	if (!x || !y) {
		error_nomem(e, "areas");
		goto out;
	}
	for (size_t i = 0; i < tiles; i++) {
		struct rect r = grid_tile(grid, GEOTIFF_TILE, i);

		x[i] = grid->x0 + (r.x + r.w / 2.0) * grid->dx;
		y[i] = grid->y0 - (r.y + r.h / 2.0) * grid->dy;
	}
	ret = crs_areal_scale(&grid->crs, tiles, x, y, scale, e);
out:
	free(x);
	free(y);
	return ret;
}

static int pixel_areas(struct area *a, const struct grid *grid, struct error *e)
{
	double map_km2 = grid->dx * grid->dy * 1e-6;

	if (tile_scales(grid, a->tiles, a->pixel_km2, e))
		return error_prefix(e, "pixel areas");
	for (size_t i = 0; i < a->tiles; i++) {
		double scale = ldexp(nearbyint(ldexp(a->pixel_km2[i], 30)), -30);

		a->pixel_km2[i] = scale > 0 ? map_km2 / scale : NAN;
	}
	return 0;
}

int area_new(struct area **out, const struct grid *grid, size_t counters, struct error *e)
{
	struct area *a = calloc(1, sizeof(*a));

	if (!a)
		return error_nomem(e, "areas");
	a->tiles = grid_tiles(grid, GEOTIFF_TILE);
	a->counters = counters;
	a->pixel_km2 = malloc(a->tiles * sizeof(*a->pixel_km2));
	a->count = calloc(a->tiles * counters, sizeof(*a->count));
	if (!a->pixel_km2 || !a->count) {
		error_nomem(e, "areas");
		goto fail;
	}
	if (pixel_areas(a, grid, e))
		goto fail;
	*out = a;
	return 0;
fail:
	area_free(a);
	return -1;
}

void area_add(struct area *a, size_t i, size_t counter, uint64_t pixels)
{
	a->count[i * a->counters + counter] += pixels;
}

double area_pixel_km2(const struct area *a, size_t i)
{
	return a->pixel_km2[i];
}

uint64_t area_pixels(const struct area *a, size_t counter)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < a->tiles; i++)
		sum += a->count[i * a->counters + counter];
	return sum;
}

double area_km2(const struct area *a, size_t counter)
{
	double sum = 0;

	/* A tile where the CRS is not defined has no area to give; it must not spoil the others. */
	for (size_t i = 0; i < a->tiles; i++)
		if (a->count[i * a->counters + counter])
			sum += (double)a->count[i * a->counters + counter] * a->pixel_km2[i];
	return sum;
}

double area_round(double km2)
{
	return nearbyint(km2 * 1e6) / 1e6;
}
