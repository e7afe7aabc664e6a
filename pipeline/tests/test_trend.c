/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "pipeline/base/utc.h"
#include "pipeline/stage/trend.h"

#define MAX_NR 200

/* As printed: to 1e-5 of the value, or half the last digit. */
static void assert_printed(double got, double want, double half_digit)
{
	if (!(fabs(got - want) <= fmax(1e-5 * fabs(want), half_digit)))
		fail_msg("%.12g is not %.12g", got, want);
}

static void assert_near(double got, double want, double tolerance)
{
	if (!(fabs(got - want) <= tolerance))
		fail_msg("%.15g is not within %g of %.15g", got, tolerance, want);
}

static struct trend trend_with_outliers(const struct trend_period *p, const double *d, size_t n)
{
	bool outlier[MAX_NR];
	struct error e = { 0 };

	assert_int_equal(trend_outliers(d, n, outlier, &e), 0);
	return trend_of(p, d, outlier, n);
}

static void published_series(void **state)
{
	static const double d[] = { 0, -12, -30, -25, -48, -55, -71 };
	struct trend_period p[7];
	struct trend t;

	(void)state;
	for (size_t i = 0; i < 7; i++)
		p[i] = (struct trend_period){ 1990.5 + 5 * (double)i, i < 5 ? 15 : 5 };
	t = trend_with_outliers(p, d, 7);
	assert_int_equal(t.positions_nr, 7);
	assert_int_equal(t.outliers_nr, 0);
	assert_true(t.sce == 71 && t.nsm == -71);
	assert_printed(t.epr, -2.366667, 5e-7);
	assert_printed(t.epr_sigma, .527046, 5e-7);
	assert_printed(t.lrr, -2.264286, 5e-7);
	assert_printed(t.lr2, .959157, 5e-7);
	assert_printed(t.lse, 5.528498, 5e-7);
	assert_printed(t.se, .208958, 5e-7);
	assert_printed(t.lci95, .537143, 5e-7);
	assert_printed(t.wlr, -2.334680, 5e-7);
	assert_printed(t.wr2, .973344, 5e-7);
	assert_printed(t.wse, .455087, 5e-7);
	assert_printed(t.wci95, .444154, 5e-7);
	assert_printed(t.wlr_sigma, 0.379671, 5e-7);
}

