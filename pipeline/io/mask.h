/* SPDX-License-Identifier: Apache-2.0
 *
 * mask.h - what the bits of every kind of mask mean: the one table.
 */
#ifndef PIPELINE_IO_MASK_H
#define PIPELINE_IO_MASK_H

#include <stddef.h>

#include "kernels/why.h"
#include "pipeline/io/sensor.h"

#define MASK_RULES_MAX 8

/*
 * The rules of a role's values, as scene.h delivers them, for this sensor, into
 * out; returns how many.  0: the role hides nothing and need not be read.
 *
 *	QA_PIXEL	USGS LSDS-1619, QA_PIXEL bit index
 *	BQA, Collection 1	USGS LSDS-1656, table of BQA bits
 *	BQA, before	USGS, Landsat 8 quality band of 2013: pairs of bits, 3 = high confidence
 *	QA_RADSAT	sensor.h
 *	SCL	ESA, Level-2A product definition: 0 no data, 1 saturated or defective, 3 shadow, 8 9 cloud, 10 cirrus, 11 snow
 *	MSK_CLASSI	ESA, product specification since baseline 04.00: opaque cloud, cirrus, snow
 *	MSK_QUALIT	the same: of its eight layers lost, degraded and defective pixels are defects, the eighth is
 *			saturation; lost ancillary data and partly corrected cross-talk do no visible harm, and
 *			no data shows in the bands themselves
 *	Fmask	HLS v2.0 user guide: 255 fill; bits 1 cloud, 2 adjacent, 3 shadow, 4 snow; bit 0 is not used
 *
 * SR_QA_AEROSOL hides nothing: over turbid water its "high" is often false.  SR_CLOUD_QA hides nothing: it is
 * older than QA_PIXEL, which USGS advises to use.
 */
size_t mask_rules(const struct sensor *sensor, enum role role,
		  struct mask_rule out[MASK_RULES_MAX]);

/*
 * The values of a role that its definition does not list: classes above the last, reserved bits.  The rule
 * has no reason; its bits are 0, so that it never holds, where every value is defined.
 */
struct mask_rule mask_unknown(enum role role);

#endif
