/* SPDX-License-Identifier: Apache-2.0
 *
 * lake_folder.h - a folder of lakes' files and outlines, for tests; after cmocka.h.
 */
#ifndef PIPELINE_TESTS_LAKE_FOLDER_H
#define PIPELINE_TESTS_LAKE_FOLDER_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/io/lake.h"

/* A square of 0.2 degree at 10 E, 50 N, its island, and an overlapping second polygon. */
#define SQUARE "[[[10,50],[10.2,50],[10.2,50.2],[10,50.2],[10,50]]]"
#define HOLED                                                                                      \
	"[[[10,50],[10.2,50],[10.2,50.2],[10,50.2],[10,50]],"                                      \
	"[[10.05,50.05],[10.05,50.1],[10.1,50.1],[10.05,50.05]]]"
#define MORE "[[[10.1,50.1],[10.4,50.1],[10.4,50.3],[10.1,50.3],[10.1,50.1]]]"

struct folder {
	char path[300];
	char file[400]; /* of the last write_file() */
};

static inline int make_folder(void **state)
{
	const char *tmp = getenv("TMPDIR");
	struct folder *f = calloc(1, sizeof(*f));

	snprintf(f->path, sizeof(f->path), "%.250s/test-lake-XXXXXX", tmp ? tmp : "/tmp");
	*state = f;
	return mkdtemp(f->path) ? 0 : -1;
}

static inline int remove_folder(void **state)
{
	struct folder *f = *state;
	char command[320];
	int ret;

	snprintf(command, sizeof(command), "rm -rf '%s'", f->path);
	ret = system(command);
	free(f);
	return ret;
}

static inline const char *write_file(struct folder *f, const char *name, const char *text,
				     size_t size)
{
	FILE *out;

	snprintf(f->file, sizeof(f->file), "%s/%s", f->path, name);
	out = fopen(f->file, "w");
	assert_non_null(out);
	assert_int_equal(fwrite(text, 1, size, out), size);
	assert_int_equal(fclose(out), 0);
	return f->file;
}

static inline void write_polygons(struct folder *f, const char *name, const char *first,
				  const char *second)
{
	static const char feature[] = "{\"type\":\"Feature\",\"properties\":{},\"geometry\":"
				      "{\"type\":\"Polygon\",\"coordinates\":%s}}";
	char text[4000];
	int n = snprintf(text, sizeof(text), "{\"type\":\"FeatureCollection\",\"features\":[");

	n += snprintf(text + n, sizeof(text) - (size_t)n, feature, first);
	if (second) {
		n += snprintf(text + n, sizeof(text) - (size_t)n, ",");
		n += snprintf(text + n, sizeof(text) - (size_t)n, feature, second);
	}
	n += snprintf(text + n, sizeof(text) - (size_t)n, "]}");
	write_file(f, name, text, (size_t)n);
}

static inline struct lake *open_text(struct folder *f, const char *name, const char *text)
{
	struct lake *lake = NULL;
	struct error e = { 0 };

	if (lake_open(&lake, write_file(f, name, text, strlen(text)), &e))
		fail_msg("%s", e.text);
	return lake;
}

static inline double ring_length(const struct ring *r)
{
	double length = 0;

	for (size_t i = 0; i < r->points_nr; i++)
		length += hypot(r->points[i].x - r->points[(i + 1) % r->points_nr].x,
				r->points[i].y - r->points[(i + 1) % r->points_nr].y);
	return length;
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

#endif
