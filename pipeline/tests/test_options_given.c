/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "pipeline/base/options_table.h"
#include "pipeline/tests/options_case.h"

static void the_environment_is_below_the_command_line(void **state)
{
	static char threads[] = "BALKHASH_THREADS=3", tile[] = "BALKHASH_TILE=256",
		    te[] = "BALKHASH_TE=0 1  2 3", co[] = "BALKHASH_CO=A=1\nB=2\n",
		    srs[] = "BALKHASH_T_SRS=EPSG:32643", flag[] = "BALKHASH_OVERWRITE=yes",
		    empty[] = "BALKHASH_LAYERS=", other[] = "BALKHASH_MMU=99",
		    foreign[] = "PATH=/bin";
	static char *const environment[] = { threads, tile,  te,    co,	     srs,
					     flag,    empty, other, foreign, NULL };
	static char *const wrong[] = { other, NULL };
	struct parsed p;

	(void)state;
	parse_with(&p, "scene\tA\t-o\tD\t--tile\t128\t-co\ta=2", environment);
	assert_int_equal(p.ret, 0);
	assert_int_equal(p.o.threads, 3);
	assert_int_equal(p.o.tile, 128);
	assert_true(p.o.te[1] == 1 && p.o.te[3] == 3);
	assert_string_equal(p.o.t_srs, "EPSG:32643");
	assert_true(p.o.overwrite);
	assert_null(p.o.layers);
	assert_int_equal(p.o.creation.nr, 2);
	assert_string_equal(p.o.creation.values[0], "B=2");
	assert_string_equal(p.o.creation.values[1], "a=2");
	assert_int_equal(p.o.warnings.nr, 0);
	done(&p);

	/* A value is wrong only for commands that take it. */
	parse_with(&p, "change\tA\tB\t-o\tD", wrong);
	assert_int_equal(p.ret, -1);
	assert_int_equal(p.e.code, ERROR_CONFIG);
	assert_non_null(strstr(p.e.text, "BALKHASH_MMU wants a whole number from 1 to 64"));
	done(&p);
	parse_with(&p, "change\t--help", wrong);
	assert_int_equal(p.ret, 0);
	done(&p);
}

static void unknown_variables_are_told(void **state)
{
	static const char *const cases[][2] = {
		{ "BALKHASH_THREDS=3",
		  "the variable BALKHASH_THREDS of the environment is no option: did you mean "
		  "BALKHASH_THREADS?" },
		{ "BALKHASH_ZZZZZZZZ=secret",
		  "the variable BALKHASH_ZZZZZZZZ of the environment is no option" },
		{ "BALKHASH_PLAN=yes",
		  "BALKHASH_PLAN is not taken from the environment: give --plan" },
		{ "BALKHASH_HELP=1",
		  "BALKHASH_HELP is not taken from the environment: give --help" },
		{ "BALKHASH_TESTDATA=/x", NULL },
		{ "BALKHASH_HTTP_RETRY_MS=1", NULL },
		{ "BALKHASHLAKE=1", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *environment[] = { strdup(cases[i][0]), NULL };
		struct parsed p;

		parse_with(&p, "info\tA", environment);
		assert_int_equal(p.ret, 0);
		assert_int_equal(p.o.warnings.nr, cases[i][1] != NULL);
		if (cases[i][1])
			assert_string_equal(p.o.warnings.values[0], cases[i][1]);
		done(&p);
		free(environment[0]);
	}
}

static void what_was_given_is_kept(void **state)
{
	struct parsed p;

	(void)state;
	accept(&p, "-v\trun\t--mmu=4\tC\t-te\t0\t0\t1\t1\t--plan\t--products\ta b\t--products\tc");
	assert_int_equal(p.command, COMMAND_RUN);
	assert_int_equal(p.o.given.nr, 6);
	assert_string_equal(p.o.given.items[0].spec->name, "verbose");
	assert_int_equal(p.o.given.items[0].words_nr, 0);
	assert_string_equal(p.o.given.items[1].words[0], "4");
	assert_int_equal(p.o.given.items[2].words_nr, 4);
	assert_null(p.o.given.items[2].origin);
	assert_true(p.o.plan);
	assert_int_equal(p.o.products.nr, 2);
	assert_string_equal(p.o.products.values[0], "a b");
	done(&p);
	refuse("run\tC\tD", "run wants one path, not 2: balkhash run CONFIG");
	refuse("status\tC\t--mmu\t4", "--mmu is not an option of status");
	refuse("run\tC\t--products=", "--products wants PATH");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_environment_is_below_the_command_line),
		cmocka_unit_test(unknown_variables_are_told),
		cmocka_unit_test(what_was_given_is_kept),
	};

	return cmocka_run_group_tests_name("options given", tests, NULL, NULL);
}