/* Tables of any textbook; the first rows are tan() and an algebraic number. */
static void quantiles_of_student(void **state)
{
	static const struct {
		size_t dof;
		double p, t;
	} table[] = {
		{ 1, .975, 12.706205 }, { 2, .975, 4.302653 },	 { 3, .975, 3.182446 },
		{ 4, .975, 2.776445 },	{ 5, .975, 2.570582 },	 { 6, .975, 2.446912 },
		{ 7, .975, 2.364624 },	{ 8, .975, 2.306004 },	 { 9, .975, 2.262157 },
		{ 10, .975, 2.228139 }, { 15, .975, 2.131450 },	 { 20, .975, 2.085963 },
		{ 30, .975, 2.042272 }, { 40, .975, 2.021075 },	 { 60, .975, 2.000298 },
		{ 1, .95, 6.313752 },	{ 5, .95, 2.015048 },	 { 10, .95, 1.812461 },
		{ 1, .995, 63.656741 }, { 5, .995, 4.032143 },	 { 10, .995, 3.169273 },
		{ 1, .75, 1 },		{ 120, .975, 1.979930 }, { 100000, .975, 1.959988 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		assert_near(trend_student(table[i].dof, table[i].p), table[i].t, 5.1e-7);
	/* Closed forms: 1 degree tan(pi (p - 1/2)); 2 degrees a sqrt(2 / (1 - a^2)), a = 2 p - 1. */
	assert_near(trend_student(1, .975), tan(3.14159265358979324 * .475), 2e-9);
	assert_near(trend_student(2, .975), .95 * sqrt(2 / (1 - .95 * .95)), 2e-9);
	assert_near(trend_student(7, .5), 0, 2e-9);
	assert_near(trend_student(1, .9999), 3183.098757, 1e-6);
	assert_true(trend_student(0, .975) == HUGE_VAL);
}

static bool all_nan(const double *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isnan(v[i]))
			return false;
	return true;
}

/* The doubles of a trend in the order of its fields. */
#define ENDS_NR	  ((size_t)4)
#define FIELDS_NR ((size_t)14)

static const double *fields(const struct trend *t)
{
	_Static_assert(offsetof(struct trend, wlr_sigma) - offsetof(struct trend, sce) ==
			       (FIELDS_NR - 1) * sizeof(double),
		       "fields stand in a row");
	return &t->sce;
}

static void few_positions(void **state)
{
	const struct trend_period p[] = { { 2000, 10 }, { 2010, 5 }, { 2020, 5 } };
	const double d[] = { 100, 130, 120 }, gap[] = { NAN, 7, NAN }, ends[] = { 3, NAN, 43 };
	struct trend t = trend_with_outliers(p, d, 0);

	(void)state;
	assert_true(t.positions_nr == 0 && all_nan(fields(&t), FIELDS_NR));
	t = trend_with_outliers(p, d, 1);
	assert_true(t.positions_nr == 1 && all_nan(fields(&t), FIELDS_NR));
	t = trend_with_outliers(p, gap, 3);
	assert_true(t.positions_nr == 1 && all_nan(fields(&t), FIELDS_NR));
	t = trend_with_outliers(p, d, 2);
	assert_true(t.positions_nr == 2 && t.sce == 30 && t.nsm == 30 && t.epr == 3);
	assert_near(t.epr_sigma, sqrt(125) / 10, 1e-15);
	assert_true(all_nan(fields(&t) + ENDS_NR, FIELDS_NR - ENDS_NR));
	t = trend_with_outliers(p, ends, 3);
	assert_true(t.positions_nr == 2 && t.nsm == 40 && t.epr == 2 && isnan(t.lrr));
	t = trend_with_outliers(p, d, 3);
	assert_true(t.positions_nr == 3 && t.sce == 30 && t.nsm == 20 && t.lrr == 1);
	assert_near(t.lci95, trend_student(1, .975) * t.lse / sqrt(200), 1e-12);
}

static void equal_times(void **state)
{
	const struct trend_period same[] = { { 2000, 5 }, { 2000, 5 }, { 2000, 5 }, { 2000, 5 } };
	const struct trend_period pairs[] = { { 2000, 5 }, { 2000, 5 }, { 2001, 5 }, { 2001, 5 } };
	const double d[] = { 1, 3, 11, 13 };
	struct trend t = trend_with_outliers(same, d, 4);

	(void)state;
	assert_true(t.positions_nr == 4 && t.sce == 12);
	assert_true(all_nan(fields(&t) + 1, FIELDS_NR - 1));
	t = trend_with_outliers(pairs, d, 4);
	assert_true(t.nsm == 12 && t.epr == 12 && t.lrr == 10 && t.wlr == 10);
}

static void shore_that_does_not_move(void **state)
{
	struct trend_period p[7];
	double d[7];
	struct trend t;

	(void)state;
	for (size_t i = 0; i < 7; i++) {
		p[i] = (struct trend_period){ 2000.1 + (double)i / 3, 0.1 + (double)i };
		d[i] = 123.457;
	}
	t = trend_with_outliers(p, d, 7);
	assert_int_equal(t.outliers_nr, 0);
	assert_true(t.sce == 0 && t.nsm == 0 && t.epr == 0 && t.lrr == 0 && t.wlr == 0);
	assert_true(t.lse == 0 && t.se == 0 && t.lci95 == 0 && t.wse == 0 && t.wci95 == 0);
	assert_true(isnan(t.lr2) && isnan(t.wr2) && t.wlr_sigma > 0);
}

static void unknown_uncertainty_and_time(void **state)
{
	static const double bad[] = { 0, -5, NAN, INFINITY, 1e-200 };
	struct trend_period p[] = { { 2000, 10 }, { 2010, 5 }, { 2020, 5 }, { 2021, 5 } };
	const double d[] = { 100, 130, 121, 140 }, infinite[] = { 100, 130, 121, INFINITY };
	struct trend with = trend_with_outliers(p, d, 4), t;

	(void)state;
	assert_true(with.wlr > 0);
	for (size_t i = 0; i < 5; i++) {
		p[1].uncertainty = bad[i];
		t = trend_with_outliers(p, d, 4);
		assert_true(t.lrr == with.lrr && t.epr_sigma == with.epr_sigma);
		assert_true(isnan(t.wlr) && isnan(t.wr2) && isnan(t.wse) && isnan(t.wci95));
		assert_true(isnan(t.wlr_sigma));
	}
	p[1].uncertainty = 5;
	p[3].uncertainty = -1;
	t = trend_with_outliers(p, d, 4);
	assert_true(t.epr == with.epr && isnan(t.epr_sigma));
	p[3] = (struct trend_period){ NAN, 5 };
	t = trend_with_outliers(p, d, 4);
	assert_true(t.positions_nr == 3 && t.nsm == 21);
	p[3].time = 2021;
	t = trend_with_outliers(p, infinite, 4);
	assert_true(t.positions_nr == 3 && t.nsm == 21 && t.sce == 30);
}

static void outliers_are_dropped_and_counted(void **state)
{
	struct trend_period p[8];
	double d[8], few[] = { 0, 1, 2, 1000 };
	bool outlier[8];
	struct error e = { 0 };
	struct trend t;

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		p[i] = (struct trend_period){ 2000 + (double)i, 5 };
		d[i] = 50 + 3 * (double)i;
	}
	/* The youngest and one in the middle; a period without a position stays one. */
	d[7] = 900;
	d[3] = -700;
	d[2] = NAN;
	assert_int_equal(trend_outliers(d, 8, outlier, &e), 0);
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(outlier[i], i == 3 || i == 7);
	t = trend_of(p, d, outlier, 8);
	assert_true(t.positions_nr == 7 && t.outliers_nr == 2);
	assert_true(t.sce == 18 && t.nsm == 18 && t.epr == 3);
	assert_near(t.lrr, 3, 1e-12);
	assert_near(t.lr2, 1, 1e-12);
	assert_near(t.wlr, 3, 1e-12);
	assert_int_equal(trend_outliers(few, 4, outlier, &e), 0);
	assert_false(outlier[3]);
}

