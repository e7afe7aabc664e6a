/* SPDX-License-Identifier: Apache-2.0
 *
 * catalog_internal.h - what catalog.c gathers of results, and the JSON that catalog_parts.c makes of it.
 */
#ifndef PIPELINE_IO_CATALOG_INTERNAL_H
#define PIPELINE_IO_CATALOG_INTERNAL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "pipeline/io/catalog.h"
#include "pipeline/io/result.h"

#define CATALOG_JSON	   "catalog.json"
#define CATALOG_COLLECTION "collection.json"
#define CATALOG_ITEMS	   "items.json"

/* Whose data results are made of. */
enum source { SOURCE_COPERNICUS, SOURCE_USGS, SOURCE_NASA, SOURCE_NR };

struct sources {
	struct {
		bool used;
		int first, last; /* years */
	} of[SOURCE_NR];
	json_t *missions; /* an object whose keys are "LC09", "S2A", ... */
};

struct collection {
	const struct catalog_child *child;
	struct sources sources;
	json_t *layers;	  /* an object whose keys are names of layers */
	json_t *links;	  /* an array, one to each item */
	bool has_box;	  /* any item has a footprint */
	double box[4];	  /* west, south, east, north [degrees] */
	int64_t from, to; /* of all items, UTC seconds */
	bool has_items_json;
};

/* 0, or -1 without memory.  To be released, whatever it returned. */
int collection_init(struct collection *c, const struct catalog_child *child);
void collection_release(struct collection *c);

/* What says where the result is; DATA where item.json has what no result of this program has. */
int collection_check(const struct result *r, struct error *e);

/* Count a checked result in the folder `name` in.  -1 without memory. */
int collection_add(struct collection *c, const struct result *r, const char *name);

/* Is it one for items.json: an observation with a footprint? */
bool collection_lists(const struct result *r);

/* The result as a short item of items.json: a new reference; NULL without memory. */
json_t *collection_feature(const struct collection *c, const struct result *r, const char *name);

/* collection.json; `before`: the sources of the collections before, for one that does not know its own.  A new
 * reference; NULL without memory or where the child's texts are not UTF-8. */
json_t *collection_json(const struct collection *c, const struct sources *before);

/* Count a result's source, a mosaic's those of its looks; join what is used in b to a.  -1 without memory. */
int sources_add(struct sources *s, const struct result *r);
int sources_join(struct sources *a, const struct sources *b);

/* Put "license" and "providers" into a collection, and links to the terms into links.  -1 without memory. */
int sources_put(json_t *root, json_t *links, const struct sources *s);

/* A link object, a new reference; NULL without memory or where href is NULL.  type and title may be NULL. */
json_t *catalog_link(const char *rel, const char *href, const char *type, const char *title);

/* A name in a folder as part of an address, to be freed; NULL without memory. */
char *catalog_href(const char *before, const char *name, const char *behind);

#endif
