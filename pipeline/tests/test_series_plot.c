/* SPDX-License-Identifier: Apache-2.0
 *
 * Plots of series, read back by an XML parser and by their own axes (plot_read.py).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "pipeline/base/utc.h"
#include "pipeline/io/series_plot.h"
#include "pipeline/tests/result_maker.h"

#define DAY    86400.0
#define PANELS 30
#define POINTS 600

/* What a plot shows. */
struct shown {
	int panels, points, unseen, withheld, ticks_value, ticks_time, line_points, line_parts;
	struct {
		double days, value, low, high, from, to;
	} point[POINTS];
	double unseen_low[POINTS], unseen_high[POINTS];
	double withheld_from[POINTS], withheld_to[POINTS];
	char name[PANELS][200];
};

static void read_line(struct shown *s, const char *line)
{
	double a, b, c, d, f, g;
	int m, n;

	if (!strncmp(line, "panel ", 6)) {
		snprintf(s->name[s->panels++], sizeof(s->name[0]), "%.199s", line + 6);
	} else if (sscanf(line, "point %lf %lf %lf %lf %lf %lf", &a, &b, &c, &d, &f, &g) == 6) {
		s->point[s->points].days = a;
		s->point[s->points].value = b;
		s->point[s->points].low = c;
		s->point[s->points].high = d;
		s->point[s->points].from = f;
		s->point[s->points++].to = g;
	} else if (sscanf(line, "unseen %lf %lf", &a, &b) == 2) {
		s->unseen_low[s->unseen] = a;
		s->unseen_high[s->unseen++] = b;
	} else if (sscanf(line, "withheld %lf %lf", &a, &b) == 2) {
		s->withheld_from[s->withheld] = a;
		s->withheld_to[s->withheld++] = b;
	} else if (sscanf(line, "line %d %d", &m, &n) == 2) {
		s->line_points += m;
		s->line_parts += n;
	} else {
		s->ticks_value += !strncmp(line, "tick value", 10);
		s->ticks_time += !strncmp(line, "tick time", 9);
	}
}

/* Write a plot and read it back; the caller frees. */
static struct shown *show(const struct bench *b, const struct series_plot *plot)
{
	struct shown *s = calloc(1, sizeof(*s));
	const char *path = bench_path(b, "x.svg");
	char command[600], line[400];
	struct error e = { 0 };
	FILE *f;

	unlink(path);
	if (series_plot_write(path, plot, &e))
		fail_msg("%s", e.text);
	snprintf(
		command, sizeof(command),
		"PYTHONIOENCODING=utf-8 ASAN_OPTIONS= /usr/bin/python3 pipeline/tests/plot_read.py %s",
		path);
	f = popen(command, "r"); /* NOLINT(cert-env33-c): a name that mkdtemp() made */
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = 0;
		read_line(s, line);
	}
	assert_int_equal(pclose(f), 0);
	return s;
}

static struct series_plot plain(const struct series *series, size_t nr)
{
	return (struct series_plot){ "Lake: water", "km2", series, nr, "", "", "" };
}

static int64_t day(const char *text)
{
	int64_t time = 0;

	assert_int_equal(utc_parse(text, &time), 0);
	return time;
}

static struct series_point period(const char *from, const char *to, double km2, double error)
{
	return (struct series_point){ day(from), day(to), km2, error, NAN, NAN, false };
}

static void assert_near(double a, double b, double most)
{
	if (!(fabs(a - b) <= most))
		fail_msg("%.9g is not %.9g within %g", a, b, most);
}

/* --- what is drawn is what was given --- */

