/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/geokeys.h"

#include <stdio.h>
#include <string.h>

#include "pipeline/io/file_part.h"
#include "pipeline/io/geotiff_internal.h"

#define KEY_EPSG_MAX 32766

/* No directory of a product needs more at once. */
#define ALLOCATION_MAX ((tmsize_t)64 << 20)

/* Keys, each with the one value that leaves a CRS by its code as it is; ANY: says nothing of coordinates. */
enum {
	KEY_MODEL = 1024,
	KEY_RASTER = 1025,
	KEY_CITATION = 1026,
	KEY_GEODETIC = 2048,
	KEY_GEODETIC_CITATION = 2049,
	KEY_ANGULAR_UNITS = 2054,
	KEY_PROJECTED = 3072,
	KEY_LINEAR_UNITS = 3076
};
#define ANY 0
static const struct {
	uint16_t key, value;
} harmless[] = {
	{ KEY_MODEL, 1 },
	{ KEY_RASTER, ANY },
	{ KEY_CITATION, ANY },
	{ KEY_GEODETIC, 4326 },
	{ KEY_GEODETIC_CITATION, ANY },
	{ KEY_ANGULAR_UNITS, 9102 },
	{ KEY_PROJECTED, ANY },
	{ KEY_LINEAR_UNITS, 9001 },
};

const void *geokeys_values(TIFF *t, uint32_t tag, TIFFDataType type, size_t *n)
{
	const TIFFField *field = TIFFFindField(t, tag, TIFF_ANY);
	uint32_t count32 = 0;
	uint16_t count16 = 0;
	void *values = NULL;

	*n = 0;
	if (!field || TIFFFieldDataType(field) != type || !TIFFFieldPassCount(field))
		return NULL;
	/* How libtiff hands over their number depends on whether GDAL has made the tag known meanwhile. */
	if (TIFFFieldReadCount(field) == TIFF_VARIABLE2) {
		if (!TIFFGetField(t, tag, &count32, &values))
			return NULL;
		*n = count32;
	} else {
		if (!TIFFGetField(t, tag, &count16, &values))
			return NULL;
		*n = count16;
	}
	return values;
}

unsigned int geokeys_epsg(TIFF *t)
{
	size_t n;
	const uint16_t *key = geokeys_values(t, GEOTIFF_TAG_KEYS, TIFF_SHORT, &n);

	/* A head, then four numbers for each key. */
	for (size_t i = 4; key && i + 4 <= n; i += 4)
		if (key[i] == KEY_PROJECTED && key[i + 1] == 0 && key[i + 3] <= KEY_EPSG_MAX)
			return key[i + 3];
	return 0;
}

/* key: its number, where its value is (0: here), how many, the value. */
static bool is_harmless(const uint16_t key[4])
{
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		if (key[0] == harmless[i].key)
			return harmless[i].value == ANY ||
			       (key[1] == 0 && key[3] == harmless[i].value);
	return false;
}

/* All of them, and they begin with the model and ascend, as the standard has it. */
static bool are_harmless(TIFF *t)
{
	size_t n;
	const uint16_t *key = geokeys_values(t, GEOTIFF_TAG_KEYS, TIFF_SHORT, &n);
	bool ok = key && n >= 8 && (size_t)key[3] * 4 + 4 == n && key[4] == KEY_MODEL;

	for (size_t i = 4; ok && i < n; i += 4)
		ok = is_harmless(key + i) && (i == 4 || key[i] > key[i - 4]);
	return ok;
}

bool geokeys_zone(const char *path, struct crs *out)
{
	struct geotiff_io io = { .allocation_max = ALLOCATION_MAX };
	struct crs crs = { 0 };
	struct file_part file;
	TIFF *t;

	if (!file_part_open(&file, path))
		return false;
	io.fd = file.fd;
	io.base = file.at;
	io.size = file.size;
	/* O: where the blocks are does not matter here. */
	t = geotiff_io_open(&io, "rO");
	if (t && are_harmless(t))
		snprintf(crs.def, sizeof(crs.def), "EPSG:%u", geokeys_epsg(t));
	if (t)
		TIFFClose(t);
	file_part_close(&file);
	if (!crs_zone_of(&crs))
		return false;
	*out = crs;
	return true;
}
