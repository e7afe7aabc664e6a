/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/truth_shore.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK  4096 /* vertices handed to PROJ at a time */
#define NEAR_M 2000 /* rings this near the window are written */

struct lines {
	FILE *file;
	const struct truth *truth;
	double at[CHUNK][2];
	int n;
	bool first_line, first_vertex;
};

static int flush(struct lines *l, struct failure *f)
{
	const struct ground *g = l->truth->ground;

	if (l->n && g->laea && plane_laea_to_utm(&g->grid, l->n, l->at, f))
		return -1;
	for (int i = 0; i < l->n; i++) {
		fprintf(l->file, "%s[%.4f,%.4f]", l->first_vertex ? "" : ",", l->at[i][0],
			l->at[i][1]);
		l->first_vertex = false;
	}
	l->n = 0;
	return 0;
}

static void line_begin(struct lines *l)
{
	fprintf(l->file,
		"%s\n{\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"LineString\","
		"\"coordinates\":[",
		l->first_line ? "" : ",");
	l->first_line = false;
	l->first_vertex = true;
}

static int line_vertex(struct lines *l, double x, double y, struct failure *f)
{
	l->at[l->n][0] = x;
	l->at[l->n][1] = y;
	return ++l->n == CHUNK ? flush(l, f) : 0;
}

static int line_end(struct lines *l, struct failure *f)
{
	if (flush(l, f))
		return -1;
	fputs("]}}", l->file);
	return 0;
}

/* The straight shore, far beyond the window on both sides. */
static int straight(struct lines *l, struct failure *f)
{
	const struct ground *g = l->truth->ground;
	const struct shore *s = &g->shore;
	double half = (g->grid.width + g->grid.height) * g->grid.pixel_m;
	int n = (int)half;

	line_begin(l);
	for (int i = -n; i <= n; i++) {
		double along = half * i / n;

		if (line_vertex(l, s->x - s->shift * s->normal[0] + along * s->normal[1],
				s->y - s->shift * s->normal[1] - along * s->normal[0], f))
			return -1;
	}
	return line_end(l, f);
}

/* Water on the left: counter-clockwise. */
static int circle(struct lines *l, struct failure *f)
{
	const struct shore *s = &l->truth->ground->shore;
	double r = s->radius + s->shift;
	int n = (int)(2 * M_PI * r);

	n = n < 1024 ? 1024 : n > 1000000 ? 1000000 : n;
	line_begin(l);
	for (int i = 0; i <= n; i++) {
		double a = 2 * M_PI * (i % n) / n;

		if (line_vertex(l, s->x + r * cos(a), s->y + r * sin(a), f))
			return -1;
	}
	return line_end(l, f);
}

/* A smooth ring moved outwards: each vertex along the normal of its neighbours' chord. */
static int moved(struct lines *l, const struct rings *r, double shift, struct failure *f)
{
	size_t n = r->n - 1;

	line_begin(l);
	for (size_t i = 0; i <= n; i++) {
		const double *a = r->at[(i + n - 1) % n], *p = r->at[i % n],
			     *b = r->at[(i + 1) % n];
		double dx = b[0] - a[0], dy = b[1] - a[1], d = sqrt(dx * dx + dy * dy);

		if (line_vertex(l, p[0] + shift * dy / d, p[1] - shift * dx / d, f))
			return -1;
	}
	return line_end(l, f);
}

/* Is a part of the ring within NEAR_M of the indexed window?  By its vertices. */
static bool near_window(const struct shore *s, const struct rings *r, size_t k)
{
	for (size_t i = r->start[k]; i < r->start[k + 1]; i++) {
		double x = r->at[i][0] - s->x0, y = r->at[i][1] - s->y0;

		if (x > -NEAR_M && y > -NEAR_M && x < s->nx * s->cell + NEAR_M &&
		    y < s->ny * s->cell + NEAR_M)
			return true;
	}
	return false;
}

static int nominal(struct lines *l, const struct ground *g, struct failure *f)
{
	const struct rings *r = &g->rings;

	for (size_t k = 0; k < r->count; k++) {
		if (!near_window(&g->shore, r, k))
			continue;
		line_begin(l);
		for (size_t i = r->start[k]; i < r->start[k + 1]; i++)
			if (line_vertex(l, r->at[i][0], r->at[i][1], f))
				return -1;
		if (line_end(l, f))
			return -1;
	}
	return 0;
}

static int draw(struct lines *l, struct failure *f)
{
	const struct ground *g = l->truth->ground;

	switch (l->truth->options->lake) {
	case LAKE_PLAIN:
		return straight(l, f);
	case LAKE_CIRCLE:
		return circle(l, f);
	case LAKE_ELLIPSE:
	case LAKE_STAR:
		return moved(l, &g->rings, g->shore.shift, f);
	case LAKE_BALKHASH:
		break;
	}
	return nominal(l, g, f);
}

