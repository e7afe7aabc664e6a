/* SPDX-License-Identifier: Apache-2.0
 *
 * stac_search_internal.h - what stac_search.c (requests) and stac_page.c (answers) share.
 */
#ifndef PIPELINE_IO_STAC_SEARCH_INTERNAL_H
#define PIPELINE_IO_STAC_SEARCH_INTERNAL_H

#include <jansson.h>

#include "pipeline/io/stac_search.h"

/* One page to ask for.  Zero: none.  Owns its texts. */
struct stac_ask {
	char *address;
	char *body; /* JSON to POST; NULL: GET */
};

/* Items so far.  Zero: none. */
struct stac_list {
	struct stac_found *items;
	size_t nr, room;
};

/* What a page is read with. */
struct stac_pages {
	const struct stac_search *search;
	const char *root; /* address of the API, without a slash at its end */
	const json_t
		*first; /* the search as an object: what the body of a next link is merged into */
	struct stac_list list;
};

/*
 * Read a page that came from an address: its Items that are asked for are added to p->list, *next (zero before)
 * is the page behind it, or stays zero.  Errors as stac_search(); then *next is zero, and the list is good for
 * stac_found_free() only: its last Item may be half there.
 */
int stac_page_read(struct stac_pages *p, const char *address, const char *text, size_t size,
		   struct stac_ask *next, struct error *e);

#endif
