/* SPDX-License-Identifier: Apache-2.0
 *
 * psf.h - point spread: a Gaussian of the band's own pixels, separable.
 */
#ifndef TESTDATA_PSF_H
#define TESTDATA_PSF_H

enum { PSF_REACH = 3, PSF_LINES = 2 * PSF_REACH + 1 };

/* Weights exp(-k^2 / (2 sigma^2)) of the pixels k = -reach..reach, which sum to 1. */
struct psf {
	int reach; /* 0: none; at most PSF_REACH */
	double weight[PSF_LINES];
};

/* sigma in pixels, 0: none.  The kernel reaches three sigma, but not beyond PSF_REACH. */
void psf_init(struct psf *p, double sigma);

/*
 * One line of n pixels from the 2 reach + 1 lines about it, the uppermost first.  Beyond its
 * ends a line goes on with its last pixel.  scratch: n numbers.
 */
void psf_line(const struct psf *p, const float *const line[], int n, double *scratch, float *out);

#endif
