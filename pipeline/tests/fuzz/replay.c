/* SPDX-License-Identifier: Apache-2.0
 *
 * replay.c - a fuzz target without a fuzzer: runs it on its corpus (testdata/corpus/NAME of
 * fuzz_NAME), on each file cut at every 5 %, and on copies with bytes changed in a fixed
 * sequence.  One TAP line a file; that the program lives and its own checks hold is the test.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_BYTES_MAX (1 << 20)
#define CUTS	       20
#define FLIPS	       200

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy of exactly this size, so that a byte read behind it is found by ASan. */
static void run(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		abort();
	memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

/* Numerical Recipes' linear congruential generator: the same everywhere. */
static uint32_t next(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static void replay(uint8_t *data, size_t size)
{
	uint32_t state = 1;

	run(data, size);
	for (size_t i = 0; i < CUTS; i++)
		run(data, size * i / CUTS);
	for (int i = 0; size && i < FLIPS; i++) {
		size_t at = next(&state) % size;
		uint8_t old = data[at];

		data[at] = (uint8_t)next(&state);
		run(data, size);
		data[at] = old;
	}
}

static int visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static int replay_file(const char *folder, const char *name, int number)
{
	static uint8_t data[FILE_BYTES_MAX];
	char path[512];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "rb");
	n = f ? fread(data, 1, sizeof(data), f) : 0;
	if (!f || ferror(f) || n == sizeof(data)) {
		printf("not ok %d - %s cannot be read, or is too large\n", number, path);
		if (f)
			fclose(f);
		return -1;
	}
	fclose(f);
	replay(data, n);
	printf("ok %d - %s\n", number, name);
	return 0;
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/'), *self = slash ? slash + 1 : argv[0];
	struct dirent **names = NULL;
	char folder[256];
	int n, failed = 0;

	(void)argc;
	setvbuf(stdout, NULL, _IOLBF, 0);
	snprintf(folder, sizeof(folder), "testdata/corpus/%.200s",
		 strncmp(self, "fuzz_", 5) ? self : self + 5);
	n = scandir(folder, &names, visible, alphasort);
	if (n <= 0) {
		printf("1..1\nnot ok 1 - no corpus in %s\n", folder);
		return 1;
	}
	printf("1..%d\n", n);
	for (int i = 0; i < n; i++) {
		failed += replay_file(folder, names[i]->d_name, i + 1) != 0;
		free(names[i]);
	}
	free(names);
	return failed != 0;
}
