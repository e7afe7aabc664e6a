/* SPDX-License-Identifier: Apache-2.0
 *
 * GeoTIFFs beside what geotiff.h and item.json say of them: all that is written passes, and each thing that is changed is
 * named, whatever the checksum says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <gdal.h>
#include <tiffio.h>

#include "pipeline/io/cog.h"
#include "pipeline/io/item_parts.h"
#include "pipeline/tests/effort.h"
#include "pipeline/tests/geotiff_maker.h"
#include "pipeline/tests/result_fixture.h"

static json_t *asset_of(const char *folder, const struct layer *layer)
{
	struct item_asset asset = { .file = "a.tif", .layer = layer };
	struct error e = { 0 };
	json_t *json = item_asset_object(folder, &asset, &e);

	if (!json)
		fail_msg("%s", e.text);
	return json;
}

/* word NULL: nothing is wrong. */
static void assert_found(const struct cog_spec *spec, const char *word)
{
	struct findings f = { 0 };
	struct error e = { 0 };
	char line[2000];

	assert_int_equal(cog_check(spec, &f, &e), 0);
	findings_line(&f, line, sizeof(line));
	if (!word && f.nr)
		fail_msg("%s", line);
	if (word && !strstr(line, word))
		fail_msg("\"%s\" is not in: %s", word, line);
	findings_release(&f);
}

static void check_written(const struct bench *b, const struct maker_image *m, const char *option)
{
	const char *path = bench_path(b, "a.tif");
	struct geotiff_spec spec = maker_spec(m, path);
	struct cog_spec cog = {
		.path = path, .file = "a.tif", .layer = m->layer, .grid = &m->grid
	};
	struct error e = { 0 };
	json_t *asset;

	if (option && geotiff_option(&spec.options, option, &e))
		fail_msg("%s", e.text);
	if (maker_write(m, &spec, NULL, &e))
		fail_msg("%s", e.text);
	asset = asset_of(b->folder, m->layer);
	cog.asset = asset;
	assert_found(&cog, NULL);
	json_decref(asset);
	unlink(path);
}

static void all_that_is_written(void **state)
{
	static const char *const codecs[] = { "COMPRESS=ZSTD", "COMPRESS=LZW", "COMPRESS=NONE" };
	static const int32_t sizes[][2] = { { 1, 1 }, { 512, 512 }, { 530, 1100 }, { 1100, 30 } };
	struct bench b;

	(void)state;
	bench_open(&b);
	/* Of layers that are written alike one has every size. */
	for (size_t i = 0; maker_layer(i); i++)
		for (size_t k = 0; k < (maker_layer_is_like_one_before(i) || effort_is_small()
						? 1 + i % 2
						: sizeof(sizes) / sizeof(sizes[0]));
		     k++) {
			struct maker_image m = maker_make(maker_layer(i), sizes[k][0], sizes[k][1]);

			check_written(&b, &m, k < 3 ? NULL : codecs[i % 3]);
			free(m.pixels);
		}
	bench_close(&b);
}

/* --- one file, changed --- */

struct sample {
	struct bench bench;
	struct maker_image image;
	struct cog_spec spec;
	json_t *asset;
	unsigned char *bytes; /* as it was written */
	size_t size;
};

static void sample_open(struct sample *s)
{
	struct error e = { 0 };
	struct geotiff_spec spec;
	const char *path;

	bench_open(&s->bench);
	path = strdup(bench_path(&s->bench, "a.tif"));
	s->image = maker_make(&maker_mean_u16, 1100, 600);
	spec = maker_spec(&s->image, path);
	assert_int_equal(maker_write(&s->image, &spec, NULL, &e), 0);
	s->asset = asset_of(s->bench.folder, s->image.layer);
	s->spec = (struct cog_spec){
		.path = path,
		.file = "a.tif",
		.layer = s->image.layer,
		.grid = &s->image.grid,
		.asset = s->asset,
	};
	assert_int_equal(file_read(path, 64 << 20, (char **)&s->bytes, &s->size, &e), 0);
}

static void sample_close(struct sample *s)
{
	free((char *)(uintptr_t)s->spec.path);
	free(s->image.pixels);
	free(s->bytes);
	json_decref(s->asset);
	bench_close(&s->bench);
}

static uint32_t number(const unsigned char *p, size_t n)
{
	uint32_t v = 0;

	while (n--)
		v = v << 8 | p[n];
	return v;
}

/* Where directory number n begins. */
static uint32_t directory(const struct sample *s, int n)
{
	uint32_t at = number(s->bytes + 4, 4);

	while (n--)
		at = number(s->bytes + at + 2 + 12 * number(s->bytes + at, 2), 4);
	return at;
}

