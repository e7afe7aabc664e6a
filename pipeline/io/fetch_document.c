/* SPDX-License-Identifier: Apache-2.0
 *
 * fetch_document.c - a small document into memory; nothing of a try is kept for the next.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/io/fetch_internal.h"
#include "pipeline/io/remote.h"

#define TOTAL_S	   600
#define ROOM_FIRST 65536

struct document {
	struct fetch f; /* f.have bytes are in text */
	const struct fetch_request *request;
	char *text;
	size_t room;
};

static struct document *document_of(struct fetch *f)
{
	return (struct document *)f;
}

static int ask(struct fetch *f, struct curl_slist **headers, struct error *e)
{
	const char *body = document_of(f)->request->body;
	struct curl_slist *more;

	f->have = 0;
	curl_easy_setopt(f->curl, CURLOPT_TIMEOUT, (long)TOTAL_S);
	curl_easy_setopt(f->curl, CURLOPT_ACCEPT_ENCODING, "");
	*headers = curl_slist_append(NULL, "Accept: application/geo+json, application/json");
	if (*headers && body) {
		/* A redirection must not make a GET of it, which would ask for everything. */
		curl_easy_setopt(f->curl, CURLOPT_POSTREDIR, (long)CURL_REDIR_POST_ALL);
		curl_easy_setopt(f->curl, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
		curl_easy_setopt(f->curl, CURLOPT_POSTFIELDS, body);
		more = curl_slist_append(*headers, "Content-Type: application/json");
		if (!more)
			return error_nomem(e, "a transfer");
		*headers = more;
	}
	return *headers ? 0 : error_nomem(e, "a transfer");
}

static int refuse_size(struct fetch *f)
{
	char what[80];

	snprintf(what, sizeof(what), "larger than the %zu bytes that it may have",
		 document_of(f)->request->bytes_max);
	return fetch_refuse(f, ERROR_DATA, what);
}

/* The page of an error may come: how it begins is kept. */
static int judge(struct fetch *f)
{
	if (f->status >= 400)
		return 0;
	if (f->status != 200)
		return fetch_refuse(f, ERROR_UNAVAILABLE, "an answer without a document");
	return f->announced > (int64_t)document_of(f)->request->bytes_max ? refuse_size(f) : 0;
}

static int keep_said(struct fetch *f, const char *data, size_t n)
{
	size_t have = strlen(f->said);

	snprintf(f->said + have, sizeof(f->said) - have, "%.*s", n < 200 ? (int)n : 200, data);
	error_one_line(f->said);
	return strlen(f->said) + 1 < sizeof(f->said) ? 0 : -1;
}

static int take(struct fetch *f, const char *data, size_t n)
{
	struct document *d = document_of(f);
	size_t need = (size_t)f->have + n + 1, room = d->room ? d->room : ROOM_FIRST;
	char *text;

	if (f->status >= 400)
		return keep_said(f, data, n);
	if (need - 1 > d->request->bytes_max)
		return refuse_size(f);
	while (room < need)
		room *= 2;
	if (room != d->room) {
		text = realloc(d->text, room);
		if (!text)
			return error_nomem(&f->refused, "a document");
		d->text = text;
		d->room = room;
	}
	memcpy(d->text + f->have, data, n);
	f->have += (int64_t)n;
	return 0;
}

/* The absolute address that a redirection from where the transfer is leads to, to be freed by curl_free(); or NULL. */
static char *absolute(const struct fetch *f, const char *location)
{
	CURLU *url = curl_url();
	char *here = NULL, *there = NULL;

	curl_easy_getinfo(f->curl, CURLINFO_EFFECTIVE_URL, &here);
	if (!url || !here || curl_url_set(url, CURLUPART_URL, here, 0) ||
	    curl_url_set(url, CURLUPART_URL, location, 0) ||
	    curl_url_get(url, CURLUPART_URL, &there, 0))
		there = NULL;
	curl_url_cleanup(url);
	return there;
}

static int follow(struct fetch *f, const char *location)
{
	const struct fetch_request *r = document_of(f)->request;
	char *there = absolute(f, location);
	bool fine = there && remote_allowed(there, r->address, r->hosts);

	curl_free(there);
	return fine ? 0 : fetch_refuse(f, ERROR_DATA, "a redirection to another host");
}

/* That all of it came, libcurl has seen. */
static enum fetch_outcome finish(struct fetch *f, struct error *e)
{
	struct document *d = document_of(f);

	if (!d->text)
		d->text = malloc(1);
	if (!d->text) {
		error_nomem(e, "a document");
		return FETCH_FAILED;
	}
	d->text[f->have] = '\0';
	return FETCH_DONE;
}

static const struct fetch_sink sink = {
	.ask = ask,
	.judge = judge,
	.take = take,
	.follow = follow,
	.finish = finish,
	.wrong_request = ERROR_DATA,
};

static char *address_of(void *context, struct error *e)
{
	const struct fetch_request *r = context;
	char *address = strdup(r->address);

	if (!address)
		error_nomem(e, "an address");
	return address;
}

int fetch_document(const struct fetch_request *request, char **text, size_t *size, struct error *e)
{
	struct document d = { .f = { .sink = &sink }, .request = request };
	struct fetch_request r = *request;
	char name[200];

	/* Without the question: it may be long, or hold a token. */
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(r.address, "?"), r.address);
	d.f.name = name;
	*text = NULL;
	*size = 0;
	if (fetch_try(&d.f, address_of, &r, e)) {
		free(d.text);
		return -1;
	}
	*text = d.text;
	*size = (size_t)d.f.have;
	return 0;
}
