/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/compare.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cpl_conv.h>
#include <cpl_string.h>
#include <gdal.h>
#include <gdalwarper.h>

/* Rows that are compared at a time. */
#define STRIP 512
/* The value of fraction16.tif for all water, and for not known. */
#define WHOLE	10000
#define UNKNOWN 65535

/* A strip of the result's grid: what the result, the mask and the truth say. */
struct strip {
	int width, rows;
	uint8_t *result, *mask;
	uint16_t *truth, *warped;
};

static GDALDatasetH open_raster(const char *path, struct failure *f)
{
	GDALDatasetH d = GDALOpen(path, GA_ReadOnly);

	if (!d)
		fail(f, "cannot open %s", path);
	return d;
}

/* A MEM dataset over a buffer of the strip that starts at row y of the like dataset. */
static GDALDatasetH strip_dataset(GDALDatasetH like, uint16_t *pixels, int rows, int y)
{
	int width = GDALGetRasterXSize(like);
	char address[160], text[32];
	double t[6];
	GDALDatasetH d;

	text[CPLPrintPointer(text, pixels, sizeof(text))] = 0;
	snprintf(address, sizeof(address),
		 "MEM:::DATAPOINTER=%s,PIXELS=%d,LINES=%d,DATATYPE=UInt16", text, width, rows);
	d = GDALOpen(address, GA_Update);
	GDALGetGeoTransform(like, t);
	t[3] += t[5] * y;
	if (d) {
		GDALSetGeoTransform(d, t);
		GDALSetProjection(d, GDALGetProjectionRef(like));
		/* As in fraction16.tif: the warper then leaves alone what it does not know. */
		GDALSetRasterNoDataValue(GDALGetRasterBand(d, 1), UNKNOWN);
	}
	return d;
}

/* The truth of a strip: each folder in turn fills what those before it do not know. */
static int read_truth(struct strip *s, GDALDatasetH like, int y, char *const *truths, int n,
		      struct failure *f)
{
	size_t pixels = (size_t)s->width * (size_t)s->rows;
	int ret = 0;

	for (size_t i = 0; i < pixels; i++)
		s->truth[i] = UNKNOWN;
	for (int k = 0; k < n && !ret; k++) {
		char path[4200];
		GDALDatasetH truth, strip;

		snprintf(path, sizeof(path), "%s/fraction16.tif", truths[k]);
		for (size_t i = 0; i < pixels; i++)
			s->warped[i] = UNKNOWN;
		truth = open_raster(path, f);
		strip = strip_dataset(like, s->warped, s->rows, y);
		if (!truth || !strip)
			ret = -1;
		else if (GDALReprojectImage(truth, NULL, strip, NULL, GRA_Bilinear, 0, 0.01, NULL,
					    NULL, NULL) != CE_None)
			ret = fail(f, "cannot warp %s", path);
		if (strip)
			GDALClose(strip);
		if (truth)
			GDALClose(truth);
		for (size_t i = 0; i < pixels; i++)
			s->truth[i] = s->truth[i] == UNKNOWN ? s->warped[i] : s->truth[i];
	}
	return ret;
}

static int read_strip(GDALDatasetH d, int y, struct strip *s, uint8_t *pixels, struct failure *f)
{
	if (GDALRasterIO(GDALGetRasterBand(d, 1), GF_Read, 0, y, s->width, s->rows, pixels,
			 s->width, s->rows, GDT_Byte, 0, 0) != CE_None)
		return fail(f, "cannot read %s", GDALGetDescription(d));
	return 0;
}

static int sum_strips(GDALDatasetH result, GDALDatasetH mask, char *const *truths, int n,
		      struct strip *s, struct comparison *out, struct failure *f)
{
	double t[6], km2, percent = 0, true_parts = 0, seen = 0;
	int height = GDALGetRasterYSize(result);

	GDALGetGeoTransform(result, t);
	km2 = -t[1] * t[5] * 1e-6;
	for (int y = 0; y < height; y += STRIP) {
		s->rows = height - y < STRIP ? height - y : STRIP;
		if (read_strip(result, y, s, s->result, f) ||
		    (mask && read_strip(mask, y, s, s->mask, f)) ||
		    read_truth(s, result, y, truths, n, f))
			return -1;
		for (size_t i = 0; i < (size_t)s->width * (size_t)s->rows; i++) {
			if (s->result[i] > 100 || (mask && s->mask[i] > 100) || s->truth[i] > WHOLE)
				continue;
			percent += s->result[i];
			true_parts += s->truth[i];
			seen++;
		}
	}
	*out = (struct comparison){ percent / 100 * km2, true_parts / WHOLE * km2, seen * km2 };
	return 0;
}

int compare(const char *result, const char *mask, char *const *truths, int n,
	    struct comparison *out, struct failure *f)
{
	GDALDatasetH r = open_raster(result, f), m = mask ? open_raster(mask, f) : NULL;
	struct strip s = { 0 };
	size_t pixels;
	int ret = -1;

	if (!r || (mask && !m))
		goto out;
	if (m && (GDALGetRasterXSize(m) != GDALGetRasterXSize(r) ||
		  GDALGetRasterYSize(m) != GDALGetRasterYSize(r))) {
		fail(f, "%s and %s differ in size", result, mask);
		goto out;
	}
	s.width = GDALGetRasterXSize(r);
	pixels = (size_t)s.width * STRIP;
	s.result = malloc(pixels);
	s.mask = malloc(pixels);
	s.truth = malloc(pixels * sizeof(*s.truth));
	s.warped = malloc(pixels * sizeof(*s.warped));
	if (!s.result || !s.mask || !s.truth || !s.warped) {
		fail(f, "no memory for a strip of %s", result);
		goto out;
	}
	ret = sum_strips(r, m, truths, n, &s, out, f);
out:
	free(s.warped);
	free(s.truth);
	free(s.mask);
	free(s.result);
	if (m)
		GDALClose(m);
	if (r)
		GDALClose(r);
	return ret;
}
