/* SPDX-License-Identifier: Apache-2.0
 *
 * result.h - a result folder (observation, mosaic, change) read back.
 */
#ifndef PIPELINE_IO_RESULT_H
#define PIPELINE_IO_RESULT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"
#include "pipeline/base/findings.h"
#include "pipeline/io/raster.h"

/* The facts of item.json. */
struct result {
	char *path;	  /* of the folder */
	json_t *item;	  /* the whole of item.json */
	const char *kind; /* "observation", "mosaic", "change"; all strings live in item */
	const char *id;
	const char *unit;     /* unit id, hex */
	const char *lake;     /* name or file as recorded, "" if none */
	const char *datatake; /* "" if none */
	int native_zone;      /* UTM zone of the product, 0 if none */
	int64_t time, time_end;
	struct grid grid;
};

/*
 * Read DIR/item.json (cap 64 MiB, strict: duplicate keys, NaN, missing facts and
 * assets that are not plain file names are DATA).  NOINPUT if there is no such folder or no
 * item.json in it (then it is not a finished result: the words say so).
 */
int result_open(struct result **out, const char *dir, struct error *e);
void result_free(struct result *r);

/* Open one layer of the result; DATA if it has none of that name, or one on another grid. */
int result_raster(const struct result *r, const char *layer_name, struct raster **out,
		  struct error *e);

/* Path of a layer's file, which the caller frees; NULL: DATA if the result has none of that name. */
char *result_layer_path(const struct result *r, const char *layer_name, struct error *e);

/* DATA if a newer version of the program made it, in words that say which. */
int result_not_newer(const struct result *r, struct error *e);

/*
 * Compare a layer's file with the size and the SHA-256 that item.json gives it; DATA if it is another, missing
 * or has none there.  Reads the whole file.
 */
int result_layer_intact(const struct result *r, const char *layer_name, struct error *e);

/* What a mosaic was made of: an array of {"id", "unit", "time"}; NULL for other results.  Lives in the item. */
const json_t *result_looks(const struct result *r);

/* True if the result has this layer. */
bool result_has(const struct result *r, const char *layer_name);

/* The file name of asset number i in item.json's order, NULL past the end. */
const char *result_file(const struct result *r, size_t i);

/*
 * Re-hash every asset, look at item.json as a STAC Item, at the layout and the words of every GeoTIFF, and read every
 * raster through: all that is wrong is added.  Files that item.json does not list are not looked at.  -1: BUG, without memory.
 */
int result_examine(const struct result *r, struct findings *f, struct error *e);

/* The same as an error: DATA naming what is wrong. */
int result_verify(const struct result *r, struct error *e);

/* Folders of results. */
struct result_paths {
	char **path;
	size_t nr;
};

/*
 * Append the results that path names: itself if it holds item.json, else those
 * folders in it that do, sorted by name.  NOINPUT if there is none.  Zero is empty.
 */
int result_paths_add(struct result_paths *paths, const char *path, struct error *e);
void result_paths_release(struct result_paths *paths);

#endif
