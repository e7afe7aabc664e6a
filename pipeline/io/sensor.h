/* SPDX-License-Identifier: Apache-2.0
 *
 * sensor.h - which band of which sensor has which role: the only place that knows.
 *
 * Wavelengths are centroids of the spectral response, sum(l * r) / sum(r), of
 * the responses published for Landsat 5 TM, Landsat 7 ETM+ and Landsat 8 OLI
 * (USGS/NASA) and for each Sentinel-2 unit (ESA, COPE-GSEG-EOPG-TN-15-0007,
 * version 4, 2024).  Landsat 4 TM and Landsat 9 OLI-2 share the table of their
 * sister; OLI-2 differs from OLI by less than 1 nm.
 */
#ifndef PIPELINE_IO_SENSOR_H
#define PIPELINE_IO_SENSOR_H

#include "pipeline/io/product.h"

/* The sensor of a Landsat SENSOR_ID: "TM", "ETM", "OLI_TIRS", "OLI"; NULL for any other. */
const struct sensor *sensor_landsat(const char *sensor_id);

/*
 * The Sentinel-2 instrument of a platform letter 'A', 'B', 'C'; the newest
 * unit's for any other.  Its bands stand in the order of the metadata's
 * band_id: 0 = B01 .. 7 = B08, 8 = B8A, 9 = B09 .. 12 = B12.
 */
const struct sensor *sensor_msi(char platform);
#define SENSOR_MSI_BANDS 13

/* The sensor's band with this role, NULL if it has none. */
const struct sensor_band *sensor_find(const struct sensor *s, enum role role);

/* True if a complete product of this sensor and level has a file for this role (masks included). */
bool sensor_delivers(const struct sensor *s, enum level level, enum role role);

#endif
