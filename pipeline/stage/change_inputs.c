/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/change.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/utc.h"
#include "pipeline/stage/checksums.h"

void change_period(const struct result *r, char text[CHANGE_PERIOD_TEXT])
{
	char from[UTC_TEXT], to[UTC_TEXT];
	bool instant = r->time == r->time_end;

	utc_format(r->time, from);
	utc_format(r->time_end, to);
	snprintf(text, CHANGE_PERIOD_TEXT, "%s%s%s", from, instant ? "" : "/", instant ? "" : to);
}

static int demand_layers(const struct result *r, const char *const *names, size_t n,
			 struct error *e)
{
	for (size_t i = 0; i < n; i++)
		if (!result_has(r, names[i]))
			return error_set(
				e, ERROR_DATA,
				"%s has no layer %s, which is needed: make it again with it in --layers",
				r->path, names[i]);
	return 0;
}

static int check_layers(const struct comparison *c, const struct result *r, struct error *e)
{
	static const char *const always[] = { "water", "fraction" };
	static const char *const epochs[] = { "months", "seasonality" };

	if (demand_layers(r, always, 2, e))
		return -1;
	return c->wants.layer[CHANGE_LAYER_TRANSITION] ? demand_layers(r, epochs, 2, e) : 0;
}

static int open_period(struct comparison *c, size_t k, struct error *e)
{
	struct period *p = &c->period[k];
	const json_t *properties;
	struct result *r;
	bool counted;

	if (output_apart(c->context->options->output, c->context->options->paths[k], e) ||
	    result_open(&p->result, c->context->options->paths[k], e))
		return -1;
	r = p->result;
	if (result_not_newer(r, e))
		return -1;
	if (strcmp(r->kind, "observation") != 0 && strcmp(r->kind, "mosaic") != 0)
		return error_set(e, ERROR_DATA,
				 "%s is a result of kind \"%s\": change compares observations and "
				 "mosaics",
				 r->path, r->kind);
	properties = json_object_get(r->item, "properties");
	counted = !strcmp(r->kind, "mosaic") && result_has(r, "observed") && result_has(r, "wet");
	p->looks = counted && result_has(r, "partial");
	p->filled = counted && json_array_size(json_object_get(properties, "balkhash:filled"));
	return check_layers(c, r, e);
}

static int check_lattice(const struct result *a, const struct result *b, struct error *e)
{
	if (grid_same_lattice(&a->grid, &b->grid))
		return 0;
	return error_set(
		e, ERROR_DATA,
		"%s (%.80s, %g x %g m) and %s (%.80s, %g x %g m) are not on one lattice: make "
		"both with the same --lake, -tr and -t_srs",
		a->path, a->grid.crs.def, a->grid.dx, a->grid.dy, b->path, b->grid.crs.def,
		b->grid.dx, b->grid.dy);
}

/* Nearer than the largest grid, so that offsets in pixels are small numbers. */
static bool is_near(const struct grid *a, const struct grid *b)
{
	return fabs(b->x0 - a->x0) < GRID_SIDE_MAX * a->dx &&
	       fabs(b->y0 - a->y0) < GRID_SIDE_MAX * a->dy;
}

/* The grid that holds all periods. */
static int join_grids(struct comparison *c, struct error *e)
{
	const struct result *first = c->period[0].result;
	const struct grid *a = &first->grid;
	struct rect all = grid_rect(a), before, after;

	for (size_t k = 0; k < c->periods_nr; k++) {
		const struct result *r = c->period[k].result;

		if (check_lattice(first, r, e))
			return -1;
		c->period[k].place = (struct rect){ 0 };
		if (is_near(a, &r->grid))
			c->period[k].place = grid_offset(a, &r->grid);
		if (rect_empty(c->period[k].place))
			return error_set(e, ERROR_NOINPUT, "%s and %s do not overlap", first->path,
					 r->path);
		all = rect_union(all, c->period[k].place);
	}
	before = change_before(c)->place;
	after = change_after(c)->place;
	if (rect_empty(rect_intersect(before, after)))
		return error_set(e, ERROR_NOINPUT, "%s and %s do not overlap", first->path,
				 change_after(c)->result->path);
	if (all.w > GRID_SIDE_MAX || all.h > GRID_SIDE_MAX)
		return error_set(e, ERROR_DATA,
				 "%s and %s together are more than %d pixels wide or high",
				 first->path, change_after(c)->result->path, GRID_SIDE_MAX);
	c->grid = grid_crop(a, all);
	for (size_t k = 0; k < c->periods_nr; k++) {
		c->period[k].place.x -= all.x;
		c->period[k].place.y -= all.y;
	}
	return 0;
}

