/* SPDX-License-Identifier: Apache-2.0
 *
 * steps.h - round numbers for axes and scale bars: 1, 2 or 5 times a power of ten.
 */
#ifndef PIPELINE_BASE_STEPS_H
#define PIPELINE_BASE_STEPS_H

/* A round number. */
struct step {
	int digit;    /* 1, 2, 5 */
	int exponent; /* -15..15 */
};

/* The least step that is at least x, and the largest that is at most x; x is taken into the range of steps. */
struct step step_up(double x);
struct step step_down(double x);

/* Its value, rounded correctly. */
double step_value(struct step s);

/* Decimals that its multiples have. */
int step_decimals(struct step s);

#endif
