/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/run_index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/base/file.h"
#include "pipeline/io/result_names.h"
#include "pipeline/io/vectors.h"
#include "pipeline/stage/run_index_rows.h"

#define FILE_NAME  "index.gpkg"
#define STAMP_NAME "ledger/index.postgis"
#define ROWS_NAME  "rows"
#define TABLE_UNIT "index" /* of the tables: theirs is no result's */

/* Left out results that are told by name. */
#define TOLD_MAX 20

/* While others publish results the index is behind; they will make it themselves when they end. */
#define TRIES 3

static const char *const folders[] = { "observations", "mosaics", "changes" };

#define FOLDERS (sizeof(folders) / sizeof(folders[0]))

/* What is made. */
struct making {
	const char *dir;
	const char *where; /* "PG:..."; NULL: a GeoPackage */
	bool overwrite;
	const struct log *log;
	char *mark; /* the file whose time says of when the index is; the GeoPackage is its own */
	struct stage stage;
};

/* --- of when is it? --- */

static bool is_after(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

/* When a result last came or went: all do by a rename in these folders. */
static struct timespec last_change(const char *dir)
{
	struct timespec last = { 0 };
	struct stat st;

	for (size_t i = 0; i < FOLDERS; i++) {
		char *path = path_join(dir, folders[i]);

		if (path && !stat(path, &st) && is_after(&st.st_mtim, &last))
			last = st.st_mtim;
		free(path);
	}
	return last;
}

static bool is_current(const struct making *m)
{
	struct timespec last = last_change(m->dir);
	struct stat st;

	return !stat(m->mark, &st) && S_ISREG(st.st_mode) && !is_after(&last, &st.st_mtim) &&
	       !is_after(&st.st_mtim, &last);
}

static int set_time(const char *path, struct timespec time)
{
	const struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, time };

	return utimensat(AT_FDCWD, path, times, 0);
}

/* --- rows --- */

/* What is wrong with one result only. */
static bool is_its_own(enum error_code code)
{
	return code == ERROR_DATA || code == ERROR_NOINPUT || code == ERROR_PERMISSION;
}

static int add_folder(const struct making *m, struct index_rows *rows, const char *folder,
		      struct error *e)
{
	struct result_names names = { 0 };
	char *path = path_join(m->dir, folder);
	int ret = path ? result_names_list(&names, path, e) : error_nomem(e, folder);

	for (size_t i = 0; !ret && i < names.nr; i++) {
		char *inner = path_join(folder, names.name[i]);

		ret = inner ? index_rows_add(rows, m->dir, inner, e) : error_nomem(e, folder);
		free(inner);
		if (!ret || !is_its_own(e->code))
			continue;
		ret = 0;
		if (rows->left_out++ < TOLD_MAX)
			log_event(m->log, LOG_WARNING, CODE_WARNING_CATALOG, "not in the index: %s",
				  e->text);
	}
	result_names_release(&names);
	free(path);
	return ret;
}

static int gather(const struct making *m, struct index_rows *rows, struct error *e)
{
	for (size_t i = 0; i < FOLDERS; i++)
		if (add_folder(m, rows, folders[i], e))
			return -1;
	if (rows->left_out > TOLD_MAX)
		log_event(m->log, LOG_WARNING, CODE_WARNING_CATALOG,
			  "not in the index: %zu results more", rows->left_out - TOLD_MAX);
	return 0;
}

/* --- targets --- */

static int write_set(struct index_rows *rows, const struct vectors_spec *spec, struct error *e)
{
	struct vectors *v = NULL;
	int ret =
		vectors_create(&v, spec, e) || index_rows_write(rows, v, e) || vectors_finish(v, e)
			? -1
			: 0;

	vectors_free(v);
	return ret;
}

static bool is_same(const char *a, const char *b)
{
	char hex[2][SHA256_HEX];
	struct error ignored;
	uint64_t size[2];

	return !file_size(a, &size[0], &ignored) && !file_size(b, &size[1], &ignored) &&
	       size[0] == size[1] && !file_sha256(a, hex[0], &ignored) &&
	       !file_sha256(b, hex[1], &ignored) && !strcmp(hex[0], hex[1]);
}

