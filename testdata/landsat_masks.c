/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/landsat_masks.h"

/*
 * QA_PIXEL (USGS LSDS-1619) with the bits that real products combine.
 * Landsat 8-9: clear unless cloud or next to one, water beside clear.  Landsat
 * 4-7: clear is off over water and shadow.  Confidences low (1) or high (3).
 */
static int qa_pixel(const struct layer_pixel *p, int low, bool clear)
{
	if (sky_called_cloud(p->sky))
		return low | 3 << 8 | 1 << 3;
	low |= p->water ? 1 << 7 : 0;
	low |= p->sky & SKY_NEAR ? 1 << 1 : 0;
	low |= p->sky & SKY_SHADOW ? 3 << 10 | 1 << 4 : 0;
	return low | (clear ? 1 << 6 : 0);
}

static int qa_pixel_oli(const struct layer_pixel *p)
{
	return qa_pixel(p, 1 << 8 | 1 << 10 | 1 << 12 | 1 << 14, !(p->sky & SKY_NEAR));
}

static int qa_pixel_tm(const struct layer_pixel *p)
{
	return qa_pixel(p, 1 << 8 | 1 << 10 | 1 << 12, !p->water && !(p->sky & SKY_SHADOW));
}

static int qa_radsat(const struct layer_pixel *p)
{
	return (int)p->saturated;
}

/* Bands that are saturated: none, 1-2, 3-4, 5 and more. */
static int saturated_code(unsigned bits)
{
	int n = __builtin_popcount(bits);

	return n > 4 ? 3 : (n + 1) / 2;
}

/* BQA of Collection 1: bits 2-3 saturation, 4 cloud, 5-6 its confidence, 7-8 shadow, 9-10 snow (LSDS-1328). */
static int bqa_c1_tm(const struct layer_pixel *p)
{
	int v = 1 << 9 | saturated_code(p->saturated) << 2;

	v |= sky_called_cloud(p->sky) ? 1 << 4 | 3 << 5 : 1 << 5;
	return v | (p->sky & SKY_SHADOW ? 3 << 7 : 1 << 7);
}

/* With 11-12, the confidence of cirrus. */
static int bqa_c1_oli(const struct layer_pixel *p)
{
	return bqa_c1_tm(p) | 1 << 11;
}

/* BQA of Landsat 8 before Collection 1: 4-5 water, 12-13 cirrus, 14-15 cloud; shadow was never set. */
static int bqa_pre(const struct layer_pixel *p)
{
	return 1 << 12 | (sky_called_cloud(p->sky) ? 3 << 14 : 1 << 14);
}

/* SR_QA_AEROSOL: 1 valid retrieval, 2 water, 6-7 level: low. */
static int aerosol(const struct layer_pixel *p)
{
	return 1 << 6 | 1 << 1 | (p->water ? 1 << 2 : 0);
}

/* SR_CLOUD_QA of TM and ETM+: 1 cloud, 2 shadow, 3 next to a cloud, 5 water. */
static int cloud_qa(const struct layer_pixel *p)
{
	if (sky_called_cloud(p->sky))
		return 1 << 1;
	return (p->sky & SKY_SHADOW ? 1 << 2 : 0) | (p->sky & SKY_NEAR ? 1 << 3 : 0) |
	       (p->water ? 1 << 5 : 0);
}

int hls_fmask(const struct layer_pixel *p)
{
	int v = 1 << 6; /* aerosol: low */

	if (sky_called_cloud(p->sky))
		return v | 1 << 1;
	v |= p->sky & SKY_NEAR ? 1 << 2 : 0;
	v |= p->sky & SKY_SHADOW ? 1 << 3 : 0;
	return v | (p->water ? 1 << 5 : 0);
}

/* clang-format off */
const struct landsat_mask landsat_masks[] = {
	{ "QA_PIXEL", "QUALITY_L1_PIXEL", GDT_UInt16, 1, 1, COLLECTION_2,
	  true, true, true, true, qa_pixel_oli, qa_pixel_tm },
	{ "QA_RADSAT", "QUALITY_L1_RADIOMETRIC_SATURATION", GDT_UInt16, 0, RASTER_NO_NODATA,
	  COLLECTION_2, true, true, true, true, qa_radsat, qa_radsat },
	{ "SR_QA_AEROSOL", "QUALITY_L2_AEROSOL", GDT_Byte, 1, 1, COLLECTION_2,
	  false, true, true, false, aerosol, NULL },
	{ "SR_CLOUD_QA", "QUALITY_L2_SURFACE_REFLECTANCE_CLOUD", GDT_Byte, 0, RASTER_NO_NODATA,
	  COLLECTION_2, false, true, false, true, NULL, cloud_qa },
	{ "BQA", "BAND_QUALITY", GDT_UInt16, 1, RASTER_NO_NODATA, COLLECTION_1,
	  true, false, true, true, bqa_c1_oli, bqa_c1_tm },
	{ "BQA", "BAND_QUALITY", GDT_UInt16, 1, RASTER_NO_NODATA, COLLECTION_PRE,
	  true, false, true, false, bqa_pre, NULL },
	{ .what = NULL },
};
/* clang-format on */

bool landsat_mask_in(const struct landsat_mask *m, const struct options *o, bool oli)
{
	return m->collection == o->collection && (options_level1(o) ? m->level1 : m->level2) &&
	       (oli ? m->oli : m->tm);
}
