/* SPDX-License-Identifier: Apache-2.0
 *
 * inner.h - pixels that touch nothing else: where no fraction tells which pixels are mixed.
 */
#ifndef PIPELINE_STAGE_INNER_H
#define PIPELINE_STAGE_INNER_H

#include <stdint.h>

/*
 * Of w x h flags, 0 or 1, row by row, keep those all of whose eight neighbours are set; those at the edge, which
 * have not all, are cleared.  scratch: as many bytes.  Any thread.
 */
void inner_pixels(uint8_t *flags, uint8_t *scratch, int32_t w, int32_t h);

#endif
