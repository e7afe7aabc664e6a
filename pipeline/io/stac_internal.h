/* SPDX-License-Identifier: Apache-2.0
 *
 * stac_internal.h - what stac.c (the Item) and stac_assets.c (its files) share.
 */
#ifndef PIPELINE_IO_STAC_INTERNAL_H
#define PIPELINE_IO_STAC_INTERNAL_H

#include <jansson.h>

#include "pipeline/io/stac.h"

struct stac {
	struct product *p;
	struct granule *g;
	const struct folder *root;
	const struct input_options *options;
	const json_t *item, *properties;
	char *base; /* where relative hrefs begin: the Item's folder, local or an address */
};

/* The bands and masks of s->g from the Item's assets; p's sensor and level are set. */
int stac_assets(struct stac *s, struct error *e);

/*
 * The file of an asset: beside or below the Item, or fetched, or in place.  Sets
 * path and file of b; both stay NULL if a local file is not there.  role names the fetched copy.
 */
int stac_locate(struct stac *s, const char *key, const char *href, enum role role,
		struct product_band *b, struct error *e);

#endif
