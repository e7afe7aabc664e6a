/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/change.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/utc.h"
#include "pipeline/run/tiles.h"
#include "pipeline/stage/km2_json.h"

/* --- the pass over one period --- */

struct job {
	struct comparison *c;
	const struct period *period;
	struct areas *areas;
	struct survey *survey;
	struct progress progress;
};

struct worker {
	const struct job *job;
	struct reading reading;
	uint8_t *part, *inside, *filled; /* one block */
};

static void stop(void *state)
{
	struct worker *w = state;

	reading_close(&w->reading);
	free(w->part);
	free(w);
}

static int start(void *job, void **state, struct error *e)
{
	struct worker *w = calloc(1, sizeof(*w));
	unsigned wanted = READ_BIT(READ_WATER) | READ_BIT(READ_FRACTION);

	if (!w)
		return error_nomem(e, "tiles");
	*state = w;
	w->job = job;
	w->part = malloc(3 * CHANGE_TILE_PIXELS);
	if (!w->part)
		return error_nomem(e, "tiles");
	w->inside = w->part + CHANGE_TILE_PIXELS;
	w->filled = w->inside + CHANGE_TILE_PIXELS;
	wanted |= w->job->period->filled ? READ_BIT(READ_OBSERVED) : 0;
	return reading_open(&w->reading, w->job->period, wanted, CHANGE_TILE_PIXELS, e);
}

static int work(void *state, size_t i, void *slot, struct error *e)
{
	struct worker *w = state;
	const struct job *j = w->job;
	struct rect r = grid_tile(&j->c->grid, GEOTIFF_TILE, i);
	const uint16_t *observed = w->reading.pixels[READ_OBSERVED];
	const struct areas_pixels pixels = {
		.part = w->part,
		.inside = w->inside,
		.water = { w->reading.pixels[READ_WATER] },
		.fraction = { w->reading.pixels[READ_FRACTION] },
		.filled = { observed ? w->filled : NULL },
	};

	(void)slot;
	if (reading_read(&w->reading, r, e))
		return -1;
	for (size_t k = 0; observed && k < rect_area(r); k++)
		w->filled[k] = observed[k] == 0;
	areas_place(j->areas, i, w->part, w->inside);
	if (survey_tile(j->survey, i, &pixels, AREAS_BEFORE, e))
		return -1;
	return areas_count(j->areas, i, &pixels, e);
}

static int deliver(void *job, size_t i, const void *slot, struct error *e)
{
	struct job *j = job;

	(void)slot;
	if (survey_deliver(j->survey, i, e))
		return -1;
	progress_step(&j->progress, i + 1);
	return 0;
}

static int survey_period(struct comparison *c, struct period *p, struct areas **areas,
			 struct error *e)
{
	static const struct tiles_ops ops = { start, work, deliver, stop };
	const struct areas_spec spec = {
		.grid = c->grid,
		.like = c->areas,
		.sides = 1,
		.least_share = c->context->options->min_coverage / 100.0,
	};
	struct job j = { .c = c, .period = p };
	size_t n = grid_tiles(&c->grid, GEOTIFF_TILE);
	int ret = areas_new(areas, &spec, e);

	j.areas = *areas;
	if (!ret)
		ret = survey_new(&j.survey, c, *areas, e);
	if (!ret) {
		progress_start(&j.progress, c->context->log, "period", n);
		ret = tiles_run(n, c->threads, 1, &ops, &j, e);
	}
	if (!ret)
		ret = survey_finish(j.survey, p, *areas, AREAS_BEFORE, e);
	survey_free(j.survey);
	return ret;
}

/* --- the series --- */

static json_t *figures_json(const struct areas *a, size_t unit, enum areas_side side)
{
	struct areas_figures f = areas_figures(a, unit, side);
	json_t *json = json_object();

	json_object_set_new(json, "name", json_string(areas_name(a, unit)));
	km2_put(json, "water_km2", f.water_km2);
	km2_put(json, "open_water_km2", f.open_km2);
	km2_put(json, "partial_water_km2", f.partial_km2);
	km2_put(json, "random_km2", f.random_km2);
	km2_put(json, "systematic_km2", f.systematic_km2);
	km2_put(json, "unseen_km2", f.unseen_km2);
	km2_put(json, "seen_share", f.seen_share);
	km2_put(json, "seen_water_km2", f.seen_water_km2);
	return json;
}

/* The figures of one period: {"id", "from", "to", "areas": [...]}. */
static int add_period(struct comparison *c, const struct period *p, const struct areas *a,
		      enum areas_side side, struct error *e)
{
	char from[UTC_TEXT], to[UTC_TEXT];
	json_t *list = json_array(), *one;

	utc_format(p->result->time, from);
	utc_format(p->result->time_end, to);
	for (size_t unit = 0; unit < areas_units(a); unit++)
		json_array_append_new(list, figures_json(a, unit, side));
	one = json_pack("{s:s, s:s, s:s, s:o}", "id", p->result->id, "from", from, "to", to,
			"areas", list);
	return json_array_append_new(c->series, one) ? error_nomem(e, "the series") : 0;
}

int change_series(struct comparison *c, struct error *e)
{
	c->series = json_array();
	if (!c->series)
		return error_nomem(e, "the series");
	if (add_period(c, change_before(c), c->areas, AREAS_BEFORE, e))
		return -1;
	for (size_t k = 1; k + 1 < c->periods_nr; k++) {
		struct areas *areas = NULL;
		int ret = survey_period(c, &c->period[k], &areas, e);

		if (!ret)
			ret = add_period(c, &c->period[k], areas, AREAS_BEFORE, e);
		areas_free(areas);
		if (ret)
			return -1;
	}
	return add_period(c, change_after(c), c->areas, AREAS_AFTER, e);
}

/* --- csv --- */

static const char *const columns[] = { "water_km2",  "open_water_km2", "partial_water_km2",
				       "random_km2", "systematic_km2", "unseen_km2",
				       "seen_share", "seen_water_km2" };
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static void put_row(FILE *f, const json_t *period, const json_t *area)
{
	static const char *const keys[] = { "id", "from", "to" };

	for (size_t k = 0; k < 3; k++) {
		change_csv_text(f, json_string_value(json_object_get(period, keys[k])));
		fputc(',', f);
	}
	change_csv_text(f, json_string_value(json_object_get(area, "name")));
	for (size_t k = 0; k < COLUMNS; k++) {
		const json_t *v = json_object_get(area, columns[k]);

		fputc(',', f);
		if (json_is_number(v))
			fprintf(f, "%.15g", json_number_value(v));
	}
	fputc('\n', f);
}

char *change_series_csv(const struct comparison *c)
{
	char *text = NULL;
	size_t size = 0, i, k;
	FILE *f = open_memstream(&text, &size);
	json_t *period, *area;

	if (!f)
		return NULL;
	fputs("id,from,to,area", f);
	for (k = 0; k < COLUMNS; k++)
		fprintf(f, ",%s", columns[k]);
	fputc('\n', f);
	json_array_foreach(c->series, i, period)
	{
		json_array_foreach(json_object_get(period, "areas"), k, area)
		{
			put_row(f, period, area);
		}
	}
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}
