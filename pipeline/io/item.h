/* SPDX-License-Identifier: Apache-2.0
 *
 * item.h - item.json: the STAC Item that describes a result and, written last,
 * commits it.
 *
 * STAC 1.0.0 with the extensions projection 1.2.0, raster 1.1.0, file 2.1.0,
 * classification 1.1.0, processing 1.2.0 and view 1.0.0; what STAC has no word for stands
 * in properties named "balkhash:...".  Keys in a fixed order, numbers in a fixed
 * form, no time of processing, no host, no paths.
 */
#ifndef PIPELINE_IO_ITEM_H
#define PIPELINE_IO_ITEM_H

#include <jansson.h>
#include <stdint.h>

#include "pipeline/base/error.h"
#include "pipeline/io/geotiff.h"
#include "pipeline/space/polygon.h"

/* A file of the result, by its name in the folder. */
struct item_asset {
	const char *file;
	const struct layer *layer; /* NULL: not a raster layer */
	const char *title, *media_type,
		*role; /* used where layer is NULL; role as in STAC: "thumbnail" ... */
	struct geotiff_statistics statistics; /* used where layer is set */
};

/* Everything borrowed. */
struct item {
	const char *kind; /* "observation", "mosaic", "change" */
	const char *id;
	int64_t time,
		time_end; /* UTC seconds; equal: an instant, else from (included) to (excluded) */
	struct grid grid;
	const struct polygon *footprint; /* lon, lat; the valid part, not the box */
	json_t *properties;		 /* object: further properties in the order given */
	const char *const *derived_from; /* ids of the inputs, become links */
	size_t derived_from_nr;
	const struct item_asset *assets;
	size_t assets_nr;
};

/*
 * Hash the assets in folder and write folder/item.json, synced.  IO if it
 * cannot be written or an asset is missing.
 */
int item_write(const char *folder, const struct item *item, struct error *e);

/*
 * Identity of a unit of work: SHA-256 over the canonical JSON (sorted keys, no
 * blanks) of inputs and options plus the program's version.  hex: SHA256_HEX bytes.
 */
int item_unit(const json_t *inputs, const json_t *options, char *hex, struct error *e);

/*
 * What identifies an input product in "balkhash:inputs": {"id", "metadata": {"file",
 * "sha256"}, "files": [{"name", "size"} ...] sorted by name}.  A new reference; NULL with e set.
 */
json_t *item_input(const char *id, const char *metadata_path, const char *const *files,
		   size_t files_nr, const char *folder, struct error *e);

#endif
