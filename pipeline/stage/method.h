/* SPDX-License-Identifier: Apache-2.0
 *
 * method.h - the table of methods that tell water from land: the default and
 * those that users know from elsewhere, all with one interface.
 */
#ifndef PIPELINE_STAGE_METHOD_H
#define PIPELINE_STAGE_METHOD_H

#include "pipeline/stage/index.h"
#include "pipeline/stage/limits.h"

#define METHOD_ROLES_MAX 6

/* A row of pixels in, evidence out. */
struct method_row {
	const struct kernels *kernels;
	size_t n;
	const float *const *rho; /* by role */
	const uint8_t *code;	 /* DSWE codes; where the method has all six bands */
	const uint16_t *fmask;	 /* HLS Fmask, else zeros */
	const float *index;	 /* of a method that has one */
	const struct limits *limits;
	uint8_t *evidence;
};

struct method {
	const char *name, *title;
	enum role roles[METHOD_ROLES_MAX];
	size_t roles_nr;
	const char *index;    /* the index layer that is compared with a threshold; NULL: none */
	unsigned limits;      /* a sum of enum limit_group: the thresholds it uses */
	bool grows;	      /* has evidence that grows (grow.h) */
	bool rescues;	      /* keeps water against cloud flags */
	bool partial_shore;   /* land at the shore with some water in it is partial water */
	bool cloud_above_ice; /* whatever hides, hides ice too */
	void (*row)(const struct method_row *r);
};

/* How the threshold of an index is found. */
enum threshold_kind {
	THRESHOLD_FIXED, /* as limits say */
	THRESHOLD_OTSU,	 /* from the histogram of the scene */
	THRESHOLD_EDGE,	 /* from the histogram beside edges */
};

struct method_choice {
	const struct method *method;
	enum threshold_kind threshold;
};

/* True if the method sees all six bands, so that DSWE codes are made. */
bool method_has_dswe(const struct method *m);

/* Read NAME or NAME:fixed|otsu|edge.  USAGE, naming the nearest name. */
int method_read(struct method_choice *choice, const char *text, struct error *e);

/* Method number i, NULL past the end of the table. */
const struct method *method_at(size_t i);

/* "fixed", "otsu", "edge" */
const char *threshold_name(enum threshold_kind kind);

#endif
