/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/space/crs_pipeline.h"

#include <stdio.h>
#include <string.h>

#include "pipeline/space/crs.h"

enum { STEP = CRS_PIPELINE / 2 - 100 };

static bool is_among(const char *word, const char *const *list, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (!strcmp(word, list[i]))
			return true;
	return false;
}

/* A parameter that is a plain number: "+lat_0=46". */
static bool is_number(const char *word)
{
	static const char *const names[] = { "+lat_0", "+lon_0", "+lat_1", "+lat_2", "+x_0",
					     "+y_0",   "+k",	 "+k_0",   "+zone" };
	const char *equals = strchr(word, '=');
	char name[16];

	if (!equals || equals - word >= (int)sizeof(name) || !equals[1] ||
	    equals[1 + strspn(equals + 1, "0123456789.-")])
		return false;
	memcpy(name, word, (size_t)(equals - word));
	name[equals - word] = 0;
	return is_among(name, names, sizeof(names) / sizeof(names[0]));
}

/* The projection alone, from longitude and latitude in radians, of a PROJ string on WGS 84. */
static bool projection_of(const char *def, char step[STEP])
{
	static const char *const projections[] = { "+proj=laea", "+proj=aea", "+proj=lcc",
						   "+proj=tmerc", "+proj=utm" };
	static const char *const implied[] = { "+datum=WGS84", "+units=m", "+no_defs",
					       "+type=crs" };
	char copy[sizeof(((struct crs *)0)->def)], *rest = copy;
	bool datum = false, known = false;
	size_t used = 0;

	snprintf(copy, sizeof(copy), "%s", def);
	for (char *word; (word = strsep(&rest, " "));) {
		datum |= !strcmp(word, implied[0]);
		known |= is_among(word, projections, sizeof(projections) / sizeof(projections[0]));
		if (is_among(word, implied, sizeof(implied) / sizeof(implied[0])))
			continue;
		if (strncmp(word, "+proj=", 6) != 0 && strcmp(word, "+south") != 0 &&
		    !is_number(word))
			return false;
		used += (size_t)snprintf(step + used, STEP - used, "%s ", word);
		if (used >= STEP)
			return false;
	}
	return datum && known &&
	       snprintf(step + used, STEP - used, "+ellps=WGS84") < (int)(STEP - used);
}

/* From longitude and latitude in radians to a CRS. */
static bool step_of(const struct crs *crs, char step[STEP])
{
	int zone = crs_zone_of(crs);

	if (!strcmp(crs->def, CRS_LONLAT.def))
		snprintf(step, STEP, "+proj=unitconvert +xy_in=rad +xy_out=deg");
	else if (zone)
		snprintf(step, STEP, "+proj=utm +zone=%d%s +ellps=WGS84", zone,
			 crs->def[7] == '7' ? " +south" : "");
	else
		return projection_of(crs->def, step);
	return true;
}

bool crs_pipeline(const struct crs *from, const struct crs *to, char text[CRS_PIPELINE])
{
	char a[STEP], b[STEP];

	if (!strcmp(from->def, to->def) || !step_of(from, a) || !step_of(to, b))
		return false;
	snprintf(text, CRS_PIPELINE, "+proj=pipeline +step +inv %s +step %s", a, b);
	return true;
}
