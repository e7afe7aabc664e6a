/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/canvas.h"

#include <stdlib.h>
#include <string.h>

#include <gd.h>
#include <gdfontg.h>
#include <gdfontmb.h>
#include <gdfonts.h>

#include "pipeline/base/file.h"
#include "pipeline/io/latin.h"

#define POLYGON_MAX 16
#define PNG_LEVEL   9

/* Largest glyph of a built-in font, and how much finer smoothing makes it. */
#define GLYPH_MAX 16
#define FINER	  4
#define FINE_MAX  (GLYPH_MAX * FINER)
/* Samples a pixel and side where a fine glyph becomes pixels: 2 * FINER, so half sizes come out even. */
#define SAMPLES (2 * FINER)

struct canvas {
	gdImagePtr image;
};

uint32_t colour_mix(uint32_t a, uint32_t b, uint32_t part, uint32_t whole)
{
	uint32_t mixed = 0;

	for (int shift = 16; shift >= 0; shift -= 8) {
		uint64_t x = a >> shift & 255, y = b >> shift & 255;

		mixed = mixed << 8 |
			(uint32_t)((x * (whole - part) + y * part + whole / 2) / whole);
	}
	return mixed;
}

int canvas_new(struct canvas **out, int32_t width, int32_t height, struct error *e)
{
	struct canvas *c;

	if (width < 1 || height < 1 || width > CANVAS_SIDE_MAX || height > CANVAS_SIDE_MAX)
		return error_set(e, ERROR_BUG, "a picture of %d x %d pixels", width, height);
	c = calloc(1, sizeof(*c));
	if (c)
		c->image = gdImageCreateTrueColor(width, height);
	if (!c || !c->image) {
		free(c);
		return error_nomem(e, "a picture");
	}
	canvas_fill(c, (struct rect){ 0, 0, width, height }, 0xffffff);
	*out = c;
	return 0;
}

void canvas_free(struct canvas *c)
{
	if (c)
		gdImageDestroy(c->image);
	free(c);
}

void canvas_pixel(struct canvas *c, int32_t x, int32_t y, uint32_t rgb)
{
	gdImageSetPixel(c->image, x, y, (int)rgb);
}

void canvas_fill(struct canvas *c, struct rect r, uint32_t rgb)
{
	if (!rect_empty(r))
		gdImageFilledRectangle(c->image, r.x, r.y, r.x + r.w - 1, r.y + r.h - 1, (int)rgb);
}

void canvas_box(struct canvas *c, struct rect r, uint32_t rgb)
{
	canvas_fill(c, (struct rect){ r.x, r.y, r.w, 1 }, rgb);
	canvas_fill(c, (struct rect){ r.x, r.y + r.h - 1, r.w, 1 }, rgb);
	canvas_fill(c, (struct rect){ r.x, r.y, 1, r.h }, rgb);
	canvas_fill(c, (struct rect){ r.x + r.w - 1, r.y, 1, r.h }, rgb);
}

void canvas_line(struct canvas *c, struct canvas_point from, struct canvas_point to,
		 struct rect within, uint32_t rgb)
{
	gdImageSetClip(c->image, within.x, within.y, within.x + within.w - 1,
		       within.y + within.h - 1);
	gdImageSetAntiAliased(c->image, (int)rgb);
	gdImageLine(c->image, from.x, from.y, to.x, to.y, gdAntiAliased);
	gdImageSetClip(c->image, 0, 0, gdImageSX(c->image) - 1, gdImageSY(c->image) - 1);
}

void canvas_polygon(struct canvas *c, const struct canvas_point *corners, size_t n, uint32_t rgb)
{
	gdPoint points[POLYGON_MAX];

	n = n < POLYGON_MAX ? n : POLYGON_MAX;
	for (size_t i = 0; i < n; i++)
		points[i] = (gdPoint){ corners[i].x, corners[i].y };
	gdImageFilledPolygon(c->image, points, (int)n, (int)rgb);
}

/* --- text --- */

static gdFontPtr font_of(const struct canvas_style *style)
{
	switch (style->font) {
	case FONT_BOLD:
		return gdFontGetMediumBold();
	case FONT_TITLE:
		return gdFontGetGiant();
	default:
		return gdFontGetSmall();
	}
}

/* Dots of a glyph; 0 outside. */
struct glyph {
	int w, h;
	uint8_t dot[FINE_MAX][FINE_MAX];
};

static uint8_t dot_at(const struct glyph *g, int x, int y)
{
	return x < 0 || y < 0 || x >= g->w || y >= g->h ? 0 : g->dot[y][x];
}

