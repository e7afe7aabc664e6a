/* SPDX-License-Identifier: Apache-2.0
 *
 * sieve.h - patches of change that are smaller than the minimum mapping unit become uncertain.
 *
 * A patch is what pixels of gain, or of loss, that touch by sides or corners make together.  Whether it is smaller
 * than `unit` pixels can be told from a window that reaches unit - 1 pixels beyond it, so tiles are
 * sieved one by one and the result does not depend on them.
 */
#ifndef PIPELINE_STAGE_SIEVE_H
#define PIPELINE_STAGE_SIEVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"
#include "pipeline/space/rect.h"

/* The largest minimum mapping unit [pixels]. */
#define SIEVE_UNIT_MAX 64

/* Working memory for windows of up to so many pixels a side. */
struct sieve;

int sieve_new(struct sieve **out, int32_t side_max, struct error *e);
void sieve_free(struct sieve *s);

/* Bytes that it takes. */
size_t sieve_bytes(int32_t side_max);

/*
 * Sieve the pixels of `inner` in a window of w x h change classes (each side up to side_max), row by row without
 * gaps, in place.  unit: 1..SIEVE_UNIT_MAX pixels.  Returns false, and leaves the window as it is, where that takes more
 * than the window shows: a patch of less than unit pixels, with one of them in inner, reaches its border.  It
 * never does where inner lies unit - 1 pixels or more within the window.
 */
bool sieve_window(struct sieve *s, struct rect inner, int32_t w, int32_t h, int32_t unit,
		  uint8_t *change);

#endif
