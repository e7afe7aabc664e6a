/* SPDX-License-Identifier: Apache-2.0
 *
 * stac_search.h - the Items that a STAC API knows of an area and a time.
 */
#ifndef PIPELINE_IO_STAC_SEARCH_H
#define PIPELINE_IO_STAC_SEARCH_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"

/* Above these a search is refused: what is asked for is not what anybody wants. */
#define STAC_SEARCH_PAGES_MAX	   2000
#define STAC_SEARCH_ITEMS_MAX	   100000
#define STAC_SEARCH_PAGE_BYTES_MAX ((size_t)16 << 20)
#define STAC_SEARCH_BYTES_MAX	   ((size_t)8 << 30)

/* What is asked for.  Constant during a search; owned by the caller. */
struct stac_search {
	const char *
		address; /* of the API ("https://host/v1") or of its search ("https://host/v1/search") */
	const char *collections; /* ids, by commas; NULL or "": all */
	double bbox
		[4]; /* west, south, east, north [degrees]; all 0: none.  West > east crosses 180 */
	int64_t from,
		to; /* from <= time < to [s since 1970, UTC]; equal: none.  Outside of years 1..9999: open */
	int cloud_cover_percent; /* Items that say more are left out; 100: none are */
	const char
		*hosts; /* hosts that links may lead to but the API's own, by commas; NULL: none */
};

/* An Item that was found.  Owns its texts. */
struct stac_found {
	char *address; /* http(s), at an allowed host: what remote_fetch() takes */
	char *id;
	char *updated; /* properties.updated as it stands there, "" if it is none */
	int64_t time;  /* datetime, or start_datetime [s since 1970, UTC] */
};

/*
 * All Items of all pages, sorted by id and address, without duplicates: of one that comes twice (the
 * catalogue may change between pages) the one whose `updated` is later.  *found (NULL if none) goes to
 * stac_found_free().  Several threads may search at once.
 *
 * The first page is asked for by GET; links rel=next are followed by GET or POST (body, merge), only to
 * allowed hosts.  Cloud cover and time are compared here, too, so a server that does not filter gives
 * the same.  An Item's address is its link rel=self; where that leads to no allowed host, or is missing,
 * the API's own /collections/COLLECTION/items/ID.
 *
 * UNAVAILABLE, PERMISSION, NOINPUT as fetch_document().  DATA: a page is no FeatureCollection, an Item has no id,
 * time or address, a next link leads to another host or to a page that was there already, the server refuses the
 * request, a limit above is passed.  CONFIG: address, collections or bbox are none.  On failure *found is NULL.
 */
int stac_search(const struct stac_search *search, struct stac_found **found, size_t *nr,
		struct error *e);
void stac_found_free(struct stac_found *found, size_t nr);

#endif
