/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cpl_conv.h>

#include "pipeline/io/gdal.h"
#include "pipeline/io/vectors_postgis.h"

/* The key of the lock that those who write here take in turn: any number, the same for all. */
#define LOCK_KEY "7310594038"

/* --- the transaction --- */

static int check_extension(struct postgis *g, struct error *e)
{
	char *version = NULL, *database = NULL;
	int ret = postgres_ask(g->p, "pg_extension",
			       "SELECT extversion FROM pg_extension WHERE extname = 'postgis'",
			       NULL, &version, e);

	if (!ret && !version) {
		ret = postgres_ask(g->p, "its name", "SELECT current_database()", NULL, &database,
				   e);
		if (!ret)
			ret = error_set(
				e, ERROR_CONFIG,
				"database \"%s\" has no PostGIS: its owner makes it with CREATE "
				"EXTENSION postgis",
				database ? database : "");
	}
	free(version);
	free(database);
	return ret;
}

/* Tables that are ours, of this prefix, one after the other; NULL if there is none. */
#define OURS                                                                                                          \
	"FROM pg_class c, obj_description(c.oid, 'pg_class') AS said "                                                \
	"WHERE c.relkind = 'r' AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) " \
	"AND split_part(said, E'\\n', 2) = '" POSTGIS_COMMENT "' || $1 "

/* A table of this prefix and another unit, if there is one. */
static int check_unit(struct postgis *g, struct error *e)
{
	const char *const parameters[] = { g->prefix, g->unit, NULL };
	char *other = NULL;
	int ret = postgres_ask(g->p, "earlier tables",
			       "SELECT c.relname " OURS "AND split_part(said, E'\\n', 3) <> $2 "
			       "ORDER BY 1 LIMIT 1",
			       parameters, &other, e);

	if (!ret && other && !g->overwrite)
		ret = error_set(e, ERROR_CANTCREATE,
				"table \"%s\" of the database is of another result: --overwrite "
				"replaces it",
				other);
	free(other);
	return ret;
}

static int drop_ours(struct postgis *g, struct error *e)
{
	const char *const parameters[] = { g->prefix, NULL };
	char *table = NULL, *name;
	int ret;

	for (;;) {
		ret = postgres_ask(g->p, "earlier tables",
				   "SELECT c.relname " OURS "ORDER BY 1 LIMIT 1", parameters,
				   &table, e);
		if (ret || !table)
			return ret;
		name = postgres_quote_name(g->p, table, e);
		ret = name ? postgres_runf(g->p, table, e, "DROP TABLE %s", name) : -1;
		free(name);
		free(table);
		if (ret)
			return -1;
	}
}

int postgis_begin(struct postgis *g, struct error *e)
{
	if (check_extension(g, e) ||
	    postgres_run(
		    g->p,
		    "BEGIN; SET LOCAL lock_timeout = '60s'; SELECT pg_advisory_xact_lock(" LOCK_KEY
		    ")",
		    "a transaction", e))
		return -1;
	return check_unit(g, e) ? -1 : drop_ours(g, e);
}

/* --- reference systems --- */

struct reference {
	char code[16]; /* of EPSG, or "" */
	char *wkt, *proj;
};

static void reference_release(struct reference *r)
{
	CPLFree(r->wkt);
	CPLFree(r->proj);
}

static int describe(const struct crs *crs, struct reference *out, struct error *e)
{
	OGRSpatialReferenceH srs = vectors_srs(crs, e);
	const char *authority, *code;
	struct gdal_errors c;

	if (!srs)
		return -1;
	gdal_begin(&c);
	authority = OSRGetAuthorityName(srs, NULL);
	code = OSRGetAuthorityCode(srs, NULL);
	if (authority && code && !strcmp(authority, "EPSG"))
		snprintf(out->code, sizeof(out->code), "%s", code);
	OSRExportToWkt(srs, &out->wkt);
	OSRExportToProj4(srs, &out->proj);
	OSRDestroySpatialReference(srs);
	return gdal_end(&c, e, ERROR_CONFIG, "coordinate reference system \"%s\"", crs->def);
}

/* *srid as text; NULL: there is none. */
static int look_up(struct postgis *g, const struct reference *r, char **srid, struct error *e)
{
	const char *const code[] = { r->code, NULL }, *const wkt[] = { r->wkt, NULL };
	bool coded = r->code[0];

	return postgres_ask(g->p, "spatial_ref_sys",
			    coded ? "SELECT srid FROM spatial_ref_sys WHERE auth_name = 'EPSG' AND "
				    "auth_srid = $1::integer ORDER BY 1 LIMIT 1"
				  : "SELECT srid FROM spatial_ref_sys WHERE srtext = $1 ORDER BY 1 "
				    "LIMIT 1",
			    coded ? code : wkt, srid, e);
}

