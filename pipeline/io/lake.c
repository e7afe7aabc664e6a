/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/lake.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pipeline/base/file.h"
#include "pipeline/io/balkhash.h"
#include "pipeline/io/lake_file.h"
#include "pipeline/io/outline.h"
#include "pipeline/space/crs.h"

#define LATTICE	 60.0 /* m: edges of a lake's grid lie on it, so that 10, 20, 30 and 60 m agree */
#define EDGE_DEG 0.01 /* edges, straight in longitude and latitude, cut so are within 0.03 m */
#define VERTEX_M (1.0 / 16)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define LAEA_OF	 "+proj=laea +lat_0=%.10g +lon_0=%.10g +datum=WGS84 +units=m"

static int add_basin(struct lake *lake, const char *name, const struct point *points, size_t n,
		     struct error *e)
{
	struct basin *basin = lake->basins + lake->basins_nr++;

	snprintf(basin->name, sizeof(basin->name), "%s", name);
	return n ? polygon_add(&basin->area, points, n, e) : 0;
}

/* The delta is a reporting unit, and where the reeds are. */
static int add_delta(struct lake *lake, struct error *e)
{
	enum { FRONT = BALKHASH_DELTA_TO - BALKHASH_DELTA_FROM + 1 };
	struct point delta[FRONT + COUNT(balkhash_delta_land)];

	memcpy(delta, balkhash_outline + BALKHASH_DELTA_FROM, FRONT * sizeof(delta[0]));
	memcpy(delta + FRONT, balkhash_delta_land, sizeof(balkhash_delta_land));
	if (polygon_add(&lake->reeds, delta, COUNT(delta), e))
		return -1;
	return add_basin(lake, "ili-delta", delta, COUNT(delta), e);
}

static int make_balkhash(struct lake *lake, struct error *e)
{
	snprintf(lake->name, sizeof(lake->name), "balkhash");
	lake->buffer_m = 10000;
	lake->elevation_m = 341;
	lake->season_from = 501;
	lake->season_to = 1031;
	lake->grid = (struct grid){
		.x0 = -240000, .y0 = 114000, .dx = 30, .dy = 30, .width = 16000, .height = 8000
	};
	snprintf(lake->grid.crs.def, sizeof(lake->grid.crs.def), LAEA_OF, 46.0, 76.3);
	lake->basins = calloc(3, sizeof(*lake->basins));
	if (!lake->basins)
		return error_nomem(e, "a lake");
	if (polygon_add(&lake->outline, balkhash_outline, COUNT(balkhash_outline), e) ||
	    add_delta(lake, e) || add_basin(lake, "west", balkhash_west, COUNT(balkhash_west), e) ||
	    add_basin(lake, "east", balkhash_east, COUNT(balkhash_east), e))
		return -1;
	return 0;
}

/* Least x, least y, greatest x, greatest y. */
static void bounds_of(const struct polygon *p, double bounds[4])
{
	bounds[0] = bounds[1] = HUGE_VAL;
	bounds[2] = bounds[3] = -HUGE_VAL;
	for (size_t i = 0; i < p->rings_nr; i++) {
		for (size_t k = 0; k < p->rings[i].points_nr; k++) {
			struct point v = p->rings[i].points[k];

			bounds[0] = fmin(bounds[0], v.x);
			bounds[1] = fmin(bounds[1], v.y);
			bounds[2] = fmax(bounds[2], v.x);
			bounds[3] = fmax(bounds[3], v.y);
		}
	}
}

/* Equal-area, on the middle of the outline's bounding box to 0.1 degree. */
static int centre_crs(const struct polygon *outline, struct crs *crs, struct error *e)
{
	double b[4];

	bounds_of(outline, b);
	/* + 0.0: a centre of -0 degrees would be another spelling of 0. */
	snprintf(crs->def, sizeof(crs->def), LAEA_OF, nearbyint((b[1] + b[3]) * 5) / 10 + 0.0,
		 nearbyint((b[0] + b[2]) * 5) / 10 + 0.0);
	return crs_normalise(crs, e);
}

/* The edges of outline and buffer, snapped outwards. */
static int snapped_edges(const struct lake *lake, double te[4], struct error *e)
{
	struct polygon area;

	if (lake_area(lake, &lake->grid.crs, &area, e))
		return -1;
	bounds_of(&area, te);
	polygon_release(&area);
	for (int i = 0; i < 4; i++)
		te[i] = (i < 2 ? floor(te[i] / LATTICE) : ceil(te[i] / LATTICE)) * LATTICE;
	return 0;
}

static int set_grid(struct lake *lake, const struct lake_file *file, const char *path,
		    struct error *e)
{
	double te[4] = { file->te[0], file->te[1], file->te[2], file->te[3] };
	struct grid *g = &lake->grid;
	double width, height;

	if ((!g->crs.def[0] && centre_crs(&lake->outline, &g->crs, e)) ||
	    (!file->has_te && snapped_edges(lake, te, e)))
		return error_prefix(e, "%s", path);
	for (int i = 0; i < 4; i++)
		if (te[i] / file->tr != nearbyint(te[i] / file->tr))
			return error_set(e, ERROR_CONFIG,
					 "%s: te: %.10g is not a multiple of tr = %g", path, te[i],
					 file->tr);
	width = (te[2] - te[0]) / file->tr;
	height = (te[3] - te[1]) / file->tr;
	if (!(width <= GRID_SIDE_MAX && height <= GRID_SIDE_MAX))
		return error_set(
			e, ERROR_CONFIG,
			"%s: the grid would have %.0f x %.0f pixels; a side may have %d: take a "
			"larger tr or a smaller te",
			path, width, height, GRID_SIDE_MAX);
	g->x0 = te[0];
	g->y0 = te[3];
	g->dx = g->dy = file->tr;
	g->width = (int32_t)width;
	g->height = (int32_t)height;
	return 0;
}

