/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/inputs.h"

#include <string.h>

struct input_options inputs_of(const struct options *o)
{
	enum offset_rule rule = !strcmp(o->offset, "none")    ? OFFSET_NONE
				: !strcmp(o->offset, "-1000") ? OFFSET_1000
							      : OFFSET_PRODUCT;

	return (struct input_options){
		.stage = o->stage, .direct = o->direct, .hosts = o->hosts, .offset = rule
	};
}
