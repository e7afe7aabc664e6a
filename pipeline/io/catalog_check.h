/* SPDX-License-Identifier: Apache-2.0
 *
 * catalog_check.h - does a catalogue (catalog.h) lead to all results of its folders, and to nothing else?
 *
 * What is wrong with a file is added to findings, a file that is not there too.  -1 only for what is not the file's fault:
 * BUG without memory.  Results themselves are not opened.
 */
#ifndef PIPELINE_IO_CATALOG_CHECK_H
#define PIPELINE_IO_CATALOG_CHECK_H

#include <stddef.h>

#include "pipeline/base/error.h"
#include "pipeline/base/findings.h"

/* The results in DIR/folder. */
struct catalog_folder {
	const char *folder;
	char *const *name;
	size_t nr;
};

/* DIR/catalog.json: each link leads to a file, each folder that has results is linked. */
int catalog_check_root(const char *dir, const struct catalog_folder *folders, size_t nr,
		       struct findings *f, struct error *e);

/* DIR/FOLDER/collection.json: each link leads to a result or another file, each result is linked once. */
int catalog_check_collection(const char *dir, const struct catalog_folder *folder,
			     struct findings *f, struct error *e);

/* DIR/FOLDER/items.json: each item is one of a result, each of its layers is a file. */
int catalog_check_items(const char *dir, const struct catalog_folder *folder, struct findings *f,
			struct error *e);

#endif
