/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as clouds of Sentinel-2 in GML: polygons of finite vertices, or refused in one line.
 * Built by clang with -fsanitize=fuzzer,address,undefined and linked with the pipeline.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cpl_vsi.h>

#include "pipeline/io/sentinel2_internal.h"

#define PATH "/vsimem/fuzz_clouds.gml"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct polygon *p)
{
	for (size_t i = 0; i < p->rings_nr; i++) {
		const struct ring *r = &p->rings[i];

		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): no rings, no loop */
		for (size_t k = 0; k < r->points_nr; k++)
			if (!isfinite(r->points[k].x) || !isfinite(r->points[k].y))
				abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct polygon opaque = { 0 }, cirrus = { 0 };
	struct error e = { 0 };
	VSILFILE *f = VSIFOpenL(PATH, "wb");

	if (!f || (size && VSIFWriteL(data, 1, size, f) != size))
		abort();
	VSIFCloseL(f);
	if (safe_clouds_file(PATH, 32643, &opaque, &cirrus, &e)) {
		if (e.code != ERROR_DATA || !e.text[0] || strchr(e.text, '\n') || opaque.rings ||
		    cirrus.rings)
			abort();
	}
	check(&opaque);
	check(&cirrus);
	polygon_release(&opaque);
	polygon_release(&cirrus);
	VSIUnlink(PATH);
	return 0;
}
