/* SPDX-License-Identifier: Apache-2.0
 *
 * stac_page.c - one page of what a search found, and where the next one is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#include "pipeline/io/facts.h"
#include "pipeline/io/remote.h"
#include "pipeline/io/stac_search_internal.h"

#define ADDRESS_MAX    8000
#define BODY_BYTES_MAX ((size_t)1 << 20)
#define ID_MAX	       500
#define UPDATED_MAX    64

/* A page on its way. */
struct page {
	struct stac_pages *pages;
	const char *address;
};

/* How much of the page's address is for messages: without the question, which may be long. */
static int shown(const struct page *p)
{
	size_t n = strcspn(p->address, "?");

	return n < 200 ? (int)n : 200;
}

/* --- links --- */

/* Whoever asked by https goes on so, though servers behind a proxy write http into their links. */
static int keep_https(CURLU *url, const char *base)
{
	if (strncasecmp(base, "https:", 6))
		return 0;
	return curl_url_set(url, CURLUPART_SCHEME, "https", 0) != CURLUE_OK;
}

static bool is_web(CURLU *url)
{
	char *scheme = NULL;
	bool web = !curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) &&
		   (!strcasecmp(scheme, "http") || !strcasecmp(scheme, "https"));

	curl_free(scheme);
	return web;
}

/* Where a link leads, without the name and the password that it may hold, to be freed; NULL: to no address. */
static char *resolve(const char *base, const char *href)
{
	CURLU *url = curl_url();
	char *there = NULL, *copy = NULL;

	if (url && strlen(href) < ADDRESS_MAX && !curl_url_set(url, CURLUPART_URL, base, 0) &&
	    !curl_url_set(url, CURLUPART_URL, href, 0) && is_web(url) && !keep_https(url, base) &&
	    !curl_url_set(url, CURLUPART_USER, NULL, 0) &&
	    !curl_url_set(url, CURLUPART_PASSWORD, NULL, 0) &&
	    !curl_url_get(url, CURLUPART_URL, &there, 0))
		copy = strdup(there);
	curl_free(there);
	curl_url_cleanup(url);
	return copy;
}

static bool is_allowed(const struct page *p, const char *address)
{
	return remote_allowed(address, p->pages->search->address, p->pages->search->hosts);
}

/* The first link of this relation; NULL: there is none. */
static const json_t *link_of(const json_t *object, const char *relation)
{
	const json_t *links = json_object_get(object, "links");

	for (size_t i = 0; i < json_array_size(links); i++) {
		const json_t *link = json_array_get(links, i);
		const char *rel = json_string_value(json_object_get(link, "rel"));

		if (rel && !strcmp(rel, relation))
			return link;
	}
	return NULL;
}

/* --- Items --- */

static int refuse(const struct page *p, const char *id, const char *what, struct error *e)
{
	return error_set(e, ERROR_DATA, "the search at %.*s found %s%.100s that %s", shown(p),
			 p->address, id ? "the Item " : "an Item", id ? id : "", what);
}

/* The API's own address of an Item, to be freed; NULL: no collection is said. */
static char *own_address(const struct page *p, const json_t *item, const char *id)
{
	const char *collection = json_string_value(json_object_get(item, "collection"));
	char *c = collection && collection[0] && strlen(collection) < ID_MAX
			  ? curl_easy_escape(NULL, collection, 0)
			  : NULL;
	char *i = curl_easy_escape(NULL, id, 0), *address = NULL;

	if (c && i && asprintf(&address, "%s/collections/%s/items/%s", p->pages->root, c, i) < 0)
		address = NULL;
	curl_free(c);
	curl_free(i);
	return address;
}

static char *address_of(const struct page *p, const json_t *item, const char *id)
{
	const char *href = json_string_value(json_object_get(link_of(item, "self"), "href"));
	char *address = href ? resolve(p->address, href) : NULL;

	if (address && is_allowed(p, address))
		return address;
	free(address);
	return own_address(p, item, id);
}

/* Room for one more at the end of the list. */
static int grow(struct stac_list *l, struct error *e)
{
	struct stac_found *more;
	size_t room;

	if (l->nr == STAC_SEARCH_ITEMS_MAX)
		return error_set(e, ERROR_DATA,
				 "the search finds more than %d Items: ask for less (a shorter "
				 "time, fewer collections)",
				 STAC_SEARCH_ITEMS_MAX);
	if (l->nr < l->room)
		return 0;
	room = l->room ? 2 * l->room : 64;
	more = realloc(l->items, room * sizeof(*more));
	if (!more)
		return error_nomem(e, "a list of Items");
	l->items = more;
	l->room = room;
	return 0;
}

static bool is_wanted(const struct stac_search *s, const json_t *properties, int64_t time)
{
	const json_t *cover = json_object_get(properties, "eo:cloud_cover");

	if (s->from != s->to && (time < s->from || time >= s->to))
		return false;
	return s->cloud_cover_percent >= 100 || !json_is_number(cover) ||
	       json_number_value(cover) <= s->cloud_cover_percent;
}

