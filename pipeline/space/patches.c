/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/space/patches.h"

#include <stdlib.h>

void patches_release(struct patches *p)
{
	lines_release(&p->rings);
	free(p->patch);
	*p = (struct patches){ 0 };
}
