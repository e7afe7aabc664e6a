/* SPDX-License-Identifier: Apache-2.0 */
#include <cpl_string.h>

#include "pipeline/base/file.h"
#include "pipeline/io/intact.h"
#include "pipeline/tests/archive_files.h"

#define UTM "EPSG:32643"

/* 0 or the code of the error in e. */
static int judge(const char *dir, const void *data, size_t n, struct error *e)
{
	char path[4200];

	*e = (struct error){ 0 };
	files_bytes(dir, "image", data, n);
	return intact_check(files_path(path, dir, "image"), e) ? (int)e->code : 0;
}

static void assert_code(int got, int code, const char *word, const struct error *e)
{
	if (got != code || (code && (!strstr(e->text, word) || strchr(e->text, '\n'))))
		fail_msg("%d \"%s\"; should be %d with \"%s\"", got, e->text, code, word);
}

/* A file of noise as GDAL writes it, with overviews and a mask if it is a TIFF of more than a block. */
static char *written(const char *dir, const char *driver, const char *const *options, bool pyramid,
		     size_t *n)
{
	GDALDatasetH d = GDALCreate(GDALGetDriverByName("MEM"), "", 300, 200, 2, GDT_UInt16, NULL);
	char path[4200], **list = NULL, *data;
	static uint16_t noise[300 * 200];
	struct error e;
	int levels[] = { 2, 4 };

	for (uint32_t i = 0; i < 300 * 200; i++)
		noise[i] = (uint16_t)(i * 2654435761u >> 16);
	for (int band = 1; band <= 2; band++)
		assert_int_equal(GDALRasterIO(GDALGetRasterBand(d, band), GF_Write, 0, 0, 300, 200,
					      noise, 300, 200, GDT_UInt16, 0, 0),
				 CE_None);
	files_path(path, dir, "written");
	for (; options && *options; options++)
		list = CSLAddString(list, *options);
	GDALClose(GDALCreateCopy(GDALGetDriverByName(driver), path, d, FALSE, list, NULL, NULL));
	CSLDestroy(list);
	GDALClose(d);
	if (pyramid) {
		CPLSetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES");
		d = GDALOpen(path, GA_Update);
		assert_non_null(d);
		assert_int_equal(GDALCreateDatasetMaskBand(d, GMF_PER_DATASET), CE_None);
		assert_int_equal(GDALBuildOverviews(d, "NEAREST", 2, levels, 0, NULL, NULL, NULL),
				 CE_None);
		GDALClose(d);
		CPLSetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK", NULL);
	}
	assert_int_equal(file_read(path, 10 << 20, &data, n, &e), 0);
	return data;
}

static const struct {
	const char *driver, *options[5];
	bool pyramid;
} kinds[] = {
	{ "GTiff", { "COMPRESS=NONE" }, false },
	{ "GTiff", { "COMPRESS=DEFLATE", "TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=64" }, true },
	{ "GTiff", { "BIGTIFF=YES", "COMPRESS=DEFLATE" }, true },
	{ "GTiff", { "ENDIANNESS=BIG", "INTERLEAVE=BAND" }, true },
	{ "GTiff", { "ENDIANNESS=BIG", "BIGTIFF=YES", "TILED=YES" }, false },
	{ "JP2OpenJPEG", { "REVERSIBLE=YES", "QUALITY=100" }, false },
	{ "JP2OpenJPEG", { "BLOCKXSIZE=64", "BLOCKYSIZE=64" }, false },
	{ "JP2OpenJPEG", { "CODEC=J2K" }, false },
};
#define KINDS_NR (sizeof(kinds) / sizeof(kinds[0]))

