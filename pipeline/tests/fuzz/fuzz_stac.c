/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a STAC Item: opened or refused in one line; its hrefs lead nowhere.
 * By libFuzzer (scripts/fuzz), or on its corpus with changes (replay.c).
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cpl_vsi.h>

#include "pipeline/io/gdal.h"
#include "pipeline/io/stac.h"

#define FOLDER "/vsimem/fuzz"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Once: the drivers of the program, as main() has them. */
__attribute__((constructor)) static void set_up(void)
{
	gdal_setup((size_t)1 << 20);
}

static void release(struct product *p)
{
	for (size_t i = 0; i < p->granules_nr; i++) {
		for (enum role r = 0; r < ROLE_NR; r++) {
			free(p->granules[i].bands[r].path);
			free(p->granules[i].bands[r].file);
		}
	}
	free(p->granules);
	free(p->metadata_path);
	free(p->warnings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct input_options options = { 0 };
	uint8_t *copy = malloc(size + 1);
	struct product p = { .path = FOLDER, .warnings = strdup("") };
	struct folder root = { .path = strdup(FOLDER) };
	struct error e = { 0 };
	int ret;

	if (!copy || !p.warnings || !root.path)
		abort();
	memcpy(copy, data, size);
	VSIFCloseL(VSIFileFromMemBuffer(FOLDER "/item.json", copy, size, FALSE));
	ret = stac_read(&p, &root, "item.json", &options, &e);
	if (ret && (!e.code || !e.text[0] || strchr(e.text, '\n')))
		abort();
	for (enum role r = 0; !ret && r < ROLE_NR; r++)
		if (p.granules[0].bands[r].path &&
		    strncmp(p.granules[0].bands[r].path, FOLDER "/", strlen(FOLDER) + 1) != 0)
			abort();
	VSIUnlink(FOLDER "/item.json");
	release(&p);
	free(root.path);
	free(copy);
	return 0;
}
