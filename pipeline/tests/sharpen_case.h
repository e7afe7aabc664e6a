/* SPDX-License-Identifier: Apache-2.0
 *
 * sharpen_case.h - what the tests of sharpening share.
 */
#ifndef PIPELINE_TESTS_SHARPEN_CASE_H
#define PIPELINE_TESTS_SHARPEN_CASE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/stage/sharpen.h"

#define FILL	 0
#define SATURATE 65535

static const struct calib sharpen_calib = { 1e-4f, -0.1f, FILL, SATURATE };

/* Random 0..65535. */
static inline uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

/* A stored value of a reflectance. */
static inline uint16_t dn(double rho)
{
	return (uint16_t)lround((rho + 0.1) * 1e4);
}

static inline void sharpen(struct rect tile, const uint16_t *nir, uint16_t *swir)
{
	struct sharpen s = { tile, sharpen_calib, sharpen_calib };
	void *scratch = malloc(sharpen_bytes(tile.w, tile.h));

	assert_non_null(scratch);
	sharpen_tile(&s, nir, swir, scratch);
	free(scratch);
}

#endif
