/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/change.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/stage/contour.h"
#include "pipeline/stage/km2_json.h"

static json_t *real_or_null(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

/* Number of a day of the year, from 1 on; of last year's too. */
static double day_number(double day)
{
	return floor(day < 0 ? day + 365 : day) + 1;
}

static json_t *period_json(const struct period *p)
{
	const struct result *r = p->result;
	char period[CHANGE_PERIOD_TEXT];

	change_period(r, period);
	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "id", r->id, "kind", r->kind, "period",
			 period, "median_day", real_or_null(day_number(p->day)), "half_days",
			 real_or_null(round(p->spread)), "level_m", real_or_null(p->level_m));
}

static json_t *method_json(const struct comparison *c)
{
	bool looks = change_before(c)->looks && change_after(c)->looks;

	return json_pack("{s:i, s:s, s:i, s:i, s:i, s:s, s:f, s:f, s:[ii], s:s}",
			 "change_threshold_percent", CHANGE_THRESHOLD_PERCENT, "significance",
			 looks ? "fractions, and counts of looks (Newcombe 1998, 95 %)"
			       : "fractions",
			 "minimum_mapping_unit_pixels", c->context->options->mmu,
			 "least_coverage_percent", c->context->options->min_coverage,
			 "shoreline_level_percent", CONTOUR_LEVEL, "delta_of", c->delta_of,
			 "fraction_sigma", AREAS_SIGMA, "shoreline_position_m", AREAS_POSITION_M,
			 "threshold_levels_percent", AREAS_LEVEL_LOW, AREAS_LEVEL_HIGH, "unseen",
			 "inside the outline of the lake and not seen; without a lake: hidden by "
			 "cloud, shadow, snow or ice");
}

json_t *change_summary(const struct comparison *c)
{
	json_t *areas = areas_json(c->areas), *periods = json_array();

	for (size_t k = 0; k < c->periods_nr; k++)
		json_array_append_new(periods, period_json(&c->period[k]));
	if (!areas)
		return NULL;
	return json_pack("{s:O, s:O, s:o, s:s, s:{s:s, s:[ff]}, s:o, s:O, s:o, s:O}", "before",
			 json_array_get(periods, 0), "after",
			 json_array_get(periods, c->periods_nr - 1), "periods", periods, "lake",
			 c->lake_name, "grid", "crs", c->grid.crs.def, "pixel_m", c->grid.dx,
			 c->grid.dy, "method", method_json(c), "warnings", c->warnings, "areas",
			 areas, "series", c->series);
}

/* --- csv --- */

void change_csv_text(FILE *f, const char *text)
{
	fputc('"', f);
	if (strchr("=+-@\t\r", text[0]) && text[0])
		fputc('\'', f);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', f);
		fputc(*text, f);
	}
	fputc('"', f);
}

/* The first three columns of a row. */
struct csv {
	FILE *f;
	const char *area, *part, *class;
};

