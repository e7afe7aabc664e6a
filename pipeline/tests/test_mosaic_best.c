/* SPDX-License-Identifier: Apache-2.0
 *
 * Rule best: scores against published values, distances and choices against a plain second way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>

#include "kernels/classes.h"
#include "pipeline/stage/mosaic.h"
#include "pipeline/tests/mosaic_runner.h"

#define DAY   INT64_C(86400)
#define W     700
#define H     560
#define LOOKS 7

/* --- scores --- */

/* FORCE's functions with its defaults. */
static void scores_are_forces(void **state)
{
	static const double cloud[][2] = {
		{ 0, .006693 }, { 500, .034445 }, { 1500, .5 }, { 3000, .993307 }, { 6000, 1 }
	};
	static const double days[][2] = {
		{ 0, .99 }, { 15, .742862 }, { 30, .313853 }, { 60, .01 }
	};

	(void)state;
	for (int i = 0; i < 5; i++)
		assert_true(fabs(score_of_cloud(cloud[i][0]) / 65536.0 - cloud[i][1]) < 1e-5);
	for (int i = 0; i < 4; i++)
		assert_true(fabs(score_of_days(days[i][0]) / 65536.0 - days[i][1]) < 1e-5);
}

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* --- distances --- */

static double plain_distance2(const uint8_t *around, int32_t halo, int32_t x, int32_t y,
			      double shape)
{
	const int32_t side = 40 + 2 * halo;
	double least = INFINITY;

	for (int32_t v = 0; v < 30 + 2 * halo; v++)
		for (int32_t u = 0; u < side; u++) {
			double dx = u - halo - x, dy = v - halo - y, d = dx * dx + dy * dy * shape;

			if (around[v * side + u] == WATER_CLOUD && d < least)
				least = d;
		}
	return least;
}

/* Pixels of 400 x 800 m and of 300 x 300 m, a few clouds each time, none at first. */
static void distances_are_exact(void **state)
{
	static const struct grid grids[2] = { { { "EPSG:32643" }, 0, 0, 400, 800, 40, 30 },
					      { { "EPSG:32643" }, 0, 0, 300, 300, 40, 30 } };
	const int64_t period[2] = { 0, DAY };
	const struct rect tile = { 0, 0, 40, 30 };
	struct looks none = { 0 };
	uint32_t seed = 7;

	(void)state;
	for (int g = 0; g < 2; g++) {
		struct best *b = NULL;
		struct best_scratch s;
		struct error e;
		double d[40];

		assert_int_equal(best_new(&b, &none, &grids[g], 0, period, &e), 0);
		int32_t halo = best_halo(b);
		size_t n = (size_t)(40 + 2 * halo) * (size_t)(30 + 2 * halo);

		assert_int_equal(halo, g ? 17 : 13);
		s.around = calloc(1, best_around_bytes(b));
		s.above = malloc(best_above_bytes(b));
		s.row = malloc(best_row_bytes(b));
		for (int clouds = 0; clouds < 12; clouds++) {
			for (int32_t y = 0; y < 30; y++) {
				best_distances(b, tile, &s, y, d);
				for (int32_t x = 0; x < 40; x++)
					assert_true(d[x] == plain_distance2(s.around, halo, x, y,
									    g ? 1 : 4));
			}
			s.around[next_random(&seed) % n] = WATER_CLOUD;
		}
		free(s.around);
		free(s.above);
		free(s.row);
		best_free(b);
	}
}

/* --- choices --- */

static const struct grid lake = { { "EPSG:32643" }, 300000, 5100000, 30, 30, W, H };

struct cloudy {
	const char *id;
	int64_t time;
	uint8_t water[W * H], fraction[W * H];
	int cloud[40][2], clouds;
};

/* 2024-07-01 is day 183, the target; two looks of one day, one of another year, one of winter. */
static const struct {
	const char *id;
	int64_t day;
} when[LOOKS] = { { "G", 19905 }, { "F", 19905 }, { "E", 19920 }, { "D", 19880 },
		  { "C", 19539 }, { "B", 19723 }, { "A", 19906 } };

