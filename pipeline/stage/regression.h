/* SPDX-License-Identifier: Apache-2.0
 *
 * regression.h - a user's own chlorophyll from samples of the lake:
 *
 *	ln chl = c0 + sum of c * ln(a / b)
 *
 * with reflectances a and b of bands by role.  As text: numbers alone are c0, "c*a/b" or "c*a" a
 * term, with blanks between them: "1.3 -2.1*blue/green 0.4*red".
 */
#ifndef PIPELINE_STAGE_REGRESSION_H
#define PIPELINE_STAGE_REGRESSION_H

#include <stddef.h>

#include "pipeline/base/error.h"
#include "pipeline/io/role.h"

#define REGRESSION_TERMS_MAX ((size_t)8)

struct regression_term {
	float coefficient;
	enum role numerator, denominator; /* ROLE_NR: none */
};

struct regression {
	float constant;
	struct regression_term terms[REGRESSION_TERMS_MAX];
	size_t terms_nr; /* 0: none was given */
	enum role roles[2 * REGRESSION_TERMS_MAX];
	size_t roles_nr;
};

/* Read the text.  USAGE, saying what cannot be read or naming the nearest band. */
int regression_read(struct regression *r, const char *text, struct error *e);

#endif
