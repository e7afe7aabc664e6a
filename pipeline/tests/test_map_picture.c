/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "pipeline/io/map_picture.h"
#include "pipeline/space/crs.h"
#include "pipeline/tests/map_maker.h"
#include "pipeline/tests/result_maker.h"

#define INK 0x202020

/* --- pictures --- */

static const struct map_area one_area = { "lake", 10.5, .1, 9, .2, .25, 1.75, -1.5, .3 };

/* All words and classes that a picture may have. */
struct words {
	struct map_class classes[6];
	struct map_picture p;
};

static void set_words(struct words *w, const struct map_tally *t)
{
	const struct layer *layer = layer_find("change");

	for (size_t i = 0; i < 6; i++) {
		uint32_t code = layer->classes[i].code;

		w->classes[i] = (struct map_class){ &layer->classes[i], 12.5 * (double)i,
						    code == CHANGE_GAIN || code == CHANGE_LOSS };
	}
	w->p = (struct map_picture){
		.title = "Lake: change of the shoreline",
		.period = { { "Before", 1499000000, 1500000000, 3 },
			    { "After", 1720000000, 1720000000, 1 } },
		.tally = t,
		.classes = w->classes,
		.classes_nr = 6,
		.area_title = "Water by fraction, km2",
		.areas = &one_area,
		.areas_nr = 1,
		.note = "a note",
		.credit = "Contains modified Copernicus Sentinel data",
		.program = "balkhash 0",
	};
}

/* Write the picture of a raster and read it back. */
static struct map_png draw(const struct bench *b, const struct grid *g, class_fn *class,
			   struct map_place *place)
{
	struct map_tally *t = map_make(g, class, 2);
	const char *path = bench_path(b, "x.png");
	struct map_png png;
	struct error e = { 0 };
	struct words w;

	set_words(&w, t);
	unlink(path);
	if (map_picture_write(path, &w.p, place, &e))
		fail_msg("%s", e.text);
	png = map_png_read(path);
	assert_int_equal(png.w, MAP_PICTURE_WIDTH);
	map_tally_free(t);
	return png;
}

static uint8_t lake(int32_t x, int32_t y)
{
	int32_t r2 = (x - 150) * (x - 150) + (y - 100) * (y - 100);

	if (x + y > 420)
		return CHANGE_NODATA;
	if (y > 180)
		return CHANGE_UNCERTAIN;
	return (uint8_t)(r2 < 3600   ? CHANGE_WATER
			 : r2 < 4900 ? (x < 150 ? CHANGE_GAIN : CHANGE_LOSS)
				     : CHANGE_LAND);
}

/* Is there an area of 30 x 16 pixels of one colour outside of the map? */
static bool has_swatch(const struct map_png *png, struct rect map, uint32_t rgb)
{
	for (int32_t y = 0; y + 16 < png->h; y++)
		for (int32_t x = 0; x + 30 < png->w; x++) {
			struct rect r = { x, y, 30, 16 };
			int32_t k = 0;

			if (!rect_empty(rect_intersect(r, map)))
				continue;
			while (k < 480 && map_png_at(png, x + k % 30, y + k / 30) == rgb)
				k++;
			if (k == 480)
				return true;
		}
	return false;
}

static void the_legend_has_all_colours_and_so_has_the_map(void **state)
{
	static const uint8_t codes[] = { CHANGE_LAND, CHANGE_WATER, CHANGE_GAIN, CHANGE_LOSS,
					 CHANGE_UNCERTAIN };
	struct grid g = map_grid("EPSG:32643", 300, 200, 30);
	struct map_place place;
	struct map_png png;
	struct bench b;

	(void)state;
	bench_open(&b);
	png = draw(&b, &g, lake, &place);
	for (size_t i = 0; i < sizeof(codes); i++) {
		bool found = false;

		assert_true(has_swatch(&png, place.map, map_colour(codes[i])));
		for (int32_t k = 0; k < place.map.w * place.map.h && !found; k++)
			found = map_png_at(&png, place.map.x + k % place.map.w,
					   place.map.y + k / place.map.w) == map_colour(codes[i]);
		assert_true(found);
	}
	free(png.rgb);
	bench_close(&b);
}

