/* SPDX-License-Identifier: Apache-2.0
 *
 * vectors.h - tables with points, lines, polygons or no geometry, written as one set: a
 * GeoPackage, GeoJSON files, or tables of PostGIS.
 *
 * Calling sequence: vectors_create(); for each layer vectors_begin(), vectors_add() as often as
 * wanted, vectors_end(); vectors_finish(); vectors_free() at any time, whatever happened.  After
 * a call that failed nothing but vectors_free() may be called.  One thread.
 *
 * All layers appear or none: files that were not finished are removed, and PostGIS is written in
 * one transaction, so that what ends too early leaves the tables of before.  The same content
 * gives the same bytes: the time in it is the caller's.  Every layer with geometry has a spatial
 * index and a default style for QGIS (layer_styles); GeoJSON has neither.
 */
#ifndef PIPELINE_IO_VECTORS_H
#define PIPELINE_IO_VECTORS_H

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"
#include "pipeline/io/layer.h"
#include "pipeline/io/vectors_style.h"
#include "pipeline/space/crs.h"
#include "pipeline/space/lines.h"
#include "pipeline/space/patches.h"

/* Of one set, and of one layer. */
#define VECTORS_LAYERS_MAX 32
#define VECTORS_FIELDS_MAX 64

enum vectors_target {
	VECTORS_GEOPACKAGE, /* where: path of the file; it must not exist */
	VECTORS_GEOJSON,    /* where: what stands before LAYER.geojson, as "folder/" (RFC 7946) */
	VECTORS_POSTGIS,    /* where: "PG:" and a connection string or URI of libpq */
};

/*
 * Everything borrowed until vectors_create() returns.  The target never follows from the text in
 * where: only who was told so by the user says VECTORS_POSTGIS.
 */
struct vectors_spec {
	enum vectors_target target;
	const char *where;
	const struct crs *crs; /* of all layers; GeoJSON is always longitude and latitude */
	int64_t time;	       /* UTC seconds: the time of the last change that is written */
	const char *prefix;    /* PostGIS: of the names of all tables */
	const char *unit;      /* PostGIS: unit id of the result, without blanks */
	bool overwrite;	       /* PostGIS: tables of another unit may be replaced */
};

struct vectors;

/*
 * Does a text of the user's name a database, that is: does it begin with "PG:"?  NULL does not.
 */
bool vectors_names_postgis(const char *text);

/*
 * Start a set.
 *   files    CANTCREATE, IO; CONFIG if GDAL does not know the CRS
 *   PostGIS  USAGE: not a connection string (its text is never repeated); UNAVAILABLE: no server,
 *            or lost; PERMISSION: wrong password, no right; CONFIG: no such database, no extension
 *            postgis; CANTCREATE: tables of this prefix are of another unit (see overwrite);
 *            TEMPORARY: others kept the tables locked for a minute.
 * In PostGIS the tables that an earlier set of this prefix left are dropped (in the transaction:
 * they are there until it ends well); only those that a comment marks as made here.  Tables
 * go into the connection's current schema.  No message repeats a password.
 */
int vectors_create(struct vectors **out, const struct vectors_spec *spec, struct error *e);

/* Try all that vectors_create() does, and take it back: for before a long computation. */
int vectors_check(const struct vectors_spec *spec, struct error *e);

enum vectors_kind {
	VECTORS_NONE,
	VECTORS_POINT,
	VECTORS_LINE,
	VECTORS_POLYGON,
	VECTORS_MULTIPOLYGON,
};

enum vectors_type {
	VECTORS_INTEGER, /* 64 bit */
	VECTORS_REAL,
	VECTORS_TEXT, /* UTF-8 */
	VECTORS_BOOLEAN,
	VECTORS_DATE,	  /* UTC day of a time */
	VECTORS_DATETIME, /* UTC */
};

struct vectors_field {
	const char *name; /* not "fid" and "geom", which each layer has */
	enum vectors_type type;
	const char *description; /* one line, or NULL */
};

/* Borrowed until vectors_end(). */
struct vectors_layer {
	const char *name;	 /* GeoJSON: a file's name too */
	const char *description; /* one line */
	enum vectors_kind kind;
	const struct vectors_field *fields;
	size_t fields_nr;
};

