/* SPDX-License-Identifier: Apache-2.0
 *
 * The index says what item.json files say, in the same bytes for the same results.
 * "test_run_index --write DIR INDEX" makes the index of DIR; then "--overwrite" may stand last.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "pipeline/tests/index_sample.h"

/* --- what stands in it --- */

static void rows_say_what_items_say(void **state)
{
	struct bench *b = *state;

	full_observation(b);
	full_mosaic(b);
	full_change(b);
	indexed(b);
	assert_string_equal(
		asked(b, "SELECT kind, id, folder, strftime('%Y-%m-%dT%H:%M:%S', time), "
			 "strftime('%Y-%m-%d', time_end), length(unit), lake, product, mission, "
			 "level, tile FROM results ORDER BY fid"),
		"observation|" FIRST "|observations/" FIRST
		"|2024-07-12T05:32:59|2024-07-12|64|balkhash|LC09_L2SP_150028_x|LC09|L2SP|150028\n"
		"mosaic|mosaic_2024|mosaics/2024|2024-05-01T00:00:00|2024-11-01|64|-|-|-|-|-\n"
		"change|change_2017_2024|changes/2017-2024|2017-05-01T00:00:00|2024-11-01|64|-|-|-|-|-\n");
	assert_string_equal(asked(b, "SELECT water_km2, cloud_km2, coverage_percent, gain_km2, "
				     "loss_km2, net_km2 FROM results ORDER BY fid"),
			    "12.3456|0.5|-|-|-|-\n-|-|96.5|-|-|-\n-|-|-|1.5|2.25|-0.75\n");
	assert_string_equal(asked(b, "SELECT folder, result, kind, input, role, unit, "
				     "strftime('%Y-%m-%dT%H:%M:%S', time) FROM inputs ORDER BY "
				     "fid"),
			    "observations/" FIRST "|" FIRST "|product|LC09_L2SP_150028_x|-|-|-\n"
			    "mosaics/2024|mosaic_2024|observation|" FIRST
			    "|-|99|2024-07-12T05:32:59\n"
			    "mosaics/2024|mosaic_2024|mosaic|mosaic_2023|fill|77|-\n"
			    "changes/2017-2024|change_2017_2024|mosaic|mosaic_2017|before|-|-\n");
	assert_string_equal(said(b), "");
	assert_tidy(b);
}

/* Longitude and latitude by EPSG, the time of the newest result, a style, an index for maps. */
static void it_is_a_map(void **state)
{
	struct bench *b = *state;

	full_observation(b);
	full_mosaic(b);
	indexed(b);
	assert_string_equal(
		asked(b,
		      "SELECT srs_id, min_x, min_y, max_x, max_y, strftime('%Y-%m-%d', last_change) FROM "
		      "gpkg_contents WHERE table_name = 'results'"),
		"4326|74|45|77|46|2024-11-01\n");
	assert_string_equal(
		asked(b, "SELECT geometry_type_name, srs_id FROM gpkg_geometry_columns"),
		"MULTIPOLYGON|4326\n");
	assert_string_equal(asked(b, "SELECT COUNT(*) FROM rtree_results_geom"), "2\n");
	assert_string_equal(asked(b, "SELECT f_table_name FROM layer_styles WHERE useAsDefault"),
			    "results\n");
	assert_string_equal(asked(b, "SELECT COUNT(*) FROM gpkg_data_columns"), "24\n");
}

static void footprints_in_pieces_or_none(void **state)
{
	struct bench *b = *state;

	observation(b, FIRST, "2024-07-12T05:32:59Z", 999);
	observation(b, SECOND, "2023-07-18T05:36:00Z", 74);
	indexed(b);
	assert_string_equal(asked(b, "SELECT id, ST_AsText(geom) FROM results"), FIRST
			    "|-\n" SECOND "|MULTIPOLYGON(((74 45, 75 45, 75 46, 74 46, 74 45)))\n");
}

/* Two squares, the second with a hole. */
#define PIECES                                                                                     \
	"\"geometry\": {\"type\": \"MultiPolygon\", \"coordinates\": [[[[70, 40], [71, 40], "      \
	"[71, 41], [70, 40]]], [[[72, 40], [76, 40], [76, 44], [72, 44], [72, 40]], [[73, 41], "   \
	"[73, 42], [74, 42], [73, 41]]]]}, \"was\": {\"type\""

static void pieces_with_holes(void **state)
{
	struct bench *b = *state;

	observation(b, FIRST, "2024-07-12T05:32:59Z", 76);
	alter(b, "observations/" FIRST, "\"geometry\": {\n    \"type\"", PIECES);
	indexed(b);
	assert_string_equal(
		asked(b, "SELECT ST_AsText(geom) FROM results"),
		"MULTIPOLYGON(((70 40, 71 40, 71 41, 70 40)), ((72 40, 76 40, 76 44, 72 44, "
		"72 40), (73 41, 73 42, 74 42, 73 41)))\n");
}