static void whole_images_pass_and_cut_ones_do_not(void **state)
{
	char *dir = files_new();
	struct error e;

	(void)state;
	for (size_t i = 0; i < KINDS_NR; i++) {
		size_t n;
		char *data = written(dir, kinds[i].driver, kinds[i].options, kinds[i].pyramid, &n);

		assert_code(judge(dir, data, n, &e), 0, "", &e);
		for (size_t k = 0; k < 20; k++)
			assert_code(judge(dir, data, n * k / 20, &e), ERROR_DATA,
				    k ? " is cut" : "is empty", &e);
		/* Bytes of a header; and a few from the end. */
		for (size_t k = 1; k < 40; k++)
			assert_int_not_equal(judge(dir, data, k, &e), 0);
		assert_code(judge(dir, data, n - 10, &e), ERROR_DATA, " is cut", &e);
		free(data);
	}
	files_remove(dir);
}

/* Every byte of the headers flipped: any answer will do, but it is an answer. */
static void flipped_bytes_do_no_harm(void **state)
{
	char *dir = files_new();
	struct error e;

	(void)state;
	for (size_t i = 1; i < KINDS_NR; i += 2) {
		size_t n, refused = 0;
		char *data = written(dir, kinds[i].driver, kinds[i].options, false, &n);

		for (size_t k = 0; k < 400; k++) {
			char old = data[k];
			int got;

			data[k] = (char)(k & 1 ? ~old : old ^ 0x40);
			got = judge(dir, data, n, &e);
			if (got && got != ERROR_DATA)
				fail_msg("byte %zu of %zu: %d %s", k, n, got, e.text);
			refused += got != 0;
			data[k] = old;
		}
		assert_true(refused > 4);
		free(data);
	}
	files_remove(dir);
}

/* Blocks of nothing but fill that were left out on purpose. */
static void sparse_blocks_are_not_missed(void **state)
{
	char **options = CSLAddString(NULL, "SPARSE_OK=TRUE"), *dir = files_new(), path[4200];
	struct error e = { 0 };
	uint16_t one = 1;
	GDALDatasetH d;

	(void)state;
	options = CSLAddString(options, "TILED=YES");
	d = GDALCreate(GDALGetDriverByName("GTiff"), files_path(path, dir, "sparse.tif"), 2000,
		       2000, 1, GDT_UInt16, options);
	assert_non_null(d);
	assert_int_equal(GDALRasterIO(GDALGetRasterBand(d, 1), GF_Write, 900, 900, 1, 1, &one, 1, 1,
				      GDT_UInt16, 0, 0),
			 CE_None);
	GDALClose(d);
	CSLDestroy(options);
	assert_code(intact_check(path, &e) ? (int)e.code : 0, 0, "", &e);
	files_remove(dir);
}

/* --- TIFFs made by hand: little-endian, classic --- */

static void tiff_entry(struct bytes *b, unsigned tag, unsigned type, uint64_t count, uint64_t value)
{
	bytes_number(b, tag, 2);
	bytes_number(b, type, 2);
	bytes_number(b, count, 4);
	bytes_number(b, value, 4);
}

/* Header, and the first directory at byte 8. */
static struct bytes tiff_begin(unsigned tags)
{
	struct bytes b = { 0 };

	bytes_add(&b, "II*\0\10\0\0\0", 8);
	bytes_number(&b, tags, 2);
	return b;
}

/* One strip at this place, then this tag, then the next directory. */
static struct bytes tiff_of(uint64_t at, uint64_t size, unsigned tag, uint64_t count,
			    uint64_t value, uint64_t next)
{
	struct bytes b = tiff_begin(5);

	tiff_entry(&b, 256, 4, 1, 10);
	tiff_entry(&b, 257, 4, 1, 10);
	tiff_entry(&b, 273, 4, 1, at);
	tiff_entry(&b, 279, 4, 1, size);
	tiff_entry(&b, tag, 4, count, value);
	bytes_number(&b, next, 4);
	bytes_zeros(&b, 1000 - b.n);
	return b;
}

