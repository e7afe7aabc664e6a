/* SPDX-License-Identifier: Apache-2.0
 *
 * A UTM zone that tags say is the one that GDAL says; whatever could mean another thing is left to GDAL.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cpl_conv.h>
#include <ogr_srs_api.h>

#include "pipeline/io/gdal.h"
#include "pipeline/io/geokeys.h"
#include "pipeline/tests/raster_files.h"

#define KEYS_MAX 65536

static char path[4096];

static uint16_t pixel(int32_t x, int32_t y)
{
	return (uint16_t)(x + y);
}

static void write_raster(const char *crs, char **options)
{
	struct grid g = {
		.x0 = 500000, .y0 = 5000000, .dx = 30, .dy = 30, .width = 8, .height = 8
	};

	snprintf(g.crs.def, sizeof(g.crs.def), "%s", crs);
	unlink(path); /* GDAL would look at the one before, and complain */
	raster_file_write(path, "GTiff", &g, pixel, options);
}

/* Replace the four numbers of a key by others; the file must have them once. */
static void replace_key(const uint16_t from[4], const uint16_t to[4])
{
	static char bytes[KEYS_MAX];
	FILE *f = fopen(path, "r+b");
	size_t n, found = 0;

	assert_non_null(f);
	n = fread(bytes, 1, sizeof(bytes), f);
	for (size_t i = 0; i + 8 <= n; i++)
		if (!memcmp(bytes + i, from, 8)) {
			assert_int_equal(fseek(f, (long)i, SEEK_SET), 0);
			assert_int_equal(fwrite(to, 8, 1, f), 1);
			found++;
		}
	assert_int_equal(fclose(f), 0);
	assert_int_equal(found, 1);
}

static void zones_are_told(void **state)
{
	char *big[] = { (char *)"BIGTIFF=YES", NULL },
	     *other[] = { (char *)"ENDIANNESS=BIG", NULL };
	struct crs crs;

	(void)state;
	write_raster("EPSG:32643", NULL);
	assert_true(geokeys_zone(path, &crs));
	assert_string_equal(crs.def, "EPSG:32643");
	write_raster("EPSG:32701", big);
	assert_true(geokeys_zone(path, &crs));
	assert_string_equal(crs.def, "EPSG:32701");
	write_raster("EPSG:32660", other);
	assert_true(geokeys_zone(path, &crs));
	assert_string_equal(crs.def, "EPSG:32660");
}

static void others_are_not(void **state)
{
	static const char *const crs[] = {
		"EPSG:4326", "EPSG:3857", "EPSG:32661", "EPSG:25832",
		"+proj=laea +lat_0=46 +lon_0=76.3 +datum=WGS84 +units=m"
	};
	struct crs out = { "as it was" };

	(void)state;
	for (size_t i = 0; i < sizeof(crs) / sizeof(crs[0]); i++) {
		write_raster(crs[i], NULL);
		assert_false(geokeys_zone(path, &out));
	}
	write_raster("EPSG:32643", NULL);
	assert_int_equal(truncate(path, 100), 0);
	assert_false(geokeys_zone(path, &out));
	assert_int_equal(unlink(path), 0);
	assert_false(geokeys_zone(path, &out));
	assert_false(geokeys_zone("/vsimem/none.tif", &out));
	assert_false(geokeys_zone("/dev/zero", &out));
	assert_string_equal(out.def, "as it was");
}

/* A key changed to what gives the code another meaning, or one that is not known. */
static void altered_codes_are_not(void **state)
{
	static const struct {
		uint16_t from[4], to[4];
		bool told;
	} changes[] = {
		{ { 3072, 0, 1, 32643 }, { 3072, 0, 1, 32743 }, true },
		{ { 3072, 0, 1, 32643 }, { 3072, 0, 1, 32767 }, false },
		{ { 3072, 0, 1, 32643 }, { 3072, 0, 1, 32643 - 100 }, false },
		{ { 3072, 0, 1, 32643 }, { 3072, 34736, 1, 32643 }, false },
		{ { 3076, 0, 1, 9001 }, { 3076, 0, 1, 9003 }, false },
		{ { 3076, 0, 1, 9001 }, { 3080, 0, 1, 9102 }, false },
		{ { 1024, 0, 1, 1 }, { 1024, 0, 1, 2 }, false },
		{ { 1024, 0, 1, 1 }, { 1023, 0, 1, 1 }, false },
		{ { 2054, 0, 1, 9102 }, { 2054, 0, 1, 9101 }, false },
		{ { 2054, 0, 1, 9102 }, { 3072, 0, 1, 32644 }, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct crs crs;

		write_raster("EPSG:32643", NULL);
		replace_key(changes[i].from, changes[i].to);
		if (geokeys_zone(path, &crs) != changes[i].told)
			fail_msg("change %zu", i);
	}
}

/* What GDAL calls the CRS of a file. */
static void gdal_says(const char *file, char def[32])
{
	GDALDatasetH d = GDALOpen(file, GA_ReadOnly);
	OGRSpatialReferenceH srs = d ? GDALGetSpatialRef(d) : NULL;
	const char *code = srs ? OSRGetAuthorityCode(srs, NULL) : NULL;

	snprintf(def, 32, "EPSG:%s", code ? code : "none");
	GDALClose(d);
}

static size_t compared;

static int compare(const char *file, const struct stat *st, int type, struct FTW *where)
{
	size_t n = strlen(file);
	char def[32];
	struct crs crs;

	(void)st;
	(void)where;
	if (type != FTW_F || n < 4 || strcasecmp(file + n - 4, ".tif") || !geokeys_zone(file, &crs))
		return 0;
	gdal_says(file, def);
	compared++;
	if (strcmp(def, crs.def))
		fail_msg("%s: %s, by GDAL %s", file, crs.def, def);
	return 0;
}

static void real_products_are_as_gdal_has_them(void **state)
{
	const char *folder = getenv("BALKHASH_TESTDATA");

	(void)state;
	if (!folder) {
		skip();
		return;
	}
	assert_int_equal(nftw(folder, compare, 16, FTW_PHYS), 0);
	print_message("# %zu files\n", compared);
	assert_true(compared > 0);
}

static int make_path(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	gdal_setup(1 << 20);
	snprintf(path, sizeof(path), "%s/geokeys-%ld.tif", tmp ? tmp : "/tmp", (long)getpid());
	return 0;
}

static int remove_path(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zones_are_told),
		cmocka_unit_test(others_are_not),
		cmocka_unit_test(altered_codes_are_not),
		cmocka_unit_test(real_products_are_as_gdal_has_them),
	};

	return cmocka_run_group_tests(tests, make_path, remove_path);
}
