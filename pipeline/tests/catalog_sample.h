/* SPDX-License-Identifier: Apache-2.0
 *
 * catalog_sample.h - results of no pixels in an output folder, and what their catalogue is to be.
 */
#ifndef PIPELINE_TESTS_CATALOG_SAMPLE_H
#define PIPELINE_TESTS_CATALOG_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "pipeline/base/utc.h"
#include "pipeline/io/catalog.h"
#include "pipeline/tests/result_maker.h"

#define LAEA "+proj=laea +lat_0=46 +lon_0=76.3 +datum=WGS84 +units=m"

static const struct catalog_child children[] = {
	{ "observations", "observations", "Observations", "One granule of a product each." },
	{ "mosaics", "mosaics", "Mosaics", "All observations of a period each." },
	{ "changes", "changes", "Changes", "Two periods compared each." },
};
#define CHILDREN (sizeof(children) / sizeof(children[0]))

static inline int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	if (!b)
		return -1;
	bench_open(b);
	*state = b;
	return 0;
}

static inline int tear_down(void **state)
{
	bench_close(*state);
	free(*state);
	return 0;
}

/* A result of one layer and a style in DIR/place, which need not be like an id. */
struct facts {
	const char *place, *id, *kind, *crs;
	int64_t from, to;
	double west, south; /* of a square of one degree; 999: none */
	json_t *properties; /* taken */
};

static inline void make(const struct bench *b, const struct facts *f)
{
	struct polygon footprint = { 0 };
	struct item_asset assets[] = {
		{ .file = "water.tif", .layer = layer_find("water") },
		{ .file = "water.qml",
		  .title = "Style",
		  .media_type = "application/xml",
		  .role = "style" },
	};
	struct item item = { .kind = f->kind,
			     .id = f->id,
			     .time = f->from,
			     .time_end = f->to,
			     .grid = { { "" }, 300000, 5100000, 30, 30, 20, 10 },
			     .footprint = &footprint,
			     .assets = assets,
			     .assets_nr = 2 };
	struct point ring[4];
	struct error e = { 0 };
	char *folder = strdup(bench_path(b, f->place)), *parent = strdup(folder);

	for (int i = 0; i < 4; i++)
		ring[i] = (struct point){ f->west + (i == 1 || i == 2), f->south + (i >= 2) };
	if (f->west < 999)
		assert_int_equal(polygon_add(&footprint, ring, 4, &e), 0);
	*strrchr(parent, '/') = 0;
	mkdir(parent, 0777);
	assert_int_equal(mkdir(folder, 0777), 0);
	for (int i = 0; i < 2; i++) {
		char *path = path_join(folder, assets[i].file);

		bench_write(path, "abc", 3);
		free(path);
	}
	snprintf(item.grid.crs.def, sizeof(item.grid.crs.def), "%s", f->crs ? f->crs : LAEA);
	item.properties = f->properties ? f->properties : json_object();
	json_object_set_new(item.properties, "balkhash:unit",
			    json_string("00000000000000000000000000000000"
					"00000000000000000000000000000000"));
	if (item_write(folder, &item, &e))
		fail_msg("%s", e.text);
	json_decref(item.properties);
	polygon_release(&footprint);
	free(parent);
	free(folder);
}

static inline int64_t at(const char *text)
{
	int64_t time;

	assert_int_equal(utc_parse(text, &time), 0);
	return time;
}

static inline void observation(const struct bench *b, const char *id, const char *time, double west)
{
	char place[300];

	snprintf(place, sizeof(place), "observations/%s", id);
	make(b, &(struct facts){ .place = place,
				 .id = id,
				 .kind = "observation",
				 .from = at(time),
				 .to = at(time),
				 .west = west,
				 .south = 45 });
}

#define FIRST  "LC09_L2SP_20240712T053259_150028_balkhash"
#define SECOND "S2B_L2A_20230718T053600_T43TFM_balkhash"

