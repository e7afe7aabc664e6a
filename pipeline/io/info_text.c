/* SPDX-License-Identifier: Apache-2.0
 *
 * info_text.c - the facts of a product as a page for people.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/io/info_internal.h"
#include "pipeline/io/layer.h"

/* A line of the page; control characters that metadata may hold appear as '?'. */
static void line(FILE *out, const char *what, const char *text)
{
	if (!text[0])
		return;
	fprintf(out, "  %-11s", what);
	for (; *text; text++)
		fputc((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text, out);
	fputc('\n', out);
}

/* Length of what the names of all files of a granule begin with, up to a '_' or '.'. */
static size_t common_start(const struct granule *g, const char **first)
{
	size_t n = 0;

	*first = NULL;
	for (enum role r = 0; r < ROLE_NR; r++) {
		const char *file = g->bands[r].file;
		size_t k = 0;

		if (!file)
			continue;
		if (!*first) {
			*first = file;
			n = strlen(file);
		}
		while (k < n && file[k] == (*first)[k])
			k++;
		n = k;
	}
	while (n && (*first)[n - 1] != '_' && (*first)[n - 1] != '.')
		n--;
	return n;
}

static void print_values(const struct granule *g, enum role role, FILE *out)
{
	const struct product_band *b = &g->bands[role];
	double divisor = info_divisor(g, role), offset = b->offset / divisor;
	char text[60];

	snprintf(text, sizeof(text), "* %.7g %c %.6g", b->gain / divisor, offset < 0 ? '-' : '+',
		 fabs(offset));
	fprintf(out, "%-9s %7.1f nm  %-25s", b->band->name, b->band->wavelength_nm, text);
}

static void print_file(const struct granule *g, enum role role, size_t start, FILE *out)
{
	const struct product_band *b = &g->bands[role];

	fprintf(out, "    %-13s", role_name(role));
	if (b->band)
		print_values(g, role, out);
	else
		fprintf(out, "%-47s", "");
	if (!b->path)
		fputs("  missing\n", out);
	else if (b->broken)
		fprintf(out, "  broken: %s\n", b->broken);
	else
		fprintf(out, " %5d x %-5d %g m  %s%s  %s\n", b->grid.width, b->grid.height,
			b->grid.dx, info_sample(b->sample), b->jpeg2000 ? " jp2" : "",
			b->file + start);
}

static void print_files(const struct product *p, const struct granule *g, FILE *out)
{
	const char *first;
	size_t start = common_start(g, &first);

	if (start)
		fprintf(out, "  %-11s%.*s*\n", "files", (int)start, first);
	for (enum role i = 0; i < ROLE_NR; i++) {
		const struct product_band *b = &g->bands[i];

		if (b->path || (b->band && b->gain > 0.0 && info_missing(p, g, i)))
			print_file(g, i, start, out);
	}
}

static void print_missing(const struct product *p, const struct granule *g, FILE *out)
{
	const char *separator = "  missing    ";

	for (enum role i = 0; i < ROLE_NR; i++) {
		if (!info_missing(p, g, i))
			continue;
		fprintf(out, "%s%s", separator, role_name(i));
		separator = ", ";
	}
	if (separator[0] == ',')
		fputc('\n', out);
}

/* One line for the layers that can be made, and one for each that cannot. */
static void print_layers(const struct granule *g, FILE *out)
{
	const char *separator = "  layers     ";
	const struct layer *layer;

	for (size_t i = 0; (layer = layer_at(i)); i++) {
		bool possible = layer->roles_nr > 0;

		for (size_t k = 0; k < layer->roles_nr; k++)
			possible &= !product_lacks(g, layer->roles[k]);
		if (!possible)
			continue;
		fprintf(out, "%s%s", separator, layer->name);
		separator = ", ";
	}
	if (separator[0] == ',')
		fputc('\n', out);
	for (size_t i = 0; (layer = layer_at(i)); i++) {
		separator = " needs ";
		for (size_t k = 0; k < layer->roles_nr; k++) {
			const char *why = product_lacks(g, layer->roles[k]);

			if (!why)
				continue;
			if (separator[0] == ' ')
				fprintf(out, "  not made   %s:", layer->name);
			fprintf(out, "%s%s, which %s", separator, role_name(layer->roles[k]), why);
			separator = "; ";
		}
		if (separator[0] == ';')
			fputc('\n', out);
	}
}

static void print_angles(const struct granule *g, FILE *out)
{
	static const char *const how[] = {
		[SUN_IN_PRODUCT] = "", [SUN_SCENE] = ", scene mean", [SUN_PIXEL] = ", per pixel"
	};

	fprintf(out, "  sun        elevation %.4f, azimuth %.4f degrees%s\n", g->sun_elevation_deg,
		g->sun_azimuth_deg, how[g->sun]);
	fprintf(out, "  view       zenith %.4f, azimuth %.4f degrees\n", g->view_zenith_deg,
		g->view_azimuth_deg);
	if (g->sun_angles.columns || g->view_angles.columns)
		fprintf(out, "  angles     sun %d x %d, view %d x %d nodes\n",
			g->sun_angles.columns, g->sun_angles.rows, g->view_angles.columns,
			g->view_angles.rows);
	if (g->opaque.rings_nr || g->cirrus.rings_nr)
		fprintf(out, "  outlines   %zu of opaque clouds, %zu of cirrus\n",
			g->opaque.rings_nr, g->cirrus.rings_nr);
}

static void print_place(const struct granule *g, FILE *out)
{
	const struct grid *r = &g->grid;

	if (r->width)
		fprintf(out,
			"  grid       %s, %d x %d pixels of %g x %g m\n"
			"  extent     x %.10g..%.10g, y %.10g..%.10g\n",
			r->crs.def, r->width, r->height, r->dx, r->dy, r->x0,
			r->x0 + r->dx * r->width, r->y0 - r->dy * r->height, r->y0);
	if (!g->footprint_nr)
		return;
	fputs("  footprint ", out);
	for (size_t i = 0; i < g->footprint_nr && i < 5; i++)
		fprintf(out, " %.4f %.4f%s", g->footprint[i].x, g->footprint[i].y,
			i + 1 < g->footprint_nr ? "," : "");
	fputs(g->footprint_nr > 5 ? " ...\n" : "\n", out);
}

static void print_granule(const struct product *p, const struct granule *g, FILE *out)
{
	fputs("Granule\n", out);
	line(out, "name", g->name);
	line(out, "id", g->id);
	line(out, "tile", g->tile);
	line(out, "data strip", g->datastrip);
	print_place(g, out);
	print_angles(g, out);
	print_files(p, g, out);
	print_missing(p, g, out);
	print_layers(g, out);
}

void info_print(const struct product *p, FILE *out)
{
	char text[200];

	fputs("Product\n", out);
	line(out, "id", p->id);
	line(out, "form", p->input.form ? p->input.form : "");
	line(out, "metadata", p->metadata_path);
	snprintf(text, sizeof(text), "%s, %s", p->mission, p->sensor->name);
	line(out, "mission", text);
	snprintf(text, sizeof(text), "%s, %s reflectance%s%s", p->level_name, info_reflectance(p),
		 p->tier[0] ? ", tier " : "", p->tier);
	line(out, "level", text);
	line(out, "baseline", p->baseline);
	info_time(p->time, text);
	line(out, "time", text);
	info_time(p->processed, text);
	line(out, "processed", text);
	line(out, "orbit", p->orbit);
	line(out, "datatake", p->datatake);
	if (isnan(p->cloud_cover_percent))
		line(out, "clouds", "not said");
	else
		fprintf(out, "  clouds     %g %%\n", p->cloud_cover_percent);
	for (size_t i = 0; i < p->granules_nr; i++)
		print_granule(p, &p->granules[i], out);
	for (const char *s = p->warnings; *s;) {
		size_t n = strcspn(s, "\n");

		fprintf(out, "Warning\n  %.*s\n", (int)n, s);
		s += n + (s[n] == '\n');
	}
}
