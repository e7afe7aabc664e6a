/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <cpl_conv.h>

#include "pipeline/io/fetch_internal.h"

#define TRIES	      5
#define RETRY_MS      1000
#define STALL_S	      30
#define CONNECT_S     30
#define REDIRECTS     5
#define RETRY_AFTER_S 60

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void init_curl(void)
{
	curl_global_init(CURL_GLOBAL_ALL);
}

/* A whole number of the environment (GDAL looks there, too), for tests and slow lines. */
static long setting(const char *name, long preset)
{
	const char *text = CPLGetConfigOption(name, NULL);
	char *end;
	long value = text ? strtol(text, &end, 10) : -1;

	return text && *text && !*end && value >= 0 && value <= 3600000 ? value : preset;
}

int fetch_refuse(struct fetch *f, enum error_code code, const char *what)
{
	return error_set(&f->refused, code, "cannot fetch %s: %s", f->name, what);
}

/* --- headers --- */

/* The value of a header if this line is it, without blanks around; else NULL. */
static const char *header_value(char *line, const char *name)
{
	size_t n = strlen(name), end;

	if (strncasecmp(line, name, n) || line[n] != ':')
		return NULL;
	line += n + 1;
	line += strspn(line, " \t");
	end = strlen(line);
	while (end && isspace((unsigned char)line[end - 1]))
		line[--end] = '\0';
	return line;
}

static void forget_headers(struct fetch *f)
{
	f->announced = f->from = f->to = -1;
	f->etag[0] = f->modified[0] = f->md5[0] = f->said[0] = '\0';
	f->retry_after_s = 0;
	f->status = 0;
	f->body = false;
}

static void take_range(struct fetch *f, const char *text)
{
	long long from, to, all;

	if (sscanf(text, "bytes %lld-%lld/%lld", &from, &to, &all) != 3)
		return;
	f->from = from;
	f->to = to;
	f->announced = all;
}

static size_t take_header(char *data, size_t size, size_t n, void *context)
{
	struct fetch *f = context;
	char line[4000];
	const char *value;

	snprintf(line, sizeof(line), "%.*s", (int)(size * n < 3999 ? size * n : 3999), data);
	/* A new answer, after a redirection or "100 Continue". */
	if (!strncmp(line, "HTTP/", 5)) {
		forget_headers(f);
		curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &f->status);
	}
	if ((value = header_value(line, "ETag")))
		snprintf(f->etag, sizeof(f->etag), "%.199s", value);
	else if ((value = header_value(line, "Last-Modified")))
		snprintf(f->modified, sizeof(f->modified), "%.199s", value);
	else if ((value = header_value(line, "Content-MD5")))
		snprintf(f->md5, sizeof(f->md5), "%.63s", value);
	else if ((value = header_value(line, "Content-Range")))
		take_range(f, value);
	else if ((value = header_value(line, "Content-Length")) && f->announced < 0)
		f->announced = strtoll(value, NULL, 10);
	else if ((value = header_value(line, "Retry-After")))
		f->retry_after_s = strtol(value, NULL, 10);
	else if ((value = header_value(line, "Location")) && f->status / 100 == 3 &&
		 f->sink->follow && f->sink->follow(f, value))
		return 0;
	return size * n;
}

/* --- one try --- */

static size_t take_body(char *data, size_t size, size_t n, void *context)
{
	struct fetch *f = context;

	if (!f->body && f->sink->judge(f))
		return 0;
	f->body = true;
	return f->sink->take(f, data, size * n) ? 0 : size * n;
}

static enum fetch_outcome judge_status(struct fetch *f, struct error *e)
{
	static const struct {
		long status;
		enum error_code code;
		enum fetch_outcome outcome;
	} meanings[] = {
		{ 401, ERROR_PERMISSION, FETCH_FAILED }, { 403, ERROR_PERMISSION, FETCH_FAILED },
		{ 404, ERROR_NOINPUT, FETCH_FAILED },	 { 410, ERROR_NOINPUT, FETCH_FAILED },
		{ 408, ERROR_UNAVAILABLE, FETCH_AGAIN }, { 416, ERROR_UNAVAILABLE, FETCH_AGAIN },
		{ 429, ERROR_UNAVAILABLE, FETCH_AGAIN },
	};
	enum error_code code = f->sink->wrong_request;
	enum fetch_outcome outcome = FETCH_FAILED;

