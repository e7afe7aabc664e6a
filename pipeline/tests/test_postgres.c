/* SPDX-License-Identifier: Apache-2.0
 *
 * Vectors into a database, as far as none is needed; pipeline/tests/postgis.bats has one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "pipeline/io/postgres.h"
#include "pipeline/io/vectors.h"
#include "pipeline/tests/result_maker.h"

static const struct crs utm = { "EPSG:32643" };

static void codes_follow_the_sqlstate(void **state)
{
	static const struct {
		const char *sqlstate;
		enum error_code code;
	} cases[] = {
		{ NULL, ERROR_UNAVAILABLE },	{ "08006", ERROR_UNAVAILABLE },
		{ "28P01", ERROR_PERMISSION },	{ "28000", ERROR_PERMISSION },
		{ "42501", ERROR_PERMISSION },	{ "53100", ERROR_IO },
		{ "53300", ERROR_UNAVAILABLE }, { "57P01", ERROR_UNAVAILABLE },
		{ "57014", ERROR_TEMPORARY },	{ "55P03", ERROR_TEMPORARY },
		{ "3D000", ERROR_CONFIG },	{ "42P07", ERROR_CANTCREATE },
		{ "2BP01", ERROR_CANTCREATE },	{ "XX000", ERROR_IO },
		{ "58030", ERROR_IO },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
		assert_int_equal(postgres_code(cases[k].sqlstate), cases[k].code);
}

static int check_postgis(const char *where, struct error *e)
{
	const struct vectors_spec spec = { VECTORS_POSTGIS, where, &utm, 0, "x_", "u", false };

	return vectors_check(&spec, e);
}

static void no_server_is_unavailable(void **state)
{
	struct error e = { 0 };

	(void)state;
	assert_int_equal(check_postgis("PG:host=/nowhere password=Geheimnis dbname=x", &e), -1);
	assert_int_equal(e.code, ERROR_UNAVAILABLE);
	assert_null(strstr(e.text, "Geheimnis"));
	assert_int_equal(check_postgis("PG:postgresql://me:Geheimnis@127.0.0.1:1/x", &e), -1);
	assert_int_equal(e.code, ERROR_UNAVAILABLE);
	assert_null(strstr(e.text, "Geheimnis"));
}

/* What cannot be read may be a password: nothing of it is repeated. */
static void a_broken_connection_string_is_not_repeated(void **state)
{
	static const char *const broken[] = {
		"PG:Geheimnis",		  "PG:host=x password=a Geheimnis",
		"PG:pasword=Geheimnis",	  "PG:Geheimnis=1",
		"PG:password='Geheimnis", "PG:postgresql://me:Geheimnis%zz@h/x",
	};
	struct error e = { 0 };

	(void)state;
	for (size_t k = 0; k < sizeof(broken) / sizeof(broken[0]); k++) {
		assert_int_equal(check_postgis(broken[k], &e), -1);
		assert_int_equal(e.code, ERROR_USAGE);
		assert_null(strstr(e.text, "Geheimnis"));
	}
}

/* A path is a path, whatever it looks like; and no driver of a database stands by. */
static void only_the_target_connects(void **state)
{
	const struct vectors_spec spec = {
		VECTORS_GEOPACKAGE, "PG:host=/nowhere", &utm, 0, NULL, NULL, false
	};
	struct vectors *v = NULL;
	struct error e = { 0 };
	struct bench b;
	char was[400];

	(void)state;
	bench_open(&b);
	assert_non_null(getcwd(was, sizeof(was)));
	assert_int_equal(chdir(b.folder), 0);
	assert_int_equal(vectors_create(&v, &spec, &e), -1);
	assert_int_equal(e.code, ERROR_CANTCREATE);
	assert_int_equal(chdir(was), 0);
	assert_null(GDALGetDriverByName("PostgreSQL"));
	assert_true(vectors_names_postgis("PG:dbname=x"));
	assert_false(vectors_names_postgis("folder/PG:dbname=x"));
	assert_false(vectors_names_postgis(NULL));
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_follow_the_sqlstate),
		cmocka_unit_test(no_server_is_unavailable),
		cmocka_unit_test(a_broken_connection_string_is_not_repeated),
		cmocka_unit_test(only_the_target_connects),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