int truth_shore_geojson(const struct truth *t, struct failure *f)
{
	char path[1000];
	struct lines *l = calloc(1, sizeof(*l));
	int ret;

	if (!l)
		return fail(f, "no memory for the shoreline");
	snprintf(path, sizeof(path), "%s/shoreline.geojson", t->dir);
	l->truth = t;
	l->first_line = true;
	l->file = fopen(path, "w");
	if (!l->file) {
		free(l);
		return fail_errno(f, "cannot create %s", path);
	}
	fprintf(l->file,
		"{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":"
		"{\"name\":\"urn:ogc:def:crs:EPSG::%d\"}},\"features\":[",
		grid_epsg(&t->ground->grid));
	ret = draw(l, f);
	fputs("\n]}\n", l->file);
	if (ferror(l->file))
		ret = fail_errno(f, "cannot write %s", path);
	if (fclose(l->file) && !ret)
		ret = fail_errno(f, "cannot write %s", path);
	free(l);
	return ret;
}

/*
 * Area and perimeter of the moved shore.  A smooth shore moved by s encloses
 * A + P s + pi s^2 and is P + 2 pi s long (Steiner), as long as -s stays below
 * every radius of curvature of the bulges and s below those of the bays.
 */
static void closed_form(const struct options *o, double *area, double *perimeter)
{
	double r = o->radius_m, s = o->shift_m, a = M_PI * r * r, p = 2 * M_PI * r;

	if (o->lake == LAKE_ELLIPSE) {
		a = coast_ellipse_area(r);
		p = coast_ellipse_perimeter(r);
	} else if (o->lake == LAKE_STAR) {
		a = coast_star_area(r);
		p = coast_star_perimeter(r);
	}
	*area = a + p * s + M_PI * s * s;
	*perimeter = p + 2 * M_PI * s;
}

/* Does the shape, at most `reach` from its centre, lie in the window?  The two planes differ little. */
static bool inside_window(const struct truth *t, double reach, struct failure *f)
{
	const struct grid *g = &t->ground->grid;
	const double *c = t->options->lake_center;
	double p[2];

	if (plane_utm(g, c[0], c[1], p, f))
		return false;
	reach *= 1.005;
	return p[0] - reach > g->e0 && p[0] + reach < g->e0 + g->width * g->pixel_m &&
	       p[1] + reach < g->n0 && p[1] - reach > g->n0 - g->height * g->pixel_m;
}

static void describe_shape(const struct truth *t, struct json *j)
{
	const struct options *o = t->options;
	const struct shore *s = &t->ground->shore;
	double area, perimeter, widest = o->radius_m * (1 + COAST_STAR_DEPTH) + fabs(o->shift_m);
	struct failure ignored;

	json_pair(j, "center_m", s->x, s->y);
	if (o->lake == LAKE_PLAIN) {
		json_pair(j, "normal_to_water", s->normal[0], s->normal[1]);
		return;
	}
	json_number(j, "radius_m", o->radius_m);
	if (o->lake == LAKE_CIRCLE)
		json_number(j, "moved_radius_m", o->radius_m + o->shift_m);
	if (o->lake == LAKE_ELLIPSE) {
		json_pair(j, "half_axes_m", o->radius_m, o->radius_m * COAST_ELLIPSE_RATIO);
		json_number(j, "turn_deg", COAST_ELLIPSE_TURN_DEG + o->turn_deg);
	}
	if (o->lake == LAKE_STAR) {
		json_whole(j, "arms", COAST_STAR_ARMS);
		json_number(j, "depth", COAST_STAR_DEPTH);
		json_number(j, "turn_deg", o->turn_deg);
	}
	closed_form(o, &area, &perimeter);
	json_number(j, "area_km2", area * 1e-6);
	json_number(j, "perimeter_km", perimeter * 1e-3);
	json_bool(j, "inside_window", inside_window(t, widest, &ignored));
}

void truth_shore_json(const struct truth *t, struct json *j)
{
	const struct options *o = t->options;

	json_object(j, "shore");
	json_text(j, "plane", t->ground->laea ? PLANE_LAEA : "the product's UTM");
	json_number(j, "shift_m", o->shift_m);
	if (o->lake != LAKE_BALKHASH) {
		describe_shape(t, j);
	} else {
		json_text(j, "meaning",
			  "water: signed distance to the nominal rings, positive inside an odd "
			  "number of them, above -shift_m");
		json_whole(j, "rings", (long long)t->ground->rings.count);
		json_number(j, "nominal_area_km2", rings_area(&t->ground->rings) * 1e-6);
	}
	json_end(j, '}');
}
