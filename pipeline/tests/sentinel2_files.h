/* SPDX-License-Identifier: Apache-2.0
 *
 * sentinel2_files.h - a small Sentinel-2 product for tests.
 */
#ifndef PIPELINE_TESTS_SENTINEL2_FILES_H
#define PIPELINE_TESTS_SENTINEL2_FILES_H

#include "pipeline/tests/product_files.h"

#define NAME	"S2B_MSIL2A_20240718T055639_N0510_R091_T43TFM_20240718T081234"
#define GRANULE "GRANULE/L2A_T43TFM_A038461_20240718T055640"
#define R10	GRANULE "/IMG_DATA/R10m"
#define R20	GRANULE "/IMG_DATA/R20m"
#define R60	GRANULE "/IMG_DATA/R60m"
#define STEM	"T43TFM_20240718T055639_"

#define INFO(level, unit)                                                                          \
	"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n"                           \
	"<n1:Level-2A_User_Product xmlns:n1=\"https://psd.example\">\n"                            \
	"<n1:General_Info><Product_Info>\n"                                                        \
	"<PRODUCT_START_TIME>2024-07-18T05:56:39.024Z</PRODUCT_START_TIME>\n"                      \
	"<PRODUCT_URI>" NAME ".SAFE</PRODUCT_URI>\n"                                               \
	"<PROCESSING_LEVEL>" level "</PROCESSING_LEVEL>\n"                                         \
	"<PROCESSING_BASELINE>05.10</PROCESSING_BASELINE>\n"                                       \
	"<GENERATION_TIME>2024-07-18T08:12:34.000000Z</GENERATION_TIME>\n"                         \
	"<Datatake datatakeIdentifier=\"GS2" unit "_20240718T055639_038461_N05.10\">\n"            \
	"<SPACECRAFT_NAME>Sentinel-2" unit "</SPACECRAFT_NAME>\n"                                  \
	"<DATATAKE_SENSING_START>2024-07-18T05:56:39.024Z</DATATAKE_SENSING_START>\n"              \
	"<SENSING_ORBIT_NUMBER>91</SENSING_ORBIT_NUMBER></Datatake>\n"                             \
	"</Product_Info><Product_Image_Characteristics>\n"                                         \
	"<Special_Values><SPECIAL_VALUE_TEXT>NODATA</SPECIAL_VALUE_TEXT>"                          \
	"<SPECIAL_VALUE_INDEX>0</SPECIAL_VALUE_INDEX></Special_Values>\n"                          \
	"<Special_Values><SPECIAL_VALUE_TEXT>SATURATED</SPECIAL_VALUE_TEXT>"                       \
	"<SPECIAL_VALUE_INDEX>65535</SPECIAL_VALUE_INDEX></Special_Values>\n"

/* Latitude and longitude, closed. */
#define CORNERS "46.05 76.29 46.04 77.71 45.05 77.68 45.06 76.28 46.05 76.29 "

#define TAIL                                                                                       \
	"</Product_Image_Characteristics></n1:General_Info>\n"                                     \
	"<n1:Geometric_Info><Product_Footprint><Product_Footprint><Global_Footprint>\n"            \
	"<EXT_POS_LIST>" CORNERS "</EXT_POS_LIST></Global_Footprint></Product_Footprint>\n"        \
	"</Product_Footprint></n1:Geometric_Info>\n"                                               \
	"<n1:Quality_Indicators_Info><Cloud_Coverage_Assessment>3.25</Cloud_Coverage_Assessment>"  \
	"</n1:Quality_Indicators_Info></n1:Level-2A_User_Product>\n"

#define OFFSET(id, value) "<BOA_ADD_OFFSET band_id=\"" #id "\">" #value "</BOA_ADD_OFFSET>\n"
#define OFFSETS                                                                                    \
	"<BOA_ADD_OFFSET_VALUES_LIST>\n" OFFSET(0, -1000) OFFSET(1, -1001) OFFSET(2, -1002)        \
		OFFSET(3, -1003) OFFSET(4, -1004) OFFSET(5, -1005) OFFSET(6, -1006)                \
			OFFSET(7, -1007) OFFSET(8, -1008) OFFSET(9, -1009) OFFSET(10, -1010)       \
				OFFSET(11, -1011)                                                  \
					OFFSET(12, -1012) "</BOA_ADD_OFFSET_VALUES_LIST>\n"
#define QUANTIFICATION                                                                             \
	"<QUANTIFICATION_VALUES_LIST><BOA_QUANTIFICATION_VALUE unit=\"none\">10000"                \
	"</BOA_QUANTIFICATION_VALUE></QUANTIFICATION_VALUES_LIST>\n"

