/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/sentinel2_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cpl_vsi.h>

#include "pipeline/io/facts.h"
#include "pipeline/io/gdal.h"

/* All of a file as text, freed with VSIFree(); NULL: e is set. */
static char *read_text(const char *path, struct error *e)
{
	struct gdal_errors c;
	GByte *text = NULL;
	VSIStatBufL st;

	if (folder_check_file(path, e))
		return NULL;
	if (VSIStatL(path, &st) || st.st_size > SENTINEL2_XML_BYTES_MAX) {
		error_set(e, ERROR_DATA, "cannot read %s: larger than %d MiB", path,
			  SENTINEL2_XML_BYTES_MAX >> 20);
		return NULL;
	}
	if (!st.st_size) {
		error_set(e, ERROR_DATA, "cannot read %s: empty: get it again", path);
		return NULL;
	}
	gdal_begin(&c);
	if (!VSIIngestFile(NULL, path, &text, NULL, SENTINEL2_XML_BYTES_MAX))
		text = NULL;
	if (gdal_end(&c, e, ERROR_IO, "cannot read %s", path)) {
		VSIFree(text);
		return NULL;
	}
	if (!text)
		error_set(e, ERROR_IO, "cannot read %s", path);
	return (char *)text;
}

CPLXMLNode *safe_xml(const char *path, struct error *e)
{
	char *text = read_text(path, e);
	struct gdal_errors c;
	CPLXMLNode *tree;

	if (!text)
		return NULL;
	gdal_begin(&c);
	tree = CPLParseXMLString(text);
	VSIFree(text);
	if (gdal_end(&c, e, ERROR_DATA, "cannot read %s", path)) {
		/* The words hold parts of the file: "No space left" there is not the disk's. */
		e->code = ERROR_DATA;
		CPLDestroyXMLNode(tree);
		return NULL;
	}
	if (!tree)
		error_set(e, ERROR_DATA, "cannot read %s: not XML", path);
	else
		CPLStripXMLNamespace(tree, NULL, TRUE);
	return tree;
}

const char *safe_text(CPLXMLNode *node, const char *path, const char *old)
{
	const char *value = CPLGetXMLValue(node, path, NULL);

	if (!value && old)
		value = CPLGetXMLValue(node, old, NULL);
	return value && *value ? value : NULL;
}