/* Each pixel of the raster lies where the frame says. */
static void pixels_are_where_their_coordinates_are(void **state)
{
	struct grid g = map_grid("EPSG:32643", 300, 200, 30);
	struct map_place place;
	struct map_png png;
	struct bench b;

	(void)state;
	bench_open(&b);
	png = draw(&b, &g, lake, &place);
	for (int32_t y = 5; y < 200; y += 13)
		for (int32_t x = 5; x < 300; x += 13) {
			const struct grid *m = &place.frame.grid;
			double px = (g.x0 + (x + .5) * g.dx - m->x0) / m->dx;
			double py = (m->y0 - (g.y0 - (y + .5) * g.dy)) / m->dy;
			uint8_t code = lake(x, y);

			if (code != CHANGE_NODATA)
				assert_int_equal(map_png_at(&png, place.map.x + (int32_t)px,
							    place.map.y + (int32_t)py),
						 map_colour(code));
		}
	free(png.rgb);
	bench_close(&b);
}

/* --- narrow change --- */

/* One column of gain and one row of loss in water. */
static uint8_t strips(int32_t x, int32_t y)
{
	return (uint8_t)(x == 7003 ? CHANGE_GAIN : y == 2001 ? CHANGE_LOSS : CHANGE_WATER);
}

static bool looks_like(uint32_t rgb, uint8_t code)
{
	return map_distance(rgb, map_colour(code)) < map_distance(rgb, map_colour(CHANGE_WATER));
}

static void strips_of_one_pixel_stay_visible(void **state)
{
	struct grid g = map_grid("EPSG:32643", 14600, 4000, 10);
	struct map_place place;
	struct map_png png;
	struct bench b;
	int32_t column, row, left, top;

	(void)state;
	bench_open(&b);
	png = draw(&b, &g, strips, &place);
	assert_true(place.frame.reduction >= 10);
	column = place.map.x +
		 (int32_t)((g.x0 + 7003.5 * g.dx - place.frame.grid.x0) / place.frame.grid.dx);
	row = place.map.y +
	      (int32_t)((place.frame.grid.y0 - (g.y0 - 2001.5 * g.dy)) / place.frame.grid.dy);
	left = place.map.x + 80;
	top = place.map.y + 80;
	for (int32_t y = top; y < place.map.y + place.map.h - 80; y++) {
		if (abs(y - row) > 2) {
			assert_true(looks_like(map_png_at(&png, column, y), CHANGE_GAIN));
			assert_int_equal(map_png_at(&png, column - 3, y), map_colour(CHANGE_WATER));
			assert_int_equal(map_png_at(&png, column + 3, y), map_colour(CHANGE_WATER));
		}
	}
	for (int32_t x = left; x < place.map.x + place.map.w - 80; x++)
		if (abs(x - column) > 2)
			assert_true(looks_like(map_png_at(&png, x, row), CHANGE_LOSS));
	free(png.rgb);
	bench_close(&b);
}

/* --- scale and coordinates --- */

/* Metres along a parallel of the ellipsoid of WGS 84 from one end to the other of the middle row. */
static double true_width(const struct grid *m)
{
	const double a = 6378137, e2 = 0.00669437999014, degree = M_PI / 180;
	const struct crs lonlat = CRS_LONLAT;
	struct crs_transform *t = NULL;
	struct error e = { 0 };
	double mid = m->x0 + m->width * m->dx / 2, y0 = m->y0 - m->height * m->dy / 2;
	double x[2] = { mid - 50 * m->dx, mid + 50 * m->dx }, y[2] = { y0, y0 };
	double s, n, radius, east, north;

	assert_int_equal(crs_transform_new(&t, &m->crs, &lonlat, &e), 0);
	crs_transform_points(t, 2, x, y);
	crs_transform_free(t);
	s = sin(y[0] * degree);
	n = a / sqrt(1 - e2 * s * s);
	radius = a * (1 - e2) / pow(1 - e2 * s * s, 1.5);
	east = n * cos(y[0] * degree) * (x[1] - x[0]) * degree;
	north = radius * (y[1] - y[0]) * degree;
	return sqrt(east * east + north * north) / 100 * m->width;
}

