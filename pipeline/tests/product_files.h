/* SPDX-License-Identifier: Apache-2.0
 *
 * product_files.h - small products for tests: folders, texts and rasters under a temporary folder.
 */
#ifndef PIPELINE_TESTS_PRODUCT_FILES_H
#define PIPELINE_TESTS_PRODUCT_FILES_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <setjmp.h>
#include <cmocka.h>

#include <cpl_conv.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <ogr_srs_api.h>

#include "pipeline/io/gdal.h"
#include "pipeline/io/product.h"

/* An image file to be written: a raster of zeros. */
struct image {
	const char *driver; /* "GTiff", "JP2OpenJPEG" */
	const char *crs;    /* NULL: none */
	double x0, y0, pixel;
	int width, height, bands;
	GDALDataType type;
	char **options;
};

/* A new folder of its own, to be removed with files_remove(). */
static inline char *files_new(void)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = malloc(4096);

	snprintf(dir, 4096, "%s/balkhash-test-XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(dir));
	return dir;
}

static inline void files_remove(char *dir)
{
	VSIRmdirRecursive(dir);
	free(dir);
}

/* "dir/name" in a buffer of the caller. */
static inline const char *files_path(char path[4200], const char *dir, const char *name)
{
	snprintf(path, 4200, "%s/%s", dir, name);
	return path;
}

static inline void files_folder(const char *dir, const char *name)
{
	char path[4200];

	assert_int_equal(VSIMkdirRecursive(files_path(path, dir, name), 0755), 0);
}

static inline void files_bytes(const char *dir, const char *name, const void *bytes, size_t n)
{
	char path[4200];
	FILE *file = fopen(files_path(path, dir, name), "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

static inline void files_text(const char *dir, const char *name, const char *text)
{
	files_bytes(dir, name, text, strlen(text));
}

static inline GDALDatasetH files_raster(const struct image *i)
{
	GDALDatasetH d = GDALCreate(GDALGetDriverByName("MEM"), "", i->width, i->height, i->bands,
				    i->type, NULL);
	double transform[6] = { i->x0, i->pixel, 0, i->y0, 0, -i->pixel };
	OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);

	assert_non_null(d);
	if (i->crs) {
		assert_int_equal(OSRSetFromUserInput(srs, i->crs), OGRERR_NONE);
		GDALSetSpatialRef(d, srs);
		GDALSetGeoTransform(d, transform);
	}
	OSRDestroySpatialReference(srs);
	return d;
}

static inline void files_image(const char *dir, const char *name, const struct image *i)
{
	GDALDatasetH d = files_raster(i), copy;
	char path[4200];

	copy = GDALCreateCopy(GDALGetDriverByName(i->driver), files_path(path, dir, name), d, FALSE,
			      i->options, NULL, NULL);
	assert_non_null(copy);
	GDALClose(copy);
	GDALClose(d);
}

/* A text with one part replaced (it must be there), to be freed. */
static inline char *text_with(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	size_t size = strlen(text) + strlen(to) + 1;
	char *out = malloc(size);

	assert_non_null(at);
	assert_non_null(out);
	snprintf(out, size, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	return out;
}

static inline struct product *open_good(const char *path)
{
	struct product *p = NULL;
	struct error e = { 0 };

	if (product_open(&p, path, NULL, &e))
		fail_msg("%s", e.text);
	assert_non_null(p);
	return p;
}

/* The product is refused with this code, in one line that holds this word. */
static inline void assert_refused(const char *path, enum error_code code, const char *word)
{
	struct product *p = NULL;
	struct error e = { 0 };

	assert_int_equal(product_open(&p, path, NULL, &e), -1);
	assert_null(p);
	if (e.code != code || !strstr(e.text, word) || strchr(e.text, '\n'))
		fail_msg("code %d, \"%s\"; should be %d with \"%s\", one line", e.code, e.text,
			 code, word);
}

#endif