/* Median 3, MAD 1: what lies 3.5 / 0.6745 = 5.189 away is just none. */
static void limit_of_outliers(void **state)
{
	double d[] = { 1, 2, 3, 3, 4, 3 + 5.18 }, still[] = { 5, 5, 5, 5, 6, 900 };
	bool outlier[6];
	struct error e = { 0 };

	(void)state;
	assert_int_equal(trend_outliers(d, 6, outlier, &e), 0);
	assert_false(outlier[5]);
	d[5] = 3 + 5.20;
	assert_int_equal(trend_outliers(d, 6, outlier, &e), 0);
	assert_true(outlier[5] && !outlier[0] && !outlier[4]);
	assert_int_equal(trend_outliers(still, 6, outlier, &e), 0);
	assert_false(outlier[5]);
}

/* --- numpy's own regression on random series --- */

static uint64_t random_state = 20240712;

/* [0, 1) of PCG's multiplier. */
static double random_share(void)
{
	random_state = random_state * 6364136223846793005U + 1442695040888963407U;
	return (double)(random_state >> 11) / 9007199254740992.0;
}

static size_t random_series(struct trend_period *p, double *d)
{
	size_t n = 3 + (size_t)(random_share() * (random_share() < 0.2 ? MAX_NR - 3 : 20));
	double t = 1984 + random_share(), rate = 80 * (random_share() - 0.5);
	double noise = pow(10, 3 * random_share() - 1), wild = random_share() * 0.15;

	for (size_t i = 0; i < n; i++) {
		t += 0.01 + random_share();
		p[i] = (struct trend_period){ t, 1 + 30 * random_share() };
		d[i] = 1000 + rate * (t - 1984) + noise * (random_share() - 0.5);
		if (random_share() < wild)
			d[i] += 1e5 * (random_share() - 0.5);
		d[i] = random_share() < 0.05 ? NAN : nearbyint(d[i] * 1000) / 1000;
	}
	return n;
}

