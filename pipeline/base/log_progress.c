/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/base/log.h"

#include <math.h>
#include <time.h>

#define SHORT_WORK_S 10.0 /* nobody asks how much is left of less than this */

static double monotonic(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static bool shown(const struct progress *p)
{
	return p->log->level >= LOG_INFO;
}

static bool has_dots(const struct progress *p)
{
	return p->log->terminal && p->log->format == LOG_TEXT;
}

/* Marks of GDAL's bar up to this fortieth: a number at every fourth, else a dot. */
static void show_dots(struct progress *p, int fortieth)
{
	char bar[160];
	size_t n = 0;

	for (; p->shown < fortieth; p->shown++) {
		int next = p->shown + 1;
		size_t room = sizeof(bar) - n;
		int wrote = next % 4 ? snprintf(bar + n, room, ".")
				     : snprintf(bar + n, room, "%d", next / 4 * 10);

		n += (size_t)wrote;
	}
	if (n && p->shown == 40)
		n += (size_t)snprintf(bar + n, sizeof(bar) - n, " - done.\n");
	fwrite(bar, 1, n, p->log->stream);
	fflush(p->log->stream);
}

/* Seconds as people say them, no more exact than an estimate is. */
static void say_duration(double seconds, char *text, size_t size)
{
	static const struct {
		double below, unit, step; /* [s], [s], in units */
		const char *name;
	} forms[] = {
		{ 57.5, 1, 5, "s" },	       { 9.5 * 60, 60, 1, "min" },
		{ 87.5 * 60, 60, 5, "min" },   { 9.75 * 3600, 3600, .5, "h" },
		{ 47.5 * 3600, 3600, 1, "h" }, { INFINITY, 86400, 1, "days" },
	};
	size_t i = 0;

	while (seconds >= forms[i].below && forms[i].below < INFINITY)
		i++;
	seconds = round(seconds / forms[i].unit / forms[i].step) * forms[i].step;
	snprintf(text, size, "%g %s", fmax(seconds, forms[i].step), forms[i].name);
}

/* Seconds that the rest will take; -1: it is not worth saying. */
static double time_left(const struct progress *p, size_t done, double now)
{
	const struct progress_mark *since = &p->mark[0];
	double left;

	if (done >= p->total || done <= since->done)
		return -1;
	left = (now - since->time) / (double)(done - since->done) * (double)(p->total - done);
	return now - p->start.time + left < SHORT_WORK_S ? -1 : left;
}

static void show_line(struct progress *p, int tenth, size_t done, double now)
{
	double left = time_left(p, done, now);
	const struct log_number numbers[] = { { "percent", (int64_t)tenth * 10 },
					      { "left_s", left < 0 ? 0 : llround(left) } };
	char about[40] = "";

	p->shown = tenth;
	if (left >= 0)
		say_duration(left, about, sizeof(about));
	log_numbers(p->log, LOG_INFO, CODE_PROGRESS, numbers, left < 0 ? 1 : 2, "%s: %d %%%s%s%s",
		    p->what, tenth * 10, left < 0 ? "" : ", about ", about,
		    left < 0 ? "" : " left");
	p->mark[0] = p->mark[1];
	p->mark[1] = (struct progress_mark){ now, done };
}

void progress_start_at(struct progress *p, const struct log *log, const char *what, size_t total,
		       double time)
{
	*p = (struct progress){ .log = log, .what = what, .total = total };
	p->start = p->mark[0] = p->mark[1] = (struct progress_mark){ .time = time };
	if (!shown(p) || !has_dots(p))
		return;
	fprintf(log->stream, "%s: 0", what);
	fflush(log->stream);
}

void progress_step_at(struct progress *p, size_t done, double time)
{
	double share = done < p->total ? (double)done / (double)p->total : 1.0;

	if (!shown(p))
		return;
	if (has_dots(p))
		show_dots(p, (int)(share * 40));
	else if ((int)(share * 10) > p->shown)
		show_line(p, (int)(share * 10), done, time);
}

void progress_start(struct progress *p, const struct log *log, const char *what, size_t total)
{
	progress_start_at(p, log, what, total, monotonic());
}

void progress_step(struct progress *p, size_t done)
{
	progress_step_at(p, done, monotonic());
}
