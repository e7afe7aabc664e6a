/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "pipeline/stage/transects.h"
#include "pipeline/tests/line_maker.h"

#define PLENTY ((size_t)1 << 28)
#define EAST   412345.678
#define NORTH  5123456.789

static void assert_near(double got, double want, double tolerance)
{
	if (!(fabs(got - want) <= tolerance))
		fail_msg("%.12g is not within %g of %.12g", got, tolerance, want);
}

static void must(int ret, const struct error *e)
{
	if (ret)
		fail_msg("%s", e->text);
}

static struct transects cast(const struct lines *reference, double spacing, double length,
			     double smoothing)
{
	const struct transect_cast spec = { spacing, length, smoothing, 0 };
	struct transects t;
	struct error e = { 0 };

	must(transects_cast(&t, &spec, reference, &e), &e);
	return t;
}

/* Transects of lines as a user draws them, for so many periods. */
static struct transects take(const struct lines *lines, size_t periods_nr)
{
	struct transect_lines file = { *lines, calloc(lines->nr, TRANSECT_NAME) };
	struct transects t;
	struct error e = { 0 };

	for (size_t i = 0; i < lines->nr; i++)
		snprintf(file.name[i], TRANSECT_NAME, "T%zu", i);
	must(transects_take(&t, &file, &e), &e);
	must(transects_periods(&t, periods_nr, &e), &e);
	free(file.name);
	return t;
}

static void measure(struct transects *t, size_t period, const struct lines *shoreline)
{
	struct error e = { 0 };

	must(transects_measure(t, period, shoreline, PLENTY, &e), &e);
}

static void finish(struct transects *t)
{
	struct trend_period p[200];
	struct error e = { 0 };

	for (size_t k = 0; k < t->periods_nr; k++)
		p[k] = (struct trend_period){ 2000 + (double)k, 5 };
	must(transects_finish(t, p, &e), &e);
}

static const struct transect_position *position(const struct transects *t, size_t i, size_t period)
{
	return t->position + i * t->periods_nr + period;
}

/* --- whole cases --- */

/* Five periods of a round lake whose radius falls by 12 m a year: each shore moves by that. */
static void circle_that_shrinks(void **state)
{
	static const double years[] = { 1990.25, 1996.5, 2003, 2011.75, 2020 };
	const struct point centre = { EAST, NORTH };
	struct trend_period p[5];
	struct lines first = { 0 };
	struct error e = { 0 };
	struct transects t;

	(void)state;
	add_star(&first, centre, 3000, 0, 7200, true);
	t = cast(&first, 100, 1000, 50);
	assert_int_equal(t.nr, 188); /* 18849.55 m round: at 50, 150, ... 18750 m */
	must(transects_periods(&t, 5, &e), &e);
	for (size_t k = 0; k < 5; k++) {
		struct lines shore = { 0 };

		p[k] = (struct trend_period){ years[k], k < 2 ? 15 : 5 };
		add_star(&shore, centre, 3000 - 12 * (years[k] - years[0]), 0, 7200, true);
		measure(&t, k, &shore);
		lines_release(&shore);
	}
	must(transects_finish(&t, p, &e), &e);
	for (size_t i = 0; i < t.nr; i++) {
		const struct transect *it = t.transect + i;

		assert_true(!it->reversed && it->trend.positions_nr == 5 && !it->trend.outliers_nr);
		assert_near(it->length_m, 1000, 1.5e-3);
		for (size_t k = 0; k < 5; k++) {
			assert_int_equal(position(&t, i, k)->crossings, 1);
			assert_near(position(&t, i, k)->position_m,
				    500 + 12 * (years[k] - years[0]), 2e-3);
		}
		assert_near(it->trend.nsm, 12 * 29.75, 2e-3);
		assert_near(it->trend.epr, 12, 1e-4);
		assert_near(it->trend.lrr, 12, 1e-4);
		assert_near(it->trend.wlr, 12, 1e-4);
		assert_near(it->trend.lr2, 1, 1e-9);
		assert_true(it->trend.lci95 < 1e-3);
	}
	transects_release(&t);
	lines_release(&first);
}

