/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/catalog_check.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "pipeline/base/file.h"
#include "pipeline/io/catalog_internal.h"

#define CATALOG_MAX ((size_t)1 << 30) /* bytes of a file: a million items */

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* --- addresses --- */

static int digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : (tolower((unsigned char)c) - 'a') + 10;
}

/* A relative address as a path below a folder: without "./" before it and with what "%20" stands for.  To be freed. */
static char *plain_path(const char *href)
{
	char *path = strdup(strncmp(href, "./", 2) ? href : href + 2), *to = path;

	for (const char *s = path; s && *s; s++) {
		bool coded = s[0] == '%' && isxdigit((unsigned char)s[1]) &&
			     isxdigit((unsigned char)s[2]);

		*to++ = coded ? (char)(digit(s[1]) * 16 + digit(s[2])) : *s;
		s += coded ? 2 : 0;
	}
	if (path)
		*to = 0;
	return path;
}

static bool is_elsewhere(const char *href)
{
	return strstr(href, "://") != NULL;
}

/* Does a relative address lead from a folder to a file? */
static bool leads(const char *folder, const char *href)
{
	char *plain = plain_path(href), *path = plain ? path_join(folder, plain) : NULL;
	struct stat st;
	bool is = plain && plain[0] && path && !stat(path, &st) && S_ISREG(st.st_mode);

	free(path);
	free(plain);
	return is;
}

/* The result that the address of an item leads to, to be freed; "" if it is no such address. */
static char *result_of(const char *href)
{
	static const char ending[] = "/item.json";
	char *path = plain_path(href);
	size_t n = path ? strlen(path) : 0, k = sizeof(ending) - 1;

	if (!path)
		return NULL;
	if (n > k && !strcmp(path + n - k, ending) && !memchr(path, '/', n - k))
		path[n - k] = 0;
	else
		path[0] = 0;
	return path;
}

/* --- a file --- */

struct file {
	char *folder; /* that it is in */
	json_t *root;
	struct findings *f;
};

static void file_release(struct file *file)
{
	free(file->folder);
	json_decref(file->root);
}

/* Read it; without a root it is one that cannot be read, which is named. */
static int file_load(struct file *file, const char *dir, const char *folder, const char *name,
		     const char *type, struct findings *f, struct error *e)
{
	char *path, *text = NULL;
	struct error why = { 0 };
	size_t size;

	*file = (struct file){ .folder = folder ? path_join(dir, folder) : strdup(dir), .f = f };
	path = file->folder ? path_join(file->folder, name) : NULL;
	if (!path)
		return error_nomem(e, name);
	if (file_read(path, CATALOG_MAX, &text, &size, &why)) {
		findings_add(f, "%s",
			     why.code == ERROR_NOINPUT ? "it is missing: the next run writes it"
						       : why.text);
	} else {
		file->root = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
		if (!json_is_object(file->root) || strcmp(text_of(file->root, "type"), type) != 0) {
			findings_add(f, "it is no %s of STAC", type);
			json_decref(file->root);
			file->root = NULL;
		}
	}
	free(text);
	free(path);
	if (why.code == ERROR_BUG) {
		*e = why;
		return -1;
	}
	return 0;
}

/* All that are not of items lead to a file, or elsewhere. */
static void check_links(const struct file *file)
{
	const json_t *links = json_object_get(file->root, "links"), *link;
	size_t i;

	if (!json_is_array(links))
		findings_add(file->f, "it has no links");
	json_array_foreach(links, i, link)
	{
		const char *rel = text_of(link, "rel"), *href = text_of(link, "href");

		if (!rel[0] || !href[0])
			findings_add(file->f, "link %zu has no relation or no address", i);
		else if (strcmp(rel, "item") != 0 && !is_elsewhere(href) &&
			 !leads(file->folder, href))
			findings_add(file->f, "its link to %s leads to no file", href);
	}
}

static void check_assets(const struct file *file, const json_t *owner)
{
	json_t *assets = json_object_get(owner, "assets");

	for (void *i = json_object_iter(assets); i; i = json_object_iter_next(assets, i)) {
		const char *href = text_of(json_object_iter_value(i), "href");

		if (!leads(file->folder, href))
			findings_add(file->f, "its asset %s leads to no file", href);
	}
}