/* Put a file of the stage in the mark's place, as of this time. */
static int publish(const struct making *m, const char *path, struct timespec time, struct error *e)
{
	if (set_time(path, time))
		return error_errno(e, errno, "cannot write %s", m->mark);
	if (is_same(path, m->mark) && !set_time(m->mark, time))
		return 0;
	if (rename(path, m->stage.target))
		return error_create(e, errno, "cannot replace %s", m->mark);
	return 0;
}

static int write_geopackage(const struct making *m, struct index_rows *rows, struct timespec time,
			    struct error *e)
{
	static const struct crs lonlat = { "EPSG:4326" };
	char *path = path_join(m->stage.path, FILE_NAME);
	const struct vectors_spec spec = {
		.target = VECTORS_GEOPACKAGE, .where = path, .crs = &lonlat, .time = rows->newest
	};
	int ret;

	if (!path)
		return error_nomem(e, FILE_NAME);
	ret = write_set(rows, &spec, e);
	if (!ret)
		ret = publish(m, path, time, e);
	free(path);
	return ret;
}

/* "lakes_" for the output folder /srv/lakes, however it was named; to be freed. */
static char *table_prefix(const char *dir, struct error *e)
{
	char *whole = realpath(dir, NULL), *prefix = NULL;

	if (!whole)
		error_errno(e, errno, "cannot open %s", dir);
	else if (asprintf(&prefix, "%s_", path_name(whole)) < 0)
		prefix = NULL;
	if (whole && !prefix)
		error_nomem(e, dir);
	free(whole);
	return prefix;
}

static int write_tables(const struct making *m, struct index_rows *rows, struct error *e)
{
	static const struct crs lonlat = { "EPSG:4326" };
	char *prefix = table_prefix(m->dir, e);
	const struct vectors_spec spec = { .target = VECTORS_POSTGIS,
					   .where = m->where,
					   .crs = &lonlat,
					   .time = rows->newest,
					   .prefix = prefix,
					   .unit = TABLE_UNIT,
					   .overwrite = m->overwrite };
	int ret = prefix ? write_set(rows, &spec, e) : -1;

	free(prefix);
	return ret;
}

/* The tables, then the empty file that says of when they are. */
static int write_postgis(const struct making *m, struct index_rows *rows, struct timespec time,
			 struct error *e)
{
	char *path = path_join(m->stage.path, "mark");
	int ret;

	if (!path)
		return error_nomem(e, STAMP_NAME);
	ret = write_tables(m, rows, e);
	if (!ret)
		ret = file_write(path, "", 0, e);
	if (!ret)
		ret = publish(m, path, time, e);
	free(path);
	return ret;
}

/* --- the index --- */

/* In an open stage. */
static int write_rows(const struct making *m, struct error *e)
{
	/* Before the names are read: what comes after that makes the index one of yesterday. */
	struct timespec time = last_change(m->dir);
	char *path = path_join(m->stage.path, ROWS_NAME);
	struct index_rows rows = { 0 };
	int ret = -1;

	if (!path)
		return error_nomem(e, ROWS_NAME);
	rows.file = fopen(path, "w+e");
	if (!rows.file)
		error_create(e, errno, "cannot create %s", path);
	else if (!gather(m, &rows, e))
		ret = m->where ? write_postgis(m, &rows, time, e)
			       : write_geopackage(m, &rows, time, e);
	if (rows.file)
		fclose(rows.file);
	free(path);
	return ret;
}

static int make(struct making *m, struct error *e)
{
	int ret = stage_open(&m->stage, m->mark, e) || write_rows(m, e) ? -1 : 0;

	stage_release(&m->stage);
	return ret;
}

int run_index(const char *dir, const char *index, bool overwrite, const struct log *log,
	      struct error *e)
{
	bool database = vectors_names_postgis(index);
	struct making m = {
		.dir = dir, .where = database ? index : NULL, .overwrite = overwrite, .log = log
	};
	int ret = 0;

	if (!strcmp(index, "none"))
		return 0;
	if (!database && strcmp(index, "gpkg") != 0)
		return error_set(e, ERROR_CONFIG,
				 "index wants none, gpkg or PG: and a connection, not '%s'", index);
	m.mark = path_join(dir, database ? STAMP_NAME : FILE_NAME);
	if (!m.mark)
		return error_nomem(e, dir);
	for (int i = 0; !ret && i < TRIES && !is_current(&m); i++)
		ret = make(&m, e);
	free(m.mark);
	return ret;
}