const char *safe_quoted(char buffer[SAFE_QUOTED], const char *text)
{
	size_t n = 0;

	for (; text[n] && n + 1 < SAFE_QUOTED; n++)
		buffer[n] = text[n];
	buffer[n] = '\0';
	for (char *c = buffer; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	return buffer;
}

int safe_missing(const char *path, const char *what, struct error *e)
{
	return error_set(e, ERROR_DATA, "%s: %s is missing or not what it should be", path, what);
}

long safe_epsg(const char *name)
{
	size_t n = name ? strlen(name) : 0, k = n;
	long code;

	while (k && name[k - 1] >= '0' && name[k - 1] <= '9')
		k--;
	return k && k < n && strcasestr(name, "EPSG") && facts_integer(name + k, 1, 999999, &code)
		       ? code
		       : 0;
}

int safe_folder(struct folder *out, const struct folder *in, const char *name, struct error *e)
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

static CPLXMLNode *section(CPLXMLNode *tree, const char *name, const char *old)
{
	CPLXMLNode *general = CPLSearchXMLNode(tree, "=General_Info");
	CPLXMLNode *found = general ? CPLGetXMLNode(general, name) : NULL;

	return found || !general ? found : CPLGetXMLNode(general, old);
}

/* "MTD_MSIL2A.xml", "S2A_USER_MTD_SAFL2A_....xml" */
static bool is_level_2a(const char *mtd_name)
{
	return !strcasecmp(mtd_name, "MTD_MSIL2A.xml") || strcasestr(mtd_name, "_MTD_SAFL2A_");
}

static int set_level(struct safe *s, const char *mtd_name, struct error *e)
{
	const char *level = CPLGetXMLValue(s->info, "PROCESSING_LEVEL", NULL);
	bool l2a = is_level_2a(mtd_name);

	/* "Level-2Ap" is what the pilot products of 2017 say. */
	if (!level || strncmp(level, l2a ? "Level-2A" : "Level-1C", 8))
		return safe_missing(s->path,
				    "PROCESSING_LEVEL (of the level that the file's name says)", e);
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
		return safe_missing(s->path, "SPACECRAFT_NAME", e);
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
		safe_text(s->info, "Datatake.DATATAKE_SENSING_START", "PRODUCT_START_TIME");
	const char *id = CPLGetXMLValue(s->info, "Datatake.datatakeIdentifier", NULL);
	const char *baseline = CPLGetXMLValue(s->info, "PROCESSING_BASELINE", NULL), *cut;
	long orbit;

	if (!facts_time(start, &p->time))
		return safe_missing(s->path, "DATATAKE_SENSING_START", e);
	if (!id || !facts_plain_name(id) || strlen(id) >= sizeof(p->datatake))
		return safe_missing(s->path, "datatakeIdentifier", e);
	if (!facts_integer(CPLGetXMLValue(s->info, "Datatake.SENSING_ORBIT_NUMBER", NULL), 1, 143,
			   &orbit))
		return safe_missing(s->path, "SENSING_ORBIT_NUMBER", e);
	if (!baseline || strlen(baseline) != 5 || strspn(baseline, "0123456789") != 2 ||
	    baseline[2] != '.' || strspn(baseline + 3, "0123456789") != 2)
		return safe_missing(s->path, "PROCESSING_BASELINE", e);
	cut = strstr(id, "_N");
	snprintf(p->datatake, sizeof(p->datatake), "%.*s", (int)(cut ? cut - id : (long)strlen(id)),
		 id);
	snprintf(p->orbit, sizeof(p->orbit), "%03d", (int)orbit);
	snprintf(p->baseline, sizeof(p->baseline), "%s", baseline);
	return 0;
}

static int set_processed(struct safe *s, struct error *e)
{
	const char *made = safe_text(s->info, "GENERATION_TIME", NULL);
	char words[SAFE_QUOTED];

	if (!made || facts_time(made, &s->p->processed))
		return 0;
	s->p->processed = 0;
	return facts_warn(s->p, e, "GENERATION_TIME \"%s\" is not a time",
			  safe_quoted(words, made));
}

/* "S2A_OPER_PRD_MSIL1C_PDMC_..." of "S2A_OPER_MTD_SAFL1C_PDMC_....xml"; false: not a name of old. */
static bool old_id(const char *mtd_name, char *id, size_t size)
{
	size_t n = strlen(mtd_name);

	if (n < 24 || strncasecmp(mtd_name + 8, "_MTD_SAFL", 9) != 0)
		return false;
	snprintf(id, size, "%.8s_PRD_MSIL%.*s", mtd_name, (int)(n - 4 - 17), mtd_name + 17);
	return true;
}

/* The id is a name, never a path; ".SAFE" at its end does not count. */
static bool take_id(struct safe *s, const char *name)
{
	size_t n = name ? strlen(name) : 0;

	if (!name || !facts_plain_name(name))
		return false;
	if (n > 5 && !strcasecmp(name + n - 5, ".SAFE"))
		n -= 5;
	snprintf(s->p->id, sizeof(s->p->id), "%.*s", (int)n, name);
	return true;
}

/* Old metadata may lack the product's name, or have an address there. */
static int set_id(struct safe *s, const char *mtd_name, struct error *e)
{
	const char *uri = safe_text(s->info, "PRODUCT_URI", "PRODUCT_URI_2A");
	const char *id = safe_text(s->info, "PRODUCT_ID", NULL);
	const char *slash = strrchr(s->root->path, '/');
	const char *folder = slash ? slash + 1 : s->root->path;
	char old[256];
	bool is_old = old_id(mtd_name, old, sizeof(old));

	if (take_id(s, uri))
		return 0;
	if (uri && !is_old)
		return safe_missing(s->path, "PRODUCT_URI", e);
	if (take_id(s, id) || (is_old && take_id(s, old)) ||
	    (!strncasecmp(folder, "S2", 2) && take_id(s, folder)))
		return 0;
	return safe_missing(s->path, "PRODUCT_URI", e);
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
	if (!list && s->rule == OFFSET_PRODUCT && strcmp(s->p->baseline, "04.00") >= 0)
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
			return safe_missing(s->path, name, e);
		s->calibrated[id] = true;
	}
	return 0;
}

/* What the user says of the offsets counts more than the metadata. */
static int apply_rule(struct safe *s, double *offset, struct error *e)
{
	double wanted = s->rule == OFFSET_1000 ? -1000.0 : 0.0;
	bool differs = false;

	if (s->rule == OFFSET_PRODUCT)
		return 0;
	for (size_t i = 0; i < SENSOR_MSI_BANDS; i++) {
		differs = differs || !s->calibrated[i] || offset[i] != wanted;
		offset[i] = wanted;
		s->calibrated[i] = true;
	}
	return facts_warn(s->p, e,
			  "the offset of reflectance is taken as %g, as asked for; the "
			  "metadata says %s",
			  wanted, differs ? "otherwise" : "the same");
}