/* An EPSG code that is not there gets a number of ours too: one row may have been taken out. */
static int insert(struct postgis *g, const struct reference *r, char **srid, struct error *e)
{
	const char *const parameters[] = { r->wkt, r->proj, r->code, NULL };

	if (!postgres_ask(
		    g->p, "spatial_ref_sys",
		    "INSERT INTO spatial_ref_sys (srid, srtext, proj4text, auth_name, auth_srid) "
		    "SELECT coalesce(max(srid), 909999) + 1, $1, $2, CASE WHEN $3 <> '' THEN 'EPSG' "
		    "END, nullif($3, '')::integer FROM spatial_ref_sys WHERE srid BETWEEN 910000 "
		    "AND 998998 RETURNING srid",
		    parameters, srid, e))
		return 0;
	if (e->code == ERROR_PERMISSION)
		error_set(
			e, ERROR_PERMISSION,
			"the database does not have the grid's coordinate system, and this user may "
			"not add it: GRANT INSERT ON spatial_ref_sys allows it");
	return -1;
}

int postgis_find_srid(struct postgis *g, const struct crs *crs, struct error *e)
{
	struct reference r = { 0 };
	char *srid = NULL;
	int ret = describe(crs, &r, e);

	if (!ret)
		ret = look_up(g, &r, &srid, e);
	if (!ret && !srid)
		ret = insert(g, &r, &srid, e);
	if (!ret)
		g->srid = srid ? (int)strtol(srid, NULL, 10) : 0;
	free(srid);
	reference_release(&r);
	return ret;
}

/* --- styles --- */

/* Its columns are QGIS's. */
static const char styles_table[] =
	"CREATE TABLE layer_styles (id serial PRIMARY KEY, f_table_catalog varchar, "
	"f_table_schema varchar, f_table_name varchar, f_geometry_column varchar, stylename text, "
	"styleqml xml, stylesld xml, useasdefault boolean, description text, owner varchar(63) "
	"DEFAULT CURRENT_USER, ui xml, update_time timestamp DEFAULT CURRENT_TIMESTAMP, type varchar)";

static int make_styles_table(struct postgis *g, struct error *e)
{
	char *there = NULL;
	int ret = postgres_ask(g->p, "layer_styles", "SELECT to_regclass('layer_styles')", NULL,
			       &there, e);

	if (!ret && !there)
		ret = postgres_run(g->p, styles_table, "layer_styles", e);
	free(there);
	return ret;
}

/* Styles that a user has added to a table of this name stay. */
static int write_style(struct vectors *v, size_t k, struct error *e)
{
	struct postgis *g = v->state;
	const char *const name[] = { g->table[k], NULL };
	const char *const values[] = { g->table[k], v->written[k].style, v->time, NULL };

	if (postgres_ask(
		    g->p, "layer_styles",
		    "DELETE FROM layer_styles WHERE f_table_catalog = current_database() AND "
		    "f_table_schema = current_schema() AND f_table_name = $1 AND description = "
		    "'balkhash'",
		    name, NULL, e))
		return -1;
	return postgres_ask(
		g->p, "layer_styles",
		"INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, "
		"f_geometry_column, stylename, styleqml, useasdefault, description, update_time) "
		"VALUES (current_database(), current_schema(), $1::text, 'geom', $1::text, XMLPARSE(DOCUMENT $2), "
		"true, 'balkhash', $3::timestamptz AT TIME ZONE 'UTC')",
		values, NULL, e);
}

/* Our styles of tables that are no more. */
static int drop_styles(struct postgis *g, struct error *e)
{
	return postgres_run(
		g->p,
		"DELETE FROM layer_styles WHERE f_table_catalog = current_database() AND "
		"f_table_schema = current_schema() AND description = 'balkhash' AND f_table_name NOT "
		"IN (SELECT tablename FROM pg_tables WHERE schemaname = current_schema())",
		"layer_styles", e);
}

int postgis_write_styles(struct vectors *v, struct error *e)
{
	if (make_styles_table(v->state, e) || drop_styles(v->state, e))
		return -1;
	for (size_t k = 0; k < v->written_nr; k++)
		if (v->written[k].style && write_style(v, k, e))
			return -1;
	return 0;
}
