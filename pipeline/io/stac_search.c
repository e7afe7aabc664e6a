/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/stac_search.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "pipeline/base/file.h"
#include "pipeline/base/utc.h"
#include "pipeline/io/fetch.h"
#include "pipeline/io/remote.h"
#include "pipeline/io/stac_search_internal.h"

/* Items of a page: servers are known that break with 267 and more. */
#define PAGE_ITEMS 100

/* Bytes of "FROM/TO", and its end. */
#define DATETIME_TEXT ((size_t)2 * UTC_TEXT)

/* Digests of an address and of what is posted there. */
#define REQUEST_HEX ((size_t)2 * SHA256_HEX)

/* Requests that were made. */
struct seen {
	char (*digests)[REQUEST_HEX];
	size_t nr;
};

/* --- the first request --- */

static int refuse(const struct stac_search *s, const char *what, struct error *e)
{
	return error_set(e, ERROR_CONFIG, "cannot search at %.200s: %s", s->address, what);
}

static bool has_bbox(const struct stac_search *s)
{
	return s->bbox[0] != 0 || s->bbox[1] != 0 || s->bbox[2] != 0 || s->bbox[3] != 0;
}

static int check(const struct stac_search *s, struct error *e)
{
	const double *b = s->bbox;

	if (!remote_is(s->address) || s->address[0] == '/')
		return refuse(s, "it is no http or https address", e);
	if (!(fabs(b[0]) <= 180 && fabs(b[2]) <= 180 && fabs(b[1]) <= 90 && fabs(b[3]) <= 90 &&
	      b[1] <= b[3]))
		return refuse(s, "west, south, east, north are no degrees in this order", e);
	if (s->from > s->to)
		return refuse(s, "the time ends before it begins", e);
	return 0;
}

/* "FROM/TO"; ".." where it is open.  A server takes the end as part of it: it is compared again here. */
static void datetime_of(const struct stac_search *s, char text[DATETIME_TEXT])
{
	char ends[2][UTC_TEXT];
	const int64_t times[2] = { s->from, s->to };

	for (int i = 0; i < 2; i++) {
		utc_format(times[i], ends[i]);
		if (!strncmp(ends[i], "0000", 4))
			snprintf(ends[i], UTC_TEXT, "..");
	}
	snprintf(text, DATETIME_TEXT, "%s/%s", ends[0], ends[1]);
}

static json_t *collections_json(const struct stac_search *s, struct error *e)
{
	json_t *list = json_array();
	const char *at = s->collections ? s->collections : "";

	while (list && *at) {
		size_t n, whole;

		at += strspn(at, " \t");
		whole = n = strcspn(at, ",");
		while (n && (at[n - 1] == ' ' || at[n - 1] == '\t'))
			n--;
		if (!n || json_array_append_new(list, json_stringn(at, n))) {
			refuse(s, "a name in its list of collections is empty or no UTF-8", e);
			json_decref(list);
			return NULL;
		}
		at += whole + (at[whole] == ',');
	}
	if (!list)
		error_nomem(e, "a search");
	return list;
}

/* The search as the object that POST takes; a new reference. */
static json_t *search_json(const struct stac_search *s, struct error *e)
{
	json_t *o = json_object(), *list = collections_json(s, e);
	char datetime[DATETIME_TEXT];
	int bad = !o || !list;
	bool told = !list; /* e is set */

	if (!bad && json_array_size(list))
		bad |= json_object_set(o, "collections", list);
	if (!bad && has_bbox(s))
		bad |= json_object_set_new(
			o, "bbox",
			json_pack("[f, f, f, f]", s->bbox[0], s->bbox[1], s->bbox[2], s->bbox[3]));
	datetime_of(s, datetime);
	if (!bad && s->from != s->to)
		bad |= json_object_set_new(o, "datetime", json_string(datetime));
	if (!bad)
		bad |= json_object_set_new(o, "limit", json_integer(PAGE_ITEMS));
	json_decref(list);
	if (!bad)
		return o;
	json_decref(o);
	if (!told)
		error_nomem(e, "a search");
	return NULL;
}

