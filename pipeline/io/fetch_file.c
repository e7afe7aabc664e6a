/* SPDX-License-Identifier: Apache-2.0
 *
 * fetch_file.c - a file onto the local disk: what broke off is continued, an MD5 is compared.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "pipeline/io/fetch_internal.h"
#include "pipeline/io/remote.h"

#define MD5_HEX_DIGITS 32

struct file {
	struct fetch
		f; /* f.have bytes are on the disk, all of them of the version named by validator */
	bool etag_is_md5;
	int fd;
	char validator
		[200]; /* ETag or Last-Modified: what If-Range asks for; "" if the server gave none */
};

static struct file *file_of(struct fetch *f)
{
	return (struct file *)f;
}

/* What names this version of the file: a strong ETag, or else its time. */
static const char *validator_of(const struct fetch *f)
{
	return f->etag[0] == '"' ? f->etag : f->etag[0] ? "" : f->modified;
}

static int begin_anew(struct fetch *f)
{
	int fd = file_of(f)->fd;

	f->have = 0;
	if (ftruncate(fd, 0) || lseek(fd, 0, SEEK_SET) < 0)
		return error_errno(&f->refused, errno, "cannot write the copy of %s", f->name);
	return 0;
}

/* Does this answer continue what there is? */
static int judge(struct fetch *f)
{
	char *validator = file_of(f)->validator;

	if (f->status != 200 && f->status != 206)
		return fetch_refuse(f, ERROR_UNAVAILABLE, "an error page");
	if (f->announced > (int64_t)REMOTE_FILE_BYTES_MAX)
		return fetch_refuse(f, ERROR_DATA, "larger than the 8 GiB that a file may have");
	if (f->status == 206 && (f->from != f->have || f->to < f->from || f->to >= f->announced)) {
		begin_anew(f);
		return fetch_refuse(f, ERROR_UNAVAILABLE,
				    "the server sent another range than asked for");
	}
	if (f->status == 206 && strcmp(validator_of(f), validator)) {
		begin_anew(f);
		return fetch_refuse(f, ERROR_UNAVAILABLE, "it changed on the server");
	}
	if (f->status == 200) {
		if (f->have && begin_anew(f))
			return -1;
		snprintf(validator, sizeof(file_of(f)->validator), "%s", validator_of(f));
	}
	return 0;
}

static int take(struct fetch *f, const char *data, size_t n)
{
	if (f->have + (int64_t)n > (int64_t)REMOTE_FILE_BYTES_MAX)
		return fetch_refuse(f, ERROR_DATA, "larger than the 8 GiB that a file may have");
	while (n) {
		ssize_t put = write(file_of(f)->fd, data, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return error_errno(&f->refused, put ? errno : ENOSPC,
					   "cannot write the copy of %s", f->name);
		data += put;
		n -= (size_t)put;
		f->have += put;
	}
	return 0;
}

/* Ask for the rest of the same version, where the server can name a version. */
static int ask(struct fetch *f, struct curl_slist **headers, struct error *e)
{
	const char *validator = file_of(f)->validator;
	char range[40], line[240];

	/* 416: what there is does not fit what the server has. */
	if (f->have && (!validator[0] || f->status == 416))
		begin_anew(f);
	if (!f->have)
		return 0;
	snprintf(range, sizeof(range), "%lld-", (long long)f->have);
	curl_easy_setopt(f->curl, CURLOPT_RANGE, range);
	snprintf(line, sizeof(line), "If-Range: %s", validator);
	*headers = curl_slist_append(NULL, line);
	return *headers ? 0 : error_nomem(e, "a transfer");
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
static int promised_md5(struct fetch *f, unsigned char out[16])
{
	unsigned char raw[64];
	const char *hex = f->etag + 1;

	if (strlen(f->md5) == 24 && EVP_DecodeBlock(raw, (const unsigned char *)f->md5, 24) == 18) {
		memcpy(out, raw, 16);
		return 1;
	}
	if (!file_of(f)->etag_is_md5 || strlen(f->etag) != MD5_HEX_DIGITS + 2 ||
	    strspn(hex, "0123456789abcdef") != MD5_HEX_DIGITS)
		return 0;
	for (size_t i = 0; i < 16; i++) {
		char two[3] = { hex[2 * i], hex[2 * i + 1], 0 };

		out[i] = (unsigned char)strtoul(two, NULL, 16);
	}
	return 1;
}

static enum fetch_outcome finish(struct fetch *f, struct error *e)
{
	unsigned char promised[16], found[16];

	if (f->announced >= 0 && f->have != f->announced) {
		error_set(e, ERROR_UNAVAILABLE, "cannot fetch %s: %lld of %lld bytes came", f->name,
			  (long long)f->have, (long long)f->announced);
		return FETCH_AGAIN;
	}
	if (!promised_md5(f, promised))
		return FETCH_DONE;
	if (md5_of(file_of(f)->fd, found, e))
		return FETCH_FAILED;
	if (!memcmp(promised, found, 16))
		return FETCH_DONE;
	error_set(e, ERROR_UNAVAILABLE, "cannot fetch %s: its MD5 is not the server's", f->name);
	begin_anew(f);
	return FETCH_AGAIN;
}

/* A bucket says 400 of more than wrong requests, so that another day may do. */
static const struct fetch_sink sink = {
	.ask = ask,
	.judge = judge,
	.take = take,
	.finish = finish,
	.wrong_request = ERROR_UNAVAILABLE,
};

int fetch_file(char *(*address)(void *context, struct error *e), void *context, const char *name,
	       bool etag_is_md5, const char *local, struct error *e)
{
	struct file file = { .f = { .sink = &sink, .name = name }, .etag_is_md5 = etag_is_md5 };
	char *part;
	int ret = -1;

	if (asprintf(&part, "%s.part", local) < 0)
		return error_nomem(e, "a path");
	file.fd = open(part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (file.fd < 0) {
		error_create(e, errno, "cannot create %s", part);
		goto out;
	}
	ret = fetch_try(&file.f, address, context, e);
	if (close(file.fd) && !ret)
		ret = error_errno(e, errno, "cannot write %s", part);
	if (!ret && rename(part, local))
		ret = error_create(e, errno, "cannot create %s", local);
	if (ret)
		unlink(part);
out:
	free(part);
	return ret;
}