static void write_series(FILE *out)
{
	struct trend_period p[MAX_NR];
	double d[MAX_NR];
	bool outlier[MAX_NR];
	struct error e = { 0 };
	size_t n = random_series(p, d);
	struct trend t;

	assert_int_equal(trend_outliers(d, n, outlier, &e), 0);
	t = trend_of(p, d, outlier, n);
	fprintf(out, "%zu", n);
	for (size_t i = 0; i < n; i++)
		fprintf(out, " %.17g %.17g %.17g", p[i].time, p[i].uncertainty, d[i]);
	for (size_t i = 0; i < n; i++)
		fprintf(out, " %d", outlier[i]);
	for (size_t i = 0; i < FIELDS_NR; i++)
		fprintf(out, " %.17g", fields(&t)[i]);
	fputc('\n', out);
}

static void numpy_agrees(void **state)
{
	const char *tmp = getenv("TMPDIR");
	char path[300], command[500];
	FILE *out;
	int fd, status;

	(void)state;
	if (access("pipeline/tests/oracle_trend.py", R_OK) ||
	    system("/usr/bin/python3 -c 'import numpy' 2>/dev/null")) /* NOLINT(cert-env33-c) */
		skip();
	snprintf(path, sizeof(path), "%.250s/series-XXXXXX", tmp ? tmp : "/tmp");
	fd = mkstemp(path);
	out = fd < 0 ? NULL : fdopen(fd, "w");
	assert_non_null(out);
	for (int i = 0; i < 500; i++)
		write_series(out);
	assert_int_equal(fclose(out), 0);
	snprintf(command, sizeof(command),
		 "/usr/bin/python3 pipeline/tests/oracle_trend.py '%s' >&2", path);
	status = system(command); /* NOLINT(cert-env33-c): a name that mkstemp() made */
	unlink(path);
	assert_int_equal(status, 0);
}

/* --- decimal years --- */

static void decimal_years(void **state)
{
	static const struct {
		const char *text;
		double year;
	} cases[] = {
		{ "2023-01-01T00:00:00Z", 2023 },
		{ "2023-07-02T12:00:00Z", 2023.5 },
		{ "2024-07-02T00:00:00Z", 2024.5 }, /* a leap year: 183 of 366 days */
		{ "1970-01-01", 1970 },
		{ "1969-12-31T18:00:00Z", 1969 + 364.75 / 365 },
		{ "2000-12-31T23:59:59Z", 2001 - 1 / 31622400.0 },
		{ "0001-01-01", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t time;

		assert_int_equal(utc_parse(cases[i].text, &time), 0);
		assert_near(utc_decimal_year(time), cases[i].year, 1e-12);
	}
	assert_true(isnan(utc_decimal_year(INT64_MAX)));
	assert_true(isnan(utc_decimal_year(INT64_MIN)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_series),
		cmocka_unit_test(quantiles_of_student),
		cmocka_unit_test(few_positions),
		cmocka_unit_test(equal_times),
		cmocka_unit_test(shore_that_does_not_move),
		cmocka_unit_test(unknown_uncertainty_and_time),
		cmocka_unit_test(outliers_are_dropped_and_counted),
		cmocka_unit_test(limit_of_outliers),
		cmocka_unit_test(numpy_agrees),
		cmocka_unit_test(decimal_years),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
