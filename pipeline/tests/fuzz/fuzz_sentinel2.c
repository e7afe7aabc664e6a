/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as the metadata of a Sentinel-2 product, or, if they speak of a Tile_ID, as that of a
 * granule of a good product: read or refused in one line, never more.
 * Built by clang with -fsanitize=fuzzer,address,undefined and linked with the pipeline.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cpl_vsi.h>

#include "pipeline/io/sentinel2.h"

#define ROOT "/vsimem/fuzz.SAFE"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char product_xml[] =
	"<Level-1C_User_Product><General_Info><Product_Info>"
	"<PRODUCT_URI>S2A_MSIL1C_X.SAFE</PRODUCT_URI>"
	"<PROCESSING_LEVEL>Level-1C</PROCESSING_LEVEL>"
	"<PROCESSING_BASELINE>02.04</PROCESSING_BASELINE>"
	"<Datatake datatakeIdentifier=\"GS2A_20170226T102021_008785_N02.04\">"
	"<SPACECRAFT_NAME>Sentinel-2A</SPACECRAFT_NAME>"
	"<DATATAKE_SENSING_START>2017-02-26T10:20:21Z</DATATAKE_SENSING_START>"
	"<SENSING_ORBIT_NUMBER>65</SENSING_ORBIT_NUMBER></Datatake></Product_Info>"
	"<Product_Image_Characteristics>"
	"<Special_Values><SPECIAL_VALUE_TEXT>NODATA</SPECIAL_VALUE_TEXT>"
	"<SPECIAL_VALUE_INDEX>0</SPECIAL_VALUE_INDEX></Special_Values>"
	"<QUANTIFICATION_VALUE>10000</QUANTIFICATION_VALUE>"
	"</Product_Image_Characteristics></General_Info></Level-1C_User_Product>";

static const char tile_xml[] =
	"<Level-1C_Tile_ID><General_Info><TILE_ID>S2A_X_T32TNM_N02.04</TILE_ID></General_Info>"
	"<Geometric_Info><Tile_Angles><Mean_Sun_Angle><ZENITH_ANGLE>52</ZENITH_ANGLE>"
	"<AZIMUTH_ANGLE>159</AZIMUTH_ANGLE></Mean_Sun_Angle></Tile_Angles></Geometric_Info>"
	"</Level-1C_Tile_ID>";

static void put(const char *path, const void *data, size_t size)
{
	VSILFILE *f = VSIFOpenL(path, "wb");

	if (!f || (size && VSIFWriteL(data, 1, size, f) != size))
		abort();
	VSIFCloseL(f);
}

/* The words of a refusal; what was read must keep its promises. */
static void check(const struct product *p, int ret, const struct error *e)
{
	if (ret) {
		if (e->code != ERROR_DATA || !e->text[0] || strchr(e->text, '\n'))
			abort();
		return;
	}
	if (!p->sensor || !p->granules_nr || !p->id[0] || strchr(p->id, '/'))
		abort();
	for (size_t i = 0; i < p->granules_nr; i++) {
		const struct granule *g = &p->granules[i];

		if (!g->tile[0] || g->footprint_nr > FOOTPRINT_POINTS_MAX ||
		    (g->view_angles.columns && !g->view_angles.azimuth_deg) ||
		    (g->sun_angles.columns && !g->sun_angles.zenith_deg))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool is_tile = memmem(data, size, "Tile_ID", 7) != NULL;
	struct product *p = calloc(1, sizeof(*p));
	struct folder root = { 0 };
	struct error e = { 0 };

	if (!p || !(p->warnings = strdup("")))
		abort();
	VSIMkdir(ROOT, 0755);
	put(ROOT "/MTD_MSIL1C.xml", is_tile ? (const void *)product_xml : data,
	    is_tile ? sizeof(product_xml) - 1 : size);
	put(ROOT "/MTD_TL.xml", is_tile ? data : (const void *)tile_xml,
	    is_tile ? size : sizeof(tile_xml) - 1);
	if (folder_read(&root, ROOT, &e))
		abort();
	check(p, sentinel2_read(p, &root, "MTD_MSIL1C.xml", OFFSET_PRODUCT, &e), &e);
	folder_release(&root);
	product_free(p);
	VSIUnlink(ROOT "/MTD_MSIL1C.xml");
	VSIUnlink(ROOT "/MTD_TL.xml");
	return 0;
}
