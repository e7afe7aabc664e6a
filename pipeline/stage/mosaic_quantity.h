/* SPDX-License-Identifier: Apache-2.0
 *
 * mosaic_quantity.h - values of quantities and indices as 16-bit codes whose order is that of the values; 0 is no
 * value.
 *
 *   quantities    kernels/quantity.h: exactly the layer's 11 bits of mantissa; from 2^-13 (1 + 2^-11) to 2^19
 *                 (1 - 2^-12), beyond that the value at the end
 *   temperature   steps of 1/512 degC from -32 to 95.99 degC: exact from 4 degC on in size, where a layer's step is
 *                 that or coarser
 *   indices       their int16 + 32768
 */
#ifndef PIPELINE_STAGE_MOSAIC_QUANTITY_H
#define PIPELINE_STAGE_MOSAIC_QUANTITY_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/kernels.h"
#include "pipeline/io/layer.h"

/* n values in the layer's type to codes and back. */
void codes_of_values(const struct kernels *k, const struct layer *layer, size_t n,
		     const void *values, uint16_t *codes);
void values_of_codes(const struct kernels *k, const struct layer *layer, size_t n,
		     const uint16_t *codes, void *values);

/* The lower median, (n - 1) / 2 below it, of n >= 1 codes, which are put into another order. */
uint16_t codes_median(uint16_t *codes, size_t n);

#endif
