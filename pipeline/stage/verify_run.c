/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/verify.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "pipeline/base/file.h"
#include "pipeline/base/file_left.h"
#include "pipeline/base/lease.h"
#include "pipeline/io/catalog_check.h"
#include "pipeline/io/folder.h"

/* Longer than a lease that a configuration is likely to give: what another host touched since then it may be at. */
#define TERM_S 3600

static const char *const folders[] = { "observations", "mosaics", "changes" };
#define FOLDERS (sizeof(folders) / sizeof(folders[0]))

/* The results of a folder. */
struct results {
	char **name, **path;
	size_t nr, room;
};

struct look {
	struct verify *verify;
	const char *dir;
	struct ledger *ledger;
	struct results results[FOLDERS];
	bool at_work;	      /* some unit has a lease */
	struct verdict whole; /* of the folder itself */
};

static bool is_file(const char *path)
{
	struct stat st;

	return !lstat(path, &st) && S_ISREG(st.st_mode);
}

/* "DIR/FOLDER/NAME", of which parts may be NULL; to be freed. */
static char *path_of(const char *dir, const char *folder, const char *name)
{
	char *inner = folder ? path_join(dir, folder) : strdup(dir), *path = NULL;

	if (inner)
		path = name ? path_join(inner, name) : strdup(inner);
	free(inner);
	return path;
}

/* --- what is there --- */

/* Room for one more; what is there stays where it fails. */
static int make_room(struct results *r)
{
	size_t room = r->room ? 2 * r->room : 64;
	char **grown;

	if (r->nr < r->room)
		return 0;
	grown = realloc(r->name, room * sizeof(*grown));
	if (!grown)
		return -1;
	r->name = grown;
	grown = realloc(r->path, room * sizeof(*grown));
	if (!grown)
		return -1;
	r->path = grown;
	r->room = room;
	return 0;
}

static int add_result(struct results *r, const char *name, const char *path)
{
	if (make_room(r))
		return -1;
	r->name[r->nr] = strdup(name);
	r->path[r->nr] = strdup(path);
	if (!r->name[r->nr] || !r->path[r->nr]) {
		free(r->name[r->nr]);
		free(r->path[r->nr]);
		return -1;
	}
	r->nr++;
	return 0;
}

/* Of one thing: `bad` or `unsure` is said of it. */
static void tell(const struct look *l, const char *path, const char *bad, const char *unsure)
{
	struct verdict d = { .path = path };

	if (bad)
		findings_add(&d.bad, "%s", bad);
	if (unsure)
		findings_add(&d.unsure, "%s", unsure);
	verify_report(l->verify, &d);
}

static void look_at_hidden(const struct look *l, const char *folder, const char *name,
			   const char *path)
{
	static const char left[] =
		"left over by a process that was killed: the next run puts it right";
	enum left what = file_left(folder, name);

	if (what == LEFT_BEHIND || (what == LEFT_ELSEWHERE && !l->at_work))
		tell(l, path, left, NULL);
	else if (what == LEFT_ELSEWHERE)
		tell(l, path, NULL, "another host is at it, or has left it");
}

static int look_at_entry(struct look *l, struct results *r, const char *folder, const char *name)
{
	char *path = path_join(folder, name), *item = path ? path_join(path, "item.json") : NULL;
	int ret = item ? 0 : -1;

	if (!ret && name[0] == '.')
		look_at_hidden(l, folder, name, path);
	else if (!ret && r && is_file(item))
		ret = add_result(r, name, path);
	else if (!ret && r && folder_is_folder(path))
		tell(l, path, NULL, "it is no result: it has no item.json");
	free(item);
	free(path);
	return ret;
}

static int is_entry(const struct dirent *d)
{
	return strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
}

/* All in a folder of DIR, or in DIR; its results into r, where that is not NULL.  A folder that is not there has none. */
static int look_into(struct look *l, const char *name, struct results *r, struct error *e)
{
	char *folder = path_of(l->dir, name, NULL);
	struct dirent **entries = NULL;
	int n, ret = 0;

	if (!folder)
		return error_nomem(e, "a path");
	n = scandir(folder, &entries, is_entry, alphasort);
	if (n < 0 && errno != ENOENT) {
		struct verdict d = { .path = folder };

		error_errno(&d.error, errno, "cannot list %s", folder);
		verify_report(l->verify, &d);
	}
	for (int i = 0; i < n; i++) {
		if (!ret && look_at_entry(l, r, folder, entries[i]->d_name))
			ret = error_nomem(e, "a list of results");
		free(entries[i]);
	}
	free(entries);
	free(folder);
	return ret;
}

/* --- beside what was said --- */

