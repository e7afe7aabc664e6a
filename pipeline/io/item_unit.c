/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/item.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/file.h"
#include "pipeline/io/folder.h"

/* Of the file that stands for a product: metadata, or the Fmask of an HLS granule. */
#define METADATA_BYTES_MAX ((size_t)256 << 20)

int item_unit(const json_t *inputs, const json_t *options, char *hex, struct error *e)
{
	json_t *unit = json_pack("{s:O, s:O, s:s}", "inputs", inputs, "options", options, "version",
				 BALKHASH_VERSION);
	char *text = unit ? json_dumps(unit, JSON_COMPACT | JSON_SORT_KEYS) : NULL;

	json_decref(unit);
	if (!text)
		return error_nomem(e, "a unit id");
	memory_sha256(text, strlen(text), hex);
	free(text);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* [{"name", "size"} ...] sorted by name. */
static json_t *files_json(const char *const *files, size_t n, const char *folder, struct error *e)
{
	const char **sorted = malloc((n + 1) * sizeof(*sorted));
	json_t *list = json_array();

	if (!sorted || !list)
		goto nomem;
	for (size_t i = 0; i < n; i++)
		sorted[i] = files[i];
	qsort(sorted, n, sizeof(*sorted), by_name);
	for (size_t i = 0; i < n; i++) {
		bool elsewhere = sorted[i][0] == '/';
		const char *name = elsewhere ? path_name(sorted[i]) : sorted[i];
		char *path = elsewhere ? strdup(sorted[i]) : path_join(folder, sorted[i]);
		uint64_t size = 0;
		int bad = path ? folder_file_size(path, &size, e) : error_nomem(e, sorted[i]);

		free(path);
		if (bad)
			goto fail;
		if (json_array_append_new(
			    list, json_pack("{s:s, s:I}", "name", name, "size", (json_int_t)size)))
			goto nomem;
	}
	free(sorted);
	return list;
nomem:
	error_nomem(e, "the list of input files");
fail:
	free(sorted);
	json_decref(list);
	return NULL;
}

json_t *item_input(const char *id, const char *metadata_path, const char *const *files,
		   size_t files_nr, const char *folder, struct error *e)
{
	char hex[SHA256_HEX], *text;
	json_t *input, *list;
	size_t size;

	if (folder_read_file(metadata_path, METADATA_BYTES_MAX, &text, &size, e))
		return NULL;
	memory_sha256(text, size, hex);
	free(text);
	list = files_json(files, files_nr, folder, e);
	if (!list)
		return NULL;
	input = json_pack("{s:s, s:{s:s, s:s}, s:o}", "id", id, "metadata", "file",
			  path_name(metadata_path), "sha256", hex, "files", list);
	if (!input)
		error_nomem(e, "an input");
	return input;
}
