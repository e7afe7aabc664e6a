/* SPDX-License-Identifier: Apache-2.0
 *
 * Clouds and shadows of scenes where it is known what is one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "pipeline/tests/cloud_scene.h"

/* --- a cloud and its shadow --- */

/* 1.5 km high: 50 pixels from the cloud, away from the sun: 25 to the west, 43.3 to the north. */
static enum cover cloud_and_shadow(int32_t x, int32_t y)
{
	if (in_disk(x, y, 200, 180, 15))
		return CLOUD;
	if (in_disk(x, y, 175, 137, 15))
		return SHADE;
	/* As dark, as far off, towards the sun and aside: no shadows. */
	return in_disk(x, y, 225, 223, 15) || in_disk(x, y, 243, 155, 15) ? SHADE : SAND;
}

/* Squared distance of (x, y) to the nearest pixel with a reason, up to radius. */
static bool within(const uint32_t *why, const struct scene_case *c, int32_t x, int32_t y,
		   int32_t radius, uint32_t reason)
{
	for (int32_t j = y - radius; j <= y + radius; j++)
		for (int32_t i = x - radius; i <= x + radius; i++)
			if (i >= 0 && j >= 0 && i < c->w && j < c->h &&
			    in_disk(i, j, x, y, radius) && (why[j * c->w + i] & reason))
				return true;
	return false;
}

/* The majority of 3 x 3 takes or gives single pixels of a disk's rim. */
static void check_disks(const struct scene_case *c)
{
	struct cloud_found found;
	uint32_t *why = run(c, &found);

	for (int32_t i = 0; i < c->w * c->h; i++) {
		int32_t x = i % c->w, y = i / c->w;
		uint32_t either = WHY_CLOUD_OWN | WHY_SHADOW_OWN;

		if (in_disk(x, y, 200, 180, 14))
			assert_int_equal(why[i] & SCENE_OWN, WHY_CLOUD_OWN);
		else if (!in_disk(x, y, 200, 180, 16))
			assert_int_equal(why[i] & WHY_CLOUD_OWN, 0);
		if (in_disk(x, y, 175, 137, 14))
			assert_int_equal(why[i] & SCENE_OWN, WHY_SHADOW_OWN);
		else if (!in_disk(x, y, 175, 137, 16))
			assert_int_equal(why[i] & WHY_SHADOW_OWN, 0);
		if (!(why[i] & either))
			assert_int_equal(!!(why[i] & WHY_DILATED_OWN),
					 within(why, c, x, y, 5, either));
	}
	assert_int_equal(found.seen, c->w * c->h);
	assert_int_equal(found.cirrus, 0);
	free(why);
}

static void a_shadow_lies_away_from_the_sun(void **state)
{
	struct scene_case c = landscape;

	(void)state;
	c.cover = cloud_and_shadow;
	check_disks(&c);
	c.thermal = true;
	check_disks(&c);
}

/* Seen from 10 degrees in the south-south-east, a cloud 1.5 km high appears 8.8 pixels nearer to its shadow. */
static enum cover cloud_seen_askew(int32_t x, int32_t y)
{
	if (in_disk(x, y, 196, 172, 15))
		return CLOUD;
	return in_disk(x, y, 175, 137, 15) ? SHADE : SAND;
}

static void a_slanted_view_moves_clouds(void **state)
{
	struct scene_case c = landscape;

	(void)state;
	c.cover = cloud_seen_askew;
	c.view_zenith = 10;
	c.view_azimuth = 150;
	assert_in_range(found_in(&c).shadow, 690, 720);
	/* A view from the zenith puts the shadow on the same line. */
	c.view_zenith = 0;
	assert_in_range(found_in(&c).shadow, 690, 720);
	/* From the west-south-west it does not. */
	c.sun_azimuth = 240;
	assert_int_equal(found_in(&c).shadow, 0);
}

static void low_sun_has_no_shadows(void **state)
{
	static const double zenith[] = { 86, 90, 120, __builtin_nan("") };
	struct scene_case c = landscape;

	(void)state;
	c.cover = cloud_and_shadow;
	for (size_t i = 0; i < sizeof(zenith) / sizeof(zenith[0]); i++) {
		c.sun_zenith = zenith[i];
		struct cloud_found found = found_in(&c);

		assert_int_equal(found.shadow, 0);
		assert_in_range(found.cloud, 690, 720);
	}
}

/* A cloud's height by its temperature: 23 K below the land it is no lower than 1 km. */
static enum cover shadow_too_near(int32_t x, int32_t y)
{
	if (in_disk(x, y, 200, 180, 8))
		return CLOUD;
	return in_disk(x, y, 190, 163, 4) ? SHADE : SAND;
}

