/* SPDX-License-Identifier: Apache-2.0
 *
 * transect_file.h - a user's transects: lines of a layer through OGR.
 */
#ifndef PIPELINE_IO_TRANSECT_FILE_H
#define PIPELINE_IO_TRANSECT_FILE_H

#include "pipeline/base/error.h"
#include "pipeline/space/crs.h"
#include "pipeline/space/lines.h"

/* Bytes of a name in UTF-8, and its end. */
#define TRANSECT_NAME 64

/* The most vertices of all transects together. */
#define TRANSECT_VERTICES_MAX 1000000

/* Zero is none.  Owns its arrays.  All lines are open and have two different vertices at least. */
struct transect_lines {
	struct lines lines;
	char (*name)[TRANSECT_NAME]; /* of each */
};

void transect_lines_release(struct transect_lines *t);

/*
 * The lines of a layer of a GeoPackage, GeoJSON or Shapefile (layer NULL: the first that has geometry), in the
 * file's order; in the CRS `to`, vertices rounded to 1 mm.  Each part of a multi-line is one; Z and M are
 * dropped, arcs become lines of 4 degrees, features without geometry are left out.  Only vertices are
 * transformed: edges are straight in `to`.  The name is the attribute "name", else "id", else "fid" (in any case), else the
 * feature's number; parts of one feature get "-1", "-2" after it.  gdal_setup() must have been called.
 *
 * NOINPUT if there is no such file; DATA if it is of another kind or broken, has no such layer, no CRS, no line,
 * something else than lines, a line without length, a vertex that has no place in `to`, or too many.
 * On failure out is empty.
 */
int transect_file_read(const char *path, const char *layer, const struct crs *to,
		       struct transect_lines *out, struct error *e);

#endif
