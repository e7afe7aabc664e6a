/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/product.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "pipeline/io/facts.h"
#include "pipeline/io/folder.h"
#include "pipeline/io/hls.h"
#include "pipeline/io/landsat.h"
#include "pipeline/io/sensor.h"
#include "pipeline/io/sentinel2.h"
#include "pipeline/io/stac.h"

#define LOOKED_FOR                                                                                 \
	"*_MTL.txt, .xml or .json (Landsat), MTD_MSIL1C.xml or MTD_MSIL2A.xml or their old names " \
	"(Sentinel-2), HLS.*.tif, a STAC Item"

/* Folders that may lie around a product in an archive ("data/<id>/"). */
#define ARCHIVE_DEPTH_MAX 3

/* Who reads a kind of product, and which file in a folder shows that it is one. */
struct family {
	bool (*is_metadata)(const char *name);
	int (*read)(struct product *p, const struct folder *root, const char *name,
		    const struct input_options *options, struct error *e);
	bool many_files; /* any number of such files is one product */
};

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

static bool is_mtl_txt(const char *name)
{
	return ends_with(name, "_MTL.txt");
}

static bool is_mtl_xml(const char *name)
{
	return ends_with(name, "_MTL.xml");
}

static bool is_mtl_json(const char *name)
{
	return ends_with(name, "_MTL.json");
}

static int read_landsat(struct product *p, const struct folder *root, const char *name,
			const struct input_options *options, struct error *e)
{
	(void)options;
	return landsat_read(p, root, name, e);
}

static int read_sentinel2(struct product *p, const struct folder *root, const char *name,
			  const struct input_options *options, struct error *e)
{
	return sentinel2_read(p, root, name, options->offset, e);
}

static int read_hls(struct product *p, const struct folder *root, const char *name,
		    const struct input_options *options, struct error *e)
{
	(void)options;
	return hls_read(p, root, name, e);
}

/* In the order of preference: where a product has several, the first is read. */
static const struct family families[] = {
	{ is_mtl_txt, read_landsat, false },  { is_mtl_xml, read_landsat, false },
	{ is_mtl_json, read_landsat, false }, { sentinel2_is_metadata, read_sentinel2, false },
	{ hls_is_file, read_hls, true },      { stac_is_file, stac_read, false },
};
#define FAMILIES_NR (sizeof(families) / sizeof(families[0]))

/* Whose metadata a file of this name holds; NULL: nobody's. */
static const struct family *family_of(const char *name)
{
	for (size_t i = 0; i < FAMILIES_NR; i++)
		if (families[i].is_metadata(name))
			return &families[i];
	return NULL;
}

bool product_is_metadata(const char *name)
{
	const struct family *f = family_of(name);

	return f && f->is_metadata != stac_is_file;
}

/* Why a folder or file without known metadata is none, as far as names tell. */
static const char *hint_of(const char *name)
{
	static const struct {
		const char *end, *hint;
	} hints[] = {
		{ "tileInfo.json", "a tile of the AWS bucket lacks the product's metadata" },
		{ "manifest.safe", "the metadata of the product has not arrived" },
		{ ".xml", "this XML is not the metadata of a product" },
		{ ".jp2", "name the product, not one of its images" },
		{ ".tif", "name the product, not one of its images" },
	};

	if (input_arriving(name))
		return "it is still arriving";
	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		if (ends_with(name, hints[i].end))
			return hints[i].hint;
	return NULL;
}

static int not_a_product(const char *path, const char *hint, struct error *e)
{
	return error_set(e, ERROR_DATA, "%s is not a product: looked for " LOOKED_FOR "%s%s", path,
			 hint ? "; " : "", hint ? hint : "");
}

/* The metadata file of the one product in a folder; *found NULL if there is none. */
static int metadata_in(const struct folder *f, const char **found, struct error *e)
{
	*found = NULL;
	for (size_t k = 0; !*found && k < FAMILIES_NR; k++) {
		for (size_t i = 0; i < f->names_nr; i++) {
			if (!families[k].is_metadata(f->names[i]))
				continue;
			if (*found && !families[k].many_files)
				return error_set(e, ERROR_DATA,
						 "%s holds several products (%s, %s): name one of "
						 "these files",
						 f->path, *found, f->names[i]);
			if (!*found)
				*found = f->names[i];
		}
	}
	return 0;
}

