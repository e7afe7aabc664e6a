/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "pipeline/base/steps.h"
#include "pipeline/base/utf8.h"
#include "pipeline/io/latin.h"

static void letters_that_latin_2_has_and_lacks(void **state)
{
	static const struct {
		const char *text, *latin;
	} names[] = {
		{ "", "" },
		{ "Lake Balkhash 2024 ~", "Lake Balkhash 2024 ~" },
		{ "Балхаш", "Balkhash" },
		{ "Щучье", "Shchuche" },
		{ "Балқаш көлі", "Balqash k\xf6li" },
		{ "Śniardwy, Ženské", "\xa6niardwy, \xae"
				      "ensk\xe9" },
		{ "Ñandú, Øresund", "Nand\xfa, Oresund" },
		{ "46.5°", "46.5\xb0" },
		{ "1 ± 2 km² – «a» …", "1 +- 2 km2 - \"a\" ..." },
		{ "青海湖", "???" },
		{ "a\tb\nc\x1b[31m\x7f", "a?b?c?[31m?" },
		{ "\xff\xfe x", "?? x" },
		{ "\xc3", "?" },		       /* cut */
		{ "\xc0\xaf", "??" },		       /* longer than need be */
		{ "\xed\xa0\x80", "???" },	       /* a surrogate */
		{ "\xf0\x9f\x8c\x8a wave", "? wave" }, /* beyond 16 bits */
		{ "\xf5\x80\x80\x80", "????" },	       /* beyond Unicode */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char out[64];

		latin2(out, sizeof(out), names[i].text);
		assert_string_equal(out, names[i].latin);
	}
}

static void what_does_not_fit_is_cut(void **state)
{
	char out[6];

	(void)state;
	latin2(out, sizeof(out), "abcdefgh");
	assert_string_equal(out, "abcde");
	/* Never half of a letter's replacement. */
	latin2(out, sizeof(out), "abЩ");
	assert_string_equal(out, "ab");
	latin2(out, 1, "a");
	assert_string_equal(out, "");
}

static void steps_are_round(void **state)
{
	static const struct {
		double x, up, down;
	} known[] = {
		{ 1, 1, 1 },	    { 1.1, 2, 1 },	     { 2.5, 5, 2 },  { 7, 10, 5 },
		{ 0.03, .05, .02 }, { 12345, 20000, 10000 }, { .1, .1, .1 }, { .001, .001, .001 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		assert_true(step_value(step_up(known[i].x)) == known[i].up);
		assert_true(step_value(step_down(known[i].x)) == known[i].down);
	}
	assert_true(step_value(step_up(0)) > 0);
	assert_true(step_value(step_up(-1)) > 0);
	assert_true(step_value(step_down(1e300)) < 1e17);
	assert_int_equal(step_decimals(step_up(.03)), 2);
	assert_int_equal(step_decimals(step_up(30)), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_that_latin_2_has_and_lacks),
		cmocka_unit_test(what_does_not_fit_is_cut),
		cmocka_unit_test(steps_are_round),
	};

	return cmocka_run_group_tests_name("latin", tests, NULL, NULL);
}
