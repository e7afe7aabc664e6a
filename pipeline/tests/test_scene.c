/* SPDX-License-Identifier: Apache-2.0
 *
 * Bands come onto the working grid where they are: a linear ramp on the ground
 * stays the same ramp at every level and resolution.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/io/gdal.h"
#include "pipeline/io/scene.h"
#include "pipeline/tests/raster_files.h"

/* The ramp in metres right of and below the corner: 20 000 + 2 x + y, in 1/10 m. */
static double ramp(double x_m, double y_m)
{
	return 2000 + 2 * x_m + y_m;
}

static uint16_t ramp_10m(int32_t x, int32_t y)
{
	return (uint16_t)ramp(10 * (x + 0.5), 10 * (y + 0.5));
}

static uint16_t ramp_20m(int32_t x, int32_t y)
{
	return (uint16_t)ramp(20 * (x + 0.5), 20 * (y + 0.5));
}

static uint16_t codes_20m(int32_t x, int32_t y)
{
	return (uint16_t)((x + 2 * y) % 12);
}

struct fixture {
	char folder[64];
	char *path[3];
	struct granule granule;
};

static const enum role roles[] = { ROLE_GREEN, ROLE_SWIR1, ROLE_SCL };

static void add_band(struct fixture *f, int k, enum role role, double pixel_m, int32_t size,
		     pixel_fn *value)
{
	struct product_band *b = &f->granule.bands[role];
	char **options = CSLSetNameValue(NULL, "QUALITY", "100");
	const char *const drivers[] = { "JP2OpenJPEG", NULL };
	GDALDatasetH dataset;
	struct error e;

	options = CSLSetNameValue(options, "REVERSIBLE", "YES");
	options = CSLSetNameValue(options, "BLOCKXSIZE", "1024");
	options = CSLSetNameValue(options, "BLOCKYSIZE", "1024");
	b->grid = (struct grid){ { "EPSG:32643" }, 600000, 5100000, pixel_m, pixel_m, size, size };
	assert_true(asprintf(&f->path[k], "%s/%d.jp2", f->folder, k) > 0);
	raster_file_write(f->path[k], "JP2OpenJPEG", &b->grid, value, options);
	CSLDestroy(options);
	dataset = gdal_open(f->path[k], drivers, &e);
	assert_non_null(dataset);
	b->path = f->path[k];
	GDALGetBlockSize(GDALGetRasterBand(dataset, 1), &b->block_w, &b->block_h);
	b->levels = GDALGetOverviewCount(GDALGetRasterBand(dataset, 1));
	b->jpeg2000 = true;
	b->calib.fill = b->calib.saturated = 0;
	GDALClose(dataset);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	strcpy(f->folder, "/tmp/test_scene_XXXXXX"); /* NOLINT: a literal that fits */
	assert_non_null(mkdtemp(f->folder));
	add_band(f, 0, ROLE_GREEN, 10, 1600, ramp_10m);
	add_band(f, 1, ROLE_SWIR1, 20, 800, ramp_20m);
	add_band(f, 2, ROLE_SCL, 20, 800, codes_20m);
	f->granule.grid = f->granule.bands[ROLE_GREEN].grid;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	for (int k = 0; k < 3; k++) {
		unlink(f->path[k]);
		free(f->path[k]);
	}
	rmdir(f->folder);
	free(f);
	return 0;
}

/* Read the whole scene at a pixel size; returns planes that the caller frees. */
static void read_all(struct fixture *f, double pixel_m, struct grid *grid,
		     uint16_t *planes[ROLE_NR])
{
	struct scene *s;
	struct scene_reader *r;
	struct error e;
	size_t n;

	assert_int_equal(scene_new(&s, &f->granule, pixel_m, roles, 3, NULL, &e), 0);
	*grid = *scene_grid(s);
	n = rect_area(grid_rect(grid));
	for (size_t i = 0; i < 3; i++)
		planes[roles[i]] = malloc(n * sizeof(uint16_t));
	scene_plan(s, 0, grid_rect(grid));
	assert_int_equal(scene_reader_new(&r, s, kernels_find("scalar"), grid->width, &e), 0);
	assert_int_equal(scene_read(r, grid_rect(grid), planes, &e), 0);
	assert_int_equal(scene_blocks_decoded(s), scene_blocks_planned(s));
	scene_reader_free(r);
	scene_free(s);
}

