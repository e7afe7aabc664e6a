/* SPDX-License-Identifier: Apache-2.0
 *
 * effort.h - how much is done by a test that could do any amount: all with BALKHASH_LONG, and less under a sanitizer,
 * which needs every path once, not every pair, and several times as long.
 */
#ifndef PIPELINE_TESTS_EFFORT_H
#define PIPELINE_TESTS_EFFORT_H

#include <stdbool.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define EFFORT_SANITIZED true
#else
#define EFFORT_SANITIZED false
#endif

static inline bool effort_is_long(void)
{
	return getenv("BALKHASH_LONG") != NULL;
}

static inline bool effort_is_small(void)
{
	return EFFORT_SANITIZED && !effort_is_long();
}

#endif
