/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/sentinel2_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "pipeline/io/facts.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Where images lie: R10m, R20m, R60m, and beside these folders. */
enum { PLACES = 3 };

static const struct {
	const char *folder, *suffix;
} places[PLACES] = { { "R10m", "_10m" }, { "R20m", "_20m" }, { "R60m", "_60m" } };

static const struct {
	enum role role;
	const char *stem;
} quality_masks[] = {
	{ ROLE_QUALIT_BLUE, "MSK_QUALIT_B02" },	 { ROLE_QUALIT_GREEN, "MSK_QUALIT_B03" },
	{ ROLE_QUALIT_RED, "MSK_QUALIT_B04" },	 { ROLE_QUALIT_NIR, "MSK_QUALIT_B08" },
	{ ROLE_QUALIT_SWIR1, "MSK_QUALIT_B11" }, { ROLE_QUALIT_SWIR2, "MSK_QUALIT_B12" },
};

/* Length of a name without the ending of an image; 0: it has another one. */
static size_t image_stem(const char *name)
{
	static const char *const endings[] = { ".jp2", ".tif", ".tiff" };
	size_t n = strlen(name);

	for (size_t i = 0; i < COUNT(endings); i++) {
		size_t k = strlen(endings[i]);

		if (n > k && !strcasecmp(name + n - k, endings[i]))
			return n - k;
	}
	return 0;
}

/* True for "<band><suffix>" and "<anything>_<band><suffix>" with an image's ending, in any case. */
static bool is_band(const char *name, const char *stem)
{
	size_t n = image_stem(name), k = strlen(stem);

	return n >= k && !strncasecmp(name + n - k, stem, k) && (n == k || name[n - k - 1] == '_');
}

/* "T43TFM_20240718T055639_SCL_20m.jp2", "S2A_USER_SCL_L2A_TL_EPA__20160101T000000_T43TFM_20m.jp2" */
static bool is_scl(const char *name, const char *suffix)
{
	static const char user[] = "_USER_SCL_L2A_TL_";
	char stem[16];

	snprintf(stem, sizeof(stem), "SCL%s", suffix);
	if (is_band(name, stem))
		return true;
	return *suffix && strlen(name) > 3 + strlen(user) &&
	       !strncasecmp(name + 3, user, strlen(user)) && is_band(name, suffix + 1);
}

/* Set path and file of a band if one file of the folder is it. */
static int find_image(struct product_band *b, const struct folder *f,
		      bool (*is)(const char *name, const char *stem), const char *stem,
		      struct error *e)
{
	const char *found = NULL;

	for (size_t i = 0; !b->path && i < f->names_nr; i++) {
		if (!is(f->names[i], stem))
			continue;
		if (found)
			return error_set(e, ERROR_DATA, "%s: two files for %s: %s and %s", f->path,
					 is == is_scl ? "SCL" : stem, found, f->names[i]);
		found = f->names[i];
	}
	if (!found)
		return 0;
	b->file = strdup(found);
	b->path = folder_path(f, found);
	return b->file && b->path ? 0 : error_nomem(e, "a path");
}

/* What the metadata says of the bands and masks, whether their files are there or not. */
static void set_facts(const struct safe *s, struct granule *g)
{
	const struct sensor *sensor = s->p->sensor;

	for (size_t i = 0; i < sensor->bands_nr; i++) {
		struct product_band *b = &g->bands[sensor->bands[i].role];

		b->band = &sensor->bands[i];
		b->gain = s->calibrated[i] ? s->gain : 0.0;
		b->offset = s->calibrated[i] ? s->offset[i] : 0.0;
		b->fill = s->fill;
		b->saturated = s->saturated;
	}
	/* SCL's 0 is its code for no data; in the other masks 0 says that all is well. */
	g->bands[ROLE_SCL].gain = 1;
	g->bands[ROLE_SCL].saturated = PRODUCT_NO_VALUE;
	for (enum role r = ROLE_CLASSI; r <= ROLE_QUALIT_SWIR2; r++) {
		g->bands[r].gain = 1;
		g->bands[r].fill = PRODUCT_NO_VALUE;
		g->bands[r].saturated = PRODUCT_NO_VALUE;
		g->bands[r].sample = SAMPLE_BITS;
	}
}

