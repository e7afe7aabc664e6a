/* SPDX-License-Identifier: Apache-2.0
 *
 * darkness.h - was the offset of Sentinel-2 reflectance applied once, twice or never?
 *
 * Since baseline 04.00 stored values are 1000 too high, and the metadata says so.  Copies
 * of third parties may have it subtracted already, or have lost the metadata.
 * Water is black at 2.2 um, whatever is in it, so it tells: its reflectance is
 * within .03 of 0.
 */
#ifndef PIPELINE_STAGE_DARKNESS_H
#define PIPELINE_STAGE_DARKNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Counts of valid pixels by reflectance at 2.2 um. */
struct darkness {
	int64_t valid;
	int64_t negative; /* below -.05: the offset was subtracted twice */
	int64_t dark;	  /* below .09: what is not lifted by .1 */
	int64_t lifted;	  /* .09 to .13: where water lies if it is */
};

/* Add n pixels; state: enum calib_state, valid where CALIB_VALID alone. */
void darkness_count(struct darkness *d, size_t n, const float *rho, const uint8_t *state);
void darkness_add(struct darkness *sum, const struct darkness *d);

/*
 * Words for the user, or NULL if nothing is wrong.  subtracted: the metadata had an offset below 0.
 *
 * Twice: more than .1 % of the pixels are below -.05.  Never: more than 1 % lie
 * in .09 .. .13 and less than 1 in 10 000 below it: a scene of land alone has
 * nothing dark, but then it also has nothing just above .1.
 */
const char *darkness_judge(const struct darkness *d, bool subtracted);

#endif
