/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/darkness.h"

#include "kernels/calib.h"

/* Fewer pixels tell nothing. */
#define VALID_MIN 1000

void darkness_count(struct darkness *d, size_t n, const float *rho, const uint8_t *state)
{
	for (size_t i = 0; i < n; i++) {
		bool valid = state[i] == CALIB_VALID && rho[i] == rho[i];

		d->valid += valid;
		d->negative += valid & (rho[i] < -0.05f);
		d->dark += valid & (rho[i] < 0.09f);
		d->lifted += valid & (rho[i] >= 0.09f) & (rho[i] < 0.13f);
	}
}

void darkness_add(struct darkness *sum, const struct darkness *d)
{
	sum->valid += d->valid;
	sum->negative += d->negative;
	sum->dark += d->dark;
	sum->lifted += d->lifted;
}

const char *darkness_judge(const struct darkness *d, bool subtracted)
{
	if (d->valid < VALID_MIN)
		return NULL;
	if (subtracted && d->negative * 1000 > d->valid)
		return "much of it is darker than black at 2.2 um: was the offset subtracted "
		       "before? then use --offset none";
	if (!subtracted && d->lifted * 100 > d->valid && d->dark * 10000 < d->valid)
		return "nothing in it is dark at 2.2 um, but much is just above 0.1: is the offset "
		       "missing in the metadata? then use --offset -1000";
	return NULL;
}
