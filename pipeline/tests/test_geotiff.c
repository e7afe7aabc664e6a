/* SPDX-License-Identifier: Apache-2.0
 *
 * A written GeoTIFF read back through GDAL and libtiff: pixels, overviews, statistics,
 * metadata, place, layout; and the same bytes for any threads and instruction set.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <tiffio.h>
#include <unistd.h>

#include "pipeline/base/file.h"
#include "pipeline/io/gdal.h"
#include "pipeline/io/geotiff_internal.h"
#include "pipeline/tests/effort.h"
#include "pipeline/tests/geotiff_maker.h"

static char folder[400];

static const char *file(const char *name)
{
	static char path[500];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void write_ok(const struct maker_image *m, const struct geotiff_spec *spec,
		     struct geotiff_statistics *statistics)
{
	struct error e = { 0 };

	if (maker_write(m, spec, statistics, &e))
		fail_msg("%s %d x %d: %s", m->layer->name, m->grid.width, m->grid.height, e.text);
}

static GDALDatasetH open_ok(const char *path)
{
	static const char *const drivers[] = { "GTiff", NULL };
	struct error e = { 0 };
	GDALDatasetH dataset = gdal_open(path, drivers, &e);

	if (!dataset)
		fail_msg("%s", e.text);
	return dataset;
}

/* --- pixels --- */

static GDALDataType gdal_type(enum layer_type type)
{
	static const GDALDataType types[] = { [LAYER_U8] = GDT_Byte,
					      [LAYER_U16] = GDT_UInt16,
					      [LAYER_I16] = GDT_Int16,
					      [LAYER_U32] = GDT_UInt32,
					      [LAYER_F32] = GDT_Float32 };

	return types[type];
}

static void assert_band(GDALRasterBandH band, const struct maker_image *m)
{
	int w = GDALGetRasterBandXSize(band), h = GDALGetRasterBandYSize(band);
	size_t size = (size_t)w * (size_t)h * layer_type_size(m->layer->type);
	GDALDataType type = gdal_type(m->layer->type);
	void *pixels = malloc(size);

	assert_int_equal(w, m->grid.width);
	assert_int_equal(h, m->grid.height);
	assert_int_equal(GDALGetRasterDataType(band), type);
	assert_int_equal(GDALRasterIO(band, GF_Read, 0, 0, w, h, pixels, w, h, type, 0, 0),
			 CE_None);
	if (memcmp(pixels, m->pixels, size))
		fail_msg("layer %s, %d x %d: pixels differ", m->layer->name, w, h);
	free(pixels);
}

static bool valid(const struct layer *layer, double v)
{
	return !isnan(v) && !(layer->has_nodata && v == layer->nodata);
}

/* A real as the program keeps it: 12 bits in all, the first of them not stored; ties to even. */
static double short_real(double v)
{
	int exponent;
	double part = frexp((double)(float)v, &exponent);

	return ldexp(nearbyint(ldexp(part, 12)), exponent - 12);
}

/* The values of n pixels as one, by the words of the contract; n = 1, 2 or 4, the first upper left. */
static double reduce(const struct layer *layer, const double *v, int n)
{
	double sum = 0, best = layer->nodata;
	int count = 0, best_count = 0;
	uint32_t bits = 0;

	for (int i = 0; i < n; i++) {
		int equal = 0;

		for (int k = 0; k < n; k++)
			equal += v[k] == v[i];
		if (valid(layer, v[i]) && equal > best_count) {
			best = v[i];
			best_count = equal;
		}
		sum += valid(layer, v[i]) ? v[i] : 0;
		count += valid(layer, v[i]);
		bits |= layer->halving == HALVE_OR ? (uint32_t)v[i] : 0;
	}
	switch (layer->halving) {
	case HALVE_MODE:
		return best;
	case HALVE_OR:
		return bits;
	case HALVE_NEAREST:
		return v[0];
	default:
		if (!count)
			return layer->nodata;
		return layer->type == LAYER_F32 ? short_real(sum / count)
						: floor(sum / count + 0.5);
	}
}

/* The next overview, from the pixels that there are. */
static struct maker_image half(const struct maker_image *m)
{
	int32_t w = m->grid.width, h = m->grid.height;
	struct maker_image out = *m;