static void a_cold_cloud_has_no_near_shadow(void **state)
{
	struct scene_case c = landscape;

	(void)state;
	c.cover = shadow_too_near;
	assert_in_range(found_in(&c).shadow, 30, 60);
	c.thermal = true;
	assert_int_equal(found_in(&c).shadow, 0);
}

/* --- scenes of one kind --- */

static enum cover all_sand(int32_t x, int32_t y)
{
	(void)x;
	(void)y;
	return SAND;
}

static enum cover all_cloud(int32_t x, int32_t y)
{
	(void)x;
	(void)y;
	return CLOUD;
}

static enum cover all_void(int32_t x, int32_t y)
{
	(void)x;
	(void)y;
	return VOID;
}

static enum cover all_lake(int32_t x, int32_t y)
{
	(void)x;
	(void)y;
	return LAKE;
}

static enum cover all_snow(int32_t x, int32_t y)
{
	return in_disk(x, y, 100, 100, 5) ? SAND : SNOW;
}

static void scenes_of_one_kind(void **state)
{
	static const struct {
		enum cover (*cover)(int32_t x, int32_t y);
		bool seen, cloud;
	} kinds[] = { { all_sand, true, false },
		      { all_cloud, true, true },
		      { all_void, false, false },
		      { all_lake, true, false },
		      { all_snow, true, false } };
	struct scene_case c = landscape;

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(kinds) / sizeof(kinds[0]); i++) {
		int64_t all = c.w * c.h;

		c.thermal = i % 2;
		c.cover = kinds[i / 2].cover;
		struct cloud_found found = found_in(&c);

		assert_int_equal(found.seen, kinds[i / 2].seen ? all : 0);
		/* Corners have too few neighbours. */
		assert_in_range(found.cloud, kinds[i / 2].cloud ? all - 4 : 0,
				kinds[i / 2].cloud ? all : 0);
		assert_int_equal(found.shadow, 0);
	}
}

static enum cover lake_and_sand(int32_t x, int32_t y)
{
	(void)x;
	return y < 165 ? LAKE : SAND;
}

static void percentiles_are_told(void **state)
{
	struct scene_case c = landscape;

	(void)state;
	c.cover = lake_and_sand;
	c.thermal = true;
	struct cloud_found found = found_in(&c);

	/* 300 K +- 0.05 K of sand, 291 K of lake; bins of 0.1 K. */
	assert_float_equal(found.land_low_k, 300.0, 0.1);
	assert_float_equal(found.land_high_k, 300.0, 0.11);
	assert_float_equal(found.water_k, 291.0, 0.11);
	assert_true(found.land_threshold > .2 && found.land_threshold <= .7);
	c.thermal = false;
	found = found_in(&c);
	assert_true(found.land_low_k == 0 && found.land_high_k == 0 && found.water_k == 0);
}

static bool western_cirrus(int32_t x, int32_t y)
{
	(void)y;
	return x < 100;
}

static void cirrus_is_no_cloud(void **state)
{
	struct scene_case c = landscape;

	(void)state;
	c.cover = all_sand;
	c.cirrus = western_cirrus;
	struct cloud_found found = found_in(&c);

	assert_int_equal(found.cirrus, 100 * c.h);
	assert_int_equal(found.cloud, 0);
	assert_int_equal(found.margin, 0);
}

/* --- where it is looked --- */

static void only_what_takes_part_is_marked(void **state)
{
	const struct rect rects[] = { { 190, 100, 100, 90 }, { 0, 0, 10, 10 }, { 0, 0, 185, 330 } };
	struct scene_case c = landscape;

	(void)state;
	c.cover = cloud_and_shadow;
	for (size_t k = 0; k < sizeof(rects) / sizeof(rects[0]); k++) {
		struct cloud_found found;
		uint32_t *why;

		c.rect = rects[k];
		why = run(&c, &found);
		assert_int_equal(found.seen, rect_area(c.rect));
		for (int32_t i = 0; i < c.w * c.h; i++) {
			struct rect at = { i % c.w, i / c.w, 1, 1 };

			if (rect_empty(rect_intersect(at, c.rect)))
				assert_int_equal(why[i] & SCENE_OWN, 0);
		}
		/* The first has part of the cloud, the others have none, so no shadow either. */
		assert_int_equal(found.cloud > 0, k == 0);
		assert_int_equal(found.shadow, 0);
		free(why);
	}
	c.rect = (struct rect){ 500, 500, 10, 10 };
	assert_int_equal(found_in(&c).seen, 0);
}

