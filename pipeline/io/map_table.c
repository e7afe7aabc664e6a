/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/map_internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LEGEND_ROW 36
#define SWATCH	   38
#define SWATCH_H   22

#define TABLE_ROW   32
#define TABLE_NAME  330 /* width of the first column */
#define TABLE_TITLE 40
#define NOTE_ROW    26

const struct canvas_style map_plain = { FONT_PLAIN, 4, MAP_INK, ALIGN_LEFT };
const struct canvas_style map_bold = { FONT_BOLD, 4, MAP_INK, ALIGN_LEFT };
const struct canvas_style map_small = { FONT_PLAIN, 3, MAP_GREY, ALIGN_LEFT };

struct canvas_style map_aligned(struct canvas_style style, enum canvas_align align)
{
	style.align = align;
	return style;
}

/* --- numbers --- */

/* Decimals with which the largest of the numbers has about five digits. */
static int decimals_for(double largest)
{
	return largest < 10 ? 3 : largest < 1000 ? 2 : largest < 100000 ? 1 : 0;
}

static void put_number(char text[32], double v, int decimals)
{
	if (!isfinite(v))
		snprintf(text, 32, "-");
	else if (fabs(v) >= 1e9)
		snprintf(text, 32, "%.4g", v);
	else
		snprintf(text, 32, "%.*f", decimals, v);
	/* No "-0.00". */
	if (text[0] == '-' && text[1] && !text[1 + strspn(text + 1, "0.")])
		memmove(text, text + 1, strlen(text));
}

static double larger(double largest, double v)
{
	return isfinite(v) && fabs(v) > largest ? fabs(v) : largest;
}

/* --- legend --- */

static size_t classes_of(const struct map_picture *p)
{
	return p->classes_nr < MAP_PICTURE_CLASSES ? p->classes_nr : MAP_PICTURE_CLASSES;
}

static size_t entries_of(const struct map_picture *p, const struct map_frame *f)
{
	return classes_of(p) + map_lines_nr(p, f);
}

int32_t map_legend_height(const struct map_picture *p, const struct map_frame *f, int columns)
{
	int rows = ((int)entries_of(p, f) + columns - 1) / columns;

	return rows * LEGEND_ROW;
}

static void draw_swatch(struct canvas *c, const struct map_picture *p, struct rect r, size_t i)
{
	const struct layer_class *class = p->classes[i].class;

	if (map_tally_position(p->tally, class->code) >= 0)
		canvas_fill(c, r, (uint32_t) class->r << 16 | (uint32_t) class->g << 8 | class->b);
	else
		for (int32_t y = r.y; y < r.y + r.h; y++)
			for (int32_t x = r.x; x < r.x + r.w; x++)
				canvas_pixel(c, x, y, map_no_data(x, y));
	canvas_box(c, r, MAP_GREY);
}

static void draw_class(struct canvas *c, const struct map_picture *p, struct rect r, size_t i)
{
	char text[CANVAS_TEXT], km2[32];
	double largest = 0;

	for (size_t k = 0; k < p->classes_nr; k++)
		largest = larger(largest, p->classes[k].km2);
	put_number(km2, p->classes[i].km2, decimals_for(largest));
	draw_swatch(c, p, (struct rect){ r.x, r.y, SWATCH, SWATCH_H }, i);
	if (isfinite(p->classes[i].km2))
		snprintf(text, sizeof(text), "%.200s (%s km2)", p->classes[i].class->name, km2);
	else
		snprintf(text, sizeof(text), "%.200s", p->classes[i].class->name);
	canvas_text(c, &map_plain, (struct canvas_point){ r.x + SWATCH + 12, r.y - 2 },
		    r.w - SWATCH - 24, text);
}

static void draw_line_entry(struct canvas *c, const struct map_line *line, struct rect r)
{
	struct rect all = { r.x, r.y, SWATCH, SWATCH_H };

	canvas_line(c, (struct canvas_point){ r.x, r.y + SWATCH_H - 4 },
		    (struct canvas_point){ r.x + SWATCH - 1, r.y + 4 }, all, line->rgb);
	canvas_text(c, &map_plain, (struct canvas_point){ r.x + SWATCH + 12, r.y - 2 },
		    r.w - SWATCH - 24, line->name);
}

/* Down the columns, one after the other. */
void map_legend_draw(struct canvas *c, const struct map_picture *p, const struct map_frame *f,
		     struct rect r, int columns)
{
	int32_t rows = map_legend_height(p, f, columns) / LEGEND_ROW;
	size_t classes = classes_of(p);

