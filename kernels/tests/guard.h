/* SPDX-License-Identifier: Apache-2.0
 *
 * guard.h - memory between two pages that nobody may touch, and a small random generator.
 */
#ifndef KERNELS_TESTS_GUARD_H
#define KERNELS_TESTS_GUARD_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* size bytes at base, whole pages; the bytes before and after end the program with SIGSEGV. */
struct arena {
	unsigned char *base;
	size_t size;
};

/* Ends the program if there is no memory: a test has nothing better to do. */
static inline struct arena arena_new(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), whole = (size + page - 1) / page * page;
	unsigned char *p =
		mmap(NULL, whole + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || mprotect(p + page, whole, PROT_READ | PROT_WRITE)) {
		perror("Bail out! no memory");
		exit(1);
	}
	return (struct arena){ p + page, whole };
}

static inline void arena_free(struct arena a)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (a.base)
		munmap(a.base - page, a.size + 2 * page);
}

#define CANARY	    0xA5
#define CANARY_SIZE 64

/* Canaries over bytes bytes at p and, within the arena, CANARY_SIZE before and after. */
static inline void canary_set(struct arena a, const unsigned char *p, size_t bytes)
{
	size_t start = (size_t)(p - a.base), end = start + bytes;
	size_t from = start > CANARY_SIZE ? start - CANARY_SIZE : 0;
	size_t to = a.size - end > CANARY_SIZE ? end + CANARY_SIZE : a.size;

	memset(a.base + from, CANARY, to - from);
}

/* Whether the canaries before and after p still stand. */
static inline int canary_intact(struct arena a, const unsigned char *p, size_t bytes)
{
	size_t start = (size_t)(p - a.base), end = start + bytes;
	size_t from = start > CANARY_SIZE ? start - CANARY_SIZE : 0;
	size_t to = a.size - end > CANARY_SIZE ? end + CANARY_SIZE : a.size;

	for (size_t i = from; i < to; i++)
		if ((i < start || i >= end) && a.base[i] != CANARY)
			return 0;
	return 1;
}

/* SplitMix64 (Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195). */
struct random {
	uint64_t state;
};

static inline uint64_t random_bits(struct random *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* 0..n-1, or 0 where n is 0; the bias of the remainder does not matter here. */
static inline uint32_t random_below(struct random *r, uint32_t n)
{
	uint32_t bits = (uint32_t)(random_bits(r) >> 32);

	return n ? bits % n : 0;
}

/* low <= v < high. */
static inline double random_between(struct random *r, double low, double high)
{
	return low + (high - low) * ((double)(random_bits(r) >> 11) / 9007199254740992.0);
}

#endif
