/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/sentinel2_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "pipeline/io/facts.h"
#include "pipeline/io/outlines.h"

/* No place of any projection in metres is farther from its origin. */
#define COORDINATE_MAX_M 1e8

/* Polygon in extentOf; or in MultiSurface, surfaceMember: no file nests deeper. */
#define NESTING_MAX 6

/* Outlines of one maskType: all rings, and each feature as a shape of its own. */
struct cloud_type {
	struct polygon *rings;
	void *outlines; /* outlines.h */
};

struct clouds {
	struct cloud_type opaque, cirrus;
	long epsg; /* 0: any */
	size_t points_nr, rings_nr;
};

static bool is_named(const CPLXMLNode *n, const char *name)
{
	return n->eType == CXT_Element && !strcmp(n->pszValue, name);
}

/* An element that names a CRS must name the tile's. */
static int check_crs(const struct clouds *c, CPLXMLNode *node, struct error *e)
{
	const char *name = CPLGetXMLValue(node, "srsName", NULL);
	char words[SAFE_QUOTED];

	if (!name || !c->epsg || safe_epsg(name) == c->epsg)
		return 0;
	return error_set(e, ERROR_DATA, "its coordinates are in %s, the tile's in EPSG:%ld",
			 safe_quoted(words, name), c->epsg);
}

/* Values of one position: as the element says, or else one above it. */
static int dimension_of(CPLXMLNode *node, int preset)
{
	long n = preset;

	if (!CPLGetXMLValue(node, "srsDimension", NULL))
		return preset;
	return facts_integer(CPLGetXMLValue(node, "srsDimension", NULL), 2, 3, &n) ? (int)n : 0;
}

/* The number at *text, which then stands behind it; false at the end or if it is none. */
static bool next_number(const char **text, double *out)
{
	char word[64];
	size_t n;

	*text += strspn(*text, " \t\r\n");
	n = strcspn(*text, " \t\r\n");
	if (!n || n >= sizeof(word))
		return false;
	snprintf(word, sizeof(word), "%.*s", (int)n, *text);
	if (!facts_number(word, out) || fabs(*out) > COORDINATE_MAX_M)
		return false;
	*text += n;
	return true;
}

static bool at_end(const char *text)
{
	return !text[strspn(text, " \t\r\n")];
}

/* Append the positions in a text to points (their room doubles); *n of *room are used. */
static int read_positions(const char *text, int dimension, struct point **points, size_t *n,
			  size_t *room, struct error *e)
{
	double v[3];

	while (!at_end(text)) {
		for (int k = 0; k < dimension; k++)
			if (!next_number(&text, &v[k]))
				return error_set(e, ERROR_DATA,
						 "a list of positions that is not %d numbers each",
						 dimension);
		if (*n == *room) {
			size_t more = *room ? 2 * *room : 64;
			struct point *grown = reallocarray(*points, more, sizeof(**points));

			if (!grown)
				return error_nomem(e, "cloud outlines");
			*points = grown;
			*room = more;
		}
		(*points)[(*n)++] = (struct point){ v[0], v[1] };
		if (*n > SENTINEL2_CLOUD_POINTS_MAX)
			return error_set(e, ERROR_DATA, "more than %d vertices",
					 SENTINEL2_CLOUD_POINTS_MAX);
	}
	return 0;
}

/* All positions of a LinearRing: one posList, or many pos. */
static int read_ring(struct clouds *c, CPLXMLNode *ring, int dimension, struct point **points,
		     size_t *n, struct error *e)
{
	size_t room = 0;

	dimension = dimension_of(ring, dimension);
	for (CPLXMLNode *node = ring->psChild; node; node = node->psNext) {
		int own;

		if (!is_named(node, "posList") && !is_named(node, "pos"))
			continue;
		own = dimension_of(node, dimension);
		if (!own)
			return error_set(e, ERROR_DATA, "srsDimension is neither 2 nor 3");
		if (check_crs(c, node, e) ||
		    read_positions(CPLGetXMLValue(node, NULL, ""), own, points, n, &room, e))
			return -1;
	}
	return 0;
}

/* The LinearRing in an exterior or interior. */
static int add_ring(struct clouds *c, CPLXMLNode *border, int dimension, struct cloud_type *type,
		    struct error *e)
{
	CPLXMLNode *ring = CPLGetXMLNode(border, "LinearRing");
	struct point *points = NULL;
	size_t n = 0;
	int ret = 0;

	if (!ring)
		return error_set(e, ERROR_DATA, "a polygon without LinearRing");
	if (read_ring(c, ring, dimension, &points, &n, e)) {
		free(points);
		return -1;
	}
	c->points_nr += n;
	if (c->points_nr > SENTINEL2_CLOUD_POINTS_MAX || ++c->rings_nr > SENTINEL2_CLOUD_RINGS_MAX)
		ret = error_set(e, ERROR_DATA, "more than %d vertices or %d rings",
				SENTINEL2_CLOUD_POINTS_MAX, SENTINEL2_CLOUD_RINGS_MAX);
	else if (n >= 3)
		ret = polygon_add(type->rings, points, n, e);
	free(points);
	return ret;
}

static int add_polygon(struct clouds *c, CPLXMLNode *polygon, int dimension,
		       struct cloud_type *type, struct error *e)
{
	size_t first = type->rings->rings_nr;

	for (CPLXMLNode *n = polygon->psChild; n; n = n->psNext)
		if ((is_named(n, "exterior") || is_named(n, "interior")) &&
		    add_ring(c, n, dimension, type, e))
			return -1;
	return outlines_add(&type->outlines, type->rings, first, e);
}