static int make_from_file(struct lake *lake, const char *path, struct error *e)
{
	struct lake_file file;

	if (lake_file_read(path, lake, &file, e))
		return -1;
	if (!lake->basins_nr) {
		lake->basins = calloc(1, sizeof(*lake->basins));
		if (!lake->basins)
			return error_nomem(e, "a lake");
		add_basin(lake, "whole", NULL, 0, e);
	}
	return set_grid(lake, &file, path, e);
}

bool lake_is_built_in(const char *name)
{
	return !strcmp(name, "balkhash");
}

int lake_open(struct lake **out, const char *name_or_file, struct error *e)
{
	struct lake *lake = calloc(1, sizeof(*lake));
	int ret;

	*out = NULL;
	if (!lake)
		return error_nomem(e, "a lake");
	if (lake_is_built_in(name_or_file))
		ret = make_balkhash(lake, e);
	else
		ret = make_from_file(lake, name_or_file, e);
	if (ret && e->code == ERROR_NOINPUT && !strpbrk(name_or_file, "./"))
		error_set(e, ERROR_NOINPUT,
			  "lake %s: neither built in (that is balkhash) nor a file here",
			  name_or_file);
	if (ret)
		lake_free(lake);
	else
		*out = lake;
	return ret;
}

void lake_free(struct lake *lake)
{
	if (!lake)
		return;
	for (size_t i = 0; i < lake->basins_nr; i++)
		polygon_release(&lake->basins[i].area);
	free(lake->basins);
	polygon_release(&lake->reeds);
	polygon_release(&lake->outline);
	free(lake);
}

static void round_vertices(struct polygon *p)
{
	for (size_t i = 0; i < p->rings_nr; i++) {
		for (size_t k = 0; k < p->rings[i].points_nr; k++) {
			struct point *v = p->rings[i].points + k;

			v->x = nearbyint(v->x / VERTEX_M) * VERTEX_M;
			v->y = nearbyint(v->y / VERTEX_M) * VERTEX_M;
		}
	}
}

/* From degrees to a projected CRS; edges stay straight on the degrees' side. */
static int project(const struct polygon *degrees, const struct crs *crs, struct polygon *out,
		   struct error *e)
{
	if (polygon_densify(out, degrees, EDGE_DEG, e))
		return -1;
	if (polygon_transform(out, &CRS_LONLAT, crs, VERTEX_M, e)) {
		polygon_release(out);
		return -1;
	}
	return 0;
}

int lake_area(const struct lake *lake, const struct crs *crs, struct polygon *out, struct error *e)
{
	if (project(&lake->outline, crs, out, e))
		return error_prefix(e, "the outline of lake %s", lake->name);
	if (lake->buffer_m > 0 && outline_buffer(out, lake->buffer_m, e)) {
		polygon_release(out);
		return error_prefix(e, "lake %s", lake->name);
	}
	round_vertices(out);
	return 0;
}

int lake_outline(const struct lake *lake, const struct crs *crs, struct polygon *out,
		 struct error *e)
{
	struct lake bare = *lake;

	bare.buffer_m = 0;
	return lake_area(&bare, crs, out, e);
}

int lake_reeds(const struct lake *lake, const struct crs *crs, struct polygon *out, struct error *e)
{
	if (project(&lake->reeds, crs, out, e))
		return error_prefix(e, "the reeds of lake %s", lake->name);
	return 0;
}

int lake_basin_area(const struct lake *lake, size_t basin, const struct crs *crs,
		    struct polygon *out, struct error *e)
{
	const struct basin *b = lake->basins + basin;

	if (!b->area.rings_nr)
		return lake_area(lake, crs, out, e);
	if (project(&b->area, crs, out, e))
		return error_prefix(e, "basin %s of lake %s", b->name, lake->name);
	return 0;
}

static void polygon_text(FILE *f, const char *name, const struct polygon *p)
{
	for (size_t i = 0; i < p->rings_nr; i++)
		for (size_t k = 0; k < p->rings[i].points_nr; k++)
			fprintf(f, "%s%zu %.9f %.9f\n", name, i, p->rings[i].points[k].x,
				p->rings[i].points[k].y);
}

void lake_sha256(const struct lake *lake, bool basins, char hex[SHA256_HEX])
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	hex[0] = 0;
	if (!f)
		return;
	fprintf(f, "%.3f %.3f %d %d\n", lake->buffer_m, lake->elevation_m, lake->season_from,
		lake->season_to);
	polygon_text(f, "", &lake->outline);
	polygon_text(f, "reeds ", &lake->reeds);
	for (size_t b = 0; basins && b < lake->basins_nr; b++)
		polygon_text(f, lake->basins[b].name, &lake->basins[b].area);
	if (!fclose(f))
		memory_sha256(text, size, hex);
	free(text);
}

bool lake_in_season(const struct lake *lake, long long time)
{
	int from = lake->season_from, to = lake->season_to, day;
	time_t t = (time_t)time;
	struct tm utc;

	if (!from)
		return true;
	if (!gmtime_r(&t, &utc))
		return false;
	day = (utc.tm_mon + 1) * 100 + utc.tm_mday;
	/* A season may run over the end of the year. */
	return from <= to ? day >= from && day <= to : day >= from || day <= to;
}