static void read_glyph(gdFontPtr font, unsigned char character, struct glyph *g)
{
	size_t w = (size_t)font->w, h = (size_t)font->h;
	const char *data = font->data + (size_t)(character - font->offset) * w * h;

	*g = (struct glyph){ .w = font->w, .h = font->h };
	for (size_t i = 0; i < w * h; i++)
		g->dot[i / w][i % w] = data[i] != 0;
}

/*
 * Twice the size with smooth edges: EPX (Johnston 1992; Mazzoleni's Scale2x has the same rule):
 * a quarter takes its two neighbours' value where they agree and the opposite two differ from them.
 */
static void refine(const struct glyph *from, struct glyph *to)
{
	*to = (struct glyph){ .w = 2 * from->w, .h = 2 * from->h };
	for (int y = 0; y < from->h; y++)
		for (int x = 0; x < from->w; x++) {
			uint8_t above = dot_at(from, x, y - 1), below = dot_at(from, x, y + 1);
			uint8_t left = dot_at(from, x - 1, y), right = dot_at(from, x + 1, y);
			uint8_t here = from->dot[y][x];
			bool edge = above != below && left != right;
			size_t row = 2 * (size_t)y, column = 2 * (size_t)x;

			to->dot[row][column] = edge && left == above ? left : here;
			to->dot[row][column + 1] = edge && above == right ? right : here;
			to->dot[row + 1][column] = edge && left == below ? left : here;
			to->dot[row + 1][column + 1] = edge && below == right ? right : here;
		}
}

/* Dots of the fine glyph among the samples of a pixel of the picture. */
static uint32_t coverage(const struct glyph *g, int x, int y, int half_size)
{
	uint32_t n = 0;

	for (int j = 0; j < SAMPLES; j++)
		for (int i = 0; i < SAMPLES; i++)
			n += dot_at(g, (x * SAMPLES + i) / half_size,
				    (y * SAMPLES + j) / half_size);
	return n;
}

static void draw_glyph(struct canvas *c, const struct canvas_style *style, struct canvas_point at,
		       unsigned char character)
{
	gdFontPtr font = font_of(style);
	struct glyph plain, twice, fine;
	int w = (font->w * style->half_size + 1) / 2, h = (font->h * style->half_size + 1) / 2;

	if (character < font->offset || character >= font->offset + font->nchars)
		return;
	read_glyph(font, character, &plain);
	refine(&plain, &twice);
	refine(&twice, &fine);
	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++) {
			uint32_t part = coverage(&fine, x, y, style->half_size);
			uint32_t under = (uint32_t)gdImageGetPixel(c->image, at.x + x, at.y + y);

			if (part)
				canvas_pixel(
					c, at.x + x, at.y + y,
					colour_mix(under, style->rgb, part, SAMPLES * SAMPLES));
		}
}

int32_t canvas_text_height(const struct canvas_style *style)
{
	return (font_of(style)->h * style->half_size + 1) / 2;
}

static int32_t latin_width(const struct canvas_style *style, size_t characters)
{
	return ((int32_t)characters * font_of(style)->w * style->half_size + 1) / 2;
}

int32_t canvas_text_width(const struct canvas_style *style, const char *text)
{
	char latin[CANVAS_TEXT];

	latin2(latin, sizeof(latin), text);
	return latin_width(style, strlen(latin));
}

/* Leave what fits, ".." at its end. */
static void shorten(const struct canvas_style *style, char *latin, int32_t width)
{
	size_t n = strlen(latin);

	if (latin_width(style, n) <= width)
		return;
	while (n && latin_width(style, n) > width)
		n--;
	latin[n] = 0;
	for (size_t i = n < 2 ? n : 2; i; i--)
		latin[n - i] = '.';
}

void canvas_text(struct canvas *c, const struct canvas_style *style, struct canvas_point at,
		 int32_t width, const char *text)
{
	char latin[CANVAS_TEXT];
	int32_t taken;

	latin2(latin, sizeof(latin), text);
	shorten(style, latin, width);
	taken = latin_width(style, strlen(latin));
	at.x -= style->align == ALIGN_RIGHT ? taken : style->align == ALIGN_MIDDLE ? taken / 2 : 0;
	for (size_t i = 0; latin[i]; i++)
		draw_glyph(c, style,
			   (struct canvas_point){ at.x + font_of(style)->w * style->half_size *
								  (int32_t)i / 2,
						  at.y },
			   (unsigned char)latin[i]);
}

/* --- the file --- */

int canvas_write(const struct canvas *c, const char *path, struct error *e)
{
	int size = 0, ret;
	void *png = gdImagePngPtrEx(c->image, &size, PNG_LEVEL);

	if (!png || size <= 0)
		ret = error_nomem(e, path);
	else
		ret = file_write(path, png, (size_t)size, e);
	gdFree(png);
	return ret;
}
