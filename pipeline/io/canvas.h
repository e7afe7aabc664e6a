/* SPDX-License-Identifier: Apache-2.0
 *
 * canvas.h - a picture that is drawn: areas, thin lines, text; PNG.  canvas.c alone knows libgd.
 *
 * Pixels count from the upper left; what sticks out is cut off.  Everything but the PNG
 * encoder is integer arithmetic: the same calls give the same bytes on every machine
 * with the same libraries.  No fonts are read: text is in libgd's built-in ones
 * (docs/decisions/012-pictures.md).  One thread at a time on one canvas.
 */
#ifndef PIPELINE_IO_CANVAS_H
#define PIPELINE_IO_CANVAS_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"
#include "pipeline/space/rect.h"

/* The largest side in pixels. */
#define CANVAS_SIDE_MAX 8192

/* Colours are 0xRRGGBB: a where part = 0, b where part = whole; whole > 0. */
uint32_t colour_mix(uint32_t a, uint32_t b, uint32_t part, uint32_t whole);

struct canvas;

/* A white one; 4 bytes a pixel.  BUG for a side out of 1..CANVAS_SIDE_MAX or without memory. */
int canvas_new(struct canvas **out, int32_t width, int32_t height, struct error *e);
void canvas_free(struct canvas *c);

void canvas_pixel(struct canvas *c, int32_t x, int32_t y, uint32_t rgb);
void canvas_fill(struct canvas *c, struct rect r, uint32_t rgb);

/* The edge of r, one pixel thick, inside of it. */
void canvas_box(struct canvas *c, struct rect r, uint32_t rgb);

struct canvas_point {
	int32_t x, y;
};

/* An antialiased line one pixel thick, cut at within. */
void canvas_line(struct canvas *c, struct canvas_point from, struct canvas_point to,
		 struct rect within, uint32_t rgb);

/* A filled polygon of n corners (3..16). */
void canvas_polygon(struct canvas *c, const struct canvas_point *corners, size_t n, uint32_t rgb);

enum canvas_font { FONT_PLAIN, FONT_BOLD, FONT_TITLE };
enum canvas_align { ALIGN_LEFT, ALIGN_MIDDLE, ALIGN_RIGHT };

struct canvas_style {
	enum canvas_font font;
	int half_size; /* of a pixel of the font in halves of pixels, 2..8 */
	uint32_t rgb;
	enum canvas_align align;
};

/* Bytes of a text that are looked at. */
#define CANVAS_TEXT 400

/* Height of a line of text, and the width of a UTF-8 text (latin.h) in pixels. */
int32_t canvas_text_height(const struct canvas_style *style);
int32_t canvas_text_width(const struct canvas_style *style, const char *text);

/*
 * Write UTF-8 text (latin.h) with its upper left corner, middle or right end at x, y;
 * where it is wider than width its end becomes "..".
 */
void canvas_text(struct canvas *c, const struct canvas_style *style, struct canvas_point at,
		 int32_t width, const char *text);

/*
 * Write a PNG of 8-bit red, green, blue, synced; path must not exist.  It is encoded in
 * memory first.  CANTCREATE, PERMISSION or IO: none is left.  BUG without memory.
 */
int canvas_write(const struct canvas *c, const char *path, struct error *e);

#endif
