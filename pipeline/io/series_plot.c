/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/series_plot.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/file.h"
#include "pipeline/base/utc.h"
#include "pipeline/base/utf8.h"
#include "pipeline/io/series_axis.h"
#include "pipeline/io/xml.h"

#define WIDTH	   960
#define LEFT	   84
#define RIGHT	   24
#define TOP	   104 /* of the first panel */
#define PANEL_NAME 30  /* above each panel */
#define ALONE_H	   380 /* height of the only panel, of the first of several, of the others */
#define FIRST_H	   300
#define OTHER_H	   130
#define AXIS_H	   34
#define TEXT_ROW   18

#define MANY 150 /* periods */

/* Of Okabe and Ito (2008), who chose them to be told apart by everybody; the light ones are tints of the first. */
#define BLUE	 "#0072b2"
#define TINT	 "#b3d5e8"
#define WITHHELD "#e6e6e6"
#define INK	 "#222222"
#define GREY	 "#767676"
#define LINES	 "#dddddd"

struct panel {
	FILE *f;
	const struct series_plot *plot;
	const struct series *series;
	size_t number;
	struct axis time, value;
	double top, height, bottom;
	double radius, half; /* of a point; half of the least width of a bar */
};

/* --- svg --- */

/* Text as the content of an element; what is no UTF-8 or not for XML is '?'. */
static void put_text(FILE *f, const char *text)
{
	while (*text) {
		const char *start = text;
		uint32_t code = utf8_next(&text);
		char one[5] = "?";

		if (code != UTF8_UNKNOWN && code != 0xfffe && code != 0xffff) {
			memcpy(one, start, (size_t)(text - start));
			one[text - start] = 0;
		}
		xml_text(f, one, 1);
	}
}

static void put_label(FILE *f, double x, double y, const char *attributes, const char *text)
{
	fprintf(f, "<text x=\"%.2f\" y=\"%.2f\" %s>", x, y, attributes);
	put_text(f, text);
	fputs("</text>\n", f);
}

