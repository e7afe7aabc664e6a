/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/sentinel2.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cpl_minixml.h>
#include <cpl_vsi.h>

#include "pipeline/io/facts.h"
#include "pipeline/io/gdal.h"
#include "pipeline/io/sensor.h"

/* What the steps below share: the product metadata. */
struct safe {
	struct product *p;
	const struct folder *root;
	const char *path;		      /* of the product metadata */
	CPLXMLNode *info, *image;	      /* Product_Info and Product_Image_Characteristics */
	double gain, offset[SENSOR_MSI_BANDS]; /* by band_id */
	int32_t fill, saturated;
	bool calibrated[SENSOR_MSI_BANDS];
};

/* Parse a file; every name loses its namespace.  Freed with CPLDestroyXMLNode(). */
static CPLXMLNode *read_xml(const char *path, struct error *e)
{
	struct gdal_errors c;
	CPLXMLNode *tree;
	VSIStatBufL st;

	if (folder_check_file(path, e))
		return NULL;
	if (VSIStatL(path, &st) || st.st_size > SENTINEL2_XML_BYTES_MAX) {
		error_set(e, ERROR_DATA, "cannot read %s: larger than %d MiB", path,
			  SENTINEL2_XML_BYTES_MAX >> 20);
		return NULL;
	}
	gdal_begin(&c);
	tree = CPLParseXMLFile(path);
	if (gdal_end(&c, e, ERROR_DATA, "cannot read %s", path)) {
		CPLDestroyXMLNode(tree);
		return NULL;
	}
	if (!tree)
		error_set(e, ERROR_DATA, "cannot read %s: empty", path);
	else
		CPLStripXMLNamespace(tree, NULL, TRUE);
	return tree;
}

/* The text at either path below a node: products before 2018 name some elements otherwise. */
static const char *text_at(CPLXMLNode *node, const char *path, const char *old)
{
	const char *value = CPLGetXMLValue(node, path, NULL);

	return value || !old ? value : CPLGetXMLValue(node, old, NULL);
}

static int missing(const char *path, const char *what, struct error *e)
{
	return error_set(e, ERROR_DATA, "%s: %s is missing or not what it should be", path, what);
}

static CPLXMLNode *section(CPLXMLNode *tree, const char *name, const char *old)
{
	CPLXMLNode *general = CPLSearchXMLNode(tree, "=General_Info");
	CPLXMLNode *found = general ? CPLGetXMLNode(general, name) : NULL;

	return found || !general ? found : CPLGetXMLNode(general, old);
}

static int set_level(struct safe *s, const char *mtd_name, struct error *e)
{
	const char *level = CPLGetXMLValue(s->info, "PROCESSING_LEVEL", NULL);
	bool l2a = !strcasecmp(mtd_name, "MTD_MSIL2A.xml");

	/* "Level-2Ap" is what the pilot products of 2017 say. */
	if (!level || strncmp(level, l2a ? "Level-2A" : "Level-1C", 8))
		return missing(s->path, "PROCESSING_LEVEL (of the level that the file's name says)",
			       e);
	s->p->level = l2a ? LEVEL_SURFACE : LEVEL_TOA;
	snprintf(s->p->level_name, sizeof(s->p->level_name), "%s", l2a ? "L2A" : "L1C");
	return 0;
}

static int set_mission(struct safe *s, struct error *e)
{
	const char *craft = CPLGetXMLValue(s->info, "Datatake.SPACECRAFT_NAME", NULL);
	char letter;
	bool known;

	if (!craft || strncmp(craft, "Sentinel-2", 10) || strlen(craft) != 11 || craft[10] < 'A' ||
	    craft[10] > 'Z')
		return missing(s->path, "SPACECRAFT_NAME", e);
	letter = craft[10];
	snprintf(s->p->mission, sizeof(s->p->mission), "S2%c", letter);
	s->p->sensor = sensor_platform(craft, "MSI", &known)->sensor;
	if (!known)
		return facts_warn(s->p, e,
				  "%s is a satellite this version does not know: read with the "
				  "wavelengths of S2C",
				  s->p->mission);
	return 0;
}