static void put_number(const struct csv *c, const char *prefix, const char *key, const json_t *v)
{
	change_csv_text(c->f, c->area);
	fprintf(c->f, ",%s,", c->part);
	change_csv_text(c->f, c->class);
	fprintf(c->f, ",%s%s,", prefix, key);
	if (json_is_integer(v))
		fprintf(c->f, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	else if (json_is_real(v))
		fprintf(c->f, "%.15g", json_real_value(v));
	fputc('\n', c->f);
}

/* Every number of an object, one row each; "value" is the code of a class, not a quantity. */
static void put_numbers(const struct csv *c, const char *prefix, json_t *object)
{
	const char *key;
	json_t *v;

	json_object_foreach(object, key, v) if ((json_is_number(v) || json_is_null(v)) &&
						strcmp(key, "value") != 0)
		put_number(c, prefix, key, v);
}

/* One row for every number of every class of a list. */
static void put_classes(struct csv *row, const char *prefix, const json_t *list)
{
	size_t i;
	json_t *class;

	json_array_foreach(list, i, class)
	{
		row->class = json_string_value(json_object_get(class, "name"));
		put_numbers(row, prefix, class);
	}
}

static void put_part(FILE *f, const char *area, const char *part, json_t *object)
{
	struct csv row = { f, area, part, "" };

	put_numbers(&row, "", object);
	put_numbers(&row, "error.", json_object_get(object, "error"));
	put_classes(&row, "", json_object_get(object, "classes"));
	put_classes(&row, "transition.", json_object_get(object, "transitions"));
}

char *change_summary_csv(const json_t *summary)
{
	static const char *const parts[] = { "before", "after", "change" };
	char *text = NULL;
	size_t size = 0, i;
	FILE *f = open_memstream(&text, &size);
	json_t *area;

	if (!f)
		return NULL;
	fputs("area,part,class,quantity,value\n", f);
	json_array_foreach(json_object_get(summary, "areas"), i,
			   area) for (size_t k = 0; k < sizeof(parts) / sizeof(parts[0]); k++)
		put_part(f, json_string_value(json_object_get(area, "name")), parts[k],
			 json_object_get(area, parts[k]));
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}

/* --- the table --- */

/* A number, right-aligned; "-" for none. */
static void print_number(FILE *out, int width, double v)
{
	if (isfinite(v))
		fprintf(out, " %*.3f", width, v);
	else
		fprintf(out, " %*s", width, "-");
}

/* Seen, of the outline; a basin may have none of it.  Without one there is nothing that it could be a share of. */
static void print_share(const json_t *side, FILE *out)
{
	double share = km2_get(side, "seen_share");

	if (!isfinite(km2_get(side, "outline_km2")))
		fprintf(out, "%8.1f km2", km2_get(side, "seen_km2"));
	else if (isfinite(share))
		fprintf(out, "%10.2f %%", 100 * share);
	else
		fprintf(out, "%12s", "-");
}

/* Before, +-, after, +-, gain, loss, net. */
static void print_row(FILE *out, const char *name, const char *by, const double v[7])
{
	static const int width[] = { 12, 9, 12, 9, 11, 11, 11 };

	fprintf(out, "%-20s %-11s", name, by);
	for (size_t k = 0; k < 7; k++)
		print_number(out, width[k], v[k]);
	fputc('\n', out);
}

static void print_withheld(const json_t *side, const char *which, FILE *out)
{
	const char *reason = json_string_value(json_object_get(side, "withheld"));

	if (reason)
		fprintf(out, "%-20s no total %s: %s\n", "", which, reason);
}

static void print_area(const json_t *area, FILE *out)
{
	const json_t *before = json_object_get(area, "before"),
		     *after = json_object_get(area, "after");
	const json_t *change = json_object_get(area, "change");
	const char *name = json_string_value(json_object_get(area, "name"));
	double gain = km2_get(change, "gain_km2"), loss = km2_get(change, "loss_km2");
	const double fraction[] = {
		km2_get(before, "water_km2"),	   km2_error(before, "water_km2"),
		km2_get(after, "water_km2"),	   km2_error(after, "water_km2"),
		km2_get(change, "gain_water_km2"), km2_get(change, "loss_water_km2"),
		km2_get(change, "net_water_km2")
	};
	const double pixels[] = { km2_get(before, "open_water_km2"),
				  NAN,
				  km2_get(after, "open_water_km2"),
				  NAN,
				  gain,
				  loss,
				  gain - loss };

	print_row(out, name ? name : "", "by fraction", fraction);
	print_row(out, "", "by pixels", pixels);
	fprintf(out, "%-20s %-11s ", "", "seen");
	print_share(before, out);
	fprintf(out, " %9s ", "");
	print_share(after, out);
	fputc('\n', out);
	print_withheld(before, "before", out);
	print_withheld(after, "after", out);
}

/* Water over the periods, where there are more than two. */
static void print_series(const json_t *summary, FILE *out)
{
	const json_t *series = json_object_get(summary, "series"), *period;
	size_t i;

	if (json_array_size(series) < 3)
		return;
	fprintf(out, "\n%-32s %13s %9s %12s\n", "water [km2] of the whole", "by fraction", "+-",
		"seen");
	json_array_foreach(series, i, period)
	{
		const json_t *whole = json_array_get(json_object_get(period, "areas"), 0);
		const char *from = json_string_value(json_object_get(period, "from"));

		fprintf(out, "%-32s", from ? from : "");
		print_number(out, 13, km2_get(whole, "water_km2"));
		print_number(out, 9,
			     km2_get(whole, "random_km2") + km2_get(whole, "systematic_km2"));
		print_share(whole, out);
		fputc('\n', out);
	}
}

void change_summary_print(const json_t *summary, FILE *out)
{
	const json_t *first = json_array_get(json_object_get(summary, "areas"), 0);
	const char *sides[] = { "before", "after" };
	json_t *area;
	size_t i;

	for (size_t k = 0; k < 2; k++) {
		const json_t *side = json_object_get(summary, sides[k]);
		const char *id = json_string_value(json_object_get(side, "id"));
		const char *period = json_string_value(json_object_get(side, "period"));

		fprintf(out, "%-7s %s (%s)\n", sides[k], id ? id : "", period ? period : "");
	}
	fprintf(out, "\n%-32s %12s %9s %12s %9s %11s %11s %11s\n", "water [km2]", "before", "+-",
		"after", "+-", "gain", "loss", "net");
	json_array_foreach(json_object_get(summary, "areas"), i, area)
	{
		print_area(area, out);
	}
	print_series(summary, out);
	fputs("\n+-: random and systematic errors added; gain, loss and net: where both were seen\n",
	      out);
	if (!isfinite(km2_get(json_object_get(first, "before"), "outline_km2")))
		fputs("without a lake's outline before and after are of what each saw itself: compare gain, loss and net\n",
		      out);
}