static inline void mosaic(const struct bench *b)
{
	make(b, &(struct facts){
			.place = "mosaics/2024",
			.id = "mosaic_2024",
			.kind = "mosaic",
			.from = at("2023-05-01"),
			.to = at("2024-11-01"),
			.west = 74,
			.south = 45,
			.properties = json_pack("{s:[{s:s, s:s}, {s:s, s:s}]}", "balkhash:inputs",
						"id", "HLS.S30_x", "time", "2022-07-12T05:32:59Z",
						"id", SECOND, "time", "2023-07-18T05:36:00Z"),
		});
}

static inline void change(const struct bench *b)
{
	make(b, &(struct facts){ .place = "changes/2017-2024",
				 .id = "change_2017_2024",
				 .kind = "change",
				 .from = at("2017-05-01"),
				 .to = at("2024-11-01"),
				 .west = 74,
				 .south = 45 });
}

static inline void write_all(const struct bench *b, struct catalog_report *report)
{
	struct error e = { 0 };

	if (catalog_write(b->folder, children, CHILDREN, report, &e))
		fail_msg("%s", e.text);
}

/* Written without anything left out. */
static inline void written(const struct bench *b)
{
	struct catalog_report report;

	write_all(b, &report);
	if (report.skipped)
		fail_msg("%s", report.text[0]);
	catalog_report_release(&report);
}

static inline json_t *load(const struct bench *b, const char *name)
{
	json_error_t why;
	json_t *root = json_load_file(bench_path(b, name), JSON_REJECT_DUPLICATES, &why);

	if (!root)
		fail_msg("%s: %s", name, why.text);
	return root;
}

/* Part of a JSON text by keys, in the short form. */
static inline void assert_part(json_t *root, const char *key1, const char *key2,
			       const char *expected)
{
	json_t *part = json_object_get(root, key1);
	char *text;

	part = key2 ? json_object_get(part, key2) : part;
	text = json_dumps(part, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

static inline bool is_there(const struct bench *b, const char *name)
{
	return !access(bench_path(b, name), F_OK);
}

/* The collection of FIRST and SECOND and of nothing else. */
static inline void assert_both(const struct bench *b)
{
	json_t *root = load(b, "observations/collection.json");

	assert_part(root, "type", NULL, "\"Collection\"");
	assert_part(root, "stac_version", NULL, "\"1.0.0\"");
	assert_part(root, "id", NULL, "\"observations\"");
	assert_part(root, "title", NULL, "\"Observations\"");
	assert_part(root, "extent", "spatial", "{\"bbox\":[[74.5,45.0,77.0,46.0]]}");
	assert_part(root, "extent", "temporal",
		    "{\"interval\":[[\"2023-07-18T05:36:00Z\",\"2024-07-12T05:32:59Z\"]]}");
	assert_part(root, "summaries", NULL,
		    "{\"platform\":[\"LC09\",\"S2B\"],\"balkhash:layers\":[\"water\"]}");
	assert_part(root, "license", NULL, "\"various\"");
	assert_part(json_array_get(json_object_get(root, "providers"), 0), "description", NULL,
		    "\"Contains modified Copernicus Sentinel data 2023\"");
	assert_part(json_array_get(json_object_get(root, "providers"), 1), "name", NULL,
		    "\"U.S. Geological Survey\"");
	assert_part(json_array_get(json_object_get(root, "links"), 0), "href", NULL,
		    "\"../catalog.json\"");
	assert_int_equal(json_array_size(json_object_get(root, "links")), 6);
	for (size_t i = 0; i < 2; i++) {
		json_t *link = json_array_get(json_object_get(root, "links"), 4 + i);

		assert_part(link, "rel", NULL, "\"item\"");
		assert_part(link, "href", NULL,
			    i ? "\"./" SECOND "/item.json\"" : "\"./" FIRST "/item.json\"");
		assert_part(link, "title", NULL, i ? "\"" SECOND "\"" : "\"" FIRST "\"");
	}
	json_decref(root);
}

#endif
