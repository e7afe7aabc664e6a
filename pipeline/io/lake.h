/* SPDX-License-Identifier: Apache-2.0
 *
 * lake.h - a lake: outline, buffer, grid, basins, open-water season.
 */
#ifndef PIPELINE_IO_LAKE_H
#define PIPELINE_IO_LAKE_H

#include <stdbool.h>
#include <stddef.h>

#include "pipeline/base/error.h"
#include "pipeline/base/file.h"
#include "pipeline/space/polygon.h"
#include "pipeline/space/grid.h"

/* A reporting unit: a name and an area in longitude and latitude. */
struct basin {
	char name[64];	     /* letters, digits, blanks, '-', '_' */
	struct polygon area; /* lon, lat [degrees]; empty: outline and buffer of the lake */
};

struct lake {
	char name[64];		/* part of observation ids: letters, digits, '-' */
	struct polygon outline; /* lon, lat [degrees] */
	struct polygon reeds;	/* lon, lat [degrees]: where reeds grow; empty: nowhere known */
	double buffer_m;
	double elevation_m;   /* of the water surface; 0 if not known */
	struct grid grid;     /* at its default pixel size */
	struct basin *basins; /* the first that holds a pixel's centre has it */
	size_t basins_nr;
	int season_from; /* open water: month * 100 + day of its first day; 0: none said */
	int season_to;	 /* and of its last day */
};

/* Is this the name of a lake that is built in, and so no file? */
bool lake_is_built_in(const char *name);

/*
 * The built-in lake ("balkhash") or one from an INI file:
 *   [lake] name, outline (path of an OGR source, relative to the file), buffer (m),
 *   crs, te (xmin ymin xmax ymax), tr (m), season (MM-DD MM-DD), elevation (m)
 *   reeds (an outline too)
 *   [basin NAME] outline
 * Only outline is needed.  Where they are absent: name that of the file up to its
 * first dot; crs LAEA at the centre of the outline's bounding box rounded to 0.1
 * degree; te the edges of outline plus buffer snapped outwards to 60 m; tr 30;
 * buffer 10 km; one basin ("whole"); no season.  gdal_setup() must have been called.
 * CONFIG for an unknown key (naming the nearest), one given twice or a bad value,
 * with the line; NOINPUT if a file is missing; DATA for an outline that is none.
 */
int lake_open(struct lake **out, const char *name_or_file, struct error *e);
void lake_free(struct lake *lake);

/*
 * Digest of what a lake is: its outline, buffer and season, not what it is called nor which files say so; with
 * basins, also those.  "" without memory.
 */
void lake_sha256(const struct lake *lake, bool basins, char hex[SHA256_HEX]);

/*
 * Outline plus buffer in a projected CRS, vertices rounded to 1/16 m; the caller
 * releases it.  Edges are straight in longitude and latitude.  DATA if it does
 * not lie where the CRS is defined.
 */
int lake_area(const struct lake *lake, const struct crs *crs, struct polygon *out, struct error *e);

/* The outline alone in a projected CRS, likewise, without the buffer. */
int lake_outline(const struct lake *lake, const struct crs *crs, struct polygon *out,
		 struct error *e);

/* Where reeds grow, in a projected CRS, likewise, without the buffer; the lake has reeds. */
int lake_reeds(const struct lake *lake, const struct crs *crs, struct polygon *out,
	       struct error *e);

/* A basin's area in a projected CRS, likewise, but without the buffer (where it has an area). */
int lake_basin_area(const struct lake *lake, size_t basin, const struct crs *crs,
		    struct polygon *out, struct error *e);

/* Are month and day of a UTC time (seconds since 1970) in the season?  True if none is said. */
bool lake_in_season(const struct lake *lake, long long time);

#endif
