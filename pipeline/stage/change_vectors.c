/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/change_tables.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline/base/file.h"
#include "pipeline/space/simplify.h"

#define FILE_NAME "shoreline.gpkg"

/* A vertex that is left out of the lines for drawing lies no further off than this [pixels]. */
#define SIMPLE_PIXELS 0.25

static bool is_written(const struct comparison *c, size_t k)
{
	return c->periods_nr > 2 || !change_tables[k].several;
}

static int write_set(const struct change_content *content, struct vectors *v, struct error *e)
{
	for (size_t k = 0; k < change_tables_nr; k++)
		if (is_written(content->c, k) &&
		    change_tables[k].write(content, v, change_tables[k].name, e))
			return -1;
	return vectors_finish(v, e);
}

/* One set of vectors from its beginning to its end; *note, if asked for, as vectors_note(). */
static int write_target(const struct change_content *content, const struct vectors_spec *spec,
			json_t **note, struct error *e)
{
	struct vectors *v = NULL;
	int ret = vectors_create(&v, spec, e);

	if (!ret)
		ret = write_set(content, v, e);
	if (!ret && note)
		*note = vectors_note(v);
	vectors_free(v);
	return ret;
}

static struct vectors_spec spec_of(const struct comparison *c, enum vectors_target target,
				   const char *where)
{
	return (struct vectors_spec){
		.target = target,
		.where = where,
		.crs = &c->grid.crs,
		.time = change_after(c)->result->time_end,
		.unit = c->unit,
		.overwrite = c->context->options->overwrite || c->context->options->replace,
	};
}

/* --- the database --- */

int change_vectors_options(const struct comparison *c, struct error *e)
{
	const char *vectors = c->context->options->vectors;

	if (!vectors)
		return 0;
	if (!vectors_names_postgis(vectors))
		return error_set(e, ERROR_USAGE,
				 "--vectors wants PG: and a connection to a database");
	return c->wants.shoreline ? 0
				  : error_set(e, ERROR_USAGE,
					      "--vectors wants the layer shoreline among --layers");
}

/* Names of tables begin with that of the result's folder; to be freed. */
static char *table_prefix(const struct comparison *c)
{
	const char *name = path_name(c->context->options->output);
	char *prefix = NULL;

	return asprintf(&prefix, "%.*s_", (int)strcspn(name, "/"), name) < 0 ? NULL : prefix;
}

int change_vectors_check(const struct comparison *c, struct error *e)
{
	struct vectors_spec spec = spec_of(c, VECTORS_POSTGIS, c->context->options->vectors);
	char *prefix;
	int ret;

	if (!spec.where)
		return 0;
	spec.prefix = prefix = table_prefix(c);
	ret = prefix ? vectors_check(&spec, e) : error_nomem(e, "--vectors");
	free(prefix);
	return ret;
}

static int write_database(struct comparison *c, const struct change_content *content,
			  struct error *e)
{
	struct vectors_spec spec = spec_of(c, VECTORS_POSTGIS, c->context->options->vectors);
	char *prefix = table_prefix(c);
	int ret = -1;

	spec.prefix = prefix;
	if (!prefix)
		error_nomem(e, "--vectors");
	else
		ret = write_target(content, &spec, &c->vectors, e);
	free(prefix);
	return ret;
}

/* --- files --- */

static int write_geopackage(struct comparison *c, const struct change_content *content,
			    struct error *e)
{
	char *path = path_join(output_folder(c->output), FILE_NAME);
	const struct vectors_spec spec = spec_of(c, VECTORS_GEOPACKAGE, path);
	int ret = path ? write_target(content, &spec, NULL, e) : error_nomem(e, FILE_NAME);

	free(path);
	return ret ? -1
		   : output_add(c->output, FILE_NAME,
				"Shorelines, transects, polygons of change, areas",
				"application/geopackage+sqlite3", "data", e);
}

static int write_geojson(struct comparison *c, const struct change_content *content,
			 struct error *e)
{
	char *prefix = path_join(output_folder(c->output), "");
	const struct vectors_spec spec = spec_of(c, VECTORS_GEOJSON, prefix);
	int ret = prefix ? write_target(content, &spec, NULL, e) : error_nomem(e, "GeoJSON");

	free(prefix);
	for (size_t k = 0; !ret && k < change_tables_nr; k++) {
		char file[64];

		snprintf(file, sizeof(file), "%s.geojson", change_tables[k].name);
		if (change_tables[k].geometry && is_written(c, k))
			ret = output_add(c->output, file, change_tables[k].title,
					 "application/geo+json", "data", e);
	}
	return ret;
}

static int write_all(struct comparison *c, const struct change_content *content, struct error *e)
{
	if (c->wants.geojson && write_geojson(c, content, e))
		return -1;
	if (!c->wants.shoreline)
		return 0;
	return c->context->options->vectors ? write_database(c, content, e)
					    : write_geopackage(c, content, e);
}

static int simplify(struct change_content *content, struct error *e)
{
	double tolerance = SIMPLE_PIXELS * content->c->grid.dx;

	for (int s = 0; s < AREAS_SIDES; s++)
		if (lines_simplify(&change_side(content->c, s)->shoreline, tolerance,
				   &content->simple[s], e))
			return -1;
	return 0;
}

int change_vectors(struct comparison *c, struct error *e)
{
	struct change_content content = { .c = c };
	int ret = -1;

	if (!c->wants.shoreline && !c->wants.geojson)
		return 0;
	if (!polygons_find(c, &content.polygons, e) && !simplify(&content, e))
		ret = write_all(c, &content, e);
	for (int s = 0; s < AREAS_SIDES; s++)
		lines_release(&content.simple[s]);
	polygons_release(&content.polygons);
	return ret;
}
