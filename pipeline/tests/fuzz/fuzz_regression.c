/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a user's regression: what is read is finite and names its bands, or it is refused in one line.
 * By libFuzzer (scripts/fuzz), or on its corpus with changes (replay.c).
 */
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/stage/regression.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool has(const struct regression *r, enum role role)
{
	size_t n = 0;

	for (size_t i = 0; i < r->roles_nr; i++)
		n += r->roles[i] == role;
	return n == 1 && role_is_reflectance(role);
}

static void check(const struct regression *r)
{
	if (!isfinite(r->constant) || !r->terms_nr || r->terms_nr > REGRESSION_TERMS_MAX)
		abort();
	if (!r->roles_nr || r->roles_nr > 2 * r->terms_nr)
		abort();
	for (size_t i = 0; i < r->terms_nr; i++) {
		const struct regression_term *t = &r->terms[i];

		if (!isfinite(t->coefficient) || !has(r, t->numerator))
			abort();
		if (t->denominator != ROLE_NR && !has(r, t->denominator))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);
	struct regression r;
	struct error e = { 0 };

	if (!text)
		abort();
	if (!regression_read(&r, text, &e))
		check(&r);
	else if (e.code != ERROR_USAGE || !e.text[0] || strchr(e.text, '\n'))
		abort();
	free(text);
	return 0;
}
