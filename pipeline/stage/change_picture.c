/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/change.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/change.h"
#include "pipeline/base/file.h"
#include "pipeline/base/utc.h"
#include "pipeline/io/map_picture.h"
#include "pipeline/io/series_plot.h"
#include "pipeline/stage/km2_json.h"

/* The whole and as many basins as can be numbered. */
#define AREAS_MAX 256
#define PROGRAM	  "balkhash " BALKHASH_VERSION

/* --- whose data --- */

struct sources {
	bool landsat, sentinel;
	int first, last; /* years of Sentinel's */
};

/* Observations are named after their mission: LC09_..., S2A_..., HLS.L30..., HLS.S30... */
static void add_source(struct sources *s, const char *id, int year)
{
	bool sentinel = !strncmp(id, "S2", 2) || strstr(id, "S30");

	s->landsat |= !sentinel;
	if (!sentinel)
		return;
	s->first = !s->sentinel || year < s->first ? year : s->first;
	s->last = !s->sentinel || year > s->last ? year : s->last;
	s->sentinel = true;
}

static int year_of(const char *text, int otherwise)
{
	int64_t time;

	return text && !utc_parse(text, &time) ? (int)utc_decimal_year(time) : otherwise;
}

static void add_sources(struct sources *s, const struct result *r)
{
	const json_t *looks = result_looks(r);
	int year = (int)utc_decimal_year(r->time);

	if (!looks)
		add_source(s, r->id, year);
	for (size_t i = 0; i < json_array_size(looks); i++) {
		const json_t *one = json_array_get(looks, i);
		const char *id = json_string_value(json_object_get(one, "id"));
		const char *time = json_string_value(json_object_get(one, "time"));

		if (id)
			add_source(s, id, year_of(time, year));
	}
}

#define CREDIT_TEXT 200
static void credit_of(const struct comparison *c, char text[CREDIT_TEXT])
{
	struct sources s = { 0 };
	char years[32];

	for (size_t k = 0; k < c->periods_nr; k++)
		add_sources(&s, c->period[k].result);
	snprintf(years, sizeof(years), s.first == s.last ? "%d" : "%d-%d", s.first, s.last);
	snprintf(text, CREDIT_TEXT, "%s%s%s%s",
		 s.sentinel ? "Contains modified Copernicus Sentinel data " : "",
		 s.sentinel ? years : "", s.sentinel && s.landsat ? "; " : "",
		 s.landsat ? "Landsat data courtesy of the U.S. Geological Survey" : "");
}

/* --- the map --- */

static struct map_area area_of(const json_t *area)
{
	const json_t *before = json_object_get(area, "before");
	const json_t *after = json_object_get(area, "after");
	const json_t *change = json_object_get(area, "change");

	return (struct map_area){
		.name = json_string_value(json_object_get(area, "name")),
		.before = km2_get(before, "water_km2"),
		.before_error = km2_error(before, "water_km2"),
		.after = km2_get(after, "water_km2"),
		.after_error = km2_error(after, "water_km2"),
		.gain = km2_get(change, "gain_water_km2"),
		.loss = km2_get(change, "loss_water_km2"),
		.net = km2_get(change, "net_water_km2"),
		.net_error = km2_error(change, "net_water_km2"),
	};
}

static struct map_period period_of(const struct period *p, const char *name)
{
	const struct result *r = p->result;

	return (struct map_period){ .name = name,
				    .from = r->time,
				    .to = r->time_end,
				    .looks = json_array_size(result_looks(r)) };
}

static double class_km2(const json_t *list, uint32_t code)
{
	for (size_t k = 0; k < json_array_size(list); k++) {
		const json_t *one = json_array_get(list, k);

		if (json_integer_value(json_object_get(one, "value")) == (json_int_t)code)
			return km2_get(one, "km2");
	}
	return NAN;
}

static void set_classes(struct map_class *classes, const struct layer *layer, const json_t *whole)
{
	const json_t *list = json_object_get(json_object_get(whole, "change"), "classes");

	for (size_t i = 0; i < layer->classes_nr; i++) {
		uint32_t code = layer->classes[i].code;

		classes[i] = (struct map_class){
			.class = &layer->classes[i],
			.km2 = code == CHANGE_NODATA ? NAN : class_km2(list, code),
			.emphasised = code == CHANGE_GAIN || code == CHANGE_LOSS,
		};
	}
}

