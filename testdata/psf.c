/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/psf.h"

#include <math.h>

void psf_init(struct psf *p, double sigma)
{
	double sum = 0;

	*p = (struct psf){ .reach = (int)fmin(ceil(3 * sigma), PSF_REACH), .weight = { 1 } };
	for (int k = -p->reach; p->reach && k <= p->reach; k++)
		sum += p->weight[k + p->reach] = exp(-k * k / (2 * sigma * sigma));
	for (int k = 0; p->reach && k <= 2 * p->reach; k++)
		p->weight[k] /= sum;
}

void psf_line(const struct psf *p, const float *const line[], int n, double *scratch, float *out)
{
	for (int i = 0; i < n; i++) {
		scratch[i] = 0;
		for (int k = 0; k <= 2 * p->reach; k++)
			scratch[i] += p->weight[k] * (double)line[k][i];
	}
	for (int i = 0; i < n; i++) {
		double sum = 0;

		for (int k = -p->reach; k <= p->reach; k++) {
			int at = i + k < 0 ? 0 : i + k >= n ? n - 1 : i + k;

			sum += p->weight[k + p->reach] * scratch[at];
		}
		out[i] = (float)sum;
	}
}
