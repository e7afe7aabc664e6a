/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/change_tables.h"

#include <math.h>
#include <stdlib.h>

#define FIELDS(array) .fields = (array), .fields_nr = sizeof(array) / sizeof((array)[0])

/* --- shorelines --- */

static const struct vectors_colour blue = { 31, 78, 160 }, red = { 200, 50, 20 },
				   grey = { 90, 90, 90 };

static int add_shore(const struct change_content *content, struct vectors *v, const char *name,
		     int side, const struct lines *lines, struct error *e)
{
	char period[CHANGE_PERIOD_TEXT];

	change_period(change_side(content->c, side)->result, period);
	return vectors_add_lines(v, name, period, lines, side == AREAS_BEFORE ? blue : red, e);
}

static int write_before(const struct change_content *content, struct vectors *v, const char *name,
			struct error *e)
{
	return add_shore(content, v, name, AREAS_BEFORE, &change_before(content->c)->shoreline, e);
}

static int write_after(const struct change_content *content, struct vectors *v, const char *name,
		       struct error *e)
{
	return add_shore(content, v, name, AREAS_AFTER, &change_after(content->c)->shoreline, e);
}

static int write_before_simple(const struct change_content *content, struct vectors *v,
			       const char *name, struct error *e)
{
	return add_shore(content, v, name, AREAS_BEFORE, &content->simple[AREAS_BEFORE], e);
}

static int write_after_simple(const struct change_content *content, struct vectors *v,
			      const char *name, struct error *e)
{
	return add_shore(content, v, name, AREAS_AFTER, &content->simple[AREAS_AFTER], e);
}

/* Style is the callee's to free. */
static int end_layer(struct vectors *v, char *style, struct error *e)
{
	int ret = style ? vectors_end(v, style, e) : error_nomem(e, "the style of a layer");

	free(style);
	return ret;
}

static int add_between(struct vectors *v, const struct period *p, int64_t *id, struct error *e)
{
	const struct lines *l = &p->shoreline;
	char period[CHANGE_PERIOD_TEXT];

	change_period(p->result, period);
	for (size_t i = 0; i < l->nr; i++) {
		const size_t starts[] = { 0, l->starts[i + 1] - l->starts[i] };
		const struct vectors_shape shape = { l->points + l->starts[i], starts, 1,
						     l->closed[i], NULL };
		const struct vectors_value values[] = { vectors_integer(++*id),
							vectors_boolean(l->closed[i]),
							vectors_real(lines_length(l, i)),
							vectors_text(period) };

		if (vectors_add(v, &shape, values, e))
			return -1;
	}
	return 0;
}

static int write_between(const struct change_content *content, struct vectors *v, const char *name,
			 struct error *e)
{
	static const struct vectors_field fields[] = {
		{ "id", VECTORS_INTEGER, NULL },
		{ "closed", VECTORS_BOOLEAN, "a ring" },
		{ "length_m", VECTORS_REAL, NULL },
		{ "period", VECTORS_TEXT, NULL },
	};
	const struct vectors_layer layer = { name, "Shorelines of the periods between",
					     VECTORS_LINE, FIELDS(fields) };
	const struct comparison *c = content->c;
	int64_t id = 0;

	if (vectors_begin(v, &layer, e))
		return -1;
	for (size_t k = 1; k + 1 < c->periods_nr; k++)
		if (add_between(v, &c->period[k], &id, e))
			return -1;
	return end_layer(v, vectors_line_style(grey), e);
}

static int write_polygons(const struct change_content *content, struct vectors *v, const char *name,
			  struct error *e)
{
	const struct polygons *p = &content->polygons;

	return vectors_add_patches(v, name, &p->patches, p->area_km2, layer_find("change"), e);
}

/* --- transects --- */

/* Rounded to 1e-6: what libm may differ in is not written. */
static struct vectors_value real(double v)
{
	return vectors_real(nearbyint(v * 1e6) / 1e6);
}