/* One named twice would count twice among several; of two it is a comparison of nothing. */
static int check_twice(const struct comparison *c, struct error *e)
{
	for (size_t k = 0; k < c->periods_nr; k++)
		for (size_t i = 0; i < k; i++) {
			const struct result *a = c->period[i].result, *b = c->period[k].result;

			if (strcmp(a->unit, b->unit) != 0)
				continue;
			if (c->periods_nr > 2)
				return error_set(e, ERROR_DATA,
						 "%s and %s are the same result: name each period "
						 "once",
						 a->path, b->path);
			log_event(c->context->log, LOG_WARNING, CODE_WARNING_SAME_RESULT,
				  "%s and %s are the same result", a->path, b->path);
		}
	return 0;
}

static void check_order(const struct comparison *c)
{
	for (size_t k = 1; k < c->periods_nr; k++) {
		const struct result *a = c->period[k - 1].result, *b = c->period[k].result;

		if (a->time > b->time)
			log_event(c->context->log, LOG_WARNING, CODE_WARNING_ORDER,
				  "%s (%s) is later than %s (%s)", k == 1 ? "BEFORE" : "a period",
				  a->path, k == c->periods_nr - 1 ? "AFTER" : "the one behind it",
				  b->path);
	}
}

/* That of all results. */
static void common_lake(struct comparison *c)
{
	const struct result *first = c->period[0].result;

	c->lake = first->lake;
	for (size_t k = 1; k < c->periods_nr; k++) {
		const struct result *r = c->period[k].result;

		if (!strcmp(r->lake, first->lake))
			continue;
		c->lake = "";
		log_event(c->context->log, LOG_WARNING, CODE_WARNING_LAKES,
			  "%s is of lake \"%s\", %s of lake \"%s\": areas are given for the whole "
			  "only; --lake names one",
			  first->path, first->lake, r->path, r->lake);
		return;
	}
}

static int choose_lake(struct comparison *c, struct error *e)
{
	const char *name = c->context->options->lake;

	if (!name) {
		common_lake(c);
		c->lake_name = c->lake;
		return 0;
	}
	c->lake = name;
	if (lake_open(&c->named, name, e))
		return -1;
	c->lake_name = c->named->name;
	return 0;
}

static bool has_frequency(const struct period *p)
{
	return !strcmp(p->result->kind, "mosaic") && result_has(p->result, "frequency");
}

int change_check(const struct comparison *c, struct error *e)
{
	const struct layer *layers[READS];
	const char *path[CHANGE_PERIODS_MAX];
	const struct checksums list = { path, c->periods_nr, layers, READS };

	for (size_t k = 0; k < READS; k++)
		layers[k] = layer_find(change_read_name(k));
	for (size_t k = 0; k < c->periods_nr; k++)
		path[k] = c->period[k].result->path;
	return checksums_check(c->context, &list, e);
}

int change_open(struct comparison *c, struct error *e)
{
	size_t nr = c->context->options->paths_nr;

	c->period = calloc(nr, sizeof(*c->period));
	if (!c->period)
		return error_nomem(e, "the periods");
	c->periods_nr = nr;
	for (size_t k = 0; k < nr; k++)
		if (open_period(c, k, e))
			return -1;
	if (join_grids(c, e) || check_twice(c, e))
		return -1;
	check_order(c);
	if (choose_lake(c, e))
		return -1;
	c->delta_of = has_frequency(change_before(c)) && has_frequency(change_after(c))
			      ? "frequency"
			      : "fraction";
	return 0;
}
