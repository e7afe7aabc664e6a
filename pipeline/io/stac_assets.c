/* SPDX-License-Identifier: Apache-2.0
 *
 * stac_assets.c - which asset is which band, and where its file is.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "pipeline/io/facts.h"
#include "pipeline/io/remote.h"
#include "pipeline/io/stac_internal.h"

#define HREF_MAX 2000

/* Common names of the eo extension, and keys that catalogues use; bands' own names come first. */
static const struct {
	const char *name;
	enum role role;
} spellings[] = {
	{ "coastal", ROLE_COASTAL },
	{ "blue", ROLE_BLUE },
	{ "green", ROLE_GREEN },
	{ "red", ROLE_RED },
	{ "rededge", ROLE_EDGE705 },
	{ "rededge071", ROLE_EDGE705 },
	{ "rededge1", ROLE_EDGE705 },
	{ "rededge074", ROLE_EDGE740 },
	{ "rededge2", ROLE_EDGE740 },
	{ "rededge078", ROLE_EDGE783 },
	{ "rededge3", ROLE_EDGE783 },
	{ "nir", ROLE_NIR },
	{ "nir08", ROLE_NIR },
	{ "nir09", ROLE_VAPOUR },
	{ "cirrus", ROLE_CIRRUS },
	{ "swir16", ROLE_SWIR1 },
	{ "swir22", ROLE_SWIR2 },
	{ "lwir", ROLE_THERMAL },
	{ "lwir11", ROLE_THERMAL },
	{ "lwir12", ROLE_THERMAL2 },
	{ "qa_pixel", ROLE_QA_PIXEL },
	{ "qa_radsat", ROLE_QA_RADSAT },
	{ "qa_aerosol", ROLE_QA_AEROSOL },
	{ "cloud_qa", ROLE_CLOUD_QA },
	{ "scl", ROLE_SCL },
	{ "fmask", ROLE_FMASK },
};

/* A band's name without what levels and catalogues put before it: "SR_B3", "OLI_B3", "B03". */
static bool same_band(const char *text, const char *band)
{
	static const char *const prefixes[] = { "SR_", "ST_", "OLI_", "ETM_", "TM_", "TIRS_" };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (!strncasecmp(text, prefixes[i], strlen(prefixes[i])))
			text += strlen(prefixes[i]);
	if (text[0] != 'B' && text[0] != 'b')
		return false;
	text++;
	band++;
	text += text[0] == '0' && text[1];
	band += band[0] == '0' && band[1];
	return !strcasecmp(text, band);
}

/* The role that a name means for this sensor; ROLE_NR: none. */
static enum role role_of(const struct sensor *s, const char *text)
{
	if (!text)
		return ROLE_NR;
	for (size_t i = 0; i < s->bands_nr; i++)
		if (same_band(text, s->bands[i].name))
			return s->bands[i].role;
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		if (strcasecmp(text, spellings[i].name))
			continue;
		/* Where there are two, "nir08" is the narrow one. */
		if (!strcasecmp(text, "nir08") && sensor_find(s, ROLE_NIR_NARROW))
			return ROLE_NIR_NARROW;
		if (!strcasecmp(text, "nir") && sensor_find(s, ROLE_NIR_BROAD))
			return ROLE_NIR_BROAD;
		return spellings[i].role;
	}
	return ROLE_NR;
}

/* The first band object of an asset: of "bands" (1.1) or "eo:bands" (1.0). */
static const json_t *band_of(const json_t *asset)
{
	const json_t *list = json_object_get(asset, "bands");

	if (!json_is_array(list))
		list = json_object_get(asset, "eo:bands");
	return json_array_size(list) == 1 ? json_array_get(list, 0) : NULL;
}

static enum role role_of_asset(const struct sensor *s, const char *key, const json_t *asset)
{
	const json_t *band = band_of(asset);
	const char *names[] = {
		json_string_value(json_object_get(band, "name")),
		key,
		json_string_value(json_object_get(band, "eo:common_name")),
		json_string_value(json_object_get(band, "common_name")),
	};
	enum role role = ROLE_NR;

	for (size_t i = 0; role == ROLE_NR && i < sizeof(names) / sizeof(names[0]); i++)
		role = role_of(s, names[i]);
	return role;
}

static bool is_image(const json_t *asset)
{
	const char *type = json_string_value(json_object_get(asset, "type"));
	const char *href = json_string_value(json_object_get(asset, "href"));
	const char *dot = href ? strrchr(href, '.') : NULL;

	if (type)
		return !strncmp(type, "image/tiff", 10) || !strncmp(type, "image/jp2", 9) ||
		       !strncmp(type, "image/vnd.stac.geotiff", 22);
	return dot && (!strncasecmp(dot, ".tif", 4) || !strncasecmp(dot, ".jp2", 4));
}

/* --- calibration --- */

/* A number of the raster extension: in raster:bands[0], bands[0] or the asset itself. */
static const json_t *raster_value(const json_t *asset, const char *plain, const char *prefixed)
{
	const json_t *old = json_array_get(json_object_get(asset, "raster:bands"), 0);
	const json_t *value = json_object_get(old, plain);

	if (!value)
		value = json_object_get(band_of(asset), prefixed);
	return value ? value : json_object_get(asset, prefixed);
}

