/* SPDX-License-Identifier: Apache-2.0
 *
 * index_sample.h - results of no pixels in an output folder, and what their index says.
 */
#ifndef PIPELINE_TESTS_INDEX_SAMPLE_H
#define PIPELINE_TESTS_INDEX_SAMPLE_H

#include <dirent.h>

#include <ogr_api.h>

#include "pipeline/stage/run_index.h"
#include "pipeline/tests/catalog_sample.h"

#define INDEX "index.gpkg"

static inline void indexed(const struct bench *b)
{
	struct error e = { 0 };

	if (run_index(b->folder, "gpkg", false, &b->log, &e))
		fail_msg("%s", e.text);
}

/* What was said since the last time. */
static inline const char *said(struct bench *b)
{
	static char text[20000];

	fflush(b->log.stream);
	snprintf(text, sizeof(text), "%s", b->said);
	rewind(b->log.stream);
	fflush(b->log.stream);
	return text;
}

/* Rows of a query, their fields by '|', a line each. */
static inline const char *asked(const struct bench *b, const char *sql)
{
	static char text[8000];
	const char *const drivers[] = { "GPKG", NULL };
	GDALDatasetH d = GDALOpenEx(bench_path(b, INDEX), GDAL_OF_VECTOR, drivers, NULL, NULL);
	OGRLayerH rows = d ? GDALDatasetExecuteSQL(d, sql, NULL, NULL) : NULL;
	size_t at = 0;

	assert_non_null(rows);
	text[0] = 0;
	for (OGRFeatureH f; (f = OGR_L_GetNextFeature(rows)); OGR_F_Destroy(f))
		for (int k = 0; k < OGR_F_GetFieldCount(f) && at < sizeof(text); k++)
			at += (size_t)snprintf(
				text + at, sizeof(text) - at, "%s%c",
				OGR_F_IsFieldNull(f, k) ? "-" : OGR_F_GetFieldAsString(f, k),
				k + 1 < OGR_F_GetFieldCount(f) ? '|' : '\n');
	GDALDatasetReleaseResultSet(d, rows);
	GDALClose(d);
	return text;
}

/* Nothing but results and the index; hidden files above all. */
static inline void assert_tidy(const struct bench *b)
{
	DIR *d = opendir(b->folder);
	struct dirent *entry;

	assert_non_null(d);
	while ((entry = readdir(d)))
		if (entry->d_name[0] == '.' && strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			fail_msg("%s lies about", entry->d_name);
	closedir(d);
}

/* Add a text as the item.json of a result. */
static inline void put_item(const struct bench *b, const char *place, const char *text)
{
	char name[200];

	snprintf(name, sizeof(name), "%s/item.json", place);
	bench_write(bench_path(b, name), text, strlen(text));
}

/* item.json of a result with one text in it replaced. */
static inline void alter(const struct bench *b, const char *place, const char *from, const char *to)
{
	char name[200], text[20000], altered[21000], *found;
	FILE *f;

	snprintf(name, sizeof(name), "%s/item.json", place);
	f = fopen(bench_path(b, name), "r");
	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = 0;
	fclose(f);
	found = strstr(text, from);
	assert_non_null(found);
	*found = 0;
	snprintf(altered, sizeof(altered), "%s%s%s", text, to, found + strlen(from));
	put_item(b, place, altered);
}

static inline void hash_of(const struct bench *b, char hex[SHA256_HEX])
{
	struct error e = { 0 };

	if (file_sha256(bench_path(b, INDEX), hex, &e))
		fail_msg("%s", e.text);
}

static inline void full_observation(const struct bench *b)
{
	make(b, &(struct facts){
			.place = "observations/" FIRST,
			.id = FIRST,
			.kind = "observation",
			.from = at("2024-07-12T05:32:59Z"),
			.to = at("2024-07-12T05:32:59Z"),
			.west = 76,
			.south = 45,
			.properties = json_pack(
				"{s:s, s:s, s:s, s:s, s:s, s:{s:f, s:f}, s:[{s:s, s:{s:s}}]}",
				"platform", "LC09", "balkhash:product", "LC09_L2SP_150028_x",
				"balkhash:level", "L2SP", "balkhash:tile", "150028",
				"balkhash:lake", "balkhash", "balkhash:area_km2",
				"water_by_fraction", 12.3456, "cloud", .5, "balkhash:inputs", "id",
				"LC09_L2SP_150028_x", "metadata", "file", "x_MTL.txt"),
		});
}

static inline void full_mosaic(const struct bench *b)
{
	make(b, &(struct facts){
			.place = "mosaics/2024",
			.id = "mosaic_2024",
			.kind = "mosaic",
			.from = at("2024-05-01"),
			.to = at("2024-11-01"),
			.west = 74,
			.south = 45,
			.properties = json_pack("{s:f, s:{s:[{s:s, s:s}]}, s:[{s:s, s:s, s:s}]}",
						"balkhash:coverage_percent", 96.5,
						"balkhash:options", "fill", "id", "mosaic_2023",
						"unit", "77", "balkhash:inputs", "id", FIRST,
						"unit", "99", "time", "2024-07-12T05:32:59Z"),
		});
}

static inline void full_change(const struct bench *b)
{
	make(b, &(struct facts){
			.place = "changes/2017-2024",
			.id = "change_2017_2024",
			.kind = "change",
			.from = at("2017-05-01"),
			.to = at("2024-11-01"),
			.west = 74,
			.south = 45,
			.properties = json_pack("{s:{s:f, s:f, s:f}, s:[{s:s, s:s, s:s}]}",
						"balkhash:area_km2", "gain", 1.5, "loss", 2.25,
						"net_by_fraction", -.75, "balkhash:inputs", "role",
						"before", "id", "mosaic_2017", "kind", "mosaic"),
		});
}

#endif