static int append(CURLU *url, const char *key, const char *value)
{
	char *pair;
	int bad;

	if (asprintf(&pair, "%s=%s", key, value) < 0)
		return -1;
	bad = curl_url_set(url, CURLUPART_QUERY, pair, CURLU_APPENDQUERY | CURLU_URLENCODE) !=
	      CURLUE_OK;
	free(pair);
	return bad;
}

/* The elements of a list by commas, to be freed. */
static char *joined(const json_t *list)
{
	char *text = strdup(""), *more;

	for (size_t i = 0; text && i < json_array_size(list); i++) {
		if (asprintf(&more, "%s%s%s", text, i ? "," : "",
			     json_string_value(json_array_get(list, i))) < 0)
			more = NULL;
		free(text);
		text = more;
	}
	return text;
}

static int append_all(CURLU *url, const struct stac_search *s, const json_t *first)
{
	const json_t *collections = json_object_get(first, "collections");
	char *names = joined(collections), box[200], limit[20], datetime[DATETIME_TEXT];
	int bad = !names;

	snprintf(box, sizeof(box), "%.6f,%.6f,%.6f,%.6f", s->bbox[0], s->bbox[1], s->bbox[2],
		 s->bbox[3]);
	snprintf(limit, sizeof(limit), "%d", PAGE_ITEMS);
	datetime_of(s, datetime);
	if (!bad && collections)
		bad |= append(url, "collections", names);
	if (!bad && has_bbox(s))
		bad |= append(url, "bbox", box);
	if (!bad && s->from != s->to)
		bad |= append(url, "datetime", datetime);
	if (!bad)
		bad |= append(url, "limit", limit);
	free(names);
	return bad;
}

/* Part of an address as a copy of our own; NULL if it cannot be had. */
static char *part_of(CURLU *url, CURLUPart part)
{
	char *text = NULL, *copy = NULL;

	if (!curl_url_get(url, part, &text, 0))
		copy = strdup(text);
	curl_free(text);
	return copy;
}

/*
 * The API's address (*root: without a question and a slash at its end) and that of the first page, both to be
 * freed.  They may be set though it fails.
 */
static int first_address(const struct stac_search *s, const json_t *first, char **root,
			 char **address, struct error *e)
{
	CURLU *url = curl_url(), *api = NULL;
	char *path = NULL, *whole = NULL;
	size_t n;
	int ret = -1;

	*root = *address = NULL;
	if (!url || curl_url_set(url, CURLUPART_URL, s->address, 0) ||
	    !(path = part_of(url, CURLUPART_PATH)) || !(api = curl_url_dup(url)))
		goto out;
	for (n = strlen(path); n && path[n - 1] == '/'; n--)
		path[n - 1] = '\0';
	if (n >= 7 && !strcmp(path + n - 7, "/search"))
		path[n - 7] = '\0';
	if (asprintf(&whole, "%s/search", path) < 0)
		whole = NULL;
	if (!whole || curl_url_set(url, CURLUPART_PATH, whole, 0) || append_all(url, s, first) ||
	    curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0) ||
	    curl_url_set(api, CURLUPART_PATH, path, 0) ||
	    curl_url_set(api, CURLUPART_QUERY, NULL, 0) ||
	    curl_url_set(api, CURLUPART_USER, NULL, 0) ||
	    curl_url_set(api, CURLUPART_PASSWORD, NULL, 0) ||
	    curl_url_set(api, CURLUPART_FRAGMENT, NULL, 0))
		goto out;
	*address = part_of(url, CURLUPART_URL);
	*root = part_of(api, CURLUPART_URL);
	for (n = *root ? strlen(*root) : 0; n && (*root)[n - 1] == '/'; n--)
		(*root)[n - 1] = '\0';
	ret = *root && *address ? 0 : -1;
out:
	curl_url_cleanup(url);
	curl_url_cleanup(api);
	free(path);
	free(whole);
	return ret ? refuse(s, "it is no address", e) : 0;
}

/* --- pages --- */

