/* SPDX-License-Identifier: Apache-2.0
 *
 * remote_stage.c - all files of a remote product, into a local folder.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cpl_vsi.h>

#include "pipeline/base/file.h"
#include "pipeline/io/facts.h"
#include "pipeline/io/folder.h"
#include "pipeline/io/gdal.h"
#include "pipeline/io/mtl_internal.h"
#include "pipeline/io/remote.h"
#include "pipeline/io/sentinel2.h"
#include "pipeline/io/xml_read.h"

#define DEPTH_MAX 6

/* Names below a remote folder, relative to it, and what they weigh together as far as is known. */
struct list {
	char **names;
	size_t names_nr, room;
	uint64_t bytes;
};

/* A product on its way. */
struct transfer {
	char *vsi;   /* remote folder, GDAL's spelling, without a slash at its end */
	char *local; /* local folder */
	struct list list;
};

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), k = strlen(end);

	return n >= k && !strcasecmp(name + n - k, end);
}

/* What no reader of products opens. */
static bool is_useless(const char *name)
{
	static const char *const folders[] = { "HTML/", "rep_info/", "AUX_DATA/", "DATASTRIP/" };
	static const char *const ends[] = { ".jpg",	   ".jpeg",	   ".png",
					    ".html",	   ".xsd",	   "_TCI.jp2",
					    "_PVI.jp2",	   "_TCI_10m.jp2", "_TCI_20m.jp2",
					    "_TCI_60m.jp2" };

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (!strncmp(name, folders[i], strlen(folders[i])))
			return true;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (ends_with(name, ends[i]))
			return true;
	return false;
}

/* True for "GRANULE/x/MTD_TL.xml": plain names, not too deep. */
static bool is_relative(const char *name)
{
	char part[200];
	int depth = 0;

	for (const char *at = name;; at++) {
		size_t n = strcspn(at, "/");

		if (n >= sizeof(part) || ++depth > DEPTH_MAX)
			return false;
		snprintf(part, sizeof(part), "%.*s", (int)n, at);
		if (!facts_plain_name(part))
			return false;
		at += n;
		if (!*at)
			return true;
	}
}

/* --- the list --- */

static int list_add(struct list *l, const char *name, uint64_t bytes, struct error *e)
{
	if (!is_relative(name) || is_useless(name))
		return 0;
	for (size_t i = 0; i < l->names_nr; i++)
		if (!strcmp(l->names[i], name))
			return 0;
	if (l->names_nr == FOLDER_NAMES_MAX)
		return error_set(e, ERROR_DATA, "more than %d files: not a product",
				 FOLDER_NAMES_MAX);
	if (l->names_nr == l->room) {
		size_t room = l->room ? 2 * l->room : 64;
		char **more = realloc(l->names, room * sizeof(*more));

		if (!more)
			return error_nomem(e, "a list of files");
		l->names = more;
		l->room = room;
	}
	l->names[l->names_nr] = strdup(name);
	if (!l->names[l->names_nr])
		return error_nomem(e, "a list of files");
	l->names_nr++;
	l->bytes += bytes;
	return 0;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What the server lists below the folder; nothing if it lists nothing. */
static int list_remote(struct transfer *t, struct error *e)
{
	const VSIDIREntry *entry;
	struct gdal_errors c;
	struct error ignored;
	VSIDIR *dir;
	int ret = 0;

	gdal_begin(&c);
	dir = VSIOpenDir(t->vsi, DEPTH_MAX, NULL);
	while (!ret && dir && (entry = VSIGetNextDirEntry(dir)))
		if (!VSI_ISDIR(entry->nMode))
			ret = list_add(&t->list, entry->pszName, entry->nSize, e);
	if (dir)
		VSICloseDir(dir);
	/* A server without an index is no error: the metadata names the files. */
	gdal_end(&c, &ignored, ERROR_UNAVAILABLE, "cannot list %s", t->vsi);
	return ret;
}

static int list_landsat(struct transfer *t, const char *path, struct error *e)
{
	struct mtl *m = NULL;
	int ret = mtl_read(&m, path, e);

	for (size_t i = 0; !ret && i < m->entries_nr; i++)
		if (!strncmp(m->entries[i].key, "FILE_NAME_", 10) &&
		    !strncmp(m->entries[i].group, "PRODUCT_", 8) &&
		    ends_with(m->entries[i].value, ".TIF"))
			ret = list_add(&t->list, m->entries[i].value, 0, e);
	mtl_free(m);
	return ret;
}

static int list_manifest_below(struct transfer *t, CPLXMLNode *node, int depth, struct error *e)
{
	int ret = 0;

	for (CPLXMLNode *n = node; !ret && n && depth < 64; n = n->psNext) {
		const char *href = NULL;

		if (n->eType == CXT_Element && !strcmp(n->pszValue, "fileLocation"))
			href = CPLGetXMLValue(n, "href", NULL);
		if (href)
			ret = list_add(&t->list, href + (strncmp(href, "./", 2) ? 0 : 2), 0, e);
		if (!ret && n->eType == CXT_Element)
			ret = list_manifest_below(t, n->psChild, depth + 1, e);
	}
	return ret;
}

static int list_manifest(struct transfer *t, const char *path, struct error *e)
{
	CPLXMLNode *tree = xml_read(path, SENTINEL2_XML_BYTES_MAX, e);
	int ret = tree ? list_manifest_below(t, tree, 0, e) : -1;

	xml_free(tree);
	return ret;
}

/* --- files --- */

/* Make the folders of a relative name below the local folder. */
static int make_parents(const struct transfer *t, const char *name, struct error *e)
{
	for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
		char *path;
		int ret = 0;

		if (asprintf(&path, "%s/%.*s", t->local, (int)(slash - name), name) < 0)
			return error_nomem(e, "a path");
		if (mkdir(path, 0700) && errno != EEXIST)
			ret = error_create(e, errno, "cannot create %s", path);
		free(path);
		if (ret)
			return -1;
	}
	return 0;
}

