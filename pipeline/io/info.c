/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/info.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/io/sensor.h"

static const char *reflectance_of(const struct product *p)
{
	return p->level == LEVEL_TOA ? "toa" : "surface";
}

/* The shortest decimal that gives the same float, into text of 32 bytes. */
static void shortest(float v, char *text)
{
	for (int digits = 1; digits <= 9; digits++) {
		snprintf(text, 32, "%.*g", digits, (double)v);
		if (strtof(text, NULL) == v)
			return;
	}
}

static bool is_missing(const struct product *p, const struct granule *g, enum role role)
{
	return !g->bands[role].path && sensor_delivers(p->sensor, p->level, p->baseline, role);
}

static void print_band(enum role role, const struct product_band *b, FILE *out)
{
	char gain[32], bias[32];

	fprintf(out, "  %-10s ", role_name(role));
	if (b->band) {
		shortest(b->calib.gain, gain);
		shortest(b->calib.bias, bias);
		fprintf(out, "%-4s %7.1f nm  dn * %s %c %s  ", b->band->name,
			b->band->wavelength_nm, gain, bias[0] == '-' ? '-' : '+',
			bias[0] == '-' ? bias + 1 : bias);
	}
	fprintf(out, "%d x %d at %g x %g m, %s %s, blocks %d x %d, %d levels  %s\n", b->grid.width,
		b->grid.height, b->grid.dx, b->grid.dy, b->jpeg2000 ? "JPEG 2000" : "TIFF",
		b->sample == SAMPLE_U8 ? "uint8" : "uint16", b->block_w, b->block_h, b->levels, b->file);
}

static void print_granule(const struct product *p, const struct granule *g, FILE *out)
{
	const struct grid *r = &g->grid;
	const char *separator = "  missing    ";

	fprintf(out, "Granule      %s\n", g->name);
	fprintf(out, "  id         %s\n", g->id);
	fprintf(out, "  tile       %s\n", g->tile);
	fprintf(out,
		"  grid       %s, %d x %d pixels of %g x %g m, x %.10g..%.10g, y %.10g..%.10g\n",
		r->crs.def, r->width, r->height, r->dx, r->dy, r->x0, r->x0 + r->dx * r->width,
		r->y0 - r->dy * r->height, r->y0);
	fprintf(out, "  sun        elevation %.4f, azimuth %.4f degrees\n", g->sun_elevation_deg,
		g->sun_azimuth_deg);
	fprintf(out, "  view       zenith %.4f, azimuth %.4f degrees\n", g->view_zenith_deg,
		g->view_azimuth_deg);
	for (enum role i = 0; i < ROLE_NR; i++)
		if (g->bands[i].path)
			print_band(i, &g->bands[i], out);
	for (enum role i = 0; i < ROLE_NR; i++) {
		if (!is_missing(p, g, i))
			continue;
		fprintf(out, "%s%s", separator, role_name(i));
		separator = ", ";
	}
	if (separator[0] == ',')
		fputc('\n', out);
}

void info_print(const struct product *p, FILE *out)
{
	char time[21];

	product_time_iso(p, time);
	fprintf(out, "Product      %s\n", p->id);
	fprintf(out, "  metadata   %s\n", p->metadata_path);
	fprintf(out, "  mission    %s, %s\n", p->mission, p->sensor->name);
	fprintf(out, "  level      %s, %s reflectance\n", p->level_name, reflectance_of(p));
	fprintf(out, "  baseline   %s\n", p->baseline);
	fprintf(out, "  time       %s\n", time);
	fprintf(out, "  orbit      %s\n", p->orbit);
	fprintf(out, "  datatake   %s\n", p->datatake);
	if (isnan(p->cloud_cover_percent))
		fputs("  clouds     not said\n", out);
	else
		fprintf(out, "  clouds     %g %%\n", p->cloud_cover_percent);
	for (size_t i = 0; i < p->granules_nr; i++)
		print_granule(p, &p->granules[i], out);
	for (const char *s = p->warnings; *s;) {
		size_t n = strcspn(s, "\n");

		fprintf(out, "Warning      %.*s\n", (int)n, s);
		s += n + (s[n] == '\n');
	}
}