/* Time, orbit and datatake: the datatake's id without the processing baseline at its end. */
static int set_datatake(struct safe *s, struct error *e)
{
	struct product *p = s->p;
	const char *start =
		text_at(s->info, "Datatake.DATATAKE_SENSING_START", "PRODUCT_START_TIME");
	const char *id = CPLGetXMLValue(s->info, "Datatake.datatakeIdentifier", NULL);
	const char *baseline = CPLGetXMLValue(s->info, "PROCESSING_BASELINE", NULL), *cut;
	long orbit;

	if (!facts_time(start, &p->time))
		return missing(s->path, "DATATAKE_SENSING_START", e);
	if (!id || !facts_plain_name(id) || strlen(id) >= sizeof(p->datatake))
		return missing(s->path, "datatakeIdentifier", e);
	if (!facts_integer(CPLGetXMLValue(s->info, "Datatake.SENSING_ORBIT_NUMBER", NULL), 1, 143,
			   &orbit))
		return missing(s->path, "SENSING_ORBIT_NUMBER", e);
	if (!baseline || strlen(baseline) != 5 || strspn(baseline, "0123456789") != 2 ||
	    baseline[2] != '.' || strspn(baseline + 3, "0123456789") != 2)
		return missing(s->path, "PROCESSING_BASELINE", e);
	cut = strstr(id, "_N");
	snprintf(p->datatake, sizeof(p->datatake), "%.*s", (int)(cut ? cut - id : (long)strlen(id)),
		 id);
	snprintf(p->orbit, sizeof(p->orbit), "%03d", (int)orbit);
	snprintf(p->baseline, sizeof(p->baseline), "%s", baseline);
	return 0;
}

static int set_id(struct safe *s, struct error *e)
{
	const char *uri = text_at(s->info, "PRODUCT_URI", "PRODUCT_URI_2A");
	size_t n = uri ? strlen(uri) : 0;

	if (!uri || !facts_plain_name(uri))
		return missing(s->path, "PRODUCT_URI", e);
	if (n > 5 && !strcasecmp(uri + n - 5, ".SAFE"))
		n -= 5;
	snprintf(s->p->id, sizeof(s->p->id), "%.*s", (int)n, uri);
	return 0;
}

/* A special value ("NODATA"); -1 if there is none, -2 if it is no 16-bit number. */
static long special_value(const struct safe *s, const char *name)
{
	long value;

	for (CPLXMLNode *n = s->image->psChild; n; n = n->psNext) {
		if (n->eType != CXT_Element || strcmp(n->pszValue, "Special_Values") ||
		    strcmp(CPLGetXMLValue(n, "SPECIAL_VALUE_TEXT", ""), name))
			continue;
		if (!facts_integer(CPLGetXMLValue(n, "SPECIAL_VALUE_INDEX", NULL), 0, 65535,
				   &value))
			return -2;
		return value;
	}
	return -1;
}

