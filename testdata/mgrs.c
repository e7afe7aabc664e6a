/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/mgrs.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#define SQUARE_M	  100000
#define CYCLE_M		  2000000   /* northing after which row letters repeat */
#define METRES_PER_DEGREE 111132.95 /* of latitude, mean */

static const char bands[] = "CDEFGHJKLMNPQRSTUVWX";
static const char columns[3][9] = { "ABCDEFGH", "JKLMNPQR", "STUVWXYZ" };
static const char rows[] = "ABCDEFGHJKLMNPQRSTUV";

static int row_shift(int zone)
{
	return zone % 2 ? 0 : 5;
}

bool mgrs_square(const char *name, struct mgrs *out)
{
	const char *band, *column, *row;
	double middle, low;

	if (strlen(name) != 5 || !isdigit((unsigned char)name[0]) ||
	    !isdigit((unsigned char)name[1]))
		return false;
	out->zone = (name[0] - '0') * 10 + name[1] - '0';
	if (out->zone < 1 || out->zone > 60)
		return false;
	band = strchr(bands, name[2]);
	column = strchr(columns[(out->zone - 1) % 3], name[3]);
	row = strchr(rows, name[4]);
	if (!band || !column || !row)
		return false;
	out->south = name[2] < 'N';
	out->e = (double)(column - columns[(out->zone - 1) % 3] + 1) * SQUARE_M;
	low = (double)((row - rows - row_shift(out->zone) + 20) % 20) * SQUARE_M;
	middle = ((double)(band - bands) * 8 - 76) * METRES_PER_DEGREE + (out->south ? 1e7 : 0);
	out->n = low + CYCLE_M * floor((middle - low) / CYCLE_M + 0.5);
	return true;
}

void mgrs_name(int zone, double lat, double e, double n, char out[6])
{
	int band = (int)floor((lat + 80) / 8), column = (int)floor(e / SQUARE_M) - 1;
	int row = ((int)floor(n / SQUARE_M) + row_shift(zone)) % 20;

	band = band < 0 ? 0 : band > 19 ? 19 : band;
	column = column < 0 ? 0 : column > 7 ? 7 : column;
	out[0] = (char)('0' + zone / 10 % 10);
	out[1] = (char)('0' + zone % 10);
	out[2] = bands[band];
	out[3] = columns[(zone - 1) % 3][column];
	out[4] = rows[(row + 20) % 20];
	out[5] = 0;
}
