/* SPDX-License-Identifier: Apache-2.0
 *
 * Maps of odd shapes, and words that are not meant well.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "pipeline/io/map_picture.h"
#include "pipeline/tests/map_maker.h"
#include "pipeline/tests/result_maker.h"

static struct map_picture plain(const struct map_tally *t)
{
	static struct map_class gains = { NULL, 1, true };

	gains.class = layer_class_find(layer_find("change"), CHANGE_GAIN);
	return (struct map_picture){
		.classes = &gains,
		.classes_nr = 1,
		.title = "",
		.period = { { "Before", 0, 0, 0 }, { "After", 0, 86400, 0 } },
		.tally = t,
		.area_title = "",
		.note = "",
		.credit = "",
		.program = "",
	};
}

static struct map_png write_and_read(const struct bench *b, const struct map_picture *p,
				     struct map_place *place)
{
	const char *path = bench_path(b, "x.png");
	struct error e = { 0 };
	struct map_png png;

	unlink(path);
	if (map_picture_write(path, p, place, &e))
		fail_msg("%s", e.text);
	png = map_png_read(path);
	assert_int_equal(png.w, MAP_PICTURE_WIDTH);
	assert_in_range(png.h, 300, 2200);
	return png;
}

static uint8_t gain(int32_t x, int32_t y)
{
	(void)x, (void)y;
	return CHANGE_GAIN;
}

static uint8_t no_data(int32_t x, int32_t y)
{
	(void)x, (void)y;
	return CHANGE_NODATA;
}

/* Pixels of about one colour inside of r. */
static size_t count_near(const struct map_png *png, struct rect r, uint32_t rgb, int most)
{
	size_t n = 0;

	for (int32_t y = r.y; y < r.y + r.h; y++)
		for (int32_t x = r.x; x < r.x + r.w; x++)
			n += map_distance(map_png_at(png, x, y), rgb) <= most;
	return n;
}

static size_t count_colour(const struct map_png *png, struct rect r, uint32_t rgb)
{
	return count_near(png, r, rgb, 0);
}

/* The whole of the data is seen, at its size, in any shape. */
static void any_shape_fits_the_page(void **state)
{
	static const int32_t shapes[][2] = { { 1, 1 },	    { 5, 3 },	   { 2000, 1 },
					     { 1, 2000 },   { 300, 2900 }, { 2900, 300 },
					     { 100000, 2 }, { 640, 640 } };
	struct bench b;

	(void)state;
	bench_open(&b);
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		struct grid g = map_grid("EPSG:32643", shapes[i][0], shapes[i][1], 30);
		struct map_tally *t = map_make(&g, gain, 2);
		struct map_picture p = plain(t);
		struct map_place place;
		struct map_png png = write_and_read(&b, &p, &place);
		const struct grid *m = &place.frame.grid;
		double w = g.width * g.dx / m->dx, h = g.height * g.dy / m->dy;
		size_t n = count_colour(&png, place.map, map_colour(CHANGE_GAIN));

		assert_true(place.map.x + place.map.w <= png.w - 20);
		assert_true(place.map.w <= 4.2 * place.map.h && place.map.h <= 3.2 * place.map.w);
		assert_true((double)n >= floor(w) * floor(h) &&
			    (double)n <= ceil(w + 1) * ceil(h + 1));
		assert_true(n > 0);
		free(png.rgb);
		map_tally_free(t);
	}
	bench_close(&b);
}

static void without_data_the_map_says_so(void **state)
{
	struct grid g = map_grid("EPSG:32643", 400, 300, 30);
	struct map_tally *t = map_make(&g, no_data, 1);
	struct map_picture p = plain(t);
	struct map_place place;
	struct map_png png;
	struct bench b;
	struct rect middle;

	(void)state;
	bench_open(&b);
	png = write_and_read(&b, &p, &place);
	middle = rect_grow((struct rect){ place.map.x + place.map.w / 2,
					  place.map.y + place.map.h / 2 + 13, 1, 1 },
			   20);
	assert_true(count_colour(&png, middle, 0x202020) > 20);
	for (int code = CHANGE_LAND; code <= CHANGE_UNCERTAIN; code++)
		assert_int_equal(count_colour(&png, place.map, map_colour((uint8_t)code)), 0);
	free(png.rgb);
	map_tally_free(t);
	bench_close(&b);
}