static int set_calibration(struct safe *s, struct error *e)
{
	const char *where = s->p->level == LEVEL_SURFACE
				    ? "QUANTIFICATION_VALUES_LIST.BOA_QUANTIFICATION_VALUE"
				    : "QUANTIFICATION_VALUE";
	const char *old = "L1C_L2A_Quantification_Values_List.L2A_BOA_QUANTIFICATION_VALUE";
	long fill = special_value(s, "NODATA"), saturated = special_value(s, "SATURATED");
	double quantification, offset[SENSOR_MSI_BANDS];

	if (!facts_number(safe_text(s->image, where, s->p->level == LEVEL_SURFACE ? old : NULL),
			  &quantification) ||
	    !(quantification >= 1.0) || quantification > 1e6)
		return safe_missing(s->path, "QUANTIFICATION_VALUE", e);
	if (fill < 0 || saturated == -2)
		return safe_missing(s->path, "the special value NODATA or SATURATED", e);
	if (read_offsets(s, offset, e) || apply_rule(s, offset, e))
		return -1;
	s->gain = 1.0 / quantification;
	for (size_t i = 0; i < SENSOR_MSI_BANDS; i++)
		s->offset[i] = offset[i] / quantification;
	s->fill = (int32_t)fill;
	s->saturated = saturated < 0 ? PRODUCT_NO_VALUE : (int32_t)saturated;
	return 0;
}

static int set_cloud_cover(struct safe *s, CPLXMLNode *tree, struct error *e)
{
	CPLXMLNode *quality = CPLSearchXMLNode(tree, "=Quality_Indicators_Info");
	const char *text = quality ? safe_text(quality, "Cloud_Coverage_Assessment", NULL) : NULL;
	char words[SAFE_QUOTED];
	double percent;

	if (!text)
		return 0;
	if (!facts_number(text, &percent) || !(percent >= 0.0 && percent <= 100.0))
		return facts_warn(s->p, e, "Cloud_Coverage_Assessment \"%s\" is not a percentage",
				  safe_quoted(words, text));
	s->p->cloud_cover_percent = percent;
	return 0;
}

static int read_all(struct safe *s, CPLXMLNode *tree, const char *mtd_name, struct error *e)
{
	s->info = section(tree, "Product_Info", "L2A_Product_Info");
	s->image =
		section(tree, "Product_Image_Characteristics", "L2A_Product_Image_Characteristics");
	if (!s->info || !s->image)
		return safe_missing(s->path, "Product_Info or Product_Image_Characteristics", e);
	if (set_level(s, mtd_name, e) || set_mission(s, e) || set_datatake(s, e) ||
	    set_processed(s, e) || set_id(s, mtd_name, e) || set_calibration(s, e) ||
	    set_cloud_cover(s, tree, e) || safe_footprint(s, tree, e))
		return -1;
	return safe_granules(s, e);
}

bool sentinel2_is_metadata(const char *name)
{
	size_t n = strlen(name);

	if (!strcasecmp(name, "MTD_MSIL1C.xml") || !strcasecmp(name, "MTD_MSIL2A.xml"))
		return true;
	return n >= 24 && !strncasecmp(name, "S2", 2) && !strcasecmp(name + n - 4, ".xml") &&
	       (!strncasecmp(name + 3, "_OPER_MTD_SAFL1C_", 17) ||
		!strncasecmp(name + 3, "_OPER_MTD_SAFL2A_", 17) ||
		!strncasecmp(name + 3, "_USER_MTD_SAFL2A_", 17));
}

int sentinel2_read(struct product *p, const struct folder *root, const char *mtd_name,
		   enum offset_rule rule, struct error *e)
{
	struct safe s = { .p = p, .root = root, .rule = rule };
	CPLXMLNode *tree;
	int ret;

	p->metadata_path = folder_path(root, mtd_name);
	if (!p->metadata_path)
		return error_nomem(e, "a path");
	s.path = p->metadata_path;
	tree = safe_xml(s.path, e);
	if (!tree)
		return -1;
	ret = read_all(&s, tree, mtd_name, e);
	CPLDestroyXMLNode(tree);
	return ret;
}