static void tiffs_that_lie_are_refused(void **state)
{
	const struct {
		struct bytes b;
		const char *word;
	} cases[] = {
		{ tiff_of(100, 900, 278, 1, 10, 0), NULL },
		{ tiff_of(0, 0, 278, 1, 10, 0), NULL },
		{ tiff_of(100, 901, 278, 1, 10, 0),
		  "is cut: 1000 of 1001 bytes are there (block 1" },
		{ tiff_of(0xffffffff, 0xffffffff, 278, 1, 10, 0), "is cut" },
		{ tiff_of(4, 100, 278, 1, 10, 0), "in its header" },
		{ tiff_of(100, 900, 278, 1, 3, 0), "too few blocks" },
		{ tiff_of(100, 900, 278, 1, 10, 8), "loop" },
		{ tiff_of(100, 900, 278, 1, 10, 990), "impossible number of tags" },
		{ tiff_of(100, 900, 278, 1, 10, 999), "is cut" },
		{ tiff_of(100, 900, 278, 1, 10, 5000), "is cut" },
		{ tiff_of(100, 900, 330, 1, 8, 0), "loop" },
		{ tiff_of(100, 900, 330, 1, 4000, 0), "is cut" },
		{ tiff_of(100, 900, 330, 200, 900, 0), "is cut" },
		{ tiff_of(100, 900, 330, 0xffffffff, 100, 0), "is cut" },
		{ tiff_of(100, 900, 34735, 300, 100, 0), "is cut" },
		{ tiff_of(100, 900, 273, 200, 100, 0), "in its header" },
		{ tiff_of(100, 900, 257, 1, 0xffffffff, 0), NULL },
	};
	char *dir = files_new();
	struct error e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int got = judge(dir, cases[i].b.data, cases[i].b.n, &e);

		if (!!got != !!cases[i].word)
			fail_msg("case %zu: %d %s", i, got, e.text);
		assert_code(got, cases[i].word ? ERROR_DATA : 0, cases[i].word, &e);
		free(cases[i].b.data);
	}
	files_remove(dir);
}

static void a_tiff_of_many_directories_ends(void **state)
{
	struct bytes b = { 0 };
	char *dir = files_new();
	struct error e;

	(void)state;
	bytes_add(&b, "II*\0\10\0\0\0", 8);
	for (int i = 0; i < 2000; i++) {
		bytes_number(&b, 2, 2);
		tiff_entry(&b, 273, 4, 1, 8);
		tiff_entry(&b, 279, 4, 1, 1);
		bytes_number(&b, b.n + 4, 4);
	}
	bytes_zeros(&b, 100);
	assert_code(judge(dir, b.data, b.n, &e), ERROR_DATA, "too many directories", &e);
	bytes_free(&b);
	b = tiff_begin(1);
	tiff_entry(&b, 256, 4, 1, 10);
	bytes_number(&b, 0, 4);
	assert_code(judge(dir, b.data, b.n, &e), ERROR_DATA, "no image", &e);
	bytes_free(&b);
	assert_code(judge(dir, "II*\0\0\0\0\0", 8, &e), ERROR_DATA, "never written to its end", &e);
	files_remove(dir);
}

/* --- JPEG 2000 made by hand --- */

static void big_number(struct bytes *b, uint64_t value, size_t n)
{
	while (n--)
		bytes_number(b, value >> 8 * n & 0xff, 1);
}

/* The main header of an image of 20 x 10 pixels in tiles of this size. */
static struct bytes stream_begin(unsigned tile)
{
	static const unsigned sizes[] = { 20, 10, 0, 0 };
	struct bytes b = { 0 };

	bytes_add(&b, "\xff\x4f\xff\x51", 4);
	big_number(&b, 41, 2);
	big_number(&b, 0, 2);
	for (int i = 0; i < 4; i++)
		big_number(&b, sizes[i], 4);
	big_number(&b, tile, 4);
	big_number(&b, tile, 4);
	big_number(&b, 0, 8);
	big_number(&b, 1, 2);
	big_number(&b, 0x070101, 3);
	bytes_add(&b, "\xff\x64\0\5\0\1x", 7);
	return b;
}