static int write_map(const struct comparison *c, const json_t *areas, const char *title,
		     const char *credit, const char *path, struct error *e)
{
	const struct layer *layer = layer_find("change");
	struct map_class classes[MAP_PICTURE_CLASSES];
	struct map_area rows[AREAS_MAX];
	const struct map_line lines[] = {
		{ &change_before(c)->shoreline, "shoreline before", 0x1f4ea0 },
		{ &change_after(c)->shoreline, "shoreline after", 0x801000 },
	};
	struct map_picture p = {
		.title = title,
		.period = { period_of(change_before(c), "Before"),
			    period_of(change_after(c), "After") },
		.tally = c->tally,
		.classes = classes,
		.classes_nr = layer->classes_nr,
		.lines = lines,
		.lines_nr = 2,
		.area_title = "Water by fraction, km2",
		.areas = rows,
		.note = "+-: random and systematic errors added; gain, loss and net: where both were seen",
		.credit = credit,
		.program = PROGRAM,
	};

	set_classes(classes, layer, json_array_get(areas, 0));
	for (; p.areas_nr < json_array_size(areas) && p.areas_nr < AREAS_MAX; p.areas_nr++)
		rows[p.areas_nr] = area_of(json_array_get(areas, p.areas_nr));
	return map_picture_write(path, &p, NULL, e);
}

/* --- the series --- */

static struct series_point point_of(const struct period *p, const json_t *area)
{
	double water = km2_get(area, "seen_water_km2");

	return (struct series_point){
		.from = p->result->time,
		.to = p->result->time_end,
		.km2 = km2_get(area, "water_km2"),
		.error = km2_get(area, "random_km2") + km2_get(area, "systematic_km2"),
		.low = water,
		.high = water + km2_get(area, "unseen_km2"),
		.withheld = isnan(km2_get(area, "water_km2")),
	};
}

static int by_time(const void *a, const void *b)
{
	const struct series_point *x = a, *y = b;

	return (x->from > y->from) - (x->from < y->from);
}

/* Points of all periods in area number i. */
static struct series series_of(const struct comparison *c, size_t i, struct series_point *points)
{
	const char *name = "";

	for (size_t k = 0; k < c->periods_nr; k++) {
		const json_t *areas = json_object_get(json_array_get(c->series, k), "areas");
		const json_t *area = json_array_get(areas, i);

		name = json_string_value(json_object_get(area, "name"));
		points[k] = point_of(&c->period[k], area);
	}
	qsort(points, c->periods_nr, sizeof(*points), by_time);
	return (struct series){ name, points, c->periods_nr };
}

static int write_plot(const struct comparison *c, const char *title, const char *credit,
		      const char *path, struct error *e)
{
	size_t nr = areas_units(c->areas);
	struct series_point *points = calloc(nr * c->periods_nr, sizeof(*points));
	struct series *series = calloc(nr, sizeof(*series));
	const struct series_plot plot = {
		.title = title,
		.unit = "km2",
		.series = series,
		.series_nr = nr,
		.note = "Water by fraction; bars: random and systematic errors added; light bars: if "
			"what was not seen is land, or water",
		.credit = credit,
		.program = PROGRAM,
	};
	int ret = -1;

	if (!points || !series) {
		error_nomem(e, "series.svg");
		goto out;
	}
	for (size_t i = 0; i < nr; i++)
		series[i] = series_of(c, i, points + i * c->periods_nr);
	ret = series_plot_write(path, &plot, e);
out:
	free(series);
	free(points);
	return ret;
}

/* --- both --- */

static int add_map(struct comparison *c, const json_t *summary, const char *credit, struct error *e)
{
	char *path = path_join(output_folder(c->output), "change.png"), *title = NULL;
	int ret;

	if (!path || asprintf(&title, "%s%schange of the shoreline", c->lake_name,
			      c->lake_name[0] ? ": " : "") < 0)
		ret = error_nomem(e, "change.png");
	else
		ret = write_map(c, json_object_get(summary, "areas"), title, credit, path, e);
	free(title);
	free(path);
	return ret ? -1
		   : output_add(c->output, "change.png", "Map of change", "image/png", "overview",
				e);
}

static int add_plot(struct comparison *c, const char *credit, struct error *e)
{
	char *path = path_join(output_folder(c->output), "series.svg"), *title = NULL;
	int ret;

	if (!path || asprintf(&title, "%s%swater", c->lake_name, c->lake_name[0] ? ": " : "") < 0)
		ret = error_nomem(e, "series.svg");
	else
		ret = write_plot(c, title, credit, path, e);
	free(title);
	free(path);
	return ret ? -1
		   : output_add(c->output, "series.svg", "Areas over time", "image/svg+xml",
				"overview", e);
}

int change_pictures(struct comparison *c, const json_t *summary, struct error *e)
{
	char credit[CREDIT_TEXT];

	if (!c->wants.quicklook)
		return 0;
	credit_of(c, credit);
	return add_map(c, summary, credit, e) || add_plot(c, credit, e) ? -1 : 0;
}