static void check_scale(const struct map_png *png, const struct map_place *place)
{
	const struct grid *m = &place->frame.grid;
	double want = place->scale_m / (true_width(m) / m->width);
	int32_t x = place->scale.x - 1, y = place->scale.y - 1, n = 0;

	/* The frame of the bar is one pixel longer on both sides. */
	while (map_png_at(png, x + n, y) == INK)
		n++;
	assert_int_not_equal(map_png_at(png, x - 1, y), INK);
	assert_true(fabs(n - 2 - want) <= 1);
	assert_int_equal(n - 2, place->scale.w);
	assert_true(n > 100 && n < 400);
	assert_int_equal(map_png_at(png, x + n / 8, y + 3), INK);
	assert_int_equal(map_png_at(png, x + 3 * n / 8, y + 3), 0xffffff);
}

static void the_scale_bar_is_as_long_as_it_says(void **state)
{
	static const struct {
		const char *crs;
		double pixel_m;
	} cases[] = { { "EPSG:32643", 30 },  { "EPSG:32643", 10 }, { MAP_LAEA, 30 },
		      { "EPSG:3857", 17.3 }, { MAP_LAEA, .5 },	   { MAP_LAEA, 2000 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct grid g = map_grid(cases[i].crs, 300, 200, cases[i].pixel_m);
		struct map_place place;
		struct map_png png;
		struct bench b;

		bench_open(&b);
		png = draw(&b, &g, lake, &place);
		check_scale(&png, &place);
		free(png.rgb);
		bench_close(&b);
	}
}

/* Degrees at a tick by the transformation, against its label. */
static void check_tick(const struct map_place *place, enum map_edge edge,
		       const struct map_tick *tick, struct crs_transform *t)
{
	const struct grid *m = &place->frame.grid;
	bool level = edge == EDGE_BOTTOM || edge == EDGE_TOP;
	double px = level ? tick->at + .5 : edge == EDGE_LEFT ? 0 : m->width;
	double py = !level ? tick->at + .5 : edge == EDGE_TOP ? 0 : m->height;
	double x[2] = { m->x0 + px * m->dx, m->x0 + (px + level) * m->dx };
	double y[2] = { m->y0 - py * m->dy, m->y0 - (py + !level) * m->dy };
	double label = strtod(tick->text, NULL);

	crs_transform_points(t, 2, x, y);
	if (level)
		assert_true(fabs(x[0] - label) < fabs(x[1] - x[0]));
	else
		assert_true(fabs(y[0] - label) < fabs(y[1] - y[0]));
}

static void ticks_are_at_their_degrees(void **state)
{
	static const double sizes[] = { .5, 30, 900, 5000 };
	const struct crs lonlat = CRS_LONLAT;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct grid g = map_grid(MAP_LAEA, 300, 200, sizes[i]);
		struct map_tally *t = map_make(&g, lake, 1);
		struct crs_transform *to = NULL;
		struct map_place place;
		struct error e = { 0 };

		assert_int_equal(map_frame_set(&place.frame, t, 1400, 1000, &e), 0);
		assert_int_equal(crs_transform_new(&to, &g.crs, &lonlat, &e), 0);
		for (enum map_edge edge = EDGE_BOTTOM; edge <= EDGE_RIGHT; edge++) {
			struct map_tick ticks[MAP_FRAME_TICKS];
			size_t nr;

			assert_int_equal(map_frame_ticks(&place.frame, edge, ticks, &nr, &e), 0);
			assert_in_range(nr, 2, 9);
			for (size_t k = 0; k < nr; k++)
				check_tick(&place, edge, &ticks[k], to);
		}
		crs_transform_free(to);
		map_tally_free(t);
	}
}

/* East of the middle of a zone north leans to the left: at 78 degrees by 3 * sin(46.4) degrees. */
static void north_leans_as_the_zone_does(void **state)
{
	struct grid g = map_grid("EPSG:32643", 300, 200, 30);
	struct map_tally *t;
	struct map_frame f;
	struct error e = { 0 };

	(void)state;
	g.x0 = 730000;
	t = map_make(&g, lake, 1);
	assert_int_equal(map_frame_set(&f, t, 1400, 1000, &e), 0);
	assert_true(fabs(atan2(-f.north_x, -f.north_y) * 180 / M_PI - 3.05 * .724) < .1);
	map_tally_free(t);
}

