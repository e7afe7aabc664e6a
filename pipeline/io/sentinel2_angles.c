/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/sentinel2_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "pipeline/io/facts.h"

#define STEP_MAX_M 1e6

/* Sums of angles at nodes; azimuths as turns from the first one there, as they may pass north. */
struct sums {
	int columns, rows;
	double step_x_m, step_y_m;
	struct node {
		double zenith, first, turns;
		int n;
	} * nodes;
};

/* One Zenith or Azimuth element as it is being read. */
struct values {
	CPLXMLNode *list;
	int columns, rows;
	double step_x_m, step_y_m;
	double *at; /* NaN: not seen there */
};

static bool angle_at(CPLXMLNode *node, const char *path, double max, double *out)
{
	return facts_number(CPLGetXMLValue(node, path, NULL), out) && *out >= 0.0 && *out <= max;
}

static double turned(double first, double turns, int n)
{
	return fmod(first + turns / n + 360.0, 360.0);
}

/* Mean of the bands that have an angle; azimuths as turns from the first: they may pass north. */
static int set_mean_view(struct safe *s, struct granule *g, CPLXMLNode *angles, struct error *e)
{
	CPLXMLNode *list = CPLGetXMLNode(angles, "Mean_Viewing_Incidence_Angle_List");
	double zenith, azimuth, zeniths = 0.0, turns = 0.0, first = 0.0;
	int n = 0;

	for (CPLXMLNode *v = list ? list->psChild : NULL; v; v = v->psNext) {
		if (v->eType != CXT_Element || !angle_at(v, "ZENITH_ANGLE", 90.0, &zenith) ||
		    !angle_at(v, "AZIMUTH_ANGLE", 360.0, &azimuth))
			continue;
		if (!n++)
			first = azimuth;
		zeniths += zenith;
		turns += remainder(azimuth - first, 360.0);
	}
	if (!n)
		return facts_warn(s->p, e, "%s: no viewing angles; taken as nadir", g->name);
	g->view_zenith_deg = zeniths / n;
	g->view_azimuth_deg = turned(first, turns, n);
	return 0;
}

/* The next word of a row, "" at its end, cut at the buffer's size, which no number reaches. */
static const char *next_word(const char *text, char word[40])
{
	size_t n;

	text += strspn(text, " \t\r\n");
	n = strcspn(text, " \t\r\n");
	snprintf(word, 40, "%.*s", (int)(n < 40 ? n : 39), text);
	return text + n;
}

static int count_words(const char *text)
{
	char word[40];
	int n = 0;

	for (text = next_word(text, word); word[0] && n <= SENTINEL2_ANGLE_NODES_MAX; n++)
		text = next_word(text, word);
	return n;
}

static bool is_row(const CPLXMLNode *n)
{
	return n->eType == CXT_Element && !strcmp(n->pszValue, "VALUES");
}

/* The size and steps of a grid, from its first row and the number of rows. */
static int measure(struct values *v, CPLXMLNode *node, struct error *e)
{
	const char *first = CPLGetXMLValue(node, "Values_List.VALUES", "");

	v->list = CPLGetXMLNode(node, "Values_List");
	v->columns = count_words(first);
	v->rows = 0;
	for (CPLXMLNode *n = v->list ? v->list->psChild : NULL; n; n = n->psNext)
		v->rows += is_row(n);
	if (v->columns < 1 || v->columns > SENTINEL2_ANGLE_NODES_MAX || v->rows < 1 ||
	    v->rows > SENTINEL2_ANGLE_NODES_MAX)
		return error_set(e, ERROR_DATA, "%s has %d rows of %d values", node->pszValue,
				 v->rows, v->columns);
	if (!facts_number(CPLGetXMLValue(node, "COL_STEP", NULL), &v->step_x_m) ||
	    !facts_number(CPLGetXMLValue(node, "ROW_STEP", NULL), &v->step_y_m) ||
	    !(v->step_x_m > 0 && v->step_x_m <= STEP_MAX_M && v->step_y_m > 0 &&
	      v->step_y_m <= STEP_MAX_M))
		return error_set(e, ERROR_DATA, "%s has no COL_STEP or ROW_STEP that could be",
				 node->pszValue);
	return 0;
}

static int read_row(const struct values *v, const char *text, int row, double max, struct error *e)
{
	char word[40], words[SAFE_QUOTED];

	if (count_words(text) != v->columns)
		return error_set(e, ERROR_DATA, "row %d has not %d values as the first has",
				 row + 1, v->columns);
	for (int i = 0; i < v->columns; i++) {
		double *out = &v->at[row * v->columns + i];

		text = next_word(text, word);
		*out = NAN;
		if (!strcasecmp(word, "NaN"))
			continue;
		if (!facts_number(word, out) || !(*out >= 0 && *out <= max))
			return error_set(e, ERROR_DATA, "\"%s\" in row %d is not an angle",
					 safe_quoted(words, word), row + 1);
	}
	return 0;
}

/* Zenith or Azimuth of a grid; *v owns its values also on failure. */
static int read_values(struct values *v, CPLXMLNode *grid, const char *name, double max,
		       struct error *e)
{
	CPLXMLNode *node = CPLGetXMLNode(grid, name);
	int row = 0;

