/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "pipeline/base/suggest.h"

static const char *const keys[] = { "name", "outline", "buffer", "crs",
				    "te",   "tr",      "season", "elevation" };

static const char *of(const char *word)
{
	return suggest(word, keys, sizeof(keys) / sizeof(keys[0]));
}

static void finds_the_word_that_was_meant(void **state)
{
	(void)state;
	assert_string_equal(of("bufer"), "buffer");
	assert_string_equal(of("bufefr"), "buffer");
	assert_string_equal(of("Buffers"), "buffer");
	assert_string_equal(of("OUTLINE"), "outline");
	assert_string_equal(of("otuline"), "outline");
	assert_string_equal(of("elevatoin_"), "elevation");
	assert_string_equal(of("cr"), "crs");
	assert_string_equal(of("seasons"), "season");
}

static void keeps_silent_where_nothing_is_near(void **state)
{
	(void)state;
	assert_null(of(""));
	assert_null(of("colour"));
	assert_null(of("b"));
	assert_null(of("xyz"));
	assert_null(of("elevvvvaaaation"));
	assert_null(suggest("te", NULL, 0));
}

static void swapping_neighbours_counts_one(void **state)
{
	static const char *const one[] = { "abc" };

	(void)state;
	assert_string_equal(suggest("acb", one, 1), "abc");
	assert_null(suggest("cab", one, 1));
}

static void the_first_of_equals_wins(void **state)
{
	(void)state;
	assert_string_equal(of("t"), "te");
	assert_string_equal(of("tx"), "te");
	assert_string_equal(of("tr"), "tr");
}

static void long_words_are_left_alone(void **state)
{
	char word[3 * SUGGEST_LENGTH_MAX];
	const char *known[] = { word };

	(void)state;
	memset(word, 'a', sizeof(word) - 1);
	word[sizeof(word) - 1] = 0;
	assert_null(of(word));
	assert_null(suggest(word, known, 1));
	assert_null(suggest("aaa", known, 1));
	word[SUGGEST_LENGTH_MAX] = 0;
	assert_string_equal(suggest(word, known, 1), word);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_word_that_was_meant),
		cmocka_unit_test(keeps_silent_where_nothing_is_near),
		cmocka_unit_test(swapping_neighbours_counts_one),
		cmocka_unit_test(the_first_of_equals_wins),
		cmocka_unit_test(long_words_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