/* Text of any bytes: those that are not UTF-8 appear as '?'. */
static json_t *json_text(const char *text)
{
	json_t *value = json_string(text);
	char *copy;

	if (value || !(copy = strdup(text)))
		return value;
	for (char *s = copy; *s; s++)
		if ((unsigned char)*s >= 0x80)
			*s = '?';
	value = json_string(copy);
	free(copy);
	return value;
}

static json_t *json_float(float v)
{
	char text[32];

	shortest(v, text);
	return json_real(strtod(text, NULL));
}

/* A number, null if it is none. */
static json_t *json_number_or_null(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

/* Shared by bands and masks. */
static json_t *json_file(enum role role, const struct product_band *b)
{
	return json_pack("{s:s, s:i, s:i, s:[f,f], s:i, s:s, s:s, s:[i,i], s:i, s:o}", "role",
			 role_name(role), "width", b->grid.width, "height", b->grid.height,
			 "pixel_m", b->grid.dx, b->grid.dy, "fill", b->calib.fill, "type",
			 b->sample == SAMPLE_U8 ? "uint8" : "uint16", "format", b->jpeg2000 ? "JPEG2000" : "TIFF",
			 "block", b->block_w, b->block_h, "levels", b->levels, "file",
			 json_text(b->file));
}

static json_t *json_band(enum role role, const struct product_band *b)
{
	json_t *o = json_file(role, b);
	bool saturates = b->calib.saturated != b->calib.fill;

	if (!o)
		return NULL;
	json_object_set_new(o, "name", json_string(b->band->name));
	json_object_set_new(o, "wavelength_nm", json_real(b->band->wavelength_nm));
	json_object_set_new(o, "gain", json_float(b->calib.gain));
	json_object_set_new(o, "offset", json_float(b->calib.bias));
	json_object_set_new(o, "saturated",
			    saturates ? json_integer(b->calib.saturated) : json_null());
	return o;
}

static json_t *json_granule(const struct product *p, const struct granule *g)
{
	json_t *bands = json_array(), *masks = json_array(), *missing = json_array();
	const struct grid *r = &g->grid;

	for (enum role i = 0; i < ROLE_NR; i++) {
		const struct product_band *b = &g->bands[i];

		if (is_missing(p, g, i))
			json_array_append_new(missing, json_string(role_name(i)));
		else if (b->path && role_is_reflectance(i))
			json_array_append_new(bands, json_band(i, b));
		else if (b->path)
			json_array_append_new(masks, json_file(i, b));
	}
	return json_pack("{s:s, s:o, s:s, s:s, s:[f,f,f,f], s:f, s:f, s:f, s:f, s:o, s:o, s:o}",
			 "id", g->id, "name", json_text(g->name), "tile", g->tile, "crs",
			 r->crs.def, "bounds", r->x0, r->y0 - r->dy * r->height,
			 r->x0 + r->dx * r->width, r->y0, "sun_elevation_deg", g->sun_elevation_deg,
			 "sun_azimuth_deg", g->sun_azimuth_deg, "view_zenith_deg",
			 g->view_zenith_deg, "view_azimuth_deg", g->view_azimuth_deg, "bands",
			 bands, "masks", masks, "missing", missing);
}

/* The lines of a text as an array of strings. */
static json_t *json_lines(const char *text)
{
	json_t *lines = json_array();
	char *copy = strdup(text), *rest = copy;

	for (char *line; rest && *rest && (line = strsep(&rest, "\n"));)
		json_array_append_new(lines, json_text(line));
	free(copy);
	return lines;
}

json_t *info_json(const struct product *p)
{
	json_t *granules = json_array();
	char time[21];

	product_time_iso(p, time);
	for (size_t i = 0; i < p->granules_nr; i++)
		json_array_append_new(granules, json_granule(p, &p->granules[i]));
	return json_pack("{s:o, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o}",
			 "path", json_text(p->path), "id", p->id, "mission", p->mission, "sensor",
			 p->sensor->name, "level", p->level_name, "reflectance", reflectance_of(p),
			 "baseline", p->baseline, "time", time, "orbit", p->orbit, "datatake",
			 p->datatake, "cloud_cover_percent",
			 json_number_or_null(p->cloud_cover_percent), "metadata",
			 json_text(p->metadata_path), "granules", granules, "warnings",
			 json_lines(p->warnings));
}