/* Read the offsets of all bands, in units of dn; a band without one is not calibrated. */
static int read_offsets(struct safe *s, double *offset, struct error *e)
{
	bool l2a = s->p->level == LEVEL_SURFACE;
	const char *list_name = l2a ? "BOA_ADD_OFFSET_VALUES_LIST" : "Radiometric_Offset_List";
	const char *name = l2a ? "BOA_ADD_OFFSET" : "RADIO_ADD_OFFSET";
	CPLXMLNode *list = CPLGetXMLNode(s->image, list_name);
	long id;

	for (size_t i = 0; i < SENSOR_MSI_BANDS; i++) {
		offset[i] = 0.0;
		s->calibrated[i] = !list;
	}
	if (!list && strcmp(s->p->baseline, "04.00") >= 0)
		return facts_warn(s->p, e,
				  "baseline %s, but the metadata has no %s: reflectance may be "
				  "0.1 too high",
				  s->p->baseline, name);
	for (CPLXMLNode *n = list ? list->psChild : NULL; n; n = n->psNext) {
		if (n->eType != CXT_Element || strcmp(n->pszValue, name))
			continue;
		if (!facts_integer(CPLGetXMLValue(n, "band_id", NULL), 0, SENSOR_MSI_BANDS - 1,
				   &id) ||
		    s->calibrated[id])
			return error_set(e, ERROR_DATA,
					 "%s: %s with a band_id that is not 0 to %d, or twice",
					 s->path, name, SENSOR_MSI_BANDS - 1);
		if (!facts_number(CPLGetXMLValue(n, NULL, NULL), &offset[id]) ||
		    fabs(offset[id]) > 65535.0)
			return missing(s->path, name, e);
		s->calibrated[id] = true;
	}
	return 0;
}

static int set_calibration(struct safe *s, struct error *e)
{
	const char *where = s->p->level == LEVEL_SURFACE
				    ? "QUANTIFICATION_VALUES_LIST.BOA_QUANTIFICATION_VALUE"
				    : "QUANTIFICATION_VALUE";
	const char *old = "L1C_L2A_Quantification_Values_List.L2A_BOA_QUANTIFICATION_VALUE";
	long fill = special_value(s, "NODATA"), saturated = special_value(s, "SATURATED");
	double quantification, offset[SENSOR_MSI_BANDS];

	if (!facts_number(text_at(s->image, where, s->p->level == LEVEL_SURFACE ? old : NULL),
			  &quantification) ||
	    !(quantification >= 1.0) || quantification > 1e6)
		return missing(s->path, "QUANTIFICATION_VALUE", e);
	if (fill < 0 || saturated == -2)
		return missing(s->path, "the special value NODATA or SATURATED", e);
	if (read_offsets(s, offset, e))
		return -1;
	s->gain = 1.0 / quantification;
	for (size_t i = 0; i < SENSOR_MSI_BANDS; i++)
		s->offset[i] = offset[i] / quantification;
	s->fill = (int32_t)fill;
	s->saturated = saturated < 0 ? PRODUCT_NO_VALUE : (int32_t)saturated;
	return 0;
}

/* True if name is "<anything>_<stem>.jp2" or .tif or .tiff, in any case. */
static bool is_image(const char *name, const char *stem)
{
	static const char *const suffixes[] = { ".jp2", ".tif", ".tiff" };
	size_t n = strlen(name), k = strlen(stem);

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		size_t tail = strlen(suffixes[i]);

		if (n > tail + k && !strcasecmp(name + n - tail, suffixes[i]) &&
		    !strncasecmp(name + n - tail - k, stem, k) && name[n - tail - k - 1] == '_')
			return true;
	}
	return false;
}

/* Set path and file of a band if one file of the folder is it. */
static int find_image(struct product_band *b, const struct folder *f, const char *stem,
		      struct error *e)
{
	const char *found = NULL;

	for (size_t i = 0; i < f->names_nr; i++) {
		if (!is_image(f->names[i], stem))
			continue;
		if (found)
			return error_set(e, ERROR_DATA, "%s: two files for %s: %s and %s", f->path,
					 stem, found, f->names[i]);
		found = f->names[i];
	}
	if (!found)
		return 0;
	b->file = strdup(found);
	b->path = folder_path(f, found);
	return b->file && b->path ? 0 : error_nomem(e, "a path");
}