/* --- catalog.json --- */

static bool is_linked(const json_t *links, const char *folder)
{
	char *wanted = catalog_href("./", folder, "/" CATALOG_COLLECTION);
	const json_t *link;
	bool found = false;
	size_t i;

	json_array_foreach(links, i, link) found |= wanted &&
						    !strcmp(text_of(link, "rel"), "child") &&
						    !strcmp(text_of(link, "href"), wanted);
	free(wanted);
	return found;
}

int catalog_check_root(const char *dir, const struct catalog_folder *folders, size_t nr,
		       struct findings *f, struct error *e)
{
	struct file file;
	int ret = file_load(&file, dir, NULL, CATALOG_JSON, "Catalog", f, e);

	if (!ret && file.root) {
		check_links(&file);
		for (size_t i = 0; i < nr; i++)
			if (folders[i].nr &&
			    !is_linked(json_object_get(file.root, "links"), folders[i].folder))
				findings_add(f, "it does not link to %s", folders[i].folder);
	}
	file_release(&file);
	return ret ? -1 : findings_check(f, e);
}

/* --- results --- */

/* An object: name -> how often it was linked. */
static json_t *count_none(const struct catalog_folder *folder)
{
	json_t *counts = json_object();

	for (size_t i = 0; i < folder->nr; i++)
		/* A name that is not UTF-8 can be in no catalogue, and is not missed there. */
		json_object_set_new(counts, folder->name[i], json_integer(0));
	return counts;
}

/* Count a link to a result; -1 without memory. */
static int count_link(json_t *counts, const char *href, struct findings *f)
{
	char *name = result_of(href);
	json_t *count;

	if (!name)
		return -1;
	count = json_object_get(counts, name);
	if (count)
		json_integer_set(count, json_integer_value(count) + 1);
	else
		findings_add(f, "its link to %s leads to no result", href);
	free(name);
	return 0;
}

static void check_counts(json_t *counts, struct findings *f)
{
	for (void *i = json_object_iter(counts); i; i = json_object_iter_next(counts, i)) {
		json_int_t n = json_integer_value(json_object_iter_value(i));

		if (n != 1)
			findings_add(f, "the result %s %s", json_object_iter_key(i),
				     n ? "is linked more than once"
				       : "is not linked: the next run does it");
	}
}

int catalog_check_collection(const char *dir, const struct catalog_folder *folder,
			     struct findings *f, struct error *e)
{
	json_t *counts = count_none(folder);
	const json_t *link;
	struct file file;
	size_t i;
	int ret = file_load(&file, dir, folder->folder, CATALOG_COLLECTION, "Collection", f, e);

	if (!ret && !counts)
		ret = error_nomem(e, CATALOG_COLLECTION);
	if (!ret && file.root) {
		check_links(&file);
		json_array_foreach(json_object_get(file.root, "links"), i, link)
		{
			if (!strcmp(text_of(link, "rel"), "item") &&
			    count_link(counts, text_of(link, "href"), f))
				f->lost = true;
		}
		check_counts(counts, f);
		check_assets(&file, file.root);
	}
	file_release(&file);
	json_decref(counts);
	return ret ? -1 : findings_check(f, e);
}

/* --- items.json --- */

static const char *canonical(const json_t *feature)
{
	const json_t *link;
	size_t i;

	json_array_foreach(
		json_object_get(feature, "links"), i,
		link) if (!strcmp(text_of(link, "rel"), "canonical")) return text_of(link, "href");
	return "";
}

int catalog_check_items(const char *dir, const struct catalog_folder *folder, struct findings *f,
			struct error *e)
{
	json_t *counts = count_none(folder);
	const json_t *feature;
	struct file file;
	size_t i;
	int ret = file_load(&file, dir, folder->folder, CATALOG_ITEMS, "FeatureCollection", f, e);

	if (!ret && !counts)
		ret = error_nomem(e, CATALOG_ITEMS);
	json_array_foreach(ret ? NULL : json_object_get(file.root, "features"), i, feature)
	{
		f->lost |= count_link(counts, canonical(feature), f) != 0;
		check_assets(&file, feature);
	}
	file_release(&file);
	json_decref(counts);
	return ret ? -1 : findings_check(f, e);
}