static int take_item(struct page *p, const json_t *item, struct error *e)
{
	const json_t *properties = json_object_get(item, "properties");
	const char *id = json_string_value(json_object_get(item, "id"));
	const char *text = json_string_value(json_object_get(properties, "datetime"));
	const char *updated = json_string_value(json_object_get(properties, "updated"));
	struct stac_list *list = &p->pages->list;
	struct stac_found *found;
	int64_t time;

	if (!id || !id[0] || strlen(id) > ID_MAX)
		return refuse(p, NULL, "has no id", e);
	if (!text)
		text = json_string_value(json_object_get(properties, "start_datetime"));
	if (!facts_time(text, &time))
		return refuse(p, id, "has no datetime in UTC", e);
	if (!is_wanted(p->pages->search, properties, time))
		return 0;
	if (grow(list, e))
		return -1;
	/* In the list from here on, whatever becomes of it. */
	found = &list->items[list->nr++];
	found->time = time;
	found->id = strdup(id);
	found->updated = strdup(updated && strlen(updated) <= UPDATED_MAX ? updated : "");
	found->address = address_of(p, item, id);
	if (!found->id || !found->updated)
		return error_nomem(e, "an Item");
	return found->address ? 0 : refuse(p, id, "has no address at an allowed host", e);
}

/* --- the next page --- */

static int refuse_next(const struct page *p, const char *what, struct error *e)
{
	return error_set(e, ERROR_DATA, "the search at %.*s: its link to the next page %s",
			 shown(p), p->address, what);
}

/* What is to be posted: the link's body, or the search with the body's fields instead of its own. */
static int set_body(const struct page *p, const json_t *link, struct stac_ask *next,
		    struct error *e)
{
	json_t *body = json_object_get(link, "body"), *whole;

	if (body && !json_is_object(body))
		return refuse_next(p, "has a body that is no object", e);
	if (body && !json_is_true(json_object_get(link, "merge"))) {
		next->body = json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS);
	} else {
		whole = json_copy((json_t *)p->pages->first);
		if (whole && (!body || !json_object_update(whole, body)))
			next->body = json_dumps(whole, JSON_COMPACT | JSON_SORT_KEYS);
		json_decref(whole);
	}
	if (!next->body)
		return error_nomem(e, "a search");
	if (strlen(next->body) > BODY_BYTES_MAX)
		return refuse_next(p, "has too large a body", e);
	return 0;
}

static int set_next(const struct page *p, const json_t *link, struct stac_ask *next,
		    struct error *e)
{
	const char *href = json_string_value(json_object_get(link, "href"));
	const json_t *method = json_object_get(link, "method");
	const char *word = method ? json_string_value(method) : "GET";
	char *host;

	next->address = href ? resolve(p->address, href) : NULL;
	if (!next->address)
		return refuse_next(p, "is no http(s) address", e);
	if (!is_allowed(p, next->address)) {
		host = remote_host(next->address);
		error_set(
			e, ERROR_DATA,
			"the search at %.*s: its link to the next page leads to another host: allow "
			"it with --hosts %.100s",
			shown(p), p->address, host ? host : "");
		free(host);
		return -1;
	}
	if (word && !strcasecmp(word, "GET"))
		return 0;
	if (word && !strcasecmp(word, "POST"))
		return set_body(p, link, next, e);
	return refuse_next(p, "is neither GET nor POST", e);
}

/* --- the page --- */

static json_t *load(const struct page *p, const char *text, size_t size, struct error *e)
{
	json_error_t where;
	json_t *page = json_loadb(text, size, JSON_REJECT_DUPLICATES, &where);
	const char *type = json_string_value(json_object_get(page, "type"));

	if (!page)
		error_set(e, ERROR_DATA, "cannot read the search at %.*s: line %d: %.100s",
			  shown(p), p->address, where.line, where.text);
	else if (!type || strcmp(type, "FeatureCollection") ||
		 !json_is_array(json_object_get(page, "features")))
		error_set(e, ERROR_DATA,
			  "%.*s answers with no FeatureCollection: is it a STAC API?", shown(p),
			  p->address);
	else
		return page;
	json_decref(page);
	return NULL;
}

int stac_page_read(struct stac_pages *pages, const char *address, const char *text, size_t size,
		   struct stac_ask *next, struct error *e)
{
	struct page p = { .pages = pages, .address = address };
	json_t *page = load(&p, text, size, e), *features;
	const json_t *link;
	int ret = 0;

	if (!page)
		return -1;
	features = json_object_get(page, "features");
	for (size_t i = 0; !ret && i < json_array_size(features); i++)
		ret = take_item(&p, json_array_get(features, i), e);
	link = link_of(page, "next");
	if (!ret && link)
		ret = set_next(&p, link, next, e);
	if (ret) {
		free(next->address);
		free(next->body);
		*next = (struct stac_ask){ 0 };
	}
	json_decref(page);
	return ret;
}