static const struct vectors_field transect_fields[] = {
	{ "id", VECTORS_INTEGER, NULL },
	{ "name", VECTORS_TEXT, "the user's, or the number" },
	{ "azimuth_deg", VECTORS_REAL, "from land to lake, clockwise from grid north" },
	{ "length_m", VECTORS_REAL, NULL },
	{ "reversed", VECTORS_BOOLEAN, "it was drawn from lake to land" },
	{ "positions", VECTORS_INTEGER, "periods with a position" },
	{ "outliers", VECTORS_INTEGER, "of them, left out of what follows" },
	{ "sce_m", VECTORS_REAL, "shoreline change envelope: largest less smallest position" },
	{ "nsm_m", VECTORS_REAL, "net shoreline movement; positive: towards the lake" },
	{ "epr_m_a", VECTORS_REAL, "end point rate, metres a year" },
	{ "epr_sigma_m_a", VECTORS_REAL, "one standard deviation of it" },
	{ "lrr_m_a", VECTORS_REAL, "linear regression rate" },
	{ "lr2", VECTORS_REAL, "its coefficient of determination" },
	{ "lse_m", VECTORS_REAL, "standard error of the estimate" },
	{ "lrr_se_m_a", VECTORS_REAL, "standard error of the rate" },
	{ "lci95_m_a", VECTORS_REAL, "half of its 95 % confidence interval" },
	{ "wlr_m_a", VECTORS_REAL, "weighted linear regression rate" },
	{ "wr2", VECTORS_REAL, NULL },
	{ "wse", VECTORS_REAL, "without unit; 1 where the uncertainties are right" },
	{ "wci95_m_a", VECTORS_REAL, NULL },
	{ "wlr_sigma_m_a", VECTORS_REAL, "what the uncertainties alone make of it" },
};

static int add_transect(struct vectors *v, const struct transects *t, size_t i, struct error *e)
{
	const struct transect *one = &t->transect[i];
	const struct trend *r = &one->trend;
	const size_t starts[] = { 0, t->paths.starts[i + 1] - t->paths.starts[i] };
	const struct vectors_shape shape = { t->paths.points + t->paths.starts[i], starts, 1, false,
					     NULL };
	const struct vectors_value values[] = {
		vectors_integer((int64_t)i + 1),
		vectors_text(one->name),
		real(one->azimuth_deg),
		real(one->length_m),
		vectors_boolean(one->reversed),
		vectors_integer(r->positions_nr),
		vectors_integer(r->outliers_nr),
		real(r->sce),
		real(r->nsm),
		real(r->epr),
		real(r->epr_sigma),
		real(r->lrr),
		real(r->lr2),
		real(r->lse),
		real(r->se),
		real(r->lci95),
		real(r->wlr),
		real(r->wr2),
		real(r->wse),
		real(r->wci95),
		real(r->wlr_sigma),
	};

	return vectors_add(v, &shape, values, e);
}

static int write_transects(const struct change_content *content, struct vectors *v,
			   const char *name, struct error *e)
{
	const struct vectors_layer layer = {
		name, "Transects from land to lake, and how the shore moves on them", VECTORS_LINE,
		FIELDS(transect_fields)
	};
	const struct transects *t = &content->c->transects;

	if (vectors_begin(v, &layer, e))
		return -1;
	for (size_t i = 0; i < t->nr; i++)
		if (add_transect(v, t, i, e))
			return -1;
	return end_layer(v, vectors_line_style(grey), e);
}

static double round_mm(double m)
{
	return nearbyint(m * 1e3) / 1e3;
}

/* The point of a line so many metres from its start. */
static struct point point_along(const struct lines *l, size_t i, double m)
{
	struct point p = { 0 }, q = { 0 };

	for (size_t k = 0; k < lines_edges(l, i); k++) {
		double length;

		lines_edge(l, i, k, &p, &q);
		length = sqrt((q.x - p.x) * (q.x - p.x) + (q.y - p.y) * (q.y - p.y));
		if (m <= length && length > 0)
			return (struct point){ round_mm(p.x + (q.x - p.x) * m / length),
					       round_mm(p.y + (q.y - p.y) * m / length) };
		m -= length;
	}
	return q;
}

static int add_position(struct vectors *v, const struct change_content *content, size_t i, size_t k,
			struct error *e)
{
	static const size_t starts[] = { 0, 1 };
	const struct comparison *c = content->c;
	const struct transects *t = &c->transects;
	const struct transect_position *p = &t->position[i * t->periods_nr + k];
	const struct result *r = c->period[k].result;
	bool known = isfinite(p->position_m);
	struct point at = point_along(&t->paths, i, known ? p->position_m : 0);
	const struct vectors_shape shape = { &at, starts, 1, false, NULL };
	char period[CHANGE_PERIOD_TEXT];
	const struct vectors_value values[] = {
		vectors_integer((int64_t)i + 1),
		vectors_text(t->transect[i].name),
		vectors_text(period),
		vectors_datetime(change_middle(r)),
		vectors_real(p->position_m),
		real(change_position_sigma(c)),
		vectors_integer(p->crossings),
		vectors_boolean(p->outlier),
	};