/* Is a pixel near the border of a JPEG 2000 tile of 1024 full pixels, where the wavelet bends any ramp? */
static bool near_border(int32_t at, int32_t size, int32_t tile)
{
	return at % tile < 3 || at % tile >= tile - 3 || at >= size - 3;
}

/* Mean and largest error of a plane against the ramp, away from borders of tiles of so many pixels. */
static void ramp_error(const struct grid *g, const uint16_t *plane, int32_t tile, double *mean,
		       double *worst)
{
	double sum = 0;
	size_t n = 0;

	*worst = 0;
	for (int32_t y = 0; y < g->height; y++) {
		for (int32_t x = 0; x < g->width; x++) {
			double e = plane[(size_t)y * (size_t)g->width + (size_t)x] -
				   ramp(g->dx * (x + 0.5), g->dy * (y + 0.5));

			if (near_border(x, g->width, tile) || near_border(y, g->height, tile))
				continue;
			sum += e;
			n++;
			*worst = fabs(e) > *worst ? fabs(e) : *worst;
		}
	}
	*mean = sum / (double)n;
}

/*
 * A shift by half a full-resolution pixel would show as 15 (2 x 5 m + 5 m). Rounding
 * in the wavelet and in the bilinear step may cost 2.
 */
static void levels_do_not_shift(void **state)
{
	struct fixture *f = *state;

	for (int level = 0; level <= 3; level++) {
		uint16_t *planes[ROLE_NR] = { 0 };
		double mean, worst;
		struct grid g;

		read_all(f, 10 << level, &g, planes);
		assert_int_equal((int)g.dx, 10 << level);
		ramp_error(&g, planes[ROLE_GREEN], 1024 >> level, &mean, &worst);
		print_message("# level %d: ramp mean error %+.3f, worst %.3f (15 = half a pixel)\n",
			      level, mean, worst);
		assert_true(fabs(mean) < 1 && worst <= 2);
		for (size_t i = 0; i < 3; i++)
			free(planes[roles[i]]);
	}
}

/* 20 m: as it is; 40 m: by a level; 10 m: each pixel twice, half a pixel of 20 m at most away. */
static void coarser_band_is_in_place(void **state)
{
	struct fixture *f = *state;

	for (int pixel = 10; pixel <= 40; pixel *= 2) {
		uint16_t *planes[ROLE_NR] = { 0 };
		double mean, worst;
		struct grid g;

		read_all(f, pixel, &g, planes);
		ramp_error(&g, planes[ROLE_SWIR1], 20480 / pixel, &mean, &worst);
		assert_true(fabs(mean) < 1);
		assert_true(worst <= (pixel == 10 ? 16 : 2));
		for (size_t i = 0; i < 3; i++)
			free(planes[roles[i]]);
	}
}

/* Codes are never averaged: at 40 m each is that of a 20 m pixel under its centre's corner. */
static void masks_keep_their_codes(void **state)
{
	struct fixture *f = *state;
	uint16_t *planes[ROLE_NR] = { 0 };
	struct grid g;

	read_all(f, 40, &g, planes);
	assert_int_equal((int)g.dx, 40);
	for (int32_t y = 0; y < g.height; y++) {
		for (int32_t x = 0; x < g.width; x++) {
			uint16_t code = planes[ROLE_SCL][(size_t)y * (size_t)g.width + (size_t)x];
			bool found = false;

			for (int32_t k = 0; k < 4; k++)
				found |= code == codes_20m(2 * x + k % 2, 2 * y + k / 2);
			assert_true(found);
		}
	}
	for (size_t i = 0; i < 3; i++)
		free(planes[roles[i]]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_do_not_shift),
		cmocka_unit_test(coarser_band_is_in_place),
		cmocka_unit_test(masks_keep_their_codes),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests_name("scene", tests, setup, teardown);
}
