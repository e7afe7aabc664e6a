/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/change.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pipeline/base/utc.h"
#include "pipeline/io/level_file.h"

/* --- days of the year --- */

/* Day of a year of 365 days: 29 February counts as 28 February. */
static double day_of_year(int64_t time)
{
	time_t t = (time_t)time;
	struct tm utc;
	int year;

	if (!gmtime_r(&t, &utc))
		return NAN;
	year = utc.tm_year + 1900;
	if (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) && utc.tm_yday > 58)
		utc.tm_yday--;
	return utc.tm_yday + utc.tm_hour / 24.0;
}

/* Times of what a result was made of: of a mosaic's looks, or its own. */
static size_t times_of(const struct result *r, int64_t *times, size_t max)
{
	const json_t *looks = result_looks(r);
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(looks) && n < max; i++) {
		const json_t *time = json_object_get(json_array_get(looks, i), "time");

		if (json_is_string(time) && !utc_parse(json_string_value(time), &times[n]))
			n++;
	}
	if (n == 0)
		times[n++] = r->time;
	return n;
}

#define TIMES_MAX 65536

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* A time of the year without looks is a season's end where it is as long as this [days]; shorter ones are chance. */
#define SEASON_GAP 90

/* Sort, and run through the turn of the year where looks of winter would be torn apart: days behind the longest gap are last year's. */
static void sort_days(double *day, size_t n)
{
	double longest = SEASON_GAP;
	size_t first = 0;

	qsort(day, n, sizeof(*day), by_value);
	/* The gap over the turn of the year is no reason to tear. */
	if (day[0] + 365 - day[n - 1] > longest)
		longest = day[0] + 365 - day[n - 1];
	for (size_t i = 1; i < n; i++)
		if (day[i] - day[i - 1] > longest) {
			longest = day[i] - day[i - 1];
			first = i;
		}
	for (size_t i = first; first && i < n; i++)
		day[i] -= 365;
	qsort(day, n, sizeof(*day), by_value);
}

static int measure_days(struct period *p, struct error *e)
{
	int64_t *times = malloc(TIMES_MAX * sizeof(*times));
	double *day = malloc(TIMES_MAX * sizeof(*day));
	int ret = -1;

	if (!times || !day) {
		error_nomem(e, "the times of looks");
	} else {
		size_t n = times_of(p->result, times, TIMES_MAX);

		ret = 0;
		for (size_t i = 0; i < n; i++)
			day[i] = day_of_year(times[i]);
		sort_days(day, n);
		p->day = day[(n - 1) / 2];
		p->spread = day[(3 * (n - 1)) / 4] - day[(n - 1) / 4];
	}
	free(times);
	free(day);
	return ret;
}

/* --- levels --- */

/* Mean over the looks of a period. */
static int measure_level(const struct levels *l, struct period *p, struct error *e)
{
	int64_t *times = malloc(TIMES_MAX * sizeof(*times));
	size_t n = times ? times_of(p->result, times, TIMES_MAX) : 0, known = 0;
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		double level = levels_at(l, times[i]);

		sum += isfinite(level) ? level : 0;
		known += isfinite(level);
	}
	p->level_m = known ? round(sum / (double)known * 1e4) / 1e4 : NAN;
	free(times);
	return times ? 0 : error_nomem(e, "the times of looks");
}

/* --- warnings --- */

static int warn(struct comparison *c, const char *text, struct error *e)
{
	log_event(c->context->log, LOG_WARNING, CODE_WARNING_COMPARISON, "%s", text);
	return json_array_append_new(c->warnings, json_string(text)) ? error_nomem(e, "warnings")
								     : 0;
}

/* "12 July" of a day of the year. */
static void name_day(double day, char text[24])
{
	int64_t time = (int64_t)((day < 0 ? day + 365 : day) * 86400);
	time_t t = (time_t)time;
	struct tm utc;

	snprintf(text, 24, "?");
	if (gmtime_r(&t, &utc))
		strftime(text, 24, "%e %B", &utc);
}

static int check_days(struct comparison *c, struct error *e)
{
	double a = change_before(c)->day, b = change_after(c)->day;
	double apart = fabs(a - b), days = apart > 182.5 ? 365 - apart : apart;
	char before[24], after[24], text[300];

	if (!(days > CHANGE_DAYS))
		return 0;
	name_day(a, before);
	name_day(b, after);
	snprintf(text, sizeof(text),
		 "the seasons differ: BEFORE was seen around %s, AFTER around %s (%.0f days): "
		 "part of the change may be the lake's yearly rise and fall; 0.3 m of level "
		 "moves a flat shore by hundreds of metres",
		 before + strspn(before, " "), after + strspn(after, " "), days);
	return warn(c, text, e);
}

static int check_levels(struct comparison *c, struct error *e)
{
	double a = change_before(c)->level_m, b = change_after(c)->level_m;
	char text[300];

	if (!(fabs(b - a) > CHANGE_LEVEL_M))
		return 0;
	snprintf(text, sizeof(text),
		 "the levels differ: %.2f m before, %.2f m after: on a shore that rises 1 in 1000 "
		 "that alone moves the line by %.0f m",
		 a, b, fabs(b - a) * 1000);
	return warn(c, text, e);
}

/* A lake's outline says what a result did not cover; without one nothing does. */
static int check_extents(struct comparison *c, struct error *e)
{
	struct rect a = change_before(c)->place, b = change_after(c)->place;

	if (c->lake[0] || (a.x == b.x && a.y == b.y && a.w == b.w && a.h == b.h))
		return 0;
	return warn(
		c,
		"BEFORE and AFTER do not cover the same extent, and there is no lake: water before "
		"and after are of what each covers; compare gain, loss and net",
		e);
}

int change_season(struct comparison *c, struct error *e)
{
	const char *path = c->context->options->levels;
	struct levels levels = { 0 };
	int ret = 0;

	c->warnings = json_array();
	if (!c->warnings)
		return error_nomem(e, "warnings");
	if (path)
		ret = level_file_read(path, &levels, e);
	for (size_t k = 0; !ret && k < c->periods_nr; k++) {
		c->period[k].level_m = NAN;
		ret = measure_days(&c->period[k], e);
		if (!ret && path)
			ret = measure_level(&levels, &c->period[k], e);
	}
	levels_release(&levels);
	if (!ret)
		ret = check_extents(c, e);
	if (!ret)
		ret = check_days(c, e);
	return ret ? -1 : check_levels(c, e);
}
