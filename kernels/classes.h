/* SPDX-License-Identifier: Apache-2.0
 *
 * classes.h - codes of the class layers and the rules of one pixel.  Names and
 * colours for people stand in pipeline/io/layer.c.
 */
#ifndef KERNELS_CLASSES_H
#define KERNELS_CLASSES_H

#include <stdint.h>

/* Codes of OPERA DSWx (JPL D-107395, product specification of DSWx-HLS). */
enum water {
	WATER_NOT = 0,
	WATER_OPEN = 1,
	WATER_PARTIAL = 2,
	WATER_ICE = 252,
	WATER_CLOUD = 253,
	WATER_NODATA = 255,
};

enum change {
	CHANGE_LAND = 0,  /* land in both */
	CHANGE_WATER = 1, /* water in both */
	CHANGE_GAIN = 2,  /* became water */
	CHANGE_LOSS = 3,  /* became land */
	CHANGE_UNCERTAIN = 4,
	CHANGE_NODATA = 255,
};

#define FRACTION_NODATA 255
#define INDEX_NODATA	(-32768)
#define DELTA_NODATA	(-32768)

#endif
