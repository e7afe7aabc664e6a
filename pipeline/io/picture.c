/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/picture.h"

#include <stdio.h>

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>

#include "pipeline/base/file.h"
#include "pipeline/io/gdal.h"

#define CHANNELS 4

/* A dataset that reads the caller's pixels where they are. */
static GDALDatasetH wrap(const uint8_t *rgba, int32_t width, int32_t height)
{
	GDALDriverH driver = GDALGetDriverByName("MEM");
	GDALDatasetH dataset = GDALCreate(driver, "", width, height, 0, GDT_Byte, NULL);
	char pointer[64], pixel[] = "PIXELOFFSET=4", line[64];

	snprintf(line, sizeof(line), "LINEOFFSET=%lld", (long long)width * CHANNELS);
	for (int c = 0; dataset && c < CHANNELS; c++) {
		char *options[] = { pointer, pixel, line, NULL };

		snprintf(pointer, sizeof(pointer), "DATAPOINTER=%p", (const void *)(rgba + c));
		GDALAddBand(dataset, GDT_Byte, options);
		if (GDALGetRasterCount(dataset) == c + 1)
			GDALSetRasterColorInterpretation(GDALGetRasterBand(dataset, c + 1),
							 (GDALColorInterp)(GCI_RedBand + c));
	}
	return dataset;
}

/* Encode under a name in GDAL's memory; failures are in GDAL's error handler. */
static void encode(const char *name, const uint8_t *rgba, int32_t width, int32_t height)
{
	/* The usual level takes five times as long for an eighth less. */
	char level[] = "ZLEVEL=2", *options[] = { level, NULL };
	GDALDatasetH pixels = wrap(rgba, width, height), png = NULL;

	if (pixels)
		png = GDALCreateCopy(GDALGetDriverByName("PNG"), name, pixels, FALSE, options, NULL,
				     NULL);
	GDALClose(png);
	GDALClose(pixels);
}

/*
 * GDAL's PNG driver does not look whether closing its file failed, so the disk
 * gets the bytes from us.
 */
int picture_write(const char *path, const uint8_t *rgba, int32_t width, int32_t height,
		  struct error *e)
{
	struct gdal_errors caught;
	vsi_l_offset size = 0;
	const GByte *bytes;
	char name[64];
	int ret;

	if (width < 1 || height < 1 || width > PICTURE_SIDE_MAX || height > PICTURE_SIDE_MAX)
		return error_set(e, ERROR_BUG, "cannot write %s: %d x %d pixels", path, width,
				 height);
	snprintf(name, sizeof(name), "/vsimem/balkhash-%p.png", (void *)&caught);
	gdal_begin(&caught);
	encode(name, rgba, width, height);
	bytes = VSIGetMemFileBuffer(name, &size, FALSE);
	ret = gdal_end(&caught, e, ERROR_BUG, "cannot write %s", path);
	if (!ret && !bytes)
		ret = error_set(e, ERROR_BUG, "cannot write %s: GDAL made no PNG of it", path);
	if (!ret)
		ret = file_write(path, bytes, (size_t)size, e);
	VSIUnlink(name);
	return ret;
}
