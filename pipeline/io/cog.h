/* SPDX-License-Identifier: Apache-2.0
 *
 * cog.h - is a GeoTIFF still laid out, and does it still say, what geotiff.h writes?
 *
 *   cog.c        the layout: the header that promises it, directories, overviews, where each tile lies
 *   cog_words.c  description, unit, no data, scale and offset beside those of item.json
 *
 * Whose bytes are those that were written is that too.  This is for files whose checksum was made anew by who
 * wrote them again: another program may read them more slowly, or not at all.
 */
#ifndef PIPELINE_IO_COG_H
#define PIPELINE_IO_COG_H

#include <jansson.h>

#include "pipeline/base/error.h"
#include "pipeline/base/findings.h"
#include "pipeline/io/layer.h"
#include "pipeline/space/grid.h"

struct cog_spec {
	const char *path;
	const char *file; /* its name, in findings */
	const struct layer *
		layer; /* NULL: one that this program does not know, whose words are not looked at */
	const struct grid *grid; /* its size is the image's */
	const json_t *asset;	 /* of item.json */
};

/*
 * Add what is wrong.  Pixels are not decoded.  Any thread.  -1 only for what is not the file's fault: BUG without
 * memory.
 */
int cog_check(const struct cog_spec *spec, struct findings *f, struct error *e);

#endif
