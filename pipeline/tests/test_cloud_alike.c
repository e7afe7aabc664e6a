/* SPDX-License-Identifier: Apache-2.0
 *
 * What looks like clouds and shadows: water, laden or dark, and salt.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "pipeline/tests/cloud_scene.h"

/* --- water --- */

/* The northern half is lake; its shore may be in a cloud's reach, and is not its shadow. */
static enum cover cloud_at_the_shore(int32_t x, int32_t y)
{
	if (in_disk(x, y, 200, 210, 15))
		return CLOUD;
	return y < 165 ? LAKE : SAND;
}

static void a_lake_is_no_shadow(void **state)
{
	struct scene_case c = landscape;

	(void)state;
	c.cover = cloud_at_the_shore;
	for (int thermal = 0; thermal < 2; thermal++) {
		c.thermal = thermal;
		struct cloud_found found = found_in(&c);

		assert_in_range(found.cloud, 690, 720);
		assert_int_equal(found.shadow, 0);
	}
}

/* Dark enough to pass for water, on land: a shadow all the same. */
static enum cover shadow_like_water(int32_t x, int32_t y)
{
	if (in_disk(x, y, 200, 180, 15))
		return CLOUD;
	return in_disk(x, y, 175, 137, 15) ? LAKE : SAND;
}

static void a_shadow_that_looks_like_water_is_one(void **state)
{
	struct scene_case c = landscape;

	(void)state;
	c.cover = shadow_like_water;
	assert_in_range(found_in(&c).shadow, 690, 720);
}

/* A plume that Fmask takes for potential cloud, in a lake; in the east a cloud above the lake. */
static enum cover plume_and_cloud(int32_t x, int32_t y)
{
	if (y > 250)
		return SAND;
	if (in_disk(x, y, 330, 120, 15))
		return CLOUD;
	return in_disk(x, y, 120, 120, 50) ? PLUME : LAKE;
}

static void a_turbid_plume_is_no_cloud(void **state)
{
	struct scene_case c = landscape;
	struct cloud_limits l = CLOUD_LIMITS;
	const float *v = covers[PLUME].v;
	uint8_t tests = cloud_test_bits(v[0], v[1], v[2], v[3], v[4], v[5], CALIB_VALID, l);

	(void)state;
	assert_int_equal(tests, CLOUD_VALID | CLOUD_POTENTIAL | CLOUD_SPECTRAL | CLOUD_WATER);
	c.cover = plume_and_cloud;
	for (int thermal = 0; thermal < 2; thermal++) {
		struct cloud_found found;
		uint32_t *why;

		c.thermal = thermal;
		why = run(&c, &found);
		assert_in_range(found.cloud, 690, 720);
		assert_true(why[120 * c.w + 330] & WHY_CLOUD_OWN);
		assert_int_equal(why[120 * c.w + 120] & SCENE_OWN, 0);
		free(why);
	}
}

/* --- salt --- */

static enum cover salt_flat(int32_t x, int32_t y)
{
	if (in_disk(x, y, 320, 250, 15))
		return CLOUD;
	return in_disk(x, y, 120, 120, 40) ? SALT : SAND;
}

static uint8_t seeds_in_the_cloud(int32_t x, int32_t y)
{
	/* Noise: lonely seeds all over the salt; in the cloud they lie amid what grows. */
	if (in_disk(x, y, 320, 250, 12))
		return CLOUD_CDI_GROW | (x % 5 ? 0 : CLOUD_CDI_SEED);
	return x % 6 == 0 && y % 7 == 0 ? CLOUD_CDI_GROW | CLOUD_CDI_SEED : 0;
}

static void salt_is_no_cloud_where_anything_tells(void **state)
{
	struct scene_case c = landscape;

	(void)state;
	c.cover = salt_flat;
	/* By its spectrum alone salt is cloud, 5025 pixels; but no cloud is above 27 degrees. */
	assert_in_range(found_in(&c).cloud, 5650, 5800);
	c.thermal = true;
	assert_in_range(found_in(&c).cloud, 690, 720);
	c.thermal = false;
	c.seeds = true;
	c.seeds_of = seeds_in_the_cloud;
	assert_in_range(found_in(&c).cloud, 690, 720);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lake_is_no_shadow),
		cmocka_unit_test(a_shadow_that_looks_like_water_is_one),
		cmocka_unit_test(a_turbid_plume_is_no_cloud),
		cmocka_unit_test(salt_is_no_cloud_where_anything_tells),
	};

	return cmocka_run_group_tests_name("cloud_alike", tests, NULL, NULL);
}