static void put_rect(FILE *f, double x, double y, double w, double h)
{
	fprintf(f, "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"/>\n", x, y, w, h);
}

/* --- coordinates --- */

static double x_of(const struct panel *p, double time)
{
	double part = (time - p->time.low) / (p->time.high - p->time.low);

	return LEFT + part * (WIDTH - LEFT - RIGHT);
}

static double y_of(const struct panel *p, double km2)
{
	double part = (km2 - p->value.low) / (p->value.high - p->value.low);

	return p->bottom - part * p->height;
}

/* The same, kept near the panel, whose clip path cuts the rest. */
static double y_near(const struct panel *p, double km2)
{
	return fmin(fmax(y_of(p, km2), p->top - 10), p->bottom + 10);
}

/* --- axes --- */

static void draw_value_axis(const struct panel *p)
{
	fputs("<g class=\"value-axis\">\n", p->f);
	for (int i = 0; i < p->value.ticks; i++) {
		double y = y_of(p, p->value.tick[i].at);

		fprintf(p->f, "<path d=\"M%d %.2fH%d\" stroke=\"" LINES "\"/>\n", LEFT, y,
			WIDTH - RIGHT);
		put_label(p->f, LEFT - 8, y, "dy=\".35em\" text-anchor=\"end\" fill=\"" GREY "\"",
			  p->value.tick[i].text);
	}
	fputs("</g>\n", p->f);
}

/* Marks in every panel, labels below the last. */
static void draw_time_axis(const struct panel *p, bool labels)
{
	fputs("<g class=\"time-axis\">\n", p->f);
	for (int i = 0; i < p->time.ticks; i++) {
		double x = x_of(p, p->time.tick[i].at);

		fprintf(p->f, "<path d=\"M%.2f %.2fv6\" stroke=\"" GREY "\"/>\n", x, p->bottom);
		if (labels)
			put_label(p->f, x, p->bottom + 20,
				  "text-anchor=\"middle\" fill=\"" GREY "\"", p->time.tick[i].text);
	}
	fprintf(p->f, "<path d=\"M%d %.2fH%d\" stroke=\"" GREY "\"/>\n</g>\n", LEFT, p->bottom,
		WIDTH - RIGHT);
}

/* --- data --- */

static void draw_withheld(const struct panel *p)
{
	fputs("<g class=\"withheld\" fill=\"" WITHHELD "\">\n", p->f);
	for (size_t i = 0; i < p->series->nr; i++) {
		const struct series_point *point = &p->series->points[i];
		double middle = x_of(p, series_middle(point));
		double from = fmin(x_of(p, (double)point->from), middle - p->half);
		double to = fmax(x_of(p, (double)point->to), middle + p->half);

		if (!series_has_total(point))
			put_rect(p->f, from, p->top, to - from, p->height);
	}
	fputs("</g>\n", p->f);
}

/* An arrow where a bar goes on beyond the panel; down: 1 at its foot, -1 at its top. */
static void put_arrow(const struct panel *p, double x, double y, double down)
{
	fprintf(p->f, "<path fill=\"" BLUE "\" d=\"M%.2f %.2fl%.2f %.2fh%.2fz\"/>\n", x, y,
		-p->half, -9 * down, 2 * p->half);
}

static void draw_unseen(const struct panel *p)
{
	fputs("<g class=\"unseen\" fill=\"" TINT "\">\n", p->f);
	for (size_t i = 0; i < p->series->nr; i++) {
		const struct series_point *point = &p->series->points[i];
		double x = x_of(p, series_middle(point)), low = y_near(p, point->low);
		double high = y_near(p, point->high);

		if (!series_has_total(point) || !isfinite(point->low) || !isfinite(point->high) ||
		    low <= high)
			continue;
		put_rect(p->f, x - p->half, high, 2 * p->half, low - high);
		if (low > p->bottom)
			put_arrow(p, x, p->bottom - 1, 1);
		if (high < p->top)
			put_arrow(p, x, p->top + 1, -1);
	}
	fputs("</g>\n", p->f);
}

/* From total to total, not across one that is withheld. */
static void draw_line(const struct panel *p)
{
	bool down = false;

	fputs("<path class=\"line\" fill=\"none\" stroke=\"" BLUE
	      "\" stroke-opacity=\".45\" stroke-width=\"1.5\" d=\"",
	      p->f);
	for (size_t i = 0; i < p->series->nr; i++) {
		const struct series_point *point = &p->series->points[i];

		if (series_has_total(point))
			fprintf(p->f, "%c%.2f %.2f", down ? 'L' : 'M',
				x_of(p, series_middle(point)), y_of(p, point->km2));
		down = series_has_total(point);
	}
	fputs("\"/>\n", p->f);
}

/* Error bars with feet, and how long each period was. */
static void draw_bars(const struct panel *p)
{
	double foot = fmin(p->half, 4);
	bool many = p->series->nr > MANY;

	/* Bars that touch each other are a band: no feet, and light enough for the points. */
	fprintf(p->f,
		"<g class=\"bars\" fill=\"none\" stroke=\"" BLUE
		"\" stroke-width=\"%s\" stroke-opacity=\"%s\">\n",
		many ? "1" : "1.5", many ? ".35" : "1");
	for (size_t i = 0; i < p->series->nr; i++) {
		const struct series_point *point = &p->series->points[i];
		double x = x_of(p, series_middle(point)), y = y_of(p, point->km2);
		double high = y_near(p, point->km2 + point->error);
		double low = y_near(p, point->km2 - point->error);

		if (!series_has_total(point))
			continue;
		fprintf(p->f, "<path d=\"M%.2f %.2fH%.2f", x_of(p, (double)point->from), y,
			x_of(p, (double)point->to));
		if (point->error > 0 && many)
			fprintf(p->f, "M%.2f %.2fV%.2f", x, high, low);
		else if (point->error > 0)
			fprintf(p->f, "M%.2f %.2fh%.2fm%.2f 0V%.2fm%.2f 0h%.2f", x - foot, high,
				2 * foot, -foot, low, -foot, 2 * foot);
		fputs("\"/>\n", p->f);
	}
	fputs("</g>\n", p->f);
}

static void day_of(int64_t time, char text[UTC_TEXT])
{
	utc_format(time, text);
	text[10] = 0;
}

/* What a viewer shows where the mouse is. */
static void put_hint(const struct panel *p, const struct series_point *point)
{
	char from[UTC_TEXT], to[UTC_TEXT];

	day_of(point->from, from);
	day_of(point->to, to);
	fprintf(p->f, "<title>%s", from);
	if (strcmp(from, to) != 0)
		fprintf(p->f, " to %s", to);
	fprintf(p->f, ": %.3f", point->km2);
	if (point->error > 0)
		fprintf(p->f, " +- %.3f", point->error);
	fputc(' ', p->f);
	put_text(p->f, p->plot->unit);
	fputs("</title>", p->f);
}

static void draw_points(const struct panel *p)
{
	fputs("<g class=\"points\" fill=\"" BLUE "\">\n", p->f);
	for (size_t i = 0; i < p->series->nr; i++) {
		const struct series_point *point = &p->series->points[i];

		if (!series_has_total(point))
			continue;
		fprintf(p->f, "<circle cx=\"%.2f\" cy=\"%.2f\" r=\"%g\">",
			x_of(p, series_middle(point)), y_of(p, point->km2), p->radius);
		put_hint(p, point);
		fputs("</circle>\n", p->f);
	}
	fputs("</g>\n", p->f);
}

/* --- panels --- */

static void draw_panel(const struct panel *p, bool last)
{
	fprintf(p->f, "<g class=\"panel\">\n");
	put_label(p->f, LEFT, p->top - 10, "font-weight=\"bold\" fill=\"" INK "\"",
		  p->series->name);
	put_label(p->f, LEFT - 8, p->top - 10, "text-anchor=\"end\" fill=\"" GREY "\"",
		  p->plot->unit);
	draw_withheld(p);
	draw_value_axis(p);
	fprintf(p->f,
		"<clipPath id=\"panel%zu\"><rect x=\"%d\" y=\"%.2f\" width=\"%d\" height=\"%.2f\"/>"
		"</clipPath>\n<g clip-path=\"url(#panel%zu)\">\n",
		p->number, LEFT, p->top, WIDTH - LEFT - RIGHT, p->height, p->number);
	draw_unseen(p);
	draw_line(p);
	draw_bars(p);
	fputs("</g>\n", p->f);
	draw_points(p);
	if (!p->value.ticks)
		put_label(p->f, (LEFT + WIDTH - RIGHT) / 2.0, p->top + p->height / 2,
			  "text-anchor=\"middle\" fill=\"" GREY "\"", "no total in any period");
	draw_time_axis(p, last);
	fputs("</g>\n", p->f);
}

static double panel_height(size_t i, size_t nr)
{
	return nr == 1 ? ALONE_H : i == 0 ? FIRST_H : OTHER_H;
}

/* Points and bars of many periods are smaller. */
static void set_sizes(struct panel *p)
{
	double apart = (WIDTH - LEFT - RIGHT) / (double)(p->series->nr + 1);

	p->radius = p->series->nr <= 60 ? 4 : p->series->nr <= MANY ? 3 : 2;
	p->half = fmin(fmax(apart * .3, .75), 5);
}

static double draw_panels(FILE *f, const struct series_plot *plot, size_t nr)
{
	struct panel p = { .f = f, .plot = plot, .bottom = TOP - PANEL_NAME };

	axis_of_time(&p.time, plot);
	for (; p.number < nr; p.number++) {
		p.series = &plot->series[p.number];
		p.height = panel_height(p.number, nr);
		p.top = p.bottom + PANEL_NAME + (p.number ? 8 : 0);
		p.bottom = p.top + p.height;
		set_sizes(&p);
		axis_of_values(&p.value, p.series, p.height > OTHER_H ? 6 : 3);
		draw_panel(&p, p.number + 1 == nr);
	}
	return p.bottom + AXIS_H;
}

/* --- the page --- */

static void draw_legend(FILE *f)
{
	double y = 54;

	fputs("<g class=\"legend\">\n<g fill=\"none\" stroke=\"" BLUE "\" stroke-width=\"1.5\">\n",
	      f);
	fprintf(f, "<path d=\"M%d %.1fh28\"/><path d=\"M%d %.1fh8m-4 0v14m-4 0h8\"/></g>\n", LEFT,
		y, LEFT + 10, y - 7);
	fprintf(f, "<circle cx=\"%d\" cy=\"%.1f\" r=\"4\" fill=\"" BLUE "\"/>\n", LEFT + 14, y);
	put_label(f, LEFT + 36, y, "dy=\".35em\" fill=\"" INK "\"", "total, period, error");
	fprintf(f, "<rect x=\"%d\" y=\"%.1f\" width=\"10\" height=\"16\" fill=\"" TINT "\"/>\n",
		LEFT + 206, y - 8);
	put_label(f, LEFT + 224, y, "dy=\".35em\" fill=\"" INK "\"",
		  "if what was not seen is land, or water");
	fprintf(f, "<rect x=\"%d\" y=\"%.1f\" width=\"10\" height=\"16\" fill=\"" WITHHELD "\"/>\n",
		LEFT + 500, y - 8);
	put_label(f, LEFT + 518, y, "dy=\".35em\" fill=\"" INK "\"",
		  "too little seen: no total is given");
	fputs("</g>\n", f);
}

static double put_row(FILE *f, double y, const char *text)
{
	if (!text[0])
		return y;
	put_label(f, LEFT, y, "font-size=\"11\" fill=\"" GREY "\"", text);
	return y + TEXT_ROW;
}

static void draw_page(FILE *f, const struct series_plot *plot, double height, size_t nr)
{
	char left_out[64] = "";
	double y;

	fprintf(f,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%.0f\" "
		"viewBox=\"0 0 %d %.0f\" font-family=\"Helvetica, Arial, sans-serif\" "
		"font-size=\"13\">\n<title>",
		WIDTH, height, WIDTH, height);
	put_text(f, plot->title);
	fprintf(f, "</title>\n<rect width=\"%d\" height=\"%.0f\" fill=\"#ffffff\"/>\n", WIDTH,
		height);
	put_label(f, LEFT, 30, "font-size=\"20\" font-weight=\"bold\" fill=\"" INK "\"",
		  plot->title);
	draw_legend(f);
	y = draw_panels(f, plot, nr) + TEXT_ROW;
	if (nr < plot->series_nr)
		snprintf(left_out, sizeof(left_out), "%zu more are not shown.",
			 plot->series_nr - nr);
	y = put_row(f, y, left_out);
	y = put_row(f, y, plot->note);
	y = put_row(f, y, plot->credit);
	put_row(f, y, plot->program);
	fputs("</svg>\n", f);
}

static double page_height(const struct series_plot *plot, size_t nr)
{
	double height = TOP + AXIS_H + TEXT_ROW;

	for (size_t i = 0; i < nr; i++)
		height += panel_height(i, nr) + (i ? PANEL_NAME + 8 : 0);
	height += nr < plot->series_nr ? TEXT_ROW : 0;
	height += plot->note[0] ? TEXT_ROW : 0;
	height += plot->credit[0] ? TEXT_ROW : 0;
	return height + TEXT_ROW;
}

int series_plot_write(const char *path, const struct series_plot *plot, struct error *e)
{
	size_t nr = plot->series_nr < SERIES_PANELS ? plot->series_nr : SERIES_PANELS, size = 0;
	char *text = NULL;
	FILE *f = open_memstream(&text, &size);
	int ret;

	if (!f)
		return error_nomem(e, path);
	draw_page(f, plot, page_height(plot, nr), nr);
	ret = fclose(f) ? error_nomem(e, path) : file_write(path, text, size, e);
	free(text);
	return ret;
}