	for (size_t i = 0; i < entries_of(p, f); i++) {
		int32_t column = (int32_t)i / rows, row = (int32_t)i % rows;
		struct rect entry = { r.x + column * (r.w / columns), r.y + row * LEGEND_ROW,
				      r.w / columns, LEGEND_ROW };

		if (i < classes)
			draw_class(c, p, entry, i);
		else
			draw_line_entry(c, &p->lines[i - classes], entry);
	}
}

/* --- table of areas --- */

static const struct {
	const char *head;
	size_t offset;
} columns[] = {
	{ "before", offsetof(struct map_area, before) },
	{ "+-", offsetof(struct map_area, before_error) },
	{ "after", offsetof(struct map_area, after) },
	{ "+-", offsetof(struct map_area, after_error) },
	{ "gain", offsetof(struct map_area, gain) },
	{ "loss", offsetof(struct map_area, loss) },
	{ "net", offsetof(struct map_area, net) },
	{ "+-", offsetof(struct map_area, net_error) },
};

#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static double cell_of(const struct map_area *area, size_t column)
{
	double v;

	memcpy(&v, (const char *)area + columns[column].offset, sizeof(v));
	return v;
}

static size_t rows_of(const struct map_picture *p)
{
	return p->areas_nr < MAP_PICTURE_ROWS ? p->areas_nr : MAP_PICTURE_ROWS;
}

int32_t map_table_height(const struct map_picture *p)
{
	if (!p->areas_nr)
		return 0;
	return TABLE_TITLE + ((int32_t)rows_of(p) + 1) * TABLE_ROW + 12 +
	       (p->areas_nr > MAP_PICTURE_ROWS ? NOTE_ROW : 0) + (p->note[0] ? NOTE_ROW : 0);
}

static void draw_cell(struct canvas *c, const struct canvas_style *style, int32_t y, size_t column,
		      const char *text)
{
	int32_t width = (MAP_PICTURE_WIDTH - 2 * MAP_EDGE - TABLE_NAME) / (int32_t)COLUMNS;
	struct canvas_style right = map_aligned(*style, ALIGN_RIGHT);

	canvas_text(
		c, &right,
		(struct canvas_point){ MAP_EDGE + TABLE_NAME + width * (int32_t)(column + 1), y },
		width - 8, text);
}

static void draw_row(struct canvas *c, const struct map_area *area, int32_t y, int decimals)
{
	char text[32];

	canvas_text(c, &map_plain, (struct canvas_point){ MAP_EDGE, y }, TABLE_NAME, area->name);
	for (size_t k = 0; k < COLUMNS; k++) {
		put_number(text, cell_of(area, k), decimals);
		draw_cell(c, &map_plain, y, k, text);
	}
}

static void rule(struct canvas *c, int32_t y)
{
	canvas_fill(c, (struct rect){ MAP_EDGE, y, MAP_PICTURE_WIDTH - 2 * MAP_EDGE, 1 }, MAP_GREY);
}

static void draw_notes(struct canvas *c, const struct map_picture *p, int32_t y)
{
	int32_t width = MAP_PICTURE_WIDTH - 2 * MAP_EDGE;
	char text[64];

	if (p->areas_nr > MAP_PICTURE_ROWS) {
		snprintf(text, sizeof(text), "and %zu areas more", p->areas_nr - MAP_PICTURE_ROWS);
		canvas_text(c, &map_small, (struct canvas_point){ MAP_EDGE, y }, width, text);
		y += NOTE_ROW;
	}
	canvas_text(c, &map_small, (struct canvas_point){ MAP_EDGE, y }, width, p->note);
}

void map_table_draw(struct canvas *c, const struct map_picture *p, int32_t y)
{
	double largest = 0;

	if (!p->areas_nr)
		return;
	for (size_t i = 0; i < rows_of(p); i++)
		for (size_t k = 0; k < COLUMNS; k++)
			largest = larger(largest, cell_of(&p->areas[i], k));
	canvas_text(c, &map_bold, (struct canvas_point){ MAP_EDGE, y },
		    MAP_PICTURE_WIDTH - 2 * MAP_EDGE, p->area_title);
	y += TABLE_TITLE;
	for (size_t k = 0; k < COLUMNS; k++)
		draw_cell(c, &map_bold, y, k, columns[k].head);
	y += TABLE_ROW;
	rule(c, y - 3);
	for (size_t i = 0; i < rows_of(p); i++, y += TABLE_ROW)
		draw_row(c, &p->areas[i], y, decimals_for(largest));
	rule(c, y);
	draw_notes(c, p, y + 10);
}
