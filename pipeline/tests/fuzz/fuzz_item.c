/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as item.json of a result: facts that hold and files of its own folder only, or it is refused in one
 * line; and the check of a STAC Item bears whatever was taken.
 * By libFuzzer (scripts/fuzz), or on its corpus with changes (replay.c).
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/io/result_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_facts(const struct result *r)
{
	if (!r->id[0] || strlen(r->unit) != 64 || r->time_end < r->time)
		abort();
	if (r->grid.width < 1 || r->grid.height < 1 || !(r->grid.dx > 0) || !(r->grid.dy > 0))
		abort();
	if (r->native_zone < 0 || r->native_zone > 60)
		abort();
}

static void check_files(const struct result *r)
{
	const char *file;

	for (size_t i = 0; (file = result_file(r, i)); i++)
		if (!file[0] || file[0] == '.' || strpbrk(file, "/\\:"))
			abort();
	if (result_looks(r) && strcmp(r->kind, "mosaic") != 0)
		abort();
}

static void check_findings(const struct result *r)
{
	struct findings f = { 0 };

	result_check_item(r, &f);
	for (size_t i = 0; i < f.kept; i++)
		if (!f.text[i][0] || strchr(f.text[i], '\n'))
			abort();
	findings_release(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct result r = { .path = (char *)"folder" };
	struct error e = { 0 };

	if (!result_parse(&r, (const char *)data, size, &e)) {
		check_facts(&r);
		check_files(&r);
		check_findings(&r);
	} else if (e.code != ERROR_DATA || !e.text[0] || strchr(e.text, '\n')) {
		abort();
	}
	json_decref(r.item);
	return 0;
}