static void lines_are_drawn_where_they_hide_nothing(void **state)
{
	const uint32_t rgb = 0x123456;
	struct point points[] = { { 500000, 5150000 }, { 512000, 5141000 }, { 1e300, -1e300 } };
	size_t starts[] = { 0, 3 };
	bool closed[] = { false };
	struct lines lines = { points, starts, closed, 1 };
	struct map_line line = { &lines, "shore", rgb };
	struct bench b;

	(void)state;
	bench_open(&b);
	for (int32_t k = 1; k <= 10; k += 9) {
		struct grid g = map_grid("EPSG:32643", 400 * k, 300 * k, 30);
		struct map_tally *t = map_make(&g, gain, 2);
		struct map_picture p = plain(t);
		struct map_place place;
		struct map_png png;
		size_t n;

		p.lines = &line;
		p.lines_nr = 1;
		png = write_and_read(&b, &p, &place);
		n = count_near(&png, place.map, rgb, 5000);
		assert_int_equal(place.frame.reduction <= MAP_LINES_REDUCTION, n > 100);
		assert_int_equal(k == 1, n > 100);
		free(png.rgb);
		map_tally_free(t);
	}
	bench_close(&b);
}

/* --- words --- */

static const char evil[] = "%s%n \x1b[2J \xff\xfe <b> \"\n\r\t Озеро 湖 ";

static void hostile_words_do_no_harm(void **state)
{
	const struct layer *layer = layer_find("change");
	struct grid g = map_grid("EPSG:32643", 400, 300, 30);
	struct map_tally *t = map_make(&g, gain, 1);
	struct map_class classes[20];
	struct map_area areas[40];
	struct map_picture p = plain(t);
	char *longest = malloc(100001);
	struct map_png png;
	struct bench b;

	(void)state;
	bench_open(&b);
	for (size_t i = 0; i < 100000; i++)
		longest[i] = "\xd0\x96 "[i % 3]; /* a wide letter */
	longest[100000] = 0;
	for (size_t i = 0; i < 20; i++)
		classes[i] =
			(struct map_class){ &layer->classes[i % 6], i % 2 ? NAN : 1e300, true };
	for (size_t i = 0; i < 40; i++)
		areas[i] = (struct map_area){ i % 2 ? evil : longest,
					      NAN,
					      INFINITY,
					      -0.0,
					      1e300,
					      -1e300,
					      1e-300,
					      -1e-9,
					      123456789.5 };
	p.title = longest;
	p.period[0] = (struct map_period){ evil, INT64_MIN, INT64_MAX, SIZE_MAX };
	p.period[1] = (struct map_period){ longest, INT64_MAX, INT64_MIN, 1 };
	p.classes = classes;
	p.classes_nr = 20;
	p.areas = areas;
	p.areas_nr = 40;
	p.area_title = p.note = p.credit = longest;
	p.program = evil;
	png = write_and_read(&b, &p, NULL);
	/* Nothing runs over the edges of the page. */
	for (int32_t y = 0; y < png.h; y++) {
		assert_int_equal(map_png_at(&png, 8, y), 0xffffff);
		assert_int_equal(map_png_at(&png, png.w - 8, y), 0xffffff);
	}
	free(png.rgb);
	free(longest);
	map_tally_free(t);
	bench_close(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_shape_fits_the_page),
		cmocka_unit_test(without_data_the_map_says_so),
		cmocka_unit_test(lines_are_drawn_where_they_hide_nothing),
		cmocka_unit_test(hostile_words_do_no_harm),
	};

	GDALAllRegister();
	return cmocka_run_group_tests_name("map_shapes", tests, NULL, NULL);
}
