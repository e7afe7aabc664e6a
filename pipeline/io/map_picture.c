/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/map_internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "pipeline/base/steps.h"
#include "pipeline/base/utc.h"

/* Where the map's corner is on the page, and the largest that it may be. */
#define MAP_X	 (MAP_EDGE + 110)
#define MAP_Y	 160
#define WIDE_W	 (MAP_PICTURE_WIDTH - MAP_X - MAP_EDGE)
#define WIDE_H	 1100
#define LEGEND_W 500 /* beside a high map */
#define HIGH_W	 (WIDE_W - LEGEND_W)
#define HIGH_H	 1250

#define TICK	     8	 /* length of a tick */
#define TICKS_H	     36	 /* of the labels below the map */
#define SCALE_H	     70	 /* of the row with the scale bar */
#define SCALE_MOST   330 /* pixels that its bar may take */
#define SCALE_BAR_H  10
#define GAP	     20
#define NORTH_HALF   40 /* of the arrow */
#define CREDIT_ROW   24
#define CREDIT_LINES 3

struct page {
	const struct map_picture *p;
	struct map_place place;
	struct canvas *canvas;
	bool wide;
	char credit[CREDIT_LINES][CANVAS_TEXT];
	int credits;
	int32_t legend_y, table_y, credit_y, height;
};

/* --- what stands where --- */

/* Break the credit into lines at blanks. */
static void break_credit(struct page *g)
{
	const char *rest = g->p->credit;
	size_t most =
		(size_t)((MAP_PICTURE_WIDTH - 2 * MAP_EDGE) / canvas_text_width(&map_small, "x")) -
		1;

	while (*rest && g->credits < CREDIT_LINES) {
		size_t n = strlen(rest), cut = n > most ? most : n;
		bool last = g->credits == CREDIT_LINES - 1;

		while (n > most && cut && rest[cut] != ' ')
			cut--;
		cut = last ? n : cut ? cut : most;
		snprintf(g->credit[g->credits++], CANVAS_TEXT, "%.*s",
			 (int)(cut < CANVAS_TEXT ? cut : CANVAS_TEXT), rest);
		rest += cut;
		rest += strspn(rest, " ");
	}
}

static int lay_out(struct page *g, struct error *e)
{
	struct map_frame *f = &g->place.frame;
	int32_t below, legend;

	g->wide = map_frame_is_wide(g->p->tally);
	if (map_frame_set(f, g->p->tally, g->wide ? WIDE_W : HIGH_W, g->wide ? WIDE_H : HIGH_H, e))
		return -1;
	g->place.map = (struct rect){ MAP_X, MAP_Y, f->grid.width, f->grid.height };
	break_credit(g);
	legend = map_legend_height(g->p, f, g->wide ? 3 : 1);
	below = MAP_Y + f->grid.height + TICKS_H;
	/* Beside a high map the legend may be what is higher. */
	if (!g->wide && below < MAP_Y + legend)
		below = MAP_Y + legend;
	below += SCALE_H + GAP;
	g->legend_y = g->wide ? below : MAP_Y;
	g->table_y = g->wide ? below + legend + GAP : below;
	g->credit_y = g->table_y + map_table_height(g->p) + GAP;
	g->height = g->credit_y + (g->credits + 1) * CREDIT_ROW + GAP;
	return 0;
}

/* --- title --- */

static void period_text(const struct map_period *period, char *text, size_t size)
{
	char from[UTC_TEXT], to[UTC_TEXT], looks[48] = "";

	utc_format(period->from, from);
	utc_format(period->to, to);
	from[10] = to[10] = 0; /* days */
	if (period->looks)
		snprintf(looks, sizeof(looks), ", %zu observation%s", period->looks,
			 period->looks == 1 ? "" : "s");
	if (!strcmp(from, to))
		snprintf(text, size, "%s UTC%s", from, looks);
	else
		snprintf(text, size, "%s to %s UTC%s", from, to, looks);
}

static void draw_title(const struct page *g)
{
	static const struct canvas_style title = { FONT_TITLE, 5, MAP_INK, ALIGN_LEFT };
	int32_t width = MAP_PICTURE_WIDTH - 2 * MAP_EDGE - 3 * NORTH_HALF;

	canvas_text(g->canvas, &title, (struct canvas_point){ MAP_EDGE, 24 }, width, g->p->title);
	for (int i = 0; i < 2; i++) {
		const struct map_period *period = &g->p->period[i];
		struct canvas_point at = { MAP_EDGE, 78 + 34 * i };
		char text[120];

		canvas_text(g->canvas, &map_bold, at, 150, period->name);
		at.x += 160;
		period_text(period, text, sizeof(text));
		canvas_text(g->canvas, &map_plain, at, width - 160, text);
	}
}