/* --- the file --- */

static void the_same_bytes_in_any_order(void **state)
{
	struct grid g = map_grid("EPSG:32643", 2900, 2950, 30);
	const char *path[3];
	char *data[3];
	size_t size[3];
	struct bench b;

	(void)state;
	bench_open(&b);
	for (size_t i = 0; i < 3; i++) {
		struct map_tally *t = map_make(&g, strips, i ? 7 : 1);
		struct error e = { 0 };
		struct words w;
		char name[8];

		snprintf(name, sizeof(name), "%zu.png", i);
		path[i] = bench_path(&b, name);
		set_words(&w, t);
		assert_int_equal(map_picture_write(path[i], &w.p, NULL, &e), 0);
		assert_int_equal(file_read(path[i], 1 << 20, &data[i], &size[i], &e), 0);
		map_tally_free(t);
	}
	for (size_t i = 1; i < 3; i++) {
		assert_int_equal(size[i], size[0]);
		assert_memory_equal(data[i], data[0], size[0]);
	}
	for (size_t i = 0; i < 3; i++)
		free(data[i]);
	bench_close(&b);
}

/* Nothing of the run is in the file: these chunks and no others. */
static void the_file_holds_pixels_and_nothing_else(void **state)
{
	struct grid g = map_grid("EPSG:32643", 300, 200, 30);
	struct map_png png;
	struct error e = { 0 };
	struct bench b;
	char *data;
	size_t size;

	(void)state;
	bench_open(&b);
	png = draw(&b, &g, lake, NULL);
	assert_int_equal(file_read(bench_path(&b, "x.png"), 1 << 20, &data, &size, &e), 0);
	for (size_t at = 8; at + 12 <= size;) {
		const unsigned char *p = (const unsigned char *)data + at;

		assert_non_null(
			strstr("IHDR pHYs IDAT IEND",
			       (char[]){ (char)p[4], (char)p[5], (char)p[6], (char)p[7], 0 }));
		at += 12 + ((size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3]);
	}
	free(data);
	free(png.rgb);
	bench_close(&b);
}

static void no_file_is_left_where_it_cannot_be_written(void **state)
{
	struct grid g = map_grid("EPSG:32643", 300, 200, 30);
	struct map_tally *t = map_make(&g, lake, 1);
	struct error e = { 0 };
	struct rlimit was, now;
	struct bench b;
	struct words w;

	(void)state;
	bench_open(&b);
	set_words(&w, t);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &was);
	now = (struct rlimit){ 10 << 10, was.rlim_max };
	setrlimit(RLIMIT_FSIZE, &now);
	assert_int_equal(map_picture_write(bench_path(&b, "x.png"), &w.p, NULL, &e), -1);
	setrlimit(RLIMIT_FSIZE, &was);
	assert_int_equal(e.code, ERROR_IO);
	assert_int_equal(access(bench_path(&b, "x.png"), F_OK), -1);
	assert_int_equal(map_picture_write(bench_path(&b, "no/x.png"), &w.p, NULL, &e), -1);
	bench_write(bench_path(&b, "x.png"), "mine", 4);
	assert_int_equal(map_picture_write(bench_path(&b, "x.png"), &w.p, NULL, &e), -1);
	assert_int_equal(e.code, ERROR_CANTCREATE);
	map_tally_free(t);
	bench_close(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_legend_has_all_colours_and_so_has_the_map),
		cmocka_unit_test(pixels_are_where_their_coordinates_are),
		cmocka_unit_test(strips_of_one_pixel_stay_visible),
		cmocka_unit_test(the_scale_bar_is_as_long_as_it_says),
		cmocka_unit_test(ticks_are_at_their_degrees),
		cmocka_unit_test(north_leans_as_the_zone_does),
		cmocka_unit_test(the_same_bytes_in_any_order),
		cmocka_unit_test(the_file_holds_pixels_and_nothing_else),
		cmocka_unit_test(no_file_is_left_where_it_cannot_be_written),
	};

	GDALAllRegister();
	return cmocka_run_group_tests_name("map_picture", tests, NULL, NULL);
}