/* The only folder in a folder, or NULL. */
static const char *only_folder(const struct folder *f)
{
	const char *only = NULL;

	for (size_t i = 0; i < f->names_nr; i++) {
		char *path = folder_path(f, f->names[i]);
		bool is_folder = path && folder_is_folder(path);

		free(path);
		if (is_folder && only)
			return NULL;
		if (is_folder)
			only = f->names[i];
	}
	return only;
}

static int enter(struct folder *f, const char *name, struct error *e)
{
	char *path = folder_path(f, name);
	int ret;

	folder_release(f);
	ret = path ? folder_read(f, path, e) : error_nomem(e, "a path");
	free(path);
	return ret;
}

/* Find the product in what the user named: *root read, and the name of its metadata in it. */
static int find_metadata(const struct product *p, struct folder *root, const char **name,
			 struct error *e)
{
	const char *hint = NULL, *inner;

	if (folder_read(root, p->input.path, e) || metadata_in(root, name, e))
		return -1;
	for (int depth = 0; !*name && p->input.archive && depth < ARCHIVE_DEPTH_MAX; depth++) {
		inner = only_folder(root);
		if (!inner)
			break;
		if (enter(root, inner, e) || metadata_in(root, name, e))
			return -1;
	}
	if (*name)
		return 0;
	for (size_t i = 0; !hint && i < root->names_nr; i++)
		hint = hint_of(root->names[i]);
	return not_a_product(p->path, hint, e);
}

/* The same where the user named the metadata file. */
static int split_path(const char *path, struct folder *root, const char **name, struct error *e)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	char *parent;
	int ret = -1;

	if (folder_check_file(path, e))
		return -1;
	if (!family_of(base))
		return not_a_product(path, hint_of(base), e);
	if (!slash)
		parent = strdup(".");
	else
		parent = slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
	if (!parent)
		return error_nomem(e, "a path");
	if (!folder_read(root, parent, e)) {
		*name = folder_find(root, base);
		ret = *name ? 0
			    : error_set(e, ERROR_DATA, "%s: a file name that is not used here",
					path);
	}
	free(parent);
	return ret;
}

/* Masks that hide nothing, and bands of heat: nobody has to be told that they are missing. */
static bool is_minor(enum role role)
{
	return role_is_thermal(role) || role == ROLE_QA_AEROSOL || role == ROLE_CLOUD_QA ||
	       role == ROLE_SUN_ZENITH;
}

/* One warning that names all files which a complete product of this kind has and this one lacks. */
static int warn_missing(struct product *p, const struct granule *g, struct error *e)
{
	struct words w = { .n = 0 };

	for (enum role r = 0; r < ROLE_NR; r++)
		if (!g->bands[r].path && !is_minor(r) &&
		    sensor_delivers(p->sensor, p->level, p->baseline, r))
			words_add_role(&w, g, r);
	return w.n ? facts_warn(p, e, "%s: missing: %s", g->name, w.text) : 0;
}

/* What the header of a file says; that it is broken is a fact, not a failure. */
static int describe_band(struct product *p, const struct granule *g, enum role role,
			 struct product_band *b, struct error *e)
{
	struct error why = { 0 };

	if (!b->path)
		return 0;
	if (!facts_header(b, &why)) {
		facts_calibrate(b, g, role);
		return 0;
	}
	if (why.code != ERROR_DATA && why.code != ERROR_NOINPUT && why.code != ERROR_PERMISSION) {
		*e = why;
		return -1;
	}
	/* A link that leads to nothing is no file. */
	if (why.code == ERROR_NOINPUT) {
		free(b->path);
		free(b->file);
		b->path = b->file = NULL;
		return 0;
	}
	b->broken = strdup(why.text);
	return b->broken ? facts_warn(p, e, "%s", why.text) : error_nomem(e, "a message");
}

/* Per-pixel sun angles count only where they lie on the grid of the bands. */
static void choose_sun(struct granule *g)
{
	if (g->sun == SUN_PIXEL && product_lacks(g, ROLE_SUN_ZENITH))
		g->sun = SUN_SCENE;
}

/* What the headers of a granule's files say. */
static int describe_granule(struct product *p, struct granule *g, struct error *e)
{
	const struct product_band *reference = NULL;

	for (enum role r = 0; r < ROLE_NR; r++) {
		struct product_band *b = &g->bands[r];

		if (describe_band(p, g, r, b, e))
			return -1;
		if (b->path && !b->broken && (!reference || r == ROLE_GREEN))
			reference = b;
	}
	if (reference)
		g->grid = reference->grid;
	choose_sun(g);
	return warn_missing(p, g, e);
}

