/* SPDX-License-Identifier: Apache-2.0
 *
 * mtl_text.h - groups of keys and values, to be written as ODL, XML or JSON as USGS does.
 */
#ifndef TESTDATA_MTL_TEXT_H
#define TESTDATA_MTL_TEXT_H

#include <stdbool.h>

#include "testdata/fail.h"

enum { MTL_LINES_MAX = 600 };

struct mtl_line {
	char key[64];	 /* of a group: its name */
	char value[136]; /* without quotes */
	bool group, text;
};

struct mtl_text {
	const char *root; /* name of the outermost group */
	bool numbers;	  /* JSON writes numbers as such; else every value is a string */
	int n;
	struct mtl_line line[MTL_LINES_MAX];
};

/* Begin a group, which the next one ends. */
void mtl_group(struct mtl_text *t, const char *name);

/* One line as ODL has it: KEY = value, KEY = "text". */
__attribute__((format(printf, 2, 3))) void mtl_line(struct mtl_text *t, const char *fmt, ...);

/* Write stem.txt, stem.xml, stem.json: those of the forms (enum mtl_form). */
int mtl_write(const struct mtl_text *t, const char *stem, unsigned forms, struct failure *f);

#endif
