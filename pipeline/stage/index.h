/* SPDX-License-Identifier: Apache-2.0
 *
 * index.h - the table of indices: a layer's name and how a row of it is computed.
 */
#ifndef PIPELINE_STAGE_INDEX_H
#define PIPELINE_STAGE_INDEX_H

#include "kernels/kernels.h"
#include "pipeline/io/role.h"

/* A row of pixels in. */
struct index_row {
	const struct kernels *kernels;
	size_t n;
	const float *const *rho;    /* reflectance by role */
	struct tcw tcw;		    /* weights of this sensor and level */
	const float *wavelength_nm; /* of the bands, by role */
};

struct index_rule {
	const char *layer; /* name in layer.c, whose unit the values have */
	void (*row)(const struct index_row *r, float *out);
};

/* Where the middle band lies between two others, as line_height() (kernels/chlorophyll.h) wants it. */
static inline float index_line_weight(const float *wavelength_nm, enum role left, enum role middle,
				      enum role right)
{
	return (wavelength_nm[middle] - wavelength_nm[left]) /
	       (wavelength_nm[right] - wavelength_nm[left]);
}

/* The rule of an index layer, or NULL if there is none of that name.  Any thread. */
const struct index_rule *index_rule_find(const char *layer);

#endif
