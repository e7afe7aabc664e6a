/* SPDX-License-Identifier: Apache-2.0
 *
 * vectors_postgis.h - what a set of tables in PostGIS shares with the rest of the database: the
 * transaction, tables of earlier sets, reference systems, styles.  For vectors_postgis*.c.
 */
#ifndef PIPELINE_IO_VECTORS_POSTGIS_H
#define PIPELINE_IO_VECTORS_POSTGIS_H

#include "pipeline/io/postgres.h"
#include "pipeline/io/vectors_internal.h"

/*
 * The second line of a table's comment, after the description: this and the prefix.  The third
 * line is the unit.
 */
#define POSTGIS_COMMENT "balkhash "

struct postgis {
	struct postgres *p;
	char *prefix, *unit;
	bool overwrite;
	int srid;
	char *table[VECTORS_LAYERS_MAX]; /* of v->written[k] */
	char *quoted;			 /* table that is being written, as a name in SQL */
	char *row;			 /* one row for COPY */
	size_t row_size;
};

/*
 * Begin the transaction, alone among all that write here, and drop the tables that an earlier
 * set of this prefix left.  CONFIG: no extension postgis; CANTCREATE: they are of another unit.
 */
int postgis_begin(struct postgis *g, struct error *e);

/*
 * g->srid: the row of spatial_ref_sys that is this CRS, by its EPSG code or else by its text; a new row if
 * there is none (numbers from 910000, which PostGIS leaves to users).  PERMISSION names the grant.
 */
int postgis_find_srid(struct postgis *g, const struct crs *crs, struct error *e);

/* Rows of layer_styles, made if there is none, as QGIS reads them. */
int postgis_write_styles(struct vectors *v, struct error *e);

#endif