static void make_cloudy(struct bench *b, struct cloudy *k, int number)
{
	uint32_t seed = (uint32_t)number + 11;
	struct observation o = { .id = when[number].id,
				 .datatake = when[number].id,
				 .zone = 43,
				 .time = when[number].day * DAY + 20000,
				 .grid = lake,
				 .full = lake,
				 .water = k->water,
				 .fraction = k->fraction };
	struct error e = { 0 };

	k->id = when[number].id;
	k->time = o.time;
	for (size_t i = 0; i < W * H; i++) {
		uint32_t r = next_random(&seed);

		k->water[i] = (uint8_t)(r % 3);
		/* Some looks see parts only; some pixels no look but that of winter sees. */
		if (r / 3 % 5 == 0 || (i % 97 == 0 && number != 5))
			k->water[i] = WATER_NODATA;
		k->fraction[i] = (uint8_t)(r / 15 % 101);
	}
	k->clouds = number == 6 ? 0 : 8 * number;
	for (int i = 0; i < k->clouds; i++) {
		k->cloud[i][0] = (int)(next_random(&seed) % W);
		k->cloud[i][1] = (int)(next_random(&seed) % H);
		k->water[k->cloud[i][1] * W + k->cloud[i][0]] = WATER_CLOUD;
	}
	if (make_observation(b, bench_path(b, "in"), &o, &e))
		fail_msg("%s", e.text);
}

static double metres_to_cloud(const struct cloudy *k, int x, int y)
{
	double least = 1e9;

	for (int i = 0; i < k->clouds; i++) {
		double dx = k->cloud[i][0] - x, dy = k->cloud[i][1] - y;
		double d = sqrt(dx * dx + dy * dy) * 30;

		least = d < least ? d : least;
	}
	return least;
}

/* Of the looks, whose ids run against their numbers: the one that is chosen, or -1. */
static int plain_choice(const struct cloudy *looks, int x, int y)
{
	static const int away[LOOKS] = { 0, 0, 15, 25, 1, 182, 1 };
	static const int years[LOOKS] = { 0, 0, 0, 0, 1, 0, 0 };
	double best = -1;
	int chosen = -1;

	for (int i = LOOKS - 1; i >= 0; i--) {
		double metres = floor(metres_to_cloud(&looks[i], x, y) + .5);
		double day = score_of_days(away[i]) / 65536.0;
		double cloud = score_of_cloud(metres) / 65536.0;
		double score = day + score_of_days(80 * years[i]) / 65536.0 + .4 * cloud;

		if (looks[i].water[y * W + x] > 2)
			continue;
		score += day >= .0099 && cloud >= .01 ? 10 : 0;
		/* Ids F before G, both of the target day; A is a day away. */
		if (score > best + 1e-9) {
			best = score;
			chosen = i;
		} else if (chosen >= 0 && fabs(score - best) <= 1e-9 && away[i] < away[chosen]) {
			chosen = i;
		}
	}
	return chosen;
}

static void chooses_as_the_plain_way(void **state)
{
	struct cloudy *looks = calloc(LOOKS, sizeof(*looks));
	const char *in[] = { NULL, NULL }, *out;
	size_t wrong = 0, of_winter = 0;
	struct layers l;
	struct options how;
	struct bench b;
	struct error e;
	struct grid g;
	uint16_t *day;
	char rule[] = "best", period[] = "2023-07-01/2025-07-02";

	(void)state;
	bench_open(&b);
	for (int i = 0; i < LOOKS; i++)
		make_cloudy(&b, &looks[i], i);
	in[0] = bench_path(&b, "in");
	how = b.options;
	how.rule = rule;
	how.period = period;
	how.target_day = 183;
	out = bench_path(&b, "out");
	if (run_mosaic(&b, &how, in, out, &e))
		fail_msg("%s", e.text);
	layers_read(&l, out, &g);
	day = read_layer(out, "day", &g);
	for (int y = 0; y < H; y++)
		for (int x = 0; x < W; x++) {
			int chosen = plain_choice(looks, x, y), at = y * W + x;

			if (chosen < 0) {
				wrong += l.source[at] != 0 || l.water[at] != 255 || day[at] != 0;
				continue;
			}
			wrong += l.source[at] != LOOKS - chosen;
			wrong += l.water[at] != looks[chosen].water[at];
			wrong += l.fraction[at] != looks[chosen].fraction[at];
			wrong += day[at] != when[chosen].day;
			of_winter += chosen == 5;
		}
	assert_int_equal(wrong, 0);
	assert_in_range(of_winter, 1000, W * H / 50);
	free(day);
	layers_free(&l);
	bench_close(&b);
	free(looks);
}

static void target_day_is_for_best(void **state)
{
	struct bench b;
	struct options how;
	const char *in[] = { "nowhere", NULL };

	(void)state;
	bench_open(&b);
	how = b.options;
	how.target_day = 100;
	assert_refused(&b, &how, in, ERROR_USAGE, "--target-day", "best");
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scores_are_forces),
		cmocka_unit_test(distances_are_exact),
		cmocka_unit_test(chooses_as_the_plain_way),
		cmocka_unit_test(target_day_is_for_best),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests_name("mosaic_best", tests, NULL, NULL);
}
