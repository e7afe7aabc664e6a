/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/cover.h"

const char *const cover_names[CODE_COUNT] = {
	"other-land",	  "clear-water", "turbid-water", "very-turbid-water", "salt",
	"wet-salt",	  "green-reed",	 "dry-reed",	 "lake-ice",	      "snow",
	"glinting-water", "dark-land",	 "pond",
};

static const enum cover_code codes[COVER_COUNT] = {
	[COVER_CLEAR_WATER] = CODE_CLEAR_WATER,
	[COVER_TURBID_WATER] = CODE_TURBID_WATER,
	[COVER_VERY_TURBID_WATER] = CODE_VERY_TURBID_WATER,
	[COVER_SAND] = CODE_OTHER_LAND,
	[COVER_SALT] = CODE_SALT,
	[COVER_WET_SALT] = CODE_WET_SALT,
	[COVER_GREEN_REED] = CODE_GREEN_REED,
	[COVER_DRY_REED] = CODE_DRY_REED,
	[COVER_CLOUD] = CODE_OTHER_LAND,
	[COVER_LAKE_ICE] = CODE_LAKE_ICE,
	[COVER_SNOW] = CODE_SNOW,
	[COVER_DARK_LAND] = CODE_DARK_LAND,
};

static enum cover_code largest(const float share[COVER_COUNT])
{
	int best = 0;

	for (int k = 1; k < COVER_COUNT; k++)
		if (share[k] > share[best])
			best = k;
	return codes[best];
}

enum cover_code cover_code(const struct cover_parts *p)
{
	enum cover_code code;

	if (p->lake + p->pond < 0.5f)
		return largest(p->land);
	if (p->pond > p->lake)
		return CODE_POND;
	code = largest(p->water);
	return p->glint >= COVER_GLINT && code != CODE_LAKE_ICE ? CODE_GLINT : code;
}
