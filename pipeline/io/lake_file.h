/* SPDX-License-Identifier: Apache-2.0
 *
 * lake_file.h - the INI file of a lake: what lake.h says of it, read and checked.
 */
#ifndef PIPELINE_IO_LAKE_FILE_H
#define PIPELINE_IO_LAKE_FILE_H

#include <stdbool.h>

#include "pipeline/base/error.h"
#include "pipeline/io/lake.h"

/* What a file says beside the lake itself; what it does not say has the default or stays zero. */
struct lake_file {
	double te[4]; /* xmin ymin xmax ymax [m] */
	bool has_te;
	double tr; /* [m] */
};

/*
 * Fill a zeroed lake (name, outline, buffer, elevation, basins, season, grid.crs as
 * crs_normalise() spells it) and *extra.  CONFIG with file and line for what is
 * wrong in it; NOINPUT, DATA and others if the file or an outline cannot be read.
 * On failure the lake is to be freed all the same.
 */
int lake_file_read(const char *path, struct lake *lake, struct lake_file *extra, struct error *e);

#endif
