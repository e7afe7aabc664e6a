/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a page of a STAC API's answer: read or refused in one line; nothing leads to another host.
 * By libFuzzer (scripts/fuzz), or on its corpus with changes (replay.c).
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "pipeline/io/stac_search_internal.h"

#define ROOT "https://stac.example.org/v1"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* By https at an allowed host, in letters of either case. */
static void check_address(const char *address)
{
	static const char own[] = "https://stac.example.org/",
			  other[] = "https://data.example.org:8443/";

	if (strncasecmp(address, own, strlen(own)) != 0 &&
	    strncasecmp(address, other, strlen(other)) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct stac_search search = { .address = ROOT,
					    .from = 1720742400,
					    .to = 1752278400,
					    .cloud_cover_percent = 80,
					    .hosts = "data.example.org:8443" };
	json_t *first = json_pack("{s:i}", "limit", 100), *body;
	struct stac_pages pages = { .search = &search, .root = ROOT, .first = first };
	struct stac_ask next = { 0 };
	struct error e = { 0 };
	int ret = stac_page_read(&pages, ROOT "/search?limit=100", (const char *)data, size, &next,
				 &e);

	if (ret && (!e.code || !e.text[0] || strchr(e.text, '\n') || next.address || next.body))
		abort();
	for (size_t i = 0; !ret && i < pages.list.nr; i++) {
		const struct stac_found *f = &pages.list.items[i];

		check_address(f->address);
		if (!f->id[0] || f->time < search.from || f->time >= search.to)
			abort();
	}
	if (next.address)
		check_address(next.address);
	if (next.body) {
		body = json_loads(next.body, 0, NULL);
		if (!json_is_object(body))
			abort();
		json_decref(body);
	}
	free(next.address);
	free(next.body);
	stac_found_free(pages.list.items, pages.list.nr);
	json_decref(first);
	return 0;
}