/* All roles that still lack a file, from one folder; suffix: "_10m" or "". */
static int find_bands(struct safe *s, struct granule *g, const struct folder *f, const char *suffix,
		      struct error *e)
{
	const struct sensor *sensor = s->p->sensor;
	char stem[16];

	for (size_t i = 0; i < sensor->bands_nr; i++) {
		struct product_band *b = &g->bands[sensor->bands[i].role];

		snprintf(stem, sizeof(stem), "%.4s%.5s", b->band->name, suffix);
		if (find_image(b, f, is_band, stem, e))
			return -1;
		if (b->path && !s->calibrated[i])
			return error_set(e, ERROR_DATA, "%s: the list of offsets has none for %s",
					 s->path, b->band->name);
	}
	return s->p->level == LEVEL_SURFACE ? find_image(&g->bands[ROLE_SCL], f, is_scl, suffix, e)
					    : 0;
}

/*
 * From the finest to the coarsest: R10m, or names with "_10m" beside these folders, and so on;
 * at last names without resolution, which Level-1C has.
 */
static int find_in(struct safe *s, struct granule *g, const struct folder *f, struct error *e)
{
	struct folder sub;
	int ret = 0;

	for (size_t i = 0; !ret && s->p->level == LEVEL_SURFACE && i < PLACES; i++) {
		ret = safe_folder(&sub, f, places[i].folder, e);
		if (!ret)
			ret = find_bands(s, g, &sub, places[i].suffix, e);
		if (!ret)
			ret = find_bands(s, g, &sub, "", e);
		if (!ret)
			ret = find_bands(s, g, f, places[i].suffix, e);
		folder_release(&sub);
	}
	return ret ? ret : find_bands(s, g, f, "", e);
}

/* The metadata says that nothing was lost or degraded on the way from the satellite. */
static bool is_undegraded(struct tile *t)
{
	CPLXMLNode *quality = CPLSearchXMLNode(t->root, "=Quality_Indicators_Info");
	double percent;

	return quality &&
	       facts_number(safe_text(quality, "Image_Content_QI.DEGRADED_MSI_DATA_PERCENTAGE",
				      "L1C_Image_Content_QI.DEGRADED_MSI_DATA_PERCENTAGE"),
			    &percent) &&
	       percent == 0.0;
}

static int find_masks(struct safe *s, struct tile *t, const struct folder *f, struct error *e)
{
	struct granule *g = t->g;

	if (s->p->level == LEVEL_TOA &&
	    find_image(&g->bands[ROLE_CLASSI], f, is_band, "MSK_CLASSI_B00", e))
		return -1;
	for (size_t i = 0; !is_undegraded(t) && i < COUNT(quality_masks); i++)
		if (find_image(&g->bands[quality_masks[i].role], f, is_band, quality_masks[i].stem,
			       e))
			return -1;
	return 0;
}

int safe_files(struct safe *s, struct tile *t, struct error *e)
{
	struct folder images, masks = { 0 };
	int ret;

	set_facts(s, t->g);
	if (safe_folder(&images, t->folder, "IMG_DATA", e))
		return -1;
	ret = find_in(s, t->g, &images, e);
	if (!ret && t->flat)
		ret = find_in(s, t->g, t->folder, e);
	if (!ret)
		ret = safe_folder(&masks, t->folder, "QI_DATA", e);
	if (!ret)
		ret = find_masks(s, t, &masks, e);
	if (!ret && t->flat)
		ret = find_masks(s, t, t->folder, e);
	folder_release(&images);
	folder_release(&masks);
	return ret;
}
