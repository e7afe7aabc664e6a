/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/change.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pipeline/base/utc.h"

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

struct level {
	int64_t time;
	double metres;
};

struct levels {
	struct level *of;
	size_t nr;
};

/* A level is not carried further than this from the nearest reading. */
#define LEVEL_REACH_S ((int64_t)31 * 86400)
#define LEVELS_MAX    1000000

static int by_time(const void *a, const void *b)
{
	const struct level *x = a, *y = b;

	return (x->time > y->time) - (x->time < y->time);
}

/* Higher than any lake, and deeper than any sea [m]. */
#define LEVEL_MOST_M 10000

/* Metres, and a column behind them that is none of the decimals: "341,62" would be taken for 341. */
static int parse_metres(const char *text, double *metres)
{
	char *end;

	*metres = strtod(text, &end);
	if (end == text || !(fabs(*metres) <= LEVEL_MOST_M))
		return -1;
	end += strspn(end, " \t");
	return *end == 0 || (*end == ',' && !isdigit((unsigned char)end[1])) ? 0 : -1;
}

/* A line "DATE,METRES"; 1: it was a heading or empty. */
static int parse_level(char *line, size_t number, struct level *out)
{
	char *comma;

	/* Spreadsheets begin a file in UTF-8 with a mark. */
	if (number == 1 && !strncmp(line, "\xef\xbb\xbf", 3))
		line += 3;
	line[strcspn(line, "\r\n")] = 0;
	comma = strchr(line, ',');
	if (!line[0] || line[0] == '#')
		return 1;
	if (!comma)
		return -1;
	*comma = 0;
	/* A heading is words: a wrong date is not. */
	if (utc_parse(line, &out->time))
		return number == 1 && !isdigit((unsigned char)line[0]) ? 1 : -1;
	return parse_metres(comma + 1, &out->metres);
}

static int add_level(struct levels *l, struct level one, struct error *e)
{
	/* Doubled whenever the number is a power of two. */
	if ((l->nr & (l->nr - 1)) == 0) {
		struct level *grown = reallocarray(l->of, l->nr ? 2 * l->nr : 1, sizeof(*grown));

		if (!grown)
			return error_nomem(e, "levels");
		l->of = grown;
	}
	l->of[l->nr++] = one;
	return 0;
}

static int read_lines(FILE *f, const char *path, struct levels *l, struct error *e)
{
	char line[512];

	for (size_t number = 1; fgets(line, sizeof(line), f); number++) {
		struct level one;
		int kind = parse_level(line, number, &one);

		/* Something that is no text at all may never end. */
		if (kind < 0 || number > LEVELS_MAX)
			return error_set(e, ERROR_DATA,
					 "%s: line %zu is not DATE,METRES (as 2024-07-12,341.62)",
					 path, number);
		if (!kind && add_level(l, one, e))
			return -1;
	}
	if (ferror(f))
		return error_errno(e, errno, "cannot read %s", path);
	return l->nr ? 0 : error_set(e, ERROR_DATA, "%s: there is no level in it", path);
}

static int read_levels(const char *path, struct levels *l, struct error *e)
{
	FILE *f = fopen(path, "re");
	int ret;

	if (!f)
		return error_errno(e, errno, "cannot read %s", path);
	ret = read_lines(f, path, l, e);
	fclose(f);
	if (!ret && l->of)
		qsort(l->of, l->nr, sizeof(*l->of), by_time);
	return ret;
}

/* Between the two readings around a time, or the only near one; NaN where both are too far. */
static double level_at(const struct levels *l, int64_t time)
{
	size_t k = 0, past = l->nr;
	const struct level *a, *b;
	bool near_a, near_b;

	/* The first reading behind the time. */
	while (k < past) {
		size_t middle = k + (past - k) / 2;

		if (l->of[middle].time <= time)
			k = middle + 1;
		else
			past = middle;
	}
	a = &l->of[k ? k - 1 : 0];
	b = &l->of[k < l->nr ? k : l->nr - 1];
	near_a = llabs(time - a->time) <= LEVEL_REACH_S;
	near_b = llabs(b->time - time) <= LEVEL_REACH_S;
	if (!near_a || !near_b || a == b)
		return near_a ? a->metres : near_b ? b->metres : NAN;
	return a->metres +
	       (b->metres - a->metres) * (double)(time - a->time) / (double)(b->time - a->time);
}

/* Mean over the looks of a period. */
static int measure_level(const struct levels *l, struct period *p, struct error *e)
{
	int64_t *times = malloc(TIMES_MAX * sizeof(*times));
	size_t n = times ? times_of(p->result, times, TIMES_MAX) : 0, known = 0;
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		double level = level_at(l, times[i]);

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
		ret = read_levels(path, &levels, e);
	for (size_t k = 0; !ret && k < c->periods_nr; k++) {
		c->period[k].level_m = NAN;
		ret = measure_days(&c->period[k], e);
		if (!ret && path)
			ret = measure_level(&levels, &c->period[k], e);
	}
	free(levels.of);
	if (!ret)
		ret = check_extents(c, e);
	if (!ret)
		ret = check_days(c, e);
	return ret ? -1 : check_levels(c, e);
}
