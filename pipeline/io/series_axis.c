/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/series_axis.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "pipeline/base/steps.h"
#include "pipeline/base/utc.h"

#define DAY	   86400.0
#define VALUE_MAX  1e12
#define MARGIN	   .03 /* of the time, on both sides */
#define TIME_STEPS 10

bool series_has_total(const struct series_point *p)
{
	return !p->withheld && fabs(p->km2) <= VALUE_MAX;
}

double series_middle(const struct series_point *p)
{
	return (double)p->from / 2 + (double)p->to / 2;
}

/* --- time --- */

/* Seconds of the first day of a month, counted from January of year 0; -1: there is no such. */
static int month_start(long month, int64_t *time, char text[UTC_TEXT])
{
	if (month < 12 || month >= 120000)
		return -1;
	snprintf(text, UTC_TEXT, "%04ld-%02ld-01", month / 12 % 10000, month % 12 + 1);
	return utc_parse(text, time);
}

static long month_of(double time)
{
	char text[UTC_TEXT];
	int year = 0, month = 1;

	utc_format((int64_t)time, text);
	sscanf(text, "%4d-%2d", &year, &month); /* NOLINT(cert-err34-c): of utc_format() */
	return 12L * year + month - 1;
}

static void add_tick(struct axis *a, int64_t at, const char *text)
{
	if (a->ticks == AXIS_TICKS || (double)at < a->low || (double)at > a->high)
		return;
	a->tick[a->ticks].at = (double)at;
	snprintf(a->tick[a->ticks++].text, sizeof(a->tick[0].text), "%s", text);
}

/* Each so many months; whole years are named by their number alone. */
static void add_months(struct axis *a, long step)
{
	long first = month_of(a->low) / step * step;

	for (long m = first; a->ticks < AXIS_TICKS && m <= first + (AXIS_TICKS + 2) * step;
	     m += step) {
		char text[UTC_TEXT];
		int64_t time;

		if (month_start(m, &time, text))
			continue;
		text[step % 12 ? 7 : 4] = 0;
		add_tick(a, time, text);
	}
}

static void add_days(struct axis *a, double days)
{
	double step = step_value(step_up(fmax(days / TIME_STEPS, 1)));

	for (double d = ceil(a->low / DAY / step) * step; d * DAY <= a->high; d += step) {
		char text[UTC_TEXT];

		utc_format((int64_t)(d * DAY), text);
		text[10] = 0;
		add_tick(a, (int64_t)(d * DAY), text);
	}
}

static void add_time_ticks(struct axis *a)
{
	static const long months[] = { 1, 2, 3, 6 };
	double days = (a->high - a->low) / DAY, least = days / 30.44 / TIME_STEPS;

	if (days < 120) {
		add_days(a, days);
		return;
	}
	for (size_t i = 0; i < sizeof(months) / sizeof(months[0]); i++)
		if ((double)months[i] >= least) {
			add_months(a, months[i]);
			return;
		}
	add_months(a, 12 * (long)fmin(step_value(step_up(fmax(least / 12, 1))), 5000));
}

void axis_of_time(struct axis *a, const struct series_plot *plot)
{
	bool any = false;
	double more;

	memset(a, 0, sizeof(*a));
	for (size_t i = 0; i < plot->series_nr; i++)
		for (size_t k = 0; k < plot->series[i].nr; k++) {
			const struct series_point *p = &plot->series[i].points[k];

			a->low = any ? fmin(a->low, (double)p->from) : (double)p->from;
			a->high = any ? fmax(a->high, (double)p->to) : (double)p->to;
			any = true;
		}
	more = fmax((a->high - a->low) * MARGIN, 5 * DAY);
	a->low -= more;
	a->high += more;
	if (any)
		add_time_ticks(a);
}

/* --- values --- */

struct range {
	double low, high;
	bool any;
};

static void widen(struct range *r, double v)
{
	if (!(fabs(v) <= VALUE_MAX))
		return;
	r->low = r->any ? fmin(r->low, v) : v;
	r->high = r->any ? fmax(r->high, v) : v;
	r->any = true;
}

static struct range range_of(const struct series *s)
{
	struct range all = { 0 }, unseen = { 0 };
	double span;

	for (size_t i = 0; i < s->nr; i++) {
		const struct series_point *p = &s->points[i];

		if (!series_has_total(p))
			continue;
		widen(&all, p->km2);
		widen(&all, p->km2 - p->error);
		widen(&all, p->km2 + p->error);
		widen(&unseen, p->low);
		widen(&unseen, p->high);
	}
	/* Never finer than the numbers are. */
	span = fmax(all.high - all.low, fmax(fabs(all.high) * 1e-3, 1e-5));
	if (unseen.any) {
		all.low = fmax(fmin(all.low, unseen.low), all.low - span);
		all.high = fmin(fmax(all.high, unseen.high), all.high + span);
	}
	if (all.high - all.low < span) {
		all.low -= span / 2;
		all.high += span / 2;
	}
	return all;
}

void axis_of_values(struct axis *a, const struct series *s, int steps)
{
	struct range range = range_of(s);
	struct step step = step_up((range.high - range.low) / steps);
	double unit = step_value(step), first, last;

	*a = (struct axis){ .high = 1 };
	if (!range.any)
		return;
	first = floor(range.low / unit);
	last = ceil(range.high / unit);
	/* An area is not negative; an axis below 0 would say so. */
	if (range.low < 0 && range.low > -unit / 2)
		first = 0;
	a->low = first * unit;
	a->high = last * unit;
	for (double k = first; k <= last && a->ticks < AXIS_TICKS; k++) {
		a->tick[a->ticks].at = k * unit;
		snprintf(a->tick[a->ticks++].text, sizeof(a->tick[0].text), "%.*f",
			 step_decimals(step), k == 0 ? 0 : k * unit);
	}
}
