/* SPDX-License-Identifier: Apache-2.0
 *
 * Blocks of TIFFs that are read without GDAL: those that GDAL reads, and none that are otherwise.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cpl_string.h>
#include <gdal.h>

#include "pipeline/io/blocks_tiff.h"
#include "pipeline/io/gdal.h"

static char path[] = "/tmp/test_blocks_tiff-XXXXXX";

struct image {
	GDALDataType type;
	int bands, width, height;
	const char *options[6];
};

static uint16_t value(int x, int y)
{
	return (uint16_t)(x * 131 + y * 7919 + (x * y) % 17);
}

static void make(const struct image *m)
{
	GDALDatasetH file = GDALCreate(GDALGetDriverByName("GTiff"), path, m->width, m->height,
				       m->bands, m->type, (char **)(uintptr_t)m->options);
	uint16_t *row = malloc((size_t)m->width * sizeof(*row));

	assert_non_null(file);
	assert_non_null(row);
	for (int b = 1; b <= m->bands; b++)
		for (int y = 0; y < m->height; y++) {
			for (int x = 0; x < m->width; x++)
				row[x] = m->type == GDT_Byte ? value(x, y) & 255 : value(x, y);
			assert_int_equal(GDALRasterIO(GDALGetRasterBand(file, b), GF_Write, 0, y,
						      m->width, 1, row, m->width, 1,
						      m->type == GDT_Byte ? GDT_UInt16 : m->type, 0,
						      0),
					 CE_None);
		}
	GDALClose(file);
	free(row);
}

/* What GDAL says of the file, as it is planned with. */
static struct blocks_source source_of(const struct image *m)
{
	GDALDatasetH file = GDALOpen(path, GA_ReadOnly);
	struct blocks_source s = { .path = path, .width = m->width, .height = m->height };

	assert_non_null(file);
	GDALGetBlockSize(GDALGetRasterBand(file, 1), &s.block_w, &s.block_h);
	GDALClose(file);
	s.sample = m->type == GDT_Byte ? SAMPLE_U8 : m->type == GDT_Int16 ? SAMPLE_I16 : SAMPLE_U16;
	return s;
}

/* Every block as GDAL has it, on every instruction set; of the last ones what lies in the image. */
static void check_blocks(const struct image *m, const struct blocks_source *s,
			 const struct blocks_tiff *t)
{
	size_t n = (size_t)s->block_w * (size_t)s->block_h;
	int columns = (m->width + s->block_w - 1) / s->block_w;
	int rows = (m->height + s->block_h - 1) / s->block_h;
	uint16_t *got = malloc(n * sizeof(*got));

	for (size_t k = 0; kernels_name(k); k++) {
		struct blocks_tiff_scratch *scratch;

		if (!kernels_find(kernels_name(k)))
			continue;
		scratch = blocks_tiff_scratch_new(kernels_find(kernels_name(k)));
		for (int i = 0; i < columns * rows; i++) {
			int x0 = i % columns * s->block_w, y0 = i / columns * s->block_h;

			assert_true(blocks_tiff_read(t, scratch, (size_t)i, got));
			for (int y = y0; y < y0 + s->block_h && y < m->height; y++)
				for (int x = x0; x < x0 + s->block_w && x < m->width; x++) {
					uint16_t v = got[(y - y0) * s->block_w + x - x0];
					uint16_t want = value(x, y);

					assert_int_equal(v,
							 m->type == GDT_Byte ? want & 255 : want);
				}
		}
		blocks_tiff_scratch_free(scratch);
	}
	free(got);
}

