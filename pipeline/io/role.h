/* SPDX-License-Identifier: Apache-2.0
 *
 * role.h - what a file of a product is for, whatever the agency calls it.
 * One table per sensor maps its bands to roles (sensor.c).
 */
#ifndef PIPELINE_IO_ROLE_H
#define PIPELINE_IO_ROLE_H

#include <stdbool.h>

enum role {
	ROLE_COASTAL, /* ~443 nm */
	ROLE_BLUE,    /* ~490 */
	ROLE_GREEN,   /* ~560 */
	ROLE_RED,     /* ~660 */
	ROLE_EDGE705,
	ROLE_EDGE740,
	ROLE_EDGE783,
	ROLE_NIR, /* the near infrared that water rules use: OLI B5, TM B4, MSI B08, HLS S30 B8A */
	ROLE_NIR_NARROW,  /* ~865, where the sensor has another one beside ROLE_NIR: MSI B8A */
	ROLE_NIR_BROAD,	  /* ~833, where ROLE_NIR is the narrow one: HLS S30 B08 */
	ROLE_VAPOUR,	  /* ~940 */
	ROLE_CIRRUS,	  /* ~1370 */
	ROLE_SWIR1,	  /* ~1610 */
	ROLE_SWIR2,	  /* ~2200 */
	ROLE_THERMAL,	  /* ~11 um: radiance at Level-1, surface temperature [K] at Level-2 */
	ROLE_THERMAL2,	  /* ~12 um (OLI), high gain (ETM+) */
	ROLE_QA_PIXEL,	  /* Landsat Collection 2 QA_PIXEL */
	ROLE_BQA_C1,	  /* Landsat Collection 1 BQA */
	ROLE_BQA_PRE,	  /* BQA of Landsat 8 before Collection 1 */
	ROLE_QA_RADSAT,	  /* Landsat Collection 2 QA_RADSAT */
	ROLE_QA_AEROSOL,  /* SR_QA_AEROSOL of OLI Level-2 */
	ROLE_CLOUD_QA,	  /* SR_CLOUD_QA of TM and ETM+ Level-2 */
	ROLE_SUN_ZENITH,  /* Landsat Collection 2 Level-1 SZA */
	ROLE_SCL,	  /* Sentinel-2 L2A scene classification */
	ROLE_CLASSI,	  /* Sentinel-2 MSK_CLASSI: bits opaque cloud, cirrus, snow */
	ROLE_QUALIT_BLUE, /* Sentinel-2 MSK_QUALIT of a band, eight bits; in the order of the six */
	ROLE_QUALIT_GREEN,
	ROLE_QUALIT_RED,
	ROLE_QUALIT_NIR,
	ROLE_QUALIT_SWIR1,
	ROLE_QUALIT_SWIR2,
	ROLE_FMASK, /* HLS v2.0 Fmask */
	ROLE_NR,
};

/* Lower-case name of a role ("green", "swir1", "qa_pixel"), as in info and messages. */
const char *role_name(enum role role);

/* True if the role holds reflectance; thermal radiance or temperature; else a mask or angles. */
bool role_is_reflectance(enum role role);
bool role_is_thermal(enum role role);

#endif