static int set_fill(const struct stac *s, const char *key, const json_t *asset,
		    struct product_band *b, struct error *e)
{
	const json_t *value = raster_value(asset, "nodata", "nodata");
	double v = json_number_value(value);

	if (!value || json_is_null(value))
		return 0;
	if (!json_is_number(value) || v != floor(v) || v < -32768 || v > 65535)
		return error_set(e, ERROR_DATA, "%s: asset %.60s: nodata is no 16-bit number",
				 s->p->metadata_path, key);
	b->fill = (int32_t)v;
	return 0;
}

/* An offset that was forced, or contradicts what the catalogue says elsewhere. */
static int settle_offset(const struct stac *s, struct product_band *b, struct error *e)
{
	const json_t *applied = json_object_get(s->properties, "earthsearch:boa_offset_applied");
	const char *baseline = s->p->baseline;
	bool silent = b->offset == 0.0 && !applied && strcmp(baseline, "04.00") >= 0;

	if (s->p->mission[0] != 'S' || !role_is_reflectance(b->band->role))
		return 0;
	if (s->options->offset == OFFSET_NONE)
		b->offset = 0.0;
	if (s->options->offset == OFFSET_1000)
		b->offset = -1000.0 * b->gain;
	if (s->options->offset != OFFSET_PRODUCT || strstr(s->p->warnings, "offset"))
		return 0;
	if (json_is_true(applied) && b->offset < 0.0)
		return facts_warn(s->p, e,
				  "%s: boa_offset_applied, but raster:bands has an offset of %g, "
				  "which is used; --offset none if it was applied",
				  s->p->id, b->offset);
	if (silent)
		return facts_warn(
			s->p, e,
			"%s: baseline %s, but no offset: reflectance may be 0.1 too high; "
			"--offset -1000 if so",
			s->p->id, baseline);
	return 0;
}

static int calibrate(const struct stac *s, const char *key, const json_t *asset,
		     struct product_band *b, struct error *e)
{
	const json_t *scale = raster_value(asset, "scale", "raster:scale");
	const json_t *offset = raster_value(asset, "offset", "raster:offset");

	if (!b->band) {
		b->gain = 1.0;
		return 0;
	}
	if (!scale && role_is_thermal(b->band->role))
		return 0;
	if (!json_is_number(scale) || (offset && !json_is_number(offset)))
		return error_set(e, ERROR_DATA,
				 "%s: asset %.60s has no raster:bands with a scale: name the "
				 "product's own metadata (_MTL.txt, MTD_MSIL2A.xml) instead",
				 s->p->metadata_path, key);
	b->gain = json_number_value(scale);
	b->offset = json_number_value(offset);
	if (!(b->gain > 0.0) || !isfinite(b->gain) || !(fabs(b->offset) < 1e6))
		return error_set(e, ERROR_DATA, "%s: asset %.60s: scale %g, offset %g",
				 s->p->metadata_path, key, b->gain, b->offset);
	return settle_offset(s, b, e);
}

/* --- files --- */

/* Undo %xx; false if it is no such code or a control character. */
static bool decode(const char *in, char *out, size_t size)
{
	size_t n = 0;

	for (; *in && n + 1 < size; in++) {
		unsigned int c = (unsigned char)*in;

		if (c == '%') {
			if (sscanf(in + 1, "%2x", &c) != 1 ||
			    strspn(in + 1, "0123456789abcdefABCDEF") < 2)
				return false;
			in += 2;
		}
		if (c < 0x20 || c == 0x7f)
			return false;
		out[n++] = (char)c;
	}
	out[n] = '\0';
	return !*in;
}

/* "sub/x.tif" of plain names; a leading "./" is cut off. */
static const char *relative(const char *href)
{
	char part[200];

	while (!strncmp(href, "./", 2))
		href += 2;
	for (const char *at = href;; at++) {
		size_t n = strcspn(at, "/");

		if (n >= sizeof(part))
			return NULL;
		snprintf(part, sizeof(part), "%.*s", (int)n, at);
		if (!facts_plain_name(part))
			return NULL;
		at += n;
		if (!*at)
			return href;
	}
}

static int refuse(const struct stac *s, const char *key, const char *href, const char *why,
		  struct error *e)
{
	return error_set(e, ERROR_DATA, "%s: the href of asset %.60s %s: \"%.100s\"",
			 s->p->metadata_path, key, why, href);
}

/* A file at an address: fetched under a name of ours, or read in place. */
static int take_remote(struct stac *s, const char *address, enum role role, struct product_band *b,
		       struct error *e)
{
	const char *dot = strrchr(address, '.');
	char *folder;
	int ret = -1;