/*
 * Start a layer.  DATA: a name that cannot be one of this target (not UTF-8, too long, a path);
 * CANTCREATE: there is a table of this name that was not made here.  GeoJSON leaves layers
 * without geometry out.
 */
int vectors_begin(struct vectors *v, const struct vectors_layer *layer, struct error *e);

/*
 * A point: one part of one point.  A line: one part.  A polygon: a part for each ring, the outline
 * first, first points not repeated; a multipolygon: one polygon behind the other.  Part k:
 * points[starts[k]] .. points[starts[k + 1] - 1].
 */
struct vectors_shape {
	const struct point *points; /* finite; in the CRS of the set */
	const size_t *starts;	    /* parts_nr + 1 of them */
	size_t parts_nr;
	bool closed;	      /* a line that returns to its first point, which is not repeated */
	const bool *outlines; /* a multipolygon: does part k begin a polygon?  The first does. */
};

struct vectors_value {
	enum vectors_type type;
	bool null;
	union {
		int64_t integer; /* times too: UTC seconds */
		double real;
		const char *text;
		bool boolean;
	};
};

/* Values; one that there is not (NaN, infinite, NULL) becomes NULL. */
static inline struct vectors_value vectors_integer(int64_t i)
{
	return (struct vectors_value){ .type = VECTORS_INTEGER, .integer = i };
}

static inline struct vectors_value vectors_real(double r)
{
	return (struct vectors_value){ .type = VECTORS_REAL, .null = !isfinite(r), .real = r };
}

static inline struct vectors_value vectors_text(const char *text)
{
	return (struct vectors_value){ .type = VECTORS_TEXT, .null = !text, .text = text };
}

static inline struct vectors_value vectors_boolean(bool b)
{
	return (struct vectors_value){ .type = VECTORS_BOOLEAN, .boolean = b };
}

static inline struct vectors_value vectors_date(int64_t time)
{
	return (struct vectors_value){ .type = VECTORS_DATE, .integer = time };
}

static inline struct vectors_value vectors_datetime(int64_t time)
{
	return (struct vectors_value){ .type = VECTORS_DATETIME, .integer = time };
}

static inline struct vectors_value vectors_null(enum vectors_type type)
{
	return (struct vectors_value){ .type = type, .null = true };
}

/*
 * Add a row: fid counts from 1.  values: one for each field, of its type.  shape NULL: no geometry
 * in this row.  DATA for a text that is not UTF-8; BUG for a shape or values that are not
 * those of the layer; IO, and those of vectors_create() where the server is lost.
 */
int vectors_add(struct vectors *v, const struct vectors_shape *shape,
		const struct vectors_value *values, struct error *e);

/* The layer is complete.  style: QML as vectors_style.h makes it, or NULL (copied). */
int vectors_end(struct vectors *v, const char *style, struct error *e);

/*
 * Write styles, close, sync; read back: every layer must hold as many rows as were added.  IO if
 * the disk is full.  After it the files stand, or the transaction is committed.
 */
int vectors_finish(struct vectors *v, struct error *e);

/*
 * What item.json says of a set that is not in the result's folder: {"target": "PostGIS",
 * "tables": [...]}: no host, no user, no password.  A new reference, NULL without memory.
 */
json_t *vectors_note(const struct vectors *v);

/* Release everything; takes back what was not finished.  NULL is fine. */
void vectors_free(struct vectors *v);

/* --- layers of the usual form --- */

/*
 * A layer of lines: id (from 1), closed, length_m, period (the text given, for all).
 */
int vectors_add_lines(struct vectors *v, const char *name, const char *period,
		      const struct lines *lines, struct vectors_colour colour, struct error *e);

/*
 * A layer of polygons: id (from 1), change (the name of its value among the classes), pixels,
 * area_km2.  area_km2[i] is that of patch i.  Coloured by its class.
 */
int vectors_add_patches(struct vectors *v, const char *name, const struct patches *patches,
			const double *area_km2, const struct layer *classes, struct error *e);

#endif