/* A star with islands and, on the land round it, ponds: the shore itself is found everywhere. */
static void star_with_islands_and_ponds(void **state)
{
	const struct point centre = { EAST, NORTH };
	struct lines coast = { 0 }, all = { 0 };
	struct error e = { 0 };
	struct transects t;
	uint32_t more = 0;

	(void)state;
	add_star(&coast, centre, 5000, 0.15, 5000, true);
	add_star(&all, centre, 5000, 0.15, 5000, true);
	for (size_t k = 0; k < 60; k++) {
		double a = TWO_PI * (double)k / 60, r = 5000 * (1 + 0.15 * cos(5 * a));
		struct point pond = { EAST + (r + 300) * cos(a), NORTH + (r + 300) * sin(a) };
		struct point island = { EAST + (r - 560) * cos(a), NORTH + (r - 560) * sin(a) };

		add_star(&all, pond, 40, 0.1, 50, true);
		add_star(&all, island, 25, 0.1, 50, false);
	}
	t = cast(&coast, 40, 1200, 60);
	must(transects_periods(&t, 1, &e), &e);
	measure(&t, 0, &all);
	for (size_t i = 0; i < t.nr; i++) {
		assert_near(position(&t, i, 0)->position_m, 600, 0.5);
		assert_true(position(&t, i, 0)->crossings % 2 == 1);
		more += position(&t, i, 0)->crossings > 1;
	}
	assert_true(more >= 120);
	transects_release(&t);
	lines_release(&all);
	lines_release(&coast);
}

/* --- which crossing: a transect along y = 0 from x = 0 to 1000 --- */

struct strip {
	double x0, x1; /* water between; an island if x0 > x1 */
};

#define STRIPS 4

static void longest_run_of_water(void **state)
{
	static const struct {
		struct strip strips[STRIPS];
		double position, reverse;
		uint32_t crossings;
	} cases[] = {
		{ { { 300, 2000 } }, 300, NAN, 1 },		  /* shore */
		{ { { 100, 150 }, { 300, 2000 } }, 300, 850, 3 }, /* a pond before it */
		{ { { 300, 2000 }, { 920, 900 } }, 300, 100, 3 }, /* an island far out */
		{ { { 300, 2000 }, { 420, 400 } }, 420, 600, 3 }, /* and one near it */
		{ { { 300, 700 } }, 300, 300, 2 },		  /* through the lake */
		{ { { 100, 300 }, { 600, 800 } }, 600, 700, 4 },  /* equal runs: the middle */
		{ { { 400, 450 }, { 600, 650 } }, 400, 550, 4 },  /* then the landward */
		{ { { -50, 400 } }, NAN, 600, 1 },		  /* drawn from the water */
		{ { { -50, 2000 } }, NAN, NAN, 0 },		  /* all water */
		{ { { -90, -50 } }, NAN, NAN, 0 },		  /* all land */
		/* The shore at an end of the transect counts as moved to the east. */
		{ { { 0, 2000 } }, 0, NAN, 1 },
		{ { { 1000, 2000 } }, NAN, NAN, 0 },
	};
	const struct point path[] = { { 0, 0 }, { 1000, 0 } };
	struct lines lines = { 0 };

	(void)state;
	add_line(&lines, path, 2, false);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct transects t = take(&lines, 1);
		struct lines shore = { 0 };

		for (const struct strip *s = cases[i].strips; s < cases[i].strips + STRIPS; s++) {
			if (s->x0 < s->x1)
				add_rectangle(&shore, s->x0, -500, s->x1, 500, true);
			else if (s->x0 > s->x1)
				add_rectangle(&shore, s->x1, -20, s->x0, 20, false);
		}
		measure(&t, 0, &shore);
		assert_int_equal(position(&t, 0, 0)->crossings, cases[i].crossings);
		if (isnan(cases[i].position))
			assert_true(isnan(position(&t, 0, 0)->position_m));
		else
			assert_true(position(&t, 0, 0)->position_m == cases[i].position);
		if (isnan(cases[i].reverse))
			assert_true(isnan(position(&t, 0, 0)->reverse_m));
		else
			assert_true(position(&t, 0, 0)->reverse_m == cases[i].reverse);
		transects_release(&t);
		lines_release(&shore);
	}
	lines_release(&lines);
}

