/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/stat.h>

#include "pipeline/tests/round_lake.h"

static void must_fail(struct bench *b, const char *before, const char *after, enum error_code code,
		      const char *words)
{
	struct error e = { 0 };

	assert_int_equal(change(b, before, after, "refused", &e), -1);
	if (e.code != code || !strstr(e.text, words))
		fail_msg("%d, not %d: %s", e.code, code, e.text);
	assert_int_equal(access(bench_path(b, "refused"), F_OK), -1);
}

static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct round_lake before = lake_of("before", "observation", 150);
	struct round_lake after = lake_of("after", "observation", 140);

	bench_open(b);
	*state = b;
	make(b, &before);
	make(b, &after);
	return 0;
}

static int tear_down(void **state)
{
	bench_close(*state);
	free(*state);
	return 0;
}

static void grids_that_do_not_fit_are_refused(void **state)
{
	struct bench *b = *state;
	struct round_lake coarse = lake_of("coarse", "observation", 100);
	struct round_lake shifted = lake_of("shifted", "observation", 100);
	struct round_lake far = lake_of("far", "observation", 100);
	struct round_lake further = lake_of("further", "observation", 100);

	coarse.grid.dx = 60;
	shifted.grid.x0 += 7;
	far.grid.x0 += 30.0 * SIDE;
	further.grid.y0 += 30e12;
	make(b, &coarse);
	make(b, &shifted);
	make(b, &far);
	make(b, &further);
	must_fail(b, "before", "coarse", ERROR_DATA, "coarse");
	must_fail(b, "before", "shifted", ERROR_DATA, "lattice");
	must_fail(b, "before", "far", ERROR_NOINPUT, "overlap");
	must_fail(b, "before", "further", ERROR_NOINPUT, "overlap");
}

static void inputs_of_another_kind_are_refused(void **state)
{
	struct bench *b = *state;
	struct error e = { 0 };

	assert_int_equal(change(b, "before", "after", "shrunk", &e), 0);
	must_fail(b, "before", "shrunk", ERROR_DATA, "change");
	must_fail(b, "before", "nowhere", ERROR_NOINPUT, "nowhere");
}

static void options_that_mean_nothing_are_refused(void **state)
{
	struct bench *b = *state;
	struct error e = { 0 };

	b->options.tr[0] = b->options.tr[1] = 30;
	must_fail(b, "before", "after", ERROR_USAGE, "-tr");
	b->options.tr[0] = b->options.tr[1] = 0;
	b->options.layers = strdup("change,wood");
	must_fail(b, "before", "after", ERROR_USAGE, "wood");
	free(b->options.layers);
	b->options.layers = NULL;
	b->options.paths_nr = 0;
	assert_int_equal(change_command(&b->context, &e), -1);
	assert_int_equal(e.code, ERROR_USAGE);
}

static void too_little_memory_is_told(void **state)
{
	struct bench *b = *state;

	b->options.memory = 1 << 20;
	must_fail(b, "before", "after", ERROR_CONFIG, "--memory");
	b->options.memory = (size_t)1 << 30;
}

static void a_damaged_side_is_an_error(void **state)
{
	struct bench *b = *state;
	struct round_lake damaged = lake_of("damaged", "observation", 120);
	struct stat st;

	make(b, &damaged);
	stat(bench_path(b, "damaged/fraction.tif"), &st);
	assert_int_equal(truncate(bench_path(b, "damaged/fraction.tif"), st.st_size / 2), 0);
	must_fail(b, "before", "damaged", ERROR_DATA, "fraction.tif");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grids_that_do_not_fit_are_refused),
		cmocka_unit_test(inputs_of_another_kind_are_refused),
		cmocka_unit_test(options_that_mean_nothing_are_refused),
		cmocka_unit_test(too_little_memory_is_told),
		cmocka_unit_test(a_damaged_side_is_an_error),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
