/* SPDX-License-Identifier: Apache-2.0
 *
 * naming.h - what the names that agencies give their products say.
 */
#ifndef PIPELINE_IO_NAMING_H
#define PIPELINE_IO_NAMING_H

#include <stdbool.h>
#include <stddef.h>

/* The ending of an archive's name, ".tar.gz" or another that input.h reads; NULL: it is none. */
const char *naming_archive_ending(const char *name);

/* How long the product's name is in that of a Landsat metadata file, "LC09..._MTL.txt"; 0: it is none. */
size_t naming_mtl_stem(const char *name);

/*
 * What a product is a picture of, from its name alone: equal for versions of one scene (processed again, other forms
 * of delivery) and for halves of one Sentinel-2 tile.  "LC09_L2_150028_20240712" for a Landsat name,
 * "S2A_MSIL2A_20240712T054213_R005_T43TFM" for one of Sentinel-2.  False: the name is of neither kind.
 */
#define NAMING_SUBJECT 256
bool naming_subject(const char *path, char subject[NAMING_SUBJECT]);

#endif
