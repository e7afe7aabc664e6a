/* SPDX-License-Identifier: Apache-2.0
 *
 * A user's regression of chlorophyll, as text.
 */
#include "pipeline/stage/regression.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct regression good(const char *text)
{
	struct regression r;
	struct error e = { 0 };

	if (regression_read(&r, text, &e))
		fail_msg("\"%s\": %s", text, e.text);
	return r;
}

static void refused(const char *text, const char *words)
{
	struct regression r;
	struct error e = { 0 };

	if (!regression_read(&r, text, &e))
		fail_msg("\"%s\" was taken", text);
	assert_int_equal(e.code, ERROR_USAGE);
	if (!strstr(e.text, words) || strchr(e.text, '\n'))
		fail_msg("\"%s\": \"%s\" instead of \"%s\"", text, e.text, words);
}

static void expect_term(const struct regression *r, size_t i, float coefficient,
			enum role numerator, enum role denominator)
{
	assert_true(i < r->terms_nr);
	assert_true(r->terms[i].coefficient == coefficient);
	assert_int_equal(r->terms[i].numerator, numerator);
	assert_int_equal(r->terms[i].denominator, denominator);
}

static void terms_are_read_with_their_bands(void **state)
{
	struct regression r = good("1.3 -2.1*blue/green 0.4*red");

	(void)state;
	assert_true(r.constant == 1.3f);
	assert_int_equal(r.terms_nr, 2);
	expect_term(&r, 0, -2.1f, ROLE_BLUE, ROLE_GREEN);
	expect_term(&r, 1, .4f, ROLE_RED, ROLE_NR);
	assert_int_equal(r.roles_nr, 3);
	assert_int_equal(r.roles[0], ROLE_BLUE);
	assert_int_equal(r.roles[1], ROLE_GREEN);
	assert_int_equal(r.roles[2], ROLE_RED);
}

static void spellings_are_free(void **state)
{
	struct regression r = good(" ,; +1e0*edge705/red;\t.5,\t-.25 ");

	(void)state;
	assert_true(r.constant == .25f);
	assert_int_equal(r.terms_nr, 1);
	expect_term(&r, 0, 1, ROLE_EDGE705, ROLE_RED);
	r = good("0*nir");
	expect_term(&r, 0, 0, ROLE_NIR, ROLE_NR);
	assert_true(r.constant == 0);
	/* A band that stands twice is read once. */
	r = good("1*red/red 2*red 3*green/red");
	assert_int_equal(r.terms_nr, 3);
	assert_int_equal(r.roles_nr, 2);
	/* Too small for a float is 0. */
	r = good("1e-999 1e-999*swir1/swir2");
	assert_true(r.constant == 0 && r.terms[0].coefficient == 0);
}

/* As many terms as there may be, and one more. */
static void terms_are_counted(void **state)
{
	static const char *const bands[] = { "coastal/blue", "green/red",   "edge705/edge740",
					     "edge783/nir",  "swir1/swir2", "vapour/cirrus",
					     "nir_narrow",   "nir_broad",   "red" };
	char text[400] = "1";
	struct regression r;

	(void)state;
	for (size_t i = 0; i < REGRESSION_TERMS_MAX; i++) {
		size_t at = strlen(text);

		snprintf(text + at, sizeof(text) - at, " 1*%s", bands[i]);
	}
	r = good(text);
	assert_int_equal(r.terms_nr, REGRESSION_TERMS_MAX);
	assert_int_equal(r.roles_nr, 14);
	snprintf(text + strlen(text), 20, " 1*%s", bands[REGRESSION_TERMS_MAX]);
	refused(text, "more than 8 terms");
}

static void what_is_not_there_is_asked_for(void **state)
{
	(void)state;
	refused("", "one term at least");
	refused(" ,;\t", "one term at least");
	refused("1.5", "one term at least");
	refused("red", "\"red\" is neither a number nor a term");
	refused("2.1red", "\"2.1red\" is neither");
	refused("2.1 *red", "\"*red\" is neither");
	refused("*red", "\"*red\" is neither");
	refused("1*", "no band \"\"");
	refused("1*red/", "no band \"\"");
	refused("1* red", "no band \"\"");
}

static void numbers_are_finite(void **state)
{
	static const char *const bad[] = { "nan",    "inf",   "-inf",  "infinity",
					   "nan(1)", "1e999", "-1e999" };
	char text[100];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), "%s 1*red", bad[i]);
		refused(text, "is neither a number nor a term");
		snprintf(text, sizeof(text), "%s*red", bad[i]);
		refused(text, "is neither a number nor a term");
	}
	good("3e38 1*red");
	refused("3e38 3e38 1*red", "sum of the numbers");
	refused("-3e38 1*red -3e38", "sum of the numbers");
}

static void bands_are_named_as_roles(void **state)
{
	(void)state;
	refused("1*gren", "no band \"gren\"; did you mean \"green\"?");
	refused("1*blue/edge750", "no band \"edge750\"; did you mean \"edge");
	refused("1*RED", "no band \"RED\"; did you mean \"red\"?");
	refused("1*B04", "no band \"B04\"");
	/* Masks and temperatures are no reflectance. */
	refused("1*thermal", "no band \"thermal\"");
	refused("1*qa_pixel", "no band \"qa_pixel\"");
	refused("1*red\n", "no band \"red?\"");
}

static void nothing_may_follow(void **state)
{
	(void)state;
	refused("1*red/blue/green", "cannot read \"/green\"");
	refused("1*red*2", "no band \"red*2\"");
	refused("1*red 2x", "\"2x\" is neither");
	refused("1*red )", "\")\" is neither");
	refused("1*red+2", "no band \"red+2\"");
	refused("1**red", "no band \"*red\"");
}

static void huge_texts_end_in_one_line(void **state)
{
	size_t n = (size_t)1 << 20;
	char *text = malloc(n + 1);

	(void)state;
	assert_non_null(text);
	memset(text, '1', n);
	text[n] = 0;
	refused(text, "is neither a number");
	memset(text, 'x', n);
	memcpy(text, "1*", 2);
	refused(text, "no band \"xxx");
	memset(text, '0', n);
	memcpy(text + n - 6, " 1*red", 6);
	assert_true(good(text).constant == 0);
	memset(text, ' ', n - 6);
	assert_int_equal(good(text).terms_nr, 1);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(terms_are_read_with_their_bands),
		cmocka_unit_test(spellings_are_free),
		cmocka_unit_test(terms_are_counted),
		cmocka_unit_test(what_is_not_there_is_asked_for),
		cmocka_unit_test(numbers_are_finite),
		cmocka_unit_test(bands_are_named_as_roles),
		cmocka_unit_test(nothing_may_follow),
		cmocka_unit_test(huge_texts_end_in_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
