/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/cog_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/io/xml.h"
#include "pipeline/io/xml_read.h"

struct words {
	TIFF *tiff;
	const struct cog_spec *spec;
	struct findings *f;
	const json_t *band; /* of item.json */
	CPLXMLNode *metadata;
};

/* The words of a role in GDAL's metadata; NULL: none. */
static const char *role_text(const struct words *w, const char *role)
{
	const CPLXMLNode *items = CPLGetXMLNode(w->metadata, "=GDALMetadata");

	for (const CPLXMLNode *n = items ? items->psChild : NULL; n; n = n->psNext)
		if (n->eType == CXT_Element && !strcmp(n->pszValue, "Item") &&
		    !strcmp(CPLGetXMLValue(n, "role", ""), role))
			return CPLGetXMLValue(n, "", "");
	return NULL;
}

static void differ(const struct words *w, const char *what)
{
	findings_add(w->f, "%s: its %s is not that of item.json", w->spec->file, what);
}

/* A text that is written with its entities twice was read once (geotiff_tags.c).  -1 without memory. */
static int check_text(const struct words *w, const char *role, const char *what,
		      const json_t *wanted)
{
	const char *said = json_string_value(wanted), *found = role_text(w, role);
	char *escaped = NULL;
	size_t size;
	FILE *out = open_memstream(&escaped, &size);

	if (!out)
		return -1;
	xml_text(out, said ? said : "", 1);
	if (fclose(out)) {
		free(escaped);
		return -1;
	}
	if (strcmp(found ? found : "", escaped) != 0)
		differ(w, what);
	free(escaped);
	return 0;
}

/* item.json has 15 digits, the file 17. */
static bool same_number(double a, double b)
{
	return a == b || fabs(a - b) <= 1e-14 * fabs(a);
}

static void check_number(const struct words *w, const char *role, const char *what,
			 const json_t *wanted, double preset)
{
	const char *found = role_text(w, role);
	double said = json_is_number(wanted) ? json_number_value(wanted) : preset;

	if (!same_number(said, found ? strtod(found, NULL) : preset))
		differ(w, what);
}

static void check_nodata(const struct words *w)
{
	const json_t *wanted = json_object_get(w->band, "nodata");
	char *found = geotiff_tag_text(w->tiff, GEOTIFF_TAG_NODATA);
	bool same = !wanted == !found;

	if (wanted && found && json_is_number(wanted))
		same = strtod(found, NULL) == json_number_value(wanted);
	else if (wanted && found)
		same = !strcmp(found, "nan") && json_is_string(wanted) &&
		       !strcmp(json_string_value(wanted), "nan");
	if (!same)
		differ(w, "no data value");
	free(found);
}

static void check_type(const struct words *w)
{
	static const char *const types[] = {
		[LAYER_U8] = "uint8",	[LAYER_U16] = "uint16",	 [LAYER_I16] = "int16",
		[LAYER_U32] = "uint32", [LAYER_F32] = "float32",
	};
	const char *said = json_string_value(json_object_get(w->band, "data_type"));

	if (!said || strcmp(said, types[w->spec->layer->type]) != 0)
		differ(w, "pixel type");
}

static int check_all(struct words *w, struct error *e)
{
	int bad;

	check_type(w);
	check_nodata(w);
	check_number(w, "scale", "scale", json_object_get(w->band, "scale"), 1);
	check_number(w, "offset", "offset", json_object_get(w->band, "offset"), 0);
	bad = check_text(w, "unittype", "unit", json_object_get(w->band, "unit"));
	bad |= check_text(w, "description", "description",
			  json_object_get(w->spec->asset, "title"));
	return bad ? error_nomem(e, "a description") : 0;
}

int cog_words_check(TIFF *t, const struct cog_spec *spec, struct findings *f, struct error *e)
{
	struct words w = {
		.tiff = t,
		.spec = spec,
		.f = f,
		.band = json_array_get(json_object_get(spec->asset, "raster:bands"), 0),
	};
	char *text = geotiff_tag_text(t, GEOTIFF_TAG_METADATA);
	struct error why = { 0 };
	int ret = 0;

	w.metadata = text ? xml_parse(text, strlen(text), &why) : NULL;
	free(text);
	if (why.code == ERROR_BUG) {
		*e = why;
		return -1;
	}
	if (w.metadata)
		ret = check_all(&w, e);
	else
		findings_add(f, "%s: no description of the layer in it", spec->file);
	xml_free(w.metadata);
	return ret;
}