	if (!node) {
		error_set(e, ERROR_DATA, "%s is missing", name);
		return -1;
	}
	if (measure(v, node, e))
		return -1;
	v->at = calloc((size_t)v->columns * (size_t)v->rows, sizeof(*v->at));
	if (!v->at)
		return error_nomem(e, "angles");
	for (CPLXMLNode *n = v->list->psChild; n; n = n->psNext)
		if (is_row(n) && read_row(v, CPLGetXMLValue(n, NULL, ""), row++, max, e))
			return error_prefix(e, "%s", name);
	return 0;
}

/* The sums are of the size of the first grid that comes. */
static int fit(struct sums *a, const struct values *v, struct error *e)
{
	if (a->nodes)
		return a->columns == v->columns && a->rows == v->rows &&
				       a->step_x_m == v->step_x_m && a->step_y_m == v->step_y_m
			       ? 0
			       : error_set(e, ERROR_DATA, "the grids differ in size or steps");
	*a = (struct sums){ v->columns, v->rows, v->step_x_m, v->step_y_m, NULL };
	a->nodes = calloc((size_t)a->columns * (size_t)a->rows, sizeof(*a->nodes));
	return a->nodes ? 0 : error_nomem(e, "angles");
}

static void add_node(struct node *n, double zenith, double azimuth)
{
	if (isnan(zenith) || isnan(azimuth))
		return;
	if (!n->n++)
		n->first = azimuth;
	n->zenith += zenith;
	n->turns += remainder(azimuth - n->first, 360.0);
}

/* Add one grid of both angles. */
static int add_grid(struct sums *a, CPLXMLNode *grid, double zenith_max, struct error *e)
{
	struct values zenith = { 0 }, azimuth = { 0 };
	int ret = -1;

	if (read_values(&zenith, grid, "Zenith", zenith_max, e) ||
	    read_values(&azimuth, grid, "Azimuth", 360, e) || fit(a, &zenith, e) ||
	    fit(a, &azimuth, e))
		goto out;
	for (int i = 0; i < a->columns * a->rows; i++)
		add_node(&a->nodes[i], zenith.at[i], azimuth.at[i]);
	ret = 0;
out:
	free(zenith.at);
	free(azimuth.at);
	return ret;
}

/* The means as a grid of angles. */
static int finish(const struct sums *a, struct angle_grid *out, struct error *e)
{
	size_t n = (size_t)a->columns * (size_t)a->rows;

	out->zenith_deg = calloc(n, sizeof(*out->zenith_deg));
	out->azimuth_deg = calloc(n, sizeof(*out->azimuth_deg));
	if (!out->zenith_deg || !out->azimuth_deg)
		return error_nomem(e, "angles");
	for (size_t i = 0; i < n; i++) {
		const struct node *node = &a->nodes[i];

		out->zenith_deg[i] = node->n ? (float)(node->zenith / node->n) : NAN;
		out->azimuth_deg[i] =
			node->n ? (float)turned(node->first, node->turns, node->n) : NAN;
	}
	out->columns = a->columns;
	out->rows = a->rows;
	out->step_x_m = a->step_x_m;
	out->step_y_m = a->step_y_m;
	return 0;
}

/* All grids of this name, merged; *out stays empty if there are none. */
static int merge_grids(CPLXMLNode *angles, const char *name, double zenith_max,
		       struct angle_grid *out, struct error *e)
{
	struct sums a = { 0 };
	char band[SAFE_QUOTED], detector[SAFE_QUOTED];
	int ret = 0;

	for (CPLXMLNode *n = angles->psChild; n && !ret; n = n->psNext) {
		if (n->eType != CXT_Element || strcmp(n->pszValue, name))
			continue;
		ret = add_grid(&a, n, zenith_max, e);
		if (ret)
			error_prefix(e, "%s of band %.8s, detector %.8s", name,
				     safe_quoted(band, CPLGetXMLValue(n, "bandId", "-")),
				     safe_quoted(detector, CPLGetXMLValue(n, "detectorId", "-")));
	}
	if (!ret && a.nodes)
		ret = finish(&a, out, e);
	free(a.nodes);
	return ret;
}

/* A grid that cannot be used is not there: the mean angles are. */
static int set_grid(struct safe *s, struct tile *t, const char *name, double zenith_max,
		    struct angle_grid *out, struct error *e)
{
	struct error why = { 0 };

	if (!merge_grids(t->angles, name, zenith_max, out, &why))
		return 0;
	if (why.code == ERROR_DATA)
		return facts_warn(s->p, e, "%s: angle grid left out: %s", t->g->name, why.text);
	*e = why;
	return -1;
}

int safe_angles(struct safe *s, struct tile *t, struct error *e)
{
	struct granule *g = t->g;
	double zenith;

	t->angles = CPLSearchXMLNode(t->root, "=Tile_Angles");
	if (!t->angles || !angle_at(t->angles, "Mean_Sun_Angle.ZENITH_ANGLE", 180.0, &zenith) ||
	    !angle_at(t->angles, "Mean_Sun_Angle.AZIMUTH_ANGLE", 360.0, &g->sun_azimuth_deg))
		return safe_missing(t->path, "Mean_Sun_Angle", e);
	g->sun_elevation_deg = 90.0 - zenith;
	if (set_mean_view(s, g, t->angles, e) ||
	    set_grid(s, t, "Sun_Angles_Grid", 180, &g->sun_angles, e))
		return -1;
	return set_grid(s, t, "Viewing_Incidence_Angles_Grids", 90, &g->view_angles, e);
}