/* Every Polygon in extentOf, whatever collections are around it. */
static int add_polygons(struct clouds *c, CPLXMLNode *node, int dimension, int depth,
			struct cloud_type *type, struct error *e)
{
	if (check_crs(c, node, e))
		return -1;
	dimension = dimension_of(node, dimension);
	if (is_named(node, "Polygon"))
		return add_polygon(c, node, dimension, type, e);
	for (CPLXMLNode *n = node->psChild; n && depth < NESTING_MAX; n = n->psNext)
		if (n->eType == CXT_Element && add_polygons(c, n, dimension, depth + 1, type, e))
			return -1;
	return 0;
}

static int add_feature(struct clouds *c, CPLXMLNode *feature, struct error *e)
{
	const char *type = CPLGetXMLValue(feature, "maskType", "");
	CPLXMLNode *extent = CPLGetXMLNode(feature, "extentOf");
	char words[SAFE_QUOTED];

	if (strcasecmp(type, "OPAQUE") != 0 && strcasecmp(type, "CIRRUS") != 0)
		return error_set(e, ERROR_DATA, "a maskType \"%s\"", safe_quoted(words, type));
	if (!extent)
		return 0;
	return add_polygons(c, extent, 2, 0, strcasecmp(type, "OPAQUE") ? &c->cirrus : &c->opaque,
			    e);
}

static int read_clouds(struct clouds *c, CPLXMLNode *tree, struct error *e)
{
	CPLXMLNode *mask = CPLGetXMLNode(tree, "=Mask");
	CPLXMLNode *envelope = mask ? CPLGetXMLNode(mask, "boundedBy.Envelope") : NULL;
	CPLXMLNode *members = mask ? CPLGetXMLNode(mask, "maskMembers") : NULL;

	if (!mask)
		return error_set(e, ERROR_DATA, "not a mask");
	if (envelope && check_crs(c, envelope, e))
		return -1;
	for (CPLXMLNode *n = members ? members->psChild : NULL; n; n = n->psNext)
		if (is_named(n, "MaskFeature") && add_feature(c, n, e))
			return -1;
	return 0;
}

int safe_clouds_file(const char *path, long epsg, struct polygon *opaque, struct polygon *cirrus,
		     struct error *e)
{
	struct clouds c = { .opaque.rings = opaque, .cirrus.rings = cirrus, .epsg = epsg };
	CPLXMLNode *tree = safe_xml(path, e);
	int ret;

	*opaque = (struct polygon){ 0 };
	*cirrus = (struct polygon){ 0 };
	if (!tree)
		return -1;
	ret = read_clouds(&c, tree, e);
	CPLDestroyXMLNode(tree);
	if (!ret)
		ret = outlines_unite(c.opaque.outlines, opaque, e);
	if (!ret)
		ret = outlines_unite(c.cirrus.outlines, cirrus, e);
	outlines_free(c.opaque.outlines);
	outlines_free(c.cirrus.outlines);
	if (!ret)
		return 0;
	polygon_release(opaque);
	polygon_release(cirrus);
	return error_prefix(e, "cannot read %s", path);
}

/* "MSK_CLOUDS_B00.gml", "S2A_OPER_MSK_CLOUDS_EPA__20160101T000000_A002734_T43TFM_B00_MSIL1C.gml" */
static bool is_clouds(const char *name)
{
	size_t n = strlen(name);

	return n > 4 && !strcasecmp(name + n - 4, ".gml") && strcasestr(name, "MSK_CLOUDS_");
}

/* The path of the file of clouds in a folder, to be freed; *out NULL if there is none. */
static int find_clouds(const struct folder *f, char **out, struct error *e)
{
	const char *found = NULL;

	*out = NULL;
	for (size_t i = 0; i < f->names_nr; i++) {
		if (!is_clouds(f->names[i]))
			continue;
		if (found)
			return error_set(e, ERROR_DATA, "%s: two files for clouds: %s and %s",
					 f->path, found, f->names[i]);
		found = f->names[i];
	}
	*out = found ? folder_path(f, found) : NULL;
	return found && !*out ? error_nomem(e, "a path") : 0;
}

static int take_clouds(struct safe *s, struct tile *t, const char *path, struct error *e)
{
	struct error why = { 0 };

	if (!safe_clouds_file(path, t->epsg, &t->g->opaque, &t->g->cirrus, &why))
		return 0;
	if (why.code == ERROR_DATA || why.code == ERROR_NOINPUT || why.code == ERROR_PERMISSION)
		return facts_warn(s->p, e, "%s: the clouds of the product are not used: %s",
				  t->g->name, why.text);
	*e = why;
	return -1;
}

int safe_clouds(struct safe *s, struct tile *t, struct error *e)
{
	struct folder f;
	char *path = NULL;
	int ret;

	if (s->p->level != LEVEL_TOA || t->g->bands[ROLE_CLASSI].path)
		return 0;
	if (safe_folder(&f, t->folder, "QI_DATA", e))
		return -1;
	ret = find_clouds(&f, &path, e);
	if (!ret && !path && t->flat)
		ret = find_clouds(t->folder, &path, e);
	if (!ret && path)
		ret = take_clouds(s, t, path, e);
	else if (!ret)
		ret = facts_warn(s->p, e, "%s: no cloud mask in the product", t->g->name);
	free(path);
	folder_release(&f);
	return ret;
}