/* --- the same whatever the tiles and threads --- */

/* Covers in patches, like nothing on earth: every rule has something to do. */
static enum cover patches(int32_t x, int32_t y)
{
	uint32_t v = (uint32_t)(x / 9) * 2654435761u ^ (uint32_t)(y / 7) * 2246822519u;

	v = (v ^ v >> 15) * 2654435761u >> 24;
	return v < 140	 ? SAND
	       : v < 170 ? LAKE
	       : v < 180 ? PLUME
	       : v < 190 ? SALT
	       : v < 205 ? CLOUD
	       : v < 240 ? SHADE
	       : v < 248 ? SNOW
			 : VOID;
}

static uint8_t patchy_seeds(int32_t x, int32_t y)
{
	return (uint8_t)((x / 5 + y / 3) % 3 ? CLOUD_CDI_GROW : 0) |
	       (uint8_t)((x / 4 * 7 + y / 4) % 3 ? CLOUD_CDI_SEED : 0);
}

static bool patchy_cirrus(int32_t x, int32_t y)
{
	return (x / 30 + y / 40) % 5 == 0;
}

static void check_same(struct scene_case c)
{
	static const int32_t sides[] = { 64, 128, 512 };
	static const int threads[] = { 1, 2, 7 };
	struct cloud_found first, found;
	uint32_t *wanted;

	c.side = 256;
	c.threads = 1;
	wanted = run(&c, &first);
	assert_true(first.cloud > 100 && first.shadow > 20 && first.margin > 100 &&
		    first.cirrus > 100);
	for (size_t i = 0; i < 9; i++) {
		uint32_t *why;

		c.side = sides[i / 3];
		c.threads = threads[i % 3];
		why = run(&c, &found);
		assert_memory_equal(why, wanted, (size_t)(c.w * c.h) * sizeof(*why));
		assert_memory_equal(&found, &first, sizeof(found));
		free(why);
	}
	free(wanted);
}

static void the_same_for_all_tiles_and_threads(void **state)
{
	/* A slanted lake in grid coordinates: pixels of 30 m from (300000, 5200000) on. */
	static const struct point ring[] = {
		{ 300500, 5199800 }, { 311900, 5198300 }, { 309100, 5190400 }, { 301300, 5192200 }
	};
	struct scene_case c = landscape;
	struct polygon polygon = { NULL, 0 };
	struct error e;

	(void)state;
	c.cover = patches;
	c.cirrus = patchy_cirrus;
	c.seeds_of = patchy_seeds;
	c.thermal = true;
	check_same(c);
	c.thermal = false;
	c.seeds = true;
	c.rect = (struct rect){ 17, 5, 371, 299 };
	check_same(c);
	assert_int_equal(polygon_add(&polygon, ring, 4, &e), 0);
	c.region = &polygon;
	check_same(c);
	polygon_release(&polygon);
}

static void memory_is_told(void **state)
{
	const struct grid grid = { { "EPSG:32643" }, 0, 0, 10, 10, 10980, 10980 };
	static const struct spool_plane plane = { 1, 0 };
	struct scene_case c = landscape;
	struct cloud_job job = scene_job(&c, &grid);
	size_t map = 10980 * 10984 / 8, one;
	struct error e;

	(void)state;
	job.side = 512;
	assert_int_equal(spool_open(&job.spool, "/tmp", &grid, 512, &plane, 1, &e), 0);
	job.threads = 1;
	one = cloud_bytes(&job);
	assert_in_range(one, 4 * map, 4 * map + (16u << 20));
	job.threads = 9;
	assert_in_range(cloud_bytes(&job) - one, 8 << 20, 64 << 20);
	job.rect = (struct rect){ 20000, 0, 5, 5 };
	assert_int_equal(cloud_bytes(&job), 0);
	spool_free(job.spool);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_shadow_lies_away_from_the_sun),
		cmocka_unit_test(a_slanted_view_moves_clouds),
		cmocka_unit_test(low_sun_has_no_shadows),
		cmocka_unit_test(a_cold_cloud_has_no_near_shadow),
		cmocka_unit_test(scenes_of_one_kind),
		cmocka_unit_test(percentiles_are_told),
		cmocka_unit_test(cirrus_is_no_cloud),
		cmocka_unit_test(only_what_takes_part_is_marked),
		cmocka_unit_test(the_same_for_all_tiles_and_threads),
		cmocka_unit_test(memory_is_told),
	};

	return cmocka_run_group_tests_name("cloud", tests, NULL, NULL);
}