static int fetch_name(const struct transfer *t, const char *name, struct error *e)
{
	char *from = NULL, *to = NULL;
	int ret = -1;

	if (asprintf(&from, "%s/%s", t->vsi, name) < 0)
		from = NULL;
	to = path_join(t->local, name);
	if (!from || !to)
		error_nomem(e, "a path");
	else if (!make_parents(t, name, e))
		ret = remote_fetch(from, to, e);
	free(from);
	free(to);
	return ret;
}

static int check_room(const struct transfer *t, struct error *e)
{
	struct statvfs disk;

	if (t->list.bytes > REMOTE_PRODUCT_BYTES_MAX)
		return error_set(e, ERROR_DATA, "%s: %llu MiB are more than a product may have",
				 t->vsi, (unsigned long long)t->list.bytes >> 20);
	if (statvfs(t->local, &disk))
		return error_errno(e, errno, "cannot see the room in %s", t->local);
	if (t->list.bytes > (uint64_t)disk.f_bavail * disk.f_frsize)
		return error_set(e, ERROR_CONFIG,
				 "%s: %llu MiB do not fit into the folder of --stage", t->vsi,
				 (unsigned long long)t->list.bytes >> 20);
	return 0;
}

/* listed: the server said that they are there; else a file may be absent. */
static int fetch_all(struct transfer *t, bool listed, struct error *e)
{
	if (check_room(t, e))
		return -1;
	if (t->list.names_nr)
		qsort(t->list.names, t->list.names_nr, sizeof(*t->list.names), by_bytes);
	for (size_t i = 0; i < t->list.names_nr; i++)
		if (fetch_name(t, t->list.names[i], e) && (listed || e->code != ERROR_NOINPUT))
			return -1;
	*e = (struct error){ 0 };
	return 0;
}

/* --- products --- */

/* Metadata to try where nothing is listed, and who knows the other files by it. */
struct guess {
	const char *name; /* NULL: "<folder's name>_MTL.txt" */
	int (*list)(struct transfer *t, const char *path, struct error *e);
};

static const struct guess guesses[] = {
	{ NULL, list_landsat },
	{ "manifest.safe", list_manifest },
};

/* Fetch a folder whose server lists nothing; metadata: a name that the user gave, or NULL. */
static int fetch_by_metadata(struct transfer *t, const char *metadata, struct error *e)
{
	for (size_t i = 0; i < sizeof(guesses) / sizeof(guesses[0]); i++) {
		const char *name = guesses[i].name;
		char own[220], *path;
		int ret;

		snprintf(own, sizeof(own), "%.200s_MTL.txt", path_name(t->local));
		if (!name)
			name = metadata && guesses[i].list == list_landsat ? metadata : own;
		if (!name || fetch_name(t, name, e)) {
			if (e->code != ERROR_NOINPUT)
				return -1;
			continue;
		}
		path = path_join(t->local, name);
		ret = path ? guesses[i].list(t, path, e) : error_nomem(e, "a path");
		free(path);
		return ret ? ret : fetch_all(t, false, e);
	}
	return error_set(e, ERROR_NOINPUT,
			 "cannot fetch %s: the server lists no files, and has no "
			 "%.200s_MTL.txt or manifest.safe there: name the metadata file or an "
			 "archive",
			 t->vsi, path_name(t->local));
}

