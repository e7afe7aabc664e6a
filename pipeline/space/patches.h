/* SPDX-License-Identifier: Apache-2.0
 *
 * patches.h - connected areas of pixels as polygons with holes.
 */
#ifndef PIPELINE_SPACE_PATCHES_H
#define PIPELINE_SPACE_PATCHES_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/space/lines.h"

/* Pixels of one value that share sides.  Its rings: the outline, then its holes. */
struct patch {
	uint8_t value;
	uint64_t pixels;
	size_t ring, rings_nr; /* in patches.rings */
};

/* Zero is none.  Owns its arrays. */
struct patches {
	struct lines
		rings; /* all closed, along pixel sides; what lies inside the patch is on their left */
	struct patch *patch;
	size_t nr;
};

void patches_release(struct patches *p);

#endif