/* True if this request was made before; else it is one of them now. */
static bool was_seen(struct seen *seen, const struct stac_ask *ask)
{
	char *own = seen->digests[seen->nr];

	memory_sha256(ask->address, strlen(ask->address), own);
	if (ask->body)
		memory_sha256(ask->body, strlen(ask->body), own + strlen(own));
	for (size_t i = 0; i < seen->nr; i++)
		if (!strcmp(seen->digests[i], own))
			return true;
	seen->nr++;
	return false;
}

static int too_much(const struct stac_search *s, const char *what, struct error *e)
{
	return error_set(e, ERROR_DATA,
			 "the search at %.200s: %s: ask for less (a shorter time, fewer "
			 "collections)",
			 s->address, what);
}

/* Fetch and read one page; *ask becomes the next one. */
static int read_page(struct stac_pages *p, struct stac_ask *ask, size_t *bytes, struct error *e)
{
	const struct fetch_request request = { .address = ask->address,
					       .body = ask->body,
					       .bytes_max = STAC_SEARCH_PAGE_BYTES_MAX,
					       .hosts = p->search->hosts };
	struct stac_ask next = { 0 };
	char *text;
	size_t size;
	int ret;

	if (fetch_document(&request, &text, &size, e))
		return -1;
	ret = stac_page_read(p, ask->address, text, size, &next, e);
	free(text);
	free(ask->address);
	free(ask->body);
	*ask = next;
	*bytes += size;
	return ret;
}

static int read_pages(struct stac_pages *p, struct stac_ask *ask, struct error *e)
{
	struct seen seen = { .digests = calloc(STAC_SEARCH_PAGES_MAX, REQUEST_HEX) };
	size_t bytes = 0;
	int ret = seen.digests ? 0 : error_nomem(e, "a search");

	while (!ret && ask->address) {
		if (seen.nr == STAC_SEARCH_PAGES_MAX)
			ret = too_much(p->search, "it has too many pages", e);
		else if (bytes > STAC_SEARCH_BYTES_MAX)
			ret = too_much(p->search, "its pages are too large", e);
		else if (was_seen(&seen, ask))
			ret = error_set(e, ERROR_DATA,
					"the search at %.200s: its pages lead in a circle",
					p->search->address);
		else
			ret = read_page(p, ask, &bytes, e);
	}
	free(seen.digests);
	return ret;
}

/* --- what was found --- */

/* Of equal ones the later first. */
static int by_id(const void *a, const void *b)
{
	const struct stac_found *x = a, *y = b;
	int order = strcmp(x->id, y->id);

	if (!order)
		order = strcmp(x->address, y->address);
	if (!order)
		order = strcmp(y->updated, x->updated);
	return order;
}

static void release(struct stac_found *item)
{
	free(item->address);
	free(item->id);
	free(item->updated);
}

static size_t sort(struct stac_found *items, size_t nr)
{
	size_t kept = 0;

	if (nr)
		qsort(items, nr, sizeof(*items), by_id);
	for (size_t i = 0; i < nr; i++) {
		const struct stac_found *last = kept ? &items[kept - 1] : NULL;

		if (last && !strcmp(last->id, items[i].id) &&
		    !strcmp(last->address, items[i].address))
			release(&items[i]);
		else
			items[kept++] = items[i];
	}
	return kept;
}

int stac_search(const struct stac_search *search, struct stac_found **found, size_t *nr,
		struct error *e)
{
	struct stac_pages pages = { .search = search };
	struct stac_ask ask = { 0 };
	char *root = NULL;
	json_t *first;
	int ret = -1;

	*found = NULL;
	*nr = 0;
	if (check(search, e))
		return -1;
	first = search_json(search, e);
	if (!first)
		return -1;
	pages.first = first;
	if (!first_address(search, first, &root, &ask.address, e)) {
		pages.root = root;
		ret = read_pages(&pages, &ask, e);
	}
	free(ask.address);
	free(ask.body);
	free(root);
	json_decref(first);
	if (ret || !pages.list.nr) {
		stac_found_free(pages.list.items, pages.list.nr);
		return ret;
	}
	*nr = sort(pages.list.items, pages.list.nr);
	*found = pages.list.items;
	return 0;
}

void stac_found_free(struct stac_found *found, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		release(&found[i]);
	free(found);
}