/* All roles that still lack a file, from one folder; suffix: "_10m" or "". */
static int find_images(struct safe *s, struct granule *g, const struct folder *f,
		       const char *suffix, struct error *e)
{
	const struct sensor *sensor = s->p->sensor;
	char stem[16];

	for (size_t i = 0; i < sensor->bands_nr; i++) {
		struct product_band *b = &g->bands[sensor->bands[i].role];

		b->band = &sensor->bands[i];
		snprintf(stem, sizeof(stem), "%.4s%.5s", b->band->name, suffix);
		if (b->path)
			continue;
		if (find_image(b, f, stem, e))
			return -1;
		if (b->path && !s->calibrated[i])
			return error_set(e, ERROR_DATA, "%s: the list of offsets has none for %s",
					 s->path, b->band->name);
		b->gain = s->gain;
		b->offset = s->offset[i];
		b->fill = s->fill;
		b->saturated = s->saturated;
	}
	if (s->p->level != LEVEL_SURFACE || g->bands[ROLE_SCL].path)
		return 0;
	g->bands[ROLE_SCL].gain = 1;
	g->bands[ROLE_SCL].saturated = PRODUCT_NO_VALUE;
	snprintf(stem, sizeof(stem), "SCL%.5s", suffix);
	return find_image(&g->bands[ROLE_SCL], f, stem, e);
}

/* The folder of this name in another; *out is zeroed if there is none. */
static int open_folder(struct folder *out, const struct folder *in, const char *name,
		       struct error *e)
{
	const char *found = folder_find(in, name);
	char *path = found ? folder_path(in, found) : NULL;
	int ret = 0;

	*out = (struct folder){ 0 };
	if (found && !path)
		return error_nomem(e, "a path");
	if (path && folder_is_folder(path))
		ret = folder_read(out, path, e);
	free(path);
	return ret;
}

static int find_all_images(struct safe *s, struct granule *g, const struct folder *granule,
			   struct error *e)
{
	static const char *const resolutions[][2] = { { "R10m", "_10m" },
						      { "R20m", "_20m" },
						      { "R60m", "_60m" } };
	struct folder images, f;
	int ret;

	if (open_folder(&images, granule, "IMG_DATA", e))
		return -1;
	if (s->p->level == LEVEL_TOA || !images.path) {
		ret = find_images(s, g, &images, "", e);
		folder_release(&images);
		return ret;
	}
	ret = 0;
	for (size_t i = 0; !ret && i < 3; i++) {
		ret = open_folder(&f, &images, resolutions[i][0], e);
		if (!ret)
			ret = find_images(s, g, &f, resolutions[i][1], e);
		folder_release(&f);
	}
	folder_release(&images);
	return ret;
}

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

static bool angle_at(CPLXMLNode *node, const char *path, double max, double *out)
{
	return facts_number(CPLGetXMLValue(node, path, NULL), out) && *out >= 0.0 && *out <= max;
}

/* Mean of the bands that have an angle; azimuths as turns from the first: they may pass north. */
static int set_view(struct safe *s, struct granule *g, CPLXMLNode *angles, struct error *e)
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
	g->view_azimuth_deg = fmod(first + turns / n + 360.0, 360.0);
	return 0;
}

static int set_tile(struct safe *s, struct granule *g, CPLXMLNode *tree, const char *path,
		    struct error *e)
{
	CPLXMLNode *general = CPLSearchXMLNode(tree, "=General_Info");
	CPLXMLNode *angles = CPLSearchXMLNode(tree, "=Tile_Angles");
	double zenith;
	char time[16];

	if (!general ||
	    !tile_of(text_at(general, "TILE_ID", "TILE_ID_2A"), g->tile, sizeof(g->tile)))
		return missing(path, "TILE_ID", e);
	if (!angles || !angle_at(angles, "Mean_Sun_Angle.ZENITH_ANGLE", 180.0, &zenith) ||
	    !angle_at(angles, "Mean_Sun_Angle.AZIMUTH_ANGLE", 360.0, &g->sun_azimuth_deg))
		return missing(path, "Mean_Sun_Angle", e);
	g->sun_elevation_deg = 90.0 - zenith;
	product_time_compact(s->p, time);
	snprintf(g->id, sizeof(g->id), "%s_%s_%s_%s", s->p->mission, s->p->level_name, time,
		 g->tile);
	return set_view(s, g, angles, e);
}