/* Where the shore was not seen nothing is known of it, and water ends at the next crossing of either kind. */
static void gaps_in_the_shore(void **state)
{
	const struct point paths[][2] = { { { 0, 0 }, { 1000, 0 } }, { { 0, 50 }, { 1000, 50 } } };
	const struct point west[] = { { 300, 1000 }, { 300, 40 } }; /* to y = 0 it is missing */
	const struct point east[] = { { 600, 1000 }, { 600, -1000 } };
	struct lines lines = { 0 }, shore = { 0 };
	struct transects t;

	(void)state;
	add_line(&lines, paths[0], 2, false);
	add_line(&lines, paths[1], 2, false);
	add_line(&shore, west, 2, false);
	t = take(&lines, 2);
	measure(&t, 0, &shore);
	assert_true(isnan(position(&t, 0, 0)->position_m) && !position(&t, 0, 0)->crossings);
	assert_true(position(&t, 1, 0)->position_m == 300);
	add_line(&shore, east, 2, false);
	measure(&t, 1, &shore);
	assert_true(position(&t, 0, 1)->position_m == 600);
	assert_true(position(&t, 1, 1)->position_m == 600 && position(&t, 1, 1)->crossings == 2);
	finish(&t);
	assert_int_equal(t.transect[0].trend.positions_nr, 1);
	assert_true(isnan(t.transect[0].trend.nsm) && t.transect[1].trend.nsm == 300);
	transects_release(&t);
	lines_release(&lines);
	lines_release(&shore);
}

/* --- lines drawn the wrong way --- */

static void reversed_lines_say_the_same(void **state)
{
	const struct point centre = { EAST, NORTH };
	struct lines lines[2] = { { 0 }, { 0 } };
	struct transects t[2];

	(void)state;
	for (size_t i = 0; i < 90; i++) {
		double c = cos(TWO_PI * (double)i / 90), s = sin(TWO_PI * (double)i / 90);
		/* Bent, and of a whole number of millimetres, so that both ways are equally long. */
		struct point p[] = { { round(EAST + 1500 * c), round(NORTH + 1500 * s) },
				     { round(EAST + 1100 * c + 30), round(NORTH + 1100 * s) },
				     { round(EAST + 200 * c), round(NORTH + 200 * s) } };
		struct point q[] = { p[2], p[1], p[0] };

		add_line(&lines[0], p, 3, false);
		add_line(&lines[1], i % 3 ? q : p, 3, false);
	}
	for (size_t k = 0; k < 2; k++) {
		t[k] = take(&lines[k], 4);
		for (size_t period = 0; period < 4; period++) {
			struct lines shore = { 0 };

			/* In the second period there is no lake at all. */
			if (period != 1)
				add_star(&shore, centre, 1000 - 50 * (double)period, 0.1, 700,
					 true);
			measure(&t[k], period, &shore);
			lines_release(&shore);
		}
		finish(&t[k]);
	}
	for (size_t i = 0; i < 90; i++) {
		assert_false(t[0].transect[i].reversed);
		assert_int_equal(t[1].transect[i].reversed, i % 3 != 0);
		assert_near(t[0].transect[i].azimuth_deg, t[1].transect[i].azimuth_deg, 0);
		assert_true(isnan(position(&t[1], i, 1)->position_m));
		assert_near(t[0].transect[i].trend.lrr, t[1].transect[i].trend.lrr, 1e-3);
		assert_true(t[0].transect[i].trend.lrr > 0);
		for (size_t k = 0; k < 3; k++)
			assert_memory_equal(&t[0].paths.points[3 * i + k],
					    &t[1].paths.points[3 * i + k], sizeof(struct point));
		for (size_t k = 0; k < 4; k += k ? 1 : 2)
			assert_near(position(&t[0], i, k)->position_m,
				    position(&t[1], i, k)->position_m, 1.01e-3);
	}
	for (size_t k = 0; k < 2; k++) {
		transects_release(&t[k]);
		lines_release(&lines[k]);
	}
}

static void azimuths(void **state)
{
	static const struct {
		struct point to;
		double azimuth;
	} cases[] = {
		{ { 0, 10 }, 0 },	 { { 10, 10 }, 45 },	    { { 10, 0 }, 90 },
		{ { 10, -10 }, 135 },	 { { 0, -10 }, 180 },	    { { -10, 0 }, 270 },
		{ { -0.001, 1000 }, 0 }, { { -1, 1000 }, 359.943 }, { { 3, 4 }, 36.87 },
	};
	struct lines lines = { 0 };
	struct transects t;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct point p[] = { { 0, 0 }, { 70, -3 }, cases[i].to };

		add_line(&lines, p, 3, false);
	}
	t = take(&lines, 1);
	for (size_t i = 0; i < t.nr; i++)
		assert_near(t.transect[i].azimuth_deg, cases[i].azimuth, 1e-9);
	assert_string_equal(t.transect[7].name, "T7");
	transects_release(&t);
	lines_release(&lines);
}

