/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/air.h"

#include <math.h>

#define RADIAN (M_PI / 180)

static int leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int moment_day_of_year(const struct moment *m)
{
	static const int before[12] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };

	return before[m->month - 1] + m->day + (m->month > 2 && leap(m->year));
}

struct moment moment_later(const struct moment *m, int days)
{
	static const int length[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	struct moment out = *m;

	for (out.day += days;;) {
		int n = length[out.month - 1] + (out.month == 2 && leap(out.year));

		if (out.day <= n)
			return out;
		out.day -= n;
		if (++out.month > 12) {
			out.month = 1;
			out.year++;
		}
	}
}

double moment_days(const struct moment *m)
{
	int y = m->year - 1;
	int days = y * 365 + y / 4 - y / 100 + y / 400 + moment_day_of_year(m) - 730120;

	return days - 0.5 + m->second / 86400;
}

/* Mean anomaly and ecliptic longitude of the sun, radians. */
static void orbit(double days, double *anomaly, double *longitude)
{
	double mean = 280.460 + 0.9856474 * days, g = (357.528 + 0.9856003 * days) * RADIAN;

	*anomaly = g;
	*longitude = (mean + 1.915 * sin(g) + 0.020 * sin(2 * g)) * RADIAN;
}

void air_sun(const struct moment *m, double lon, double lat, double *zenith, double *azimuth)
{
	double days = moment_days(m), anomaly, longitude;
	double tilt = (23.439 - 0.0000004 * days) * RADIAN;
	double ascension, declination, hour, up, east, north;

	orbit(days, &anomaly, &longitude);
	ascension = atan2(cos(tilt) * sin(longitude), cos(longitude));
	declination = asin(sin(tilt) * sin(longitude));
	hour = fmod(280.46061837 + 360.98564736629 * days + lon, 360) * RADIAN - ascension;
	lat *= RADIAN;
	up = sin(lat) * sin(declination) + cos(lat) * cos(declination) * cos(hour);
	east = -cos(declination) * sin(hour);
	north = cos(lat) * sin(declination) - sin(lat) * cos(declination) * cos(hour);
	*zenith = acos(up) / RADIAN;
	*azimuth = fmod(atan2(east, north) / RADIAN + 360, 360);
}

double air_sun_distance(const struct moment *m)
{
	double anomaly, longitude;

	orbit(moment_days(m), &anomaly, &longitude);
	return 1.00014 - 0.01671 * cos(anomaly) - 0.00014 * cos(2 * anomaly);
}

double air_pressure(double height_m)
{
	return 1013.25 * pow(1 - 2.25577e-5 * height_m, 5.25588);
}

double air_depth(double micrometre, double pressure_hpa)
{
	double i2 = 1 / (micrometre * micrometre);

	return 0.008569 * i2 * i2 * (1 + 0.0113 * i2 + 0.00013 * i2 * i2) * pressure_hpa / 1013.25;
}

double air_path(const struct air *a, double micrometre)
{
	double tau = air_depth(micrometre, a->pressure_hpa);
	double s = a->sun_zenith * RADIAN, v = a->view_zenith * RADIAN;
	double cos_t = -cos(s) * cos(v) -
		       sin(s) * sin(v) * cos((a->sun_azimuth - a->view_azimuth) * RADIAN);

	return tau * 0.75 * (1 + cos_t * cos_t) / (4 * cos(s) * cos(v));
}

double air_transmittance(const struct air *a, double micrometre)
{
	double tau = air_depth(micrometre, a->pressure_hpa);

	return exp(-tau / 2 * (1 / cos(a->sun_zenith * RADIAN) + 1 / cos(a->view_zenith * RADIAN)));
}
