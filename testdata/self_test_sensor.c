/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/self_test.h"

#include <math.h>
#include <stdlib.h>

#include "testdata/psf.h"
#include "testdata/snr.h"

enum { N = 15, MIDDLE = N / 2 };

/* A bright pixel in the middle of the lines, or the value 1 everywhere. */
static void lines(float line[N][N], bool point)
{
	for (int y = 0; y < N; y++)
		for (int x = 0; x < N; x++)
			line[y][x] = !point || (x == MIDDLE && y == MIDDLE);
}

/* Line y of an image after the spread. */
static void spread(const struct psf *p, float line[N][N], int y, float out[N])
{
	const float *about[PSF_LINES];
	double scratch[N];

	for (int k = -p->reach; k <= p->reach; k++)
		about[k + p->reach] = line[y + k < 0 ? 0 : y + k >= N ? N - 1 : y + k];
	psf_line(p, about, N, scratch, out);
}

static void point_spread(struct tap *t)
{
	float image[N][N], out[N];
	double sum = 0, variance = 0, worst = 0, flat = 0, sigma = 0.7;
	struct psf p;

	psf_init(&p, sigma);
	lines(image, true);
	for (int y = 0; y < N; y++) {
		spread(&p, image, y, out);
		for (int x = 0; x < N; x++) {
			int u = x - MIDDLE, v = y - MIDDLE;
			bool in = abs(u) <= 3 && abs(v) <= 3;
			double expected = in ? exp(-(u * u + v * v) / (2 * sigma * sigma)) : 0;

			sum += (double)out[x];
			variance += u * u * (double)out[x];
			worst = fmax(worst, fabs((double)out[x] -
						 expected * p.weight[p.reach] * p.weight[p.reach]));
		}
	}
	lines(image, false);
	spread(&p, image, 0, out);
	for (int x = 0; x < N; x++)
		flat = fmax(flat, fabs((double)out[x] - 1));
	tap_near(t, "a point is spread like a Gaussian of two dimensions", worst, 0, 1e-7);
	tap_near(t, "its light stays the same", sum, 1, 1e-6);
	tap_near(t, "deviation of the spread, pixels", sqrt(variance), sigma, 0.01);
	tap_near(t, "what is flat stays flat, at the window's edge too", flat, 0, 1e-6);
	psf_init(&p, 2);
	tap_near(t, "the kernel is at most 7 x 7", p.reach, 3, 0);
	psf_init(&p, 0);
	tap_near(t, "no spread", p.reach, 0, 0);
}

static void noise(struct tap *t)
{
	tap_near(t, "noise of OLI, blue, the sun in the zenith", snr_noise("LC09", ROLE_BLUE, 0),
		 M_PI * 40 / 130 / 2020, 1e-12);
	tap_near(t, "noise of ETM+, SWIR 2, the sun at 60 degrees",
		 snr_noise("LE07", ROLE_SWIR2, 60), 2 * M_PI * 1.7 / 29 / 84.9, 1e-12);
	tap_near(t, "noise of MSI, B08", snr_noise_msi(7, 0), M_PI * 103 / 174 / 1041.63, 1e-12);
	tap_near(t, "NIR of MSI is B8A", snr_noise("S2A", ROLE_NIR, 0), snr_noise_msi(8, 0), 0);
	tap_near(t, "TM has no red edge", snr_noise("LT05", ROLE_EDGE1, 0), 0, 0);
}

void self_test_sensor(struct tap *t)
{
	point_spread(t);
	noise(t);
}
