/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/sentinel2_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "pipeline/io/facts.h"

/* "T30SXH" out of "S2B_OPER_MSI_L1C_TL_EPAE_20190918T145224_A013234_T30SXH_N02.08". */
static bool tile_of(const char *id, char *tile, size_t size)
{
	for (const char *t = id ? strstr(id, "_T") : NULL; t; t = strstr(t + 1, "_T")) {
		if (strspn(t + 2, "0123456789") == 2 &&
		    strspn(t + 4, "ABCDEFGHJKLMNPQRSTUVWXYZ") == 3 && (t[7] == '_' || !t[7])) {
			snprintf(tile, size, "%.6s", t + 1);
			return true;
		}
	}
	return false;
}

/* "20190918T105029" out of "S2B_OPER_MSI_L1C_DS_EPAE_20190918T145224_S20190918T105029_N02.08". */
static void strip_of(const char *id, char *strip, size_t size)
{
	for (const char *t = id ? strstr(id, "_S") : NULL; t; t = strstr(t + 1, "_S")) {
		if (strspn(t + 2, "0123456789") == 8 && t[10] == 'T' &&
		    strspn(t + 11, "0123456789") == 6 && (t[17] == '_' || !t[17])) {
			snprintf(strip, size, "%.15s", t + 2);
			return;
		}
	}
}

/* "MTD_TL.xml", "S2A_OPER_MTD_L1C_TL_....xml", "S2A_USER_MTD_L2A_TL_....xml" */
static bool is_tile_metadata(const char *name)
{
	size_t n = strlen(name);

	if (!strcasecmp(name, "MTD_TL.xml"))
		return true;
	return n > 20 && !strncasecmp(name, "S2", 2) && !strcasecmp(name + n - 4, ".xml") &&
	       (!strncasecmp(name + 3, "_OPER_MTD_L1C_TL_", 17) ||
		!strncasecmp(name + 3, "_OPER_MTD_L2A_TL_", 17) ||
		!strncasecmp(name + 3, "_USER_MTD_L2A_TL_", 17));
}

/* The metadata of a granule in its folder; *found NULL if there is none. */
static int find_metadata(const struct folder *f, const char **found, struct error *e)
{
	*found = NULL;
	for (size_t i = 0; i < f->names_nr; i++) {
		if (!is_tile_metadata(f->names[i]))
			continue;
		if (*found)
			return error_set(e, ERROR_DATA,
					 "%s: two files with metadata of the granule: %s and %s",
					 f->path, *found, f->names[i]);
		*found = f->names[i];
	}
	return 0;
}

static int describe(struct safe *s, struct tile *t, struct error *e)
{
	struct granule *g = t->g;
	char time[16];

	t->general = CPLSearchXMLNode(t->root, "=General_Info");
	if (!t->general ||
	    !tile_of(safe_text(t->general, "TILE_ID", "TILE_ID_2A"), g->tile, sizeof(g->tile)))
		return safe_missing(t->path, "TILE_ID", e);
	strip_of(safe_text(t->general, "DATASTRIP_ID", "DATASTRIP_ID_2A"), g->datastrip,
		 sizeof(g->datastrip));
	t->epsg = safe_epsg(CPLGetXMLValue(CPLSearchXMLNode(t->root, "=Tile_Geocoding"),
					   "HORIZONTAL_CS_CODE", NULL));
	product_time_compact(s->p, time);
	snprintf(g->id, sizeof(g->id), "%s_%s_%s_%s", s->p->mission, s->p->level_name, time,
		 g->tile);
	memcpy(g->footprint, s->footprint, sizeof(g->footprint));
	g->footprint_nr = s->footprint_nr;
	if (safe_angles(s, t, e) || safe_files(s, t, e))
		return -1;
	return safe_clouds(s, t, e);
}

/* The granule in a folder whose metadata has this name. */
static int read_granule(struct safe *s, struct granule *g, const struct folder *f, const char *name,
			bool flat, struct error *e)
{
	char *path = folder_path(f, name);
	struct tile t = { .g = g, .folder = f, .path = path, .flat = flat };
	int ret = -1;

	if (!path)
		return error_nomem(e, "a path");
	t.root = safe_xml(path, e);
	if (t.root)
		ret = describe(s, &t, e);
	CPLDestroyXMLNode(t.root);
	free(path);
	return ret;
}

