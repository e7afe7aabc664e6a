/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/product.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "pipeline/io/facts.h"
#include "pipeline/io/folder.h"
#include "pipeline/io/landsat.h"
#include "pipeline/io/sensor.h"
#include "pipeline/io/sentinel2.h"

#define LOOKED_FOR "*_MTL.txt (Landsat), MTD_MSIL1C.xml or MTD_MSIL2A.xml (Sentinel-2)"

enum family {
	FAMILY_NONE,
	FAMILY_LANDSAT,
	FAMILY_SENTINEL2,
};

static const char *const role_names[ROLE_NR] = {
	[ROLE_COASTAL] = "coastal", [ROLE_BLUE] = "blue",	  [ROLE_GREEN] = "green",
	[ROLE_RED] = "red",	    [ROLE_EDGE705] = "edge705",	  [ROLE_EDGE740] = "edge740",
	[ROLE_EDGE783] = "edge783", [ROLE_NIR] = "nir",		  [ROLE_NIR_NARROW] = "nir_narrow",
	[ROLE_VAPOUR] = "vapour",   [ROLE_CIRRUS] = "cirrus",	  [ROLE_SWIR1] = "swir1",
	[ROLE_SWIR2] = "swir2",	    [ROLE_QA_PIXEL] = "qa_pixel", [ROLE_QA_RADSAT] = "qa_radsat",
	[ROLE_SCL] = "scl",
};

const char *role_name(enum role role)
{
	return role_names[role];
}

bool role_is_reflectance(enum role role)
{
	return role < ROLE_QA_PIXEL;
}

/* Words under construction; what does not fit is cut. */
struct words {
	char text[480];
	size_t n;
};

static void words_add(struct words *w, const char *text)
{
	size_t room = sizeof(w->text) - w->n, n = strlen(text);

	snprintf(w->text + w->n, room, "%s", text);
	w->n += n < room ? n : room - 1;
}

/* "swir1 (B6)" */
static void words_add_role(struct words *w, const struct granule *g, enum role role)
{
	const struct sensor_band *band = g->bands[role].band;

	if (w->n)
		words_add(w, "; ");
	words_add(w, role_name(role));
	if (!band)
		return;
	words_add(w, " (");
	words_add(w, band->name);
	words_add(w, ")");
}

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), k = strlen(end);

	return n >= k && !strcasecmp(name + n - k, end);
}

/* Whose metadata a file of this name holds. */
static enum family family_of(const char *name)
{
	if (ends_with(name, "_MTL.txt"))
		return FAMILY_LANDSAT;
	if (!strcasecmp(name, "MTD_MSIL1C.xml") || !strcasecmp(name, "MTD_MSIL2A.xml"))
		return FAMILY_SENTINEL2;
	return FAMILY_NONE;
}

/* Why a folder or file without known metadata is none, as far as names tell. */
static const char *hint_of(const char *name)
{
	static const struct {
		const char *end, *hint;
	} hints[] = {
		{ ".tar", "unpack the archive first" },
		{ ".tar.gz", "unpack the archive first" },
		{ ".tgz", "unpack the archive first" },
		{ ".zip", "unpack the archive first" },
		{ "_MTL.xml", "the text form of this metadata is needed" },
		{ "_MTL.json", "the text form of this metadata is needed" },
	};

	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		if (ends_with(name, hints[i].end))
			return hints[i].hint;
	if (!strncmp(name, "HLS.", 4))
		return "HLS granules are not read by this version";
	if (!strncmp(name, "S2", 2) && strstr(name, "_OPER_"))
		return "the old Sentinel-2 naming (before December 2016) is not read";
	return NULL;
}

static void not_a_product(const char *path, const char *hint, struct error *e)
{
	error_set(e, ERROR_DATA, "%s is not a product: looked for " LOOKED_FOR "%s%s", path,
		  hint ? "; " : "", hint ? hint : "");
}

/* The one metadata file in a folder. */
static const char *metadata_in(const struct folder *f, struct error *e)
{
	const char *found = NULL, *hint = NULL;

	for (size_t i = 0; i < f->names_nr; i++) {
		if (!hint)
			hint = hint_of(f->names[i]);
		if (!family_of(f->names[i]))
			continue;
		if (found) {
			error_set(e, ERROR_DATA,
				  "%s holds several products (%s, %s): name one of these files",
				  f->path, found, f->names[i]);
			return NULL;
		}
		found = f->names[i];
	}
	if (!found)
		not_a_product(f->path, hint, e);
	return found;
}

/* The folder of a metadata file, and the file's name in it; NULL and e if it is none. */
static const char *split_path(const char *path, struct folder *root, struct error *e)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path, *name = NULL;
	char *parent;

	if (folder_check_file(path, e))
		return NULL;
	if (!family_of(base)) {
		not_a_product(path, hint_of(base), e);
		return NULL;
	}
	if (!slash)
		parent = strdup(".");
	else
		parent = slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
	if (!parent) {
		error_nomem(e, "a path");
	} else if (!folder_read(root, parent, e)) {
		name = folder_find(root, base);
		if (!name)
			error_set(e, ERROR_DATA, "%s: a file name that is not used here", path);
	}
	free(parent);
	return name;
}

