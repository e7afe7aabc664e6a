/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/fetch.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include <cpl_conv.h>
#include <curl/curl.h>
#include <openssl/evp.h>

#include "pipeline/io/remote.h"

#define TRIES	       5
#define RETRY_MS       1000
#define STALL_S	       30
#define CONNECT_S      30
#define REDIRECTS      5
#define RETRY_AFTER_S  60
#define MD5_HEX_DIGITS 32

/* What became of one try. */
enum outcome { OUTCOME_DONE, OUTCOME_AGAIN, OUTCOME_FAILED };

/* One file on its way, over all tries. */
struct fetch {
	const char *name;
	bool etag_is_md5;
	int fd;
	int64_t have; /* bytes that are on the disk, all of them of the version named by validator */
	char validator
		[200]; /* ETag or Last-Modified: what If-Range asks for; "" if the server gave none */
	/* Of the try under way: */
	CURL *curl;
	long status;
	int64_t announced; /* bytes of the whole file; -1: not said */
	int64_t from, to;  /* of Content-Range; -1: none */
	char etag[200], modified[200], md5[64];
	long retry_after_s;
	bool body;	      /* the first byte of the body has been judged */
	struct error refused; /* why the body was not taken */
};

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
	f->etag[0] = f->modified[0] = f->md5[0] = '\0';
	f->retry_after_s = 0;
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
	char line[1000];
	const char *value;

	snprintf(line, sizeof(line), "%.*s", (int)(size * n < 999 ? size * n : 999), data);
	/* A new answer, after a redirection or "100 Continue". */
	if (!strncmp(line, "HTTP/", 5))
		forget_headers(f);
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
	return size * n;
}

/* What names this version of the file: a strong ETag, or else its time. */
static const char *validator_of(const struct fetch *f)
{
	return f->etag[0] == '"' ? f->etag : f->etag[0] ? "" : f->modified;
}

/* --- body --- */

static int refuse(struct fetch *f, enum error_code code, const char *what)
{
	return error_set(&f->refused, code, "cannot fetch %s: %s", f->name, what);
}

static int begin_anew(struct fetch *f)
{
	f->have = 0;
	if (ftruncate(f->fd, 0) || lseek(f->fd, 0, SEEK_SET) < 0)
		return error_errno(&f->refused, errno, "cannot write the copy of %s", f->name);
	return 0;
}

/* Before the first byte: does this answer continue what there is? */
static int judge_answer(struct fetch *f)
{
	curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &f->status);
	if (f->status != 200 && f->status != 206)
		return refuse(f, ERROR_UNAVAILABLE, "an error page");
	if (f->announced > (int64_t)REMOTE_FILE_BYTES_MAX)
		return refuse(f, ERROR_DATA, "larger than the 8 GiB that a file may have");
	if (f->status == 206 && (f->from != f->have || f->to < f->from || f->to >= f->announced)) {
		begin_anew(f);
		return refuse(f, ERROR_UNAVAILABLE, "the server sent another range than asked for");
	}
	if (f->status == 206 && strcmp(validator_of(f), f->validator)) {
		begin_anew(f);
		return refuse(f, ERROR_UNAVAILABLE, "it changed on the server");
	}
	if (f->status == 200) {
		if (f->have && begin_anew(f))
			return -1;
		snprintf(f->validator, sizeof(f->validator), "%s", validator_of(f));
	}
	return 0;
}

static size_t take_body(char *data, size_t size, size_t n, void *context)
{
	struct fetch *f = context;
	size_t left = size * n;

	if (!f->body && judge_answer(f))
		return 0;
	f->body = true;
	if (f->have + (int64_t)left > (int64_t)REMOTE_FILE_BYTES_MAX) {
		refuse(f, ERROR_DATA, "larger than the 8 GiB that a file may have");
		return 0;
	}
	while (left) {
		ssize_t put = write(f->fd, data, left);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0) {
			error_errno(&f->refused, put ? errno : ENOSPC,
				    "cannot write the copy of %s", f->name);
			return 0;
		}
		data += put;
		left -= (size_t)put;
		f->have += put;
	}
	return size * n;
}

/* --- is it whole? --- */

static int md5_of(int fd, unsigned char out[16], struct error *e)
{
	EVP_MD_CTX *md5 = EVP_MD_CTX_new();
	unsigned char data[65536];
	off_t at = 0;
	ssize_t n = 0;
	int ret = -1;

	if (!md5 || !EVP_DigestInit_ex(md5, EVP_md5(), NULL)) {
		error_set(e, ERROR_BUG, "no MD5");
		goto out;
	}
	while ((n = pread(fd, data, sizeof(data), at)) > 0) {
		EVP_DigestUpdate(md5, data, (size_t)n);
		at += n;
	}
	if (n < 0)
		error_errno(e, errno, "cannot read a fetched file again");
	else if (EVP_DigestFinal_ex(md5, out, NULL))
		ret = 0;
out:
	EVP_MD_CTX_free(md5);
	return ret;
}

/* The MD5 that the server promises: 1 and out, or 0 if it promises none. */
static int promised_md5(const struct fetch *f, unsigned char out[16])
{
	unsigned char raw[64];
	const char *hex = f->etag + 1;

	if (strlen(f->md5) == 24 && EVP_DecodeBlock(raw, (const unsigned char *)f->md5, 24) == 18) {
		memcpy(out, raw, 16);
		return 1;
	}
	if (!f->etag_is_md5 || strlen(f->etag) != MD5_HEX_DIGITS + 2 ||
	    strspn(hex, "0123456789abcdef") != MD5_HEX_DIGITS)
		return 0;
	for (size_t i = 0; i < 16; i++) {
		char two[3] = { hex[2 * i], hex[2 * i + 1], 0 };

		out[i] = (unsigned char)strtoul(two, NULL, 16);
	}
	return 1;
}

