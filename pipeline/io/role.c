/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/role.h"

static const char *const names[ROLE_NR] = {
	[ROLE_COASTAL] = "coastal",
	[ROLE_BLUE] = "blue",
	[ROLE_GREEN] = "green",
	[ROLE_RED] = "red",
	[ROLE_EDGE705] = "edge705",
	[ROLE_EDGE740] = "edge740",
	[ROLE_EDGE783] = "edge783",
	[ROLE_NIR] = "nir",
	[ROLE_NIR_NARROW] = "nir_narrow",
	[ROLE_NIR_BROAD] = "nir_broad",
	[ROLE_VAPOUR] = "vapour",
	[ROLE_CIRRUS] = "cirrus",
	[ROLE_SWIR1] = "swir1",
	[ROLE_SWIR2] = "swir2",
	[ROLE_THERMAL] = "thermal",
	[ROLE_THERMAL2] = "thermal2",
	[ROLE_QA_PIXEL] = "qa_pixel",
	[ROLE_BQA_C1] = "bqa_c1",
	[ROLE_BQA_PRE] = "bqa_pre",
	[ROLE_QA_RADSAT] = "qa_radsat",
	[ROLE_QA_AEROSOL] = "qa_aerosol",
	[ROLE_CLOUD_QA] = "cloud_qa",
	[ROLE_SUN_ZENITH] = "sun_zenith",
	[ROLE_SCL] = "scl",
	[ROLE_CLASSI] = "classi",
	[ROLE_QUALIT_BLUE] = "qualit_blue",
	[ROLE_QUALIT_GREEN] = "qualit_green",
	[ROLE_QUALIT_RED] = "qualit_red",
	[ROLE_QUALIT_NIR] = "qualit_nir",
	[ROLE_QUALIT_SWIR1] = "qualit_swir1",
	[ROLE_QUALIT_SWIR2] = "qualit_swir2",
	[ROLE_FMASK] = "fmask",
};

const char *role_name(enum role role)
{
	return names[role];
}

bool role_is_reflectance(enum role role)
{
	return role < ROLE_THERMAL;
}

bool role_is_thermal(enum role role)
{
	return role == ROLE_THERMAL || role == ROLE_THERMAL2;
}