static void without_results(void **state)
{
	struct bench *b = *state;

	indexed(b);
	assert_string_equal(asked(b, "SELECT COUNT(*) FROM results"), "0\n");
	assert_string_equal(asked(b, "SELECT COUNT(*) FROM inputs"), "0\n");
	assert_tidy(b);
}

/* --- when what is written --- */

static void the_same_bytes_in_any_order(void **state)
{
	char hex[2][SHA256_HEX];
	struct bench *b = *state, other;

	full_observation(b);
	observation(b, SECOND, "2023-07-18T05:36:00Z", 74.5);
	full_mosaic(b);
	indexed(b);
	hash_of(b, hex[0]);
	sleep(1);
	bench_open(&other);
	full_mosaic(&other);
	indexed(&other);
	observation(&other, SECOND, "2023-07-18T05:36:00Z", 74.5);
	full_observation(&other);
	indexed(&other);
	hash_of(&other, hex[1]);
	assert_string_equal(hex[0], hex[1]);
	bench_close(&other);
}

static struct stat now(const struct bench *b)
{
	struct stat st;

	assert_int_equal(stat(bench_path(b, INDEX), &st), 0);
	return st;
}

static void what_is_the_same_is_not_touched(void **state)
{
	struct bench *b = *state;
	struct stat before, after;

	observation(b, FIRST, "2024-07-12T05:32:59Z", 76);
	indexed(b);
	before = now(b);
	indexed(b);
	after = now(b);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_memory_equal(&before.st_ctim, &after.st_ctim, sizeof(before.st_ctim));
	/* Something came and went: looked at, and found the same. */
	usleep(20000);
	bench_write(bench_path(b, "observations/x"), "x", 1);
	unlink(bench_path(b, "observations/x"));
	indexed(b);
	after = now(b);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_memory_not_equal(&before.st_mtim, &after.st_mtim, sizeof(before.st_mtim));
	before = after;
	indexed(b);
	after = now(b);
	assert_memory_equal(&before.st_ctim, &after.st_ctim, sizeof(before.st_ctim));
}

static void what_comes_and_goes_is_followed(void **state)
{
	struct bench *b = *state;

	observation(b, FIRST, "2024-07-12T05:32:59Z", 76);
	indexed(b);
	usleep(20000);
	observation(b, SECOND, "2023-07-18T05:36:00Z", 74.5);
	indexed(b);
	assert_string_equal(asked(b, "SELECT id FROM results"), FIRST "\n" SECOND "\n");
	usleep(20000);
	bench_remove(bench_path(b, "observations/" FIRST));
	indexed(b);
	assert_string_equal(asked(b, "SELECT id FROM results"), SECOND "\n");
	unlink(bench_path(b, INDEX));
	indexed(b);
	assert_string_equal(asked(b, "SELECT id FROM results"), SECOND "\n");
	assert_tidy(b);
}

static void what_index_may_be(void **state)
{
	struct bench *b = *state;
	struct error e = { 0 };

	assert_int_equal(run_index(b->folder, "none", false, &b->log, &e), 0);
	assert_false(is_there(b, INDEX));
	assert_int_equal(run_index(b->folder, "shapefile", false, &b->log, &e), -1);
	assert_int_equal(e.code, ERROR_CONFIG);
	assert_int_equal(run_index(b->folder, "PG:not = a = connection", false, &b->log, &e), -1);
	assert_int_equal(e.code, ERROR_USAGE);
	assert_false(is_there(b, "ledger/index.postgis"));
	/* A folder in its place is not taken away. */
	assert_int_equal(mkdir(bench_path(b, INDEX), 0777), 0);
	assert_int_equal(run_index(b->folder, "gpkg", false, &b->log, &e), -1);
	assert_int_equal(e.code, ERROR_CANTCREATE);
	assert_tidy(b);
}

/* --- for pipeline/tests/postgis.bats --- */

static int write_index(const char *dir, const char *index, bool overwrite)
{
	struct error e = { 0 };
	struct log log;

	log_setup(&log, stderr, NULL);
	if (!run_index(dir, index, overwrite, &log, &e))
		return 0;
	fprintf(stderr, "%s\n", e.text);
	return (int)e.code;
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		CASE(rows_say_what_items_say),
		CASE(it_is_a_map),
		CASE(footprints_in_pieces_or_none),
		CASE(pieces_with_holes),
		CASE(without_results),
		CASE(the_same_bytes_in_any_order),
		CASE(what_is_the_same_is_not_touched),
		CASE(what_comes_and_goes_is_followed),
		CASE(what_index_may_be),
	};

	gdal_setup(64 << 20);
	if (argc >= 4 && !strcmp(argv[1], "--write"))
		return write_index(argv[2], argv[3], argc > 4);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
