/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/info_internal.h"

#include <math.h>
#include <time.h>

#define DEGREE (3.14159265358979323846 / 180.0)

const char *info_reflectance(const struct product *p)
{
	return p->level == LEVEL_TOA ? "toa" : "surface";
}

const char *info_unit(const struct product *p, enum role role)
{
	if (!role_is_thermal(role))
		return "1";
	return p->level == LEVEL_TOA ? "W m-2 sr-1 um-1" : "K";
}

const char *info_sample(enum sample sample)
{
	static const char *const names[] = { [SAMPLE_U8] = "uint8",
					     [SAMPLE_U16] = "uint16",
					     [SAMPLE_I16] = "int16",
					     [SAMPLE_BITS] = "bits" };

	return names[sample];
}

bool info_missing(const struct product *p, const struct granule *g, enum role role)
{
	return !g->bands[role].path && sensor_delivers(p->sensor, p->level, p->baseline, role);
}

double info_divisor(const struct granule *g, enum role role)
{
	if (!role_is_reflectance(role) || g->sun == SUN_IN_PRODUCT)
		return 1.0;
	return ldexp(nearbyint(ldexp(sin(g->sun_elevation_deg * DEGREE), 24)), -24);
}

void info_time(int64_t time, char *text)
{
	time_t t = (time_t)time;
	struct tm tm = { .tm_mday = 1, .tm_year = 70 };

	text[0] = '\0';
	if (time && gmtime_r(&t, &tm))
		strftime(text, 21, "%Y-%m-%dT%H:%M:%SZ", &tm);
}
