/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/water_optics.h"

#define OC2_OLI                                                                                    \
	{                                                                                          \
		{                                                                                  \
			.1977f, -1.8117f, 1.9743f, -2.5635f, -.7218f                               \
		}                                                                                  \
	}
#define OC3_OLI_FRANZ                                                                              \
	{                                                                                          \
		{                                                                                  \
			.2412f, -2.0546f, 1.1776f, -.5538f, -.4570f                                \
		}                                                                                  \
	}
#define OC3_OLI                                                                                    \
	{                                                                                          \
		{                                                                                  \
			.30963f, -2.40052f, 1.28932f, .52802f, -1.33825f                           \
		}                                                                                  \
	}
#define OC2_MSI                                                                                    \
	{                                                                                          \
		{                                                                                  \
			.2389f, -1.9369f, 1.7627f, -3.0777f, -.1054f                               \
		}                                                                                  \
	}
#define OC3_MSI                                                                                    \
	{                                                                                          \
		{                                                                                  \
			.3308f, -2.6684f, 1.5990f, .5525f, -1.4876f                                \
		}                                                                                  \
	}
#define NECHAD_665                                                                                 \
	{                                                                                          \
		355.85f, 0, .1728f                                                                 \
	}
#define NECHAD_OLI                                                                                 \
	{                                                                                          \
		346.32f, 0, .19905f                                                                \
	}
#define NECHAD_MSI                                                                                 \
	{                                                                                          \
		342.10f, 0, .19563f                                                                \
	}
/* Dogliotti 2015: red below .05, near infrared above .07. */
#define TURBIDITY(red_a, red_c, nir_a, nir_c)                                                      \
	{                                                                                          \
		{ red_a, red_c }, { nir_a, nir_c }, .05f, .07f                                     \
	}
#define OPTICS_MSI .oc2 = OC2_MSI, .oc3 = OC3_MSI, .spm = NECHAD_MSI
#define QAA_MSI_A                                                                                  \
	{                                                                                          \
		{ 442.70f, 492.72f, 559.85f, 664.62f }, { .00714f, .02128f, .06296f, .41391f },    \
		{                                                                                  \
			.0018893f, .0012184f, .0007010f, .0003387f                                 \
		}                                                                                  \
	}

const struct water_optics water_optics_tm = {
	.name = "TM",
	.oc2 = OC2_OLI,
	.spm = NECHAD_665,
	.turbidity = TURBIDITY(267.40f, .17172f, 2184.37f, .20918f),
};

const struct water_optics water_optics_etm = {
	.name = "ETM+",
	.oc2 = OC2_OLI,
	.spm = NECHAD_665,
	.turbidity = TURBIDITY(271.72f, .17171f, 2170.33f, .20907f),
};

/* OLI-2 differs by .3 % in its red band, and is not told apart. */
const struct water_optics water_optics_oli = {
	.name = "OLI",
	.oc2 = OC2_OLI,
	.oc3 = OC3_OLI,
	.oc3_franz = OC3_OLI_FRANZ,
	.spm = NECHAD_OLI,
	.turbidity = TURBIDITY(257.43f, .16878f, 3260.52f, .21132f),
	.qaa = { { 442.98f, 482.59f, 561.33f, 654.61f },
		 { .00716f, .01581f, .06933f, .37353f },
		 { .0018828f, .0013284f, .0006975f, .0003616f } },
};

/* Its NIR band at 10 m, B08, is broad: A is smaller than for the narrow B8A. */
const struct water_optics water_optics_msi_a = {
	.name = "MSI of Sentinel-2A",
	OPTICS_MSI,
	.qaa = QAA_MSI_A,
	.turbidity = TURBIDITY(287.86f, .17246f, 2042.35f, .20912f),
};

const struct water_optics water_optics_msi_b = {
	.name = "MSI of Sentinel-2B",
	OPTICS_MSI,
	.turbidity = TURBIDITY(289.61f, .17260f, 2052.74f, .20914f),
	.qaa = { { 442.25f, 492.34f, 558.95f, 664.95f },
		 { .00705f, .02117f, .06212f, .41611f },
		 { .0018977f, .0012228f, .0007059f, .0003380f } },
};

const struct water_optics water_optics_msi_c = {
	.name = "MSI of Sentinel-2C",
	OPTICS_MSI,
	.turbidity = TURBIDITY(294.39f, .17324f, 2060.04f, .20924f),
	.qaa = { { 444.22f, 489.03f, 560.63f, 666.53f },
		 { .00747f, .01966f, .06365f, .42248f },
		 { .0018619f, .0012590f, .0006969f, .0003346f } },
};

/* HLS brings Sentinel-2A and B to one; its NIR band is B8A. */
const struct water_optics water_optics_hls_s30 = {
	.name = "MSI of HLS",
	OPTICS_MSI,
	.qaa = QAA_MSI_A,
	.turbidity = TURBIDITY(287.86f, .17246f, 3252.56f, .21137f),
};
