/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/catalog.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/base/file.h"
#include "pipeline/io/catalog_internal.h"
#include "pipeline/io/result_names.h"

/* Digits of a number: the shortest text of what was typed in or rounded before. */
#define FORM JSON_REAL_PRECISION(15)

/* --- files --- */

static bool is_same(const char *path, const char *text, size_t size)
{
	char there[SHA256_HEX], wanted[SHA256_HEX];
	struct error dropped;
	uint64_t bytes;

	if (file_size(path, &bytes, &dropped) || bytes != size ||
	    file_sha256(path, there, &dropped))
		return false;
	memory_sha256(text, size, wanted);
	return !strcmp(there, wanted);
}

static int publish(const char *folder, const char *name, const char *text, size_t size,
		   struct error *e)
{
	char *path = path_join(folder, name);
	int ret;

	if (!path)
		return error_nomem(e, name);
	ret = is_same(path, text, size) ? 0 : file_replace(path, text, size, e);
	free(path);
	return ret;
}

/* Takes the reference; NULL is no memory. */
static int publish_json(const char *folder, const char *name, json_t *root, struct error *e)
{
	char *text = root ? json_dumps(root, JSON_INDENT(2) | FORM) : NULL;
	size_t length = text ? strlen(text) : 0;
	int ret;

	json_decref(root);
	if (!text)
		return error_nomem(e, name);
	text[length] = '\n'; /* in place of the end: a size is taken */
	ret = publish(folder, name, text, length + 1, e);
	free(text);
	return ret;
}

static int withdraw(const char *folder, const char *name, struct error *e)
{
	char *path = path_join(folder, name);
	int ret = 0;

	if (!path)
		return error_nomem(e, name);
	if (unlink(path) && errno != ENOENT && errno != ENOTDIR)
		ret = error_create(e, errno, "cannot remove %s", path);
	free(path);
	return ret;
}

/* --- a collection --- */

/* What goes into a folder's files. */
struct work {
	char *folder;
	struct result_names names;
	struct collection collection;
	FILE *items; /* items.json as it grows */
	char *text;
	size_t size;
};

static void work_release(struct work *w)
{
	if (w->items)
		fclose(w->items);
	free(w->text);
	collection_release(&w->collection);
	result_names_release(&w->names);
	free(w->folder);
}

static int work_open(struct work *w, const char *dir, const struct catalog_child *child,
		     struct error *e)
{
	*w = (struct work){ .folder = path_join(dir, child->folder) };
	if (collection_init(&w->collection, child) || !w->folder)
		return error_nomem(e, child->folder);
	return result_names_list(&w->names, w->folder, e);
}

static void leave_out(struct catalog_report *report, const struct error *why)
{
	if (report->skipped < CATALOG_TEXTS)
		report->text[report->skipped] = strdup(why->text);
	report->skipped++;
}

/* What is wrong with one result only, so that the others need not wait for it. */
static bool is_its_own(enum error_code code)
{
	return code == ERROR_DATA || code == ERROR_NOINPUT || code == ERROR_PERMISSION;
}

static int list_item(struct work *w, const struct result *r, const char *name)
{
	bool first = !w->collection.has_items_json;
	json_t *feature = collection_feature(&w->collection, r, name);
	int bad = !feature ||
		  fputs(first ? "{\"type\":\"FeatureCollection\",\"features\":[\n" : ",\n",
			w->items) < 0 ||
		  json_dumpf(feature, w->items, JSON_COMPACT | FORM);

	w->collection.has_items_json = true;
	json_decref(feature);
	return bad ? -1 : 0;
}

/* NULL with e set, or with the report filled and e->code ERROR_NONE. */
static struct result *open_result(const struct work *w, const char *name,
				  struct catalog_report *report, struct error *e)
{
	char *path = path_join(w->folder, name);
	struct result *r = NULL;
	int bad;

	if (!path) {
		error_nomem(e, name);
		return NULL;
	}
	bad = result_open(&r, path, e) || collection_check(r, e);
	free(path);
	if (!bad)
		return r;
	result_free(r);
	if (is_its_own(e->code)) {
		leave_out(report, e);
		*e = (struct error){ 0 };
	}
	return NULL;
}

static int add_results(struct work *w, struct catalog_report *report, struct error *e)
{
	for (size_t i = 0; i < w->names.nr; i++) {
		const char *name = w->names.name[i];
		struct result *r = open_result(w, name, report, e);
		int bad;

		if (!r && e->code)
			return -1;
		if (!r)
			continue;
		bad = collection_add(&w->collection, r, name) ||
		      (collection_lists(r) && list_item(w, r, name));
		result_free(r);
		if (bad)
			return error_nomem(e, "a catalogue");
		report->items++;
	}
	return 0;
}

