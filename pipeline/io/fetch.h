/* SPDX-License-Identifier: Apache-2.0
 *
 * fetch.h - what an http or https address has, by libcurl: a file to the local disk, for remote.c, or
 * a small document into memory.  Both are tried as often, and wait as long, as remote.h says.
 * May be called from several threads at once.
 */
#ifndef PIPELINE_IO_FETCH_H
#define PIPELINE_IO_FETCH_H

#include <stdbool.h>
#include <stddef.h>

#include "pipeline/base/error.h"

/*
 * What remote_fetch() promises, of a real address.  address() gives it anew for every try (a signed
 * one ages); it returns a text to be freed, or NULL with e set.  name: for messages.
 * etag_is_md5: an ETag of 32 hexadecimal digits is the MD5 of the file.
 */
int fetch_file(char *(*address)(void *context, struct error *e), void *context, const char *name,
	       bool etag_is_md5, const char *local, struct error *e);

/* A small document that is asked for. */
struct fetch_request {
	const char *address;
	const char *body; /* JSON that is posted; NULL: GET */
	size_t bytes_max; /* of the document, unpacked */
	const char *
		hosts; /* where redirections may lead but to the address's own host, by commas; NULL: nowhere */
};

/*
 * Fetch a document into memory: *text, to be freed, of *size bytes and a 0 behind them.  Only an
 * answer of status 200 that came whole counts, within 600 s; what the server packed (gzip) is unpacked.
 *
 * NOINPUT, PERMISSION, UNAVAILABLE as remote_fetch().  DATA: larger than bytes_max, no http(s)
 * address, a redirection to another host, or another status of 4xx: the request is wrong, and
 * what the server says of it is in the message.
 */
int fetch_document(const struct fetch_request *request, char **text, size_t *size, struct error *e);

#endif
