/* SPDX-License-Identifier: Apache-2.0
 *
 * result_fixture.h - one observation of four tiles in a folder of its own.
 */
#ifndef PIPELINE_TESTS_RESULT_FIXTURE_H
#define PIPELINE_TESTS_RESULT_FIXTURE_H

#include "pipeline/tests/result_maker.h"

#define W 700
#define H 600
#define N ((size_t)W * H)

static const struct grid grid = { { "EPSG:32643" }, 600000, 5100000, 30, 30, W, H };

struct fixture {
	struct bench bench;
	uint8_t *water, *fraction;
	char result[300];
};

static inline void fixture_open(struct fixture *f)
{
	struct observation o = { .id = "TEST_1",
				 .datatake = "take",
				 .lake = "balkhash",
				 .zone = 43,
				 .time = 1720762933,
				 .grid = grid };
	struct error e = { 0 };

	bench_open(&f->bench);
	f->water = malloc(N);
	f->fraction = malloc(N);
	for (int i = 0; i < W * H; i++) {
		f->water[i] = (uint8_t)(i % W < 100 ? 255 : i * 7 % 3);
		f->fraction[i] = (uint8_t)(i % W < 100 ? 255 : i % 101);
	}
	o.water = f->water;
	o.fraction = f->fraction;
	if (make_observation(&f->bench, f->bench.folder, &o, &e))
		fail_msg("%s", e.text);
	snprintf(f->result, sizeof(f->result), "%s/TEST_1", f->bench.folder);
}

static inline void fixture_close(struct fixture *f)
{
	free(f->water);
	free(f->fraction);
	bench_close(&f->bench);
}

static inline char *file_of(const struct fixture *f, const char *name)
{
	return path_join(f->result, name);
}

/* Change item.json: the first `from` becomes `to`. */
static inline void edit_item(const struct fixture *f, const char *from, const char *to)
{
	char *path = file_of(f, "item.json"), *text = NULL, *changed;
	struct error e = { 0 };
	size_t head = 0, size;

	assert_int_equal(file_read(path, 64 << 20, &text, &size, &e), 0);
	while (text[head] && strncmp(text + head, from, strlen(from)) != 0)
		head++;
	if (!text[head])
		fail_msg("%s is not in item.json", from);
	size += strlen(to) - strlen(from);
	changed = malloc(size + 1);
	snprintf(changed, size + 1, "%.*s%s%s", (int)head, text, to, text + head + strlen(from));
	bench_write(path, changed, size);
	free(changed);
	free(text);
	free(path);
}

/* Let item.json say of this layer's file what it is now, as whoever wrote it again may do. */
static inline void reseal(const struct fixture *f, const char *layer)
{
	char *item = file_of(f, "item.json"), hex[4 + SHA256_HEX] = "1220", *text, *path;
	json_t *root = json_load_file(item, 0, NULL);
	json_t *asset = json_object_get(json_object_get(root, "assets"), layer);
	struct error e = { 0 };
	uint64_t size = 0;

	path = file_of(f, json_string_value(json_object_get(asset, "href")));
	if (file_sha256(path, hex + 4, &e) || file_size(path, &size, &e))
		fail_msg("%s", e.text);
	json_object_set_new(asset, "file:size", json_integer((json_int_t)size));
	json_object_set_new(asset, "file:checksum", json_string(hex));
	text = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
	bench_write(item, text, strlen(text));
	free(text);
	json_decref(root);
	free(path);
	free(item);
}

#endif