static void coordinates_map_back_to_the_numbers(void **state)
{
	struct series_point p[] = {
		period("1988-06-01", "1988-09-30", 17432.25, 55),
		period("1999-01-01", "2000-12-31", 16903.5, 40),
		period("2017-07-12", "2017-07-12", 16650, 12.5),
		period("2024-05-01", "2024-10-31", 17011.125, 0),
	};
	struct series_point basin[] = { period("1988-06-01", "1988-09-30", .4375, .03),
					period("2017-07-12", "2017-07-21", .381, .01) };
	const struct series series[] = { { "whole", p, 4 }, { "a bay", basin, 2 } };
	const struct series_plot plot = plain(series, 2);
	struct shown *s;
	struct bench b;

	(void)state;
	p[1].low = 16800;
	p[1].high = 17100;
	bench_open(&b);
	s = show(&b, &plot);
	assert_int_equal(s->panels, 2);
	assert_string_equal(s->name[0], "whole");
	assert_string_equal(s->name[1], "a bay");
	assert_int_equal(s->points, 6);
	assert_int_equal(s->line_points, 6);
	for (int i = 0; i < 6; i++) {
		const struct series_point *want = i < 4 ? &p[i] : &basin[i - 4];
		/* Positions are to 0.01 pixel; of 300 or 130 pixels, and of 852 for 36 years. */
		double v = i < 4 ? .1 : 1e-4, t = .6;

		assert_near(s->point[i].value, want->km2, v);
		assert_near(s->point[i].low, want->km2 - want->error, v);
		assert_near(s->point[i].high, want->km2 + want->error, v);
		assert_near(s->point[i].from, (double)want->from / DAY, t);
		assert_near(s->point[i].to, (double)want->to / DAY, t);
		assert_near(s->point[i].days, (double)(want->from + want->to) / 2 / DAY, t);
	}
	assert_int_equal(s->unseen, 1);
	assert_near(s->unseen_low[0], 16800, .1);
	assert_near(s->unseen_high[0], 17100, .1);
	assert_int_equal(s->withheld, 0);
	assert_in_range(s->ticks_time, 3, 12);
	free(s);
	bench_close(&b);
}

static void a_total_that_is_withheld_is_a_gap(void **state)
{
	struct series_point p[] = {
		period("2000-01-01", "2001-01-01", 100, 1),
		period("2002-01-01", "2003-01-01", 50, 1),
		period("2004-01-01", "2005-01-01", NAN, 1),
		period("2006-01-01", "2007-01-01", 110, 1),
		period("2008-01-01", "2009-01-01", 112, 1),
	};
	const struct series series[] = { { "whole", p, 5 } };
	const struct series_plot plot = plain(series, 1);
	struct shown *s;
	struct bench b;

	(void)state;
	p[1].withheld = true;
	bench_open(&b);
	s = show(&b, &plot);
	assert_int_equal(s->points, 3);
	assert_int_equal(s->line_points, 3);
	assert_int_equal(s->line_parts, 2);
	assert_int_equal(s->withheld, 2);
	for (int i = 0; i < 2; i++) {
		assert_near(s->withheld_from[i], (double)p[i + 1].from / DAY, 1);
		assert_near(s->withheld_to[i], (double)p[i + 1].to / DAY, 1);
	}
	/* The 50 that is withheld does not stretch the axis either. */
	assert_near(s->point[0].value, 100, .01);
	free(s);
	bench_close(&b);
}

/* --- any numbers --- */

static void check_one(const struct bench *b, const struct series_point *p, size_t nr)
{
	const struct series series[] = { { "whole", p, nr } };
	const struct series_plot plot = plain(series, 1);
	struct shown *s = show(b, &plot);
	double low = INFINITY, high = -INFINITY;

	for (size_t i = 0; i < nr; i++) {
		low = fmin(low, p[i].km2 - p[i].error);
		high = fmax(high, p[i].km2 + p[i].error);
	}
	assert_int_equal(s->points, (int)nr);
	assert_in_range(s->ticks_value, 3, 14);
	assert_in_range(s->ticks_time, 1, 14);
	for (size_t i = 0; i < nr; i++)
		assert_near(s->point[i].value, p[i].km2,
			    fmax(1e-3 * (high - low), fmax(fabs(high) * 1e-5, 1e-6)));
	free(s);
}

static void any_range_and_any_number_of_periods(void **state)
{
	static const double ranges[][2] = { { 0, 0 },	    { 5, 5 },		{ 17000, 17000 },
					    { 1e-4, 2e-4 }, { 1e11, 9e11 },	{ -3, 4 },
					    { .01, 1e6 },   { 17000, 17000.01 } };
	static const size_t numbers[] = { 1, 2, 3, 40, 160, 500 };
	struct bench b;

	(void)state;
	bench_open(&b);
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		struct series_point p[] = {
			period("2000-01-01", "2001-01-01", ranges[i][0], 0),
			period("2002-01-01", "2002-01-01", ranges[i][1], 0),
		};

		check_one(&b, p, 2);
	}
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct series_point p[500];

		for (size_t k = 0; k < numbers[i]; k++) {
			p[k] = period("1984-04-01", "1984-04-20", 100 + (double)(k * 37 % 50), 2);
			p[k].from += (int64_t)k * 30 * 86400;
			p[k].to += (int64_t)k * 30 * 86400;
		}
		check_one(&b, p, numbers[i]);
	}
	bench_close(&b);
}