/* What the ledger says that it was made, and is not there. */
static int look_for_missing(const struct look *l, struct error *e)
{
	const json_t *said = ledger_folders(l->ledger);

	for (void *i = json_object_iter((json_t *)said); i;
	     i = json_object_iter_next((json_t *)said, i)) {
		const char *name = json_object_iter_key(i);
		char *path = path_of(l->dir, name, NULL),
		     *item = path_of(l->dir, name, "item.json");
		bool there = item && is_file(item);

		if (path && !there && ledger_expects(l->ledger, name))
			tell(l, path, "it is not there, but the ledger says that it was made",
			     NULL);
		free(path);
		free(item);
		if (!path || !item)
			return error_nomem(e, "a path");
	}
	return 0;
}

/* One file of the catalogue, looked at by check(). */
static int look_at_catalog(const struct look *l, const char *folder, const char *name,
			   int (*check)(const char *dir, const struct catalog_folder *folder,
					struct findings *f, struct error *e),
			   const struct catalog_folder *of, struct error *e)
{
	char *path = path_of(l->dir, folder, name);
	struct verdict d = { .path = path };
	int ret = path ? check(l->dir, of, &d.bad, e) : error_nomem(e, "a path");

	if (!ret)
		verify_report(l->verify, &d);
	findings_release(&d.bad);
	free(path);
	return ret;
}

static int check_root(const char *dir, const struct catalog_folder *of, struct findings *f,
		      struct error *e)
{
	return catalog_check_root(dir, of, FOLDERS, f, e);
}

static bool has(const struct look *l, const char *folder, const char *name)
{
	char *path = path_of(l->dir, folder, name);
	bool is = path && is_file(path);

	free(path);
	return is;
}

/* A catalogue of which nothing is there was not written yet. */
static int look_at_catalogs(struct look *l, struct error *e)
{
	struct catalog_folder of[FOLDERS];
	bool any = has(l, NULL, "catalog.json");
	size_t nr = 0;

	for (size_t i = 0; i < FOLDERS; i++) {
		of[i] = (struct catalog_folder){ folders[i], l->results[i].name, l->results[i].nr };
		any |= has(l, folders[i], "collection.json");
		nr += of[i].nr;
	}
	if (!any && nr)
		findings_add(&l->whole.unsure, "it has no catalogue");
	if (!any)
		return 0;
	if (look_at_catalog(l, NULL, "catalog.json", check_root, of, e))
		return -1;
	for (size_t i = 0; i < FOLDERS; i++) {
		if ((of[i].nr || has(l, folders[i], "collection.json")) &&
		    look_at_catalog(l, folders[i], "collection.json", catalog_check_collection,
				    &of[i], e))
			return -1;
		if (has(l, folders[i], "items.json") &&
		    look_at_catalog(l, folders[i], "items.json", catalog_check_items, &of[i], e))
			return -1;
	}
	return 0;
}

/* --- all --- */

static bool is_any_at_work(const struct ledger *ledger)
{
	char *folder = ledger_path(ledger, "leases");
	DIR *dir = folder ? opendir(folder) : NULL;
	const struct dirent *d;
	bool is = false;

	while (dir && !is && (d = readdir(dir)))
		is = d->d_name[0] != '.' && lease_is_held(folder, d->d_name, TERM_S);
	if (dir)
		closedir(dir);
	free(folder);
	return is;
}

static int look(struct look *l, struct error *e)
{
	char *folder = path_join(l->dir, folders[0]);
	struct verify_list list = { .ledger = l->ledger };

	if (!folder)
		return error_nomem(e, "a path");
	list.prefix = strlen(folder) - strlen(folders[0]);
	free(folder);
	l->at_work = is_any_at_work(l->ledger);
	for (size_t i = 0; i < FOLDERS; i++) {
		if (look_into(l, folders[i], &l->results[i], e))
			return -1;
		list.path = l->results[i].path;
		list.nr = l->results[i].nr;
		if (verify_results(l->verify, &list, e))
			return -1;
	}
	if (look_into(l, NULL, NULL, e) || look_into(l, "ledger", NULL, e) ||
	    look_for_missing(l, e))
		return -1;
	if (ledger_broken(l->ledger))
		findings_add(&l->whole.unsure, "%zu line(s) of its ledger cannot be read",
			     ledger_broken(l->ledger));
	if (look_at_catalogs(l, e) || findings_check(&l->whole.unsure, e))
		return -1;
	verify_report(l->verify, &l->whole);
	return 0;
}

int verify_run(struct verify *v, const char *dir, struct error *e)
{
	struct look l = { .verify = v, .dir = dir, .whole.path = dir };
	int ret = ledger_open(&l.ledger, dir, e);

	if (!ret)
		ret = look(&l, e);
	for (size_t i = 0; i < FOLDERS; i++) {
		for (size_t k = 0; k < l.results[i].nr; k++) {
			free(l.results[i].name[k]);
			free(l.results[i].path[k]);
		}
		free(l.results[i].name);
		free(l.results[i].path);
	}
	findings_release(&l.whole.unsure);
	ledger_free(l.ledger);
	return ret;
}