	out.grid.width = (w + 1) / 2;
	out.grid.height = (h + 1) / 2;
	out.pixels = malloc((size_t)out.grid.width * (size_t)out.grid.height *
			    layer_type_size(m->layer->type));
	for (int32_t y = 0; y < out.grid.height; y++)
		for (int32_t x = 0; x < out.grid.width; x++) {
			double v[4];
			int n = 0;

			for (int32_t k = 0; k < 4; k++) {
				int32_t u = 2 * x + k % 2, t = 2 * y + k / 2;

				if (u < w && t < h)
					v[n++] = maker_get(m->layer->type, m->pixels,
							   (size_t)t * (size_t)w + (size_t)u);
			}
			maker_put(m->layer->type, out.pixels,
				  (size_t)y * (size_t)out.grid.width + (size_t)x,
				  reduce(m->layer, v, n));
		}
	return out;
}

static void assert_pixels(const char *path, const struct maker_image *m)
{
	GDALDatasetH dataset = open_ok(path);
	GDALRasterBandH band = GDALGetRasterBand(dataset, 1);
	struct maker_image level = *m;
	int n = 0;

	assert_band(band, m);
	while (level.grid.width > 512 || level.grid.height > 512) {
		struct maker_image next = half(&level);

		if (n)
			free(level.pixels);
		level = next;
		assert_true(n < GDALGetOverviewCount(band));
		assert_band(GDALGetOverview(band, n++), &level);
	}
	if (n)
		free(level.pixels);
	assert_int_equal(GDALGetOverviewCount(band), n);
	GDALClose(dataset);
}

/* --- layout --- */

static uint32_t u32_at(FILE *f, uint64_t offset)
{
	unsigned char b[4];

	assert_int_equal(fseek(f, (long)offset, SEEK_SET), 0);
	assert_int_equal(fread(b, 1, 4, f), 4);
	return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/* Leaders and trailers of the tiles of a directory, and that they follow each other from *from. */
static void assert_tiles(TIFF *t, FILE *f, uint64_t *from)
{
	for (uint32_t i = 0; i < TIFFNumberOfTiles(t); i++) {
		uint64_t offset = TIFFGetStrileOffset(t, i), size = TIFFGetStrileByteCount(t, i);

		assert_true(size >= 4);
		assert_true(*from == 0 || offset == *from + 4);
		assert_int_equal(u32_at(f, offset - 4), size);
		assert_int_equal(u32_at(f, offset + size), u32_at(f, offset + size - 4));
		*from = offset + size + 4;
	}
}

/* Ghost header, directories, smallest overview ... image, nothing between and nothing behind. */
static void assert_layout(const char *path, bool big)
{
	static const char ghost[] = "GDAL_STRUCTURAL_METADATA_SIZE=000140 bytes\n"
				    "LAYOUT=IFDS_BEFORE_DATA\nBLOCK_ORDER=ROW_MAJOR\n"
				    "BLOCK_LEADER=SIZE_AS_UINT4\n"
				    "BLOCK_TRAILER=LAST_4_BYTES_REPEATED\n"
				    "KNOWN_INCOMPATIBLE_EDITION=NO\n ";
	char text[sizeof(ghost)] = "";
	long header = big ? 16 : 8;
	FILE *f = fopen(path, "rb");
	TIFF *t = TIFFOpen(path, "r");
	uint64_t from = 0, last_directory = 0;
	tdir_t n;

	assert_non_null(f);
	assert_non_null(t);
	assert_int_equal(TIFFIsBigTIFF(t), big);
	assert_int_equal(fseek(f, header, SEEK_SET), 0);
	assert_int_equal(fread(text, 1, strlen(ghost), f), strlen(ghost));
	assert_string_equal(text, ghost);
	assert_int_equal(TIFFCurrentDirOffset(t), ((size_t)header + strlen(ghost) + 1) / 2 * 2);
	n = TIFFNumberOfDirectories(t);
	for (tdir_t d = n; d-- > 0;) {
		uint32_t kind = 0;

		assert_true(TIFFSetDirectory(t, d));
		if (d == n - 1) {
			last_directory = TIFFCurrentDirOffset(t);
			assert_true(TIFFGetStrileOffset(t, 0) > last_directory);
		}
		TIFFGetFieldDefaulted(t, TIFFTAG_SUBFILETYPE, &kind);
		assert_int_equal(kind, d ? FILETYPE_REDUCEDIMAGE : 0);
		assert_true(TIFFCurrentDirOffset(t) <= last_directory);
		assert_tiles(t, f, &from);
	}
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	assert_int_equal(ftell(f), from);
	TIFFClose(t);
	fclose(f);
}

/* --- statistics --- */

static void assert_near(double a, double b, double tolerance)
{
	if (!(fabs(a - b) <= tolerance * (1 + fabs(b))))
		fail_msg("%.17g is not %.17g", a, b);
}

static void assert_statistics(const char *path, const struct maker_image *m,
			      struct geotiff_statistics s)
{
	size_t n = (size_t)m->grid.width * (size_t)m->grid.height, count = 0;
	long double sum = 0, squares = 0;
	double min = INFINITY, max = -INFINITY, gdal[4];
	GDALDatasetH dataset = open_ok(path);

	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < n; i++) {
			double v = maker_get(m->layer->type, m->pixels, i);

			if (!valid(m->layer, v))
				continue;
			if (pass == 1) {
				long double d = (long double)v - sum / (long double)count;

				squares += d * d;
				continue;
			}
			count++;
			sum += (long double)v;
			min = v < min ? v : min;
			max = v > max ? v : max;
		}
	assert_int_equal(s.total, n);
	assert_int_equal(s.valid, count);
	if (count) {
		assert_true(s.min == min && s.max == max);
		assert_near(s.mean, (double)(sum / (long double)count), 1e-12);
		assert_near(s.stddev, (double)sqrtl(squares / (long double)count), 1e-9);
		assert_int_equal(GDALGetRasterStatistics(GDALGetRasterBand(dataset, 1), FALSE,
							 FALSE, &gdal[0], &gdal[1], &gdal[2],
							 &gdal[3]),
				 CE_None);
		assert_near(gdal[0], s.min, 1e-13);
		assert_near(gdal[1], s.max, 1e-13);
		assert_near(gdal[2], s.mean, 1e-13);
		assert_near(gdal[3], s.stddev, 1e-13);
		assert_int_equal(GDALComputeRasterStatistics(GDALGetRasterBand(dataset, 1), FALSE,
							     &gdal[0], &gdal[1], &gdal[2], &gdal[3],
							     NULL, NULL),
				 CE_None);
		assert_true(gdal[0] == s.min && gdal[1] == s.max);
		assert_near(gdal[2], s.mean, 1e-9);
		assert_near(gdal[3], s.stddev, 1e-9);
	} else {
		assert_true(isnan(s.min) && isnan(s.max) && isnan(s.mean) && isnan(s.stddev));
	}
	GDALClose(dataset);
}

