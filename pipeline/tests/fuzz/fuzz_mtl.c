/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a Landsat MTL: parsed or refused in one line, never more.
 * Built by clang with -fsanitize=fuzzer,address,undefined and linked with the pipeline.
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
	const char *value;

	if (mtl_parse(&m, (const char *)data, size, &e)) {
		if (m || e.code != ERROR_DATA || !e.text[0] || strchr(e.text, '\n'))
			abort();
		return 0;
	}
	value = mtl_get(m, "PRODUCT_CONTENTS", "PROCESSING_LEVEL");
	if (value && strlen(value) > size)
		abort();
	if (mtl_get(m, "", "") && !*mtl_get(m, "", ""))
		abort();
	mtl_free(m);
	return 0;
}
