/* SPDX-License-Identifier: Apache-2.0
 *
 * A quicklook, which is made of an overview, shows the layer's classes where they are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <sys/stat.h>

#include "pipeline/io/gdal.h"
#include "pipeline/tests/result_maker.h"

/* Squares of two classes in a frame of no data: half a picture's pixel of the layer is one of its own. */
#define WIDTH  2300
#define HEIGHT 1100
#define SQUARE 64
static const struct rect data = { 300, 100, 1700, 900 };

static uint8_t class_at(int32_t x, int32_t y)
{
	bool inside = x >= data.x && x < data.x + data.w && y >= data.y && y < data.y + data.h;

	return inside ? (uint8_t)((x / SQUARE + y / SQUARE) % 2) : 255;
}

static void backdrop_at(const void *user, int32_t x, int32_t y, uint8_t rgb[3])
{
	(void)user;
	rgb[0] = (uint8_t)x;
	rgb[1] = (uint8_t)y;
	rgb[2] = 7;
}

static void encode(struct output *o, const struct grid *g, const struct output_picture *picture)
{
	uint8_t *pixels = malloc((size_t)GEOTIFF_TILE * GEOTIFF_TILE);
	void *slot = malloc(output_slot_size(o));
	struct error e = { 0 };

	for (size_t i = 0; i < grid_tiles(g, GEOTIFF_TILE); i++) {
		struct rect r = grid_tile(g, GEOTIFF_TILE, i);

		for (int32_t y = 0; y < r.h; y++)
			for (int32_t x = 0; x < r.w; x++)
				pixels[y * r.w + x] = class_at(r.x + x, r.y + y);
		assert_int_equal(output_encode(o, i, 0, pixels, slot, &e), 0);
		assert_int_equal(output_append(o, i, slot, &e), 0);
	}
	assert_int_equal(output_finish(o, picture, &e), 0);
	free(slot);
	free(pixels);
}

/* The picture of the squares, four bytes a pixel, to be freed. */
static uint8_t *picture(const struct output_backdrop *backdrop, int *width, int *height)
{
	static const char *const drivers[] = { "PNG", NULL };
	const struct layer *water = layer_find("water");
	struct bench b;
	struct output *o = NULL;
	struct error e = { 0 };
	GDALDatasetH png;
	uint8_t *rgba;
	char *path;

	bench_open(&b);
	struct output_spec spec = { .context = &b.context,
				    .target = bench_path(&b, "result"),
				    .unit = "unit",
				    .grid = { .dx = 30,
					      .dy = 30,
					      .width = WIDTH,
					      .height = HEIGHT,
					      .crs = { "EPSG:32643" } },
				    .layers = &water,
				    .layers_nr = 1 };
	assert_int_equal(output_open(&o, &spec, &e), 0);
	encode(o, &spec.grid, &(struct output_picture){ 0, backdrop });
	path = path_join(output_folder(o), "quicklook.png");
	png = gdal_open(path, drivers, &e);
	assert_non_null(png);
	*width = GDALGetRasterXSize(png);
	*height = GDALGetRasterYSize(png);
	rgba = malloc(4 * (size_t)*width * (size_t)*height);
	assert_int_equal(GDALDatasetRasterIO(png, GF_Read, 0, 0, *width, *height, rgba, *width,
					     *height, GDT_Byte, 4, NULL, 4, *width * 4, 1),
			 CE_None);
	GDALClose(png);
	free(path);
	output_free(o);
	bench_close(&b);
	return rgba;
}

/* What a pixel of a class has to look like. */
static void expected(uint8_t class, const uint8_t *backdrop, uint8_t rgba[4])
{
	const struct layer *water = layer_find("water");

	memset(rgba, 255, 4);
	if (class == 255)
		return;
	for (size_t i = 0; i < water->classes_nr; i++) {
		const struct layer_class *c = &water->classes[i];
		const uint8_t rgb[3] = { c->r, c->g, c->b };

		for (int k = 0; c->code == class && k < 3; k++) {
			uint8_t plain = (uint8_t)((rgb[k] * c->a + 255 * (255 - c->a) + 127) / 255);

			rgba[k] = !backdrop ? plain
				  : class   ? (uint8_t)((plain + backdrop[k] + 1) / 2)
					    : backdrop[k];
		}
	}
}

/* The window has 8 pixels around the data, and two of them are one of the picture: it shows the second. */
static void assert_shows(const struct output_backdrop *backdrop)
{
	int width, height;
	uint8_t *rgba = picture(backdrop, &width, &height);
	size_t wrong = 0;

	assert_int_equal(width, (data.w + 16) / 2);
	assert_int_equal(height, (data.h + 16) / 2);
	for (int j = 0; j < height; j++)
		for (int i = 0; i < width; i++) {
			int32_t x = data.x - 8 + 2 * i + 1, y = data.y - 8 + 2 * j + 1;
			uint8_t want[4], behind[3];

			backdrop_at(NULL, x, y, behind);
			expected(class_at(x, y), backdrop ? behind : NULL, want);
			wrong += memcmp(rgba + 4 * ((size_t)j * (size_t)width + (size_t)i), want,
					4) != 0;
		}
	assert_int_equal(wrong, 0);
	free(rgba);
}

static void classes_are_shown(void **state)
{
	(void)state;
	assert_shows(NULL);
}

static void a_backdrop_shows_through(void **state)
{
	const struct output_backdrop backdrop = { backdrop_at, NULL };

	(void)state;
	assert_shows(&backdrop);
}

static int setup(void **state)
{
	(void)state;
	gdal_setup((size_t)1 << 20);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes_are_shown),
		cmocka_unit_test(a_backdrop_shows_through),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