/* A tile-part that says it has this length; 6 bytes of data. */
static void stream_part(struct bytes *b, unsigned tile, uint64_t length)
{
	bytes_add(b, "\xff\x90\0\12", 4);
	big_number(b, tile, 2);
	big_number(b, length, 4);
	bytes_add(b,
		  "\0\1\xff\x93"
		  "abcdef",
		  10);
}

static void codestreams_are_walked(void **state)
{
	static const struct {
		uint64_t first, second; /* lengths of two parts */
		unsigned tile;		/* of the second */
		const char *end, *word;
	} cases[] = {
		{ 20, 20, 1, "\xff\xd9", NULL },
		{ 20, 0, 1, "\xff\xd9", NULL },
		{ 20, 20, 1, "", "is cut" },
		{ 20, 0, 1, "", "end-of-codestream marker is missing" },
		{ 20, 20, 1, "\xff", "is cut" },
		{ 20, 20, 0, "\xff\xd9", "1 of 2 tiles" },
		{ 20, 20, 2, "\xff\xd9", "no header of a tile-part" },
		{ 20, 2000, 1, "\xff\xd9", "is cut" },
		{ 20, 13, 1, "\xff\xd9", "impossible length" },
		{ 19, 20, 1, "\xff\xd9", "neither a tile-part" },
		{ 0xffffffff, 20, 1, "\xff\xd9", "is cut" },
	};
	char *dir = files_new();
	struct error e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bytes b = stream_begin(10);
		int got;

		stream_part(&b, 0, cases[i].first);
		stream_part(&b, cases[i].tile, cases[i].second);
		bytes_add(&b, cases[i].end, strlen(cases[i].end));
		got = judge(dir, b.data, b.n, &e);
		assert_code(got, cases[i].word ? ERROR_DATA : 0, cases[i].word, &e);
		bytes_free(&b);
	}
	files_remove(dir);
}

/* Put a codestream into a file with a box of this stated length, and something behind it. */
static struct bytes boxed(const struct bytes *stream, uint64_t length, bool wide,
			  const char *behind)
{
	struct bytes b = { 0 };

	bytes_add(&b, "\0\0\0\14jP  \r\n\x87\n\0\0\0\24ftypjp2 \0\0\0\0jp2 ", 32);
	big_number(&b, wide ? 1 : length, 4);
	bytes_add(&b, "jp2c", 4);
	if (wide)
		big_number(&b, length, 8);
	bytes_add(&b, stream->data, stream->n);
	bytes_add(&b, behind, strlen(behind));
	return b;
}

static void boxes_are_walked(void **state)
{
	struct bytes stream = stream_begin(20);
	size_t n;
	char *dir = files_new();
	struct error e;

	(void)state;
	stream_part(&stream, 0, 20);
	bytes_add(&stream, "\xff\xd9", 2);
	n = stream.n;
	{
		const struct {
			struct bytes b;
			const char *word;
		} cases[] = {
			{ boxed(&stream, n + 8, false, ""), NULL },
			{ boxed(&stream, 0, false, ""), NULL },
			{ boxed(&stream, n + 16, true, ""), NULL },
			{ boxed(&stream, n + 9, false, ""), "is cut" },
			{ boxed(&stream, n + 7, false, "xxxxxxx"), "longer than its place" },
			{ boxed(&stream, n + 8, false, "abc"), "is cut" },
			{ boxed(&stream, 7, false, ""), "impossible length" },
			{ boxed(&stream, 15, true, ""), "impossible length" },
			{ boxed(&stream, UINT64_MAX, true, ""), "impossible place" },
		};

		for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			int got = judge(dir, cases[i].b.data, cases[i].b.n, &e);

			assert_code(got, cases[i].word ? ERROR_DATA : 0, cases[i].word, &e);
			free(cases[i].b.data);
		}
	}
	bytes_free(&stream);
	files_remove(dir);
}

