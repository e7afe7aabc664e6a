/* SPDX-License-Identifier: Apache-2.0
 *
 * vectors_internal.h - what vectors*.c share: the set, and what each target does.
 */
#ifndef PIPELINE_IO_VECTORS_INTERNAL_H
#define PIPELINE_IO_VECTORS_INTERNAL_H

#include <ogr_api.h>
#include <ogr_srs_api.h>

#include "pipeline/base/utc.h"
#include "pipeline/io/vectors.h"

/* A layer that was ended, or is being written. */
struct vectors_written {
	char *name;
	char *style; /* NULL: none */
	bool has_geometry;
	int64_t rows;
};

struct vectors {
	const struct vectors_ops *ops;
	void *state; /* of the target; NULL until its create has succeeded */
	struct crs crs;
	char time[UTC_TEXT];
	const struct vectors_layer *layer; /* being written; NULL between layers */
	struct vectors_written written[VECTORS_LAYERS_MAX];
	size_t written_nr;
	bool finished;
};

/*
 * One target.  The set's bookkeeping and the checks of arguments are done before; the layer
 * being written is v->layer, its entry the last one in v->written.
 */
struct vectors_ops {
	int (*create)(struct vectors *v, const struct vectors_spec *spec, struct error *e);
	int (*begin)(struct vectors *v, struct error *e);
	int (*add)(struct vectors *v, const struct vectors_shape *shape,
		   const struct vectors_value *values, struct error *e);
	int (*end)(struct vectors *v, struct error *e);
	int (*finish)(struct vectors *v, struct error *e);
	json_t *(*note)(const struct vectors *v);
	void (*release)(struct vectors *v); /* takes back what is not finished */
};

extern const struct vectors_ops vectors_geopackage, vectors_geojson, vectors_postgis;

/* The entry of the layer that is being written. */
static inline struct vectors_written *vectors_last(struct vectors *v)
{
	return &v->written[v->written_nr - 1];
}

/* fsync; IO. */
int vectors_sync(const char *path, struct error *e);

/* IO that names the layer, where rows read back are not those that were added. */
int vectors_check_rows(const struct vectors_written *w, int64_t rows, const char *where,
		       struct error *e);

/* The CRS for GDAL, x before y; to be destroyed.  NULL: e is set, CONFIG. */
OGRSpatialReferenceH vectors_srs(const struct crs *crs, struct error *e);

/* A shape for GDAL; to be destroyed or given away. */
OGRGeometryH vectors_geometry(enum vectors_kind kind, const struct vectors_shape *shape);

/* A time as text: "2024-07-12" of a VECTORS_DATE, "2024-07-12T05:42:13Z" of a VECTORS_DATETIME. */
void vectors_time_text(const struct vectors_value *value, char text[UTC_TEXT]);

#endif
