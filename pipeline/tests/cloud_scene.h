/* SPDX-License-Identifier: Apache-2.0
 *
 * cloud_scene.h - small scenes with clouds, painted cover by cover, spooled as a run finds them.
 */
#ifndef PIPELINE_TESTS_CLOUD_SCENE_H
#define PIPELINE_TESTS_CLOUD_SCENE_H

#include <stdlib.h>
#include <string.h>

#include "kernels/why.h"
#include "pipeline/stage/cloud.h"

enum cover { VOID, SAND, LAKE, PLUME, SALT, CLOUD, SHADE, SNOW, COVERS };

/* Blue to SWIR2, cirrus, and temperature [K], of which the scene has all or none. */
static const struct {
	float v[7], kelvin;
} covers[COVERS] = {
	[SAND] = { { .15f, .22f, .28f, .34f, .42f, .38f, .001f }, 300 },
	[LAKE] = { { .10f, .08f, .05f, .03f, .01f, .006f, .001f }, 291 },
	[PLUME] = { { .18f, .18f, .16f, .10f, .05f, .04f, .001f }, 291 },
	[SALT] = { { .45f, .5f, .52f, .54f, .4f, .3f, .001f }, 301 },
	[CLOUD] = { { .45f, .46f, .47f, .50f, .40f, .30f, .005f }, 277 },
	[SHADE] = { { .06f, .06f, .06f, .08f, .09f, .08f, .001f }, 298 },
	[SNOW] = { { .82f, .8f, .78f, .7f, .1f, .08f, .001f }, 268 },
};

/* What a scene is and how it is run. */
struct scene_case {
	int32_t w, h;
	double pixel_m;
	bool thermal;
	bool seeds; /* there is a plane of seeds: parallax below seeds_of */
	enum cover (*cover)(int32_t x, int32_t y);
	uint8_t (*seeds_of)(int32_t x, int32_t y);
	bool (*cirrus)(int32_t x, int32_t y); /* NULL: none */
	double sun_zenith, sun_azimuth, view_zenith, view_azimuth;
	struct rect rect; /* empty: all */
	const struct polygon *region;
	int32_t side;
	int threads;
};

enum { SCENE_TESTS, SCENE_VARIABILITY, SCENE_BT, SCENE_NIR, SCENE_SWIR1, SCENE_CDI, SCENE_WHY };

struct scene_pixels {
	uint8_t *tests, *variability, *cdi;
	uint16_t *bt, *nir, *swir1;
	uint32_t *why;
};

static inline void scene_paint(const struct scene_case *c, int32_t x, int32_t y, size_t at,
			       struct scene_pixels p)
{
	enum cover cover = c->cover(x, y);
	const float *v = covers[cover].v;
	struct cloud_limits l = CLOUD_LIMITS;
	float cirrus = c->cirrus && c->cirrus(x, y) ? .02f : v[6];
	uint8_t state = cover == VOID ? CALIB_FILL : CALIB_VALID;
	/* A little texture: 0.5 % of the reflectance and of 10 K. */
	float grain = (float)((x * 7 + y * 13) % 11 - 5) * .001f;

	p.tests[at] = cloud_test_bits(v[0], v[1], v[2], v[3], v[4], v[5], state, l);
	p.tests[at] = cloud_add_cirrus(p.tests[at], cirrus, l);
	p.variability[at] = cloud_variability(v[0], v[1], v[2], v[3], v[4], v[5], state, l);
	p.bt[at] = cover == VOID ? 0 : (uint16_t)(100 * (covers[cover].kelvin + 10 * grain));
	p.nir[at] = cover == VOID ? 0 : pack_apply(v[3] * (1 + grain));
	p.swir1[at] = cover == VOID ? 0 : pack_apply(v[4] * (1 + grain));
	p.cdi[at] = c->seeds_of ? c->seeds_of(x, y) : 0;
	p.why[at] = WHY_MIXED;
}

static inline void scene_tile(const struct scene_case *c, struct spool *s, const struct grid *grid,
			      size_t tile)
{
	struct rect r = grid_tile(grid, c->side, tile);
	size_t n = rect_area(r);
	struct error e;
	struct scene_pixels p = { malloc(n),	 malloc(n),	malloc(n),    malloc(2 * n),
				  malloc(2 * n), malloc(2 * n), malloc(4 * n) };
	const void *planes[] = { p.tests, p.variability, p.bt, p.nir, p.swir1, p.cdi, p.why };

	for (size_t i = 0; i < n; i++)
		scene_paint(c, r.x + (int32_t)i % r.w, r.y + (int32_t)i / r.w, i, p);
	for (size_t plane = 0; plane < 7; plane++)
		assert_int_equal(spool_write(s, tile, plane, planes[plane], &e), 0);
	free(p.tests);
	free(p.variability);
	free(p.cdi);
	free(p.bt);
	free(p.nir);
	free(p.swir1);
	free(p.why);
}