/* --- trends --- */

/* Periods in any order of time; an outlier is marked where it is, and counted. */
static void periods_in_any_order(void **state)
{
	static const double years[] = { 2004, 2000, 2003, 2005, 2001, 2002 };
	const struct point path[] = { { 0, 0 }, { 1000, 0 } };
	struct trend_period p[6];
	struct lines lines = { 0 };
	struct error e = { 0 };
	struct transects t;

	(void)state;
	add_line(&lines, path, 2, false);
	t = take(&lines, 6);
	for (size_t k = 0; k < 6; k++) {
		struct lines shore = { 0 };
		double x = k == 2 ? 900 : 200 + 7 * (years[k] - 2000);

		p[k] = (struct trend_period){ years[k], 10 };
		add_rectangle(&shore, x, -100, 2000, 100, true);
		measure(&t, k, &shore);
		lines_release(&shore);
	}
	must(transects_finish(&t, p, &e), &e);
	for (size_t k = 0; k < 6; k++)
		assert_int_equal(position(&t, 0, k)->outlier, k == 2);
	assert_int_equal(t.transect[0].trend.outliers_nr, 1);
	assert_true(t.transect[0].trend.nsm == 35 && t.transect[0].trend.epr == 7);
	assert_near(t.transect[0].trend.lrr, 7, 1e-12);
	transects_release(&t);
	lines_release(&lines);
}

static void two_hundred_periods(void **state)
{
	const struct point path[] = { { 0, 0 }, { 1000, 0 } };
	struct lines lines = { 0 };
	struct transects t;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		add_line(&lines, path, 2, false);
	t = take(&lines, 200);
	for (size_t k = 0; k < 200; k++) {
		struct lines shore = { 0 };

		add_rectangle(&shore, 100 + (double)k, -100, 2000, 100, true);
		measure(&t, 199 - k, &shore);
		lines_release(&shore);
	}
	finish(&t);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(t.transect[i].trend.positions_nr, 200);
		assert_true(t.transect[i].trend.nsm == -199);
		assert_near(t.transect[i].trend.lrr, -1, 1e-12);
		assert_true(position(&t, i, 0)->position_m == 299);
	}
	transects_release(&t);
	lines_release(&lines);
}

static void refuses_what_cannot_be_measured(void **state)
{
	const struct point path[] = { { 0, 0 }, { 1000, 0 } },
			   bad[] = { { 0, 5 }, { INFINITY, 5 } };
	const struct transect_lines empty = { 0 };
	struct lines lines = { 0 }, shore = { 0 };
	struct error e = { 0 };
	struct transects t;

	(void)state;
	assert_int_equal(transects_take(&t, &empty, &e), -1);
	assert_int_equal(e.code, ERROR_USAGE);
	add_line(&lines, path, 2, false);
	t = take(&lines, 1);
	for (size_t k = 0; k < 3000; k++)
		add_rectangle(&shore, 0.1 + 0.3 * (double)k, -5, 0.2 + 0.3 * (double)k, 5, true);
	assert_int_equal(transects_measure(&t, 0, &shore, (size_t)5999 * 48, &e), -1);
	assert_int_equal(e.code, ERROR_CONFIG);
	assert_non_null(strstr(e.text, "--memory"));
	assert_int_equal(transects_measure(&t, 1, &shore, PLENTY, &e), -1);
	assert_int_equal(e.code, ERROR_BUG);
	must(transects_measure(&t, 0, &shore, (size_t)6000 * 48, &e), &e);
	assert_int_equal(position(&t, 0, 0)->crossings, 6000);
	add_line(&shore, bad, 2, false);
	assert_int_equal(transects_measure(&t, 0, &shore, PLENTY, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	transects_release(&t);
	lines_release(&lines);
	add_line(&lines, bad, 2, false);
	struct transect_lines file = { lines, calloc(1, TRANSECT_NAME) };
	assert_int_equal(transects_take(&t, &file, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	free(file.name);
	lines_release(&lines);
	lines_release(&shore);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(circle_that_shrinks),
		cmocka_unit_test(star_with_islands_and_ponds),
		cmocka_unit_test(longest_run_of_water),
		cmocka_unit_test(gaps_in_the_shore),
		cmocka_unit_test(reversed_lines_say_the_same),
		cmocka_unit_test(azimuths),
		cmocka_unit_test(periods_in_any_order),
		cmocka_unit_test(two_hundred_periods),
		cmocka_unit_test(refuses_what_cannot_be_measured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