static enum outcome check_whole(struct fetch *f, struct error *e)
{
	unsigned char promised[16], found[16];

	if (f->announced >= 0 && f->have != f->announced) {
		error_set(e, ERROR_UNAVAILABLE, "cannot fetch %s: %lld of %lld bytes came", f->name,
			  (long long)f->have, (long long)f->announced);
		return OUTCOME_AGAIN;
	}
	if (!promised_md5(f, promised))
		return OUTCOME_DONE;
	if (md5_of(f->fd, found, e))
		return OUTCOME_FAILED;
	if (!memcmp(promised, found, 16))
		return OUTCOME_DONE;
	error_set(e, ERROR_UNAVAILABLE, "cannot fetch %s: its MD5 is not the server's", f->name);
	begin_anew(f);
	return OUTCOME_AGAIN;
}

/* --- one try --- */

static enum outcome judge_status(struct fetch *f, struct error *e)
{
	static const struct {
		long status;
		enum error_code code;
	} finals[] = { { 401, ERROR_PERMISSION },
		       { 403, ERROR_PERMISSION },
		       { 404, ERROR_NOINPUT },
		       { 410, ERROR_NOINPUT } };

	for (size_t i = 0; i < sizeof(finals) / sizeof(finals[0]); i++) {
		if (f->status != finals[i].status)
			continue;
		error_set(e, finals[i].code, "cannot fetch %s: the server says %ld", f->name,
			  f->status);
		return OUTCOME_FAILED;
	}
	error_set(e, ERROR_UNAVAILABLE, "cannot fetch %s: the server says %ld", f->name, f->status);
	/* 416: what there is does not fit what the server has. */
	if (f->status == 416)
		begin_anew(f);
	return f->status == 429 || f->status == 416 || f->status == 408 || f->status >= 500
		       ? OUTCOME_AGAIN
		       : OUTCOME_FAILED;
}

static enum outcome judge(struct fetch *f, CURLcode code, struct error *e)
{
	curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &f->status);
	if (f->status >= 400)
		return judge_status(f, e);
	if (f->refused.code) {
		*e = f->refused;
		return e->code == ERROR_UNAVAILABLE ? OUTCOME_AGAIN : OUTCOME_FAILED;
	}
	if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT ||
	    code == CURLE_TOO_MANY_REDIRECTS) {
		error_set(e, ERROR_DATA, "cannot fetch %s: %s", f->name, curl_easy_strerror(code));
		return OUTCOME_FAILED;
	}
	if (code != CURLE_OK) {
		error_set(e, ERROR_UNAVAILABLE, "cannot fetch %s: %s after %lld bytes", f->name,
			  curl_easy_strerror(code), (long long)f->have);
		return OUTCOME_AGAIN;
	}
	/* An empty file has no body that could have been judged. */
	if (!f->body && judge_answer(f)) {
		*e = f->refused;
		return OUTCOME_AGAIN;
	}
	return check_whole(f, e);
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

/* Ask for the rest of the same version, where the server can name a version. */
static struct curl_slist *ask_for_rest(struct fetch *f)
{
	char range[40], line[240];

	if (f->have && !f->validator[0])
		begin_anew(f);
	if (!f->have)
		return NULL;
	snprintf(range, sizeof(range), "%lld-", (long long)f->have);
	curl_easy_setopt(f->curl, CURLOPT_RANGE, range);
	snprintf(line, sizeof(line), "If-Range: %s", f->validator);
	return curl_slist_append(NULL, line);
}

static enum outcome try_once(struct fetch *f, const char *address, struct error *e)
{
	struct curl_slist *headers;
	enum outcome outcome;

	f->curl = curl_easy_init();
	if (!f->curl) {
		error_nomem(e, "a transfer");
		return OUTCOME_FAILED;
	}
	f->refused = (struct error){ 0 };
	forget_headers(f);
	set_up(f, address);
	headers = ask_for_rest(f);
	curl_easy_setopt(f->curl, CURLOPT_HTTPHEADER, headers);
	outcome = judge(f, curl_easy_perform(f->curl), e);
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

static int try_often(struct fetch *f, char *(*address)(void *, struct error *), void *context,
		     struct error *e)
{
	long wait = setting("BALKHASH_HTTP_RETRY_MS", RETRY_MS), longer;

	for (int i = 0; i < TRIES; i++, wait *= 2) {
		char *url = address(context, e);
		enum outcome outcome = url ? try_once(f, url, e) : OUTCOME_FAILED;

		free(url);
		if (outcome != OUTCOME_AGAIN)
			return outcome == OUTCOME_DONE ? 0 : -1;
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

int fetch_file(char *(*address)(void *context, struct error *e), void *context, const char *name,
	       bool etag_is_md5, const char *local, struct error *e)
{
	struct fetch f = { .name = name, .etag_is_md5 = etag_is_md5 };
	char *part;
	int ret = -1;

	pthread_once(&once, init_curl);
	if (asprintf(&part, "%s.part", local) < 0)
		return error_nomem(e, "a path");
	f.fd = open(part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (f.fd < 0) {
		error_create(e, errno, "cannot create %s", part);
		goto out;
	}
	ret = try_often(&f, address, context, e);
	if (close(f.fd) && !ret)
		ret = error_errno(e, errno, "cannot write %s", part);
	if (!ret && rename(part, local))
		ret = error_create(e, errno, "cannot create %s", local);
	if (ret)
		unlink(part);
out:
	free(part);
	return ret;
}