/* A point of the arrow: along north and across, in its half length's 1/1024. */
static struct canvas_point arrow_point(const struct page *g, struct canvas_point middle, int along,
				       int across)
{
	const struct map_frame *f = &g->place.frame;
	int32_t unit = MAP_FRAME_NORTH * MAP_FRAME_NORTH;
	int32_t x = along * f->north_x - across * f->north_y;
	int32_t y = along * f->north_y + across * f->north_x;

	return (struct canvas_point){ middle.x + (int32_t)lrint(x * (double)NORTH_HALF / unit),
				      middle.y + (int32_t)lrint(y * (double)NORTH_HALF / unit) };
}

/* Half of it is dark, so that it is seen to be an arrow on any ground. */
static void draw_north(const struct page *g)
{
	struct canvas_point at = { MAP_PICTURE_WIDTH - MAP_EDGE - NORTH_HALF, 92 };
	struct canvas_style style = map_aligned(map_bold, ALIGN_MIDDLE);
	struct canvas_point tip = arrow_point(g, at, 1024, 0), tail = arrow_point(g, at, -450, 0);
	struct canvas_point left = arrow_point(g, at, -1024, -500);
	struct canvas_point right = arrow_point(g, at, -1024, 500);
	struct rect all = { 0, 0, MAP_PICTURE_WIDTH, g->height };

	canvas_polygon(g->canvas, (struct canvas_point[]){ tip, tail, left }, 3, MAP_INK);
	canvas_line(g->canvas, tip, left, all, MAP_INK);
	canvas_line(g->canvas, left, tail, all, MAP_INK);
	canvas_line(g->canvas, tail, right, all, MAP_INK);
	canvas_line(g->canvas, right, tip, all, MAP_INK);
	canvas_text(g->canvas, &style, (struct canvas_point){ at.x, 22 }, NORTH_HALF, "N");
}

/* --- the map and its frame --- */

static void draw_tick(const struct page *g, enum map_edge edge, const struct map_tick *tick)
{
	struct canvas_style style = map_small;
	struct rect m = g->place.map, mark;
	struct canvas_point text;

	style.rgb = MAP_INK;
	if (edge == EDGE_BOTTOM || edge == EDGE_TOP) {
		bool bottom = edge == EDGE_BOTTOM;

		mark = (struct rect){ m.x + tick->at, bottom ? m.y + m.h : m.y - TICK, 1, TICK };
		text = (struct canvas_point){ mark.x, m.y + m.h + TICK + 4 };
		style.align = ALIGN_MIDDLE;
	} else {
		bool left = edge == EDGE_LEFT;

		mark = (struct rect){ left ? m.x - TICK : m.x + m.w, m.y + tick->at, TICK, 1 };
		text = (struct canvas_point){ m.x - TICK - 4,
					      mark.y - canvas_text_height(&style) / 2 };
		style.align = ALIGN_RIGHT;
	}
	canvas_fill(g->canvas, mark, MAP_INK);
	if (edge == EDGE_BOTTOM || edge == EDGE_LEFT)
		canvas_text(g->canvas, &style, text, MAP_X - TICK - 4, tick->text);
}

/* Labels too near to the one before are left out, ticks never. */
static int draw_ticks(const struct page *g, enum map_edge edge, struct error *e)
{
	struct map_tick ticks[MAP_FRAME_TICKS];
	int32_t last = -CANVAS_SIDE_MAX, apart = edge == EDGE_BOTTOM ? 110 : 30;
	size_t nr;

	if (map_frame_ticks(&g->place.frame, edge, ticks, &nr, e))
		return -1;
	for (size_t i = 0; i < nr; i++) {
		if (ticks[i].at - last < apart)
			ticks[i].text[0] = 0;
		else
			last = ticks[i].at;
		draw_tick(g, edge, &ticks[i]);
	}
	return 0;
}

static int draw_map(const struct page *g, struct error *e)
{
	struct canvas_point at = { g->place.map.x, g->place.map.y };
	struct canvas_style middle = map_aligned(map_bold, ALIGN_MIDDLE);
	struct rect m = g->place.map;

	map_image_draw(g->canvas, g->p, &g->place.frame, at);
	map_lines_draw(g->canvas, g->p, &g->place.frame, at);
	if (rect_empty(map_tally_window(g->p->tally)))
		canvas_text(g->canvas, &middle,
			    (struct canvas_point){ m.x + m.w / 2, m.y + m.h / 2 }, m.w,
			    "no pixel has data");
	canvas_box(g->canvas, rect_grow(m, 1), MAP_INK);
	for (enum map_edge edge = EDGE_BOTTOM; edge <= EDGE_RIGHT; edge++)
		if (draw_ticks(g, edge, e))
			return -1;
	return 0;
}

/* --- scale --- */