	if (f->status >= 500) {
		code = ERROR_UNAVAILABLE;
		outcome = FETCH_AGAIN;
	}
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		if (f->status != meanings[i].status)
			continue;
		code = meanings[i].code;
		outcome = meanings[i].outcome;
	}
	error_set(e, code, "cannot fetch %s: the server says %ld%s%s", f->name, f->status,
		  f->said[0] ? ": " : "", f->said);
	return outcome;
}

static enum fetch_outcome judge(struct fetch *f, CURLcode code, struct error *e)
{
	if (f->status >= 400)
		return judge_status(f, e);
	/* What is empty has no body that could have been judged. */
	if (code == CURLE_OK && !f->body)
		f->sink->judge(f);
	if (f->refused.code) {
		*e = f->refused;
		return e->code == ERROR_UNAVAILABLE ? FETCH_AGAIN : FETCH_FAILED;
	}
	if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT ||
	    code == CURLE_TOO_MANY_REDIRECTS) {
		error_set(e, ERROR_DATA, "cannot fetch %s: %s", f->name, curl_easy_strerror(code));
		return FETCH_FAILED;
	}
	if (code != CURLE_OK) {
		error_set(e, ERROR_UNAVAILABLE, "cannot fetch %s: %s after %lld bytes", f->name,
			  curl_easy_strerror(code), (long long)f->have);
		return FETCH_AGAIN;
	}
	return f->sink->finish(f, e);
}

static void set_up(struct fetch *f, const char *address)
{
	CURL *c = f->curl;

	curl_easy_setopt(c, CURLOPT_URL, address);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(c, CURLOPT_MAXREDIRS, (long)REDIRECTS);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, setting("BALKHASH_HTTP_STALL_S", STALL_S));
	curl_easy_setopt(c, CURLOPT_USERAGENT, "balkhash/" BALKHASH_VERSION);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, f);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, f);
}

static enum fetch_outcome try_once(struct fetch *f, const char *address, struct error *e)
{
	struct curl_slist *headers = NULL;
	enum fetch_outcome outcome = FETCH_FAILED;

	f->curl = curl_easy_init();
	if (!f->curl) {
		error_nomem(e, "a transfer");
		return FETCH_FAILED;
	}
	f->refused = (struct error){ 0 };
	set_up(f, address);
	if (!f->sink->ask(f, &headers, e)) {
		forget_headers(f);
		curl_easy_setopt(f->curl, CURLOPT_HTTPHEADER, headers);
		outcome = judge(f, curl_easy_perform(f->curl), e);
	}
	curl_slist_free_all(headers);
	curl_easy_cleanup(f->curl);
	f->curl = NULL;
	return outcome;
}

static void wait_ms(long ms)
{
	struct timespec t = { ms / 1000, (ms % 1000) * 1000000 };

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

int fetch_try(struct fetch *f, char *(*address)(void *context, struct error *e), void *context,
	      struct error *e)
{
	long wait = setting("BALKHASH_HTTP_RETRY_MS", RETRY_MS), longer;

	pthread_once(&once, init_curl);
	for (int i = 0; i < TRIES; i++, wait *= 2) {
		char *url = address(context, e);
		enum fetch_outcome outcome = url ? try_once(f, url, e) : FETCH_FAILED;

		free(url);
		if (outcome != FETCH_AGAIN)
			return outcome == FETCH_DONE ? 0 : -1;
		if (i + 1 == TRIES)
			break;
		longer = f->retry_after_s < 0		    ? 0
			 : f->retry_after_s < RETRY_AFTER_S ? f->retry_after_s * 1000L
							    : RETRY_AFTER_S * 1000L;
		wait_ms(longer > wait ? longer : wait);
	}
	e->code = ERROR_UNAVAILABLE;
	return error_prefix(e, "after %d tries", TRIES);
}