static int fetch_folder(struct transfer *t, const char *metadata, struct error *e)
{
	if (mkdir(t->local, 0700))
		return error_create(e, errno, "cannot create %s", t->local);
	if (list_remote(t, e))
		return -1;
	if (t->list.names_nr)
		return fetch_all(t, true, e);
	return fetch_by_metadata(t, metadata && ends_with(metadata, "_MTL.txt") ? metadata : NULL,
				 e);
}

static bool is_metadata(const char *name)
{
	return ends_with(name, "_MTL.txt") || ends_with(name, "_MTL.xml") ||
	       ends_with(name, "_MTL.json") || sentinel2_is_metadata(name);
}

static bool is_single_file(const char *name)
{
	static const char *const ends[] = { ".tar",    ".tar.gz",  ".tgz", ".tar.bz2",
					    ".tar.xz", ".tar.zst", ".zip", ".json" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (ends_with(name, ends[i]))
			return true;
	return false;
}

/* Cut the last part off a path; it is returned, NULL if there is none that is a plain name. */
static char *split_last(char *path)
{
	char *slash = strrchr(path, '/');

	while (slash && !slash[1] && slash > path) {
		*slash = '\0';
		slash = strrchr(path, '/');
	}
	if (!slash || !facts_plain_name(slash + 1))
		return NULL;
	*slash = '\0';
	return slash + 1;
}

/* True of ".../collections/NAME/items": what lies there is an Item as an API gives it, without ".json". */
static bool is_items(const char *vsi)
{
	static const char middle[] = "/collections/", end[] = "/items";
	size_t n = strlen(vsi);
	const char *at = strstr(vsi, middle), *more;

	while (at && (more = strstr(at + 1, middle)))
		at = more;
	return at && ends_with(vsi, end) && at + strlen(middle) < vsi + n - strlen(end) &&
	       strchr(at + strlen(middle), '/') == vsi + n - strlen(end);
}

static int fetch_item(const struct transfer *t, char **local, const char *name, const char *folder,
		      struct error *e)
{
	char *from;
	int ret;

	if (asprintf(local, "%s/%s.json", folder, name) < 0) {
		*local = NULL;
		return error_nomem(e, "a path");
	}
	if (asprintf(&from, "%s/%s", t->vsi, name) < 0)
		return error_nomem(e, "a path");
	ret = remote_fetch(from, *local, e);
	free(from);
	return ret;
}

static int stage(struct transfer *t, char **local, char *last, const char *folder, struct error *e)
{
	char *metadata = NULL;
	int ret;

	if (is_items(t->vsi) && !is_single_file(last))
		return fetch_item(t, local, last, folder, e);
	if (is_single_file(last) && !is_metadata(last)) {
		t->local = strdup(folder);
		*local = path_join(folder, last);
		return t->local && *local ? fetch_name(t, last, e) : error_nomem(e, "a path");
	}
	if (is_metadata(last)) {
		metadata = last;
		last = split_last(t->vsi);
		if (!last)
			last = metadata;
		else
			last[-1] = '/';
	} else {
		last[-1] = '/';
	}
	t->local = path_join(folder, last == metadata ? "product" : last);
	if (!t->local)
		return error_nomem(e, "a path");
	ret = fetch_folder(t, metadata, e);
	*local = metadata ? path_join(t->local, metadata) : strdup(t->local);
	return ret || *local ? ret : error_nomem(e, "a path");
}

int remote_stage(char **local, const char *path, const char *folder, struct error *e)
{
	struct transfer t = { .vsi = remote_vsi(path) };
	char *last = t.vsi ? split_last(t.vsi) : NULL;
	int ret;

	*local = NULL;
	if (last)
		ret = stage(&t, local, last, folder, e);
	else
		ret = error_set(e, ERROR_DATA, "%s does not end with a plain name", path);
	for (size_t i = 0; i < t.list.names_nr; i++)
		free(t.list.names[i]);
	free(t.list.names);
	free(t.local);
	free(t.vsi);
	if (ret) {
		free(*local);
		*local = NULL;
	}
	return ret;
}
