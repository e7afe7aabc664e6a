/* SPDX-License-Identifier: Apache-2.0
 *
 * water_optics.h - what formulas of water colour need to know of a sensor's bands: one row for each
 * set of bands.
 *
 * Published coefficients stand as they are.  Those that papers give for other wavelengths than the
 * sensor's are carried over by scripts/water-constants.py, from spectral responses and the absorption and
 * scattering of pure water; `scripts/water-constants.py --check` compares.
 */
#ifndef PIPELINE_IO_WATER_OPTICS_H
#define PIPELINE_IO_WATER_OPTICS_H

#include "kernels/kernels.h"

struct water_optics {
	const char *name; /* of the sensor */
	/* Chlorophyll from blue over green [mg m-3].  OC2: Franz 2015 (OLI; for TM and ETM+ too,
	 * which have none of their own), O'Reilly and Werdell 2019 (MSI).  OC3: O'Reilly and Werdell
	 * 2019; oc3_franz: Franz 2015, OLI only. */
	struct chl_oc oc2, oc3, oc3_franz;
	/* Dogliotti 2015, doi:10.1016/j.rse.2014.09.020, carried over from 645 and 859 nm [FNU]. */
	struct turbidity_model turbidity;
	/* Nechad 2010, doi:10.1016/j.rse.2009.11.022, for 665 nm (TM, ETM+), or Nechad 2016, averaged
	 * over the red band [g m-3]. */
	struct nechad spm;
	struct qaa qaa; /* wavelengths, absorption and backscattering of pure water */
};

/* One for each set of bands; never NULL for the sensors of sensor.c. */
extern const struct water_optics water_optics_tm, water_optics_etm, water_optics_oli,
	water_optics_msi_a, water_optics_msi_b, water_optics_msi_c, water_optics_hls_s30;

#endif
