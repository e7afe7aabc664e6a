/* SPDX-License-Identifier: Apache-2.0
 *
 * self_test.h - is the truth true?  Checks against closed forms and brute force.
 */
#ifndef TESTDATA_SELF_TEST_H
#define TESTDATA_SELF_TEST_H

/* Run all checks, print TAP; returns 0 when all hold, else 1. */
int self_test(void);

#endif
