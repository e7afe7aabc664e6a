/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/change.h"

#include <math.h>
#include <stdlib.h>

#include "pipeline/base/utc.h"

/* A shore shorter than so many spacings is a pond's. */
#define LEAST_SPACINGS 4

/* A transect is perpendicular to a chord of half the spacing. */
#define SMOOTHING_SHARE 0.25

double change_position_sigma(const struct comparison *c)
{
	double quarter = (c->grid.dx > c->grid.dy ? c->grid.dx : c->grid.dy) / 4;

	return sqrt(AREAS_POSITION_M * AREAS_POSITION_M + quarter * quarter);
}

int64_t change_middle(const struct result *r)
{
	return r->time + (r->time_end - r->time) / 2;
}

static struct transect_cast cast_of(const struct comparison *c)
{
	const struct options *o = c->context->options;

	return (struct transect_cast){
		.spacing_m = o->spacing,
		.length_m = o->transect_length,
		.smoothing_m = SMOOTHING_SHARE * o->spacing,
		.line_least_m = LEAST_SPACINGS * o->spacing,
	};
}

/* Before they are made: as many as lines of their length can have. */
static int check_room(const struct comparison *c, const struct lines *lines, struct error *e)
{
	struct budget budget = c->budget;
	double length_m = 0, most;

	for (size_t i = 0; i < lines->nr; i++)
		length_m += lines_length(lines, i);
	most = length_m / c->context->options->spacing + (double)lines->nr;
	most = most < TRANSECTS_MAX ? most : TRANSECTS_MAX;
	budget_take(&budget, transects_bytes((size_t)most, 2 * (size_t)most, c->periods_nr));
	return budget_check(&budget, "transects", e);
}

/* From BEFORE's shore; a lake that is too small for a transect has none. */
static int cast(struct comparison *c, struct error *e)
{
	const struct transect_cast spec = cast_of(c);
	struct error why = { 0 };

	if (check_room(c, &change_before(c)->shoreline, e))
		return -1;
	if (!transects_cast(&c->transects, &spec, &change_before(c)->shoreline, &why))
		return 0;
	if (why.code != ERROR_NOINPUT) {
		*e = why;
		return -1;
	}
	log_event(c->context->log, LOG_INFO, CODE_TRANSECTS_NONE, "no transects: %s", why.text);
	return 0;
}

/* From the user's reference line, however short. */
static int cast_from(struct comparison *c, const char *path, struct error *e)
{
	struct transect_cast spec = cast_of(c);
	struct transect_lines file = { 0 };
	int ret = transect_file_read(path, NULL, &c->grid.crs, &file, e);

	spec.line_least_m = 0;
	if (!ret)
		ret = check_room(c, &file.lines, e);
	if (!ret)
		ret = transects_cast(&c->transects, &spec, &file.lines, e);
	transect_lines_release(&file);
	return ret;
}

static int take(struct comparison *c, const char *path, struct error *e)
{
	struct transect_lines file = { 0 };
	int ret = transect_file_read(path, NULL, &c->grid.crs, &file, e);

	if (!ret)
		ret = transects_take(&c->transects, &file, e);
	transect_lines_release(&file);
	return ret;
}

static int make(struct comparison *c, struct error *e)
{
	const struct options *o = c->context->options;

	if (o->transects)
		return take(c, o->transects, e);
	return o->baseline ? cast_from(c, o->baseline, e) : cast(c, e);
}

static int measure(struct comparison *c, struct error *e)
{
	struct transects *t = &c->transects;
	struct trend_period period[CHANGE_PERIODS_MAX];
	size_t vertices = t->paths.starts[t->nr];

	budget_take(&c->budget, transects_bytes(t->nr, vertices, c->periods_nr));
	if (budget_check(&c->budget, "transects", e) || transects_periods(t, c->periods_nr, e))
		return -1;
	for (size_t k = 0; k < c->periods_nr; k++) {
		const struct period *p = &c->period[k];

		period[k] = (struct trend_period){ utc_decimal_year(change_middle(p->result)),
						   change_position_sigma(c) };
		if (transects_measure(t, k, &p->shoreline, c->budget.most - c->budget.taken, e))
			return error_prefix(e, "transects on %s", p->result->path);
	}
	return transects_finish(t, period, e);
}

/* The user's lines may lie elsewhere: then there is nothing to say of them, and that is to be said. */
static void check_positions(const struct comparison *c)
{
	const struct transects *t = &c->transects;

	for (size_t i = 0; i < t->nr * t->periods_nr; i++)
		if (isfinite(t->position[i].position_m))
			return;
	log_event(c->context->log, LOG_WARNING, CODE_WARNING_TRANSECTS,
		  "no shore crosses any of the %zu transects from land to water", t->nr);
}

int change_transects(struct comparison *c, struct error *e)
{
	if (!c->wants.shoreline && !c->wants.geojson)
		return 0;
	if (make(c, e))
		return -1;
	if (!c->transects.nr)
		return 0;
	if (measure(c, e))
		return -1;
	check_positions(c);
	return 0;
}