static void release(struct granule *g)
{
	for (enum role r = 0; r < ROLE_NR; r++) {
		free(g->bands[r].path);
		free(g->bands[r].file);
	}
	free(g->sun_angles.zenith_deg);
	free(g->sun_angles.azimuth_deg);
	free(g->view_angles.zenith_deg);
	free(g->view_angles.azimuth_deg);
	polygon_release(&g->opaque);
	polygon_release(&g->cirrus);
	*g = (struct granule){ 0 };
}

/* One folder of GRANULE, as the next granule of the product; a file that lies there is none. */
static int read_folder(struct safe *s, const struct folder *parent, const char *name,
		       bool *is_granule, struct error *e)
{
	struct granule *g = &s->p->granules[s->p->granules_nr];
	const char *mtd = NULL;
	struct folder f;
	int ret;

	*is_granule = true;
	if (safe_folder(&f, parent, name, e))
		return -1;
	*is_granule = f.path != NULL;
	ret = find_metadata(&f, &mtd, e);
	if (!ret && *is_granule && !mtd)
		ret = error_set(e, ERROR_DATA, "%s: no MTD_TL.xml: is the product complete?",
				f.path);
	if (!ret && mtd) {
		snprintf(g->name, sizeof(g->name), "%.199s", name);
		ret = read_granule(s, g, &f, mtd, false, e);
	}
	folder_release(&f);
	return ret;
}

/* True if it is the granule that is bad, and others may be good. */
static bool is_local(const struct error *e)
{
	return e->code == ERROR_DATA || e->code == ERROR_NOINPUT || e->code == ERROR_PERMISSION;
}

/* All folders of GRANULE: those that are bad are warnings, unless there is no good one. */
static int read_folders(struct safe *s, const struct folder *f, struct error *e)
{
	struct error first = { 0 };
	size_t bad = 0;

	for (size_t i = 0; i < f->names_nr; i++) {
		struct error why = { 0 };
		bool is_granule;

		if (!read_folder(s, f, f->names[i], &is_granule, &why)) {
			s->p->granules_nr += is_granule;
			continue;
		}
		release(&s->p->granules[s->p->granules_nr]);
		if (!is_local(&why)) {
			*e = why;
			return -1;
		}
		if (!bad++)
			first = why;
		if (facts_warn(s->p, e, "granule %.150s left out: %s", f->names[i], why.text))
			return -1;
	}
	if (s->p->granules_nr)
		return 0;
	if (!bad)
		return error_set(e, ERROR_DATA,
				 "%s: no GRANULE/*/MTD_TL.xml: is the product complete?",
				 s->root->path);
	*e = first;
	return bad == 1 ? -1 : error_prefix(e, "none of %zu granules can be read", bad);
}

/* A product of one granule whose metadata lies beside the product's. */
static int read_flat(struct safe *s, struct error *e)
{
	struct granule *g = s->p->granules;
	const char *mtd;

	if (find_metadata(s->root, &mtd, e))
		return -1;
	if (!mtd)
		return error_set(e, ERROR_DATA,
				 "%s: no GRANULE/*/MTD_TL.xml: is the product complete?",
				 s->root->path);
	snprintf(g->name, sizeof(g->name), "%.199s", s->p->id);
	s->p->granules_nr = 1;
	return read_granule(s, g, s->root, mtd, true, e);
}

int safe_granules(struct safe *s, struct error *e)
{
	struct folder f;
	int ret;

	if (safe_folder(&f, s->root, "GRANULE", e))
		return -1;
	if (f.names_nr > SENTINEL2_GRANULES_MAX) {
		ret = error_set(e, ERROR_DATA, "%s: more than %d granules", f.path,
				SENTINEL2_GRANULES_MAX);
		goto out;
	}
	s->p->granules = calloc(f.names_nr + 1, sizeof(*s->p->granules));
	if (!s->p->granules)
		ret = error_nomem(e, "granules");
	else
		ret = f.path ? read_folders(s, &f, e) : read_flat(s, e);
out:
	folder_release(&f);
	return ret;
}
