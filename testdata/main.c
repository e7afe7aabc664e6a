/* SPDX-License-Identifier: Apache-2.0
 *
 * balkhash-testdata - synthetic satellite products of a lake, with exact truth.
 */
#include <stdio.h>
#include <string.h>

#include "testdata/compare.h"
#include "testdata/exact.h"
#include "testdata/hls.h"
#include "testdata/landsat.h"
#include "testdata/options.h"
#include "testdata/raster.h"
#include "testdata/self_test.h"
#include "testdata/sentinel2.h"

#define EXIT_USAGE 64
/* That --exact takes at most. */
#define EXACT_ARGUMENTS 32

static int run(const struct options *o)
{
	static int (*const make[])(const struct options *o, char *out, size_t size,
				   struct failure *f) = {
		[FAMILY_LANDSAT] = landsat_make,
		[FAMILY_SENTINEL2] = sentinel2_make,
		[FAMILY_HLS] = hls_make,
	};
	struct failure f = { 0 };
	char path[1100];

	raster_setup(o->threads);
	if (make[options_family(o)](o, path, sizeof(path), &f)) {
		fprintf(stderr, "balkhash-testdata: %s\n", f.text);
		return 1;
	}
	printf("%s\n", path);
	return fflush(stdout) ? 1 : 0;
}

/* --compare RESULT MASK|- TRUTH...: prints the km2 of water in the result, in truth, and the km2 seen by both. */
static int run_compare(int argc, char **argv)
{
	struct comparison c;
	struct failure f = { 0 };

	if (argc < 5) {
		fprintf(stderr,
			"balkhash-testdata: --compare FRACTION.tif MASK.tif|- TRUTH_FOLDER...\n");
		return EXIT_USAGE;
	}
	raster_setup(1);
	if (compare(argv[2], strcmp(argv[3], "-") ? argv[3] : NULL, argv + 4, argc - 4, &c, &f)) {
		fprintf(stderr, "balkhash-testdata: %s\n", f.text);
		return 1;
	}
	printf("%.4f %.4f %.4f\n", c.result_km2, c.truth_km2, c.seen_km2);
	return fflush(stdout) ? 1 : 0;
}

/* --exact RASTER OUT OPTION...: the options of a lake, completed to those of a product. */
static int run_exact(int argc, char **argv)
{
	enum { GIVEN = 6 };
	char kind[] = "--kind", landsat[] = "landsat-l2", out[] = "--out", none[] = "-",
	     plane[] = "--plane=laea";
	char *all[EXACT_ARGUMENTS + GIVEN + 1] = { argv[0], kind, landsat, out, none, plane };
	struct options o;
	struct failure f = { 0 };

	if (argc < 4 || argc - 4 > EXACT_ARGUMENTS) {
		fprintf(stderr, "balkhash-testdata: --exact RASTER.tif OUT.tif [OPTION...]\n");
		return EXIT_USAGE;
	}
	memcpy(all + GIVEN, argv + 4, (size_t)(argc - 4) * sizeof(*all));
	if (options_parse(&o, GIVEN + argc - 4, all, &f)) {
		fprintf(stderr, "balkhash-testdata: %s\n", f.text);
		return EXIT_USAGE;
	}
	raster_setup(o.threads);
	if (exact_write(&o, argv[2], argv[3], &f)) {
		fprintf(stderr, "balkhash-testdata: %s\n", f.text);
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct options o;
	struct failure f = { 0 };

	if (argc > 1 && !strcmp(argv[1], "--compare"))
		return run_compare(argc, argv);
	if (argc > 1 && !strcmp(argv[1], "--exact"))
		return run_exact(argc, argv);
	if (options_parse(&o, argc, argv, &f)) {
		fprintf(stderr, "balkhash-testdata: %s\n", f.text);
		return EXIT_USAGE;
	}
	if (o.help) {
		for (int i = 0; options_help[i]; i++)
			fputs(options_help[i], stdout);
		return 0;
	}
	if (o.version) {
		puts("balkhash-testdata " BALKHASH_VERSION);
		return 0;
	}
	return o.self_test ? self_test() : run(&o);
}