/* Where value number i of a tag of directory n is, and its bytes. */
static size_t value_of(const struct sample *s, int n, uint32_t tag, uint32_t i, size_t *bytes)
{
	uint32_t at = directory(s, n), nr = number(s->bytes + at, 2);

	for (uint32_t k = 0; k < nr; k++) {
		const unsigned char *entry = s->bytes + at + 2 + 12 * k;

		if (number(entry, 2) != tag)
			continue;
		*bytes = number(entry + 2, 2) == 3 ? 2 : 4;
		if (number(entry + 4, 4) * *bytes > 4)
			return number(entry + 8, 4) + i * *bytes;
		return at + 2 + 12 * k + 8 + i * *bytes;
	}
	fail_msg("no tag %u", tag);
	return 0;
}

/* Write the file with n bytes at `at` changed to value; what is said then. */
static void assert_patch(const struct sample *s, size_t at, size_t n, uint32_t value,
			 const char *word)
{
	unsigned char *copy = malloc(s->size);

	memcpy(copy, s->bytes, s->size);
	for (size_t i = 0; i < n; i++)
		copy[at + i] = (unsigned char)(value >> 8 * i);
	bench_write(s->spec.path, copy, s->size);
	assert_found(&s->spec, word);
	free(copy);
}

static void assert_tag(const struct sample *s, int directory_nr, uint32_t tag, uint32_t i,
		       uint32_t value, const char *word)
{
	size_t bytes, at = value_of(s, directory_nr, tag, i, &bytes);

	assert_patch(s, at, bytes, value, word);
}

static uint32_t tag_value(const struct sample *s, int directory_nr, uint32_t tag, uint32_t i)
{
	size_t bytes, at = value_of(s, directory_nr, tag, i, &bytes);

	return number(s->bytes + at, bytes);
}

#define OFFSETS TIFFTAG_TILEOFFSETS
#define SIZES	TIFFTAG_TILEBYTECOUNTS

/* 1100 x 600: 3 x 2 tiles, then 550 x 300: 2 x 1, then 275 x 150: one. */
static void layouts(void **state)
{
	struct sample s;
	uint32_t second;

	(void)state;
	sample_open(&s);
	second = tag_value(&s, 0, OFFSETS, 1);
	assert_found(&s.spec, NULL);
	assert_patch(&s, 20, 1, 'x', "a.tif: its header does not promise");
	assert_tag(&s, 0, OFFSETS, 0, tag_value(&s, 0, OFFSETS, 0) + 1, "tile 0 is not framed");
	assert_tag(&s, 0, OFFSETS, 2, second, "the image: tile 2 overlaps");
	assert_tag(&s, 0, OFFSETS, 1, (uint32_t)s.size, "the image: tile 1 lies outside the file");
	assert_tag(&s, 0, OFFSETS, 1, UINT32_MAX, "the image: tile 1 lies outside the file");
	assert_tag(&s, 0, SIZES, 1, UINT32_MAX, "the image: tile 1 lies outside the file");
	assert_tag(&s, 0, SIZES, 3, 0, "the image: tile 3 is empty");
	assert_tag(&s, 0, SIZES, 4, tag_value(&s, 0, SIZES, 4) - 1, "tile 4 is not framed");
	assert_tag(&s, 1, OFFSETS, 1, 10, "overview 1: tile 1 overlaps");
	assert_tag(&s, 2, OFFSETS, 0, tag_value(&s, 1, OFFSETS, 0), "overview 2: tile 0 is not fr");
	assert_patch(&s, tag_value(&s, 1, OFFSETS, 0) - 4, 4, 5,
		     "overview 1: tile 0 is not framed");
	assert_patch(&s, s.size - 1, 1, s.bytes[s.size - 1] ^ 1U, "tile 5 is not framed");
	sample_close(&s);
}

static void directories(void **state)
{
	struct sample s;

	(void)state;
	sample_open(&s);
	assert_tag(&s, 0, TIFFTAG_IMAGEWIDTH, 0, 1101, "the image has 1101 x 600 pixels, not 1100");
	assert_tag(&s, 1, TIFFTAG_IMAGELENGTH, 0, 299, "overview 1 has 550 x 299 pixels");
	assert_tag(&s, 1, TIFFTAG_TILEWIDTH, 0, 256, "overview 1 has no tiles of 512 x 512");
	assert_tag(&s, 2, TIFFTAG_SUBFILETYPE, 0, 4, "overview 2 is not marked");
	assert_tag(&s, 1, TIFFTAG_COMPRESSION, 0, COMPRESSION_LZW, "overview 1 is compressed as");
	assert_tag(&s, 0, TIFFTAG_COMPRESSION, 0, COMPRESSION_PACKBITS,
		   "the image is compressed as");
	assert_tag(&s, 1, TIFFTAG_SAMPLEFORMAT, 0, 2, "overview 1 has not the pixel type");
	/* The chain of directories, cut, and turned round. */
	assert_patch(&s, directory(&s, 1) + 2 + 12 * number(s.bytes + directory(&s, 1), 2), 4, 0,
		     "a.tif: overview 2, of 275 x 150 pixels, is missing");
	assert_patch(&s, directory(&s, 0) + 2 + 12 * number(s.bytes + directory(&s, 0), 2), 4, 0,
		     "a.tif: overview 1, of 550 x 300 pixels, is missing");
	assert_patch(&s, 4, 4, directory(&s, 1), "the image has 550 x 300 pixels");
	bench_write(s.spec.path, "II", 2);
	assert_found(&s.spec, "a.tif is not a TIFF");
	unlink(s.spec.path);
	assert_found(&s.spec, "a.tif cannot be opened");
	sample_close(&s);
}