static const char good[] = INFO("Level-2A", "B") QUANTIFICATION OFFSETS TAIL;
static const char good_l1c[] = INFO(
	"Level-1C",
	"B") "<QUANTIFICATION_VALUE>10000</QUANTIFICATION_VALUE>\n"
	     "<Radiometric_Offset_List><RADIO_ADD_OFFSET band_id=\"2\">-1000</RADIO_ADD_OFFSET>\n"
	     "<RADIO_ADD_OFFSET band_id=\"8\">-900.5</RADIO_ADD_OFFSET>\n"
	     "</Radiometric_Offset_List>\n" TAIL;

#define VIEW(id, zenith, azimuth)                                                                  \
	"<Mean_Viewing_Incidence_Angle bandId=\"" #id "\"><ZENITH_ANGLE>" #zenith                  \
	"</ZENITH_ANGLE><AZIMUTH_ANGLE>" #azimuth                                                  \
	"</AZIMUTH_ANGLE></Mean_Viewing_Incidence_Angle>\n"

static const char tile[] =
	"<n1:Level-2A_Tile_ID xmlns:n1=\"https://psd.example\"><n1:General_Info>\n"
	"<L1C_TILE_ID>S2B_OPER_MSI_L1C_TL_2BPS_20240718T07_A038461_T43TFM_N05.10</L1C_TILE_ID>\n"
	"<TILE_ID>S2B_OPER_MSI_L2A_TL_2BPS_20240718T081234_A038461_T43TFM_N05.10</TILE_ID>\n"
	"<DATASTRIP_ID>S2B_OPER_MSI_L2A_DS_2BPS_20240718T081234_S20240718T055640_N05.10"
	"</DATASTRIP_ID>\n"
	"</n1:General_Info><n1:Geometric_Info>\n"
	"<Tile_Geocoding><HORIZONTAL_CS_CODE>EPSG:32643</HORIZONTAL_CS_CODE></Tile_Geocoding>\n"
	"<Tile_Angles>\n"
	"<Mean_Sun_Angle><ZENITH_ANGLE unit=\"deg\">27.5</ZENITH_ANGLE>"
	"<AZIMUTH_ANGLE unit=\"deg\">145.25</AZIMUTH_ANGLE></Mean_Sun_Angle>\n"
	"<Mean_Viewing_Incidence_Angle_List>\n" VIEW(0, 4, 340) VIEW(1, 6, 10)
		VIEW(2, NaN, NaN) "</Mean_Viewing_Incidence_Angle_List>\n"
				  "</Tile_Angles></n1:Geometric_Info></n1:Level-2A_Tile_ID>\n";

/* Replace one part of a text that the caller owns. */
static inline void change(char **text, const char *from, const char *to)
{
	char *old = *text;

	*text = text_with(old, from, to);
	free(old);
}

static inline struct image image_of(double pixel, GDALDataType type)
{
	return (struct image){ "GTiff",
			       "EPSG:32643",
			       600000,
			       5100000,
			       pixel,
			       (int)(1200 / pixel),
			       (int)(1200 / pixel),
			       1,
			       type,
			       NULL };
}

/* The metadata of a good L2A product and no images. */
static inline char *new_metadata(const char *product, const char *granule)
{
	char *dir = files_new();

	files_folder(dir, R10);
	files_folder(dir, R20);
	files_folder(dir, R60);
	files_text(dir, "MTD_MSIL2A.xml", product);
	files_text(dir, GRANULE "/MTD_TL.xml", granule);
	return dir;
}

static inline void add_image(const char *dir, const char *folder, const char *name, double pixel)
{
	struct image i = image_of(pixel, strstr(name, "SCL") ? GDT_Byte : GDT_UInt16);
	char path[600];

	snprintf(path, sizeof(path), "%s/" STEM "%s", folder, name);
	files_image(dir, path, &i);
}

static inline char *new_product(const char *product, const char *granule)
{
	char *dir = new_metadata(product, granule);

	add_image(dir, R10, "B03_10m.jp2", 10);
	add_image(dir, R20, "B03_20m.jp2", 20);
	add_image(dir, R60, "B03_60m.jp2", 60);
	add_image(dir, R20, "B8A_20m.jp2", 20);
	add_image(dir, R60, "B8A_60m.jp2", 60);
	add_image(dir, R60, "B01_60m.JP2", 60);
	add_image(dir, R60, "B12_60m.tiff", 60);
	add_image(dir, R20, "SCL_20m.jp2", 20);
	add_image(dir, R60, "SCL_60m.jp2", 60);
	return dir;
}

#endif