/* --- tests --- */

/* Write the image, read it back, and release it. */
static void check_written(struct maker_image m, const char *option)
{
	struct geotiff_spec spec = maker_spec(&m, file("a.tif"));
	struct geotiff_statistics s;
	struct error e = { 0 };

	assert_true(!option || !geotiff_option(&spec.options, option, &e));
	write_ok(&m, &spec, &s);
	assert_pixels(spec.path, &m);
	assert_layout(spec.path, false);
	assert_statistics(spec.path, &m, s);
	assert_int_equal(unlink(spec.path), 0);
	free(m.pixels);
}

static void round_trip(const struct layer *layer, int32_t w, int32_t h, const char *option)
{
	check_written(maker_make(layer, w, h), option);
}

/* Of layers that are written alike one has every size; a longer run: all. */
static void every_layer_and_size(void **state)
{
	static const int32_t size[][2] = { { 1, 1 }, { 30, 513 }, { 511, 513 }, { 1030, 512 } };

	(void)state;
	for (size_t i = 0; maker_layer(i); i++) {
		bool few = maker_layer_is_like_one_before(i) && !effort_is_long();

		for (size_t k = 0; k < (few ? 2 : sizeof(size) / sizeof(size[0])); k++)
			round_trip(maker_layer(i), size[k][0], size[k][1], NULL);
	}
}

static void large(void **state)
{
	const struct layer *layer[] = { layer_find("water"), layer_find("why"), layer_find("ndwi"),
					&maker_mean_u16, &maker_mean_f32 };

	(void)state;
	for (size_t k = 0; k < (effort_is_small() ? 1 : sizeof(layer) / sizeof(layer[0])); k++)
		check_written(maker_make_tiles(layer[k]), k % 2 ? "COMPRESS=ZSTD" : NULL);
	if (effort_is_small())
		return;
	round_trip(layer_find("water"), 2500, 1500, NULL);
	round_trip(layer_find("why"), 2500, 1500, NULL);
	if (effort_is_long())
		round_trip(layer_find("why"), 5000, 3000, NULL);
}

/* Noise does not shrink: each codec's worst case. */
static void every_codec(void **state)
{
	static const char *const option[] = { "COMPRESS=DEFLATE", "COMPRESS=ZSTD", "COMPRESS=LZW",
					      "COMPRESS=NONE",	  "LEVEL=1",	   "LEVEL=12" };
	static const char *const name[] = { "ndvi", "why", "water", "wet" };

	(void)state;
	for (size_t i = 0; i < sizeof(option) / sizeof(option[0]); i++) {
		for (size_t k = 0; k < (effort_is_small() ? 1 : sizeof(name) / sizeof(name[0]));
		     k++)
			round_trip(layer_find(name[k]), 530, 520, option[i]);
		round_trip(&maker_mean_f32, 530, 520, option[i]);
	}
}