/* Sides and tiles from SIZ that would need no end of memory. */
static void impossible_tiles_are_refused(void **state)
{
	struct bytes b = stream_begin(0);
	char *dir = files_new();
	struct error e;

	(void)state;
	assert_code(judge(dir, b.data, b.n, &e), ERROR_DATA, "number of tiles", &e);
	memset(b.data + 8, 0xff, 8);
	memset(b.data + 24, 0, 8);
	b.data[27] = b.data[31] = 1;
	assert_code(judge(dir, b.data, b.n, &e), ERROR_DATA, "number of tiles", &e);
	bytes_free(&b);
	/* And a segment of the header that reaches beyond the end. */
	b = stream_begin(20);
	b.data[b.n - 5] = 0xff;
	assert_code(judge(dir, b.data, b.n, &e), ERROR_DATA, "is cut", &e);
	bytes_free(&b);
	files_remove(dir);
}

static void other_files_are_named(void **state)
{
	char *dir = files_new(), path[4200];
	char zeros[100] = { 0 };
	struct error e;

	(void)state;
	assert_code(judge(dir, zeros, sizeof(zeros), &e), ERROR_DATA, "begins with zeros", &e);
	assert_code(judge(dir, "<html>404</html>", 16, &e), ERROR_DATA,
		    "neither a TIFF nor a JPEG 2000", &e);
	assert_int_equal(intact_check(files_path(path, dir, "none"), &e), -1);
	assert_int_equal(e.code, ERROR_NOINPUT);
	assert_int_equal(mkfifo(files_path(path, dir, "fifo"), 0600), 0);
	assert_int_equal(intact_check(path, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	files_remove(dir);
}

/* In a zip as on the disk. */
static void images_in_archives_are_checked(void **state)
{
	char *dir = files_new(), path[4200];
	struct bytes zip;
	struct error e;
	size_t n;
	char *data = written(dir, "JP2OpenJPEG", NULL, false, &n);

	(void)state;
	{
		const struct zip_member members[] = {
			{ .name = "whole.jp2", .data = data, .n = n },
			{ .name = "cut.jp2", .data = data, .n = n / 2 },
		};

		zip = zip_of(members, 2);
	}
	files_bytes(dir, "P.zip", zip.data, zip.n);
	snprintf(path, sizeof(path), "/vsizip/{%s/P.zip}/whole.jp2", dir);
	assert_int_equal(intact_check(path, &e), 0);
	snprintf(path, sizeof(path), "/vsizip/{%s/P.zip}/cut.jp2", dir);
	assert_int_equal(intact_check(path, &e), -1);
	assert_code((int)e.code, ERROR_DATA, "is cut", &e);
	bytes_free(&zip);
	free(data);
	files_remove(dir);
}

static void real_images_are_whole(void **state)
{
	const char *data = getenv("BALKHASH_TESTDATA");
	char **list, path[4200];
	struct error e = { 0 };
	int n = 0;

	(void)state;
	if (!data)
		skip(); /* no real products: BALKHASH_TESTDATA is not set */
	list = VSIReadDirRecursive(data);
	for (char **name = list; name && *name; name++) {
		const char *dot = strrchr(*name, '.');

		if (!dot || (strcasecmp(dot, ".tif") && strcasecmp(dot, ".jp2")))
			continue;
		if (intact_check(files_path(path, data, *name), &e))
			fail_msg("%s", e.text);
		n++;
	}
	CSLDestroy(list);
	assert_true(n > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_images_pass_and_cut_ones_do_not),
		cmocka_unit_test(flipped_bytes_do_no_harm),
		cmocka_unit_test(sparse_blocks_are_not_missed),
		cmocka_unit_test(tiffs_that_lie_are_refused),
		cmocka_unit_test(a_tiff_of_many_directories_ends),
		cmocka_unit_test(codestreams_are_walked),
		cmocka_unit_test(boxes_are_walked),
		cmocka_unit_test(impossible_tiles_are_refused),
		cmocka_unit_test(other_files_are_named),
		cmocka_unit_test(images_in_archives_are_checked),
		cmocka_unit_test(real_images_are_whole),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
