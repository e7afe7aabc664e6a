/* SPDX-License-Identifier: Apache-2.0
 *
 * info.h - the facts of a product, for people and for programs.
 */
#ifndef PIPELINE_IO_INFO_H
#define PIPELINE_IO_INFO_H

#include <stdio.h>

#include <jansson.h>

#include "pipeline/io/product.h"

/* One page of text, a line per band. */
void info_print(const struct product *p, FILE *out);

/*
 * The same as one JSON object: path, id, mission, sensor, level, reflectance
 * ("toa", "surface"), baseline, time, orbit, datatake, cloud_cover_percent
 * (null if not said), metadata, granules, warnings.  A granule: id, name, tile,
 * crs, bounds (xmin, ymin, xmax, ymax in metres of crs), the angles in
 * degrees, bands, masks and missing (roles).  A band: role, name,
 * wavelength_nm, width, height, pixel_m (x, y), gain and offset (reflectance =
 * dn * gain + offset), fill, saturated (null if there is no such value),
 * type, format, block, levels, file; a mask: the same without what is about reflectance.
 *
 * Gain and offset are the shortest decimals that give the same float: dump
 * with JSON_REAL_PRECISION(9) to see them so.  The caller releases it with
 * json_decref(); NULL if there is no memory.
 */
json_t *info_json(const struct product *p);

#endif