/* One warning that names all files which a complete product of this kind has and this one lacks. */
static int warn_missing(struct product *p, const struct granule *g, struct error *e)
{
	struct words w = { .n = 0 };

	for (enum role r = 0; r < ROLE_NR; r++)
		if (!g->bands[r].path && sensor_delivers(p->sensor, p->level, r))
			words_add_role(&w, g, r);
	return w.n ? facts_warn(p, e, "%s: missing: %s", g->name, w.text) : 0;
}

/* What the headers of a granule's files say. */
static int describe_granule(struct product *p, struct granule *g, struct error *e)
{
	const struct product_band *reference = &g->bands[ROLE_GREEN];

	for (enum role r = 0; r < ROLE_NR; r++) {
		struct product_band *b = &g->bands[r];

		if (b->path && facts_header(b, e))
			return -1;
		if (b->path && !reference->path && role_is_reflectance(r))
			reference = b;
	}
	if (!reference->path)
		return error_set(e, ERROR_DATA,
				 "%s: none of the image files is there: is the product complete?",
				 p->path);
	g->grid = reference->grid;
	return warn_missing(p, g, e);
}

static int read_product(struct product *p, struct error *e)
{
	struct folder root = { 0 };
	const char *name = NULL;
	char *path = strdup(p->path);
	size_t n = path ? strlen(path) : 0;
	int ret = -1;

	if (!path)
		return error_nomem(e, "a path");
	while (n > 1 && path[n - 1] == '/')
		path[--n] = '\0';
	if (!folder_is_folder(path))
		name = split_path(path, &root, e);
	else if (!folder_read(&root, path, e))
		name = metadata_in(&root, e);
	if (!name)
		goto out;
	if (family_of(name) == FAMILY_LANDSAT)
		ret = landsat_read(p, &root, name, e);
	else
		ret = sentinel2_read(p, &root, name, e);
	for (size_t i = 0; !ret && i < p->granules_nr; i++)
		ret = describe_granule(p, &p->granules[i], e);
out:
	folder_release(&root);
	free(path);
	return ret;
}

int product_open(struct product **out, const char *path, struct error *e)
{
	struct product *p;

	*out = NULL;
	if (strlen(path) >= sizeof(p->path))
		return error_set(e, ERROR_NOINPUT,
				 "cannot read a product: a path of %zu characters", strlen(path));
	p = calloc(1, sizeof(*p));
	if (!p || !(p->warnings = strdup(""))) {
		product_free(p);
		return error_nomem(e, "a product");
	}
	snprintf(p->path, sizeof(p->path), "%s", path);
	p->cloud_cover_percent = NAN;
	if (read_product(p, e)) {
		product_free(p);
		return -1;
	}
	*out = p;
	return 0;
}

void product_free(struct product *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->granules_nr; i++) {
		for (enum role r = 0; r < ROLE_NR; r++) {
			free(p->granules[i].bands[r].path);
			free(p->granules[i].bands[r].file);
		}
	}
	free(p->granules);
	free(p->metadata_path);
	free(p->warnings);
	free(p);
}

/* How a band's place differs from the granule's; NULL if it does not. */
static const char *misfit(const struct grid *a, const struct grid *b)
{
	double dx = fmax(a->dx, b->dx), dy = fmax(a->dy, b->dy);

	if (strcmp(a->crs.def, b->crs.def))
		return "lies in another coordinate reference system than green";
	if (fabs(a->x0 - b->x0) > dx / 2 || fabs(a->y0 - b->y0) > dy / 2)
		return "begins at another place than green";
	if (fabs(a->dx * a->width - b->dx * b->width) > dx ||
	    fabs(a->dy * a->height - b->dy * b->height) > dy)
		return "covers another extent than green";
	return NULL;
}

int product_require(const struct product *p, const struct granule *g, const enum role *roles,
		    size_t roles_nr, const char *purpose, struct error *e)
{
	struct words w = { .n = 0 };

	for (size_t i = 0; i < roles_nr; i++) {
		const struct product_band *b = &g->bands[roles[i]];
		const char *why = b->path ? misfit(&b->grid, &g->grid) : "is missing";

		if (!why)
			continue;
		words_add_role(&w, g, roles[i]);
		words_add(&w, " ");
		words_add(&w, why);
	}
	if (!w.n)
		return 0;
	return error_set(e, ERROR_DATA, "%.200s: not complete enough for %.60s, get it again: %s",
			 p->id, purpose, w.text);
}

static struct tm time_of(const struct product *p)
{
	time_t t = (time_t)p->time;
	struct tm tm = { .tm_mday = 1, .tm_year = 70 };

	gmtime_r(&t, &tm);
	return tm;
}

void product_time_compact(const struct product *p, char *text)
{
	struct tm tm = time_of(p);

	strftime(text, 16, "%Y%m%dT%H%M%S", &tm);
}

void product_time_iso(const struct product *p, char *text)
{
	struct tm tm = time_of(p);

	strftime(text, 21, "%Y-%m-%dT%H:%M:%SZ", &tm);
}