static void further_bytes(void **state)
{
	struct sample s;
	FILE *file;

	(void)state;
	sample_open(&s);
	file = fopen(s.spec.path, "ab");
	assert_int_equal(fputs("more", file), 1);
	fclose(file);
	assert_found(&s.spec, "a.tif: more bytes behind the last tile");
	/* A fourth image. */
	s.image.grid.width = 550;
	s.image.grid.height = 300;
	bench_write(s.spec.path, s.bytes, s.size);
	assert_patch(&s, 4, 4, directory(&s, 1), "the image is not marked");
	s.image.grid.width = 275;
	s.image.grid.height = 150;
	assert_patch(&s, 4, 4, directory(&s, 0), "more images than the 1 it should have");
	sample_close(&s);
}

/* Written again by another program: tiled, compressed, and no COG. */
static void another_writer(void **state)
{
	const char *const options[] = { "TILED=YES", "BLOCKXSIZE=512", "BLOCKYSIZE=512",
					"COMPRESS=DEFLATE", NULL };
	struct sample s;
	const char *path;
	GDALDatasetH from, to;

	(void)state;
	sample_open(&s);
	path = bench_path(&s.bench, "b.tif");
	from = GDALOpen(s.spec.path, GA_ReadOnly);
	to = GDALCreateCopy(GDALGetDriverByName("GTiff"), path, from, TRUE,
			    (char **)(uintptr_t)options, NULL, NULL);
	assert_non_null(to);
	GDALClose(to);
	GDALClose(from);
	assert_int_equal(rename(path, s.spec.path), 0);
	assert_found(&s.spec, "its header does not promise");
	assert_found(&s.spec, "overview 1, of 550 x 300 pixels, is missing");
	sample_close(&s);
}

static void words(void **state)
{
	struct sample s;
	json_t *band;

	(void)state;
	sample_open(&s);
	band = json_array_get(json_object_get(s.asset, "raster:bands"), 0);
#define WRONG(object, key, value, word)                                                            \
	do {                                                                                       \
		json_t *kept = json_incref(json_object_get(object, key));                          \
		assert_non_null(kept);                                                             \
		json_object_set_new(object, key, value);                                           \
		assert_found(&s.spec, "a.tif: its " word " is not that of item.json");             \
		json_object_del(object, key);                                                      \
		assert_found(&s.spec, "a.tif: its " word " is not that of item.json");             \
		json_object_set_new(object, key, kept);                                            \
	} while (0)
	WRONG(s.asset, "title", json_string("A quantity"), "description");
	WRONG(band, "unit", json_string("m"), "unit");
	WRONG(band, "nodata", json_integer(0), "no data value");
	WRONG(band, "scale", json_real(0.51), "scale");
	WRONG(band, "offset", json_integer(3), "offset");
	WRONG(band, "data_type", json_string("int16"), "pixel type");
	assert_found(&s.spec, NULL);
	sample_close(&s);
}

/* Any byte of the directories changed: no crash, and whatever it says, it says it of this file. */
static void any_byte(void **state)
{
	struct sample s;
	size_t end, bytes;
	FILE *file;

	(void)state;
	sample_open(&s);
	file = fopen(s.spec.path, "r+b");
	setvbuf(file, NULL, _IONBF, 0);
	end = value_of(&s, 2, SIZES, 0, &bytes) + 40;
	for (size_t at = 0; at < end; at++) {
		for (int flip = 1; flip < (effort_is_small() ? 2 : 256); flip *= 9) {
			struct findings f = { 0 };
			struct error e = { 0 };

			fseek(file, (long)at, SEEK_SET);
			fputc(s.bytes[at] ^ flip, file);
			assert_int_equal(cog_check(&s.spec, &f, &e), 0);
			findings_release(&f);
		}
		fseek(file, (long)at, SEEK_SET);
		fputc(s.bytes[at], file);
	}
	fclose(file);
	assert_found(&s.spec, NULL);
	sample_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_is_written),
		cmocka_unit_test(layouts),
		cmocka_unit_test(directories),
		cmocka_unit_test(further_bytes),
		cmocka_unit_test(another_writer),
		cmocka_unit_test(words),
		cmocka_unit_test(any_byte),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests_name("cog", tests, NULL, NULL);
}
