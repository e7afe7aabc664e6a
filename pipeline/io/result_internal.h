/* SPDX-License-Identifier: Apache-2.0
 *
 * result_internal.h - what the parts of result.h share:
 *
 *   result.c         opening, assets, rasters, folders of results
 *   result_verify.c  files beside their checksums, pixels, GeoTIFFs (cog.h)
 *   result_item.c    item.json as a STAC Item
 */
#ifndef PIPELINE_IO_RESULT_INTERNAL_H
#define PIPELINE_IO_RESULT_INTERNAL_H

#include "pipeline/base/findings.h"
#include "pipeline/io/result.h"

/*
 * Fill a zero result, of which only path is set, from the text of its item.json.  Errors of result_open() for what
 * is in the file; the item is the result's also then.
 */
int result_parse(struct result *r, const char *text, size_t size, struct error *e);

/*
 * Add what item.json has not, or has otherwise, of what STAC wants and this program writes, beyond what result_open()
 * has seen.
 */
void result_check_item(const struct result *r, struct findings *f);

#endif
