/* SPDX-License-Identifier: Apache-2.0
 *
 * landsat_files.c - which file of the folder is which band.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "pipeline/io/facts.h"
#include "pipeline/io/landsat_internal.h"

#define TIF ".TIF"

static bool is_tif(const char *name)
{
	size_t n = strlen(name), k = strlen(TIF);

	return n > k && !strcasecmp(name + n - k, TIF);
}

/* True if name is "<anything>_<stem>.TIF" or "<stem>.TIF", in any case. */
static bool ends_like(const char *name, const char *stem)
{
	size_t n = strlen(name), k = strlen(stem), tail = strlen(TIF);

	if (!*stem || !is_tif(name) || n < k + tail || strncasecmp(name + n - tail - k, stem, k))
		return false;
	return n == k + tail || name[n - k - tail - 1] == '_';
}

/* The only image that ends like it; NULL if there is none, or several. */
static const char *only_like(const struct folder *f, const char *stem)
{
	const char *only = NULL;

	for (size_t i = 0; i < f->names_nr; i++) {
		if (!ends_like(f->names[i], stem))
			continue;
		if (only)
			return NULL;
		only = f->names[i];
	}
	return only;
}

static int check_name(const struct landsat *l, const char *name, const char *stem, const char *what,
		      struct error *e)
{
	if (!facts_plain_name(name))
		return error_set(e, ERROR_DATA,
				 "%s: the file name of %s is no plain one: \"%.60s\"", l->path,
				 what, name);
	if (!is_tif(name))
		return error_set(e, ERROR_DATA,
				 "%s: %s is in \"%.60s\", which is no TIFF: order the product as "
				 "GeoTIFF",
				 l->path, what, name);
	if (!ends_like(name, stem))
		return error_set(e, ERROR_DATA,
				 "%s: %s is in \"%.60s\", which does not end with _%s.TIF: are "
				 "bands swapped?",
				 l->path, what, name, stem);
	return 0;
}

/* One warning, at the first file that was found under another name. */
static int warn_renamed(struct landsat *l, const char *named, const char *found, struct error *e)
{
	if (l->renamed)
		return 0;
	l->renamed = true;
	return facts_warn(l->p, e, "%s: %s is taken for %s, which is not there (and so on)",
			  l->g->name, found, named);
}

int landsat_find_file(struct landsat *l, struct product_band *b, const char *name, const char *stem,
		      const char *what, struct error *e)
{
	const char *found;

	if (check_name(l, name, stem, what, e))
		return -1;
	found = folder_find(l->root, name);
	if (!found) {
		found = only_like(l->root, stem);
		if (found && warn_renamed(l, name, found, e))
			return -1;
	}
	if (!found)
		return 0;
	b->file = strdup(found);
	b->path = folder_path(l->root, found);
	return b->file && b->path ? 0 : error_nomem(e, "a path");
}

int landsat_check_distinct(const struct landsat *l, struct error *e)
{
	for (enum role i = 0; i < ROLE_NR; i++)
		for (enum role k = 0; k < i; k++)
			if (l->g->bands[i].path && l->g->bands[k].path &&
			    !strcmp(l->g->bands[i].path, l->g->bands[k].path))
				return error_set(e, ERROR_DATA, "%s: %s is named as %s and as %s",
						 l->path, l->g->bands[i].file, role_name(k),
						 role_name(i));
	return 0;
}