/* One folder of GRANULE; not counted if it has no MTD_TL.xml. */
static int add_granule(struct safe *s, const struct folder *parent, const char *name,
		       struct error *e)
{
	struct granule *g = &s->p->granules[s->p->granules_nr];
	struct folder f;
	const char *mtd;
	char *path = NULL;
	CPLXMLNode *tree = NULL;
	int ret = -1;

	if (open_folder(&f, parent, name, e))
		return -1;
	mtd = f.path ? folder_find(&f, "MTD_TL.xml") : NULL;
	if (!mtd) {
		folder_release(&f);
		return 0;
	}
	s->p->granules_nr++;
	snprintf(g->name, sizeof(g->name), "%.199s", name);
	path = folder_path(&f, mtd);
	if (!path)
		error_nomem(e, "a path");
	else if ((tree = read_xml(path, e)) && !set_tile(s, g, tree, path, e))
		ret = find_all_images(s, g, &f, e);
	CPLDestroyXMLNode(tree);
	free(path);
	folder_release(&f);
	return ret;
}

static int add_granules(struct safe *s, struct error *e)
{
	struct folder f;
	int ret = 0;

	if (open_folder(&f, s->root, "GRANULE", e))
		return -1;
	if (f.names_nr > SENTINEL2_GRANULES_MAX) {
		ret = error_set(e, ERROR_DATA, "%s: more than %d granules", f.path,
				SENTINEL2_GRANULES_MAX);
		goto out;
	}
	s->p->granules = calloc(f.names_nr + 1, sizeof(*s->p->granules));
	if (!s->p->granules) {
		ret = error_nomem(e, "granules");
		goto out;
	}
	for (size_t i = 0; !ret && i < f.names_nr; i++)
		ret = add_granule(s, &f, f.names[i], e);
	if (!ret && !s->p->granules_nr)
		ret = error_set(e, ERROR_DATA,
				"%s: no GRANULE/*/MTD_TL.xml: is the product complete?",
				s->root->path);
out:
	folder_release(&f);
	return ret;
}

static int read_all(struct safe *s, CPLXMLNode *tree, const char *mtd_name, struct error *e)
{
	CPLXMLNode *quality = CPLSearchXMLNode(tree, "=Quality_Indicators_Info");
	double cloud;

	s->info = section(tree, "Product_Info", "L2A_Product_Info");
	s->image =
		section(tree, "Product_Image_Characteristics", "L2A_Product_Image_Characteristics");
	if (!s->info || !s->image)
		return missing(s->path, "Product_Info or Product_Image_Characteristics", e);
	if (set_level(s, mtd_name, e) || set_mission(s, e) || set_datatake(s, e) || set_id(s, e) ||
	    set_calibration(s, e))
		return -1;
	if (quality &&
	    facts_number(CPLGetXMLValue(quality, "Cloud_Coverage_Assessment", NULL), &cloud))
		s->p->cloud_cover_percent = cloud;
	return add_granules(s, e);
}

bool sentinel2_is_metadata(const char *name)
{
	return !strcasecmp(name, "MTD_MSIL1C.xml") || !strcasecmp(name, "MTD_MSIL2A.xml");
}

int sentinel2_read(struct product *p, const struct folder *root, const char *mtd_name,
		   enum offset_rule rule, struct error *e)
{
	struct safe s = { .p = p, .root = root };
	CPLXMLNode *tree;
	int ret;

	(void)rule;
	p->metadata_path = folder_path(root, mtd_name);
	if (!p->metadata_path)
		return error_nomem(e, "a path");
	s.path = p->metadata_path;
	tree = read_xml(s.path, e);
	if (!tree)
		return -1;
	ret = read_all(&s, tree, mtd_name, e);
	CPLDestroyXMLNode(tree);
	return ret;
}
