/* SPDX-License-Identifier: Apache-2.0
 *
 * catalog.h - the STAC catalogue over a folder of results, made of their item.json files alone.
 *
 *   DIR/catalog.json              links to the collections
 *   DIR/FOLDER/collection.json    extent, missions, layers, credits, and a link to each item
 *   DIR/FOLDER/items.json         the observations of the folder as one FeatureCollection, short: what GDAL's
 *                                 STACIT driver opens as a mosaic, and QGIS as a map of footprints
 *
 * STAC 1.0.0.  All links are relative; items are not changed and link nowhere.  catalog_check.h looks whether they lead.
 */
#ifndef PIPELINE_IO_CATALOG_H
#define PIPELINE_IO_CATALOG_H

#include <stddef.h>

#include "pipeline/base/error.h"

/* A collection: the results in DIR/folder.  All are texts of one line; folder is a plain name. */
struct catalog_child {
	const char *folder, *id, *title, *description;
};

/* What was left out, in words: results that cannot be read, or vanished meanwhile. */
#define CATALOG_TEXTS 20
struct catalog_report {
	size_t items;	/* results in the collections */
	size_t skipped; /* results left out */
	char *text
		[CATALOG_TEXTS]; /* of the first of these; NULL past them.  The report owns them */
};

/*
 * Write the files above for those children that have results, and remove those of children that have none.  Each
 * appears by one rename, whole; one that would have the same bytes is not touched.  The same item.json files give the
 * same bytes.  A result that is damaged or may not be read is left out and stands in the report, which is always to
 * be released.  NOINPUT: no DIR; PERMISSION, CANTCREATE, IO: what was not replaced yet is as it was.
 *
 * Two at once do not harm each other's files, but the one that listed the results first may be the one that ends
 * last: whoever wants none missed holds a lease meanwhile.
 */
int catalog_write(const char *dir, const struct catalog_child *children, size_t nr,
		  struct catalog_report *report, struct error *e);

void catalog_report_release(struct catalog_report *report);

#endif