static void nothing_to_show_is_a_plot_too(void **state)
{
	struct series_point p[] = { period("2000-01-01", "2001-01-01", NAN, NAN) };
	const struct series series[] = { { "whole", p, 1 }, { "none", NULL, 0 } };
	const struct series_plot plot = plain(series, 2), empty = plain(NULL, 0);
	struct error e = { 0 };
	struct shown *s;
	struct bench b;

	(void)state;
	bench_open(&b);
	s = show(&b, &plot);
	assert_int_equal(s->points, 0);
	assert_int_equal(s->ticks_value, 0);
	assert_int_equal(s->withheld, 1);
	free(s);
	assert_int_equal(series_plot_write(bench_path(&b, "empty.svg"), &empty, &e), 0);
	bench_close(&b);
}

static void hostile_words_and_numbers_do_no_harm(void **state)
{
	static const char evil[] = "</text><script>alert(1)</script> & \" ' %s%n \x01 \xff\xfe\xc3 "
				   "\xef\xbf\xbf \xed\xa0\x80 Озеро";
	struct series_point p[] = {
		{ INT64_MIN, INT64_MAX, 5, NAN, -INFINITY, INFINITY, false },
		{ INT64_MAX, INT64_MIN, 1e300, 1e300, 1e300, -1e300, false },
		{ 0, 1, 7, 1e300, -1e300, 1e300, false },
		{ 0, 1, -INFINITY, -5, 3, 2, false },
	};
	struct series series[40];
	struct series_plot plot = { evil, evil, series, 40, evil, evil, evil };
	struct shown *s;
	struct bench b;
	char *text;

	(void)state;
	for (size_t i = 0; i < 40; i++)
		series[i] = (struct series){ evil, p, 4 };
	bench_open(&b);
	s = show(&b, &plot);
	assert_int_equal(s->panels, SERIES_PANELS);
	assert_int_equal(s->points, 2 * SERIES_PANELS);
	assert_non_null(strstr(s->name[0], "</text><script>"));
	assert_non_null(strstr(s->name[0], "Озеро"));
	text = bench_read(bench_path(&b, "x.svg"));
	assert_non_null(strstr(text, "16 more are not shown."));
	assert_null(strstr(text, "nan"));
	assert_null(strstr(text, "inf"));
	free(text);
	free(s);
	bench_close(&b);
}

/* --- the file --- */

static void the_same_bytes_and_none_where_it_cannot_be_written(void **state)
{
	struct series_point p[] = { period("2000-01-01", "2001-01-01", 10, 1),
				    period("2001-01-01", "2002-01-01", 12, 1) };
	const struct series series[] = { { "whole", p, 2 } };
	const struct series_plot plot = plain(series, 1);
	struct error e = { 0 };
	struct rlimit was, now;
	struct bench b;
	char *one, *two;

	(void)state;
	bench_open(&b);
	assert_int_equal(series_plot_write(bench_path(&b, "1.svg"), &plot, &e), 0);
	assert_int_equal(series_plot_write(bench_path(&b, "2.svg"), &plot, &e), 0);
	one = bench_read(bench_path(&b, "1.svg"));
	two = bench_read(bench_path(&b, "2.svg"));
	assert_string_equal(one, two);
	assert_int_equal(series_plot_write(bench_path(&b, "2.svg"), &plot, &e), -1);
	assert_int_equal(e.code, ERROR_CANTCREATE);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &was);
	now = (struct rlimit){ 1 << 10, was.rlim_max };
	setrlimit(RLIMIT_FSIZE, &now);
	assert_int_equal(series_plot_write(bench_path(&b, "3.svg"), &plot, &e), -1);
	setrlimit(RLIMIT_FSIZE, &was);
	assert_int_equal(e.code, ERROR_IO);
	assert_int_equal(access(bench_path(&b, "3.svg"), F_OK), -1);
	free(one);
	free(two);
	bench_close(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(coordinates_map_back_to_the_numbers),
		cmocka_unit_test(a_total_that_is_withheld_is_a_gap),
		cmocka_unit_test(any_range_and_any_number_of_periods),
		cmocka_unit_test(nothing_to_show_is_a_plot_too),
		cmocka_unit_test(hostile_words_and_numbers_do_no_harm),
		cmocka_unit_test(the_same_bytes_and_none_where_it_cannot_be_written),
	};

	return cmocka_run_group_tests_name("series_plot", tests, NULL, NULL);
}
