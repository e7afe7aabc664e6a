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

#endif