static inline struct cloud_job scene_job(const struct scene_case *c, const struct grid *grid)
{
	return (struct cloud_job){
		.planes = { SCENE_TESTS, SCENE_VARIABILITY, c->thermal ? SCENE_BT : CLOUD_NO_PLANE,
			    SCENE_NIR, SCENE_SWIR1, c->seeds ? SCENE_CDI : CLOUD_NO_PLANE,
			    SCENE_WHY },
		.grid = grid,
		.side = c->side,
		.rect = c->rect.w ? c->rect : grid_rect(grid),
		.threads = c->threads,
		.sun_zenith = c->sun_zenith,
		.sun_azimuth = c->sun_azimuth,
		.view_zenith = c->view_zenith,
		.view_azimuth = c->view_azimuth,
		.limits = CLOUD_LIMITS,
	};
}

/* Run a case; its reasons, w x h, to be freed by the caller. */
static inline uint32_t *scene_run(const struct scene_case *c, struct cloud_found *found)
{
	static const struct spool_plane planes[] = { { 1, 0 }, { 1, 0 }, { 2, 0 }, { 2, 0 },
						     { 2, 0 }, { 1, 0 }, { 4, 0 } };
	const struct grid grid = { { "EPSG:32643" }, 300000, 5200000, c->pixel_m,
				   c->pixel_m,	     c->w,   c->h };
	size_t n = grid_tiles(&grid, c->side), *tiles = malloc(n * sizeof(*tiles));
	struct cloud_job job = scene_job(c, &grid);
	uint32_t *why = malloc((size_t)c->w * (size_t)c->h * sizeof(*why));
	struct region *region = NULL;
	struct error e = { 0 };
	void *scratch;

	assert_int_equal(spool_open(&job.spool, "/tmp", &grid, c->side, planes, 7, &e), 0);
	for (size_t i = 0; i < n; i++) {
		scene_tile(c, job.spool, &grid, i);
		tiles[i] = i;
	}
	if (c->region)
		assert_int_equal(region_new(&region, c->region, &grid, &e), 0);
	job.region = region;
	job.tiles = tiles;
	job.tiles_nr = n;
	assert_int_equal(cloud_run(&job, &e), 0);
	scratch = malloc(spool_scratch_size(job.spool));
	assert_int_equal(spool_read(job.spool, SCENE_WHY, grid_rect(&grid), scratch, why, &e), 0);
	free(scratch);
	free(tiles);
	region_free(region);
	spool_free(job.spool);
	*found = job.found;
	return why;
}

#define SCENE_OWN (WHY_CLOUD_OWN | WHY_SHADOW_OWN | WHY_DILATED_OWN | WHY_CIRRUS_OWN)

/* A landscape of 420 x 330 pixels of 30 m under a sun in the south-south-east, 45 degrees high. */
static const struct scene_case landscape = {
	.w = 420,
	.h = 330,
	.pixel_m = 30,
	.sun_zenith = 45,
	.sun_azimuth = 150,
	.side = 128,
	.threads = 2,
};

static inline bool in_disk(int32_t x, int32_t y, int32_t cx, int32_t cy, int32_t radius)
{
	return (x - cx) * (x - cx) + (y - cy) * (y - cy) <= radius * radius;
}

static inline uint32_t *run(const struct scene_case *c, struct cloud_found *found)
{
	uint32_t *why = scene_run(c, found);
	int64_t count[4] = { 0, 0, 0, 0 };

	/* What is told is what is there, and what was there still is. */
	for (int32_t i = 0; i < c->w * c->h; i++) {
		for (int k = 0; k < 4; k++)
			count[k] += (why[i] & (WHY_CLOUD_OWN << k)) != 0;
		assert_int_equal(why[i] & ~(uint32_t)SCENE_OWN, WHY_MIXED);
	}
	assert_int_equal(count[0], found->cloud);
	assert_int_equal(count[1], found->shadow);
	assert_int_equal(count[2], found->margin);
	assert_int_equal(count[3], found->cirrus);
	return why;
}

/* What a case has, counted. */
static inline struct cloud_found found_in(const struct scene_case *c)
{
	struct cloud_found found;

	free(run(c, &found));
	return found;
}

#endif
