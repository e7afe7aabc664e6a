/* SPDX-License-Identifier: Apache-2.0
 *
 * info.h - the facts of a product, for people and for programs.
 */
#ifndef PIPELINE_IO_INFO_H
#define PIPELINE_IO_INFO_H

#include <stdio.h>

#include <jansson.h>

#include "pipeline/io/product.h"

/* A page of text: the product, its granules, a line for each band and mask, what can be made of it. */
void info_print(const struct product *p, FILE *out);

/*
 * The same as one JSON object; null is what the metadata does not say.
 *
 *	path, form ("folder", "tar", "remote zip" ...), metadata, id, mission, sensor, level,
 *	reflectance ("toa", "surface"), baseline, tier, time, processed, orbit, datatake,
 *	cloud_cover_percent, granules, warnings
 *
 * A granule: id, name, tile, datastrip, grid (null without an image: crs, bounds
 * as xmin, ymin, xmax, ymax in metres, width, height, pixel_m), footprint (longitude and latitude of the corners, in order),
 * sun_elevation_deg, sun_azimuth_deg, sun_in ("product", "scene", "pixel": where the sun's angle
 * comes from that Level-1 is divided by), view_zenith_deg, view_azimuth_deg, angle_grids (columns
 * and rows of sun and view), cloud_outlines (rings of opaque, cirrus), bands, masks, missing, layers.
 *
 * A band: role, name, wavelength_nm, resolution_m, unit, metadata_gain, metadata_offset (as the
 * metadata has them), gain, offset (value = stored * gain + offset; the mean angle of the sun
 * included), k1, k2 (of a thermal band), fill, saturated, file (null: the file is missing), broken (why
 * it cannot be used), and of a file that can be read width, height, pixel_m, type, format, block, levels.  A mask: the same without what is
 * about values.  Bands without file stand here if a complete
 * product has them and the metadata calibrates them.
 *
 * missing: roles that a complete product of this kind has.  layers: of every layer of an
 * observation that is made of certain bands name, possible, needs (roles), lacks ({role, why});
 * stage/info.c adds quantities, whose bands depend on the algorithm.
 *
 * Numbers are exact to 15 digits: dump with JSON_REAL_PRECISION(15).  The caller
 * releases with json_decref(); NULL if there is no memory.
 */
json_t *info_json(const struct product *p);

#endif
