/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/plane.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <proj.h>

#define LAEA_STEP "+proj=laea +lat_0=46 +lon_0=76.3 +ellps=WGS84"
#define NODE_M	  480

int grid_epsg(const struct grid *g)
{
	return (g->south ? 32700 : 32600) + g->zone;
}

static void utm_step(char *out, size_t size, int zone, bool south)
{
	snprintf(out, size, "+proj=utm +zone=%d%s +ellps=WGS84", zone, south ? " +south" : "");
}

/* Transform n points in place; the pipelines need no database and no grids. */
static int transform(const char *pipeline, size_t n, double (*xy)[2], struct failure *f)
{
	PJ_CONTEXT *context = proj_context_create();
	PJ *pj = context ? proj_create(context, pipeline) : NULL;
	int ret = -1;

	if (!pj) {
		fail(f, "PROJ refuses \"%s\"", pipeline);
		goto out;
	}
	proj_trans_generic(pj, PJ_FWD, &xy[0][0], sizeof(*xy), n, &xy[0][1], sizeof(*xy), n, NULL,
			   0, 0, NULL, 0, 0);
	for (size_t i = 0; i < n; i++)
		if (!isfinite(xy[i][0]) || !isfinite(xy[i][1])) {
			fail(f, "a place lies outside the projection \"%s\"", pipeline);
			goto out;
		}
	ret = 0;
out:
	proj_destroy(pj);
	proj_context_destroy(context);
	return ret;
}

int plane_utm(const struct grid *g, double lon, double lat, double out[2], struct failure *f)
{
	char step[80], pipeline[200];
	double p[1][2] = { { lon, lat } };

	utm_step(step, sizeof(step), g->zone, g->south);
	snprintf(pipeline, sizeof(pipeline),
		 "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step %s", step);
	if (transform(pipeline, 1, p, f))
		return -1;
	memcpy(out, p[0], sizeof(p[0]));
	return 0;
}

int plane_lonlat(const struct grid *g, double e, double n, double out[2], struct failure *f)
{
	char step[80], pipeline[200];
	double p[1][2] = { { e, n } };

	utm_step(step, sizeof(step), g->zone, g->south);
	snprintf(pipeline, sizeof(pipeline),
		 "+proj=pipeline +step +inv %s +step +proj=unitconvert +xy_in=rad +xy_out=deg",
		 step);
	if (transform(pipeline, 1, p, f))
		return -1;
	memcpy(out, p[0], sizeof(p[0]));
	return 0;
}

int plane_laea(int n, const double (*degrees)[2], double (*metres)[2], struct failure *f)
{
	memcpy(metres, degrees, (size_t)n * sizeof(*metres));
	return transform("+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
			 "+step " LAEA_STEP,
			 (size_t)n, metres, f);
}

int plane_laea_to_utm(const struct grid *g, int n, double (*metres)[2], struct failure *f)
{
	char step[80], pipeline[240];

	utm_step(step, sizeof(step), g->zone, g->south);
	snprintf(pipeline, sizeof(pipeline), "+proj=pipeline +step +inv " LAEA_STEP " +step %s",
		 step);
	return transform(pipeline, (size_t)n, metres, f);
}

int mapping_init(struct mapping *m, const struct grid *g, struct failure *f)
{
	char step[80], pipeline[240];
	size_t n;

	m->step = (int)(NODE_M / g->pixel_m);
	m->nx = (g->width + m->step - 1) / m->step + 1;
	m->ny = (g->height + m->step - 1) / m->step + 1;
	n = (size_t)m->nx * (size_t)m->ny;
	m->at = malloc(n * sizeof(*m->at));
	if (!m->at)
		return fail(f, "no memory for the nodes of the mapping");
	for (size_t i = 0; i < n; i++) {
		size_t column = i % (size_t)m->nx, row = i / (size_t)m->nx;

		m->at[i][0] = g->e0 + (double)column * m->step * g->pixel_m;
		m->at[i][1] = g->n0 - (double)row * m->step * g->pixel_m;
	}
	utm_step(step, sizeof(step), g->zone, g->south);
	snprintf(pipeline, sizeof(pipeline), "+proj=pipeline +step +inv %s +step " LAEA_STEP, step);
	return transform(pipeline, n, m->at, f);
}

void mapping_release(struct mapping *m)
{
	free(m->at);
	m->at = NULL;
}

static int clamp(int v, int high)
{
	return v < 0 ? 0 : v > high ? high : v;
}

void mapping_at(const struct mapping *m, double column, double row, double *x, double *y)
{
	double u = column / m->step, v = row / m->step;
	int i = clamp((int)u, m->nx - 2), j = clamp((int)v, m->ny - 2);
	const double(*a)[2] = (const double(*)[2])m->at + (size_t)j * (size_t)m->nx + i;
	const double(*b)[2] = a + m->nx;

	u -= i;
	v -= j;
	*x = (a[0][0] * (1 - u) + a[1][0] * u) * (1 - v) + (b[0][0] * (1 - u) + b[1][0] * u) * v;
	*y = (a[0][1] * (1 - u) + a[1][1] * u) * (1 - v) + (b[0][1] * (1 - u) + b[1][1] * u) * v;
}

double mapping_pixel_area(const struct mapping *m, int column, int row)
{
	int i = clamp(column / m->step, m->nx - 2), j = clamp(row / m->step, m->ny - 2);
	const double(*a)[2] = (const double(*)[2])m->at + (size_t)j * (size_t)m->nx + i;
	const double(*b)[2] = a + m->nx;
	double cross = (b[1][0] - a[0][0]) * (a[1][1] - b[0][1]) -
		       (b[1][1] - a[0][1]) * (a[1][0] - b[0][0]);

	return fabs(cross) / 2 / m->step / m->step;
}