static int read_product(struct product *p, const struct input_options *options, struct error *e)
{
	struct folder root = { 0 };
	const char *name = NULL;
	int ret;

	if (input_open(&p->input, p->path, options, e))
		return -1;
	if (folder_is_folder(p->input.path))
		ret = find_metadata(p, &root, &name, e);
	else
		ret = split_path(p->input.path, &root, &name, e);
	if (!ret)
		ret = family_of(name)->read(p, &root, name, options, e);
	for (size_t i = 0; !ret && i < p->granules_nr; i++)
		ret = describe_granule(p, &p->granules[i], e);
	folder_release(&root);
	return ret;
}

int product_open(struct product **out, const char *path, const struct input_options *options,
		 struct error *e)
{
	static const struct input_options preset = { 0 };
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
	if (read_product(p, options ? options : &preset, e)) {
		product_free(p);
		return -1;
	}
	*out = p;
	return 0;
}

static void angles_release(struct angle_grid *a)
{
	free(a->zenith_deg);
	free(a->azimuth_deg);
}

static void granule_release(struct granule *g)
{
	for (enum role r = 0; r < ROLE_NR; r++) {
		free(g->bands[r].path);
		free(g->bands[r].file);
		free(g->bands[r].broken);
	}
	angles_release(&g->sun_angles);
	angles_release(&g->view_angles);
	polygon_release(&g->opaque);
	polygon_release(&g->cirrus);
}

void product_free(struct product *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->granules_nr; i++)
		granule_release(&p->granules[i]);
	free(p->granules);
	free(p->metadata_path);
	free(p->warnings);
	input_release(&p->input);
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

const char *product_lacks(const struct granule *g, enum role role)
{
	const struct product_band *b = &g->bands[role];

	if (!b->path)
		return "is missing";
	if (b->broken)
		return "is broken";
	return misfit(&b->grid, &g->grid);
}

/* True if a download is under way in the folder of the metadata. */
static bool is_arriving(const struct product *p)
{
	char *folder = strdup(p->metadata_path), *slash = folder ? strrchr(folder, '/') : NULL;
	bool arriving;

	if (slash)
		*slash = '\0';
	arriving = folder && input_arriving_in(slash ? folder : ".");
	free(folder);
	return arriving;
}

/* A band that the sensor never had will not come with another copy of the product. */
static int require_bands_of_sensor(const struct product *p, const enum role *roles, size_t roles_nr,
				   const char *purpose, struct error *e)
{
	for (size_t i = 0; i < roles_nr; i++) {
		bool band = role_is_reflectance(roles[i]) || role_is_thermal(roles[i]);

		if (band && !sensor_find(p->sensor, roles[i]))
			return error_set(e, ERROR_NOINPUT, "%.200s: %.60s needs band %s, not on %s",
					 p->id, purpose, role_name(roles[i]), p->sensor->name);
	}
	return 0;
}

int product_require(const struct product *p, const struct granule *g, const enum role *roles,
		    size_t roles_nr, const char *purpose, struct error *e)
{
	enum error_code code = ERROR_NOINPUT;
	struct words w = { .n = 0 };

	if (require_bands_of_sensor(p, roles, roles_nr, purpose, e))
		return -1;
	for (size_t i = 0; i < roles_nr; i++) {
		const struct product_band *b = &g->bands[roles[i]];
		const char *why = product_lacks(g, roles[i]);

		if (!why)
			continue;
		if (b->path)
			code = ERROR_DATA;
		words_add_role(&w, g, roles[i]);
		words_add(&w, " ");
		words_add(&w, why);
		if (b->broken) {
			words_add(&w, ": ");
			words_add(&w, b->broken);
		}
	}
	if (!w.n)
		return 0;
	if (code == ERROR_NOINPUT && is_arriving(p))
		return error_set(e, ERROR_TEMPORARY,
				 "%.200s: still arriving, try again later; for %.60s it lacks: %s",
				 p->id, purpose, w.text);
	return error_set(e, code, "%.200s: not complete enough for %.60s, get it again: %s", p->id,
			 purpose, w.text);
}
