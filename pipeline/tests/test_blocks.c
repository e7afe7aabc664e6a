/* SPDX-License-Identifier: Apache-2.0
 *
 * Blocks are decoded once each, whatever the threads, and freed after their last use.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/io/blocks.h"
#include "pipeline/io/gdal.h"
#include "pipeline/run/tiles.h"
#include "pipeline/tests/raster_files.h"

static uint16_t pattern(int32_t x, int32_t y)
{
	return (uint16_t)(x * 131 + y * 7919);
}

static const struct grid grid = { { "EPSG:32643" }, 300000, 5100000, 30, 30, 700, 500 };

struct job {
	struct blocks *blocks;
	int32_t side;
	struct rect rects[64];
	size_t wrong;
};

struct worker {
	struct job *job;
	struct blocks_reader *reader;
};

static int start(void *job, void **state, struct error *e)
{
	struct worker *w = calloc(1, sizeof(*w));

	*state = w;
	w->job = job;
	return blocks_reader_new(&w->reader, w->job->blocks, kernels_find(NULL), e);
}

static int work(void *state, size_t i, void *slot, struct error *e)
{
	struct worker *w = state;
	struct rect r = w->job->rects[i];
	struct blocks_want want = { 0, r };
	uint16_t *pixels = malloc(rect_area(r) * sizeof(*pixels));
	size_t *wrong = slot;

	*wrong = 0;
	if (blocks_acquire(w->reader, &want, 1, e)) {
		free(pixels);
		return -1;
	}
	blocks_copy(w->job->blocks, want, pixels);
	blocks_release(w->job->blocks, &want, 1);
	for (int32_t y = 0; y < r.h; y++)
		for (int32_t x = 0; x < r.w; x++)
			*wrong += pixels[y * r.w + x] != pattern(r.x + x, r.y + y);
	free(pixels);
	return 0;
}

static int write_tile(void *job, size_t i, const void *slot, struct error *e)
{
	(void)i;
	(void)e;
	((struct job *)job)->wrong += *(const size_t *)slot;
	return 0;
}

static void stop(void *state)
{
	struct worker *w = state;

	blocks_reader_free(w->reader);
	free(w);
}

static const struct tiles_ops ops = { start, work, write_tile, stop };

static char *temp_file(char *folder, const char *name)
{
	static char path[4200];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

/* Read the whole raster by tiles that overlap by a pixel, in files of differing blocks. */
static void each_block_once(const char *layout, int32_t block_w, int32_t block_h)
{
	char folder[] = "/tmp/test_blocks_XXXXXX";
	char **options = NULL, text[64];
	const char *path;

	assert_non_null(mkdtemp(folder));
	path = temp_file(folder, "a.tif");
	if (!strcmp(layout, "tiles")) {
		options = CSLSetNameValue(options, "TILED", "YES");
		snprintf(text, sizeof(text), "%d", block_w);
		options = CSLSetNameValue(options, "BLOCKXSIZE", text);
	}
	snprintf(text, sizeof(text), "%d", block_h);
	options = CSLSetNameValue(options, "BLOCKYSIZE", text);
	options = CSLSetNameValue(options, "COMPRESS", "DEFLATE");
	raster_file_write(path, "GTiff", &grid, pattern, options);
	CSLDestroy(options);
	for (int threads = 1; threads <= 7; threads += 3) {
		struct blocks_source source = { path, 0, 700, 500, block_w, block_h, false };
		struct job job = { .side = 128 };
		struct error e;
		size_t n = grid_tiles(&grid, job.side);

		assert_int_equal(blocks_new(&job.blocks, &source, 1, NULL, &e), 0);
		for (size_t i = 0; i < n; i++) {
			struct rect r = rect_grow(grid_tile(&grid, job.side, i), 1);
			struct blocks_want want = { 0, rect_intersect(r, grid_rect(&grid)) };

			job.rects[i] = want.rect;
			blocks_plan(job.blocks, i, &want, 1);
		}
		assert_int_equal(tiles_run(n, threads, sizeof(size_t), &ops, &job, &e), 0);
		assert_int_equal(job.wrong, 0);
		assert_int_equal(blocks_decoded(job.blocks),
				 ((700 + block_w - 1) / block_w) * ((500 + block_h - 1) / block_h));
		assert_int_equal(blocks_decoded(job.blocks), blocks_planned(job.blocks));
		blocks_free(job.blocks);
	}
	unlink(path);
	rmdir(folder);
}

static void tiles_of_256(void **state)
{
	(void)state;
	each_block_once("tiles", 256, 256);
}

static void strips_of_one_row(void **state)
{
	(void)state;
	each_block_once("strips", 700, 1);
}

static void one_block_for_all(void **state)
{
	(void)state;
	each_block_once("strips", 700, 500);
}

/* Four tiles in a row over four blocks: with one tile at a time one block is alive, beside its successor. */
static void peak_is_what_is_alive(void **state)
{
	struct blocks_source source = { "none", 0, 400, 100, 100, 100, false };
	struct blocks *b;
	struct error e;

	(void)state;
	assert_int_equal(blocks_new(&b, &source, 1, NULL, &e), 0);
	for (int i = 0; i < 4; i++) {
		struct blocks_want want = { 0, { i * 100, 0, 100, 100 } };

		blocks_plan(b, (size_t)i, &want, 1);
	}
	assert_int_equal(blocks_peak_bytes(b, 0), 20000);
	assert_int_equal(blocks_peak_bytes(b, 1), 40000);
	assert_int_equal(blocks_peak_bytes(b, 100), 80000);
	blocks_free(b);
}

static void cut_file_is_an_error(void **state)
{
	char folder[] = "/tmp/test_blocks_XXXXXX";
	struct blocks_source source = { NULL, 0, 700, 500, 256, 256, false };
	char **options = CSLSetNameValue(NULL, "TILED", "YES");
	struct job job = { .side = 512 };
	struct error e = { 0 };
	char *path;

	(void)state;
	assert_non_null(mkdtemp(folder));
	path = temp_file(folder, "cut.tif");
	raster_file_write(path, "GTiff", &grid, pattern, options);
	CSLDestroy(options);
	assert_int_equal(truncate(path, 300000), 0);
	source.path = path;
	assert_int_equal(blocks_new(&job.blocks, &source, 1, NULL, &e), 0);
	for (size_t i = 0; i < 2; i++) {
		struct blocks_want want = { 0, grid_tile(&grid, 512, i) };

		job.rects[i] = want.rect;
		blocks_plan(job.blocks, i, &want, 1);
	}
	assert_int_equal(tiles_run(2, 2, sizeof(size_t), &ops, &job, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	assert_non_null(strstr(e.text, "cut.tif"));
	blocks_free(job.blocks);
	unlink(path);
	rmdir(folder);
}

static void absurd_sizes_are_refused(void **state)
{
	struct blocks_source many = { "x", 0, 1 << 20, 1 << 20, 1, 1, false };
	struct blocks_source none = { "x", 0, 0, 10, 1, 1, false };
	struct blocks *b;
	struct error e;

	(void)state;
	assert_int_equal(blocks_new(&b, &many, 1, NULL, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	assert_int_equal(blocks_new(&b, &none, 1, NULL, &e), -1);
	assert_null(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tiles_of_256),		cmocka_unit_test(strips_of_one_row),
		cmocka_unit_test(one_block_for_all),	cmocka_unit_test(peak_is_what_is_alive),
		cmocka_unit_test(cut_file_is_an_error), cmocka_unit_test(absurd_sizes_are_refused),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests_name("blocks", tests, NULL, NULL);
}
