/* SPDX-License-Identifier: Apache-2.0
 *
 * sentinel2_bands.h - the bands of MSI.
 */
#ifndef TESTDATA_SENTINEL2_BANDS_H
#define TESTDATA_SENTINEL2_BANDS_H

#include "testdata/surface.h"

enum { MSI_BANDS = 13 };

/* In the order of band_id. */
struct msi_band {
	const char *name;     /* of the file, "B8A" */
	const char *common;   /* the asset's key in a STAC Item, as Earth Search calls it */
	const char *physical; /* physicalBand, "B8A", "B1" */
	int resolution;	      /* of Level 1C, metres */
	enum role role;
	int min_nm, max_nm;   /* of Sentinel-2A */
	double central_nm[3]; /* of Sentinel-2A, B, C */
	double irradiance[3]; /* W m-2 um-1; C: the values of B */
};

extern const struct msi_band msi_bands[MSI_BANDS];

/*
 * How far a band sees a cloud from where B8A does, in metres along the track (positive: the way the
 * satellite flies) per metre of the cloud's height.  The bands look at a place one after the other, by
 * the delays of Heiselberg and Heiselberg 2021 (doi:10.3390/rs13153016); meanwhile the
 * satellite moves by 7.45 km/s at a height of 786 km.  A band that looks later does so from further
 * on, and sees what is above the ground further back.
 */
double msi_cloud_shift(int band);

#endif