/* Ends w->items. */
static int end_items(struct work *w, struct error *e)
{
	bool bad = fputs("\n]}\n", w->items) < 0 || ferror(w->items);

	bad |= fclose(w->items) != 0;
	w->items = NULL;
	return bad ? error_nomem(e, CATALOG_ITEMS) : 0;
}

/* What has no reader any more goes last. */
static int publish_collection(struct work *w, const struct sources *all, struct error *e)
{
	bool listed = w->collection.has_items_json;

	if (end_items(w, e) || (listed && publish(w->folder, CATALOG_ITEMS, w->text, w->size, e)) ||
	    publish_json(w->folder, CATALOG_COLLECTION, collection_json(&w->collection, all), e))
		return -1;
	return listed ? 0 : withdraw(w->folder, CATALOG_ITEMS, e);
}

static json_t *child_link(const struct catalog_child *child)
{
	char *href = catalog_href("./", child->folder, "/" CATALOG_COLLECTION);
	json_t *link = href ? json_pack("{s:s, s:s, s:s, s:s}", "rel", "child", "href", href,
					"type", "application/json", "title", child->title)
			    : NULL;

	free(href);
	return link;
}

/* Write a collection that has results, link to it and join its sources to all. */
static int write_child(const char *dir, const struct catalog_child *child, json_t *links,
		       struct sources *all, struct catalog_report *report, struct error *e)
{
	struct work w;
	int ret = -1;

	if (work_open(&w, dir, child, e))
		goto out;
	w.items = open_memstream(&w.text, &w.size);
	if (!w.items) {
		error_nomem(e, CATALOG_ITEMS);
		goto out;
	}
	if (add_results(&w, report, e))
		goto out;
	ret = 0;
	if (!json_array_size(w.collection.links))
		goto out;
	ret = publish_collection(&w, all, e);
	if (!ret && (json_array_append_new(links, child_link(child)) ||
		     sources_join(all, &w.collection.sources)))
		ret = error_nomem(e, CATALOG_JSON);
out:
	work_release(&w);
	return ret;
}

/* --- the catalogue --- */

static bool is_linked(const json_t *links, const struct catalog_child *child)
{
	char *href = catalog_href("./", child->folder, "/" CATALOG_COLLECTION);
	bool found = !href;

	for (size_t i = 0; i < json_array_size(links) && !found; i++) {
		const json_t *link = json_array_get(links, i);

		found = !strcmp(json_string_value(json_object_get(link, "href")), href);
	}
	free(href);
	return found;
}

/* Files of children that had results and have none now. */
static int withdraw_child(const char *dir, const struct catalog_child *child, struct error *e)
{
	char *folder = path_join(dir, child->folder);
	int ret;

	if (!folder)
		return error_nomem(e, dir);
	ret = withdraw(folder, CATALOG_COLLECTION, e) || withdraw(folder, CATALOG_ITEMS, e) ? -1
											    : 0;
	free(folder);
	return ret;
}

static int write_catalog(const char *dir, const struct catalog_child *children, size_t nr,
			 const json_t *links, struct error *e)
{
	json_t *root =
		json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "type", "Catalog", "stac_version",
			  "1.0.0", "id", "balkhash", "title", "Balkhash", "description",
			  "Maps of water, mosaics and changes made by balkhash.", "links",
			  json_deep_copy(links));
	json_t *first = json_pack("{s:s, s:s, s:s}", "rel", "root", "href", "./" CATALOG_JSON,
				  "type", "application/json");

	if (json_array_insert_new(json_object_get(root, "links"), 0, first)) {
		json_decref(root);
		return error_nomem(e, CATALOG_JSON);
	}
	if (publish_json(dir, CATALOG_JSON, root, e))
		return -1;
	for (size_t i = 0; i < nr; i++)
		if (!is_linked(links, &children[i]) && withdraw_child(dir, &children[i], e))
			return -1;
	return 0;
}

int catalog_write(const char *dir, const struct catalog_child *children, size_t nr,
		  struct catalog_report *report, struct error *e)
{
	json_t *links = json_array();
	struct sources all = { .missions = json_object() };
	struct stat st;
	int ret = -1;

	*report = (struct catalog_report){ 0 };
	*e = (struct error){ 0 };
	if (!links || !all.missions) {
		error_nomem(e, CATALOG_JSON);
		goto out;
	}
	if (stat(dir, &st)) {
		error_errno(e, errno, "cannot open %s", dir);
		goto out;
	}
	for (size_t i = 0; i < nr; i++)
		if (write_child(dir, &children[i], links, &all, report, e))
			goto out;
	ret = write_catalog(dir, children, nr, links, e);
out:
	json_decref(all.missions);
	json_decref(links);
	return ret;
}

void catalog_report_release(struct catalog_report *report)
{
	for (size_t i = 0; i < CATALOG_TEXTS; i++)
		free(report->text[i]);
	*report = (struct catalog_report){ 0 };
}
