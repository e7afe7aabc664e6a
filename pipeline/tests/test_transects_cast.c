/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "pipeline/stage/transects.h"
#include "pipeline/tests/line_maker.h"

#define EAST  412345.678
#define NORTH 5123456.789

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

static struct point path_point(const struct transects *t, size_t i, size_t k)
{
	return t->paths.points[t->paths.starts[i] + k];
}

static bool same_transects(const struct transects *a, const struct transects *b)
{
	return a->nr == b->nr &&
	       !memcmp(a->paths.points, b->paths.points, 2 * a->nr * sizeof(struct point)) &&
	       !memcmp(a->transect, b->transect, a->nr * sizeof(*a->transect));
}

static void cast_runs_from_land_to_water(void **state)
{
	/* South along x = 100: the water, on the left, is in the east.  Then an island, whose water is outside. */
	const struct point coast[] = { { 100, 1000 }, { 100, 0 } };
	struct lines lines = { 0 };
	struct transects t;

	(void)state;
	add_line(&lines, coast, 2, false);
	t = cast(&lines, 300, 80, 100);
	assert_int_equal(t.nr, 3); /* at 150, 450, 750 m; 1050 is past the end */
	for (size_t i = 0; i < 3; i++) {
		struct point a = path_point(&t, i, 0), b = path_point(&t, i, 1);

		assert_true(a.x == 60 && b.x == 140 && a.y == 850 - 300 * (double)i && b.y == a.y);
		assert_true(t.transect[i].azimuth_deg == 90 && t.transect[i].length_m == 80);
		assert_int_equal(t.transect[i].name[0], '1' + (int)i);
	}
	transects_release(&t);
	add_rectangle(&lines, 5000, 0, 5100, 100, false);
	t = cast(&lines, 100, 20, 10);
	assert_int_equal(t.nr, 14);
	for (size_t i = 10; i < 14; i++) {
		struct point land = path_point(&t, i, 0), water = path_point(&t, i, 1);

		assert_true(hypot(land.x - 5050, land.y - 50) < 50);
		assert_true(hypot(water.x - 5050, water.y - 50) > 50);
	}
	transects_release(&t);
	lines_release(&lines);
}

/* A saw of teeth of 2 m: with a chord of 200 m transects are perpendicular to the whole. */
static void smoothing_looks_past_details(void **state)
{
	struct point p[1001];
	struct lines lines = { 0 };
	struct transects t;
	double rough = 0;

	(void)state;
	for (size_t k = 0; k < 1001; k++)
		p[k] = (struct point){ 1000 - (double)k, k % 2 ? 1 : -1 };
	add_line(&lines, p, 1001, false);
	t = cast(&lines, 33, 100, 100);
	for (size_t i = 0; i < t.nr; i++)
		assert_near(t.transect[i].azimuth_deg, 180, 2);
	transects_release(&t);
	t = cast(&lines, 33, 100, 0);
	for (size_t i = 0; i < t.nr; i++)
		rough = fmax(rough, fabs(t.transect[i].azimuth_deg - 180));
	assert_true(rough > 60);
	transects_release(&t);
	lines_release(&lines);
}

static void cast_does_not_mind_the_order(void **state)
{
	const struct transect_cast spec = { 77, 300, 60, 500 };
	struct point p[50];
	struct lines lines = { 0 };
	struct error e = { 0 };
	struct transects first, t;

	(void)state;
	for (size_t k = 0; k < 50; k++)
		p[k] = (struct point){ EAST + 40 * (double)k, NORTH + 300 * sin((double)k) };
	add_line(&lines, p, 50, false);
	for (size_t k = 0; k < 12; k++) {
		size_t row = k / 4;
		struct point at = { EAST + 3000 * (double)(k % 4), NORTH - 2500 * (double)row };

		add_star(&lines, at, 20 + 90 * (double)k, 0.2, 100 + k, k % 3 != 0);
	}
	must(transects_cast(&first, &spec, &lines, &e), &e);
	for (uint64_t seed = 1; seed < 20; seed++) {
		struct lines other = shuffled(&lines, seed);

		must(transects_cast(&t, &spec, &other, &e), &e);
		assert_true(same_transects(&first, &t));
		transects_release(&t);
		lines_release(&other);
	}
	/* The ring of 20 m radius is shorter than 500 m: it has none. */
	for (size_t i = 0; i < first.nr; i++)
		assert_true(hypot(path_point(&first, i, 0).x - EAST,
				  path_point(&first, i, 0).y - NORTH) > 30);
	transects_release(&first);
	lines_release(&lines);
}

static void refuses_what_cannot_be_cast(void **state)
{
	static const struct {
		struct transect_cast spec;
		enum error_code code;
		const char *words;
	} cases[] = {
		{ { 0, 100, 10, 0 }, ERROR_USAGE, "every 0 m" },
		{ { -1, 100, 10, 0 }, ERROR_USAGE, "every -1 m" },
		{ { NAN, 100, 10, 0 }, ERROR_USAGE, "every nan m" },
		{ { 10, 0, 10, 0 }, ERROR_USAGE, "of 0 m" },
		{ { 10, INFINITY, 10, 0 }, ERROR_USAGE, "of inf m" },
		{ { 10, 100, -1, 0 }, ERROR_USAGE, "smoothing by -1 m" },
		{ { 1e-300, 100, 10, 0 }, ERROR_USAGE, "larger distance" },
		{ { 0.001, 100, 10, 0 }, ERROR_USAGE, "larger distance" },
		{ { 10, 100, 10, 5000 }, ERROR_NOINPUT, "long enough" },
		{ { 10000, 100, 10, 0 }, ERROR_NOINPUT, "long enough" },
	};
	const struct point same[] = { { 5, 5 }, { 5, 5 } }, far[] = { { 0, 0 }, { 2e9, 0 } };
	const struct point bad[] = { { 0, 0 }, { NAN, 0 } };
	const struct transect_cast fine = { 10, 100, 10, 0 };
	struct lines lines = { 0 }, none = { 0 };
	struct error e = { 0 };
	struct transects t;

	(void)state;
	add_star(&lines, (struct point){ 0, 0 }, 300, 0, 100, true);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(transects_cast(&t, &cases[i].spec, &lines, &e), -1);
		assert_int_equal(e.code, cases[i].code);
		assert_non_null(strstr(e.text, cases[i].words));
		assert_null(t.transect);
	}
	assert_int_equal(transects_cast(&t, &fine, &none, &e), -1);
	assert_int_equal(e.code, ERROR_NOINPUT);
	lines_release(&lines);
	add_line(&none, same, 2, true);
	add_line(&none, same, 1, false);
	add_line(&none, same, 0, false);
	assert_int_equal(transects_cast(&t, &fine, &none, &e), -1);
	assert_int_equal(e.code, ERROR_NOINPUT);
	add_line(&none, far, 2, false);
	assert_int_equal(transects_cast(&t, &fine, &none, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	lines_release(&none);
	add_line(&none, bad, 2, false);
	assert_int_equal(transects_cast(&t, &fine, &none, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	lines_release(&none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cast_runs_from_land_to_water),
		cmocka_unit_test(smoothing_looks_past_details),
		cmocka_unit_test(cast_does_not_mind_the_order),
		cmocka_unit_test(refuses_what_cannot_be_cast),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
