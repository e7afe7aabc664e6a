/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/space/zone.h"

#include <math.h>
#include <stdlib.h>

#include "pipeline/space/crs.h"

#define DEGREE	(INT32_C(1) << 22)
#define TURN	(INT64_C(360) * DEGREE)
#define NOWHERE INT32_MIN

struct zones {
	int32_t across, down; /* nodes */
	int32_t *longitude;   /* in 2^-22 degree, or NOWHERE */
};

/* Longitudes of node row j, at the centres of pixels 0, ZONE_STEP, ...; x, y: room for a row. */
static void ask_row(struct zones *z, int32_t j, struct crs_transform *t, const struct grid *g,
		    double *x, double *y)
{
	size_t n = (size_t)z->across;
	int32_t *out = z->longitude + (size_t)j * n;

	for (size_t i = 0; i < n; i++) {
		x[i] = g->x0 + ((double)i * ZONE_STEP + 0.5) * g->dx;
		y[i] = g->y0 - ((double)j * ZONE_STEP + 0.5) * g->dy;
	}
	crs_transform_points(t, n, x, y);
	for (size_t i = 0; i < n; i++)
		out[i] = fabs(x[i]) <= 180 ? (int32_t)nearbyint(x[i] * DEGREE) : NOWHERE;
}

static int ask_nodes(struct zones *z, const struct grid *g, struct error *e)
{
	size_t n = (size_t)z->across;
	double *x = malloc(n * sizeof(*x)), *y = malloc(n * sizeof(*y));
	const struct crs lonlat = CRS_LONLAT;
	struct crs_transform *t = NULL;
	int ret = -1;

	if (!x || !y) {
		error_nomem(e, "UTM zones");
		goto out;
	}
	if (crs_transform_new(&t, &g->crs, &lonlat, e))
		goto out;
	for (int32_t j = 0; j < z->down; j++)
		ask_row(z, j, t, g, x, y);
	ret = 0;
out:
	crs_transform_free(t);
	free(y);
	free(x);
	return ret;
}

int zones_new(struct zones **out, const struct grid *grid, struct error *e)
{
	struct zones *z = calloc(1, sizeof(*z));

	if (!z)
		return error_nomem(e, "UTM zones");
	/* One node past the last pixel, so that every pixel lies between four. */
	z->across = grid->width / ZONE_STEP + 2;
	z->down = grid->height / ZONE_STEP + 2;
	z->longitude = malloc((size_t)z->across * (size_t)z->down * sizeof(*z->longitude));
	if (!z->longitude) {
		zones_free(z);
		return error_nomem(e, "UTM zones");
	}
	if (ask_nodes(z, grid, e)) {
		zones_free(z);
		return -1;
	}
	*out = z;
	return 0;
}

void zones_free(struct zones *z)
{
	if (!z)
		return;
	free(z->longitude);
	free(z);
}

/* The same meridian, written so that it is less than half a turn from reference. */
static int64_t near_to(int64_t reference, int64_t longitude)
{
	if (longitude - reference > TURN / 2)
		return longitude - TURN;
	return longitude - reference < -TURN / 2 ? longitude + TURN : longitude;
}

static uint8_t zone_of(int64_t longitude)
{
	int64_t east = longitude + TURN / 2;

	east = ((east % TURN) + TURN) % TURN;
	return (uint8_t)(east / (6 * (int64_t)DEGREE) + 1);
}

/* Zone between four nodes: upper left, upper right, lower left, lower right. */
static uint8_t zone_between(const int32_t *upper, const int32_t *lower, int64_t fx, int64_t fy)
{
	const int64_t step = ZONE_STEP;
	int64_t a = upper[0], b, c, d, sum;

	if (upper[0] == NOWHERE || upper[1] == NOWHERE || lower[0] == NOWHERE ||
	    lower[1] == NOWHERE)
		return 0;
	b = near_to(a, upper[1]);
	c = near_to(a, lower[0]);
	d = near_to(a, lower[1]);
	sum = (a * (step - fx) + b * fx) * (step - fy) + (c * (step - fx) + d * fx) * fy;
	/* Rounded down; a zone holds its western edge. */
	return zone_of(sum >= 0 ? sum / (step * step)
				: -((-sum + step * step - 1) / (step * step)));
}

void zones_row(const struct zones *z, int32_t x, int32_t y, int32_t n, uint8_t *zone)
{
	const int32_t *upper = z->longitude + (size_t)(y / ZONE_STEP) * (size_t)z->across;
	const int32_t *lower = upper + z->across;

	for (int32_t i = 0; i < n; i++) {
		int32_t node = (x + i) / ZONE_STEP;

		zone[i] = zone_between(upper + node, lower + node, (x + i) % ZONE_STEP,
				       y % ZONE_STEP);
	}
}
