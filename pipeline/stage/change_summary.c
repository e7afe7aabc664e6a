/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/change.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/stage/contour.h"

static json_t *side_json(const struct result *r)
{
	char period[CHANGE_PERIOD_TEXT];

	change_period(r, period);
	return json_pack("{s:s, s:s, s:s}", "id", r->id, "kind", r->kind, "period", period);
}

static json_t *method_json(const struct comparison *c)
{
	return json_pack("{s:i, s:i, s:s, s:f, s:f, s:s}", "change_threshold_percent",
			 CHANGE_THRESHOLD_PERCENT, "shoreline_level_percent", CONTOUR_LEVEL,
			 "delta_of", c->delta_of, "fraction_sigma", AREAS_SIGMA,
			 "shoreline_position_m", AREAS_POSITION_M, "unseen",
			 "inside the outline of the lake and not seen; without a lake: hidden by "
			 "cloud, shadow, snow or ice");
}

json_t *change_summary(const struct comparison *c)
{
	json_t *areas = areas_json(c->areas);

	if (!areas)
		return NULL;
	return json_pack("{s:o, s:o, s:s, s:{s:s, s:[ff]}, s:o, s:o}", "before",
			 side_json(c->side[AREAS_BEFORE]), "after", side_json(c->side[AREAS_AFTER]),
			 "lake", c->lake, "grid", "crs", c->grid.crs.def, "pixel_m", c->grid.dx,
			 c->grid.dy, "method", method_json(c), "areas", areas);
}

/* --- csv --- */

/* A text as a spreadsheet takes it: quoted, and never a formula. */
static void put_text(FILE *f, const char *text)
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
	put_text(c->f, c->area);
	fprintf(c->f, ",%s,", c->part);
	put_text(c->f, c->class);
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

static void put_part(FILE *f, const char *area, const char *part, json_t *object)
{
	struct csv row = { f, area, part, "" };
	json_t *class;
	size_t i;

	put_numbers(&row, "", object);
	put_numbers(&row, "error.", json_object_get(object, "error"));
	json_array_foreach(json_object_get(object, "classes"), i, class)
	{
		row.class = json_string_value(json_object_get(class, "name"));
		put_numbers(&row, "", class);
	}
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

static double number(const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);

	return json_is_number(v) ? json_number_value(v) : NAN;
}

/* What random and systematic errors may add up to. */
static double error_of(const json_t *side)
{
	const json_t *error = json_object_get(side, "error");

	return number(error, "random_km2") + number(error, "systematic_km2");
}

/* Seen, of the outline; a basin may have none of it. */
static void print_share(const json_t *side, FILE *out)
{
	double share = number(side, "seen_share");

	if (isfinite(share))
		fprintf(out, "%10.2f %%", 100 * share);
	else
		fprintf(out, "%12s", "-");
}

static void print_area(const json_t *area, FILE *out)
{
	const json_t *before = json_object_get(area, "before"),
		     *after = json_object_get(area, "after");
	const json_t *change = json_object_get(area, "change");
	const char *name = json_string_value(json_object_get(area, "name"));
	double gain = number(change, "gain_km2"), loss = number(change, "loss_km2");

	fprintf(out, "%-20s by fraction %12.3f %9.3f %12.3f %9.3f %11.3f %11.3f %11.3f\n",
		name ? name : "", number(before, "water_km2"), error_of(before),
		number(after, "water_km2"), error_of(after), number(change, "gain_water_km2"),
		number(change, "loss_water_km2"), number(change, "net_water_km2"));
	fprintf(out, "%-20s by pixels   %12.3f %9s %12.3f %9s %11.3f %11.3f %11.3f\n", "",
		number(before, "open_water_km2"), "", number(after, "open_water_km2"), "", gain,
		loss, gain - loss);
	fprintf(out, "%-20s seen         ", "");
	print_share(before, out);
	fprintf(out, " %9s ", "");
	print_share(after, out);
	fputc('\n', out);
}

void change_summary_print(const json_t *summary, FILE *out)
{
	const char *sides[] = { "before", "after" };
	json_t *area;
	size_t i;

	for (size_t k = 0; k < 2; k++) {
		const json_t *side = json_object_get(summary, sides[k]);
		const char *id = json_string_value(json_object_get(side, "id"));
		const char *period = json_string_value(json_object_get(side, "period"));

		fprintf(out, "%-7s %s (%s)\n", sides[k], id ? id : "", period ? period : "");
	}
	fprintf(out, "\n%-32s %13s %9s %12s %9s %11s %11s %11s\n", "water [km2]", "before", "+-",
		"after", "+-", "gain", "loss", "net");
	json_array_foreach(json_object_get(summary, "areas"), i, area) print_area(area, out);
	fputs("\n+-: random and systematic errors added; gain, loss and net: where both were seen\n",
	      out);
}