	if (asprintf(&b->file, "%s%s", role_name(role),
		     dot && !strncasecmp(dot, ".jp2", 4) ? ".jp2" : ".tif") < 0) {
		b->file = NULL;
		return error_nomem(e, "a path");
	}
	if (s->options->direct) {
		b->path = remote_vsi(address);
		return b->path ? 0 : error_nomem(e, "a path");
	}
	folder = input_folder(&s->p->input, "assets", s->options, e);
	if (!folder)
		return -1;
	b->path = path_join(folder, b->file);
	ret = b->path ? remote_fetch(address, b->path, e) : error_nomem(e, "a path");
	free(folder);
	return ret;
}

static int take_local(const struct stac *s, const char *name, struct product_band *b,
		      struct error *e)
{
	const char *slash = strrchr(name, '/');
	struct error ignored = { 0 };
	char *path = path_join(s->base, name);

	if (!path)
		return error_nomem(e, "a path");
	if (folder_check_file(path, &ignored) && ignored.code == ERROR_NOINPUT) {
		free(path);
		return 0;
	}
	b->path = path;
	b->file = strdup(slash ? slash + 1 : name);
	return b->file ? 0 : error_nomem(e, "a path");
}

int stac_locate(struct stac *s, const char *key, const char *href, enum role role,
		struct product_band *b, struct error *e)
{
	/* Addresses, but not GDAL's spelling of them: nobody needs that in an Item. */
	bool remote = remote_is(href) && href[0] != '/';
	char plain[HREF_MAX], *host, *address;
	const char *name;
	int ret;

	if (remote) {
		host = remote_host(href);
		ret = remote_allowed(href, s->p->path, s->options->hosts);
		if (!ret && host)
			error_set(e, ERROR_DATA,
				  "%s: asset %.60s lies on another host: allow it with --hosts %s",
				  s->p->metadata_path, key, host);
		else if (!ret)
			refuse(s, key, href, "is no address", e);
		free(host);
		return ret ? take_remote(s, href, role, b, e) : -1;
	}
	if (!decode(href, plain, sizeof(plain)) || !(name = relative(plain)))
		return refuse(s, key, href, "is no plain name beside or below the Item", e);
	if (!remote_is(s->base))
		return take_local(s, name, b, e);
	if (asprintf(&address, "%s/%s", s->base, name) < 0)
		return error_nomem(e, "an address");
	ret = take_remote(s, address, role, b, e);
	free(address);
	return ret;
}

/* --- all assets --- */

static void set_roles(struct stac *s)
{
	for (enum role r = 0; r < ROLE_NR; r++) {
		struct product_band *b = &s->g->bands[r];

		b->band = sensor_find(s->p->sensor, r);
		b->saturated = PRODUCT_NO_VALUE;
		b->fill = r == ROLE_QA_PIXEL ? 1 : r == ROLE_FMASK ? 255 : 0;
	}
}

static bool is_jpeg2000(const json_t *asset)
{
	const char *type = json_string_value(json_object_get(asset, "type"));

	return type && !strncmp(type, "image/jp2", 9);
}

/*
 * Choose one asset for each role.  Catalogues offer a band as GeoTIFF and as
 * JPEG 2000: the GeoTIFF is taken.
 */
static int choose(struct stac *s, const char *keys[ROLE_NR], const json_t *chosen[ROLE_NR],
		  struct error *e)
{
	json_t *assets = json_object_get(s->item, "assets"), *asset;
	const char *key;

	if (json_object_size(assets) > STAC_ASSETS_MAX)
		return error_set(e, ERROR_DATA, "%s: %zu assets, more than %d", s->p->metadata_path,
				 json_object_size(assets), STAC_ASSETS_MAX);
	json_object_foreach(assets, key, asset)
	{
		enum role role = role_of_asset(s->p->sensor, key, asset);

		if (role == ROLE_NR || !is_image(asset))
			continue;
		if (chosen[role] && is_jpeg2000(chosen[role]) == is_jpeg2000(asset))
			return error_set(e, ERROR_DATA, "%s: two assets for %s: %.60s and %.60s",
					 s->p->metadata_path, role_name(role), keys[role], key);
		if (chosen[role] && is_jpeg2000(asset))
			continue;
		chosen[role] = asset;
		keys[role] = key;
	}
	return 0;
}

int stac_assets(struct stac *s, struct error *e)
{
	const json_t *chosen[ROLE_NR] = { NULL };
	const char *keys[ROLE_NR] = { NULL }, *href;
	bool any = false;

	set_roles(s);
	if (choose(s, keys, chosen, e))
		return -1;
	for (enum role r = 0; r < ROLE_NR; r++) {
		struct product_band *b = &s->g->bands[r];

		if (!chosen[r])
			continue;
		any = true;
		href = json_string_value(json_object_get(chosen[r], "href"));
		if (!href || strlen(href) >= HREF_MAX)
			return error_set(e, ERROR_DATA, "%s: asset %.60s has no href",
					 s->p->metadata_path, keys[r]);
		if (set_fill(s, keys[r], chosen[r], b, e) ||
		    calibrate(s, keys[r], chosen[r], b, e) ||
		    (b->gain > 0.0 && stac_locate(s, keys[r], href, r, b, e)))
			return -1;
	}
	if (!any)
		return error_set(e, ERROR_DATA, "%s: none of its assets is a known band",
				 s->p->metadata_path);
	return 0;
}