static void those_that_products_have(void **state)
{
	static const struct image images[] = {
		{ GDT_UInt16, 1, 700, 500, { "COMPRESS=DEFLATE", "TILED=YES", "PREDICTOR=2" } },
		{ GDT_UInt16, 1, 700, 500, { "COMPRESS=DEFLATE", "TILED=YES" } },
		{ GDT_Int16, 1, 515, 300, { "COMPRESS=DEFLATE", "TILED=YES", "PREDICTOR=2" } },
		{ GDT_Byte, 1, 700, 500, { "COMPRESS=DEFLATE", "TILED=YES", "PREDICTOR=2" } },
		{ GDT_Byte, 1, 700, 500, { "COMPRESS=DEFLATE", "TILED=YES" } },
		{ GDT_UInt16, 1, 701, 503, { "COMPRESS=DEFLATE", "PREDICTOR=2", "BLOCKYSIZE=16" } },
		{ GDT_UInt16, 1, 333, 100, { "COMPRESS=DEFLATE", "BLOCKYSIZE=1" } },
		{ GDT_Byte, 1, 333, 101, { "COMPRESS=DEFLATE", "PREDICTOR=2", "BLOCKYSIZE=101" } },
		{ GDT_UInt16, 1, 1, 1, { "COMPRESS=DEFLATE", "PREDICTOR=2" } },
		{ GDT_UInt16,
		  1,
		  700,
		  500,
		  { "COMPRESS=DEFLATE", "TILED=YES", "BIGTIFF=YES", "BLOCKXSIZE=64",
		    "BLOCKYSIZE=32" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++) {
		struct blocks_source s;
		struct blocks_tiff *t;

		make(&images[i]);
		s = source_of(&images[i]);
		t = blocks_tiff_open(&s);
		assert_non_null(t);
		check_blocks(&images[i], &s, t);
		blocks_tiff_free(t);
	}
}

static void all_others_are_left_to_gdal(void **state)
{
	static const struct image images[] = {
		{ GDT_UInt16, 1, 70, 50, { "COMPRESS=LZW", "TILED=YES" } },
		{ GDT_UInt16, 1, 70, 50, { "COMPRESS=ZSTD", "TILED=YES" } },
		{ GDT_UInt16, 1, 70, 50, { NULL } },
		{ GDT_UInt16, 1, 70, 50, { "COMPRESS=DEFLATE", "ENDIANNESS=BIG" } },
		{ GDT_UInt16, 2, 70, 50, { "COMPRESS=DEFLATE" } },
		{ GDT_UInt16, 2, 70, 50, { "COMPRESS=DEFLATE", "INTERLEAVE=BAND" } },
		{ GDT_Byte, 1, 70, 50, { "COMPRESS=DEFLATE", "NBITS=4" } },
	};
	struct blocks_source s = { .path = "/vsicurl/http://localhost/none.tif",
				   .width = 70,
				   .height = 50,
				   .block_w = 70,
				   .block_h = 50 };

	(void)state;
	assert_null(blocks_tiff_open(&s));
	s.path = "/dev/zero";
	assert_null(blocks_tiff_open(&s));
	s.path = "/nonexistent";
	assert_null(blocks_tiff_open(&s));
	for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++) {
		make(&images[i]);
		s = source_of(&images[i]);
		assert_null(blocks_tiff_open(&s));
	}
}

static void sizes_that_are_not_those_of_the_plan(void **state)
{
	static const struct image image = {
		GDT_UInt16, 1, 700, 500, { "COMPRESS=DEFLATE", "TILED=YES" }
	};
	struct blocks_source right, s;

	(void)state;
	make(&image);
	right = source_of(&image);
	s = right;
	s.width++;
	assert_null(blocks_tiff_open(&s));
	s = right;
	s.block_h = 128;
	assert_null(blocks_tiff_open(&s));
	s = right;
	s.sample = SAMPLE_U8;
	assert_null(blocks_tiff_open(&s));
	s = right;
	s.level = 1;
	assert_null(blocks_tiff_open(&s));
}

/* Damage is told, as each block has a checksum; nothing is read or written where it should not be. */
static void any_byte_changed(void **state)
{
	static const struct image image = { GDT_UInt16,
					    1,
					    96,
					    64,
					    { "COMPRESS=DEFLATE", "TILED=YES", "BLOCKXSIZE=32",
					      "BLOCKYSIZE=32", "PREDICTOR=2" } };
	struct blocks_tiff_scratch *scratch = blocks_tiff_scratch_new(kernels_find(NULL));
	uint16_t *block = malloc(sizeof(uint16_t[32 * 32]));
	struct blocks_source s;
	FILE *file;
	long size;

	(void)state;
	make(&image);
	s = source_of(&image);
	file = fopen(path, "r+b");
	assert_non_null(file);
	setvbuf(file, NULL, _IONBF, 0);
	fseek(file, 0, SEEK_END);
	size = ftell(file);
	for (long at = 0; at < size; at++) {
		struct blocks_tiff *t;
		int byte;

		fseek(file, at, SEEK_SET);
		byte = fgetc(file);
		fseek(file, at, SEEK_SET);
		fputc(byte ^ (1 << at % 8), file);
		t = blocks_tiff_open(&s);
		for (size_t i = 0; t && i < 6; i++) {
			bool whole = blocks_tiff_read(t, scratch, i, block);

			/* Where it is taken it is right, as far as a block's checksum knows; another may have been read. */
			for (int p = 0; whole && at > 1000 && p < 32 * 32; p++)
				assert_int_equal(block[p], value((int)(i % 3) * 32 + p % 32,
								 (int)(i / 3) * 32 + p / 32));
		}
		blocks_tiff_free(t);
		fseek(file, at, SEEK_SET);
		fputc(byte, file);
	}
	fclose(file);
	free(block);
	blocks_tiff_scratch_free(scratch);
}

static void a_file_that_is_cut(void **state)
{
	static const struct image image = {
		GDT_UInt16, 1, 700, 500, { "COMPRESS=DEFLATE", "TILED=YES" }
	};
	struct blocks_tiff_scratch *scratch = blocks_tiff_scratch_new(kernels_find(NULL));
	uint16_t *block = malloc(sizeof(uint16_t[256 * 256]));
	struct blocks_source s;
	struct blocks_tiff *t;
	size_t whole = 0;
	struct stat st;

	(void)state;
	make(&image);
	s = source_of(&image);
	t = blocks_tiff_open(&s);
	assert_non_null(t);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(truncate(path, st.st_size / 2), 0);
	for (size_t i = 0; i < 6; i++)
		whole += blocks_tiff_read(t, scratch, i, block);
	assert_in_range(whole, 1, 5);
	blocks_tiff_free(t);
	free(block);
	blocks_tiff_scratch_free(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(those_that_products_have),
		cmocka_unit_test(all_others_are_left_to_gdal),
		cmocka_unit_test(sizes_that_are_not_those_of_the_plan),
		cmocka_unit_test(any_byte_changed),
		cmocka_unit_test(a_file_that_is_cut),
	};
	int fd = mkstemp(path), ret;

	if (fd < 0)
		return 1;
	close(fd);
	gdal_setup((size_t)16 << 20);
	ret = cmocka_run_group_tests_name("blocks of TIFFs", tests, NULL, NULL);
	unlink(path);
	return ret;
}
