/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a GeoJSON file of transects, or of a baseline to cast them from: lines that keep their promises, measured on
 * a shore that is these lines themselves, or refused in one line.
 * By libFuzzer (scripts/fuzz), or on its corpus with changes (replay.c).
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cpl_string.h>
#include <cpl_vsi.h>

#include "pipeline/io/gdal.h"
#include "pipeline/io/transect_file.h"
#include "pipeline/stage/transects.h"

#define PATH "/vsimem/fuzz_transects.geojson"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Once: the drivers of the program, as main() has them. */
__attribute__((constructor)) static void set_up(void)
{
	gdal_setup((size_t)1 << 20);
}

static void check_words(const struct error *e)
{
	if (!e->code || e->code == ERROR_BUG || !e->text[0] || strchr(e->text, '\n'))
		abort();
}

static void check_name(const char *name)
{
	size_t n = strnlen(name, TRANSECT_NAME);

	if (!n || n == TRANSECT_NAME || !CPLIsUTF8(name, -1))
		abort();
	for (size_t k = 0; k < n; k++)
		if ((unsigned char)name[k] < ' ')
			abort();
}

static void check_lines(const struct transect_lines *t)
{
	const struct lines *l = &t->lines;

	if (!l->nr || l->starts[0] || l->starts[l->nr] > TRANSECT_VERTICES_MAX)
		abort();
	for (size_t i = 0; i < l->nr; i++) {
		check_name(t->name[i]);
		if (l->closed[i] || l->starts[i + 1] < l->starts[i] + 2)
			abort();
		for (size_t k = l->starts[i]; k < l->starts[i + 1]; k++) {
			const struct point *p = &l->points[k];

			if (!isfinite(p->x) || !isfinite(p->y))
				abort();
			if (k > l->starts[i] && p->x == p[-1].x && p->y == p[-1].y)
				abort();
		}
	}
}

/* Where the lines are also the shore, they run along each other and meet in vertices. */
static void measure(struct transects *t, const struct lines *shore)
{
	static const struct trend_period periods[] = { { 2000, 10 }, { 2020, 10 } };
	struct error e = { 0 };

	if (transects_periods(t, 2, &e))
		abort();
	for (size_t k = 0; k < 2; k++)
		if (transects_measure(t, k, shore, (size_t)8 << 20, &e)) {
			check_words(&e);
			return;
		}
	if (transects_finish(t, periods, &e))
		abort();
	for (size_t i = 0; i < 2 * t->nr; i++) {
		double position = t->position[i].position_m;

		if (!isnan(position) &&
		    !(position >= 0 && position <= t->transect[i / 2].length_m + 0.002))
			abort();
	}
}

static void use(const struct transect_lines *file)
{
	const struct transect_cast spec = { .spacing_m = 1e6, .length_m = 1e4, .smoothing_m = 100 };
	struct transects t;
	struct error e = { 0 };

	if (transects_take(&t, file, &e))
		check_words(&e);
	else
		measure(&t, &file->lines);
	transects_release(&t);
	if (transects_cast(&t, &spec, &file->lines, &e))
		check_words(&e);
	else
		measure(&t, &file->lines);
	transects_release(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct crs zone_43 = { "EPSG:32643" };
	uint8_t *copy = malloc(size + 1);
	struct transect_lines file;
	struct error e = { 0 };

	if (!copy)
		abort();
	memcpy(copy, data, size);
	VSIFCloseL(VSIFileFromMemBuffer(PATH, copy, size, FALSE));
	if (!transect_file_read(PATH, NULL, &zone_43, &file, &e)) {
		check_lines(&file);
		use(&file);
	} else {
		check_words(&e);
		if (e.code != ERROR_DATA || file.name || file.lines.points)
			abort();
	}
	transect_lines_release(&file);
	VSIUnlink(PATH);
	free(copy);
	return 0;
}
