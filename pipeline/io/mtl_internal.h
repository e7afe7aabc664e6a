/* SPDX-License-Identifier: Apache-2.0
 *
 * mtl_internal.h - what the parsers of mtl.h share: a list of entries being filled.
 */
#ifndef PIPELINE_IO_MTL_INTERNAL_H
#define PIPELINE_IO_MTL_INTERNAL_H

#include "pipeline/io/mtl.h"

/* One allocation: "group", "key", "value" with their ends, one after another. */
struct mtl_entry {
	char *group;
	const char *key, *value;
};

struct mtl {
	struct mtl_entry *entries; /* sorted by group, then key, once mtl_finish() was called */
	size_t entries_nr, room;
};

/* A new empty one; NULL with e set. */
struct mtl *mtl_new(struct error *e);

/* What is checked before parsing.  DATA: more than MTL_BYTES_MAX bytes; a byte order mark, UTF-16, not ASCII. */
int mtl_check(const char *text, size_t n, struct error *e);

/*
 * Append copies.  DATA: more than MTL_LINES_MAX entries, a group or key that is no name of letters, digits
 * and '_', a value with a control character or one outside ASCII (an escape of JSON or XML).
 */
int mtl_add(struct mtl *m, const char *group, const char *key, const char *value, struct error *e);

/* Sort for mtl_get().  DATA: nothing in it, or a key twice in a group with different values. */
int mtl_finish(struct mtl *m, struct error *e);

/* Give a parsed one away, or free it if ret is not 0; returns ret. */
int mtl_end(struct mtl **out, struct mtl *m, int ret);

#endif
