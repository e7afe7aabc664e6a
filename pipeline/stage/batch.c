/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/batch.h"

void batch_failed(struct batch *b, const char *path, const struct error *e)
{
	if (!b->failed++)
		b->first = e->code;
	b->mixed |= e->code != b->first;
	if (b->given > 1)
		log_failure(b->log, CODE_PRODUCT_FAILED, path, e);
}

int batch_end(const struct batch *b, struct error *e)
{
	bool alike = b->failed == b->given && !b->mixed;

	if (!b->failed)
		return 0;
	if (b->given == 1)
		return -1;
	return error_set(e, alike ? b->first : ERROR_PARTIAL, "%zu of %zu %s failed", b->failed,
			 b->given, b->what);
}
