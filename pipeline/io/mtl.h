/* SPDX-License-Identifier: Apache-2.0
 *
 * mtl.h - Landsat metadata (*_MTL.txt, _MTL.xml, _MTL.json): groups of keys
 * with values, the same facts in three spellings (USGS LSDS-1822, LSDS-1328).
 *
 * A Level-2 file holds some keys twice, once for each level, so a key is
 * looked up in the group that directly holds it.  Read once, then only read:
 * any number of threads.
 */
#ifndef PIPELINE_IO_MTL_H
#define PIPELINE_IO_MTL_H

#include <stddef.h>

#include "pipeline/base/error.h"

#define MTL_BYTES_MAX (1 << 20)
#define MTL_LINES_MAX 20000
#define MTL_DEPTH_MAX 8

struct mtl;

/*
 * Parse n bytes of text (copied).  The file may lack its END line, be padded
 * with NUL bytes and have lines that end in CR LF.  DATA: too large (the three
 * limits above), a line that is no "KEY = value", groups that do not match or
 * are open at the end (a cut file), a key twice in a group with different
 * values, control characters, UTF-16, a byte order mark, anything outside ASCII.
 * Freed by mtl_free(), which accepts NULL.
 */
int mtl_parse(struct mtl **out, const char *text, size_t n, struct error *e);

/*
 * The same of XML: an element with elements in it is a group, one with text a
 * key.  A document type (and so any entity of its own) is refused.
 */
int mtl_parse_xml(struct mtl **out, const char *text, size_t n, struct error *e);

/* The same of JSON: an object is a group; numbers keep their value, null is no key. */
int mtl_parse_json(struct mtl **out, const char *text, size_t n, struct error *e);

/* A file, by the end of its name (".xml", ".json", else text); errors name it.  NOINPUT: there is no such file. */
int mtl_read(struct mtl **out, const char *path, struct error *e);
void mtl_free(struct mtl *m);

/* The value of a key in a group, without its quotes; NULL if there is none.  Owned by m. */
const char *mtl_get(const struct mtl *m, const char *group, const char *key);

#endif
