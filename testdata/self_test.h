/* SPDX-License-Identifier: Apache-2.0
 *
 * self_test.h - is the truth true?  Checks against closed forms and brute force.
 */
#ifndef TESTDATA_SELF_TEST_H
#define TESTDATA_SELF_TEST_H

#include "testdata/ground.h"

/* Run all checks, print TAP; returns 0 when all hold, else 1. */
int self_test(void);

/* Lines of TAP so far. */
struct tap {
	int n, failed;
};

/* One line: is the value within tolerance of what is expected? */
void tap_near(struct tap *t, const char *what, double value, double expected, double tolerance);

/* One line: a check that could not be made. */
void tap_broken(struct tap *t, const char *what, const struct failure *f);

/* A window of 400 x 400 pixels of 30 m in the middle of the lake; sets what the options leave open. */
int self_test_ground(struct ground *g, struct options *o, struct failure *f);

/* What only some forms of products have: gaps, halves, masks, calibration by radiance. */
void self_test_forms(struct tap *t);

/* Covers that maps get wrong, and masks that lie. */
void self_test_hard(struct tap *t);

/* Small waters on land. */
void self_test_ponds(struct tap *t);

/* What the sensor does: point spread and noise. */
void self_test_sensor(struct tap *t);

/* Ground that varies, strips along the shore, and edges as the sensor sees them. */
void self_test_vary(struct tap *t);

/* Clouds: cold, and elsewhere in each band. */
void self_test_sky(struct tap *t);

#endif
