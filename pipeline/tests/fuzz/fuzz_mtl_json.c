/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as the JSON form of a Landsat MTL: parsed or refused in one line, never more.
 * By libFuzzer (scripts/fuzz), or on its corpus with changes (replay.c).
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/io/mtl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error e = { 0 };
	struct mtl *m = NULL;

	if (mtl_parse_json(&m, (const char *)data, size, &e)) {
		if (m || e.code != ERROR_DATA || !e.text[0] || strchr(e.text, '\n'))
			abort();
		return 0;
	}
	if (mtl_get(m, "PRODUCT_CONTENTS", "PROCESSING_LEVEL") &&
	    strlen(mtl_get(m, "PRODUCT_CONTENTS", "PROCESSING_LEVEL")) > size)
		abort();
	mtl_free(m);
	return 0;
}