	change_period(r, period);
	return vectors_add(v, known ? &shape : NULL, values, e);
}

static int write_positions(const struct change_content *content, struct vectors *v,
			   const char *name, struct error *e)
{
	static const struct vectors_field fields[] = {
		{ "transect", VECTORS_INTEGER, "its id" },
		{ "name", VECTORS_TEXT, NULL },
		{ "period", VECTORS_TEXT, NULL },
		{ "middle", VECTORS_DATETIME, "of the period" },
		{ "position_m", VECTORS_REAL, "from the landward end" },
		{ "sigma_m", VECTORS_REAL, "one standard deviation" },
		{ "crossings", VECTORS_INTEGER, "of the shore with the transect" },
		{ "outlier", VECTORS_BOOLEAN, NULL },
	};
	const struct vectors_layer layer = { name, "Where the shore lay on each transect",
					     VECTORS_POINT, FIELDS(fields) };
	const struct transects *t = &content->c->transects;

	if (vectors_begin(v, &layer, e))
		return -1;
	for (size_t i = 0; i < t->nr; i++)
		for (size_t k = 0; k < t->periods_nr; k++)
			if (add_position(v, content, i, k, e))
				return -1;
	return end_layer(v, vectors_point_style(red), e);
}

/* --- areas --- */

static const struct vectors_field series_fields[] = {
	{ "id", VECTORS_TEXT, "of the result" },
	{ "from", VECTORS_DATETIME, NULL },
	{ "to", VECTORS_DATETIME, NULL },
	{ "area", VECTORS_TEXT, "the whole, or a basin" },
	{ "water_km2", VECTORS_REAL, "by fraction; none where too little was seen" },
	{ "open_water_km2", VECTORS_REAL, "by pixels" },
	{ "partial_water_km2", VECTORS_REAL, "by pixels" },
	{ "random_km2", VECTORS_REAL, "one standard deviation" },
	{ "systematic_km2", VECTORS_REAL, NULL },
	{ "unseen_km2", VECTORS_REAL, "of the outline" },
	{ "seen_share", VECTORS_REAL, "of the outline" },
	{ "seen_water_km2", VECTORS_REAL, "water of what was seen" },
};
#define SERIES_FIELDS (sizeof(series_fields) / sizeof(series_fields[0]))
#define SERIES_FROM   1
#define SERIES_TO     2
#define SERIES_AREA   3

static int add_areas(struct vectors *v, const struct result *r, const json_t *area, struct error *e)
{
	struct vectors_value values[SERIES_FIELDS];

	values[0] = vectors_text(r->id);
	values[SERIES_FROM] = vectors_datetime(r->time);
	values[SERIES_TO] = vectors_datetime(r->time_end);
	values[SERIES_AREA] = vectors_text(json_string_value(json_object_get(area, "name")));
	for (size_t k = SERIES_AREA + 1; k < SERIES_FIELDS; k++) {
		const json_t *n = json_object_get(area, series_fields[k].name);

		values[k] = vectors_real(json_is_number(n) ? json_number_value(n) : NAN);
	}
	return vectors_add(v, NULL, values, e);
}

static int write_series(const struct change_content *content, struct vectors *v, const char *name,
			struct error *e)
{
	const struct vectors_layer layer = { name, "Areas of every period", VECTORS_NONE,
					     FIELDS(series_fields) };
	const struct comparison *c = content->c;

	if (vectors_begin(v, &layer, e))
		return -1;
	for (size_t k = 0; k < c->periods_nr; k++) {
		const json_t *areas = json_object_get(json_array_get(c->series, k), "areas");

		for (size_t i = 0; i < json_array_size(areas); i++)
			if (add_areas(v, c->period[k].result, json_array_get(areas, i), e))
				return -1;
	}
	return vectors_end(v, NULL, e);
}

/* --- all layers --- */

const struct change_table change_tables[] = {
	{ "before", "Shoreline before", write_before, true, false },
	{ "after", "Shoreline after", write_after, true, false },
	{ "between", "Shorelines between", write_between, true, true },
	{ "before_simple", "Shoreline before, for drawing", write_before_simple, true, false },
	{ "after_simple", "Shoreline after, for drawing", write_after_simple, true, false },
	{ "change", "Polygons of gain and loss", write_polygons, true, false },
	{ "transects", "Transects", write_transects, true, false },
	{ "positions", "Positions on transects", write_positions, true, false },
	{ "series", "Areas of every period", write_series, false, false },
};
const size_t change_tables_nr = sizeof(change_tables) / sizeof(change_tables[0]);