static void nothing_valid(void **state)
{
	struct maker_image m = maker_make(layer_find("fraction"), 600, 600);
	struct geotiff_spec spec = maker_spec(&m, file("a.tif"));
	struct geotiff_statistics s;
	GDALDatasetH dataset;

	(void)state;
	memset(m.pixels, 255, 600 * 600);
	write_ok(&m, &spec, &s);
	assert_pixels(spec.path, &m);
	assert_statistics(spec.path, &m, s);
	dataset = open_ok(spec.path);
	assert_string_equal(GDALGetMetadataItem(GDALGetRasterBand(dataset, 1),
						"STATISTICS_VALID_PERCENT", NULL),
			    "0");
	assert_null(GDALGetMetadataItem(GDALGetRasterBand(dataset, 1), "STATISTICS_MEAN", NULL));
	GDALClose(dataset);
	unlink(spec.path);
	free(m.pixels);
}

/* Every pixel 2^32 - 1: sums of squares pass 2^64. */
static void sums_do_not_overflow(void **state)
{
	struct maker_image m = maker_make(layer_find("why"), 700, 600);
	struct geotiff_spec spec = maker_spec(&m, file("a.tif"));
	struct geotiff_statistics s = { 0 };

	(void)state;
	memset(m.pixels, 255, 700 * 600 * 4);
	write_ok(&m, &spec, &s);
	assert_true(s.min == 4294967295.0 && s.max == 4294967295.0 && s.mean == 4294967295.0);
	assert_true(s.stddev == 0);
	unlink(spec.path);
	free(m.pixels);
}

static void big_tiff(void **state)
{
	struct maker_image m = maker_make(layer_find("wet"), 1300, 700);
	struct geotiff_spec spec = maker_spec(&m, file("a.tif"));
	struct error e = { 0 };
	struct geotiff *g;

	(void)state;
	assert_int_equal(geotiff_create(&g, &spec, &e), 0);
	assert_int_equal(maker_tiles(&m, g, 2, &e), 0);
	g->classic_max = 0;
	assert_int_equal(geotiff_finish(g, &e), 0);
	geotiff_free(g);
	assert_layout(spec.path, true);
	assert_pixels(spec.path, &m);
	unlink(spec.path);
	free(m.pixels);
}

static void assert_same_file(const char *path, const char *reference)
{
	char *a, *b;
	size_t a_size, b_size;
	struct error e = { 0 };

	assert_int_equal(file_read(path, 1u << 28, &a, &a_size, &e), 0);
	assert_int_equal(file_read(reference, 1u << 28, &b, &b_size, &e), 0);
	assert_int_equal(a_size, b_size);
	assert_memory_equal(a, b, a_size);
	free(a);
	free(b);
}

/* Also: the second run of a process, where GDAL has taught libtiff its tags, as the first. */
static void same_bytes(void **state)
{
	static const int threads[] = { 1, 2, 7 };
	const struct layer *layer[] = { layer_find("water"), layer_find("fraction"),
					layer_find("why"), &maker_mean_u16, &maker_mean_f32 };
	char reference[500];

	(void)state;
	snprintf(reference, sizeof(reference), "%s", file("reference.tif"));
	for (size_t i = effort_is_small() ? 3 : 0; i < sizeof(layer) / sizeof(layer[0]); i++) {
		struct maker_image m = maker_make(layer[i], 1100, 1111);
		struct geotiff_spec spec = maker_spec(&m, reference);

		spec.threads = 1;
		spec.kernels = kernels_find("scalar");
		write_ok(&m, &spec, NULL);
		spec.path = file("a.tif");
		for (size_t k = 0; kernels_name(k); k++)
			for (size_t t = 0; t < 3; t++) {
				spec.kernels = kernels_find(kernels_name(k));
				/* Each of both sweeps alone; a longer run: every pair. */
				if (!spec.kernels || (k && t != 1 && !effort_is_long()))
					continue;
				spec.threads = threads[t];
				write_ok(&m, &spec, NULL);
				assert_same_file(spec.path, reference);
				unlink(spec.path);
			}
		unlink(reference);
		free(m.pixels);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_layer_and_size), cmocka_unit_test(large),
		cmocka_unit_test(every_codec),		cmocka_unit_test(nothing_valid),
		cmocka_unit_test(sums_do_not_overflow), cmocka_unit_test(big_tiff),
		cmocka_unit_test(same_bytes),
	};
	int failed;

	maker_folder(folder, sizeof(folder));
	gdal_setup(64u << 20);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	if (!failed)
		rmdir(folder);
	return failed;
}
