/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/regression.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/suggest.h"

#define BLANKS " \t,;"

static int unknown_band(const char *name, size_t length, struct error *e)
{
	const char *known[ROLE_NR], *near;
	char text[32];
	size_t n = 0;

	if (length >= sizeof(text))
		length = sizeof(text) - 1;
	memcpy(text, name, length);
	text[length] = 0;
	for (enum role role = 0; role < ROLE_NR; role++)
		if (role_is_reflectance(role))
			known[n++] = role_name(role);
	near = suggest(text, known, n);
	return error_set(e, ERROR_USAGE, "--regression: there is no band \"%s\"%s%s%s", text,
			 near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static int read_band(const char **at, enum role *out, struct error *e)
{
	size_t length = strcspn(*at, BLANKS "/");

	for (enum role role = 0; role < ROLE_NR; role++)
		if (role_is_reflectance(role) && strlen(role_name(role)) == length &&
		    !strncmp(role_name(role), *at, length)) {
			*at += length;
			*out = role;
			return 0;
		}
	return unknown_band(*at, length, e);
}

static void need(struct regression *r, enum role role)
{
	for (size_t i = 0; i < r->roles_nr; i++)
		if (r->roles[i] == role)
			return;
	r->roles[r->roles_nr++] = role;
}

/* "*a/b" or "*a" after a coefficient. */
static int read_term(struct regression *r, float coefficient, const char **at, struct error *e)
{
	struct regression_term *t = &r->terms[r->terms_nr];

	if (r->terms_nr == REGRESSION_TERMS_MAX)
		return error_set(e, ERROR_USAGE, "--regression: more than %zu terms",
				 REGRESSION_TERMS_MAX);
	*t = (struct regression_term){ coefficient, ROLE_NR, ROLE_NR };
	++*at;
	if (read_band(at, &t->numerator, e))
		return -1;
	need(r, t->numerator);
	if (**at == '/') {
		++*at;
		if (read_band(at, &t->denominator, e))
			return -1;
		need(r, t->denominator);
	}
	r->terms_nr++;
	return 0;
}

int regression_read(struct regression *r, const char *text, struct error *e)
{
	const char *at = text + strspn(text, BLANKS);

	*r = (struct regression){ 0 };
	while (*at) {
		char *end;
		float v = strtof(at, &end);
		bool term = end != at && *end == '*';

		if (end == at || !isfinite(v) || (*end && !term && !strchr(BLANKS, *end)))
			return error_set(
				e, ERROR_USAGE,
				"--regression: \"%.100s\" is neither a number nor a term such "
				"as -2.1*blue/green",
				at);
		at = end;
		if (term && read_term(r, v, &at, e))
			return -1;
		r->constant += term ? 0 : v;
		if (*at && !strchr(BLANKS, *at))
			return error_set(e, ERROR_USAGE, "--regression: cannot read \"%.100s\"",
					 at);
		at += strspn(at, BLANKS);
	}
	if (!r->terms_nr)
		return error_set(e, ERROR_USAGE, "--regression wants one term at least");
	if (!isfinite(r->constant))
		return error_set(
			e, ERROR_USAGE,
			"--regression: the sum of the numbers without a band is too large");
	return 0;
}
