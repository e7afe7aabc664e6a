/* SPDX-License-Identifier: Apache-2.0
 *
 * product_time.c - a product's time as text.
 */
#include <time.h>

#include "pipeline/io/product.h"

static struct tm time_of(const struct product *p)
{
	time_t t = (time_t)p->time;
	struct tm tm = { .tm_mday = 1, .tm_year = 70 };

	gmtime_r(&t, &tm);
	return tm;
}

void product_time_compact(const struct product *p, char *text)
{
	struct tm tm = time_of(p);

	strftime(text, 16, "%Y%m%dT%H%M%S", &tm);
}

void product_time_iso(const struct product *p, char *text)
{
	struct tm tm = time_of(p);

	strftime(text, 21, "%Y-%m-%dT%H:%M:%SZ", &tm);
}