static void scale_label(const struct page *g, double part, const char *unit)
{
	struct canvas_style middle = map_aligned(map_small, ALIGN_MIDDLE);
	struct rect bar = g->place.scale;
	bool km = g->place.scale_m >= 1000;
	char text[40];

	middle.rgb = MAP_INK;
	snprintf(text, sizeof(text), "%g%s%s", part * g->place.scale_m / (km ? 1000 : 1),
		 unit[0] ? " " : "", unit);
	canvas_text(
		g->canvas, &middle,
		(struct canvas_point){ bar.x + (int32_t)lrint(part * bar.w), bar.y + bar.h + 5 },
		200, text);
}

/* In four parts, black and white. */
static void draw_scale(struct page *g)
{
	const struct map_frame *f = &g->place.frame;
	struct rect bar = { MAP_X, g->place.map.y + g->place.map.h + TICKS_H + 24, 0, SCALE_BAR_H };

	if (g->wide == false && bar.y < g->table_y - SCALE_H)
		bar.y = g->table_y - SCALE_H;
	g->place.scale_m = step_value(step_down(SCALE_MOST * f->true_m));
	bar.w = (int32_t)lrint(g->place.scale_m / f->true_m);
	g->place.scale = bar;
	for (int i = 0; i < 4; i++) {
		int32_t from = bar.w * i / 4, to = bar.w * (i + 1) / 4;

		canvas_fill(g->canvas, (struct rect){ bar.x + from, bar.y, to - from, bar.h },
			    i % 2 ? 0xffffff : MAP_INK);
	}
	canvas_box(g->canvas, rect_grow(bar, 1), MAP_INK);
	scale_label(g, 0, "");
	scale_label(g, .5, "");
	scale_label(g, 1, g->place.scale_m >= 1000 ? "km" : "m");
}

static void draw_scale_notes(const struct page *g)
{
	const struct map_frame *f = &g->place.frame;
	const struct grid *grid = map_tally_grid(g->p->tally);
	struct canvas_point at = { MAP_X + SCALE_MOST + 60, g->place.scale.y - 8 };
	int32_t width = MAP_PICTURE_WIDTH - MAP_EDGE - at.x;
	bool reduced = f->reduction > 1.01;
	char text[CANVAS_TEXT];

	snprintf(text, sizeof(text),
		 "Map pixels of %.4g x %.4g m; %.4g m a pixel of this picture. %s", grid->dx,
		 grid->dy, f->grid.dx, grid->crs.def);
	canvas_text(g->canvas, &map_small, at, width, text);
	at.y += CREDIT_ROW;
	if (reduced)
		canvas_text(g->canvas, &map_small, at, width,
			    "Narrow change is drawn stronger than its share, to stay visible.");
}

/* --- the page --- */

static void draw_legend(const struct page *g)
{
	const struct map_frame *f = &g->place.frame;
	int32_t beside = g->place.map.x + g->place.map.w + 30;
	struct rect wide = { MAP_EDGE, g->legend_y, MAP_PICTURE_WIDTH - 2 * MAP_EDGE, 0 };
	struct rect high = { beside, g->legend_y, MAP_PICTURE_WIDTH - MAP_EDGE - beside, 0 };

	map_legend_draw(g->canvas, g->p, f, g->wide ? wide : high, g->wide ? 3 : 1);
}

static void draw_credit(const struct page *g)
{
	struct canvas_style right = map_aligned(map_small, ALIGN_RIGHT);
	int32_t y = g->credit_y, width = MAP_PICTURE_WIDTH - 2 * MAP_EDGE;

	for (int i = 0; i < g->credits; i++, y += CREDIT_ROW)
		canvas_text(g->canvas, &map_small, (struct canvas_point){ MAP_EDGE, y }, width,
			    g->credit[i]);
	canvas_text(g->canvas, &right, (struct canvas_point){ MAP_PICTURE_WIDTH - MAP_EDGE, y },
		    width, g->p->program);
}

static int draw(struct page *g, struct error *e)
{
	draw_title(g);
	draw_north(g);
	if (draw_map(g, e))
		return -1;
	draw_scale(g);
	draw_scale_notes(g);
	draw_legend(g);
	map_table_draw(g->canvas, g->p, g->table_y);
	draw_credit(g);
	return 0;
}

int map_picture_write(const char *path, const struct map_picture *p, struct map_place *place,
		      struct error *e)
{
	struct page g = { .p = p };
	int ret = -1;

	if (lay_out(&g, e) || canvas_new(&g.canvas, MAP_PICTURE_WIDTH, g.height, e))
		return -1;
	if (!draw(&g, e))
		ret = canvas_write(g.canvas, path, e);
	if (!ret && place)
		*place = g.place;
	canvas_free(g.canvas);
	return ret;
}
