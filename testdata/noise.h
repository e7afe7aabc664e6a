/* SPDX-License-Identifier: Apache-2.0
 *
 * noise.h - chance without state: every number is a hash of a seed and a place,
 * so that the same place has the same value in every product, thread and order.
 */
#ifndef TESTDATA_NOISE_H
#define TESTDATA_NOISE_H

#include <stdint.h>

/* Mix 64 bits: the finaliser of SplitMix64 (Steele, Lea, Flood 2014, doi:10.1145/2660193.2660195). */
static inline uint64_t hash64(uint64_t v)
{
	v += 0x9e3779b97f4a7c15u;
	v = (v ^ (v >> 30)) * 0xbf58476d1ce4e5b9u;
	v = (v ^ (v >> 27)) * 0x94d049bb133111ebu;
	return v ^ (v >> 31);
}

/* The hash of a place on an integer lattice. */
static inline uint64_t hash_place(uint64_t seed, int64_t x, int64_t y)
{
	return hash64(seed ^ (uint64_t)x * 0xd6e8feb86659fd93u ^ (uint64_t)y * 0xa0761d6478bd642fu);
}

/* 53 bits of a hash as a number in [0, 1). */
static inline double hash_unit(uint64_t h)
{
	return (double)(h >> 11) * 0x1p-53;
}

/*
 * A hash as a bell-shaped number of mean 0 and deviation 1, within +-3.47: the
 * sum of four uniform numbers of 16 bits each (Irwin-Hall), whose deviation is
 * 65536 / sqrt(3).
 */
static inline float hash_bell(uint64_t h)
{
	int32_t sum = (int32_t)(h & 0xffff) + (int32_t)(h >> 16 & 0xffff) +
		      (int32_t)(h >> 32 & 0xffff) + (int32_t)(h >> 48);

	return (float)(sum - 131070) * (1.7320508f / 65536);
}

/*
 * Smooth noise of wavelength 1 at (x, y), within -1..1: values on the integer
 * lattice, joined by a cubic.  The place is in units of the wavelength.
 */
double noise_smooth(uint64_t seed, double x, double y);

/* The sum of n octaves of noise_smooth(), each of half the wavelength and half the height; -1..1. */
double noise_octaves(uint64_t seed, double x, double y, int n);

#endif
