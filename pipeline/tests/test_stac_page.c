/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages of what a STAC API found, without a server; test_stac_search.c has one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "pipeline/io/stac_search_internal.h"

#define ITEM(more)                                                                                 \
	"{\"type\": \"FeatureCollection\", \"features\": [{\"id\": \"a\", "                        \
	"\"collection\": \"c d\", \"properties\": {\"datetime\": \"2024-07-12T05:42:13Z\"}" more   \
	"}]}"

static int read_text(const char *text, struct stac_pages *pages, struct stac_ask *next,
		     struct error *e)
{
	return stac_page_read(pages, "https://api.example.org/v1/search?limit=1", text,
			      strlen(text), next, e);
}

static void an_item_has_an_address_at_an_allowed_host(void **state)
{
	static const char own[] = "https://api.example.org/v1/collections/c%20d/items/a";
	static const struct {
		const char *page, *address;
	} cases[] = {
		{ ITEM(""), own },
		{ ITEM(", \"links\": 3"), own },
		{ ITEM(", \"links\": [{\"rel\": \"self\", \"href\": \"x/a.json\"}]"),
		  "https://api.example.org/v1/x/a.json" },
		{ ITEM(", \"links\": [7, {\"rel\": \"root\", \"href\": \"/\"}, {\"rel\": \"self\", "
		       "\"href\": \"https://data.example.org:8443/a.json\"}]"),
		  "https://data.example.org:8443/a.json" },
		{ ITEM(", \"links\": [{\"rel\": \"self\", \"href\": \"https://evil.example.org/a\"}]"),
		  own },
		{ ITEM(", \"links\": [{\"rel\": \"self\", \"href\": \"https://api.example.org:81/a\"}]"),
		  own },
		{ ITEM(", \"links\": [{\"rel\": \"self\", \"href\": "
		       "\"https://api.example.org@evil.example.org/a\"}]"),
		  own },
		{ ITEM(", \"links\": [{\"rel\": \"self\", \"href\": \"file:///etc/passwd\"}]"),
		  own },
		{ ITEM(", \"links\": [{\"rel\": \"self\", \"href\": \"/vsicurl/http://x/\"}]"),
		  "https://api.example.org/vsicurl/http://x/" },
		/* Behind a proxy; and a password is nobody's business. */
		{ ITEM(", \"links\": [{\"rel\": \"self\", \"href\": \"http://me:word@API.example.org/a\"}]"),
		  "https://API.example.org/a" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct stac_search s = { .address = "https://api.example.org/v1",
					       .cloud_cover_percent = 100,
					       .hosts = "data.example.org:8443" };
		struct stac_pages pages = { .search = &s, .root = s.address };
		struct stac_ask next = { 0 };
		struct error e = { 0 };

		if (read_text(cases[i].page, &pages, &next, &e))
			fail_msg("%s", e.text);
		assert_int_equal(pages.list.nr, 1);
		assert_string_equal(pages.list.items[0].address, cases[i].address);
		assert_string_equal(pages.list.items[0].updated, "");
		assert_int_equal(pages.list.items[0].time, 1720762933);
		stac_found_free(pages.list.items, pages.list.nr);
	}
}

static void wrong_types_are_refused(void **state)
{
	static const struct {
		const char *page, *words;
	} cases[] = {
		{ "", "cannot read" },
		{ "[]", "no FeatureCollection" },
		{ "{}", "no FeatureCollection" },
		{ "{\"type\": \"Feature\"}", "no FeatureCollection" },
		{ "{\"type\": \"FeatureCollection\"}", "no FeatureCollection" },
		{ "{\"type\": \"FeatureCollection\", \"features\": {}}", "no FeatureCollection" },
		{ "{\"type\": \"FeatureCollection\", \"features\": [], \"features\": []}",
		  "duplicate" },
		{ "{\"type\": \"FeatureCollection\", \"features\": [null]}", "no id" },
		{ "{\"type\": \"FeatureCollection\", \"features\": [{\"id\": 7}]}", "no id" },
		{ "{\"type\": \"FeatureCollection\", \"features\": [{\"id\": \"\"}]}", "no id" },
		{ "{\"type\": \"FeatureCollection\", \"features\": [{\"id\": \"a\"}]}", "Item a " },
		{ "{\"type\": \"FeatureCollection\", \"features\": [{\"id\": \"a\", \"properties\": "
		  "{\"datetime\": 7}}]}",
		  "no datetime" },
		{ "{\"type\": \"FeatureCollection\", \"features\": [{\"id\": \"a\", \"properties\": "
		  "{\"datetime\": \"2024-07-12T05:42:13Z\"}}]}",
		  "no address" },
		{ "{\"type\": \"FeatureCollection\", \"features\": [], \"links\": [{\"rel\": \"next\", "
		  "\"href\": 7}]}",
		  "no http(s) address" },
		{ "{\"type\": \"FeatureCollection\", \"features\": [], \"links\": [{\"rel\": \"next\", "
		  "\"href\": \"?a\", \"method\": 7}]}",
		  "neither" },
		{ "{\"type\": \"FeatureCollection\", \"features\": [], \"links\": [{\"rel\": \"next\", "
		  "\"href\": \"?a\", \"method\": \"POST\", \"body\": []}]}",
		  "no object" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct stac_search s = { .address = "https://api.example.org/v1",
					       .cloud_cover_percent = 100 };
		struct stac_pages pages = { .search = &s, .root = s.address };
		struct stac_ask next = { 0 };
		struct error e = { 0 };

		assert_int_equal(read_text(cases[i].page, &pages, &next, &e), -1);
		if (e.code != ERROR_DATA || !strstr(e.text, cases[i].words))
			fail_msg("%s: %d: %s", cases[i].page, e.code, e.text);
		assert_null(next.address);
		assert_null(next.body);
		stac_found_free(pages.list.items, pages.list.nr);
	}
}

static void a_post_has_the_body_of_the_link_or_all_of_the_search(void **state)
{
	static const struct {
		const char *link, *body;
	} cases[] = {
		{ "", "{\"ids\":[],\"limit\":100}" },
		{ ", \"merge\": true", "{\"ids\":[],\"limit\":100}" },
		{ ", \"body\": {\"token\": 1}", "{\"token\":1}" },
		{ ", \"body\": {\"token\": 1}, \"merge\": false", "{\"token\":1}" },
		{ ", \"body\": {\"token\": 1, \"limit\": 7}, \"merge\": true",
		  "{\"ids\":[],\"limit\":7,\"token\":1}" },
	};
	const struct stac_search s = { .address = "https://api.example.org/v1" };
	json_t *first = json_pack("{s:i, s:[]}", "limit", 100, "ids");

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct stac_pages pages = { .search = &s, .root = s.address, .first = first };
		struct stac_ask next = { 0 };
		struct error e = { 0 };
		char page[500];

		snprintf(
			page, sizeof(page),
			"{\"type\": \"FeatureCollection\", \"features\": [], \"links\": [{\"rel\": "
			"\"next\", \"href\": \"search\", \"method\": \"POST\"%s}]}",
			cases[i].link);
		assert_int_equal(read_text(page, &pages, &next, &e), 0);
		assert_string_equal(next.address, "https://api.example.org/v1/search");
		assert_string_equal(next.body, cases[i].body);
		free(next.address);
		free(next.body);
	}
	assert_int_equal(json_object_size(first), 2);
	json_decref(first);
}

static void too_many_items_are_refused(void **state)
{
	const struct stac_search s = { .address = "https://api.example.org/v1",
				       .cloud_cover_percent = 100 };
	struct stac_pages pages = { .search = &s,
				    .root = s.address,
				    .list = { .nr = STAC_SEARCH_ITEMS_MAX,
					      .room = STAC_SEARCH_ITEMS_MAX } };
	struct stac_ask next = { 0 };
	struct error e = { 0 };

	(void)state;
	assert_int_equal(read_text(ITEM(""), &pages, &next, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	assert_non_null(strstr(e.text, "more than 100000 Items"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_item_has_an_address_at_an_allowed_host),
		cmocka_unit_test(wrong_types_are_refused),
		cmocka_unit_test(a_post_has_the_body_of_the_link_or_all_of_the_search),
		cmocka_unit_test(too_many_items_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
